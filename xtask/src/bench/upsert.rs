//! Ten thousand rows into a table of fifty million, by key: Madang and `DuckDB`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{built, figure, folder, machine, measured, median, number, python, rows};
use crate::{Outcome, run};

/// Rows that arrive together while the table is filled; the file of each is gone before the next is made.
const PART: u64 = 5_000_000;
/// Rows of a small delivery.
const DELIVERY: u64 = 10_000;
/// What the issue allows, in seconds.
const BOUND_S: f64 = 10.0;
/// Small deliveries: the word of the program that makes them, what they are, how many of their rows are new.
const KINDS: [(&str, &str, u64); 2] = [
    (
        "keyed-newest",
        "9,000 new, 1,000 of the newest million changed",
        9_000,
    ),
    ("keyed-anywhere", "10,000 changed anywhere", 0),
];
/// Ways of the peer: with a primary key, by `INSERT OR REPLACE`; without one, by `MERGE`.
const WAYS: [&str; 2] = ["key", "merge"];

/// The programs and the folders.
struct Bench {
    files: PathBuf,
    madang: PathBuf,
    /// Absent when Madang is measured alone.
    python: Option<PathBuf>,
    place: PathBuf,
    rows: u64,
}

/// One small delivery to one program.
struct Taken {
    program: String,
    kind: &'static str,
    measured: Value,
}

/// `bench upsert [ROWS] [--runs N] [--alone]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, runs) = (rows(words, 50_000_000), number(words, "--runs", 3)?);
    let (folder, binaries) = (folder()?, built(words)?);
    let is_alone = words.iter().any(|word| word == "--alone");
    let bench = Bench {
        files: binaries.join("examples/bench_files"),
        madang: binaries.join("madang"),
        python: (!is_alone).then(|| python(&folder)).transpose()?,
        place: folder.join(format!("upsert-{rows}")),
        rows,
    };
    run::say(&machine());
    bench.fill()?;
    let mut held = rows;
    let mut taken = Vec::new();
    for (word, kind, new) in KINDS {
        // Earlier versions stay: what writes the whole table anew comes once, or the disk is full.
        let runs = if new > 0 { runs.max(1) } else { 1 };
        for turn in 1..=runs {
            let file = bench.file();
            let numbers = [held, DELIVERY, turn].map(|number| number.to_string());
            bench.make(&[&[word], numbers.each_ref().map(String::as_str).as_slice()].concat())?;
            held += new;
            for (program, command) in bench.programs(&file) {
                let measured = measured(&bench.place, &program, &command, &[])?;
                check(&program, &measured, held)?;
                taken.push(Taken {
                    program,
                    kind,
                    measured,
                });
            }
        }
    }
    // The next run must begin with the same rows.
    std::fs::remove_dir_all(&bench.place).ok();
    report(rows, &taken);
    Ok(())
}

impl Bench {
    fn file(&self) -> PathBuf {
        self.place.join("city/inbox/complaints.csv")
    }

    fn make(&self, words: &[&str]) -> Outcome {
        let mut make = run::command(&self.files.to_string_lossy(), words);
        run::run("rows", make.arg(self.file()))
    }

    /// Fills the tables part by part. Landed bytes are no part of what is measured and would fill the disk: they go
    /// with the file of their part.
    fn fill(&self) -> Outcome {
        std::fs::remove_dir_all(&self.place).ok();
        let failed = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(self.place.join("city/inbox")).map_err(failed)?;
        let mut city = run::command(&self.files.to_string_lossy(), &["keyed-city"]);
        run::run("city", city.arg(self.place.join("city")))?;
        let mut first = 0;
        while first < self.rows {
            let count = PART.min(self.rows - first);
            self.make(&["keyed-part", &first.to_string(), &count.to_string()])?;
            let file = self.file();
            for (program, command) in self.programs(&file) {
                let told = measured(&self.place, &program, &command, &[])?;
                check(&program, &told, first + count)?;
            }
            std::fs::remove_dir_all(self.place.join("data/landing")).ok();
            std::fs::remove_file(&file).map_err(failed)?;
            first += count;
        }
        Ok(())
    }

    /// The commands that take a file in, by program.
    fn programs(&self, file: &Path) -> Vec<(String, Value)> {
        let (city, data) = (self.place.join("city"), self.place.join("data"));
        let ours = json!([self.madang, "load", "-C", city, "--data", data, "--json"]);
        let peer = |python: &PathBuf, way: &&str| {
            let program = run::root().join("benches/peers/duckdb_upsert.py");
            let base = self.place.join(format!("duckdb-{way}"));
            let manifest = city.join("datasets/bench/complaints.toml");
            (
                format!("DuckDB, {way}"),
                json!([python, program, file, manifest, base, way]),
            )
        };
        let peers = self.python.iter();
        std::iter::once(("Madang".to_owned(), ours))
            .chain(peers.flat_map(|python| WAYS.iter().map(move |way| peer(python, way))))
            .collect()
    }
}

/// Every row that should be there is, once.
fn check(program: &str, measured: &Value, expected: u64) -> Outcome {
    let said = measured["said"].as_str().unwrap_or_default();
    let said: Value = serde_json::from_str(said).map_err(|error| format!("{program}: {error}"))?;
    let (rows, aside) = (said["rows"].as_u64(), said["quarantined"].as_u64());
    if rows == Some(expected) && aside.unwrap_or_default() == 0 {
        return Ok(());
    }
    Err(format!(
        "{program} has {rows:?} rows and put {aside:?} aside; {expected} should be there"
    ))
}

/// Prints the table.
fn report(rows: u64, taken: &[Taken]) {
    run::say(&format!(
        "\n{DELIVERY} rows into {rows}, 20 columns, by key\n"
    ));
    run::say(
        "| delivery | program | seconds (min / median / max) | processor s | MiB written | peak MiB | ÷ Madang's |",
    );
    run::say("| --- | --- | --- | --- | --- | --- | --- |");
    for (_, kind, _) in KINDS {
        let of = |program: &str, what: &str| -> Vec<f64> {
            let own = taken
                .iter()
                .filter(|one| one.kind == kind && one.program == program);
            own.map(|one| figure(&one.measured, what)).collect()
        };
        let mut programs: Vec<&str> = taken.iter().map(|one| one.program.as_str()).collect();
        programs.sort_by_key(|name| *name != "Madang");
        programs.dedup();
        let ours = median(&of("Madang", "wall_s"));
        let mut told = Vec::new();
        for program in programs {
            if told.contains(&program) {
                continue;
            }
            told.push(program);
            let wall = of(program, "wall_s");
            run::say(&format!(
                "| {kind} | {program} | {:.2} / {:.2} / {:.2} | {:.2} | {:.0} | {:.0} | {:.2} |",
                wall.iter().copied().fold(f64::INFINITY, f64::min),
                median(&wall),
                wall.iter().copied().fold(0.0, f64::max),
                median(&of(program, "cpu_s")),
                median(&of(program, "written_mib")),
                median(&of(program, "peak_mib")),
                median(&wall) / ours,
            ));
        }
        let verdict = if ours <= BOUND_S { "is" } else { "is not" };
        run::say(&format!(
            "<!-- {kind}: {ours:.2} s {verdict} within {BOUND_S} s -->"
        ));
    }
}
