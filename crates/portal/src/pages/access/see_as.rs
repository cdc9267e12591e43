//! Looking at pages as somebody else would see them: begun and left here, by one button each.

use access::SeeAs;
use axum::Form;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use city::Duty;
use interop::preview::Preview;

use super::SeeAsRefused;
use super::fill::{Words, role_title};
use crate::frame::{Crumb, Section};
use crate::site::{Page, PageError, Visit};
use crate::template;

/// `POST /admin/see-as`.
pub async fn begin(visit: Visit, Form(typed): Form<Words>) -> Response {
    if visit.caller().require(Duty::Administer).is_err() {
        return visit.show::<super::Access>(Err(PageError::Duty(Duty::Administer)));
    }
    let word = |name: &str| {
        let word = typed.get(name).map(|word| word.trim().to_owned());
        word.filter(|word| !word.is_empty())
    };
    let eyes = SeeAs {
        role: word("role").unwrap_or_default(),
        department: word("department"),
        drafts: word("drafts").is_some(),
    };
    let state = visit.state();
    // Nobody looks through the eyes of who sees everything: they would see more than they may.
    let found = Some(eyes).filter(|eyes| eyes.role != "operator");
    let found = found.and_then(|eyes| Preview::of(&state.door.people(), eyes, word("purpose")));
    let Some(preview) = found else {
        return to(&visit, "/admin/access", None);
    };
    let person = visit.caller().person();
    match preview.note(state, person).await {
        // Where it cannot be logged nobody looks.
        Err(problem) => visit.show::<super::Access>(Err(PageError::Broken(problem.detail))),
        Ok(()) => to(&visit, "/", Some(preview.cookie(person, visit.is_https()))),
    }
}

/// `POST /admin/see-as/leave`: for everybody, since whoever is no administrator any more has nothing to leave.
pub async fn leave(visit: Visit) -> Response {
    to(&visit, "/admin/access", Some(Preview::ended()))
}

/// `GET /admin/see-as`: where one is led who tried to change something meanwhile.
pub async fn refused(visit: Visit) -> Response {
    let people = visit.state().door.people();
    let preview = visit.caller().preview();
    let sentence = preview.map(|preview| {
        let title = role_title(&visit, &people, &preview.eyes.role);
        visit.say("see_as.banner", &[("role", title)])
    });
    let title = visit.t("see_as.refused_title");
    visit.show(Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: SeeAsRefused { sentence },
    }))
}

fn to(visit: &Visit, path: &str, cookie: Option<String>) -> Response {
    let mut answer = Redirect::to(&template::address(visit.lang, path)).into_response();
    if let Some(value) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}
