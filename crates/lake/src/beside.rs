//! Work on many things side by side, on as many threads as there are processors.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::LakeError;

/// Does `work` for each number below `all`. After an error nothing new is begun.
///
/// # Errors
/// The first that a thread met.
pub(crate) fn side_by_side(
    all: usize,
    work: impl Fn(usize) -> Result<(), LakeError> + Sync,
) -> Result<(), LakeError> {
    let next = AtomicUsize::new(0);
    let take = || {
        while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < all) {
            work(at).inspect_err(|_| next.store(all, Ordering::Relaxed))?;
        }
        Ok(())
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(all)).map(|_| scope.spawn(take)).collect();
        let ended: Vec<Result<(), LakeError>> = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(broken())))
            .collect();
        ended.into_iter().collect()
    })
}

fn broken() -> LakeError {
    LakeError::Disk {
        path: "rows that are replaced".to_owned(),
        source: std::io::Error::other("a thread broke down"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn everything_is_done_once_and_an_error_is_told() {
        let done = Mutex::new(vec![0; 1_000]);
        side_by_side(1_000, |at| {
            done.lock().unwrap()[at] += 1;
            Ok(())
        })
        .unwrap();
        assert!(done.lock().unwrap().iter().all(|times| *times == 1));
        side_by_side(0, |_| Err(broken())).unwrap();
        let told = side_by_side(1_000, |at| if at == 7 { Err(broken()) } else { Ok(()) });
        assert!(told.is_err());
    }
}
