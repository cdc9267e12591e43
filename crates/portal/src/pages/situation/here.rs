//! "What is going on here?": one paragraph to be read aloud, then the tables.

use access::Reader;
use axum::extract::RawQuery;
use axum::response::Response;
use interop::question::pairs;
use interop::situation::here::{Address, Asked, Told, here};
use serde::Serialize;
use situation::address::{Number, Record};
use situation::here::{Closed, Near};

use super::{ContactView, metres};
use crate::frame::{Crumb, Section};
use crate::maps::of_city;
use crate::pages::Sample;
use crate::parts::{Cell, CellKind, Head, Link, MapView, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Other places that may be meant and are shown.
const OTHERS: usize = 5;

/// What is going on at a place.
#[derive(Clone, Debug, Serialize)]
pub struct HerePage {
    /// What was asked for.
    pub asked: String,
    /// What a call can be about: value, title, whether it is; none where the city names no topics.
    pub topics: Vec<(String, String, bool)>,
    /// The paragraph to be read aloud; none where nobody knows the place.
    pub spoken: Option<String>,
    /// Why there is none.
    pub why: Option<String>,
    /// What the number that was said is not.
    pub doubt: Option<String>,
    /// Other places that may be meant.
    pub others: Vec<Link>,
    /// Who answers for what.
    pub contacts: Vec<ContactView>,
    /// The map that a place is picked on, around the place that was found.
    pub map: MapView,
    /// That place: longitude and latitude.
    pub mark: Option<String>,
    /// Works under way, closures, works to come, complaints by topic, the newest complaints.
    pub tables: Vec<Table>,
}

/// `GET /situation/here?q=&lon=&lat=&metres=`.
pub async fn page(visit: Visit, RawQuery(query): RawQuery) -> Response {
    visit.show(fill(&visit, query.as_deref().unwrap_or_default()).await)
}

fn asked(query: &str) -> Asked {
    let pairs = pairs(query);
    let text = |name: &str| {
        let own = pairs.iter().find(|(known, _)| known == name);
        own.map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let number = |name: &str| text(name).parse::<f64>().ok().filter(|own| own.is_finite());
    Asked {
        text: text("q"),
        at: number("lon")
            .zip(number("lat"))
            .map(|(lon, lat)| [lon, lat]),
        metres: number("metres"),
        topic: Some(text("topic")).filter(|topic| !topic.is_empty()),
    }
}

async fn fill(visit: &Visit, query: &str) -> Result<Page<HerePage>, PageError> {
    let asked = asked(query);
    let reader = visit.reader();
    let kept = &visit.state().situation;
    let told = here(visit.city(), kept, &reader, &asked, super::now(visit)).await?;
    let title = visit.t("situation.here");
    let data = address("/api/situation/here", &[("q", &asked.text)]);
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![
            Crumb::to(visit.t("situation.title"), "/situation"),
            Crumb::here(title),
        ],
        data_url: Some(data),
        view: view(visit, &asked, &told, pick(visit, &reader)),
    })
}

/// A map of the city on which a place is picked.
pub(super) fn pick(visit: &Visit, reader: &Reader) -> MapView {
    let (label, note) = (
        visit.t("situation.pick_map"),
        visit.t("situation.pick_note"),
    );
    MapView {
        pick: Some("/situation/here".to_owned()),
        ..of_city(visit, reader, label, note, "")
    }
}

fn view(visit: &Visit, asked: &Asked, told: &Told, map: MapView) -> HerePage {
    let is_asked = asked.at.is_some() || !asked.text.is_empty();
    let is_known = told.at.is_some() && !told.is_outside;
    let why = match told.at {
        None => is_asked.then(|| visit.t("situation.no_place")),
        Some(_) => told.spoken(visit.lang).filter(|_| told.is_outside),
    };
    let is_other =
        |own: &&Address| own.record.said() != told.here.place || told.at != Some(own.record.at);
    let others = told
        .addresses
        .iter()
        .filter(is_other)
        .take(OTHERS)
        .map(|own| {
            let record = &own.record;
            let [lon, lat] = record.at.map(|degrees| degrees.to_string());
            Link::new(
                told_apart(visit, record),
                address(
                    "/situation/here",
                    &[
                        ("q", record.title()),
                        ("lon", &lon),
                        ("lat", &lat),
                        ("topic", asked.topic.as_deref().unwrap_or_default()),
                    ],
                ),
            )
        });
    HerePage {
        asked: asked.text.clone(),
        topics: topics(visit, asked),
        spoken: told.spoken(visit.lang).filter(|_| is_known),
        why,
        doubt: doubt(visit, asked, told).filter(|_| is_known),
        others: others.collect(),
        map: match told.at.filter(|_| is_known) {
            Some(at) => around(map, at, told.here.metres),
            None => map,
        },
        mark: told
            .at
            .filter(|_| is_known)
            .map(|[x, y]| format!("{x},{y}")),
        contacts: if is_known {
            contacts(visit, told)
        } else {
            Vec::new()
        },
        tables: if is_known {
            tables(visit, told)
        } else {
            Vec::new()
        },
    }
}

/// What a call can be about: the topics that a department answers for.
fn topics(visit: &Visit, asked: &Asked) -> Vec<(String, String, bool)> {
    let complaints = visit.city().situation.complaints.as_ref();
    let topics = complaints.into_iter().flat_map(|own| &own.responsible);
    let mut topics = topics
        .map(|own| {
            let is_asked = asked.topic.as_deref() == Some(own.topic.as_str());
            (own.topic.clone(), own.topic.clone(), is_asked)
        })
        .peekable();
    let any = (
        String::new(),
        visit.t("situation.any_topic"),
        asked.topic.is_none(),
    );
    let has_any = topics.peek().is_some();
    has_any.then_some(any).into_iter().chain(topics).collect()
}

/// A place with what tells it apart from others of its name.
fn told_apart(visit: &Visit, record: &Record) -> String {
    let kind = record
        .dataset
        .as_ref()
        .and_then(|id| visit.city().datasets.get(id.as_str()))
        .map(|dataset| visit.title(&dataset.title, dataset.title_en.as_deref()));
    let place = record.road.clone().or_else(|| record.dong.clone());
    let more = match &record.name {
        Some(_) => [kind, place],
        None => [record.lot.clone(), record.building.clone()],
    };
    more.into_iter()
        .flatten()
        .fold(record.title().to_owned(), |title, more| {
            format!("{title} ({more})")
        })
}

/// Metres of a degree of latitude.
const DEGREE: f64 = 111_320.0;

/// A map of what lies around a place.
fn around(map: MapView, [x, y]: [f64; 2], metres: f64) -> MapView {
    let north = metres / DEGREE;
    let east = north / y.to_radians().cos().max(0.1);
    let corners = [x - east, y - north, x + east, y + north];
    MapView {
        bounds: corners.map(|degrees| format!("{degrees:.6}")).join(","),
        ..map
    }
}

/// How the place that was found is not what was said.
fn doubt(visit: &Visit, asked: &Asked, told: &Told) -> Option<String> {
    let best = told.addresses.first().filter(|_| asked.at.is_none())?;
    let key = match best.number {
        Number::Same => return None,
        Number::Other => "situation.near_address",
        Number::Unsaid => "situation.no_number",
    };
    Some(visit.say(key, &[("address", best.record.title().to_owned())]))
}

fn contacts(visit: &Visit, told: &Told) -> Vec<ContactView> {
    let contacts = told.here.contacts.iter().map(|own| ContactView {
        what: own
            .topic
            .clone()
            .unwrap_or_else(|| visit.t("situation.works")),
        department: visit.title(&own.department, Some(&own.department_en)),
        phone: own.phone.clone(),
    });
    contacts.collect()
}

fn tables(visit: &Visit, told: &Told) -> Vec<Table> {
    let here = &told.here;
    let works = |caption, list: Option<&Vec<Near>>| {
        let list = list.filter(|list| !list.is_empty())?;
        Some(super::cut(visit, caption, list, |rows| near(visit, rows)))
    };
    let closures = here.closures.as_ref().filter(|list| !list.is_empty());
    let closures = closures.map(|list| {
        super::cut(visit, "situation.closures_caption", list, |rows| {
            closed(visit, rows)
        })
    });
    let lists = [
        works("situation.now_caption", here.works.as_ref()),
        closures,
        works("situation.planned_caption", here.planned.as_ref()),
    ];
    let mut tables: Vec<Table> = lists.into_iter().flatten().collect();
    let topics = here.complaints.iter().flatten();
    let topics: Vec<Vec<Cell>> = topics
        .map(|(topic, count)| {
            vec![
                Cell::text(topic.clone()),
                Cell::number(show::count_of(*count)),
            ]
        })
        .collect();
    if !topics.is_empty() {
        let days = here.complaint_days.to_string();
        tables.push(Table {
            caption: visit.say("situation.topics_caption", &[("days", days)]),
            heads: vec![
                Head::text(visit.t("situation.topic")),
                Head::number(visit.t("situation.count")),
            ],
            rows: topics,
            plain: true,
        });
    }
    if !told.complaints.is_empty() {
        tables.push(newest(visit, told));
    }
    tables
}

fn near(visit: &Visit, rows: &[Near]) -> Table {
    let row = |own: &Near| {
        vec![
            Cell::text(own.title.clone()),
            Cell::text(own.road.clone().unwrap_or_default()),
            Cell::text(own.purpose.clone().unwrap_or_default()),
            Cell::number(metres(own.metres)),
            Cell::of(CellKind::Moment, own.starts.to_string()),
            Cell::of(CellKind::Moment, own.ends.to_string()),
            Cell::text(own.contractor.clone().unwrap_or_default()),
        ]
    };
    Table {
        caption: String::new(),
        heads: vec![
            Head::text(visit.t("situation.permit")),
            Head::text(visit.t("situation.road")),
            Head::text(visit.t("situation.purposes")),
            Head::number(visit.t("situation.away")),
            Head::text(visit.t("situation.starts")),
            Head::text(visit.t("situation.ends")),
            Head::text(visit.t("situation.contractor")),
        ],
        rows: rows.iter().map(row).collect(),
        plain: false,
    }
}

fn closed(visit: &Visit, rows: &[Closed]) -> Table {
    let nothing = |key: &str| Cell::of(CellKind::Nothing, visit.t(key));
    let row = |own: &Closed| {
        let ends = own.ends.map(|ends| ends.to_string());
        vec![
            Cell::text(own.title.clone()),
            Cell::text(own.road.clone().unwrap_or_default()),
            own.metres.map_or_else(
                || nothing("situation.on_road"),
                |apart| Cell::number(metres(apart)),
            ),
            Cell::of(CellKind::Moment, own.starts.to_string()),
            ends.map_or_else(
                || nothing("situation.no_end"),
                |ends| Cell::of(CellKind::Moment, ends),
            ),
        ]
    };
    Table {
        caption: String::new(),
        heads: vec![
            Head::text(visit.t("situation.closure")),
            Head::text(visit.t("situation.road")),
            Head::number(visit.t("situation.away")),
            Head::text(visit.t("situation.starts")),
            Head::text(visit.t("situation.ends")),
        ],
        rows: rows.iter().map(row).collect(),
        plain: false,
    }
}

fn newest(visit: &Visit, told: &Told) -> Table {
    let rows = told.complaints.iter().map(|own| {
        vec![
            Cell::of(
                CellKind::Moment,
                own.received.format("%Y-%m-%d %H:%M").to_string(),
            ),
            Cell::text(own.topic.clone()),
            Cell::text(own.status.clone().unwrap_or_default()),
            Cell::number(metres(own.metres)),
        ]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let count = u64::try_from(rows.len()).unwrap_or_default();
    Table {
        caption: match told.here.topic.clone() {
            None => visit.say(
                "situation.newest_caption",
                &[("count", show::count_of(count))],
            ),
            Some(topic) => visit.say(
                "situation.alike_caption",
                &[("count", show::count_of(count)), ("topic", topic)],
            ),
        },
        heads: vec![
            Head::text(visit.t("situation.received")),
            Head::text(visit.t("situation.topic")),
            Head::text(visit.t("situation.status")),
            Head::number(visit.t("situation.away")),
        ],
        rows,
        plain: true,
    }
}

/// The map of a city in samples.
pub(super) fn sample_map() -> MapView {
    MapView {
        places: None,
        tiles: None,
        ground: "[]".to_owned(),
        outside: None,
        bounds: "127,37,127.2,37.2".to_owned(),
        label: "도시 지도".to_owned(),
        note: "지도를 누르시면 그곳의 상황을 알려 드립니다.".to_owned(),
        table: String::new(),
        lines: None,
        as_of: None,
        pick: Some("/situation/here".to_owned()),
    }
}

impl Sample for HerePage {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "진행 중인 공사 1건".to_owned(),
            heads: vec![Head::text("허가번호"), Head::text("도로")],
            rows: vec![vec![Cell::text("굴착-2026-0001"), Cell::text("가람대로")]],
            plain: false,
        };
        let some = Self {
            asked: "가람대로 1".to_owned(),
            topics: vec![("도로".to_owned(), "도로".to_owned(), true)],
            spoken: Some("가람대로 1 둘레 300미터 안의 상황을 알려 드립니다.".to_owned()),
            why: None,
            doubt: Some("말씀하신 번호가 없어 가장 가까운 주소로 찾았습니다.".to_owned()),
            others: vec![Link::new("가람대로 2", "/situation/here?q=2")],
            map: sample_map(),
            mark: Some("127.1,37.1".to_owned()),
            contacts: vec![super::sample_contact()],
            tables: vec![table],
        };
        let none = Self {
            asked: "모르는 곳".to_owned(),
            topics: Vec::new(),
            spoken: None,
            why: Some("찾지 못했습니다.".to_owned()),
            doubt: None,
            others: Vec::new(),
            map: sample_map(),
            mark: None,
            contacts: Vec::new(),
            tables: Vec::new(),
        };
        let empty = Self {
            asked: String::new(),
            why: None,
            ..none.clone()
        };
        vec![some, none, empty]
    }
}
