//! A small city in this process, as the server has it, without a socket: somebody whose data are read, and people who may.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use access::Door;
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use axum::Router;
use city::{City, DatasetId};
use interop::AppState;
use lake::{Accounting, Lake, LoadPlan};
use people::key::Wanted;
use people::{Action, By, Scope};
use records::{Clock, Records};

pub(crate) const RESIDENTS: usize = 700;
const LOTS: usize = 60;

const CITY: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 36.9, 127.2, 37.4]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [{ id = "civil", title = "민원봉사과", title-en = "Civil Service" }]
"#;

const PEOPLE: &str = r#"
roles = [
  { id = "clerk", title = "담당" },
  { id = "guest", title = "손님" },
  { id = "officer", title = "책임관", duties = ["audit"] },
]
accounts = [
  { name = "kim", roles = ["operator"], department = "civil" },
  { name = "clerk", roles = ["clerk"], department = "civil" },
  { name = "guest", roles = ["guest"], department = "civil" },
  { name = "officer", roles = ["officer"], department = "civil" },
]
"#;

const POLICIES: &str = r#"
@id("clerks")
@mask("phone: last 4")
@rows("ward < 5")
@reason_ko("맡은 일에 필요합니다.")
@reason_en("Needed for the work.")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"residents");
"#;

const RESIDENTS_TOML: &str = r#"
id = "residents"
title = "주민"
description = "안에서만 봅니다."
field = "traffic"
department = "civil"
cadence = "daily"
release = "internal"
source = { kind = "file", path = "residents.csv" }
format = { kind = "csv" }
load = { mode = "snapshot", key = ["code"] }
subjects = [{ kind = "phone", column = "phone" }]
columns = [
  { name = "code", title = "번호", type = "code", privacy = "none" },
  { name = "ward", title = "통", type = "integer", privacy = "quasi" },
  { name = "phone", title = "전화", type = "text", privacy = "identifier" },
]
"#;

const LOTS_TOML: &str = r#"
id = "lots"
title = "주차장"
description = "모두 봅니다."
field = "traffic"
department = "civil"
cadence = "daily"
release = "open"
source = { kind = "file", path = "lots.csv" }
format = { kind = "csv" }
load = { mode = "snapshot", key = ["code"] }
columns = [
  { name = "code", title = "번호", type = "code", privacy = "none" },
  { name = "ward", title = "통", type = "integer", privacy = "none" },
]
"#;

const PEOPLE_MEASURE: &str = r#"
id = "people"
title = "주민 수"
question = "주민은 몇 명입니까?"
dataset = "residents"
compute = { kind = "count" }
unit = "명"
dimensions = ["ward"]
"#;

const PARKS_MEASURE: &str = r#"
id = "parks"
title = "주차장 수"
question = "주차장은 몇 곳입니까?"
dataset = "lots"
compute = { kind = "count" }
unit = "곳"
dimensions = ["ward"]
"#;

const BOARD: &str = r#"
id = "town"
title = "한눈에"
description = "사람과 주차장입니다."
filters = ["ward"]
panels = [
  { measure = "people", view = "number" },
  { measure = "people", view = "bar", by = "ward" },
  { measure = "parks", view = "table", by = "ward" },
]
"#;

pub(crate) fn phone(resident: usize) -> String {
    format!("010-0000-{resident:04}")
}

/// A city in this process.
pub(crate) struct Town {
    pub(crate) city: Arc<City>,
    pub(crate) records: Arc<Records>,
    pub(crate) router: Router,
    /// A key of each person.
    pub(crate) keys: BTreeMap<&'static str, String>,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) async fn town(clock: Arc<dyn Clock>) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("city");
    let files = [
        ("city.toml", CITY),
        ("people.toml", PEOPLE),
        ("policies/town.cedar", POLICIES),
        ("datasets/traffic/residents.toml", RESIDENTS_TOML),
        ("datasets/traffic/lots.toml", LOTS_TOML),
        ("measures/people.toml", PEOPLE_MEASURE),
        ("measures/parks.toml", PARKS_MEASURE),
        ("boards/town.toml", BOARD),
    ];
    for (name, text) in files {
        let path = home.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (city, faults) = city::read::city(&home);
    let city: Arc<City> = Arc::new(city.unwrap_or_else(|| panic!("{faults:?}")));
    let records = Records::open(&folder.path().join("records.db"), clock).await;
    let records = Arc::new(records.unwrap());
    let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
    let codes = |letter: char, count: usize| -> ArrayRef {
        let codes = (0..count).map(|at| Some(format!("{letter}{at:06}")));
        Arc::new(codes.collect::<StringArray>())
    };
    let wards = |count: usize| -> ArrayRef {
        let wards = (0..count).map(|at| i64::try_from(at % 10).unwrap());
        Arc::new(Int64Array::from_iter_values(wards))
    };
    let phones: StringArray = (0..RESIDENTS).map(|at| Some(phone(at))).collect();
    load(
        &lake,
        &records,
        "lots",
        vec![("code", codes('L', LOTS)), ("ward", wards(LOTS))],
    )
    .await;
    load(
        &lake,
        &records,
        "residents",
        vec![
            ("code", codes('R', RESIDENTS)),
            ("ward", wards(RESIDENTS)),
            ("phone", Arc::new(phones)),
        ],
    )
    .await;
    let door = Door::new(Arc::clone(&city), lake, Arc::clone(&records)).unwrap();
    let state = AppState::new(Arc::clone(&city), Arc::new(door), Arc::clone(&records));
    let pages = portal::router(state.clone()).unwrap();
    let mut keys = BTreeMap::new();
    for name in ["kim", "clerk", "guest", "officer"] {
        let wanted = Wanted {
            name: "시험".to_owned(),
            owner: name.to_owned(),
            scope: Scope {
                datasets: BTreeSet::new(),
                fields: BTreeSet::new(),
                actions: [Action::Read, Action::Write].into(),
                purpose: "시험".to_owned(),
            },
            days: 99,
        };
        let by = By::local();
        let key = state.accounts.issue_key(&city, &city.people, wanted, &by);
        let (key, _) = key.await.unwrap().unwrap();
        keys.insert(name, key.reveal().to_owned());
    }
    Town {
        city,
        records,
        router: interop::api::router(state).merge(pages),
        keys,
        folder,
    }
}

async fn load(lake: &Lake, records: &Records, dataset: &str, columns: Vec<(&str, ArrayRef)>) {
    let mut columns = columns;
    let rows = columns[0].1.len();
    let file: StringArray = (0..rows).map(|_| Some("a.csv")).collect();
    columns.push(("_file", Arc::new(file)));
    let numbers = (0..rows).map(|row| i64::try_from(row).unwrap() + 2);
    columns.push(("_row", Arc::new(Int64Array::from_iter_values(numbers))));
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let now = records.clock().now();
    let landed = lake.landing().receive("a.csv", dataset.as_bytes()).unwrap();
    let plan = LoadPlan {
        load_id: format!("load-{dataset}"),
        mode: city::dataset::LoadMode::Snapshot,
        key: vec!["code".to_owned()],
        sources: vec![landed],
        manifest_sha256: "m".to_owned(),
        started_at: now,
    };
    let id = DatasetId::from(dataset);
    let writer = lake.begin(&id, batch.schema(), plan).unwrap();
    writer.accept(&batch).unwrap();
    let accepted = u64::try_from(rows).unwrap();
    let accounting = Accounting {
        read: accepted,
        accepted,
        report: serde_json::json!({"score": 1.0, "checks": [], "columns": []}),
        ..Accounting::default()
    };
    writer.commit(accounting, now).await.unwrap();
}
