//! A small town with a lake of real tables, built in a line.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::{AskError, At, Door, Person, Purpose, Question, Reader, Record, Rows};
use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::util::display::array_value_to_string;
use chrono::{DateTime, TimeDelta, Utc};
use city::dataset::LoadMode;
use city::{City, Dataset, DatasetId, People, PolicyText};
use lake::{Accounting, Lake, LoadPlan, QuarantineRow};
use records::log::{Filter, Logged};
use records::{Clock, FixedClock, Records};
use tempfile::TempDir;

/// Values that stand where the public must not see: in no answer, no error, no log.
pub(crate) const SECRETS: [&str; 9] = [
    "고길동",
    "한소리",
    "031-555-0199",
    "7654321",
    "7.65",
    "시끄러운이웃",
    "보조금수급자",
    "secret-file",
    "127.0777",
];

/// Names of what the public must not see; an error names one only if the question did.
pub(crate) const HIDDEN: [&str; 7] = [
    "manager",
    "담당자",
    "phone",
    "연락처",
    "income",
    "월수입",
    "수급자",
];

const MANIFEST: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 37.2, 127.2, 37.4]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [{ id = "transport", title = "교통과", title-en = "Transport" }]
"#;

/// id, title, release, place, columns: name, title, type, privacy, rest.
const DATASETS: [(&str, &str, &str, &str, &[&str]); 7] = [
    (
        "parking",
        "공영주차장",
        "open",
        "place = { x = \"x\", y = \"y\", crs = \"EPSG:4326\" }\nload = { mode = \"append\", key = [\"name\"] }",
        &[
            "name|주차장명|text|none|",
            "dong|동|text|none|title-en = \"Neighbourhood\"",
            "spaces|주차면수|integer|none|unit = \"면\", source = \"면수\"",
            "x|경도값|number|none|",
            "y|위도값|number|none|",
            "manager|담당자|text|identifier|",
            "phone|연락처|text|none|release = false",
            "income|월수입|integer|none|release = false",
        ],
    ),
    (
        "dongs",
        "동별 인구",
        "open",
        "",
        &["dong|동|text|none|", "people|인구|integer|none|"],
    ),
    (
        "shelters",
        "쉼터",
        "open",
        "place = { x = \"x\", y = \"y\", crs = \"EPSG:4326\" }\nload = { mode = \"append\", key = [\"code\"] }",
        &[
            "name|쉼터명|text|none|",
            "code|관리번호|text|identifier|",
            "x|경도값|number|none|release = false",
            "y|위도값|number|none|release = false",
        ],
    ),
    (
        "complaints",
        "민원",
        "internal",
        "",
        &["dong|동|text|none|", "words|내용|text|none|"],
    ),
    (
        "grants",
        "보조금",
        "on-request",
        "",
        &["dong|동|text|none|", "person|수급자|text|identifier|"],
    ),
    (
        "staff",
        "직원",
        "open",
        "",
        &[
            "name|이름|text|identifier|",
            "phone|전화|text|none|release = false",
        ],
    ),
    (
        "noise",
        "소음",
        "open",
        "",
        &["dong|동|text|none|", "level|소음도|number|none|"],
    ),
];

/// Datasets of a town with people and policies: one with personal columns, and one that holds a copy of what of it
/// somebody sees.
const GOVERNED: [(&str, &str, &str, &str, &[&str]); 2] = [
    (
        "residents",
        "주민",
        "internal",
        "subjects = [{ kind = \"phone\", column = \"phone\" }, { kind = \"resident\", column = \"id\" }]",
        &RESIDENTS,
    ),
    ("copy", "사본", "internal", "", &RESIDENTS),
];

const RESIDENTS: [&str; 7] = [
    "id|번호|integer|none|",
    "dong|동|text|quasi|",
    "name|이름|text|identifier|",
    "phone|전화|text|identifier|",
    "born|생년월일|date|quasi|",
    "age|나이|integer|quasi|",
    "score|점수|number|sensitive|",
];

fn dataset(
    (id, title, release, rest, columns): (&str, &str, &str, &str, &[&str]),
) -> (DatasetId, Dataset) {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| {
            let [name, title, kind, privacy, more] =
                column.split('|').collect::<Vec<_>>().try_into().unwrap();
            format!("{{ name = \"{name}\", title = \"{title}\", type = \"{kind}\", privacy = \"{privacy}\", {more} }}").replace(",  }", " }")
        })
        .collect();
    let text = format!(
        "id = \"{id}\"\ntitle = \"{title}\"\ndescription = \"시험용\"\nfield = \"traffic\"\ndepartment = \"transport\"\ncadence = \"monthly\"\nrelease = \"{release}\"\nsource = {{ kind = \"file\", path = \"a.csv\" }}\nformat = {{ kind = \"csv\" }}\n{rest}\ncolumns = [\n{}\n]\n",
        columns.join(",\n")
    );
    let (dataset, faults) = city::read::dataset_text(Path::new("test.toml"), &text);
    let dataset = dataset.unwrap_or_else(|| panic!("{faults:?}\n{text}"));
    (dataset.id.clone(), dataset)
}

/// A city with people and policies of its own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules<'r> {
    pub(crate) people: &'r str,
    pub(crate) policies: &'r str,
}

impl Rules<'_> {
    pub(crate) fn people(&self) -> People {
        let (people, faults) = city::read::people_text(Path::new("people.toml"), self.people);
        people.unwrap_or_else(|| panic!("{faults:?}"))
    }

    pub(crate) fn texts(&self) -> Vec<PolicyText> {
        let file = Path::new("policies/town.cedar").to_owned();
        let text = self.policies.to_owned();
        let is_there = !text.is_empty();
        is_there
            .then_some(PolicyText { file, text })
            .into_iter()
            .collect()
    }
}

pub(crate) fn city(folder: &Path, rules: Rules<'_>) -> City {
    let (manifest, faults) = city::read::manifest_text(Path::new("city.toml"), MANIFEST);
    City {
        folder: folder.to_owned(),
        manifest: manifest.unwrap_or_else(|| panic!("{faults:?}")),
        datasets: {
            let governed = GOVERNED.into_iter().filter(|_| !rules.people.is_empty());
            DATASETS.into_iter().chain(governed).map(dataset).collect()
        },
        measures: BTreeMap::new(),
        boards: BTreeMap::new(),
        standards: city::Standards::default(),
        calendar: city::Calendar::default(),
        people: rules.people(),
        policies: rules.texts(),
        releases: BTreeMap::new(),
        promises: BTreeMap::new(),
        situation: city::Situation::default(),
    }
}

/// A town of its own for each test.
pub(crate) struct Town {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) records: Arc<Records>,
    pub(crate) lake: Arc<Lake>,
    pub(crate) door: Arc<Door>,
    loads: AtomicU64,
}

/// A town whose tables are empty yet.
pub(crate) async fn bare() -> Town {
    governed(Rules::default()).await
}

/// A town with people and policies of its own, whose tables are empty yet.
pub(crate) async fn governed(rules: Rules<'_>) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let clock = Arc::new(FixedClock::new(start));
    let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
    let records = Records::open(&folder.path().join("records.db"), shared).await;
    let records = Arc::new(records.unwrap());
    let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
    let city = Arc::new(city(folder.path(), rules));
    let door = Door::new(city, Arc::clone(&lake), Arc::clone(&records)).unwrap();
    Town {
        folder,
        clock,
        records,
        lake,
        door: Arc::new(door),
        loads: AtomicU64::new(0),
    }
}

/// A town with something in every table but that of noise.
pub(crate) async fn town() -> Town {
    let town = bare().await;
    fill(&town).await;
    town
}

/// Something in every table but those of noise and residents.
pub(crate) async fn fill(town: &Town) {
    town.load("parking", &parking(&PARKS)).await;
    town.load(
        "dongs",
        &table(&[
            ("dong", text(["가온동", "누리동"])),
            ("people", whole([1200, 800])),
        ]),
    )
    .await;
    town.load(
        "shelters",
        &table(&[
            ("name", text(["솔밭쉼터"])),
            ("code", text(["고길동"])),
            ("x", number([127.0777])),
            ("y", number([37.31])),
            ("longitude", number([127.0777])),
            ("latitude", number([37.31])),
        ]),
    )
    .await;
    town.load(
        "complaints",
        &table(&[
            ("dong", text(["가온동"])),
            ("words", text(["시끄러운이웃"])),
        ]),
    )
    .await;
    town.load(
        "grants",
        &table(&[
            ("dong", text(["가온동"])),
            ("person", text(["보조금수급자"])),
        ]),
    )
    .await;
    town.load(
        "staff",
        &table(&[
            ("name", text(["고길동"])),
            ("phone", text(["031-555-0199"])),
        ]),
    )
    .await;
}

/// Name, dong, spaces, manager, income of a car park.
pub(crate) type Park = (&'static str, &'static str, i64, &'static str, i64);

pub(crate) const PARKS: [Park; 3] = [
    ("가온주차장", "가온동", 120, "고길동", 7_654_321),
    ("누리주차장", "누리동", 80, "한소리", 0),
    ("다솜주차장", "가온동", 40, "고길동", 5),
];

pub(crate) fn parking(parks: &[Park]) -> RecordBatch {
    let places = number(
        parks
            .iter()
            .map(|park| 127.0 + f64::from(i32::try_from(park.2).unwrap()) / 1000.0),
    );
    table(&[
        ("name", text(parks.iter().map(|park| park.0))),
        ("dong", text(parks.iter().map(|park| park.1))),
        ("spaces", whole(parks.iter().map(|park| park.2))),
        ("x", Arc::clone(&places)),
        ("y", number(parks.iter().map(|_| 37.3))),
        ("manager", text(parks.iter().map(|park| park.3))),
        ("phone", text(parks.iter().map(|_| "031-555-0199"))),
        ("income", whole(parks.iter().map(|park| park.4))),
        ("longitude", places),
        ("latitude", number(parks.iter().map(|_| 37.3))),
    ])
}

pub(crate) fn text<'t>(values: impl IntoIterator<Item = &'t str>) -> ArrayRef {
    Arc::new(values.into_iter().map(Some).collect::<StringArray>())
}

pub(crate) fn whole(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

pub(crate) fn number(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

/// Columns as a load stores them: with where each row came from.
pub(crate) fn table(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let rows = columns.first().map_or(0, |(_, array)| array.len());
    let mut all: Vec<(&str, ArrayRef)> = columns.to_vec();
    all.push(("_file", text((0..rows).map(|_| "secret-file.csv"))));
    all.push((
        "_row",
        whole((0..rows).map(|row| i64::try_from(row).unwrap() + 2)),
    ));
    RecordBatch::try_from_iter_with_nullable(
        all.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

impl Town {
    fn plan(&self, dataset: &str) -> LoadPlan {
        let number = self.loads.fetch_add(1, Ordering::Relaxed);
        self.clock.advance(TimeDelta::hours(1));
        let declared = &self.door.city().datasets[dataset].load;
        let landed = self.lake.landing();
        LoadPlan {
            load_id: format!("load-{number:04}"),
            mode: declared.mode,
            key: declared.key.clone(),
            sources: vec![
                landed
                    .receive("traffic/a.csv", number.to_string().as_bytes())
                    .unwrap(),
            ],
            manifest_sha256: "m1".to_owned(),
            started_at: self.now(),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Adds rows by the dataset's own mode.
    pub(crate) async fn load(&self, dataset: &str, rows: &RecordBatch) -> Record {
        self.load_as(dataset, None, rows, &[]).await
    }

    /// Loads rows in a given mode, and puts some aside.
    pub(crate) async fn load_as(
        &self,
        dataset: &str,
        mode: Option<LoadMode>,
        rows: &RecordBatch,
        aside: &[QuarantineRow],
    ) -> Record {
        let mut plan = self.plan(dataset);
        plan.mode = mode.unwrap_or(plan.mode);
        let id = DatasetId::from(dataset);
        let writer = self.lake.begin(&id, rows.schema(), plan).unwrap();
        writer.accept(rows).unwrap();
        writer.quarantine(aside).unwrap();
        writer
            .commit(accounting(rows.num_rows(), aside.len()), self.now())
            .await
            .unwrap()
    }

    pub(crate) fn public(&self) -> Reader {
        let from = Some("203.0.113.9".to_owned());
        self.door
            .reader(Person::Public { from }, Purpose::new("시민 열람"))
    }

    pub(crate) fn operator(&self) -> Reader {
        let person = Person::operator("kim");
        self.door.reader(person, Purpose::new("점검"))
    }

    /// The whole log, oldest first.
    pub(crate) async fn log(&self) -> Vec<Logged> {
        self.records.log().flush().await;
        let filter = Filter {
            limit: 10_000,
            ..Filter::default()
        };
        let (mut entries, _) = self.records.log().page(&filter).await.unwrap();
        entries.reverse();
        entries
    }
}

/// Accounting with a report that tells of hidden columns too.
fn accounting(accepted: usize, quarantined: usize) -> Accounting {
    let count = |rows: usize| u64::try_from(rows).unwrap();
    Accounting {
        read: count(accepted + quarantined),
        accepted: count(accepted),
        quarantined: count(quarantined),
        skipped: 0,
        report: serde_json::json!({
            "score": 0.9,
            "checks": [
                {"column": "name", "check": "required", "errors": 0, "diagnosed": 3},
                {"column": "income", "check": "range", "errors": 1, "diagnosed": 3},
                {"column": null, "check": "record", "errors": 0, "diagnosed": 3},
            ],
            "columns": [
                {"name": "spaces", "rows": 3, "nulls": 0, "min": "40", "max": "120"},
                {"name": "income", "rows": 3, "nulls": 0, "min": "0", "max": "7654321"},
            ],
        }),
        ..Accounting::default()
    }
}

/// Asks in SQL; the answer as lines of a file with its head, or the error in all its words.
pub(crate) async fn told(reader: &Reader, sql: &str, at: At) -> Result<Vec<String>, AskError> {
    let question = Question {
        sql: sql.to_owned(),
        at,
    };
    Ok(lines(&reader.ask(question).await?.collect().await?))
}

/// Asks for rows; the answer as [`told`] gives it.
pub(crate) async fn rows(reader: &Reader, question: &Rows) -> Result<Vec<String>, AskError> {
    Ok(lines(&reader.rows(question).await?.collect().await?))
}

fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let mut lines = Vec::new();
    for batch in batches {
        if lines.is_empty() {
            let schema = batch.schema();
            let names: Vec<&str> = schema
                .fields()
                .iter()
                .map(|field| field.name().as_str())
                .collect();
            lines.push(names.join(","));
        }
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = batch
                .columns()
                .iter()
                .map(|column| array_value_to_string(column, row).unwrap())
                .collect();
            lines.push(cells.join(","));
        }
    }
    lines
}

/// Everything an error says, in both languages.
pub(crate) fn words(error: &AskError) -> String {
    use city::Lang::{En, Ko};
    let remedy = |lang| error.remedy(lang).unwrap_or_default();
    format!(
        "{error}\n{error:?}\n{}\n{}\n{}",
        error.what(Ko),
        remedy(Ko),
        remedy(En)
    )
}

/// The kind of an error, in a word.
pub(crate) fn kind(error: &AskError) -> &'static str {
    match error {
        AskError::Denied(_) => "denied",
        AskError::UnknownDataset { .. } => "no-dataset",
        AskError::UnknownColumn { .. } => "no-column",
        AskError::UnknownRole { .. } => "no-role",
        AskError::Ambiguous { .. } => "ambiguous",
        AskError::NotLoaded(_) => "not-loaded",
        AskError::NoVersion { .. } => "no-version",
        AskError::NotBrokenDown { .. } => "not-broken-down",
        AskError::Value { .. } | AskError::NoValue => "wrong-value",
        AskError::NotAQuery(_) => "not-a-query",
        AskError::Plan(_) => "no-plan",
        AskError::TooLarge { .. } => "too-large",
        AskError::Run(_) | AskError::Computed(_) => "failed",
        AskError::Tables(_) | AskError::Log(_) => "broken",
    }
}
