//! Who may see what, and why, from the policies in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AskError, Person, Purpose, SeeAs, Whose};
use axum::extract::Query;
use axum::response::Response;
use city::people::BUILT_IN_ROLES;
use city::{Dataset, Duty, People};

use super::told::{Sum, policy, rows, shown};
use super::{Access, Choice, Group, SeeAsForm};
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, Head, Table};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Words of an address.
pub(super) type Words = BTreeMap<String, String>;

/// `GET /admin/access?who=role:clerk&department=…&purpose=…&dataset=…&drafts=on`, for administrators.
pub async fn page(visit: Visit, Query(asked): Query<Words>) -> Response {
    let made = match visit.caller().require(Duty::Administer) {
        Ok(()) => Ok(fill(&visit, &Asked::of(&visit, &asked))),
        Err(_problem) => Err(PageError::Duty(Duty::Administer)),
    };
    visit.show(made.and_then(|made| made))
}

/// Whose sight it is about.
enum Subject {
    /// All roles there are.
    All,
    Role(String),
    Person(String),
}

struct Asked {
    people: Arc<People>,
    subject: Subject,
    department: Option<String>,
    purpose: String,
    dataset: String,
    drafts: bool,
}

impl Asked {
    fn of(visit: &Visit, words: &Words) -> Self {
        let word = |name: &str| words.get(name).map_or("", |word| word.trim()).to_owned();
        let who = word("who");
        let subject = match who.split_once(':') {
            Some(("person", name)) => Subject::Person(name.to_owned()),
            Some(("role", id)) => Subject::Role(id.to_owned()),
            _ => Subject::All,
        };
        let department = word("department");
        Self {
            people: visit.state().door.people(),
            subject,
            department: Some(department).filter(|id| !id.is_empty()),
            purpose: word("purpose"),
            dataset: word("dataset"),
            drafts: word("drafts") == "on",
        }
    }

    fn eyes(&self, role: &str) -> SeeAs {
        SeeAs {
            role: role.to_owned(),
            department: self.department.clone(),
            drafts: self.drafts,
        }
    }

    fn purpose(&self) -> Purpose {
        Purpose::new(&self.purpose)
    }

    /// The same question about something else.
    fn address(&self, who: &str, dataset: &str) -> String {
        let drafts = if self.drafts { "on" } else { "" };
        let department = self.department.as_deref().unwrap_or_default();
        let words = [
            ("who", who),
            ("department", department),
            ("purpose", self.purpose.as_str()),
            ("dataset", dataset),
            ("drafts", drafts),
        ];
        address("/admin/access", &words)
    }

    fn who(&self) -> String {
        match &self.subject {
            Subject::All => String::new(),
            Subject::Role(id) => format!("role:{id}"),
            Subject::Person(name) => format!("person:{name}"),
        }
    }

    /// Rulings about a dataset for one subject.
    fn rulings(
        &self,
        visit: &Visit,
        subject: &Seen,
        dataset: &Dataset,
    ) -> Result<Vec<(String, access::Ruling)>, AskError> {
        let whose = match subject {
            Seen::Person(person) => Whose::Person(person),
            Seen::Role(eyes) => Whose::Role(eyes),
        };
        visit.state().door.rulings(whose, dataset, &self.purpose())
    }
}

/// One subject as the door knows it.
enum Seen {
    Person(Person),
    Role(SeeAs),
}

fn fill(visit: &Visit, asked: &Asked) -> Result<Page<Access>, PageError> {
    let mut fault = None;
    let city = visit.city();
    let dataset = city.datasets.get(asked.dataset.as_str());
    if dataset.is_none() && !asked.dataset.is_empty() {
        fault = Some(visit.say("access.no_dataset", &[("id", asked.dataset.clone())]));
    }
    let seen = match &asked.subject {
        Subject::Role(id) if asked.people.role_ids().any(|role| role == id) => {
            Some(Seen::Role(asked.eyes(id)))
        }
        Subject::Person(name) => visit.state().door.person(name).map(Seen::Person),
        Subject::All | Subject::Role(_) => None,
    };
    if seen.is_none() && !matches!(asked.subject, Subject::All) {
        fault = Some(visit.say("access.no_subject", &[("who", asked.who())]));
    }
    let (heading, table, sentence) = match (&seen, dataset) {
        (Some(seen), Some(dataset)) => columns(visit, asked, seen, dataset)?,
        (Some(seen), None) => datasets(visit, asked, seen)?,
        (None, Some(dataset)) => roles(visit, asked, dataset)?,
        (None, None) => datasets(visit, asked, &Seen::Role(asked.eyes("public")))?,
    };
    let drafts = visit.state().door.drafts().into_iter();
    let title = visit.t("access.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view: Access {
            sentence,
            fault,
            subjects: subjects(visit, asked),
            departments: departments(visit, asked),
            purposes: purposes(visit, asked),
            datasets: all_datasets(visit, asked),
            with_drafts: asked.drafts,
            drafts: drafts
                .map(|(id, place)| format!("{id} ({})", place.unwrap_or_default()))
                .collect(),
            table,
            heading,
            see_as: see_as(visit, asked, seen.as_ref()),
        },
    })
}

type Told = (String, Table, String);

/// Every column of a dataset, for one subject.
fn columns(
    visit: &Visit,
    asked: &Asked,
    seen: &Seen,
    dataset: &Dataset,
) -> Result<Told, PageError> {
    let rulings = asked.rulings(visit, seen, dataset)?;
    let sum = Sum::of(&rulings);
    let subject = subject_title(visit, asked);
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let values = [
        ("who", subject.clone()),
        ("title", title.clone()),
        ("all", show::count_of(sum.clear + sum.masked + sum.hidden)),
        ("clear", show::count_of(sum.clear)),
        ("masked", show::count_of(sum.masked)),
    ];
    let table_rows = rulings.iter().filter_map(|(name, ruling)| {
        let column = dataset.columns.iter().find(|column| column.name == *name)?;
        let privacy = serde_json::to_value(column.privacy).ok()?;
        let privacy = privacy
            .as_str()
            .map(|word| visit.t(&format!("privacy.{word}")));
        Some(vec![
            Cell::text(visit.title(&column.title, column.title_en.as_deref())),
            Cell::text(privacy.unwrap_or_default()),
            Cell::text(shown(visit, &ruling.shown)),
            rows(visit, ruling),
            policy(visit, ruling),
            Cell::text(ruling.why(visit.lang)),
        ])
    });
    let table = Table {
        caption: visit.say("access.columns_caption", &values),
        heads: ["column", "privacy", "shown", "rows", "policy", "why"]
            .map(|key| Head::text(visit.t(&format!("access.head_{key}"))))
            .into(),
        rows: table_rows.collect(),
        plain: false,
    };
    let heading = format!("{title} · {subject}");
    Ok((
        heading,
        table,
        visit.say("access.columns_sentence", &values),
    ))
}

/// Every dataset, for one subject.
fn datasets(visit: &Visit, asked: &Asked, seen: &Seen) -> Result<Told, PageError> {
    let mut lines = Vec::new();
    let mut shown_count = 0_u64;
    for dataset in visit.city().datasets.values() {
        let rulings = asked.rulings(visit, seen, dataset)?;
        let sum = Sum::of(&rulings);
        shown_count += u64::from(sum.is_seen());
        let title = visit.title(&dataset.title, dataset.title_en.as_deref());
        let who = match seen {
            Seen::Role(eyes) => format!("role:{}", eyes.role),
            Seen::Person(_) => asked.who(),
        };
        let mut line = vec![Cell::text(title).leading_to(asked.address(&who, &dataset.id))];
        line.extend(sum.cells(visit));
        lines.push(line);
    }
    let who = match (seen, &asked.subject) {
        (Seen::Role(eyes), Subject::All) => role_title(visit, &asked.people, &eyes.role),
        _ => subject_title(visit, asked),
    };
    let count = u64::try_from(lines.len()).unwrap_or_default();
    let values = [
        ("who", who.clone()),
        ("all", show::count_of(count)),
        ("shown", show::count_of(shown_count)),
    ];
    let table = Table {
        caption: visit.say("access.datasets_caption", &values),
        heads: glance_heads(visit, "access.dataset"),
        rows: lines,
        plain: false,
    };
    Ok((who, table, visit.say("access.datasets_sentence", &values)))
}

/// Every role, for one dataset.
fn roles(visit: &Visit, asked: &Asked, dataset: &Dataset) -> Result<Told, PageError> {
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let mut lines = Vec::new();
    for role in asked.people.role_ids() {
        let rulings = asked.rulings(visit, &Seen::Role(asked.eyes(role)), dataset)?;
        let to = asked.address(&format!("role:{role}"), &dataset.id);
        let mut line = vec![Cell::text(role_title(visit, &asked.people, role)).leading_to(to)];
        line.extend(Sum::of(&rulings).cells(visit));
        lines.push(line);
    }
    let count = u64::try_from(lines.len()).unwrap_or_default();
    let values = [("title", title.clone()), ("all", show::count_of(count))];
    let table = Table {
        caption: visit.say("access.roles_caption", &values),
        heads: glance_heads(visit, "access.role"),
        rows: lines,
        plain: false,
    };
    Ok((title, table, visit.say("access.roles_sentence", &values)))
}

fn glance_heads(visit: &Visit, first: &str) -> Vec<Head> {
    vec![
        Head::text(visit.t(first)),
        Head::number(visit.t("access.head_clear")),
        Head::number(visit.t("access.head_masked")),
        Head::number(visit.t("access.head_hidden")),
        Head::text(visit.t("access.head_rows")),
        Head::text(visit.t("access.head_policy")),
        Head::text(visit.t("access.head_why")),
    ]
}

fn subject_title(visit: &Visit, asked: &Asked) -> String {
    match &asked.subject {
        Subject::All => visit.t("access.all_roles"),
        Subject::Role(id) => role_title(visit, &asked.people, id),
        Subject::Person(name) => name.clone(),
    }
}

/// A role's title.
pub(crate) fn role_title(visit: &Visit, people: &People, id: &str) -> String {
    let own = people.roles.iter().find(|role| role.id.as_str() == id);
    match own {
        Some(role) => visit.title(&role.title, role.title_en.as_deref()),
        None if BUILT_IN_ROLES.contains(&id) => visit.t(&format!("access.role_{id}")),
        None => id.to_owned(),
    }
}

fn subjects(visit: &Visit, asked: &Asked) -> Vec<Group> {
    let chosen = asked.who();
    let choice = |value: String, title: String| Choice {
        chosen: value == chosen,
        value,
        title,
    };
    let roles = asked
        .people
        .role_ids()
        .map(|id| choice(format!("role:{id}"), role_title(visit, &asked.people, id)));
    let people = asked
        .people
        .accounts
        .iter()
        .map(|account| choice(format!("person:{}", account.name), account.name.to_string()));
    vec![
        Group {
            title: visit.t("access.roles"),
            choices: roles.collect(),
        },
        Group {
            title: visit.t("access.people"),
            choices: people.collect(),
        },
    ]
}

fn departments(visit: &Visit, asked: &Asked) -> Vec<Choice> {
    let all = visit.city().manifest.departments.iter();
    all.map(|department| Choice {
        value: department.id.to_string(),
        title: visit.title(&department.title, Some(&department.title_en)),
        chosen: asked.department.as_deref() == Some(department.id.as_str()),
    })
    .collect()
}

fn purposes(visit: &Visit, asked: &Asked) -> Vec<Choice> {
    let all = asked.people.purposes.iter();
    all.map(|purpose| Choice {
        value: purpose.id.to_string(),
        title: visit.title(&purpose.title, purpose.title_en.as_deref()),
        chosen: asked.purpose == purpose.id.as_str(),
    })
    .collect()
}

fn all_datasets(visit: &Visit, asked: &Asked) -> Vec<Choice> {
    let all = visit.city().datasets.values();
    all.map(|dataset| Choice {
        value: dataset.id.to_string(),
        title: visit.title(&dataset.title, dataset.title_en.as_deref()),
        chosen: asked.dataset == dataset.id.as_str(),
    })
    .collect()
}

fn see_as(visit: &Visit, asked: &Asked, seen: Option<&Seen>) -> Option<SeeAsForm> {
    let Some(Seen::Role(eyes)) = seen else {
        return None;
    };
    // Who sees everything needs no preview.
    (eyes.role != "operator").then(|| SeeAsForm {
        title: role_title(visit, &asked.people, &eyes.role),
        role: eyes.role.clone(),
        department: eyes.department.clone().unwrap_or_default(),
        purpose: asked.purpose.clone(),
        with_drafts: eyes.drafts,
    })
}
