//! One guess at a time: what the guess before brought must count before the next is looked at.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

/// So many subjects are looked at side by side; two that share a gate only wait for each other.
const GATES: u64 = 64;

/// Gates by subject.
#[derive(Clone, Debug)]
pub(crate) struct Gates(Arc<Vec<Arc<Mutex<()>>>>);

impl Default for Gates {
    fn default() -> Self {
        Self(Arc::new((0..GATES).map(|_| Arc::default()).collect()))
    }
}

impl Gates {
    /// Waits for the gate of a subject; it is open for others when the answer is dropped.
    pub(crate) async fn pass(&self, subject: &str) -> Option<OwnedMutexGuard<()>> {
        let mut hasher = DefaultHasher::new();
        subject.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % GATES).unwrap_or_default();
        match self.0.get(at) {
            Some(gate) => Some(Arc::clone(gate).lock_owned().await),
            None => None,
        }
    }
}
