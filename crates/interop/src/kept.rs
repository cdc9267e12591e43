//! Answers made of several reads, kept while what they were made of is in force and given to all who see the same.
//!
//! Each time one is given it stands in the access log before it leaves, with all that was read for it. An answer in
//! which something was refused, or which is of persons by name, is made anew each time.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use access::{AskError, Reader};
use records::log::Touched;
use tokio::sync::Mutex as Turn;

/// Most answers kept: when there are more, all are made anew.
const MOST: usize = 256;

type Value = Arc<dyn Any + Send + Sync>;

#[derive(Debug)]
struct Answer {
    touched: Vec<Touched>,
    value: Value,
}

type Slot = Arc<Turn<Option<Answer>>>;

/// The answers.
#[derive(Debug, Default)]
pub struct Kept {
    slots: Mutex<HashMap<String, Slot>>,
}

impl Kept {
    /// What `make` answers to this reader, or answered to another who sees the same. `key` names the question with all
    /// that its answer depends on besides who asks: versions, filters, language, what passes with time. `rows` says how
    /// many rows an answer holds.
    ///
    /// # Errors
    /// Those of `make`, and of the log.
    pub async fn get<T, E, Made>(
        &self,
        reader: Reader,
        key: &str,
        rows: impl Fn(&T) -> u64,
        make: impl FnOnce(Reader) -> Made,
    ) -> Result<Arc<T>, E>
    where
        T: Send + Sync + 'static,
        E: From<AskError>,
        Made: Future<Output = Result<T, E>>,
    {
        let slot = self.slot(format!("{} {key}", reader.policy().name()));
        let kept = {
            // Whoever comes while it is made waits for it: fifty people cost one answer.
            let mut slot = slot.lock().await;
            let kept = slot.as_ref().and_then(|answer| {
                let value = Arc::clone(&answer.value).downcast::<T>().ok()?;
                Some((answer.touched.clone(), value))
            });
            let Some(kept) = kept else {
                let (reader, notes) = reader.noting();
                let value = Arc::new(make(reader).await?);
                if let Some(touched) = notes.keepable() {
                    *slot = Some(Answer {
                        touched,
                        value: Arc::clone(&value) as Value,
                    });
                }
                return Ok(value);
            };
            kept
        };
        let (touched, value) = kept;
        reader.given_again(&touched, key, rows(&value)).await?;
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
