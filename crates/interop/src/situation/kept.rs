//! What was judged of rows, kept while their versions, their reader's sight and the day stay the same.
//!
//! Judging a hundred thousand permits takes a second, and a call desk asks every few. Whoever is answered from here has
//! a read of their own in the access log.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use access::AskError;
use chrono::{DateTime, Utc};
use records::Records;
use tokio::sync::Mutex as Turn;

/// Most answers kept: each may hold the permits of a large city.
const MOST: usize = 8;

type Slot = Arc<Turn<Option<Arc<dyn Any + Send + Sync>>>>;

/// The answers.
#[derive(Debug, Default)]
pub struct Kept {
    slots: Mutex<HashMap<String, Slot>>,
    moment: Option<Moment>,
}

/// The moment a played city has reached: the situation is shown as of it, and everything else goes by the clock.
#[derive(Clone, Debug, Default)]
pub struct Moment(Arc<AtomicI64>);

impl Moment {
    /// It is later now.
    pub fn set(&self, at: DateTime<Utc>) {
        self.0.store(at.timestamp(), Ordering::Relaxed);
    }

    /// The moment; nothing before the play has begun.
    fn get(&self) -> Option<DateTime<Utc>> {
        let seconds = self.0.load(Ordering::Relaxed);
        DateTime::from_timestamp(seconds, 0).filter(|_| seconds != 0)
    }
}

impl Kept {
    /// Of a city that is played.
    pub fn played(moment: Moment) -> Self {
        Self {
            moment: Some(moment),
            ..Self::default()
        }
    }

    /// The moment the situation is shown as of.
    pub fn now(&self, records: &Records) -> DateTime<Utc> {
        let played = self.moment.as_ref().and_then(Moment::get);
        played.unwrap_or_else(|| records.clock().now())
    }

    /// What is kept under a key, or what `make` makes; and whether it was there.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn get<T: Send + Sync + 'static>(
        &self,
        key: String,
        make: impl Future<Output = Result<T, AskError>>,
    ) -> Result<(Arc<T>, bool), AskError> {
        let slot = self.slot(key);
        // Who asks for the same meanwhile waits for it, and makes it only once.
        let mut slot = slot.lock().await;
        if let Some(kept) = &*slot
            && let Ok(kept) = Arc::clone(kept).downcast::<T>()
        {
            return Ok((kept, true));
        }
        let made = Arc::new(make.await?);
        *slot = Some(Arc::clone(&made) as Arc<dyn Any + Send + Sync>);
        Ok((made, false))
    }

    fn slot(&self, key: String) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST && !slots.contains_key(&key) {
            slots.clear();
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_has_a_moment_once_it_has_begun() {
        let moment = Moment::default();
        assert_eq!(moment.get(), None);
        let at = "2026-11-26T09:05:00Z".parse().unwrap();
        moment.set(at);
        assert_eq!(moment.clone().get(), Some(at));
    }

    #[tokio::test]
    async fn what_is_there_is_not_made_again() {
        let kept = Kept::default();
        let make = |number: u8| async move { Ok(number) };
        let first = kept.get("a".to_owned(), make(1)).await.unwrap();
        assert_eq!((*first.0, first.1), (1, false));
        let again = kept.get("a".to_owned(), make(2)).await.unwrap();
        assert_eq!((*again.0, again.1), (1, true));
        for number in 0..20_u8 {
            kept.get(format!("b{number}"), make(number)).await.unwrap();
        }
        assert!(kept.slots.lock().unwrap().len() <= MOST);
    }
}
