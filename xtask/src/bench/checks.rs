//! Thirty rules over twenty columns: room `quality` and three programs that do nothing else.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Peers, built, folder, machine, median, number, rows};
use crate::{Outcome, run};

/// Programs that check tables.
const CHECKERS: Peers = Peers {
    venv: "checkers",
    modules: "import pandas, polars, pyarrow, pandera, pandera.polars, great_expectations, frictionless",
    packages: &[
        "pandas",
        "polars",
        "pyarrow",
        "pandera[polars]",
        "great_expectations",
        "frictionless",
    ],
};
/// The peers by the name of their program in `benches/peers`, and one row in how many each gets: the last takes minutes
/// for a million.
const PEERS: [(&str, u64); 4] = [
    ("pandera_polars", 1),
    ("pandera_pandas", 1),
    ("great_expectations", 1),
    ("frictionless", 10),
];

/// What a program says at its end.
struct Said {
    tool: String,
    rows: u64,
    seconds: Vec<f64>,
    /// Rules it cannot express, each with why.
    cannot: Vec<(String, String)>,
}

/// `bench checks [ROWS] [--runs N] [--alone]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, runs) = (rows(words, 1_000_000), number(words, "--runs", 3)?);
    let (folder, binaries) = (folder()?, built(words)?);
    let program = binaries.join("examples/bench_checks");
    run::say(&machine());
    let place = made(&folder, &program, rows)?;
    let mut judge = run::command(&program.to_string_lossy(), &["judge"]);
    let text = run::output(judge.arg(&place).arg(runs.to_string()))?;
    let mut all = vec![read("Madang", &text, &place)?];
    if !words.iter().any(|word| word == "--alone") {
        let python = CHECKERS.python(&folder)?;
        for (peer, part) in PEERS {
            let own = rows.div_ceil(part);
            let place = made(&folder, &program, own)?;
            let mut command = run::command(&python.to_string_lossy(), &[]);
            command
                .arg(run::root().join(format!("benches/peers/{peer}_checks.py")))
                .arg(&place)
                .arg(own.to_string())
                .arg(if part == 1 { runs } else { 1 }.to_string());
            all.push(read(peer, &run::output(&mut command)?, &place)?);
        }
    }
    report(rows, &all);
    Ok(())
}

/// Rows and what is planted in them; fewer rows are the first of more.
fn made(folder: &Path, program: &Path, rows: u64) -> Result<PathBuf, String> {
    let place = folder.join(format!("checks-{rows}"));
    if !place.join("done").is_file() {
        std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
        let mut make = run::command(&program.to_string_lossy(), &["make", &rows.to_string()]);
        run::run(&format!("{rows} rows to check"), make.arg(&place))?;
        std::fs::write(place.join("done"), "").map_err(|error| error.to_string())?;
    }
    Ok(place)
}

/// Reads what a program said, and fails when it did not find what is planted, rule by rule.
fn read(name: &str, text: &str, place: &Path) -> Result<Said, String> {
    let line = text.trim().lines().last().unwrap_or_default();
    let said: Value = serde_json::from_str(line).map_err(|error| format!("{name}: {error}"))?;
    let path = place.join("planted.json");
    let planted = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let planted: Value = serde_json::from_str(&planted).map_err(|error| error.to_string())?;
    let cannot: Vec<(String, String)> = said["cannot"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(rule, why)| (rule.clone(), why.as_str().unwrap_or_default().to_owned()))
        .collect();
    let planted = planted.as_object().ok_or("planted.json is no object")?;
    for (rule, count) in planted {
        let is_left_out = cannot.iter().any(|(own, _)| own == rule);
        if !is_left_out && said["rules"].get(rule) != Some(count) {
            let found = &said["rules"][rule];
            return Err(format!(
                "{name} found {found} values that break `{rule}`; there are {count}"
            ));
        }
    }
    let found = said["rules"].as_object().into_iter().flatten();
    if let Some((rule, _)) = found
        .into_iter()
        .find(|(rule, _)| !planted.contains_key(*rule))
    {
        return Err(format!(
            "{name} found values that break `{rule}`, which nobody asked for"
        ));
    }
    let seconds = said["seconds"].as_array().into_iter().flatten();
    Ok(Said {
        tool: said["tool"].as_str().unwrap_or(name).to_owned(),
        rows: said["rows"].as_u64().unwrap_or_default(),
        seconds: seconds.filter_map(Value::as_f64).collect(),
        cannot,
    })
}

/// Prints the table. A peer that got fewer rows is compared by the row.
fn report(rows: u64, all: &[Said]) {
    run::say(&format!(
        "\n{rows} rows, 20 columns, 30 rules; every program found the values that are planted, rule by rule\n"
    ));
    run::say("| program | rows | rules | seconds (min / median / max) | µs a row | ÷ Madang's |");
    run::say("| --- | --- | --- | --- | --- | --- |");
    #[expect(clippy::cast_precision_loss, reason = "a time for a person")]
    let a_row = |said: &Said| median(&said.seconds) / said.rows.max(1) as f64;
    let ours = all.first().map_or(f64::NAN, a_row);
    for said in all {
        let (least, most) = (
            said.seconds.iter().copied().fold(f64::INFINITY, f64::min),
            said.seconds.iter().copied().fold(0.0, f64::max),
        );
        run::say(&format!(
            "| {} | {} | {} | {least:.2} / {:.2} / {most:.2} | {:.3} | {:.1} |",
            said.tool,
            said.rows,
            30 - said.cannot.len(),
            median(&said.seconds),
            a_row(said) * 1e6,
            a_row(said) / ours,
        ));
    }
    for said in all {
        for (rule, why) in &said.cannot {
            run::say(&format!("\n{} has no `{rule}`: {why}", said.tool));
        }
        if said.rows != rows {
            run::say(&format!(
                "\n{} got the first {} rows: its ratio is of the time a row",
                said.tool, said.rows
            ));
        }
    }
}
