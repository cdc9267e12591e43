//! Sources on a server of our own, on loopback.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;

use super::*;

struct Counter {
    calls: AtomicU64,
}

#[async_trait]
impl Quota for Counter {
    async fn take(&self, limit: Option<u32>) -> std::io::Result<Call> {
        let before = self.calls.load(Ordering::SeqCst);
        if limit.is_some_and(|limit| before >= u64::from(limit)) {
            return Ok(Call::Exhausted(before));
        }
        Ok(Call::Allowed(self.calls.fetch_add(1, Ordering::SeqCst) + 1))
    }
}

struct Ran {
    result: Result<Vec<String>, String>,
    calls: u64,
    waits: usize,
}

/// Serves `answer` for each page asked and fetches the source from it.
async fn run(
    source: &str,
    answer: impl Fn(u64, HashMap<String, String>) -> (StatusCode, String)
    + Clone
    + Send
    + Sync
    + 'static,
) -> Ran {
    let asked = Arc::new(AtomicU64::new(0));
    let handler = move |Query(query): Query<HashMap<String, String>>| {
        let (status, body) = answer(asked.fetch_add(1, Ordering::SeqCst), query);
        async move { (status, body).into_response() }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(
        axum::serve(
            listener,
            Router::new()
                .route("/data", get(handler.clone()))
                .route("/data.csv", get(handler)),
        )
        .into_future(),
    );
    let folder = tempfile::tempdir().unwrap();
    let values = BTreeMap::from([
        ("host".to_owned(), host),
        ("secret".to_owned(), "a%2Bb==".to_owned()),
    ]);
    let counter = Counter {
        calls: AtomicU64::new(0),
    };
    let waits = Mutex::new(0);
    let format: Format = toml_format("json");
    let context = FetchContext {
        dataset: &DatasetId::from("air"),
        columns: &[],
        load: &Load::default(),
        after: None,
        inbox: folder.path(),
        values: &values,
        staging: folder.path(),
        quota: &counter,
        first_wait: Duration::from_millis(1),
        progress: &|progress| {
            if matches!(progress, Progress::Again { .. }) {
                *waits.lock().unwrap() += 1;
            }
        },
    };
    let source: Source = serde_json::from_str(source).unwrap();
    let result = match fetch(&source, &format, &context).await {
        Ok(delivered) => Ok(delivered
            .files
            .iter()
            .map(|file| std::fs::read_to_string(&file.path).unwrap())
            .collect()),
        Err(FetchError::Input(faults)) => Err(faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")),
        Err(FetchError::Machine(error)) => Err(error.to_string()),
    };
    let waits = *waits.lock().unwrap();
    Ran {
        result,
        calls: counter.calls.load(Ordering::SeqCst),
        waits,
    }
}

fn toml_format(kind: &str) -> Format {
    serde_json::from_str(&format!(r#"{{"kind":"{kind}"}}"#)).unwrap()
}

const API: &str = r#"{"kind":"open-api","url":"{host}/data","key":"secret","page-rows":2,"daily-quota":9,"retries":3}"#;

fn page(query: &HashMap<String, String>, total: u64) -> String {
    let number: u64 = query["pageNo"].parse().unwrap();
    let rows: Vec<String> = ((number - 1) * 2..(number * 2).min(total))
        .map(|row| format!(r#"{{"n":{row}}}"#))
        .collect();
    format!(
        r#"{{"response":{{"header":{{"resultCode":"00"}},"body":{{"items":[{}],"totalCount":{total}}}}}}}"#,
        rows.join(",")
    )
}

#[tokio::test]
async fn every_page_is_kept_as_it_came_and_the_key_is_sent_plain() {
    let ran = run(API, |_, query| {
        assert_eq!(query["serviceKey"], "a+b==");
        (StatusCode::OK, page(&query, 5))
    })
    .await;
    let pages = ran.result.unwrap();
    assert_eq!((pages.len(), ran.calls, ran.waits), (3, 3, 0));
    assert!(pages[2].contains(r#"{"n":4}"#), "{}", pages[2]);
}

#[tokio::test]
async fn a_fault_that_passes_is_tried_again_and_each_try_counts() {
    let ran = run(API, |asked, query| match asked {
        0 => (
            StatusCode::SERVICE_UNAVAILABLE,
            "<html>점검</html>".to_owned(),
        ),
        1 => (
            StatusCode::OK,
            r#"{"response":{"header":{"resultCode":"05","resultMsg":"SERVICETIMEOUT_ERROR"}}}"#
                .to_owned(),
        ),
        _ => (StatusCode::OK, page(&query, 2)),
    })
    .await;
    assert_eq!((ran.result.unwrap().len(), ran.calls, ran.waits), (1, 3, 2));
}

#[tokio::test]
async fn an_error_inside_a_200_is_an_error_even_as_xml() {
    let refusal = "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>";
    let ran = run(API, move |_, _| (StatusCode::OK, refusal.to_owned())).await;
    assert_eq!(
        ran.result.unwrap_err(),
        "{host}/data[page 1]: the API answered with error 30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR: the key is not registered for this service; copy the key from the provider's page once more into the configuration (either form, as it is: it may have been encoded twice, or cut); a new key works about an hour after it was given; the last version stays"
    );
    assert_eq!(ran.calls, 1, "a bad key is not tried again");
}

#[tokio::test]
async fn the_key_is_in_no_error() {
    let ran = run(API, |_, query| {
        (
            StatusCode::OK,
            format!(
                r#"{{"resultCode":"10","resultMsg":"bad serviceKey={}"}}"#,
                query["serviceKey"]
            ),
        )
    })
    .await;
    let error = ran.result.unwrap_err();
    assert!(
        !error.contains("a+b==") && error.contains("serviceKey=***"),
        "{error}"
    );
}

#[tokio::test]
async fn the_quota_of_a_day_stops_the_fetch() {
    let ran = run(API, |_, query| (StatusCode::OK, page(&query, 100))).await;
    assert_eq!(
        ran.result.unwrap_err(),
        "{host}/data[page 10]: today's calls are used up: 9 of 9; it goes on tomorrow; ask the provider for a greater `daily-quota`; the last version stays"
    );
    assert_eq!(ran.calls, 9);
}

#[tokio::test]
async fn no_rows_at_all_is_told() {
    let ran = run(API, |_, query| (StatusCode::OK, page(&query, 0))).await;
    assert!(ran.result.unwrap_err().contains("the API has no rows now"));
}

#[tokio::test]
async fn a_page_that_comes_back_empty_too_early_is_told() {
    let ran = run(API, |_, query| match query["pageNo"].as_str() {
        "1" => (StatusCode::OK, page(&query, 5)),
        _ => (
            StatusCode::OK,
            r#"{"response":{"header":{"resultCode":"00"},"body":{"items":"","totalCount":5}}}"#
                .to_owned(),
        ),
    })
    .await;
    assert_eq!(
        ran.result.unwrap_err(),
        "{host}/data: the API announced 5 rows and gave 2; load again later; when it stays so, check `first-page` (0 or 1), then ask the provider; the last version stays"
    );
}

#[tokio::test]
async fn a_file_is_downloaded_after_a_fault_and_a_lost_one_is_told() {
    const FILE: &str = r#"{"kind":"http","url":"{host}/data.csv"}"#;
    let ran = run(FILE, |asked, _| {
        if asked == 0 {
            (StatusCode::BAD_GATEWAY, String::new())
        } else {
            (StatusCode::OK, "a,b\n1,2\n".to_owned())
        }
    })
    .await;
    assert_eq!(ran.result.unwrap(), ["a,b\n1,2\n"]);
    let ran = run(FILE, |_, _| (StatusCode::NOT_FOUND, String::new())).await;
    assert_eq!(
        ran.result.unwrap_err(),
        "{host}/data.csv: the server answered with status 404; check the address and the key; the last version stays"
    );
}

#[tokio::test]
async fn a_value_nobody_set_is_told() {
    let ran = run(r#"{"kind":"http","url":"{nowhere}/data.csv"}"#, |_, _| {
        (StatusCode::OK, String::new())
    })
    .await;
    assert!(
        ran.result
            .unwrap_err()
            .contains("set MADANG_SOURCES_NOWHERE")
    );
}

#[test]
fn a_path_out_of_the_inbox_is_refused_and_the_nearest_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("parking_2026.csv"), "a\n").unwrap();
    let counter = Counter {
        calls: AtomicU64::new(0),
    };
    let values = BTreeMap::new();
    let id = DatasetId::from("parking");
    let context = FetchContext {
        dataset: &id,
        columns: &[],
        load: &Load::default(),
        after: None,
        inbox: folder.path(),
        values: &values,
        staging: folder.path(),
        quota: &counter,
        first_wait: Duration::ZERO,
        progress: &|_| {},
    };
    let told = |path: &str| {
        let source = serde_json::from_str(&format!(r#"{{"path":"{path}"}}"#)).unwrap();
        match files::fetch(&source, &toml_format("csv"), &context) {
            Ok(files) => files.into_iter().map(|file| file.name).collect(),
            Err(FetchError::Input(faults)) => faults[0].to_string(),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(told("*.csv"), "parking_2026.csv");
    assert!(told("../x.csv").contains("leads out of the inbox"));
    assert!(
        told("parking_2025.csv").contains("something like `parking_2026.csv`"),
        "{}",
        told("parking_2025.csv")
    );
}
