//! How values are spread: how many of them lie between which bounds.

use access::{AskError, Reader};
use city::{ColumnType, Measure};
use serde::Serialize;

use crate::answer::{real, whole};
use crate::ask::Asking;
use crate::asked::{Asked, pins};
use crate::parts::{Part, breakdown};

/// Steps of a picture, about.
const STEPS: f64 = 12.0;

/// How values are spread.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Steps of one width, least first.
    pub steps: Vec<Between>,
    /// Values that are counted.
    pub known: u64,
    /// Rows or parts without a value.
    pub unknown: u64,
    /// Parts that are not told because so few are counted.
    pub suppressed: u64,
}

/// Values from one bound to below another; the greatest belongs to the last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Between {
    /// From here on.
    pub from: f64,
    /// Below this.
    pub to: f64,
    /// How many; nothing where it is not told.
    pub count: Option<u64>,
}

/// How the values of a measure's parts are spread, or, without a dimension, those of its rows.
///
/// # Errors
/// When a dataset may not be read or is not loaded, the measure has no such dimension or takes no single values, or the
/// machine fails.
pub async fn spread(
    reader: &Reader,
    measure: &Measure,
    by: Option<&str>,
    asked: impl Into<Asked>,
) -> Result<Spread, AskError> {
    let asked = asked.into();
    if let Some(by) = by {
        let parts = breakdown(reader, measure, by, asked).await?;
        return Ok(of_parts(&parts));
    }
    let column = measure.column().filter(|_| measure.least_rows.is_none());
    let Some(column) = column else {
        return Err(AskError::NotBrokenDown {
            of: measure.id.to_string(),
            dimension: "rows".to_owned(),
        });
    };
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked)?;
    let asked = Asking::new(reader, measure, measures, &asked, &pins)
        .settled()
        .await?;
    Asking::new(reader, measure, measures, &asked, &pins)
        .spread(column)
        .await
}

impl Asking<'_> {
    async fn spread(&self, column: &str) -> Result<Spread, AskError> {
        let side = self.top().await?;
        let (batches, _) = self.ask(side.bounds(column)).await?;
        let first = batches.iter().find(|batch| batch.num_rows() > 0);
        let Some(batch) = first else {
            return Ok(Spread::default());
        };
        let unknown = whole(batch, 3, 0).unwrap_or_default();
        let bounds = real(batch, 0, 0).zip(real(batch, 2, 0));
        let Some((least, greatest)) =
            bounds.filter(|(one, other)| one.is_finite() && other.is_finite())
        else {
            return Ok(Spread {
                unknown,
                ..Spread::default()
            });
        };
        let dataset = self.reader.city().datasets.get(&self.measure.dataset);
        let kind = dataset.and_then(|own| own.column(column));
        let is_whole = kind.is_some_and(|own| own.column_type == ColumnType::Integer);
        let scale = Scale::of(least, greatest, is_whole);
        let sql = side.spread(column, scale.from, scale.width, scale.count);
        let groups = self.grouped(sql).await?;
        let mut steps = scale.steps();
        for group in groups {
            let at = group
                .label
                .as_deref()
                .and_then(|text| text.parse::<usize>().ok());
            if let Some(step) = at.and_then(|at| steps.get_mut(at)) {
                step.count = group.value.map(counted);
            }
        }
        Ok(Spread {
            known: steps.iter().filter_map(|step| step.count).sum(),
            steps,
            unknown,
            suppressed: 0,
        })
    }
}

/// How the values of parts are spread.
pub fn of_parts(parts: &[Part]) -> Spread {
    let values: Vec<f64> = parts.iter().filter_map(|part| part.value).collect();
    let hidden = parts.iter().filter(|part| part.suppressed).count();
    let silent = parts.len() - values.len() - hidden;
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let least = values.iter().copied().reduce(f64::min);
    let greatest = values.iter().copied().reduce(f64::max);
    let mut steps = Vec::new();
    if let (Some(least), Some(greatest)) = (least, greatest) {
        let is_whole = values.iter().all(|value| value.fract() == 0.0);
        let scale = Scale::of(least, greatest, is_whole);
        steps = scale.steps();
        for value in &values {
            let at = scale.at(*value);
            if let Some(step) = steps.get_mut(at) {
                step.count = step.count.map(|count| count + 1);
            }
        }
    }
    Spread {
        steps,
        known: number(values.len()),
        unknown: number(silent),
        suppressed: number(hidden),
    }
}

/// Steps of one round width.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    from: f64,
    width: f64,
    count: usize,
}

impl Scale {
    fn of(least: f64, greatest: f64, is_whole: bool) -> Self {
        let range = greatest - least;
        let rough = if range > 0.0 {
            range / STEPS
        } else {
            least.abs() / STEPS
        };
        let mut width = round_up(rough);
        if is_whole {
            width = width.max(1.0).ceil();
        }
        let from = (least / width).floor() * width;
        let mut count = 1;
        // A value on the last bound belongs to the last step, unless that step would begin with it.
        while from + width * as_number(count) <= greatest && count < 64 {
            count += 1;
        }
        Self { from, width, count }
    }

    fn bound(&self, at: usize) -> f64 {
        self.from + self.width * as_number(at)
    }

    fn at(&self, value: f64) -> usize {
        let last = self.count.saturating_sub(1);
        (0..last)
            .find(|at| value < self.bound(at + 1))
            .unwrap_or(last)
    }

    fn steps(&self) -> Vec<Between> {
        (0..self.count)
            .map(|at| Between {
                from: self.bound(at),
                to: self.bound(at + 1),
                count: Some(0),
            })
            .collect()
    }
}

/// The next of 1, 2, 2.5, 5 and their tenfolds.
fn round_up(rough: f64) -> f64 {
    if !(rough.is_finite() && rough > 0.0) {
        return 1.0;
    }
    let ten = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0].map(|step| step * ten);
    let found = steps.into_iter().find(|step| *step >= rough);
    found.unwrap_or(10.0 * ten)
}

#[expect(clippy::cast_precision_loss, reason = "steps are few")]
fn as_number(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count is whole and not below zero"
)]
fn counted(value: f64) -> u64 {
    value.max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(value: Option<f64>) -> Part {
        Part {
            label: Some("a".to_owned()),
            value,
            suppressed: false,
        }
    }

    #[test]
    fn bounds_are_round_numbers() {
        assert_eq!(Some(round_up(0.83)), Some(1.0));
        assert_eq!(Some(round_up(12.0)), Some(20.0));
        assert_eq!(Some(round_up(0.021)), Some(0.025));
        assert_eq!(Some(round_up(7.0)), Some(10.0));
        let scale = Scale::of(0.0, 10.0, true);
        assert_eq!((scale.from, scale.width, scale.count), (0.0, 1.0, 11));
        let same = Scale::of(7.0, 7.0, true);
        assert_eq!((same.from, same.count), (7.0, 1));
    }

    #[test]
    fn what_is_unknown_or_hidden_is_counted_apart() {
        let mut parts = vec![part(Some(3.0)), part(None), part(Some(3.0))];
        parts.push(Part {
            suppressed: true,
            ..part(None)
        });
        let spread = of_parts(&parts);
        assert_eq!((spread.known, spread.unknown, spread.suppressed), (2, 1, 1));
        assert!(of_parts(&[]).steps.is_empty());
    }

    proptest! {
        #[test]
        fn each_value_is_counted_once_between_its_bounds(values in prop::collection::vec(-1e9_f64..1e9, 1..80)) {
            let parts: Vec<Part> = values.iter().map(|value| part(Some(*value))).collect();
            let spread = of_parts(&parts);
            let counted: u64 = spread.steps.iter().filter_map(|step| step.count).sum();
            prop_assert_eq!(counted, u64::try_from(values.len()).unwrap());
            prop_assert!(spread.steps.len() <= 64);
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(spread.steps[0].from <= least);
            prop_assert!(spread.steps[spread.steps.len() - 1].to >= greatest);
        }
    }
}
