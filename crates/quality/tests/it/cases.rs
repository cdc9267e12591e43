//! Reads every file of `tests/cases/`. Each is a case of checks: rows in, quarantine out.
//!
//! A case is Markdown. Below `## manifest` stands what matters of a dataset's manifest, below
//! `## rows` the rows (cells between commas, an empty cell has no value), below `## references` the
//! values another dataset's column holds (`dong.code: 1 2 3`). Below `## verdict` stands what comes
//! out: the accepted rows by number, every quarantined row with all its reasons, and how often each
//! check failed.
//!
//! `BLESS=1 cargo test -p quality` writes the verdicts anew: read the difference before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use quality::References;

use crate::table;

/// The blocks of a case by their heading.
fn blocks(text: &str) -> BTreeMap<&str, String> {
    let mut blocks = BTreeMap::new();
    let (mut heading, mut block) = ("", None::<String>);
    for line in text.lines() {
        if line.starts_with("```") {
            match block.take() {
                Some(body) => {
                    blocks.insert(heading, body);
                }
                None => block = Some(String::new()),
            }
        } else if let Some(body) = &mut block {
            *body += &format!("{line}\n");
        } else if let Some(title) = line.strip_prefix("## ") {
            heading = title;
        }
    }
    assert!(block.is_none(), "a code block is not closed");
    blocks
}

fn references(text: &str) -> References {
    let mut all = References::new();
    for line in text.lines() {
        let (name, values) = line.split_once(": ").unwrap();
        let (dataset, column) = name.split_once('.').unwrap();
        let values: Vec<&str> = values.split(' ').collect();
        all.extend(table::references(dataset, column, &values));
    }
    all
}

fn found(case: &BTreeMap<&str, String>) -> String {
    let dataset = table::dataset(&case["manifest"]);
    let lines: Vec<&str> = case["rows"].lines().collect();
    let rows = table::rows(&dataset, &lines);
    let references = references(case.get("references").map_or("", String::as_str));
    let judge = table::contract(&dataset, &references);
    let verdict = rows.judge(&judge, 0);
    for row in &verdict.quarantined {
        let at = usize::try_from(row.row).unwrap() - 1;
        assert_eq!(
            row.raw, rows.raw[at],
            "a quarantined row keeps its own cells"
        );
        assert_eq!(row.file, "t.csv");
    }
    let report = judge.finish(&[], table::today());
    let checks = report.checks.iter().map(|check| {
        let column = check.column.as_deref().unwrap_or("row");
        format!(
            "{} of {column}: {}/{}\n",
            check.check, check.errors, check.diagnosed
        )
    });
    // The types of all columns would be told in every case.
    let checks = checks.filter(|line| !line.starts_with("type of ") || !line.contains(" 0/"));
    table::told(&verdict) + &checks.collect::<String>()
}

#[test]
fn every_case_gives_exactly_the_verdict_it_says() {
    // Asked when it runs: checkouts that share a target folder share this test.
    let room = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let mut files: Vec<PathBuf> = fs::read_dir(room.join("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{} cases only", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let case = blocks(&text);
        let found = found(&case);
        if case.get("verdict") == Some(&found) {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            let (before, _) = text.split_once("## verdict\n").unwrap_or((&text, ""));
            let text = format!(
                "{}\n\n## verdict\n\n```text\n{found}```\n",
                before.trim_end()
            );
            fs::write(&file, text).unwrap();
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let said = case.get("verdict").map_or("(nothing)\n", String::as_str);
        wrong.push(format!("{name}\n--- said\n{said}--- found\n{found}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
