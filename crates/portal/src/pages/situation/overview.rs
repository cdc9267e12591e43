//! The overview: a place is asked for, air, complaints, and the way to the works.

use access::AskError;
use axum::response::Response;
use city::calendar::{korean_day, korean_time};
use interop::situation::complaints::{Surges, found};
use interop::situation::traffic::{Traffic, traffic};
use interop::situation::works::{Works, works};
use serde::Serialize;
use situation::surge::Surge;

use super::air::AirView;
use super::counted::{self, CountsView};
use crate::frame::{Crumb, Section};
use crate::pages::Sample;
use crate::parts::{Cell, Fact, Head, MapView, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// What is going on in the city.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    /// Whether the city declares street works.
    pub has_works: bool,
    /// Whether it declares traffic.
    pub has_traffic: bool,
    /// How it stands on the streets.
    pub streets: StreetsView,
    /// The map that a place is picked on, with traffic and what is in its way.
    pub map: MapView,
    /// Stations, where the city declares air and the visitor may see it.
    pub air: Option<AirView>,
    /// Surges, where the city declares complaints and the visitor may see them.
    pub surges: Option<SurgesView>,
}

/// How it stands on the streets: what the city declares and the visitor may see.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StreetsView {
    /// Traffic and works, in a sentence each.
    pub facts: Vec<Fact>,
    /// What that says nothing of.
    pub notes: Vec<String>,
    /// What the colours of the map mean: a word for the style, and a text.
    pub legend: Vec<(String, String)>,
}

/// Where more complaints come in than usual.
#[derive(Clone, Debug, Serialize)]
pub struct SurgesView {
    /// Until when, and by what.
    pub sentence: String,
    /// What that says nothing of.
    pub notes: Vec<String>,
    /// How what is usual is known.
    pub how: String,
    /// One sentence a surge.
    pub explained: Vec<String>,
    /// The figures.
    pub table: Table,
    /// One sentence a surge of the last two weeks that is over.
    pub earlier: Vec<String>,
    /// Counts by neighbourhood and topic, and what they are set against.
    pub counts: Option<CountsView>,
}

/// `GET /situation`.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

/// What may not be seen or was never loaded is left out.
pub(super) fn seen<T>(found: Result<Option<T>, AskError>) -> Result<Option<T>, PageError> {
    match found {
        Ok(found) => Ok(found),
        Err(AskError::NotLoaded(_) | AskError::Denied(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The overview, and the traffic it tells of.
pub(super) async fn view(visit: &Visit) -> Result<(Overview, Option<Traffic>), PageError> {
    let (city, reader) = (visit.city(), visit.reader());
    let (kept, now) = (&visit.state().situation, super::now(visit));
    let flow = seen(traffic(city, kept, &reader, korean_time(now)).await)?;
    let works = seen(works(city, kept, &reader, korean_day(now)).await)?;
    let air = interop::situation::air::air(city, &reader, korean_time(now)).await;
    let air = seen(air)?;
    let surges = seen(found(city, &reader, korean_time(now)).await)?;
    let map = super::here::pick(visit, &reader);
    let overview = Overview {
        has_works: city.situation.works.is_some(),
        has_traffic: city.situation.traffic.is_some(),
        streets: streets_of(visit, flow.as_ref(), works.as_deref()),
        map: match &flow {
            Some(_) => super::traffic::over(map),
            None => map,
        },
        air: air.as_ref().map(|air| super::air::view(visit, air)),
        surges: surges.as_ref().map(|found| surges_of(visit, found)),
    };
    Ok((overview, flow))
}

fn streets_of(visit: &Visit, flow: Option<&Traffic>, works: Option<&Works>) -> StreetsView {
    let fact = |title: &str, said: Option<String>| Some(Fact::new(visit.t(title), said?));
    let said = [
        fact(
            "traffic.title",
            flow.map(|own| super::traffic::sentence(visit, own)),
        ),
        fact(
            "situation.works",
            works.map(|own| super::works::sentence(visit, own)),
        ),
    ];
    StreetsView {
        facts: said.into_iter().flatten().collect(),
        notes: flow.map_or_else(Vec::new, |own| super::traffic::notes(visit, own)),
        legend: flow.map_or_else(Vec::new, |_| super::traffic::legend(visit)),
    }
}

async fn fill(visit: &Visit) -> Result<Page<Overview>, PageError> {
    let (view, _) = view(visit).await?;
    let title = visit.t("situation.title");
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![Crumb::here(title)],
        data_url: Some("/api/situation/air".to_owned()),
        view,
    })
}

fn surges_of(visit: &Visit, found: &Surges) -> SurgesView {
    let until = found.until.map_or_else(String::new, |day| day.to_string());
    let count = u64::try_from(found.surges.len()).unwrap_or_default();
    let values = [("until", until.clone()), ("count", show::count_of(count))];
    let how = if found.knows_residents {
        "situation.surges_how"
    } else {
        "situation.surges_how_alike"
    };
    let sentence = if found.surges.is_empty() {
        "situation.no_surges"
    } else {
        "situation.surges_sentence"
    };
    let dong = |own: &Surge| found.dongs.get(&own.dong).unwrap_or(&own.dong).clone();
    SurgesView {
        sentence: visit.say(sentence, &values),
        notes: surge_notes(visit, found, &until),
        how: visit.t(how),
        explained: found
            .surges
            .iter()
            .map(|own| explained(visit, (&dong(own), &until), own))
            .collect(),
        counts: counted::view(visit, found),
        earlier: found
            .earlier
            .iter()
            .map(|own| {
                let surge = &own.surge;
                let values = [
                    ("from", own.found.to_string()),
                    ("until", own.until.to_string()),
                    ("dong", dong(surge)),
                    ("topic", surge.topic.clone()),
                    ("days", surge.days.to_string()),
                    ("count", surge.count.to_string()),
                    ("expected", format!("{:.1}", surge.expected)),
                ];
                visit.say("situation.earlier_surge", &values)
            })
            .collect(),
        table: Table {
            caption: visit.say("situation.surges_caption", &values),
            heads: vec![
                Head::text(visit.t("situation.dong")),
                Head::text(visit.t("situation.topic")),
                Head::number(visit.t("situation.days")),
                Head::number(visit.t("situation.count")),
                Head::number(visit.t("situation.expected")),
                Head::number(visit.t("situation.per_10k")),
                Head::number(visit.t("situation.city_per_10k")),
            ],
            rows: found
                .surges
                .iter()
                .map(|own| {
                    vec![
                        Cell::text(dong(own)),
                        Cell::text(own.topic.clone()),
                        Cell::number(own.days.to_string()),
                        Cell::number(own.count.to_string()),
                        Cell::number(format!("{:.1}", own.expected)),
                        rate(visit, own.per_10k),
                        rate(visit, own.city_per_10k),
                    ]
                })
                .collect(),
            plain: false,
        },
    }
}

/// What the surges say nothing of: what is not known, and what is not believed.
fn surge_notes(visit: &Visit, found: &Surges, until: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if found.has_stopped {
        let values = [("until", until.to_owned())];
        notes.push(visit.say("situation.surges_stopped", &values));
    }
    if found.ahead > 0 {
        let values = [("count", show::count_of(found.ahead))];
        notes.push(visit.say("situation.surges_ahead", &values));
    }
    notes
}

fn rate(visit: &Visit, rate: Option<f64>) -> Cell {
    rate.map_or_else(
        || {
            Cell::of(
                crate::parts::CellKind::Nothing,
                visit.t("situation.unknown"),
            )
        },
        |rate| Cell::number(format!("{rate:.2}")),
    )
}

fn explained(visit: &Visit, (dong, until): (&str, &str), own: &Surge) -> String {
    let mut values = vec![
        ("until", until.to_owned()),
        ("dong", dong.to_owned()),
        ("topic", own.topic.clone()),
        ("days", own.days.to_string()),
        ("count", own.count.to_string()),
        ("expected", format!("{:.1}", own.expected)),
    ];
    match own.per_10k.zip(own.city_per_10k) {
        Some((per, city)) => {
            values.push(("per", format!("{per:.1}")));
            values.push(("city", format!("{city:.1}")));
            visit.say("situation.surge_by_people", &values)
        }
        None => visit.say("situation.surge", &values),
    }
}

impl Sample for Overview {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "측정소 1곳".to_owned(),
            heads: vec![Head::text("측정소"), Head::number("지수")],
            rows: vec![vec![Cell::text("시청"), Cell::number("74")]],
            plain: false,
        };
        let some = Self {
            has_works: true,
            has_traffic: true,
            streets: StreetsView {
                facts: vec![Fact::new(
                    "교통 소통",
                    "도로 2구간 가운데 원활 1구간입니다.",
                )],
                notes: vec!["2026-11-25 09:00 뒤로 새 속도 자료가 오지 않습니다.".to_owned()],
                legend: vec![("flow flow-free".to_owned(), "원활".to_owned())],
            },
            map: super::here::sample_map(),
            air: Some(AirView {
                table: table.clone(),
                brief: table.clone(),
                at: Some("2026-11-25 09:00에 잰 값입니다.".to_owned()),
                basis: Some("통합대기환경지수 산정 기준".to_owned()),
            }),
            surges: Some(SurgesView {
                sentence: "2026-11-25까지 민원이 평소보다 많은 곳이 1곳 있습니다.".to_owned(),
                notes: vec!["2026-11-25 뒤로 민원 자료가 오지 않습니다.".to_owned()],
                how: "요일을 고려해 셈합니다.".to_owned(),
                explained: vec!["해솔동 소음 민원이 2일 동안 17건 접수되었습니다.".to_owned()],
                table: table.clone(),
                earlier: vec!["2026-11-12: 누리동 도로 민원이 많았습니다.".to_owned()],
                counts: Some(CountsView::sample()),
            }),
        };
        let quiet = Self {
            surges: Some(SurgesView {
                sentence: "평소보다 많이 접수한 민원이 없습니다.".to_owned(),
                notes: Vec::new(),
                how: "요일을 고려해 셈합니다.".to_owned(),
                explained: Vec::new(),
                earlier: Vec::new(),
                counts: None,
                table: Table {
                    rows: Vec::new(),
                    ..table
                },
            }),
            ..some.clone()
        };
        let none = Self {
            has_works: false,
            has_traffic: false,
            streets: StreetsView::default(),
            map: super::here::sample_map(),
            air: None,
            surges: None,
        };
        vec![some, quiet, none]
    }
}
