//! The blocking half of a load: decode, judge, keep; then commit, refuse or hold.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use city::dataset::Source;
use city::{Dataset, DatasetId, Fault, Provenance};
use ingest::decode::DecodeError;
use ingest::{Decoded, Input};
use lake::{Accounting, At, Lake, Landed, LoadPlan, LoadWriter, Record};
use quality::drift::Summary;
use tokio::runtime::Handle;

use crate::exit::Failure;
use crate::jobs::corrections::Corrections;
use crate::jobs::delivery::Arrival;
use crate::jobs::drift;
use crate::jobs::existing::keep_existing;
use crate::jobs::judge::Judge;
use crate::jobs::load::Loaded;
use crate::jobs::progress::Watch;
use crate::jobs::readmit::Readmission;
use crate::jobs::references::remember;
use crate::jobs::rows::{Counts, Rows, Seen};
use crate::platform::Platform;

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

/// Why a load stops that would store somebody's identifiers as if they were nobody's.
fn undeclared(dataset: &Dataset, faults: &[Fault]) -> String {
    let told: Vec<String> = faults.iter().map(Fault::to_string).collect();
    format!(
        "personal data that `{}` does not declare; the last good version stays\n{}",
        dataset.id,
        told.join("\n")
    )
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
pub(crate) struct Work {
    pub(crate) platform: Platform,
    pub(crate) dataset: Dataset,
    pub(crate) threads: usize,
    /// Whether a load waits for a person when a changed manifest lets more rows fail.
    pub(crate) confirms: bool,
    pub(crate) watch: Arc<Watch>,
    pub(crate) last: Option<Arc<Record>>,
    pub(crate) inputs: BTreeMap<DatasetId, i64>,
    pub(crate) provenance: Option<Box<Provenance>>,
    /// How far the source has been read with this load.
    pub(crate) mark: Option<String>,
    /// A list of the keys that still exist at the source.
    pub(crate) keys: Option<Landed>,
    pub(crate) corrections: Corrections,
    /// Only some rows are read, for the second time.
    pub(crate) again: Option<Readmission>,
}

impl Work {
    /// Decodes, judges and keeps; then commits, or refuses the load whole.
    pub(crate) fn run(
        self,
        plan: LoadPlan,
        arrival: Option<Arrival>,
        judge: &Judge,
        runtime: &Handle,
    ) -> Result<Loaded, Failure> {
        let id = &self.dataset.id;
        let sources = plan.sources.iter().map(|source| source.name.clone());
        let names: Vec<String> = sources
            .chain(arrival.as_ref().map(|arrival| arrival.name.clone()))
            .collect();
        let inputs = self.inputs(&plan);
        let mut writer = self.begin(plan)?;
        let (decoded, counts) = self.read(&inputs, arrival.as_ref(), judge, &writer);
        // Whatever came of the rows, the bytes are kept.
        if let Some(arrival) = arrival {
            writer.made_of(arrival.bytes.landed()?);
        }
        let decoded = decoded.map_err(|error| failure(id, error))?;
        let read = rows_read(id, &decoded, &counts)?;
        let listed = match self.listed(read, &writer, &names)? {
            ControlFlow::Break(unchanged) => return Ok(unchanged),
            ControlFlow::Continue(listed) => listed,
        };
        self.watch.stage("commit");
        let report = judge.finish(&counts.broken);
        let seen = counts.seen.map(|seen| Summary {
            rows: counts.accepted,
            nulls: Summary::of(&report, counts.accepted, []).nulls,
            extra: decoded.extra_columns.iter().cloned().collect(),
            ..seen
        });
        let accounting = Accounting {
            read,
            accepted: counts.accepted,
            quarantined: counts.quarantined,
            skipped: decoded.rows_skipped,
            report: serde_json::to_value(report)
                .map_err(|error| Failure::Machine(error.to_string()))?,
            extra_columns: decoded.extra_columns,
            places_repaired: decoded.places_repaired,
            inputs: self.inputs.clone(),
            provenance: self.provenance.clone(),
            differences: Vec::new(),
            corrections: self.corrections.came(),
            readmits: Vec::new(),
            mark: self.mark.clone(),
            keys: self.keys.clone(),
        };
        if !counts.undeclared.is_empty() {
            let why = undeclared(&self.dataset, &counts.undeclared);
            let now = self.platform.records.clock().now();
            return Ok(Loaded::Refused(writer.refuse(accounting, now, why)?));
        }
        match counts.again {
            Some(seen) => self.end_again(writer, accounting, seen, runtime),
            None => self.end(writer, accounting, judge, (seen, listed), runtime),
        }
    }

    /// Takes the dataset's turn. What is new, and what it is compared with, was found out before.
    fn begin(&self, plan: LoadPlan) -> Result<LoadWriter<'_>, Failure> {
        let (lake, id) = (&self.platform.lake, &self.dataset.id);
        let writer = lake.begin(id, ingest::table_schema(&self.dataset), plan)?;
        let newest = lake.version(id, &At::Latest)?.map(|version| version.number);
        if newest == self.last.as_ref().map(|last| last.number) {
            return Ok(writer);
        }
        Err(Failure::Input(format!(
            "another load of `{id}` ended meanwhile; load again, to see whether there is still something new"
        )))
    }

    /// Reads all rows; what went where.
    fn read(
        &self,
        inputs: &[Input],
        arrival: Option<&Arrival>,
        judge: &Judge,
        writer: &LoadWriter<'_>,
    ) -> (Result<Decoded, DecodeError>, Counts) {
        let crs = self.platform.city.manifest.crs.as_str();
        let wanted = self.again.as_ref().map(|again| &again.wanted);
        let corrections = (&self.corrections, crs);
        let rows = Rows::new(
            &self.dataset,
            judge,
            writer,
            &self.watch,
            corrections,
            wanted,
        );
        let decoded = self.decode(inputs, arrival, &rows);
        (decoded, rows.counts())
    }

    /// What is told of the keys that exist, where the source listed them; or that nothing has changed. An empty delivery
    /// without such a list is taken for a mistake; a question that finds nothing, of other datasets or of the platform
    /// itself, is answered.
    fn listed(
        &self,
        read: u64,
        writer: &LoadWriter<'_>,
        names: &[String],
    ) -> Result<ControlFlow<Loaded, Option<u64>>, Failure> {
        let (lake, id) = (&self.platform.lake, &self.dataset.id);
        let Some(keys) = &self.keys else {
            let is_asked = matches!(
                self.dataset.source,
                Source::Derived(_) | Source::Platform(_)
            );
            return if read == 0 && !is_asked {
                Err(Failure::Input(format!(
                    "dataset `{id}`: {} has no row; an empty delivery is taken for a mistake, the last version stays",
                    names.join(", ")
                )))
            } else {
                Ok(ControlFlow::Continue(None))
            };
        };
        let (exist, replaces) = keep_existing(lake, &self.dataset, keys, writer)?;
        Ok(match (read, replaces, &self.last) {
            (0, false, Some(last)) => ControlFlow::Break(Loaded::Unchanged(Record::clone(last))),
            _ => ControlFlow::Continue(Some(exist)),
        })
    }

    /// Commits, refuses, or lets a person decide.
    fn end(
        &self,
        writer: LoadWriter<'_>,
        mut accounting: Accounting,
        judge: &Judge,
        (seen, listed): (Option<Summary>, Option<u64>),
        runtime: &Handle,
    ) -> Result<Loaded, Failure> {
        let Platform { lake, records, .. } = &self.platform;
        let now = records.clock().now();
        if let Some(why) = over_limit(&self.dataset, &accounting) {
            return Ok(Loaded::Refused(writer.refuse(accounting, now, why)?));
        }
        let is_accepted = is_accepted(lake, &self.dataset, &writer, self.keys.as_ref())?;
        let mut differences = match (&self.last, &seen) {
            (Some(last), Some(seen)) if !is_accepted => {
                let columns = drift::columns(&self.dataset);
                if !columns.is_empty() {
                    let id = &self.dataset.id;
                    runtime.block_on(remember(&self.platform, id, last.number, &columns))?;
                }
                drift::compare(lake, &self.dataset, judge, (last, seen), listed)?
            }
            _ => Vec::new(),
        };
        if let (Some(last), true, false) = (&self.last, self.confirms, is_accepted) {
            let rows = (accounting.read, accounting.quarantined);
            differences.extend(drift::stricter(last, &writer.plan().manifest_sha256, rows));
        }
        if differences.is_empty() {
            let commit = writer.commit(accounting, now);
            return Ok(Loaded::Version(runtime.block_on(commit)?));
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

/// How many rows were read; all of them went somewhere.
fn rows_read(id: &DatasetId, decoded: &Decoded, counts: &Counts) -> Result<u64, Failure> {
    let (accepted, quarantined) = (counts.accepted, counts.quarantined);
    let read = if counts.again.is_some() {
        accepted + quarantined
    } else {
        decoded.rows_read
    };
    if read == accepted + quarantined {
        return Ok(read);
    }
    Err(Failure::Machine(format!(
        "dataset `{id}`: {read} rows were read, but {accepted} accepted and {quarantined} quarantined; nothing was committed"
    )))
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

/// Whether a person has accepted the very bytes that are being loaded.
fn is_accepted(
    lake: &Lake,
    dataset: &Dataset,
    writer: &LoadWriter<'_>,
    keys: Option<&Landed>,
) -> Result<bool, Failure> {
    let plan = writer.plan();
    let sha256s: Vec<String> = plan
        .sources
        .iter()
        .map(|source| source.sha256.clone())
        .collect();
    let held = lake.held_before(&dataset.id, &sha256s, keys, &plan.manifest_sha256)?;
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
