//! How long tiles take: a map of many places is made from the lake through the door, then tiles of every zoom are asked
//! for by their addresses, each for the first time and again. `cargo xtask bench tiles` builds and runs this.
#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use access::Door;
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use city::dataset::LoadMode;
use city::{City, Dataset, DatasetId};
use interop::AppState;
use lake::{Accounting, Lake, LoadPlan};
use records::{Clock, Records, SystemClock};
use tower::ServiceExt as _;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Rows written at once.
const STEP: usize = 65_536;
/// Towns the places gather in: tiles of a city are not equally full.
const TOWNS: i64 = 60;
const MIDDLE: (f64, f64) = (127.05, 37.29);

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| {
        let word = words.get(at).map(|word| word.replace('_', ""));
        word.and_then(|word| word.parse().ok()).unwrap_or(default)
    };
    let (rows, tiles) = (number(0, 1_000_000), number(1, 60));
    tokio::runtime::Runtime::new()?.block_on(bench(rows, tiles))
}

async fn bench(rows: usize, tiles: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let router = router(folder.path(), rows).await?;
    let (first_ms, _) = ask(&router, "/tiles/trees.json").await?;
    println!(
        "{}",
        serde_json::json!({"what": "map made", "ms": first_ms})
    );
    let (mut all_cold, mut all_warm) = (Vec::new(), Vec::new());
    for zoom in [0, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18] {
        let (mut cold, mut warm, mut largest) = (Vec::new(), Vec::new(), 0);
        for address in addresses(zoom, tiles) {
            let (ms, bytes) = ask(&router, &address).await?;
            cold.push(ms);
            largest = largest.max(bytes);
            warm.push(ask(&router, &address).await?.0);
        }
        all_cold.extend(&cold);
        all_warm.extend(&warm);
        let line = line(&format!("zoom {zoom}"), cold, warm, largest);
        println!("{line}");
    }
    println!("{}", line("all", all_cold, all_warm, 0));
    Ok(())
}

fn line(what: &str, cold: Vec<f64>, warm: Vec<f64>, largest: usize) -> serde_json::Value {
    serde_json::json!({
        "what": what,
        "tiles": cold.len(),
        "cold_p50": share(cold.clone(), 50),
        "cold_p99": share(cold, 99),
        "warm_p50": share(warm.clone(), 50),
        "warm_p99": share(warm, 99),
        "largest": largest,
    })
}

fn share(mut times: Vec<f64>, percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).copied().unwrap_or(f64::NAN)
}

/// Tiles around the towns, spread over them.
fn addresses(zoom: u8, most: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for at in 0..i64::try_from(most).unwrap_or_default() {
        let (x, y) = place(at * 104_729);
        if let Some(spot) = tiles::world::Spot::of(x, y)
            && let Some(tile) = tiles::TileAt::around(zoom, spot)
        {
            found.insert(format!("/tiles/trees/{zoom}/{}/{}.mvt", tile.x(), tile.y()));
        }
    }
    found
}

async fn ask(router: &Router, address: &str) -> Outcome<(f64, usize)> {
    let begun = Instant::now();
    let request = Request::get(address).body(Body::empty())?;
    let answer = router.clone().oneshot(request).await?;
    if !answer.status().is_success() {
        return Err(format!("{address}: {}", answer.status()).into());
    }
    let bytes = to_bytes(answer.into_body(), usize::MAX).await?.len();
    Ok((begun.elapsed().as_secs_f64() * 1000.0, bytes))
}

/// Spread, and the same every time.
fn mixed(id: i64, salt: i64) -> i64 {
    let mut mixed = id.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()) ^ salt;
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0x5851_F42D_4C95_7F2D);
    (mixed >> 20) & 0xFFFF
}

fn part(id: i64, salt: i64) -> f64 {
    f64::from(i32::try_from(mixed(id, salt)).unwrap_or_default()) / 65_536.0
}

/// Places gather in towns, more in their middles.
fn place(id: i64) -> (f64, f64) {
    let town = mixed(id, 1) % TOWNS;
    let way = |salt: i64| {
        (part(town, salt) - 0.5) * 0.2 + (part(id, salt) - 0.5) * (part(id, salt + 9)) * 0.06
    };
    (MIDDLE.0 + way(2), MIDDLE.1 + way(3))
}

fn table(from: usize, rows: usize) -> Outcome<RecordBatch> {
    let ids = (from..from + rows).map(i64::try_from);
    let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
    let texts = |of: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new(ids.iter().map(|id| Some(of(*id))).collect::<StringArray>())
    };
    let numbers = |of: &dyn Fn(i64) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(ids.iter().map(|id| of(*id))))
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("number", Arc::new(Int64Array::from(ids.clone()))),
        (
            "kind",
            texts(&|id| format!("나무 {:02}", mixed(id, 5) % 40)),
        ),
        (
            "dong",
            texts(&|id| format!("동 {:02}", mixed(id, 1) % TOWNS)),
        ),
        (
            "height",
            numbers(&|id| (part(id, 6) * 300.0).round() / 10.0),
        ),
        ("longitude", numbers(&|id| place(id).0)),
        ("latitude", numbers(&|id| place(id).1)),
        ("x", numbers(&|id| place(id).0)),
        ("y", numbers(&|id| place(id).1)),
        ("_file", texts(&|_| "bench.csv".to_owned())),
        (
            "_row",
            Arc::new(Int64Array::from_iter_values(ids.iter().map(|id| id + 2))),
        ),
    ];
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    Ok(RecordBatch::try_from_iter_with_nullable(nullable)?)
}

async fn router(folder: &Path, rows: usize) -> Outcome<Router> {
    let lake = Arc::new(Lake::open(&folder.join("lake"))?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let records = Records::open(&folder.join("records.db"), Arc::clone(&clock)).await?;
    let records = Arc::new(records);
    let city = Arc::new(city(folder)?);
    let plan = LoadPlan {
        load_id: "bench".to_owned(),
        mode: LoadMode::Snapshot,
        key: Vec::new(),
        sources: vec![lake.landing().receive("bench.csv", &b"bench"[..])?],
        manifest_sha256: "bench".to_owned(),
        started_at: clock.now(),
    };
    let writer = lake.begin(&DatasetId::from("trees"), table(0, 1)?.schema(), plan)?;
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
    let door = Arc::new(Door::new(Arc::clone(&city), lake, Arc::clone(&records))?);
    Ok(interop::api::router(AppState::new(city, door, records)))
}

fn city(folder: &Path) -> Outcome<City> {
    let manifest = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 37.1, 127.2, 37.5]
fields = [{ id = "environment", title = "환경", title-en = "Environment" }]
departments = [{ id = "parks", title = "공원과", title-en = "Parks" }]
"#;
    let column = |name: &str, kind: &str| {
        format!(
            "{{ name = \"{name}\", title = \"{name}\", type = \"{kind}\", privacy = \"none\" }}"
        )
    };
    let columns = [
        column("number", "integer"),
        column("kind", "text"),
        column("dong", "text"),
        column("height", "number"),
        column("x", "number"),
        column("y", "number"),
    ];
    let dataset = format!(
        "id = \"trees\"\ntitle = \"가로수\"\ndescription = \"견주기\"\nfield = \"environment\"\ndepartment = \"parks\"\ncadence = \"monthly\"\nrelease = \"open\"\nsource = {{ kind = \"file\", path = \"a.csv\" }}\nformat = {{ kind = \"csv\" }}\nplace = {{ x = \"x\", y = \"y\", crs = \"EPSG:4326\" }}\ncolumns = [\n{}\n]\n",
        columns.join(",\n")
    );
    let file = Path::new("bench.toml");
    let (manifest, faults) = city::read::manifest_text(file, manifest);
    let manifest = manifest.ok_or_else(|| format!("{faults:?}"))?;
    let (dataset, faults) = city::read::dataset_text(file, &dataset);
    let dataset: Dataset = dataset.ok_or_else(|| format!("{faults:?}"))?;
    Ok(City {
        folder: folder.to_owned(),
        manifest,
        datasets: [(dataset.id.clone(), dataset)].into(),
        measures: std::collections::BTreeMap::new(),
        boards: std::collections::BTreeMap::new(),
        standards: city::Standards::default(),
        calendar: city::Calendar::default(),
        people: city::People::default(),
        policies: Vec::new(),
        releases: std::collections::BTreeMap::new(),
        promises: std::collections::BTreeMap::new(),
        situation: city::Situation::default(),
    })
}
