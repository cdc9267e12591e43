//! How people sign in, and what comes of it.

use std::collections::BTreeMap;

use ::people::oidc::Refusal;
use ::people::{Outcome, Presented};
use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use interop::sign_in::with_session;

use super::SignIn;
use crate::frame::{Crumb, Section};
use crate::parts::Link;
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

type Words = BTreeMap<String, String>;

/// `GET /sign-in`.
pub async fn page(visit: Visit, Query(asked): Query<Words>) -> Response {
    let done = ["password", "ended"]
        .into_iter()
        .find(|word| asked.contains_key(*word));
    let refused = asked
        .contains_key("refused")
        .then(|| visit.t("sign_in.refused"));
    let view = SignIn {
        fault: refused.or_else(|| openid_fault(&visit, asked.get("openid")?)),
        farewell: asked
            .contains_key("farewell")
            .then(|| farewell(&visit))
            .flatten(),
        done: done.map(|word| visit.t(&format!("sign_in.done_{word}"))),
        next: next(asked.get("next")),
        ..SignIn::default()
    };
    visit.show(Ok(of(&visit, view)))
}

/// `POST /sign-in`.
pub async fn enter(visit: Visit, Form(typed): Form<Words>) -> Response {
    let word = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let state = visit.state();
    let presented = Presented {
        account: word("account").trim().to_lowercase(),
        password: word("password"),
        address: visit.browser.address.clone(),
        browser: visit.browser.agent.clone(),
        known: visit.browser.known.clone(),
        replaces: visit.browser.session.clone(),
    };
    let account = presented.account.clone();
    let next = next(typed.get("next"));
    let outcome = match state
        .accounts
        .sign_in(&state.door.people(), presented)
        .await
    {
        Ok(outcome) => outcome,
        Err(error) => return visit.show::<SignIn>(Err(PageError::from(error))),
    };
    let (status, fault) = match outcome {
        Outcome::In(begun) => {
            let to = Redirect::to(&template::address(visit.lang, &next));
            return with_session(state, to.into_response(), &begun);
        }
        Outcome::Refused => (StatusCode::UNAUTHORIZED, visit.t("sign_in.wrong")),
        Outcome::Busy => (StatusCode::SERVICE_UNAVAILABLE, visit.t("sign_in.busy")),
        Outcome::Wait(until) => (StatusCode::TOO_MANY_REQUESTS, wait(&visit, until)),
    };
    let view = SignIn {
        fault: Some(fault),
        account,
        next,
        ..SignIn::default()
    };
    let mut answer = visit.show(Ok(of(&visit, view)));
    *answer.status_mut() = status;
    if let Outcome::Wait(until) = outcome {
        let seconds = (until - visit.now()).num_seconds().max(1);
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// Why nobody is signed in by the identity provider; of its words only those there are.
fn openid_fault(visit: &Visit, word: &str) -> Option<String> {
    let openid = visit.state().openid.as_ref()?;
    let known = Refusal::WORDS.into_iter().find(|known| *known == word)?;
    let values = [("title", openid.title().to_owned())];
    Some(visit.say(&format!("openid.{known}"), &values))
}

fn farewell(visit: &Visit) -> Option<Link> {
    let openid = visit.state().openid.as_ref()?;
    Some(Link::new(openid.title(), interop::openid::FAREWELL))
}

/// The identity provider, where the city has one; it leads back to where the person was.
fn other_ways(visit: &Visit, next: &str) -> Vec<Link> {
    let openid = visit.state().openid.iter();
    openid
        .map(|openid| {
            let title = visit.say("openid.begin", &[("title", openid.title().to_owned())]);
            let back = if next == "/" { "" } else { next };
            Link::new(title, address(interop::openid::BEGIN, &[("back", back)]))
        })
        .collect()
}

/// How long to wait, in words.
pub(crate) fn wait(visit: &Visit, until: DateTime<Utc>) -> String {
    let seconds = (until - visit.now()).num_seconds().max(1);
    let (key, amount) = if seconds < 60 {
        ("sign_in.wait_seconds", seconds)
    } else {
        ("sign_in.wait_minutes", seconds.saturating_add(59) / 60)
    };
    visit.say(key, &[("count", show::count(amount))])
}

fn of(visit: &Visit, view: SignIn) -> Page<SignIn> {
    let title = visit.t("sign_in.title");
    Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: SignIn {
            signed_in: visit.caller().name().is_some(),
            other_ways: other_ways(visit, &view.next),
            passkeys: visit.state().passkeys.is_some(),
            ..view
        },
    }
}

/// Where it goes after signing in: a page of this city and no other.
pub(crate) fn next(asked: Option<&String>) -> String {
    let own = asked.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains(['\\', '\r', '\n'])
            && !path.starts_with("/sign-in")
    });
    own.map_or_else(|| "/".to_owned(), Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_a_page_of_the_city_only() {
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/sign-in/abc",
        ] {
            assert_eq!(next(Some(&bad.to_owned())), "/", "{bad}");
        }
        let good = "/datasets/parking?at=3".to_owned();
        assert_eq!(next(Some(&good)), good);
    }
}
