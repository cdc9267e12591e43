//! A pseudonymisation project step by step: the five steps of the guideline, as a record that only grows.
//!
//! ① preparation → ② risk review → ③ processing → ④ adequacy review → ⑤ safe management → destroyed.
//! An inadequate result goes back to ② or ③. Whoever processed does not review. What a case is follows from its
//! events alone, so it can be left and taken up again anywhere; an event that does not fit is refused with a reason.

mod act;

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Months, NaiveDate, Utc};
use city::{ProjectId, Recipe};
use serde::{Deserialize, Serialize};

pub use act::{Act, BackTo, Event, Measured, Refusal, Risk, Step};

/// Years that records stay behind a project's destruction (Act article 28-4).
pub const RECORDS_YEARS: u32 = 3;

/// Hours between Korean time, in which days are counted, and UTC.
const KOREA_H: i64 = 9;

/// A case: its project and all that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    /// The project.
    pub project: ProjectId,
    /// All that happened, in order.
    pub events: Vec<Event>,
}

impl Case {
    /// A case of which nothing has happened.
    pub fn new(project: ProjectId) -> Self {
        Self {
            project,
            events: Vec::new(),
        }
    }

    /// A case taken up again from its events.
    ///
    /// # Errors
    /// One of them does not fit: its place, from 0, and why.
    pub fn resume(project: ProjectId, events: Vec<Event>) -> Result<Self, (usize, Refusal)> {
        let mut case = Self::new(project);
        for (at, event) in events.into_iter().enumerate() {
            case.apply(event).map_err(|refusal| (at, refusal))?;
        }
        Ok(case)
    }

    /// Where the case stands.
    pub fn step(&self) -> Step {
        self.events
            .iter()
            .fold(Step::Preparation, |step, event| match &event.act {
                Act::Prepare { .. } => Step::RiskReview,
                Act::ReviewRisk { .. } => Step::Processing,
                Act::Process { .. } => Step::AdequacyReview,
                Act::FindAdequate { .. } => Step::SafeManagement,
                Act::FindInadequate { back_to, .. } => match back_to {
                    BackTo::RiskReview => Step::RiskReview,
                    BackTo::Processing => Step::Processing,
                },
                Act::HandOver { .. } | Act::Note { .. } => step,
                Act::Destroy { .. } => Step::Destroyed,
            })
    }

    /// Puts an event behind the others.
    ///
    /// # Errors
    /// It does not fit; the case stays as it is.
    pub fn apply(&mut self, event: Event) -> Result<Step, Refusal> {
        if let Some(last) = self.events.last().filter(|last| last.at > event.at) {
            return Err(Refusal::Backwards(last.at));
        }
        if event.by.trim().is_empty() {
            return Err(Refusal::Unsaid("by"));
        }
        self.fits_step(&event.act)?;
        self.fits_period(&event)?;
        self.fits(&event)?;
        self.events.push(event);
        Ok(self.step())
    }

    fn fits_step(&self, act: &Act) -> Result<(), Refusal> {
        let step = self.step();
        let (fits, belongs) = match act {
            Act::Prepare { .. } => (step == Step::Preparation, "사전준비"),
            Act::ReviewRisk { .. } => (step == Step::RiskReview, "위험성 검토"),
            Act::Process { .. } => (step == Step::Processing, "가명처리"),
            Act::FindAdequate { .. } | Act::FindInadequate { .. } => {
                (step == Step::AdequacyReview, "적정성 검토")
            }
            Act::HandOver { .. } => (step == Step::SafeManagement, "안전한 관리"),
            // Looking after a project, and giving it up, is possible at any time before its end.
            Act::Note { .. } | Act::Destroy { .. } => {
                (step != Step::Destroyed, "any step before its destruction")
            }
        };
        if fits {
            return Ok(());
        }
        Err(Refusal::WrongStep {
            act: act.korean(),
            step,
            belongs,
        })
    }

    /// Data are processed and handed over within the period alone.
    fn fits_period(&self, event: &Event) -> Result<(), Refusal> {
        if !matches!(event.act, Act::Process { .. } | Act::HandOver { .. }) {
            return Ok(());
        }
        let Some((from, to)) = self.period() else {
            return Ok(());
        };
        let day = korean_day(event.at);
        if (from..=to).contains(&day) {
            Ok(())
        } else {
            Err(Refusal::OutsidePeriod { day, from, to })
        }
    }

    fn fits(&self, event: &Event) -> Result<(), Refusal> {
        let said = |key: &'static str, text: &str| {
            if text.trim().is_empty() {
                Err(Refusal::Unsaid(key))
            } else {
                Ok(())
            }
        };
        match &event.act {
            Act::Prepare {
                reason,
                recipient,
                from,
                to,
                reviewers,
                ..
            } => {
                said("reason", reason)?;
                said("recipient", recipient)?;
                if from > to {
                    return Err(Refusal::NoPeriod);
                }
                said("reviewers", &reviewers.concat())
            }
            Act::ReviewRisk { findings, .. } => said("findings", findings),
            Act::Process { output, .. } => said("output", output),
            Act::FindAdequate {
                output, grounds, ..
            } => {
                said("grounds", grounds)?;
                self.reviews(&event.by)?;
                self.is_result(output)
            }
            Act::FindInadequate { grounds, .. } => {
                said("grounds", grounds)?;
                self.reviews(&event.by)
            }
            Act::HandOver { to, output } => {
                said("to", to)?;
                self.is_result(output)
            }
            Act::Note { text } => said("text", text),
            Act::Destroy { reason } => said("reason", reason),
        }
    }

    /// Whether this person may review: named, and nobody who ever prepared the project or processed its data.
    ///
    /// # Errors
    /// Why not.
    pub fn reviews(&self, by: &str) -> Result<(), Refusal> {
        let prepared = |event: &&Event| matches!(event.act, Act::Prepare { .. });
        let mut preparers = self.events.iter().filter(prepared);
        let is_own = preparers.any(|event| event.by.trim() == by.trim());
        if is_own || self.processors().contains(by.trim()) {
            return Err(Refusal::OwnWork(by.to_owned()));
        }
        let named = self.events.iter().any(|event| match &event.act {
            Act::Prepare { reviewers, .. } => reviewers.iter().any(|name| name.trim() == by.trim()),
            _ => false,
        });
        if named {
            Ok(())
        } else {
            Err(Refusal::NoReviewer(by.to_owned()))
        }
    }

    fn is_result(&self, output: &str) -> Result<(), Refusal> {
        let last = self.events.iter().rev().find_map(|event| match &event.act {
            Act::Process { output, .. } => Some(output),
            _ => None,
        });
        match last {
            Some(last) if last != output => Err(Refusal::AnotherResult(last.clone())),
            _ => Ok(()),
        }
    }

    /// Everybody who processed.
    pub fn processors(&self) -> BTreeSet<&str> {
        let processed = |event: &&Event| matches!(event.act, Act::Process { .. });
        let events = self.events.iter().filter(processed);
        events.map(|event| event.by.trim()).collect()
    }

    /// How far rows of the last result stand out, where that was measured.
    pub fn measured(&self) -> Option<&Measured> {
        let mut events = self.events.iter().rev();
        let last = events.find_map(|event| match &event.act {
            Act::Process { measured, .. } => Some(measured.as_ref()),
            _ => None,
        });
        last.flatten()
    }

    /// First and last day of the processing.
    pub fn period(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.events.iter().rev().find_map(|event| match &event.act {
            Act::Prepare { from, to, .. } => Some((*from, *to)),
            _ => None,
        })
    }

    /// Whether the period is over and nothing was destroyed yet.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.step() != Step::Destroyed && self.period().is_some_and(|(_, to)| today > to)
    }

    /// The last day its records must be there: three years behind its destruction. Nothing before that.
    pub fn records_kept_until(&self) -> Option<NaiveDate> {
        self.events.iter().rev().find_map(|event| match &event.act {
            Act::Destroy { .. } => {
                korean_day(event.at).checked_add_months(Months::new(12 * RECORDS_YEARS))
            }
            _ => None,
        })
    }

    /// Whether the case itself may be forgotten.
    pub fn may_forget(&self, today: NaiveDate) -> bool {
        self.records_kept_until().is_some_and(|last| today > last)
    }

    /// The act of preparation that a recipe says, if its period is made of days.
    pub fn prepared(recipe: &Recipe) -> Option<Act> {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        Some(Act::Prepare {
            purpose: recipe.purpose,
            reason: recipe.reason.clone(),
            recipient: recipe.recipient.clone(),
            from: day(&recipe.period.from)?,
            to: day(&recipe.period.to)?,
            reviewers: recipe.reviewers.clone(),
        })
    }
}

/// The day it is in Korea.
fn korean_day(at: DateTime<Utc>) -> NaiveDate {
    at.checked_add_signed(Duration::hours(KOREA_H))
        .unwrap_or(at)
        .date_naive()
}

#[cfg(test)]
mod tests;
