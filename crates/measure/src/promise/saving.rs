//! When a saving has paid back what it cost.
//!
//! The year is the first at whose beginning the cost is paid back: a saving that begins in 2030 and needs 5.75 years
//! pays back during 2035, and 2036 is the first year that begins without debt.

use city::When;
use city::promise::Promise;

use super::One;
use super::finding::{Found, Reading};
use super::parts::after;

/// Promises that may be inside a cost are combined up to so many; of more, only all and none.
const COMBINED: usize = 4;

/// What follows of a saving that pays back a cost.
pub(super) fn look(own: &One<'_, '_>, found: &mut Vec<Found>) {
    let Some(saving) = &own.promise.saving else {
        return;
    };
    if own.is_partial(&saving.investment) {
        return;
    }
    let unknown = Found::BreakEvenUnknown {
        investment: saving.investment.clone(),
    };
    let Some(cost) = own.ledger.promise(&saving.investment) else {
        return;
    };
    let begins = [
        saving.starts.as_ref(),
        own.promise.period.from.as_ref(),
        own.promise.due.as_ref(),
    ];
    let starts = begins.into_iter().flatten().find_map(When::year);
    let base = match (cost.value(), own.promise.value(), starts) {
        (Some(investment), Some(per_year), Some(starts)) if is_yearly(cost, own.promise) => {
            reading(investment, per_year, starts)
        }
        _ => None,
    };
    let Some(base) = base else {
        found.push(unknown);
        return;
    };
    let mut readings = inside(own, cost, &base);
    for scenario in &saving.scenarios {
        let investment = scenario.investment.unwrap_or(base.investment);
        let per_year = scenario.per_year.unwrap_or(base.per_year);
        let starts = scenario.starts.as_ref().and_then(When::year);
        let read = reading(investment, per_year, starts.unwrap_or(base.starts));
        readings.extend(read.map(|read| Reading {
            title: Some(scenario.title.clone()),
            title_en: scenario.title_en.clone(),
            ..read
        }));
    }
    let all = || readings.iter().map(|read| read.year);
    let (first, last) = (all().min(), all().max());
    found.push(Found::BreakEven {
        investment: saving.investment.clone(),
        years_of_saving: base.years,
        starts: base.starts,
        first_year: first.unwrap_or(base.year),
        last_year: last.unwrap_or(base.year),
        scenarios: readings,
    });
}

/// Whether the saving is the cost's unit by the year.
fn is_yearly(cost: &Promise, saving: &Promise) -> bool {
    let (Some(cost), Some(saving)) = (cost.unit(), saving.unit()) else {
        return false;
    };
    saving.strip_suffix("/년") == Some(cost) || saving.strip_suffix("/year") == Some(cost)
}

fn reading(investment: f64, per_year: f64, starts: i32) -> Option<Reading> {
    // What saves nothing never pays back.
    if per_year <= 0.0 || investment < 0.0 {
        return None;
    }
    let years = investment / per_year;
    Some(Reading {
        title: None,
        title_en: None,
        investment,
        per_year,
        starts,
        years,
        year: after(starts, years)?,
    })
}

/// What was said, read with and without each saving that may be inside the cost already.
fn inside(own: &One<'_, '_>, cost: &Promise, base: &Reading) -> Vec<Reading> {
    let maybe: Vec<(&Promise, f64)> = own
        .ledger
        .promises
        .values()
        .filter(|other| other.maybe_in.as_ref() == Some(&cost.id) && other.unit() == cost.unit())
        .filter_map(|other| Some((other, other.value()?)))
        .collect();
    if maybe.is_empty() {
        return vec![base.clone()];
    }
    let combinations: Vec<u32> = if maybe.len() <= COMBINED {
        (0..1 << maybe.len()).collect()
    } else {
        vec![0, u32::MAX]
    };
    let mut readings = Vec::new();
    for outside in combinations {
        let is_outside = |at: usize| {
            let bits = u32::try_from(at)
                .ok()
                .and_then(|at| outside.checked_shr(at));
            outside == u32::MAX || bits.is_some_and(|bits| bits & 1 == 1)
        };
        let less: f64 = maybe
            .iter()
            .enumerate()
            .filter(|(at, _)| is_outside(*at))
            .map(|(_, (_, value))| value)
            .sum();
        let read = reading(
            (base.investment - less).max(0.0),
            base.per_year,
            base.starts,
        );
        let titled = |en: bool| {
            let words = maybe.iter().enumerate().map(|(at, (other, _))| {
                let title = match (en, &other.title_en) {
                    (true, Some(title)) => title,
                    _ => &other.title,
                };
                match (en, is_outside(at)) {
                    (false, true) => format!("사업비에 아직 들어 있지 않은 것: {title}"),
                    (false, false) => format!("사업비에 이미 들어 있는 것: {title}"),
                    (true, true) => format!("not yet inside the cost: {title}"),
                    (true, false) => format!("already inside the cost: {title}"),
                }
            });
            words.collect::<Vec<_>>().join(", ")
        };
        readings.extend(read.map(|read| Reading {
            title: Some(titled(false)),
            title_en: Some(titled(true)),
            ..read
        }));
    }
    readings
}
