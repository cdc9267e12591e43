//! The demo city is loaded by the real binary: every fault that was planted is found, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::city::{MADANG, Ran, ran};

/// Seeds other than the demo's own: a fault must be found wherever chance puts it. With servers of other programs, and
/// without.
const CITIES: [(&str, bool); 3] = [("2026", true), ("7", true), ("7", false)];
/// The servers that must be there.
const SERVERS: &str = "postgres mariadb sftp mqtt";
/// What sensors say, and where.
const SENSORS: (&str, &str) = ("noise", "hanbit/noise/+");

/// Datasets that nobody delivers: they are made of others.
const DERIVED: [&str; 3] = ["age_groups", "complaints_monthly", "elderly_alone"];

/// Where a fault stands and what finds it: dataset, file, row, check.
type Fault = (String, String, u64, String);
/// Faults with the column each was planted or found in; a check of several columns names none.
type Faults = BTreeMap<Fault, Option<String>>;

fn madang(words: &[&str]) -> Ran {
    ran(Command::new(MADANG).args(words).stdin(Stdio::null()))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What the city's maker wrote down: its faults, and its rows by dataset.
fn planted(folder: &Path) -> (Faults, serde_json::Map<String, Value>) {
    let list = std::fs::read_to_string(folder.join("city/faults.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let faults = list["faults"].as_array().unwrap().iter().map(|fault| {
        let row = fault["row"].as_u64().unwrap();
        let (dataset, file) = (text(&fault["dataset"]), text(&fault["file"]));
        let column = fault["column"].as_str().map(str::to_owned);
        ((dataset, file, row, text(&fault["check"])), column)
    });
    (faults.collect(), list["rows"].as_object().unwrap().clone())
}

/// A message stands in the file of its minute, whose name says the number of the first: which message it is does not
/// depend on when it was heard.
fn place(dataset: &str, file: String, row: u64) -> (String, u64) {
    let first = file
        .strip_suffix(".ndjson")
        .and_then(|stem| stem.split_once('.'))
        .and_then(|(_, first)| first.parse::<u64>().ok());
    match first {
        Some(first) if dataset == SENSORS.0 => (SENSORS.1.to_owned(), first + row - 1),
        _ => (file, row),
    }
}

/// What the loads put aside.
fn found(folder: &Path, datasets: impl Iterator<Item = String>) -> Faults {
    let city = folder.join("city").display().to_string();
    let data = folder.join("data").display().to_string();
    let mut all = Faults::new();
    for dataset in datasets {
        let shown = madang(&[
            "quarantine",
            &dataset,
            "--format",
            "json",
            "-C",
            &city,
            "--data",
            &data,
        ]);
        assert_eq!(shown.code, 0, "{shown:?}");
        for row in shown.lines() {
            for reason in row["reasons"].as_array().unwrap() {
                let number = row["row"].as_u64().unwrap();
                let check = text(&reason["why"]["check"]);
                let column = reason["column"].as_str().map(str::to_owned);
                let (file, number) = place(&dataset, text(&row["file"]), number);
                all.insert((dataset.clone(), file, number, check), column);
            }
        }
    }
    all
}

/// What is made of others says what they say, and leaves open what they do not know.
fn what_is_derived_adds_up(folder: &Path) {
    let city = folder.join("city").display().to_string();
    let data = folder.join("data").display().to_string();
    let ask = |sql: &str| {
        let words = [
            "query", sql, "--format", "csv", "-C", &city, "--data", &data,
        ];
        let asked = madang(&words);
        assert_eq!(asked.code, 0, "{asked:?}");
        let (_, rows) = asked.out.split_once('\n').unwrap();
        rows.to_owned()
    };
    for (derived, source) in [
        (
            "select sum(received), sum(closed) from complaints_monthly",
            "select count(*), count(closed_at) from complaints",
        ),
        (
            "select dong_code, sum(people) from age_groups where age_from >= 65 group by 1 order by 1",
            "select dong_code, sum(people) from population where age >= 65 group by 1 order by 1",
        ),
        (
            "select dong_code, elderly from elderly_alone order by 1",
            "select dong_code, sum(people) from population where age >= 65 group by 1 order by 1",
        ),
        (
            "select dong_code, alone from elderly_alone where alone is not null order by 1",
            "select dong_code, old from single_households order by 1",
        ),
        (
            "select count(*) from elderly_alone where alone is null",
            "select 25 - count(*) from single_households",
        ),
    ] {
        let rows = ask(derived);
        assert!(!rows.trim().is_empty());
        assert_eq!(rows, ask(source), "{derived}");
    }
}

#[test]
fn every_planted_fault_is_found_and_nothing_else_is_quarantined() {
    for (seed, with_servers) in CITIES {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display().to_string();
        let mut words = vec!["--no-serve", "--seed", seed];
        words.extend((!with_servers).then_some("--no-servers"));
        let made = ran(&mut demo(&root, &words));
        assert_eq!(made.code, 0, "{made:?}");
        let mark = std::fs::read_to_string(folder.path().join("plan")).unwrap();
        assert_eq!(
            mark.contains(SERVERS),
            with_servers,
            "install postgresql, mariadb-server, openssh-server and mosquitto (cargo xtask test does it): {mark}"
        );
        let (planted, rows) = planted(folder.path());
        assert!(planted.len() > 100, "seed {seed}: {}", planted.len());
        let (loads, others): (Vec<_>, Vec<_>) = made
            .lines()
            .into_iter()
            .partition(|line| line["dataset"].is_string());
        let accounts = others[0]["accounts"].as_array().unwrap();
        let is_random = |account: &Value| {
            account["password"]
                .as_str()
                .is_some_and(|word| word.len() == 23)
        };
        assert!(accounts.len() > 3 && accounts.iter().all(is_random));
        assert_eq!(loads.len(), 109, "seed {seed}");
        let mut derived: Vec<&str> = Vec::new();
        for load in &loads {
            let dataset = load["dataset"].as_str().unwrap();
            assert_eq!(load["outcome"], "loaded", "seed {seed}: {load}");
            if let Some(rows) = rows.get(dataset) {
                assert_eq!(load["read"], *rows, "seed {seed}: {dataset}");
            } else {
                derived.push(dataset);
                assert_eq!(load["quarantined"], 0, "seed {seed}: {dataset}");
            }
            assert_eq!(
                load["read"].as_u64().unwrap(),
                load["accepted"].as_u64().unwrap() + load["quarantined"].as_u64().unwrap(),
                "seed {seed}: {dataset}"
            );
        }
        derived.sort_unstable();
        assert_eq!(derived, DERIVED, "seed {seed}");
        what_is_derived_adds_up(folder.path());
        let found = found(folder.path(), rows.keys().cloned());
        let without = |faults: &Faults, others: &Faults| -> Vec<Fault> {
            let left = faults.keys().filter(|fault| !others.contains_key(*fault));
            left.cloned().collect()
        };
        let (missed, invented) = (without(&planted, &found), without(&found, &planted));
        assert!(
            missed.is_empty() && invented.is_empty(),
            "seed {seed}: missed {missed:?}, invented {invented:?}"
        );
        for (fault, column) in &planted {
            let told = &found[fault];
            assert!(
                column.is_none() || told.is_none() || column == told,
                "seed {seed}: {fault:?} in {column:?} was found in {told:?}"
            );
        }
        let again = ran(&mut demo(&root, &words));
        assert_eq!(again.code, 0, "{again:?}");
        let changed: Vec<Value> = again
            .lines()
            .into_iter()
            .filter(|load| load["outcome"] != "unchanged")
            .collect();
        assert!(changed.is_empty(), "seed {seed}: {changed:?}");
    }
}

/// The demo city.
fn demo(root: &str, more: &[&str]) -> Command {
    let mut command = Command::new(MADANG);
    command
        .args(["demo", "--json", "--data", root])
        .args(more)
        .stdin(Stdio::null());
    command
}

/// What comes of itself each day: of departments, a bucket, databases, a drop.
const DAILY: [&str; 5] = [
    "complaints_monthly",
    "traffic_counts",
    "sports_bookings",
    "enrolments",
    "bus_ridership",
];

#[test]
fn the_demo_city_s_days_arrive_one_after_the_other_and_are_loaded() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    // Accounts that are not root may go there: the servers keep their things below it.
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let root = folder.path().display().to_string();
    let mut served = demo(&root, &["--since", "2", "--day-takes", "1", "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (city, data) = (format!("{root}/city"), format!("{root}/data"));
    let place = ["-C", &city, "--data", &data];
    let version = |dataset: &str| -> i64 {
        let shown = madang(&[&["trace", dataset, "--json"], &place[..]].concat());
        let line = shown.lines().into_iter().next().unwrap_or_default();
        line["version"].as_i64().unwrap_or_default()
    };
    let today = || std::fs::read_to_string(folder.path().join("plan")).unwrap_or_default();
    let mut seen = Vec::new();
    // The first load of a whole city takes some seconds, on a busy machine many.
    for _ in 0..600 {
        std::thread::sleep(std::time::Duration::from_millis(300));
        let day = today();
        if !day.is_empty() && seen.last() != Some(&day) {
            seen.push(day);
        }
        if seen.len() == 3 && DAILY.iter().all(|dataset| version(dataset) >= 3) {
            break;
        }
    }
    let servers = folder.path().join("servers");
    let running = || std::fs::read_dir(&servers).unwrap().count();
    assert_eq!(running(), 4);
    served.kill().unwrap();
    served.wait().unwrap();
    assert_eq!(seen.len(), 3, "{seen:?}");
    for dataset in DAILY {
        assert!(version(dataset) >= 3, "`{dataset}` has not come each day");
    }
    // Nobody told them that the demo was killed.
    for _ in 0..100 {
        if running() == 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(running(), 0, "servers outlive the demo");
    let ask = |sql: &str| {
        let asked = madang(&[&["query", sql, "--format", "csv"], &place[..]].concat());
        assert_eq!(asked.code, 0, "{asked:?}");
        asked.out.lines().nth(1).unwrap().to_owned()
    };
    let days = ask("select count(distinct day) from sports_bookings");
    assert_eq!(days, "30", "what the department deleted is gone here, too");
    let days = ask("select count(distinct enrolled_on) from enrolments");
    assert_eq!(days, "32", "what nobody looks for stays");
    // What the sensors said on these days is on disk, or loaded already.
    let heard = std::fs::read_to_string(format!("{root}/spoken")).unwrap();
    let last = seen.last().unwrap().split(' ').nth(2).unwrap();
    let last: chrono::NaiveDate = last.parse().unwrap();
    assert_eq!(heard.trim(), format!("2026 {}", last.pred_opt().unwrap()));
}

#[test]
fn a_dataset_is_compared_with_the_standard_its_manifest_names() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display().to_string();
    assert_eq!(
        ran(&mut demo(&root, &["--no-serve", "--no-servers"])).code,
        0
    );
    let (city, data) = (format!("{root}/city"), format!("{root}/data"));
    let standard = |words: &[&str]| {
        let mut all = vec!["standard", "parking", "-C", &city, "--data", &data];
        all.extend(words);
        madang(&all)
    };
    let compared = standard(&["--json"]);
    assert_eq!(compared.code, 0, "{compared:?}");
    let line = &compared.lines()[0];
    assert_eq!(line["standard"]["standard"], "car-parks");
    // Eleven of its 34 columns: the demo's car parks lack most of the fees.
    assert!(line["standard"]["score"].as_f64().unwrap() > 0.2, "{line}");
    assert_eq!(line["others"][0]["id"], "car-parks", "the nearest of all");
    let name = line["standard"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|own| own["column"] == "주차장명")
        .unwrap();
    assert_eq!(
        (&name["from"], &name["how"]["how"]),
        (&"name".into(), &"exact".into())
    );
    let letter = standard(&["--letter", "ko"]);
    assert!(letter.out.contains("담당자님께"), "{letter:?}");
    let file = folder.path().join("conform.csv");
    let written = standard(&["--conform", &file.display().to_string()]);
    assert_eq!(written.code, 0, "{written:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("\u{feff}주차장관리번호,주차장명,"),
        "{}",
        text.lines().next().unwrap()
    );
    assert!(text.lines().count() > 50);
}
