//! What happened in a project, in words.

use interop::desk::{Happened, Project};

use crate::parts::{Badge, Cell, CellKind, Fact, Head, Table, Tone};
use crate::show;
use crate::site::Visit;

/// The steps in order, each with the acts that do it.
pub(super) const STEPS: [(&str, &[&str]); 5] = [
    ("preparation", &["prepare"]),
    ("risk-review", &["review-risk"]),
    ("processing", &["process"]),
    ("adequacy-review", &["find-adequate", "find-inadequate"]),
    ("safe-management", &["hand-over", "note", "destroy"]),
];

/// A text of a step.
pub(super) fn text(visit: &Visit, what: &str, step: &str) -> String {
    visit.t(&format!("projects.{what}_{step}"))
}

/// Where a step stands beside the project's own. Of a project that was destroyed a step is done if it was: nobody takes
/// one that ended early for a reviewed one.
pub(super) fn badge(visit: &Visit, project: &Project, step: &str) -> Badge {
    if project.step == "destroyed" {
        let acts = STEPS.iter().find(|(own, _)| *own == step);
        // Sent back, a step was done and is not.
        let is_done = acts.is_some_and(|(_, acts)| {
            let last = project.last(acts);
            last.is_some_and(|event| !matches!(event.act.as_str(), "find-inadequate" | "note"))
        });
        let (key, tone) = if is_done {
            ("projects.done", Tone::Good)
        } else {
            ("projects.never", Tone::Plain)
        };
        return Badge::new(visit.t(key), tone);
    }
    let place = |word: &str| {
        let found = STEPS.iter().position(|(own, _)| *own == word);
        found.unwrap_or(STEPS.len())
    };
    let (key, tone) = match place(step).cmp(&place(&project.step)) {
        std::cmp::Ordering::Less => ("projects.done", Tone::Good),
        std::cmp::Ordering::Equal => ("projects.now", Tone::Warning),
        std::cmp::Ordering::Greater => ("projects.not_yet", Tone::Plain),
    };
    Badge::new(visit.t(key), tone)
}

/// What was said with an act, in a line.
pub(super) fn said(visit: &Visit, event: &Happened) -> String {
    let keys = [
        "findings",
        "grounds",
        "conditions",
        "text",
        "reason",
        "to",
        "of-data",
        "of-setting",
        "back-to",
        "rows",
        "key-version",
        "output",
    ];
    let told = keys.iter().filter_map(|key| {
        // The last day of a period goes by the same word.
        if *key == "to" && event.act != "hand-over" {
            return None;
        }
        let value = &event.said[*key];
        let value = match (value.as_str(), value.as_u64()) {
            (Some(word), _) if matches!(*key, "of-data" | "of-setting") => {
                visit.t(&format!("projects.risk_{word}"))
            }
            (Some(word), _) if *key == "back-to" => text(visit, "step", word),
            (Some(text), _) => text.to_owned(),
            (None, Some(number)) => show::count_of(number),
            _ => return None,
        };
        let label = visit.t(&format!("projects.said_{key}"));
        Some(format!("{label}: {value}"))
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// All that happened, oldest first.
pub(super) fn events(visit: &Visit, project: &Project) -> Option<Table> {
    let row = |event: &Happened| {
        vec![
            Cell::of(CellKind::Moment, show::moment(event.at)),
            Cell::text(event.by.clone()),
            Cell::text(visit.t(&format!("projects.act_{}", event.act))),
            Cell::text(said(visit, event)),
        ]
    };
    (!project.events.is_empty()).then(|| Table {
        caption: visit.say(
            "projects.events_caption",
            &[("count", project.events.len().to_string())],
        ),
        heads: [
            "projects.when",
            "projects.who",
            "projects.what",
            "projects.words",
        ]
        .map(|key| Head::text(visit.t(key)))
        .into(),
        rows: project.events.iter().map(row).collect(),
        plain: true,
    })
}

/// What becomes of each column.
pub(super) fn columns(visit: &Visit, project: &Project) -> Table {
    let row = |column: &interop::desk::ProjectColumn| {
        vec![
            Cell::text(column.name.clone()),
            Cell::text(column.techniques.join(", ")),
        ]
    };
    Table {
        caption: visit.say(
            "projects.columns_caption",
            &[("count", project.columns.len().to_string())],
        ),
        heads: vec![
            Head::text(visit.t("projects.column")),
            Head::text(visit.t("projects.technique")),
        ],
        rows: project.columns.iter().map(row).collect(),
        plain: true,
    }
}

/// The project in short.
pub(super) fn facts(visit: &Visit, project: &Project) -> Vec<Fact> {
    let dataset = visit.city().datasets.get(&project.dataset);
    let dataset = dataset.map_or_else(
        || project.dataset.to_string(),
        |dataset| visit.title(&dataset.title, dataset.title_en.as_deref()),
    );
    let mut facts = vec![
        Fact::new(
            visit.t("projects.purpose"),
            format!("{}: {}", project.purpose, project.reason),
        ),
        Fact::new(visit.t("projects.dataset"), dataset)
            .leading_to(format!("/datasets/{}", project.dataset)),
        Fact::new(visit.t("projects.recipient"), project.recipient.clone()),
        Fact::new(
            visit.t("projects.period"),
            format!("{} ~ {}", project.from, project.to),
        ),
        Fact::new(visit.t("projects.processor"), project.processor.clone()),
        Fact::new(visit.t("projects.reviewers"), project.reviewers.join(", ")),
    ];
    if let Some(until) = project.kept_until {
        facts.push(Fact::new(visit.t("projects.kept_until"), until.to_string()));
    }
    facts
}

/// What a step knows of the result and its key.
pub(super) fn of_result(visit: &Visit, project: &Project) -> Vec<Fact> {
    let Some(result) = &project.result else {
        return Vec::new();
    };
    let is = |is: bool, yes: &str, no: &str| visit.t(if is { yes } else { no });
    let measured = project.measured.as_ref();
    let risk = match measured {
        None => vec![Fact::new(
            visit.t("projects.measured"),
            visit.t("projects.measured_none"),
        )],
        Some(own) => vec![
            Fact::new(visit.t("projects.quasi"), own.quasi.join(", ")),
            Fact::new(visit.t("projects.smallest"), show::count_of(own.smallest)),
            Fact::new(visit.t("projects.alone"), show::count_of(own.alone)),
            Fact::new(
                visit.t("projects.largest_risk"),
                format!("{:.1} %", own.largest_risk * 100.0),
            ),
        ],
    };
    let facts = vec![
        Fact::new(visit.t("projects.said_rows"), show::count_of(result.rows)),
        Fact::new(visit.t("projects.said_output"), result.sha256.clone()),
        Fact::new(
            visit.t("projects.result"),
            is(result.is_there, "projects.is_there", "projects.is_gone"),
        ),
        Fact::new(
            visit.t("projects.key"),
            is(project.has_key, "projects.is_there", "projects.is_gone"),
        ),
    ];
    facts.into_iter().chain(risk).collect()
}
