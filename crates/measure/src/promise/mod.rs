//! The ledger of promises: arithmetic on what was announced and what was not.
//!
//! Pure: promises, what is known of each, and a day in; findings out. Unknown is never 0: what cannot be computed is no
//! number, and is itself a finding where the announcement should have said it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`finding`] | what can be found, with its numbers |
//! | [`sentence`] | each finding in one sentence, Korean and English |
//! | [`known`] | what is known of a promise: values on days, states as entered |
//! | [`parts`] | totals and their parts: sums, remainders, the finish at the announced pace |
//! | [`pace`] | the pace so far against the pace needed |
//! | [`saving`] | when a saving has paid back what it cost |
//! | [`derived`] | sums, ratios and yearly means that follow |
//! | [`unstated`] | what the announcement does not say |
//! | [`entered`] | states entered late, edited, or without a claim that stayed |
//! | [`announced`] | a table of announcements becomes promises |

pub mod announced;
mod derived;
mod entered;
pub mod finding;
pub mod known;
mod pace;
mod parts;
mod saving;
pub mod sentence;
mod unstated;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use city::promise::{Promise, PromiseState};
use city::{PromiseId, When};

pub use finding::{Finding, Found, PaceRange, Reading, Value};
pub use known::{Known, Point, Told, Way};

/// Promises with what is known of them, on a day.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'l> {
    /// The promises.
    pub promises: &'l BTreeMap<PromiseId, Promise>,
    /// What is known of each; nothing is known of one that is not in it.
    pub known: &'l BTreeMap<PromiseId, Known>,
    /// Promises that others belong to which are not here: nothing is concluded from what they are made of.
    pub partial: &'l BTreeSet<PromiseId>,
    /// The day.
    pub today: NaiveDate,
}

impl<'l> Ledger<'l> {
    /// Everything that follows from the promises, by promise.
    pub fn findings(&self) -> Vec<Finding> {
        let mut all = Vec::new();
        let children = self.children();
        for promise in self.promises.values() {
            let own = One {
                ledger: self,
                promise,
            };
            let parts = children.get(&promise.id).map_or(&[][..], Vec::as_slice);
            let mut found = Vec::new();
            parts::look(&own, parts, &mut found);
            pace::look(&own, &mut found);
            saving::look(&own, &mut found);
            derived::look(&own, &mut found);
            unstated::look(&own, parts, &mut found);
            entered::look(&own, &mut found);
            all.extend(found.into_iter().map(|what| Finding {
                promise: promise.id.clone(),
                what,
            }));
        }
        all
    }

    /// The promises that say they are part of another, by that other.
    fn children(&self) -> BTreeMap<&'l PromiseId, Vec<&'l Promise>> {
        let mut children: BTreeMap<&PromiseId, Vec<&Promise>> = BTreeMap::new();
        for promise in self.promises.values() {
            if let Some(total) = &promise.part_of {
                children.entry(total).or_default().push(promise);
            }
        }
        children
    }

    /// A promise by its id.
    pub fn promise(&self, id: &PromiseId) -> Option<&'l Promise> {
        self.promises.get(id)
    }

    /// Values of a promise on days until today, oldest first: of its measure where it has some, else of evidence and
    /// states.
    pub fn points_of(&self, promise: &Promise) -> Vec<Point> {
        One {
            ledger: self,
            promise,
        }
        .points()
    }

    /// Where a promise stands: the newest state that was entered, else what its measure and its due day say.
    pub fn standing(&self, promise: &Promise) -> Standing {
        One {
            ledger: self,
            promise,
        }
        .standing()
    }
}

/// Where a promise stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Due, and nothing shows that it was kept.
    Overdue,
    /// It was not kept.
    Missed,
    /// It is under way.
    UnderWay,
    /// Nothing was begun yet, by what is known.
    Planned,
    /// It is kept.
    Kept,
    /// It was given up or changed.
    Withdrawn,
    /// The sentence tells how things stand or what was done: nothing is to come.
    Told,
}

impl Standing {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 7] = [
        Self::Overdue,
        Self::Missed,
        Self::UnderWay,
        Self::Planned,
        Self::Kept,
        Self::Withdrawn,
        Self::Told,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Missed => "missed",
            Self::UnderWay => "under-way",
            Self::Planned => "planned",
            Self::Kept => "kept",
            Self::Withdrawn => "withdrawn",
            Self::Told => "told",
        }
    }

    /// The standing of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.word() == word)
    }
}

/// A promise in its ledger.
pub(crate) struct One<'o, 'l> {
    pub(crate) ledger: &'o Ledger<'l>,
    pub(crate) promise: &'l Promise,
}

impl<'l> One<'_, 'l> {
    /// What is known of it.
    pub(crate) fn known(&self) -> Option<&'l Known> {
        self.ledger.known.get(&self.promise.id)
    }

    /// Whether others belong to a promise that are not here.
    pub(crate) fn is_partial(&self, id: &PromiseId) -> bool {
        self.ledger.partial.contains(id)
    }

    /// Its unit, or no text.
    pub(crate) fn unit(&self) -> &'l str {
        self.promise.unit().unwrap_or_default()
    }

    /// The day until which it is due, the whole of what is written included.
    pub(crate) fn due(&self) -> Option<NaiveDate> {
        self.promise.due.as_ref().and_then(When::last_day)
    }

    /// The newest state that was entered.
    pub(crate) fn state(&self) -> Option<PromiseState> {
        let told = self.known()?.told.iter();
        // What is said of a day that has not come is no state.
        let told = told.filter(|told| !told.is_ahead(self.ledger.today));
        let newest = told.max_by_key(|told| told.order())?;
        Some(newest.status.state)
    }

    /// Whether a value is as promised.
    pub(crate) fn is_reached_by(&self, value: f64) -> bool {
        let figure = self.promise.figure.as_ref();
        figure.is_some_and(|figure| {
            figure.value.is_some_and(|target| match figure.reach {
                city::promise::Reach::AtLeast => value >= target,
                city::promise::Reach::AtMost => value <= target,
            })
        })
    }

    /// The newest value that is known.
    pub(crate) fn newest(&self) -> Option<Point> {
        self.points().pop()
    }

    /// Values on days until today, oldest first: of the measure where it has some, else of evidence and states.
    pub(crate) fn points(&self) -> Vec<Point> {
        let mut points = match self.known() {
            Some(known) if !known.points.is_empty() => known.points.clone(),
            known => {
                let evidence = self.promise.evidence.iter();
                let of_evidence =
                    evidence.filter_map(|own| Point::new(own.on.last_day()?, own.value?));
                let told = known.map_or(&[][..], |known| &known.told);
                let of_states = told
                    .iter()
                    .filter_map(|own| Point::new(own.status.on.last_day()?, own.status.value?));
                of_evidence.chain(of_states).collect()
            }
        };
        points.retain(|point| point.on <= self.ledger.today);
        points.sort_by_key(|point| point.on);
        points
    }

    /// Where it stands.
    pub(crate) fn standing(&self) -> Standing {
        match self.state() {
            Some(PromiseState::Kept) => return Standing::Kept,
            Some(PromiseState::Missed) => return Standing::Missed,
            Some(PromiseState::Withdrawn) => return Standing::Withdrawn,
            _ => (),
        }
        if self
            .newest()
            .is_some_and(|point| self.is_reached_by(point.value))
        {
            return Standing::Kept;
        }
        if self.promise.tense != city::promise::Tense::Planned {
            return Standing::Told;
        }
        if self.due().is_some_and(|due| due < self.ledger.today) {
            return Standing::Overdue;
        }
        match (self.state(), self.newest()) {
            (Some(PromiseState::UnderWay), _) | (_, Some(_)) => Standing::UnderWay,
            _ => Standing::Planned,
        }
    }
}

#[cfg(test)]
mod tests;
