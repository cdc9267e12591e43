//! How often somebody who has not signed in may write something.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Times within [`PERIOD`].
const TIMES: usize = 10;
/// What is counted is forgotten after so long.
const PERIOD: TimeDelta = TimeDelta::hours(1);
/// Addresses remembered at once; more than that write only when an older one is forgotten.
const ADDRESSES: usize = 10_000;

/// Counts in memory: nothing of an address is kept on disk.
#[derive(Debug, Default)]
pub struct Limits {
    written: Mutex<HashMap<String, Vec<DateTime<Utc>>>>,
}

impl Limits {
    /// Whether an address may write once more now; if so, that is counted.
    pub fn take(&self, address: &str, now: DateTime<Utc>) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.len() >= ADDRESSES {
            written.retain(|_, times| times.last().is_some_and(|last| now - *last < PERIOD));
        }
        if written.len() >= ADDRESSES && !written.contains_key(address) {
            return false;
        }
        let times = written.entry(address.to_owned()).or_default();
        times.retain(|time| now - *time < PERIOD);
        if times.len() >= TIMES {
            return false;
        }
        times.push(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_an_hour_and_others_are_not_held_up() {
        let limits = Limits::default();
        let (one, other) = ("10.0.0.1", "10.0.0.2");
        let now = DateTime::UNIX_EPOCH;
        assert!((0..TIMES).all(|_| limits.take(one, now)));
        assert!(!limits.take(one, now));
        assert!(limits.take(other, now));
        assert!(limits.take(one, now + PERIOD));
    }
}
