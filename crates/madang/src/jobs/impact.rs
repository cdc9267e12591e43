//! What a changed manifest would do: the last delivery's bytes read again by the manifest that made the version and by
//! the changed one, and compared row by row. Nothing is written to the dataset.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use city::calendar::korean_day;
use city::dataset::Source;
use city::impact::{Counts, Example, Impact, Moved, changes, reason_word};
use city::{City, Dataset, Reason};
use ingest::decode::DecodeError;
use ingest::{Block, Input, Sink, SinkError};
use lake::{At, Manifest, Record};

use crate::exit::Failure;
use crate::jobs::derive::derive;
use crate::jobs::judge::Judge;
use crate::jobs::manifest::fingerprint;
use crate::jobs::references::{references, remember};
use crate::platform::Platform;

/// Rows that fail and are compared one by one; beyond, only counts are.
const COMPARED_MOST: usize = 200_000;
/// Examples shown of each kind.
const EXAMPLES: usize = 20;

/// What the manifest of `dataset` in `city` would make of the last delivery; nothing where it is the one in force, or
/// nothing was loaded yet.
pub(crate) async fn impact(
    platform: &Platform,
    (city, dataset): (&City, &Dataset),
    threads: usize,
) -> Result<Option<Impact>, Failure> {
    let Some(version) = platform.lake.version(&dataset.id, &At::Latest)? else {
        return Ok(None);
    };
    let now = Manifest {
        dataset: dataset.clone(),
        crs: city.manifest.crs.clone(),
        bounds: city.manifest.bounds,
    };
    let manifest_sha256 = fingerprint(dataset, &now.crs, now.bounds);
    if manifest_sha256 == version.manifest_sha256 {
        return Ok(None);
    }
    let at = platform.records.clock().now();
    // The rows are read again, though not from the table: it stands in the log before.
    let columns: Vec<String> = dataset
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    remember(platform, &dataset.id, version.number, &columns).await?;
    let kept = platform.lake.manifest(&version.manifest_sha256);
    let landed = landed(platform, &version);
    let before = match &kept {
        Some(kept) => by(platform, kept, &landed, at, threads).await?,
        None => stored(platform, &version).await?,
    };
    let staging = tempfile::tempdir()?;
    // Another question gives other rows: it is asked anew.
    let inputs = match (
        &dataset.source,
        kept.as_ref().map(|kept| &kept.dataset.source),
    ) {
        (Source::Derived(source), was) if was != Some(&dataset.source) => {
            let fetched = derive(platform, dataset, source, staging.path()).await?;
            vec![Input {
                name: fetched.name,
                path: fetched.path,
            }]
        }
        _ => landed,
    };
    let (found, faults) = match by(platform, &now, &inputs, at, threads).await {
        Ok(found) => (Some(found), Vec::new()),
        Err(Failure::Input(faults)) => (None, faults.lines().map(str::to_owned).collect()),
        Err(failure) => return Err(failure),
    };
    let limit = dataset.load.quarantine_limit;
    Ok(Some(Impact {
        dataset: dataset.id.clone(),
        version: version.number,
        manifest_sha256,
        at,
        changes: kept
            .map(|kept| changes(&kept.dataset, dataset))
            .unwrap_or_default(),
        moved: found.as_ref().and_then(|found| moved(&before, found)),
        is_refused: found
            .as_ref()
            .is_some_and(|found| share(found.counts.quarantined, found.counts.read) > limit),
        before: before.counts,
        now: found.map(|found| found.counts),
        faults,
    }))
}

fn landed(platform: &Platform, version: &Record) -> Vec<Input> {
    let landing = platform.lake.landing();
    let input = |source: &lake::Landed| Input {
        name: source.name.clone(),
        path: landing.path(&source.sha256),
    };
    version.sources.iter().map(input).collect()
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

/// What failed in one reading.
#[derive(Debug, Default)]
struct Found {
    counts: Counts,
    /// Rows that fail, with their reasons; none once there are too many.
    failing: Option<Failing>,
}

impl Found {
    fn new() -> Self {
        Self {
            counts: Counts::default(),
            failing: Some(HashMap::new()),
        }
    }

    fn fail(&mut self, file: &Arc<str>, row: i64, reasons: Vec<Reason>) {
        self.counts.quarantined += 1;
        let mut words: Vec<String> = reasons.iter().map(reason_word).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *self.counts.by_reason.entry(word).or_default() += 1;
        }
        if let Some(failing) = &mut self.failing {
            failing.insert((Arc::clone(file), row), reasons);
            if failing.len() > COMPARED_MOST {
                self.failing = None;
            }
        }
    }
}

/// Reads and judges bytes by a manifest. A key that stands in an earlier delivery is not asked for.
async fn by(
    platform: &Platform,
    manifest: &Manifest,
    inputs: &[Input],
    at: DateTime<Utc>,
    threads: usize,
) -> Result<Found, Failure> {
    let references = references(platform, &manifest.dataset).await?;
    let judge = Judge::new(
        &manifest.dataset,
        &references,
        manifest.bounds,
        korean_day(at),
    );
    let (manifest, inputs) = (manifest.clone(), inputs.to_vec());
    let read = tokio::task::spawn_blocking(move || {
        let trial = Trial {
            judge: &judge,
            found: Mutex::new(Found::new()),
        };
        let (dataset, crs) = (&manifest.dataset, &manifest.crs);
        let decoded = ingest::decode(dataset, crs, &inputs, threads, &trial);
        let found = trial.found.into_inner();
        decoded.map(|decoded| {
            let mut found = found.unwrap_or_else(PoisonError::into_inner);
            found.counts.read = decoded.rows_read;
            found
        })
    });
    let read = read
        .await
        .map_err(|error| Failure::Machine(error.to_string()))?;
    read.map_err(|error| match error {
        DecodeError::Input(faults) => Failure::faults(&faults),
        other => Failure::Machine(other.to_string()),
    })
}

struct Trial<'t> {
    judge: &'t Judge,
    found: Mutex<Found>,
}

impl Sink for Trial<'_> {
    fn block(&self, mut block: Block) -> Result<(), SinkError> {
        let broken = std::mem::take(&mut block.broken);
        let verdict = self.judge.judge(block)?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last: Arc<str> = Arc::from("");
        let mut named = |file: &str| {
            if &*last != file {
                last = Arc::from(file);
            }
            Arc::clone(&last)
        };
        for row in broken {
            let number = i64::try_from(row.row).unwrap_or(i64::MAX);
            let file = named(&row.file);
            found.fail(&file, number, vec![row.reason]);
        }
        for row in verdict.quarantined {
            let file = named(&row.file);
            found.fail(&file, row.row, row.reasons);
        }
        Ok(())
    }

    fn stopped(&self) {
        self.judge.abort();
    }

    fn progress(&self, _done: u64, _all: u64) {}
}

/// What failed when the version was made, for one whose manifest was not kept.
async fn stored(platform: &Platform, version: &Record) -> Result<Found, Failure> {
    const PAGE: u64 = 1000;
    let reader = platform.own_reader("impact of a changed manifest");
    let mut found = Found::new();
    let mut offset = 0;
    loop {
        let page = reader
            .quarantine(&version.dataset, Some(&version.load_id), offset, PAGE)
            .await?;
        let count = page.len();
        for row in page {
            found.fail(&Arc::from(row.file.as_str()), row.row, row.reasons);
        }
        if u64::try_from(count).unwrap_or_default() < PAGE {
            break;
        }
        offset += PAGE;
    }
    found.counts.read = version.read;
    Ok(found)
}

/// Rows that fail in one reading and not in the other.
fn moved(before: &Found, now: &Found) -> Option<Moved> {
    let (was, is) = (before.failing.as_ref()?, now.failing.as_ref()?);
    let (failing, failing_by_reason, failing_examples) = only(is, was);
    let (passing, passing_by_reason, passing_examples) = only(was, is);
    Some(Moved {
        failing,
        passing,
        failing_by_reason,
        passing_by_reason,
        failing_examples,
        passing_examples,
    })
}

type Failing = HashMap<(Arc<str>, i64), Vec<Reason>>;

fn only(of: &Failing, other: &Failing) -> (u64, BTreeMap<String, u64>, Vec<Example>) {
    let mut rows: Vec<_> = of
        .iter()
        .filter(|(place, _)| !other.contains_key(*place))
        .collect();
    rows.sort_by_key(|row| row.0);
    let mut by_reason: BTreeMap<String, u64> = BTreeMap::new();
    for (_, reasons) in &rows {
        let mut words: Vec<String> = reasons.iter().map(reason_word).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *by_reason.entry(word).or_default() += 1;
        }
    }
    let examples = rows.iter().take(EXAMPLES);
    let examples = examples.map(|((file, row), reasons)| Example {
        file: file.to_string(),
        row: *row,
        reasons: (*reasons).clone(),
    });
    (
        u64::try_from(rows.len()).unwrap_or(u64::MAX),
        by_reason,
        examples.collect(),
    )
}
