//! A server on loopback that answers what a test says, drops connections where it says, and remembers
//! what it was asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use city::{Column, Dataset};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::{Call, FetchContext, FetchError, Progress, Quota, fetch};
use ingest::Input;

/// The service key, as it is meant.
pub(super) const KEY: &str = "Zm9v+YmFy/MTIzNA==";

/// What is answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
    /// Bytes of the body after which the connection is dropped.
    pub(super) cut: Option<usize>,
    /// The length of the body is not said: its end is the connection's.
    pub(super) is_endless: bool,
}

pub(super) fn ok(body: impl Into<Vec<u8>>) -> Reply {
    status(200, body)
}

pub(super) fn status(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply {
        status,
        headers: String::new(),
        body: body.into(),
        cut: None,
        is_endless: false,
    }
}

/// What was asked.
pub(super) struct Asked {
    /// How many times before.
    pub(super) before: usize,
    pub(super) path: String,
    pub(super) query: HashMap<String, String>,
}

impl Asked {
    pub(super) fn number(&self, name: &str) -> u64 {
        self.query[name].parse().unwrap()
    }
}

/// What a fetch gave.
pub(super) struct Ran {
    /// `name=cell` of all rows in order, or what was wrong.
    pub(super) result: Result<Vec<String>, String>,
    /// Path and query of each request.
    pub(super) asked: Vec<String>,
    /// Why something was tried again.
    pub(super) again: Vec<String>,
}

impl Ran {
    pub(super) fn error(&self) -> &str {
        self.result.as_ref().expect_err("a fault")
    }

    pub(super) fn rows(&self) -> &[String] {
        self.result.as_ref().expect("rows")
    }
}

struct Endless;

#[async_trait]
impl Quota for Endless {
    async fn take(&self, _: Option<u32>) -> std::io::Result<Call> {
        Ok(Call::Allowed(1))
    }
}

type Answer = Arc<dyn Fn(&Asked) -> Reply + Send + Sync>;

async fn serve(answer: Answer, asked: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(one(stream, Arc::clone(&answer), Arc::clone(&asked)));
        }
    });
    host
}

async fn one(mut stream: TcpStream, answer: Answer, all: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    assert!(
        !head.to_lowercase().contains("\r\nreferer:"),
        "no address is passed on"
    );
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let before = {
        let mut all = all.lock().unwrap();
        all.push(target.clone());
        all.len() - 1
    };
    let url = url::Url::parse(&format!("http://x{target}")).unwrap();
    let reply = answer(&Asked {
        before,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
    });
    let length = if reply.is_endless {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", reply.body.len())
    };
    let begin = format!(
        "HTTP/1.1 {} X\r\n{length}{}Connection: close\r\n\r\n",
        reply.status, reply.headers
    );
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len())];
    stream.write_all(begin.as_bytes()).await.ok();
    stream.write_all(body).await.ok();
    stream.shutdown().await.ok();
}

/// A column that takes the source column `name`.
pub(super) fn column(name: &str) -> Column {
    let column =
        json!({"name": "c", "title": "열", "source": name, "type": "text", "privacy": "none"});
    serde_json::from_value(column).unwrap()
}

/// A dataset from this source.
pub(super) fn dataset(source: &Value, format: &str, columns: &[Column]) -> Dataset {
    let dataset = json!({
        "id": "air", "title": "대기", "description": "측정값입니다.", "field": "environment",
        "department": "climate", "cadence": "hourly", "source": source, "format": {"kind": format},
        "columns": [],
    });
    Dataset {
        columns: columns.to_vec(),
        ..serde_json::from_value(dataset).unwrap()
    }
}

/// Fetches `source` (its `kind` and `url` are added) from a server and reads what came.
pub(super) async fn run(
    source: Value,
    format: &str,
    columns: &[Column],
    answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> Ran {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let host = serve(Arc::new(answer), Arc::clone(&asked)).await;
    let folder = tempfile::tempdir().unwrap();
    let key = source["given"].as_str().unwrap_or(KEY).to_owned();
    let values = BTreeMap::from([("host".to_owned(), host), ("my_key".to_owned(), key)]);
    let mut whole =
        json!({"kind": "open-api", "url": "{host}/data", "key": "my_key", "retries": 2});
    for (name, value) in source.as_object().unwrap() {
        if name != "given" {
            whole[name] = value.clone();
        }
    }
    let dataset = dataset(&whole, format, columns);
    let again = Mutex::new(Vec::new());
    let context = FetchContext {
        dataset: &dataset.id,
        columns,
        load: &dataset.load,
        after: None,
        inbox: folder.path(),
        values: &values,
        staging: folder.path(),
        quota: &Endless,
        first_wait: Duration::from_millis(1),
        progress: &|progress| {
            if let Progress::Again { why, .. } = progress {
                again.lock().unwrap().push(why);
            }
        },
    };
    let result = match fetch(&dataset.source, &dataset.format, &context).await {
        Ok(delivered) => Ok(delivered
            .files
            .into_iter()
            .flat_map(|file| {
                let (name, path) = (file.name, file.path);
                cells(&Input { name, path }, &dataset)
            })
            .collect()),
        Err(FetchError::Input(faults)) => Err(faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")),
        Err(FetchError::Machine(error)) => panic!("{error}"),
    };
    let asked = asked.lock().unwrap().clone();
    Ran {
        result,
        asked,
        again: again.into_inner().unwrap(),
    }
}

/// Each row as `name=cell`.
fn cells(input: &Input, dataset: &Dataset) -> Vec<String> {
    let mut rows =
        ingest::formats::open(input, &ingest::envelope::format_of(dataset, input)).unwrap();
    let names = rows.columns().to_vec();
    let mut told = Vec::new();
    while let Some(block) = rows.next(100).unwrap() {
        for row in block {
            let cells = names.iter().zip(row.cells);
            let cells = cells.map(|(name, cell)| format!("{name}={}", cell.unwrap_or_default()));
            told.push(cells.collect::<Vec<_>>().join(" "));
        }
    }
    told
}

/// Rows `from` to `to` (without it) of `total`, in the national envelope.
pub(super) fn national(from: u64, to: u64, total: u64) -> String {
    let rows: Vec<String> = (from..to.min(total))
        .map(|row| format!(r#"{{"n":{row}}}"#))
        .collect();
    format!(
        r#"{{"response":{{"header":{{"resultCode":"00","resultMsg":"NORMAL SERVICE."}},"body":{{"items":[{}],"totalCount":{total}}}}}}}"#,
        rows.join(",")
    )
}

/// The page that is asked for, counted from `first`, of `total` rows.
pub(super) fn page(asked: &Asked, first: u64, total: u64) -> String {
    let (number, rows) = (asked.number("pageNo"), asked.number("numOfRows"));
    let from = number.saturating_sub(first) * rows;
    national(from, from + rows, total)
}

/// `n=0`, `n=1`, ...
pub(super) fn numbers(total: u64) -> Vec<String> {
    (0..total).map(|row| format!("n={row}")).collect()
}
