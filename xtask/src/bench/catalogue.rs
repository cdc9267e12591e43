//! The pages that look over all datasets, in a city of ten thousand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::server::{Asked, Server};
use super::{built, folder, machine, number, rows};
use crate::{Outcome, run};

/// The bound for a page.
const BOUND_MS: f64 = 100.0;
/// Requests of a measurement, and the seconds after which it ends.
const REQUESTS: u64 = 200;
const SECONDS: u64 = 30;
/// Clients at once.
const CLIENTS: [u64; 2] = [1, 10];
/// How often some datasets are delivered again: they have a history.
const TURNS: u64 = 2;
/// The server looks for what it keeps ready: it is let settle before it is measured.
const SETTLE: Duration = Duration::from_secs(5);
/// Datasets that one command loads again.
const TOGETHER: usize = 500;

/// What is asked, and whether the bound of pages is for it.
const PAGES: [(&str, bool); 12] = [
    ("/", true),
    ("/datasets", true),
    ("/datasets?q=%EC%A3%BC%EC%B0%A8%EC%9E%A5", true),
    ("/datasets?q=%EB%B2%84%EC%8A%A4%20%ED%98%84%ED%99%A9", true),
    ("/datasets?page=250", true),
    ("/fields/roads", true),
    ("/quality", true),
    ("/tasks", true),
    ("/overdue", true),
    ("/evidence", true),
    ("/catalogue.csv", false),
    ("/api/datasets", false),
];

/// `bench catalogue [DATASETS] [--requests N]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let datasets = rows(words, 10_000);
    let requests = number(words, "--requests", REQUESTS)?;
    let (folder, binaries) = (folder()?, built(words)?);
    let place = made(&folder, &binaries, datasets)?;
    run::say(&machine());
    let began = Instant::now();
    let (city, data) = (place.join("city"), place.join("data"));
    let server = Server::madang(&binaries.join("madang"), &city, &data)?;
    let started = began.elapsed().as_secs_f64();
    let first = Instant::now();
    server.get("/", "")?;
    run::say(&format!(
        "{datasets} datasets: the server tells its address after {started:.2} s; its first page takes {:.2} s more",
        first.elapsed().as_secs_f64()
    ));
    let staff = server.signed_in()?;
    std::thread::sleep(SETTLE);
    run::say(
        "\n| address | clients | requests | p50 ms | p99 ms | max ms | KB an answer | p99 below 100 ms |",
    );
    run::say("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let load = binaries.join("examples/bench_load");
    for (address, is_page) in PAGES {
        for clients in CLIENTS {
            let asked = Asked {
                paths: &[address.to_owned()],
                headers: &staff,
                clients,
                requests,
                seconds: SECONDS,
                bodies: false,
            };
            row(address, is_page, clients, &server.ask(&load, &asked)?)?;
        }
    }
    run::say(&format!(
        "\npeak memory of the server: {:.0} MiB",
        server.peak_mib()
    ));
    Ok(())
}

/// The city, loaded; once.
fn made(folder: &Path, binaries: &Path, datasets: u64) -> Result<PathBuf, String> {
    let place = folder.join(format!("catalogue-{datasets}"));
    if place.join("done").is_file() {
        return Ok(place);
    }
    std::fs::remove_dir_all(&place).ok();
    let (city, files) = (place.join("city"), binaries.join("examples/bench_files"));
    let count = datasets.to_string();
    let make = |words: &[&str]| {
        let mut command = run::command(&files.to_string_lossy(), words);
        command.arg(&city);
        command
    };
    run::run("city", &mut make(&["catalogue", &count]))?;
    let began = Instant::now();
    let loaded = load(binaries, &place, &[])?;
    run::say(&format!(
        "loaded in {:.0} s: {loaded:?}",
        began.elapsed().as_secs_f64()
    ));
    if loaded.get("loaded").copied().unwrap_or_default() * 100 < datasets * 95 {
        return Err("fewer datasets were loaded than should be".to_owned());
    }
    for turn in 1..=TURNS {
        let renewed = run::output(&mut make(&["catalogue-again", &count, &turn.to_string()]))?;
        let renewed: Vec<&str> = renewed.lines().collect();
        for some in renewed.chunks(TOGETHER) {
            load(binaries, &place, some)?;
        }
    }
    std::fs::write(place.join("done"), "").map_err(|error| error.to_string())?;
    Ok(place)
}

/// Loads all datasets or some; how many loads ended in which way. Some have no file: that is no failure here.
fn load(binaries: &Path, place: &Path, some: &[&str]) -> Result<BTreeMap<String, u64>, String> {
    let mut command = run::command(
        &binaries.join("madang").to_string_lossy(),
        &["load", "--json"],
    );
    command.arg("-C").arg(place.join("city"));
    command.arg("--data").arg(place.join("data")).args(some);
    let output = command
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("madang load: {error}"))?;
    let mut ways = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let told: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let way = told["outcome"].as_str().unwrap_or("nothing").to_owned();
        *ways.entry(way).or_default() += 1;
    }
    Ok(ways)
}

fn row(address: &str, is_page: bool, clients: u64, result: &Value) -> Outcome {
    let all = &result["all"];
    if let Some(fault) = result["fault"].as_str() {
        return Err(format!("{address}: {fault}"));
    }
    let figure = |name: &str| all[name].as_f64().unwrap_or(f64::NAN);
    let p99 = figure("p99_ms");
    let verdict = match (is_page, p99 < BOUND_MS) {
        (false, _) => "no page",
        (true, true) => "yes",
        (true, false) => "no",
    };
    run::say(&format!(
        "| {address} | {clients} | {} | {:.1} | {p99:.1} | {:.1} | {:.1} | {verdict} |",
        all["requests"],
        figure("p50_ms"),
        figure("max_ms"),
        figure("bytes") / figure("requests").max(1.0) / 1e3,
    ));
    Ok(())
}
