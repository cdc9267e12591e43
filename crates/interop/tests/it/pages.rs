//! Pages of rows, places for a map, two versions compared, a query, figures.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::town::{READINGS, SECRETS, Town, town};

#[tokio::test]
async fn pages_of_rows_follow_each_other_to_the_end() {
    let town = town().await;
    let mut next =
        "/api/datasets/readings/rows?filter=level:ge:12.5&sort=station&limit=1500".to_owned();
    let mut numbers = Vec::new();
    loop {
        let page = town.get(&next).await.json();
        assert_eq!(page["total"], READINGS / 2);
        numbers.extend(
            page["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["number"].as_i64().unwrap()),
        );
        match page["next"].as_str() {
            Some(address) => address.clone_into(&mut next),
            None => break,
        }
    }
    let mut expected: Vec<i64> = (0..i64::try_from(READINGS).unwrap())
        .filter(|number| number % 100 >= 50)
        .collect();
    expected.sort_by_key(|number| number % 7);
    assert!(numbers == expected, "{} rows came", numbers.len());
}

#[tokio::test]
async fn a_page_without_a_count_still_says_whether_there_is_more() {
    let town = town().await;
    let page = town
        .get("/api/datasets/readings/rows?limit=10&count=no")
        .await
        .json();
    assert_eq!(
        (&page["total"], page["rows"].as_array().unwrap().len()),
        (&Value::Null, 10)
    );
    assert_eq!(
        page["next"],
        "/api/datasets/readings/rows?limit=10&count=no&at=1&offset=10"
    );
    let page = town
        .get("/api/datasets/parking/rows?at=1&columns=주차면수,name")
        .await
        .json();
    assert_eq!(
        (&page["version"], &page["total"], &page["next"]),
        (&json!(1), &json!(3), &Value::Null)
    );
    assert_eq!(
        page["rows"][0],
        json!({"spaces": 120, "name": "가온주차장"})
    );
}

#[tokio::test]
async fn places_are_features_and_a_part_says_so() {
    let town = town().await;
    let places = town.get("/api/datasets/parking/places").await.json();
    assert_eq!(
        (&places["total"], &places["truncated"]),
        (&json!(4), &json!(false))
    );
    assert_eq!(
        places["features"].as_array().unwrap().len(),
        3,
        "a row without a place is not on a map"
    );
    assert_eq!(
        places["features"][0]["properties"]["주차장명"],
        "가온주차장"
    );
    let part = town
        .get("/api/datasets/parking/places?limit=1")
        .await
        .json();
    assert_eq!(
        (&part["total"], &part["truncated"]),
        (&json!(4), &json!(true))
    );
    let filtered = town
        .get("/api/datasets/parking/places?filter=동:eq:누리동")
        .await
        .json();
    assert_eq!(
        (&filtered["total"], &filtered["truncated"]),
        (&json!(2), &json!(false))
    );
}

#[tokio::test]
async fn two_versions_are_compared() {
    let town = town().await;
    let found = town.get("/api/datasets/parking/compare").await.json();
    let counts = ["from", "to", "added", "removed", "changed"].map(|name| found[name].as_u64());
    assert_eq!(counts, [1, 2, 1, 0, 1].map(Some));
    let rows = found["rows"].as_array().unwrap();
    let mut kinds: Vec<&str> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["added", "changed"]);
    town.get("/api/datasets/parking/compare?from=1&to=9")
        .await
        .problem(404, "not-found");
    town.get("/api/datasets/parking/compare?from=one")
        .await
        .problem(400, "question");
}

async fn query(town: &Town, key: Option<&str>, body: &str) -> crate::town::Answer {
    let mut request = Request::post("/api/query").header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    town.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn a_query_is_for_whoever_runs_the_city_and_says_when_it_is_cut() {
    let town = town().await;
    let key = town.key().await;
    let asked = json!({"sql": "select 담당자, count(*) as n from 공영주차장 group by 담당자", "at": "1", "purpose": "점검"}).to_string();
    let found = query(&town, Some(&key), &asked).await.json();
    assert_eq!(found["rows"], json!([{"담당자": "고길동", "n": 3}]));
    assert_eq!(
        (&found["versions"], &found["truncated"]),
        (&json!({"parking": 1}), &json!(false))
    );
    let found = query(
        &town,
        Some(&key),
        &json!({"sql": "select * from readings"}).to_string(),
    )
    .await
    .json();
    assert_eq!(
        (found["rows"].as_array().unwrap().len(), &found["truncated"]),
        (10_000, &json!(true))
    );
    query(&town, None, &asked).await.problem(403, "forbidden");
    query(&town, None, "no JSON")
        .await
        .problem(403, "forbidden");
    query(&town, Some("another"), &asked)
        .await
        .problem(401, "unknown-key");
    query(&town, Some(&key), "no JSON")
        .await
        .problem(400, "question");
    query(&town, Some(&key), "{\"sql\": \"select 1\", \"more\": 1}")
        .await
        .problem(422, "question");
    query(&town, Some(&key), "{\"sql\": \"drop table parking\"}")
        .await
        .problem(400, "question");
    let logged = town
        .records
        .log()
        .page(&records::log::Filter::default())
        .await
        .unwrap()
        .0;
    assert!(
        logged
            .iter()
            .any(|logged| logged.entry.who == "operator" && logged.entry.purpose == "시험")
    );
}

#[tokio::test]
async fn a_figure_comes_with_its_receipt_and_a_forbidden_one_without_a_value() {
    let town = town().await;
    let spaces = town.get("/api/measures/spaces").await.json();
    assert_eq!(spaces["receipt"]["figure"]["value"], 247.0);
    assert_eq!(spaces["receipt"]["versions"][0]["version"], 2);
    assert_eq!(
        spaces["parts"]["dong"],
        json!([{"label": "가온동", "value": 160.0}, {"label": "누리동", "value": 87.0}])
    );
    let anger = town.get("/api/measures/anger").await;
    assert_eq!(
        anger.json()["receipt"]["figure"],
        json!({"state": "forbidden", "policy": "public-release"})
    );
    assert_eq!(
        (&anger.json()["series"], &anger.json()["parts"]["dong"]),
        (&Value::Null, &Value::Null)
    );
    let anger = town.operator_get("/api/measures/anger").await.json();
    assert_eq!(anger["receipt"]["figure"]["value"], 1.0);
    town.get("/api/measures/nothing")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn versions_and_loads_tell_anybody_nothing_of_hidden_columns() {
    let town = town().await;
    for address in [
        "/api/datasets/parking/versions",
        "/api/datasets/parking/loads",
    ] {
        let public = town.get(address).await.text();
        assert!(
            !public.contains("income") && !SECRETS.iter().any(|secret| public.contains(secret)),
            "{public}"
        );
        assert!(town.operator_get(address).await.text().contains("7654321"));
    }
    let dataset = town.get("/api/datasets/parking").await.json();
    let names: Vec<&str> = dataset["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["name", "dong", "spaces", "x", "y"]);
    assert_eq!(dataset["files"].as_array().unwrap().len(), 6);
    assert_eq!(
        town.get("/api/datasets/readings").await.json()["files"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}
