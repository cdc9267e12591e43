//! House rules that a program can check.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use regex::Regex;
use serde_json::Value;

use crate::rooms::{self, ROOMS};
use crate::{Outcome, bless, run};

/// Longest source file, in lines.
const FILE_LINES_MAX: usize = 600;
/// Largest median of source files, in lines.
const MEDIAN_LINES_MAX: usize = 200;

/// Checks every rule and tells all that is broken.
pub(crate) fn chore(_: &[String]) -> Outcome {
    let files = run::files()?;
    let mut broken = Vec::new();
    rooms_hold(&mut broken)?;
    sizes_hold(&files, &mut broken)?;
    words_hold(&files, &mut broken)?;
    cases_are_read(&files, &mut broken)?;
    documents_hold(&files, &mut broken)?;
    links_hold(&files, &mut broken)?;
    broken.extend(bless::stale()?);
    for line in &broken {
        run::say(line);
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("{} rules broken", broken.len()))
    }
}

/// Dependencies follow the rooms' table.
fn rooms_hold(broken: &mut Vec<String>) -> Outcome {
    let text = run::output(
        run::command("cargo", &["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::null()),
    )?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let all_engines: BTreeSet<&str> = ROOMS
        .iter()
        .flat_map(|room| room.engines)
        .copied()
        .collect();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if name == "xtask" {
            continue;
        }
        let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
            broken.push(format!(
                "crates/{name}: not in the table of rooms (xtask/src/rooms.rs)"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if dependency["kind"].as_str() == Some("dev") {
                continue;
            }
            let other = dependency["name"].as_str().unwrap_or_default();
            let is_room = ROOMS.iter().any(|candidate| candidate.name == other);
            if is_room && !rooms::may_use(room, other) {
                broken.push(format!(
                    "crates/{name}/Cargo.toml: `{name}` may not use room `{other}`"
                ));
            }
            if all_engines.contains(other) && !room.engines.contains(&other) {
                broken.push(format!(
                    "crates/{name}/Cargo.toml: only other rooms may name engine `{other}`"
                ));
            }
        }
    }
    Ok(())
}

fn is_source(path: &Path) -> bool {
    matches!(
        path.extension().and_then(|ending| ending.to_str()),
        Some("rs" | "ts" | "css" | "html" | "mjs")
    )
}

/// Files stay small enough to hold in the head. Functions are clippy's (`too_many_lines`).
fn sizes_hold(files: &[PathBuf], broken: &mut Vec<String>) -> Outcome {
    let mut lengths = Vec::new();
    for path in files.iter().filter(|path| is_source(path)) {
        let lines = run::read(path)?.lines().count();
        if lines > FILE_LINES_MAX {
            broken.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}: a room that grows two jobs becomes two", path.display()));
        }
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    if median > MEDIAN_LINES_MAX {
        broken.push(format!(
            "the median source file has {median} lines, at most {MEDIAN_LINES_MAX}"
        ));
    }
    Ok(())
}

/// Words that must not stand in the repository.
fn words_hold(files: &[PathBuf], broken: &mut Vec<String>) -> Outcome {
    let banned = [
        (
            r"(^|[^A-Za-z.])/(home|Users|root)/[a-z]",
            "a path of somebody's machine",
        ),
        (
            r"registry\.npmjs\.|index\.crates\.io|static\.crates\.io|pypi\.org|files\.pythonhosted",
            "a package registry's host",
        ),
        (r"\b(test|it)\.(skip|only)\(", "a test switched off"),
        (r"#\[ignore", "a test switched off"),
        (r"\bFIXME\b|\bXXX\b", "an open end"),
    ];
    let banned: Vec<(Regex, &str)> = banned
        .iter()
        .map(|(pattern, why)| Regex::new(pattern).map(|regex| (regex, *why)))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    for path in files {
        let text = path.extension().and_then(|ending| ending.to_str());
        if path == Path::new("xtask/src/tidy.rs")
            || !matches!(
                text,
                Some(
                    "rs" | "ts"
                        | "mjs"
                        | "toml"
                        | "md"
                        | "json"
                        | "html"
                        | "css"
                        | "py"
                        | "sql"
                        | "cedar"
                )
            )
        {
            continue;
        }
        // Test inputs may hold anything that a city's files may hold.
        for (number, line) in run::read(path)?.lines().enumerate() {
            for (regex, why) in &banned {
                if regex.is_match(line) {
                    broken.push(format!("{}:{}: {why}", path.display(), number + 1));
                }
            }
        }
    }
    Ok(())
}

/// Every file of cases lies in a folder that a test of the same crate names.
fn cases_are_read(files: &[PathBuf], broken: &mut Vec<String>) -> Outcome {
    for path in files
        .iter()
        .filter(|path| path.components().any(|part| part.as_os_str() == "cases"))
    {
        let mut parts = path
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned());
        let (Some(top), Some(room)) = (parts.next(), parts.next()) else {
            continue;
        };
        let home = Path::new(&top).join(&room);
        let mut named = false;
        for source in files.iter().filter(|source| {
            source.starts_with(&home) && source.extension().is_some_and(|ending| ending == "rs")
        }) {
            if run::read(source)?.contains("cases") {
                named = true;
                break;
            }
        }
        if !named {
            broken.push(format!(
                "{}: no test of `{room}` reads its cases",
                path.display()
            ));
        }
    }
    Ok(())
}

/// Whether a file of a command's folder is a command below it: a variant of the folder's own list.
fn names_command(first: &str, second: &str) -> bool {
    let mut letters = second.chars();
    let variant: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    let list = format!("crates/madang/src/commands/{first}/mod.rs");
    run::read(Path::new(&list)).is_ok_and(|list| list.contains(&format!("    {variant}(")))
}

/// Documents tell of every command, and functions they name exist.
fn documents_hold(files: &[PathBuf], broken: &mut Vec<String>) -> Outcome {
    let reference = run::read(Path::new("docs/reference/commands.md")).unwrap_or_default();
    for path in files
        .iter()
        .filter(|path| path.starts_with("crates/madang/src/commands"))
    {
        // `privacy/detect/cells.rs` is a part of `madang privacy detect`; `demo/making.rs` of `madang demo`.
        let inner = path
            .strip_prefix("crates/madang/src/commands")
            .unwrap_or(path)
            .with_extension("");
        let words: Vec<String> = inner
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .filter(|word| word != "mod")
            .take(2)
            .collect();
        let Some(first) = words.first() else {
            continue;
        };
        let command = match words.get(1) {
            Some(second) if names_command(first, second) => format!("{first} {second}"),
            _ => first.clone(),
        };
        if !reference.contains(&format!("madang {command}")) {
            broken.push(format!(
                "docs/reference/commands.md: does not tell of `madang {command}`"
            ));
        }
    }
    let architecture = run::read(Path::new("ARCHITECTURE.md")).unwrap_or_default();
    let places = Regex::new(r"`((?:crates|browser|xtask|cities)/[^`<]*)`")
        .map_err(|error| error.to_string())?;
    for found in places.captures_iter(&architecture) {
        if !run::root().join(&found[1]).exists() {
            broken.push(format!("ARCHITECTURE.md: there is no `{}`", &found[1]));
        }
    }
    let named = Regex::new(r"`([a-z]+)::([a-z_:]*?)([A-Za-z_]+)\(\)`")
        .map_err(|error| error.to_string())?;
    for found in named.captures_iter(&architecture) {
        let (room, function) = (&found[1], &found[3]);
        let defined = format!("fn {function}");
        let mut exists = false;
        for source in files.iter().filter(|source| {
            source.starts_with(Path::new("crates").join(room))
                && source.extension().is_some_and(|ending| ending == "rs")
        }) {
            if run::read(source)?.contains(&defined) {
                exists = true;
                break;
            }
        }
        if !exists {
            broken.push(format!(
                "ARCHITECTURE.md: `{room}` has no function `{function}`"
            ));
        }
    }
    Ok(())
}

/// What a document leads to or shows in this repository is there.
fn links_hold(files: &[PathBuf], broken: &mut Vec<String>) -> Outcome {
    let link = Regex::new(r"\]\(([^)#:]+)(?:#[^)]*)?\)").map_err(|error| error.to_string())?;
    let documents = files.iter().filter(|path| {
        path.extension().is_some_and(|ending| ending == "md")
            && !path.components().any(|part| part.as_os_str() == "tests")
    });
    for path in documents {
        let folder = path.parent().unwrap_or(Path::new(""));
        for found in link.captures_iter(&run::read(path)?) {
            if !run::root().join(folder).join(&found[1]).exists() {
                broken.push(format!("{}: there is no {}", path.display(), &found[1]));
            }
        }
    }
    Ok(())
}
