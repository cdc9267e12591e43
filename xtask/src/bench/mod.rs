//! Speed, measured: against peers, side by side, in one run.

mod anonymise;
mod board;
mod build;
mod catalogue;
mod checks;
mod here;
mod ingest;
mod log;
mod page;
mod policy;
mod refresh;
mod server;
mod tiles;
mod upsert;
mod works;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{Outcome, run};

const USAGE: &str = "usage: cargo xtask bench ingest [ROWS] [--runs N] [--alone] [--kind KIND]
  | page [ROWS] [--kind KIND] [--requests N] [--plain]
  | checks [ROWS] [--runs N] [--alone]
  | refresh [--runs N]
  | upsert [ROWS] [--runs N] [--alone]
  | catalogue [DATASETS] [--requests N]
  | anonymise [ROWS] [--runs N] [--alone] [--census FOLDER]
  | log [ENTRIES] [--runs N]
  | policy [ROWS] [--runs N]
  | works [PERMITS] [--runs N]
  | here [--permits N] [--complaints N]
  | tiles [ROWS] [--tiles N]
  | board [ROWS] [--runs N]
  | build [PROFILE]
KIND is complaints or living; all but ingest, page and build take --dev, to be tried with the dev profile";

/// `bench ingest|page|checks|refresh|upsert|catalogue|anonymise|log|policy|works|here|tiles|board|build`.
pub(crate) fn chore(words: &[String]) -> Outcome {
    let rest = words.get(1..).unwrap_or_default();
    match words.first().map(String::as_str) {
        Some("ingest") => ingest::bench(rest),
        Some("page") => page::bench(rest),
        Some("checks") => checks::bench(rest),
        Some("refresh") => refresh::bench(rest),
        Some("upsert") => upsert::bench(rest),
        Some("catalogue") => catalogue::bench(rest),
        Some("anonymise") => anonymise::bench(rest),
        Some("log") => log::bench(rest),
        Some("policy") => policy::bench(rest),
        Some("works") => works::bench(rest),
        Some("here") => here::bench(rest),
        Some("tiles") => tiles::bench(rest),
        Some("board") => board::bench(rest),
        Some("build") => build::bench(rest),
        _ => Err(USAGE.to_owned()),
    }
}

/// Python programs that Madang is compared with, in an environment of their own.
struct Peers {
    /// Its folder.
    venv: &'static str,
    /// What must be there.
    modules: &'static str,
    /// How it is called at the registry.
    packages: &'static [&'static str],
}

/// Programs that load and show tables.
const LOADERS: Peers = Peers {
    venv: "venv",
    modules: "import duckdb, polars, pandas, pyarrow, sqlite_utils, datasette",
    packages: &[
        "duckdb",
        "polars",
        "pandas",
        "pyarrow",
        "sqlite-utils",
        "datasette",
    ],
};

/// Where benchmark files live: below `target/`, outside the repository.
fn folder() -> Result<PathBuf, String> {
    let path = crate::browser::binary()?
        .parent()
        .and_then(Path::parent)
        .map(|target| target.join("bench"))
        .ok_or("no target folder")?;
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// The loading peers' own Python, with the peers installed.
fn python(folder: &Path) -> Result<PathBuf, String> {
    LOADERS.python(folder)
}

impl Peers {
    fn python(&self, folder: &Path) -> Result<PathBuf, String> {
        let venv = folder.join(self.venv);
        let python = venv.join("bin/python");
        if !python.is_file() {
            run::run(
                "peers' venv",
                run::command("python3", &["-m", "venv"]).arg(&venv),
            )?;
        }
        // Asked first, so that a machine without a network can measure again.
        let is_there = run::command(&python.to_string_lossy(), &["-c", self.modules])
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if is_there {
            return Ok(python);
        }
        let mut pip = run::command(
            &python.to_string_lossy(),
            &["-m", "pip", "install", "--quiet"],
        );
        run::run("peers", pip.args(self.packages))?;
        Ok(python)
    }
}

/// Runs one command under `measure.py`: wall and processor seconds, peak memory, bytes written, its last line.
fn measured(place: &Path, name: &str, command: &Value, clean: &[PathBuf]) -> Result<Value, String> {
    let plan = json!([{"name": name, "command": command, "clean": clean, "no_warm_up": true}]);
    let file = place.join("plan.json");
    std::fs::write(&file, plan.to_string()).map_err(|error| error.to_string())?;
    let mut measure = run::command("python3", &[]);
    measure.arg(run::root().join("benches/peers/measure.py"));
    let text = run::output(
        measure
            .arg("1")
            .arg(&file)
            .stderr(std::process::Stdio::inherit()),
    )?;
    let result: Value =
        serde_json::from_str(&text).map_err(|error| format!("measure.py: {error}: {text}"))?;
    Ok(result[name].clone())
}

/// The first figure of a measured command.
fn figure(measured: &Value, what: &str) -> f64 {
    measured[what][0].as_f64().unwrap_or(f64::NAN)
}

/// The folder of a city with one file of a kind; the file is written if it is not there.
fn made(folder: &Path, release: &Path, kind: &str, rows: u64) -> Result<PathBuf, String> {
    let place = folder.join(format!("{kind}-{rows}"));
    if !place.join("done").is_file() {
        let mut make = run::command(
            &release.join("examples/bench_files").to_string_lossy(),
            &[kind, &rows.to_string()],
        );
        run::run(&format!("{rows} rows of {kind}"), make.arg(&place))?;
        std::fs::write(place.join("done"), "").map_err(|error| error.to_string())?;
    }
    Ok(place)
}

/// The machine, for the line above the figures: processor, cores, memory.
fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
        .unwrap_or_default();
    format!(
        "machine: {}, {cores} cores, {} GiB",
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned()),
        memory >> 20
    )
}

/// Builds what the benchmarks use: with `--dev` as for daily work, to try a benchmark and not to measure.
fn built(words: &[String]) -> Result<PathBuf, String> {
    if !words.iter().any(|word| word == "--dev") {
        return release();
    }
    run::say("tried with the dev profile: its figures are none");
    let words = ["build", "--workspace", "--locked", "--bins", "--examples"];
    run::run("dev build", &mut run::command("cargo", &words))?;
    let binary = crate::browser::binary()?;
    let folder = binary.parent().map(Path::to_owned);
    folder.ok_or_else(|| "no target folder".to_owned())
}

/// Builds the release binaries the benchmarks use; returns the folder they lie in.
fn release() -> Result<PathBuf, String> {
    run::run(
        "release build",
        &mut run::command(
            "cargo",
            &[
                "build",
                "--release",
                "--workspace",
                "--locked",
                "--bins",
                "--examples",
            ],
        ),
    )?;
    let debug = crate::browser::binary()?;
    debug
        .parent()
        .and_then(Path::parent)
        .map(|target| target.join("release"))
        .ok_or_else(|| "no target folder".to_owned())
}

/// A flag's value.
fn flag<'w>(words: &'w [String], flag: &str) -> Option<&'w str> {
    let at = words.iter().position(|word| word == flag)?;
    words.get(at + 1).map(String::as_str)
}

/// A flag's value as a number.
fn number(words: &[String], flag: &str, default: u64) -> Result<u64, String> {
    match words.iter().position(|word| word == flag) {
        Some(at) => words
            .get(at + 1)
            .and_then(|word| word.parse().ok())
            .ok_or(format!("{flag} takes a number")),
        None => Ok(default),
    }
}

/// The first word that is a number of rows.
fn rows(words: &[String], default: u64) -> u64 {
    words
        .first()
        .and_then(|word| word.replace('_', "").parse().ok())
        .unwrap_or(default)
}

/// Median of figures.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
