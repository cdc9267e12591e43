//! Traffic: the links coloured by how it flows, the slowest of them, and how long it takes between two places.

use axum::extract::RawQuery;
use axum::response::Response;
use city::calendar::korean_time;
use interop::question::pairs;
use interop::situation::traffic::way::{Way, way_in};
use interop::situation::traffic::{Traffic, traffic};
use serde::Serialize;
use situation::air::DoubtKind;
use situation::traffic::{Level, State};

use super::cut;
use crate::frame::{Crumb, Section};
use crate::maps::of_city;
use crate::pages::Sample;
use crate::parts::{Cell, CellKind, Fact, Head, MapView, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Levels in the order of the legend.
const LEVELS: [Option<Level>; 4] = [
    Some(Level::Free),
    Some(Level::Slow),
    Some(Level::Jammed),
    None,
];

/// Traffic.
#[derive(Clone, Debug, Serialize)]
pub struct TrafficPage {
    /// How it flows, in a sentence.
    pub sentence: String,
    /// What the map says nothing of.
    pub notes: Vec<String>,
    /// The links.
    pub map: MapView,
    /// What the colours mean: a word for the style, and a text.
    pub legend: Vec<(String, String)>,
    /// Where somebody goes from, as it was said.
    pub from: String,
    /// Where to.
    pub to: String,
    /// How long it takes, in sentences.
    pub way: Vec<String>,
    /// Why that cannot be said, and what was understood otherwise.
    pub why: Vec<String>,
    /// The slowest links.
    pub slowest: Table,
    /// What is in the way.
    pub incidents: Option<Table>,
    /// Links whose speed is not known.
    pub doubted: Table,
    /// Links that cannot be used, and speeds of links that nobody knows.
    pub troubles: Vec<String>,
    /// The city's bands.
    pub bands: Vec<Fact>,
    /// The same as JSON.
    pub json: String,
}

/// How it flows, for a wall: the worst of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FlowView {
    /// The slowest links.
    pub(super) slowest: Table,
    /// What is in the way.
    pub(super) incidents: Option<Table>,
}

/// Links and incidents on a wall.
const ON_A_WALL: usize = 5;

/// How it flows, for a wall.
pub(super) fn flow(visit: &Visit, found: &Traffic) -> FlowView {
    // The road, how it flows, its speed and the usual one; what is in the way, and until when.
    let short = |key: &str, table: Table, all: usize, columns: &[usize]| {
        let table = table.part(ON_A_WALL, columns);
        let counts = [("count", count(all)), ("shown", count(table.rows.len()))];
        Table {
            caption: visit.say(key, &counts),
            ..table
        }
    };
    let all = found.slowest().len();
    let slowest = slowest(visit, found);
    FlowView {
        slowest: short("traffic.slowest_of", slowest, all, &[0, 2, 3, 4]),
        incidents: incidents(visit, found).map(|table| {
            let all = found.incidents.as_ref().map_or(0, Vec::len);
            short("traffic.incidents_of", table, all, &[1, 4])
        }),
    }
}

/// The map with links over it, and what is in the way and works.
pub(super) fn over(map: MapView) -> MapView {
    MapView {
        lines: Some("/api/situation/traffic/links".to_owned()),
        places: Some("/api/situation/traffic/marks".to_owned()),
        ..map
    }
}

/// `GET /situation/traffic?from=&to=`.
pub async fn page(visit: Visit, RawQuery(query): RawQuery) -> Response {
    visit.show(fill(&visit, query.as_deref().unwrap_or_default()).await)
}

async fn fill(visit: &Visit, query: &str) -> Result<Page<TrafficPage>, PageError> {
    let pairs = pairs(query);
    let text = |name: &str| {
        let own = pairs.iter().find(|(known, _)| known == name);
        own.map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let (from, to) = (text("from"), text("to"));
    let (reader, city) = (visit.reader(), visit.city());
    let kept = &visit.state().situation;
    let now = korean_time(super::now(visit));
    let found = traffic(city, kept, &reader, now).await?;
    let mut found = found.ok_or_else(|| PageError::Missing(visit.t("traffic.none"), Vec::new()))?;
    let mut way = None;
    if !from.is_empty() && !to.is_empty() {
        let (own, back) = way_in(city, kept, &reader, (&from, &to), found).await?;
        (way, found) = (Some(own), back);
    }
    let title = visit.t("traffic.title");
    let map = over(of_city(
        visit,
        &reader,
        visit.t("traffic.map"),
        visit.t("traffic.map_note"),
        "/situation/traffic#slowest",
    ));
    let json = match &way {
        Some(_) => address("/api/situation/travel", &[("from", &from), ("to", &to)]),
        None => "/api/situation/traffic".to_owned(),
    };
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![
            Crumb::to(visit.t("situation.title"), "/situation"),
            Crumb::here(title),
        ],
        data_url: Some("/api/situation/traffic".to_owned()),
        view: TrafficPage {
            sentence: sentence(visit, &found),
            notes: notes(visit, &found),
            map,
            legend: legend(visit),
            way: way
                .as_ref()
                .filter(|own| own.travel.is_some())
                .map_or_else(Vec::new, |own| own.said(visit.lang)),
            why: why(visit, (&from, &to), way.as_ref()),
            from,
            to,
            slowest: slowest(visit, &found),
            incidents: incidents(visit, &found),
            doubted: doubted(visit, &found),
            troubles: troubles(visit, &found),
            bands: bands(visit, &found),
            json,
        },
    })
}

fn count(number: usize) -> String {
    show::count_of(u64::try_from(number).unwrap_or_default())
}

pub(super) fn sentence(visit: &Visit, found: &Traffic) -> String {
    let of = |level| count(found.count(level));
    visit.say(
        "traffic.sentence",
        &[
            ("links", count(found.links.len())),
            ("free", of(Some(Level::Free))),
            ("slow", of(Some(Level::Slow))),
            ("jammed", of(Some(Level::Jammed))),
            ("unknown", of(None)),
        ],
    )
}

pub(super) fn notes(visit: &Visit, found: &Traffic) -> Vec<String> {
    let mut notes = Vec::new();
    if found.has_stopped() {
        notes.push(match found.newest {
            Some(newest) => {
                let since = newest.format("%Y-%m-%d %H:%M").to_string();
                visit.say("traffic.stopped", &[("since", since)])
            }
            None => visit.t("traffic.nothing"),
        });
    }
    if found.more {
        notes.push(visit.t("traffic.more"));
    }
    notes
}

pub(super) fn legend(visit: &Visit) -> Vec<(String, String)> {
    let levels = LEVELS.map(|own| {
        let word = own.map_or("unknown", Level::word);
        (format!("flow flow-{word}"), level(visit, own))
    });
    let marks = [
        (
            "spot spot-incident".to_owned(),
            visit.t("traffic.incidents"),
        ),
        ("spot".to_owned(), visit.t("situation.works")),
    ];
    levels.into_iter().chain(marks).collect()
}

fn level(visit: &Visit, level: Option<Level>) -> String {
    let word = level.map_or("unknown", Level::word);
    visit.t(&format!("traffic.level_{word}"))
}

/// What was not understood of a way, or otherwise than it was said.
fn why(visit: &Visit, (from, to): (&str, &str), way: Option<&Way>) -> Vec<String> {
    let Some(way) = way else {
        let is_half = from.is_empty() != to.is_empty();
        return if is_half {
            vec![visit.t("traffic.both_ends")]
        } else {
            Vec::new()
        };
    };
    let ends = [(from, &way.from), (to, &way.to)];
    let told = ends.into_iter().filter_map(|(said, place)| match place {
        None => Some(visit.say("traffic.no_place", &[("place", said.to_owned())])),
        Some(place) if !place.is_exact => Some(visit.say(
            "traffic.near_place",
            &[("place", said.to_owned()), ("address", place.name.clone())],
        )),
        Some(_) => None,
    });
    told.collect()
}

fn speed(visit: &Visit, speed: Option<f64>) -> Cell {
    speed.map_or_else(
        || Cell::of(CellKind::Nothing, visit.t("situation.unknown")),
        |speed| Cell::number(format!("{speed:.0}")),
    )
}

fn heads(visit: &Visit, last: Head) -> Vec<Head> {
    vec![
        Head::text(visit.t("situation.road")),
        Head::text(visit.t("traffic.link")),
        Head::text(visit.t("traffic.level")),
        Head::number(visit.t("traffic.speed")),
        Head::number(visit.t("traffic.usual")),
        Head::number(visit.t("traffic.age")),
        last,
    ]
}

/// A row of a link; `more` is its last cell.
fn row(visit: &Visit, found: &Traffic, at: usize, more: Cell) -> Option<Vec<Cell>> {
    let (link, now) = found.roads.network.links.get(at).zip(found.links.get(at))?;
    let last = now.present.last.map(|last| last.speed);
    Some(vec![
        Cell::text(link.road.clone().unwrap_or_default()),
        Cell::of(CellKind::Moment, link.id.clone()),
        Cell::text(level(visit, now.level)),
        speed(visit, last),
        speed(visit, now.usual),
        Cell::number(
            now.present
                .age_minutes
                .map_or_else(String::new, |age| age.to_string()),
        ),
        more,
    ])
}

fn slowest(visit: &Visit, found: &Traffic) -> Table {
    cut(visit, "traffic.slowest_caption", &found.slowest(), |rows| {
        let rows = rows.iter().filter_map(|at| {
            let limit = found.roads.network.links.get(*at)?.limit;
            row(visit, found, *at, speed(visit, limit))
        });
        Table {
            heads: heads(visit, Head::number(visit.t("traffic.limit"))),
            rows: rows.collect(),
            ..Table::default()
        }
    })
}

fn doubted(visit: &Visit, found: &Traffic) -> Table {
    cut(visit, "traffic.doubted_caption", &found.doubted(), |rows| {
        let rows = rows.iter().filter_map(|at| {
            let own = &found.links.get(*at)?.present;
            let mut said: Vec<String> = own.doubts.iter().map(|own| doubt(visit, own)).collect();
            if own.state == State::Silent {
                said.push(visit.t("traffic.silent"));
            }
            row(visit, found, *at, Cell::text(said.join(" ")))
        });
        Table {
            heads: heads(visit, Head::text(visit.t("situation.doubts"))),
            rows: rows.collect(),
            ..Table::default()
        }
    })
}

fn doubt(visit: &Visit, own: &DoubtKind) -> String {
    let values = match own {
        DoubtKind::Stuck { value, hours } | DoubtKind::Negative { value, hours } => {
            vec![("value", value.to_string()), ("hours", hours.to_string())]
        }
        DoubtKind::Jump { from, to } => vec![("from", from.to_string()), ("to", to.to_string())],
        DoubtKind::Ahead { minutes } | DoubtKind::Behind { minutes } => {
            vec![("span", super::span(visit, *minutes))]
        }
        DoubtKind::Stopped { since } => {
            vec![("since", since.format("%Y-%m-%d %H:%M").to_string())]
        }
    };
    visit.say(&format!("traffic.doubt_{}", own.word()), &values)
}

fn incidents(visit: &Visit, found: &Traffic) -> Option<Table> {
    let all = found.incidents.as_ref()?;
    let moment = |at: chrono::NaiveDateTime| {
        Cell::of(CellKind::Moment, at.format("%Y-%m-%d %H:%M").to_string())
    };
    Some(cut(visit, "traffic.incidents_caption", all, |rows| Table {
        heads: vec![
            Head::text(visit.t("traffic.kind")),
            Head::text(visit.t("traffic.what")),
            Head::text(visit.t("situation.road")),
            Head::text(visit.t("traffic.since")),
            Head::text(visit.t("traffic.until")),
        ],
        rows: rows
            .iter()
            .map(|own| {
                vec![
                    Cell::text(own.kind.clone().unwrap_or_default()),
                    Cell::text(own.title.clone()),
                    Cell::text(own.road.clone().unwrap_or_default()),
                    moment(own.starts),
                    own.ends.map_or_else(
                        || Cell::of(CellKind::Nothing, visit.t("situation.unknown")),
                        moment,
                    ),
                ]
            })
            .collect(),
        ..Table::default()
    }))
}

fn troubles(visit: &Visit, found: &Traffic) -> Vec<String> {
    let links = found.roads.network.troubles.iter().take(super::ROWS);
    let links = links.map(|own| {
        let why = format!("traffic.trouble_{}", own.trouble.word());
        visit.say(&why, &[("link", own.link.clone())])
    });
    let mut told: Vec<String> = links.collect();
    if !found.strangers.is_empty() {
        let first: Vec<&str> = found.strangers.iter().take(5).map(String::as_str).collect();
        told.push(visit.say(
            "traffic.strangers",
            &[
                ("count", count(found.strangers.len())),
                ("first", first.join(", ")),
            ],
        ));
    }
    told
}

fn bands(visit: &Visit, found: &Traffic) -> Vec<Fact> {
    let bands = found.bands.iter().map(|own| {
        let values = [
            ("slow", own.slow.to_string()),
            ("jammed", own.jammed.to_string()),
        ];
        Fact::new(own.basis.clone(), visit.say("traffic.band", &values))
    });
    bands.collect()
}

impl Sample for TrafficPage {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "느린 구간 1곳".to_owned(),
            heads: vec![Head::text("도로"), Head::number("속도")],
            rows: vec![vec![Cell::text("가람대로"), Cell::number("12")]],
            plain: false,
        };
        let empty = Table {
            rows: Vec::new(),
            ..table.clone()
        };
        let some = Self {
            sentence: "360구간 가운데 원활 300, 서행 40, 정체 10구간입니다.".to_owned(),
            notes: vec!["09:00 뒤로 자료가 오지 않습니다.".to_owned()],
            map: super::here::sample_map(),
            legend: vec![("flow flow-free".to_owned(), "원활".to_owned())],
            from: "가람대로 1".to_owned(),
            to: "가람대로 9".to_owned(),
            way: vec!["지금 12분쯤 걸립니다.".to_owned()],
            why: vec!["가장 가까운 주소로 찾았습니다.".to_owned()],
            slowest: table.clone(),
            incidents: Some(table.clone()),
            doubted: table,
            troubles: vec!["4899100300: 길이가 0입니다.".to_owned()],
            bands: vec![Fact::new("시험 기준", "30 아래 서행")],
            json: "/api/situation/traffic".to_owned(),
        };
        let quiet = Self {
            notes: Vec::new(),
            way: Vec::new(),
            why: Vec::new(),
            slowest: empty.clone(),
            incidents: None,
            doubted: empty,
            troubles: Vec::new(),
            bands: Vec::new(),
            ..some.clone()
        };
        vec![some, quiet]
    }
}
