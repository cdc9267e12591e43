//! One person, and what an administrator does to their account.

use std::collections::BTreeMap;

use ::people::{By, State};
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use city::Duty;

use super::PersonPage;
use super::fill::{journal, rights};
use crate::frame::{Crumb, Section};
use crate::pages::account::view_of;
use crate::parts::{Badge, Fact, Link, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

/// `GET /admin/people/{name}`, for those who administer.
pub async fn person(Path(name): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &name, None, None).await)
}

/// `POST /admin/people/{name}` with `act`: invite, block, unblock, end-sessions.
pub async fn act(
    Path(name): Path<String>,
    visit: Visit,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Response {
    let act = typed.get("act").map_or("", String::as_str);
    match done(&visit, &name, act).await {
        Ok(Some(link)) => {
            // The link is on this one answer and nowhere else, so no address leads to it again.
            let done = Some(visit.t("people.done_invite"));
            visit.show(fill(&visit, &name, Some(link), done).await)
        }
        Ok(None) => {
            let path = format!("/admin/people/{name}");
            Redirect::to(&template::address(visit.lang, &path)).into_response()
        }
        Err(error) => visit.show::<PersonPage>(Err(error)),
    }
}

async fn done(visit: &Visit, name: &str, act: &str) -> Result<Option<String>, PageError> {
    visit.require(Duty::Administer)?;
    let state = visit.state();
    known(visit, name).await?;
    let by = By::new(
        visit.caller().person().name(),
        visit.browser.address.as_deref(),
    );
    let own = visit.caller().name() == Some(name);
    // A link to an operator's account would make an operator of whoever administers.
    let is_operator = state.door.people().operators().contains(&name);
    if is_operator && !visit.is_operator() {
        return Err(PageError::Refused(visit.t("people.only_operator")));
    }
    // Nor may it give duties that are somebody else's on purpose: the reader of the log is read by it too.
    if !visit.is_operator() && has_more_duties(visit, name) {
        return Err(PageError::Refused(visit.t("people.more_duties")));
    }
    match act {
        "invite" if state.door.people().has(name) => {
            let link = state.accounts.invite(name, &by).await?;
            return Ok(Some(format!("/invitation/{}", link.reveal())));
        }
        // Who blocks themselves may leave nobody who could undo it.
        "block" if !own => drop(state.accounts.block(name, &by).await?),
        "unblock" => drop(state.accounts.unblock(name, &by).await?),
        "end-sessions" => drop(state.accounts.end_sessions_by(name, &by).await?),
        _ => {}
    }
    Ok(None)
}

/// Whether an account has a duty that whoever administers it has not.
fn has_more_duties(visit: &Visit, name: &str) -> bool {
    let person = visit.state().door.person(name);
    person.is_some_and(|person| {
        // Operators have no vault, and deal with everybody: an account without anybody to deal with it would be lost.
        let mut duties = Duty::ALL
            .into_iter()
            .filter(|duty| *duty != Duty::Vault || !visit.is_operator());
        duties.any(|duty| person.may(duty) && !visit.caller().may(duty))
    })
}

async fn known(visit: &Visit, name: &str) -> Result<(), PageError> {
    let state = visit.state();
    if state.accounts.knows(&state.door.people(), name).await? {
        return Ok(());
    }
    let detail = visit.say("people.missing", &[("name", name.to_owned())]);
    let way = Link::new(visit.t("people.title"), "/admin/people");
    Err(PageError::Missing(detail, vec![way]))
}

async fn fill(
    visit: &Visit,
    name: &str,
    link: Option<String>,
    done: Option<String>,
) -> Result<Page<PersonPage>, PageError> {
    visit.require(Duty::Administer)?;
    known(visit, name).await?;
    let state = visit.state();
    let standing = state.accounts.standing(name).await?;
    let tone = match standing.state {
        State::Ready => Tone::Good,
        State::Invited => Tone::Plain,
        State::Blocked => Tone::Danger,
    };
    let badge = Badge::new(visit.t(&format!("people.{}", standing.state.word())), tone);
    let mut facts = state
        .door
        .person(name)
        .map_or_else(Vec::new, |person| rights(visit, &person));
    let at = |moment: Option<chrono::DateTime<chrono::Utc>>| {
        moment.map_or_else(|| visit.t("people.never"), show::moment)
    };
    facts.push(Fact::new(
        visit.t("people.password_at"),
        at(standing.password_at),
    ));
    facts.push(Fact::new(
        visit.t("people.signed_in"),
        at(standing.signed_in_at),
    ));
    if let Some((since, by)) = &standing.blocked {
        let said = format!("{} · {by}", show::moment(*since));
        facts.push(Fact::new(visit.t("people.blocked"), said));
    }
    let open = state.accounts.sessions(name).await?;
    let own = visit.caller().session().map(|session| session.id.clone());
    let title = visit.t("people.title");
    Ok(Page {
        title: name.to_owned(),
        section: Section::None,
        crumbs: vec![Crumb::to(title, "/admin/people"), Crumb::here(name)],
        data_url: None,
        view: PersonPage {
            name: name.to_owned(),
            badges: vec![badge],
            facts,
            address: format!("/admin/people/{name}"),
            blocked: standing.state == State::Blocked,
            own: visit.caller().name() == Some(name),
            link: link.map(|path| format!("{}{path}", visit.origin())),
            done,
            sessions: open
                .iter()
                .map(|one| view_of(visit, one, own.as_deref()))
                .collect(),
            journal: journal(visit, &state.accounts, Some(name)).await?,
        },
    })
}

impl Visit {
    /// The address under which this browser sees the city.
    fn origin(&self) -> String {
        let known = self.state().web.origin().map(str::to_owned);
        known.unwrap_or_else(|| match &self.browser.host {
            Some(host) => format!("http://{host}"),
            None => String::new(),
        })
    }
}
