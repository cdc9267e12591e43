//! `madang evidence`: what the national evaluation of a year asks for, as far as the records say it.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use city::calendar::korean_day;
use clap::Args;
use interop::evidence::{EvidenceError, Indicator, Pack, Scope, evidence, pdf, show, xlsx};
use interop::overviews::Overviews;

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Words of `madang evidence`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// The year, by the days of Korea
    year: String,
    /// One department alone, by its id or Korean title; the whole city when absent
    #[arg(long, value_name = "ID")]
    department: Option<String>,
    /// Write it here: a workbook (.xlsx) or a paper (.pdf)
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// One JSON object with everything that was counted, and its hash
    #[arg(long, conflicts_with = "out")]
    json: bool,
}

/// Kinds of file.
#[derive(Clone, Copy)]
enum Kind {
    Workbook,
    Paper,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, Failure> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("xlsx") => Ok(Self::Workbook),
            Some("pdf") => Ok(Self::Paper),
            _ => Err(Failure::Usage(format!(
                "{}: the evidence is written as .xlsx or .pdf",
                path.display()
            ))),
        }
    }
}

/// Counts, and writes or tells.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let to = words.out.as_deref();
    let to = match to {
        Some(path) => Some((path, Kind::of(path)?)),
        None => None,
    };
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = count(&platform, words).await;
    platform.close().await;
    let pack = outcome?;
    match to {
        Some((path, kind)) => write(&pack, path, kind)?,
        None if words.json => out::json(&pack)?,
        None => tell(&pack)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn count(platform: &Platform, words: &Words) -> Result<Arc<Pack>, Failure> {
    let today = korean_day(platform.records.clock().now());
    let department = words.department.as_deref();
    let scope = Scope::read(&platform.city, &words.year, department, today)
        .map_err(|error| Failure::Input(error.to_string()))?;
    let reader = platform.reader(None, Some("evidence"));
    evidence(
        &platform.city,
        reader,
        &platform.records,
        &Overviews::default(),
        scope,
    )
    .await
    .map_err(failure)
}

fn failure(error: EvidenceError) -> Failure {
    match error {
        EvidenceError::Scope(error) => Failure::Input(error.to_string()),
        EvidenceError::Ask(error) => error.into(),
        other => Failure::Machine(other.to_string()),
    }
}

/// Written whole, or not at all.
fn write(pack: &Pack, path: &Path, kind: Kind) -> Result<(), Failure> {
    let bytes = match kind {
        Kind::Workbook => xlsx(pack).map_err(EvidenceError::from),
        Kind::Paper => pdf(pack).map_err(EvidenceError::from),
    };
    let bytes = bytes.map_err(failure)?;
    whole(path, &bytes).map_err(|error| {
        Failure::Machine(format!("failed to write {}: {error}", path.display()))
    })?;
    out::say(format!(
        "{} indicators of {} datasets written to {} (sha256 {})",
        pack.indicators.len(),
        pack.datasets.len(),
        path.display(),
        pack.sha256
    ));
    Ok(())
}

fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|own| !own.as_os_str().is_empty());
    let mut part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A line an indicator: the item, what it says, and how it was divided.
fn tell(pack: &Pack) -> Result<(), Failure> {
    let whom = pack
        .department
        .as_ref()
        .map_or(&pack.city.ko, |own| &own.ko);
    out::line(format!(
        "{} {}, {} datasets, {} loads up to {}",
        whom,
        pack.year,
        pack.datasets.len(),
        pack.loads.len(),
        pack.until
    ))?;
    for own in &pack.indicators {
        out::line(format!(
            "{}: {}: {}{}",
            own.item.ko,
            own.title.ko,
            show::figure(own),
            divided(own)
        ))?;
    }
    out::line(format!("sha256 {}", pack.sha256))
}

fn divided(of: &Indicator) -> String {
    match (of.numerator, of.denominator) {
        (Some(numerator), Some(denominator)) => format!(
            " ({} / {} {})",
            show::count(numerator),
            show::count(denominator),
            of.unit.ko
        ),
        _ => String::new(),
    }
}
