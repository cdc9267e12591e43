//! One review, from the records; and what an officer writes, kept.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use interop::audit::papers::review_title;
use interop::audit::review::{self, Refused};
use interop::audit::words::{kind, outcome, sentence};
use records::reviews::{Outcome, Question, ReviewError, Reviewed, Said};

use super::{LogReview, QuestionView};
use crate::frame::{Crumb, Section};
use crate::pages::log::whom;
use crate::parts::{Badge, Fact, Link, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /admin/log/reviews/{id}`, for officers.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id, None).await)
}

/// `POST /admin/log/reviews/{id}`: an outcome, or the end of the review.
pub async fn keep(Path(id): Path<String>, visit: Visit, Form(typed): Form<Words>) -> Response {
    match kept(&visit, &id, &typed).await {
        Ok(None) => {
            let path = format!("/admin/log/reviews/{id}");
            Redirect::to(&template::address(visit.lang, &path)).into_response()
        }
        Ok(Some(fault)) => visit.show(fill(&visit, &id, Some(fault)).await),
        Err(error) => visit.show::<LogReview>(Err(error)),
    }
}

async fn kept(visit: &Visit, id: &str, typed: &Words) -> Result<Option<String>, PageError> {
    let (records, by) = (&visit.state().records, visit.caller().person());
    let word = |name: &str| typed.get(name).map_or("", String::as_str);
    let number = id.parse().unwrap_or_default();
    let asked = word("question").parse().unwrap_or_default();
    let done = match (word("do"), Outcome::read(word("do"))) {
        ("close", _) => review::close(records, by, number, word("words")).await,
        (_, Some(outcome)) => {
            review::conclude(records, by, (number, asked), (outcome, word("words"))).await
        }
        _ => return Ok(Some(visit.t("log_review.no_outcome"))),
    };
    match done {
        Ok(()) => Ok(None),
        Err(error) => refused(visit, error).map(Some),
    }
}

/// What a person is told; an error where the machine or a policy is at fault.
pub(crate) fn refused(visit: &Visit, error: Refused) -> Result<String, PageError> {
    match error {
        Refused::Words => Ok(visit.t("log_review.no_words")),
        Refused::Review(ReviewError::Closed) => Ok(visit.t("log_review.is_closed")),
        Refused::Review(ReviewError::Open(_)) => Ok(visit.t("log_review.not_all")),
        Refused::Review(ReviewError::Absent) => Err(absent(visit)),
        Refused::Review(ReviewError::Store(error)) => Err(error.into()),
        Refused::Ask(access::AskError::Denied(denied))
            if denied.policy == "nobody-judges-themselves" =>
        {
            Ok(visit.t("log_review.own"))
        }
        Refused::Ask(error) => Err(error.into()),
    }
}

fn absent(visit: &Visit) -> PageError {
    let way = Link::new(visit.t("log_reviews.title"), "/admin/log/reviews");
    PageError::Missing(visit.t("log_review.missing"), vec![way])
}

async fn fill(
    visit: &Visit,
    id: &str,
    fault: Option<String>,
) -> Result<Page<LogReview>, PageError> {
    let (records, by) = (&visit.state().records, visit.caller().person());
    let found = review::one(records, by, id.parse().unwrap_or_default()).await?;
    let found = found.ok_or_else(|| absent(visit))?;
    let heading = match visit.lang {
        city::Lang::Ko => review_title(&found),
        city::Lang::En => visit.say("log_review.title", &[("since", found.since.to_string())]),
    };
    let is_open = found.closed.is_none();
    Ok(Page {
        title: heading.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("log.title"), "/admin/log"),
            Crumb::to(visit.t("log_reviews.title"), "/admin/log/reviews"),
            Crumb::here(heading.clone()),
        ],
        data_url: Some("/api/log/reviews".to_owned()),
        view: LogReview {
            id: found.id,
            heading,
            facts: facts(visit, &found),
            fault,
            questions: found
                .questions
                .iter()
                .map(|own| question(visit, &found, own))
                .collect(),
            outcomes: Outcome::ALL
                .map(|own| (own.word(), outcome(own, visit.lang)))
                .into(),
            is_open,
            can_close: is_open && found.open().next().is_none(),
        },
    })
}

fn facts(visit: &Visit, review: &Reviewed) -> Vec<Fact> {
    let count = [("count", show::count_of(review.entries))];
    let mut facts = vec![
        Fact::new(
            visit.t("log_reviews.entries"),
            visit.say("log.entries", &count),
        ),
        Fact::new(visit.t("log_review.made_at"), show::moment(review.made_at)),
        Fact::new(
            visit.t("log_reviews.answer_by"),
            review.answer_by.to_string(),
        ),
    ];
    if let Some(closed) = &review.closed {
        facts.push(Fact::new(visit.t("log_reviews.closed"), said(closed)));
    }
    facts
}

/// `근무표를 확인했습니다. (officer, 2026-11-05 09:10)`.
fn said(said: &Said) -> String {
    format!("{} ({}, {})", said.words, said.who, show::moment(said.at))
}

/// Something that stood out, as it is shown.
pub(crate) fn question(visit: &Visit, review: &Reviewed, own: &Question) -> QuestionView {
    let badge = match (&own.outcome, own.explained.is_empty()) {
        (Some((word, _)), _) => Badge::new(
            outcome(*word, visit.lang),
            if *word == Outcome::Accepted {
                Tone::Good
            } else {
                Tone::Danger
            },
        ),
        (None, true) => Badge::new(visit.t("log_review.waits"), Tone::Warning),
        (None, false) => Badge::new(visit.t("log_review.explained"), Tone::Plain),
    };
    let entry = |seq: &i64| Link::new(show::count(*seq), format!("/admin/log/{seq}"));
    QuestionView {
        id: own.id,
        review: review.id,
        title: format!(
            "{}: {}",
            kind(own.outlier.kind, visit.lang),
            whom(visit.city(), visit, &own.outlier.who)
        ),
        badge,
        sentence: sentence(visit.city(), &review.rules, &own.outlier, visit.lang),
        entries: own.outlier.entries.iter().map(entry).collect(),
        explained: own.explained.iter().map(said).collect(),
        outcome: own
            .outcome
            .as_ref()
            .map(|(word, words)| format!("{}: {}", outcome(*word, visit.lang), said(words))),
    }
}
