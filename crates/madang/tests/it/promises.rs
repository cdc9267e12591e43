//! The ledger of promises by the real binary: a table becomes manifests, findings follow, states are entered.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::Datelike as _;
use serde_json::Value;

use crate::city::{TestCity, column, parking};
use crate::serve::Serving;

/// Invented announcements of an invented city.
const TABLE: &str = "id,city,topic,statement,quantity,unit,period,due,status_word,note
stops-total,나루시,쉼터,모든 정류장 쉼터,200,곳,,,대상,총계
stops-old,나루시,쉼터,2022년까지 설치,100,곳,-2022,2022,완료,stops-total의 부분
stops-2023,나루시,쉼터,2023년 설치,20,곳,2023,2023,완료,stops-total의 부분
stops-2024,나루시,쉼터,2024년 설치,30,곳,2024,2024,예정,stops-total의 부분; 조명 포함
saving,나루시,전기,전기료 절감액,900,원,2023,,절감,산식 미기재
";

const PEOPLE: &str = r#"
roles = [{ id = "clerk", title = "담당" }]
accounts = [
  { name = "boss", roles = ["operator"] },
  { name = "kim", department = "transport", roles = ["clerk"] },
  { name = "park", roles = ["clerk"] },
]
"#;

const WIFI: &str = r#"
id = "wifi"
title = "쉼터 와이파이"
sentence = "2099년까지 쉼터 100곳에 와이파이를 두겠습니다."
department = "transport"
release = "open"
source = { document = "시정연설", date = "2024-01-15" }
figure = { value = 100, unit = "곳", start = 0 }
period = { from = "2024", to = "2099" }
due = "2099"
"#;

fn write(city: &TestCity, name: &str, text: &str) {
    let path = city.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn import(city: &TestCity, table: &Path) -> crate::city::Ran {
    let out = city.path("promises").display().to_string();
    let table = table.display().to_string();
    city.run(&["promises", "import", &table, "--out", &out, "--json"])
}

fn findings(city: &TestCity) -> Vec<Value> {
    let ran = city.run(&["promises", "findings", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.lines()
}

fn find<'f>(all: &'f [Value], promise: &str, word: &str) -> &'f Value {
    let mut own = all.iter().filter(|one| one["promise"] == promise);
    own.find(|one| one["finding"] == word)
        .unwrap_or_else(|| panic!("{promise} has no {word} in {all:#?}"))
}

#[test]
fn a_table_of_announcements_becomes_promises_and_its_gaps_are_found() {
    let city = TestCity::new();
    let table = city.path("table.csv");
    fs::write(&table, TABLE).unwrap();
    let ran = import(&city, &table);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.lines().len(), 5);
    let text = fs::read_to_string(city.path("promises/stops-2024.toml")).unwrap();
    assert!(
        text.contains("# 비고: 조명 포함") && text.contains("# 적을 곳: department"),
        "{text}"
    );
    assert_eq!(city.run(&["check"]).code, 0);
    let all = findings(&city);
    let rest = find(&all, "stops-total", "unmentioned-remainder");
    assert_eq!(
        (rest["sum"].as_f64(), rest["remainder"].as_f64()),
        (Some(150.0), Some(50.0))
    );
    assert_eq!(rest["done-share"].as_f64(), Some(0.6));
    let pace = &rest["finish-at-announced-pace"];
    assert_eq!(
        (&pace["first-year"], &pace["last-year"]),
        (&2026.into(), &2027.into())
    );
    let said = rest["sentence"]["ko"].as_str().unwrap();
    assert!(
        said.contains("나머지 50곳에 대해서는 적힌 것이 없습니다"),
        "{said}"
    );
    find(&all, "saving", "method-not-stated");
    // Twice is once: nothing is written over.
    let again = import(&city, &table);
    assert!(
        again.code == 1 && again.err.contains("such a file already"),
        "{again:?}"
    );
}

#[test]
fn of_a_table_with_a_mistake_nothing_is_written() {
    let city = TestCity::new();
    let table = city.path("table.csv");
    let wrong = TABLE.replace(
        "stops-2023,나루시,쉼터,2023년 설치,20",
        "stops-2023,나루시,쉼터,2023년 설치,스무",
    );
    fs::write(&table, wrong).unwrap();
    let ran = import(&city, &table);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("table.csv:4: `스무` is no number"),
        "{ran:?}"
    );
    assert!(!city.path("promises").exists());
    fs::write(&table, "id,문장\na,b\n").unwrap();
    let ran = import(&city, &table);
    assert!(
        ran.code == 1 && ran.err.contains("no column `quantity`"),
        "{ran:?}"
    );
}

#[test]
fn a_state_has_the_day_of_the_clock_and_an_edited_file_is_found() {
    let city = TestCity::new();
    let first =
        "\n[[history]]\non = \"2024-03-01\"\nstate = \"under-way\"\ntext = \"시작했습니다.\"\n";
    write(&city, "promises/wifi.toml", &format!("{WIFI}{first}"));
    assert_eq!(
        findings(&city)
            .iter()
            .filter(|one| one["finding"] == "entered-late")
            .count(),
        0
    );
    let edited = first.replace("under-way", "kept");
    write(
        &city,
        "promises/wifi.toml",
        &format!("{}{edited}", WIFI.replace("value = 100", "value = 80")),
    );
    let all = findings(&city);
    find(&all, "wifi", "history-edited");
    find(&all, "wifi", "entered-late");
    let claim = find(&all, "wifi", "claim-changed");
    assert_eq!(
        (&claim["was"]["value"], &claim["becomes"]["value"]),
        (&100.0.into(), &80.0.into())
    );
    for (on, part) in [
        ("2099-01-01", "has not come"),
        ("2024-01-14", "published on"),
        ("2024-02-01", "stands already"),
    ] {
        let words = [
            "promises", "enter", "wifi", "--state", "kept", "--text", "마침", "--on", on,
        ];
        let ran = city.run(&words);
        assert!(ran.code == 1 && ran.err.contains(part), "{on}: {ran:?}");
    }
    let ran = city.run(&[
        "promises", "enter", "wifi", "--state", "kept", "--text", "마침", "--json",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let listed = city.run(&["promises", "list", "--state", "kept", "--json"]);
    assert_eq!(listed.lines()[0]["id"], "wifi");
    // The file is taken away: the ledger does not forget it.
    fs::remove_file(city.path("promises/wifi.toml")).unwrap();
    let listed = city.run(&["promises", "list", "--json"]);
    assert!(
        listed.out.is_empty() && listed.err.contains("its file was taken away"),
        "{listed:?}"
    );
}

/// Days of repairs, month by month, this one not over; and a promise about them.
fn repairs(months: &[(i32, &str)], promise: &str) -> TestCity {
    let today = city::calendar::korean_day(chrono::Utc::now());
    let mut manifest = parking();
    manifest.columns[1] = column("spaces", "면수", "integer", "unit = \"일\"");
    manifest.columns.push(column("day", "날", "date", ""));
    let mut csv = "이름,면수,날\n".to_owned();
    for (back, days) in months {
        let month = today.with_day(1).unwrap();
        let month = month
            .checked_sub_months(chrono::Months::new(back.unsigned_abs()))
            .unwrap();
        for at in 0..28 {
            let day = month + chrono::TimeDelta::days(at);
            if day <= today {
                csv.push_str(&format!("{day}-{at},{days},{day}\n"));
            }
        }
    }
    let city = TestCity::new().dataset(&manifest).file("parking.csv", &csv);
    assert_eq!(city.load().code, 0);
    write(&city, "promises/repairs.toml", promise);
    city
}

const REPAIRS: &str = r#"
id = "repairs"
title = "수리"
sentence = "2099년까지 수리를 평균 5일 안에 마치겠습니다."
department = "transport"
release = "open"
source = { document = "시정연설", date = "2020-01-15" }
period = { from = "2020", to = "2099" }
due = "2099"
"#;

/// The state of the only promise.
fn state_of(city: &TestCity) -> String {
    let listed = city.run(&["promises", "list", "--json"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    let line = &listed.lines()[0];
    line["state"]
        .as_str()
        .unwrap_or_else(|| panic!("{line}"))
        .to_owned()
}

#[test]
fn a_month_that_is_not_over_keeps_no_promise() {
    let promise = format!(
        "{REPAIRS}figure = {{ value = 5, unit = \"일\", reach = \"at-most\" }}\nmeasure = {{ id = \"repair_days\", reads = \"level\" }}\n"
    );
    let measure = "id = \"repair_days\"\ntitle = \"수리 기간\"\nquestion = \"며칠입니까?\"\ndataset = \"parking\"\ncompute = { kind = \"average\", column = \"spaces\" }\nunit = \"일\"\ntime = { column = \"day\", step = \"month\" }\n";
    for (months, expected) in [
        (&[(2, "8"), (1, "8"), (0, "2")][..], "under-way"),
        (&[(2, "8"), (1, "4")][..], "kept"),
    ] {
        let city = repairs(months, &promise);
        write(&city, "measures/repair_days.toml", measure);
        assert_eq!(state_of(&city), expected, "{months:?}");
    }
}

#[test]
fn a_sum_is_not_carried_over_a_month_that_never_came() {
    let promise = format!(
        "{REPAIRS}figure = {{ value = 60, unit = \"건\" }}\nmeasure = {{ id = \"repaired\", reads = \"running-total\" }}\n"
    );
    let measure = "id = \"repaired\"\ntitle = \"수리\"\nquestion = \"몇 건입니까?\"\ndataset = \"parking\"\ncompute = { kind = \"count\" }\nunit = \"건\"\ntime = { column = \"day\", step = \"month\" }\n";
    for (months, expected) in [
        (&[(3, "1"), (2, "1"), (1, "1")][..], "kept"),
        (&[(4, "1"), (2, "1"), (1, "1")][..], "under-way"),
    ] {
        let city = repairs(months, &promise);
        write(&city, "measures/repaired.toml", measure);
        assert_eq!(state_of(&city), expected, "{months:?}");
    }
}

#[test]
fn the_owning_department_enters_a_state_in_the_browser_and_nobody_else() {
    let city = TestCity::new();
    write(&city, "people.toml", PEOPLE);
    write(&city, "promises/wifi.toml", WIFI);
    let inside = WIFI
        .replace("\"wifi\"", "\"plan\"")
        .replace("release = \"open\"", "");
    write(&city, "promises/plan.toml", &inside);
    let serving = Serving::start(&city, &["--no-loads"]);
    let boss = serving.sign_in().unwrap();
    let sign_in = |name: &str| crate::people::signed_in(&city, &serving, name);
    let (kim, park) = (sign_in("kim"), sign_in("park"));
    let form = "state=under-way&on=2024-05-01&value=10&text=%EC%8B%9C%EC%9E%91";
    for (who, status) in [("", 403), (park.as_str(), 403), (kim.as_str(), 303)] {
        let got = serving.post("/promises/wifi", who, form, "same-origin");
        assert_eq!(got.status, status, "{got:?}");
    }
    assert_eq!(
        serving
            .post("/promises/wifi", &kim, form, "cross-site")
            .status,
        403
    );
    let wrong = serving.post(
        "/promises/wifi",
        &kim,
        "state=kept&on=2024-04-01&text=%EC%9D%BC",
        "same-origin",
    );
    assert!(
        wrong.status == 200 && wrong.body.contains("role=\"alert\""),
        "{wrong:?}"
    );
    let page = serving.get("/promises/wifi", "");
    assert!(
        page.status == 200 && page.body.contains("시작") && !page.body.contains("kim"),
        "{page:?}"
    );
    assert!(
        !page.body.contains("do_enter") && !page.body.contains("method=\"post\""),
        "{page:?}"
    );
    assert!(
        serving
            .get("/promises/wifi", &kim)
            .body
            .contains("method=\"post\"")
    );
    assert_eq!(serving.get("/promises/plan", "").status, 404);
    assert_eq!(serving.get("/api/promises/plan", "").status, 404);
    assert_eq!(serving.get("/promises/plan", &park).status, 200);
    let list: Value = serde_json::from_str(&serving.get("/api/promises", "").body).unwrap();
    assert_eq!(list["promises"].as_array().unwrap().len(), 1);
    let one: Value = serde_json::from_str(&serving.get("/api/promises/wifi", &boss).body).unwrap();
    assert_eq!(
        (&one["history"][0]["who"], &one["state"]),
        (&"kim".into(), &"under-way".into())
    );
    let added = serving.post_json(
        "/api/promises/wifi/entries",
        &kim,
        "{\"state\": \"kept\", \"text\": \"마침\"}",
    );
    assert_eq!(added.status, 200, "{added:?}");
    let file = serving.get("/promises.csv?state=kept", "");
    assert!(file.status == 200 && file.body.contains("지킴"), "{file:?}");
    let owned = serving.get("/departments/transport/promises", "");
    assert!(
        owned.status == 200 && owned.body.contains("쉼터 와이파이"),
        "{owned:?}"
    );
    assert_eq!(serving.get("/departments/nobody/promises", "").status, 404);
    let log = serving.get("/api/log?who=kim", &boss).body;
    let told = "promise wifi: under-way on 2024-05-01, seal ";
    assert!(log.contains(told), "{log}");
    drop(serving);
    let again = Serving::start(&city, &["--no-loads"]);
    assert!(
        again.get("/promises/wifi", "").body.contains("시작"),
        "what was entered outlives a restart"
    );
}

/// Real announcements of cities, which are no part of the project: `PROMISES_FOLDER` says where they lie.
fn announcements() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("PROMISES_FOLDER")?);
    folder.join("announcements.csv").is_file().then_some(folder)
}

fn names(value: &Value) -> BTreeSet<&str> {
    let all = value.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}

/// A number as rounded as the expected one is written.
fn rounded(value: &Value, like: &Value) -> bool {
    let text = like.to_string();
    let digits = text
        .split_once('.')
        .map_or(0, |(_, digits)| digits.trim_end_matches('0').len());
    let (Some(value), Some(like)) = (value.as_f64(), like.as_f64()) else {
        return value == like;
    };
    format!("{value:.digits$}") == format!("{like:.digits$}")
}

/// What must be found, and what of it was.
struct Real {
    expected: Value,
    found: Vec<Value>,
    /// Places of findings that were expected.
    known: BTreeSet<usize>,
}

impl Real {
    fn list(&self, key: &str) -> Vec<Value> {
        self.expected[key].as_array().unwrap().clone()
    }

    /// The finding that is as it should be; it is expected from now on.
    fn one(&mut self, like: &Value, is: impl Fn(&Value) -> bool) -> Value {
        let at = self.found.iter().position(is);
        let at = at.unwrap_or_else(|| panic!("{like} is not in {:#?}", self.found));
        self.known.insert(at);
        self.found[at].clone()
    }

    fn of(&mut self, promise: &Value, word: &str) -> Value {
        self.one(promise, |one| {
            one["promise"] == *promise && one["finding"] == word
        })
    }

    fn sums(&mut self) {
        for own in self.list("adds_up") {
            let found = self.of(&own["total"], "adds-up");
            assert_eq!(names(&found["parts"]), names(&own["parts"]));
            assert!(rounded(&found["sum"], &own["sum"]), "{found}");
            assert!(rounded(&found["remainder"], &own["remainder"]), "{found}");
        }
        for own in self.list("unmentioned_remainder") {
            let found = self.of(&own["total"], "unmentioned-remainder");
            assert!(rounded(&found["remainder"], &own["remainder"]), "{found}");
            assert_eq!(names(&found["parts"]), names(&own["parts"]));
            for key in ["named", "sum", "done", "done_share"] {
                let ours = &found[key.replace('_', "-")];
                assert!(
                    own[key].is_null() || rounded(ours, &own[key]),
                    "{key}: {found}"
                );
            }
            let pace = &own["finish_at_announced_pace"];
            let end = &found["finish-at-announced-pace"];
            if !pace.is_null() {
                assert!(rounded(&end["per-year"][0], &pace["per_year"][0]), "{end}");
                assert!(rounded(&end["per-year"][1], &pace["per_year"][1]), "{end}");
                assert_eq!(end["first-year"], pace["first_year"]);
                assert_eq!(end["last-year"], pace["last_year"]);
            }
        }
    }

    fn gaps(&mut self) {
        for (key, word) in [
            ("method_not_stated", "method-not-stated"),
            ("denominator_not_stated", "denominator-not-stated"),
            ("no_evidence_yet", "no-evidence-yet"),
        ] {
            for own in self.list(key) {
                self.of(&own, word);
            }
        }
        for own in self.list("unknown_quantity") {
            self.one(&own, |one| {
                one["finding"] == "unknown-quantity"
                    && match own.get("known") {
                        Some(amount) => {
                            rounded(&one["known"]["value"], amount)
                                && rounded(&one["of"]["value"], &own["sites"])
                        }
                        None => one["known"].is_null(),
                    }
            });
        }
    }

    fn years_and_ratios(&mut self) {
        let own = self.expected["break_even"].clone();
        let found = self.of(&own["saving"], "break-even");
        assert_eq!(found["investment"], own["investment"]);
        let years = &found["years-of-saving"];
        assert!(rounded(years, &own["years_of_saving"]), "{found}");
        for key in ["starts", "first_year", "last_year"] {
            assert_eq!(found[key.replace('_', "-")], own[key], "{found}");
        }
        assert_eq!(found["scenarios"].as_array().unwrap().len(), 2);
        for own in self.list("derived") {
            self.one(&own, |one| {
                let value = match one["finding"].as_str() {
                    Some("total") => &one["sum"]["value"],
                    Some("per-year") => &one["value"]["value"],
                    Some("ratio") => &one["value"],
                    _ => return false,
                };
                rounded(value, &own["value"])
            });
        }
    }
}

#[test]
fn every_known_finding_of_real_announcements_is_found() {
    let Some(folder) = announcements() else {
        return;
    };
    let text = fs::read_to_string(folder.join("expected.json")).unwrap();
    let city = TestCity::new();
    let ran = import(&city, &folder.join("announcements.csv"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(city.run(&["check"]).code, 0);
    let mut real = Real {
        expected: serde_json::from_str(&text).unwrap(),
        found: findings(&city),
        known: BTreeSet::new(),
    };
    real.sums();
    real.gaps();
    real.years_and_ratios();
    // The rest: more of the same kinds, and nothing that needs what the table does not say.
    for (at, other) in real.found.iter().enumerate() {
        if real.known.contains(&at) {
            continue;
        }
        let word = other["finding"].as_str().unwrap();
        println!(
            "also: {} {word}: {}",
            other["promise"], other["sentence"]["ko"]
        );
        let sensible = ["adds-up", "method-not-stated", "ratio", "per-year", "total"];
        assert!(sensible.contains(&word), "{other}");
    }
}
