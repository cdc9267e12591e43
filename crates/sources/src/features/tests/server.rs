//! A server that answers as it is told, and keeps what it was asked. The tests of crate `madang` start theirs with this
//! file, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    /// Names in lower case: no service tells letters apart in them.
    pub(super) query: HashMap<String, String>,
    pub(super) accept: String,
    /// How the server is called from where it was asked.
    pub(super) host: String,
}

impl Asked {
    pub(super) fn get(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> usize {
        self.get(name).parse().unwrap_or_default()
    }
}

pub(super) struct Server {
    pub(super) address: String,
    pub(super) asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) async fn start(
        answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, host) = (Arc::clone(&asked), address.clone());
        let handler = move |request: Request| {
            let query =
                url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
            let one = Asked {
                path: request.uri().path().to_owned(),
                query: query
                    .into_owned()
                    .map(|(name, value)| (name.to_lowercase(), value))
                    .collect(),
                accept: request
                    .headers()
                    .get("accept")
                    .map_or("", |accept| accept.to_str().unwrap())
                    .to_owned(),
                host: host.clone(),
            };
            kept.lock().unwrap().push(one.clone());
            let answered = answer(&one);
            async move { answered }
        };
        tokio::spawn(axum::serve(listener, Router::new().fallback(handler)).into_future());
        Self { address, asked }
    }

    /// Values of a parameter, in the order they were asked for.
    pub(super) fn asked_for(&self, name: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .map(|asked| asked.get(name).to_owned())
            .collect()
    }
}

pub(super) fn json(text: String) -> Response {
    ([("content-type", "application/json;charset=UTF-8")], text).into_response()
}

pub(super) fn xml(status: StatusCode, text: &str) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
    (status, [("content-type", "application/xml")], text).into_response()
}

/// Lots from one number to another as features, at a place each.
pub(super) fn lots(numbers: std::ops::Range<usize>, place: impl Fn(usize) -> String) -> String {
    let lots: Vec<String> = numbers
        .map(|number| {
            format!(
                "{{\"type\":\"Feature\",\"id\":\"lots.{number}\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{}]}},\"geometry_name\":\"geom\",\"properties\":{{\"이름\":\"가온 {number}\",\"면수\":{number}}}}}",
                place(number)
            )
        })
        .collect();
    lots.join(",")
}

/// In degrees.
pub(super) fn degrees(number: usize) -> String {
    format!("127.{number:03},37.5")
}

/// In metres of the central belt.
pub(super) fn metres(number: usize) -> String {
    format!("{}.25,550000.5", 200_000 + number)
}

/// As `GeoServer` writes a page.
pub(super) fn wfs_page(
    asked: &Asked,
    all: usize,
    place: fn(usize) -> String,
    crs: &str,
) -> Response {
    let from = asked.number("startindex");
    let until = (from + asked.number("count").max(asked.number("maxfeatures"))).min(all);
    json(format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}],\"totalFeatures\":{all},\"numberMatched\":{all},\"numberReturned\":{},\"timeStamp\":\"2026-11-26T03:00:0{from}.123Z\",\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"{crs}\"}}}}}}",
        lots(from..until, place),
        until.saturating_sub(from),
    ))
}
