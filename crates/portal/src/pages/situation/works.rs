//! Street works: in each other's way, on protected roads, that could be one.

use access::At;
use axum::response::Response;
use city::calendar::korean_day;
use interop::situation::works::{Works, works};
use serde::Serialize;

use super::{ContactView, cut, metres};
use crate::frame::{Crumb, Section};
use crate::maps::map;
use crate::pages::Sample;
use crate::parts::{Cell, CellKind, Fact, Head, MapView, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Street works.
#[derive(Clone, Debug, Serialize)]
pub struct WorksPage {
    /// How much there is, in a sentence.
    pub sentence: String,
    /// What the lists say nothing of.
    pub notes: Vec<String>,
    /// Works that something is found of.
    pub map: Option<MapView>,
    /// Who answers for them.
    pub contacts: Vec<ContactView>,
    /// What counts as in each other's way.
    pub conflicts_how: String,
    /// In each other's way.
    pub conflicts: Table,
    /// On a protected road.
    pub protected: Table,
    /// The rules of protection.
    pub rules: Vec<Fact>,
    /// What counts as near enough to be one.
    pub joinable_how: String,
    /// That could be one.
    pub joinable: Table,
    /// Works of which it cannot be said whether the road is protected.
    pub unjudged: Option<Table>,
    /// Permits that cannot be judged.
    pub troubles: Option<Table>,
}

/// `GET /situation/works`.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<WorksPage>, PageError> {
    let reader = visit.reader();
    let today = korean_day(super::now(visit));
    let found = works(visit.city(), &visit.state().situation, &reader, today).await?;
    let works =
        found.ok_or_else(|| PageError::Missing(visit.t("situation.no_works"), Vec::new()))?;
    let title = visit.t("situation.works");
    let view = WorksPage {
        sentence: sentence(visit, &works),
        notes: notes(visit, &works),
        map: map_of(visit, &reader, &works),
        contacts: contacts(visit, &works),
        conflicts_how: conflicts_how(visit, &works),
        conflicts: conflicts(visit, &works),
        protected: protected(visit, &works),
        rules: rules(visit, &works),
        joinable_how: joinable_how(visit, &works),
        joinable: joinable(visit, &works),
        unjudged: (!works.unjudged.is_empty()).then(|| unjudged(visit, &works)),
        troubles: (!works.troubles.is_empty()).then(|| troubles(visit, &works)),
    };
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![
            Crumb::to(visit.t("situation.title"), "/situation"),
            Crumb::here(title),
        ],
        data_url: Some("/api/situation/works".to_owned()),
        view,
    })
}

fn count(number: usize) -> String {
    show::count_of(u64::try_from(number).unwrap_or_default())
}

pub(super) fn sentence(visit: &Visit, works: &Works) -> String {
    visit.say(
        "situation.works_sentence",
        &[
            ("permits", count(works.permits.len())),
            ("conflicts", count(works.conflicts.rows.len())),
            ("protected", count(works.protected.len())),
            ("joinable", count(works.joinable.len())),
        ],
    )
}

fn notes(visit: &Visit, works: &Works) -> Vec<String> {
    let mut notes = Vec::new();
    if works.more || works.conflicts.more {
        notes.push(visit.t("situation.works_more"));
    }
    if works.void > 0 {
        let values = [("count", count(works.void))];
        notes.push(visit.say("situation.works_void", &values));
    }
    if !works.unjudged.is_empty() {
        let values = [("count", count(works.unjudged.len()))];
        notes.push(visit.say("situation.works_unjudged", &values));
    }
    if !works.troubles.is_empty() {
        let values = [("count", count(works.troubles.len()))];
        notes.push(visit.say("situation.works_troubles", &values));
    }
    notes
}

fn contacts(visit: &Visit, works: &Works) -> Vec<ContactView> {
    let city = visit.city();
    let dataset = city.datasets.get(&works.dataset);
    let department = dataset.and_then(|own| city.department(&own.department));
    let contact = department.map(|own| ContactView {
        what: visit.t("situation.works"),
        department: visit.title(&own.title, Some(&own.title_en)),
        phone: own.phone.clone(),
    });
    contact.into_iter().collect()
}

/// A rule's figure as it is declared, without a fraction it does not have.
fn conflicts_how(visit: &Visit, works: &Works) -> String {
    let values = [("metres", works.buffer.to_string())];
    visit.say("situation.conflicts_how", &values)
}

fn joinable_how(visit: &Visit, works: &Works) -> String {
    let values = [
        ("metres", works.join.metres.to_string()),
        ("days", works.join.days.to_string()),
    ];
    visit.say("situation.joinable_how", &values)
}

/// The map of the dataset, with only those works that something is found of.
fn map_of(visit: &Visit, reader: &access::Reader, works: &Works) -> Option<MapView> {
    let dataset = reader.dataset(works.dataset.as_str()).ok()?;
    let version = reader.version(works.dataset.as_str(), &At::Latest).ok()?;
    let own = map(
        visit,
        reader,
        dataset,
        &version,
        "/situation/works#conflicts",
    )?;
    Some(MapView {
        places: Some("/api/situation/works/places".to_owned()),
        label: visit.t("situation.works_map"),
        note: visit.t("situation.works_map_note"),
        ..own
    })
}

fn number_of(works: &Works, at: usize) -> Cell {
    let permit = works.permits.get(at);
    Cell::of(
        CellKind::Moment,
        permit.map_or_else(String::new, |permit| permit.number.clone()),
    )
}

fn road_of(works: &Works, at: usize) -> String {
    let permit = works.permits.get(at);
    permit
        .and_then(|permit| permit.road.clone())
        .unwrap_or_default()
}

fn what_of(works: &Works, at: usize) -> String {
    let permit = works.permits.get(at);
    permit
        .and_then(|permit| permit.said.utility.clone())
        .unwrap_or_default()
}

fn day(day: chrono::NaiveDate) -> Cell {
    Cell::of(CellKind::Moment, day.to_string())
}

/// Rows in an order: what is not over comes first, the earliest of it.
fn rows_of<T: Copy, K: Ord>(rows: &[T], order: impl Fn(&T) -> K) -> Vec<T> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(order);
    rows
}

fn conflicts(visit: &Visit, works: &Works) -> Table {
    cut(
        visit,
        "situation.conflicts_caption",
        &rows_of(&works.conflicts.rows, |own| {
            (own.to < works.today, own.from)
        }),
        |rows| Table {
            heads: vec![
                Head::text(visit.t("situation.permit")),
                Head::text(visit.t("situation.other_permit")),
                Head::text(visit.t("situation.road")),
                Head::text(visit.t("situation.purposes")),
                Head::number(visit.t("situation.apart")),
                Head::text(visit.t("situation.both_from")),
                Head::text(visit.t("situation.both_to")),
            ],
            rows: rows
                .iter()
                .map(|own| {
                    let purposes = [what_of(works, own.first), what_of(works, own.second)];
                    let mut roads = vec![road_of(works, own.first), road_of(works, own.second)];
                    roads.dedup();
                    vec![
                        number_of(works, own.first),
                        number_of(works, own.second),
                        Cell::text(roads.join(", ")),
                        Cell::text(purposes.join(", ")),
                        Cell::number(format!("{:.1}", own.metres)),
                        day(own.from),
                        day(own.to),
                    ]
                })
                .collect(),
            ..Table::default()
        },
    )
}

fn protected(visit: &Visit, works: &Works) -> Table {
    cut(
        visit,
        "situation.protected_caption",
        &rows_of(&works.protected, |own| {
            let permit = works.permits.get(own.permit);
            permit.map(|permit| (permit.ends < works.today, permit.starts))
        }),
        |rows| Table {
            heads: vec![
                Head::text(visit.t("situation.permit")),
                Head::text(visit.t("situation.road")),
                Head::text(visit.t("situation.surface")),
                Head::text(visit.t("situation.starts")),
                Head::text(visit.t("situation.paved")),
                Head::text(visit.t("situation.free_from")),
            ],
            rows: rows
                .iter()
                .map(|own| {
                    let permit = works.permits.get(own.permit);
                    let rule = works.rules.get(own.rule);
                    vec![
                        number_of(works, own.permit),
                        Cell::text(road_of(works, own.permit)),
                        Cell::text(rule.map_or_else(String::new, |rule| rule.surface.clone())),
                        permit.map_or_else(Cell::default, |permit| day(permit.starts)),
                        day(own.paved),
                        day(own.free_from),
                    ]
                })
                .collect(),
            ..Table::default()
        },
    )
}

fn rules(visit: &Visit, works: &Works) -> Vec<Fact> {
    let fact = |rule: &city::situation::Protection| {
        let values = [
            ("years", rule.years.to_string()),
            ("basis", rule.basis.clone()),
            ("from", rule.from.clone()),
        ];
        Fact::new(rule.surface.clone(), visit.say("situation.rule", &values))
    };
    works.rules.iter().map(fact).collect()
}

fn joinable(visit: &Visit, works: &Works) -> Table {
    cut(
        visit,
        "situation.joinable_caption",
        &works.joinable,
        |rows| Table {
            heads: vec![
                Head::text(visit.t("situation.road")),
                Head::text(visit.t("situation.permits")),
                Head::text(visit.t("situation.purposes")),
                Head::number(visit.t("situation.days_apart")),
                Head::number(visit.t("situation.days_together")),
                Head::number(visit.t("situation.days_saved")),
                Head::number(visit.t("situation.metres_saved")),
            ],
            rows: rows
                .iter()
                .map(|own| {
                    let numbers: Vec<String> = own
                        .permits
                        .iter()
                        .map(|at| number_of(works, *at).text)
                        .collect();
                    let purposes: Vec<String> =
                        own.permits.iter().map(|at| what_of(works, *at)).collect();
                    let saved = own.metres_saved();
                    vec![
                        Cell::text(own.road.clone()),
                        Cell::text(numbers.join(", ")),
                        Cell::text(purposes.join(", ")),
                        Cell::number(own.days_apart.to_string()),
                        Cell::number(own.days_together.to_string()),
                        Cell::number(own.days_saved().to_string()),
                        saved.map_or_else(
                            || Cell::of(CellKind::Nothing, visit.t("situation.unknown")),
                            |saved| Cell::number(metres(saved)),
                        ),
                    ]
                })
                .collect(),
            ..Table::default()
        },
    )
}

fn unjudged(visit: &Visit, works: &Works) -> Table {
    cut(
        visit,
        "situation.unjudged_caption",
        &works.unjudged,
        |rows| Table {
            heads: vec![
                Head::text(visit.t("situation.permit")),
                Head::text(visit.t("situation.road")),
                Head::text(visit.t("situation.why")),
            ],
            rows: rows
                .iter()
                .map(|own| {
                    let why = visit.t(&format!("situation.lacks_{}", own.lacks.word()));
                    vec![
                        number_of(works, own.permit),
                        Cell::text(road_of(works, own.permit)),
                        Cell::text(why),
                    ]
                })
                .collect(),
            ..Table::default()
        },
    )
}

fn troubles(visit: &Visit, works: &Works) -> Table {
    cut(
        visit,
        "situation.troubles_caption",
        &works.troubles,
        |rows| Table {
            heads: vec![
                Head::text(visit.t("situation.permit")),
                Head::text(visit.t("situation.why")),
            ],
            rows: rows
                .iter()
                .map(|own| {
                    let why = visit.t(&format!(
                        "situation.trouble_{}",
                        own.kind.word().replace('-', "_")
                    ));
                    vec![Cell::text(own.number.clone()), Cell::text(why)]
                })
                .collect(),
            ..Table::default()
        },
    )
}

impl Sample for WorksPage {
    fn samples() -> Vec<Self> {
        let table = |caption: &str, heads: &[&str], row: &[&str]| Table {
            caption: caption.to_owned(),
            heads: heads.iter().map(|head| Head::text(*head)).collect(),
            rows: vec![row.iter().map(|cell| Cell::text(*cell)).collect()],
            plain: false,
        };
        let some = Self {
            sentence: "허가 260건 가운데 서로 걸리는 공사가 1쌍입니다.".to_owned(),
            notes: vec!["허가 2건은 판단할 수 없습니다.".to_owned()],
            map: None,
            contacts: vec![super::sample_contact()],
            conflicts_how: "10m 안에서 하루라도 함께 하는 공사입니다.".to_owned(),
            conflicts: table(
                "서로 걸리는 공사 1쌍",
                &["허가번호", "다른 허가", "도로"],
                &["굴착-2026-0001", "굴착-2026-0002", "가람대로"],
            ),
            protected: table(
                "보호 기간에 하는 공사 1건",
                &["허가번호", "도로"],
                &["굴착-2026-0003", "가람대로"],
            ),
            rules: vec![Fact::new("차도", "3년 (굴착 제한 기준)")],
            joinable_how: "30일 안에 100m 안에서 하는 공사입니다.".to_owned(),
            joinable: table(
                "함께 할 수 있는 공사 1묶음",
                &["도로", "허가"],
                &["가람대로", "굴착-2026-0004, 굴착-2026-0005"],
            ),
            unjudged: Some(table(
                "판단하지 않은 공사 1건",
                &["허가번호", "도로", "까닭"],
                &["굴착-2026-0007", "가람대로", "포장한 날을 알 수 없습니다."],
            )),
            troubles: Some(table(
                "판단할 수 없는 허가 1건",
                &["허가번호", "까닭"],
                &["굴착-2026-0006", "끝나는 날이 시작하는 날보다 빠릅니다"],
            )),
        };
        let none = Self {
            notes: Vec::new(),
            contacts: Vec::new(),
            rules: Vec::new(),
            unjudged: None,
            troubles: None,
            ..some.clone()
        };
        vec![some, none]
    }
}
