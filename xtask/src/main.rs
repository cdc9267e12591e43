//! Chores of this workspace: `cargo xtask <chore>`.
//!
//! One file a chore; no chore needs anything that is not in the repository or installed by
//! [`tools`].

use std::process::ExitCode;

mod bench;
mod bless;
mod browser;
mod evidence;
mod faults;
mod real;
mod rooms;
mod run;
mod test;
mod tidy;
mod tools;

/// A chore's outcome: the message says what failed and where.
type Outcome = Result<(), String>;

/// A chore's name, what it is for, and its work.
type Chore = (&'static str, &'static str, fn(&[String]) -> Outcome);

const CHORES: &[Chore] = &[
    (
        "test",
        "everything that must pass before a change lands",
        test::chore,
    ),
    (
        "tidy",
        "house rules: rooms, sizes, generated files, documents",
        tidy::chore,
    ),
    (
        "bless",
        "writes generated files anew: schemas, tables in documents",
        bless::chore,
    ),
    (
        "browser",
        "the browser run against a demo city",
        browser::chore,
    ),
    (
        "bench",
        "speed against peers and bounds: `bench ingest`, `page`, `checks`, `refresh`, `upsert`, `catalogue`, `log`, `build`",
        bench::chore,
    ),
    (
        "real",
        "drafts and loads every file of a folder of real files, then the evidence city: `real FOLDER`",
        real::chore,
    ),
    (
        "evidence",
        "loads and measures the evidence city over a folder of real files: `evidence FOLDER`",
        evidence::chore,
    ),
    (
        "faults",
        "kill -9 at random instants: `faults [COUNT] [SEED]`",
        faults::chore,
    ),
];

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let Some((_, _, chore)) = CHORES.iter().find(|(word, _, _)| *word == name) else {
        run::say("usage: cargo xtask <chore>\n");
        for (word, what, _) in CHORES {
            run::say(&format!("  {word:<8} {what}"));
        }
        return ExitCode::from(2);
    };
    match chore(&rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            run::say(&format!("xtask {name}: {message}"));
            ExitCode::from(1)
        }
    }
}
