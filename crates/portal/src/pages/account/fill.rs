//! One's own account, from the records; and what is changed in it.

use std::collections::BTreeMap;

use ::people::{By, Presented, State};
use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use interop::sign_in::without_session;
use records::Session;

use super::{AccountPage, SessionView};
use crate::frame::{Crumb, Section};
use crate::pages::invitation::{rule, said};
use crate::pages::people::rights;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /account`.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit, None).await)
}

/// `POST /account/password`: ends all sessions, this one too.
pub async fn password(visit: Visit, Form(typed): Form<Words>) -> Response {
    let word = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let Ok(name) = signed_in(&visit) else {
        return visit.show::<AccountPage>(Err(PageError::SignIn));
    };
    if word("password") != word("again") {
        return refused(&visit, visit.t("password.differ")).await;
    }
    let state = visit.state();
    let presented = Presented {
        account: name.clone(),
        password: word("present"),
        address: visit.browser.address.clone(),
        known: visit.browser.known.clone(),
        ..Presented::default()
    };
    let by = By::new(&name, visit.browser.address.as_deref());
    let people = state.door.people();
    let new = word("password");
    match state
        .accounts
        .change_password(&people, presented, &new, &by)
        .await
    {
        Ok(Ok(())) => {
            let to = template::address(visit.lang, "/sign-in?password");
            without_session(state, Redirect::to(&to).into_response())
        }
        Ok(Err(why)) => refused(&visit, said(&visit, &why)).await,
        Err(error) => visit.show::<AccountPage>(Err(error.into())),
    }
}

/// `POST /account/sessions` with `id`, or `all`.
pub async fn sessions(visit: Visit, Form(typed): Form<Words>) -> Response {
    let Ok(name) = signed_in(&visit) else {
        return visit.show::<AccountPage>(Err(PageError::SignIn));
    };
    let accounts = &visit.state().accounts;
    let done = match typed.get("id").filter(|id| !id.is_empty()) {
        Some(id) => accounts.end_session(&name, id).await.map(drop),
        None => accounts.end_sessions(&name).await.map(drop),
    };
    if let Err(error) = done {
        return visit.show::<AccountPage>(Err(error.into()));
    }
    let own = visit.caller().session().map(|session| session.id.as_str());
    let is_out = typed
        .get("id")
        .is_none_or(|id| id.is_empty() || Some(id.as_str()) == own);
    let path = if is_out {
        "/sign-in?ended"
    } else {
        "/account#sessions"
    };
    Redirect::to(&template::address(visit.lang, path)).into_response()
}

/// The account of a browser that is signed in; a program's key has none.
fn signed_in(visit: &Visit) -> Result<String, PageError> {
    let session = visit.caller().session().ok_or(PageError::SignIn)?;
    Ok(session.account.clone())
}

async fn refused(visit: &Visit, fault: String) -> Response {
    let mut answer = visit.show(fill(visit, Some(fault)).await);
    if answer.status() == StatusCode::OK {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    answer
}

async fn fill(visit: &Visit, fault: Option<String>) -> Result<Page<AccountPage>, PageError> {
    let name = signed_in(visit)?;
    let accounts = &visit.state().accounts;
    let own = visit.caller().session().map(|session| session.id.clone());
    let open = accounts.sessions(&name).await?;
    let standing = accounts.standing(&name).await?;
    let title = visit.t("account.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: AccountPage {
            facts: rights(visit, visit.caller().person()),
            has_password: standing.state == State::Ready,
            rule: rule(visit),
            fault,
            sessions: open
                .iter()
                .map(|one| view_of(visit, one, own.as_deref()))
                .collect(),
            name,
        },
    })
}

/// A session in words.
pub(crate) fn view_of(visit: &Visit, session: &Session, own: Option<&str>) -> SessionView {
    let how = match session.how.as_str() {
        how @ ("password" | "link" | "invitation" | "openid" | "passkey") => {
            visit.t(&format!("account.how_{how}"))
        }
        other => other.to_owned(),
    };
    let parts = [Some(how), session.address.clone(), session.browser.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    SessionView {
        id: session.id.clone(),
        what: parts.join(" · "),
        seen: show::age(session.seen_at, visit.now(), visit.lang),
        begun: show::moment(session.begun_at),
        own: own == Some(session.id.as_str()),
    }
}
