//! Sums, ratios and yearly means that follow from figures.

use city::promise::{Kind, Promise, Reads};

use super::One;
use super::finding::{Found, Value};

/// What follows of a promise's figure beside others.
pub(super) fn look(own: &One<'_, '_>, found: &mut Vec<Found>) {
    total(own, found);
    for id in &own.promise.per {
        let other = own.ledger.promise(id);
        let values = own.promise.value().zip(other.and_then(Promise::value));
        if let (Some((value, by)), Some(unit)) = (values, other.and_then(Promise::unit))
            // What is divided by next to nothing is no figure.
            && (value / by).is_finite()
        {
            found.push(Found::Ratio {
                per: id.clone(),
                value: value / by,
                unit: format!("{}/{unit}", own.unit()),
            });
        }
    }
    per_year(own, found);
}

/// The sum of a figure and the earlier ones that it adds to, as far as all are known and in one unit.
fn total(own: &One<'_, '_>, found: &mut Vec<Found>) {
    let mut chain = vec![own.promise];
    let mut sum = own.promise.value();
    let mut here = own.promise;
    while let Some(id) = &here.adds_to {
        let Some(earlier) = own.ledger.promise(id) else {
            return;
        };
        // A circle is told by the reader of the folder.
        if chain.iter().any(|known| known.id == earlier.id) || earlier.unit() != own.promise.unit()
        {
            return;
        }
        sum = sum.zip(earlier.value()).map(|(sum, value)| sum + value);
        chain.push(earlier);
        here = earlier;
    }
    if let (Some(sum), true) = (sum, chain.len() > 1) {
        found.push(Found::Total {
            of: chain.iter().rev().map(|own| own.id.clone()).collect(),
            sum: Value {
                value: sum,
                unit: own.unit().to_owned(),
            },
        });
    }
}

/// Whether the figure is where something is to stand, and not what is done over the years.
fn is_level(promise: &Promise) -> bool {
    let begins = promise.figure.as_ref().and_then(|figure| figure.start);
    let reads = promise.measure.as_ref().map(|shown| shown.reads);
    begins.is_some() || reads == Some(Reads::Level)
}

/// A figure over several years, by the year. Years themselves, yearly amounts and shares are not divided by years.
fn per_year(own: &One<'_, '_>, found: &mut Vec<Found>) {
    let unit = own.unit();
    let is_amount = matches!(own.promise.kind, Kind::Amount | Kind::Cost | Kind::Saving);
    let is_by_time = unit.contains('/') || matches!(unit, "년" | "세" | "%" | "‰");
    if !is_amount || is_by_time || is_level(own.promise) {
        return;
    }
    if let (Some(value), Some(years)) = (own.promise.value(), own.promise.period.years())
        && years > 1
    {
        found.push(Found::PerYear {
            value: Value {
                value: value / f64::from(years),
                unit: format!("{unit}/년"),
            },
            years,
        });
    }
}
