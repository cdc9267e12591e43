//! A small town behind the router, and requests in a line.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Door;
use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes, to_bytes};
use axum::extract::{Path as Address, RawQuery, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, TimeDelta};
use city::{City, DatasetId};
use interop::{AppState, Caller, Problem, downloads};
use lake::{Accounting, Lake, LoadPlan, QuarantineRow};
use people::key::Wanted;
use people::{Accounts, Action, By, Scope};
use records::{Clock, FixedClock, Records};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Values that stand where the public must not see.
pub(crate) const SECRETS: [&str; 5] = [
    "고길동",
    "031-555-0199",
    "7654321",
    "시끄러운이웃",
    "secret-file",
];

/// Rows of `readings`: more than any batch inside.
pub(crate) const READINGS: usize = 20_000;

/// The city's folder, as it would be on disk.
const FOLDER: [(&str, &str); 10] = [
    ("city.toml", include_str!("../city/city.toml")),
    (
        "datasets/traffic/parking.toml",
        include_str!("../city/parking.toml"),
    ),
    (
        "datasets/traffic/readings.toml",
        include_str!("../city/readings.toml"),
    ),
    (
        "datasets/welfare/notes.toml",
        include_str!("../city/notes.toml"),
    ),
    (
        "datasets/welfare/complaints.toml",
        include_str!("../city/complaints.toml"),
    ),
    ("situation.toml", include_str!("../city/situation.toml")),
    ("measures/spaces.toml", include_str!("../city/spaces.toml")),
    ("measures/anger.toml", include_str!("../city/anger.toml")),
    (
        "promises/spaces.toml",
        include_str!("../city/promise_spaces.toml"),
    ),
    (
        "promises/anger.toml",
        include_str!("../city/promise_anger.toml"),
    ),
];

/// A town of its own for each test.
pub(crate) struct Town {
    pub(crate) records: Arc<Records>,
    pub(crate) door: Arc<Door>,
    pub(crate) accounts: Accounts,
    pub(crate) folder: std::path::PathBuf,
    pub(crate) state: AppState,
    pub(crate) clock: Arc<FixedClock>,
    lake: Arc<Lake>,
    city: Arc<City>,
    router: Router,
    _folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What a page of the portal does: below `/datasets`, a name with an ending is a file.
async fn file(
    State(state): State<AppState>,
    caller: Caller,
    Address(name): Address<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some((id, ending)) = downloads::split(&name) else {
        return Problem::not_found(format!("{name} is no file")).into_response();
    };
    downloads::serve(
        &state,
        &caller,
        id,
        ending,
        query.as_deref().unwrap_or_default(),
        &headers,
    )
    .await
}

pub(crate) async fn town() -> Town {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("city");
    for (name, text) in FOLDER {
        let path = home.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (city, faults) = city::read::city(&home);
    let city = Arc::new(city.unwrap_or_else(|| panic!("{faults:?}")));
    let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let clock = Arc::new(FixedClock::new(start));
    let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
    let records = Records::open(&folder.path().join("records.db"), shared).await;
    let records = Arc::new(records.unwrap());
    let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
    let door = Door::new(Arc::clone(&city), Arc::clone(&lake), Arc::clone(&records)).unwrap();
    let door = Arc::new(door);
    let state = AppState::new(Arc::clone(&city), Arc::clone(&door), Arc::clone(&records));
    let files = Router::new()
        .route("/datasets/{file}", get(file))
        .with_state(state.clone());
    let policy = interop::headers::Policy::of(&city.manifest);
    let town = Town {
        accounts: state.accounts.clone(),
        state: state.clone(),
        folder: home,
        records,
        door,
        clock,
        lake,
        city,
        router: interop::api::router(state.clone())
            .merge(files)
            .layer(from_fn_with_state(state, interop::guard::guard))
            .layer(from_fn_with_state(policy, interop::headers::guard)),
        _folder: folder,
    };
    town.load("parking", &parking(3)).await;
    town.load("parking", &parking(4)).await;
    town.load("readings", &readings()).await;
    town.load("notes", &notes()).await;
    town.load(
        "complaints",
        &stored(vec![
            ("dong", text(["가온동"])),
            ("words", text(["시끄러운이웃"])),
        ]),
    )
    .await;
    town
}

pub(crate) fn text<'t>(values: impl IntoIterator<Item = &'t str>) -> ArrayRef {
    let values = values
        .into_iter()
        .map(|value| (value != "∅").then_some(value));
    Arc::new(values.collect::<StringArray>())
}

fn stored(mut columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let rows = columns[0].1.len();
    columns.push(("_file", text(std::iter::repeat_n("secret-file.csv", rows))));
    columns.push((
        "_row",
        Arc::new(Int64Array::from_iter_values((2..).take(rows))),
    ));
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

/// Car parks; the last has no place.
fn parking(rows: usize) -> RecordBatch {
    let names = ["가온주차장", "누리주차장", "다솜주차장", "라온🚗주차장"];
    let places = |start: f64| -> ArrayRef {
        let places = (0..rows).map(|row| {
            (row + 1 < rows).then(|| start + f64::from(i32::try_from(row).unwrap()) / 100.0)
        });
        Arc::new(places.collect::<Float64Array>())
    };
    let spaces = [120, 80, 40, 7];
    stored(vec![
        ("name", text(names.into_iter().take(rows))),
        (
            "dong",
            text(
                ["가온동", "누리동", "가온동", "누리동"]
                    .into_iter()
                    .take(rows),
            ),
        ),
        (
            "spaces",
            Arc::new(Int64Array::from_iter_values(spaces.into_iter().take(rows))),
        ),
        ("x", places(127.0)),
        ("y", places(37.0)),
        ("manager", text(std::iter::repeat_n("고길동", rows))),
        ("phone", text(std::iter::repeat_n("031-555-0199", rows))),
        (
            "income",
            Arc::new(Int64Array::from_iter_values(std::iter::repeat_n(
                7_654_321, rows,
            ))),
        ),
        ("longitude", places(127.0)),
        ("latitude", places(37.0)),
    ])
}

fn readings() -> RecordBatch {
    let count = i64::try_from(READINGS).unwrap();
    let names: Vec<String> = (0..count).map(|at| format!("측정소 {}", at % 7)).collect();
    stored(vec![
        ("number", Arc::new(Int64Array::from_iter_values(0..count))),
        ("station", text(names.iter().map(String::as_str))),
        (
            "level",
            Arc::new(Float64Array::from_iter_values(
                (0..count).map(|at| f64::from(i32::try_from(at % 100).unwrap()) / 4.0),
            )),
        ),
    ])
}

/// Texts a spreadsheet would run, and values of every other type beside them; ∅ is none.
pub(crate) const TEXTS: [&str; 12] = [
    "=1+1",
    "+SUM(A1)",
    "-가",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "=HYPERLINK(\"http://x\",\"눌러\")",
    "-12.5",
    "+7",
    "쉼표, \"따옴표\"\n새 줄",
    "∅",
    "똠방각하 펲시콜라 𠮷🚗",
];

fn notes() -> RecordBatch {
    let rows = TEXTS.len();
    let each = |at: usize| i64::try_from(at).unwrap();
    let counts = (0..rows).map(|at| (at != 3).then(|| each(at) - 5));
    let days = (0..rows).map(|at| (at != 4).then(|| i32::try_from(at).unwrap() * 400));
    let moments = (0..rows).map(|at| Some(1_764_000_000_000_000 + each(at) * 1_500_000));
    stored(vec![
        ("words", text(TEXTS)),
        ("amount", Arc::new(counts.collect::<Int64Array>())),
        (
            "ratio",
            Arc::new(Float64Array::from_iter_values(
                (0..rows).map(|at| -0.25 * f64::from(i32::try_from(at).unwrap())),
            )),
        ),
        (
            "is_open",
            Arc::new(
                (0..rows)
                    .map(|at| Some(at % 2 == 0))
                    .collect::<BooleanArray>(),
            ),
        ),
        ("day", Arc::new(days.collect::<Date32Array>())),
        (
            "moment",
            Arc::new(moments.collect::<TimestampMicrosecondArray>()),
        ),
    ])
}

impl Town {
    async fn load(&self, dataset: &str, rows: &RecordBatch) {
        self.clock.advance(TimeDelta::hours(1));
        let now = self.clock.now();
        let declared = &self.city.datasets[dataset].load;
        let landed = self
            .lake
            .landing()
            .receive("traffic/a.csv", dataset.as_bytes())
            .unwrap();
        let plan = LoadPlan {
            load_id: format!("load-{}", now.timestamp()),
            mode: declared.mode,
            key: declared.key.clone(),
            sources: vec![landed],
            manifest_sha256: "m1".to_owned(),
            started_at: now,
        };
        let writer = self
            .lake
            .begin(&DatasetId::from(dataset), rows.schema(), plan)
            .unwrap();
        writer.accept(rows).unwrap();
        writer
            .quarantine(&[QuarantineRow {
                file: "secret-file.csv".to_owned(),
                row: 9,
                columns: r#"["번호","이름"]"#.into(),
                raw: "[\"고길동\"]".to_owned(),
                reasons: "[]".to_owned(),
            }])
            .unwrap();
        let accepted = u64::try_from(rows.num_rows()).unwrap();
        let accounting = Accounting {
            read: accepted + 1,
            accepted,
            quarantined: 1,
            skipped: 0,
            report: serde_json::json!({"score": 0.9, "checks": [], "columns": [{"name": "income", "max": "7654321"}]}),
            ..Accounting::default()
        };
        writer.commit(accounting, now).await.unwrap();
    }

    /// A key of whoever runs the city.
    pub(crate) async fn key(&self) -> String {
        self.key_for(&[], true).await
    }

    /// A key of whoever runs the city, for some datasets or all.
    pub(crate) async fn key_for(&self, datasets: &[&str], write: bool) -> String {
        let write = write.then_some(Action::Write);
        let wanted = Wanted {
            name: "test".to_owned(),
            owner: "operator".to_owned(),
            scope: Scope {
                datasets: datasets.iter().map(|id| DatasetId::new(*id)).collect(),
                fields: BTreeSet::new(),
                actions: [Action::Read].into_iter().chain(write).collect(),
                purpose: "시험".to_owned(),
            },
            days: 1,
        };
        let people = self.door.people();
        let by = By::local();
        let made = self.accounts.issue_key(&self.city, &people, wanted, &by);
        made.await.unwrap().unwrap().0.reveal().to_owned()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }

    /// A stream without an end, as anybody.
    pub(crate) async fn open(&self, address: &str) -> BodyDataStream {
        let request = Request::get(address).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().into_data_stream()
    }

    /// Asks as anybody.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(encoded(address)).body(Body::empty()).unwrap())
            .await
    }

    /// Asks as whoever runs the city.
    pub(crate) async fn operator_get(&self, address: &str) -> Answer {
        let request = Request::get(encoded(address)).header(
            header::AUTHORIZATION,
            format!("Bearer {}", self.key().await),
        );
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

/// An address as a browser sends it.
pub(crate) fn encoded(address: &str) -> String {
    address
        .bytes()
        .map(|byte| {
            if byte.is_ascii_graphic() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// A problem document of this status; its detail.
    pub(crate) fn problem(&self, status: u16, kind: &str) -> String {
        let body = String::from_utf8_lossy(&self.body).into_owned();
        assert_eq!(
            (self.status.as_u16(), self.header("content-type")),
            (status, "application/problem+json"),
            "{body}"
        );
        let problem = self.json();
        assert_eq!(
            (&problem["status"], &problem["type"]),
            (&Value::from(status), &Value::from(kind)),
            "{body}"
        );
        problem["detail"].as_str().unwrap().to_owned()
    }
}
