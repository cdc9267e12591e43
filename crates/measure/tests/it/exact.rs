//! Figures that a slip would make wrong without a word: divisions, rows that lack something, levels, units.

use access::At;
use city::Measure;
use serde_json::{Value, json};

use crate::town::{Town, declared, measure, spent, town, visited};

async fn told(town: &Town, measure: &Measure) -> Value {
    let figure = measure::figure(&town.public(), measure, &At::Latest, town.now())
        .await
        .unwrap();
    json!(figure)
}

#[tokio::test]
async fn an_expression_divides_as_people_do() {
    let town = town().await;
    for (expression, value) in [
        ("sum(amount) / 4", 22.5),
        ("1 / 3", 1.0 / 3.0),
        ("sum(amount / 4)", 22.5),
        ("sum(amount) % 40", 10.0),
    ] {
        let found = told(&town, &measure("spent", expression, "")).await;
        assert_eq!(found["value"], json!(value), "{expression}: {found}");
    }
}

#[tokio::test]
async fn an_expression_that_divides_by_zero_is_unknown_for_that_reason() {
    let town = town().await;
    let zero = measure("spent", "sum(amount) / (count(*) - 4)", "");
    assert_eq!(
        told(&town, &zero).await,
        json!({"state": "unknown", "needs": {"what": "zero", "dataset": "spent"}})
    );
    let empty = measure(
        "spent",
        "sum(amount) / count(*)",
        "filter = \"amount > 1000\"",
    );
    assert_eq!(
        told(&town, &empty).await["needs"]["what"],
        json!("rows"),
        "of nothing"
    );
    let word = measure("spent", "sum(cast(team as integer))", "");
    assert_eq!(told(&town, &word).await["needs"]["what"], json!("value"));
}

#[tokio::test]
async fn a_row_that_lacks_the_numerator_is_in_no_denominator() {
    let town = visited(&[]).await;
    // One of the six rows has neither age nor people, five have both: 105 people over 180 years.
    let share = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"rate\", sum = \"people\", per = 100 }\ndenominator = { dataset = \"visits\" }",
    );
    let found = told(&town, &share).await;
    assert_eq!(found["value"], json!(105.0 / 5.0 * 100.0), "{found}");
    assert_eq!(found["unknown"], json!(1));
    assert_eq!(
        found["divided"],
        json!({"top": 105.0, "below": 5.0, "unknown": 1})
    );
}

#[tokio::test]
async fn what_is_not_known_to_belong_to_a_part_is_in_no_share() {
    let town = visited(&[]).await;
    let old =
        "dataset = \"visits\"\nunit = \"%\"\ncompute = { kind = \"share\", part = \"age >= 65\" }";
    let text = format!("id = \"m\"\ntitle = \"지표\"\nquestion = \"얼마인가?\"\n{old}\n");
    let (share, faults) = city::read::measure_text(std::path::Path::new("m.toml"), &text);
    assert!(faults.is_empty(), "{faults:?}");
    let found = told(&town, &share.unwrap()).await;
    // Two of five; of the sixth no age is known.
    assert_eq!(found["value"], json!(40.0), "{found}");
    assert_eq!(found["unknown"], json!(1));
}

#[tokio::test]
async fn a_level_is_that_of_the_newest_step_and_is_not_added_up() {
    let town = visited(&[]).await;
    let lines = |level: bool| {
        format!(
            "dataset = \"visits\"\ncompute = {{ kind = \"sum\", column = \"people\" }}\ndimensions = [\"area\"]\ntime = {{ column = \"day\", step = \"month\", level = {level} }}"
        )
    };
    let (flow, level) = (declared("m", &lines(false)), declared("m", &lines(true)));
    assert_eq!(told(&town, &flow).await["value"], json!(105.0));
    assert_eq!(
        told(&town, &level).await["value"],
        json!(45.0),
        "November 2026"
    );
    let year = measure::Asked {
        period: city::Period::parse("2025"),
        ..measure::Asked::default()
    };
    let figure = measure::figure(&town.public(), &level, year, town.now()).await;
    assert_eq!(
        figure.unwrap().value(),
        Some(10.0),
        "the newest of that year"
    );
    let parts = measure::breakdown(&town.public(), &level, "area", &At::Latest)
        .await
        .unwrap();
    let parts: Vec<Value> = parts
        .iter()
        .map(|one| json!([one.label, one.value]))
        .collect();
    assert_eq!(json!(parts), json!([["02", 40.0], ["99", 5.0]]));
    let span = measure::span(&town.public(), &flow, &At::Latest)
        .await
        .unwrap();
    let (first, last) = span.unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2025-11".to_owned(), "2026-11".to_owned())
    );
}

#[tokio::test]
async fn a_level_that_divides_is_that_of_its_newest_step() {
    let level = declared(
        "residents",
        "dataset = \"visits\"\ncompute = { kind = \"sum\", column = \"people\" }\ndimensions = [\"area\"]\ntime = { column = \"day\", step = \"month\", level = true }",
    );
    let town = visited(std::slice::from_ref(&level)).await;
    let rate = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"rate\", per = 100 }\ndenominator = { measure = \"residents\" }\ndimensions = [\"area\"]",
    );
    let found = told(&town, &rate).await;
    assert_eq!(found["divided"]["below"], json!(45.0), "{found}");
    let parts = measure::breakdown(&town.public(), &rate, "area", &At::Latest)
        .await
        .unwrap();
    let own = parts
        .iter()
        .find(|part| part.label.as_deref() == Some("02"));
    assert_eq!(own.unwrap().value, Some(3.0 / 40.0 * 100.0));
}

#[tokio::test]
async fn a_part_of_which_nothing_is_counted_is_zero() {
    let town = town().await;
    town.load("spent", spent(&[("도로과", Some(30), "2026-01-15")]))
        .await;
    let rate = declared(
        "m",
        "dataset = \"spent\"\ncompute = { kind = \"ratio\", sum = \"amount\" }\ndenominator = { dataset = \"budget\", sum = \"amount\" }\ndimensions = [\"team\"]",
    );
    let parts = measure::breakdown(&town.public(), &rate, "team", &At::Latest)
        .await
        .unwrap();
    let parts: Vec<Value> = parts
        .iter()
        .map(|one| json!([one.label, one.value]))
        .collect();
    // 감사과 has a budget of nothing: what it spent of that cannot be said.
    assert_eq!(json!(parts), json!([["도로과", 0.3], ["복지과", 0.0]]));
}
