//! The inbox of alerts: figures past their limits, who has taken them on, and those that are over.

use std::collections::BTreeMap;

use access::Reader;
use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use city::alert::Alert;
use city::{Lang, Measure};
use interop::alerts::{Told, list};
use measure::format;
use serde::Serialize;

use super::Sample;
use crate::charts::measure_title;
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Cell, CellKind, Head, Table, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

const PATH: &str = "/alerts";

/// The inbox.
#[derive(Clone, Debug, Serialize)]
pub struct Alerts {
    /// How many are on, in a sentence.
    pub sentence: String,
    /// Why nothing was kept.
    pub fault: Option<String>,
    /// Those that are on.
    pub on: Vec<AlertView>,
    /// Those that are over.
    pub over: Option<Table>,
}

/// An alert that is on.
#[derive(Clone, Debug, Serialize)]
pub struct AlertView {
    /// Its number.
    pub id: i64,
    /// What is watched.
    pub title: String,
    /// Whether somebody has taken it on.
    pub badge: Badge,
    /// The figure and the limit, in a sentence.
    pub sentence: String,
    /// What it means and what is to be done.
    pub say: String,
    /// Department and time.
    pub told: String,
    /// The measure's page.
    pub measure: String,
    /// The board's page.
    pub board: String,
    /// Who has taken it on, and in what words.
    pub taken: Option<String>,
}

impl Sample for Alerts {
    fn samples() -> Vec<Self> {
        let on = |id: i64, taken: Option<&str>| AlertView {
            id,
            title: "미세먼지".to_owned(),
            badge: Badge::new("담당자 없음", Tone::Warning),
            sentence: "92㎍/㎥, 기준 80㎍/㎥ 초과".to_owned(),
            say: "야외 행사를 살펴 주십시오.".to_owned(),
            told: "대기과, 2026-11-26 09:00에 알림".to_owned(),
            measure: "/measures/pm10".to_owned(),
            board: "/boards/today".to_owned(),
            taken: taken.map(str::to_owned),
        };
        let over = Table {
            caption: "1건".to_owned(),
            heads: vec![Head::text("지표"), Head::text("시작")],
            rows: vec![vec![
                Cell::text("미세먼지"),
                Cell::of(CellKind::Moment, "2026-11-25 09:00".to_owned()),
            ]],
            plain: true,
        };
        vec![
            Self {
                sentence: "지금 켜진 경보가 2건 있습니다.".to_owned(),
                fault: Some("다른 분이 이미 맡았습니다.".to_owned()),
                on: vec![on(1, None), on(2, Some("김주무: 현장에 나갑니다"))],
                over: Some(over),
            },
            Self {
                sentence: "지금 켜진 경보가 없습니다.".to_owned(),
                fault: None,
                on: Vec::new(),
                over: None,
            },
        ]
    }
}

/// `GET /alerts`, for whoever has signed in.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit, None).await)
}

/// `POST /alerts`: somebody takes one on.
pub async fn take(visit: Visit, Form(typed): Form<BTreeMap<String, String>>) -> Response {
    let word = |name: &str| typed.get(name).map_or("", String::as_str);
    let id = word("alert").parse().unwrap_or_default();
    let reader = reader(&visit);
    let taken = interop::alerts::take(
        visit.state(),
        visit.caller(),
        &reader,
        id,
        word("words").trim(),
    );
    match taken.await {
        Ok(true) => Redirect::to(&template::address(visit.lang, PATH)).into_response(),
        Ok(false) => visit.show(fill(&visit, Some(visit.t("alerts.gone"))).await),
        Err(error) => visit.show::<Alerts>(Err(error.into())),
    }
}

fn reader(visit: &Visit) -> Reader {
    let purpose = access::Purpose::new(&visit.t("alerts.title"));
    visit.caller().reader(visit.state(), purpose)
}

async fn fill(visit: &Visit, fault: Option<String>) -> Result<Page<Alerts>, PageError> {
    let (on, over) = list(visit.state(), visit.caller(), &reader(visit)).await?;
    let count = show::count_of(u64::try_from(on.len()).unwrap_or_default());
    let sentence = match on.len() {
        0 => visit.t("alerts.none"),
        _ => visit.say("alerts.sentence", &[("count", count)]),
    };
    let title = visit.t("alerts.title");
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![
            Crumb::to(visit.t("frame.boards"), "/boards"),
            Crumb::here(title),
        ],
        data_url: Some("/api/alerts".to_owned()),
        view: Alerts {
            sentence,
            fault,
            on: on.iter().map(|told| alert(visit, told)).collect(),
            over: (!over.is_empty()).then(|| past(visit, &over)),
        },
    })
}

fn alert(visit: &Visit, told: &Told<'_>) -> AlertView {
    let alarm = &told.alarm;
    let departments = &visit.city().manifest.departments;
    let department = departments.iter().find(|own| own.id == alarm.department);
    let department = department.map_or_else(
        || alarm.department.to_string(),
        |own| visit.title(&own.title, Some(&own.title_en)),
    );
    let when = match alarm.told_at {
        Some(at) => visit.say("alerts.told", &[("at", show::moment(at))]),
        None => visit.t("alerts.untold"),
    };
    let badge = match alarm.taken {
        Some(_) => Badge::new(visit.t("alerts.taken"), Tone::Good),
        None => Badge::new(visit.t("alerts.free"), Tone::Warning),
    };
    AlertView {
        id: alarm.id,
        title: measure_title(visit, told.measure),
        badge,
        sentence: passed(visit, told.alert, told.measure, alarm.began_with),
        say: visit.title(&told.alert.say, told.alert.say_en.as_deref()),
        told: format!("{department} · {} · {when}", show::moment(alarm.began_at)),
        measure: format!("/measures/{}", told.measure.id),
        board: format!("/boards/{}", told.board.id),
        taken: alarm
            .taken
            .as_ref()
            .map(|taken| match taken.words.as_str() {
                "" => format!("{} ({})", taken.by, show::moment(taken.at)),
                words => format!("{} ({}): {words}", taken.by, show::moment(taken.at)),
            }),
    }
}

/// The figure beside the limit it passed.
fn passed(visit: &Visit, alert: &Alert, measure: &Measure, with: f64) -> String {
    let gap = match visit.lang {
        Lang::Ko => "",
        Lang::En => " ",
    };
    let full = |value: f64| {
        format!(
            "{}{gap}{}",
            format::full(value, measure.digits),
            measure.unit_in(visit.lang)
        )
    };
    let (key, limit) = match (alert.above, alert.below) {
        (Some(limit), _) => ("alerts.above", limit),
        (None, Some(limit)) => ("alerts.below", limit),
        (None, None) => {
            let key = if with < 0.0 {
                "alerts.fell"
            } else {
                "alerts.rose"
            };
            return visit.say(key, &[("percent", format::full(with.abs(), 1))]);
        }
    };
    visit.say(key, &[("value", full(with)), ("limit", full(limit))])
}

fn past(visit: &Visit, over: &[Told<'_>]) -> Table {
    let rows = over.iter().map(|told| {
        let alarm = &told.alarm;
        let ended = alarm.ended_at.map(show::moment).unwrap_or_default();
        vec![
            Cell::text(measure_title(visit, told.measure)),
            Cell::text(passed(visit, told.alert, told.measure, alarm.began_with)),
            Cell::of(CellKind::Moment, show::moment(alarm.began_at)),
            Cell::of(CellKind::Moment, ended),
            Cell::text(
                alarm
                    .taken
                    .as_ref()
                    .map_or_else(String::new, |taken| taken.by.clone()),
            ),
        ]
    });
    let count = show::count_of(u64::try_from(over.len()).unwrap_or_default());
    Table {
        caption: visit.say("alerts.over_count", &[("count", count)]),
        heads: ["measure", "passed", "began", "ended", "by"]
            .map(|key| Head::text(visit.t(&format!("alerts.{key}"))))
            .into(),
        rows: rows.collect(),
        plain: true,
    }
}
