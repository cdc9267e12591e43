//! The cheapest generalisation: Madang, and peers that look for one that is good enough.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Peers, built, figure, flag, folder, machine, measured, median, number, rows};
use crate::{Outcome, run};

/// Programs that make tables anonymous, and measure it.
const ANONYMISERS: Peers = Peers {
    venv: "anonymisers",
    modules: "import pandas, anjana, pycanon",
    packages: &["pandas", "anjana", "pycanon"],
};

/// Columns of the made table.
const MADE: &str = "sex,age,origin,family,school,country,employer,job,income";
/// Columns of the census.
const CENSUS: &str =
    "sex,age,race,marital-status,education,native-country,workclass,occupation,salary-class";
/// Shares of rows that may be suppressed.
const SUPPRESSIONS: [&str; 2] = ["0", "0.04"];

/// A table, its hierarchies and columns.
struct Table {
    name: String,
    file: PathBuf,
    trees: PathBuf,
    columns: &'static str,
    /// Whether peers get it: they take hours for a million rows.
    has_peers: bool,
}

/// Where programs lie and what they may leave behind.
struct Bench {
    madang: PathBuf,
    folder: PathBuf,
    runs: u64,
}

/// `bench anonymise [ROWS] [--runs N] [--alone] [--census FOLDER]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, runs) = (rows(words, 1_200_000), number(words, "--runs", 5)?);
    let (folder, binaries) = (folder()?, built(words)?);
    let bench = Bench {
        madang: binaries.join("madang"),
        folder: folder.clone(),
        runs: runs.max(1),
    };
    run::say(&machine());
    let mut tables = Vec::new();
    for count in [30_000, rows] {
        let place = made(&folder, &binaries.join("examples/bench_anonymise"), count)?;
        tables.push(Table {
            name: format!("{count} invented people"),
            file: place.join("people.csv"),
            trees: place,
            columns: MADE,
            has_peers: count <= 30_000,
        });
    }
    let census = flag(words, "--census").map(PathBuf::from);
    if let Some(census) = &census {
        tables.insert(
            0,
            Table {
                name: "census, 30162 rows".to_owned(),
                file: census.join("adult.csv"),
                trees: census.clone(),
                columns: CENSUS,
                has_peers: true,
            },
        );
    }
    let python = if words.iter().any(|word| word == "--alone") {
        None
    } else {
        Some(ANONYMISERS.python(&folder)?)
    };
    for table in &tables {
        bench.table(table, python.as_deref())?;
    }
    census.map_or(Ok(()), |census| published(&census))
}

/// Rows and hierarchies; fewer rows are the first of more.
fn made(folder: &Path, program: &Path, rows: u64) -> Result<PathBuf, String> {
    let place = folder.join(format!("anonymise-{rows}"));
    if !place.join("done").is_file() {
        let mut make = run::command(&program.to_string_lossy(), &["make", &rows.to_string()]);
        run::run(&format!("{rows} people"), make.arg(&place))?;
        std::fs::write(place.join("done"), "").map_err(|error| error.to_string())?;
    }
    Ok(place)
}

impl Bench {
    fn table(&self, table: &Table, python: Option<&Path>) -> Outcome {
        run::say(&format!(
            "\n{}, k = 5, {} columns\n",
            table.name,
            table.columns.split(',').count()
        ));
        run::say(
            "| program | suppression | seconds, whole process (min / median / max) | search ms | peak MiB | loss | suppressed |",
        );
        run::say("| --- | --- | --- | --- | --- | --- | --- |");
        let out = self.folder.join("anonymised.csv");
        for suppression in SUPPRESSIONS {
            let plain = self.anonymise(table, suppression, None);
            self.line("Madang", suppression, &plain)?;
            if let Some(python) = python.filter(|_| table.has_peers) {
                self.peer(table, suppression, python)?;
            }
        }
        let lattice = json!([
            self.madang,
            "privacy",
            "lattice",
            "--input",
            table.file,
            "--delimiter",
            ";",
            "--hierarchies",
            table.trees,
            "--quasi",
            table.columns,
            "--k",
            "2,3,5,10",
        ]);
        if table.has_peers {
            self.line("Madang, every generalisation listed", "", &lattice)?;
        }
        self.line(
            "Madang, written and measured",
            "0.04",
            &self.anonymise(table, "0.04", Some(&out)),
        )?;
        self.verified(table, &out, python)
    }

    fn anonymise(&self, table: &Table, suppression: &str, out: Option<&Path>) -> Value {
        let mut words = json!([
            self.madang,
            "privacy",
            "anonymise",
            "--input",
            table.file,
            "--delimiter",
            ";",
            "--hierarchies",
            table.trees,
            "--quasi",
            table.columns,
            "--model",
            "k=5",
            "--suppression",
            suppression,
            "--metric",
            "loss_mean",
            "--json",
        ]);
        if let (Some(out), Some(words)) = (out, words.as_array_mut()) {
            words.push("--out".into());
            words.push(json!(out));
        }
        words
    }

    /// Runs a command some times and prints its line.
    fn line(&self, name: &str, suppression: &str, command: &Value) -> Outcome {
        let (mut wall, mut peak, mut search) = (Vec::new(), 0.0_f64, Vec::new());
        let mut said = Value::Null;
        for turn in 0..=self.runs {
            let result = measured(&self.folder, name, command, &[])?;
            let text = result["said"].as_str().unwrap_or_default();
            said = serde_json::from_str(text).unwrap_or(Value::Null);
            // The first run warms the disk's cache.
            if turn > 0 {
                wall.push(figure(&result, "wall_s"));
                peak = peak.max(figure(&result, "peak_mib"));
                search.extend(said["search_ms"].as_f64());
            }
        }
        let told = |value: &Value| {
            if value.is_null() {
                String::new()
            } else {
                value.to_string()
            }
        };
        let least = wall.iter().copied().fold(f64::INFINITY, f64::min);
        let most = wall.iter().copied().fold(0.0, f64::max);
        let search = if search.is_empty() {
            String::new()
        } else {
            format!("{:.1}", median(&search))
        };
        run::say(&format!(
            "| {name} | {suppression} | {least:.3} / {:.3} / {most:.3} | {search} | {peak:.0} | {} | {} |",
            median(&wall),
            told(&said["score"]),
            told(&said["suppressed"]),
        ));
        Ok(())
    }

    /// anjana once; what it chose is measured by Madang's listing of that generalisation.
    fn peer(&self, table: &Table, suppression: &str, python: &Path) -> Outcome {
        let percent = if suppression == "0" { "0" } else { "4" };
        let out = self.folder.join("anjana.csv");
        let script = run::root().join("benches/peers/anjana_anonymise.py");
        let command = json!([
            python,
            script,
            table.file,
            table.trees,
            table.columns,
            "5",
            percent,
            out
        ]);
        let result = measured(&self.folder, "anjana", &command, &[])?;
        let text = result["said"].as_str().unwrap_or_default();
        let said: Value =
            serde_json::from_str(text).map_err(|error| format!("anjana: {error}: {text}"))?;
        run::say(&format!(
            "| {} | {suppression} | {:.3} | {:.1} | {:.0} | levels {} | {} rows left |",
            said["tool"].as_str().unwrap_or("anjana"),
            figure(&result, "wall_s"),
            said["seconds"].as_f64().unwrap_or(f64::NAN) * 1e3,
            figure(&result, "peak_mib"),
            said["levels"].as_str().unwrap_or("?"),
            said["rows"],
        ));
        Ok(())
    }

    /// The same file measured by Madang and by pycanon: both must find k.
    fn verified(&self, table: &Table, out: &Path, python: Option<&Path>) -> Outcome {
        let own = json!([
            self.madang,
            "privacy",
            "verify",
            out,
            "--delimiter",
            ";",
            "--quasi",
            table.columns,
            "--model",
            "k=5",
            "--json",
        ]);
        let result = measured(&self.folder, "verify", &own, &[])?;
        let said = result["said"].as_str().unwrap_or_default().to_owned();
        let said: Value =
            serde_json::from_str(&said).map_err(|error| format!("verify: {error}"))?;
        run::say(&format!(
            "\nverify: Madang {:.3} s, {:.0} MiB, smallest class {}",
            figure(&result, "wall_s"),
            figure(&result, "peak_mib"),
            said["min_class"]
        ));
        let Some(python) = python else {
            return Ok(());
        };
        let script = run::root().join("benches/peers/pycanon_verify.py");
        let result = measured(
            &self.folder,
            "pycanon",
            &json!([python, script, out, table.columns]),
            &[],
        )?;
        let text = result["said"].as_str().unwrap_or_default();
        let peer: Value =
            serde_json::from_str(text).map_err(|error| format!("pycanon: {error}"))?;
        run::say(&format!(
            "verify: {} {:.3} s, {:.0} MiB, k {}",
            peer["tool"].as_str().unwrap_or("pycanon"),
            figure(&result, "wall_s"),
            figure(&result, "peak_mib"),
            peer["k"]
        ));
        if peer["k"] == said["min_class"] {
            Ok(())
        } else {
            Err(format!(
                "pycanon says {}, Madang {}",
                peer["k"], said["min_class"]
            ))
        }
    }
}

/// Times told with the known answers of the census, not measured here.
fn published(census: &Path) -> Outcome {
    let path = census.join("expected-kanon.csv");
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    for line in text.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        if let [
            "k=5",
            _,
            suppression @ ("0.0" | "0.04"),
            "loss_mean",
            levels,
            score,
            gone,
            ..,
            time,
        ] = cells[..]
        {
            run::say(&format!(
                "ARX, published with the known answers, not measured here: suppression {suppression}: {time} ms, {levels}, loss {score}, suppressed {gone}"
            ));
        }
    }
    Ok(())
}
