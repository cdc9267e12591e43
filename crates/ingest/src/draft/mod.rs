//! A file → a proposed manifest.
//!
//! The whole file is read: a type is proposed only if every value fits it. What the draft was
//! unsure of is said, with the reason.
//!
//! | module | finds |
//! | --- | --- |
//! | `kind` | the kind of file |
//! | `header` | encoding, separator, header rows, notes above and below |
//! | `tables` | which of a workbook's sheets, a sheet's or a document's tables |
//! | `survey` | every column's profile, in one reading |
//! | `profile`, `forms`, `person` | what the values of a column are like |
//! | `column`, `privacy`, `meaning` | type, tokens, checks, privacy class, names |
//! | `key`, `place` | what names a row, where it is |
//! | `write` | the manifest's text |

mod column;
mod forms;
mod header;
mod key;
mod kind;
mod meaning;
mod person;
mod place;
mod privacy;
mod profile;
mod survey;
mod tables;
mod write;

use std::path::Path;

use city::check::Area;
use city::dataset::{Cadence, Format, FormatKind, Licence, Long, PlaceColumns};
use city::{Column, ColumnType, Fault, PrivacyClass};
use regex::Regex;

use crate::origin::Input;
use crate::place::guess::KOREA;
use profile::Profile;
use survey::Survey;

/// Columns of the resident registration statistics' table by single year of age.
const AGES: &str = r"^(?<연도>\d{4})년(?<월>\d{2})월_(?<성별>계|남|여)_(?<연령>\d+)세(?: 이상)?$";
/// The totals that stand beside them.
const AGE_TOTALS: &str = r"^\d{4}년\d{2}월_(계|남|여)_";
/// Columns of that form from which a table is wide.
const AGES_MIN: usize = 10;

/// What the one who asks knows.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The dataset's id; made from the file's name when absent.
    pub id: Option<String>,
    /// Its Korean title; made from the file's name when absent.
    pub title: Option<String>,
    /// The field it goes into.
    pub field: String,
    /// The department that owns it.
    pub department: String,
    /// Path of the file below the inbox, if it lies there.
    pub path: Option<String>,
    /// The city's coordinate system.
    pub crs: String,
    /// The city's bounds: west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// What the catalogue that the file comes from says, if it comes from one.
    pub about: About,
}

/// What a catalogue says of a dataset, and how a manifest names it there.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The source in the manifest's own form; a file in the inbox when absent.
    pub source: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Search words.
    pub keywords: Vec<String>,
    /// How often it changes.
    pub cadence: Option<Cadence>,
    /// Its licence, where it is surely one of ours.
    pub licence: Option<Licence>,
    /// What else a person should know who reads the draft.
    pub notes: Vec<String>,
}

/// What is known of a table before its file is looked at.
#[derive(Clone, Debug)]
pub struct Known {
    /// Kind of file.
    pub kind: FormatKind,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Those that name a row.
    pub key: Vec<String>,
}

/// A proposed manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The dataset's id.
    pub id: String,
    /// The manifest's text.
    pub manifest: String,
    /// What was found and is certain.
    pub found: Vec<String>,
    /// What was unsure, and why.
    pub unsure: Vec<String>,
}

/// What there is to say about a draft.
#[derive(Default)]
struct Notes {
    found: Vec<String>,
    unsure: Vec<String>,
    /// The unit of all numbers, as a line above the table says it.
    unit: Option<String>,
}

impl Notes {
    /// Something found.
    fn tell(&mut self, text: impl Into<String>) {
        self.found.push(text.into());
    }

    /// Something unsure.
    fn say(&mut self, text: impl Into<String>) {
        self.unsure.push(text.into());
    }

    /// Something unsure about a column.
    fn about(&mut self, profile: &Profile, text: impl AsRef<str>) {
        self.say(format!("`{}`: {}", profile.name, text.as_ref()));
    }
}

/// Rows spread over the file, whole.
struct Sample {
    rows: Vec<Vec<String>>,
    seen: u64,
    every: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            seen: 0,
            every: 1,
        }
    }
}

/// Proposes a manifest for a file. `progress` is told the rows read so far.
///
/// # Errors
/// When the file is of no kind Madang reads, or is damaged so that no table can be found.
pub fn draft(input: &Input, guide: &Guide, progress: &dyn Fn(u64)) -> Result<Draft, Vec<Fault>> {
    let mut notes = Notes::default();
    let mut format = kind::find(input, &mut notes)?;
    header::find(input, &mut format, &mut notes)?;
    let (mut survey, mut long) = Survey::of(input, &format, wide, progress)?;
    if let Some((words, count, why)) = survey.totals() {
        notes.say(format!(
            "{count} rows {why} and are left out as totals (`skip-rows-starting`): {}",
            words.join(", ")
        ));
        format.skip_rows_starting = words;
        (survey, long) = Survey::of(input, &format, wide, progress)?;
    }
    if survey.rows == 0 {
        return Err(vec![
            Fault::at(&input.name, "no row of data was found")
                .remedy("is the right sheet or file in it? Write the manifest by hand, from `madang init`'s example"),
        ]);
    }
    odd_rows(&survey, &mut notes);
    if long.is_some() {
        notes.tell("the table is wide: its columns by age become rows (`long`)");
    }
    let parts = propose(input, guide, format, long, &survey, &mut notes);
    let manifest = write::text(&parts, &guide.about);
    check(&parts.id, &manifest)?;
    let unsure = guide.about.notes.iter().cloned().chain(parts.unsure);
    Ok(Draft {
        id: parts.id,
        manifest,
        found: notes.found,
        unsure: unsure.collect(),
    })
}

/// Proposes a manifest for a table whose columns somebody else has declared.
///
/// # Errors
/// When what they declared is no manifest of ours.
pub fn declared(known: &Known, guide: &Guide) -> Result<Draft, Vec<Fault>> {
    let title = guide.title.clone().unwrap_or_default();
    let has = |name: &str| known.columns.iter().any(|column| column.name == name);
    // A shape's own longitude and latitude are computed beside it again.
    let has_shapes = known.kind == FormatKind::Geojson;
    let place = (has("longitude") && has("latitude") && !has_shapes).then(|| PlaceColumns {
        x: Some("longitude".to_owned()),
        y: Some("latitude".to_owned()),
        crs: Some("EPSG:4326".to_owned()),
    });
    let place = place.or_else(|| {
        has_shapes.then(|| PlaceColumns {
            crs: Some("EPSG:4326".to_owned()),
            ..PlaceColumns::default()
        })
    });
    let parts = write::Parts {
        id: guide.id.clone().unwrap_or_else(|| id(&title)),
        title,
        field: guide.field.clone(),
        department: guide.department.clone(),
        path: guide.path.clone().unwrap_or_default(),
        format: kind::plain(known.kind),
        key: known.key.clone(),
        long: None,
        place,
        area: None,
        columns: known.columns.clone(),
        unsure: Vec::new(),
    };
    let manifest = write::text(&parts, &guide.about);
    check(&parts.id, &manifest)?;
    Ok(Draft {
        id: parts.id,
        manifest,
        found: Vec::new(),
        unsure: guide.about.notes.clone(),
    })
}

/// The declaration for a table with a column for each year of age.
fn wide(names: &[String]) -> Option<Long> {
    let pattern = Regex::new(AGES).ok()?;
    (names.iter().filter(|name| pattern.is_match(name)).count() >= AGES_MIN).then(|| Long {
        columns: AGES.to_owned(),
        value: "인구수".to_owned(),
    })
}

fn odd_rows(survey: &Survey, notes: &mut Notes) {
    let Some((row, cells)) = survey.first_odd else {
        return;
    };
    let much = if survey.odd * 10 > survey.rows {
        "; that is more than the limit of a load: ask for a sound file, or raise `quarantine-limit`"
    } else {
        ""
    };
    notes.say(format!(
        "{} of {} rows have another number of cells than the {} columns (first: line {row} with {cells}); they will be quarantined{much}",
        survey.odd, survey.rows, survey.width
    ));
}

fn propose(
    input: &Input,
    guide: &Guide,
    format: Format,
    long: Option<Long>,
    survey: &Survey,
    notes: &mut Notes,
) -> write::Parts {
    let shapes = matches!(format.kind, FormatKind::Shapefile | FormatKind::Geojson);
    let persons = privacy::is_about_persons(&survey.profiles);
    let mut names = meaning::Names::default();
    if shapes {
        // The decoder computes these beside a geometry.
        names.reserve("longitude");
        names.reserve("latitude");
    }
    let mut columns: Vec<Column> = survey
        .profiles
        .iter()
        .map(|profile| column::propose(profile, names.give(&profile.name), persons, notes))
        .collect();
    let totals = Regex::new(AGE_TOTALS).ok();
    let is_total = |name: &str| totals.as_ref().is_some_and(|totals| totals.is_match(name));
    let key = key::find(
        &survey.profiles,
        &columns,
        &survey.marks,
        long.is_some(),
        is_total,
    );
    let key: Vec<String> = key
        .iter()
        .filter_map(|at| columns.get(*at))
        .map(|column| column.name.clone())
        .collect();
    if key.is_empty() {
        notes.say("no column, and no two, name a row: without a key, rows that stand twice are not noticed");
    }
    let (mut place, mut area) = (None, None);
    if shapes {
        place = Some(place::of_shapes(
            &format,
            survey.crs.as_deref(),
            guide,
            notes,
        ));
    } else if let Some(found) = place::find(&columns, &survey.sample, guide, notes) {
        area = (found.inside > 0.9).then_some(if found.in_city && guide.bounds != KOREA {
            Area::City
        } else {
            Area::Korea
        });
        places(&mut columns, &survey.profiles, &found, notes);
        place = Some(rename_places(&mut columns, &found));
    }
    leave_out(&mut columns, survey, long.is_some(), notes);
    if shapes {
        columns.push(geometry());
    }
    let title = guide.title.clone().unwrap_or_else(|| title(&input.name));
    write::Parts {
        id: guide.id.clone().unwrap_or_else(|| id(&title)),
        title,
        field: guide.field.clone(),
        department: guide.department.clone(),
        path: guide
            .path
            .clone()
            .unwrap_or_else(|| pattern(base(&input.name))),
        format,
        key,
        long,
        place,
        area,
        columns,
        unsure: std::mem::take(&mut notes.unsure),
    }
}

/// Coordinates are measured numbers; a 0 among them says nothing.
fn places(columns: &mut [Column], profiles: &[Profile], found: &place::Found, notes: &mut Notes) {
    for at in [found.pair.0, found.pair.1] {
        let (Some(column), Some(profile)) = (columns.get_mut(at), profiles.get(at)) else {
            continue;
        };
        column.column_type = ColumnType::Number;
        column.scale = None;
        column.unit = None;
        let zeros: Vec<String> = ["0", "0.0", "0.00000000"]
            .iter()
            .filter(|zero| profile.numbers.zeros > 0 && (**zero == "0" || profile.count(zero) > 0))
            .map(|zero| (*zero).to_owned())
            .collect();
        if !zeros.is_empty() {
            notes.about(
                profile,
                format!(
                    "{} coordinates are 0, taken as \"no value\"",
                    profile.numbers.zeros
                ),
            );
            column.null_tokens.extend(zeros);
        }
    }
}

/// Degrees are stored under the names maps look for; anything else keeps its own.
fn rename_places(columns: &mut [Column], found: &place::Found) -> PlaceColumns {
    let mut place = found.place.clone();
    let degrees = place.crs.as_deref() == Some("EPSG:4326");
    let names = if degrees {
        ["longitude", "latitude"]
    } else {
        ["x", "y"]
    };
    for (at, column) in columns.iter_mut().enumerate() {
        let pair = [found.pair.0, found.pair.1];
        // Nothing else may have a name that says where a row is.
        if !pair.contains(&at)
            && ["longitude", "latitude", "x", "y"].contains(&column.name.as_str())
        {
            column.name = format!("{}_published", column.name);
        }
    }
    for (at, name, word) in [
        (found.pair.0, names[0], &mut place.x),
        (found.pair.1, names[1], &mut place.y),
    ] {
        if let Some(column) = columns.get_mut(at) {
            name.clone_into(&mut column.name);
            *word = Some(name.to_owned());
        }
    }
    place
}

/// Columns without a name and without a value, and the totals of a wide table.
fn leave_out(columns: &mut Vec<Column>, survey: &Survey, long: bool, notes: &mut Notes) {
    let totals = Regex::new(AGE_TOTALS).ok().filter(|_| long);
    let profiles = &survey.profiles;
    let mut at = 0;
    columns.retain(|column| {
        let profile = profiles.get(at);
        at += 1;
        let nothing = profile.is_some_and(|profile| profile.filled() == 0)
            && column.source_name().starts_with('열');
        let total = totals
            .as_ref()
            .is_some_and(|totals| totals.is_match(column.source_name()));
        !nothing && !total
    });
    let gone = profiles.len() - columns.len();
    if gone > 0 {
        notes.tell(format!(
            "{gone} columns are left out: without name and value, or totals of the others"
        ));
        notes.unsure.retain(|note| {
            !note.starts_with("`열") || !note.contains("is empty in the whole file")
        });
    }
}

fn geometry() -> Column {
    Column {
        name: "geometry".to_owned(),
        source: None,
        title: "도형".to_owned(),
        title_en: None,
        description: None,
        column_type: ColumnType::Geometry,
        privacy: PrivacyClass::None,
        unit: None,
        unit_en: None,
        scale: None,
        null_tokens: Vec::new(),
        spellings: None,
        forms: Vec::new(),
        korean_units: false,
        accepts: None,
        release: true,
        checks: Vec::new(),
    }
}

/// The manifest must be one that Madang itself accepts.
fn check(id: &str, manifest: &str) -> Result<(), Vec<Fault>> {
    let name = format!("{id}.toml");
    let (_, faults) = city::read::dataset_text(Path::new(&name), manifest);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A title from a file's name: without ending, date and signs between words.
fn title(name: &str) -> String {
    let stem = base(name)
        .rsplit_once('.')
        .map_or(base(name), |(stem, _)| stem);
    let dates = Regex::new(r"[_ (]*\(?\d{6,8}\)?|\([^)]*기준[^)]*\)|\(\d+\)$").ok();
    let text = dates.map_or_else(
        || stem.to_owned(),
        |dates| dates.replace_all(stem, " ").into_owned(),
    );
    let words: Vec<&str> = text
        .split(['_', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        stem.to_owned()
    } else {
        words.join(" ")
    }
}

/// An id from a title.
pub fn id(title: &str) -> String {
    let id = meaning::physical(title);
    id.chars()
        .take(48)
        .collect::<String>()
        .trim_end_matches('_')
        .to_owned()
}

/// A file's name as a glob: its date may be any.
fn pattern(name: &str) -> String {
    let escaped = glob::Pattern::escape(name);
    match Regex::new(r"\d{6,8}") {
        Ok(dates) => dates.replace_all(&escaped, "*").into_owned(),
        Err(_) => escaped,
    }
}

/// The path below the inbox as the manifest's source writes it.
pub fn source_path(below_inbox: &str) -> String {
    match below_inbox.rsplit_once('/') {
        Some((folder, name)) => format!("{}/{}", glob::Pattern::escape(folder), pattern(name)),
        None => pattern(below_inbox),
    }
}

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod tests;
