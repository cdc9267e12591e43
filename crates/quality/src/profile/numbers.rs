//! How numbers are distributed, and which lie far from all others.

use city::ColumnType;
use city::profile::{Bin, Finding, Method, Numbers, What};

use super::roles::Role;
use super::table::{EXAMPLES, Table};
use super::tally::Tally;

/// Values below which so many of a hundred lie.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
/// Steps of a histogram, about.
const STEPS: f64 = 16.0;
/// Fewer values have no outliers.
const LEAST: usize = 30;
/// Fewer different values are a scale, not a measurement.
const LEAST_DISTINCT: u64 = 10;
/// Median absolute deviations that a value may be away. A normal distribution has one in a billion beyond 6.
const DEVIATIONS: f64 = 8.0;
/// From a median absolute deviation to a standard deviation.
const MAD: f64 = 1.4826;
/// Interquartile ranges that a logarithm may be beyond its quartile.
const FENCES: f64 = 4.5;
/// More than one value in so many are no outliers.
const FEW: usize = 100;

/// The numbers of a column and the rows they stand in, sorted.
fn sorted(table: &Table<'_>, tally: &Tally) -> Option<Vec<(f64, usize)>> {
    let numbers = table.numbers(tally.name())?;
    let mut sorted: Vec<(f64, usize)> = numbers
        .into_iter()
        .enumerate()
        .filter_map(|(row, number)| Some((number?, row)))
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    (!sorted.is_empty()).then_some(sorted)
}

/// The value at a share of the way through sorted ones.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a place among values in memory")]
    let last = sorted.len().saturating_sub(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of values"
    )]
    let at = (last * share).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// How a column's numbers are distributed.
pub(super) fn distribution(table: &Table<'_>, tally: &Tally) -> Option<Numbers> {
    let (min, max, mean) = tally.bounds()?;
    let values: Vec<f64> = sorted(table, tally)?
        .into_iter()
        .map(|(value, _)| value)
        .collect();
    Some(Numbers {
        min,
        max,
        mean,
        quantiles: QUANTILES.map(|share| quantile(&values, share)),
        bins: bins(&values, tally.column.column_type),
    })
}

/// Equal steps of a round size over the middle 98 of a hundred; the ends take what lies beyond.
fn bins(values: &[f64], kind: ColumnType) -> Vec<Bin> {
    let (low, high) = (quantile(values, 0.01), quantile(values, 0.99));
    let is_whole = matches!(kind, ColumnType::Integer | ColumnType::Year);
    let raw = (high - low) / STEPS;
    if raw <= 0.0 || !raw.is_finite() {
        return Vec::new();
    }
    let power = 10.0_f64.powf(raw.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0]
        .map(|step| step * power)
        .into_iter()
        .find(|step| *step >= raw);
    let step = round.unwrap_or(raw).max(if is_whole { 1.0 } else { 0.0 });
    let first = (low / step).floor();
    let last = (high / step).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some twenty steps"
    )]
    let count = ((last - first) as usize).min(100) + 1;
    let mut counts = vec![0_u64; count];
    for value in values {
        let at = (value / step).floor() - first;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "kept between the first and the last step"
        )]
        let at = (at.max(0.0) as usize).min(count - 1);
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
        }
    }
    counts
        .into_iter()
        .zip(0_u32..)
        .map(|(count, at)| Bin {
            from: (first + f64::from(at)) * step,
            to: (first + f64::from(at) + 1.0) * step,
            count,
        })
        .collect()
}

/// Numbers far from all others.
pub(super) fn outliers(table: &Table<'_>, tally: &Tally) -> Option<Finding> {
    let is_measured = matches!(
        tally.column.column_type,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number
    );
    let is_place = table
        .dataset
        .place
        .as_ref()
        .is_some_and(|place| [&place.x, &place.y].contains(&&Some(tally.name().to_owned())));
    if !is_measured
        || is_place
        || matches!(tally.role, Role::Number | Role::Phone)
        || tally.distinct().count < LEAST_DISTINCT
    {
        return None;
    }
    let sorted = sorted(table, tally)?;
    let values: Vec<f64> = sorted.iter().map(|(value, _)| *value).collect();
    if values.len() < LEAST {
        return None;
    }
    let (method, low, high) = fences(&values)?;
    let near = || values.iter().filter(|value| (low..=high).contains(*value));
    let (least, most) = (*near().next()?, *near().next_back()?);
    let far: Vec<(f64, usize)> = sorted
        .into_iter()
        .filter(|(value, _)| *value < low || *value > high)
        .filter(|(value, _)| stands_alone(method, *value, quantile(&values, 0.5), (least, most)))
        .collect();
    if far.is_empty() || far.len() > (values.len() / FEW).max(2) {
        return None;
    }
    let shows = tally.shows();
    let farthest = far.iter().rev().take(EXAMPLES);
    Some(Finding {
        what: What::Outliers {
            method,
            low: shows.then_some(least),
            high: shows.then_some(most),
        },
        columns: vec![tally.name().to_owned()],
        count: u64::try_from(far.len()).unwrap_or_default(),
        of: u64::try_from(values.len()).unwrap_or_default(),
        examples: farthest
            .map(|(_, row)| table.example(&[tally.name()], &[*row]))
            .collect(),
    })
}

/// Whether a value is much farther from the middle than the farthest of the others: a long tail has no end.
fn stands_alone(method: Method, value: f64, middle: f64, (least, most): (f64, f64)) -> bool {
    match method {
        Method::Mad => {
            let others = if value > middle {
                most - middle
            } else {
                middle - least
            };
            (value - middle).abs() >= 2.0 * others
        }
        Method::LogTukey => value >= 3.0 * most,
    }
}

/// Between which values all others lie, and how that was told.
fn fences(values: &[f64]) -> Option<(Method, f64, f64)> {
    let at = |share: f64| quantile(values, share);
    let (low, middle, high) = (at(0.1), at(0.5), at(0.9));
    let is_skewed = high - middle > 2.5 * (middle - low);
    let positive: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| *value > 0.0)
        .collect();
    let is_positive = values.first().is_some_and(|least| *least >= 0.0);
    if is_skewed && is_positive && positive.len() >= LEAST {
        let logs: Vec<f64> = positive.iter().map(|value| value.ln()).collect();
        let (first, third) = (quantile(&logs, 0.25), quantile(&logs, 0.75));
        let range = (third - first).max(0.2);
        // Small values are no surprise among small ones: zero and little look alike.
        return Some((
            Method::LogTukey,
            f64::NEG_INFINITY,
            (third + FENCES * range).exp(),
        ));
    }
    let mut away: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    away.sort_by(f64::total_cmp);
    let deviation = MAD * quantile(&away, 0.5);
    // More than half the values are the same: then the spread of all says more.
    let deviation = if deviation > 0.0 {
        deviation
    } else {
        (at(0.95) - at(0.05)) / 3.3
    };
    (deviation > 0.0).then_some((
        Method::Mad,
        middle - DEVIATIONS * deviation,
        middle + DEVIATIONS * deviation,
    ))
}

/// Whether a number is far from those of a column, sorted: for values that stand for nothing.
pub(super) fn is_apart(others: &[f64], value: f64) -> bool {
    let (low, high) = (quantile(others, 0.02), quantile(others, 0.98));
    let span = (high - low).max(high.abs().max(low.abs()) * 0.2);
    value > high + 2.0 * span || value < low - 0.5 * (high - low) || (value == 0.0 && low >= 10.0)
}

/// The numbers of a column but one, sorted.
pub(super) fn others(table: &Table<'_>, name: &str, value: f64) -> Option<Vec<f64>> {
    let numbers = table.numbers(name)?.into_iter().flatten();
    #[expect(clippy::float_cmp, reason = "the very same value")]
    let mut others: Vec<f64> = numbers.filter(|number| *number != value).collect();
    others.sort_by(f64::total_cmp);
    Some(others)
}
