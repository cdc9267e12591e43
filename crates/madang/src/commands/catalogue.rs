//! `madang catalogue`: the list of open data as the national portal keeps it, and whether a published one is true.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use city::Fault;
use clap::{Args, ValueEnum};
use interop::catalogue::read::{BYTES_MAX, decoded};
use interop::catalogue::{Checker, Encoding, Entries, csv, day, rows};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Letters of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Letters {
    /// UTF-8 with a byte-order mark
    #[value(name = "utf-8")]
    Utf8,
    /// CP949
    Cp949,
}

/// Words of `madang catalogue`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Write the list here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Letters of the list
    #[arg(long, value_enum, value_name = "LETTERS", default_value = "utf-8")]
    encoding: Letters,
    /// Read a published list (CSV) and tell what it says that is not so
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "encoding"])]
    check: Option<PathBuf>,
    /// One JSON object a contradiction
    #[arg(long, requires = "check")]
    json: bool,
}

/// Writes the list, or checks one.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let outcome = match &words.check {
        Some(file) => check(&platform, file, words.json),
        None => write(&platform, words),
    };
    platform.close().await;
    outcome
}

fn write(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let rows = rows(&platform.door)?;
    let encoding = match words.encoding {
        Letters::Utf8 => Encoding::Utf8,
        Letters::Cp949 => Encoding::Cp949,
    };
    let bytes = csv(&rows, encoding);
    match &words.out {
        None => match io::stdout().lock().write_all(&bytes) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error.into()),
            _ => {}
        },
        Some(path) => {
            whole(path, &bytes).map_err(|error| {
                Failure::Machine(format!("failed to write {}: {error}", path.display()))
            })?;
            out::say(format!(
                "{} entries written to {}",
                rows.len(),
                path.display()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Written whole, or not at all.
fn whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|own| !own.as_os_str().is_empty());
    let mut part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn check(platform: &Platform, file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let bytes = read(file)?;
    let text = decoded(file, &bytes).map_err(|fault| Failure::faults(&[fault]))?;
    let entries = Entries::new(file, &text).map_err(|fault| Failure::faults(&[fault]))?;
    let today = day(platform.records.clock().now());
    let mut checker = Checker::new(&platform.door, today)?;
    let (mut read, mut wrong, mut broken) = (0_u64, 0_u64, 0_u64);
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(fault) => {
                broken += 1;
                out::say(fault.to_string());
                continue;
            }
        };
        read += 1;
        for contradiction in checker.entry(&entry) {
            wrong += 1;
            if json {
                out::json(&contradiction)?;
            } else {
                out::line(format!("{}:{contradiction}", file.display()))?;
            }
        }
    }
    say(&checker, (read, wrong, broken));
    Ok(if wrong + broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn say(checker: &Checker, (read, wrong, broken): (u64, u64, u64)) {
    out::say(format!(
        "{read} entries, {} datasets of this city among them; {wrong} contradictions, {broken} lines that cannot be read",
        checker.matched()
    ));
    if checker.strangers() > 0 {
        out::say(format!(
            "{} entries of this provider are no dataset of the city's folder",
            checker.strangers()
        ));
    }
    let missing = checker.missing();
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.into_iter().map(city::DatasetId::as_str).collect();
        out::say(format!("open and not in the list: {}", missing.join(", ")));
    }
}

/// The bytes of a list, which has a largest size.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| {
        let text = format!("failed to read {}: {error}", file.display());
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::IsADirectory => Failure::Input(text),
            _ => Failure::Machine(text),
        }
    };
    let opened = File::open(file).map_err(failed)?;
    let mut bytes = Vec::new();
    let mut limited = opened.take(BYTES_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > BYTES_MAX) {
        let fault = Fault::at(file, "the list is too large")
            .expected(format!("at most {} MiB", BYTES_MAX >> 20));
        return Err(Failure::faults(&[fault]));
    }
    Ok(bytes)
}
