//! "What is going on here?": one paragraph to be read aloud, then the tables.

use access::Reader;
use axum::extract::RawQuery;
use axum::response::Response;
use interop::question::pairs;
use interop::situation::here::{Asked, Told, here};
use serde::Serialize;
use situation::here::{Near, spoken};

use super::metres;
use crate::frame::{Crumb, Section};
use crate::maps::of_city;
use crate::pages::Sample;
use crate::parts::{Cell, CellKind, Fact, Head, Link, MapView, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// What is going on at a place.
#[derive(Clone, Debug, Serialize)]
pub struct HerePage {
    /// What was asked for.
    pub asked: String,
    /// The paragraph to be read aloud; none where nobody knows the place.
    pub spoken: Option<String>,
    /// Why there is none.
    pub why: Option<String>,
    /// What the number that was said is not.
    pub doubt: Option<String>,
    /// Other places that may be meant.
    pub others: Vec<Link>,
    /// Who answers for what.
    pub contacts: Vec<Fact>,
    /// The map that a place is picked on.
    pub map: MapView,
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
    let is_known = told.at.is_some();
    let best = told.addresses.first();
    let doubt = best.filter(|own| is_known && asked.at.is_none() && !own.has_number);
    let doubt = doubt.map(|own| {
        visit.say(
            "situation.near_address",
            &[("address", own.record.road.clone())],
        )
    });
    let others = told.addresses.iter().skip(1).take(5).map(|own| {
        let record = &own.record;
        let mut title = record.road.clone();
        for more in [&record.lot, &record.building].into_iter().flatten() {
            title = format!("{title} ({more})");
        }
        let [lon, lat] = record.at.map(|degrees| degrees.to_string());
        Link::new(
            title,
            address("/situation/here", &[("lon", &lon), ("lat", &lat)]),
        )
    });
    HerePage {
        asked: asked.text.clone(),
        spoken: is_known.then(|| spoken(&told.here, visit.lang)),
        why: (is_asked && !is_known).then(|| visit.t("situation.no_place")),
        doubt,
        others: others.collect(),
        map,
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

fn contacts(visit: &Visit, told: &Told) -> Vec<Fact> {
    let contacts = told.here.contacts.iter().map(|own| {
        let what = own
            .topic
            .clone()
            .unwrap_or_else(|| visit.t("situation.works"));
        let phone = own.phone.clone().unwrap_or_default();
        Fact::new(
            what,
            format!("{} {phone}", own.department).trim().to_owned(),
        )
    });
    contacts.collect()
}

fn tables(visit: &Visit, told: &Told) -> Vec<Table> {
    let here = &told.here;
    let lists = [
        ("situation.now_caption", here.works.as_ref()),
        ("situation.closures_caption", here.closures.as_ref()),
        ("situation.planned_caption", here.planned.as_ref()),
    ];
    let lists = lists.into_iter().filter_map(|(caption, list)| {
        let list = list.filter(|list| !list.is_empty())?;
        Some(super::cut(visit, caption, list, |rows| near(visit, rows)))
    });
    let mut tables: Vec<Table> = lists.collect();
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
        caption: visit.say(
            "situation.newest_caption",
            &[("count", show::count_of(count))],
        ),
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
            spoken: Some("가람대로 1 둘레 300미터 안의 상황을 알려 드립니다.".to_owned()),
            why: None,
            doubt: Some("말씀하신 번호가 없어 가장 가까운 주소로 찾았습니다.".to_owned()),
            others: vec![Link::new("가람대로 2", "/situation/here?q=2")],
            map: sample_map(),
            contacts: vec![Fact::new("공사", "도로과 031-000-1400")],
            tables: vec![table],
        };
        let none = Self {
            asked: "모르는 곳".to_owned(),
            spoken: None,
            why: Some("찾지 못했습니다.".to_owned()),
            doubt: None,
            others: Vec::new(),
            map: sample_map(),
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
