//! What each person sees: `tests/cases/<person>.txt` holds questions and their whole answers.

use access::{At, Reader};

use crate::town::{kind, told, town};

/// A question and what must come of it.
struct Case<'t> {
    sql: String,
    expected: Vec<&'t str>,
}

/// Paragraphs: a question whose lines begin with `>`, and the lines of its answer, or `! kind`.
fn cases(text: &str) -> Vec<Case<'_>> {
    let paragraphs = text.split("\n\n").map(str::trim);
    paragraphs
        .filter_map(|paragraph| {
            let lines = paragraph.lines().filter(|line| !line.starts_with('#'));
            let (sql, expected): (Vec<&str>, Vec<&str>) =
                lines.partition(|line| line.starts_with('>'));
            let sql: Vec<&str> = sql
                .iter()
                .map(|line| line.trim_start_matches('>').trim())
                .collect();
            (!sql.is_empty()).then(|| Case {
                sql: sql.join("\n"),
                expected,
            })
        })
        .collect()
}

async fn check(reader: &Reader, text: &str) {
    let cases = cases(text);
    assert!(cases.len() > 10, "the file of cases was read");
    let mut wrong = Vec::new();
    for case in cases {
        let found = match told(reader, &case.sql, At::Latest).await {
            Ok(lines) => lines,
            Err(error) => vec![format!("! {}: {error}", kind(&error))],
        };
        if found != case.expected {
            wrong.push(format!("{}\n{}", case.sql, found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn the_public_sees_open_datasets_and_their_released_columns_only() {
    let town = town().await;
    check(&town.public(), include_str!("../cases/public.txt")).await;
}

#[tokio::test]
async fn the_operator_sees_everything() {
    let town = town().await;
    check(&town.operator(), include_str!("../cases/operator.txt")).await;
}

#[tokio::test]
async fn the_catalogue_of_the_public_holds_what_is_open_and_has_something_to_show() {
    let town = town().await;
    let seen = |reader: &Reader| -> Vec<String> {
        reader
            .datasets()
            .map(|dataset| {
                let names: Vec<&str> = dataset
                    .columns
                    .iter()
                    .map(|column| column.name.as_str())
                    .collect();
                format!("{}: {}", dataset.id, names.join(" "))
            })
            .collect()
    };
    assert_eq!(
        seen(&town.public()),
        [
            "dongs: dong people",
            "noise: dong level",
            "parking: name dong spaces x y",
            "shelters: name",
        ]
    );
    assert_eq!(seen(&town.operator()).len(), 7);
    assert!(town.public().shows_place("parking") && !town.public().shows_place("shelters"));
    assert!(town.operator().shows_place("shelters"));
}

#[tokio::test]
async fn columns_are_called_in_korean_and_in_english() {
    let town = town().await;
    let question = access::Question {
        sql: "select name, 동, spaces, longitude, count(*) over () as 모두 from parking".to_owned(),
        at: At::Latest,
    };
    let answer = town.public().ask(question).await.unwrap();
    let titles: Vec<String> = answer
        .titles
        .iter()
        .map(|title| {
            format!(
                "{} {} {}",
                title.ko,
                title.en,
                title.unit.as_deref().unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        titles,
        [
            "주차장명 name -",
            "동 Neighbourhood -",
            "주차면수 spaces 면",
            "경도 Longitude -",
            "모두 모두 -"
        ]
    );
    assert_eq!(answer.versions, [(city::DatasetId::from("parking"), 1)]);
}
