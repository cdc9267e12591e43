//! What devices say to brokers: a listener for each dataset, and the minutes it has kept.
//!
//! A minute's file stays in the buffer until a version names its bytes, or a person has turned them down: both are
//! kept in the landing area then.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use city::Dataset;
use city::dataset::{MqttSource, Source};
use lake::{At, Outcome};
use records::jobs::Progress;
use records::{Records, State};
use sources::mqtt::{self, Heard, Listener};
use sources::{FetchError, Fetched};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::exit::Failure;
use crate::jobs::load::Loader;

/// Folder of the data folder where messages wait.
const BUFFERS: &str = "buffers";
/// Minutes that were refused are tried again, with those that came since, after so long.
const REFUSED_FOR: TimeDelta = TimeDelta::hours(1);
/// Messages are counted before everybody's eyes so often.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// Begins to listen for every dataset whose source is a broker. `ended` is told of each minute that can be loaded.
pub(crate) async fn start(
    loader: &Loader,
    stop: &watch::Receiver<bool>,
    ended: &Arc<Notify>,
) -> JoinSet<()> {
    let mut listeners = JoinSet::new();
    for dataset in loader.platform.city.datasets.values() {
        let Source::Mqtt(source) = &dataset.source else {
            continue;
        };
        let id = &dataset.id;
        let job = match loader
            .platform
            .records
            .jobs()
            .start("listen", Some(id))
            .await
        {
            Ok(job) => job.id,
            Err(error) => {
                tracing::error!(dataset.id = %id, "nobody listens for `{id}`: {error}");
                continue;
            }
        };
        let told = Told::new(loader, dataset, source, job, ended);
        match listener(loader, dataset, source) {
            Ok(listener) => {
                let stop = stop.clone();
                listeners.spawn(async move {
                    listener.run(&|heard| told.tell(heard), stop).await;
                    told.end(State::Done, "ended").await;
                });
            }
            Err(failure) => {
                tracing::error!(dataset.id = %id, "nobody listens for `{id}`: {}", failure.message());
                told.end(State::Failed, failure.message()).await;
            }
        }
    }
    listeners
}

/// A listener for one dataset.
pub(crate) fn listener(
    loader: &Loader,
    dataset: &Dataset,
    source: &MqttSource,
) -> Result<Listener, Failure> {
    let records = Arc::clone(&loader.platform.records);
    let city = &loader.platform.city.manifest.code;
    Listener::new(
        source,
        (city, &dataset.id),
        &loader.config.source_values(),
        folder(loader, dataset),
        Box::new(move || records.clock().now()),
    )
    .map_err(|error| match error {
        FetchError::Input(faults) => Failure::faults(&faults),
        FetchError::Machine(error) => Failure::Machine(error.to_string()),
    })
}

/// Where a dataset's messages wait.
fn folder(loader: &Loader, dataset: &Dataset) -> PathBuf {
    mqtt::folder(&loader.config.data.value.join(BUFFERS), &dataset.id)
}

/// Tells the log and the jobs what a listener hears.
struct Told {
    records: Arc<Records>,
    job: Uuid,
    dataset: String,
    listening: String,
    messages: AtomicU64,
    state: Mutex<(String, Instant)>,
    ended: Arc<Notify>,
}

impl Told {
    fn new(
        loader: &Loader,
        dataset: &Dataset,
        source: &MqttSource,
        job: Uuid,
        ended: &Arc<Notify>,
    ) -> Self {
        Self {
            records: Arc::clone(&loader.platform.records),
            job,
            dataset: dataset.id.to_string(),
            listening: format!("listening to `{}` at {}", source.topic, source.url),
            messages: AtomicU64::new(0),
            state: Mutex::new(("connecting".to_owned(), Instant::now())),
            ended: Arc::clone(ended),
        }
    }

    fn tell(&self, heard: Heard) {
        let id = &self.dataset;
        match heard {
            Heard::Listening => {
                if self.becomes(&self.listening) {
                    tracing::info!(dataset.id = %id, "{}", self.listening);
                }
            }
            Heard::Away { why, seconds } => {
                let what = format!("nobody is heard: {why}");
                if self.becomes(&what) {
                    tracing::warn!(dataset.id = %id, "{what}; tried again in {seconds} s");
                }
            }
            Heard::DiskFails { why, seconds } => {
                let what =
                    format!("messages cannot be kept: {why}; the broker keeps them meanwhile");
                if self.becomes(&what) {
                    tracing::error!(dataset.id = %id, "{what}; tried again in {seconds} s");
                }
            }
            Heard::Messages(more) => {
                self.messages.fetch_add(more, Ordering::Relaxed);
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.1.elapsed() < TELL_EVERY {
                    return;
                }
                state.1 = Instant::now();
                self.show(&state.0);
            }
            Heard::MinuteEnded => {
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                self.show(&state.0);
                self.ended.notify_one();
            }
        }
    }

    /// Shows how it stands now; whether that is news.
    fn becomes(&self, what: &str) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = state.0 != what;
        *state = (what.to_owned(), Instant::now());
        self.show(what);
        is_news
    }

    fn show(&self, what: &str) {
        let progress = Progress {
            rows_done: self.messages.load(Ordering::Relaxed),
            ..Progress::default()
        };
        self.records.jobs().progress(self.job, progress, what);
    }

    async fn end(&self, state: State, message: &str) {
        if let Err(error) = self.records.jobs().finish(self.job, state, message).await {
            tracing::error!(dataset.id = %self.dataset, "the end of listening could not be kept: {error}");
        }
    }
}

/// The minutes that have ended and are in no version yet.
pub(crate) fn minutes(loader: &Loader, dataset: &Dataset) -> Result<Vec<Fetched>, Failure> {
    let folder = folder(loader, dataset);
    clear(loader, dataset, &folder)?;
    let minutes = mqtt::fetch(&folder)?;
    let lake = &loader.platform.lake;
    if minutes.is_empty() && lake.version(&dataset.id, &At::Latest)?.is_none() {
        return Err(Failure::Input(format!(
            "dataset `{}`: no message has been kept yet; `madang serve` listens, and a minute is loaded when it is over",
            dataset.id
        )));
    }
    Ok(minutes)
}

/// Whether there is a minute to load.
pub(crate) fn is_due(
    loader: &Loader,
    dataset: &Dataset,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    let folder = folder(loader, dataset);
    if !mqtt::has_ended(&folder)? {
        return Ok(false);
    }
    clear(loader, dataset, &folder)?;
    if !mqtt::has_ended(&folder)? {
        return Ok(false);
    }
    let newest = loader.platform.lake.loads(&dataset.id)?.into_iter().next();
    Ok(newest.is_none_or(|load| match load.outcome {
        Outcome::Loaded => true,
        Outcome::Refused => now - load.committed_at >= REFUSED_FOR,
        // Turned down, its minutes are cleared away; else a person is waited for.
        Outcome::Held => !is_waiting(loader, dataset, &load.load_id),
    }))
}

fn is_waiting(loader: &Loader, dataset: &Dataset, load: &str) -> bool {
    let held = loader.platform.lake.held(&dataset.id);
    held.is_ok_and(|held| {
        held.iter()
            .any(|held| held.record.load_id == load && held.decision.is_none())
    })
}

/// Removes minutes that are in a version, or that a person turned down.
fn clear(loader: &Loader, dataset: &Dataset, folder: &Path) -> Result<(), Failure> {
    let lake = &loader.platform.lake;
    let mut kept: HashSet<String> = lake.loaded_before(&dataset.id)?;
    let held = lake.held(&dataset.id)?;
    let refused = held.iter().filter(|held| {
        held.decision
            .as_ref()
            .is_some_and(|decision| !decision.accepted)
    });
    kept.extend(refused.flat_map(|held| {
        held.record
            .sources
            .iter()
            .map(|source| source.sha256.clone())
    }));
    mqtt::clear(folder, |name, path| {
        let landed = lake.landing().known(name, path)?;
        Ok(landed.is_some_and(|landed| kept.contains(&landed.sha256)))
    })
}
