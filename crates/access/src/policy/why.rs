//! One decision, told to people: who sees a column how, and the policy that says so.

use city::{City, Dataset, Lang};
use serde::Serialize;

use super::decide::{Asking, Ruled, When, Who};
use super::rule::Reason;
use super::set::Policies;
use super::sight::LEAST;
use crate::error::AskError;
use crate::person::{Person, Purpose};

/// How a column is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// As it is.
    Clear,
    /// Behind a mask, in the mask's words: `last 4`.
    Masked(String),
    /// Not at all.
    Hidden,
}

/// What is decided of one column, or of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ruling {
    /// How it is shown, at best.
    pub shown: Shown,
    /// In which rows: conditions as the policies write them, one of which must hold; none: in all.
    pub rows: Vec<String>,
    /// The policies that decided, the deciding one first.
    pub policies: Vec<String>,
    /// Why.
    pub reason: Reason,
    /// File and line of the deciding policy: `policies/clerks.cedar:3`; nothing where it is built in, or none decided.
    pub place: Option<String>,
}

impl Ruling {
    /// The policy that decided.
    pub fn policy(&self) -> &str {
        self.policies.first().map_or(LEAST, String::as_str)
    }

    /// Why, in a language.
    pub fn why(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.reason.en,
            Lang::Ko => &self.reason.ko,
        }
    }
}

impl Policies {
    /// What is decided for a person of a column, or of a dataset as a whole: then as of the column of it that is shown
    /// best.
    ///
    /// # Errors
    /// When there is no such dataset or column.
    pub fn why(
        &self,
        city: &City,
        person: &Person,
        dataset: &str,
        column: Option<&str>,
        (purpose, now): (&Purpose, chrono::DateTime<chrono::Utc>),
    ) -> Result<Ruling, AskError> {
        let Some(declared) = city.datasets.get(dataset) else {
            return Err(AskError::UnknownDataset {
                name: dataset.to_owned(),
                nearest: crate::nearest(dataset, city.datasets.keys().map(city::DatasetId::as_str)),
            });
        };
        let names: Vec<&str> = declared
            .columns
            .iter()
            .map(|own| own.name.as_str())
            .collect();
        let asked = match column {
            None => names,
            Some(column) if names.contains(&column) => vec![column],
            Some(column) => {
                return Err(AskError::UnknownColumn {
                    name: column.to_owned(),
                    nearest: crate::nearest(column, names),
                });
            }
        };
        let who = Who::of(person, self);
        let when = When::of(purpose.as_str(), now, &city.calendar, self);
        let asking = Asking::new(self, &who, &when);
        let rulings = asked.into_iter().filter_map(|name| {
            let ruled = asking.as_ref()?.column(declared, name);
            Some(self.told(&who, ruled))
        });
        let best = rulings.min_by_key(|ruling| match ruling.shown {
            Shown::Clear => (0, ruling.rows.len()),
            Shown::Masked(_) => (1, ruling.rows.len()),
            Shown::Hidden => (2, 0),
        });
        Ok(best.unwrap_or_else(|| self.told(&who, nothing())))
    }

    /// What is decided of every column of a dataset.
    pub(crate) fn rulings(
        &self,
        dataset: &Dataset,
        who: &Who,
        when: &When,
    ) -> Vec<(String, Ruling)> {
        let asking = Asking::new(self, who, when);
        let columns = dataset.columns.iter().map(|column| {
            let ruled = asking
                .as_ref()
                .map_or_else(nothing, |asking| asking.column(dataset, &column.name));
            (column.name.clone(), self.told(who, ruled))
        });
        columns.collect()
    }

    fn told(&self, who: &Who, ruled: Ruled) -> Ruling {
        let sets = self.sets(who.which);
        let rule = ruled.policies.first().and_then(|id| sets.rules.get(id));
        let place = rule.and_then(|rule| rule.place.clone());
        Ruling {
            place,
            ..told(ruled)
        }
    }
}

/// Nobody is asked, so nothing is given.
fn nothing() -> Ruled {
    Ruled {
        ways: Vec::new(),
        policies: Vec::new(),
        reason: None,
    }
}

fn told(ruled: Ruled) -> Ruling {
    let best = ruled.ways.first();
    let shown = match best.map(|way| way.mask) {
        None => Shown::Hidden,
        Some(None) => Shown::Clear,
        Some(Some(mask)) => Shown::Masked(mask.to_string()),
    };
    let has_all = ruled.ways.iter().any(|way| way.rows.is_empty());
    let rows = if has_all {
        Vec::new()
    } else {
        let ways = ruled.ways.iter().map(|way| {
            let texts: Vec<&str> = way.rows.iter().map(String::as_str).collect();
            texts.join(" and ")
        });
        ways.collect()
    };
    let is_named = !ruled.policies.is_empty();
    let reason = ruled
        .reason
        .unwrap_or_else(|| default_reason(&shown, is_named));
    Ruling {
        shown,
        rows,
        policies: ruled.policies,
        reason,
        place: None,
    }
}

/// What is said where the policy itself says nothing.
fn default_reason(shown: &Shown, is_named: bool) -> Reason {
    let (ko, en) = match (shown, is_named) {
        (Shown::Clear, _) => ("정책이 열람을 허용합니다.", "A policy allows it."),
        (Shown::Masked(_), _) => (
            "정책이 일부를 가리고 열람을 허용합니다.",
            "A policy allows it, and hides part of it.",
        ),
        (Shown::Hidden, true) => ("정책이 열람을 금지합니다.", "A policy forbids it."),
        (Shown::Hidden, false) => ("열람을 허용하는 정책이 없습니다.", "No policy allows it."),
    };
    Reason {
        ko: ko.to_owned(),
        en: en.to_owned(),
    }
}
