//! OGC API Features.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::server::{Asked, Server, degrees, json as answer, lots, metres};
use crate::ground::{Came, fetched};

const LOTS: usize = 5;
const ITEMS: &str = "/ogc/collections/lots/items";

fn source(extra: &Value) -> Value {
    let mut source = json!({
        "kind": "ogc-features", "url": "{maps}/ogc/", "collection": "lots", "limit": 2, "retries": 1,
    });
    for (name, value) in extra.as_object().unwrap() {
        source[name] = value.clone();
    }
    source
}

async fn from(server: &Server, extra: Value) -> Came {
    let values = [("maps", server.address.as_str()), ("maps_key", "k%2By==")];
    fetched(source(&extra), "geojson", &values).await
}

/// As pygeoapi writes a page; `next` is the address before the query.
fn page(asked: &Asked, next: &str) -> Response {
    let from = asked.number("offset");
    let until = (from + asked.number("limit")).min(LOTS);
    let next = if until < LOTS {
        format!(
            "{{\"type\":\"application/geo+json\",\"rel\":\"next\",\"title\":\"Items (next)\",\"href\":\"{next}?offset={until}&limit=2\"}},"
        )
    } else {
        String::new()
    };
    answer(format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}],\"numberMatched\":{LOTS},\"numberReturned\":{},\"links\":[{{\"type\":\"text/html\",\"rel\":\"next\",\"href\":\"/nowhere?f=html\"}},{next}{{\"type\":\"application/geo+json\",\"rel\":\"self\",\"href\":\"x\"}}],\"timeStamp\":\"2026-11-26T03:00:0{from}Z\"}}",
        lots(from..until, degrees),
        until - from,
    ))
}

#[tokio::test]
async fn links_are_followed_to_the_end() {
    let server = Server::start(|asked| {
        assert_eq!(asked.path, ITEMS);
        let next = format!("{}{ITEMS}", asked.host);
        let mut answered = page(asked, &next);
        if asked.get("offset") == "4" {
            // The last page links to nothing but itself.
            answered = answer(format!(
                "{{\"type\":\"FeatureCollection\",\"features\":[{}],\"links\":[]}}",
                lots(4..5, degrees)
            ));
        }
        let crs = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>";
        answered
            .headers_mut()
            .insert("content-crs", crs.parse().unwrap());
        answered
    })
    .await;
    let extra = json!({"key": "maps_key", "key-parameter": "token", "parameters": {"datetime": "2026-01-01/.."}});
    let came = from(&server, extra).await;
    assert_eq!(came.calls, 3);
    let texts = came.texts();
    assert!(texts.len() == 3 && texts[2].contains("lots.4") && texts[2].contains("EPSG:4326"));
    assert_eq!(
        server.asked_for("token"),
        ["k+y=="; 3],
        "the key is handed on"
    );
    let asked = server.asked.lock().unwrap()[0].clone();
    assert!(asked.accept.starts_with("application/geo+json"));
    assert_eq!(
        (asked.get("limit"), asked.get("datetime")),
        ("2", "2026-01-01/..")
    );
}

#[tokio::test]
async fn links_to_a_name_from_inside_stay_on_the_server() {
    for next in [
        "http://localhost:5000/collections/lots/items",
        "items",
        "/ogc/collections/lots/items",
    ] {
        let server = Server::start(move |asked| page(asked, next)).await;
        let came = from(&server, json!({})).await;
        assert_eq!(came.texts().len(), 3, "{next}");
        assert!(
            server
                .asked
                .lock()
                .unwrap()
                .iter()
                .all(|asked| asked.path == ITEMS)
        );
    }
    let server = Server::start(|asked| page(asked, "http://other.example.kr/steal")).await;
    assert_eq!(
        from(&server, json!({})).await.fault(),
        "{maps}/ogc/[page 2]: the next page is on another server: `other.example.kr`; tell the provider that its links lead elsewhere; the last version stays"
    );
}

#[tokio::test]
async fn pages_in_a_circle_end() {
    let server = Server::start(|asked| {
        let from = asked.number("offset");
        answer(format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{}],\"links\":[{{\"rel\":\"next\",\"href\":\"{}{ITEMS}?offset={}\"}}]}}",
            lots(from..from + 1, degrees),
            asked.host,
            (from + 1) % 3
        ))
    })
    .await;
    let fault = from(&server, json!({})).await.fault();
    assert!(
        fault.contains("the same features as for page 1") || fault.contains("in a circle"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_collection_that_is_not_there_is_told_with_the_one_that_is() {
    let server = Server::start(|asked| {
        if asked.path == "/ogc/collections" {
            return answer("{\"collections\":[{\"id\":\"lots\"},{\"id\":\"roads\"}],\"links\":[]}".to_owned());
        }
        let said = "{\"code\":\"NotFound\",\"type\":\"NotFound\",\"description\":\"Collection not found\"}";
        (StatusCode::NOT_FOUND, said).into_response()
    })
    .await;
    assert_eq!(
        from(&server, json!({"collection": "lot"})).await.fault(),
        "{maps}/ogc/[page 1]: the service answered with an error: NotFound Collection not found; expected something like `lots`, which is there; correct what it names in the manifest; when nothing is wrong there, ask the provider; the last version stays"
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_told() {
    let server = Server::start(|_| {
        let mut answered = answer(format!(
            "{{\"type\":\"FeatureCollection\",\"features\":[{}]}}",
            lots(0..1, metres)
        ));
        let crs = "<http://www.opengis.net/def/crs/EPSG/0/5186>";
        answered
            .headers_mut()
            .insert("content-crs", crs.parse().unwrap());
        answered
    })
    .await;
    assert!(
        from(&server, json!({}))
            .await
            .fault()
            .contains("EPSG/0/5186")
    );
    let server =
        Server::start(|_| (StatusCode::OK, "<!DOCTYPE html><html/>").into_response()).await;
    assert!(
        from(&server, json!({}))
            .await
            .fault()
            .contains("does not give GeoJSON")
    );
    let server =
        Server::start(|_| answer("{\"title\":\"A service\",\"links\":[]}".to_owned())).await;
    assert!(
        from(&server, json!({}))
            .await
            .fault()
            .contains("the answer has no features")
    );
    let server = Server::start(|_| {
        answer("{\"type\":\"FeatureCollection\",\"features\":[],\"numberMatched\":0}".to_owned())
    })
    .await;
    assert_eq!(
        from(&server, json!({})).await.fault(),
        "{maps}/ogc/: the service has no features now; check the parameters; the last version stays"
    );
}
