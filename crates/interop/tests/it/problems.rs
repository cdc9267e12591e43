//! What went wrong, as a document of its own kind with the right status.

use axum::body::Body;
use axum::http::{Method, Request, header};

use crate::town::{Town, encoded, town};

/// Address, status, kind, words of its detail.
const WRONG: [(&str, u16, &str, &str); 30] = [
    ("/api/nothing", 404, "not-found", "/api/openapi.json"),
    (
        "/api/datasets/nothing",
        404,
        "not-found",
        "no dataset is called 'nothing'",
    ),
    (
        "/api/datasets/parkin",
        404,
        "not-found",
        "the nearest are parking",
    ),
    ("/api/datasets/nothing/rows", 404, "not-found", "nothing"),
    ("/api/datasets/nothing/places", 404, "not-found", "nothing"),
    (
        "/api/datasets/nothing/versions",
        404,
        "not-found",
        "nothing",
    ),
    ("/api/datasets/nothing/loads", 404, "not-found", "nothing"),
    ("/api/datasets/nothing/compare", 404, "not-found", "nothing"),
    ("/datasets/nothing.csv", 404, "not-found", "nothing"),
    (
        "/datasets/parking.csv?at=9",
        404,
        "not-found",
        "no version 9",
    ),
    (
        "/datasets/parking.csv?at=2000-01-01T00:00:00Z",
        404,
        "not-found",
        "no version 2000",
    ),
    (
        "/datasets/parking.xlsx?at=yesterday",
        400,
        "question",
        "a version's number or a moment",
    ),
    (
        "/datasets/parking.csv?filter=spaces",
        400,
        "question",
        "column:op:value",
    ),
    (
        "/datasets/parking.csv?filter=spaces:like:1",
        400,
        "question",
        "column:op:value",
    ),
    (
        "/datasets/parking.csv?filter=spaces:eq:많이",
        400,
        "question",
        "a whole number",
    ),
    (
        "/datasets/parking.csv?filter=nothing:eq:1",
        400,
        "question",
        "no column is called 'nothing'",
    ),
    (
        "/datasets/parking.csv?sort=nothing",
        400,
        "question",
        "no column is called 'nothing'",
    ),
    (
        "/datasets/parking.csv?columns=nothing",
        400,
        "question",
        "no column is called 'nothing'",
    ),
    (
        "/datasets/parking.csv?columns=주차면",
        400,
        "question",
        "the nearest are 주차면수",
    ),
    (
        "/datasets/parking.csv?encoding=utf-16",
        400,
        "question",
        "expected utf-8 or cp949",
    ),
    (
        "/datasets/parking.csv?header=none",
        400,
        "question",
        "expected titles or names",
    ),
    (
        "/datasets/parking.csv?limit=many",
        400,
        "question",
        "a whole number",
    ),
    (
        "/datasets/parking.csv?page=2",
        400,
        "question",
        "no parameter is called page",
    ),
    (
        "/api/datasets/parking/rows?limit=10001",
        400,
        "question",
        "at most 10000 rows",
    ),
    (
        "/api/datasets/parking/rows?columns=nothing",
        400,
        "question",
        "no column is called 'nothing'",
    ),
    (
        "/api/datasets?colour=red",
        400,
        "question",
        "no parameter is called colour",
    ),
    (
        "/api/datasets/readings/places",
        400,
        "question",
        "has no places",
    ),
    (
        "/datasets/complaints.csv",
        403,
        "forbidden",
        "does not allow reading complaints",
    ),
    (
        "/datasets/parking.csv?filter=담당자:eq:x",
        403,
        "forbidden",
        "does not allow reading 담당자",
    ),
    ("/api/datasets/%FF", 400, "question", ""),
];

async fn send(town: &Town, method: Method, address: &str) -> crate::town::Answer {
    let request = Request::builder().method(method).uri(encoded(address));
    town.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_is_wrong_is_told_in_a_problem_document_with_its_status() {
    let town = town().await;
    for (address, status, kind, words) in WRONG {
        let answer = town.get(address).await;
        let detail = answer.problem(status, kind);
        assert!(detail.contains(words), "{address}: {detail}");
        assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_refusal_says_in_korean_too_what_is_wrong_and_what_to_do() {
    let town = town().await;
    let problem = town.get("/datasets/complaints.csv").await.json();
    assert_eq!(
        problem["detail_ko"],
        "'complaints' 항목은 열람이 제한되어 있습니다."
    );
    assert_eq!(
        problem["remedy"],
        "The policy is public-release. Ask the department in charge for it."
    );
}

#[tokio::test]
async fn head_has_the_status_and_the_headers_and_no_body() {
    let town = town().await;
    for (address, ..) in WRONG.iter().chain(&[
        ("/datasets/parking.csv", 200, "", ""),
        ("/api/datasets", 200, "", ""),
    ]) {
        let (get, head) = (
            town.get(address).await,
            send(&town, Method::HEAD, address).await,
        );
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{address}");
        for name in ["content-type", "etag", "x-madang-version"] {
            assert_eq!(head.header(name), get.header(name), "{address}");
        }
    }
}

#[tokio::test]
async fn a_method_an_address_does_not_take_is_a_problem_that_names_those_it_takes() {
    let town = town().await;
    for (method, address, allow) in [
        (Method::POST, "/api/datasets", "GET,HEAD"),
        (Method::DELETE, "/api/datasets/parking", "GET,HEAD"),
        (Method::GET, "/api/query", "POST"),
        (Method::GET, "/sign-out", "POST"),
    ] {
        let answer = send(&town, method, address).await;
        answer.problem(405, "method");
        assert_eq!(answer.header("allow"), allow);
    }
}

#[tokio::test]
async fn a_question_that_is_too_large_or_no_json_is_a_problem_too() {
    let town = town().await;
    let key = town.key().await;
    let post = |kind: &str, body: String| {
        Request::post("/api/query")
            .header(header::CONTENT_TYPE, kind)
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .body(Body::from(body))
            .unwrap()
    };
    let large = format!("{{\"sql\": \"{}\"}}", "x".repeat(2 << 20));
    town.send(post("application/json", large))
        .await
        .problem(413, "too-large");
    town.send(post("text/plain", "select 1".to_owned()))
        .await
        .problem(415, "question");
    town.send(post("application/json", "{}".to_owned()))
        .await
        .problem(422, "question");
}
