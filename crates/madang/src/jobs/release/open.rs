//! Every open dataset is a release that nobody has to declare: what the public sees of it, as it stands. A load already
//! looked at each cell before the version was there; here the gate looks again at what the public would get of each new
//! version, behind the server. What it finds closes that version to the public at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use access::{Answer, Door, Person, Purpose, Rows};
use chrono::{Datelike as _, NaiveDate};
use city::{Dataset, DatasetId, GateRecord, GateWhat, ReleaseKind};
use futures::StreamExt as _;
use lake::At;
use privacy::detect::Day;
use privacy::gate::{self, Promise, Promised};
use privacy::pseudonym::{Failed, Source};
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::{public, write};
use crate::commands::privacy::pseudonymise::{failure, hex};
use crate::exit::Failure;
use crate::jobs::load::korean_day;
use crate::platform::Platform;

/// How often it is looked for new versions.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// After a look, so many times as long nothing is done: whoever works with the server must not feel it.
const REST: u32 = 4;
/// What is open already and was looked at when it was loaded is looked at again while nobody waits for anything; where
/// somebody always does, each batch of rows waits so long for its turn.
const GIVES_WAY: Duration = Duration::from_millis(250);
/// Batches on their way to the gate.
const ON_THE_WAY: usize = 2;

/// The name of a dataset that is open as it is, among releases.
pub(crate) fn name(id: &DatasetId) -> String {
    format!("dataset:{id}")
}

/// What the public was refused before stays refused, and what the city's folder promises anew of columns that were
/// looked at is closed until it is looked at again: before anybody asks. The latter are named.
pub(crate) async fn close_again(platform: &Platform) -> Result<Vec<DatasetId>, Failure> {
    let mut changed = Vec::new();
    for record in platform.records.releases().newest().await? {
        let Some(id) = record.release.strip_prefix("dataset:").map(DatasetId::new) else {
            continue;
        };
        let Some((_, version)) = record.versions.first() else {
            continue;
        };
        if !record.passed() {
            close(platform, &id, *version, &record);
        }
        let reader = public(platform, Purpose::new("release gate"))?;
        let is_kept = reader
            .dataset(&id)
            .map_or(true, |seen| promise_sha256(seen) == record.plan_sha256);
        let newest = platform.lake.version(&id, &At::Latest)?;
        if let Some(newest) = newest.filter(|_| !is_kept && record.passed()) {
            let waits = (
                "공개하는 열이 바뀌어 점검하고 있습니다. 잠시 뒤 다시 열어 주십시오.".to_owned(),
                "what is open of it changed and is being checked; open it again in a moment"
                    .to_owned(),
            );
            platform.door.close_to_public(&id, newest.number, waits);
            changed.push(id);
        }
    }
    Ok(changed)
}

/// Looks at every open dataset's newest version, until `stop` is told.
pub(crate) async fn run(platform: Platform, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let mut done: BTreeSet<(DatasetId, i64)> = BTreeSet::new();
    // What is closed until it is looked at comes first, without a rest.
    for id in close_again(&platform).await.unwrap_or_default() {
        if let Err(failure) = look(&platform, &id).await {
            tracing::warn!(dataset.id = %id, "the gate could not look at `{id}`: {}", failure.message());
        }
    }
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stop.changed() => return,
        }
        for id in platform.city.datasets.keys() {
            let Ok(Some(version)) = platform.lake.version(id, &At::Latest) else {
                continue;
            };
            if !done.insert((id.clone(), version.number)) {
                continue;
            }
            let begun = Instant::now();
            if let Err(failure) = look_at(&platform, id, Some(GIVES_WAY)).await {
                // The next version is tried anew; what the load found out holds meanwhile.
                tracing::warn!(dataset.id = %id, "the gate could not look at `{id}`: {}", failure.message());
            }
            tokio::time::sleep(begun.elapsed() * REST).await;
        }
    }
}

/// Looks at what the public sees of a dataset, unless that was done; nothing where they see none of it.
pub(crate) async fn look(
    platform: &Platform,
    id: &DatasetId,
) -> Result<Option<GateRecord>, Failure> {
    look_at(platform, id, None).await
}

async fn look_at(
    platform: &Platform,
    id: &DatasetId,
    gives_way: Option<Duration>,
) -> Result<Option<GateRecord>, Failure> {
    let mut reader = public(platform, Purpose::new("release gate"))?;
    if gives_way.is_some() {
        reader = reader.behind();
    }
    let Ok(seen) = reader.dataset(id).map(Arc::clone) else {
        return Ok(None);
    };
    let Some(version) = platform.lake.version(id, &At::Latest)? else {
        return Ok(None);
    };
    let plan_sha256 = promise_sha256(&seen);
    let known = platform.records.releases().of(&name(id), 1).await?;
    let known = known.into_iter().next().filter(|record| {
        record.plan_sha256 == plan_sha256
            && record
                .versions
                .first()
                .is_some_and(|(_, number)| *number == version.number)
    });
    if let Some(known) = known {
        settle(platform, id, &known);
        return Ok(Some(known));
    }
    let question = Rows {
        dataset: id.clone(),
        at: At::Version(version.number),
        columns: flat(&seen),
        ..Rows::default()
    };
    // As whoever runs the city sees it, were it closed: else it would never be opened again.
    let answer = reader.rows(&question).await?;
    let now = platform.records.clock().now();
    let gives_way = gives_way.map(|longest| (&*platform.door, longest));
    let passed = pass(answer, &seen, korean_day(now), gives_way).await?;
    // Nothing was written of it: what a download sends is encoded while it is sent, from these rows.
    let of_rows = |what: GateWhat| matches!(what, GateWhat::Columns | GateWhat::PersonalData);
    let checks = passed.looked.checks.into_iter();
    let mut checks: Vec<_> = checks.filter(|check| of_rows(check.what)).collect();
    let number = version.number;
    checks.push(gate::check(
        GateWhat::Origin,
        true,
        format!("원본 판: {id} {number}"),
        format!("made from: {id} {number}"),
    ));
    let record = GateRecord {
        release: name(id),
        kind: ReleaseKind::Open,
        at: now,
        by: Person::local().name().to_owned(),
        versions: vec![(id.clone(), number)],
        columns: passed.names,
        rows: passed.looked.rows,
        sha256: passed.sha256,
        bytes: passed.bytes,
        plan_sha256,
        checks,
    };
    platform.records.releases().keep(&record).await?;
    settle(platform, id, &record);
    Ok(Some(record))
}

/// Rows that passed before the gate.
struct Passed {
    names: Vec<String>,
    looked: gate::Looked,
    sha256: String,
    bytes: u64,
}

/// Lets an answer's rows pass before the gate. That takes the processor: the server answers meanwhile.
async fn pass(
    mut answer: Answer,
    seen: &Dataset,
    today: NaiveDate,
    gives_way: Option<(&Door, Duration)>,
) -> Result<Passed, Failure> {
    let fields = answer.schema.fields().iter();
    let names: Vec<String> = fields.map(|field| field.name().clone()).collect();
    let columns: Vec<Promised> = names
        .iter()
        .map(|name| write::promised(seen, name))
        .collect();
    let (send, receive) = mpsc::channel(ON_THE_WAY);
    let looking = tokio::task::spawn_blocking(move || {
        let header = columns.iter().map(|column| column.name.clone()).collect();
        let mut rows = Passing::new(header, receive);
        let promise = Promise {
            columns: &columns,
            rows: 0,
            sha256: "",
            found_sha256: "",
            counted: None,
            today: Day {
                year: today.year(),
                month: today.month(),
                day: today.day(),
            },
        };
        let looked = gate::look(&mut rows, &promise);
        (looked, rows.digest, rows.bytes)
    });
    while let Some(batch) = answer.next().await {
        if let Some((door, longest)) = gives_way {
            door.rest(longest).await;
        }
        if send.send(batch?).await.is_err() {
            break;
        }
    }
    drop((send, answer));
    let (looked, digest, bytes) = looking
        .await
        .map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(Passed {
        names,
        looked: looked.map_err(failure)?,
        sha256: hex(digest.finalize().as_slice()),
        bytes,
    })
}

/// Closes a version that did not pass; one that did is open.
fn settle(platform: &Platform, id: &DatasetId, record: &GateRecord) {
    match record.versions.first() {
        Some((_, version)) if !record.passed() => close(platform, id, *version, record),
        _ => platform.door.open_to_public(id),
    }
}

fn close(platform: &Platform, id: &DatasetId, version: i64, record: &GateRecord) {
    let said = |lang| {
        let reasons: Vec<&str> = record.reasons().map(|check| check.said(lang)).collect();
        reasons.join(" ")
    };
    let (ko, en) = (said(city::Lang::Ko), said(city::Lang::En));
    tracing::error!(dataset.id = %id, version, "the gate closed a version to the public: {en}");
    platform.door.close_to_public(id, version, (ko, en));
}

/// The columns that cells of a file can be.
fn flat(dataset: &Dataset) -> Vec<String> {
    let columns = dataset.columns.iter();
    let flat = columns.filter(|column| column.column_type != city::ColumnType::Geometry);
    flat.map(|column| column.name.clone()).collect()
}

/// SHA-256 of what is promised of the columns that the public sees: a change asks for another look.
fn promise_sha256(seen: &Dataset) -> String {
    let columns: Vec<_> = seen
        .columns
        .iter()
        .map(|column| serde_json::json!([column.name, column.accepts]))
        .collect();
    let text = serde_json::to_string(&columns).unwrap_or_default();
    hex(Sha256::digest(text.as_bytes()).as_slice())
}

/// Rows as they pass: a source that is read once, and hashed as it is read.
struct Passing {
    header: Vec<String>,
    receive: mpsc::Receiver<arrow::array::RecordBatch>,
    waiting: std::collections::VecDeque<Vec<String>>,
    line: u64,
    digest: Sha256,
    bytes: u64,
}

impl Passing {
    fn new(header: Vec<String>, receive: mpsc::Receiver<arrow::array::RecordBatch>) -> Self {
        Self {
            header,
            receive,
            waiting: std::collections::VecDeque::new(),
            line: 0,
            digest: Sha256::new(),
            bytes: 0,
        }
    }
}

impl Source for Passing {
    fn file(&self) -> &std::path::Path {
        std::path::Path::new("")
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn rewind(&mut self) -> Result<(), Failed> {
        Err(Failed::Machine("these rows pass once".to_owned()))
    }

    fn next(&mut self, row: &mut Vec<String>) -> Result<bool, Failed> {
        while self.waiting.is_empty() {
            let Some(batch) = self.receive.blocking_recv() else {
                return Ok(false);
            };
            let (waiting, digest, bytes) = (&mut self.waiting, &mut self.digest, &mut self.bytes);
            let taken = write::each(&batch, &mut |cells| {
                for cell in cells {
                    let length = u64::try_from(cell.len()).unwrap_or_default();
                    digest.update(length.to_be_bytes());
                    digest.update(cell.as_bytes());
                    *bytes += length;
                }
                waiting.push_back(cells.to_vec());
                Ok(())
            });
            taken.map_err(|failure| Failed::Machine(failure.message().to_owned()))?;
        }
        if let Some(next) = self.waiting.pop_front() {
            *row = next;
        }
        self.line += 1;
        Ok(true)
    }

    fn line(&self) -> u64 {
        self.line
    }
}
