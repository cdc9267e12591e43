//! What is true of each dataset of the city, and where that is known from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use access::{AskError, Door};
use chrono::NaiveDate;
use city::dataset::{Cadence, FormatKind, Licence, Release, Source};
use city::{Dataset, DatasetId};

use super::field::{Field, tight};
use super::read::Entry;
use super::row::{Form, ends, formats, name, reader};
use super::words::day;

/// What is true of one dataset.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) release: Release,
    pub(super) cadence: Cadence,
    pub(super) licence: Licence,
    /// Its manifest, within the city's folder.
    pub(super) manifest: String,
    pub(super) loaded: Option<Loaded>,
    /// Columns that are released.
    pub(super) columns: Vec<Column>,
    /// Whether files have a longitude and a latitude besides.
    pub(super) has_places: bool,
    source: &'static [&'static str],
}

/// A column of the files.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) title: String,
    names: BTreeSet<String>,
}

impl Column {
    fn of(column: &city::Column) -> Self {
        let names = [column.title.as_str(), &column.name, column.source_name()];
        Self {
            title: column.title.clone(),
            names: names.into_iter().map(tight).collect(),
        }
    }

    /// Whether a list means it: by its title, its physical name or its name in the source.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// The version in force.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) rows: u64,
    pub(super) modified: NaiveDate,
    /// `parking, version 2, load 0195…`.
    pub(super) from: String,
}

impl Truth {
    /// The formats it is given in: ours, and for a file that of its source, which a department may have put on the
    /// portal as it is.
    pub(super) fn formats(&self, form: Form) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = formats(form, self.has_places).into_iter().collect();
        if form == Form::File {
            all.extend(self.source.iter().map(|own| (*own).to_owned()));
        }
        all
    }
}

/// What is true of all of them, and how an entry of a list finds its dataset.
pub(super) struct Truths {
    provider: String,
    all: BTreeMap<DatasetId, Truth>,
    by_key: HashMap<String, DatasetId>,
    by_name: HashMap<String, Option<DatasetId>>,
}

impl Truths {
    pub(super) fn new(door: &Arc<Door>) -> Result<Self, AskError> {
        let city = door.city();
        let mut truths = Self {
            provider: tight(city.provider()),
            all: BTreeMap::new(),
            by_key: HashMap::new(),
            by_name: HashMap::new(),
        };
        let open = reader(door);
        for (id, declared) in &city.datasets {
            let listing = declared.portal.iter();
            let keys = listing.flat_map(|own| own.key.iter().chain(&own.key_of_api));
            truths
                .by_key
                .extend(keys.map(|key| (key.clone(), id.clone())));
            let called = tight(&name(city, declared));
            // A name that two datasets have finds neither: better unfound than mistaken.
            let named = truths.by_name.entry(called);
            named
                .and_modify(|own| *own = None)
                .or_insert_with(|| Some(id.clone()));
            let mut truth = declared_of(declared);
            if let Ok(seen) = open.dataset(id) {
                let (newest, _) = ends(&open, seen)?;
                truth.has_places = open.shows_place(id);
                truth.columns = seen.columns.iter().map(Column::of).collect();
                truth.loaded = newest.map(|newest| Loaded {
                    rows: newest.rows,
                    modified: day(newest.committed_at),
                    from: format!("{id}, version {}, load {}", newest.number, newest.load_id),
                });
            }
            truths.all.insert(id.clone(), truth);
        }
        Ok(truths)
    }

    pub(super) fn of(&self, id: &DatasetId) -> Option<&Truth> {
        self.all.get(id)
    }

    /// Whether an entry is of this provider, as far as it says.
    pub(super) fn is_ours(&self, entry: &Entry) -> bool {
        entry
            .get(Field::Provider)
            .is_none_or(|provider| tight(provider) == self.provider)
    }

    /// Open datasets that have a version.
    pub(super) fn open(&self) -> impl Iterator<Item = &DatasetId> {
        self.all
            .iter()
            .filter(|(_, truth)| truth.loaded.is_some())
            .map(|(id, _)| id)
    }

    /// The dataset an entry's key names.
    pub(super) fn by_key(&self, entry: &Entry) -> Option<&DatasetId> {
        self.by_key.get(entry.get(Field::Key)?)
    }

    /// The dataset an entry's name names: `{provider}_{title}`, a file's name with its day, or the title alone in a
    /// list of this provider.
    pub(super) fn by_name(&self, entry: &Entry) -> Option<&DatasetId> {
        if !self.is_ours(entry) {
            return None;
        }
        let names = [Field::Name, Field::FileName].into_iter();
        names.filter_map(|field| entry.get(field)).find_map(|name| {
            let name = tight(name);
            let undated = without_day(&name);
            let titled = || self.by_name.get(&format!("{}_{undated}", self.provider));
            self.by_name.get(undated).or_else(titled)?.as_ref()
        })
    }
}

/// A name without the day at its end.
fn without_day(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((rest, day)) if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) => {
            rest
        }
        _ => name,
    }
}

fn declared_of(dataset: &Dataset) -> Truth {
    Truth {
        release: dataset.release,
        cadence: dataset.cadence,
        licence: dataset.licence,
        manifest: format!("datasets/{}/{}.toml", dataset.field, dataset.id),
        loaded: None,
        columns: Vec::new(),
        has_places: false,
        source: endings(dataset),
    }
}

/// What the portal calls the format of a source, where that is a file.
fn endings(dataset: &Dataset) -> &'static [&'static str] {
    if !matches!(dataset.source, Source::File(_) | Source::Http(_)) {
        return &[];
    }
    match dataset.format.kind {
        FormatKind::Csv => &["CSV", "TXT"],
        FormatKind::Xlsx => &["XLSX"],
        FormatKind::Xls => &["XLS"],
        FormatKind::Ods => &["ODS"],
        FormatKind::Hwpx => &["HWPX"],
        FormatKind::Json | FormatKind::Ndjson => &["JSON"],
        FormatKind::Xml => &["XML"],
        FormatKind::Geojson => &["GEOJSON", "JSON"],
        FormatKind::Shapefile => &["SHP", "ZIP"],
        FormatKind::Parquet => &["PARQUET"],
    }
}
