//! Everybody, from `people.toml` and the records.

use ::people::accounts::Standing;
use ::people::{Accounts, State};
use access::Person;
use axum::response::Response;
use city::{DepartmentId, Duty};
use records::Grant;

use super::PeoplePage;
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Fact, Head, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Lines of the journal on a page.
pub(super) const LINES: u32 = 100;

/// `GET /admin/people`, for those who administer.
pub async fn list(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<PeoplePage>, PageError> {
    visit.require(Duty::Administer)?;
    let state = visit.state();
    let people = state.door.people();
    let standings = state.accounts.standings().await?;
    let names = state.accounts.names(&people).await?;
    let row = |name: &String| {
        let standing = standings.get(name);
        let person = state.door.person(name);
        let (department, roles, duties) = words(visit, person.as_ref());
        vec![
            Cell::text(name).leading_to(format!("/admin/people/{name}")),
            Cell::text(department),
            Cell::text(roles),
            Cell::text(duties),
            Cell::text(visit.t(&format!("people.{}", state_of(standing).word()))),
            signed_in(visit, standing),
        ]
    };
    let count = show::count_of(u64::try_from(names.len()).unwrap_or_default());
    let table = Table {
        caption: visit.say("people.caption", &[("count", count)]),
        heads: [
            "name",
            "department",
            "roles",
            "duties",
            "state",
            "signed_in",
        ]
        .map(|key| Head::text(visit.t(&format!("people.{key}"))))
        .into(),
        rows: names.iter().map(row).collect(),
        plain: true,
    };
    let title = visit.t("people.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: PeoplePage {
            table,
            journal: journal(visit, &state.accounts, None).await?,
        },
    })
}

pub(super) fn state_of(standing: Option<&Standing>) -> State {
    standing.map_or(State::Invited, |standing| standing.state)
}

fn signed_in(visit: &Visit, standing: Option<&Standing>) -> Cell {
    match standing.and_then(|standing| standing.signed_in_at) {
        Some(at) => Cell::of(CellKind::Moment, show::moment(at)),
        None => Cell::of(CellKind::Nothing, visit.t("people.never")),
    }
}

/// Department, roles and duties of a person, in words.
fn words(visit: &Visit, person: Option<&Person>) -> (String, String, String) {
    let people = visit.state().door.people();
    let account = person.and_then(|person| people.account(person.name()));
    let department = match (person, account) {
        (Some(Person::Staff(staff)), _) => staff.department.clone(),
        (_, Some(account)) => account.department.as_ref().map(ToString::to_string),
        _ => None,
    };
    let department = department.map(|id| {
        let known = visit.city().department(&DepartmentId::new(id.clone()));
        known.map_or(id, |known| visit.title(&known.title, Some(&known.title_en)))
    });
    let mut roles: Vec<String> = match (person, account) {
        (Some(Person::Staff(staff)), _) => staff.roles.iter().cloned().collect(),
        (_, Some(account)) => account.roles.iter().map(ToString::to_string).collect(),
        (Some(Person::Operator { .. }), None) => vec!["operator".to_owned()],
        _ => Vec::new(),
    };
    for role in &mut roles {
        if role == "operator" {
            *role = visit.t("people.operator");
        } else if let Some(known) = people.roles.iter().find(|known| known.id.as_str() == role) {
            *role = visit.title(&known.title, known.title_en.as_deref());
        }
    }
    let duties = Duty::ALL
        .into_iter()
        .filter(|duty| person.is_some_and(|person| person.may(*duty)));
    let duties: Vec<String> = duties
        .map(|duty| visit.t(&format!("duty.{}", duty.word())))
        .collect();
    (
        department.unwrap_or_default(),
        roles.join(", "),
        duties.join(", "),
    )
}

/// What a person has, as facts.
pub(crate) fn rights(visit: &Visit, person: &Person) -> Vec<Fact> {
    let (department, roles, duties) = words(visit, Some(person));
    let none = || visit.t("people.none");
    let or_none = |text: String| if text.is_empty() { none() } else { text };
    vec![
        Fact::new(visit.t("people.department"), or_none(department)),
        Fact::new(visit.t("people.roles"), or_none(roles)),
        Fact::new(visit.t("people.duties"), or_none(duties)),
    ]
}

/// The newest lines of the journal, of one account or of all.
pub(crate) async fn journal(
    visit: &Visit,
    accounts: &Accounts,
    account: Option<&str>,
) -> Result<Option<Table>, PageError> {
    let lines = accounts.journal(account, None, LINES).await?;
    if lines.is_empty() {
        return Ok(None);
    }
    let row = |line: &Grant| {
        let what = visit.t(&format!("people.what_{}", line.what.replace('-', "_")));
        let from = line
            .address
            .as_ref()
            .map(|from| format!(" ({from})"))
            .unwrap_or_default();
        vec![
            Cell::of(CellKind::Moment, show::moment(line.at)),
            Cell::text(format!("{}{from}", line.by)),
            Cell::text(if line.account == "*" {
                visit.t("people.everybody")
            } else {
                line.account.clone()
            }),
            Cell::text(what),
            Cell::text(line.detail.clone()),
        ]
    };
    let count = show::count_of(u64::try_from(lines.len()).unwrap_or_default());
    Ok(Some(Table {
        caption: visit.say("people.journal_caption", &[("count", count)]),
        heads: ["when", "by", "account", "what", "detail"]
            .map(|key| Head::text(visit.t(&format!("people.{key}"))))
            .into(),
        rows: lines.iter().map(row).collect(),
        plain: true,
    }))
}
