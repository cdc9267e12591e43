//! The list of releases, from data.

use axum::response::Response;
use city::GateRecord;
use interop::releases::{Standing, all, closed_datasets, is_staff, open_datasets};

use super::Releases;
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::{Cell, CellKind, Head, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /releases`.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<Releases>, PageError> {
    let (state, caller) = (visit.state(), visit.caller());
    let staff = is_staff(caller);
    let found = all(state, caller).await.map_err(problem_of)?;
    let (given, refused): (Vec<&Standing>, Vec<&Standing>) =
        found.iter().partition(|standing| standing.is_given(state));
    // A release whose newest try was refused may give an earlier file still.
    let later = given
        .iter()
        .copied()
        .filter(|standing| is_refused(standing));
    let refused: Vec<&Standing> = refused.into_iter().chain(later).collect();
    let (looked, passed) = open_datasets(state).await.map_err(problem_of)?;
    let closed = if staff {
        closed_datasets(state).await.map_err(problem_of)?
    } else {
        Vec::new()
    };
    let count = |number: usize| show::count_of(u64::try_from(number).unwrap_or_default());
    let values = [("count", count(given.len()))];
    let sentence = if given.is_empty() {
        visit.t("releases.none")
    } else {
        visit.say("releases.sentence", &values)
    };
    let view = Releases {
        sentence,
        given: (!given.is_empty()).then(|| given_table(visit, &given)),
        datasets: visit.say(
            "releases.datasets",
            &[("looked", count(looked)), ("passed", count(passed))],
        ),
        refused: (staff && !refused.is_empty()).then(|| refused_table(visit, &refused)),
        closed: (!closed.is_empty()).then(|| closed_table(visit, &closed)),
        staff,
    };
    let title = visit.t("releases.title");
    Ok(Page {
        title: title.clone(),
        section: Section::Datasets,
        crumbs: vec![Crumb::here(title)],
        data_url: Some("/api/releases".to_owned()),
        view,
    })
}

fn is_refused(standing: &Standing) -> bool {
    standing
        .newest
        .as_ref()
        .is_some_and(|record| !record.passed())
}

fn given_table(visit: &Visit, given: &[&Standing]) -> Table {
    let row = |standing: &&Standing| {
        let plan = &standing.plan;
        let record = standing.given.as_ref();
        let rows = record.map_or(0, |record| record.rows);
        vec![
            Cell::text(plan.title(visit.lang)).leading_to(format!("/releases/{}", plan.id)),
            Cell::text(visit.t(&format!("releases.kind_{}", plan.kind.word()))),
            Cell::number(show::count_of(rows)),
            Cell::number(show::count_of(record.map_or(0, |record| {
                u64::try_from(record.checks.len()).unwrap_or_default()
            }))),
            Cell::of(
                CellKind::Moment,
                record.map_or_else(String::new, |record| show::moment(record.at)),
            ),
        ]
    };
    Table {
        caption: visit.say(
            "releases.given_caption",
            &[("count", given.len().to_string())],
        ),
        heads: vec![
            Head::text(visit.t("releases.release")),
            Head::text(visit.t("releases.kind")),
            Head::number(visit.t("releases.rows")),
            Head::number(visit.t("releases.checks")),
            Head::text(visit.t("releases.at")),
        ],
        rows: given.iter().map(row).collect(),
        plain: true,
    }
}

fn refused_table(visit: &Visit, refused: &[&Standing]) -> Table {
    let row = |standing: &&Standing| {
        let plan = &standing.plan;
        let newest = standing.newest.as_ref();
        let why = newest.map_or_else(|| visit.t("releases.not_made"), |record| why(visit, record));
        let why = if why.is_empty() {
            visit.t("releases.out_of_period")
        } else {
            why
        };
        vec![
            Cell::text(plan.title(visit.lang)).leading_to(format!("/releases/{}", plan.id)),
            Cell::text(visit.t(&format!("releases.kind_{}", plan.kind.word()))),
            Cell::text(why),
            Cell::of(
                CellKind::Moment,
                newest.map_or_else(String::new, |record| show::moment(record.at)),
            ),
        ]
    };
    Table {
        caption: visit.say(
            "releases.refused_caption",
            &[("count", refused.len().to_string())],
        ),
        heads: [
            "releases.release",
            "releases.kind",
            "releases.why",
            "releases.at",
        ]
        .map(|key| Head::text(visit.t(key)))
        .into(),
        rows: refused.iter().map(row).collect(),
        plain: true,
    }
}

/// Why it was refused, in a line.
fn why(visit: &Visit, record: &GateRecord) -> String {
    let reasons: Vec<&str> = record
        .reasons()
        .map(|check| check.said(visit.lang))
        .collect();
    reasons.join(" ")
}

fn closed_table(visit: &Visit, closed: &[GateRecord]) -> Table {
    let row = |record: &GateRecord| {
        let id = record.release.trim_start_matches("dataset:");
        let dataset = visit.city().datasets.get(id);
        let title = dataset.map_or_else(
            || id.to_owned(),
            |dataset| visit.title(&dataset.title, dataset.title_en.as_deref()),
        );
        vec![
            Cell::text(title).leading_to(format!("/datasets/{id}")),
            Cell::text(why(visit, record)),
            Cell::of(CellKind::Moment, show::moment(record.at)),
        ]
    };
    Table {
        caption: visit.say(
            "releases.closed_caption",
            &[("count", closed.len().to_string())],
        ),
        heads: ["overdue.dataset", "releases.why", "releases.at"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows: closed.iter().map(row).collect(),
        plain: true,
    }
}
