//! One figure: what it is, what it stands on, and what it says when it cannot be said.

use access::{At, Reader};
use chrono::TimeDelta;
use city::Measure;
use measure::Figure;
use serde_json::{Value, json};

use crate::town::{Town, amounts, bare, measure, spent, town};

async fn told(town: &Town, reader: &Reader, measure: &Measure, at: At) -> Value {
    let figure = measure::figure(reader, measure, &at, town.now())
        .await
        .unwrap();
    json!(figure)
}

/// A denominator's line.
fn over(dataset: &str, expression: &str) -> String {
    format!("denominator = {{ dataset = \"{dataset}\", expression = \"{expression}\" }}")
}

#[tokio::test]
async fn a_figure_is_known_with_its_versions_and_the_rows_it_was_computed_from() {
    let town = town().await;
    // One of the four rows has no amount: nothing is added up of it, and it is counted.
    for (expression, more, value, rows, unknown) in [
        ("sum(amount)", String::new(), 90.0, 4, Some(1)),
        (
            "sum(amount)",
            "filter = \"team = '도로과'\"".to_owned(),
            50.0,
            2,
            Some(0),
        ),
        ("count(*)", String::new(), 4.0, 4, None),
        (
            "count(*)",
            "filter = \"team = '없는과'\"".to_owned(),
            0.0,
            0,
            None,
        ),
        ("avg(amount)", "per = 1000".to_owned(), 30_000.0, 4, Some(1)),
    ] {
        let found = told(
            &town,
            &town.public(),
            &measure("spent", expression, &more),
            At::Latest,
        )
        .await;
        let mut right =
            json!({"state": "known", "value": value, "versions": [["spent", 1]], "rows": rows});
        if let Some(unknown) = unknown {
            right["unknown"] = json!(unknown);
        }
        assert_eq!(found, right, "{expression} {more}");
    }
    let share = format!("per = 100\n{}", over("budget", "sum(amount)"));
    let found = told(
        &town,
        &town.public(),
        &measure("spent", "sum(amount)", &share),
        At::Latest,
    )
    .await;
    assert_eq!(
        found,
        json!({"state": "known", "value": 60.0, "versions": [["spent", 1], ["budget", 1]], "rows": 4, "unknown": 1, "divided": {"top": 90.0, "below": 150.0}})
    );
}

#[tokio::test]
async fn what_is_missing_is_unknown_and_not_zero() {
    let town = town().await;
    let needs = |what: &str, dataset: &str| json!({"state": "unknown", "needs": {"what": what, "dataset": dataset}});
    for (dataset, expression, more, expected) in [
        (
            "unread",
            "sum(amount)",
            String::new(),
            needs("load", "unread"),
        ),
        (
            "spent",
            "sum(amount)",
            "filter = \"team = '없는과'\"".to_owned(),
            needs("rows", "spent"),
        ),
        (
            "spent",
            "sum(amount)",
            "filter = \"team = '환경과'\"".to_owned(),
            needs("rows", "spent"),
        ),
        (
            "spent",
            "sum(amount)",
            over("unread", "sum(amount)"),
            needs("denominator", "unread"),
        ),
        (
            "spent",
            "sum(amount)",
            over("people", "sum(number)"),
            needs("denominator", "people"),
        ),
        (
            "spent",
            "sum(amount)",
            over("people", "count(*)"),
            needs("zero", "people"),
        ),
        (
            "spent",
            "sum(amount)",
            over("budget", "min(amount)"),
            needs("zero", "budget"),
        ),
        // Zero divided by nothing is no more known than anything else.
        (
            "spent",
            "0 * sum(amount)",
            over("people", "count(*)"),
            needs("zero", "people"),
        ),
    ] {
        let figure = measure::figure(
            &town.public(),
            &measure(dataset, expression, &more),
            &At::Latest,
            town.now(),
        )
        .await
        .unwrap();
        assert_eq!(figure.value(), None);
        assert_eq!(json!(figure), expected, "{expression} {more}");
    }
}

#[tokio::test]
async fn a_figure_from_old_data_is_stale_and_says_how_old() {
    let town = town().await;
    let fresh = measure("spent", "sum(amount)", "fresh-days = 30");
    town.clock.advance(TimeDelta::days(30));
    let found = told(&town, &town.public(), &fresh, At::Latest).await;
    assert_eq!(found["state"], "known", "the thirtieth day is still fresh");
    town.clock.advance(TimeDelta::days(1));
    let found = told(&town, &town.public(), &fresh, At::Latest).await;
    assert_eq!(
        found,
        json!({"state": "stale", "value": 90.0, "versions": [["spent", 1]], "rows": 4, "unknown": 1, "age_days": 31, "limit_days": 30})
    );
    let forever = measure("spent", "sum(amount)", "");
    assert_eq!(
        told(&town, &town.public(), &forever, At::Latest).await["state"],
        "known"
    );
    town.load("spent", spent(&[("도로과", Some(1), "2026-03-01")]))
        .await;
    let found = told(&town, &town.public(), &fresh, At::Latest).await;
    assert_eq!(
        (&found["state"], &found["value"]),
        (&json!("known"), &json!(1.0)),
        "a load makes it fresh"
    );
}

#[tokio::test]
async fn a_figure_of_what_may_not_be_read_is_forbidden_and_has_no_value() {
    let town = town().await;
    let forbidden = json!({"state": "forbidden", "policy": "public-release"});
    for (dataset, expression, more) in [
        ("salaries", "sum(amount)", String::new()),
        ("salaries", "count(*)", String::new()),
        ("spent", "count(distinct payee)", String::new()),
        (
            "spent",
            "sum(amount)",
            "filter = \"payee = '고길동'\"".to_owned(),
        ),
        ("spent", "sum(amount)", over("salaries", "sum(amount)")),
        ("spent", "sum(amount)", over("spent", "count(payee)")),
    ] {
        let asked = measure(dataset, expression, &more);
        let figure = measure::figure(&town.public(), &asked, &At::Latest, town.now())
            .await
            .unwrap();
        assert_eq!(
            (figure.value(), json!(figure)),
            (None, forbidden.clone()),
            "{expression} {more}"
        );
        let figure = measure::figure(&town.operator(), &asked, &At::Latest, town.now())
            .await
            .unwrap();
        assert!(
            matches!(figure, Figure::Known { .. }),
            "{expression} {more}: {figure:?}"
        );
    }
}

#[tokio::test]
async fn the_same_figure_over_an_earlier_state_names_that_version() {
    let town = bare().await;
    town.load("spent", spent(&[("도로과", Some(30), "2026-01-15")]))
        .await;
    town.load("budget", amounts(&[("도로과", 100)])).await;
    let between = town.now();
    town.load(
        "spent",
        spent(&[
            ("도로과", Some(30), "2026-01-15"),
            ("도로과", Some(5), "2026-02-15"),
        ]),
    )
    .await;
    let share = measure("spent", "sum(amount)", &over("budget", "sum(amount)"));
    for (at, value, version) in [
        (At::Latest, 0.35, 2),
        (At::Time(between), 0.3, 1),
        (At::Version(1), 0.3, 1),
    ] {
        let found = told(&town, &town.public(), &share, at.clone()).await;
        assert_eq!(
            (&found["value"], &found["versions"]),
            (&json!(value), &json!([["spent", version], ["budget", 1]])),
            "{at:?}"
        );
    }
}

#[tokio::test]
async fn a_receipt_leads_from_the_figure_to_the_source_bytes() {
    let town = town().await;
    let share = measure("spent", "sum(amount)", &over("budget", "sum(amount)"));
    let receipt = measure::receipt(&town.public(), &share, &At::Latest, town.now())
        .await
        .unwrap();
    assert_eq!(receipt.asked_at, town.now());
    assert_eq!(
        receipt.query,
        "select cast(sum(amount) as double) as value, count(*) as counted, count(*) - count(amount) as missing from \"spent\""
    );
    assert_eq!(
        receipt.denominator_query.as_deref(),
        Some(
            "select cast(sum(amount) as double) as value, count(*) as counted, count(*) - count(amount) as missing from \"budget\""
        )
    );
    let stands_on: Vec<(&str, i64, usize)> = receipt
        .versions
        .iter()
        .map(|version| {
            (
                version.dataset.as_str(),
                version.version,
                version.sources[0].sha256.len(),
            )
        })
        .collect();
    assert_eq!(stands_on, [("spent", 1, 64), ("budget", 1, 64)]);
    assert!(
        receipt
            .versions
            .iter()
            .all(|version| version.load_id.starts_with("load-")
                && version.sources[0].name == "finance/a.csv")
    );
    let unknown = measure("unread", "sum(amount)", "");
    let receipt = measure::receipt(&town.public(), &unknown, &At::Latest, town.now())
        .await
        .unwrap();
    assert_eq!(receipt.versions, [], "what is unknown stands on nothing");
}

#[tokio::test]
async fn a_measure_that_means_nothing_is_an_error_and_no_figure() {
    let town = town().await;
    let wrong = measure("spent", "sum(nothing)", "");
    let error = measure::figure(&town.public(), &wrong, &At::Latest, town.now())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no column is called 'nothing'"),
        "{error}"
    );
}
