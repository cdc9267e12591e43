//! What an announcement does not say although its figure means little without.

use city::PromiseId;
use city::promise::{Kind, Promise, Tense, Unchecked, Unstated};

use super::finding::{Found, Value};
use super::{One, Standing};

/// What is not said.
pub(super) fn look(own: &One<'_, '_>, parts: &[&Promise], found: &mut Vec<Found>) {
    let promise = own.promise;
    let value = || {
        promise.value().map(|value| Value {
            value,
            unit: own.unit().to_owned(),
        })
    };
    let needs_method = promise.kind == Kind::Saving && promise.method.is_none();
    if needs_method || promise.leaves_out(Unstated::Method) {
        found.push(Found::MethodNotStated { value: value() });
    }
    let is_share = promise.kind == Kind::Share || matches!(own.unit(), "%" | "‰");
    let needs_whole = is_share && promise.denominator.is_none();
    if needs_whole || promise.leaves_out(Unstated::Denominator) {
        found.push(Found::DenominatorNotStated { value: value() });
    }
    quantity(own, found);
    let is_planned = promise.tense == Tense::Planned;
    if promise.due.is_none()
        && (promise.leaves_out(Unstated::Due)
            || (is_planned && !promise.is_unchecked(Unchecked::Tense)))
    {
        found.push(Found::DueNotStated {});
    }
    evidence(own, parts, found);
    if promise.department.is_none() && !promise.is_unchecked(Unchecked::Department) {
        found.push(Found::OwnerNotStated {});
    }
    if promise.source.date.is_none() && !promise.is_unchecked(Unchecked::Source) {
        found.push(Found::PublishedNotStated {});
    }
}

/// How much it is, and of how many that was counted.
fn quantity(own: &One<'_, '_>, found: &mut Vec<Found>) {
    let promise = own.promise;
    let is_open = promise.figure.is_some() && promise.value().is_none();
    if (is_open || promise.leaves_out(Unstated::Figure)) && !promise.is_unchecked(Unchecked::Figure)
    {
        found.push(Found::UnknownQuantity {
            known: None,
            known_of: None,
            of: None,
        });
    }
    let Some(counted) = promise.counted_at.as_ref() else {
        return;
    };
    if counted.not_of.is_empty() {
        return;
    }
    let all: Vec<&PromiseId> = counted.of.iter().chain(&counted.not_of).collect();
    let known_of: Vec<&PromiseId> = counted.of.iter().collect();
    found.push(Found::UnknownQuantity {
        known: promise.value().map(|value| Value {
            value,
            unit: own.unit().to_owned(),
        }),
        known_of: sum(own, &known_of),
        of: sum(own, &all),
    });
}

/// The sum of figures that are all known and in one unit.
fn sum(own: &One<'_, '_>, ids: &[&PromiseId]) -> Option<Value> {
    let all: Option<Vec<&Promise>> = ids.iter().map(|id| own.ledger.promise(id)).collect();
    let all = all?;
    let unit = all.first()?.unit()?;
    if all.iter().any(|other| other.unit() != Some(unit)) {
        return None;
    }
    let values: Option<Vec<f64>> = all.iter().map(|other| other.value()).collect();
    Some(Value {
        value: values?.iter().sum(),
        unit: unit.to_owned(),
    })
}

/// Nothing shows what became of it.
fn evidence(own: &One<'_, '_>, parts: &[&Promise], found: &mut Vec<Found>) {
    let promise = own.promise;
    let today = own.ledger.today;
    // What is dated ahead has not been seen by anybody.
    let shows = |promise: &Promise| {
        let mut days = promise.evidence.iter().map(|own| own.on.first_day());
        days.any(|day| day.is_none_or(|day| day <= today))
    };
    let has_some = shows(promise) || own.newest().is_some();
    // What shows the parts shows the whole.
    let has_parts = parts.iter().any(|part| shows(part));
    if has_some || has_parts || promise.is_unchecked(Unchecked::Evidence) {
        return;
    }
    let due = promise.due.as_ref().zip(own.due());
    let standing = own.standing();
    if let Some((written, due)) = due
        && due < own.ledger.today
        && promise.tense == Tense::Planned
        && standing == Standing::Overdue
    {
        found.push(Found::DueWithoutEvidence {
            due: written.clone(),
            days: (own.ledger.today - due).num_days(),
        });
        return;
    }
    let begins = promise.period.from.as_ref().and_then(city::When::first_day);
    let has_begun = begins.is_none_or(|begin| begin <= own.ledger.today);
    if promise.tense != Tense::Standing && has_begun && standing != Standing::Withdrawn {
        found.push(Found::NoEvidenceYet {});
    }
}
