//! The first page of a filtered table over HTTP: Madang and Datasette on the same rows.

mod filters;

use std::path::PathBuf;

use serde_json::Value;

use super::server::{Asked, Server};
use super::{flag, folder, machine, made, number, python, release, rows};
use crate::{Outcome, run};
use filters::Filter;

/// Clients at once.
const CLIENTS: u64 = 50;
/// Most requests of a measurement; a slow server is stopped by [`SECONDS`].
const REQUESTS: u64 = 5_000;
/// No measurement goes on longer.
const SECONDS: u64 = 60;
/// Conditions whose totals must be equal before anything is measured.
const COMPARED: usize = 10;
/// The bound for Madang, at [`CLIENTS`].
const BOUND_MS: f64 = 50.0;
/// Requests a second the load generator must be able to make, or it is what is measured.
const GENERATOR: f64 = 3_000.0;
/// What a browser says of compression.
const BROWSER: &str = "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n";
const PLAIN: &str = "Accept: */*\r\n";

/// One measurement.
struct Scenario {
    title: &'static str,
    headers: &'static str,
    requests: u64,
    madang: fn(&Filter, &str) -> String,
    /// Nothing when only Madang is asked.
    datasette: Option<fn(&Filter, &str) -> String>,
}

/// The files, the servers and the conditions of one kind of rows.
struct Bench {
    kind: &'static str,
    rows: u64,
    release: PathBuf,
    python: PathBuf,
    place: PathBuf,
}

/// `bench page [ROWS] [--kind complaints|living] [--requests N] [--plain]`: `--plain` also asks Datasette without indexes.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, requests) = (
        rows(words, 10_000_000),
        number(words, "--requests", REQUESTS)?,
    );
    let only = flag(words, "--kind");
    let kinds = super::ingest::KINDS
        .into_iter()
        .filter(|kind| only.is_none_or(|only| only == *kind));
    let (folder, release) = (folder()?, release()?);
    let python = python(&folder)?;
    let most = run::output(
        run::command(&release.join("examples/bench_load").to_string_lossy(), &[]).arg("check"),
    )?;
    let most: Value = serde_json::from_str(&most).map_err(|error| error.to_string())?;
    let most = most["all"]["per_second"].as_f64().unwrap_or_default();
    run::say(&format!(
        "{}\nload generator alone: {most:.0} requests/s",
        machine()
    ));
    if most < GENERATOR {
        return Err(format!(
            "the load generator makes {most:.0} requests/s: too few to measure a server; is the machine busy?"
        ));
    }
    let mut is_measured = false;
    for kind in kinds {
        let bench = Bench {
            kind,
            rows,
            release: release.clone(),
            python: python.clone(),
            place: made(&folder, &release, kind, rows)?,
        };
        bench.load()?;
        bench.measure(requests, words.iter().any(|word| word == "--plain"))?;
        is_measured = true;
    }
    if is_measured {
        Ok(())
    } else {
        Err(format!(
            "--kind is one of {}",
            super::ingest::KINDS.join(", ")
        ))
    }
}

impl Bench {
    /// Loads the rows into both, once.
    fn load(&self) -> Outcome {
        let (city, data) = (self.place.join("city"), self.place.join("page-data"));
        let failed = |error: std::io::Error| error.to_string();
        if !data.join("done").is_file() {
            std::fs::remove_dir_all(&data).ok();
            let mut load = run::command(
                &self.release.join("madang").to_string_lossy(),
                &["load", "-C"],
            );
            run::run(
                "madang load",
                load.arg(&city).arg("--data").arg(&data).arg("--json"),
            )?;
            std::fs::write(data.join("done"), "").map_err(failed)?;
        }
        let base = self.place.join("datasette");
        if !base.join("done").is_file() {
            let mut load = run::command(&self.python.to_string_lossy(), &[]);
            load.arg(run::root().join("benches/peers/datasette_rows.py"))
                .arg(city.join(format!("inbox/{}.csv", self.kind)))
                .arg(city.join(format!("datasets/bench/{}.toml", self.kind)))
                .arg(&base)
                .arg(filters::indexed(self.kind).join(","));
            run::run("rows for Datasette", &mut load)?;
            std::fs::write(base.join("done"), "").map_err(failed)?;
        }
        Ok(())
    }

    fn madang(&self) -> Result<Server, String> {
        Server::madang(
            &self.release.join("madang"),
            &self.place.join("city"),
            &self.place.join("page-data"),
        )
    }

    /// Datasette as for a public that only reads: files that do not change, no suggested facets (each would be one more
    /// question of every page), and time enough to answer at all.
    fn datasette(&self, file: &str) -> Result<Server, String> {
        let base = self.place.join("datasette").join(file);
        Server::at_free_port(|port| {
            let mut command = run::command(
                &self.python.to_string_lossy(),
                &["-m", "datasette", "serve", "--port", port],
            );
            for (name, value) in [
                ("sql_time_limit_ms", "60000"),
                ("suggest_facets", "off"),
                ("facet_time_limit_ms", "200"),
            ] {
                command.args(["--setting", name, value]);
            }
            command.arg("--immutable").arg(&base);
            command
        })
    }

    fn measure(&self, requests: u64, plain: bool) -> Outcome {
        let path = self.place.join("datasette/values.json");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let values: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let (list, parts) = (filters::list(self.kind, &values), filters::parts(self.kind));
        run::say(&format!(
            "\n{}, {} rows, {} different conditions, {CLIENTS} clients\n",
            self.kind,
            self.rows,
            list.len()
        ));
        self.compare(&list, &parts)?;
        run::say(HEAD);
        for scenario in &scenarios(requests) {
            let ours = self.run("madang", scenario, &list, &self.madang()?, scenario.madang)?;
            if let Some(paths) = scenario.datasette {
                let server = self.datasette("bench.db")?;
                let theirs = self.run("datasette", scenario, &list, &server, paths)?;
                ratios(&ours, &theirs);
            }
        }
        let parted = Scenario {
            title: "JSON, part of a text",
            ..json(requests)
        };
        let ours = self.run("madang", &parted, &parts, &self.madang()?, parted.madang)?;
        let server = self.datasette("bench.db")?;
        let theirs = self.run(
            "datasette",
            &parted,
            &parts,
            &server,
            Filter::datasette_json,
        )?;
        ratios(&ours, &theirs);
        if plain {
            let server = self.datasette("plain.db")?;
            let bare = json(requests);
            self.run(
                "datasette, no index",
                &bare,
                &list,
                &server,
                Filter::datasette_json,
            )?;
        }
        Ok(())
    }

    /// Both must answer the same totals, or they do not have the same rows.
    fn compare(&self, list: &[Filter], parts: &[Filter]) -> Outcome {
        let step = (list.len() / COMPARED).max(1);
        let compared: Vec<&Filter> = list
            .iter()
            .step_by(step)
            .take(COMPARED)
            .chain(parts.first())
            .collect();
        let totals = |server: &Server, path: fn(&Filter, &str) -> String, name: &str| {
            let paths: Vec<String> = compared
                .iter()
                .map(|filter| path(filter, self.kind))
                .collect();
            let asked = Asked {
                paths: &paths,
                headers: PLAIN,
                clients: 1,
                requests: paths.len() as u64,
                seconds: 10 * SECONDS,
                bodies: true,
            };
            let answer = server.ask(&self.load_program(), &asked)?;
            let totals: Vec<Option<u64>> = answer["bodies"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|body| {
                    let body: Value = serde_json::from_str(body.as_str()?).ok()?;
                    body[name].as_u64()
                })
                .collect();
            if totals.len() == compared.len() {
                Ok(totals)
            } else {
                Err(format!(
                    "not every condition was answered: {}",
                    answer["fault"]
                ))
            }
        };
        let ours = totals(&self.madang()?, Filter::madang_json, "total")?;
        let theirs = totals(
            &self.datasette("bench.db")?,
            Filter::datasette_json,
            "filtered_table_rows_count",
        )?;
        for ((filter, ours), theirs) in compared.iter().zip(ours).zip(theirs) {
            if ours.is_none() || ours != theirs {
                return Err(format!(
                    "{filter}: Madang counts {ours:?} rows, Datasette {theirs:?}"
                ));
            }
        }
        run::say(&format!(
            "totals of {} conditions are equal\n",
            compared.len()
        ));
        Ok(())
    }

    fn load_program(&self) -> PathBuf {
        self.release.join("examples/bench_load")
    }

    /// One measurement of one server: the first answer after its start, then all clients at once.
    fn run(
        &self,
        name: &str,
        scenario: &Scenario,
        list: &[Filter],
        server: &Server,
        path: fn(&Filter, &str) -> String,
    ) -> Result<Value, String> {
        let paths: Vec<String> = list.iter().map(|filter| path(filter, self.kind)).collect();
        let (last, paths) = paths.split_last().ok_or("no conditions")?;
        let mut asked = Asked {
            paths: std::slice::from_ref(last),
            headers: scenario.headers,
            clients: 1,
            requests: 1,
            seconds: SECONDS,
            bodies: false,
        };
        let cold = server.ask(&self.load_program(), &asked)?;
        (asked.paths, asked.clients, asked.requests) = (paths, CLIENTS, scenario.requests);
        let mut result = server.ask(&self.load_program(), &asked)?;
        result["cold"] = cold["all"]["max_ms"].clone();
        row(name, scenario.title, &result, server.peak_mib());
        Ok(result)
    }
}

fn json(requests: u64) -> Scenario {
    Scenario {
        title: "JSON",
        headers: PLAIN,
        requests,
        madang: Filter::madang_json,
        datasette: Some(Filter::datasette_json),
    }
}

fn scenarios(requests: u64) -> [Scenario; 3] {
    let page = || Scenario {
        title: "page",
        headers: PLAIN,
        requests,
        madang: Filter::madang_page,
        datasette: Some(Filter::datasette_page),
    };
    // Datasette does not compress, so only Madang is asked as a browser asks.
    let compressed = Scenario {
        title: "page, compressed",
        headers: BROWSER,
        datasette: None,
        ..page()
    };
    [json(requests), page(), compressed]
}

const HEAD: &str = "| server | what | requests | errors | requests/s | p50 ms | p95 ms | p99 ms | max ms | asked anew: p50 ms | p99 ms | first after start ms | KB an answer | peak MiB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

/// Figures are of all requests; "asked anew" are those whose condition had not been asked since the start.
fn row(name: &str, title: &str, result: &Value, peak: f64) {
    let (all, first) = (&result["all"], &result["first"]);
    let figure = |value: &Value| {
        value
            .as_f64()
            .map_or_else(|| "–".to_owned(), |number| format!("{number:.1}"))
    };
    let count = |value: &Value| value.as_f64().unwrap_or_default();
    let answered = (count(&all["requests"]) - count(&all["errors"])).max(1.0);
    run::say(&format!(
        "| {name} | {title} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.1} | {peak:.0} |",
        all["requests"],
        all["errors"],
        figure(&all["per_second"]),
        figure(&all["p50_ms"]),
        figure(&all["p95_ms"]),
        figure(&all["p99_ms"]),
        figure(&all["max_ms"]),
        figure(&first["p50_ms"]),
        figure(&first["p99_ms"]),
        figure(&result["cold"]),
        count(&all["bytes"]) / answered / 1e3,
    ));
    if let Some(fault) = result["fault"].as_str() {
        run::say(&format!("<!-- first error: {fault} -->"));
    }
    if name == "madang" {
        let is_met = all["p99_ms"].as_f64().is_some_and(|p99| p99 < BOUND_MS);
        let verdict = if is_met { "is" } else { "is not" };
        run::say(&format!("<!-- p99 {verdict} below {BOUND_MS} ms -->"));
    }
}

fn ratios(ours: &Value, theirs: &Value) {
    let ratio = |what: &str| {
        let (ours, theirs) = (ours["all"][what].as_f64(), theirs["all"][what].as_f64());
        ours.zip(theirs)
            .map_or(f64::NAN, |(ours, theirs)| theirs / ours)
    };
    run::say(&format!(
        "| Datasette ÷ Madang | | | | {:.3} | {:.2} | {:.2} | {:.2} | {:.2} | | | | | |",
        ratio("per_second"),
        ratio("p50_ms"),
        ratio("p95_ms"),
        ratio("p99_ms"),
        ratio("max_ms"),
    ));
}
