//! What devices say to an MQTT broker: listened to, kept on disk before it is acknowledged, and given out minute by minute.
//!
//! Each message becomes part of exactly one minute's file, whatever dies when: see `ids` for how a message that the
//! broker repeats is known. A broker that itself forgets acknowledgements in a crash repeats what cannot be known as
//! repeated: where that matters, a manifest has a `key` and the mode `upsert`.
//!
//! | module | holds |
//! | --- | --- |
//! | `broker` | which broker, as whom, and the line to it |
//! | `wire` | packets in, packets out |
//! | `listen` | the line, again and again |
//! | `ids` | which messages have been kept already |
//! | `journal` | the minute that runs, record by record |
//! | `buffer` | the files, and what a killed listener left |
//! | `payload` | a message's rows |

mod broker;
mod buffer;
mod ids;
mod journal;
mod listen;
mod payload;
mod wire;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use city::dataset::MqttSource;
use city::{DatasetId, Fault};

use broker::Broker;
use buffer::Buffer;
pub use payload::{NUMBER, RECEIVED, TOPIC};

use crate::{FetchError, Fetched};

/// Wait before the second try; doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// What a listener tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The broker has taken the subscription: from now on it keeps what devices send.
    Listening,
    /// The broker is away or refuses; it is tried again after so many seconds.
    Away {
        /// Why.
        why: Fault,
        /// Seconds until the next try.
        seconds: u64,
    },
    /// The disk takes nothing. Nothing is acknowledged meanwhile: the broker keeps it.
    DiskFails {
        /// Why.
        why: String,
        /// Seconds until the next try.
        seconds: u64,
    },
    /// So many more messages have been kept.
    Messages(u64),
    /// A minute has ended: there may be something to load.
    MinuteEnded,
}

/// The clock, as an argument.
pub type Clock = Box<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Listens for one dataset.
pub struct Listener {
    broker: Broker,
    folder: PathBuf,
    now: Clock,
    first_wait: Duration,
}

impl Listener {
    /// A listener for `dataset` of the city with the code `city`, which keeps what it hears in `folder`.
    ///
    /// # Errors
    /// When the address is none, or a configuration value is missing.
    pub fn new(
        source: &MqttSource,
        (city, dataset): (&str, &DatasetId),
        values: &BTreeMap<String, String>,
        folder: PathBuf,
        now: Clock,
    ) -> Result<Self, FetchError> {
        Ok(Self {
            broker: Broker::new(source, (city, dataset), values)?,
            folder,
            now,
            first_wait: FIRST_WAIT,
        })
    }
}

/// The folder that messages of a dataset are kept in.
pub fn folder(buffers: &Path, dataset: &DatasetId) -> PathBuf {
    buffers.join(dataset.as_str())
}

/// Whether a dataset has messages of a minute that has ended.
///
/// # Errors
/// When the folder cannot be read.
pub fn has_ended(folder: &Path) -> io::Result<bool> {
    Ok(!buffer::ended(folder)?.is_empty())
}

/// The files of minutes that have ended, in the order their messages came. Where nobody listens, what a killed
/// listener left open is ended first.
///
/// # Errors
/// When the disk fails.
pub fn fetch(folder: &Path) -> io::Result<Vec<Fetched>> {
    drop(Buffer::take(folder)?);
    let ended = buffer::ended(folder)?.into_iter();
    Ok(ended.map(|(name, path)| Fetched { name, path }).collect())
}

/// Removes the files of minutes that `is_kept` says are kept elsewhere for good.
///
/// # Errors
/// When `is_kept` fails, or the disk.
pub fn clear<E: From<io::Error>>(
    folder: &Path,
    mut is_kept: impl FnMut(&str, &Path) -> Result<bool, E>,
) -> Result<(), E> {
    for (name, path) in buffer::ended(folder)? {
        if is_kept(&name, &path)? {
            buffer::remove(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod buffer_tests;
#[cfg(test)]
mod tests;
