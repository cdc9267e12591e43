//! Running other programs, and the folder they run in.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Prints a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "chores talk to the terminal")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    // Asked when it runs: checkouts that share a target folder share this program.
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().unwrap_or(&here).to_owned()
}

/// A command in the workspace's folder.
pub(crate) fn command(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).current_dir(root());
    // What cargo tells this program of itself is not for the builds it starts: a crate below the
    // engine asks for these, and a build with them and one without would undo each other.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// Runs a command and lets it print; says how long it took.
pub(crate) fn run(title: &str, command: &mut Command) -> Result<(), String> {
    say(&format!("── {title}"));
    let started = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{title}: cannot start: {error}"))?;
    let seconds = started.elapsed().as_secs_f64();
    if status.success() {
        say(&format!("── {title}: done in {seconds:.1} s"));
        Ok(())
    } else {
        Err(format!("{title}: failed after {seconds:.1} s ({status})"))
    }
}

/// Runs a command and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{program}: cannot start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        ))
    }
}

/// The files git tracks or would track, relative to the workspace's folder.
pub(crate) fn files() -> Result<Vec<PathBuf>, String> {
    let text = output(&mut command(
        "git",
        &[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
    ))?;
    Ok(text
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .collect())
}

/// Reads a file of the workspace.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(root().join(path))
        .map_err(|error| format!("{}: {error}", path.display()))
}
