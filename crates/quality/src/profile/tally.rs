//! One column, counted as its rows pass.

use std::collections::BTreeMap;

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, Datelike, NaiveDate};
use city::profile::{ColumnProfile, Counted, Distinct, Lengths, Numbers};
use city::{Column, ColumnType, PrivacyClass};
use hashbrown::HashMap;

use super::distinct::Estimate;
use super::pattern::{pattern, shape};
use super::roles::{Role, role};
use super::tops::{Slot, Tops};

/// Frequent values and patterns that a profile names.
const NAMED: usize = 10;
/// Patterns that are told apart.
const PATTERNS: usize = 4096;
/// Months that are told apart.
const MONTHS: usize = 4096;
/// More months than these are shown as years.
const MONTHS_SHOWN: usize = 36;
/// No pattern: too many of them.
const OTHER: u32 = u32::MAX;

/// Letters that are kept of a long text.
const KEPT: usize = 200;

/// The beginning of a text: many long ones must not fill the memory.
fn beginning(text: &str) -> String {
    text.chars().take(KEPT).collect()
}

/// One column, counted.
pub(super) struct Tally {
    pub(super) column: Column,
    pub(super) role: Role,
    rows: u64,
    nulls: u64,
    distinct: Estimate,
    pub(super) tops: Tops,
    state: RandomState,
    patterns: Patterns,
    lengths: Option<(u64, u64, u64)>,
    /// Least, greatest, sum.
    bounds: Option<(f64, f64, f64)>,
    months: BTreeMap<i32, u64>,
}

/// Patterns of texts with their numbers, numbered as they come.
#[derive(Default)]
pub(super) struct Patterns {
    known: HashMap<String, u32, RandomState>,
    counts: Vec<(String, u64)>,
}

impl Patterns {
    fn number(&mut self, text: &str) -> u32 {
        let pattern = pattern(text);
        if let Some(number) = self.known.get(&pattern) {
            return *number;
        }
        let number = u32::try_from(self.counts.len()).unwrap_or(OTHER);
        if self.counts.len() >= PATTERNS {
            return OTHER;
        }
        self.counts.push((pattern.clone(), 0));
        self.known.insert(pattern, number);
        number
    }

    fn count(&mut self, number: u32) {
        let known = usize::try_from(number).ok();
        if let Some((_, count)) = known.and_then(|at| self.counts.get_mut(at)) {
            *count += 1;
        }
    }

    /// Forms without the lengths of their parts, the most frequent first.
    pub(super) fn shapes(&self) -> Vec<(String, u64)> {
        let mut shapes: BTreeMap<String, u64> = BTreeMap::new();
        for (pattern, count) in &self.counts {
            *shapes.entry(shape(pattern)).or_default() += count;
        }
        let mut shapes: Vec<(String, u64)> = shapes.into_iter().collect();
        shapes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shapes
    }

    fn named(&self) -> Vec<Counted> {
        let mut all: Vec<&(String, u64)> = self.counts.iter().collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all.into_iter()
            .filter(|(_, count)| *count > 0)
            .take(NAMED)
            .map(|(value, count)| Counted {
                value: value.clone(),
                count: *count,
            })
            .collect()
    }
}

impl Tally {
    pub(super) fn new(column: &Column, slots: usize) -> Self {
        Self {
            column: column.clone(),
            role: role(column),
            rows: 0,
            nulls: 0,
            distinct: Estimate::new(),
            tops: Tops::new(slots),
            state: RandomState::with_seeds(5, 6, 7, 8),
            patterns: Patterns::default(),
            lengths: None,
            bounds: None,
            months: BTreeMap::new(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.column.name
    }

    /// Values that are there.
    pub(super) fn filled(&self) -> u64 {
        self.rows - self.nulls
    }

    /// Whether its values may be told.
    pub(super) fn shows(&self) -> bool {
        self.column.privacy == PrivacyClass::None
    }

    /// Different values.
    pub(super) fn distinct(&self) -> Distinct {
        if self.tops.is_exact() {
            Distinct {
                count: u64::try_from(self.tops.len()).unwrap_or(u64::MAX),
                error: None,
            }
        } else {
            Distinct {
                count: self.distinct.count().min(self.filled()),
                error: Some(Estimate::ERROR),
            }
        }
    }

    pub(super) fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// Least, greatest and mean number.
    pub(super) fn bounds(&self) -> Option<(f64, f64, f64)> {
        let (least, most, sum) = self.bounds?;
        #[expect(clippy::cast_precision_loss, reason = "a count, for a mean")]
        let mean = sum / self.filled() as f64;
        Some((least, most, mean))
    }

    pub(super) fn see(&mut self, array: &ArrayRef) -> Result<(), ArrowError> {
        self.rows += u64::try_from(array.len()).unwrap_or_default();
        self.nulls += u64::try_from(array.null_count()).unwrap_or_default();
        match array.data_type() {
            DataType::Utf8 => {
                for text in array.as_string::<i32>().iter().flatten() {
                    self.text(text);
                }
            }
            DataType::Int64 => self.values(array.as_primitive::<Int64Type>(), |value| {
                #[expect(clippy::cast_precision_loss, reason = "for bounds and a mean")]
                (
                    u64::from_ne_bytes(value.to_ne_bytes()),
                    Some(value as f64),
                    None,
                )
            }),
            DataType::Float64 => self.values(array.as_primitive::<Float64Type>(), |value| {
                (value.to_bits(), Some(value), None)
            }),
            DataType::Date32 => self.values(array.as_primitive::<Date32Type>(), |value| {
                let day = NaiveDate::from_num_days_from_ce_opt(value.saturating_add(719_163));
                (u64::from(value.cast_unsigned()), None, day)
            }),
            DataType::Timestamp(..) => {
                self.values(array.as_primitive::<TimestampMicrosecondType>(), |value| {
                    let moment = DateTime::from_timestamp_micros(value);
                    (
                        value.cast_unsigned(),
                        None,
                        moment.map(|moment| moment.date_naive()),
                    )
                });
            }
            _ => self.others(array)?,
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let hash = self.state.hash_one(text);
        self.distinct.add(hash);
        let patterns = &mut self.patterns;
        let tag = self
            .tops
            .add(hash, || (beginning(text), patterns.number(text)));
        self.patterns.count(tag);
        let letters = u64::try_from(text.chars().count()).unwrap_or_default();
        let (least, sum, most) = self.lengths.unwrap_or((letters, 0, letters));
        self.lengths = Some((least.min(letters), sum + letters, most.max(letters)));
    }

    fn values<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        read: impl Fn(T::Native) -> (u64, Option<f64>, Option<NaiveDate>),
    ) {
        let shown: ArrayRef = std::sync::Arc::new(array.clone());
        let options = FormatOptions::default();
        let Ok(formatter) = ArrayFormatter::try_new(&shown, &options) else {
            return;
        };
        for (row, value) in array.iter().enumerate() {
            let Some(value) = value else { continue };
            let (key, number, day) = read(value);
            self.distinct.add(self.state.hash_one(key));
            self.tops
                .add(key, || (formatter.value(row).to_string(), OTHER));
            if let Some(number) = number {
                self.number(number);
            }
            if let Some(day) = day {
                self.day(day);
            }
        }
    }

    fn number(&mut self, number: f64) {
        if !number.is_finite() {
            return;
        }
        let (least, most, sum) = self.bounds.unwrap_or((number, number, 0.0));
        self.bounds = Some((least.min(number), most.max(number), sum + number));
    }

    fn day(&mut self, day: NaiveDate) {
        let month = day.year() * 12 + i32::try_from(day.month0()).unwrap_or_default();
        if self.months.len() < MONTHS || self.months.contains_key(&month) {
            *self.months.entry(month).or_default() += 1;
        }
    }

    /// Yes and no, exact numbers: by their text.
    fn others(&mut self, array: &ArrayRef) -> Result<(), ArrowError> {
        let is_number = matches!(array.data_type(), DataType::Decimal128(..));
        let options = FormatOptions::default();
        let formatter = ArrayFormatter::try_new(array, &options)?;
        for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
            let text = formatter.value(row).to_string();
            let hash = self.state.hash_one(&text);
            self.distinct.add(hash);
            if let Some(number) = text.parse().ok().filter(|_| is_number) {
                self.number(number);
            }
            self.tops.add(hash, || (text, OTHER));
        }
        Ok(())
    }

    /// The text of a value as a person writes it: a month without its day.
    pub(super) fn written(&self, slot: &Slot) -> String {
        let text = &*slot.text;
        match self.column.column_type {
            ColumnType::Month => text.get(..7).unwrap_or(text).to_owned(),
            ColumnType::Datetime => text.replace('T', " "),
            _ => text
                .chars()
                .map(|letter| if letter.is_control() { ' ' } else { letter })
                .collect(),
        }
    }

    fn top(&self) -> Vec<Counted> {
        let sorted = self.tops.sorted();
        // Where every value stands once, none is frequent.
        if sorted.first().is_none_or(|slot| slot.count < 2) {
            return Vec::new();
        }
        let counted = |slot: &&Slot| Counted {
            value: self.written(slot),
            count: slot.count,
        };
        sorted.iter().take(NAMED).map(counted).collect()
    }

    fn times(&self) -> Vec<Counted> {
        let (first, last) = (self.months.keys().next(), self.months.keys().next_back());
        let (Some(first), Some(last)) = (first, last) else {
            return Vec::new();
        };
        let by_year = usize::try_from(last - first).is_ok_and(|span| span >= MONTHS_SHOWN);
        let mut times: BTreeMap<String, u64> = BTreeMap::new();
        for (month, count) in &self.months {
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            let label = if by_year {
                format!("{year:04}")
            } else {
                format!("{year:04}-{month:02}")
            };
            *times.entry(label).or_default() += count;
        }
        times
            .into_iter()
            .map(|(value, count)| Counted { value, count })
            .collect()
    }

    /// The column's profile; `numbers` is how its numbers are distributed. Of a column that says something about a
    /// person only counts are told.
    pub(super) fn finish(self, numbers: Option<Numbers>) -> ColumnProfile {
        let shows = self.shows();
        let filled = self.filled();
        let mean = |sum: u64| {
            #[expect(clippy::cast_precision_loss, reason = "counts, for a mean")]
            let mean = sum as f64 / filled.max(1) as f64;
            mean
        };
        ColumnProfile {
            rows: self.rows,
            nulls: self.nulls,
            distinct: self.distinct(),
            top: if shows { self.top() } else { Vec::new() },
            patterns: if shows {
                self.patterns.named()
            } else {
                Vec::new()
            },
            lengths: self.lengths.map(|(min, sum, max)| Lengths {
                min,
                mean: mean(sum),
                max,
            }),
            numbers: numbers.filter(|_| shows),
            times: if shows { self.times() } else { Vec::new() },
            name: self.column.name,
        }
    }
}
