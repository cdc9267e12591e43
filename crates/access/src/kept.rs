//! What the door keeps ready. Versions never change, so what was true of one stays true.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::SchemaRef;
use city::DatasetId;
use datafusion::catalog::TableProvider;
use records::log::{About, Touched};

use crate::looked::Looks;
use crate::profile::Profiles;
use crate::question::Rows;
use crate::tally::TallyCell;

/// Opened tables.
const TABLES: usize = 256;
/// Counts.
const COUNTS: usize = 4096;
/// Pages of rows.
const PAGES: usize = 1024;
/// A page of more rows is not kept.
pub(crate) const PAGE_ROWS: u64 = 100;
/// A page of more bytes is not kept.
const PAGE_BYTES: usize = 128 << 10;
/// Tallies of columns.
const TALLIES: usize = 256;

/// What is kept of one sort: when it is full, all of it goes, since whatever is still asked for comes back soon.
#[derive(Debug)]
struct Shelf<K, V> {
    most: usize,
    held: Mutex<HashMap<K, V>>,
}

impl<K: Eq + Hash, V: Clone> Shelf<K, V> {
    fn new(most: usize) -> Self {
        Self {
            most,
            held: Mutex::new(HashMap::new()),
        }
    }

    fn get(&self, key: &K) -> Option<V> {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    /// What is there already, or else what `make` makes.
    fn get_or(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= self.most && !held.contains_key(&key) {
            held.clear();
        }
        held.entry(key).or_insert_with(make).clone()
    }
}

/// A page of rows that was read before.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) schema: SchemaRef,
    pub(crate) rows: Vec<RecordBatch>,
    pub(crate) touched: Touched,
    pub(crate) versions: Vec<(DatasetId, i64)>,
    /// Whose rows they are: pseudonyms, and how far they are all.
    pub(crate) persons: (Vec<String>, Option<About>),
}

/// All that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    tables: Shelf<(DatasetId, i64), Arc<dyn TableProvider>>,
    counts: Shelf<(String, Arc<str>), u64>,
    pages: Shelf<(Rows, Arc<str>), Page>,
    tallies: Shelf<(DatasetId, i64, String), TallyCell>,
    profiles: Profiles,
    looks: Looks,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self {
            tables: Shelf::new(TABLES),
            counts: Shelf::new(COUNTS),
            pages: Shelf::new(PAGES),
            tallies: Shelf::new(TALLIES),
            profiles: Profiles::default(),
            looks: Looks::default(),
        }
    }

    pub(crate) fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    pub(crate) fn looks(&self) -> &Looks {
        &self.looks
    }

    pub(crate) fn table(&self, key: &(DatasetId, i64)) -> Option<Arc<dyn TableProvider>> {
        self.tables.get(key)
    }

    pub(crate) fn keep_table(&self, key: (DatasetId, i64), table: &Arc<dyn TableProvider>) {
        self.tables.get_or(key, || Arc::clone(table));
    }

    pub(crate) fn count(&self, key: &(String, Arc<str>)) -> Option<u64> {
        self.counts.get(key)
    }

    pub(crate) fn keep_count(&self, key: (String, Arc<str>), count: u64) {
        self.counts.get_or(key, || count);
    }

    pub(crate) fn page(&self, key: &(Rows, Arc<str>)) -> Option<Page> {
        self.pages.get(key)
    }

    /// Keeps a page, unless it is large.
    pub(crate) fn keep_page(&self, key: (Rows, Arc<str>), page: Page) {
        // A page is a slice of the batch it was read in: copied, or all of that batch would be held.
        let copied = page.rows.iter().map(|batch| {
            let all = u32::try_from(batch.num_rows()).unwrap_or_default();
            take_record_batch(batch, &UInt32Array::from_iter_values(0..all))
        });
        let Ok(rows) = copied.collect::<Result<Vec<_>, _>>() else {
            return;
        };
        let bytes: usize = rows.iter().map(RecordBatch::get_array_memory_size).sum();
        if bytes <= PAGE_BYTES {
            self.pages.get_or(key, || Page { rows, ..page });
        }
    }

    /// The place of a column's tally: whoever comes first makes it, the others wait.
    pub(crate) fn tally(&self, dataset: &DatasetId, version: i64, column: &str) -> TallyCell {
        let key = (dataset.clone(), version, column.to_owned());
        self.tallies.get_or(key, TallyCell::default)
    }
}
