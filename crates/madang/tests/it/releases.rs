//! Releases by the real binary: what passes, what is refused, what is delivered to whom.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::city::{TestCity, column, parking};
use crate::serve::Serving;

const ROWS: &str = "이름,면수,동,메모\n가온주차장,120,가온동,\n누리주차장,80,가온동,맑음\n다온주차장,60,누리동,보호자 010-0000-0123\n라온주차장,50,누리동,\n마온주차장,40,누리동,\n바온주차장,30,누리동,\n사온주차장,20,누리동,\n아온주차장,10,다온동,\n";

/// A city of one dataset with a column of notes that is called sensitive, and these releases.
fn city(releases: &[(&str, &str)]) -> TestCity {
    let mut manifest = parking();
    manifest.columns.push(column("dong", "동", "text", ""));
    let note = column("note", "메모", "text", "");
    let class = "privacy = \"sensitive\"";
    manifest
        .columns
        .push(note.replace("privacy = \"none\"", class));
    let city = TestCity::new().dataset(&manifest).file("parking.csv", ROWS);
    fs::create_dir_all(city.path("releases")).unwrap();
    for (id, text) in releases {
        let text = format!(
            "id = \"{id}\"\ntitle = \"{id} 제공\"\npurpose = \"시험\"\ndataset = \"parking\"\n{text}\n"
        );
        fs::write(city.path(&format!("releases/{id}.toml")), text).unwrap();
    }
    assert_eq!(city.load().code, 0);
    city
}

const PERIOD: &str = "period = { from = \"2020-01-01\", to = \"2099-12-31\" }";

fn made(city: &TestCity, id: &str) -> (i32, Value) {
    let ran = city.run(&["release", "make", id, "--json"]);
    let line = ran.lines().into_iter().next();
    (ran.code, line.unwrap_or_else(|| panic!("{ran:?}")))
}

fn files(city: &TestCity, id: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(city.path(&format!(".madang/releases/{id}"))).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn refused(value: &Value) -> Vec<String> {
    let checks = value["record"]["checks"].as_array().unwrap();
    let refused = checks.iter().filter(|check| check["holds"] == false);
    refused
        .map(|check| check["what"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_open_cut_is_the_declared_columns_and_rows_and_its_record_says_so() {
    let city = city(&[(
        "cut",
        "kind = \"open\"\ncolumns = [\"name\", \"spaces\"]\nrows = [\"spaces:ge:80\"]",
    )]);
    let (code, value) = made(&city, "cut");
    assert_eq!((code, &value["passed"]), (0, &json!(true)), "{value}");
    assert_eq!(value["record"]["rows"], 2);
    assert_eq!(value["record"]["versions"], json!([["parking", 1]]));
    let sha256 = value["record"]["sha256"].as_str().unwrap();
    let file = city.path(&format!(".madang/releases/cut/{sha256}.csv"));
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(
        text,
        "\u{feff}이름,면수\r\n가온주차장,120\r\n누리주차장,80\r\n"
    );
    assert_eq!(made(&city, "cut").0, 0, "the same again");
    assert_eq!(files(&city, "cut").len(), 1);
}

#[test]
fn notes_that_hold_a_telephone_are_refused_and_leave_no_file() {
    let city = city(&[(
        "notes",
        &format!(
            "kind = \"on-request\"\ncolumns = [\"dong\", \"note\"]\nmodels = [\"k=1\"]\nquasi = [\"dong\"]\nrecipient = \"연구기관\"\n{PERIOD}"
        ),
    )]);
    let (code, value) = made(&city, "notes");
    assert_eq!(
        (code, refused(&value)),
        (1, vec!["personal-data".to_owned()]),
        "{value}"
    );
    assert!(
        !value.to_string().contains("0123"),
        "no value is told: {value}"
    );
    assert_eq!(files(&city, "notes"), Vec::<PathBuf>::new());
    let again = city.run(&["release", "check", "notes"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.out.contains("mobile phone number"), "{again:?}");
}

#[test]
fn a_model_that_does_not_hold_is_refused() {
    let city = city(&[(
        "places",
        &format!(
            "kind = \"on-request\"\ncolumns = [\"dong\", \"spaces\"]\nmodels = [\"k=2\"]\nquasi = [\"dong\"]\nrecipient = \"연구기관\"\n{PERIOD}"
        ),
    )]);
    let (code, value) = made(&city, "places");
    assert_eq!(
        (code, refused(&value)),
        (1, vec!["model".to_owned()]),
        "{value}"
    );
}

#[test]
fn small_counts_are_hidden_with_others_that_would_tell_them() {
    let city = city(&[(
        "counts",
        "kind = \"aggregated\"\nby = [\"dong\"]\nsums = [\"spaces\"]\nthreshold = 5",
    )]);
    let (code, value) = made(&city, "counts");
    assert_eq!(code, 0, "{value}");
    let text = fs::read_to_string(&files(&city, "counts")[0]).unwrap();
    let expected =
        "\u{feff}동,건수,면수 합계\r\n가온동,*,*\r\n누리동,5,200\r\n다온동,*,*\r\n합계,8,410\r\n";
    assert_eq!(text, expected);
}

#[test]
fn what_makes_no_sense_is_told_with_its_place() {
    let city = city(&[("slips", "kind = \"open\"\ncolumns = [\"name\"]")]);
    let text = "id = \"slips\"\ntitle = \"가\"\npurpose = \"나\"\ndataset = \"parking\"\nkind = \"open\"\ncolumns = [\"nam\", \"note\"]\nthreshold = 3\n";
    fs::write(city.path("releases/slips.toml"), text).unwrap();
    let ran = city.run(&["check"]);
    assert_eq!(ran.code, 1);
    let told = format!("{}{}", ran.out, ran.err);
    for line in [
        "releases/slips.toml:6:12",
        "`name`",
        "does not see the column `note`",
        "releases/slips.toml:7",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

/// Whether a text stands in a file of a folder: the access log is files.
fn is_in_files(folder: &Path, text: &str) -> bool {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return is_in_files(&path, text);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).contains(text)
    })
}

fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "it did not happen"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_leaves_on_request_is_asked_granted_and_taken_once() {
    let city = city(&[(
        "study",
        &format!(
            "kind = \"on-request\"\ncolumns = [\"name\", \"dong\"]\nrecipient = \"대학\"\nlink-once = true\n{PERIOD}"
        ),
    )]);
    let (_, value) = made(&city, "study");
    let serving = Serving::start(&city, &["--no-loads"]);
    let page = serving.get("/releases/study", "");
    assert!(
        page.status == 200 && page.body.contains("신청하기"),
        "{page:?}"
    );
    assert_ne!(
        serving.get("/releases/study.csv", "").status,
        200,
        "not for everybody"
    );
    let short = r#"{"name": "대학", "purpose": "연구"}"#;
    assert_eq!(
        serving
            .post_json("/api/releases/study/requests", "", short)
            .status,
        400
    );
    let body = r#"{"name": "가온대학교", "purpose": "주차장이 어디에 모자란지 연구합니다."}"#;
    let asked = serving.post_json("/api/releases/study/requests", "", body);
    assert_eq!(asked.status, 201, "{asked:?}");
    let asked: Value = serde_json::from_str(&asked.body).unwrap();
    let (link, id) = (
        asked["link"].as_str().unwrap(),
        asked["id"].as_str().unwrap(),
    );
    let file = format!("{link}/file");
    assert_eq!(serving.get(&file, "").status, 400, "not decided yet");
    let decide = format!("/api/releases/study/requests/{id}");
    let grant = r#"{"grant": true, "why": "목적이 맞습니다"}"#;
    assert_eq!(serving.post_json(&decide, "", grant).status, 403);
    let cookie = serving.sign_in().unwrap();
    assert_eq!(serving.post_json(&decide, &cookie, grant).status, 200);
    assert_eq!(
        serving.post_json(&decide, &cookie, grant).status,
        400,
        "decided once"
    );
    assert!(serving.get(link, "").body.contains("CSV 내려받기"));
    let taken = serving.get(&file, "");
    assert_eq!(taken.status, 200, "{taken:?}");
    assert!(taken.body.starts_with("\u{feff}이름,동\r\n"), "{taken:?}");
    assert_eq!(serving.get(&file, "").status, 400, "once");
    assert_eq!(serving.get("/releases/requests/00/file", "").status, 404);
    let staff = serving.get("/releases/study", &cookie);
    assert!(
        staff.body.contains("가온대학교") && staff.body.contains("받음"),
        "{staff:?}"
    );
    let sha256 = value["record"]["sha256"].as_str().unwrap();
    let told = format!("release study {sha256}");
    assert!(
        is_in_files(&city.path(".madang"), &told),
        "the delivery is in the log"
    );
}

#[test]
fn bytes_that_were_changed_on_the_disk_are_not_delivered() {
    let city = city(&[("cut", "kind = \"open\"\ncolumns = [\"name\"]")]);
    made(&city, "cut");
    let serving = Serving::start(&city, &["--no-loads"]);
    assert_eq!(serving.get("/releases/cut.csv", "").status, 200);
    fs::write(&files(&city, "cut")[0], "이름\r\n다른 것\r\n").unwrap();
    let got = serving.get("/releases/cut.csv", "");
    assert!(
        got.status == 400 && !got.body.contains("다른 것"),
        "{got:?}"
    );
}

#[test]
fn open_datasets_are_looked_at_behind_the_server_and_a_changed_promise_closes_them() {
    let city = city(&[]);
    {
        let serving = Serving::start(&city, &["--no-loads"]);
        assert_eq!(serving.get("/datasets/parking.csv", "").status, 200);
        until(|| {
            let got = serving.get("/api/releases", "");
            let value: Value = serde_json::from_str(&got.body).unwrap();
            value["open_datasets"] == json!({"checked": 1, "passed": 1})
        });
    }
    // The notes are called harmless without a load that would look at them.
    let file = city.path("datasets/traffic/parking.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("privacy = \"sensitive\"", "privacy = \"none\""),
    )
    .unwrap();
    let before = city.run(&["query", "SELECT note FROM parking", "--as", "public"]);
    assert_eq!(before.code, 1, "closed until it is looked at: {before:?}");
    let serving = Serving::start(&city, &["--no-loads"]);
    until(|| {
        serving
            .get("/datasets/parking.csv", "")
            .body
            .contains("메모")
    });
    let checked = city.run(&["release", "check", "dataset:parking"]);
    assert_eq!(checked.code, 1, "{checked:?}");
    let got = serving.get("/datasets/parking.csv", "");
    assert_eq!(got.status, 403, "{got:?}");
    assert!(
        !got.body.contains("0123") && got.body.contains("메모"),
        "{got:?}"
    );
    assert_eq!(serving.get("/api/datasets/parking/rows", "").status, 403);
    let cookie = serving.sign_in().unwrap();
    assert_eq!(serving.get("/datasets/parking.csv", &cookie).status, 200);
    assert!(
        serving
            .get("/releases", &cookie)
            .body
            .contains("닫은 데이터셋")
    );
}
