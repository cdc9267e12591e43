//! Speed, measured: against peers, side by side, in one run.

mod build;
mod ingest;
mod page;

use std::path::{Path, PathBuf};

use crate::{Outcome, run};

/// `bench ingest|page|build`.
pub(crate) fn chore(words: &[String]) -> Outcome {
    let rest = words.get(1..).unwrap_or_default();
    match words.first().map(String::as_str) {
        Some("ingest") => ingest::bench(rest),
        Some("page") => page::bench(rest),
        Some("build") => build::bench(rest),
        _ => Err("usage: cargo xtask bench ingest [ROWS] [--runs N] [--alone] | page [ROWS] | build [PROFILE]".to_owned()),
    }
}

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

/// The peers' own Python, with the peers installed.
fn python(folder: &Path) -> Result<PathBuf, String> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !python.is_file() {
        run::run(
            "peers' venv",
            run::command("python3", &["-m", "venv"]).arg(&venv),
        )?;
    }
    let mut pip = run::command(
        &python.to_string_lossy(),
        &[
            "-m",
            "pip",
            "install",
            "--quiet",
            "duckdb",
            "polars",
            "pandas",
            "pyarrow",
            "sqlite-utils",
            "datasette",
        ],
    );
    run::run("peers", &mut pip)?;
    Ok(python)
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
