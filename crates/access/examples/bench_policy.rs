//! What a policy costs: the same questions on one table, by somebody who sees all of it and by somebody who sees a part
//! of its rows behind masks. `cargo xtask bench policy` builds and runs this.
#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use access::{At, Door, Person, Purpose, Question, Reader, Staff};
use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use city::dataset::LoadMode;
use city::{City, Dataset, DatasetId, PolicyText};
use lake::{Accounting, Lake, LoadPlan};
use records::{Clock, Records, SystemClock};

type Outcome<T> = Result<T, Box<dyn Error>>;

const POLICY: &str = r#"
@id("clerks")
@mask("phone: last 4, name: first 1")
@rows("dong in ['동01', '동02', '동03', '동04', '동05']")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"complaints");
"#;

/// Rows written at once.
const STEP: usize = 65_536;
/// What an unprotected question says of the rows itself.
const OWN_ROWS: &str = "dong in ('동01', '동02', '동03', '동04', '동05')";

/// Questions; `{rows}` is the condition on rows for whoever sees all, and `true` for whoever sees those alone.
const QUESTIONS: [(&str, &str); 6] = [
    ("count", "select count(*) from complaints where {rows}"),
    (
        "group by a plain column",
        "select kind, count(*), avg(days) from complaints where {rows} group by kind",
    ),
    (
        "filter on a plain column",
        "select count(*), max(days) from complaints where {rows} and received >= date '2024-06-01'",
    ),
    (
        "masked columns read",
        "select count(name), count(phone), max(id) from complaints where {rows}",
    ),
    (
        "first rows in order",
        "select id, days, kind from complaints where {rows} order by days desc, id limit 100",
    ),
    (
        "join",
        "select a.kind, count(*) from complaints a join (select distinct kind from complaints where {rows}) b on a.kind = b.kind where {rows} group by a.kind",
    ),
];

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| {
        let word = words.get(at).map(|word| word.replace('_', ""));
        word.and_then(|word| word.parse().ok()).unwrap_or(default)
    };
    let (rows, runs) = (number(0, 1_000_000), number(1, 9));
    tokio::runtime::Runtime::new()?.block_on(bench(rows, runs))
}

async fn bench(rows: usize, runs: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let door = door(folder.path(), rows).await?;
    let whole = door.reader(Person::operator("bench"), Purpose::default());
    let staff = Staff {
        name: "clerk".to_owned(),
        roles: ["clerk".to_owned()].into(),
        ..Staff::default()
    };
    let clerk = door.reader(Person::Staff(staff), Purpose::default());
    for (name, question) in QUESTIONS {
        let open = question.replace("{rows}", OWN_ROWS);
        let cut = question.replace("{rows}", "true");
        let (mut unprotected, mut protected) = (Vec::new(), Vec::new());
        // One after the other, so that what else the machine does falls on both.
        for run in 0..=runs {
            let (first, second) = (timed(&whole, &open).await?, timed(&clerk, &cut).await?);
            if run > 0 {
                unprotected.push(first);
                protected.push(second);
            }
        }
        let (unprotected, protected) = (median(unprotected), median(protected));
        let ratio = protected / unprotected;
        println!(
            "{}",
            serde_json::json!({"question": name, "unprotected_ms": unprotected, "protected_ms": protected, "ratio": ratio})
        );
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn timed(reader: &Reader, sql: &str) -> Outcome<f64> {
    let begun = Instant::now();
    let question = Question {
        sql: sql.to_owned(),
        at: At::Latest,
    };
    let rows = reader.ask(question).await?.collect().await?;
    std::hint::black_box(rows);
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

async fn door(folder: &Path, rows: usize) -> Outcome<Arc<Door>> {
    let lake = Arc::new(Lake::open(&folder.join("lake"))?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let records = Arc::new(Records::open(&folder.join("records.db"), Arc::clone(&clock)).await?);
    let city = city(folder)?;
    let dataset = DatasetId::from("complaints");
    let plan = LoadPlan {
        load_id: "bench".to_owned(),
        mode: LoadMode::Snapshot,
        key: Vec::new(),
        sources: vec![lake.landing().receive("bench.csv", &b"bench"[..])?],
        manifest_sha256: "bench".to_owned(),
        started_at: clock.now(),
    };
    let first = table(0, 1)?;
    let writer = lake.begin(&dataset, first.schema(), plan)?;
    for from in (0..rows).step_by(STEP) {
        writer.accept(&table(from, STEP.min(rows - from))?)?;
    }
    let count = u64::try_from(rows)?;
    let accounting = Accounting {
        read: count,
        accepted: count,
        ..Accounting::default()
    };
    writer.commit(accounting, clock.now()).await?;
    Ok(Arc::new(Door::new(Arc::new(city), lake, records)?))
}

fn table(from: usize, rows: usize) -> Outcome<RecordBatch> {
    let ids: Vec<i64> = (from..from + rows)
        .map(i64::try_from)
        .collect::<Result<_, _>>()?;
    // Spread, and the same every time.
    let mixed = |id: i64, salt: i64| {
        (id.wrapping_mul(0x9E37_79B9).wrapping_add(salt) >> 7).rem_euclid(1 << 24)
    };
    let texts = |of: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new(ids.iter().map(|id| Some(of(*id))).collect::<StringArray>())
    };
    let received = ids
        .iter()
        .map(|id| i32::try_from(19_000 + mixed(*id, 5) % 1_000));
    let received: Vec<i32> = received.collect::<Result<_, _>>()?;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(ids.clone()))),
        ("dong", texts(&|id| format!("동{:02}", mixed(id, 1) % 20))),
        (
            "name",
            texts(&|id| format!("주민{:06}", mixed(id, 2) % 900_000)),
        ),
        (
            "phone",
            texts(&|id| {
                format!(
                    "010-{:04}-{:04}",
                    mixed(id, 3) % 10_000,
                    mixed(id, 4) % 10_000
                )
            }),
        ),
        ("received", Arc::new(Date32Array::from(received))),
        ("kind", texts(&|id| format!("유형{:02}", mixed(id, 6) % 40))),
        (
            "days",
            Arc::new(Int64Array::from_iter_values(
                ids.iter().map(|id| mixed(*id, 7) % 90),
            )),
        ),
        ("_file", texts(&|_| "bench.csv".to_owned())),
        (
            "_row",
            Arc::new(Int64Array::from_iter_values(ids.iter().map(|id| id + 2))),
        ),
    ];
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    Ok(RecordBatch::try_from_iter_with_nullable(nullable)?)
}

fn city(folder: &Path) -> Outcome<City> {
    let manifest = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 37.2, 127.2, 37.4]
fields = [{ id = "administration", title = "행정", title-en = "Administration" }]
departments = [{ id = "planning", title = "기획과", title-en = "Planning" }]
"#;
    let column = |name: &str, kind: &str, privacy: &str| {
        format!(
            "{{ name = \"{name}\", title = \"{name}\", type = \"{kind}\", privacy = \"{privacy}\" }}"
        )
    };
    let columns = [
        column("id", "integer", "none"),
        column("dong", "text", "quasi"),
        column("name", "text", "identifier"),
        column("phone", "text", "identifier"),
        column("received", "date", "none"),
        column("kind", "text", "none"),
        column("days", "integer", "none"),
    ];
    let dataset = format!(
        "id = \"complaints\"\ntitle = \"민원\"\ndescription = \"견주기\"\nfield = \"administration\"\ndepartment = \"planning\"\ncadence = \"monthly\"\nsource = {{ kind = \"file\", path = \"a.csv\" }}\nformat = {{ kind = \"csv\" }}\ncolumns = [\n{}\n]\n",
        columns.join(",\n")
    );
    let people = "roles = [{ id = \"clerk\", title = \"담당\" }]\n";
    let file = Path::new("bench.toml");
    let (manifest, faults) = city::read::manifest_text(file, manifest);
    let manifest = manifest.ok_or_else(|| format!("{faults:?}"))?;
    let (dataset, faults) = city::read::dataset_text(file, &dataset);
    let dataset: Dataset = dataset.ok_or_else(|| format!("{faults:?}"))?;
    let (people, faults) = city::read::people_text(file, people);
    Ok(City {
        folder: folder.to_owned(),
        manifest,
        datasets: [(dataset.id.clone(), dataset)].into(),
        measures: std::collections::BTreeMap::new(),
        boards: std::collections::BTreeMap::new(),
        standards: city::Standards::default(),
        calendar: city::Calendar::default(),
        people: people.ok_or_else(|| format!("{faults:?}"))?,
        policies: vec![PolicyText {
            file: PathBuf::from("policies/bench.cedar"),
            text: POLICY.to_owned(),
        }],
        releases: std::collections::BTreeMap::new(),
        promises: std::collections::BTreeMap::new(),
        situation: city::Situation::default(),
    })
}
