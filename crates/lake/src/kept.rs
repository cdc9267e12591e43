//! What was read of a dataset's small files, for as long as nobody says that the dataset changed.

use std::sync::{Arc, PoisonError};

use city::{DatasetId, Impact};

use crate::correction::Standing;
use crate::record::Record;
use crate::replay::Commit;
use crate::report::Reported;
use crate::{Held, Lake, LakeError};

/// A list that was read, if it was.
type Read<T> = Option<Arc<T>>;

/// What was read of one dataset.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The change after which it was read; nothing: nothing is kept.
    turn: Option<u64>,
    /// All commits, the newest included.
    pub(crate) commits: Read<Arc<Vec<Commit>>>,
    pub(crate) refusals: Read<Vec<Arc<Record>>>,
    pub(crate) held: Read<Vec<Held>>,
    pub(crate) corrections: Read<Vec<Standing>>,
    pub(crate) reports: Read<Vec<Reported>>,
    pub(crate) impact: Read<Option<Impact>>,
}

impl Lake {
    /// What `slot` keeps of a dataset, read anew if the dataset has changed.
    pub(crate) fn keep<T>(
        &self,
        dataset: &DatasetId,
        slot: fn(&mut Kept) -> &mut Read<T>,
        read: impl FnOnce() -> Result<T, LakeError>,
    ) -> Result<Arc<T>, LakeError> {
        // Asked before anything is read: a change that comes between makes another turn.
        let Some(turn) = self.notices.turn(dataset) else {
            return read().map(Arc::new);
        };
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get_mut(dataset)
            && kept.turn == Some(turn)
            && let Some(value) = slot(kept)
        {
            return Ok(Arc::clone(value));
        }
        drop(all);
        let value = Arc::new(read()?);
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.entry(dataset.clone()).or_default();
        if kept.turn != Some(turn) {
            *kept = Kept {
                turn: Some(turn),
                ..Kept::default()
            };
        }
        *slot(kept) = Some(Arc::clone(&value));
        Ok(value)
    }
}
