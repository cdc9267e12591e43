//! A storage on loopback that speaks as much S3 as reading needs, checks every signature, and can fail on demand.
//! The tests of crate `madang` start theirs with this file, too.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use demo::api::signature::{self, Keys};

pub(super) const ACCESS: &str = "AKIDHANBIT";
pub(super) const SECRET: &str = "s3cret/of+hanbit";
pub(super) const REGION: &str = "kr-standard";
/// Names a listing gives at a time, as storages do.
const PAGE: usize = 1000;

/// What the storage does wrong the next time a file is asked for.
pub(super) enum Trick {
    /// The connection breaks behind so many bytes.
    Break(usize),
    /// The connection breaks behind so many bytes, and the file is another from then on.
    Change(usize, &'static str),
    /// So many bytes, then nothing more.
    Hang(usize),
    /// It is asked too much.
    Slow,
}

/// The storage.
#[derive(Default)]
pub(super) struct Storage {
    files: Mutex<BTreeMap<String, Bytes>>,
    tricks: Mutex<VecDeque<Trick>>,
    /// Method, path and the range asked for.
    pub(super) asked: Mutex<Vec<String>>,
    is_public: bool,
}

impl Storage {
    pub(super) fn new(files: &[(&str, &str)]) -> Arc<Self> {
        Arc::new(Self::with(files))
    }

    pub(super) fn public(files: &[(&str, &str)]) -> Arc<Self> {
        Arc::new(Self {
            is_public: true,
            ..Self::with(files)
        })
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), Bytes::from((*text).to_owned())));
        Self {
            files: Mutex::new(files.collect()),
            ..Self::default()
        }
    }

    pub(super) fn put(&self, name: &str, bytes: impl Into<Bytes>) {
        self.files
            .lock()
            .unwrap()
            .insert(name.to_owned(), bytes.into());
    }

    pub(super) fn trick(&self, trick: Trick) {
        self.tricks.lock().unwrap().push_back(trick);
    }

    /// Serves it; gives its address.
    pub(super) async fn serve(self: &Arc<Self>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(self));
        tokio::spawn(axum::serve(listener, router).into_future());
        address
    }
}

async fn answer(State(storage): State<Arc<Storage>>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let range = request
        .headers
        .get("range")
        .map(|range| range.to_str().unwrap());
    storage.asked.lock().unwrap().push(format!(
        "{} {} {}",
        request.method,
        request.uri.path(),
        range.unwrap_or_default()
    ));
    let keys = Keys {
        access: ACCESS,
        secret: SECRET,
        region: REGION,
    };
    if !storage.is_public
        && let Err(code) = signature::check(&request, keys)
    {
        return refusal(StatusCode::FORBIDDEN, code);
    }
    let path = percent_decoded(request.uri.path());
    let (bucket, name) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path.trim_start_matches('/'), ""));
    if bucket != "drop" {
        return refusal(StatusCode::NOT_FOUND, "NoSuchBucket");
    }
    if name.is_empty() {
        listing(&storage, &request)
    } else {
        file(&storage, name, &request)
    }
}

fn listing(storage: &Storage, request: &Parts) -> Response {
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    assert_eq!(query["list-type"], "2");
    let prefix = query.get("prefix").map_or("", String::as_str);
    let after = query.get("continuation-token").map_or("", String::as_str);
    let files = storage.files.lock().unwrap();
    let mut names = files
        .iter()
        .filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after);
    let page: Vec<_> = names.by_ref().take(PAGE).collect();
    let more = match (names.next(), page.last()) {
        (Some(_), Some((last, _))) => {
            format!(
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>"
            )
        }
        _ => "<IsTruncated>false</IsTruncated>".to_owned(),
    };
    let contents: String = page
        .iter()
        .map(|(name, bytes)| {
            format!(
                "<Contents><Key>{name}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size></Contents>",
                mark(bytes),
                bytes.len()
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><Name>drop</Name>{more}{contents}</ListBucketResult>"
    )
    .into_response()
}

fn file(storage: &Storage, name: &str, request: &Parts) -> Response {
    let Some(bytes) = storage.files.lock().unwrap().get(name).cloned() else {
        return refusal(StatusCode::NOT_FOUND, "NoSuchKey");
    };
    let mark = format!("\"{}\"", mark(&bytes));
    let header = |name: &str| {
        request
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    if header("if-match").is_some_and(|wanted| wanted != mark) {
        return refusal(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    }
    let from: usize = header("range")
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'))
        .map_or(0, |from| from.parse().unwrap());
    let all = bytes.len();
    let rest = bytes.slice(from..);
    let mut answer = Response::builder()
        .header("etag", mark)
        .header("last-modified", "Sun, 01 Nov 2026 00:00:00 GMT")
        .header("content-length", rest.len());
    if from > 0 {
        answer = answer
            .status(StatusCode::PARTIAL_CONTENT)
            .header("content-range", format!("bytes {from}-{}/{all}", all - 1));
    }
    let body = match storage.tricks.lock().unwrap().pop_front() {
        None => Body::from(rest),
        Some(Trick::Slow) => return refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        Some(Trick::Break(behind)) => broken(rest.slice(..behind)),
        Some(Trick::Change(behind, new)) => {
            storage.put(name, new);
            broken(rest.slice(..behind))
        }
        Some(Trick::Hang(behind)) => {
            use futures::StreamExt as _;
            let begin = futures::stream::iter([Ok::<_, std::io::Error>(rest.slice(..behind))]);
            Body::from_stream(begin.chain(futures::stream::pending()))
        }
    };
    answer.body(body).unwrap()
}

fn broken(begin: Bytes) -> Body {
    use futures::StreamExt as _;
    let end = async {
        // What came before must have left.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        Err(std::io::Error::other("broken"))
    };
    Body::from_stream(futures::stream::iter([Ok(begin)]).chain(futures::stream::once(end)))
}

/// As storages say it, with the access key in it as some do.
fn refusal(status: StatusCode, code: &str) -> Response {
    let region = if code == "AuthorizationHeaderMalformed" {
        format!("<Region>{REGION}</Region>")
    } else {
        String::new()
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>refused for {ACCESS} {SECRET}</Message>{region}<AWSAccessKeyId>{ACCESS}</AWSAccessKeyId></Error>"
    );
    (status, body).into_response()
}

fn mark(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    let hash: Vec<u8> = Sha256::digest(bytes).to_vec();
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn percent_decoded(text: &str) -> String {
    // A `+` of a path is a `+`.
    let pair = format!("x={}", text.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next().unwrap();
    value.into_owned()
}
