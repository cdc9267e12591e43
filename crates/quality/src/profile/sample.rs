//! The rows that are compared with one another: all of them, or blocks drawn at random with a fixed seed.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::error::ArrowError;

/// Rows kept at most.
pub const SAMPLE_ROWS: usize = BLOCKS * BLOCK_ROWS;
/// Rows that are drawn together, so that neighbours stay neighbours.
const BLOCK_ROWS: usize = 1024;
/// Blocks kept at most.
const BLOCKS: usize = 256;
/// Bytes kept at most.
const BYTES: usize = 192 << 20;
/// The seed: a profile is the same every time.
const SEED: u64 = 0x6d61_6461_6e67;

/// Draws blocks of rows: each block is as likely to be kept as any other.
pub(super) struct Sample {
    kept: Vec<(u64, RecordBatch)>,
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    blocks: u64,
    most: usize,
    state: u64,
}

impl Sample {
    pub(super) fn new() -> Self {
        Self {
            kept: Vec::new(),
            waiting: Vec::new(),
            waiting_rows: 0,
            blocks: 0,
            most: BLOCKS,
            state: SEED,
        }
    }

    /// The next number of a generator that depends on nothing (splitmix64).
    fn draw(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }

    pub(super) fn see(&mut self, rows: &RecordBatch) -> Result<(), ArrowError> {
        let mut from = 0;
        while from < rows.num_rows() {
            let take = (BLOCK_ROWS - self.waiting_rows).min(rows.num_rows() - from);
            self.waiting.push(rows.slice(from, take));
            self.waiting_rows += take;
            from += take;
            if self.waiting_rows == BLOCK_ROWS {
                self.block()?;
            }
        }
        Ok(())
    }

    fn block(&mut self) -> Result<(), ArrowError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting_rows = 0;
        let Some(first) = waiting.first() else {
            return Ok(());
        };
        let number = self.blocks;
        self.blocks += 1;
        let at = if self.kept.len() < self.most && number == self.kept.len() as u64 {
            None
        } else {
            let at = self.draw(self.blocks);
            match usize::try_from(at) {
                Ok(at) if at < self.kept.len().min(self.most) => Some(at),
                _ => return Ok(()),
            }
        };
        // Copied, or the batch it was cut from would be held.
        let block = concat_batches(&first.schema(), &waiting)?;
        match at.and_then(|at| self.kept.get_mut(at)) {
            Some(place) => *place = (number, block),
            None => self.kept.push((number, block)),
        }
        self.shrink();
        Ok(())
    }

    /// Long texts: fewer blocks are kept.
    fn shrink(&mut self) {
        let bytes = |kept: &[(u64, RecordBatch)]| -> usize {
            kept.iter()
                .map(|(_, block)| block.get_array_memory_size())
                .sum()
        };
        while self.kept.len() > 1 && bytes(&self.kept) > BYTES {
            for _ in 0..self.kept.len().div_ceil(2) {
                let at = self.draw(self.kept.len() as u64);
                self.kept
                    .swap_remove(usize::try_from(at).unwrap_or_default());
            }
            self.most = self.kept.len().max(1);
        }
    }

    /// The rows kept in their order, and where a row does not follow the one before.
    pub(super) fn finish(mut self) -> Result<Option<(RecordBatch, Vec<usize>)>, ArrowError> {
        self.block()?;
        self.kept.sort_by_key(|(number, _)| *number);
        let Some((_, first)) = self.kept.first() else {
            return Ok(None);
        };
        let schema = first.schema();
        let (mut breaks, mut rows, mut next) = (Vec::new(), 0, None);
        for (number, block) in &self.kept {
            if next.is_some_and(|next| next != *number) {
                breaks.push(rows);
            }
            rows += block.num_rows();
            next = Some(number + 1);
        }
        let blocks: Vec<RecordBatch> = self.kept.into_iter().map(|(_, block)| block).collect();
        Ok(Some((concat_batches(&schema, &blocks)?, breaks)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow::array::{ArrayRef, AsArray, Int64Array};
    use arrow::datatypes::Int64Type;

    fn sample(rows: i64, batch: i64) -> (Vec<i64>, Vec<usize>) {
        let mut sample = Sample::new();
        let mut from = 0;
        while from < rows {
            let to = (from + batch).min(rows);
            let array: ArrayRef = Arc::new(Int64Array::from_iter_values(from..to));
            sample
                .see(&RecordBatch::try_from_iter([("n", array)]).unwrap())
                .unwrap();
            from = to;
        }
        let (rows, breaks) = sample.finish().unwrap().unwrap();
        let array = rows.column(0).as_primitive::<Int64Type>();
        (array.values().to_vec(), breaks)
    }

    #[test]
    fn few_rows_are_all_kept() {
        let (rows, breaks) = sample(5_000, 700);
        assert_eq!(rows, (0..5_000).collect::<Vec<_>>());
        assert!(breaks.is_empty());
    }

    #[test]
    fn many_rows_are_drawn_from_everywhere_and_always_the_same() {
        let (rows, breaks) = sample(2_000_000, 8_192);
        assert_eq!(rows.len(), SAMPLE_ROWS);
        assert!(rows.is_sorted() && !breaks.is_empty());
        let mean = rows.iter().sum::<i64>() / i64::try_from(rows.len()).unwrap();
        assert!((800_000..1_200_000).contains(&mean), "{mean}");
        assert_eq!(sample(2_000_000, 500).0, rows);
    }
}
