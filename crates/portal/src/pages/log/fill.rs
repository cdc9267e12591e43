//! The access log, from the log.

use std::collections::BTreeMap;

use access::AskError;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use city::City;
use interop::audit;
use interop::audit::search::{Found, PAGE, Search, Shown, search};
use interop::audit::state::{Verdict, last_verdict};
use records::log::{About, Act, Decision};

use super::{Choice, Field, LogPage};
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Cell, CellKind, Fact, Head, Link, Pager, Table, Tone};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

const PATH: &str = "/admin/log";

/// `GET /admin/log`, for officers.
pub async fn page(visit: Visit, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    visit.show(fill(&visit, &asked).await)
}

/// `POST /admin/log/verify`: proves the whole log now.
pub async fn verify(visit: Visit) -> Response {
    let proven = async {
        let (records, by) = (&visit.state().records, visit.caller().person());
        audit::require(records, by, "verify the access log").await?;
        audit::state::verify(records, by.name()).await?;
        Ok::<(), PageError>(())
    };
    match proven.await {
        Ok(()) => Redirect::to(&template::address(visit.lang, PATH)).into_response(),
        Err(error) => visit.show::<LogPage>(Err(error)),
    }
}

async fn fill(visit: &Visit, asked: &BTreeMap<String, String>) -> Result<Page<LogPage>, PageError> {
    let (records, by) = (&visit.state().records, visit.caller().person());
    audit::require(records, by, "access log").await?;
    let pairs = asked
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let (asked, fault) = match Search::read(pairs) {
        Ok(asked) => (asked, None),
        Err((name, value)) => {
            let key = if name == "name" {
                "log.no_field"
            } else {
                "log.no_form"
            };
            (Search::default(), Some(visit.say(key, &[("value", value)])))
        }
    };
    let found = match fault {
        None => Some(search(records, by, &asked).await?),
        Some(_) => None,
    };
    let title = visit.t("log.title");
    let size = records
        .log()
        .files()
        .await
        .map_err(AskError::from)?
        .head()
        .size;
    let verdict = last_verdict(records).await?;
    let (standing, mut facts) = standing(visit, verdict.as_ref());
    facts.insert(
        0,
        Fact::new(
            visit.t("log.size"),
            visit.say("log.entries", &[("count", show::count_of(size))]),
        ),
    );
    let total = found.as_ref().map(|found| found.total);
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: Some("/api/log".to_owned()),
        view: LogPage {
            sentence: total.map_or_else(String::new, |total| {
                visit.say("log.found", &[("count", show::count_of(total))])
            }),
            fault,
            fields: fields(visit, &asked),
            choices: choices(visit, &asked),
            table: found
                .as_ref()
                .filter(|found| !found.entries.is_empty())
                .map(|found| table(visit, found, &asked)),
            pager: total.and_then(|total| pager(&asked, total)),
            standing,
            facts,
            ways: vec![
                Link::new(visit.t("log_subject.title"), "/admin/log/subject"),
                Link::new(visit.t("log_reviews.title"), "/admin/log/reviews"),
            ],
        },
    })
}

fn standing(visit: &Visit, verdict: Option<&Verdict>) -> (Badge, Vec<Fact>) {
    let Some(verdict) = verdict else {
        let badge = Badge::new(visit.t("log.never_verified"), Tone::Warning);
        return (badge, Vec::new());
    };
    let badge = match &verdict.broken {
        None => Badge::new(visit.t("log.whole"), Tone::Good),
        Some(_) => Badge::new(visit.t("log.broken"), Tone::Danger),
    };
    let values = [
        ("at", show::moment(verdict.at)),
        ("count", show::count_of(verdict.size)),
        ("who", verdict.who.clone()),
    ];
    let mut facts = vec![Fact::new(
        visit.t("log.verified"),
        visit.say("log.verified_at", &values),
    )];
    if let Some((seq, what)) = &verdict.broken {
        let first = [("seq", show::count(*seq)), ("what", what.clone())];
        facts.push(Fact::new(
            visit.t("log.first_broken"),
            visit.say("log.first_broken_is", &first),
        ));
    }
    (badge, facts)
}

fn fields(visit: &Visit, asked: &Search) -> Vec<Field> {
    let field = |name, key: &str, value: &str, kind| Field {
        name,
        label: visit.t(key),
        value: value.to_owned(),
        kind,
    };
    vec![
        field("who", "log.who", &asked.who, "text"),
        field("dataset", "log.dataset_id", &asked.dataset, "text"),
        field("purpose", "log.purpose", &asked.purpose, "text"),
        field("words", "log.words", &asked.words, "text"),
        field("subject", "log.subject", &asked.subject, "text"),
        field("since", "log.since", &asked.since, "date"),
        field("until", "log.until", &asked.until, "date"),
    ]
}

fn choices(visit: &Visit, asked: &Search) -> Vec<Choice> {
    let choice = |name, key: &str, chosen: &str, words: &[&str]| Choice {
        name,
        label: visit.t(key),
        options: std::iter::once("")
            .chain(words.iter().copied())
            .map(|word| {
                let own = if word.is_empty() { "all" } else { word };
                let key = format!("log.is_{}", own.replace('-', "_"));
                (word.to_owned(), visit.t(&key), word == chosen)
            })
            .collect(),
    };
    vec![
        choice(
            "decision",
            "log.decision",
            &asked.decision,
            &["allowed", "denied"],
        ),
        choice(
            "act",
            "log.act",
            &asked.act,
            &["read", "change", "sign-in", "sign-out"],
        ),
    ]
}

fn pager(asked: &Search, total: u64) -> Option<Pager> {
    let last = total.div_ceil(PAGE);
    let current = asked.page.max(1).min(last.max(1));
    Pager::new(current, last, |number| {
        let page = number.to_string();
        address(
            PATH,
            &[
                ("who", asked.who.as_str()),
                ("dataset", &asked.dataset),
                ("purpose", &asked.purpose),
                ("words", &asked.words),
                ("subject", &asked.subject),
                ("since", &asked.since),
                ("until", &asked.until),
                ("decision", &asked.decision),
                ("act", &asked.act),
                ("page", &page),
            ],
        )
    })
}

fn table(visit: &Visit, found: &Found, asked: &Search) -> Table {
    let first = (asked.page.max(1) - 1) * PAGE;
    let count = u64::try_from(found.entries.len()).unwrap_or_default();
    let values = [
        ("total", show::count_of(found.total)),
        ("first", show::count_of(first + 1)),
        ("last", show::count_of(first + count)),
    ];
    let heads = [
        "log.seq",
        "log.at",
        "log.who",
        "log.act",
        "log.dataset",
        "log.purpose",
    ];
    let mut heads: Vec<Head> = heads.iter().map(|key| Head::text(visit.t(key))).collect();
    heads.push(Head::number(visit.t("log.rows")));
    heads.push(Head::text(visit.t("log.persons")));
    heads.push(Head::text(visit.t("log.decision")));
    Table {
        caption: visit.say("log.caption", &values),
        heads,
        rows: found.entries.iter().map(|own| row(visit, own)).collect(),
        plain: true,
    }
}

fn row(visit: &Visit, shown: &Shown) -> Vec<Cell> {
    let entry = &shown.logged.entry;
    let nothing = || Cell::of(CellKind::Nothing, "–");
    let titles: Vec<String> = entry
        .touched
        .iter()
        .map(|own| match visit.city().datasets.get(&own.dataset) {
            Some(dataset) => visit.title(&dataset.title, dataset.title_en.as_deref()),
            None => own.dataset.to_string(),
        })
        .collect();
    let persons = match (entry.about, entry.subjects.len()) {
        (None, _) => nothing(),
        (Some(About::All), _) => Cell::text(visit.t("log.everybody")),
        (Some(about), count) => {
            let count = show::count_of(u64::try_from(count).unwrap_or_default());
            let key = if about == About::More {
                "log.more_than"
            } else {
                "log.so_many"
            };
            Cell::text(visit.say(key, &[("count", count)]))
        }
    };
    vec![
        Cell::of(CellKind::Moment, show::count(shown.logged.seq))
            .leading_to(format!("{PATH}/{}", shown.logged.seq)),
        Cell::of(CellKind::Moment, show::moment(shown.logged.at)),
        Cell::text(whom(visit.city(), visit, &entry.who)),
        Cell::text(visit.t(act_word(entry.act))),
        if titles.is_empty() {
            nothing()
        } else {
            Cell::text(titles.join(", "))
        },
        Cell::text(entry.purpose.clone()),
        shown
            .rows
            .map_or_else(nothing, |rows| Cell::number(show::count_of(rows))),
        persons,
        Cell::text(visit.t(match entry.decision {
            Decision::Allowed => "log.is_allowed",
            Decision::Denied => "log.is_denied",
        })),
    ]
}

/// The key of what was done.
pub(crate) fn act_word(act: Act) -> &'static str {
    match act {
        Act::Read | Act::ReadEnd => "log.is_read",
        Act::Change => "log.is_change",
        Act::SignIn => "log.is_sign_in",
        Act::SignOut => "log.is_sign_out",
    }
}

/// An account with its department.
pub(crate) fn whom(city: &City, visit: &Visit, who: &str) -> String {
    match audit::department_of(city, who) {
        Some((ko, en)) => format!("{who} ({})", visit.title(ko, Some(en))),
        None => who.to_owned(),
    }
}
