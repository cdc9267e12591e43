//! The browser run: axe, keyboard, widths and weights on every page of a demo city.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::{Outcome, run, tools};

/// How long the demo city may take until it answers.
const READY_WITHIN: Duration = Duration::from_mins(5);

/// Starts a demo city on a free port, runs `browser/`, stops the city.
pub(crate) fn chore(_: &[String]) -> Outcome {
    tools::need_node()?;
    let chromium = tools::need_chromium()?;
    let folder = run::root().join("browser");
    run::run(
        "browser packages",
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--silent"])
            .current_dir(&folder),
    )?;
    run::run(
        "build",
        &mut run::command("cargo", &["build", "--workspace", "--locked", "--quiet"]),
    )?;
    let data = std::env::temp_dir().join(format!("madang-browser-{}", std::process::id()));
    let outcome = with_demo(&data, &folder, chromium);
    std::fs::remove_dir_all(&data).ok();
    outcome
}

fn with_demo(data: &PathBuf, folder: &PathBuf, chromium: &str) -> Outcome {
    let mut city = Stopped(
        Command::new(binary()?)
            .args(["demo", "--port", "0", "--json", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("madang demo: {error}"))?,
    );
    let (public, operator) = addresses(&mut city.0)?;
    let mut command = Command::new("node");
    command
        .args([
            "--test",
            "--test-concurrency=1",
            "--test-reporter=spec",
            ".",
        ])
        .current_dir(folder);
    run::run(
        "browser run",
        command
            .env("CHROMIUM", chromium)
            .env("MADANG", binary()?)
            .env("BASE_URL", public)
            .env("OPERATOR_URL", operator),
    )
}

/// The built binary.
pub(crate) fn binary() -> Result<PathBuf, String> {
    let text = run::output(
        run::command("cargo", &["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::null()),
    )?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let target = metadata["target_directory"]
        .as_str()
        .ok_or("cargo metadata names no target folder")?;
    Ok(PathBuf::from(target).join("debug/madang"))
}

/// A child that does not outlive the chore.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Waits for the line that says where the city is served.
fn addresses(city: &mut Child) -> Result<(String, String), String> {
    let output = city.stdout.take().ok_or("madang demo has no output")?;
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    loop {
        let line = lines
            .recv_timeout(READY_WITHIN)
            .map_err(|error| format!("madang demo did not get ready: {error}"))?;
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&line) else {
            continue;
        };
        if let (Some(public), Some(operator)) =
            (value["public_url"].as_str(), value["operator_url"].as_str())
        {
            return Ok((public.to_owned(), operator.to_owned()));
        }
    }
}
