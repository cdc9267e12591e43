//! Lists of promises, from data.

use axum::extract::{Path, Query};
use axum::response::Response;
use city::When;
use city::promise::Promise;
use interop::promises::serve::Cut;
use interop::promises::{Books, Gone, Seen, books};
use measure::promise::Standing;
use serde::Deserialize;

use super::said::{department, figure, standing_title};
use super::timeline::timeline;
use super::{Choice, Promises};
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::{Cell, CellKind, Head, Link, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// What is asked for; what is not understood is passed over.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    department: String,
    state: String,
}

/// `GET /promises?department=&state=`.
pub async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit.show(fill(&visit, &asked, None).await)
}

/// `GET /departments/{id}/promises?state=`.
pub async fn of_department(
    Path(id): Path<String>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Response {
    visit.show(fill(&visit, &asked, Some(&id)).await)
}

async fn fill(
    visit: &Visit,
    asked: &Asked,
    own: Option<&str>,
) -> Result<Page<Promises>, PageError> {
    let chosen = own.unwrap_or(&asked.department);
    let title = title(visit, chosen)?;
    let reader = visit.reader();
    let seen = Seen::by(visit.state(), visit.caller(), &reader);
    let books = books(seen, None).await.map_err(problem_of)?;
    let cut = Cut {
        department: Some(chosen.to_owned()).filter(|id| !id.is_empty()),
        standing: Standing::of_word(&asked.state),
    };
    let mut found = cut.of(&books);
    found.sort_by_key(|(promise, _)| {
        let due = promise.due.as_ref().and_then(When::last_day);
        (due.is_none(), due, promise.id.clone())
    });
    let state = cut.standing.map_or("", Standing::word);
    let parameters = [("department", chosen), ("state", state)];
    let action = match own {
        Some(id) => format!("/departments/{id}/promises"),
        None => "/promises".to_owned(),
    };
    let view = Promises {
        title: title.clone(),
        sentence: sentence(visit, &found),
        departments: if own.is_some() {
            Vec::new()
        } else {
            departments(visit, chosen)
        },
        states: states(visit, state),
        timeline: timeline(visit, &found, books.today()),
        table: table(visit, &books, &found),
        gone: gone(visit, &books.gone),
        file: address("/promises.csv", &parameters),
        by_department: if own.is_some() {
            Vec::new()
        } else {
            by_department(visit, &books)
        },
        action,
    };
    let all = visit.t("promises.title");
    let crumbs = match own {
        Some(_) => vec![Crumb::to(all, "/promises"), Crumb::here(title.clone())],
        None => vec![Crumb::here(all)],
    };
    Ok(Page {
        title,
        section: Section::Promises,
        crumbs,
        data_url: Some(address("/api/promises", &parameters)),
        view,
    })
}

/// What is shown: all promises, or those of a department that there is.
fn title(visit: &Visit, department: &str) -> Result<String, PageError> {
    if department.is_empty() {
        return Ok(visit.t("promises.title"));
    }
    let own = visit.city().department(&department.into());
    let own = own.ok_or_else(|| {
        let what = visit.say("promises.no_department", &[("id", department.to_owned())]);
        let way = Link::new(visit.t("promises.title"), "/promises");
        PageError::Missing(what, vec![way])
    })?;
    let title = visit.title(&own.title, Some(&own.title_en));
    Ok(visit.say("promises.title_of", &[("department", title)]))
}

fn sentence(visit: &Visit, found: &[(&Promise, Standing)]) -> String {
    if found.is_empty() {
        return visit.t("promises.none");
    }
    let of = |wanted: &[Standing]| {
        let own = found.iter().filter(|(_, own)| wanted.contains(own));
        show::count_of(u64::try_from(own.count()).unwrap_or_default())
    };
    let all = show::count_of(u64::try_from(found.len()).unwrap_or_default());
    let values = [
        ("count", all),
        ("kept", of(&[Standing::Kept])),
        ("going", of(&[Standing::UnderWay, Standing::Planned])),
        ("late", of(&[Standing::Overdue, Standing::Missed])),
    ];
    visit.say("promises.sentence", &values)
}

fn departments(visit: &Visit, chosen: &str) -> Vec<Choice> {
    let all = Choice {
        value: String::new(),
        title: visit.t("catalogue.all"),
        chosen: chosen.is_empty(),
    };
    let each = visit.city().manifest.departments.iter().map(|own| Choice {
        value: own.id.to_string(),
        title: visit.title(&own.title, Some(&own.title_en)),
        chosen: own.id.as_str() == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

fn states(visit: &Visit, chosen: &str) -> Vec<Choice> {
    let all = Choice {
        value: String::new(),
        title: visit.t("catalogue.all"),
        chosen: chosen.is_empty(),
    };
    let each = Standing::ALL.iter().map(|own| Choice {
        value: own.word().to_owned(),
        title: standing_title(visit, *own),
        chosen: own.word() == chosen,
    });
    std::iter::once(all).chain(each).collect()
}

fn table(visit: &Visit, books: &Books, found: &[(&Promise, Standing)]) -> Option<Table> {
    if found.is_empty() {
        return None;
    }
    let findings = books.findings();
    let none = || Cell::of(CellKind::Nothing, visit.t("promises.not_said"));
    let said = |text: Option<String>| text.map_or_else(none, Cell::text);
    let row = |(promise, standing): &(&Promise, Standing)| {
        let contradictions = findings.get(&promise.id).into_iter().flatten();
        let contradictions = contradictions
            .filter(|own| own.what.weight() == measure::promise::finding::Weight::Contradicts)
            .count();
        let count = u64::try_from(contradictions).unwrap_or_default();
        vec![
            Cell::text(promise.title(visit.lang)).leading_to(format!("/promises/{}", promise.id)),
            said(figure(visit, promise)),
            said(promise.due.as_ref().map(ToString::to_string)),
            said(department(visit, promise)),
            Cell::text(standing_title(visit, *standing)),
            Cell::number(show::count_of(count)),
        ]
    };
    let heads = [
        "promises.promise",
        "promises.figure",
        "promises.due",
        "promises.department",
        "promises.state",
    ];
    let mut heads: Vec<Head> = heads.map(|key| Head::text(visit.t(key))).into();
    heads.push(Head::number(visit.t("promises.contradictions")));
    let count = show::count_of(u64::try_from(found.len()).unwrap_or_default());
    Some(Table {
        caption: visit.say("promises.caption", &[("count", count)]),
        heads,
        rows: found.iter().map(row).collect(),
        plain: true,
    })
}

fn gone(visit: &Visit, gone: &[Gone]) -> Option<Table> {
    if gone.is_empty() {
        return None;
    }
    let row = |gone: &Gone| {
        vec![
            Cell::text(gone.id.to_string()),
            Cell::text(gone.claim.sentence.clone()),
            Cell::of(CellKind::Moment, gone.entered_on.to_string()),
        ]
    };
    let count = show::count_of(u64::try_from(gone.len()).unwrap_or_default());
    Some(Table {
        caption: visit.say("promises.gone_caption", &[("count", count)]),
        heads: [
            "promises.promise",
            "promises.said_words",
            "promises.entered",
        ]
        .map(|key| Head::text(visit.t(key)))
        .into(),
        rows: gone.iter().map(row).collect(),
        plain: true,
    })
}

fn by_department(visit: &Visit, books: &Books) -> Vec<Link> {
    let departments = visit.city().manifest.departments.iter();
    departments
        .filter(|own| {
            let mut all = books.promises.values();
            all.any(|promise| promise.department.as_ref() == Some(&own.id))
        })
        .map(|own| {
            let title = visit.title(&own.title, Some(&own.title_en));
            Link::new(title, format!("/departments/{}/promises", own.id))
        })
        .collect()
}
