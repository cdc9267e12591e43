//! Edited manifests, from what was found out about them.

use std::collections::BTreeMap;

use access::lineage::{Use, User};
use axum::response::Response;
use city::impact::{Counts, Example, Impact, Moved};
use city::{Dataset, Reason};

use super::{ChangeView, Changes};
use crate::facts::{column_title, word};
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, Fact, Head, Link, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /changes`, for staff.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<Changes>, PageError> {
    let reader = visit.reader();
    let mut changes = Vec::new();
    for impact in reader.impacts().await? {
        let uses = reader.uses(&impact.dataset).await?;
        let dataset = reader.dataset(&impact.dataset)?;
        changes.push(view(visit, dataset, &impact, &uses));
    }
    let sentence = if changes.is_empty() {
        visit.t("changes.none")
    } else {
        visit.say("changes.sentence", &[("count", count(changes.len()))])
    };
    let title = visit.t("changes.title");
    Ok(Page {
        title: title.clone(),
        section: Section::Jobs,
        crumbs: vec![
            Crumb::to(visit.t("jobs.title"), "/jobs"),
            Crumb::here(title),
        ],
        data_url: Some("/api/changes".to_owned()),
        view: Changes { sentence, changes },
    })
}

fn count(number: usize) -> String {
    show::count_of(u64::try_from(number).unwrap_or_default())
}

fn view(visit: &Visit, dataset: &Dataset, impact: &Impact, uses: &[Use]) -> ChangeView {
    let title = |name: &str| column_title(visit, dataset, name);
    let facts = [
        Some(("changes.before", &impact.before)),
        impact.now.as_ref().map(|now| ("changes.now", now)),
    ];
    ChangeView {
        id: impact.dataset.to_string(),
        title: visit.title(&dataset.title, dataset.title_en.as_deref()),
        path: format!("/datasets/{}", impact.dataset),
        sentence: sentence(visit, impact),
        changes: impact
            .changes
            .iter()
            .map(|change| change.sentence(visit.lang, &title))
            .collect(),
        faults: impact.faults.clone(),
        facts: facts
            .into_iter()
            .flatten()
            .map(|(key, counts)| Fact::new(visit.t(key), rows(visit, counts)))
            .collect(),
        reasons: impact
            .moved
            .as_ref()
            .and_then(|moved| reasons(visit, dataset, moved)),
        examples: impact
            .moved
            .as_ref()
            .and_then(|moved| examples(visit, dataset, moved)),
        uses: uses.iter().map(|one| link(visit, one)).collect(),
    }
}

fn sentence(visit: &Visit, impact: &Impact) -> String {
    if impact.now.is_none() {
        return visit.t("changes.unread_sentence");
    }
    if impact.is_refused {
        return visit.t("changes.refused");
    }
    match &impact.moved {
        None => visit.t("changes.too_many"),
        Some(moved) => visit.say(
            "changes.moved",
            &[
                ("failing", show::count_of(moved.failing)),
                ("passing", show::count_of(moved.passing)),
            ],
        ),
    }
}

fn rows(visit: &Visit, counts: &Counts) -> String {
    visit.say(
        "changes.rows",
        &[
            ("read", show::count_of(counts.read)),
            ("quarantined", show::count_of(counts.quarantined)),
        ],
    )
}

/// `면수: 범위를 벗어남`, of a reason's word.
fn reason(visit: &Visit, dataset: &Dataset, word: &str) -> String {
    match word.split_once('.') {
        Some((column, check)) => format!(
            "{}: {}",
            column_title(visit, dataset, column),
            visit.t(&format!("check.{check}"))
        ),
        None => visit.t(&format!("check.{word}")),
    }
}

fn reasons(visit: &Visit, dataset: &Dataset, moved: &Moved) -> Option<Table> {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (word, rows) in &moved.failing_by_reason {
        sums.entry(word).or_default().0 += rows;
    }
    for (word, rows) in &moved.passing_by_reason {
        sums.entry(word).or_default().1 += rows;
    }
    (!sums.is_empty()).then(|| Table {
        caption: visit.say("changes.reasons", &[("count", count(sums.len()))]),
        heads: vec![
            Head::text(visit.t("changes.reason")),
            Head::number(visit.t("changes.failing")),
            Head::number(visit.t("changes.passing")),
        ],
        rows: sums
            .into_iter()
            .map(|(word, (failing, passing))| {
                vec![
                    Cell::text(reason(visit, dataset, word)),
                    Cell::number(show::count_of(failing)),
                    Cell::number(show::count_of(passing)),
                ]
            })
            .collect(),
        plain: true,
    })
}

fn examples(visit: &Visit, dataset: &Dataset, moved: &Moved) -> Option<Table> {
    let of = |examples: &[Example], key: &str| -> Vec<Vec<Cell>> {
        let row = |example: &Example| {
            let place = [
                ("file", example.file.clone()),
                ("row", show::count(example.row)),
            ];
            let why: Vec<String> = example
                .reasons
                .iter()
                .map(|reason| told(visit, dataset, reason))
                .collect();
            vec![
                Cell::text(visit.say("changes.place", &place)),
                Cell::text(visit.t(key)),
                Cell::text(why.join(". ")),
            ]
        };
        examples.iter().map(row).collect()
    };
    let mut rows = of(&moved.failing_examples, "changes.failing");
    rows.extend(of(&moved.passing_examples, "changes.passing"));
    (!rows.is_empty()).then(|| Table {
        caption: visit.say("changes.examples", &[("count", count(rows.len()))]),
        heads: ["changes.row", "changes.side", "changes.reason"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows,
        plain: true,
    })
}

fn told(visit: &Visit, dataset: &Dataset, reason: &Reason) -> String {
    let column = reason.column.as_deref();
    let column = column.map(|name| column_title(visit, dataset, name));
    let cell: Vec<String> = column.into_iter().chain(reason.value.clone()).collect();
    format!("{}: {}", cell.join(" "), reason.why.text(visit.lang))
}

fn link(visit: &Visit, one: &Use) -> Link {
    let kind = visit.t(&format!("lineage.user_{}", word(&one.user)));
    let path = match one.user {
        User::Dataset | User::Reference => format!("/datasets/{}", one.id),
        User::Measure => format!("/measures/{}", one.id),
        User::Board => format!("/boards/{}", one.id),
    };
    Link::new(format!("{kind}: {}", one.title), path)
}
