//! One dataset's load: source → landing → decode → judge → lake.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use city::dataset::{LoadMode, Source};
use city::{Dataset, DatasetId, Provenance};
use lake::{At, Came, Correction, Landed, LoadPlan, Record};
use records::{Act, Decision, Entry, State, Touched};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::config::{Changes, Config};
use crate::exit::Failure;
use crate::jobs::corrections::{self, Corrections, Pending};
use crate::jobs::delivery::{Arrival, Delivery, deliver};
use crate::jobs::derive::inputs;
use crate::jobs::existing::existing;
use crate::jobs::fetch::fetch;
use crate::jobs::judge::Judge;
use crate::jobs::manifest::{fingerprint, keep};
use crate::jobs::progress::{Bars, Watch};
use crate::jobs::readmit::Readmission;
use crate::jobs::references::{references, remember_keys};
use crate::jobs::waiting::{not_overtaken, of_these, waiting};
use crate::jobs::work::Work;
use crate::platform::Platform;

/// What became of a load.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// It made a version.
    Version(Record),
    /// The same bytes by the same manifest: nothing changed.
    Unchanged(Record),
    /// Its contract did not allow it; the last good version stays.
    Refused(Record),
    /// It differs too much from the delivery before: it waits for a person, or was turned down by one.
    Held(Record),
}

/// Runs loads.
#[derive(Clone)]
pub(crate) struct Loader {
    pub(crate) platform: Platform,
    pub(crate) config: Arc<Config>,
    pub(crate) bars: Bars,
}

impl Loader {
    /// Loads one dataset, as a job that others can watch.
    pub(crate) async fn load(&self, dataset: &Dataset) -> Result<Loaded, Failure> {
        let loaded = self.watched(dataset, Of::Source).await?;
        match corrections::pending(&self.platform.lake, dataset)? {
            Pending::Rows(open) => Ok(self.readmit(dataset, open).await?.unwrap_or(loaded)),
            _ => Ok(loaded),
        }
    }

    /// Reads rows of earlier loads again that somebody put right since; nothing when their bytes are not there.
    pub(crate) async fn readmit(
        &self,
        dataset: &Dataset,
        open: Vec<Correction>,
    ) -> Result<Option<Loaded>, Failure> {
        match Readmission::new(&self.platform.lake, dataset, open)? {
            Some(rows) => Ok(Some(self.watched(dataset, Of::Rows(rows)).await?)),
            None => Ok(None),
        }
    }

    /// Loads a delivery that waited and was accepted.
    pub(crate) async fn load_held(
        &self,
        dataset: &Dataset,
        held: Record,
    ) -> Result<Loaded, Failure> {
        self.watched(dataset, Of::Held(Box::new(held))).await
    }

    /// Loads bytes that landed before, in which somebody put rows right.
    pub(crate) async fn load_landed(
        &self,
        dataset: &Dataset,
        landed: Vec<Landed>,
    ) -> Result<Loaded, Failure> {
        // What a derived dataset was made of may be old: it is asked again.
        let of = match &dataset.source {
            Source::Derived(_) | Source::Platform(_) => Of::Source,
            _ => Of::Landed(landed),
        };
        self.watched(dataset, of).await
    }

    async fn watched(&self, dataset: &Dataset, of: Of) -> Result<Loaded, Failure> {
        let jobs = self.platform.records.jobs();
        let job = jobs.start("load", Some(&dataset.id)).await?;
        let watch = Arc::new(Watch::new(
            Arc::clone(&self.platform.records),
            job.id,
            &self.bars,
            &dataset.id,
        ));
        let outcome = self.run(dataset, &watch, of).await;
        watch.end();
        let (state, message) = match &outcome {
            Ok(Loaded::Version(version)) => (State::Done, sentence(version)),
            Ok(Loaded::Unchanged(version)) => (
                State::Done,
                format!("unchanged since version {}", version.number),
            ),
            Ok(Loaded::Refused(load) | Loaded::Held(load)) => {
                (State::Refused, load.message.clone().unwrap_or_default())
            }
            Err(failure) => (State::Failed, failure.message().to_owned()),
        };
        jobs.finish(job.id, state, message).await?;
        outcome
    }

    async fn run(&self, dataset: &Dataset, watch: &Arc<Watch>, of: Of) -> Result<Loaded, Failure> {
        let platform = &self.platform;
        watch.stage("fetch");
        let known = Known::of(platform, dataset)?;
        if let Some(last) = known.answered() {
            return Ok(Loaded::Unchanged(last.clone()));
        }
        let (delivery, said) = self.gather(dataset, watch, of, &known).await?;
        let (sources, arrival) = match self.sift(dataset, delivery, &said, &known)? {
            ControlFlow::Break(loaded) => return Ok(loaded),
            ControlFlow::Continue(new) => new,
        };
        let again = said.again.as_ref();
        let mode = again.map_or(dataset.load.mode, |again| again.mode);
        let judge = self.judge(dataset, mode).await?;
        keep(platform, dataset, &known.manifest_sha256)?;
        let plan = LoadPlan {
            load_id: Uuid::now_v7().to_string(),
            mode,
            key: dataset.load.key.clone(),
            sources,
            manifest_sha256: known.manifest_sha256,
            started_at: platform.records.clock().now(),
        };
        watch.stage("load");
        let work = Work {
            platform: platform.clone(),
            dataset: dataset.clone(),
            threads: self.config.threads.value,
            confirms: self.config.changes.value == Changes::Confirm,
            watch: Arc::clone(watch),
            last: known.last,
            inputs: known.inputs,
            provenance: said.provenance,
            mark: said.mark,
            keys: said.keys,
            corrections: Corrections::new(known.corrections),
            again: said.again,
        };
        let runtime = Handle::current();
        let loaded = tokio::task::spawn_blocking(move || work.run(plan, arrival, &judge, &runtime))
            .await
            .map_err(|error| {
                Failure::Machine(format!(
                    "dataset `{}`: the load broke down: {error}",
                    dataset.id
                ))
            })??;
        self.remember(&loaded).await?;
        Ok(loaded)
    }

    /// What a load reads, and what is said of it.
    async fn gather(
        &self,
        dataset: &Dataset,
        watch: &Watch,
        of: Of,
        known: &Known,
    ) -> Result<(Delivery, Said), Failure> {
        let lake = &self.platform.lake;
        let last = known.last.as_ref();
        let before = Said {
            provenance: last.and_then(|last| last.provenance.clone()),
            mark: last.and_then(|last| last.mark.clone()),
            ..Said::default()
        };
        Ok(match of {
            Of::Source => {
                let same = last.is_some_and(|last| last.manifest_sha256 == known.manifest_sha256);
                // What an upsert's changed manifest makes of its rows must be read again; rows once added are not.
                let after = before.mark.filter(|_| same || mode_adds(dataset));
                self.deliver(dataset, watch, after.as_deref()).await?
            }
            Of::Landed(landed) => {
                // A snapshot of a table that was put right keeps what its own load said.
                let own = of_these(lake, dataset, &landed)?.map(|load| Said::of(&load));
                (Delivery::Landed(landed), own.unwrap_or(before))
            }
            Of::Held(held) => {
                not_overtaken(lake, dataset, &held, before.mark.as_deref())?;
                let sources = held.sources.clone();
                (Delivery::Landed(sources), Said::of(&held))
            }
            Of::Rows(rows) => {
                let landed = Delivery::Landed(rows.sources.clone());
                let again = Some(rows);
                (landed, Said { again, ..before })
            }
        })
    }

    /// What is new of a delivery; or how the load ends, where nothing is.
    fn sift(
        &self,
        dataset: &Dataset,
        delivery: Delivery,
        said: &Said,
        known: &Known,
    ) -> Result<Sifted, Failure> {
        let landed = match delivery {
            Delivery::Arriving(arrival) => {
                return Ok(ControlFlow::Continue((Vec::new(), Some(arrival))));
            }
            Delivery::Landed(landed) if said.again.is_some() => {
                return Ok(ControlFlow::Continue((landed, None)));
            }
            Delivery::Landed(landed) => landed,
        };
        let (last, sha256) = (known.last.as_deref(), &known.manifest_sha256);
        let new = self.still_to_load(dataset, landed, (last, &known.corrections), sha256)?;
        if let (Some(last), true, None) = (last, new.is_empty(), &said.keys) {
            // Of the same bytes a catalogue can say something else now.
            let provenance = said.provenance.clone();
            return Ok(ControlFlow::Break(Loaded::Unchanged(Record {
                provenance: provenance.or_else(|| last.provenance.clone()),
                ..last.clone()
            })));
        }
        let these = (new.as_slice(), said.keys.as_ref());
        Ok(
            match waiting(&self.platform.lake, dataset, these, sha256)? {
                Some(held) => ControlFlow::Break(Loaded::Held(held)),
                None => ControlFlow::Continue((new, None)),
            },
        )
    }

    /// The contract, told what it must know of rows that are there already.
    async fn judge(&self, dataset: &Dataset, mode: LoadMode) -> Result<Judge, Failure> {
        let platform = &self.platform;
        let today = korean_day(platform.records.clock().now());
        let references = references(platform, dataset).await?;
        let bounds = platform.city.manifest.bounds;
        let judge = Judge::new(dataset, &references, bounds, today);
        if mode == LoadMode::Append && judge.contract().has_unique() {
            remember_keys(platform, dataset, &judge).await?;
        }
        Ok(judge)
    }

    /// Fetches the source's files and keeps their bytes.
    async fn deliver(
        &self,
        dataset: &Dataset,
        watch: &Watch,
        after: Option<&str>,
    ) -> Result<(Delivery, Said), Failure> {
        let staging = tempfile::tempdir().map_err(|error| {
            Failure::Machine(format!(
                "dataset `{}`: no room to fetch to: {error}",
                dataset.id
            ))
        })?;
        let delivered = fetch(self, dataset, staging.path(), watch, after).await?;
        let (lake, dataset) = (Arc::clone(&self.platform.lake), dataset.clone());
        let (files, keys) = (delivered.files, delivered.keys);
        let landed = tokio::task::spawn_blocking(move || {
            let keys = keys.map(|keys| existing(&lake, &keys)).transpose()?;
            let delivery = deliver(&lake, &dataset, &files, staging)?;
            Ok::<_, Failure>((delivery, keys))
        })
        .await
        .map_err(|error| Failure::Machine(error.to_string()))?;
        let (delivery, keys) = landed?;
        let said = Said {
            keys,
            mark: delivered.mark,
            provenance: delivered.provenance,
            again: None,
        };
        Ok((delivery, said))
    }

    /// The files that would change something. A snapshot of the very same files does not; the other modes
    /// leave out bytes they hold already, unless an upsert's manifest has changed since.
    fn still_to_load(
        &self,
        dataset: &Dataset,
        landed: Vec<Landed>,
        (last, corrections): (Option<&Record>, &[Correction]),
        manifest_sha256: &str,
    ) -> Result<Vec<Landed>, Failure> {
        let lake = &self.platform.lake;
        let Some(last) = last else { return Ok(landed) };
        let same_manifest = last.manifest_sha256 == manifest_sha256;
        match dataset.load.mode {
            LoadMode::Snapshot => {
                let sha256s: Vec<String> =
                    landed.iter().map(|source| source.sha256.clone()).collect();
                let is_followed = corrections::follows(last, corrections);
                let is_same = lake.unchanged(&dataset.id, &sha256s, manifest_sha256)?;
                Ok(if is_followed && is_same {
                    Vec::new()
                } else {
                    landed
                })
            }
            LoadMode::Upsert if !same_manifest => Ok(landed),
            LoadMode::Append | LoadMode::Upsert => {
                // What a database gives can be what it gave long ago: a value went back to what it was.
                let known = if is_asked(dataset) {
                    let sources = last.sources.iter();
                    sources.map(|source| source.sha256.clone()).collect()
                } else {
                    lake.loaded_before(&dataset.id)?
                };
                Ok(landed
                    .into_iter()
                    .filter(|source| !known.contains(&source.sha256))
                    .collect())
            }
        }
    }

    /// A load is a change: it stands in the access log.
    async fn remember(&self, loaded: &Loaded) -> Result<(), Failure> {
        let (version, purpose) = match loaded {
            Loaded::Version(version) => (version, "load"),
            Loaded::Refused(load) => (load, "load refused"),
            Loaded::Held(load) => (load, "load held"),
            Loaded::Unchanged(_) => return Ok(()),
        };
        let entry = Entry {
            who: "system".to_owned(),
            from: None,
            act: Act::Change,
            purpose: purpose.to_owned(),
            touched: vec![Touched {
                dataset: version.dataset.clone(),
                version: (version.number > 0).then_some(version.number),
                columns: Vec::new(),
            }],
            subjects: Vec::new(),
            about: None,
            query: None,
            decision: Decision::Allowed,
            policy: "load".to_owned(),
            rows: Some(version.accepted),
            completes: None,
        };
        self.platform.records.log().append(entry).await?;
        Ok(())
    }
}

/// The calendar day in Korea.
pub(crate) fn korean_day(now: DateTime<Utc>) -> NaiveDate {
    (now + TimeDelta::hours(9)).date_naive()
}

/// `read 120 = accepted 118 + quarantined 2 → version 3, 118 rows`
pub(crate) fn sentence(version: &Record) -> String {
    let Record {
        read,
        accepted,
        quarantined,
        number,
        rows,
        deleted,
        places_repaired,
        corrections,
        ..
    } = version;
    let of = |count: u64, what: &str| {
        if count > 0 {
            format!(", {count} {what}")
        } else {
            String::new()
        }
    };
    let gone = of(*deleted, "gone at the source");
    let repaired = of(*places_repaired, "places repaired");
    let applied = corrections.values().filter(|came| **came == Came::Applied);
    let corrected = of(
        u64::try_from(applied.count()).unwrap_or_default(),
        "corrections applied",
    );
    format!(
        "read {read} = accepted {accepted} + quarantined {quarantined} → version {number}, {rows} rows{gone}{repaired}{corrected}"
    )
}

/// What is said of a delivery.
#[derive(Default)]
struct Said {
    /// A list of the keys that still exist at the source.
    keys: Option<Landed>,
    /// How far the source has been read with it.
    mark: Option<String>,
    /// What the catalogue it came from says.
    provenance: Option<Box<Provenance>>,
    /// Only some of its rows are read, for the second time.
    again: Option<Readmission>,
}

impl Said {
    /// What an earlier load said of the bytes.
    fn of(load: &Record) -> Self {
        Self {
            keys: load.keys.clone(),
            mark: load.mark.clone(),
            provenance: load.provenance.clone(),
            again: None,
        }
    }
}

/// What is there before a load begins.
struct Known {
    manifest_sha256: String,
    last: Option<Arc<Record>>,
    /// Versions of what a derived dataset reads.
    inputs: BTreeMap<DatasetId, i64>,
    corrections: Vec<Correction>,
}

impl Known {
    fn of(platform: &Platform, dataset: &Dataset) -> Result<Self, Failure> {
        let manifest = &platform.city.manifest;
        Ok(Self {
            manifest_sha256: fingerprint(dataset, &manifest.crs, manifest.bounds),
            last: platform.lake.version(&dataset.id, &At::Latest)?,
            inputs: match &dataset.source {
                Source::Derived(source) => inputs(platform, dataset, source)?,
                _ => BTreeMap::new(),
            },
            corrections: platform.lake.standing_corrections(&dataset.id)?,
        })
    }

    /// The version in force of a derived dataset, where nothing of what it reads has changed since.
    fn answered(&self) -> Option<&Record> {
        let last = self.last.as_ref()?;
        let is_same =
            (&last.inputs, &last.manifest_sha256) == (&self.inputs, &self.manifest_sha256);
        let is_followed = corrections::follows(last, &self.corrections);
        (!self.inputs.is_empty() && is_same && is_followed).then_some(last)
    }
}

/// Whether it is a table that is asked for what is new.
pub(crate) fn is_asked(dataset: &Dataset) -> bool {
    matches!(&dataset.source, Source::Postgres(_) | Source::Mariadb(_))
}

/// Whether rows are only ever added.
fn mode_adds(dataset: &Dataset) -> bool {
    dataset.load.mode == LoadMode::Append
}

/// What is new of a delivery, landed or landing; or how the load ends, where nothing is.
type Sifted = ControlFlow<Loaded, (Vec<Landed>, Option<Arrival>)>;

/// What a load reads.
enum Of {
    /// What the source gives.
    Source,
    /// Bytes that are here.
    Landed(Vec<Landed>),
    /// A delivery that waited, and was accepted.
    Held(Box<Record>),
    /// Some rows of bytes that are here.
    Rows(Readmission),
}
