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

/// Most answers kept: each may hold the permits of a large city, and there are some for each sight.
const MOST: usize = 16;

type Slot = Arc<Turn<Option<Arc<dyn Any + Send + Sync>>>>;

/// The answers, each with the turn at which it was asked for last.
#[derive(Debug, Default)]
struct Slots {
    all: HashMap<String, (u64, Slot)>,
    turn: u64,
}

/// The answers.
#[derive(Debug, Default)]
pub struct Kept {
    slots: Mutex<Slots>,
    /// Seconds of the moment a played city has reached; 0 where it goes by the clock.
    played: AtomicI64,
}

impl Kept {
    /// The situation is shown as of this moment from now on, while everything else goes by the clock: days are played.
    /// Without one it goes by the clock, too.
    pub fn play(&self, moment: Option<DateTime<Utc>>) {
        let seconds = moment.map_or(0, |at| at.timestamp());
        self.played.store(seconds, Ordering::Relaxed);
    }

    /// The moment the situation is shown as of.
    pub fn now(&self, records: &Records) -> DateTime<Utc> {
        self.moment().unwrap_or_else(|| records.clock().now())
    }

    fn moment(&self) -> Option<DateTime<Utc>> {
        let seconds = self.played.load(Ordering::Relaxed);
        DateTime::from_timestamp(seconds, 0).filter(|_| seconds != 0)
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
        let Slots { all, turn } = &mut *slots;
        *turn += 1;
        if all.len() >= MOST && !all.contains_key(&key) {
            let oldest = all.iter().min_by_key(|(_, (turn, _))| *turn);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                all.remove(&oldest);
            }
        }
        let (last, slot) = all.entry(key).or_default();
        *last = *turn;
        Arc::clone(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_has_a_moment_until_it_has_caught_up() {
        let kept = Kept::default();
        assert_eq!(kept.moment(), None);
        let at = "2026-11-26T09:05:00Z".parse().unwrap();
        kept.play(Some(at));
        assert_eq!(kept.moment(), Some(at));
        kept.play(None);
        assert_eq!(kept.moment(), None);
    }

    #[tokio::test]
    async fn what_is_there_is_not_made_again() {
        let kept = Kept::default();
        let make = |number: u8| async move { Ok(number) };
        let first = kept.get("a".to_owned(), make(1)).await.unwrap();
        assert_eq!((*first.0, first.1), (1, false));
        let again = kept.get("a".to_owned(), make(2)).await.unwrap();
        assert_eq!((*again.0, again.1), (1, true));
        // What is asked for stays, whatever comes and goes.
        for number in 0..60_u8 {
            kept.get(format!("b{number}"), make(number)).await.unwrap();
            let again = kept.get("a".to_owned(), make(2)).await.unwrap();
            assert_eq!((*again.0, again.1), (1, true), "{number}");
        }
        assert_eq!(kept.slots.lock().unwrap().all.len(), MOST);
        let gone = kept.get("b0".to_owned(), make(9)).await.unwrap();
        assert_eq!((*gone.0, gone.1), (9, false));
    }
}
