//! A small town with figures in it, built in a line.

use std::path::Path;
use std::sync::Arc;

use access::{Door, Person, Purpose, Reader};
use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use chrono::{DateTime, TimeDelta, Utc};
use city::{City, DatasetId, Measure};
use lake::{Accounting, Lake, LoadPlan};
use records::{Clock, FixedClock, Records};
use tempfile::TempDir;

const MANIFEST: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 36.9, 127.2, 37.4]
fields = [{ id = "finance", title = "재정", title-en = "Finance" }]
departments = [{ id = "budget", title = "예산과", title-en = "Budget" }]
"#;

/// Name, type, whether released.
type Declared = (&'static str, &'static str, bool);

/// id, release, columns.
const DATASETS: [(&str, &str, &[Declared]); 8] = [
    (
        "visits",
        "open",
        &[
            ("area", "code", true),
            ("age", "integer", true),
            ("people", "integer", true),
            ("day", "date", true),
        ],
    ),
    (
        "areas",
        "open",
        &[("code", "code", true), ("name", "text", true)],
    ),
    (
        "legal",
        "open",
        &[("admin", "code", true), ("legal_name", "text", true)],
    ),
    (
        "spent",
        "open",
        &[
            ("team", "text", true),
            ("amount", "integer", true),
            ("paid_on", "date", true),
            ("payee", "text", false),
        ],
    ),
    (
        "budget",
        "open",
        &[("team", "text", true), ("amount", "integer", true)],
    ),
    ("people", "open", &[("number", "integer", true)]),
    (
        "salaries",
        "internal",
        &[("team", "text", true), ("amount", "integer", true)],
    ),
    (
        "unread",
        "open",
        &[("team", "text", true), ("amount", "integer", true)],
    ),
];

/// A town of its own for each test.
pub(crate) struct Town {
    pub(crate) clock: Arc<FixedClock>,
    lake: Arc<Lake>,
    door: Arc<Door>,
    _folder: TempDir,
}

fn dataset((id, release, columns): (&str, &str, &[Declared])) -> city::Dataset {
    let columns: Vec<String> = columns
        .iter()
        .map(|(name, kind, released)| {
            let refers = if matches!(*name, "area" | "admin") {
                ", checks = [{ refers-to = { dataset = \"areas\", column = \"code\" } }]"
            } else {
                ""
            };
            format!("{{ name = \"{name}\", title = \"{name} 열\", type = \"{kind}\", privacy = \"none\", release = {released}{refers} }}")
        })
        .collect();
    let text = format!(
        "id = \"{id}\"\ntitle = \"{id} 자료\"\ndescription = \"시험용\"\nfield = \"finance\"\ndepartment = \"budget\"\ncadence = \"monthly\"\nrelease = \"{release}\"\nsource = {{ kind = \"file\", path = \"a.csv\" }}\nformat = {{ kind = \"csv\" }}\ncolumns = [{}]\n",
        columns.join(", ")
    );
    let (dataset, faults) = city::read::dataset_text(Path::new("test.toml"), &text);
    dataset.unwrap_or_else(|| panic!("{faults:?}\n{text}"))
}

/// A measure by its whole text, without its unit and titles.
pub(crate) fn declared(id: &str, lines: &str) -> Measure {
    let text = format!(
        "id = \"{id}\"\ntitle = \"지표\"\nquestion = \"얼마인가?\"\nunit = \"명\"\n{lines}\n"
    );
    let (measure, faults) = city::read::measure_text(Path::new("m.toml"), &text);
    measure.unwrap_or_else(|| panic!("{faults:?}\n{text}"))
}

/// A measure over `dataset`; `more` are further lines of its manifest.
pub(crate) fn measure(dataset: &str, expression: &str, more: &str) -> Measure {
    let text = format!(
        "id = \"m\"\ntitle = \"지표\"\nquestion = \"얼마인가?\"\ndataset = \"{dataset}\"\nexpression = \"{expression}\"\nunit = \"원\"\n{more}\n"
    );
    let (measure, faults) = city::read::measure_text(Path::new("m.toml"), &text);
    measure.unwrap_or_else(|| panic!("{faults:?}\n{text}"))
}

/// A town in which nothing is loaded yet.
pub(crate) async fn bare() -> Town {
    under("").await
}

/// The same, under policies of its own.
pub(crate) async fn under(policies: &str) -> Town {
    with(policies, &[]).await
}

/// The same, with measures that others are divided by.
pub(crate) async fn with(policies: &str, measures: &[Measure]) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(
        DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
    ));
    let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
    let records = Records::open(&folder.path().join("records.db"), shared).await;
    let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
    let (manifest, faults) = city::read::manifest_text(Path::new("city.toml"), MANIFEST);
    let city = City {
        folder: folder.path().to_owned(),
        manifest: manifest.unwrap_or_else(|| panic!("{faults:?}")),
        datasets: DATASETS
            .into_iter()
            .map(dataset)
            .map(|dataset| (dataset.id.clone(), dataset))
            .collect(),
        measures: measures
            .iter()
            .map(|measure| (measure.id.clone(), measure.clone()))
            .collect(),
        boards: std::collections::BTreeMap::new(),
        standards: city::Standards::default(),
        calendar: city::Calendar::default(),
        people: city::People::default(),
        policies: vec![city::PolicyText {
            file: "policies/town.cedar".into(),
            text: policies.to_owned(),
        }],
        releases: std::collections::BTreeMap::new(),
        promises: std::collections::BTreeMap::new(),
        situation: city::Situation::default(),
    };
    let door = Door::new(
        Arc::new(city),
        Arc::clone(&lake),
        Arc::new(records.unwrap()),
    )
    .unwrap();
    Town {
        clock,
        lake,
        door: Arc::new(door),
        _folder: folder,
    }
}

/// A town with spending, a budget, no people counted, and salaries that are nobody's business.
pub(crate) async fn town() -> Town {
    let town = bare().await;
    town.load(
        "spent",
        spent(&[
            ("도로과", Some(30), "2026-01-15"),
            ("도로과", Some(20), "2026-02-03"),
            ("복지과", Some(40), "2026-02-20"),
            ("환경과", None, "2026-02-21"),
        ]),
    )
    .await;
    town.load(
        "budget",
        amounts(&[("도로과", 100), ("복지과", 50), ("감사과", 0)]),
    )
    .await;
    town.load(
        "people",
        vec![("number", Arc::new(Int64Array::from(Vec::<i64>::new())))],
    )
    .await;
    town.load("salaries", amounts(&[("도로과", 999)])).await;
    town
}

type Columns = Vec<(&'static str, ArrayRef)>;

/// Team, amount, day.
pub(crate) fn spent(rows: &[(&str, Option<i64>, &str)]) -> Columns {
    let day = |text: &str| {
        let day: chrono::NaiveDate = text.parse().unwrap();
        i32::try_from(
            day.signed_duration_since(chrono::NaiveDate::default())
                .num_days(),
        )
        .unwrap()
    };
    vec![
        (
            "team",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0))),
        ),
        (
            "amount",
            Arc::new(rows.iter().map(|row| row.1).collect::<Int64Array>()),
        ),
        (
            "paid_on",
            Arc::new(Date32Array::from_iter_values(
                rows.iter().map(|row| day(row.2)),
            )),
        ),
        (
            "payee",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|_| "고길동"))),
        ),
    ]
}

/// Area, age, people, day.
pub(crate) fn visits(rows: &[(&str, Option<i64>, Option<i64>, &str)]) -> Columns {
    let area = StringArray::from_iter_values(rows.iter().map(|row| row.0));
    let days = spent(&rows.iter().map(|row| ("", None, row.3)).collect::<Vec<_>>());
    let day = days.into_iter().find(|(name, _)| *name == "paid_on");
    vec![
        ("area", Arc::new(area)),
        (
            "age",
            Arc::new(rows.iter().map(|row| row.1).collect::<Int64Array>()),
        ),
        (
            "people",
            Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>()),
        ),
        ("day", day.unwrap().1),
    ]
}

/// Two columns of text.
pub(crate) fn names(columns: [&'static str; 2], rows: &[(&str, &str)]) -> Columns {
    let column = |values: Vec<&str>| Arc::new(StringArray::from_iter_values(values)) as ArrayRef;
    let [one, other] = columns;
    vec![
        (one, column(rows.iter().map(|row| row.0).collect())),
        (other, column(rows.iter().map(|row| row.1).collect())),
    ]
}

/// A town with visits of three areas over two years, one of them with no name.
pub(crate) async fn visited(measures: &[Measure]) -> Town {
    let town = with("", measures).await;
    town.load(
        "areas",
        names(["code", "name"], &[("01", "가온동"), ("02", "나래동")]),
    )
    .await;
    town.load(
        "legal",
        names(
            ["admin", "legal_name"],
            &[
                ("01", "해솔동"),
                ("01", "해솔동"),
                ("02", "달빛동"),
                ("02", "별빛동"),
            ],
        ),
    )
    .await;
    town.load(
        "visits",
        visits(&[
            ("01", Some(10), Some(10), "2025-11-03"),
            ("01", Some(70), Some(30), "2026-10-05"),
            ("02", Some(20), Some(20), "2026-10-06"),
            ("02", Some(65), Some(40), "2026-11-07"),
            ("02", None, None, "2026-11-08"),
            ("99", Some(15), Some(5), "2026-11-09"),
        ]),
    )
    .await;
    town
}

pub(crate) fn amounts(rows: &[(&str, i64)]) -> Columns {
    vec![
        (
            "team",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0))),
        ),
        (
            "amount",
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))),
        ),
    ]
}

impl Town {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Replaces a dataset's rows.
    pub(crate) async fn load(&self, dataset: &str, columns: Columns) {
        self.clock.advance(TimeDelta::hours(1));
        let rows = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .unwrap();
        let landed = self
            .lake
            .landing()
            .receive("finance/a.csv", dataset.as_bytes())
            .unwrap();
        let plan = LoadPlan {
            load_id: format!("load-{}", self.now().timestamp()),
            mode: city::dataset::LoadMode::Snapshot,
            key: Vec::new(),
            sources: vec![landed],
            manifest_sha256: "m1".to_owned(),
            started_at: self.now(),
        };
        let writer = self
            .lake
            .begin(&DatasetId::from(dataset), rows.schema(), plan)
            .unwrap();
        writer.accept(&rows).unwrap();
        let accepted = u64::try_from(rows.num_rows()).unwrap();
        let accounting = Accounting {
            read: accepted,
            accepted,
            ..Accounting::default()
        };
        writer.commit(accounting, self.now()).await.unwrap();
    }

    pub(crate) fn public(&self) -> Reader {
        self.door.reader(Person::anyone(), Purpose::default())
    }

    pub(crate) fn operator(&self) -> Reader {
        self.door.reader(Person::local(), Purpose::default())
    }
}
