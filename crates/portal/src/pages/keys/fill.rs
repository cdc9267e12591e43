//! Keys of programs, from the records; and what is done to them.

use ::people::key::{OpenKey, Wanted};
use ::people::{Action, By, KeyRefusal, Scope};
use axum::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use city::{DatasetId, Duty, FieldId};

use super::{Choice, KeyView, KeysPage, Typed};
use crate::frame::{Crumb, Section};
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

/// Days a key is good for unless somebody says otherwise.
const DAYS: &str = "90";

/// `GET /admin/keys`, for those who administer.
pub async fn page(visit: Visit) -> Response {
    let typed = Typed {
        days: DAYS.to_owned(),
        ..Typed::default()
    };
    visit.show(
        fill(
            &visit,
            KeysPage {
                typed,
                ..KeysPage::default()
            },
            &[],
        )
        .await,
    )
}

/// `POST /admin/keys`: `revoke` with an id, or a new key.
pub async fn act(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Response {
    if let Err(error) = visit.require(Duty::Administer) {
        return visit.show::<KeysPage>(Err(error));
    }
    let word = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let state = visit.state();
    let by = By::new(
        visit.caller().person().name(),
        visit.browser.address.as_deref(),
    );
    let revoke = word("revoke");
    if !revoke.is_empty() {
        return match state.accounts.revoke_key(&revoke, &by).await {
            Ok(_) => Redirect::to(&template::address(visit.lang, "/admin/keys")).into_response(),
            Err(error) => visit.show::<KeysPage>(Err(error.into())),
        };
    }
    let fields: Vec<String> = pairs
        .iter()
        .filter(|(key, value)| key == "field" && !value.is_empty())
        .map(|(_, value)| value.clone())
        .collect();
    let typed = Typed {
        name: word("name"),
        datasets: word("datasets"),
        purpose: word("purpose"),
        days: word("days"),
        write: !word("write").is_empty(),
    };
    let owner = word("owner");
    // A key of somebody else's account would show what they see: that is for whoever sees all anyway.
    if !visit.is_operator() && visit.caller().name() != Some(owner.as_str()) {
        let refused = PageError::Refused(visit.t("keys.own_only"));
        return visit.show::<KeysPage>(Err(refused));
    }
    let wanted = wanted(&typed, &fields, owner);
    let people = state.door.people();
    let made = state
        .accounts
        .issue_key(&state.city, &people, wanted, &by)
        .await;
    let (view, status) = match made {
        Ok(Ok((token, _))) => {
            let made = Some(token.reveal().to_owned());
            (
                KeysPage {
                    made,
                    ..KeysPage::default()
                },
                StatusCode::OK,
            )
        }
        Ok(Err(refusal)) => {
            let fault = Some(said(&visit, &refusal));
            let view = KeysPage {
                fault,
                typed,
                ..KeysPage::default()
            };
            (view, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => return visit.show::<KeysPage>(Err(error.into())),
    };
    let mut answer = visit.show(fill(&visit, view, &fields).await);
    if answer.status() == StatusCode::OK {
        *answer.status_mut() = status;
    }
    answer
}

fn wanted(typed: &Typed, fields: &[String], owner: String) -> Wanted {
    let datasets = typed.datasets.split([',', ' ', '\n']).map(str::trim);
    let write = typed.write.then_some(Action::Write);
    Wanted {
        name: typed.name.clone(),
        owner,
        scope: Scope {
            datasets: datasets
                .filter(|id| !id.is_empty())
                .map(DatasetId::new)
                .collect(),
            fields: fields.iter().map(FieldId::new).collect(),
            actions: [Action::Read].into_iter().chain(write).collect(),
            purpose: typed.purpose.clone(),
        },
        // What is no number is none that is allowed.
        days: typed.days.parse().unwrap_or_default(),
    }
}

fn said(visit: &Visit, refusal: &KeyRefusal) -> String {
    match refusal {
        KeyRefusal::Name => visit.t("keys.need_name"),
        KeyRefusal::Purpose => visit.t("keys.need_purpose"),
        KeyRefusal::Actions => visit.t("keys.need_action"),
        KeyRefusal::Owner(name) => visit.say("people.missing", &[("name", name.clone())]),
        KeyRefusal::Unknown(name) => visit.say("keys.unknown", &[("name", name.clone())]),
        KeyRefusal::Days(most) => visit.say("keys.need_days", &[("count", most.to_string())]),
    }
}

async fn fill(
    visit: &Visit,
    view: KeysPage,
    chosen: &[String],
) -> Result<Page<KeysPage>, PageError> {
    visit.require(Duty::Administer)?;
    let state = visit.state();
    let people = state.door.people();
    let mut owners: Vec<&str> = if visit.is_operator() {
        let all = people.accounts.iter();
        all.map(|account| account.name.as_str()).collect()
    } else {
        visit.caller().name().into_iter().collect()
    };
    if owners.is_empty() {
        owners = people.operators();
    }
    let choice = |id: &str, title: String| Choice {
        id: id.to_owned(),
        title,
        chosen: chosen.iter().any(|own| own == id),
    };
    let fields = visit.city().manifest.fields.iter();
    let fields =
        fields.map(|field| choice(&field.id, visit.title(&field.title, Some(&field.title_en))));
    let keys = state.accounts.keys().await?;
    let title = visit.t("keys.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("people.title"), "/admin/people"),
            Crumb::here(title),
        ],
        data_url: None,
        view: KeysPage {
            owners: owners
                .iter()
                .map(|name| choice(name, (*name).to_owned()))
                .collect(),
            fields: fields.collect(),
            keys: keys.iter().map(|key| view_of(visit, key)).collect(),
            ..view
        },
    })
}

fn view_of(visit: &Visit, OpenKey { key, scope }: &OpenKey) -> KeyView {
    let is_open = key.revoked_at.is_none() && key.expires_at > visit.now();
    let state = match (&key.revoked_at, &key.revoked_by) {
        (Some(at), by) => {
            let by = by.clone().unwrap_or_default();
            visit.say("keys.revoked", &[("at", show::moment(*at)), ("by", by)])
        }
        (None, _) if is_open => visit.t("keys.open"),
        (None, _) => visit.t("keys.ended"),
    };
    let actions = scope.actions.iter().map(|action| match action {
        Action::Read => visit.t("keys.read"),
        Action::Write => visit.t("keys.write"),
    });
    let actions: Vec<String> = actions.collect();
    let mut on: Vec<String> = scope.datasets.iter().map(ToString::to_string).collect();
    for id in &scope.fields {
        let field = visit.city().field(id);
        on.push(field.map_or_else(
            || id.to_string(),
            |field| visit.title(&field.title, Some(&field.title_en)),
        ));
    }
    let on = if on.is_empty() {
        visit.t("keys.all")
    } else {
        on.join(", ")
    };
    let used = key
        .used_at
        .map_or_else(|| visit.t("people.never"), show::moment);
    KeyView {
        id: key.id.clone(),
        name: key.name.clone(),
        owner: key.owner.clone(),
        scope: format!("{} · {on} · {}", actions.join(", "), scope.purpose),
        times: visit.say(
            "keys.times",
            &[
                ("made", show::moment(key.made_at)),
                ("until", show::moment(key.expires_at)),
                ("used", used),
            ],
        ),
        state,
        open: is_open,
    }
}
