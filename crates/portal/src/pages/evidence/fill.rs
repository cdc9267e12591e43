//! The evidence of a year from the records.

use std::collections::BTreeMap;

use access::{AskError, Reader};
use axum::extract::Query;
use axum::response::Response;
use chrono::Datelike as _;
use city::calendar::korean_day;
use interop::evidence::definition::Words;
use interop::evidence::pack::{Document, Load};
use interop::evidence::{EvidenceError, Indicator, Pack, Scope, State, evidence, show};

use super::{Area, Choice, Evidence, Shown};
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Fact, Head, Link, Table};
use crate::query::address;
use crate::show::count_of;
use crate::site::{Page, PageError, Visit};

/// Documents listed; the workbook has all.
const LISTED_MAX: usize = 300;
/// Letters of a hash shown; the files have all.
const HASH_LETTERS: usize = 16;

impl From<EvidenceError> for PageError {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Ask(error) => error.into(),
            EvidenceError::Scope(error) => {
                Self::Missing(error.to_string(), vec![Link::new("/evidence", "/evidence")])
            }
            other => Self::Broken(other.to_string()),
        }
    }
}

/// `GET /evidence?year=&department=`, for staff.
pub async fn page(visit: Visit, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    visit.show(fill(&visit, &asked).await)
}

async fn fill(
    visit: &Visit,
    asked: &BTreeMap<String, String>,
) -> Result<Page<Evidence>, PageError> {
    let reader = visit.reader();
    reader.staff_only("evidence")?;
    let today = korean_day(visit.now());
    let year = asked.get("year").filter(|year| !year.is_empty());
    let year = year.map_or_else(|| today.year().to_string(), Clone::clone);
    let department = asked.get("department").map(String::as_str);
    let state = visit.state();
    let scope = Scope::read(&state.city, &year, department, today).map_err(EvidenceError::from)?;
    let years = years(visit, today.year()).await?;
    let pack = evidence(&state.city, reader, &state.records, &state.overviews, scope).await?;
    let title = visit.t("evidence.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: Some(place(&pack, "/api/evidence/", "")),
        view: view(visit, &pack, &years),
    })
}

/// The years from the first load on, the newest first.
async fn years(visit: &Visit, newest: i32) -> Result<Vec<i32>, PageError> {
    let find = move |reader: &Reader| {
        let mut first = newest;
        for dataset in reader.datasets() {
            let loads = reader.loads(&dataset.id)?;
            let own = loads
                .last()
                .map(|load| korean_day(load.committed_at).year());
            first = own.map_or(first, |own| own.min(first));
        }
        Ok::<_, AskError>(first)
    };
    let (reader, of) = (visit.reader(), newest.to_string());
    let overviews = &visit.state().overviews;
    let first = overviews.get(reader, "first year", of, find).await?;
    Ok((*first..=newest).rev().collect())
}

/// An address of the same scope.
fn place(pack: &Pack, before: &str, after: &str) -> String {
    let department = pack.department.as_ref().map(|own| own.id.as_str());
    address(
        &format!("{before}{}{after}", pack.year),
        &[("department", department.unwrap_or_default())],
    )
}

fn view(visit: &Visit, pack: &Pack, years: &[i32]) -> Evidence {
    let city = visit.title(&pack.city.ko, Some(&pack.city.en));
    let whom = match &pack.department {
        Some(own) => visit.title(&own.ko, Some(&own.en)),
        None => city,
    };
    let datasets = size(pack.datasets.len());
    let listed = pack.datasets.len() > LISTED_MAX;
    Evidence {
        years: years
            .iter()
            .map(|year| Choice {
                value: year.to_string(),
                title: visit.say("evidence.year_of", &[("year", year.to_string())]),
                selected: *year == pack.year,
            })
            .collect(),
        departments: departments(visit, pack),
        sentence: visit.say(
            "evidence.sentence",
            &[
                ("whom", whom),
                ("year", pack.year.to_string()),
                ("datasets", datasets.clone()),
                ("loads", size(pack.loads.len())),
            ],
        ),
        until: pack.until.to_string(),
        files: vec![
            Link::new(visit.t("evidence.xlsx"), place(pack, "/evidence/", ".xlsx")),
            Link::new(visit.t("evidence.pdf"), place(pack, "/evidence/", ".pdf")),
            Link::new(visit.t("evidence.json"), place(pack, "/api/evidence/", "")),
        ],
        areas: areas(visit, pack),
        indicators: pack
            .indicators
            .iter()
            .map(|own| shown(visit, pack, own))
            .collect(),
        months: months(visit, pack),
        documents: documents(visit, pack),
        unlisted: listed.then(|| {
            visit.say(
                "evidence.unlisted",
                &[("listed", size(LISTED_MAX)), ("total", datasets)],
            )
        }),
        sha256: pack.sha256.clone(),
    }
}

fn size(count: usize) -> String {
    count_of(u64::try_from(count).unwrap_or(u64::MAX))
}

fn departments(visit: &Visit, pack: &Pack) -> Vec<Choice> {
    let chosen = pack.department.as_ref().map(|own| own.id.as_str());
    let all = Choice {
        value: String::new(),
        title: visit.t("evidence.whole"),
        selected: chosen.is_none(),
    };
    let known = visit.city().manifest.departments.iter();
    let each = known.map(|own| Choice {
        value: own.id.to_string(),
        title: visit.title(&own.title, Some(&own.title_en)),
        selected: chosen == Some(own.id.as_str()),
    });
    std::iter::once(all).chain(each).collect()
}

fn said(visit: &Visit, words: Words) -> String {
    visit.title(words.ko, Some(words.en))
}

/// The figure, or why there is none.
fn figure(visit: &Visit, of: &Indicator) -> Cell {
    match (of.state, of.numerator, of.denominator) {
        (State::Counted, Some(numerator), Some(denominator)) => {
            Cell::number(show::percent(numerator, denominator, of.is_fault))
        }
        (State::NotInRecords, ..) => Cell::number(visit.t("evidence.not_in_records")),
        _ => Cell::number(visit.t("evidence.nothing_to_count")),
    }
}

fn areas(visit: &Visit, pack: &Pack) -> Vec<Area> {
    let mut all: Vec<Area> = Vec::new();
    for own in &pack.indicators {
        let title = said(visit, own.area.title());
        if all.last().is_none_or(|area| area.title != title) {
            all.push(Area {
                id: format!("area-{}", all.len() + 1),
                title,
                table: Table {
                    caption: String::new(),
                    heads: vec![
                        Head::text(visit.t("evidence.item")),
                        Head::text(visit.t("evidence.indicator")),
                        Head::number(visit.t("evidence.numerator")),
                        Head::number(visit.t("evidence.denominator")),
                        Head::number(visit.t("evidence.value")),
                    ],
                    rows: Vec::new(),
                    plain: true,
                },
            });
        }
        let Some(area) = all.last_mut() else { continue };
        let count = |own: Option<u64>| match own {
            Some(count) => Cell::number(count_of(count)),
            None => Cell::number("–"),
        };
        area.table.rows.push(vec![
            Cell::text(said(visit, own.item)),
            Cell::text(said(visit, own.title)).leading_to(format!("#{}", own.id)),
            count(own.numerator),
            count(own.denominator),
            figure(visit, own),
        ]);
    }
    for area in &mut all {
        let count = size(area.table.rows.len());
        area.table.caption = visit.say("evidence.indicators_of", &[("count", count)]);
    }
    all
}

fn shown(visit: &Visit, pack: &Pack, of: &Indicator) -> Shown {
    let mut facts = vec![Fact::new(visit.t("evidence.value"), figure(visit, of).text)];
    let all = [
        ("evidence.numerator", of.numerator_is),
        ("evidence.denominator", of.denominator_is),
        ("evidence.how", of.how),
        ("evidence.add", of.add),
    ];
    let all = all.into_iter().filter(|(_, words)| !words.ko.is_empty());
    facts.extend(all.map(|(key, words)| Fact::new(visit.t(key), said(visit, words))));
    Shown {
        id: of.id.to_owned(),
        item: said(visit, of.item),
        title: said(visit, of.title),
        facts,
        parts: (!of.parts.is_empty()).then(|| parts(visit, pack, of)),
    }
}

/// What departments add, or the datasets of the one that is asked about.
fn parts(visit: &Visit, pack: &Pack, of: &Indicator) -> Table {
    let row = |name: Cell, numerator: u64, denominator: u64| {
        vec![
            name,
            Cell::number(count_of(numerator)),
            Cell::number(count_of(denominator)),
            Cell::number(show::percent(numerator, denominator, of.is_fault)),
        ]
    };
    let is_of_one = pack.department.is_some();
    let rows: Vec<Vec<Cell>> = if is_of_one {
        let name = |part: &interop::evidence::pack::Part| {
            let own = pack.document_of(&part.dataset);
            let title = own.map_or_else(
                || part.dataset.to_string(),
                |own| visit.title(&own.title, own.title_en.as_deref()),
            );
            Cell::text(title).leading_to(format!("/datasets/{}", part.dataset))
        };
        of.parts
            .iter()
            .map(|part| row(name(part), part.numerator, part.denominator))
            .collect()
    } else {
        let name = |own: &interop::evidence::Named| {
            let path = [
                ("year", pack.year.to_string()),
                ("department", own.id.clone()),
            ];
            let path: Vec<(&str, &str)> = path
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            Cell::text(visit.title(&own.ko, Some(&own.en))).leading_to(address("/evidence", &path))
        };
        pack.by_department(of)
            .into_iter()
            .map(|(own, numerator, denominator)| row(name(own), numerator, denominator))
            .collect()
    };
    let whose = if is_of_one {
        "evidence.dataset"
    } else {
        "evidence.department"
    };
    let unit = said(visit, of.unit);
    let counted = |key: &str| Head::number(format!("{} ({unit})", visit.t(key)));
    let caption = if is_of_one {
        "evidence.by_dataset"
    } else {
        "evidence.by_department"
    };
    Table {
        caption: visit.say(caption, &[("count", size(rows.len()))]),
        heads: vec![
            Head::text(visit.t(whose)),
            counted("evidence.numerator"),
            counted("evidence.denominator"),
            Head::number(visit.t("evidence.value")),
        ],
        rows,
        plain: true,
    }
}

/// The months in which something had been diagnosed.
fn months(visit: &Visit, pack: &Pack) -> Option<Table> {
    let own = pack.months.iter().filter(|own| own.diagnosed > 0);
    let rows: Vec<Vec<Cell>> = own
        .map(|own| {
            vec![
                Cell::of(CellKind::Moment, own.until.to_string()),
                Cell::number(count_of(own.datasets)),
                Cell::number(count_of(own.errors)),
                Cell::number(count_of(own.diagnosed)),
                Cell::number(show::percent(own.errors, own.diagnosed, true)),
            ]
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        caption: visit.say("evidence.months_of", &[("count", size(rows.len()))]),
        heads: vec![
            Head::text(visit.t("evidence.until")),
            Head::number(visit.t("evidence.datasets")),
            Head::number(visit.t("evidence.errors")),
            Head::number(visit.t("evidence.diagnosed")),
            Head::number(visit.t("evidence.rate")),
        ],
        rows,
        plain: true,
    })
}

fn documents(visit: &Visit, pack: &Pack) -> Table {
    let rows = pack.datasets.iter().take(LISTED_MAX);
    Table {
        caption: visit.say(
            "evidence.documents_of",
            &[("count", size(pack.datasets.len()))],
        ),
        heads: vec![
            Head::text(visit.t("evidence.dataset")),
            Head::text(visit.t("evidence.department")),
            Head::text(visit.t("evidence.version")),
            Head::text(visit.t("evidence.day")),
            Head::text(visit.t("evidence.file")),
            Head::text("SHA-256"),
            Head::text(visit.t("evidence.manifest")),
        ],
        rows: rows.map(|own| document(visit, pack, own)).collect(),
        plain: true,
    }
}

fn document(visit: &Visit, pack: &Pack, of: &Document) -> Vec<Cell> {
    let department = pack.department_of(&of.department);
    let department = department.map(|own| visit.title(&own.ko, Some(&own.en)));
    let title = visit.title(&of.title, of.title_en.as_deref());
    let mut cells = vec![
        Cell::text(title).leading_to(format!("/datasets/{}", of.dataset)),
        Cell::text(department.unwrap_or_default()),
    ];
    if let Some(load) = &of.newest {
        cells.extend(newest(visit, load));
    } else {
        let nothing = || Cell::of(CellKind::Nothing, "–");
        cells.push(Cell::of(CellKind::Nothing, visit.t("evidence.no_load")));
        cells.extend([nothing(), nothing(), nothing()]);
    }
    cells.push(Cell::of(CellKind::Hash, of.manifest.clone()));
    cells
}

fn newest(visit: &Visit, load: &Load) -> [Cell; 4] {
    let version = load.version.unwrap_or_default().to_string();
    let (file, hash) = if let Some(file) = load.files.first() {
        let others = load.files.len() - 1;
        let name = if others > 0 {
            let values = [("name", file.name.clone()), ("others", size(others))];
            visit.say("evidence.files", &values)
        } else {
            file.name.clone()
        };
        let hash: String = file.sha256.chars().take(HASH_LETTERS).collect();
        (name, format!("{hash}…"))
    } else {
        let inputs = load.inputs.iter();
        let inputs = inputs.map(|(id, version)| format!("{id} {version}"));
        (inputs.collect::<Vec<_>>().join(", "), "–".to_owned())
    };
    [
        Cell::of(
            CellKind::Moment,
            visit.say("evidence.version_of", &[("version", version)]),
        ),
        Cell::of(CellKind::Moment, Pack::day(load).to_string()),
        Cell::text(file),
        Cell::of(CellKind::Hash, hash),
    ]
}
