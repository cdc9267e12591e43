//! A server that answers what a test says, and a fetch from it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use city::DatasetId;
use city::dataset::{Format, Load, Source};
use serde_json::{Value, json};

use crate::{Call, Delivered, FetchContext, FetchError, Progress, Quota};

/// What somebody asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Path, decoded, with the query.
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) token: Option<String>,
    pub(super) host: String,
    /// How often it has been asked.
    pub(super) times: usize,
}

/// What is answered.
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    pub(super) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.to_owned())],
            body: body.into(),
        }
    }

    pub(super) fn json(body: &str) -> Self {
        Self::new(200, "application/json;charset=utf-8", body)
    }

    pub(super) fn refusal(status: u16, body: &str) -> Self {
        Self::new(status, "application/json;charset=utf-8", body)
    }

    pub(super) fn file(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "text/csv", body)
    }

    pub(super) fn page(status: u16) -> Self {
        Self::new(
            status,
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><body>안내</body></html>",
        )
    }

    pub(super) fn to(location: &str) -> Self {
        Self::new(302, "text/html", "").with("location", location)
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A server under way.
pub(super) struct Server {
    pub(super) host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) async fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::<Asked>::new()));
        let (kept, own, answer) = (Arc::clone(&asked), host.clone(), Arc::new(answer));
        let handler = move |request: Request| {
            let (kept, own, answer) = (Arc::clone(&kept), own.clone(), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let path = parts.uri.to_string();
                let path = crate::secrets::plain_key(&path.replace('+', " "));
                let asked = {
                    let mut all = kept.lock().unwrap();
                    let times = all.iter().filter(|asked| asked.path == path).count() + 1;
                    let token = parts.headers.get("authorization");
                    all.push(Asked {
                        path,
                        body: serde_json::from_slice(&body).unwrap_or_default(),
                        token: token.map(|token| token.to_str().unwrap().to_owned()),
                        host: own,
                        times,
                    });
                    all.last().unwrap().clone()
                };
                let reply = answer(&asked);
                let mut response = Response::builder().status(reply.status);
                for (name, value) in reply.headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(reply.body)).unwrap()
            }
        };
        tokio::spawn(axum::serve(listener, axum::Router::new().fallback(handler)).into_future());
        Self { host, asked }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Fetches from it. The source's `url` is `{host}` unless it says another.
    pub(super) async fn fetch(&self, source: Value, kind: &str) -> Result<Came, String> {
        self.fetch_after(source, kind, None).await
    }

    pub(super) async fn fetch_after(
        &self,
        mut source: Value,
        kind: &str,
        after: Option<&str>,
    ) -> Result<Came, String> {
        let members = source.as_object_mut().unwrap();
        members.entry("url").or_insert(json!("{host}"));
        members.entry("retries").or_insert(json!(2));
        let source: Source = serde_json::from_value(source).unwrap();
        let format: Format = serde_json::from_value(json!({"kind": kind})).unwrap();
        self.within(after, async |context| {
            crate::fetch(&source, &format, context)
                .await
                .map(Came::read)
        })
        .await
    }

    /// Asks what it offers.
    pub(super) async fn offers(&self) -> Result<Vec<super::Offer>, String> {
        let site = super::Site::read("{host}");
        self.within(None, async |context| {
            super::offers(&site, context, &|_, _| {}).await
        })
        .await
    }

    async fn within<T>(
        &self,
        after: Option<&str>,
        work: impl AsyncFnOnce(&FetchContext<'_>) -> Result<T, FetchError>,
    ) -> Result<T, String> {
        let folder = tempfile::tempdir().unwrap();
        let values = BTreeMap::from([
            ("host".to_owned(), self.host.clone()),
            ("secret".to_owned(), "t0ken-of-the-city".to_owned()),
        ]);
        let context = FetchContext {
            dataset: &DatasetId::from("parking"),
            columns: &[],
            load: &Load::default(),
            after,
            inbox: Path::new("/nowhere"),
            values: &values,
            staging: folder.path(),
            quota: &Free,
            first_wait: Duration::from_millis(1),
            progress: &|_: Progress| {},
        };
        work(&context).await.map_err(|error| match error {
            FetchError::Input(faults) => faults
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
            FetchError::Machine(error) => error.to_string(),
        })
    }
}

struct Free;

#[async_trait]
impl Quota for Free {
    async fn take(&self, _: Option<u32>) -> std::io::Result<Call> {
        Ok(Call::Allowed(1))
    }
}

/// What came, read before its folder goes.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) mark: Option<String>,
    pub(super) provenance: city::Provenance,
}

impl Came {
    fn read(delivered: Delivered) -> Self {
        let read = |file: crate::Fetched| (file.name, std::fs::read(file.path).unwrap());
        Self {
            files: delivered.files.into_iter().map(read).collect(),
            mark: delivered.mark,
            provenance: *delivered.provenance.unwrap(),
        }
    }

    pub(super) fn texts(&self) -> Vec<(&str, &str)> {
        self.files
            .iter()
            .map(|(name, bytes)| (name.as_str(), std::str::from_utf8(bytes).unwrap()))
            .collect()
    }
}
