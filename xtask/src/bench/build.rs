//! How long a cold build takes.

use std::time::Instant;

use super::folder;
use crate::{Outcome, run};

/// `bench build [PROFILE] [OPT_LEVEL of dependencies]`: builds the binary into an empty folder.
pub(super) fn bench(words: &[String]) -> Outcome {
    let profile = words.first().map_or("dev", String::as_str);
    let target = folder()?.join("cold");
    std::fs::remove_dir_all(&target).ok();
    let mut command = run::command(
        "cargo",
        &["build", "--locked", "--quiet", "--profile", profile],
    );
    if let Some(level) = words.get(1) {
        command
            .arg("--config")
            .arg(format!("profile.{profile}.package.\"*\".opt-level={level}"));
    }
    let started = Instant::now();
    run::run(
        &format!("cold build, profile {profile}"),
        command.env("CARGO_TARGET_DIR", &target),
    )?;
    let seconds = started.elapsed().as_secs_f64();
    let size = run::output(run::command("du", &["-sm"]).arg(&target))?;
    run::say(&format!(
        "| {profile} {} | {:.1} min | {} MB |",
        words.get(1).map_or("", String::as_str),
        seconds / 60.0,
        size.split_whitespace().next().unwrap_or_default()
    ));
    std::fs::remove_dir_all(&target).ok();
    Ok(())
}
