//! Every file of a folder of real files: drafted, loaded, accounted for.
//!
//! Uses nothing but the product's own commands, so anyone with such files can run it. Corrections
//! a clerk would make by hand stand in `docs/evidence/hand-edits.toml`, file by file, and are counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, browser, evidence, run};

/// Files that belong to another file.
const PARTS: [&str; 5] = ["dbf", "shx", "prj", "cpg", "md"];
/// Where the hand edits stand.
const EDITS: &str = "docs/evidence/hand-edits.toml";
/// Where the table goes.
const TABLE: &str = "docs/evidence/real-files.md";

/// `real FOLDER`: writes the table of all its files.
pub(crate) fn chore(words: &[String]) -> Outcome {
    let folder = found_out(words, "real")?;
    run::run(
        "build",
        &mut run::command("cargo", &["build", "--workspace", "--locked", "--quiet"]),
    )?;
    let binary = browser::binary()?;
    let place = std::env::temp_dir().join("madang-real");
    std::fs::remove_dir_all(&place).ok();
    let city = RealCity {
        binary: binary.clone(),
        folder: place.join("city"),
        data: place.join("data"),
        edits: edits()?,
    };
    city.found()?;
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    let mut table = String::from(HEAD);
    let (mut all, mut good) = (0, 0);
    for (number, file) in files.iter().enumerate() {
        let row = city.take_in(number + 1, file);
        run::say(&format!(
            "{}: {} read, {} accepted, {} quarantined {}",
            row.file, row.read, row.accepted, row.quarantined, row.remark
        ));
        all += 1;
        good += i32::from(row.is_whole());
        writeln!(table, "{row}").map_err(|error| error.to_string())?;
    }
    writeln!(
        table,
        "\n{good} of {all} files are accounted for: read = accepted + quarantined, or a damaged file refused with the reason."
    )
    .map_err(|error| error.to_string())?;
    let path = run::root().join(TABLE);
    std::fs::write(&path, table).map_err(|error| format!("{}: {error}", path.display()))?;
    evidence::measure(&folder, &binary)?;
    if good == all {
        Ok(())
    } else {
        Err(format!("{} files did not load whole", all - good))
    }
}

/// The folder of files that a chore is given.
pub(crate) fn found_out(words: &[String], chore: &str) -> Result<PathBuf, String> {
    let folder = words
        .first()
        .map(PathBuf::from)
        .ok_or_else(|| format!("usage: cargo xtask {chore} FOLDER"))?;
    folder
        .canonicalize()
        .map_err(|error| format!("{}: {error}", folder.display()))
}

const HEAD: &str = "# Real Korean public files

Made by `cargo xtask real FOLDER` from the files as published (encoding, line ends, dirt): `madang draft` proposes the manifest, the hand edits of
[hand-edits.toml](hand-edits.toml) are applied, `madang load` loads it. *Places* counts rows whose coordinates, converted to WGS 84, lie in
Korea's box, of rows that have coordinates. The files themselves are not part of the project.

| file | format | rows read | accepted | quarantined | why | places in Korea | hand edits | remark |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// A city made for these files only.
struct RealCity {
    binary: PathBuf,
    folder: PathBuf,
    data: PathBuf,
    edits: BTreeMap<String, Edits>,
}

/// What a person does to a file's draft, or why nobody can.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Edits {
    /// Pairs of a text in the draft and what replaces it, once.
    #[serde(default)]
    edits: Vec<(String, String)>,
    /// The file is damaged: what Madang must answer.
    refused: Option<String>,
}

/// One line of the table.
#[derive(Default)]
struct Row {
    file: String,
    format: String,
    read: u64,
    accepted: u64,
    quarantined: u64,
    why: String,
    places: String,
    edits: usize,
    remark: String,
    loaded: bool,
    /// Refused with the answer expected of a damaged file.
    refused: bool,
}

impl Row {
    fn is_whole(&self) -> bool {
        self.refused || (self.loaded && self.read == self.accepted + self.quarantined)
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.file,
            self.format,
            self.read,
            self.accepted,
            self.quarantined,
            self.why,
            self.places,
            self.edits,
            self.remark
        )
    }
}

impl RealCity {
    /// Writes `city.toml`: all Korea is its ground.
    fn found(&self) -> Outcome {
        let text = "name = \"실제 파일\"\nname-en = \"Real files\"\ncode = \"0000000\"\nbounds = [124.0, 33.0, 132.0, 39.0]\n\
            fields = [{ id = \"real\", title = \"실제 파일\", title-en = \"Real files\" }]\n\
            departments = [{ id = \"real\", title = \"담당 부서\", title-en = \"Department\" }]\n";
        for part in ["datasets/real", "inbox"] {
            std::fs::create_dir_all(self.folder.join(part)).map_err(|error| error.to_string())?;
        }
        std::fs::write(self.folder.join("city.toml"), text).map_err(|error| error.to_string())
    }

    /// Drafts, edits and loads one file.
    fn take_in(&self, number: usize, file: &Path) -> Row {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut row = Row {
            file: name.clone(),
            ..Row::default()
        };
        match self.try_take_in(number, file, &name, &mut row) {
            Ok(()) => row.loaded = true,
            Err(message) => {
                // A manifest that does not load must not stop the files after it.
                let manifest = self.folder.join(format!("datasets/real/f{number:02}.toml"));
                std::fs::remove_file(manifest).ok();
                let program = format!("{}: ", self.binary.display());
                let message = message.replace(&program, "");
                let expected = self
                    .edits
                    .get(&name)
                    .and_then(|edits| edits.refused.as_deref());
                row.refused = expected.is_some_and(|expected| message.contains(expected));
                row.remark = message
                    .replace('|', "/")
                    .replace('\n', " ")
                    .chars()
                    .take(300)
                    .collect();
            }
        }
        row
    }

    fn try_take_in(&self, number: usize, file: &Path, name: &str, row: &mut Row) -> Outcome {
        let id = format!("f{number:02}");
        let inbox = self.folder.join("inbox").join(&id);
        std::fs::create_dir_all(&inbox).map_err(|error| error.to_string())?;
        for part in with_parts(file) {
            let target = inbox.join(part.file_name().unwrap_or_default());
            std::fs::copy(&part, target).map_err(|error| error.to_string())?;
        }
        let manifest = self.folder.join(format!("datasets/real/{id}.toml"));
        let mut draft = Command::new(&self.binary);
        draft
            .arg("draft")
            .arg(inbox.join(name))
            .arg("-C")
            .arg(&self.folder)
            .arg("--out")
            .arg(&manifest);
        run::output(draft.args(["--id", &id, "--field", "real", "--department", "real"]))?;
        row.edits = self.edit(&manifest, name)?;
        row.format = kind(&manifest)?;
        let mut load = self.command("load");
        let outcome = load
            .arg(&id)
            .arg("--json")
            .output()
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let line = said
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|line| line["dataset"] == id.as_str());
        let line = line.ok_or_else(|| String::from_utf8_lossy(&outcome.stderr).into_owned())?;
        let count = |key: &str| line[key].as_u64().unwrap_or_default();
        (row.read, row.accepted, row.quarantined) =
            (count("read"), count("accepted"), count("quarantined"));
        if line["outcome"] != "loaded" {
            return Err(format!("{}: {}", line["outcome"], line["message"]));
        }
        let aside = run::output(
            self.command("quarantine")
                .arg(&id)
                .args(["--format", "json"]),
        )?;
        row.why = reasons(&aside);
        row.places = self.places(&id);
        Ok(())
    }

    fn command(&self, word: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg(word)
            .arg("-C")
            .arg(&self.folder)
            .arg("--data")
            .arg(&self.data);
        command
    }

    /// Applies the hand edits of a file; returns how many.
    fn edit(&self, manifest: &Path, name: &str) -> Result<usize, String> {
        let Some(Edits { edits, .. }) = self.edits.get(name) else {
            return Ok(0);
        };
        let mut text = std::fs::read_to_string(manifest).map_err(|error| error.to_string())?;
        for (from, to) in edits {
            if !text.contains(from.as_str()) {
                return Err(format!(
                    "{EDITS}: {name}: the draft does not contain {from:?}"
                ));
            }
            text = text.replacen(from.as_str(), to, 1);
        }
        std::fs::write(manifest, text).map_err(|error| error.to_string())?;
        Ok(edits.len())
    }

    /// `inside / placed`, or nothing when the dataset has no place.
    fn places(&self, id: &str) -> String {
        let sql = format!(
            "select count(*) filter (where longitude between 124 and 132 and latitude between 33 and 39) as inside, count(*) filter (where longitude is not null and latitude is not null) as placed from {id}"
        );
        let Ok(text) = run::output(self.command("query").arg(sql).args(["--format", "json"]))
        else {
            return String::new();
        };
        let line = text
            .lines()
            .next()
            .and_then(|line| serde_json::from_str::<Value>(line).ok())
            .unwrap_or_default();
        format!("{} / {}", line["inside"], line["placed"])
    }
}

/// Counts the reasons of quarantined rows, as `madang quarantine --format json` tells them, by check and column.
pub(crate) fn reasons(text: &str) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for line in text.lines() {
        let Ok(value) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        for reason in value["reasons"].as_array().into_iter().flatten() {
            let check = reason["why"]["check"].as_str().unwrap_or("?");
            let column = reason["column"]
                .as_str()
                .map(|column| format!(" {column}"))
                .unwrap_or_default();
            *counts.entry(format!("{check}{column}")).or_default() += 1;
        }
    }
    let counts = counts
        .iter()
        .map(|(what, count)| format!("{what}: {count}"));
    counts.collect::<Vec<_>>().join("; ")
}

/// The kind of format a manifest names.
fn kind(manifest: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(manifest).map_err(|error| error.to_string())?;
    let value: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.to_string())?;
    let word = |key: &str| {
        value
            .get("format")
            .and_then(|format| format.get(key))
            .and_then(toml::Value::as_str)
            .map(str::to_owned)
    };
    Ok([
        word("kind"),
        word("encoding"),
        word("inner").map(|_| "in ZIP".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", "))
}

/// A file and those that belong to it (a shapefile's parts).
fn with_parts(file: &Path) -> Vec<PathBuf> {
    let mut parts = vec![file.to_owned()];
    if file.extension().is_some_and(|ending| ending == "shp") {
        parts.extend(
            PARTS
                .iter()
                .map(|ending| file.with_extension(ending))
                .filter(|part| part.is_file()),
        );
    }
    parts
}

/// All files below a folder, by name; parts of other files left out.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files)?;
        } else if !path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| PARTS.contains(&ending))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Hand edits: `["file name"] edits = [["from", "to"], ...]`, or `refused = "..."`.
fn edits() -> Result<BTreeMap<String, Edits>, String> {
    let text = run::read(Path::new(EDITS)).unwrap_or_default();
    toml::from_str(&text).map_err(|error| format!("{EDITS}: {error}"))
}
