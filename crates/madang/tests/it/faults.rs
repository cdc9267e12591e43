//! kill -9 at random instants of real loads.
//!
//! No acknowledged version is lost, no half version is seen, no arrived bytes are lost, and the next
//! load completes. `MADANG_FAULTS` and `MADANG_SEED` make it longer and other.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::city::{MADANG, Ran, TestCity, parking, ran};

const DEATHS: u64 = 20;
/// Deaths of the whole demo city; each takes its making and its loads.
const CITY_DEATHS: u64 = 5;
const ROWS: u64 = 3000;

pub(crate) fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

/// The next of a row of numbers that look like chance.
pub(crate) fn next(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

fn table(death: u64) -> String {
    let mut csv = "이름,면수\n".to_owned();
    for row in 0..ROWS {
        let spaces = if row % 100 == 7 {
            "일백".to_owned()
        } else {
            (death + row).to_string()
        };
        csv.push_str(&format!("주차장 {row},{spaces}\n"));
    }
    csv
}

#[test]
fn an_acknowledged_version_survives_sudden_death() {
    let deaths = number("MADANG_FAULTS", DEATHS);
    let mut seed = number("MADANG_SEED", 20_261_123);
    println!("seed {seed}, {deaths} deaths");
    let mut manifest = parking();
    let mut city = TestCity::new();
    let (mut acknowledged, mut killed) = (0, 0);
    city = city
        .dataset(&manifest)
        .file("parking.csv", table(1_000_001));
    let start = Instant::now();
    assert_eq!(city.load().code, 0);
    // Most deaths should come before the load has ended, wherever this runs.
    let life_us_max = u64::try_from(start.elapsed().as_micros())
        .unwrap()
        .max(1000);
    for death in 0..deaths {
        seed = next(seed);
        let mode = ["snapshot", "upsert"][usize::try_from(death / 5 % 2).unwrap()];
        manifest.load = format!(r#"{{ mode = "{mode}", key = ["name"] }}"#);
        city = city.dataset(&manifest).file("parking.csv", table(death));
        let life = Duration::from_micros((seed >> 33) % life_us_max);
        match load_and_kill(&city, life) {
            Some(version) => acknowledged = version,
            None => killed += 1,
        }
        let verified = city.run(&["verify"]);
        assert_eq!(verified.code, 0, "seed {seed}, death {death}: {verified:?}");
        let known = known(&city);
        assert!(
            known >= acknowledged,
            "seed {seed}, death {death}: {acknowledged} was acknowledged, {known} is known"
        );
        acknowledged = known;
    }
    let last = city.file("parking.csv", table(1_000_000));
    let ran = last.load();
    assert_eq!(
        (ran.code, ran.accounting().as_str()),
        (0, "loaded: read 3000 = accepted 2970 + quarantined 30")
    );
    println!("{killed} of {deaths} died before they were acknowledged");
}

/// The version acknowledged before death, if any.
fn load_and_kill(city: &TestCity, life: Duration) -> Option<i64> {
    let mut child = city
        .command(&["load", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::park_timeout(life);
    child.kill().unwrap();
    let mut said = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    child.wait().unwrap();
    let line: Value = serde_json::from_str(said.lines().next()?).ok()?;
    line["version"].as_i64()
}

/// The newest version's number, asked without changing anything.
fn known(city: &TestCity) -> i64 {
    let ran = city.run(&["trace", "parking", "--json"]);
    if ran.code != 0 {
        return 0;
    }
    ran.lines()[0]["version"].as_i64().unwrap_or(0)
}

/// The newest version of each dataset, by what the loads said.
type Versions = BTreeMap<String, i64>;

/// `madang demo`: makes another city in the same folder, so that every dataset has new bytes, and loads it.
fn demo(folder: &Path, seed: u64) -> Command {
    let mut command = Command::new(MADANG);
    command
        .args(["demo", "--no-serve", "--no-servers", "--json", "--seed"])
        .arg(seed.to_string())
        .arg("--data")
        .arg(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// What is said of loads; of passwords something is said, too.
fn loads(made: &Ran) -> Vec<Value> {
    let mut lines = made.lines();
    lines.retain(|line| line["dataset"].is_string());
    lines
}

fn said(output: &str, versions: &mut Versions) {
    // The last line may be cut off: then nobody was told.
    let lines = output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    for line in lines.filter(|line: &Value| line["outcome"] == "loaded") {
        let dataset = line["dataset"].as_str().unwrap().to_owned();
        versions.insert(dataset, line["version"].as_i64().unwrap());
    }
}

/// Everything is as recorded, and no version that somebody was told of is gone.
fn is_whole(folder: &Path, versions: &mut Versions, moment: &str) {
    let on_city = |words: &[&str]| {
        let mut command = Command::new(MADANG);
        command.args(words).arg("-C").arg(folder.join("city"));
        ran(command.arg("--data").arg(folder.join("data")))
    };
    let verified = on_city(&["verify"]);
    assert_eq!(verified.code, 0, "{moment}: {verified:?}");
    for (dataset, told) in versions {
        let traced = on_city(&["trace", dataset, "--json"]);
        let now = traced.lines()[0]["version"].as_i64().unwrap();
        assert!(
            now >= *told,
            "{moment}: {dataset}: {told} was acknowledged, {now} is known"
        );
        *told = now;
    }
}

#[test]
fn the_demo_city_survives_sudden_death() {
    let deaths = number("MADANG_FAULTS", CITY_DEATHS);
    let mut seed = number("MADANG_SEED", 20_261_125);
    println!("seed {seed}, {deaths} deaths of the demo city");
    let folder = tempfile::tempdir().unwrap();
    let mut versions = Versions::new();
    let start = Instant::now();
    let made = ran(&mut demo(folder.path(), seed));
    said(&made.out, &mut versions);
    assert_eq!((made.code, versions.len()), (0, loads(&made).len()));
    let life_us_max = u64::try_from(start.elapsed().as_micros()).unwrap();
    let mut killed = 0;
    for death in 0..deaths {
        seed = next(seed);
        let mut child = demo(folder.path(), seed)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::park_timeout(Duration::from_micros((seed >> 33) % life_us_max));
        killed += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        let mut output = String::new();
        let mut pipe = child.stdout.take().unwrap();
        pipe.read_to_string(&mut output).unwrap();
        child.wait().unwrap();
        said(&output, &mut versions);
        is_whole(
            folder.path(),
            &mut versions,
            &format!("seed {seed}, death {death}"),
        );
    }
    let made = ran(&mut demo(folder.path(), next(seed)));
    assert_eq!(made.code, 0, "seed {seed}: the next load completes");
    for load in loads(&made) {
        // What only grows refuses another city's rows under the keys it has, and a register of another city waits for
        // a person: those are loads that completed. Of another Madang the number of its version is asked, which is that
        // of the quarter whatever the city.
        let outcome = load["outcome"].as_str().unwrap();
        let is_numbered = load["dataset"] == "population_outlook" && outcome == "unchanged";
        assert!(
            ["loaded", "refused", "held"].contains(&outcome) || is_numbered,
            "seed {seed}: {load}"
        );
    }
    is_whole(folder.path(), &mut versions, "at the end");
    println!("{killed} of {deaths} died before they had ended");
}
