//! Hands out readers.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::sync::Arc;

use city::{City, Dataset, DatasetId};
use datafusion::catalog::TableProvider;
use lake::{Lake, Record};
use records::Records;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::engine::Engine;
use crate::error::AskError;
use crate::kept::Kept;
use crate::person::{Person, Purpose};
use crate::policy::Policy;
use crate::reader::Reader;

/// The door of one city.
pub struct Door {
    pub(crate) city: Arc<City>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) records: Arc<Records>,
    pub(crate) engine: Engine,
    views: HashMap<Policy, Arc<BTreeMap<DatasetId, Arc<Dataset>>>>,
    pub(crate) kept: Kept,
    /// Questions that may run at the same time: more than processors only make all of them wait longer.
    turns: Semaphore,
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
            kept: Kept::new(),
            turns: Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)),
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

    /// Waits until a question may run that is read to its end at once.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.turns.acquire().await.ok()
    }

    /// The city whose door this is.
    pub fn city(&self) -> &Arc<City> {
        &self.city
    }

    /// The table of one version, opened once.
    pub(crate) fn table(&self, version: &Record) -> Result<Arc<dyn TableProvider>, AskError> {
        let key = (version.dataset.clone(), version.number);
        if let Some(table) = self.kept.table(&key) {
            return Ok(table);
        }
        let table = self.lake.table(&version.dataset, version.number)?;
        self.kept.keep_table(key, &table);
        Ok(table)
    }
}
