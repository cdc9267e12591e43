//! A figure narrowed: by a period, by values of dimensions, by names behind keys.

use access::{AskError, At};
use city::{Measure, Period};
use measure::{Asked, Figure};
use serde_json::{Value, json};

use crate::town::{Town, declared, names, visited, visits};

const WAYS: &str = r#"
dataset = "visits"
compute = { kind = "sum", column = "people" }
dimensions = ["area", "band", "name", "legal", "month"]
time = { column = "day", step = "month" }
[breakdowns.band]
column = "age"
bands = [0, 15, 65]
[breakdowns.name]
column = "area"
from = "areas"
label = "name"
[breakdowns.legal]
column = "area"
from = "legal"
label = "legal_name"
[breakdowns.month]
column = "day"
step = "month"
"#;

async fn value(town: &Town, measure: &Measure, asked: &Asked) -> Value {
    let figure = measure::figure(&town.public(), measure, asked, town.now())
        .await
        .unwrap();
    json!(figure)
}

fn only(dimension: &str, value: &str) -> Asked {
    Asked {
        equals: vec![(dimension.to_owned(), value.to_owned())],
        ..Asked::default()
    }
}

#[tokio::test]
async fn parts_by_bands_months_and_names_behind_keys() {
    let town = visited(&[]).await;
    let ways = declared("m", WAYS);
    for (dimension, parts) in [
        (
            "band",
            json!([["0–14", 10.0], ["15–64", 25.0], ["65+", 70.0], [null, null]]),
        ),
        (
            "month",
            json!([["2025-11", 10.0], ["2026-10", 50.0], ["2026-11", 45.0]]),
        ),
        (
            "name",
            json!([["나래동", 60.0], ["가온동", 40.0], [null, 5.0]]),
        ),
        // One administrative area lies in two legal ones: its rows are counted in neither, and never twice.
        ("legal", json!([[null, 65.0], ["해솔동", 40.0]])),
    ] {
        let found = measure::breakdown(&town.public(), &ways, dimension, &At::Latest)
            .await
            .unwrap();
        let found: Vec<Value> = found
            .iter()
            .map(|part| json!([part.label, part.value]))
            .collect();
        assert_eq!(json!(found), parts, "{dimension}");
    }
}

#[tokio::test]
async fn a_narrowed_figure_is_the_part_of_that_name() {
    let town = visited(&[]).await;
    let ways = declared("m", WAYS);
    for dimension in &ways.dimensions {
        let parts = measure::breakdown(&town.public(), &ways, dimension, &At::Latest)
            .await
            .unwrap();
        for part in parts {
            let Some(label) = part.label else { continue };
            let found = value(&town, &ways, &only(dimension, &label)).await;
            assert_eq!(found["value"], json!(part.value), "{dimension} {label}");
        }
    }
    let both = Asked {
        equals: vec![
            ("name".to_owned(), "나래동".to_owned()),
            ("legal".to_owned(), "해솔동".to_owned()),
        ],
        ..Asked::default()
    };
    assert_eq!(value(&town, &ways, &both).await["state"], "unknown");
}

#[tokio::test]
async fn a_period_takes_its_days_and_no_other() {
    let town = visited(&[]).await;
    let ways = declared("m", WAYS);
    for (period, expected) in [
        ("2026", json!(95.0)),
        ("2026-10", json!(50.0)),
        ("2026-10-06..2026-11-07", json!(60.0)),
        ("2024", Value::Null),
    ] {
        let asked = Asked {
            period: Period::parse(period),
            ..Asked::default()
        };
        let found = value(&town, &ways, &asked).await;
        assert_eq!(found["value"], expected, "{period}: {found}");
        let series = measure::series(&town.public(), &ways, &asked)
            .await
            .unwrap()
            .unwrap();
        let sum: f64 = series.points.iter().filter_map(|point| point.value).sum();
        let expected = expected.as_f64().unwrap_or_default();
        assert!((sum - expected).abs() < 1e-9, "{period}: {sum}, {expected}");
    }
}

#[tokio::test]
async fn what_a_measure_has_not_is_said_and_not_left_out() {
    let town = visited(&[]).await;
    let plain = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"count\" }\ndimensions = [\"area\"]",
    );
    let period = Asked {
        period: Period::parse("2026"),
        ..Asked::default()
    };
    for (asked, dimension) in [
        (only("age", "10"), "age"),
        (only("없는 것", "x"), "없는 것"),
        (period, "period"),
    ] {
        let figure = measure::figure(&town.public(), &plain, &asked, town.now())
            .await
            .unwrap();
        assert_eq!(
            figure,
            Figure::NotBrokenDown {
                dimension: dimension.to_owned()
            }
        );
        let error = measure::breakdown(&town.public(), &plain, "area", &asked)
            .await
            .unwrap_err();
        assert!(matches!(error, AskError::NotBrokenDown { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_value_is_a_value_and_no_sql() {
    let town = visited(&[]).await;
    let ways = declared("m", WAYS);
    for value_asked in [
        "' or 1=1 --",
        "01' or '1'='1",
        "\\' or true",
        "가온동'); drop table",
    ] {
        for dimension in ["area", "name", "band"] {
            let found = value(&town, &ways, &only(dimension, value_asked)).await;
            assert_eq!(
                found["state"], "unknown",
                "{dimension} {value_asked}: {found}"
            );
        }
    }
}

#[tokio::test]
async fn a_part_is_divided_by_the_same_part_of_another_measure() {
    let people = declared("people", WAYS);
    let town = visited(std::slice::from_ref(&people)).await;
    let rate = WAYS.replace(
        "compute = { kind = \"sum\", column = \"people\" }",
        "compute = { kind = \"rate\", per = 100 }\ndenominator = { measure = \"people\", whole = [\"band\"] }",
    );
    let rate = declared("m", &rate);
    let parts = measure::breakdown(&town.public(), &rate, "name", &At::Latest)
        .await
        .unwrap();
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| json!([part.label, part.value]))
        .collect();
    assert_eq!(
        json!(parts),
        json!([
            [null, 1.0 / 5.0 * 100.0],
            ["가온동", 2.0 / 40.0 * 100.0],
            ["나래동", 3.0 / 60.0 * 100.0]
        ])
    );
    let found = value(&town, &rate, &only("name", "나래동")).await;
    assert_eq!(
        found["divided"],
        json!({"top": 3.0, "below": 60.0, "unknown": 1})
    );
    let found = value(&town, &rate, &only("band", "65+")).await;
    assert_eq!(
        found["divided"],
        json!({"top": 2.0, "below": 105.0, "unknown": 1}),
        "divided by the whole"
    );
}

#[tokio::test]
async fn what_lies_before_the_first_row_is_unknown_and_a_gap_in_between_is_nothing() {
    let town = visited(&[]).await;
    let counted = WAYS.replace(
        "compute = { kind = \"sum\", column = \"people\" }",
        "compute = { kind = \"count\" }\ncompare = { previous = true, last-year = true }",
    );
    let counted = declared("m", &counted);
    let asked = Asked {
        period: Period::parse("2026-10"),
        ..Asked::default()
    };
    let found = measure::compare(&town.public(), &counted, &asked, town.now()).await;
    let found = json!(found.unwrap().unwrap());
    assert_eq!(found["now"], 2.0, "{found}");
    assert_eq!(
        found["previous"]["value"], 0.0,
        "September had no visit: {found}"
    );
    assert!(
        found["last_year"]["value"].is_null(),
        "nobody counted then: {found}"
    );
}

#[tokio::test]
async fn a_count_of_nothing_is_nothing_only_where_something_would_be_counted() {
    let town = visited(&[]).await;
    town.load(
        "areas",
        names(
            ["code", "name"],
            &[("01", "가온동"), ("02", "나래동"), ("03", "다솜동")],
        ),
    )
    .await;
    let counted = WAYS.replace(
        "compute = { kind = \"sum\", column = \"people\" }",
        "compute = { kind = \"count\" }",
    );
    let counted = declared("m", &counted);
    let of = |period: &str| Asked {
        period: Some(Period::parse(period).unwrap()),
        ..Asked::default()
    };
    for (asked, expected) in [
        // Between the first and the last visit nobody came; of what lies outside nobody knows.
        (of("2026-09"), json!(0.0)),
        (of("2026-11-10"), json!(0.0)),
        (of("2025-10"), json!(null)),
        (of("2026-12"), json!(null)),
        (of("1999"), json!(null)),
        (of("2030"), json!(null)),
        // An area that has a name and no visit, and one that nobody has heard of.
        (only("name", "다솜동"), json!(0.0)),
        (only("name", "없는동"), json!(null)),
        (only("area", "77"), json!(null)),
    ] {
        let found = value(&town, &counted, &asked).await;
        assert_eq!(found["value"], expected, "{asked:?}: {found}");
        if expected.is_null() {
            assert_eq!(found["needs"], json!({"what": "rows", "dataset": "visits"}));
        }
    }
    let different = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"count\", distinct = \"people\" }\nfilter = \"age is null\"",
    );
    let found = value(&town, &different, &Asked::default()).await;
    assert_eq!(
        found["state"], "unknown",
        "one row, and nothing in it: {found}"
    );
}

#[tokio::test]
async fn a_long_hole_among_many_rows_is_a_delivery_that_never_came() {
    let town = visited(&[]).await;
    let months = ["2026-07", "2026-08", "2026-10"];
    let days: Vec<String> = months
        .iter()
        .flat_map(|month| (1..=28).map(move |day| format!("{month}-{day:02}")))
        .collect();
    let rows: Vec<_> = days
        .iter()
        .map(|day| ("01", Some(10), Some(1), day.as_str()))
        .collect();
    town.load("visits", visits(&rows)).await;
    let counted = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"count\" }\ntime = { column = \"day\", step = \"month\" }\ncompare = { previous = true }",
    );
    let of = |period: &str| Asked {
        period: Some(Period::parse(period).unwrap()),
        ..Asked::default()
    };
    for (period, expected) in [
        ("2026-08", json!(28.0)),
        ("2026-09", json!(null)),
        ("2026-08-30", json!(0.0)),
        ("2026-09-02..2026-09-08", json!(0.0)),
    ] {
        let found = value(&town, &counted, &of(period)).await;
        assert_eq!(found["value"], expected, "{period}: {found}");
    }
    let found = measure::compare(&town.public(), &counted, &of("2026-10"), town.now()).await;
    let found = json!(found.unwrap().unwrap());
    assert_eq!(
        (&found["now"], &found["previous"]["value"]),
        (&json!(28.0), &json!(null)),
        "{found}"
    );
}

#[tokio::test]
async fn what_is_not_over_is_compared_with_as_much_of_what_is() {
    let town = visited(&[]).await;
    let ways = WAYS.replace(
        "column = \"people\" }\n",
        "column = \"people\" }\ncompare = { previous = true, last-year = true }\n",
    );
    let ways = declared("m", &ways);
    let asked = Asked {
        period: Period::parse("2026"),
        ..Asked::default()
    };
    let found = measure::compare(&town.public(), &ways, &asked, town.now()).await;
    let found = json!(found.unwrap().unwrap());
    // The visits reach to November, and begin in the November before.
    assert_eq!(found["is_part"], true, "{found}");
    assert_eq!(
        found["period"],
        json!({"from": "2026-01-01", "to": "2026-11-30"})
    );
    let then = &found["previous"];
    assert_eq!(
        then["period"],
        json!({"from": "2025-01-01", "to": "2025-11-30"})
    );
    assert!(then["value"].is_null(), "ten of its months are not known");
}
