//! Whether departments deliver in time, from their clocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Query;
use axum::response::Response;
use city::Dataset;
use city::calendar::korean_day;
use city::city::Department;
use city::freshness::State;
use interop::freshness::{Clock, Clocks, is_open, kept};
use records::{Mail, MailState};

use super::{DepartmentView, EntryView, Overdue};
use crate::facts::word;
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Cell, CellKind, Head, Link, Table, Tone};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// A dataset with its clock.
type Entry = (Arc<Dataset>, Clock);

/// Mails shown.
const MAILS: u32 = 30;

/// `GET /overdue`, for staff.
pub async fn page(visit: Visit, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let department = asked.get("department").filter(|id| !id.is_empty());
    visit.show(fill(&visit, department.map(String::as_str)).await)
}

async fn fill(visit: &Visit, department: Option<&str>) -> Result<Page<Overdue>, PageError> {
    let city = visit.city();
    let reader = visit.reader();
    reader.staff_only("overdue")?;
    let clocks = Clocks::read(&visit.state().records).await?;
    let all = kept(visit.state(), reader).await?;
    let entries: Vec<&Entry> = all
        .iter()
        .filter(|(dataset, _)| department.is_none_or(|own| dataset.department.as_str() == own))
        .collect();
    let late = entries
        .iter()
        .filter(|(_, clock)| clock.freshness.is_overdue())
        .count();
    let shown = city
        .manifest
        .departments
        .iter()
        .filter(|known| department.is_none_or(|wanted| known.id.as_str() == wanted));
    let (mut departments, mut in_time) = (Vec::new(), Vec::new());
    for known in shown {
        let open: Vec<&Entry> = entries
            .iter()
            .copied()
            .filter(|(dataset, clock)| dataset.department == known.id && is_open(&clock.freshness))
            .collect();
        if open.is_empty() {
            in_time.push(visit.title(&known.title, Some(&known.title_en)));
        } else {
            departments.push(view_of(visit, known, &open));
        }
    }
    let active = department
        .and_then(|id| {
            let mut all = city.manifest.departments.iter();
            all.find(|known| known.id.as_str() == id)
        })
        .map(|known| Link::new(visit.title(&known.title, Some(&known.title_en)), "/overdue"));
    let view = Overdue {
        sentence: sentence(visit, entries.len(), late),
        notes: notes(visit, &clocks),
        active,
        departments,
        in_time,
        mails: mails(visit).await?,
    };
    let title = visit.t("overdue.title");
    let data_url = address("/api/overdue", &[("department", department.unwrap_or(""))]);
    Ok(Page {
        title: title.clone(),
        section: Section::Overdue,
        crumbs: vec![Crumb::here(title)],
        data_url: Some(data_url),
        view,
    })
}

fn count(number: usize) -> String {
    show::count_of(u64::try_from(number).unwrap_or_default())
}

fn sentence(visit: &Visit, all: usize, late: usize) -> String {
    if late == 0 {
        return visit.t("overdue.none");
    }
    visit.say(
        "overdue.sentence",
        &[("all", count(all)), ("late", count(late))],
    )
}

fn notes(visit: &Visit, clocks: &Clocks) -> Vec<String> {
    let mut notes = Vec::new();
    let today = korean_day(clocks.now());
    match visit.city().calendar.span() {
        None => notes.push(visit.t("overdue.no_calendar")),
        Some((_, until)) if !visit.city().calendar.warnings(today).is_empty() => {
            let until = [("until", until.to_string())];
            notes.push(visit.say("overdue.calendar_ends", &until));
        }
        Some(_) => {}
    }
    if !visit.state().sends_mail {
        notes.push(visit.t("overdue.no_mail"));
    }
    notes
}

fn view_of(visit: &Visit, department: &Department, open: &[&Entry]) -> DepartmentView {
    let of = |wanted: fn(&State) -> bool| {
        let matching = open
            .iter()
            .filter(|(_, clock)| wanted(&clock.freshness.state));
        matching.count()
    };
    let counts = [
        (
            "overdue.count_late",
            of(|state| matches!(state, State::Overdue { .. })),
        ),
        (
            "overdue.count_soon",
            of(|state| matches!(state, State::DueSoon { .. })),
        ),
        (
            "overdue.count_never",
            of(|state| matches!(state, State::NeverLoaded)),
        ),
    ];
    let summary: Vec<String> = counts
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(key, number)| visit.say(key, &[("count", count(number))]))
        .collect();
    let contact: Vec<String> = [
        ("overdue.phone", &department.phone),
        ("overdue.mail", &department.mail),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some(visit.say(key, &[("value", value.clone()?)])))
    .collect();
    DepartmentView {
        id: department.id.to_string(),
        title: visit.title(&department.title, Some(&department.title_en)),
        summary: summary.join(", "),
        contact: contact.join(", "),
        entries: open.iter().map(|entry| entry_view(visit, entry)).collect(),
    }
}

fn entry_view(visit: &Visit, (dataset, clock): &Entry) -> EntryView {
    EntryView {
        title: visit.title(&dataset.title, dataset.title_en.as_deref()),
        path: format!("/datasets/{}", dataset.id),
        badge: badge(visit, clock),
        cadence: visit.t(&format!("cadence.{}", word(&dataset.cadence))),
        due: clock
            .freshness
            .due_on
            .map(|day| day.to_string())
            .unwrap_or_default(),
        last: last(visit, clock),
        confirm: clock
            .renewed
            .map(|_| format!("/api/datasets/{}/confirm", dataset.id)),
    }
}

fn last(visit: &Visit, clock: &Clock) -> String {
    match (&clock.confirmed, clock.renewed) {
        (Some(word), _) => visit.say(
            "overdue.confirmed",
            &[("when", show::moment(word.at)), ("who", word.who.clone())],
        ),
        (None, Some(renewed)) => show::moment(renewed),
        (None, None) => String::new(),
    }
}

/// How a dataset stands, in words.
fn badge(visit: &Visit, clock: &Clock) -> Badge {
    let days = |days: u32| [("days", show::count_of(u64::from(days)))];
    match clock.freshness.state {
        State::Overdue { working_days: 0 } => {
            Badge::new(visit.t("overdue.late_today"), Tone::Danger)
        }
        State::Overdue { working_days } => {
            Badge::new(visit.say("overdue.late", &days(working_days)), Tone::Danger)
        }
        State::DueSoon { working_days: 0 } => {
            Badge::new(visit.t("overdue.soon_today"), Tone::Warning)
        }
        State::DueSoon { working_days } => Badge::new(
            visit.say("overdue.soon", &days(working_days)),
            Tone::Warning,
        ),
        State::NeverLoaded => Badge::new(visit.t("dataset.badge_none"), Tone::Plain),
        State::Fresh | State::Unclocked => Badge::new(visit.t("dataset.badge_fresh"), Tone::Good),
    }
}

async fn mails(visit: &Visit) -> Result<Option<Table>, PageError> {
    let mails = visit.state().records.mails().list(MAILS).await?;
    if mails.is_empty() {
        return Ok(None);
    }
    Ok(Some(Table {
        caption: visit.say("overdue.mails_caption", &[("count", count(mails.len()))]),
        heads: [
            "overdue.mail_department",
            "overdue.mail_subject",
            "overdue.mail_when",
            "overdue.mail_state",
        ]
        .map(|key| Head::text(visit.t(key)))
        .into(),
        rows: mails.iter().map(|mail| mail_row(visit, mail)).collect(),
        plain: true,
    }))
}

fn mail_row(visit: &Visit, mail: &Mail) -> Vec<Cell> {
    let department = visit.city().department(&mail.department).map_or_else(
        || mail.department.to_string(),
        |known| visit.title(&known.title, Some(&known.title_en)),
    );
    let tries = [
        ("tries", show::count_of(u64::from(mail.attempts))),
        ("next", show::moment(mail.next_at)),
        ("why", mail.error.clone().unwrap_or_default()),
    ];
    let state = match (mail.state, &mail.error) {
        (MailState::Sent, _) => visit.t("overdue.mail_sent"),
        (MailState::Queued, None) => visit.t("overdue.mail_queued"),
        (MailState::Queued, Some(_)) => visit.say("overdue.mail_retried", &tries),
        (MailState::Failed, _) => visit.say("overdue.mail_failed", &tries),
    };
    vec![
        Cell::text(department),
        Cell::text(mail.subject.clone()),
        Cell::of(
            CellKind::Moment,
            show::moment(mail.sent_at.unwrap_or(mail.queued_at)),
        ),
        Cell::text(state),
    ]
}
