//! How long vector tiles take, each asked for the first time and again, by its address.

use serde_json::Value;

use super::{built, machine, number, rows};
use crate::{Outcome, run};

/// `bench tiles [ROWS] [--tiles N] [--dev]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let (rows, tiles) = (rows(words, 1_000_000), number(words, "--tiles", 60)?);
    let program = built(words)?.join("examples/bench_tiles");
    run::say(&machine());
    let mut bench = run::command(&program.to_string_lossy(), &[]);
    let text = run::output(bench.arg(rows.to_string()).arg(tiles.to_string()))?;
    run::say(&format!("{rows} places"));
    run::say(
        "| | tiles | first time, median ms | p99 ms | again, median ms | p99 ms | largest kB |",
    );
    run::say("| --- | --- | --- | --- | --- | --- | --- |");
    for line in text.lines() {
        let figures: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let figure = |name: &str| figures[name].as_f64().unwrap_or(f64::NAN);
        if let Some(made) = figures["ms"].as_f64() {
            run::say(&format!("the map is made in {made:.0} ms"));
            continue;
        }
        run::say(&format!(
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} |",
            figures["what"].as_str().unwrap_or_default(),
            figure("tiles"),
            figure("cold_p50"),
            figure("cold_p99"),
            figure("warm_p50"),
            figure("warm_p99"),
            figure("largest") / 1000.0
        ));
    }
    run::say(
        "the goals are a p99 of 50 ms the first time and of 2 ms again, and no tile over 500 kB",
    );
    Ok(())
}
