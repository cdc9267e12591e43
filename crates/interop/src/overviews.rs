//! Answers over all datasets, kept while nothing in the lake changes.
//!
//! A city of ten thousand datasets is counted in a tenth of a second and asked for by many. What was counted stays
//! true until the next load, decision, correction or report; whoever asks first after one waits, the others wait with
//! them.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::{AskError, Reader};
use tokio::sync::Mutex as Turn;

/// Most answers kept: a fresh start costs less than a list that grows with what people think of asking.
const MOST: usize = 64;

type Value = Arc<dyn Any + Send + Sync>;
/// An answer that was counted.
#[derive(Debug)]
struct Counted {
    /// The change of the lake after which it was.
    standing: u64,
    /// What else it depended on.
    of: String,
    value: Value,
}

type Slot = Arc<Turn<Option<Counted>>>;

/// The answers.
#[derive(Debug, Default)]
pub struct Overviews {
    slots: Mutex<HashMap<String, Slot>>,
}

impl Overviews {
    /// What `make` answers to this reader, or answered since the last change. `key` names the question; `of` is what
    /// its answer depends on besides the lake and passes away: the day, the words of departments.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get<T, E>(
        &self,
        reader: Reader,
        key: &str,
        of: String,
        make: impl FnOnce(&Reader) -> Result<T, E> + Send + 'static,
    ) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
        E: From<AskError> + Send + 'static,
    {
        let slot = self.slot(format!("{} {key}", reader.policy().name()));
        let mut slot = slot.lock().await;
        // Asked before anything is counted: what changes meanwhile makes the answer one of before.
        let standing = reader.standing();
        if let (Some(counted), Some(standing)) = (&*slot, standing)
            && (counted.standing, &counted.of) == (standing, &of)
            && let Ok(value) = Arc::clone(&counted.value).downcast::<T>()
        {
            return Ok(value);
        }
        // It is counted beside: nobody else's page waits for it.
        let made = tokio::task::spawn_blocking(move || make(&reader)).await;
        let value = Arc::new(made.map_err(|error| AskError::Run(Some(error.to_string())))??);
        if let Some(standing) = standing {
            *slot = Some(Counted {
                standing,
                of,
                value: Arc::clone(&value) as Value,
            });
        }
        Ok(value)
    }

    fn slot(&self, key: String) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST && !slots.contains_key(&key) {
            slots.clear();
        }
        Arc::clone(slots.entry(key).or_default())
    }
}
