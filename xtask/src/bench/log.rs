//! The access log: durable entries a second with many writers, and the whole of it proven; beside a plain table in `SQLite`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{built, folder, machine, median, number, rows};
use crate::{Outcome, run};

/// Entries that must be durable in a second.
const APPENDED: f64 = 5_000.0;
/// Seconds in which ten million entries must be proven.
const PROVEN_S: f64 = 60.0;
/// Entries the rate is measured over.
const ENTRIES: u64 = 50_000;
/// Transactions of the peer: one entry each takes long.
const SINGLE: u64 = 2_000;
/// Entries of the peer's chain: it is proven in one thread, and its time grows with them.
const CHAIN: u64 = 1_000_000;

struct Bench {
    program: PathBuf,
    place: PathBuf,
}

/// What a run said of itself.
struct Ran {
    entries: f64,
    seconds: f64,
}

impl Ran {
    fn rate(&self) -> f64 {
        self.entries / self.seconds
    }
}

/// `bench log [ENTRIES] [--runs N] [--dev]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (entries, runs) = (rows(words, 10_000_000), number(words, "--runs", 3)?.max(1));
    let bench = Bench {
        program: built(words)?.join("examples/bench_log"),
        place: folder()?.join("log"),
    };
    run::say(&machine());
    bench.clean();
    bench.appended(runs)?;
    bench.proven(entries, runs)?;
    bench.clean();
    Ok(())
}

impl Bench {
    fn clean(&self) {
        // Nothing there is as good as cleaned.
        std::fs::remove_dir_all(&self.place).ok();
    }

    fn run(&self, words: &[&str], folder: &Path) -> Result<Ran, String> {
        let mut command = run::command(&self.program.to_string_lossy(), words);
        let text = run::output(command.arg(folder).stderr(std::process::Stdio::inherit()))?;
        let said: Value =
            serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let figure = |name: &str| {
            said[name]
                .as_f64()
                .ok_or_else(|| format!("no {name}: {text}"))
        };
        Ok(Ran {
            entries: figure("entries")?,
            seconds: figure("seconds")?,
        })
    }

    /// Durable entries a second.
    fn appended(&self, runs: u64) -> Outcome {
        let (entries, single) = (ENTRIES.to_string(), SINGLE.to_string());
        let kinds: [(&str, Vec<&str>); 5] = [
            ("Madang, 1 writer", vec!["append", &single, "1"]),
            ("Madang, 64 writers", vec!["append", &entries, "64"]),
            ("Madang, 512 writers", vec!["append", &entries, "512"]),
            (
                "SQLite (WAL, FULL), a transaction an entry",
                vec!["sqlite-append", &single],
            ),
            (
                "SQLite (WAL, FULL), 512 entries a transaction",
                vec!["sqlite-group", &entries, "512"],
            ),
        ];
        let mut rates: Vec<Vec<f64>> = kinds.iter().map(|_| Vec::new()).collect();
        for _ in 0..runs {
            for ((_, words), rates) in kinds.iter().zip(&mut rates) {
                self.clean();
                rates.push(self.run(words, &self.place)?.rate());
            }
        }
        run::say("\n| writers | durable entries a second (min / median / max) |\n| --- | --- |");
        for ((name, _), rates) in kinds.iter().zip(&rates) {
            run::say(&format!("| {name} | {} |", spread(rates, 0)));
        }
        let ours = rates.get(1).map_or(f64::NAN, |rates| median(rates));
        let verdict = if ours >= APPENDED { "are" } else { "are not" };
        run::say(&format!(
            "<!-- {ours:.0} entries a second {verdict} at least {APPENDED} -->"
        ));
        Ok(())
    }

    /// The whole log proven.
    fn proven(&self, entries: u64, runs: u64) -> Outcome {
        self.clean();
        let (count, chain) = (entries.to_string(), CHAIN.min(entries).to_string());
        let filled = self.run(&["fill", &count], &self.place)?;
        self.run(&["sqlite-group", &chain, "10000"], &self.place)?;
        let (mut ours, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.push(self.run(&["verify"], &self.place)?.seconds);
            peer.push(self.run(&["sqlite-verify"], &self.place)?.rate());
        }
        let rates: Vec<f64> = ours
            .iter()
            .map(|seconds| filled.entries / seconds)
            .collect();
        run::say(
            "\n| proven | entries | seconds (min / median / max) | million entries a second |\n| --- | --- | --- | --- |",
        );
        run::say(&format!(
            "| Madang: tree, signatures, every entry | {entries} | {} | {:.2} |",
            spread(&ours, 2),
            median(&rates) / 1e6
        ));
        run::say(&format!(
            "| chain of hashes in a table of SQLite | {chain} | | {:.2} |",
            median(&peer) / 1e6
        ));
        let bound = PROVEN_S * filled.entries / 1e7;
        let verdict = if median(&ours) <= bound {
            "is"
        } else {
            "is not"
        };
        run::say(&format!(
            "<!-- {:.1} s {verdict} within {bound:.0} s -->",
            median(&ours)
        ));
        Ok(())
    }
}

fn spread(figures: &[f64], digits: usize) -> String {
    let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.iter().copied().fold(0.0, f64::max);
    format!(
        "{least:.digits$} / {:.digits$} / {most:.digits$}",
        median(figures)
    )
}
