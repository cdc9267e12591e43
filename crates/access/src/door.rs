//! Hands out readers.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use city::{City, Dataset, DatasetId};
use datafusion::catalog::TableProvider;
use lake::{Lake, Record};
use records::Records;

use crate::engine::Engine;
use crate::error::AskError;
use crate::person::{Person, Purpose};
use crate::policy::Policy;
use crate::reader::Reader;

/// Opened tables kept ready.
const TABLES_KEPT: usize = 256;
/// Counts kept ready; versions never change, so they stay true.
const COUNTS_KEPT: usize = 4096;

/// The door of one city.
pub struct Door {
    pub(crate) city: Arc<City>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) records: Arc<Records>,
    pub(crate) engine: Engine,
    views: HashMap<Policy, Arc<BTreeMap<DatasetId, Arc<Dataset>>>>,
    tables: Mutex<HashMap<(DatasetId, i64), Arc<dyn TableProvider>>>,
    counts: Mutex<HashMap<(String, Policy), u64>>,
}

impl Door {
    /// The door to a city's lake.
    ///
    /// # Errors
    /// When the query engine cannot be opened.
    pub fn new(city: Arc<City>, lake: Arc<Lake>, records: Arc<Records>) -> Result<Self, AskError> {
        let engine = Engine::new().map_err(|error| AskError::Run(Some(error.to_string())))?;
        let views = [Policy::Operator, Policy::Public]
            .into_iter()
            .map(|policy| (policy, Arc::new(policy.view(&city))))
            .collect();
        Ok(Self {
            city,
            lake,
            records,
            engine,
            views,
            tables: Mutex::new(HashMap::new()),
            counts: Mutex::new(HashMap::new()),
        })
    }

    /// A reader for a person and a purpose.
    pub fn reader(self: &Arc<Self>, person: Person, purpose: Purpose) -> Reader {
        let policy = Policy::of(&person);
        let view = self.views.get(&policy).cloned().unwrap_or_default();
        Reader {
            door: Arc::clone(self),
            person,
            purpose,
            policy,
            view,
        }
    }

    /// The city whose door this is.
    pub fn city(&self) -> &Arc<City> {
        &self.city
    }

    /// The table of one version, opened once.
    pub(crate) fn table(&self, version: &Record) -> Result<Arc<dyn TableProvider>, AskError> {
        let key = (version.dataset.clone(), version.number);
        if let Some(table) = self
            .tables
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(Arc::clone(table));
        }
        let table = self.lake.table(&version.dataset, version.number)?;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.len() >= TABLES_KEPT {
            tables.clear();
        }
        tables.insert(key, Arc::clone(&table));
        Ok(table)
    }

    pub(crate) fn known_count(&self, key: &(String, Policy)) -> Option<u64> {
        self.counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .copied()
    }

    pub(crate) fn keep_count(&self, key: (String, Policy), count: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= COUNTS_KEPT {
            counts.clear();
        }
        counts.insert(key, count);
    }
}
