//! One dataset's load: source → landing → decode → judge → lake.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use city::dataset::{LoadMode, Source};
use city::{Dataset, DatasetId, Provenance};
use ingest::decode::DecodeError;
use ingest::{Decoded, Input};
use lake::{Accounting, At, Came, Correction, Lake, Landed, LoadPlan, LoadWriter, Record};
use quality::drift::Summary;
use records::{Act, Decision, Entry, State, Touched};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::config::Config;
use crate::exit::Failure;
use crate::jobs::corrections::{self, Corrections, Pending};
use crate::jobs::delivery::{Arrival, Delivery, deliver};
use crate::jobs::derive::inputs;
use crate::jobs::drift;
use crate::jobs::fetch::fetch;
use crate::jobs::judge::Judge;
use crate::jobs::manifest::fingerprint;
use crate::jobs::progress::{Bars, Watch};
use crate::jobs::provenance::said_of;
use crate::jobs::readmit::Readmission;
use crate::jobs::references::{references, remember, remember_keys};
use crate::jobs::rows::{Counts, Rows, Seen};
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

    /// Loads bytes that landed before: those of a load that waited and was accepted, or in which somebody put rows
    /// right.
    pub(crate) async fn load_landed(
        &self,
        dataset: &Dataset,
        landed: Vec<Landed>,
    ) -> Result<Loaded, Failure> {
        self.watched(dataset, Of::Landed(landed)).await
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
        let manifest = &platform.city.manifest;
        let manifest_sha256 = fingerprint(dataset, &manifest.crs, manifest.bounds);
        let last = platform.lake.version(&dataset.id, &At::Latest)?;
        let inputs = match &dataset.source {
            Source::Derived(source) => inputs(platform, dataset, source)?,
            _ => BTreeMap::new(),
        };
        let corrections = platform.lake.standing_corrections(&dataset.id)?;
        if let Some(last) = &last
            && !inputs.is_empty()
            && corrections::follows(last, &corrections)
            && (&last.inputs, &last.manifest_sha256) == (&inputs, &manifest_sha256)
        {
            return Ok(Loaded::Unchanged(last.clone()));
        }
        let mut provenance = last.as_ref().and_then(|last| last.provenance.clone());
        let (delivery, again) = match of {
            Of::Source => {
                let (delivery, said) = self.deliver(dataset, watch).await?;
                provenance = said;
                (delivery, None)
            }
            Of::Landed(landed) => {
                provenance = said_of(&platform.lake, dataset, &landed)?;
                (Delivery::Landed(landed), None)
            }
            Of::Rows(rows) => (Delivery::Landed(rows.sources.clone()), Some(rows)),
        };
        let (sources, arrival) = match delivery {
            Delivery::Landed(landed) if again.is_some() => (landed, None),
            Delivery::Arriving(arrival) => (Vec::new(), Some(arrival)),
            Delivery::Landed(landed) => {
                let last = last.as_ref();
                let new =
                    self.still_to_load(dataset, landed, (last, &corrections), &manifest_sha256)?;
                if let (Some(last), true) = (last, new.is_empty()) {
                    return Ok(Loaded::Unchanged(last.clone()));
                }
                if let Some(held) = waiting(&platform.lake, dataset, &new, &manifest_sha256)? {
                    return Ok(Loaded::Held(held));
                }
                (new, None)
            }
        };
        let now = platform.records.clock().now();
        let today = korean_day(now);
        let references = references(platform, dataset).await?;
        let judge = Judge::new(dataset, &references, manifest.bounds, today);
        let mode = again.as_ref().map_or(dataset.load.mode, |again| again.mode);
        if mode == LoadMode::Append && judge.contract().has_unique() {
            remember_keys(platform, dataset, &judge).await?;
        }
        let plan = LoadPlan {
            load_id: Uuid::now_v7().to_string(),
            mode,
            key: dataset.load.key.clone(),
            sources,
            manifest_sha256,
            started_at: now,
        };
        watch.stage("load");
        let work = Work {
            platform: platform.clone(),
            dataset: dataset.clone(),
            threads: self.config.threads.value,
            watch: Arc::clone(watch),
            last,
            inputs,
            provenance,
            corrections: Corrections::new(corrections),
            again,
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

    /// Fetches the source's files and keeps their bytes.
    async fn deliver(
        &self,
        dataset: &Dataset,
        watch: &Watch,
    ) -> Result<(Delivery, Option<Box<Provenance>>), Failure> {
        let staging = tempfile::tempdir().map_err(|error| {
            Failure::Machine(format!(
                "dataset `{}`: no room to fetch to: {error}",
                dataset.id
            ))
        })?;
        let delivered = fetch(self, dataset, staging.path(), watch).await?;
        let (lake, dataset) = (Arc::clone(&self.platform.lake), dataset.clone());
        let delivery = tokio::task::spawn_blocking(move || {
            deliver(&lake, &dataset, &delivered.files, staging)
        })
        .await
        .map_err(|error| Failure::Machine(error.to_string()))??;
        Ok((delivery, delivered.provenance))
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
                let known = lake.loaded_before(&dataset.id)?;
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
    let repaired = of(*places_repaired, "places repaired");
    let applied = corrections.values().filter(|came| **came == Came::Applied);
    let corrected = of(
        u64::try_from(applied.count()).unwrap_or_default(),
        "corrections applied",
    );
    format!(
        "read {read} = accepted {accepted} + quarantined {quarantined} → version {number}, {rows} rows{repaired}{corrected}"
    )
}

fn over_limit(dataset: &Dataset, accounting: &Accounting) -> Option<String> {
    let limit = dataset.load.quarantine_limit;
    let share = share(accounting.quarantined, accounting.read);
    (share > limit).then(|| {
        format!(
            "{} of {} rows failed ({:.1} %), more than the {:.1} % its manifest allows (load.quarantine-limit); the last good version stays. `madang quarantine {}` shows why",
            accounting.quarantined,
            accounting.read,
            share * 100.0,
            limit * 100.0,
            dataset.id
        )
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of rows, compared with a limit of few digits"
)]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// What the blocking half of a load works on.
struct Work {
    platform: Platform,
    dataset: Dataset,
    threads: usize,
    watch: Arc<Watch>,
    last: Option<Record>,
    inputs: BTreeMap<DatasetId, i64>,
    provenance: Option<Box<Provenance>>,
    corrections: Corrections,
    /// Only some rows are read, for the second time.
    again: Option<Readmission>,
}

/// What a load reads.
enum Of {
    /// What the source gives.
    Source,
    /// Bytes that are here.
    Landed(Vec<Landed>),
    /// Some rows of bytes that are here.
    Rows(Readmission),
}

impl Work {
    /// Decodes, judges and keeps; then commits, or refuses the load whole.
    fn run(
        self,
        plan: LoadPlan,
        arrival: Option<Arrival>,
        judge: &Judge,
        runtime: &Handle,
    ) -> Result<Loaded, Failure> {
        let Platform { lake, records, .. } = &self.platform;
        let id = &self.dataset.id;
        let sources = plan.sources.iter().map(|source| source.name.clone());
        let names: Vec<String> = sources
            .chain(arrival.as_ref().map(|arrival| arrival.name.clone()))
            .collect();
        let inputs = self.inputs(&plan);
        let mut writer = lake.begin(id, ingest::table_schema(&self.dataset), plan)?;
        let crs = &self.platform.city.manifest.crs;
        let wanted = self.again.as_ref().map(|again| &again.wanted);
        let corrections = (&self.corrections, crs.as_str());
        let rows = Rows::new(
            &self.dataset,
            judge,
            &writer,
            &self.watch,
            corrections,
            wanted,
        );
        let decoded = self.decode(&inputs, arrival.as_ref(), &rows);
        let counts = rows.counts();
        // Whatever came of the rows, the bytes are kept.
        if let Some(arrival) = arrival {
            writer.made_of(arrival.bytes.landed()?);
        }
        let decoded = decoded.map_err(|error| failure(id, error))?;
        let Counts {
            seen,
            accepted,
            quarantined,
            broken,
            again,
        } = counts;
        let read = if again.is_some() {
            accepted + quarantined
        } else {
            decoded.rows_read
        };
        if read != accepted + quarantined {
            return Err(Failure::Machine(format!(
                "dataset `{id}`: {read} rows were read, but {accepted} accepted and {quarantined} quarantined; nothing was committed"
            )));
        }
        if read == 0 {
            return Err(Failure::Input(format!(
                "dataset `{id}`: {} has no row; an empty delivery is taken for a mistake, the last version stays",
                names.join(", ")
            )));
        }
        self.watch.stage("commit");
        let report = judge.finish(&broken);
        let seen = seen.map(|seen| Summary {
            rows: accepted,
            nulls: Summary::of(&report, accepted, []).nulls,
            extra: decoded.extra_columns.iter().cloned().collect(),
            ..seen
        });
        let mut accounting = Accounting {
            read,
            accepted,
            quarantined,
            skipped: decoded.rows_skipped,
            report: serde_json::to_value(report)
                .map_err(|error| Failure::Machine(error.to_string()))?,
            extra_columns: decoded.extra_columns,
            places_repaired: decoded.places_repaired,
            inputs: self.inputs.clone(),
            provenance: self.provenance.clone(),
            differences: Vec::new(),
            corrections: BTreeMap::new(),
            readmits: Vec::new(),
        };
        let now = records.clock().now();
        if let Some(seen) = again {
            return self.end_again(writer, accounting, seen, runtime);
        }
        accounting.corrections = self.corrections.came();
        if let Some(why) = over_limit(&self.dataset, &accounting) {
            return Ok(Loaded::Refused(writer.refuse(accounting, now, why)?));
        }
        let differences = match (&self.last, &seen) {
            (Some(last), Some(seen)) if !is_accepted(lake, &self.dataset, &writer)? => {
                let columns = drift::columns(&self.dataset);
                if !columns.is_empty() {
                    runtime.block_on(remember(&self.platform, id, last.number, &columns))?;
                }
                drift::compare(lake, &self.dataset, judge, (last, seen))?
            }
            _ => Vec::new(),
        };
        if differences.is_empty() {
            return Ok(Loaded::Version(
                runtime.block_on(writer.commit(accounting, now))?,
            ));
        }
        accounting.differences = differences
            .iter()
            .map(serde_json::to_value)
            .collect::<Result<_, _>>()
            .map_err(|error| Failure::Machine(error.to_string()))?;
        let why = drift::told(&self.dataset, &differences);
        Ok(Loaded::Held(writer.hold(accounting, now, why)?))
    }
}

impl Work {
    /// Ends a load of rows that were read again: those that no newer delivery has are written.
    fn end_again(
        &self,
        writer: LoadWriter<'_>,
        mut accounting: Accounting,
        seen: Seen,
        runtime: &Handle,
    ) -> Result<Loaded, Failure> {
        let Some(again) = &self.again else {
            return Err(Failure::Machine(
                "rows were read again and none were wanted".to_owned(),
            ));
        };
        let (kept, gone) = again.settle(&self.platform.lake, &self.dataset, seen)?;
        let mut accepted = 0;
        for rows in &kept {
            writer.accept(rows)?;
            accepted += u64::try_from(rows.num_rows()).unwrap_or_default();
        }
        for correction in gone {
            self.corrections.superseded(&correction.id);
        }
        accounting.skipped = accounting.accepted - accepted;
        accounting.accepted = accepted;
        accounting.read = accepted + accounting.quarantined;
        let ids = again
            .corrections
            .iter()
            .map(|correction| correction.id.clone());
        accounting.readmits = ids.collect();
        accounting.corrections = self.corrections.came();
        accounting
            .corrections
            .retain(|id, _| accounting.readmits.contains(id));
        let now = self.platform.records.clock().now();
        let commit = writer.commit(accounting, now);
        Ok(Loaded::Version(runtime.block_on(commit)?))
    }
}

/// The load that waits with these bytes, or was turned down with them.
fn waiting(
    lake: &Lake,
    dataset: &Dataset,
    sources: &[Landed],
    manifest_sha256: &str,
) -> Result<Option<Record>, Failure> {
    let sha256s: Vec<String> = sources.iter().map(|source| source.sha256.clone()).collect();
    let held = lake.held_before(&dataset.id, &sha256s, manifest_sha256)?;
    Ok(held.and_then(|held| match held.decision {
        Some(decision) if decision.accepted => None,
        Some(decision) => Some(Record {
            message: Some(format!(
                "these bytes were turned down by {} on {}: {}",
                decision.who,
                korean_day(decision.at),
                decision.why
            )),
            ..held.record
        }),
        None => Some(held.record),
    }))
}

/// Whether a person has accepted the very bytes that are being loaded.
fn is_accepted(lake: &Lake, dataset: &Dataset, writer: &LoadWriter<'_>) -> Result<bool, Failure> {
    let plan = writer.plan();
    let sha256s: Vec<String> = plan
        .sources
        .iter()
        .map(|source| source.sha256.clone())
        .collect();
    let held = lake.held_before(&dataset.id, &sha256s, &plan.manifest_sha256)?;
    Ok(held
        .and_then(|held| held.decision)
        .is_some_and(|decision| decision.accepted))
}

impl Work {
    fn inputs(&self, plan: &LoadPlan) -> Vec<Input> {
        let landing = self.platform.lake.landing();
        let input = |source: &Landed| Input {
            name: source.name.clone(),
            path: landing.path(&source.sha256),
        };
        plan.sources.iter().map(input).collect()
    }

    fn decode(
        &self,
        inputs: &[Input],
        arrival: Option<&Arrival>,
        rows: &Rows<'_>,
    ) -> Result<Decoded, DecodeError> {
        let (dataset, crs) = (&self.dataset, &self.platform.city.manifest.crs);
        match arrival {
            None => ingest::decode(dataset, crs, inputs, self.threads, rows),
            Some(Arrival {
                name, bytes, size, ..
            }) => ingest::decode_arriving(dataset, crs, (name, bytes, *size), self.threads, rows),
        }
    }
}

pub(crate) fn failure(dataset: &DatasetId, error: DecodeError) -> Failure {
    match error {
        DecodeError::Input(faults) => Failure::faults(&faults),
        DecodeError::Machine(error) => {
            Failure::Machine(format!("dataset `{dataset}`: reading failed: {error}"))
        }
        DecodeError::Sink(error) => match error.downcast::<lake::LakeError>() {
            Ok(error) => Failure::from(*error),
            Err(error) => Failure::Machine(format!("dataset `{dataset}`: {error}")),
        },
    }
}
