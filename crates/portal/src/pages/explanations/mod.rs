//! What somebody is asked about their own reads, and what they say of it.

use std::collections::BTreeMap;

use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use interop::audit::review;
use serde::Serialize;

use super::Sample;
use super::log_review::{QuestionView, question};
use crate::frame::{Crumb, Section};
use crate::site::{Page, PageError, Visit};
use crate::template;

const PATH: &str = "/explanations";

/// What somebody is asked.
#[derive(Clone, Debug, Serialize)]
pub struct Explanations {
    /// How many, in a sentence.
    pub sentence: String,
    /// Why nothing was kept.
    pub fault: Option<String>,
    /// What is asked, each with the day by which it is to be answered.
    pub questions: Vec<(QuestionView, String)>,
}

impl Sample for Explanations {
    fn samples() -> Vec<Self> {
        let asked = QuestionView::samples().into_iter();
        let some = Self {
            sentence: "설명을 부탁드리는 것이 2건 있습니다.".to_owned(),
            fault: None,
            questions: asked
                .map(|own| (own, "2026-11-12까지".to_owned()))
                .collect(),
        };
        let none = Self {
            sentence: "설명을 부탁드릴 것이 없습니다.".to_owned(),
            fault: Some("까닭을 적어 주세요.".to_owned()),
            questions: Vec::new(),
        };
        vec![some, none]
    }
}

/// `GET /explanations`, for whoever has signed in.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit, None).await)
}

/// `POST /explanations`: what they say.
pub async fn keep(visit: Visit, Form(typed): Form<BTreeMap<String, String>>) -> Response {
    match kept(&visit, &typed).await {
        Ok(None) => Redirect::to(&template::address(visit.lang, PATH)).into_response(),
        Ok(Some(fault)) => visit.show(fill(&visit, Some(fault)).await),
        Err(error) => visit.show::<Explanations>(Err(error)),
    }
}

async fn kept(
    visit: &Visit,
    typed: &BTreeMap<String, String>,
) -> Result<Option<String>, PageError> {
    signed_in(visit)?;
    let (records, by) = (&visit.state().records, visit.caller().person());
    let word = |name: &str| typed.get(name).map_or("", String::as_str);
    let number = |name: &str| word(name).parse().unwrap_or_default();
    let asked = (number("review"), number("question"));
    match review::explain(records, by, asked, word("words")).await {
        Ok(()) => Ok(None),
        Err(error) => super::log_review::refused(visit, error).map(Some),
    }
}

/// Nobody is asked who is nobody.
fn signed_in(visit: &Visit) -> Result<(), PageError> {
    match visit.caller().person() {
        access::Person::Public { .. } => Err(access::AskError::Denied(access::Denied {
            policy: "signed-in".to_owned(),
            reason: None,
            dataset: None,
            what: "explanations".to_owned(),
        })
        .into()),
        _ => Ok(()),
    }
}

async fn fill(visit: &Visit, fault: Option<String>) -> Result<Page<Explanations>, PageError> {
    signed_in(visit)?;
    let (records, by) = (&visit.state().records, visit.caller().person());
    let asked = records.reviews().asked_of(by.name()).await?;
    let questions: Vec<(QuestionView, String)> = asked
        .iter()
        .map(|(reviewed, own)| {
            let day = [("day", reviewed.answer_by.to_string())];
            let mut view = question(visit, reviewed, own);
            // The entries are the officer's: whoever is asked may not look into the log.
            if !review::may(by) {
                view.entries.clear();
            }
            (view, visit.say("explanations.by", &day))
        })
        .collect();
    let waiting = asked
        .iter()
        .filter(|(_, own)| own.outcome.is_none() && own.explained.is_empty());
    let sentence = match waiting.count() {
        0 => visit.t("explanations.none"),
        count => {
            let count = u64::try_from(count).unwrap_or_default();
            visit.say(
                "explanations.sentence",
                &[("count", crate::show::count_of(count))],
            )
        }
    };
    let title = visit.t("explanations.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: Explanations {
            sentence,
            fault,
            questions,
        },
    })
}
