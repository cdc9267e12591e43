//! Sudden death at random instants: no acknowledged version is lost, no half version is seen.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use arrow::array::RecordBatch;
use city::dataset::LoadMode::{Append, Snapshot, Upsert};
use lake::{At, Lake, LoadPlan};

use crate::rows::{accounting, bad, batch, parking};

const ROOT: &str = "LAKE_KILLED_ROOT";
const DEATHS: u64 = 12;

/// The child: loads in a loop and tells each acknowledged version. Without a folder it is no test at all.
#[tokio::test]
async fn child_loads_until_it_is_killed() {
    let Ok(root) = std::env::var(ROOT) else {
        return;
    };
    let lake = Lake::open(root.as_ref()).unwrap();
    let start = lake
        .version(&parking(), &At::Latest)
        .unwrap()
        .map_or(0, |version| version.number);
    for number in start + 1..start + 10_000 {
        let named: Vec<String> = (0..200)
            .map(|row| format!("{}", (number * 37 + row) % 500))
            .collect();
        let rows: Vec<(&str, i64)> = named.iter().map(|name| (name.as_str(), number)).collect();
        let rows: RecordBatch = batch(&rows);
        let landed = lake
            .landing()
            .receive("a.csv", format!("load {number}").as_bytes())
            .unwrap();
        let plan = LoadPlan {
            load_id: uuid::Uuid::now_v7().to_string(),
            mode: [Snapshot, Append, Upsert][usize::try_from(number % 3).unwrap()],
            key: vec!["name".to_owned()],
            sources: vec![landed],
            manifest_sha256: "m".to_owned(),
            started_at: chrono::DateTime::from_timestamp(number, 0).unwrap(),
        };
        let writer = lake.begin(&parking(), rows.schema(), plan).unwrap();
        writer.accept(&rows).unwrap();
        writer.quarantine(&[bad(1)]).unwrap();
        let version = writer
            .commit(
                accounting(200, 1),
                chrono::DateTime::from_timestamp(number, 1).unwrap(),
            )
            .await
            .unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "\nacknowledged {}", version.number).unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn an_acknowledged_version_survives_and_a_half_one_is_never_seen() {
    let folder = tempfile::tempdir().unwrap();
    let mut seed: u64 = 20_261_123;
    let mut survived = 0;
    for death in 0..DEATHS {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut child = start(folder.path());
        let acknowledged = kill_after(&mut child, Duration::from_millis(20 + (seed >> 33) % 230));
        let lake = Lake::open(folder.path()).unwrap();
        let known = lake
            .version(&parking(), &At::Latest)
            .unwrap()
            .map_or(0, |version| version.number);
        assert!(
            known >= acknowledged,
            "death {death}: {acknowledged} was acknowledged, {known} is known"
        );
        assert_eq!(lake.verify(&parking()).unwrap(), [], "death {death}");
        survived = survived.max(known);
        if known > 0 {
            lake.table(&parking(), known).unwrap();
        }
    }
    assert!(survived > 0, "no child lived long enough to load at all");
}

fn start(root: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::child_loads_until_it_is_killed",
            "--nocapture",
        ])
        .env(ROOT, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets the child live for so long, kills it, and returns the last version it acknowledged.
fn kill_after(child: &mut Child, life: Duration) -> i64 {
    let out = child.stdout.take().unwrap();
    let listener = std::thread::spawn(move || {
        let lines = BufReader::new(out).lines().map_while(Result::ok);
        lines
            .filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok())
            .last()
            .unwrap_or(0)
    });
    std::thread::park_timeout(life);
    child.kill().unwrap();
    child.wait().unwrap();
    listener.join().unwrap()
}
