//! Whether a count of no rows says something: 0 only where somebody would have been counted.

use access::{AskError, Reader};
use chrono::NaiveDate;
use city::{Measure, Period};

use crate::answer::{begin, groups, whole};
use crate::ask::Asking;
use crate::asked::{Asked, pins};
use crate::query::Side;

/// A period that is shorter may lie between two deliveries, or on holidays.
const SHORT_DAYS: u64 = 14;
/// Where so many rows are to be expected, chance does not explain that there is none (e⁻²⁰ of independent rows).
const EXPECTED: f64 = 20.0;

/// All rows a measure could count, whatever is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// The days they are of; the last step whole.
    pub(crate) days: Period,
    /// How many there are.
    rows: u64,
}

/// Whether a measure's data reach over a period: no rows in it are none, and not a delivery that never came.
///
/// # Errors
/// As for [`crate::figure()`].
pub async fn covers(reader: &Reader, measure: &Measure, period: Period) -> Result<bool, AskError> {
    let asked = Asked {
        period: Some(period),
        ..Asked::default()
    };
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked)?;
    Asking::new(reader, measure, measures, &asked, &pins)
        .is_covered()
        .await
}

impl Asking<'_> {
    /// Whether rows would be there if there were any to count: the period lies within the days the data are of and is not
    /// a hole in them, and each value asked for is one that somebody has.
    pub(crate) async fn is_covered(&self) -> Result<bool, AskError> {
        for (dimension, value) in &self.asked.equals {
            if !self.has(dimension, value).await? {
                return Ok(false);
            }
        }
        let Some(period) = self.asked.period else {
            return Ok(true);
        };
        let Some(span) = self.all_days().await? else {
            return Ok(true);
        };
        if period.to < span.days.from || period.from > span.days.to {
            return Ok(false);
        }
        Ok(!self.is_hole(period, span).await?)
    }

    /// The days of all rows; nothing where there is no time axis, there are none, or no day is told to whoever asks.
    pub(crate) async fn all_days(&self) -> Result<Option<Span>, AskError> {
        let side = Side::all_of(self.reader.city(), self.measure);
        let Some((sql, axis)) = side.span().zip(self.measure.time.as_ref()) else {
            return Ok(None);
        };
        let found = match self.ask(sql).await {
            Err(AskError::Denied(_)) => return Ok(None),
            found => found?.0,
        };
        let days = groups(&found).into_iter().find_map(|(label, _, rows)| {
            let label = label?;
            let (first, last) = label.split_once('/')?;
            let day = |text: &str| text.get(..10)?.parse::<NaiveDate>().ok();
            Some((day(first)?, day(last)?, rows?))
        });
        Ok(days.map(|(first, last, rows)| Span {
            days: Period {
                from: begin(first, axis.step).from,
                to: begin(last, axis.step).to,
            },
            rows,
        }))
    }

    /// Whether a long period has no row at all where many are to be expected: a delivery that never came.
    async fn is_hole(&self, period: Period, span: Span) -> Result<bool, AskError> {
        let within = Period {
            from: period.from.max(span.days.from),
            to: period.to.min(span.days.to),
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "an estimate of how many are to be expected"
        )]
        let expected = span.rows as f64 * within.days() as f64 / span.days.days() as f64;
        if within.days() < SHORT_DAYS || expected < EXPECTED {
            return Ok(false);
        }
        let mut side = Side::all_of(self.reader.city(), self.measure);
        side.within(period);
        Ok(self.number(&side).await? == Some(0))
    }

    /// Whether any row has this value, or the dataset that names it does.
    async fn has(&self, dimension: &str, value: &str) -> Result<bool, AskError> {
        let mut side = Side::all_of(self.reader.city(), self.measure);
        if !side.narrow(dimension, value) || self.number(&side).await? != Some(0) {
            return Ok(true);
        }
        let Some(named) = Side::named(self.reader.city(), self.measure, dimension, value) else {
            return Ok(false);
        };
        Ok(self.number(&named).await? != Some(0))
    }

    /// How many rows there are; nothing where it is not told.
    async fn number(&self, side: &Side<'_>) -> Result<Option<u64>, AskError> {
        let (batches, hides) = match self.ask(side.number()).await {
            Err(AskError::Denied(_) | AskError::NotLoaded(_)) => return Ok(None),
            found => found?,
        };
        let number = batches.iter().find_map(|batch| whole(batch, 0, 0));
        Ok(number.filter(|_| !hides))
    }
}
