//! Totals and their parts: sums, remainders that nobody mentions, the finish at the announced pace.

use city::When;
use city::promise::{Promise, Tense};

use super::finding::{Found, PaceRange, Value};
use super::{One, Standing};

/// Sums that differ by less than this share are the same: figures are announced in whole units.
const SAME: f64 = 1e-9;

/// Whether two amounts are the same.
pub(super) fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= SAME * one.abs().max(other.abs()).max(1.0)
}

/// What follows of the parts of a promise.
pub(super) fn look(own: &One<'_, '_>, parts: &[&Promise], found: &mut Vec<Found>) {
    let named: Option<f64> = {
        let named = &own.promise.parts;
        (!named.is_empty()).then(|| named.iter().map(|part| part.value).sum())
    };
    if own.is_partial(&own.promise.id) || (parts.is_empty() && named.is_none()) {
        return;
    }
    if !is_addable(own, parts, found) {
        return;
    }
    let of_parts: f64 = parts.iter().filter_map(|part| part.value()).sum();
    let sum = of_parts + named.unwrap_or_default();
    let Some(total) = own.promise.value() else {
        return;
    };
    let remainder = total - sum;
    let ids = parts.iter().map(|part| part.id.clone()).collect();
    let total = Value {
        value: total,
        unit: own.unit().to_owned(),
    };
    if is_same(total.value, sum) {
        found.push(Found::AddsUp {
            parts: ids,
            named,
            sum,
            total,
            remainder: 0.0,
        });
        return;
    }
    if remainder < 0.0 {
        found.push(Found::PartsExceedTotal {
            parts: ids,
            sum,
            total,
            excess: -remainder,
        });
        return;
    }
    let done = done(own, parts);
    let finish = finish(own, parts, remainder);
    contradicted(own, finish, found);
    found.push(Found::UnmentionedRemainder {
        parts: ids,
        named,
        sum,
        done_share: done
            .filter(|_| total.value > 0.0)
            .map(|done| done / total.value),
        done,
        total,
        remainder,
        finish_at_announced_pace: finish,
    });
}

/// Whether the parts can be added: all in the total's unit, and each known.
fn is_addable(own: &One<'_, '_>, parts: &[&Promise], found: &mut Vec<Found>) -> bool {
    let mut fits = true;
    let mut unknown = Vec::new();
    for part in parts {
        let unit = part.unit().unwrap_or_default();
        if unit != own.unit() {
            fits = false;
            found.push(Found::UnitMismatch {
                part: part.id.clone(),
                unit: unit.to_owned(),
                total_unit: own.unit().to_owned(),
            });
        } else if part.value().is_none() {
            unknown.push(part.id.clone());
        }
    }
    if !unknown.is_empty() {
        fits = false;
        found.push(Found::UnknownPart { parts: unknown });
    }
    fits
}

/// What the parts that are done come to; nothing where none is.
fn done(own: &One<'_, '_>, parts: &[&Promise]) -> Option<f64> {
    let is_done = |part: &&&Promise| {
        let standing = own.ledger.standing(part);
        part.tense == Tense::Done || standing == Standing::Kept
    };
    let done: Vec<f64> = parts
        .iter()
        .filter(is_done)
        .filter_map(|part| part.value())
        .collect();
    (!done.is_empty()).then(|| done.iter().sum())
}

/// When the rest is done: at the pace that was announced, else at that of the parts that are one year's work.
fn finish(own: &One<'_, '_>, parts: &[&Promise], remainder: f64) -> Option<PaceRange> {
    let years = parts.iter().filter_map(|part| {
        let last = part.period.to.as_ref().or(part.due.as_ref())?;
        last.year()
    });
    let last = years.max()?;
    let [least, most] = match &own.promise.pace {
        Some(pace) => [pace.least, pace.most.unwrap_or(pace.least)],
        None => of_years(parts)?,
    };
    Some(PaceRange {
        per_year: [least, most],
        first_year: after(last, remainder / most)?,
        last_year: after(last, remainder / least)?,
    })
}

/// The least and the most of parts that cover one year.
fn of_years(parts: &[&Promise]) -> Option<[f64; 2]> {
    let mut range: Option<[f64; 2]> = None;
    for part in parts {
        let Some(value) = part.value().filter(|value| *value > 0.0) else {
            continue;
        };
        if part.period.years() == Some(1) {
            let [least, most] = range.unwrap_or([value, value]);
            range = Some([least.min(value), most.max(value)]);
        }
    }
    range
}

/// The year that is so many whole years after another; part of a year counts as a whole one.
pub(super) fn after(year: i32, years: f64) -> Option<i32> {
    // Further than that nobody plans.
    const FAR: f64 = 10_000.0;
    if !(0.0..=FAR).contains(&years) {
        return None;
    }
    let whole = (years - SAME).ceil().max(0.0);
    let mut count = 0;
    let mut passed = 0.0;
    while passed < whole {
        passed += 1.0;
        count += 1;
    }
    year.checked_add(count)
}

/// The total is due before the announced pace can finish it.
fn contradicted(own: &One<'_, '_>, finish: Option<PaceRange>, found: &mut Vec<Found>) {
    let due = own.promise.due.as_ref();
    if let (Some(pace), Some(due)) = (finish, due)
        && When::year(due).is_some_and(|year| year < pace.first_year)
    {
        found.push(Found::PaceContradictsDue {
            per_year: pace.per_year,
            announced: true,
            due: due.clone(),
            first_year: Some(pace.first_year),
            last_year: Some(pace.last_year),
        });
    }
}
