//! A figure broken down and over time.

use access::At;
use serde_json::json;

use measure::Figure;

use crate::town::{amounts, measure, town, under};

#[tokio::test]
async fn parts_come_greatest_first_and_the_unknown_last() {
    let town = town().await;
    let plain = measure("spent", "sum(amount)", "dimensions = [\"team\"]");
    let parts = measure::breakdown(&town.public(), &plain, "team", &At::Latest)
        .await
        .unwrap();
    assert_eq!(
        json!(parts),
        json!([{"label": "도로과", "value": 50.0}, {"label": "복지과", "value": 40.0}, {"label": "환경과", "value": null}])
    );
}

#[tokio::test]
async fn each_part_is_divided_by_its_own_whole_and_one_without_is_unknown() {
    let town = town().await;
    let share = "per = 100\ndimensions = [\"team\"]\ndenominator = { dataset = \"budget\", expression = \"sum(amount)\" }";
    let parts = measure::breakdown(
        &town.public(),
        &measure("spent", "count(*)", share),
        "team",
        &At::Latest,
    )
    .await
    .unwrap();
    assert_eq!(
        json!(parts),
        json!([{"label": "도로과", "value": 2.0}, {"label": "복지과", "value": 2.0}, {"label": "환경과", "value": null}])
    );
    let missing = "dimensions = [\"team\"]\ndenominator = { dataset = \"people\", expression = \"sum(number)\" }";
    let parts = measure::breakdown(
        &town.public(),
        &measure("spent", "count(*)", missing),
        "team",
        &At::Latest,
    )
    .await
    .unwrap();
    assert_eq!(parts.len(), 3);
    assert!(
        parts.iter().all(|part| part.value.is_none()),
        "unknown is not zero: {parts:?}"
    );
}

#[tokio::test]
async fn a_history_goes_step_by_step_oldest_first() {
    let town = town().await;
    let monthly = measure(
        "spent",
        "sum(amount)",
        "time = { column = \"paid_on\", step = \"month\" }",
    );
    let series = measure::series(&town.public(), &monthly, &At::Latest)
        .await
        .unwrap()
        .unwrap();
    let points: Vec<(String, Option<f64>)> = series
        .points
        .iter()
        .map(|point| (point.at.chars().take(7).collect(), point.value))
        .collect();
    assert_eq!(
        points,
        [
            ("2026-01".to_owned(), Some(30.0)),
            ("2026-02".to_owned(), Some(60.0))
        ]
    );
    let timeless = measure("spent", "sum(amount)", "");
    assert_eq!(
        measure::series(&town.public(), &timeless, &At::Latest)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn parts_and_history_of_what_may_not_be_read_are_refused() {
    let town = town().await;
    let payees = measure("spent", "sum(amount)", "dimensions = [\"payee\"]");
    let error = measure::breakdown(&town.public(), &payees, "payee", &At::Latest)
        .await
        .unwrap_err();
    assert!(matches!(error, access::AskError::Denied(_)), "{error}");
    let salaries = measure(
        "salaries",
        "sum(amount)",
        "time = { column = \"paid_on\", step = \"month\" }",
    );
    let error = measure::series(&town.public(), &salaries, &At::Latest)
        .await
        .unwrap_err();
    assert!(matches!(error, access::AskError::Denied(_)), "{error}");
    let parts = measure::breakdown(&town.operator(), &payees, "payee", &At::Latest)
        .await
        .unwrap();
    assert_eq!(parts.len(), 1);
}

#[tokio::test]
async fn what_may_only_be_counted_is_told_where_it_exposes_nobody() {
    let town = under(
        "permit (principal in Role::\"public\", action == Action::\"count\", resource == Column::\"salaries.team\");",
    )
    .await;
    let rows: Vec<(&str, i64)> = [("도로과", 30), ("복지과", 8), ("환경과", 2)]
        .into_iter()
        .flat_map(|(team, number)| std::iter::repeat_n((team, 999), number))
        .collect();
    town.load("salaries", amounts(&rows)).await;
    let paid = measure("salaries", "count(*)", "dimensions = [\"team\"]");
    let public = town.public();
    let parts = measure::breakdown(&public, &paid, "team", &At::Latest)
        .await
        .unwrap();
    assert_eq!(
        json!(parts),
        json!([{"label": "도로과", "value": 30.0}, {"label": "복지과", "value": null, "suppressed": true}, {"label": "환경과", "value": null, "suppressed": true}])
    );
    let figure = async |more: &str| {
        let asked = measure("salaries", "count(*)", more);
        measure::figure(&public, &asked, &At::Latest, town.now())
            .await
            .unwrap()
    };
    assert_eq!(figure("").await.value(), Some(40.0));
    assert_eq!(
        figure("filter = \"team = '환경과'\"").await,
        Figure::Suppressed
    );
    let amounts = measure("salaries", "sum(amount)", "");
    let told = measure::figure(&public, &amounts, &At::Latest, town.now()).await;
    assert!(matches!(told, Ok(Figure::Forbidden { .. })), "{told:?}");
}
