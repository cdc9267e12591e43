//! Values that must not stand twice; the first in the order of file and row stays.
//!
//! Keys are remembered by 96 bits of two independent hashes: for fifty million rows, two different
//! keys are taken for one with a probability below 1.6e-14 (n² / 2^97), and a key costs 13 to 26
//! bytes. A single whole number or date is remembered as it is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::{Reason, Why};
use hashbrown::HashTable;

use crate::report::Counted;

/// Tables the keys are spread over: one that grows does not double all of them, and the keys of a batch
/// are looked up table by table, each small enough to stay in the processor's cache meanwhile.
const SHARDS: usize = 256;
/// The bits of a hash from here on name its table: neither the lowest, by which a table finds a key's place, nor the
/// seven highest, by which it tells keys at that place apart. All keys of a table have these bits in common.
const SHARD_SHIFT: u32 = 40;

/// Another thread failed, so this one need not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another part of the load failed")]
pub struct Aborted;

/// 96 bits of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key([u32; 3]);

impl Key {
    fn new(high: u64, low: u64) -> Self {
        let part = |value: u64| u32::try_from(value & 0xffff_ffff).unwrap_or_default();
        Self([part(high >> 32), part(high), part(low)])
    }

    fn hash(self) -> u64 {
        let [a, b, c] = self.0;
        // Whole numbers come in runs: the multiplication spreads them (Fibonacci hashing).
        ((u64::from(a) << 32 | u64::from(b)) ^ u64::from(c)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Whose turn it is: batches come from several threads, and are decided in the order of their number.
#[derive(Default)]
pub(crate) struct Turn {
    next: Mutex<u64>,
    turned: Condvar,
    aborted: AtomicBool,
}

impl Turn {
    /// Lets threads that wait go.
    pub(crate) fn abort(&self) {
        self.aborted.store(true, Ordering::SeqCst);
        self.turned.notify_all();
    }

    /// Waits for the turn of batch `seq`.
    fn take(&self, seq: u64) -> Result<MutexGuard<'_, u64>, Aborted> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        while *next != seq {
            if self.aborted.load(Ordering::SeqCst) {
                return Err(Aborted);
            }
            next = self
                .turned
                .wait_timeout(next, std::time::Duration::from_millis(200))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        Ok(next)
    }

    fn pass(&self, mut next: MutexGuard<'_, u64>) {
        *next += 1;
        self.turned.notify_all();
    }
}

fn shard_of(hash: u64) -> usize {
    usize::try_from(hash >> SHARD_SHIFT).unwrap_or_default() % SHARDS
}

/// Whether the key is new; it is known from now on.
fn insert(table: &mut HashTable<Key>, key: Key, hash: u64) -> bool {
    match table.entry(hash, |known| *known == key, |known| known.hash()) {
        hashbrown::hash_table::Entry::Occupied(_) => false,
        hashbrown::hash_table::Entry::Vacant(place) => {
            place.insert(key);
            true
        }
    }
}

/// One set of columns whose values must not stand twice. A row that lacks one of them passes.
pub struct Unique {
    columns: Vec<String>,
    high: RandomState,
    low: RandomState,
    shards: Vec<Mutex<HashTable<Key>>>,
    errors: AtomicU64,
    diagnosed: AtomicU64,
}

impl Unique {
    /// Columns that together must not stand twice.
    pub fn new(columns: Vec<String>) -> Self {
        Self {
            columns,
            // Fixed seeds: a load decides the same every time.
            high: RandomState::with_seeds(0x6d61, 0x6461, 0x6e67, 0x0001),
            low: RandomState::with_seeds(0x6861, 0x6e62, 0x6974, 0x0002),
            shards: (0..SHARDS).map(|_| Mutex::new(HashTable::new())).collect(),
            errors: AtomicU64::new(0),
            diagnosed: AtomicU64::new(0),
        }
    }

    fn arrays(&self, rows: &RecordBatch) -> Result<Vec<ArrayRef>, ArrowError> {
        let find = |name: &String| {
            rows.column_by_name(name)
                .cloned()
                .ok_or_else(|| ArrowError::SchemaError(format!("no column {name}")))
        };
        self.columns.iter().map(find).collect()
    }

    pub(crate) fn remember(&self, rows: &RecordBatch) -> Result<(), ArrowError> {
        for key in self.keys(&self.arrays(rows)?)?.into_iter().flatten() {
            self.insert(key);
        }
        Ok(())
    }

    /// How many of these rows have a key that is known.
    pub(crate) fn known_among(&self, rows: &RecordBatch) -> Result<u64, ArrowError> {
        let keys = self.keys(&self.arrays(rows)?)?;
        let known = keys.into_iter().flatten().filter(|key| self.contains(*key));
        Ok(u64::try_from(known.count()).unwrap_or_default())
    }

    fn shard(&self, hash: u64) -> Option<&Mutex<HashTable<Key>>> {
        self.shards.get(shard_of(hash))
    }

    fn contains(&self, key: Key) -> bool {
        let hash = key.hash();
        self.shard(hash).is_some_and(|shard| {
            let table = shard.lock().unwrap_or_else(PoisonError::into_inner);
            table.find(hash, |known| *known == key).is_some()
        })
    }

    /// Whether the key is new; it is known from now on.
    fn insert(&self, key: Key) -> bool {
        let hash = key.hash();
        let Some(shard) = self.shard(hash) else {
            return true;
        };
        let mut table = shard.lock().unwrap_or_else(PoisonError::into_inner);
        insert(&mut table, key, hash)
    }

    /// Inserts keys that are grouped by their table; tells the rows whose key is not new.
    fn insert_grouped(&self, keys: &[(usize, Key)], mut tell: impl FnMut(usize)) {
        let of = |(_, key): &(usize, Key)| shard_of(key.hash());
        for group in keys.chunk_by(|left, right| of(left) == of(right)) {
            let Some(shard) = group.first().and_then(|first| self.shards.get(of(first))) else {
                continue;
            };
            let mut table = shard.lock().unwrap_or_else(PoisonError::into_inner);
            for (row, key) in group {
                if !insert(&mut table, *key, key.hash()) {
                    tell(*row);
                }
            }
        }
    }

    fn reason(&self, rows: &RecordBatch, row: usize) -> Reason {
        let column = match self.columns.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let array = column.as_ref().and_then(|name| rows.column_by_name(name));
        Reason {
            value: array.and_then(|array| shown(array, row)),
            column,
            why: Why::Unique {
                columns: self.columns.clone(),
                first_row: None,
            },
        }
    }

    /// The key of each row; nothing where a part is missing.
    fn keys(&self, arrays: &[ArrayRef]) -> Result<Vec<Option<Key>>, ArrowError> {
        if let [array] = arrays
            && let Some(keys) = plain(array)
        {
            return Ok(keys);
        }
        let rows = arrays.first().map_or(0, Array::len);
        let mut keys = vec![Some((0_u64, 0_u64)); rows];
        for array in arrays {
            let mut mix = |row: usize, high: u64, low: u64| {
                if let Some(Some(key)) = keys.get_mut(row) {
                    *key = (
                        key.0.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ high,
                        key.1.rotate_left(7).wrapping_mul(0xc2b2_ae3d_27d4_eb4f) ^ low,
                    );
                }
            };
            match array.data_type() {
                DataType::Utf8 => {
                    for (row, text) in array.as_string::<i32>().iter().enumerate() {
                        let text = text.unwrap_or_default();
                        mix(row, self.high.hash_one(text), self.low.hash_one(text));
                    }
                }
                _ => {
                    if let Some(values) = plain(array) {
                        for (row, value) in values.into_iter().enumerate() {
                            let [a, b, c] = value.map_or([0; 3], |key| key.0);
                            mix(
                                row,
                                self.high.hash_one((a, b, c)),
                                self.low.hash_one((a, b, c)),
                            );
                        }
                    } else {
                        let text = ArrayFormatter::try_new(array, &FormatOptions::default())?;
                        for row in 0..rows {
                            let value = text.value(row).to_string();
                            mix(row, self.high.hash_one(&value), self.low.hash_one(&value));
                        }
                    }
                }
            }
            for row in (0..rows).filter(|row| array.null_count() > 0 && array.is_null(*row)) {
                if let Some(key) = keys.get_mut(row) {
                    *key = None;
                }
            }
        }
        Ok(keys
            .into_iter()
            .map(|key| key.map(|(high, low)| Key::new(high, low)))
            .collect())
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted {
            column: (self.columns.len() == 1).then(|| self.columns.concat()),
            check: "unique".to_owned(),
            errors: self.errors.load(Ordering::Relaxed),
            diagnosed: self.diagnosed.load(Ordering::Relaxed),
        }
    }
}

/// Adds the rows whose values stand before to `bad`. Rows that are bad already do not count, and a
/// row that is bad by one of `all` claims no value of another: it does not stay either.
pub(crate) fn judge(
    all: &[Unique],
    turn: &Turn,
    seq: u64,
    rows: &RecordBatch,
    bad: &mut BTreeMap<usize, Vec<Reason>>,
) -> Result<(), crate::JudgeError> {
    // Hashing needs no order; only the look-up does.
    let keys = all
        .iter()
        .map(|unique| unique.keys(&unique.arrays(rows)?))
        .collect::<Result<Vec<_>, _>>()?;
    let key = |at: usize, row: usize| keys.get(at)?.get(row).copied().flatten();
    let candidates: Vec<usize> = (0..rows.num_rows())
        .filter(|row| bad.is_empty() || !bad.contains_key(row))
        .collect();
    for (at, unique) in all.iter().enumerate() {
        let diagnosed = candidates.iter().filter(|row| key(at, **row).is_some());
        let diagnosed = u64::try_from(diagnosed.count()).unwrap_or_default();
        unique.diagnosed.fetch_add(diagnosed, Ordering::Relaxed);
    }
    let mut twice: Vec<(usize, &Unique)> = Vec::new();
    if let [only] = all {
        // One look-up is enough where there is one to ask. Rows of one key stay in their order.
        let mut grouped: Vec<(usize, Key)> = candidates
            .into_iter()
            .filter_map(|row| Some((row, key(0, row)?)))
            .collect();
        grouped.sort_by_key(|(_, key)| shard_of(key.hash()));
        let next = turn.take(seq)?;
        only.insert_grouped(&grouped, |row| twice.push((row, only)));
        turn.pass(next);
        tell(twice, rows, bad);
        return Ok(());
    }
    let next = turn.take(seq)?;
    for row in candidates {
        let own = all
            .iter()
            .enumerate()
            .filter_map(|(at, unique)| Some((unique, key(at, row)?)));
        let before = twice.len();
        twice.extend(
            own.clone()
                .filter(|(unique, key)| unique.contains(*key))
                .map(|(unique, _)| (row, unique)),
        );
        if twice.len() == before {
            own.for_each(|(unique, key)| {
                unique.insert(key);
            });
        }
    }
    turn.pass(next);
    tell(twice, rows, bad);
    Ok(())
}

fn tell(twice: Vec<(usize, &Unique)>, rows: &RecordBatch, bad: &mut BTreeMap<usize, Vec<Reason>>) {
    for (row, unique) in twice {
        unique.errors.fetch_add(1, Ordering::Relaxed);
        bad.entry(row).or_default().push(unique.reason(rows, row));
    }
}

/// Whole numbers, days and moments as they are.
fn plain(array: &ArrayRef) -> Option<Vec<Option<Key>>> {
    let key = |value: i64| Key::new(u64::from_ne_bytes(value.to_ne_bytes()), 0);
    Some(match array.data_type() {
        DataType::Int64 => array
            .as_primitive::<Int64Type>()
            .iter()
            .map(|value| value.map(key))
            .collect(),
        DataType::Date32 => array
            .as_primitive::<Date32Type>()
            .iter()
            .map(|value| value.map(|value| key(i64::from(value))))
            .collect(),
        DataType::Timestamp(TimeUnit::Microsecond, None) => array
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .map(|value| value.map(key))
            .collect(),
        _ => return None,
    })
}

/// A cell as text.
pub(crate) fn shown(array: &ArrayRef, row: usize) -> Option<String> {
    let text = ArrayFormatter::try_new(array, &FormatOptions::default()).ok()?;
    array.is_valid(row).then(|| text.value(row).to_string())
}
