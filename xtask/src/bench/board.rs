//! A board of twelve measures over a hundred million rows: Madang, and `DuckDB` with the same questions and files.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::server::{Asked, Server};
use super::{built, folder, machine, measured, median, number, python, rows};
use crate::{Outcome, run, tools};

/// Rows that arrive together while the table is filled; the file of each is gone before the next is made.
const PART: u64 = 10_000_000;
/// People who look at once.
const CLIENTS: u64 = 50;
/// Most requests of those people together.
const REQUESTS: u64 = 10_000;
/// What the issue allows: milliseconds at the 99th percentile, MiB, milliseconds until something is painted.
const BOUNDS: (f64, f64, f64) = (20.0, 2048.0, 1000.0);
/// A server reads its folder and its log before it is at rest.
const REST: Duration = Duration::from_secs(2);
const BOARD: &str = "/boards/living";

struct Bench {
    files: PathBuf,
    madang: PathBuf,
    load: PathBuf,
    place: PathBuf,
    rows: u64,
}

/// `bench board [ROWS] [--runs N] [--dev]`: the table stays for the next run.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, runs) = (rows(words, 100_000_000), number(words, "--runs", 3)?);
    let (folder, binaries) = (folder()?, built(words)?);
    let python = python(&folder)?;
    let bench = Bench {
        files: binaries.join("examples/bench_files"),
        madang: binaries.join("madang"),
        load: binaries.join("examples/bench_load"),
        place: folder.join(format!("board-{rows}")),
        rows,
    };
    run::say(&machine());
    bench.fill()?;
    let questions = bench.questions()?;
    let plan = bench.place.join("questions.json");
    let text = json!({ "files": bench.place.join("data/tables/living"), "questions": questions });
    std::fs::write(&plan, text.to_string()).map_err(|error| error.to_string())?;
    let peer = json!([
        python,
        run::root().join("benches/peers/duckdb_board.py"),
        plan
    ]);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..=runs.max(1) {
        let (took, server) = bench.cold()?;
        drop(server);
        let told = measured(&bench.place, "DuckDB", &peer, &[])?;
        let said = told["said"].as_str().unwrap_or_default();
        let said: Value = serde_json::from_str(said).map_err(|error| error.to_string())?;
        let other = said["seconds"].as_f64().unwrap_or(f64::NAN);
        run::say(&format!(
            "  {turn}: Madang {took:.2} s, DuckDB {other:.2} s"
        ));
        // The first of both finds the files on the disk, the others in the system's memory.
        if turn > 0 {
            ours.push(took);
            theirs.push(other);
        }
    }
    let (ours, theirs) = (median(&ours), median(&theirs));
    run::say(&format!(
        "{rows} rows, 12 measures, first time: Madang {ours:.2} s (server, page and all), DuckDB {theirs:.2} s; ratio {:.2} (at most 1.00)",
        ours / theirs
    ));
    bench.warm()
}

impl Bench {
    /// Fills the table part by part, if it is not there.
    fn fill(&self) -> Outcome {
        if self.place.join("done").is_file() {
            return Ok(());
        }
        std::fs::remove_dir_all(&self.place).ok();
        let failed = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(self.place.join("city/inbox")).map_err(failed)?;
        let mut city = run::command(&self.files.to_string_lossy(), &["living-city"]);
        let told = run::output(city.arg(self.place.join("city")))?;
        std::fs::write(self.place.join("measures.txt"), told).map_err(failed)?;
        let file = self.place.join("city/inbox/living.csv");
        let mut first = 0;
        while first < self.rows {
            let count = PART.min(self.rows - first);
            let words = ["living-part", &first.to_string(), &count.to_string()];
            run::run(
                &format!("rows from {first} on"),
                run::command(&self.files.to_string_lossy(), &words).arg(&file),
            )?;
            let mut load = run::command(&self.madang.to_string_lossy(), &["load", "-C"]);
            load.arg(self.place.join("city"))
                .arg("--data")
                .arg(self.place.join("data"));
            run::run("madang load", &mut load)?;
            // Landed bytes are no part of what is measured and would fill the disk.
            std::fs::remove_dir_all(self.place.join("data/landing")).ok();
            std::fs::remove_file(&file).map_err(failed)?;
            first += count;
        }
        std::fs::write(self.place.join("done"), "").map_err(failed)
    }

    /// The questions of the board's panels, as Madang says it asks them.
    fn questions(&self) -> Result<Vec<String>, String> {
        let path = self.place.join("measures.txt");
        let told = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let mut questions = Vec::new();
        for line in told.lines() {
            let (measure, by) = line.split_once(' ').unwrap_or((line, ""));
            // Asked of an empty place: what is wanted is the question.
            let data = self.place.join("nothing");
            let mut ask = run::command(&self.madang.to_string_lossy(), &["measure", measure]);
            ask.arg("--json").arg("-C").arg(self.place.join("city"));
            let text = run::output(ask.arg("--data").arg(&data))?;
            let told: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            let query = told["receipt"]["query"].as_str().unwrap_or_default();
            questions.push(by_parts(query, by)?);
        }
        Ok(questions)
    }

    fn server(&self) -> Result<Server, String> {
        let (city, data) = (self.place.join("city"), self.place.join("data"));
        let server = Server::madang(&self.madang, &city, &data)?;
        std::thread::sleep(REST);
        Ok(server)
    }

    /// Seconds until a server that was just started has shown the board.
    fn cold(&self) -> Result<(f64, Server), String> {
        let server = self.server()?;
        let began = Instant::now();
        let page = server.get(BOARD, "")?;
        let took = began.elapsed().as_secs_f64();
        if !page.starts_with("HTTP/1.1 200") {
            return Err(page.lines().next().unwrap_or_default().to_owned());
        }
        Ok((took, server))
    }

    /// The board as fifty people see it one after the other, and what a browser makes of it.
    fn warm(&self) -> Outcome {
        let (_, server) = self.cold()?;
        let asked = Asked {
            paths: &[BOARD.to_owned()],
            headers: "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\n",
            clients: CLIENTS,
            requests: REQUESTS,
            seconds: 60,
            bodies: false,
        };
        let told = server.ask(&self.load, &asked)?;
        let of = |what: &str| told["all"][what].as_f64().unwrap_or(f64::NAN);
        let peak = server.peak_mib();
        run::say(&format!(
            "{CLIENTS} people, {:.0} pages a second: median {:.1} ms, p99 {:.1} ms (at most {} ms); at most {peak:.0} MiB of memory (at most {})",
            of("per_second"),
            of("p50_ms"),
            of("p99_ms"),
            BOUNDS.0,
            BOUNDS.1
        ));
        let painted = paint(&server.url(BOARD))?;
        run::say(&format!(
            "first paint in a browser that has nothing kept: {painted:.0} ms (at most {} ms)",
            BOUNDS.2
        ));
        Ok(())
    }
}

/// The same question by parts.
fn by_parts(query: &str, by: &str) -> Result<String, String> {
    // What is grouped, and what names each group afterwards: as Madang asks it.
    let (label, group) = match by {
        "" => return Ok(query.to_owned()),
        "time" => (
            "cast(date_trunc('day', \"day\") as varchar)".to_owned(),
            "\"day\"".to_owned(),
        ),
        "month" => (
            "substr(cast(date_trunc('month', \"day\") as varchar), 1, 7)".to_owned(),
            "date_trunc('month', \"day\")".to_owned(),
        ),
        column => (
            format!("cast(\"{column}\" as varchar)"),
            format!("\"{column}\""),
        ),
    };
    let rest = query
        .strip_prefix("select ")
        .ok_or_else(|| format!("what is asked is no question: {query}"))?;
    Ok(format!(
        "select {label} as label, {rest} group by {group} order by 1"
    ))
}

/// Milliseconds until something is painted: the median of the browser's own figures, each with nothing kept.
pub(super) fn paint(url: &str) -> Result<f64, String> {
    tools::need_node()?;
    let mut node = run::command("node", &["paint.js", url]);
    node.current_dir(run::root().join("browser"))
        .env("CHROMIUM", tools::need_chromium()?);
    let text = run::output(&mut node)?;
    let told: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let figures: Vec<f64> = told
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    Ok(median(&figures))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_by_parts_names_them() {
        let query = "select cast(count(*) as double) as value from \"living\" where (hour < 6)";
        assert_eq!(by_parts(query, "").unwrap(), query);
        assert_eq!(
            by_parts(query, "hour").unwrap(),
            "select cast(\"hour\" as varchar) as label, cast(count(*) as double) as value from \"living\" where (hour < 6) group by \"hour\" order by 1"
        );
        assert!(by_parts("nothing", "hour").is_err());
    }
}
