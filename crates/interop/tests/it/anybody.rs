//! What anybody gets from every address there is.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use interop::api::ROUTES;
use records::State;
use serde_json::Value;

use crate::given::ANYBODY;
use crate::given::Gives::{
    Cookie, Cut, Nothing, Open, Receipt, Refused, Same, Staff, Stream, Written,
};
use crate::town::{SECRETS, Town, encoded, town};

async fn described(town: &Town) -> Vec<(String, String)> {
    let paths = &town.get("/api/openapi.json").await.json()["paths"];
    let paths = paths.as_object().unwrap();
    let mut found: Vec<(String, String)> = paths
        .iter()
        .flat_map(|(address, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods
                .map(|method| (method.clone(), address.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn every_address_has_a_line_and_every_line_an_address() {
    let town = town().await;
    let mut lines: Vec<(String, String)> = ANYBODY
        .iter()
        .map(|(method, address, _)| ((*method).to_owned(), (*address).to_owned()))
        .collect();
    lines.sort();
    assert_eq!(described(&town).await, lines, "all are described");
    for route in ROUTES {
        assert!(
            ANYBODY
                .iter()
                .any(|(method, address, _)| (*method, *address) == (route.method, route.address)),
            "{} {}",
            route.method,
            route.address
        );
    }
    let files = lines
        .iter()
        .filter(|(_, address)| address.starts_with("/datasets/"))
        // Squares are in the table.
        .filter(|(_, address)| ROUTES.iter().all(|route| route.address != address));
    assert_eq!(files.count() + ROUTES.len(), ANYBODY.len());
}

async fn ask(town: &Town, method: &str, address: &str, key: Option<&str>) -> crate::town::Answer {
    let method: Method = method.to_uppercase().parse().unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(encoded(address))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(key) = key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    town.send(
        request
            .body(Body::from("{\"sql\": \"select * from parking\"}"))
            .unwrap(),
    )
    .await
}

#[tokio::test]
async fn anybody_gets_from_each_address_what_its_line_says_and_nothing_hidden() {
    let town = town().await;
    for (method, address, gives) in &ANYBODY {
        let (open, expected) = match gives {
            Same | Nothing => (*address, if matches!(gives, Nothing) { 403 } else { 200 }),
            Open(open, _) | Cut(open) => (*open, 200),
            Staff(path) => (*path, 403),
            Written(path) => (*path, 400),
            Receipt(path) => (*path, 404),
            Cookie(path) => (*path, 303),
            Refused(path, status) => (*path, *status),
            Stream => continue,
        };
        let answer = ask(&town, method, open, None).await;
        assert_eq!(answer.status.as_u16(), expected, "{open}");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(
            !SECRETS.iter().any(|secret| text.contains(secret)),
            "{open}: {text}"
        );
        let key = town.key().await;
        match gives {
            Same => assert_eq!(
                answer.body,
                ask(&town, method, open, Some(&key)).await.body,
                "{open}"
            ),
            Open(_, hidden) => {
                let detail = ask(&town, method, hidden, None)
                    .await
                    .problem(403, "forbidden");
                assert_eq!(
                    detail, "policy public-release does not allow reading complaints",
                    "{hidden}"
                );
                let operator = ask(&town, method, hidden, Some(&key)).await;
                // The operator may; but complaints have no places.
                let has_places = !["places", "geojson", "tiles", "squares"]
                    .iter()
                    .any(|word| hidden.contains(word));
                assert_eq!(operator.status == StatusCode::OK, has_places, "{hidden}");
            }
            Nothing => assert_eq!(ask(&town, method, open, Some(&key)).await.status, 200),
            Cut(_) | Cookie(_) | Staff(_) | Written(_) | Receipt(_) | Refused(..) | Stream => {}
        }
        ask(&town, method, open, Some("guessed")).await;
    }
}

#[tokio::test]
async fn a_key_or_session_that_is_not_known_opens_nothing() {
    let town = town().await;
    let answer = ask(&town, "get", "/datasets/parking.csv", Some("guessed")).await;
    answer.problem(401, "unknown-key");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let request =
        Request::get("/datasets/parking.csv").header(header::COOKIE, "madang_session=guessed");
    let answer = town.send(request.body(Body::empty()).unwrap()).await;
    assert!(
        answer.status == 200 && !answer.text().contains("고길동"),
        "whose session ran out is anybody"
    );
}

#[tokio::test]
async fn a_ticket_is_good_once_and_its_session_opens_everything_until_it_ends() {
    use records::tokens::Kind;
    let town = town().await;
    let ticket = town
        .records
        .tokens()
        .issue(Kind::Ticket, "operator", chrono::TimeDelta::hours(1))
        .await
        .unwrap();
    let address = format!("/sign-in/{}", ticket.reveal());
    let answer = town.get(&address).await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert!(answer.header("set-cookie").contains("HttpOnly") && answer.header("location") == "/");
    let with_cookie = |request: axum::http::request::Builder| {
        request
            .header(header::COOKIE, &cookie)
            .body(Body::empty())
            .unwrap()
    };
    assert!(
        town.send(with_cookie(Request::get("/datasets/parking.csv")))
            .await
            .text()
            .contains("고길동")
    );
    let again = town.get(&address).await;
    assert_eq!(
        (again.header("location"), again.header("set-cookie")),
        ("/sign-in?refused", "")
    );
    let own = Request::post("/sign-out").header("sec-fetch-site", "same-origin");
    town.send(with_cookie(own)).await;
    assert!(
        !town
            .send(with_cookie(Request::get("/datasets/parking.csv")))
            .await
            .text()
            .contains("고길동")
    );
}

#[tokio::test]
async fn jobs_on_hidden_datasets_and_why_they_failed_are_for_whoever_runs_the_city() {
    let town = town().await;
    let jobs = town.records.jobs();
    for dataset in ["parking", "complaints"] {
        let job = jobs.queue("load", Some(&dataset.into())).await.unwrap();
        jobs.finish(job.id, State::Failed, "고길동").await.unwrap();
    }
    jobs.queue("backup", None).await.unwrap();
    let public = town.get("/api/jobs").await.json();
    let seen: Vec<&Value> = public["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| &job["dataset"])
        .collect();
    assert_eq!(seen, ["parking"]);
    assert!(!public.to_string().contains("고길동"), "{public}");
    let operator = town.operator_get("/api/jobs").await.json();
    assert_eq!(operator["jobs"].as_array().unwrap().len(), 3);
    assert!(operator.to_string().contains("고길동"));
}

#[tokio::test]
async fn the_stream_of_jobs_tells_anybody_of_open_datasets_only() {
    use futures::StreamExt as _;
    let town = town().await;
    let mut stream = town.open("/api/jobs/events").await;
    let jobs = town.records.jobs();
    for dataset in ["complaints", "parking"] {
        jobs.queue("load", Some(&dataset.into())).await.unwrap();
    }
    let told = stream.next().await.unwrap().unwrap();
    let told = String::from_utf8(told.to_vec()).unwrap();
    assert!(
        told.starts_with("event: job\ndata: ") && told.contains("\"parking\""),
        "{told}"
    );
}

#[tokio::test]
async fn a_decision_needs_a_load_that_waits_and_a_reason() {
    let town = town().await;
    let key = town.key().await;
    let decide = |body: &'static str| {
        Request::post("/api/datasets/parking/held/none")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .body(Body::from(body))
            .unwrap()
    };
    let answer = town
        .send(decide(
            "decision=accept&why=%EC%98%B3%EC%8A%B5%EB%8B%88%EB%8B%A4",
        ))
        .await;
    assert_eq!(
        answer.problem(404, "not-found"),
        "no load none of 'parking' waits for a decision"
    );
    town.send(decide("decision=accept&why=+"))
        .await
        .problem(400, "question");
    town.send(decide("decision=perhaps&why=a"))
        .await
        .problem(400, "question");
    let list = town.operator_get("/api/datasets/parking/held").await.json();
    assert_eq!(list["held"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_department_says_that_nothing_changed_and_the_clock_begins_anew() {
    let town = town().await;
    let key = town.key().await;
    let confirm = |id: &str, body: &'static str| {
        Request::post(format!("/api/datasets/{id}/confirm"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .body(Body::from(body))
            .unwrap()
    };
    let before = town.operator_get("/api/overdue").await.json();
    let word = town
        .send(confirm("parking", "why=%ED%99%95%EC%9D%B8"))
        .await
        .json();
    assert_eq!(
        (&word["dataset"], &word["why"]),
        (&Value::from("parking"), &Value::from("확인"))
    );
    let after = town.operator_get("/api/overdue").await.json();
    assert!(before["datasets"].is_array() && after["datasets"].is_array());
    town.send(confirm("nowhere", ""))
        .await
        .problem(404, "not-found");
    town.send(confirm("parking", "whi=a"))
        .await
        .problem(400, "question");
    town.operator_get("/api/overdue?department=nobody")
        .await
        .problem(404, "not-found");
    let one = town.operator_get("/api/datasets/parking").await.json();
    assert!(one["freshness"]["state"].is_string(), "{one}");
}
