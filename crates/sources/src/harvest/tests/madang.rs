//! As another Madang answers.

use city::ColumnType;
use city::dataset::{Cadence, Licence};
use serde_json::{Value, json};

use super::{Asked, Reply, Server};

const ROWS: &str = "{\"lot_no\":\"01\"}\n{\"lot_no\":\"02\"}\n";

fn about(number: i64) -> Value {
    json!({
        "id": "parking", "title": "공영주차장", "title_en": "Car parks", "description": "시가 운영하는 주차장입니다.", "field": "traffic", "department": "transport",
        "publisher": "한빛시 교통과", "cadence": "monthly", "format": "csv", "release": "open", "licence": "kogl3", "keywords": ["주차"],
        "version": {"number": number, "committed_at": "2026-11-01T00:00:00Z", "rows": 2, "read": 3, "accepted": 2, "quarantined": 1, "score": 0.98},
        "columns": [
            {"name": "lot_no", "title": "관리번호", "title_en": "Number", "type": "code", "unit": null, "privacy": "none", "description": null},
            {"name": "fee", "title": "요금", "title_en": null, "type": "decimal", "scale": 2, "unit": "원", "privacy": "none", "description": "기본 요금"},
        ],
        "mode": "snapshot", "key": ["lot_no"], "places": false, "files": ["/datasets/parking.ndjson"],
    })
}

fn answer(asked: &Asked, number: i64, given: i64, rows: &str) -> Reply {
    match asked.path.as_str() {
        "/api/datasets/parking" => Reply::json(&about(number).to_string()),
        "/api/datasets" => Reply::json(
            &json!({"city": "한빛시", "total": 1, "datasets": [{"id": "parking"}]}).to_string(),
        ),
        path if path.starts_with("/datasets/parking.ndjson?at=") => {
            Reply::new(200, "application/x-ndjson", rows)
                .with("x-madang-version", &given.to_string())
        }
        _ => Reply::new(
            404,
            "application/problem+json",
            r#"{"title": "Not found", "status": 404, "detail": "there is no such dataset"}"#,
        ),
    }
}

fn source() -> Value {
    json!({"kind": "madang", "dataset": "parking"})
}

#[tokio::test]
async fn the_version_described_comes_with_what_is_said_of_it() {
    let server = Server::new(|asked| answer(asked, 4, 4, ROWS)).await;
    let came = server.fetch(source(), "ndjson").await.unwrap();
    assert_eq!(came.texts(), [("parking.ndjson", ROWS)]);
    assert_eq!(came.mark.as_deref(), Some("parking@4"));
    let said = came.provenance;
    assert_eq!((said.version, said.score), (Some(4), Some(0.98)));
    assert_eq!(said.licence_means, Some(Licence::Kogl3));
    assert_eq!(said.cadence, Some(Cadence::Monthly));
    assert_eq!(said.publisher.unwrap(), "한빛시 교통과");
    assert_eq!(
        said.page.unwrap(),
        format!("{}/datasets/parking", server.host)
    );
    assert_eq!(server.asked()[1].path, "/datasets/parking.ndjson?at=4");
    assert_eq!(server.asked()[1].token, None);

    let mut keyed = source();
    keyed["token"] = json!("secret");
    server.fetch(keyed, "ndjson").await.unwrap();
    assert_eq!(
        server.asked().last().unwrap().token.as_deref(),
        Some("Bearer t0ken-of-the-city")
    );
}

#[tokio::test]
async fn a_version_that_is_known_is_not_fetched_again() {
    let server = Server::new(|asked| answer(asked, 4, 4, ROWS)).await;
    let came = server
        .fetch_after(source(), "ndjson", Some("parking@4"))
        .await
        .unwrap();
    assert!(came.files.is_empty());
    assert_eq!(came.mark.as_deref(), Some("parking@4"));
    assert_eq!(server.asked().len(), 1);
    let came = server
        .fetch_after(source(), "ndjson", Some("parking@3"))
        .await
        .unwrap();
    assert_eq!(came.files.len(), 1);
}

#[tokio::test]
async fn another_version_or_another_number_of_rows_is_not_taken() {
    let server = Server::new(|asked| answer(asked, 4, 5, ROWS)).await;
    assert_eq!(
        server.fetch(source(), "ndjson").await.unwrap_err(),
        "{host}[parking.ndjson]: it described version 4 and gave 5; load again; when it stays so, tell whoever runs it; the last version stays"
    );
    let server = Server::new(|asked| answer(asked, 4, 4, "{\"lot_no\":\"01\"}\n")).await;
    let told = server.fetch(source(), "ndjson").await.unwrap_err();
    assert!(told.contains("version 4 has 2 rows, and 1 came"), "{told}");
}

#[tokio::test]
async fn what_is_not_there_or_no_madang_is_told() {
    let server = Server::new(|asked| answer(asked, 4, 4, ROWS)).await;
    let other = json!({"kind": "madang", "dataset": "parkings"});
    assert_eq!(
        server.fetch(other, "ndjson").await.unwrap_err(),
        "{host}: there is no dataset `parkings` there for us; did you mean `parking`? the last version stays"
    );
    let server = Server::new(|_| Reply::page(200)).await;
    let told = server.fetch(source(), "ndjson").await.unwrap_err();
    assert!(told.contains("the answer is no Madang's"), "{told}");
    let refusal = r#"{"title": "Unknown key", "status": 401, "detail": "this key is not known"}"#;
    let server = Server::new(move |_| Reply::new(401, "application/problem+json", refusal)).await;
    let told = server.fetch(source(), "ndjson").await.unwrap_err();
    assert!(
        told.contains("it does not give this to us: this key is not known"),
        "{told}"
    );
}

#[tokio::test]
async fn an_offer_has_its_columns_and_key() {
    let server = Server::new(|asked| answer(asked, 4, 4, ROWS)).await;
    let offers = server.offers().await.unwrap();
    assert_eq!(offers.len(), 1);
    let offer = &offers[0];
    assert_eq!(offer.key, ["lot_no"]);
    assert_eq!(offer.columns[1].column_type, ColumnType::Decimal);
    assert_eq!(offer.columns[1].scale, Some(2));
    assert_eq!(offer.columns[1].source.as_deref(), Some("fee"));
    let site = super::super::Site::read(&server.host);
    let said = serde_json::to_value(site.source(offer, &offer.parts[0])).unwrap();
    assert_eq!(said["kind"], json!("madang"));
}
