//! What a policy costs: questions behind masks and conditions on rows, against the same questions on all of the table.

use serde_json::Value;

use super::{built, machine, number, rows};
use crate::{Outcome, run};

/// `bench policy [ROWS] [--runs N] [--dev]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, runs) = (rows(words, 1_000_000), number(words, "--runs", 9)?);
    let program = built(words)?.join("examples/bench_policy");
    run::say(&machine());
    let mut bench = run::command(&program.to_string_lossy(), &[]);
    let text = run::output(bench.arg(rows.to_string()).arg(runs.to_string()))?;
    run::say(&format!("{rows} rows, median of {runs}"));
    run::say("| question | unprotected ms | protected ms | ratio |");
    run::say("| --- | --- | --- | --- |");
    let mut worst = 0.0_f64;
    for line in text.lines() {
        let figures: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let number = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
        worst = worst.max(number("ratio"));
        run::say(&format!(
            "| {} | {:.1} | {:.1} | {:.2} |",
            figures["question"].as_str().unwrap_or_default(),
            number("unprotected_ms"),
            number("protected_ms"),
            number("ratio")
        ));
    }
    run::say(&format!(
        "the worst ratio is {worst:.2}; the goal is at most 1.10"
    ));
    Ok(())
}
