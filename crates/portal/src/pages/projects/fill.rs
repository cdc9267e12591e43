//! Projects and their steps, from data; and what people do in them.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use interop::desk::Project;
use interop::projects::{act as do_act, all, look, one};
use serde_json::{Map, Value, json};

use super::said::{STEPS, badge, columns, events, facts, of_result, said, text};
use super::{ProjectPage, Projects, StepPage, StepView, Typed};
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::{Badge, Cell, CellKind, Head, Link, Table, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// Most letters of what somebody writes.
const TEXT_MAX: usize = 4_000;

/// `GET /projects`.
pub async fn page(visit: Visit) -> Response {
    visit.show(list(&visit).await)
}

async fn list(visit: &Visit) -> Result<Page<Projects>, PageError> {
    let projects = all(visit.state(), visit.caller())
        .await
        .map_err(problem_of)?;
    let row = |project: &Project| {
        let next = if project.is_overdue {
            visit.t("projects.overdue")
        } else {
            text(visit, "next", &project.step)
        };
        vec![
            Cell::text(visit.title(&project.title, project.title_en.as_deref()))
                .leading_to(format!("/projects/{}", project.id)),
            Cell::text(text(visit, "step", &project.step)),
            Cell::text(next),
            Cell::of(
                CellKind::Moment,
                format!("{} ~ {}", project.from, project.to),
            ),
        ]
    };
    let count = [("count", projects.len().to_string())];
    let view = Projects {
        sentence: if projects.is_empty() {
            visit.t("projects.none")
        } else {
            visit.say("projects.sentence", &count)
        },
        table: (!projects.is_empty()).then(|| Table {
            caption: visit.say("projects.caption", &count),
            heads: [
                "projects.project",
                "projects.step",
                "projects.next",
                "projects.period",
            ]
            .map(|key| Head::text(visit.t(key)))
            .into(),
            rows: projects.iter().map(row).collect(),
            plain: true,
        }),
    };
    let title = visit.t("projects.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: Some("/api/projects".to_owned()),
        view,
    })
}

/// `GET /projects/{id}`: the step it stands at.
pub async fn project(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id, None, None).await)
}

/// `GET /projects/{id}/{step}`.
pub async fn step(Path((id, step)): Path<(String, String)>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id, Some(&step), None).await)
}

/// `POST /projects/{id}`: somebody does something.
pub async fn act(Path(id): Path<String>, visit: Visit, Form(typed): Form<Words>) -> Response {
    let done = if typed.values().any(|text| text.chars().count() > TEXT_MAX) {
        Err(visit.t("projects.too_long"))
    } else {
        match do_act(visit.state(), visit.caller(), &id, &wanted(&typed)).await {
            Ok(()) => Ok(()),
            Err(problem) if matches!(problem.status, 403 | 404 | 500) => {
                return visit.show::<ProjectPage>(Err(problem_of(problem)));
            }
            Err(problem) if visit.lang == city::Lang::Ko => {
                Err(problem.detail_ko.unwrap_or(problem.detail))
            }
            Err(problem) => Err(problem.detail),
        }
    };
    match done {
        Ok(()) => {
            let path = template::address(visit.lang, &format!("/projects/{id}"));
            Redirect::to(&path).into_response()
        }
        Err(fault) => {
            let step = typed.get("step").cloned();
            visit.show(fill(&visit, &id, step.as_deref(), Some((&typed, fault))).await)
        }
    }
}

/// The act of a form: its fields, without those that say nothing of it.
fn wanted(typed: &Words) -> Value {
    let mut act = Map::new();
    for (name, word) in typed {
        let word = word.trim();
        match (name.as_str(), word) {
            ("step", _) => {}
            // One question, three answers.
            ("decision", "adequate") => drop(act.insert("act".to_owned(), json!("find-adequate"))),
            ("decision", back_to) => {
                act.insert("act".to_owned(), json!("find-inadequate"));
                act.insert("back-to".to_owned(), json!(back_to));
            }
            _ => drop(act.insert(name.clone(), json!(word))),
        }
    }
    if act.get("act") == Some(&json!("find-inadequate")) {
        act.remove("conditions");
        act.remove("output");
    }
    Value::Object(act)
}

async fn fill(
    visit: &Visit,
    id: &str,
    step: Option<&str>,
    typed: Option<(&Words, String)>,
) -> Result<Page<ProjectPage>, PageError> {
    let project = one(visit.state(), visit.caller(), id)
        .await
        .map_err(problem_of)?;
    let stands = if project.step == "destroyed" {
        "safe-management"
    } else {
        project.step.as_str()
    };
    let shown = step.unwrap_or(stands);
    if !STEPS.iter().any(|(own, _)| *own == shown) {
        let way = Link::new(visit.t("projects.title"), "/projects");
        return Err(PageError::Missing(visit.t("projects.no_step"), vec![way]));
    }
    let word = |name: &str| {
        let word = typed.as_ref().and_then(|(typed, _)| typed.get(name));
        word.cloned().unwrap_or_default()
    };
    let texts = ["findings", "grounds", "text", "reason"];
    let typed_view = Typed {
        text: texts
            .iter()
            .map(|name| word(name))
            .find(|word| !word.is_empty())
            .unwrap_or_default(),
        conditions: word("conditions"),
        to: Some(word("to"))
            .filter(|to| !to.is_empty())
            .unwrap_or_else(|| project.recipient.clone()),
    };
    let rows = match shown {
        "adequacy-review" => judged(visit, &project).await?,
        _ => None,
    };
    let title = visit.title(&project.title, project.title_en.as_deref());
    let view = ProjectPage {
        badge: stands_at(visit, &project),
        next: text(visit, "next", &project.step),
        steps: steps(visit, &project, shown),
        step: StepPage {
            rows,
            ..step_page(visit, &project, shown, typed_view)
        },
        facts: facts(visit, &project),
        events: events(visit, &project),
        report: ["report.pdf", "report.md"]
            .map(|name| {
                Link::new(
                    visit.t(&format!("projects.{}", name.replace('.', "_"))),
                    format!("/projects/{id}/papers/{name}"),
                )
            })
            .into(),
        tokens: visit.caller().may(city::Duty::Vault).then(|| {
            Link::new(
                visit.t("projects.turn_back"),
                format!("/projects/{id}/token"),
            )
        }),
        fault: typed.as_ref().map(|(_, fault)| fault.clone()),
        address: format!("/projects/{id}"),
        is_alive: project.step != "destroyed",
        title: title.clone(),
    };
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("projects.title"), "/projects"),
            Crumb::here(title),
        ],
        data_url: Some(format!("/api/projects/{id}")),
        view,
    })
}

/// The first rows of the result, for whoever's turn it is to judge it: each such look is in the access log.
async fn judged(visit: &Visit, project: &Project) -> Result<Option<Table>, PageError> {
    let own = visit.caller().name().unwrap_or_default();
    let is_person = visit.caller().session().is_some() && visit.caller().preview().is_none();
    let is_there = project.result.as_ref().is_some_and(|own| own.is_there);
    if !is_person || !is_there || !project.is_reviewed_by(own) {
        return Ok(None);
    }
    let shown = look(visit.state(), visit.caller(), &project.id)
        .await
        .map_err(problem_of)?;
    let count = [("count", shown.rows.len().to_string())];
    let cells = |row: Vec<String>| row.into_iter().map(Cell::text).collect();
    Ok(Some(Table {
        caption: visit.say("projects.rows_caption", &count),
        heads: shown.columns.into_iter().map(Head::text).collect(),
        rows: shown.rows.into_iter().map(cells).collect(),
        plain: true,
    }))
}

fn stands_at(visit: &Visit, project: &Project) -> Badge {
    if project.is_overdue {
        return Badge::new(visit.t("projects.overdue"), Tone::Danger);
    }
    Badge::new(text(visit, "step", &project.step), Tone::Plain)
}

fn steps(visit: &Visit, project: &Project, shown: &str) -> Vec<StepView> {
    STEPS
        .iter()
        .map(|(word, _)| StepView {
            title: text(visit, "step", word),
            path: format!("/projects/{}/{word}", project.id),
            shown: *word == shown,
            badge: badge(visit, project, word),
        })
        .collect()
}

fn step_page(visit: &Visit, project: &Project, word: &str, typed: Typed) -> StepPage {
    let acts = STEPS.iter().find(|(own, _)| *own == word);
    let last = acts.and_then(|(_, acts)| project.last(acts));
    let done = last.map(|event| {
        let at = show::moment(event.at);
        let what = visit.t(&format!("projects.act_{}", event.act));
        format!("{at} {}: {what}. {}", event.by, said(visit, event))
    });
    let own = match word {
        "adequacy-review" | "safe-management" => of_result(visit, project),
        _ => Vec::new(),
    };
    StepPage {
        title: text(visit, "step", word),
        what: text(visit, "asks", word),
        why: text(visit, "why", word),
        done,
        open: project.step == word,
        columns: matches!(word, "preparation" | "processing").then(|| columns(visit, project)),
        rows: None,
        facts: own,
        typed,
        word: word.to_owned(),
    }
}
