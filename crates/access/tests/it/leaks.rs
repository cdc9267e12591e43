//! Hostile questions: `tests/leaks/*.txt`. They leak nothing to the public and change nothing for anybody.

use std::collections::BTreeMap;
use std::path::Path;

use access::{AskError, At, Filter, Reader, Rows, Sort};
use city::DatasetId;

use crate::town::{HIDDEN, SECRETS, Town, kind, rows, told, town, words};

const LEAKS: [(&str, &str); 4] = [
    ("statements", include_str!("../leaks/statements.txt")),
    ("engine", include_str!("../leaks/engine.txt")),
    ("columns", include_str!("../leaks/columns.txt")),
    ("names", include_str!("../leaks/names.txt")),
];

/// Questions of somebody who sees part of a dataset: `policy_leaks.rs` asks them.
pub(crate) const POLICY_LEAKS: (&str, &str) = ("policies", include_str!("../leaks/policies.txt"));

/// What is told, in a word, and the question.
pub(crate) fn attempts(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.split("\n\n").filter_map(|paragraph| {
        let mut lines = paragraph
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let expected = lines.next()?.strip_prefix("= ")?;
        Some((expected, lines.collect::<Vec<_>>().join("\n")))
    })
}

#[test]
fn every_file_of_leaks_is_read_and_every_paragraph_is_an_attempt() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/leaks");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let all = || LEAKS.into_iter().chain([POLICY_LEAKS]);
    let mut read: Vec<String> = all().map(|(name, _)| format!("{name}.txt")).collect();
    read.sort();
    assert_eq!(files, read);
    for (name, text) in all() {
        let paragraphs = text.split("\n\n").filter(|text| {
            text.lines()
                .any(|line| !line.is_empty() && !line.starts_with('#'))
        });
        assert_eq!(attempts(text).count(), paragraphs.count(), "{name}");
        assert!(attempts(text).count() >= 10, "{name}");
    }
}

/// Every file below the town's lake with its bytes, and the rows of each table.
async fn state(town: &Town) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let mut files = BTreeMap::new();
    let mut folders = vec![town.folder.path().join("lake")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                files.insert(path.display().to_string(), bytes);
            }
        }
    }
    let mut tables = Vec::new();
    for dataset in ["parking", "dongs", "complaints", "grants", "staff"] {
        let sql = format!("select * from {dataset} order by 1");
        tables.extend(told(&town.operator(), &sql, At::Latest).await.unwrap());
    }
    (files, tables)
}

/// What somebody is told in all its words.
pub(crate) fn said(found: &Result<Vec<String>, AskError>) -> String {
    match found {
        Ok(lines) => lines.join("\n"),
        Err(error) => words(error),
    }
}

fn leaks(question: &str, found: &Result<Vec<String>, AskError>) -> Vec<String> {
    let said = said(found);
    let secret = SECRETS
        .iter()
        .filter(|secret| said.contains(*secret) && !question.contains(*secret));
    let hidden = HIDDEN
        .iter()
        .filter(|name| said.contains(*name) && !question.to_lowercase().contains(*name));
    secret
        .chain(hidden)
        .map(|leak| format!("{leak} in {said}"))
        .collect()
}

#[tokio::test]
async fn hostile_questions_leak_nothing_to_the_public_and_change_nothing_for_anybody() {
    let town = town().await;
    let before = state(&town).await;
    let mut wrong = Vec::new();
    for (expected, sql) in LEAKS.iter().flat_map(|(_, text)| attempts(text)) {
        let found = told(&town.public(), &sql, At::Latest).await;
        let word = found.as_ref().map_or_else(kind, |_| "answered");
        if word != expected {
            wrong.push(format!(
                "{sql}\n  {expected} was expected, not {word}: {}",
                said(&found)
            ));
        }
        wrong.extend(
            leaks(&sql, &found)
                .into_iter()
                .map(|leak| format!("{sql}\n  {leak}")),
        );
        // What the operator is told is theirs to know; that nothing is changed is looked at below.
        let _told = told(&town.operator(), &sql, At::Latest).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(state(&town).await, before);
    let log = town.log().await;
    assert!(log.len() > 20);
    for entry in log.iter().filter(|entry| entry.entry.who == "public") {
        let text = serde_json::to_string(&entry.entry).unwrap();
        assert!(
            !SECRETS.iter().any(|secret| text.contains(secret)),
            "{text}"
        );
    }
    assert_eq!(town.records.log().verify().await.unwrap(), None);
}

/// Questions without SQL that go for what is hidden: filter, sort, columns.
fn crafted(part: &str, column: &str) -> Rows {
    let mut question = Rows {
        dataset: DatasetId::from("parking"),
        ..Rows::default()
    };
    match part {
        "filter" => {
            question.filters = vec![Filter::read(&format!("{column}:contains:고")).unwrap()];
        }
        "sort" => {
            question.sort = vec![Sort {
                column: column.to_owned(),
                descending: true,
            }];
        }
        _ => question.columns = vec![column.to_owned()],
    }
    question
}

#[tokio::test]
async fn rows_without_sql_cannot_be_filtered_sorted_or_had_by_what_is_hidden() {
    let town = town().await;
    for part in ["filter", "sort", "columns"] {
        for (column, expected) in [
            ("manager", "denied"),
            ("담당자", "denied"),
            ("MANAGER", "denied"),
            ("income", "denied"),
            ("월수입", "denied"),
            ("_file", "no-column"),
            ("_row", "no-column"),
            ("__position", "no-column"),
            ("manager\" or \"1\"=\"1", "no-column"),
            ("nothing", "no-column"),
        ] {
            let question = crafted(part, column);
            let error = rows(&town.public(), &question).await.unwrap_err();
            assert_eq!(kind(&error), expected, "{part} {column}: {error}");
            assert_eq!(leaks(column, &Err(error)), [""; 0]);
            if part == "filter" {
                let error = town.public().count(&question).await.unwrap_err();
                assert_eq!(kind(&error), expected, "count {column}: {error}");
            }
            let known = ["manager", "담당자", "income", "월수입"].contains(&column);
            let found = rows(&town.operator(), &question).await;
            assert_eq!(
                found.is_ok(),
                known && column != "MANAGER",
                "{part} {column}"
            );
        }
    }
}

#[tokio::test]
async fn a_filters_value_is_a_value_and_never_a_pattern_or_a_statement() {
    let town = town().await;
    let reader: Reader = town.public();
    for (filter, count) in [
        ("name:contains:%", 0),
        ("name:contains:_", 0),
        ("name:starts:가온", 1),
        ("name:contains:' or 1=1 --", 0),
        ("name:eq:' union select manager from parking --", 0),
        ("name:ne:'; drop table parking; --", 3),
        ("spaces:ge:80", 2),
    ] {
        let mut question = crafted("columns", "name");
        question.filters = vec![Filter::read(filter).unwrap()];
        assert_eq!(reader.count(&question).await.unwrap(), count, "{filter}");
    }
}
