//! Hostile questions of somebody who sees part of a dataset: `tests/leaks/policies.txt`. What is answered is what a copy
//! answers that holds nothing else, and no word of an answer, an error or the log tells of the rest.

use std::sync::Arc;

use access::{At, Person, Purpose, Question};
use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use arrow::util::pretty::pretty_format_columns;
use city::dataset::LoadMode::Snapshot;

use crate::leaks::{POLICY_LEAKS, attempts, said};
use crate::oracle::PEOPLE;
use crate::policies::reader;
use crate::town::{Rules, Town, governed, kind, table, text, told, whole};

const POLICIES: &str = r#"
@id("clerks")
@mask("phone: last 4, name: first 1, born: year, age: range 10")
@rows("dong == person.dong")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"residents");

@id("no-scores")
forbid (principal, action == Action::"read", resource == Column::"residents.score")
when { principal in Role::"clerk" };
"#;

/// What the clerk must not learn; a question may say it and be answered with it.
const SECRETS: [&str; 12] = [
    "이서준",
    "민지",
    "하늘",
    "나래동",
    "1111",
    "3333",
    "4444",
    "5555",
    "77.125",
    "secret-file",
    "01-26",
    "1997",
];

fn days(days: [i32; 3]) -> ArrayRef {
    Arc::new(Date32Array::from(days.to_vec()))
}

fn all() -> RecordBatch {
    let scores: ArrayRef = Arc::new(Float64Array::from(vec![77.125, 77.125, 77.125]));
    table(&[
        ("id", whole([1, 2, 3])),
        ("dong", text(["가온동", "나래동", "가온동"])),
        ("name", text(["김민지", "이서준", "박하늘"])),
        (
            "phone",
            text(["010-1111-2222", "010-3333-4444", "010-5555-6666"]),
        ),
        ("born", days([1, 10_000, 15_000])),
        ("age", whole([56, 29, 15])),
        ("score", scores),
    ])
}

/// What the clerk sees of it, written down by hand.
fn seen() -> RecordBatch {
    let born: ArrayRef = Arc::new(Date32Array::from(vec![0, 14_975]));
    table(&[
        ("id", whole([1, 3])),
        ("dong", text(["가온동", "가온동"])),
        ("name", text(["김***", "박***"])),
        ("phone", text(["***2222", "***6666"])),
        ("born", born),
        ("age", whole([50, 10])),
    ])
}

/// The table under its rules, and beside it what the clerk sees of it.
async fn with_copy() -> Town {
    let rules = Rules {
        people: PEOPLE,
        policies: POLICIES,
    };
    let town = governed(rules).await;
    town.load_as("residents", Some(Snapshot), &all(), &[]).await;
    town.load_as("copy", Some(Snapshot), &seen(), &[]).await;
    town
}

#[tokio::test]
async fn hostile_questions_of_a_clerk_are_answered_as_on_a_copy_without_the_rest() {
    let town = with_copy().await;
    let clerk = reader(&town, "clerk", "complaint");
    let operator = town.door.reader(Person::local(), Purpose::default());
    let mut wrong = Vec::new();
    let mut count = 0;
    for (expected, sql) in attempts(POLICY_LEAKS.1) {
        count += 1;
        let own = sql.replace("{t}", "residents");
        let found = told(&clerk, &own, At::Latest).await;
        let word = found.as_ref().map_or_else(kind, |_| "answered");
        if word != expected {
            wrong.push(format!(
                "{sql}\n  {expected} was expected, not {word}: {}",
                said(&found)
            ));
        }
        let said = said(&found);
        wrong.extend(
            SECRETS
                .iter()
                .filter(|secret| said.contains(*secret) && !sql.contains(*secret))
                .map(|secret| format!("{sql}\n  {secret} in {said}")),
        );
        if expected == "answered" {
            // A column without a name of its own is called after the table.
            let right = told(&operator, &sql.replace("{t}", "copy"), At::Latest).await;
            let right = right.map(|lines| {
                let lines = lines.iter();
                lines
                    .map(|line| line.replace("copy.", "residents."))
                    .collect()
            });
            let sorted = |lines: Result<Vec<String>, _>| {
                lines.map(|mut lines| {
                    lines.sort();
                    lines
                })
            };
            let (found, right) = (
                sorted(found.map_err(|_error| ())),
                sorted(right.map_err(|_error| ())),
            );
            if found != right {
                wrong.push(format!("{sql}\n  {found:?}\n  is not\n  {right:?}"));
            }
        }
    }
    assert!(count >= 50, "{count} attempts");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for logged in town
        .log()
        .await
        .iter()
        .filter(|logged| logged.entry.who == "clerk")
    {
        let text = serde_json::to_string(&logged.entry).unwrap();
        assert!(
            !["이서준", "010-1111", "77.125"]
                .iter()
                .any(|secret| text.contains(secret)),
            "{text}"
        );
    }
}

/// Tables are read as views and masks write plain texts: nobody is to see which of both a column was.
#[tokio::test]
async fn types_of_an_answer_do_not_tell_a_masked_text_from_a_plain_one() {
    let town = with_copy().await;
    let clerk = reader(&town, "clerk", "complaint");
    let operator = town.door.reader(Person::local(), Purpose::default());
    for asked in [
        "phone, dong, phone || dong, coalesce(dong, phone)",
        "[phone], [dong, phone], named_struct('one', phone, 'more', [dong]), map([dong], [phone])",
        "arrow_typeof(phone), arrow_typeof([phone]), arrow_typeof(dong)",
    ] {
        let mut types = Vec::new();
        for (reader, table) in [(&clerk, "residents"), (&operator, "copy")] {
            let question = Question {
                sql: format!("select {asked} from {table} order by id"),
                at: At::Latest,
            };
            let answer = reader.ask(question).await.unwrap();
            let batches = answer.collect().await.unwrap();
            let schema = batches[0].schema();
            let kinds = schema
                .fields()
                .iter()
                .map(|field| field.data_type().clone());
            let kinds: Vec<_> = kinds.collect();
            let (kinds, cells) = (
                format!("{kinds:?}"),
                pretty_format_columns("", batches[0].columns()),
            );
            let cells = cells.unwrap().to_string();
            assert!(
                !kinds.contains("View") && !cells.contains("View"),
                "{asked}: {kinds}\n{cells}"
            );
            types.push((kinds, cells));
        }
        assert_eq!(types[0], types[1], "{asked}");
    }
}
