//! What the policies say of one person, purpose and moment, column by column.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use cedar_policy::{
    AuthorizationError, Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicyId,
    PolicySet, Request, RestrictedExpression,
};
use chrono::{DateTime, Datelike, Timelike, Utc};
use city::people::OTHER_PURPOSE;
use city::{Calendar, Dataset, DatasetId, PrivacyClass};

use super::mask::Mask;
use super::rule::{Reason, Rule};
use super::schema::{column_id, entity};
use super::set::{Policies, Sets};
use crate::person::Person;

/// Which policies decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Which {
    /// Those in force.
    InForce,
    /// Those in force and the drafts.
    WithDrafts,
    /// The built-in ones alone, for the machine itself.
    OfMachine,
}

/// A person as the policies know them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) roles: BTreeSet<String>,
    pub(crate) department: Option<String>,
    /// What conditions on rows may ask for.
    pub(crate) known: BTreeMap<String, Vec<String>>,
    /// Whether this is whoever runs the city.
    pub(crate) is_operator: bool,
    /// The datasets a program's key is for, where it is not for all.
    pub(crate) within: Option<BTreeSet<DatasetId>>,
    pub(crate) which: Which,
}

impl Who {
    /// A person with what `people.toml` says of them.
    pub(crate) fn of(person: &Person, policies: &Policies) -> Self {
        let people = &policies.people;
        let mut who = Self {
            name: person.name().to_owned(),
            roles: BTreeSet::new(),
            department: None,
            known: BTreeMap::new(),
            is_operator: person.is_operator(),
            within: None,
            which: Which::InForce,
        };
        match person {
            Person::Public { .. } => {
                who.roles.insert("public".to_owned());
                return who;
            }
            Person::Operator { name, .. } => {
                who.roles.insert("operator".to_owned());
                if *person == Person::local() {
                    who.which = Which::OfMachine;
                    return who;
                }
                let Some(account) = people.account(name) else {
                    return who;
                };
                who.roles
                    .extend(account.roles.iter().map(ToString::to_string));
                who.department = account.department.as_ref().map(ToString::to_string);
                who.known.clone_from(&account.attributes);
            }
            Person::Staff(staff) => {
                // What everybody sees they see too.
                who.roles.insert("public".to_owned());
                who.roles.extend(staff.roles.iter().cloned());
                who.department.clone_from(&staff.department);
                who.known.clone_from(&staff.attributes);
            }
        }
        who.fill(policies);
        who
    }

    /// Somebody of a role, whoever it is.
    pub(crate) fn of_role(role: &str, which: Which) -> Self {
        let mut roles = BTreeSet::from([role.to_owned()]);
        if role != "operator" {
            roles.insert("public".to_owned());
        }
        Self {
            name: format!("any-{role}"),
            roles,
            department: None,
            known: BTreeMap::new(),
            is_operator: false,
            within: None,
            which,
        }
    }

    /// Adds what is known of everybody of the department, and of everybody.
    pub(crate) fn fill(&mut self, policies: &Policies) {
        let department = self.department.as_deref();
        for (name, values) in department
            .and_then(|id| policies.people.of_department(id))
            .into_iter()
            .flatten()
        {
            self.known
                .entry(name.clone())
                .or_insert_with(|| values.clone());
        }
        self.known
            .insert("name".to_owned(), vec![self.name.clone()]);
        let department = self.department.iter().cloned().collect();
        self.known.insert("department".to_owned(), department);
    }
}

/// Why and when somebody reads, as the policies know it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct When {
    purpose: String,
    /// Hour, weekday from Monday, day as a number, whether it is worked; nothing where no policy asks.
    time: Option<(u32, u32, i64, bool)>,
}

impl When {
    pub(crate) fn of(
        words: &str,
        now: DateTime<Utc>,
        calendar: &Calendar,
        policies: &Policies,
    ) -> Self {
        let purpose = policies.people.purpose(words);
        let purpose = purpose.map_or(OTHER_PURPOSE, |purpose| purpose.id.as_str());
        let time = policies.asks_time.then(|| {
            let now = city::calendar::korean_time(now);
            let day = now.date();
            let number = i64::from(day.year()) * 10_000 + i64::from(day.month() * 100 + day.day());
            let weekday = day.weekday().number_from_monday();
            (now.hour(), weekday, number, calendar.is_working_day(day))
        });
        Self {
            purpose: purpose.to_owned(),
            time,
        }
    }

    fn context(&self) -> Option<Context> {
        let (hour, weekday, today, is_worked) = self.time.unwrap_or_default();
        let long = |number: i64| RestrictedExpression::new_long(number);
        let purpose = entity("Purpose", &self.purpose)?;
        Context::from_pairs([
            (
                "purpose".to_owned(),
                RestrictedExpression::new_entity_uid(purpose),
            ),
            ("hour".to_owned(), long(hour.into())),
            ("weekday".to_owned(), long(weekday.into())),
            ("today".to_owned(), long(today)),
            (
                "working_day".to_owned(),
                RestrictedExpression::new_bool(is_worked),
            ),
        ])
        .ok()
    }
}

/// One way a column is given: in rows where all conditions hold, behind a mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Conditions by their text.
    pub(crate) rows: BTreeSet<String>,
    pub(crate) mask: Option<Mask>,
}

/// What was decided of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ruled {
    /// The ways it is given, the first that holds counting; none: it is not given.
    pub(crate) ways: Vec<Way>,
    /// The policies that decided.
    pub(crate) policies: Vec<String>,
    /// Why, in the words of the first that has some.
    pub(crate) reason: Option<Reason>,
}

/// What a set of policies says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answered {
    Allowed,
    Denied,
    /// A policy could not be evaluated: that decides against it.
    Failed,
}

/// Asks the policies for one person and moment.
pub(crate) struct Asking<'a> {
    sets: &'a Sets,
    entities: Entities,
    person: EntityUid,
    read: EntityUid,
    count: EntityUid,
    context: Context,
    authorizer: Authorizer,
}

impl<'a> Asking<'a> {
    /// Nothing if the names cannot be said in Cedar: then nothing is given.
    pub(crate) fn new(policies: &'a Policies, who: &Who, when: &When) -> Option<Self> {
        let person = entity("Person", &who.name)?;
        let roles = who.roles.iter().filter_map(|role| entity("Role", role));
        let department = who.department.as_deref();
        let department = department.and_then(|id| entity("Department", id));
        let parents: HashSet<EntityUid> = roles.chain(department.clone()).collect();
        let name = RestrictedExpression::new_string(who.name.clone());
        let mut attributes = HashMap::from([("name".to_owned(), name)]);
        if let Some(department) = department {
            let department = RestrictedExpression::new_entity_uid(department);
            attributes.insert("department".to_owned(), department);
        }
        let own = Entity::new(person.clone(), attributes, parents).ok()?;
        let entities = policies
            .entities
            .clone()
            .upsert_entities([own], None)
            .ok()?;
        Some(Self {
            sets: match who.which {
                Which::InForce => &policies.in_force,
                Which::WithDrafts => &policies.with_drafts,
                Which::OfMachine => &policies.of_machine,
            },
            entities,
            person,
            read: entity("Action", "read")?,
            count: entity("Action", "count")?,
            context: when.context()?,
            authorizer: Authorizer::new(),
        })
    }

    /// What is decided of a column.
    pub(crate) fn column(&self, dataset: &Dataset, column: &str) -> Ruled {
        let asked = self.ask(&self.sets.grants, &self.read, dataset, column);
        let (Answered::Allowed, grants) = asked else {
            return ruled(Vec::new(), &asked.1);
        };
        let limits = if self.sets.limits.is_empty() {
            Vec::new()
        } else {
            match self.ask(&self.sets.limits, &self.read, dataset, column) {
                // A limit that cannot be evaluated would not limit: nothing is given then.
                (Answered::Failed, failed) => return ruled(Vec::new(), &failed),
                (_, limits) => limits,
            }
        };
        let mut ways: Vec<Way> = grants
            .iter()
            .map(|grant| limited(grant, &limits, column))
            .collect();
        // What is given in clear counts before what is masked; else the order of the policies.
        ways.sort_by_key(|way| way.mask.is_some());
        let mut kept: Vec<Way> = Vec::new();
        for way in ways {
            if !kept.iter().any(|before| before.rows.is_subset(&way.rows)) {
                kept.push(way);
            }
        }
        let all: Vec<&Rule> = limits.iter().chain(&grants).copied().collect();
        ruled(kept, &all)
    }

    /// The policies under which rows may be counted by a column; none: they may not. What is given behind a mask or in
    /// part is not counted: a count would tell of the rest. Nor is what tells who somebody is: each of its values would
    /// name a person, however the count is hidden.
    pub(crate) fn counts(&self, dataset: &Dataset, column: &str) -> Vec<String> {
        let privacy = dataset.column(column).map(|column| column.privacy);
        if matches!(
            privacy,
            None | Some(PrivacyClass::Identifier | PrivacyClass::UniqueId)
        ) {
            return Vec::new();
        }
        let grants = self.ask(&self.sets.grants, &self.count, dataset, column);
        let limits = self.ask(&self.sets.limits, &self.count, dataset, column);
        let (Answered::Allowed, mut rules) = grants else {
            return Vec::new();
        };
        if limits.0 == Answered::Failed || !limits.1.is_empty() {
            return Vec::new();
        }
        rules.retain(|rule| rule.rows.is_none() && rule.masks.of(column).is_none());
        rules.iter().map(|rule| rule.id.clone()).collect()
    }

    /// What a set says of a column, and the rules that decided, in their order.
    fn ask(
        &self,
        set: &PolicySet,
        action: &EntityUid,
        dataset: &Dataset,
        column: &str,
    ) -> (Answered, Vec<&Rule>) {
        let column = entity("Column", &column_id(dataset, column));
        let request = column.and_then(|column| {
            let (person, action) = (self.person.clone(), action.clone());
            Request::new(person, action, column, self.context.clone(), None).ok()
        });
        let Some(request) = request else {
            return (Answered::Failed, Vec::new());
        };
        let response = self.authorizer.is_authorized(&request, set, &self.entities);
        let failed: Vec<&PolicyId> = response
            .diagnostics()
            .errors()
            .map(|AuthorizationError::PolicyEvaluationError(error)| error.policy_id())
            .collect();
        let (answered, reasons) = if failed.is_empty() {
            let answered = match response.decision() {
                Decision::Allow => Answered::Allowed,
                Decision::Deny => Answered::Denied,
            };
            (answered, response.diagnostics().reason().collect())
        } else {
            (Answered::Failed, failed)
        };
        let rules = reasons.iter().filter_map(|id| {
            let id: &str = (*id).as_ref();
            self.sets.rules.get(id).map(Arc::as_ref)
        });
        let mut rules: Vec<&Rule> = rules.collect();
        rules.sort_by_key(|rule| rule.order);
        (answered, rules)
    }
}

/// What a grant gives where limits leave only part of it.
fn limited(grant: &Rule, limits: &[&Rule], column: &str) -> Way {
    let texts = limits.iter().copied().chain([grant]);
    let rows = texts
        .filter_map(|rule| rule.rows.as_ref())
        .map(|(text, _)| text.clone())
        .collect();
    let masks = limits.iter().filter_map(|limit| limit.masks.of(column));
    let mask = masks.chain(grant.masks.of(column)).reduce(Mask::and);
    Way { rows, mask }
}

fn ruled(ways: Vec<Way>, rules: &[&Rule]) -> Ruled {
    Ruled {
        ways,
        policies: rules.iter().map(|rule| rule.id.clone()).collect(),
        reason: rules.iter().find_map(|rule| rule.reason.clone()),
    }
}
