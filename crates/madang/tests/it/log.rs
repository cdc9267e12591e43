//! The access log from the command line: proofs, checkpoints, copies, keys, and what is found.

use std::fs;
use std::process::Command;

use crate::city::{MADANG, Ran, TestCity, parking, ran};

/// A city whose log holds some entries.
fn city() -> TestCity {
    let city = TestCity::parking("이름,면수\n가온,120\n누리,80\n");
    assert_eq!(city.load().code, 0);
    for _ in 0..3 {
        let asked = city.run(&["query", "select * from parking", "--purpose", "시험"]);
        assert_eq!(asked.code, 0, "{asked:?}");
    }
    city
}

fn size(city: &TestCity) -> u64 {
    let root = city.run(&["log", "root", "--json"]);
    assert_eq!(root.code, 0, "{root:?}");
    root.lines()[0]["size"].as_u64().unwrap()
}

/// The binary without a city.
fn alone(words: &[&str]) -> Ran {
    ran(Command::new(MADANG).args(words))
}

#[test]
fn proofs_are_made_and_checked() {
    let city = city();
    let size = size(&city);
    let key = city.run(&["log", "key"]).out;
    let file = |name: &str| city.path(name).to_str().unwrap().to_owned();
    let (entry, grown) = (file("entry.json"), file("grown.json"));
    assert_eq!(
        city.run(&["log", "prove", "--entry", "2", "--out", &entry])
            .code,
        0
    );
    assert_eq!(
        city.run(&["log", "prove", "--from", "2", "--out", &grown])
            .code,
        0
    );
    let checked = alone(&[
        "log",
        "check",
        &entry,
        &grown,
        "--key",
        key.trim(),
        "--json",
    ]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(checked.lines().iter().all(|line| line["holds"] == true));
    // Another entry under the same proof, another root: neither holds.
    let text = fs::read_to_string(&entry).unwrap();
    fs::write(&entry, text.replace("\"leafIdx\": 1", "\"leafIdx\": 2")).unwrap();
    let text = fs::read_to_string(&grown).unwrap();
    fs::write(&grown, text.replace("\"size1\": 2", "\"size1\": 3")).unwrap();
    let checked = alone(&["log", "check", &entry, &grown]);
    assert_eq!(
        (checked.code, checked.out.matches("does not hold").count()),
        (1, 2),
        "{checked:?}"
    );
    let absent = city.run(&["log", "prove", "--entry", &(size + 1).to_string()]);
    assert_eq!(absent.code, 1, "{absent:?}");
    assert_eq!(city.run(&["log", "prove"]).code, 2);
}

#[test]
fn a_checkpoint_kept_outside_finds_a_log_that_was_cut() {
    let city = city();
    let outside = city.path("outside.checkpoint");
    let outside = outside.to_str().unwrap();
    let folder = city.path(".madang/access-log");
    let before = size(&city);
    let head = fs::read(folder.join("head")).unwrap();
    let entries = fs::read(folder.join("entries-000000000001.log")).unwrap();
    assert_eq!(city.run(&["query", "select 1 as one from parking"]).code, 0);
    assert_eq!(city.run(&["log", "checkpoint", "--out", outside]).code, 0);
    let size = size(&city);
    assert!(size > before);
    let verified = city.run(&["verify", "--checkpoint", outside]);
    assert_eq!(verified.code, 0, "{verified:?}");
    // The folder of before is put back: inside, everything agrees again.
    fs::write(folder.join("head"), head).unwrap();
    fs::write(folder.join("entries-000000000001.log"), entries).unwrap();
    fs::remove_file(folder.join(format!("checkpoints/{size:012}"))).unwrap();
    assert_eq!(city.run(&["verify"]).code, 0);
    let verified = city.run(&["verify", "--checkpoint", outside, "--json"]);
    assert_eq!(verified.code, 1);
    assert_eq!(verified.lines()[0]["entry"], before + 1, "{verified:?}");
}

#[test]
fn an_altered_entry_is_named_and_a_copy_proves_itself() {
    let city = city();
    let copy = city.path("copy");
    let copy = copy.to_str().unwrap();
    assert_eq!(city.run(&["log", "export", copy]).code, 0);
    assert_eq!(alone(&["verify", "--access-log", copy]).code, 0);
    let path = city.path(".madang/access-log/entries-000000000001.log");
    let text = fs::read_to_string(&path).unwrap();
    let third = text.lines().nth(2).unwrap();
    fs::write(
        &path,
        text.replace(third, &third.replacen("local", "lokal", 1)),
    )
    .unwrap();
    let verified = city.run(&["verify", "--json"]);
    assert_eq!(
        (verified.code, &verified.lines()[0]["entry"]),
        (1, &3.into()),
        "{verified:?}"
    );
    assert_eq!(alone(&["verify", "--access-log", copy]).code, 0);
    // A stranger's key is not the log's.
    let other = self::city();
    let key = other.run(&["log", "key"]).out;
    let verified = alone(&["verify", "--access-log", copy, "--key", key.trim()]);
    assert_eq!(verified.code, 1, "{verified:?}");
}

#[test]
fn keys_change_and_a_damaged_log_is_begun_anew() {
    let city = city();
    let first = city.run(&["log", "key"]).out;
    let rotated = city.run(&["log", "key", "--rotate", "--why", "담당자 교체"]);
    assert_eq!(rotated.code, 0, "{rotated:?}");
    assert_eq!(city.run(&["log", "key"]).out.lines().count(), 2);
    assert_eq!(city.run(&["verify", "--key", first.trim()]).code, 0);
    fs::remove_file(city.path(".madang/access-log/head")).unwrap();
    let refused = city.run(&["query", "select * from parking"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("madang log renew"), "{refused:?}");
    assert_eq!(city.run(&["verify"]).code, 1);
    assert_eq!(
        city.run(&["log", "renew", "--why", "head 파일 유실"]).code,
        0
    );
    assert_eq!(city.run(&["verify"]).code, 0);
    assert_eq!(city.run(&["query", "select * from parking"]).code, 0);
}

#[test]
fn checkpoints_are_published_where_the_city_says_and_retention_leaves_young_entries() {
    let city = TestCity::new()
        .dataset(&parking())
        .file("parking.csv", "이름,면수\n가온,1\n");
    let manifest = city.path("city.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(
        &manifest,
        text + "\n[access-log]\npublish = \"published\"\n",
    )
    .unwrap();
    assert_eq!(city.load().code, 0);
    assert_eq!(city.run(&["log", "checkpoint"]).code, 0);
    let published = fs::read_dir(city.path("published")).unwrap().count();
    assert!(published > 0);
    let pruned = city.run(&["log", "prune", "--json"]);
    assert_eq!(
        (pruned.code, &pruned.lines()[0]["entries"]),
        (0, &0.into()),
        "{pruned:?}"
    );
}

#[test]
fn a_data_subject_is_answered_and_the_month_is_reviewed() {
    let mut manifest = parking();
    manifest.more = "subjects = [{ kind = \"owner\", column = \"name\" }]".to_owned();
    let city = TestCity::new()
        .dataset(&manifest)
        .file("parking.csv", "이름,면수\n가온,120\n누리,80\n");
    assert_eq!(city.load().code, 0);
    let sql = "select spaces from parking where name = '누리'";
    assert_eq!(city.run(&["query", sql, "--purpose", "민원"]).code, 0);
    let paper = city.path("answer.pdf");
    let told = |value: &str| {
        let pdf = paper.to_str().unwrap();
        let told = city.run(&["log", "subject", "owner", value, "--json", "--pdf", pdf]);
        assert_eq!(told.code, 0, "{told:?}");
        told.lines().remove(0)
    };
    let answer = told("누리");
    let purposes: Vec<&str> = answer["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["certain"] == true)
        .map(|line| line["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(purposes, ["민원"], "the look itself is none");
    assert!(fs::read(&paper).unwrap().starts_with(b"%PDF-"));
    let text = fs::read_to_string(city.path(".madang/access-log/entries-000000000001.log"));
    assert!(text.is_ok_and(|text| !text.contains("누리")));
    let unknown = city.run(&["log", "subject", "shoe", "42"]);
    assert!(
        unknown.code == 1 && unknown.err.contains("there is owner"),
        "{unknown:?}"
    );
    assert_eq!(
        city.run(&["log", "subject", "owner"]).code,
        2,
        "no value comes in"
    );

    let month = chrono::Utc::now() + chrono::TimeDelta::hours(9);
    let month = month.format("%Y-%m").to_string();
    let review = city.run(&["log", "review", "--month", &month, "--json"]);
    let head = &review.lines()[0];
    assert_eq!(
        (review.code, &head["review"]),
        (0, &serde_json::Value::Null)
    );
    // The question and the look-ups.
    assert_eq!(head["entries"], 3, "{review:?}");
    assert_eq!(city.run(&["log", "review", "--month", "Mai"]).code, 2);
}
