//! Findings in English.

use super::{Say, bracketed, number};
use crate::promise::finding::Found;

impl Say<'_, '_> {
    pub(super) fn english(&self, found: &Found) -> String {
        match found {
            Found::AddsUp { sum, .. } => {
                format!(
                    "The parts add up to {}, which is the total.",
                    self.own(*sum)
                )
            }
            Found::UnmentionedRemainder { .. } => self.remainder_en(found),
            Found::PartsExceedTotal {
                sum, total, excess, ..
            } => format!(
                "The parts add up to {}, {} more than the total of {}.",
                self.own(*sum),
                self.own(*excess),
                self.with(total)
            ),
            Found::UnitMismatch {
                part,
                unit,
                total_unit,
            } => format!(
                "“{}” is counted in “{}” and the total in “{}”: they cannot be added.",
                self.title(part),
                self.unit_of(unit),
                self.unit_of(total_unit)
            ),
            Found::UnknownPart { parts } => format!(
                "The sum is unknown, since {} of the parts have no figure.",
                parts.len()
            ),
            Found::Pace { .. } => self.pace_en(found),
            Found::PaceContradictsDue { .. } => self.contradicts_en(found),
            Found::FinishAtAnnouncedPace { remaining, pace } => {
                let (range, years) = self.pace(pace);
                format!(
                    "{} are left: at the announced pace of {range} a year they are done in {years}.",
                    self.with(remaining)
                )
            }
            Found::Reached { value, on } => {
                format!(
                    "What was promised was reached on {on} with {}.",
                    self.with(value)
                )
            }
            Found::NotReachedByDue { value, target, due } => format!(
                "By {due}, when it was due, it was {} of the {} that were promised.",
                self.own(*value),
                self.with(target)
            ),
            Found::BreakEven { .. } => self.break_even_en(found),
            Found::BreakEvenUnknown { investment } => format!(
                "When “{}” is paid back cannot be said: that needs the cost, the saving a year and the year it begins.",
                self.title(investment)
            ),
            Found::Total { of, sum } => format!(
                "With what was announced before, {} figures come to {}.",
                of.len(),
                self.with(sum)
            ),
            Found::Ratio { per, value, unit } => format!(
                "Divided by “{}” that is {}.",
                self.title(per),
                self.amount(*value, unit)
            ),
            Found::PerYear { value, years } => {
                format!(
                    "Over {years} years that is {} on average.",
                    self.with(value)
                )
            }
            other => self.unsaid_en(other),
        }
    }

    fn unsaid_en(&self, found: &Found) -> String {
        match found {
            Found::DueWithoutEvidence { due, days } => format!(
                "It was due in {due}, {days} days ago, and nothing shows whether it was kept."
            ),
            Found::NoEvidenceYet {} => "Nothing shows yet whether it is kept.".to_owned(),
            Found::MethodNotStated { value } => format!(
                "How the saving{} is computed is not stated.",
                spaced(value.as_ref().map(|value| self.with(value)))
            ),
            Found::DenominatorNotStated { value } => format!(
                "What the share{} is a share of is not stated.",
                spaced(value.as_ref().map(|value| self.with(value)))
            ),
            Found::UnknownQuantity {
                known: Some(known),
                known_of,
                of,
            } => match (known_of, of) {
                (Some(part), Some(all)) => format!(
                    "{} are known for {} of {}; for the others it is not stated, so the whole is unknown.",
                    self.with(known),
                    self.with(part),
                    self.with(all)
                ),
                _ => format!(
                    "Only {} are stated; the rest is not, so the whole is unknown.",
                    self.with(known)
                ),
            },
            Found::UnknownQuantity { .. } => "The amount is not stated.".to_owned(),
            Found::DueNotStated {} => "Until when it is promised is not stated.".to_owned(),
            Found::OwnerNotStated {} => "Which department answers for it is not stated.".to_owned(),
            Found::PublishedNotStated {} => "When it was announced is not stated.".to_owned(),
            other => self.entered_en(other),
        }
    }

    fn entered_en(&self, found: &Found) -> String {
        match found {
            Found::EnteredLate { on, entered, days } => {
                format!("The state of {on} was entered {days} days later, on {entered}.")
            }
            Found::EnteredBehind {
                on,
                behind,
                entered,
            } => format!("The state of {on} was entered on {entered}, behind that of {behind}."),
            Found::StateAhead { on } => {
                format!("There is a state of {on}, a day that has not come: it does not count yet.")
            }
            Found::HistoryEdited { on, text, entered } => format!(
                "The state of {on}, “{text}”, which the file held on {entered}, was edited or taken out of it."
            ),
            Found::ClaimChanged { on, was, becomes } => format!(
                "Since {on} the file promises something else. Before: {}. Now: {}.",
                self.claim(was),
                self.claim(becomes)
            ),
            Found::EntryTampered { on } => {
                format!("The state of {on} in the ledger is not what was entered.")
            }
            _ => String::new(),
        }
    }

    fn remainder_en(&self, found: &Found) -> String {
        let Found::UnmentionedRemainder {
            sum,
            total,
            remainder,
            done,
            done_share,
            finish_at_announced_pace,
            ..
        } = found
        else {
            return String::new();
        };
        let mut text = format!(
            "Of the total of {} only {} are named; nobody mentions the other {}",
            self.with(total),
            self.own(*sum),
            self.own(*remainder)
        );
        if let (Some(done), Some(share)) = (done, done_share) {
            text += &format!("; {} ({}) are done", self.own(*done), self.share(*share));
        }
        if let Some(pace) = finish_at_announced_pace {
            let (range, years) = self.pace(pace);
            text += &format!("; at the announced pace of {range} a year they are done in {years}");
        }
        text + "."
    }

    fn pace_en(&self, found: &Found) -> String {
        let Found::Pace {
            needed_per_year,
            so_far_per_year,
            is_enough,
            due,
            ..
        } = found
        else {
            return String::new();
        };
        let needed = self.own(*needed_per_year);
        let so_far = so_far_per_year.map(|pace| self.own(pace));
        match (so_far, is_enough) {
            (Some(so_far), Some(true)) => format!(
                "Until {due} it takes {needed} a year; so far it was {so_far} a year, which is enough."
            ),
            (Some(so_far), _) => {
                format!("Until {due} it takes {needed} a year; so far it was only {so_far} a year.")
            }
            (None, _) => {
                format!("Until {due} it takes {needed} a year; the pace so far is unknown.")
            }
        }
    }

    fn contradicts_en(&self, found: &Found) -> String {
        let Found::PaceContradictsDue {
            per_year,
            announced,
            due,
            first_year,
            last_year,
        } = found
        else {
            return String::new();
        };
        let whose = if *announced {
            "the announced pace"
        } else {
            "the pace so far"
        };
        let range = self.range(*per_year);
        match (first_year, last_year) {
            (Some(first), Some(last)) => format!(
                "It is due in {due}, but at {whose} ({range} a year) it is done in {}.",
                self.years(*first, *last)
            ),
            _ => format!("It is due in {due}, but {whose} ({range} a year) never reaches it."),
        }
    }

    fn break_even_en(&self, found: &Found) -> String {
        let Found::BreakEven {
            investment,
            years_of_saving,
            starts,
            first_year,
            last_year,
            scenarios,
        } = found
        else {
            return String::new();
        };
        let cost = self.ledger.promise(investment);
        let cost = cost.and_then(|own| Some(self.amount(own.value()?, own.unit()?)));
        let mut text = format!(
            "Saving from {starts} on, the cost{} takes {} years to come back: {} is the first year that begins with it paid back",
            spaced(cost),
            number(*years_of_saving, self.lang),
            self.years(*first_year, *last_year)
        );
        if scenarios.len() > 1 {
            text += &format!(" ({} readings)", scenarios.len());
        }
        text + "."
    }
}

/// The same behind a word.
fn spaced(text: Option<String>) -> String {
    text.map(|text| format!(" {}", bracketed(Some(text))))
        .unwrap_or_default()
}
