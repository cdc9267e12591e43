//! A catalogue's offers become drafts of manifests: `madang harvest` and `madang draft URL`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use city::DatasetId;
use city::dataset::{Format, HttpSource, Licence, Load, Source};
use city::provenance::Provenance;
use indicatif::ProgressBar;
use ingest::draft::{self, About, Draft, Guide, Known};
use ingest::origin::Input;
use sources::harvest::{self, Offer, Part, Site};
use sources::{Call, FetchContext, FetchError, Progress};

use crate::commands::draft::Around;
use crate::config::Config;
use crate::exit::Failure;

/// Wait before the second try.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// What a manifest need not say of a source.
const USUAL: [(&str, u64); 2] = [("retries", 4), ("timeout-s", 60)];

/// Drafts manifests for what comes from elsewhere.
pub(crate) struct Drafter {
    values: BTreeMap<String, String>,
    around: Around,
    field: String,
    department: String,
    /// What was assumed of field and department.
    assumed: Vec<String>,
    spinner: ProgressBar,
    /// Ids given so far.
    taken: RefCell<BTreeSet<String>>,
}

/// Looking is not loading: it counts no calls.
struct Uncounted;

#[async_trait]
impl sources::Quota for Uncounted {
    async fn take(&self, _: Option<u32>) -> std::io::Result<Call> {
        Ok(Call::Allowed(1))
    }
}

impl Drafter {
    /// For a city, or for none.
    pub(crate) fn new(
        config: &Config,
        around: Around,
        field: Option<String>,
        department: Option<String>,
        spinner: ProgressBar,
    ) -> Self {
        let mut assumed = Vec::new();
        let manifest = around.manifest.as_ref();
        let first = manifest.and_then(|city| city.fields.first());
        let field = field.unwrap_or_else(|| {
            let word = first.map_or_else(|| "field".to_owned(), |field| field.id.to_string());
            assumed.push(format!("the field `{word}` was assumed"));
            word
        });
        let first = manifest.and_then(|city| city.departments.first());
        let department = department.unwrap_or_else(|| {
            let word = first.map_or_else(|| "department".to_owned(), |own| own.id.to_string());
            assumed.push(format!(
                "TODO: which department answers for it here is not known; `{word}` was assumed"
            ));
            word
        });
        Self {
            values: config.source_values(),
            around,
            field,
            department,
            assumed,
            spinner,
            taken: RefCell::default(),
        }
    }

    /// What a catalogue offers.
    pub(crate) async fn offers(&self, site: &Site) -> Result<Vec<Offer>, Failure> {
        let staging = staging()?;
        let id = DatasetId::from("catalogue");
        let load = Load::default();
        let (spinner, url) = (self.spinner.clone(), site.url.clone());
        let found = harvest::offers(
            site,
            &self.context(&id, &load, staging.path()),
            &move |known, all| {
                spinner.set_message(format!("{url}: {known} of {all} datasets"));
            },
        )
        .await;
        self.spinner.set_message("");
        found.map_err(failed)
    }

    /// An offer's files that Madang reads.
    pub(crate) fn parts<'o>(site: &Site, offer: &'o Offer) -> Result<Vec<&'o Part>, Failure> {
        let is_wanted = |part: &&Part| match &site.resource {
            Some(resource) => part.id == *resource,
            None => part.kind.is_some() || is_zip(part),
        };
        let parts: Vec<&Part> = offer.parts.iter().filter(is_wanted).collect();
        if parts.is_empty() {
            let formats: Vec<&str> = offer
                .parts
                .iter()
                .filter_map(|part| part.format.as_deref())
                .collect();
            return Err(Failure::Input(format!(
                "no file of `{}` is one that Madang reads: {}",
                offer.provenance.dataset,
                formats.join(", ")
            )));
        }
        Ok(parts)
    }

    /// A draft for each of an offer's files that Madang reads.
    pub(crate) async fn drafts(
        &self,
        site: &Site,
        offer: &Offer,
    ) -> Result<Vec<Result<Draft, Failure>>, Failure> {
        let parts = Self::parts(site, offer)?;
        let mut drafted = Vec::new();
        for part in &parts {
            drafted.push(self.draft(site, offer, part, None, parts.len() > 1).await);
        }
        Ok(drafted)
    }

    /// A draft for one of them. What `own` says goes before what the catalogue says.
    pub(crate) async fn draft(
        &self,
        site: &Site,
        offer: &Offer,
        part: &Part,
        own: Option<&Guide>,
        is_one_of_many: bool,
    ) -> Result<Draft, Failure> {
        self.spinner
            .set_message(format!("{}: {}", offer.provenance.dataset, part.name));
        let mut guide = self.guide(site, offer, part, is_one_of_many);
        if let Some(own) = own {
            guide.id = own.id.clone().or(guide.id);
            guide.title = own.title.clone().or(guide.title);
        }
        let draft = if offer.columns.is_empty() {
            self.fetched(&site.source(offer, part), &part.name, &guide)
                .await?
        } else {
            declared(offer, part, &guide)?
        };
        self.taken.borrow_mut().insert(draft.id.clone());
        Ok(draft)
    }

    /// A draft for one file behind an address.
    pub(crate) async fn file(&self, url: &str, guide: Guide) -> Result<Draft, Failure> {
        let source = Source::Http(HttpSource {
            url: url.to_owned(),
            timeout_s: 60,
        });
        let guide = Guide {
            about: About {
                source: Some(inline(&source)),
                notes: self.assumed.clone(),
                ..About::default()
            },
            ..guide
        };
        let path = url.split(['?', '#']).next().unwrap_or_default();
        self.fetched(&source, path, &guide).await
    }

    /// What the city around says to a draft.
    pub(crate) fn own(&self, id: Option<String>, title: Option<String>) -> Guide {
        let manifest = self.around.manifest.as_ref();
        Guide {
            id,
            title,
            field: self.field.clone(),
            department: self.department.clone(),
            path: None,
            crs: manifest.map_or_else(|| "EPSG:5186".to_owned(), |city| city.crs.clone()),
            bounds: manifest.map_or(ingest::place::guess::KOREA, |city| city.bounds),
            about: About::default(),
        }
    }

    fn guide(&self, site: &Site, offer: &Offer, part: &Part, is_one_of_many: bool) -> Guide {
        let said = &offer.provenance;
        let mut title = said.title.clone().unwrap_or_else(|| said.dataset.clone());
        let mut name = said.dataset.clone();
        if is_one_of_many && !part.name.is_empty() {
            title = format!("{title} - {}", part.name);
            name = format!("{name} {}", part.name);
        }
        let mut notes = self.assumed.clone();
        notes.extend(doubts(said, offer));
        Guide {
            about: About {
                source: Some(inline(&site.source(offer, part))),
                description: said.description.clone(),
                keywords: said.keywords.clone(),
                cadence: said.cadence,
                licence: Some(said.licence_means.unwrap_or(Licence::Internal)),
                notes,
            },
            ..self.own(Some(self.id(&draft::id(&name))), Some(title))
        }
    }

    /// An id that nothing else has.
    fn id(&self, wanted: &str) -> String {
        let taken = self.taken.borrow();
        let mut id = wanted.to_owned();
        let mut number = 1_u32;
        while taken.contains(&id) {
            number = number.saturating_add(1);
            id = format!("{wanted}_{number}");
        }
        id
    }

    /// Fetches a file and drafts it.
    async fn fetched(&self, source: &Source, name: &str, guide: &Guide) -> Result<Draft, Failure> {
        let staging = staging()?;
        let id = DatasetId::from(guide.id.as_deref().unwrap_or("drafted"));
        let load = Load::default();
        // A table of a site's database comes as CSV; of a file the kind is found by looking.
        let format: Format = serde_json::from_value(serde_json::json!({"kind": "csv"}))
            .map_err(|error| Failure::Machine(error.to_string()))?;
        let context = self.context(&id, &load, staging.path());
        let delivered = sources::fetch(source, &format, &context)
            .await
            .map_err(failed)?;
        let Some(file) = delivered.files.into_iter().next() else {
            return Err(Failure::Input(format!("{name}: there is no file")));
        };
        let name = file.name.rsplit('/').next().unwrap_or(name).to_owned();
        let (input, guide) = (
            Input {
                name,
                path: file.path,
            },
            guide.clone(),
        );
        let spinner = self.spinner.clone();
        let drafted = tokio::task::spawn_blocking(move || {
            let read = |rows| spinner.set_message(format!("reading {}: {rows} rows", input.name));
            draft::draft(&input, &guide, &read)
        });
        let drafted = drafted
            .await
            .map_err(|error| Failure::Machine(error.to_string()))?;
        drafted.map_err(|faults| Failure::faults(&faults))
    }

    fn context<'c>(
        &'c self,
        dataset: &'c DatasetId,
        load: &'c Load,
        staging: &'c Path,
    ) -> FetchContext<'c> {
        FetchContext {
            dataset,
            columns: &[],
            load,
            after: None,
            inbox: Path::new("."),
            values: &self.values,
            staging,
            quota: &Uncounted,
            first_wait: FIRST_WAIT,
            progress: &|_: Progress| {},
        }
    }
}

fn staging() -> Result<tempfile::TempDir, Failure> {
    tempfile::tempdir()
        .map_err(|error| Failure::Machine(format!("there is no room for a file: {error}")))
}

fn declared(offer: &Offer, part: &Part, guide: &Guide) -> Result<Draft, Failure> {
    let kind = part
        .kind
        .ok_or_else(|| Failure::Input(format!("{}: of no kind that Madang reads", part.name)))?;
    let known = Known {
        kind,
        columns: offer.columns.clone(),
        key: offer.key.clone(),
    };
    draft::declared(&known, guide).map_err(|faults| Failure::faults(&faults))
}

fn is_zip(part: &Part) -> bool {
    let format = part.format.as_deref().unwrap_or_default();
    format.to_lowercase().ends_with("zip")
}

/// What a person must settle who takes a dataset over.
fn doubts(said: &Provenance, offer: &Offer) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(publisher) = &said.publisher {
        notes.push(format!("the catalogue says that {publisher} publishes it"));
    }
    match (&said.licence, said.licence_means) {
        (Some(licence), Some(_)) => notes.push(format!(
            "the catalogue gives it under `{licence}`: `licence` asks the same; do not release it under less"
        )),
        (Some(licence), None) => notes.push(format!(
            "TODO: the catalogue gives it under `{licence}`, which is none of our marks: ask what may be done with it"
        )),
        (None, _) => notes.push(
            "TODO: the catalogue says no licence: ask what may be done with it".to_owned(),
        ),
    }
    if said.cadence.is_none() {
        notes.push("the catalogue does not say how often it changes".to_owned());
    }
    if let Some(department) = &offer.department {
        notes.push(format!("there it belongs to the department `{department}`"));
    }
    notes
}

/// A source as a manifest writes it on one line, without what goes without saying.
fn inline(source: &Source) -> String {
    let value = serde_json::to_value(source).unwrap_or_default();
    let is_said = |key: &str, value: &serde_json::Value| {
        let is_usual = USUAL
            .iter()
            .any(|(name, usual)| *name == key && value.as_u64() == Some(*usual));
        let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        !is_usual && !is_empty
    };
    // JSON's texts, numbers and lists of texts are TOML's.
    let words: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, value)| is_said(key, value))
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    format!("{{ {} }}", words.join(", "))
}

fn failed(error: FetchError) -> Failure {
    match error {
        FetchError::Input(faults) => Failure::faults(&faults),
        FetchError::Machine(error) => Failure::Machine(format!("fetching failed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_stands_on_one_line_without_what_is_usual() {
        let source: Source = serde_json::from_value(serde_json::json!({
            "kind": "ckan", "url": "https://a.kr", "dataset": "주차장", "resource": "r-1", "hosts": ["b.kr"],
        }))
        .unwrap();
        assert_eq!(
            inline(&source),
            r#"{ kind = "ckan", url = "https://a.kr", dataset = "주차장", resource = "r-1", hosts = ["b.kr"] }"#
        );
    }
}
