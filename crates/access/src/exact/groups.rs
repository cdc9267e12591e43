//! A sum for each group.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, UInt64Array};
use arrow::datatypes::UInt64Type;
use datafusion::error::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::twofold::{CARRY, Twofold};
use super::{Told, doubles};

/// After so many additions to a group errors are carried into its sum.
const CARRY_COUNT: u64 = CARRY as u64;

/// Rows that are looked at together.
const BLOCK: usize = 64;
const BLOCK_COUNT: u64 = BLOCK as u64;

/// Sums and counts by the number of their group.
#[derive(Debug)]
pub(super) struct Groups {
    told: Told,
    all: Vec<(Twofold, u64)>,
}

impl Groups {
    pub(super) fn new(told: Told) -> Self {
        Self {
            told,
            all: Vec::new(),
        }
    }

    /// Rows that stand together are of one group more often than not: the days of a month, the hours of a day.
    fn add_all(&mut self, groups: &[usize], values: &[f64]) {
        for (groups, values) in groups.chunks(BLOCK).zip(values.chunks(BLOCK)) {
            let Some(first) = groups.first() else { return };
            if groups.len() == BLOCK && groups.iter().all(|group| group == first) {
                if let Some((sum, count)) = self.all.get_mut(*first) {
                    *sum = sum.and(Twofold::of(values));
                    *count += BLOCK_COUNT;
                }
                continue;
            }
            for (group, value) in groups.iter().zip(values) {
                self.add(*group, *value);
            }
        }
    }

    #[inline]
    fn add(&mut self, group: usize, value: f64) {
        if let Some((sum, count)) = self.all.get_mut(group) {
            *sum = sum.with(value);
            *count += 1;
            if count.is_multiple_of(CARRY_COUNT) {
                *sum = sum.carried();
            }
        }
    }
}

/// Whether a filter lets a row through.
fn is_let(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        self.all.resize(count, (Twofold::default(), 0));
        let [values] = values else { return Ok(()) };
        let values = doubles(values);
        if filter.is_none() && values.null_count() == 0 {
            self.add_all(groups, values.values());
            return Ok(());
        }
        let rows = groups.iter().zip(values.values());
        for (row, (group, value)) in rows.enumerate() {
            if values.is_valid(row) && is_let(filter, row) {
                self.add(*group, *value);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let all = emit.take_needed(&mut self.all);
        let told = all.into_iter().map(|(sum, count)| self.told.of(sum, count));
        Ok(Arc::new(told.collect::<Float64Array>()))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let all = emit.take_needed(&mut self.all);
        let part = |part: fn((f64, f64)) -> f64| -> ArrayRef {
            let parts = all.iter().map(|(sum, _)| part(sum.parts()));
            Arc::new(Float64Array::from_iter_values(parts))
        };
        let counts = all.iter().map(|(_, count)| *count);
        Ok(vec![
            part(|(high, _)| high),
            part(|(_, low)| low),
            Arc::new(UInt64Array::from_iter_values(counts)),
        ])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.all.resize(count, (Twofold::default(), 0));
        let [high, low, counts] = states else {
            return Ok(());
        };
        let counts = counts.as_primitive::<UInt64Type>().values();
        let parts = doubles(high).values().iter().zip(doubles(low).values());
        for (((high, low), more), group) in parts.zip(counts).zip(groups) {
            if let Some((sum, count)) = self.all.get_mut(*group) {
                *sum = sum.and(Twofold::new(*high, *low));
                *count += more;
            }
        }
        Ok(())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let [values] = values else {
            return Ok(Vec::new());
        };
        let values = doubles(values);
        let is_taken = |row: usize| values.is_valid(row) && is_let(filter, row);
        let rows = 0..values.len();
        let high = rows.clone().zip(values.values());
        let high = high.map(|(row, value)| if is_taken(row) { *value } else { 0.0 });
        Ok(vec![
            Arc::new(Float64Array::from_iter_values(high)),
            Arc::new(Float64Array::from_iter_values(rows.clone().map(|_| 0.0))),
            Arc::new(UInt64Array::from_iter_values(
                rows.map(|row| u64::from(is_taken(row))),
            )),
        ])
    }

    fn size(&self) -> usize {
        self.all.capacity() * size_of::<(Twofold, u64)>()
    }
}
