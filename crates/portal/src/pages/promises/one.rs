//! One promise, from data; and a state that its department enters.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use city::promise::{Origin, Promise, PromiseState};
use city::{Lang, When};
use interop::promises::{Books, Seen, Wanted, books, enter as do_enter, may_enter};
use measure::promise::sentence::amount;
use measure::promise::{Told, Way};

use super::said::{badge, department, figure, finding, standing_title, state_title};
use super::way::way;
use super::{Choice, EntryForm, PromisePage};
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::{Cell, CellKind, Fact, Head, Link, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /promises/{id}`.
pub async fn promise(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id, None).await)
}

/// `POST /promises/{id}`: the department enters a state.
pub async fn enter(Path(id): Path<String>, visit: Visit, Form(typed): Form<Words>) -> Response {
    let fault = match wanted(&visit, &typed) {
        Err(fault) => fault,
        Ok(wanted) => {
            let at = (visit.city(), &*visit.state().records);
            match do_enter(at, visit.caller().person(), &id, &wanted).await {
                Ok(_) => {
                    let path = template::address(visit.lang, &format!("/promises/{id}"));
                    return Redirect::to(&format!("{path}#history")).into_response();
                }
                Err(problem) if matches!(problem.status, 403 | 404 | 500) => {
                    return visit.show::<PromisePage>(Err(problem_of(problem)));
                }
                Err(problem) if visit.lang == Lang::Ko => {
                    problem.detail_ko.unwrap_or(problem.detail)
                }
                Err(problem) => problem.detail,
            }
        }
    };
    visit.show(fill(&visit, &id, Some((&typed, fault))).await)
}

/// The state that a form says.
fn wanted(visit: &Visit, typed: &Words) -> Result<Wanted, String> {
    let word = |name: &str| typed.get(name).map_or("", |word| word.trim());
    let digits: String = word("value")
        .chars()
        .filter(|sign| !matches!(sign, ',' | ' '))
        .collect();
    let value = if digits.is_empty() {
        None
    } else {
        let value: Option<f64> = digits.parse().ok();
        let value = value.filter(|value| value.is_finite());
        Some(value.ok_or_else(|| visit.t("promises.no_number"))?)
    };
    Ok(Wanted {
        state: word("state").to_owned(),
        on: Some(word("on").to_owned()),
        text: word("text").to_owned(),
        value,
    })
}

async fn fill(
    visit: &Visit,
    id: &str,
    typed: Option<(&Words, String)>,
) -> Result<Page<PromisePage>, PageError> {
    let reader = visit.reader();
    let seen = Seen::by(visit.state(), visit.caller(), &reader);
    let books = books(seen, Some(id)).await.map_err(problem_of)?;
    let promise = books.promises.get(id).ok_or_else(|| {
        let way = Link::new(visit.t("promises.title"), "/promises");
        let what = visit.say("promises.missing", &[("id", id.to_owned())]);
        PageError::Missing(what, vec![way])
    })?;
    let findings = books.findings().remove(&promise.id).unwrap_or_default();
    let told = books.known.get(&promise.id).map(|known| &*known.told);
    let told = told.unwrap_or_default();
    let title = promise.title(visit.lang).to_owned();
    let may = visit.caller().preview().is_none() && may_enter(visit.caller().person(), promise);
    let view = PromisePage {
        title: title.clone(),
        badge: badge(visit, books.standing(promise)),
        is_inside: !promise.is_open(),
        sentence: promise.sentence(visit.lang).to_owned(),
        source: source(visit, &promise.source),
        source_url: promise.source.address.clone(),
        facts: facts(visit, &books, promise),
        unchecked: promise
            .unchecked
            .iter()
            .map(|what| visit.t(&format!("promises.unchecked_{}", what.word())))
            .collect(),
        way: way(visit, &books, promise),
        findings: findings
            .iter()
            .map(|own| finding(visit, &books, own))
            .collect(),
        parts: parts(visit, &books, promise),
        evidence: evidence(visit, promise),
        history: history(visit, promise, told),
        form: may.then(|| {
            form(
                visit,
                &books,
                promise,
                told,
                typed.as_ref().map(|(typed, _)| *typed),
            )
        }),
        fault: typed.map(|(_, fault)| fault),
    };
    Ok(Page {
        title: title.clone(),
        section: Section::Promises,
        crumbs: vec![
            Crumb::to(visit.t("promises.title"), "/promises"),
            Crumb::here(title),
        ],
        data_url: Some(format!("/api/promises/{id}")),
        view,
    })
}

/// Document, page and day, as far as they are known.
fn source(visit: &Visit, origin: &Origin) -> String {
    let page = origin.page.as_ref();
    let page = page.map(|page| visit.say("promises.page", &[("page", page.clone())]));
    let date = origin.date.as_ref().map(ToString::to_string);
    let said: Vec<String> = [origin.document.clone(), page, date]
        .into_iter()
        .flatten()
        .collect();
    if said.is_empty() {
        visit.t("promises.no_source")
    } else {
        said.join(", ")
    }
}

fn facts(visit: &Visit, books: &Books, promise: &Promise) -> Vec<Fact> {
    let not_said = || visit.t("promises.not_said");
    let due = promise.due.as_ref().map(When::to_string);
    let mut facts = vec![
        Fact::new(
            visit.t("promises.figure"),
            figure(visit, promise).unwrap_or_else(not_said),
        ),
        Fact::new(visit.t("promises.due"), due.unwrap_or_else(not_said)),
    ];
    let owner = department(visit, promise);
    facts.push(match (&promise.department, owner) {
        (Some(id), Some(title)) => Fact::new(visit.t("promises.department"), title)
            .leading_to(format!("/departments/{id}/promises")),
        _ => Fact::new(visit.t("promises.department"), not_said()),
    });
    let mut text = |key: &str, value: Option<&String>| {
        facts.extend(value.map(|value| Fact::new(visit.t(key), value.clone())));
    };
    text("promises.body", promise.body.as_ref());
    text("promises.topic", promise.topic.as_ref());
    text("promises.said_as", promise.said.as_ref());
    text("promises.method", promise.method.as_ref());
    text("promises.denominator", promise.denominator.as_ref());
    let mut other = |key: &str, id: Option<&city::PromiseId>| {
        let found = id.and_then(|id| books.promises.get(id));
        facts.extend(found.map(|other| {
            Fact::new(visit.t(key), other.title(visit.lang))
                .leading_to(format!("/promises/{}", other.id))
        }));
    };
    other("promises.part_of", promise.part_of.as_ref());
    other("promises.adds_to", promise.adds_to.as_ref());
    other(
        "promises.investment",
        promise.saving.as_ref().map(|saving| &saving.investment),
    );
    facts
}

fn parts(visit: &Visit, books: &Books, promise: &Promise) -> Option<Table> {
    let own = books.promises.values();
    let own = own.filter(|other| other.part_of.as_ref() == Some(&promise.id));
    let mut rows: Vec<Vec<Cell>> = own
        .map(|part| {
            vec![
                Cell::text(part.title(visit.lang)).leading_to(format!("/promises/{}", part.id)),
                Cell::text(figure(visit, part).unwrap_or_else(|| visit.t("promises.not_said"))),
                Cell::text(standing_title(visit, books.standing(part))),
            ]
        })
        .collect();
    let unit = promise.unit_in(visit.lang).unwrap_or_default();
    rows.extend(promise.parts.iter().map(|part| {
        vec![
            Cell::text(part.title.clone()),
            Cell::text(amount(part.value, unit, visit.lang)),
            Cell::text(visit.t("promises.named_only")),
        ]
    }));
    let heads = ["promises.part", "promises.figure", "promises.state"];
    table(visit, "promises.parts_caption", &heads, rows)
}

fn evidence(visit: &Visit, promise: &Promise) -> Option<Table> {
    let unit = promise.unit_in(visit.lang).unwrap_or_default();
    let none = || Cell::of(CellKind::Nothing, visit.t("promises.not_said"));
    let row = |own: &city::promise::Evidence| {
        let page = own.page.as_ref();
        let page = page.map(|page| visit.say("promises.page", &[("page", page.clone())]));
        let said = [Some(own.title.clone()), page, own.address.clone()];
        let value = own.value.map(|value| amount(value, unit, visit.lang));
        vec![
            Cell::of(CellKind::Moment, own.on.to_string()),
            Cell::text(said.into_iter().flatten().collect::<Vec<_>>().join(", ")),
            value.map_or_else(none, Cell::number),
        ]
    };
    let rows = promise.evidence.iter().map(row).collect();
    let heads = ["promises.day", "promises.what", "promises.value"];
    table(visit, "promises.evidence_caption", &heads, rows)
}

/// States newest first, each with the day it was entered by the clock.
fn history(visit: &Visit, promise: &Promise, told: &[Told]) -> Option<Table> {
    let unit = promise.unit_in(visit.lang).unwrap_or_default();
    let row = |own: &Told| {
        let status = &own.status;
        let value = status.value.map(|value| amount(value, unit, visit.lang));
        let text = match value {
            Some(value) => format!("{} ({value})", status.text),
            None => status.text.clone(),
        };
        let mut who = match own.way {
            Way::Person if own.who.is_empty() => visit.t("promises.by_department"),
            Way::Person => own.who.clone(),
            Way::File | Way::TakenOver => visit.t("promises.by_file"),
        };
        for (is_so, key) in [
            (own.is_gone, "promises.is_gone"),
            (!own.is_intact, "promises.is_bent"),
        ] {
            if is_so {
                who = format!("{who} ({})", visit.t(key));
            }
        }
        vec![
            Cell::of(CellKind::Moment, status.on.to_string()),
            Cell::text(state_title(visit, status.state)),
            Cell::text(text),
            Cell::text(entered(visit, own)),
            Cell::text(who),
        ]
    };
    let mut all: Vec<&Told> = told.iter().collect();
    all.sort_by_key(|own| std::cmp::Reverse((own.status.on.last_day(), own.place)));
    let rows = all.into_iter().map(row).collect();
    let heads = [
        "promises.day",
        "promises.state",
        "promises.what",
        "promises.entered",
        "promises.who",
    ];
    table(visit, "promises.history_caption", &heads, rows)
}

/// The day a state was entered, and how much later that was.
fn entered(visit: &Visit, told: &Told) -> String {
    let on = told.entered_on.to_string();
    if told.way == Way::TakenOver {
        return visit.say("promises.taken_over", &[("on", on)]);
    }
    match told.days_late() {
        Some(days) if days > 0 => {
            let values = [("on", on), ("days", days.to_string())];
            visit.say("promises.days_late", &values)
        }
        _ => on,
    }
}

fn table(visit: &Visit, caption: &str, heads: &[&str], rows: Vec<Vec<Cell>>) -> Option<Table> {
    if rows.is_empty() {
        return None;
    }
    let count = show::count_of(u64::try_from(rows.len()).unwrap_or_default());
    Some(Table {
        caption: visit.say(caption, &[("count", count)]),
        heads: heads.iter().map(|key| Head::text(visit.t(key))).collect(),
        rows,
        plain: true,
    })
}

fn form(
    visit: &Visit,
    books: &Books,
    promise: &Promise,
    told: &[Told],
    typed: Option<&Words>,
) -> EntryForm {
    let word = |name: &str| typed.and_then(|typed| typed.get(name)).cloned();
    let today = books.today().to_string();
    let newest = told
        .iter()
        .filter_map(|own| own.status.on.first_day())
        .max();
    let published = promise.source.date.as_ref().and_then(When::first_day);
    let chosen = word("state").unwrap_or_else(|| PromiseState::UnderWay.word().to_owned());
    EntryForm {
        address: format!("/promises/{}", promise.id),
        states: PromiseState::ALL
            .iter()
            .map(|state| Choice {
                value: state.word().to_owned(),
                title: state_title(visit, *state),
                chosen: state.word() == chosen,
            })
            .collect(),
        on: word("on").unwrap_or_else(|| today.clone()),
        first: newest.max(published).map(|day| day.to_string()),
        today,
        unit: promise.unit_in(visit.lang).map(str::to_owned),
        value: word("value").unwrap_or_default(),
        text: word("text").unwrap_or_default(),
    }
}
