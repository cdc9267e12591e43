//! Tables of real servers.

mod dying;
mod faults;
mod increments;
mod servers;
mod types;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use city::dataset::Source;
use city::{Dataset, DatasetId};
use serde_json::{Value, json};

use super::Server;
use crate::{Call, Delivered, FetchContext, FetchError, Progress, Quota, fetch};
use servers::{PASSWORD, Running, USER, shared};

const BOTH: [Server; 2] = [Server::Postgres, Server::Mariadb];

/// A database of its own on a server.
struct Town {
    server: &'static Running,
    database: String,
    values: BTreeMap<String, String>,
}

/// What a fetch gave.
#[derive(Debug, Default)]
struct Got {
    /// The file without its mark and header.
    rows: Option<String>,
    header: String,
    name: String,
    mark: Option<String>,
    /// The keys, without mark and header.
    keys: Option<String>,
    /// What a load would set aside.
    unfit: Vec<String>,
    /// Why it was begun again.
    again: Vec<String>,
}

impl Town {
    /// A new database on the server that all share.
    async fn new(kind: Server) -> Self {
        Self::on(shared(kind).await).await
    }

    async fn on(server: &'static Running) -> Self {
        let database = server.database().await;
        let values = BTreeMap::from([
            ("db".to_owned(), format!("127.0.0.1:{}", server.port)),
            ("me".to_owned(), USER.to_owned()),
            ("word".to_owned(), PASSWORD.to_owned()),
        ]);
        Self {
            server,
            database,
            values,
        }
    }

    /// Several statements, each by itself.
    async fn run(&self, statements: &[&str]) {
        self.server.run_all(&self.database, statements).await;
    }

    /// A manifest with this source, columns (source name, type, further keys) and load.
    fn dataset(&self, source: &Value, columns: &Value, load: &Value) -> Dataset {
        let kind = match self.server.kind {
            Server::Postgres => "postgres",
            Server::Mariadb => "mariadb",
        };
        let mut whole = json!({
            "kind": kind,
            "url": format!("{kind}://{{db}}/{}", self.database),
            "user": "me",
            "password": "word",
            "timeout-s": 20,
        });
        for (name, value) in source.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let columns = columns.as_array().unwrap().iter().enumerate();
        let columns: Vec<Value> = columns
            .map(|(at, column)| {
                let mut all = json!({"name": format!("c{at}"), "title": column[0], "type": column[1], "privacy": "none"});
                if let Some(more) = column[2].as_object() {
                    for (name, value) in more {
                        all[name] = value.clone();
                    }
                }
                all
            })
            .collect();
        serde_json::from_value(json!({
            "id": "lots", "title": "가", "description": "나", "field": "traffic", "department": "transport",
            "cadence": "daily", "source": whole, "format": {"kind": "csv"}, "columns": columns, "load": load,
        }))
        .unwrap()
    }

    async fn load(&self, dataset: &Dataset, after: Option<&str>) -> Result<Got, String> {
        self.watched(dataset, after, &|_| {}).await
    }

    /// Loads; `watch` is told of rows so far.
    async fn watched(
        &self,
        dataset: &Dataset,
        after: Option<&str>,
        watch: &(dyn Fn(u64) + Sync),
    ) -> Result<Got, String> {
        let folder = tempfile::tempdir().unwrap();
        let again = Mutex::new(Vec::new());
        let context = FetchContext {
            dataset: &DatasetId::from("lots"),
            columns: &dataset.columns,
            load: &dataset.load,
            after,
            inbox: folder.path(),
            values: &self.values,
            staging: folder.path(),
            quota: &Endless,
            first_wait: Duration::from_millis(1),
            progress: &|progress| match progress {
                Progress::Again { why, .. } => again.lock().unwrap().push(why),
                Progress::Rows(rows) => watch(rows),
                _ => {}
            },
        };
        let fetched = fetch(&dataset.source, &dataset.format, &context).await;
        let again = again.into_inner().unwrap();
        match fetched {
            Ok(delivered) => Ok(got(dataset, delivered, again)),
            Err(FetchError::Input(faults)) => Err(faults
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")),
            Err(FetchError::Machine(error)) => panic!("{error}"),
        }
    }
}

fn got(dataset: &Dataset, delivered: Delivered, again: Vec<String>) -> Got {
    let read = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        (header.to_owned(), rows.to_owned())
    };
    assert!(delivered.files.len() <= 1);
    let mut got = Got {
        mark: delivered.mark,
        keys: delivered.keys.map(|path| read(&path).1),
        again,
        ..Got::default()
    };
    if let Some(file) = delivered.files.first() {
        let (header, rows) = read(&file.path);
        (got.header, got.rows) = (header, Some(rows));
        got.name.clone_from(&file.name);
        got.unfit = unfit(dataset, file);
    }
    got
}

/// What a load of the file would set aside: column and cell, or a whole line.
fn unfit(dataset: &Dataset, file: &crate::Fetched) -> Vec<String> {
    let sink = Unfit::default();
    let input = ingest::Input {
        name: file.name.clone(),
        path: file.path.clone(),
    };
    ingest::decode(dataset, "EPSG:5186", &[input], 1, &sink).unwrap();
    sink.0.into_inner().unwrap()
}

#[derive(Default)]
struct Unfit(Mutex<Vec<String>>);

impl ingest::Sink for Unfit {
    fn block(&self, block: ingest::Block) -> Result<(), ingest::SinkError> {
        let mut told = self.0.lock().unwrap();
        told.extend(block.faults.iter().map(|fault| {
            let reason = &fault.reason;
            format!(
                "{}={}",
                reason.column.as_deref().unwrap_or_default(),
                reason.value.as_deref().unwrap_or_default()
            )
        }));
        told.extend(block.broken.iter().map(|row| row.raw.join("|")));
        Ok(())
    }
}

/// As many calls as anybody likes.
struct Endless;

#[async_trait]
impl Quota for Endless {
    async fn take(&self, _limit: Option<u32>) -> std::io::Result<Call> {
        Ok(Call::Allowed(1))
    }
}

/// The timeout of a source, for tests that wait for it.
fn source_of(dataset: &mut Dataset) -> &mut city::dataset::TableSource {
    match &mut dataset.source {
        Source::Postgres(source) | Source::Mariadb(source) => source,
        _ => unreachable!("tests of databases have no other source"),
    }
}
