//! Projects of pseudonymisation by the real binary: five steps, who may, kill -9, destruction.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::city::{Ran, TestCity, column, parking};
use crate::serve::Serving;

const ROWS: &str = "이름,면수,성명,연락처,나이대\n가온주차장,120,김가온,010-1234-5678,30대\n누리주차장,80,이누리,+82 10 1234 5678,40대\n";

fn city(to: &str) -> TestCity {
    let mut manifest = parking();
    for (name, title) in [("person", "성명"), ("phone", "연락처")] {
        let personal = column(name, title, "text", "");
        let class = "privacy = \"identifier\"";
        manifest
            .columns
            .push(personal.replace("privacy = \"none\"", class));
    }
    let quasi = column("age", "나이대", "text", "");
    manifest
        .columns
        .push(quasi.replace("privacy = \"none\"", "privacy = \"quasi\""));
    let recipe = format!(
        r#"id = "study"
title = "주차 연구"
purpose = "statistics"
reason = "주차장별 담당자를 셉니다."
dataset = "parking"
recipient = "통계과"
period = {{ from = "2020-01-01", to = "{to}" }}
processor = "data"
reviewers = ["officer", "local"]

[[columns]]
name = "person"
technique = {{ token = {{ as = "name" }} }}

[[columns]]
name = "phone"
technique = {{ keyed-one-way = {{ as = "phone" }} }}

[[columns]]
name = "age"
technique = "keep"
"#
    );
    let release = "id = \"study\"\ntitle = \"주차 가명정보\"\npurpose = \"연구\"\nkind = \"pseudonymised\"\ndataset = \"parking\"\nproject = \"study\"\n";
    let city = TestCity::new().dataset(&manifest).file("parking.csv", ROWS);
    for (file, text) in [
        ("projects/study.toml", recipe.as_str()),
        ("releases/study.toml", release),
    ] {
        fs::create_dir_all(city.path(file).parent().unwrap()).unwrap();
        fs::write(city.path(file), text).unwrap();
    }
    assert_eq!(city.load().code, 0);
    city
}

fn act(city: &TestCity, by: &str, words: &[&str]) -> Ran {
    let words = [&["privacy", "case", "study", "--json", "--by", by], words].concat();
    city.run(&words)
}

const RISK: [&str; 7] = [
    "review-risk",
    "--of-data",
    "middle",
    "--of-setting",
    "low",
    "--findings",
    "특이정보 없음",
];

fn step(city: &TestCity) -> Value {
    let ran = act(city, "local", &["show"]);
    ran.lines()[0]["step"].clone()
}

fn until_reviewed(city: &TestCity) {
    for (by, words) in [
        ("data", &["prepare"][..]),
        ("data", &RISK[..]),
        ("data", &["process"][..]),
        ("officer", &["find-adequate", "--grounds", "충분합니다"][..]),
    ] {
        let ran = act(city, by, words);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

#[test]
fn five_steps_make_a_result_that_leaves_and_its_destruction_leaves_the_records() {
    let city = city("2099-12-31");
    let early = city.run(&["release", "make", "study"]);
    assert!(
        early.code == 1 && early.err.contains("no result yet"),
        "{early:?}"
    );
    assert_eq!(act(&city, "data", &["prepare"]).code, 0);
    assert_eq!(
        act(&city, "data", &["process"]).code,
        1,
        "the risk is not reviewed"
    );
    assert_eq!(act(&city, "data", &RISK).code, 0);
    assert_eq!(act(&city, "data", &["process"]).code, 0);
    let own = act(&city, "data", &["find-adequate", "--grounds", "좋습니다"]);
    assert!(
        own.code == 1 && own.err.contains("another person"),
        "{own:?}"
    );
    let early = city.run(&["release", "make", "study"]);
    assert_eq!(early.code, 1, "not reviewed: {early:?}");
    let found = act(
        &city,
        "officer",
        &["find-adequate", "--grounds", "충분합니다"],
    );
    assert_eq!(found.code, 0, "{found:?}");
    let made = city.run(&["release", "make", "study", "--json"]);
    assert_eq!(made.code, 0, "{made:?}");
    let sha256 = made.lines()[0]["record"]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    let released = city.path(&format!(".madang/releases/study/{sha256}.csv"));
    let text = fs::read_to_string(&released).unwrap();
    assert!(!text.contains("가온") && !text.contains("1234"), "{text}");
    let results = city.path(&format!(".madang-results/study/{sha256}.csv"));
    assert_eq!(fs::read_to_string(&results).unwrap(), text);
    let paper = city.path("report.pdf").display().to_string();
    assert_eq!(act(&city, "local", &["report", "--out", &paper]).code, 0);
    assert!(fs::read(&paper).unwrap().starts_with(b"%PDF-"));
    let gone = act(&city, "data", &["destroy", "--reason", "연구가 끝났습니다"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    for path in [
        released,
        results,
        city.path(".madang-keys/study.1.key"),
        city.path(".madang-vault/study.tokens"),
    ] {
        assert!(!path.exists(), "{}", path.display());
    }
    let shown = act(&city, "local", &["show"]).lines().remove(0);
    assert_eq!(
        shown["events"].as_array().unwrap().len(),
        5,
        "the records stay"
    );
    assert!(shown["kept-until"].is_string(), "{shown}");
    assert_eq!(city.run(&["release", "make", "study"]).code, 1);
}

#[test]
fn killed_at_any_instant_a_project_stands_where_its_last_act_left_it() {
    let city = city("2099-12-31");
    assert_eq!(act(&city, "data", &["prepare"]).code, 0);
    assert_eq!(act(&city, "data", &RISK).code, 0);
    for pause in [40, 160, 320, 500, 700, 900, 1_200] {
        let words = ["privacy", "case", "study", "process", "--by", "data"];
        let mut child = city
            .command(&words)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().ok();
        child.wait().unwrap();
        let step = step(&city);
        assert!(step == "processing" || step == "adequacy-review", "{step}");
    }
    if step(&city) == "processing" {
        let ran = act(&city, "data", &["process"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let shown = act(&city, "local", &["show"]).lines().remove(0);
    let processed = shown["events"].as_array().unwrap();
    let processed: Vec<&Value> = processed
        .iter()
        .filter(|event| event["act"] == "process")
        .collect();
    assert_eq!(processed.len(), 1, "{shown}");
    let result = shown["result"]["sha256"].as_str().unwrap();
    assert!(
        city.path(&format!(".madang-results/study/{result}.csv"))
            .is_file()
    );
    assert_eq!(shown["result"]["is-there"], json!(true));
    // Sent back and done again, nothing that came in lies about: the killed ones' rows are gone.
    let back = [
        "find-inadequate",
        "--grounds",
        "더 가려야 합니다",
        "--back-to",
        "processing",
    ];
    assert_eq!(act(&city, "officer", &back).code, 0);
    assert_eq!(act(&city, "data", &["process"]).code, 0);
    let left = fs::read_dir(city.path(".madang-results/study")).unwrap();
    assert_eq!(left.count(), 1);
}

#[test]
fn pages_and_addresses_lead_through_a_project_for_those_who_work_in_it() {
    let city = city("2099-12-31");
    until_reviewed(&city);
    let other = act(&city, "data", &["hand-over", "--to", "다른 기관"]);
    assert!(other.code == 1 && other.err.contains("통계과"), "{other:?}");
    assert_eq!(act(&city, "data", &["hand-over", "--to", "통계과"]).code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    assert_eq!(
        serving.get("/projects/study", "").status,
        403,
        "not for everybody"
    );
    let cookie = serving.sign_in().unwrap();
    let page = serving.get("/projects/study", &cookie);
    assert!(
        page.status == 200 && page.body.contains("⑤ 안전한 관리"),
        "{page:?}"
    );
    let note = r#"{"act": "note", "text": "누구인지 알아보려 한 일이 없었습니다."}"#;
    assert_eq!(
        serving
            .post_json("/api/projects/study/acts", "", note)
            .status,
        403
    );
    assert_eq!(
        serving
            .post_json("/api/projects/study/acts", &cookie, note)
            .status,
        200
    );
    let wrong = serving.post_json("/api/projects/study/acts", &cookie, r#"{"act": "prepare"}"#);
    assert!(
        wrong.status == 400 && wrong.body.contains("안전한 관리"),
        "{wrong:?}"
    );
    let paper = serving.get("/projects/study/papers/report.md", &cookie);
    assert!(paper.body.contains("④ 적정성 검토: 적정"), "{paper:?}");
    let step = serving.get("/projects/study/risk-review", &cookie);
    assert!(step.body.contains("특이정보 없음"), "{step:?}");
}

const PEOPLE: &str = r#"
roles = [
  { id = "data", title = "자료", duties = ["administer", "audit", "release"] },
  { id = "keeper", title = "보관", duties = ["vault"] },
]
accounts = [
  { name = "data", roles = ["data"] },
  { name = "officer", roles = ["data"] },
  { name = "keeper", roles = ["keeper"] },
  { name = "boss", roles = ["operator"] },
]
"#;

/// The entries of the log about tokens turned back: who, decision, purpose, and how many persons.
fn turned(city: &TestCity) -> Vec<(String, String, String, usize)> {
    let mut found = Vec::new();
    for entry in entries(city) {
        if entry["query"] == "a token of project study turned back" {
            let word = |key: &str| entry[key].as_str().unwrap().to_owned();
            let persons = entry["subjects"].as_array().map_or(0, Vec::len);
            found.push((word("who"), word("decision"), word("purpose"), persons));
        }
    }
    found
}

/// All entries of the log, as they lie in its files.
fn entries(city: &TestCity) -> Vec<Value> {
    let folder = fs::read_dir(city.path(".madang/access-log")).unwrap();
    let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "log"));
    files.sort();
    let text: String = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let parsed = text.lines().filter_map(|line| {
        let sealed: Value = serde_json::from_str(line.get(line.find('{')?..)?).ok()?;
        Some(sealed["entry"].clone())
    });
    parsed.collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn a_token_is_turned_back_by_the_keeper_of_the_vault_alone_and_logged_first() {
    let city = city("2099-12-31");
    fs::write(city.path("people.toml"), PEOPLE).unwrap();
    until_reviewed(&city);
    let shown = act(&city, "local", &["show"]).lines().remove(0);
    let sha256 = shown["result"]["sha256"].as_str().unwrap();
    let result = city.path(&format!(".madang-results/study/{sha256}.csv"));
    let text = fs::read_to_string(result).unwrap();
    let first = text.lines().find(|line| line.contains("30대")).unwrap();
    let token = first.split(',').next().unwrap();
    let turn = |who: &str, token: &str, why: &str| {
        city.run(&[
            "privacy", "token", "study", token, "--why", why, "--as", who,
        ])
    };
    for who in ["data", "officer", "boss"] {
        let refused = turn(who, token, "확인");
        assert!(
            refused.code == 1 && refused.err.contains("duty vault") && refused.out.is_empty(),
            "{refused:?}"
        );
    }
    assert_eq!(turn("nobody", token, "확인").code, 1);
    let silent = turn("keeper", token, " ");
    assert!(silent.code == 1 && silent.err.contains("why"), "{silent:?}");
    let told = turn("keeper", token, "정보주체의 요구");
    assert!(told.code == 0 && told.out.trim() == "김가온", "{told:?}");
    let wrong = turn("keeper", "ABCDEFGH", "확인");
    assert!(
        wrong.code == 1 && wrong.err.contains("no such token"),
        "{wrong:?}"
    );
    let serving = Serving::start(&city, &["--no-loads"]);
    let keeper = crate::people::signed_in(&city, &serving, "keeper");
    let page = serving.get("/projects/study/token", &keeper);
    assert!(
        page.status == 200 && page.body.contains("토큰 되돌리기"),
        "{page:?}"
    );
    let form = format!("token={token}&why=review");
    let page = serving.post("/projects/study/token", &keeper, &form, "same-origin");
    assert!(
        page.status == 200 && page.body.contains("김가온"),
        "{page:?}"
    );
    assert!(page.head.contains("no-store"), "{page:?}");
    let body = json!({"token": token, "why": "review"}).to_string();
    let told = serving.post_json("/api/projects/study/token", &keeper, &body);
    assert!(
        told.status == 200 && told.body.contains("김가온"),
        "{told:?}"
    );
    let data = crate::people::signed_in(&city, &serving, "data");
    for cookie in [data.as_str(), serving.sign_in().unwrap().as_str(), ""] {
        let refused = serving.post_json("/api/projects/study/token", cookie, &body);
        assert!(
            refused.status == 403 && !refused.body.contains("가온"),
            "{refused:?}"
        );
        assert_eq!(serving.get("/projects/study/token", cookie).status, 403);
    }
    drop(serving);
    let entry = |who: &str, decision: &str, why: &str, persons: usize| {
        (who.to_owned(), decision.to_owned(), why.to_owned(), persons)
    };
    let log = turned(&city);
    assert_eq!(log[0], entry("data", "denied", "확인", 0), "{log:?}");
    assert_eq!(
        log[3],
        entry("keeper", "allowed", "정보주체의 요구", 1),
        "{log:?}"
    );
    assert_eq!(log.len(), 3 + 2 + 2 + 3, "{log:?}");
    // Whoever works in the project is not given the vault.
    let both = PEOPLE
        .replace("[\"vault\"]", "[]")
        .replace("\"audit\"", "\"vault\"");
    fs::write(city.path("people.toml"), both).unwrap();
    let checked = city.run(&["check"]);
    assert!(
        checked.code == 1
            && checked.out.contains("projects/study.toml")
            && checked
                .out
                .contains("has the duty `vault` and would process"),
        "{checked:?}"
    );
}

#[test]
fn a_reviewer_sees_what_is_judged_and_how_far_it_stands_out() {
    let city = city("2099-12-31");
    fs::write(city.path("people.toml"), PEOPLE).unwrap();
    let early = act(&city, "officer", &["look"]);
    assert!(early.code == 1 && early.err.contains("step 4"), "{early:?}");
    for words in [&["prepare"][..], &RISK[..], &["process"][..]] {
        assert_eq!(act(&city, "data", words).code, 0);
    }
    let shown = act(&city, "officer", &["look"]).lines().remove(0);
    assert_eq!(shown["columns"], json!(["person", "phone", "age"]));
    assert_eq!(shown["rows"].as_array().unwrap().len(), 2, "{shown}");
    assert!(!shown.to_string().contains("가온"), "{shown}");
    let own = act(&city, "data", &["look"]);
    assert!(own.code == 1 && own.out.is_empty(), "{own:?}");
    let view = act(&city, "local", &["show"]).lines().remove(0);
    let measured = &view["measured"];
    assert_eq!(measured["quasi"], json!(["age"]), "{view}");
    let figures = ["rows", "classes", "smallest", "alone"].map(|key| measured[key].as_u64());
    assert_eq!(figures, [Some(2), Some(2), Some(1), Some(2)], "{measured}");
    let paper = city.path("report.md").display().to_string();
    assert_eq!(act(&city, "local", &["report", "--out", &paper]).code, 0);
    let text = fs::read_to_string(&paper).unwrap();
    assert!(
        text.contains("혼자인 행 2개, 가장 큰 위험 100.0 %"),
        "{text}"
    );
    let serving = Serving::start(&city, &["--no-loads"]);
    let officer = crate::people::signed_in(&city, &serving, "officer");
    let data = crate::people::signed_in(&city, &serving, "data");
    let page = serving.get("/projects/study", &officer);
    assert!(
        page.body.contains("결과물의 처음 2행") && page.body.contains("40대"),
        "{page:?}"
    );
    assert!(page.body.contains("100.0 %"), "{page:?}");
    let page = serving.get("/projects/study", &data);
    assert!(
        page.status == 200 && !page.body.contains("40대"),
        "{page:?}"
    );
    let address = "/api/projects/study/result";
    assert_eq!(serving.get(address, &officer).status, 200);
    assert_eq!(serving.get(address, &data).status, 403);
    assert_eq!(serving.get(address, "").status, 403);
    drop(serving);
    let looks = entries(&city);
    let looks: Vec<(&str, &str)> = looks
        .iter()
        .filter(|entry| entry["query"] == "the first rows of the result of project study")
        .map(|entry| {
            let word = |key: &str| entry[key].as_str().unwrap();
            (word("who"), word("decision"))
        })
        .collect();
    let allowed = looks.iter().filter(|look| **look == ("officer", "allowed"));
    assert_eq!(allowed.count(), 3, "{looks:?}");
    assert_eq!(looks.len(), 3 + 3, "{looks:?}");
}

#[test]
fn a_project_given_up_at_once_is_not_taken_for_a_reviewed_one() {
    let city = city("2099-12-31");
    let gone = act(
        &city,
        "data",
        &["destroy", "--reason", "하지 않기로 했습니다"],
    );
    assert_eq!(gone.code, 0, "{gone:?}");
    let paper = city.path("report.md").display().to_string();
    assert_eq!(act(&city, "local", &["report", "--out", &paper]).code, 0);
    let text = fs::read_to_string(&paper).unwrap();
    assert!(text.contains("만들지 않고 파기"), "{text}");
    let serving = Serving::start(&city, &["--no-loads"]);
    let cookie = serving.sign_in().unwrap();
    let page = serving.get("/projects/study", &cookie).body;
    assert_eq!(page.matches("하지 않음").count(), 4, "{page}");
    assert_eq!(page.matches("마침").count(), 1, "only its end: {page}");
}
