//! A CP949 CSV to a typed, checked, queryable table on disk: Madang and its peers.

use std::path::Path;

use serde_json::{Value, json};

use super::{flag, folder, machine, made, median, number, python, release, rows};
use crate::{Outcome, run};

/// The demo's two kinds of big file.
pub(super) const KINDS: [&str; 2] = ["complaints", "living"];
/// The peers, by the name of their program in `benches/peers`.
const PEERS: [&str; 4] = ["duckdb", "polars", "pandas", "sqlite_utils"];

/// `bench ingest [ROWS] [--runs N] [--alone] [--kind KIND]`: `--alone` leaves the peers out (for very large files).
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, runs) = (rows(words, 5_000_000), number(words, "--runs", 3)?);
    let alone = words.iter().any(|word| word == "--alone");
    let (folder, release) = (folder()?, release()?);
    let python = if alone {
        "python3".into()
    } else {
        python(&folder)?
    };
    let only = flag(words, "--kind");
    run::say(&machine());
    for kind in KINDS
        .into_iter()
        .filter(|kind| only.is_none_or(|only| only == *kind))
    {
        let place = made(&folder, &release, kind, rows)?;
        let city = place.join("city");
        let plan = plan(&place, &release, &python, kind, runs, alone);
        let plan_file = place.join("plan.json");
        std::fs::write(&plan_file, plan.to_string()).map_err(|error| error.to_string())?;
        let measure = run::root().join("benches/peers/measure.py");
        let mut command = run::command(&python.to_string_lossy(), &[]);
        let text = run::output(
            command
                .arg(measure)
                .arg(runs.to_string())
                .arg(&plan_file)
                .stderr(std::process::Stdio::inherit()),
        )?;
        let result: Value =
            serde_json::from_str(&text).map_err(|error| format!("measure.py: {error}: {text}"))?;
        report(kind, rows, &city, &result)?;
    }
    Ok(())
}

fn plan(place: &Path, release: &Path, python: &Path, kind: &str, runs: u64, alone: bool) -> Value {
    let (city, data) = (place.join("city"), place.join("data"));
    let mut plan = vec![json!({
        "name": "madang",
        "command": [release.join("madang"), "load", "-C", city, "--data", data, "--json"],
        "clean": [data],
    })];
    for peer in PEERS.iter().filter(|_| !alone) {
        let out = place.join(peer);
        let slow = *peer == "sqlite_utils";
        plan.push(json!({
            "name": peer,
            "command": [
                python, run::root().join(format!("benches/peers/{peer}_ingest.py")),
                city.join(format!("inbox/{kind}.csv")), city.join(format!("datasets/bench/{kind}.toml")), out,
                std::fs::read_to_string(place.join("box")).unwrap_or_default().trim(),
            ],
            "clean": [out],
            "runs": if slow { 1 } else { runs },
            "no_warm_up": slow,
        }));
    }
    Value::Array(plan)
}

/// Prints the table, and fails when a peer did not do the same work.
fn report(kind: &str, rows: u64, city: &Path, result: &Value) -> Outcome {
    let file = city.join(format!("inbox/{kind}.csv"));
    let bytes = std::fs::metadata(&file)
        .map_err(|error| error.to_string())?
        .len();
    let figures = |name: &str, what: &str| -> Vec<f64> {
        result[name][what]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect()
    };
    let said = |name: &str| -> Value {
        result[name]["said"]
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or(Value::Null)
    };
    let ours = median(&figures("madang", "wall_s"));
    #[expect(clippy::cast_precision_loss, reason = "megabytes for a person")]
    let megabytes = bytes as f64 / 1e6;
    run::say(&format!(
        "\n{kind}, {rows} rows, {megabytes:.0} MB, CP949\n"
    ));
    run::say(
        "| program | wall s (min / median / max) | processor s | peak MiB | MB/s | wall ÷ Madang's | accepted | set aside |",
    );
    run::say("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let counts = |name: &str| {
        let words = said(name);
        let aside = words.get("set_aside").or_else(|| words.get("quarantined"));
        [
            words["accepted"].clone(),
            aside.cloned().unwrap_or_default(),
        ]
    };
    let mut unequal = Vec::new();
    for (name, _) in result.as_object().into_iter().flatten() {
        let wall = figures(name, "wall_s");
        let (least, most) = (
            wall.iter().copied().fold(f64::INFINITY, f64::min),
            wall.iter().copied().fold(0.0, f64::max),
        );
        let [accepted, set_aside] = counts(name);
        if [&accepted, &set_aside] != counts("madang").each_ref() {
            unequal.push(name.as_str());
        }
        run::say(&format!(
            "| {name} | {least:.2} / {:.2} / {most:.2} | {:.2} | {:.0} | {:.0} | {:.2} | {} | {} |",
            median(&wall),
            median(&figures(name, "cpu_s")),
            median(&figures(name, "peak_mib")),
            megabytes / median(&wall),
            median(&wall) / ours,
            accepted,
            set_aside,
        ));
    }
    if unequal.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{} did not end with Madang's numbers of rows",
            unequal.join(", ")
        ))
    }
}
