//! Every kind of what a measure computes, and what divides it.

use access::At;
use arrow::util::display::array_value_to_string;
use city::{Measure, Period};
use measure::Asked;
use serde_json::{Value, json};

use crate::town::{Town, declared, visited};

async fn told(town: &Town, measure: &Measure) -> Value {
    let figure = measure::figure(&town.public(), measure, &At::Latest, town.now())
        .await
        .unwrap();
    json!(figure)
}

#[tokio::test]
async fn each_kind_gives_its_value_and_how_many_rows_say_nothing() {
    let town = visited(&[]).await;
    for (lines, value, rows, unknown) in [
        ("compute = { kind = \"count\" }", 6.0, 6, Value::Null),
        (
            "compute = { kind = \"count\", distinct = \"area\" }",
            3.0,
            6,
            json!(0),
        ),
        (
            "compute = { kind = \"sum\", column = \"people\" }",
            105.0,
            6,
            json!(1),
        ),
        (
            "compute = { kind = \"average\", column = \"people\" }",
            21.0,
            6,
            json!(1),
        ),
        (
            "compute = { kind = \"percentile\", column = \"people\", percent = 50 }",
            20.0,
            6,
            json!(1),
        ),
        (
            "compute = { kind = \"percentile\", column = \"people\", percent = 90 }",
            36.0,
            6,
            json!(1),
        ),
        (
            "compute = { kind = \"sum\", column = \"people\" }\nfilter = \"age < 20\"",
            15.0,
            2,
            json!(0),
        ),
        (
            "expression = \"max(people) - min(people)\"",
            35.0,
            6,
            json!(1),
        ),
    ] {
        let found = told(
            &town,
            &declared("m", &format!("dataset = \"visits\"\n{lines}")),
        )
        .await;
        assert_eq!(
            (&found["value"], &found["rows"], &found["unknown"]),
            (&json!(value), &json!(rows), &unknown),
            "{lines}: {found}"
        );
    }
}

#[tokio::test]
async fn what_is_divided_says_by_what() {
    let residents = declared(
        "residents",
        "dataset = \"visits\"\ncompute = { kind = \"sum\", column = \"people\" }\ndimensions = [\"area\"]",
    );
    let town = visited(std::slice::from_ref(&residents)).await;
    for (lines, value, top, below) in [
        (
            "compute = { kind = \"ratio\" }\ndenominator = { dataset = \"areas\" }",
            3.0,
            6.0,
            2.0,
        ),
        (
            "compute = { kind = \"ratio\", sum = \"people\" }\ndenominator = { dataset = \"visits\" }",
            21.0,
            105.0,
            5.0,
        ),
        (
            "compute = { kind = \"rate\", per = 1000 }\ndenominator = { measure = \"residents\" }",
            6.0 / 105.0 * 1000.0,
            6.0,
            105.0,
        ),
    ] {
        let found = told(
            &town,
            &declared("m", &format!("dataset = \"visits\"\n{lines}")),
        )
        .await;
        assert_eq!(found["value"], json!(value), "{lines}: {found}");
        assert_eq!(
            (&found["divided"]["top"], &found["divided"]["below"]),
            (&json!(top), &json!(below)),
            "{lines}"
        );
    }
    let share = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"share\", sum = \"people\", part = \"age >= 65\" }\ndimensions = [\"area\"]",
    );
    let found = told(&town, &share).await;
    assert_eq!(found["value"], json!(70.0 / 105.0 * 100.0), "{found}");
    let parts = measure::breakdown(&town.public(), &share, "area", &At::Latest)
        .await
        .unwrap();
    assert_eq!(
        json!(parts),
        json!([
            {"label": "01", "value": 75.0},
            {"label": "02", "value": 40.0 / 60.0 * 100.0},
            {"label": "99", "value": 0.0}
        ]),
        "an area none of whose people are old has a share of nothing, and it is known"
    );
}

#[tokio::test]
async fn an_index_is_a_hundred_in_its_base() {
    let town = visited(&[]).await;
    let index = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"index\", sum = \"people\", base = \"2025\" }\ntime = { column = \"day\", step = \"year\" }",
    );
    let series = measure::series(&town.public(), &index, &At::Latest)
        .await
        .unwrap()
        .unwrap();
    let values: Vec<Option<f64>> = series.points.iter().map(|point| point.value).collect();
    assert_eq!(values, [Some(100.0), Some(950.0)]);
    // The town's clock stands in 2027: 2026 is the newest year that is over.
    assert_eq!(told(&town, &index).await["value"], json!(950.0));
    let never = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"index\", sum = \"people\", base = \"1999\" }\ntime = { column = \"day\", step = \"year\" }",
    );
    assert_eq!(
        told(&town, &never).await,
        json!({"state": "unknown", "needs": {"what": "denominator", "dataset": "visits"}})
    );
}

#[tokio::test]
async fn an_index_compares_steps_with_steps_however_many_there_are() {
    let town = visited(&[]).await;
    let of = |base: &str| {
        declared(
            "m",
            &format!(
                "dataset = \"visits\"\ncompute = {{ kind = \"index\", sum = \"people\", base = \"{base}\" }}\ntime = {{ column = \"day\", step = \"month\" }}"
            ),
        )
    };
    // 50 in October and 45 in November, 10 in the November before.
    for (base, period, value) in [
        ("2025-11", "2026-10..2026-11", 475.0),
        ("2026-10..2026-11", "2025-11", 1000.0 / 47.5),
        ("2026-10..2026-11", "2026-10..2026-11", 100.0),
    ] {
        let asked = Asked {
            period: Period::parse(period),
            ..Asked::default()
        };
        let found = measure::figure(&town.public(), &of(base), &asked, town.now()).await;
        let found = found.unwrap().value().unwrap();
        assert!((found - value).abs() < 1e-9, "{base} {period}: {found}");
    }
    let history = measure::series(&town.public(), &of("2026-10..2026-11"), &Asked::default()).await;
    let points = history.unwrap().unwrap().points;
    let values: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
    assert!(
        (values.iter().skip(1).sum::<f64>() - 200.0).abs() < 1e-9,
        "two steps that are a hundred together: {values:?}"
    );
}

#[tokio::test]
async fn a_question_over_several_datasets_takes_the_place_of_the_rows() {
    let town = visited(&[]).await;
    let joined = declared(
        "m",
        "dataset = \"visits\"\nquery = { from = [\"visits\", \"areas\"], sql = \"select name, people from visits join areas on area = code\" }\ncompute = { kind = \"sum\", column = \"people\" }\ndimensions = [\"name\"]",
    );
    let found = told(&town, &joined).await;
    assert_eq!(found["value"], json!(100.0), "{found}");
    assert_eq!(found["versions"], json!([["visits", 1], ["areas", 1]]));
    let parts = measure::breakdown(&town.public(), &joined, "name", &At::Latest)
        .await
        .unwrap();
    assert_eq!(
        json!(parts),
        json!([{"label": "나래동", "value": 60.0}, {"label": "가온동", "value": 40.0}])
    );
}

#[tokio::test]
async fn pages_of_the_rows_of_a_question_do_not_overlap() {
    let town = visited(&[]).await;
    let joined = declared(
        "m",
        "dataset = \"visits\"\nquery = { from = [\"visits\", \"areas\"], sql = \"select name, people from visits join areas on area = code\" }\ncompute = { kind = \"sum\", column = \"people\" }",
    );
    let mut seen = Vec::new();
    for offset in 0..5 {
        let page = measure::rows::Page {
            offset,
            limit: 1,
            ..Default::default()
        };
        let listed = measure::rows(&town.public(), &joined, &At::Latest.into(), &page).await;
        let measure::Listed::Of {
            total: 5,
            page: Some(answer),
            ..
        } = listed.unwrap()
        else {
            panic!("page {offset} is none");
        };
        for batch in answer.collect().await.unwrap() {
            let cell = |column| array_value_to_string(batch.column(column), 0).unwrap();
            seen.push(format!("{} {}", cell(0), cell(1)));
        }
    }
    assert_eq!(
        seen,
        [
            "가온동 10",
            "가온동 30",
            "나래동 20",
            "나래동 40",
            "나래동 "
        ]
    );
}

#[tokio::test]
async fn figures_of_few_rows_are_not_told_to_anybody() {
    let town = visited(&[]).await;
    let few = declared(
        "m",
        "dataset = \"visits\"\ncompute = { kind = \"sum\", column = \"people\" }\nleast-rows = 3\ndimensions = [\"area\"]",
    );
    for reader in [town.public(), town.operator()] {
        let parts = measure::breakdown(&reader, &few, "area", &At::Latest)
            .await
            .unwrap();
        let shown: Vec<_> = parts.iter().filter(|part| part.value.is_some()).collect();
        assert_eq!(shown.len(), 1, "{parts:?}");
        assert!(
            parts
                .iter()
                .all(|part| part.value.is_some() != part.suppressed)
        );
    }
    let asked = Asked {
        equals: vec![("area".to_owned(), "99".to_owned())],
        ..Asked::default()
    };
    let figure = measure::figure(&town.public(), &few, &asked, town.now())
        .await
        .unwrap();
    assert_eq!(figure, measure::Figure::Suppressed);
}
