//! kill -9 at random instants, many times.

use crate::{Outcome, run};

/// Runs the fault test of crate `madang` with `COUNT` instants (100) from `SEED` (1).
pub(crate) fn chore(words: &[String]) -> Outcome {
    let count = words.first().map_or("100", String::as_str);
    let seed = words.get(1).map_or("1", String::as_str);
    let mut command = run::command(
        "cargo",
        &[
            "test",
            "--workspace",
            "--locked",
            "--test",
            "it",
            "faults",
            "--",
            "--nocapture",
        ],
    );
    run::run(
        "kill -9 at random instants",
        command.env("MADANG_FAULTS", count).env("MADANG_SEED", seed),
    )
}
