//! The link of an invitation, and the password it sets.

use std::collections::BTreeMap;

use ::people::invitation::Refusal;
use ::people::sign_in::Change;
use ::people::{Begin, Weak};
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use interop::sign_in::with_session;
use records::Token;

use super::Invitation;
use crate::frame::{Crumb, Section};
use crate::pages::sign_in::wait;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

/// `GET /invitation/{link}`: looking uses nothing up, so that a program that looks at links does no harm.
pub async fn page(Path(link): Path<String>, visit: Visit) -> Response {
    answer(&visit, &link, None).await
}

/// `POST /invitation/{link}`: the password is set, and the person is signed in.
pub async fn accept(
    Path(link): Path<String>,
    visit: Visit,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Response {
    let word = |name: &str| typed.get(name).map_or("", String::as_str);
    if word("password") != word("again") {
        return answer(&visit, &link, Some(visit.t("password.differ"))).await;
    }
    let state = visit.state();
    let token = Token::presented(&link);
    let address = visit.browser.address.as_deref();
    let people = state.door.people();
    let set = state
        .accounts
        .accept(&people, &token, word("password"), address)
        .await;
    let account = match set {
        Ok(Ok(account)) => account,
        Ok(Err(Refusal::Gone)) => return answer(&visit, &link, None).await,
        Ok(Err(Refusal::Change(why))) => {
            return answer(&visit, &link, Some(said(&visit, &why))).await;
        }
        Err(error) => return visit.show::<Invitation>(Err(error.into())),
    };
    let begin = Begin {
        account,
        how: "invitation",
        claims: None,
        address: visit.browser.address.clone(),
        browser: visit.browser.agent.clone(),
        replaces: visit.browser.session.clone(),
    };
    match state.accounts.begin(begin).await {
        Ok(Some(begun)) => {
            let to = Redirect::to(&template::address(visit.lang, "/account"));
            with_session(state, to.into_response(), &begun)
        }
        Ok(None) => answer(&visit, &link, None).await,
        Err(error) => visit.show::<Invitation>(Err(error.into())),
    }
}

/// Why a password was not taken, in words.
pub(crate) fn said(visit: &Visit, why: &Change) -> String {
    match why {
        Change::Wrong => visit.t("password.wrong"),
        Change::Wait(until) => wait(visit, *until),
        Change::Busy => visit.t("sign_in.busy"),
        Change::Weak(weak) => {
            let count = match weak {
                Weak::Short(least) => show::count_of(u64::from(*least)),
                Weak::Long(most) => most.to_string(),
                Weak::Breached | Weak::Common => String::new(),
            };
            visit.say(&format!("password.{}", weak.word()), &[("count", count)])
        }
    }
}

/// What a password must be, in words.
pub(crate) fn rule(visit: &Visit) -> String {
    let least = u64::from(visit.state().accounts.rules().shortest());
    visit.say("password.rule", &[("count", show::count_of(least))])
}

async fn answer(visit: &Visit, link: &str, fault: Option<String>) -> Response {
    let state = visit.state();
    let invited = state
        .accounts
        .invited(&state.door.people(), &Token::presented(link))
        .await;
    let account = match invited {
        Ok(account) => account,
        Err(error) => return visit.show::<Invitation>(Err(PageError::from(error))),
    };
    let is_good = account.is_some();
    let title = visit.t("invitation.title");
    let page = Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: Invitation {
            account,
            // The link stands in the address already; a relative one would lose the language.
            address: format!("/invitation/{link}"),
            rule: rule(visit),
            fault: fault.clone(),
        },
    };
    let mut answer = visit.show(Ok(page));
    if !is_good {
        *answer.status_mut() = StatusCode::GONE;
    } else if fault.is_some() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    answer
}
