//! Everything that must pass before a change lands.

use std::time::Instant;

use serde_json::Value;

use crate::{Outcome, browser, run, tidy, tools};

/// Runs every step; stops at the first that fails.
pub(crate) fn chore(_: &[String]) -> Outcome {
    let started = Instant::now();
    tools::need_node()?;
    tools::need_servers()?;
    cargo("format", &["fmt", "--all", "--check"])?;
    run::say("── house rules");
    tidy::chore(&[])?;
    cargo(
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "--deny",
            "warnings",
        ],
    )?;
    cargo("build", &["build", "--workspace", "--locked"])?;
    // Of every crate, so that one run tells all there is to mend.
    cargo(
        "tests",
        &["test", "--workspace", "--locked", "--no-fail-fast"],
    )?;
    let mut islands = run::command("npm", &["run", "--silent", "check"]);
    run::run(
        "types of the islands",
        islands.current_dir(run::root().join("web")),
    )?;
    let mut docs = run::command(
        "cargo",
        &[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--locked",
            "--quiet",
        ],
    );
    run::run("documentation", docs.env("RUSTDOCFLAGS", "--deny warnings"))?;
    audit()?;
    browser::chore(&[])?;
    run::say(&format!(
        "── all passed in {:.0} s",
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

fn cargo(title: &str, words: &[&str]) -> Outcome {
    run::run(title, &mut run::command("cargo", words))
}

/// Licences, bans and sources of every dependency. Known vulnerabilities are asked of the npm
/// registry; the Rust advisory database is a git clone that closed networks do not reach, so it
/// is asked only where it answers (`cargo deny check advisories`).
fn audit() -> Outcome {
    let deny = tools::need_cargo_deny()?;
    let mut command = run::command(
        &deny.to_string_lossy(),
        &[
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ],
    );
    run::run("dependency audit", &mut command)?;
    for folder in ["web", "browser"] {
        npm_audit(folder)?;
    }
    Ok(())
}

/// Known vulnerabilities of a folder's npm packages. A registry that answers no audits (a mirror, a closed
/// network) is told apart from one that found something: the first is said, the second fails.
fn npm_audit(folder: &str) -> Outcome {
    let title = format!("dependency audit of {folder}/");
    run::say(&format!("── {title}"));
    let mut command = run::command("npm", &["audit", "--audit-level=high", "--json"]);
    let output = command
        .current_dir(run::root().join(folder))
        .output()
        .map_err(|error| format!("{title}: cannot start: {error}"))?;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let Some(found) = report["metadata"]["vulnerabilities"].as_object() else {
        run::say(&format!(
            "── {title}: the registry answers no audits here, so known vulnerabilities were not asked"
        ));
        return Ok(());
    };
    if output.status.success() {
        return Ok(());
    }
    let counts: Vec<String> = found
        .iter()
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    Err(format!(
        "{title}: {}; `npm audit` in {folder}/ tells which",
        counts.join(", ")
    ))
}
