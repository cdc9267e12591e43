//! A token of a project turned back, for whoever keeps the vault. The token and the value stand in the body of a request
//! and never in an address.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use city::{Duty, Lang};
use interop::desk::TokenAsked;
use interop::projects::{one, token};
use serde::Serialize;

use super::Sample;
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::site::{Page, PageError, Visit};

/// A token turned back.
#[derive(Clone, Debug, Serialize)]
pub struct ProjectToken {
    /// The project's title.
    pub project: String,
    /// Where it is sent.
    pub address: String,
    /// The token that was typed.
    pub token: String,
    /// Why, as it was typed.
    pub why: String,
    /// Why nothing is told.
    pub fault: Option<String>,
    /// What it stands for.
    pub value: Option<String>,
}

impl Sample for ProjectToken {
    fn samples() -> Vec<Self> {
        let empty = Self {
            project: "수강 연구".to_owned(),
            address: "/projects/study/token".to_owned(),
            token: String::new(),
            why: String::new(),
            fault: None,
            value: None,
        };
        let told = Self {
            token: "T-ABCDEFGH".to_owned(),
            why: "정보주체의 요구".to_owned(),
            value: Some("김가온".to_owned()),
            ..empty.clone()
        };
        let faulty = Self {
            fault: Some("그런 토큰이 없습니다.".to_owned()),
            ..empty.clone()
        };
        vec![empty, told, faulty]
    }
}

/// `GET /projects/{id}/token`, for whoever keeps the vault.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id, None).await)
}

/// `POST /projects/{id}/token`: turns a token back.
pub async fn ask(
    Path(id): Path<String>,
    visit: Visit,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Response {
    let mut shown = visit.show(fill(&visit, &id, Some(&typed)).await);
    let no_store = HeaderValue::from_static("no-store");
    shown.headers_mut().insert(header::CACHE_CONTROL, no_store);
    shown
}

async fn fill(
    visit: &Visit,
    id: &str,
    typed: Option<&BTreeMap<String, String>>,
) -> Result<Page<ProjectToken>, PageError> {
    let word = |name: &str| {
        let word = typed.and_then(|typed| typed.get(name));
        word.map_or("", |word| word.trim()).to_owned()
    };
    let asked = TokenAsked {
        token: word("token"),
        why: word("why"),
    };
    let (mut fault, mut value) = (None, None);
    if typed.is_some() {
        match token(visit.state(), visit.caller(), id, &asked).await {
            Ok(told) => value = Some(told),
            Err(problem) if matches!(problem.status, 403 | 404 | 500 | 503) => {
                return Err(problem_of(problem));
            }
            Err(problem) if visit.lang == Lang::Ko => {
                fault = Some(problem.detail_ko.unwrap_or(problem.detail));
            }
            Err(problem) => fault = Some(problem.detail),
        }
    } else {
        visit.require(Duty::Vault)?;
    }
    let project = one(visit.state(), visit.caller(), id)
        .await
        .map_err(problem_of)?;
    let name = visit.title(&project.title, project.title_en.as_deref());
    let title = visit.t("project_token.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("projects.title"), "/projects"),
            Crumb::to(name.clone(), format!("/projects/{id}")),
            Crumb::here(title),
        ],
        data_url: None,
        view: ProjectToken {
            project: name,
            address: format!("/projects/{id}/token"),
            token: asked.token,
            why: asked.why,
            fault,
            value,
        },
    })
}
