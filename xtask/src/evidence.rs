//! The evidence city: committed manifests over real public files that stay outside the project.
//!
//! Loads every dataset, asks every question, measures every dataset that names a standard beside it, and writes what
//! came of it between the marks of `docs/evidence/evidence-city.md` and `docs/evidence/standards.md`. No row of the
//! files themselves is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::real::{found_out, reasons};
use crate::{Outcome, bless, browser, run};

/// The city.
const CITY: &str = "crates/madang/tests/evidence";
/// Where its tables go.
const PAGE: &str = "docs/evidence/evidence-city.md";
/// Where the measures of its standards go.
const STANDARDS: &str = "docs/evidence/standards.md";
/// What a question that must give no row says of itself.
const NO_ROW: &str = "-- expects: no row";
/// An answer with no more rows and columns is shown.
const SHOWN: (usize, usize) = (15, 6);

/// `evidence FOLDER`: loads and measures the evidence city over a folder of files.
pub(crate) fn chore(words: &[String]) -> Outcome {
    let folder = found_out(words, "evidence")?;
    run::run(
        "build",
        &mut run::command("cargo", &["build", "--workspace", "--locked", "--quiet"]),
    )?;
    measure(&folder, &browser::binary()?)
}

/// The same with a program that is built.
pub(crate) fn measure(files: &Path, binary: &Path) -> Outcome {
    let place = std::env::temp_dir().join("madang-evidence");
    std::fs::remove_dir_all(&place).ok();
    let city = EvidenceCity {
        binary: binary.to_owned(),
        folder: place.join("city"),
        data: place.join("data"),
    };
    copy(&run::root().join(CITY), &city.folder)?;
    std::os::unix::fs::symlink(files, city.folder.join("inbox"))
        .map_err(|error| format!("the inbox cannot be linked: {error}"))?;
    run::output(&mut city.command("check"))?;
    let (mut wrong, datasets) = (Vec::new(), city.manifests()?);
    let loads = city.loads(&datasets, &mut wrong)?;
    let answers = city.questions(&mut wrong)?;
    let standards = city.standards(&datasets)?;
    let letter = run::output(city.command("standard").args(["wifi", "--letter", "ko"]))?;
    write(PAGE, &[("files", loads), ("questions", answers)])?;
    let letter = format!("```text\n{}\n```\n", letter.trim_end());
    write(STANDARDS, &[("standards", standards), ("letter", letter)])?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "the evidence city is not as it says:\n{}",
            wrong.join("\n")
        ))
    }
}

/// A copy of the city, with the files in its inbox.
struct EvidenceCity {
    binary: PathBuf,
    folder: PathBuf,
    data: PathBuf,
}

/// A dataset of the city.
struct Manifest {
    id: String,
    file: String,
    standard: Option<String>,
}

impl EvidenceCity {
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

    /// Its datasets, in order of field and id.
    fn manifests(&self) -> Result<Vec<Manifest>, String> {
        let mut found = Vec::new();
        for field in entries(&self.folder.join("datasets"))? {
            for path in entries(&field)? {
                let told = |what: String| format!("{}: {what}", path.display());
                let text =
                    std::fs::read_to_string(&path).map_err(|error| told(error.to_string()))?;
                let table: toml::Table = text
                    .parse()
                    .map_err(|error: toml::de::Error| told(error.to_string()))?;
                let word = |value: Option<&toml::Value>| {
                    value.and_then(toml::Value::as_str).map(str::to_owned)
                };
                let file = word(table.get("source").and_then(|source| source.get("path")));
                let file = file.unwrap_or_default();
                found.push(Manifest {
                    id: word(table.get("id")).ok_or_else(|| told("has no id".to_owned()))?,
                    file: file.rsplit('/').next().unwrap_or_default().to_owned(),
                    standard: word(table.get("standard")),
                });
            }
        }
        Ok(found)
    }

    /// Loads all; the table of what came of each.
    fn loads(&self, datasets: &[Manifest], wrong: &mut Vec<String>) -> Result<String, String> {
        let outcome = self
            .command("load")
            .arg("--json")
            .output()
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let lines: BTreeMap<String, Value> = json_lines(&said)
            .filter_map(|line| Some((line["dataset"].as_str()?.to_owned(), line)))
            .collect();
        let mut table = String::from(
            "| file | dataset | read | accepted | quarantined | places repaired | quarantined for |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for dataset in datasets {
            let id = &dataset.id;
            let Some(line) = lines.get(id) else {
                wrong.push(format!("`{id}` was not loaded at all"));
                continue;
            };
            if line["outcome"] != "loaded" {
                wrong.push(format!("`{id}`: {} {}", line["outcome"], line["message"]));
            }
            let count = |key: &str| line[key].as_u64().unwrap_or_default();
            let (read, accepted, aside) = (count("read"), count("accepted"), count("quarantined"));
            if read != accepted + aside {
                wrong.push(format!(
                    "`{id}`: read {read}, accepted {accepted}, quarantined {aside}"
                ));
            }
            let why = if aside == 0 {
                String::new()
            } else {
                let mut command = self.command("quarantine");
                reasons(&run::output(command.arg(id).args(["--format", "json"]))?)
            };
            let repaired = count("places_repaired");
            let repaired = if repaired == 0 {
                String::new()
            } else {
                repaired.to_string()
            };
            run::say(&format!(
                "{id}: read {read} = accepted {accepted} + quarantined {aside}"
            ));
            add(
                &mut table,
                &format!(
                    "| {} | `{id}` | {read} | {accepted} | {aside} | {repaired} | {why} |",
                    dataset.file
                ),
            );
        }
        Ok(table)
    }

    /// Asks every question; the table of their answers.
    fn questions(&self, wrong: &mut Vec<String>) -> Result<String, String> {
        let mut table = String::from("| question | must give | gives |\n| --- | --- | --- |\n");
        let mut shown = String::new();
        for path in entries(&self.folder.join("questions"))? {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let mut command = self.command("query");
            let answer = run::output(command.args(["--format", "json", "--", &text]))
                .map_err(|error| format!("{name}: {error}"))?;
            let rows: Vec<Value> = json_lines(&answer).collect();
            let must_be_empty = text.contains(NO_ROW);
            if must_be_empty && !rows.is_empty() {
                wrong.push(format!(
                    "{name}: must give no row, and gives {}",
                    rows.len()
                ));
            }
            let must = if must_be_empty { "no row" } else { "" };
            add(
                &mut table,
                &format!("| `{name}` | {must} | {} |", told(&rows)),
            );
            if !must_be_empty && fits(&rows) {
                shown += &format!("\n`{name}`:\n\n{}", as_table(&rows));
            }
            run::say(&format!("{name}: {} rows", rows.len()));
        }
        Ok(table + &shown)
    }

    /// Each dataset that names a standard, measured beside it.
    fn standards(&self, datasets: &[Manifest]) -> Result<String, String> {
        let mut table = String::from(
            "| dataset | standard | score | found | missing columns | errors |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for dataset in datasets {
            let Some(standard) = &dataset.standard else {
                continue;
            };
            let text = run::output(self.command("standard").arg(&dataset.id).arg("--json"))?;
            let value: Value = serde_json::from_str(&text)
                .map_err(|error| format!("standard {}: {error}", dataset.id))?;
            add(&mut table, &beside(&dataset.id, standard, &value));
        }
        Ok(table)
    }
}

/// One line of the table of standards.
fn beside(id: &str, standard: &str, value: &Value) -> String {
    let found = &value["standard"];
    let list = |key: &str| found[key].as_array().cloned().unwrap_or_default();
    let columns = list("columns");
    let here = columns.iter().filter(|own| !own["from"].is_null()).count();
    let missing: Vec<String> = list("differences")
        .iter()
        .filter(|one| one["difference"] == "missing")
        .filter_map(|one| one["column"].as_str().map(str::to_owned))
        .collect();
    let missing = if missing.is_empty() {
        "–".to_owned()
    } else {
        missing.join(", ")
    };
    let errors: Vec<String> = value["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|check| check["errors"].as_u64().unwrap_or_default() > 0)
        .map(|check| {
            let count = |key: &str| thousands(check[key].as_u64().unwrap_or_default());
            let column = check["column"].as_str().unwrap_or("row");
            let name = check["check"].as_str().unwrap_or("?");
            format!(
                "{column} {name}: {} of {}",
                count("errors"),
                count("diagnosed")
            )
        })
        .collect();
    let score = found["score"].as_f64().unwrap_or_default() * 100.0;
    format!(
        "| `{id}` | {standard} | {score:.1} % | {here} of {} | {missing} | {} |",
        columns.len(),
        errors.join("; ")
    )
}

/// What an answer is, without its rows: how many, by where they stand when the question says that.
fn told(rows: &[Value]) -> String {
    if rows.is_empty() {
        return "no row".to_owned();
    }
    let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        for key in ["only_in", "what"] {
            if let Some(word) = row[key].as_str() {
                *parts.entry(word).or_default() += 1;
            }
        }
    }
    let parts: Vec<String> = parts
        .iter()
        .map(|(word, count)| format!("{word}: {count}"))
        .collect();
    if parts.is_empty() {
        format!("{} rows", rows.len())
    } else {
        format!("{} rows ({})", rows.len(), parts.join(", "))
    }
}

fn fits(rows: &[Value]) -> bool {
    let wide = rows
        .iter()
        .filter_map(Value::as_object)
        .map(serde_json::Map::len)
        .max();
    !rows.is_empty() && rows.len() <= SHOWN.0 && wide.unwrap_or_default() <= SHOWN.1
}

/// A small answer as a table.
fn as_table(rows: &[Value]) -> String {
    let first = rows.first().and_then(Value::as_object);
    let names: Vec<&String> = first.into_iter().flat_map(|row| row.keys()).collect();
    let heads: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let mut out = format!(
        "| {} |\n|{}\n",
        heads.join(" | "),
        " --- |".repeat(heads.len())
    );
    for row in rows {
        let cells = names.iter().map(|name| match &row[name.as_str()] {
            Value::Null => String::new(),
            Value::String(text) => text.replace('|', "\\|"),
            other => other.to_string(),
        });
        add(
            &mut out,
            &format!("| {} |", cells.collect::<Vec<_>>().join(" | ")),
        );
    }
    out
}

/// Replaces what stands between the marks of a page.
fn write(page: &str, parts: &[(&str, String)]) -> Outcome {
    let path = run::root().join(page);
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut text = std::fs::read_to_string(&path).map_err(told)?;
    for (name, part) in parts {
        text = bless::between(&text, name, part).map_err(|error| format!("{page}: {error}"))?;
    }
    std::fs::write(&path, text).map_err(told)
}

fn json_lines(text: &str) -> impl Iterator<Item = Value> + '_ {
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}

fn add(table: &mut String, line: &str) {
    // Writing to a string cannot fail.
    writeln!(table, "{line}").ok();
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    Ok(paths)
}

/// Copies a folder; what a link leads to is copied, and the inbox and tables of earlier runs are not.
fn copy(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for path in entries(from)? {
        let Some(name) = path.file_name() else {
            continue;
        };
        if name == "inbox" || name == ".madang" {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_told_without_its_rows() {
        assert_eq!(told(&[]), "no row");
        assert_eq!(told(&[json!({"a": 1}), json!({"a": 2})]), "2 rows");
        let rows = [
            json!({"only_in": "xls"}),
            json!({"only_in": "xml"}),
            json!({"only_in": "xls"}),
        ];
        assert_eq!(told(&rows), "3 rows (xls: 2, xml: 1)");
    }

    #[test]
    fn small_answers_are_tables() {
        let rows = [
            json!({"spelling": "9|9", "rows": 3}),
            json!({"spelling": null, "rows": 1}),
        ];
        assert!(fits(&rows) && !fits(&[]));
        assert_eq!(
            as_table(&rows),
            "| spelling | rows |\n| --- | --- |\n| 9\\|9 | 3 |\n|  | 1 |\n"
        );
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
