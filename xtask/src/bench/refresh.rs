//! The demo city's datasets loaded anew, and again when nothing has changed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::{built, figure, folder, machine, measured, median, number};
use crate::{Outcome, run};

/// What the issue allows, in seconds.
const BOUNDS: [(&str, f64); 2] = [("all anew", 30.0), ("nothing changed", 2.0)];

/// The Open API of the city's devices; ends with the benchmark.
struct Api {
    child: Child,
    /// What a load must know of it.
    settings: Vec<String>,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Api {
    /// Starts it for the plan that the city's files were made by.
    fn start(program: &Path, plan: &str) -> Result<Self, String> {
        let mut child = run::command(&program.to_string_lossy(), &[])
            .args(plan.split_whitespace())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the demo's Open API: {error}"))?;
        let output = child.stdout.take();
        let mut api = Self {
            child,
            settings: Vec::new(),
        };
        // Settings, one a line, then an empty line.
        let lines = BufReader::new(output.ok_or("the demo's Open API has no output")?).lines();
        let said = lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty());
        api.settings = said.collect();
        if api.settings.is_empty() {
            return Err("the demo's Open API ended before it served".to_owned());
        }
        Ok(api)
    }
}

/// `bench refresh [--runs N]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let runs = number(words, "--runs", 3)?;
    let (folder, binaries) = (folder()?, built(words)?);
    let (place, madang) = (folder.join("refresh"), binaries.join("madang"));
    run::say(&machine());
    std::fs::remove_dir_all(&place).ok();
    // Its files are made, and read once: the system has them in its cache from here on.
    let mut make = run::command(
        &madang.to_string_lossy(),
        &["demo", "--no-serve", "--no-servers", "--json", "--data"],
    );
    run::run(
        "the demo city's files",
        make.arg(&place).stdout(Stdio::null()),
    )?;
    let plan = std::fs::read_to_string(place.join("plan")).map_err(|error| error.to_string())?;
    let api = Api::start(&binaries.join("examples/bench_api"), &plan)?;
    let (city, data) = (place.join("city"), place.join("data"));
    let command = json!(
        std::iter::once("env".to_owned())
            .chain(api.settings.iter().cloned())
            .chain([
                madang.to_string_lossy().into_owned(),
                "load".to_owned(),
                "-C".to_owned(),
                city.to_string_lossy().into_owned(),
                "--data".to_owned(),
                data.to_string_lossy().into_owned(),
                "--json".to_owned(),
            ])
            .collect::<Vec<_>>()
    );
    let mut taken: [Vec<Value>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..runs.max(1) {
        for (taken, clean) in taken.iter_mut().zip([vec![data.clone()], Vec::new()]) {
            taken.push(measured(&place, "madang load", &command, &clean)?);
        }
    }
    report(&city, &taken);
    Ok(())
}

/// Prints the table. A load that did not take every dataset in has failed before.
fn report(city: &Path, taken: &[Vec<Value>; 2]) {
    let datasets = manifests(&city.join("datasets"));
    let bytes = size(&city.join("inbox"));
    run::say(&format!(
        "\n{datasets} datasets, {} MB of files\n",
        bytes / 1_000_000
    ));
    run::say("| what | seconds (min / median / max) | processor s | peak MiB | bound s | kept |");
    run::say("| --- | --- | --- | --- | --- | --- |");
    for ((what, bound), taken) in BOUNDS.iter().zip(taken) {
        let of = |name: &str| {
            taken
                .iter()
                .map(|one| figure(one, name))
                .collect::<Vec<_>>()
        };
        let wall = of("wall_s");
        let median_s = median(&wall);
        run::say(&format!(
            "| {what} | {:.2} / {median_s:.2} / {:.2} | {:.2} | {:.0} | {bound} | {} |",
            wall.iter().copied().fold(f64::INFINITY, f64::min),
            wall.iter().copied().fold(0.0, f64::max),
            median(&of("cpu_s")),
            median(&of("peak_mib")),
            if median_s <= *bound { "yes" } else { "no" },
        ));
    }
}

/// How many manifests stand below a folder.
fn manifests(folder: &Path) -> usize {
    files(folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .count()
}

fn size(folder: &Path) -> u64 {
    let sizes = files(folder).into_iter().map(std::fs::metadata);
    sizes.filter_map(Result::ok).map(|file| file.len()).sum()
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
