//! One policy as the city wrote it: what it gives or leaves, why, and where it stands.

use std::collections::BTreeMap;
use std::path::Path;

use cedar_policy::{ActionConstraint, Effect, EntityUid, Policy, ResourceConstraint};
use city::{City, Dataset, Fault, People, nearest};

use super::mask::Mask;
use super::rows::Condition;

/// Annotations that mean something.
const ANNOTATIONS: [&str; 6] = ["id", "mask", "rows", "reason_ko", "reason_en", "draft"];
/// What conditions may ask of a person beside the values of `people.toml`.
const ABOUT_PEOPLE: [&str; 2] = ["name", "department"];

/// Why a policy decides as it does, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Reason {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// A policy's words beside its scope and conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// Where it stands among all: of two that give differently, the first counts.
    pub(crate) order: usize,
    pub(crate) permits: bool,
    pub(crate) masks: Masks,
    pub(crate) rows: Option<(String, Condition)>,
    pub(crate) reason: Option<Reason>,
    pub(crate) is_draft: bool,
    /// File and line where it begins; those that are built in stand in no file.
    pub(crate) place: Option<String>,
}

impl Rule {
    /// Whether it leaves something of what it forbids.
    pub(crate) fn is_limit(&self) -> bool {
        !self.permits && (self.masks != Masks::default() || self.rows.is_some())
    }
}

/// The masks of a policy: one for all columns it decides about, or for some by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    all: Option<Mask>,
    by_column: BTreeMap<String, Mask>,
}

impl Masks {
    /// The mask of a column.
    pub(crate) fn of(&self, column: &str) -> Option<Mask> {
        self.by_column.get(column).copied().or(self.all)
    }
}

/// A policy's own text in its file.
pub(crate) struct Written<'w> {
    pub(crate) file: &'w Path,
    pub(crate) text: &'w str,
    /// Where the policy begins.
    pub(crate) from: usize,
}

impl Written<'_> {
    /// File and line where the policy begins.
    fn place(&self) -> Option<String> {
        let before = self.text.get(..self.from)?;
        let line = before.matches('\n').count() + 1;
        let is_own = self.file != Path::new(super::set::BUILT_IN_FILE);
        is_own.then(|| format!("{}:{line}", self.file.display()))
    }

    /// A fault at `word`, which stands somewhere behind the policy's beginning; `inside` bytes into it.
    pub(crate) fn fault(&self, word: &str, inside: usize, what: impl Into<String>) -> Fault {
        let found = self.text.get(self.from..).and_then(|own| own.find(word));
        let at = found.map_or(self.from, |found| self.from + found + inside);
        fault_at(self.file, self.text, at, what)
    }
}

/// A fault at a byte of a file.
pub(crate) fn fault_at(file: &Path, text: &str, at: usize, what: impl Into<String>) -> Fault {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    Fault::at(file, what)
        .line(u64::try_from(line).unwrap_or_default())
        .column(u64::try_from(column).unwrap_or_default())
}

/// Adds the nearest of the words that would have been right.
pub(crate) fn with_nearest<'a>(
    fault: Fault,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Fault {
    match nearest::nearest(word, known) {
        Some(near) => fault.remedy(format!("did you mean `{near}`?")),
        None => fault,
    }
}

/// What a policy is judged by.
pub(crate) struct Judge<'j> {
    pub(crate) city: &'j City,
    pub(crate) people: &'j People,
}

impl Judge<'_> {
    /// The words of a policy, and everything wrong with them.
    pub(crate) fn rule(
        &self,
        policy: &Policy,
        id: String,
        order: usize,
        written: &Written<'_>,
        faults: &mut Vec<Fault>,
    ) -> Rule {
        for (name, _) in policy.annotations() {
            if !ANNOTATIONS.contains(&name) {
                let what = format!("there is no annotation `@{name}`");
                let fault = written.fault(&format!("@{name}"), 0, what);
                let fault = fault.expected(format!("one of {}", ANNOTATIONS.join(", ")));
                faults.push(with_nearest(fault, name, ANNOTATIONS));
            }
        }
        if let ActionConstraint::Eq(action) = policy.action_constraint()
            && parts(&action).1 == "count"
        {
            for name in ["mask", "rows"] {
                if policy.annotation(name).is_some() {
                    let what = format!("`@{name}` says nothing of counts");
                    let fault = written.fault(&format!("@{name}"), 0, what);
                    faults.push(fault.remedy(
                        "permit `count` of the columns to count by, and `read` in a policy of its own",
                    ));
                }
            }
        }
        let scope = Scope::of(policy, self.city);
        let permits = policy.effect() == Effect::Permit;
        let masks = Self::masks(policy, permits, &scope, written, faults);
        let rows = self.rows(policy, &scope, written, faults);
        let words = |name| {
            policy
                .annotation(name)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let reason = Reason {
            ko: words("reason_ko"),
            en: words("reason_en"),
        };
        Rule {
            id,
            order,
            permits,
            masks,
            rows,
            reason: (reason != Reason::default()).then_some(reason),
            is_draft: policy.annotation("draft").is_some(),
            place: written.place(),
        }
    }

    fn masks(
        policy: &Policy,
        permits: bool,
        scope: &Scope<'_>,
        written: &Written<'_>,
        faults: &mut Vec<Fault>,
    ) -> Masks {
        let mut masks = Masks::default();
        let Some(text) = policy.annotation("mask") else {
            return masks;
        };
        for part in text.split(',') {
            let (column, words) = match part.split_once(':') {
                Some((column, words)) => (Some(column.trim()), words.trim()),
                None => (None, part.trim()),
            };
            let Some(mask) = Mask::read(words) else {
                let fault = written.fault(text, 0, format!("`{words}` is no mask"));
                faults.push(fault.expected(Mask::WORDS));
                // Nothing is given in clear because of a slip.
                masks.all = Some(Mask::Null);
                continue;
            };
            match column {
                None => {
                    if let Some((dataset, column)) = scope.column
                        && let Some(column) = dataset.column(column)
                        && !mask.fits(column.column_type)
                    {
                        faults.push(unfit(mask, &column.name, text, written));
                    }
                    masks.all = Some(mask);
                }
                Some(name) => {
                    if !permits {
                        let what = "a policy that forbids leaves the same of all it forbids";
                        let fault = written.fault(text, 0, what);
                        faults.push(fault.remedy(format!(
                            "name the column in the scope instead: resource == Column::\"….{name}\""
                        )));
                    }
                    scope.named(name, mask, text, written, faults);
                    masks.by_column.insert(name.to_owned(), mask);
                }
            }
        }
        masks
    }

    fn rows(
        &self,
        policy: &Policy,
        scope: &Scope<'_>,
        written: &Written<'_>,
        faults: &mut Vec<Fault>,
    ) -> Option<(String, Condition)> {
        let text = policy.annotation("rows")?;
        let condition = match Condition::read(text) {
            Ok(condition) => condition,
            Err(slip) => {
                let what = format!("the condition on rows cannot be read: {}", slip.what);
                faults.push(written.fault(text, slip.at, what));
                return None;
            }
        };
        let Some(dataset) = scope.dataset else {
            let what = "a condition on rows needs one dataset in the policy's scope";
            let fault = written.fault(text, 0, what);
            faults.push(fault.expected("resource in Dataset::\"…\" or resource == Column::\"…\""));
            return None;
        };
        for column in condition.columns() {
            if dataset.column(column).is_none() {
                let inside = text.find(column).unwrap_or_default();
                let fault = written.fault(text, inside, no_column(dataset, column));
                let known = dataset.columns.iter().map(|column| column.name.as_str());
                faults.push(with_nearest(fault, column, known));
            }
        }
        for name in condition.asks() {
            let known: Vec<&str> = ABOUT_PEOPLE
                .into_iter()
                .chain(self.people.attribute_names())
                .collect();
            if !known.contains(&name) {
                let inside = text.find(name).unwrap_or_default();
                let what = format!("nobody in people.toml has a value `{name}`");
                faults.push(with_nearest(written.fault(text, inside, what), name, known));
            }
        }
        if condition
            .columns()
            .iter()
            .all(|name| dataset.column(name).is_some())
            && let Some((value, why)) = condition.wrong_value(dataset)
        {
            let inside = text.find(value).unwrap_or_default();
            let what = format!("`{value}` is no value of its column: {why}");
            faults.push(written.fault(text, inside, what));
        }
        Some((text.to_owned(), condition))
    }
}

fn no_column(dataset: &Dataset, column: &str) -> String {
    format!("dataset `{}` has no column `{column}`", dataset.id)
}

fn unfit(mask: Mask, column: &str, text: &str, written: &Written<'_>) -> Fault {
    let what = format!(
        "the mask `{mask}` leaves nothing of column `{column}`, whose type it does not fit"
    );
    let fault = written.fault(text, 0, what);
    fault.remedy("choose a mask for its type, or `null` if nothing shall be left")
}

/// What a policy's scope names, if it names one dataset or column.
struct Scope<'s> {
    dataset: Option<&'s Dataset>,
    column: Option<(&'s Dataset, &'s str)>,
}

impl<'s> Scope<'s> {
    fn of(policy: &Policy, city: &'s City) -> Self {
        let named = match policy.resource_constraint() {
            ResourceConstraint::In(uid)
            | ResourceConstraint::Eq(uid)
            | ResourceConstraint::IsIn(_, uid) => Some(uid),
            ResourceConstraint::Any | ResourceConstraint::Is(_) => None,
        };
        let mut scope = Self {
            dataset: None,
            column: None,
        };
        let Some((kind, id)) = named.as_ref().map(parts) else {
            return scope;
        };
        match kind.as_str() {
            "Dataset" => scope.dataset = city.datasets.get(id.as_str()),
            "Column" => {
                let found = id
                    .split_once('.')
                    .and_then(|(dataset, column)| Some((city.datasets.get(dataset)?, column)))
                    .and_then(|(dataset, name)| {
                        Some((dataset, dataset.column(name)?.name.as_str()))
                    });
                scope.column = found;
                scope.dataset = found.map(|(dataset, _)| dataset);
            }
            _ => {}
        }
        scope
    }

    /// Tells what is wrong with a mask on a column by name.
    fn named(
        &self,
        name: &str,
        mask: Mask,
        text: &str,
        written: &Written<'_>,
        faults: &mut Vec<Fault>,
    ) {
        let Some(dataset) = self.dataset else {
            let what = "a mask of a column by name needs one dataset in the policy's scope";
            let fault = written.fault(text, 0, what);
            faults.push(fault.expected("resource in Dataset::\"…\""));
            return;
        };
        let inside = text.find(name).unwrap_or_default();
        match dataset.column(name) {
            None => {
                let known = dataset.columns.iter().map(|column| column.name.as_str());
                let fault = written.fault(text, inside, no_column(dataset, name));
                faults.push(with_nearest(fault, name, known));
            }
            Some(column) if !mask.fits(column.column_type) => {
                faults.push(unfit(mask, name, text, written));
            }
            Some(_) => {}
        }
    }
}

/// The kind and the id of what a policy names.
pub(crate) fn parts(uid: &EntityUid) -> (String, String) {
    let id: &str = uid.id().as_ref();
    (uid.type_name().to_string(), id.to_owned())
}
