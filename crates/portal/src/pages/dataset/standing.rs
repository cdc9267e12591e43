//! What a dataset's page says whatever rows are asked for: made once for a version, a language and a policy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::{Reader, Record};
use city::dataset::Release;
use city::{Dataset, Lang};
use serde::Serialize;

use super::history::{compare_form, lineage, loads, quality, quality_history, versions};
use super::{Download, Standing, provenance};
use crate::facts::{department_title, field_title, word};
use crate::maps::map;
use crate::pages::quarantine::reasons;
use crate::parts::{Cell, CellKind, Fact, Head, Table};
use crate::query::address;
use crate::show;
use crate::site::{PageError, Visit};

/// Pages' parts that are kept; when there are more, all go.
const KEPT: usize = 1024;

/// What decides every word of it. Loads are never taken back, so their number and the newest one name them all; no
/// word of it tells an age.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    dataset: String,
    lang: Lang,
    policy: String,
    is_operator: bool,
    version: i64,
    loads: usize,
    newest: String,
}

/// Parts made before.
#[derive(Debug, Default)]
pub(crate) struct StandingShelf(Mutex<HashMap<Key, Arc<str>>>);

impl StandingShelf {
    fn get(&self, key: &Key) -> Option<Arc<str>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(key).cloned()
    }

    fn keep(&self, key: Key, part: &Arc<str>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= KEPT {
            held.clear();
        }
        held.insert(key, Arc::clone(part));
    }
}

/// What the template asks for.
#[derive(Serialize)]
struct Part<'p> {
    id: &'p str,
    standing: Standing,
}

/// The version in force, all versions, all loads; the newest first.
type Loads<'l> = (
    Option<&'l Arc<Record>>,
    &'l [Arc<Record>],
    &'l [Arc<Record>],
);

/// The part as markup.
pub(super) fn standing(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    (version, all_versions, all_loads): Loads<'_>,
) -> Result<Arc<str>, PageError> {
    let key = Key {
        dataset: dataset.id.to_string(),
        lang: visit.lang,
        policy: reader.policy().name().to_owned(),
        is_operator: visit.is_operator(),
        version: version.map_or(0, |version| version.number),
        loads: all_loads.len(),
        newest: all_loads
            .first()
            .map(|load| load.load_id.clone())
            .unwrap_or_default(),
    };
    if let Some(part) = visit.standing().get(&key) {
        return Ok(part);
    }
    let newest = all_loads.first();
    let id = dataset.id.as_str();
    let standing = Standing {
        downloads: version
            .map(|version| downloads(visit, reader, dataset, version))
            .unwrap_or_default(),
        columns: columns(visit, dataset),
        quality: version.and_then(|version| quality(visit, version)),
        quality_history: quality_history(visit, all_versions),
        versions: versions(visit, all_versions),
        loads: loads(visit, all_loads),
        quarantine: newest
            .filter(|load| load.quarantined > 0)
            .and_then(|load| reasons(visit, dataset, load)),
        quarantine_rows: (visit.is_operator() && newest.is_some_and(|load| load.quarantined > 0))
            .then(|| format!("/datasets/{id}/quarantine")),
        lineage: version
            .map(|version| {
                let said = provenance::step(visit, version);
                said.into_iter().chain(lineage(visit, version)).collect()
            })
            .unwrap_or_default(),
        licence_warning: version.and_then(|version| provenance::warning(visit, dataset, version)),
        facts: facts(visit, dataset),
        compare: compare_form(visit, all_versions),
    };
    let speaker = visit.templates().speaker(visit.lang);
    let part: Arc<str> = speaker
        .part("standing.html", &Part { id, standing })?
        .into();
    visit.standing().keep(key, &part);
    Ok(part)
}

fn downloads(visit: &Visit, reader: &Reader, dataset: &Dataset, version: &Record) -> Vec<Download> {
    let note = visit.say(
        "dataset.download_rows",
        &[("rows", show::count_of(version.rows))],
    );
    let file = |key: &str, ending: &str| Download {
        title: visit.t(key),
        url: format!("/datasets/{}.{ending}", dataset.id),
        note: note.clone(),
    };
    let mut files = vec![
        file("dataset.csv_utf8", "csv"),
        file("dataset.csv_cp949", "csv?encoding=cp949"),
        file("dataset.xlsx", "xlsx"),
        file("dataset.json", "json"),
    ];
    if map(visit, reader, dataset, version, "").is_some() {
        files.push(Download {
            note: visit.t("dataset.download_places"),
            ..file("dataset.geojson", "geojson")
        });
    }
    files.push(file("dataset.parquet", "parquet"));
    files
}

fn columns(visit: &Visit, dataset: &Dataset) -> Table {
    let row = |column: &city::Column| {
        vec![
            Cell::text(visit.title(&column.title, column.title_en.as_deref())),
            Cell::of(CellKind::Moment, column.name.clone()),
            Cell::text(visit.t(&format!("type.{}", word(&column.column_type)))),
            Cell::text(column.unit_in(visit.lang).unwrap_or_default().to_owned()),
            Cell::text(visit.t(&format!("privacy.{}", word(&column.privacy)))),
            Cell::text(column.description.clone().unwrap_or_default()),
        ]
    };
    let count = show::count_of(u64::try_from(dataset.columns.len()).unwrap_or_default());
    let heads = [
        "column_title",
        "column_name",
        "column_type",
        "column_unit",
        "column_privacy",
        "column_about",
    ];
    Table {
        caption: visit.say("dataset.columns_caption", &[("count", count)]),
        heads: heads
            .map(|key| Head::text(visit.t(&format!("dataset.{key}"))))
            .into(),
        rows: dataset.columns.iter().map(row).collect(),
        plain: true,
    }
}

fn facts(visit: &Visit, dataset: &Dataset) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new(visit.t("dataset.fact_field"), field_title(visit, dataset))
            .leading_to(format!("/fields/{}", dataset.field)),
        Fact::new(
            visit.t("dataset.fact_department"),
            department_title(visit, dataset),
        )
        .leading_to(address(
            "/datasets",
            &[("department", dataset.department.as_str())],
        )),
    ];
    if let Some(phone) = visit
        .city()
        .department(&dataset.department)
        .and_then(|department| department.phone.clone())
    {
        facts.push(Fact::new(visit.t("dataset.fact_phone"), phone));
    }
    facts.push(Fact::new(
        visit.t("dataset.fact_cadence"),
        visit.t(&format!("cadence.{}", word(&dataset.cadence))),
    ));
    facts.push(Fact::new(
        visit.t("dataset.fact_release"),
        visit.t(&format!("release.{}", word(&dataset.release))),
    ));
    if dataset.release == Release::Open {
        facts.push(Fact::new(
            visit.t("dataset.fact_licence"),
            visit.t(&format!("licence.{}", word(&dataset.licence))),
        ));
    }
    if !dataset.keywords.is_empty() {
        facts.push(Fact::new(
            visit.t("dataset.fact_keywords"),
            dataset.keywords.join(", "),
        ));
    }
    facts.push(Fact::new(
        visit.t("dataset.fact_id"),
        dataset.id.to_string(),
    ));
    facts
}
