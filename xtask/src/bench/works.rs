//! Street works: a hundred thousand permits judged within two seconds, and asked for by place.

use serde_json::Value;

use super::{built, machine, median, number, rows};
use crate::{Outcome, run};

/// Seconds in which all permits must be judged.
const JUDGED_S: f64 = 2.0;

/// `bench works [PERMITS] [--runs N] [--dev]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (permits, runs) = (rows(words, 100_000), number(words, "--runs", 5)?.max(1));
    let program = built(words)?.join("examples/bench_works");
    run::say(&machine());
    let mut ran = Vec::new();
    for _ in 0..runs {
        let mut command = run::command(&program.to_string_lossy(), &[&permits.to_string()]);
        let text = run::output(&mut command)?;
        let one: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        ran.push(one);
    }
    let of = |name: &str| {
        let figures: Vec<f64> = ran.iter().filter_map(|one| one[name].as_f64()).collect();
        median(&figures)
    };
    let (all, near) = (of("all_s"), of("near_p99_ms"));
    run::say(&format!(
        "{permits} permits: {:.0} conflicts in {:.2} s; conflicts, protected roads and joinable works together {all:.2} s \
         (at most {JUDGED_S} s); works within 300 m of a place {near:.2} ms at the 99th percentile",
        of("conflicts"),
        of("conflicts_s")
    ));
    if all > JUDGED_S {
        return Err(format!("{all:.2} s are more than {JUDGED_S} s"));
    }
    Ok(())
}
