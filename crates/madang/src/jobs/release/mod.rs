//! What leaves is made, read again by the gate, and kept or thrown away.
//!
//! | module | job |
//! | --- | --- |
//! | [`mod@write`] | rows of the door → the file |
//! | [`count`] | rows of the door → a table of counts, small ones hidden |
//! | [`gate`] | everything promised of a file, checked on its bytes |
//! | [`open`] | what the public sees of each open dataset, checked behind the server |
//! | [`due`] | releases made anew when their origin changed |

pub(crate) mod count;
pub(crate) mod due;
pub(crate) mod gate;
pub(crate) mod open;
pub(crate) mod write;

use std::fs::File;
use std::path::{Path, PathBuf};

use access::{AskError, Person, Purpose, Reader, SeeAs};
use city::{DatasetId, GateRecord, ReleaseKind, ReleasePlan};
use records::State;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::commands::privacy::pseudonymise::hex;
use crate::exit::Failure;
use crate::jobs::project::Office;
use crate::platform::Platform;

/// Name of a folder that a file is made in, in front of what chance adds.
const MAKING: &str = ".making-";

/// A file that was made and not looked at yet.
pub(crate) struct Made {
    /// The columns, in order.
    pub(crate) columns: Vec<privacy::gate::Promised>,
    /// Rows that were written.
    pub(crate) rows: u64,
    /// SHA-256 of what was written.
    pub(crate) sha256: String,
    /// What it was made from.
    pub(crate) versions: Vec<(DatasetId, i64)>,
    /// The table of counts it is, if it is one.
    pub(crate) counted: Option<privacy::gate::suppression::Counted>,
}

/// Where a release's files lie.
pub(crate) fn folder(platform: &Platform, id: &str) -> PathBuf {
    platform.data.join("releases").join(id)
}

/// Where the bytes with this hash lie.
pub(crate) fn file(platform: &Platform, id: &str, sha256: &str) -> PathBuf {
    folder(platform, id).join(format!("{sha256}.csv"))
}

/// A release the city declares.
pub(crate) fn plan<'p>(platform: &'p Platform, id: &str) -> Result<&'p ReleasePlan, Failure> {
    platform.city.releases.get(id).ok_or_else(|| {
        let known: Vec<&str> = platform
            .city
            .releases
            .keys()
            .map(city::ReleaseId::as_str)
            .collect();
        Failure::Input(format!(
            "the city declares no release `{id}` in releases/; there is: {}",
            known.join(", ")
        ))
    })
}

/// Makes a release's file, has it checked, and keeps what came of it. A file that does not pass leaves nothing behind.
pub(crate) async fn make(
    platform: &Platform,
    plan: &ReleasePlan,
    by: &str,
) -> Result<GateRecord, Failure> {
    let jobs = platform.records.jobs();
    let job = jobs.start("release", Some(&plan.dataset)).await?;
    let made = try_make(platform, plan, by).await;
    let (state, said) = match &made {
        Ok(record) if record.passed() => (State::Done, format!("{}: passed the gate", plan.id)),
        Ok(record) => {
            let reasons: Vec<&str> = record.reasons().map(|check| check.en.as_str()).collect();
            let said = format!("{}: refused by the gate: {}", plan.id, reasons.join("; "));
            (State::Refused, said)
        }
        Err(failure) => (State::Failed, failure.message().to_owned()),
    };
    jobs.finish(job.id, state, said).await?;
    made
}

async fn try_make(
    platform: &Platform,
    plan: &ReleasePlan,
    by: &str,
) -> Result<GateRecord, Failure> {
    let folder = folder(platform, &plan.id);
    std::fs::create_dir_all(&folder)?;
    swept(&folder)?;
    let making = tempfile::Builder::new()
        .prefix(MAKING)
        .tempdir_in(&folder)?;
    let out = making.path().join("out.csv");
    let (made, checks) = match plan.kind {
        ReleaseKind::Open | ReleaseKind::OnRequest => {
            (write::rows(platform, plan, &out).await?, Vec::new())
        }
        ReleaseKind::Aggregated => (count::table(platform, plan, &out).await?, Vec::new()),
        ReleaseKind::Pseudonymised => Office::of(platform).released(plan, &out).await?,
    };
    let mut record = gate::record(platform, plan, by, made, &out).await?;
    record.checks.extend(checks);
    if record.passed() {
        keep(&making, &out, &file(platform, &plan.id, &record.sha256))?;
    }
    // The record comes last: what it says passed is there.
    platform.records.releases().keep(&record).await?;
    if record.passed() {
        forget(platform, plan, &record).await?;
    }
    Ok(record)
}

/// Makes the record of a dataset or release that was looked at.
pub(crate) fn reader(platform: &Platform, plan: &ReleasePlan) -> Result<Reader, AskError> {
    let purpose = Purpose::new(&format!("release {}", plan.id));
    match plan.kind {
        ReleaseKind::Open => public(platform, purpose),
        _ => Ok(platform.door.reader(Person::local(), purpose)),
    }
}

/// Reads with the eyes of the public, as whoever runs the city: the log says so.
pub(crate) fn public(platform: &Platform, purpose: Purpose) -> Result<Reader, AskError> {
    let eyes = SeeAs {
        role: "public".to_owned(),
        department: None,
        drafts: false,
    };
    platform.door.see_as(Person::local(), &eyes, purpose)
}

/// Moves a file to where it is found, durably; the same bytes again change nothing.
fn keep(making: &TempDir, out: &Path, to: &Path) -> Result<(), Failure> {
    File::open(out)?.sync_all()?;
    std::fs::rename(out, to)?;
    let folder = making.path().parent().unwrap_or(making.path());
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Takes away what a program left that was killed while it made a file.
fn swept(folder: &Path) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_left = entry.file_name().to_string_lossy().starts_with(MAKING);
        // Somebody else may be making one just now: what is young stays.
        let is_old = entry
            .metadata()?
            .modified()?
            .elapsed()
            .is_ok_and(|age| age.as_secs() > 3_600);
        if is_left && is_old {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Earlier files go, but for those that somebody was granted and can still take.
async fn forget(
    platform: &Platform,
    plan: &ReleasePlan,
    newest: &GateRecord,
) -> Result<(), Failure> {
    let now = platform.records.clock().now();
    let requests = platform
        .records
        .releases()
        .requests(&plan.id, REQUESTS)
        .await?;
    let mut kept = vec![newest.sha256.clone()];
    kept.extend(
        requests
            .iter()
            .filter_map(|request| match request.state(now) {
                records::RequestState::Granted { sha256, .. } => Some(sha256),
                _ => None,
            }),
    );
    for entry in std::fs::read_dir(folder(platform, &plan.id))? {
        let path = entry?.path();
        let is_file = path.extension().is_some_and(|ending| ending == "csv");
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        if is_file && stem.is_some_and(|stem| !kept.contains(&stem)) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Requests looked at when files are forgotten.
const REQUESTS: u32 = 10_000;

/// SHA-256 of what the city's folder says of a release.
pub(crate) fn plan_sha256(plan: &ReleasePlan) -> String {
    let text = serde_json::to_string(plan).unwrap_or_default();
    hex(Sha256::digest(text.as_bytes()).as_slice())
}
