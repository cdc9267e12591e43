//! What the list says of each open dataset: computed from its manifest and its versions, never typed in.

use std::sync::Arc;

use access::{AskError, At, Door, Person, Purpose, Reader, Record};
use city::dataset::Release;
use city::{City, Dataset, DatasetId, Listing};

use super::field::Field;
use super::words::{NONE, cadence, day, grouped, licence, next_due, one_line, phone};
use crate::downloads::Kind;

/// Where an entry of the national portal is looked at.
const PORTAL: &str = "https://www.data.go.kr/data";

/// How a dataset is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// As files.
    File,
    /// By the API.
    Api,
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::File, Self::Api];

    /// 목록유형.
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "FILE",
            Self::Api => "API",
        }
    }
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The dataset it is about.
    pub dataset: DatasetId,
    /// How that is given.
    pub form: Form,
    cells: Vec<String>,
}

impl Row {
    /// What stands in a field; `-` where there is nothing to say.
    pub fn get(&self, field: Field) -> &str {
        let at = Field::ALL.iter().position(|own| *own == field);
        at.and_then(|at| self.cells.get(at))
            .map_or(NONE, String::as_str)
    }

    /// The cells, in the order of [`Field::ALL`].
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(String::as_str)
    }
}

/// The reader of the list: whoever asks for it, it says what anybody may see.
pub(super) fn reader(door: &Arc<Door>) -> Reader {
    door.reader(Person::anyone(), Purpose::new("catalogue"))
}

/// One row for each open dataset and each form it is given in, in the order of their ids.
///
/// # Errors
/// When the lake cannot be read.
pub fn rows(door: &Arc<Door>) -> Result<Vec<Row>, AskError> {
    let reader = reader(door);
    let mut rows = Vec::new();
    for dataset in reader.datasets() {
        if dataset.release != Release::Open {
            continue;
        }
        let (newest, first) = ends(&reader, dataset)?;
        for form in Form::ALL {
            let facts = Facts {
                city: door.city(),
                dataset,
                form,
                newest: newest.as_deref(),
                first: first.as_deref(),
                has_places: reader.shows_place(&dataset.id),
            };
            let cell = |field: &Field| facts.cell(*field).unwrap_or_else(|| NONE.to_owned());
            rows.push(Row {
                dataset: dataset.id.clone(),
                form,
                cells: Field::ALL.iter().map(cell).collect(),
            });
        }
    }
    Ok(rows)
}

/// The version in force and the first.
pub(super) type Ends = (Option<Arc<Record>>, Option<Arc<Record>>);

/// The version in force and the first; nothing where nothing is loaded yet.
pub(super) fn ends(reader: &Reader, dataset: &Dataset) -> Result<Ends, AskError> {
    let newest = match reader.version(&dataset.id, &At::Latest) {
        Ok(newest) => newest,
        Err(AskError::NotLoaded(_)) => return Ok((None, None)),
        Err(AskError::Denied(denied)) if denied.is_closed() => return Ok((None, None)),
        Err(error) => return Err(error),
    };
    let first = match reader.version(&dataset.id, &At::Version(1)) {
        Ok(first) => Some(first),
        // The log of the first is gone: what is known is told, and no day is made up.
        Err(AskError::NoVersion { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok((Some(newest), first))
}

/// 목록명: `{provider}_{title}`.
pub(super) fn name(city: &City, dataset: &Dataset) -> String {
    one_line(&format!("{}_{}", city.provider(), dataset.title))
}

/// The formats a form is given in.
pub(super) fn formats(form: Form, has_places: bool) -> Vec<String> {
    let kinds: &[Kind] = match form {
        Form::File => &Kind::ALL,
        Form::Api => &[Kind::Json, Kind::Geojson],
    };
    kinds
        .iter()
        .filter(|kind| has_places || **kind != Kind::Geojson)
        .map(|kind| kind.ending().to_uppercase())
        .collect()
}

/// What a row is made of.
struct Facts<'f> {
    city: &'f City,
    dataset: &'f Dataset,
    form: Form,
    newest: Option<&'f Record>,
    first: Option<&'f Record>,
    has_places: bool,
}

impl Facts<'_> {
    fn cell(&self, field: Field) -> Option<String> {
        let said = |text: &str| Some(text.to_owned());
        let of_api = |text: &str| (self.form == Form::Api).then(|| text.to_owned());
        let listing = self.dataset.portal.as_ref();
        match field {
            Field::Key => self.key().map(str::to_owned),
            Field::Kind => said(self.form.word()),
            Field::Name => Some(name(self.city, self.dataset)),
            Field::FileName => self.file_name(),
            Field::Classification => self.classification(),
            Field::ProviderCode => self.city.manifest.provider_code.clone(),
            Field::Provider => said(self.city.provider()),
            Field::Department => self.department().map(|own| own.title.clone()),
            Field::Phone => phone(self.department()?.phone.as_deref()?),
            Field::LegalBasis => declared(listing, |own| &own.legal_basis),
            Field::Collection => declared(listing, |own| &own.collection),
            Field::Cadence => said(cadence(self.dataset.cadence)),
            Field::NextDue => {
                let last = day(self.newest?.committed_at);
                Some(next_due(self.dataset.cadence, last)?.to_string())
            }
            // Tables, whichever of the formats they are taken in.
            Field::Media => said("텍스트"),
            Field::Rows => Some(grouped(self.newest?.rows)),
            Field::Format => Some(formats(self.form, self.has_places).join("+")),
            Field::Keywords => self.keywords(),
            // The portal counts uses and views itself: ours would be another number. No limit is set on traffic.
            Field::Uses | Field::Views | Field::Traffic => None,
            Field::Issued => Some(day(self.first?.committed_at).to_string()),
            Field::Modified => Some(day(self.newest?.committed_at).to_string()),
            Field::Limits => declared(listing, |own| &own.limits),
            Field::Provision => (self.form == Form::File)
                .then(|| "기관자체에서 다운로드(제공데이터URL기재)".to_owned()),
            Field::Description => Some(one_line(&self.dataset.description)),
            Field::Notes => declared(listing, |own| &own.notes),
            Field::Area => {
                declared(listing, |own| &own.area).or_else(|| said(&self.city.manifest.name))
            }
            Field::Period => declared(listing, |own| &own.period),
            Field::Charged => said(match listing.and_then(|own| own.fee.as_ref()) {
                Some(_) => "유료",
                None => "무료",
            }),
            Field::Fee => declared(listing, |own| &own.fee),
            Field::Licence => licence(self.dataset.licence).map(str::to_owned),
            Field::ApiKind => of_api("REST"),
            // Whoever asks is answered: nobody looks at the request first.
            Field::Review => of_api("자동승인"),
            Field::Address => self.address(),
            Field::NationalCore => said(yes_no(listing.is_some_and(|own| own.national_core))),
            Field::Standard => said(yes_no(self.dataset.standard.is_some())),
        }
    }

    fn key(&self) -> Option<&str> {
        let listing = self.dataset.portal.as_ref()?;
        match self.form {
            Form::File => listing.key.as_deref(),
            Form::Api => listing.key_of_api.as_deref(),
        }
    }

    fn department(&self) -> Option<&city::city::Department> {
        self.city.department(&self.dataset.department)
    }

    /// `{provider}_{title}_{YYYYMMDD}`; an API has no file.
    fn file_name(&self) -> Option<String> {
        let newest = self.newest.filter(|_| self.form == Form::File)?;
        let day = day(newest.committed_at).format("%Y%m%d");
        Some(format!("{}_{day}", name(self.city, self.dataset)))
    }

    /// The dataset's own, or its field's, or at least the field's title.
    fn classification(&self) -> Option<String> {
        let own = declared(self.dataset.portal.as_ref(), |own| &own.classification);
        own.or_else(|| {
            let field = self.city.field(&self.dataset.field)?;
            let levels = field.classification.as_ref();
            Some(levels.unwrap_or(&field.title).clone())
        })
    }

    /// Trimmed, each once.
    fn keywords(&self) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        let all = self.dataset.keywords.iter();
        for word in all.flat_map(|word| word.split(',')).map(one_line) {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        (!words.is_empty()).then(|| words.join(","))
    }

    /// Where it is looked at: its entry on the national portal, or its page here.
    fn address(&self) -> Option<String> {
        if let Some(key) = self.key() {
            let page = match self.form {
                Form::File => "fileData.do",
                Form::Api => "openapi.do",
            };
            return Some(format!("{PORTAL}/{key}/{page}"));
        }
        let here = self.city.manifest.address.as_ref()?;
        Some(format!("{here}/datasets/{}", self.dataset.id))
    }
}

/// What the manifest says to the portal, in one line.
fn declared(
    listing: Option<&Listing>,
    what: impl Fn(&Listing) -> &Option<String>,
) -> Option<String> {
    what(listing?).as_deref().map(one_line)
}

fn yes_no(is_so: bool) -> &'static str {
    if is_so { "Y" } else { "N" }
}
