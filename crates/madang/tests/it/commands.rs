//! Exit codes, `check`, `init`, `config`.

use std::process::Command;

use crate::city::{MADANG, TestCity, ran};

#[test]
fn a_new_city_checks_and_loads() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("new");
    let city = city.to_str().unwrap();
    let run = |words: &[&str]| ran(Command::new(MADANG).args(words));
    assert_eq!(run(&["init", city]).code, 0);
    let again = run(&["init", city]);
    assert_eq!(again.code, 1);
    assert!(
        again.err.contains("there is something already"),
        "{again:?}"
    );
    assert_eq!(run(&["check", "-C", city]).code, 0);
    let load = run(&["load", "-C", city, "--json"]);
    assert_eq!(
        (load.code, load.accounting().as_str()),
        (0, "loaded: read 2 = accepted 2 + quarantined 0")
    );
}

#[test]
fn wrong_usage_is_2_and_help_is_0() {
    let run = |words: &[&str]| ran(Command::new(MADANG).args(words));
    assert_eq!(run(&["lod"]).code, 2);
    assert_eq!(run(&["load", "--nonsense"]).code, 2);
    assert_eq!(run(&["--help"]).code, 0);
    assert_eq!(
        ran(Command::new(MADANG)
            .arg("config")
            .env("MADANG_PORT", "many"))
        .code,
        2
    );
}

#[test]
fn what_the_program_notices_meanwhile_is_told_unless_nobody_wants_it() {
    let city = TestCity::parking("이름,면수\n가,1\n");
    assert_eq!(city.load().code, 0);
    std::fs::remove_dir_all(city.path(".madang/access-log")).unwrap();
    let ask = |log: &[&str]| city.run(&[log, &["query", "select 1"]].concat());
    let event = "ERROR records::log: the access log is gone";
    let told = ask(&[]);
    assert!(told.code == 3 && told.err.contains(event), "{told:?}");
    let silent = ask(&["--log", "off"]);
    assert!(
        silent.code == 3 && !silent.err.contains(event),
        "{silent:?}"
    );
    let wrong = ask(&["--log", "loud"]);
    assert!(
        wrong.code == 2 && wrong.err.contains("log (flag): `loud` is no filter"),
        "{wrong:?}"
    );
}

#[test]
fn a_city_with_mistakes_is_1_and_all_are_told() {
    let city = TestCity::parking("이름,면수\n");
    let manifest = city.path("datasets/traffic/parking.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(
        &manifest,
        text.replace("cadence = \"monthly\"", "cadense = \"monthly\"")
            .replace("type = \"integer\"", "type = \"integr\""),
    )
    .unwrap();
    let ran = city.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("cadense") && ran.out.contains("integr"),
        "{ran:?}"
    );
    assert_eq!(city.load().code, 1, "a city with mistakes loads nothing");
}

#[test]
fn no_city_is_1_and_an_unknown_dataset_too() {
    let missing = ran(Command::new(MADANG).args(["check", "-C", "/nonexistent/city"]));
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("madang init"), "{missing:?}");
    let city = TestCity::parking("이름,면수\n가온,1\n");
    let unknown = city.run(&["load", "prking"]);
    assert_eq!(unknown.code, 1);
    assert!(
        unknown
            .err
            .contains("no dataset is called `prking`; there is: parking"),
        "{unknown:?}"
    );
}

#[test]
fn a_data_folder_that_cannot_be_made_is_3() {
    let city = TestCity::parking("이름,면수\n가온,1\n").file("taken", "");
    let taken = city.path("inbox/taken/data");
    let ran = city.run(&["load", "--data", taken.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{ran:?}");
}

#[test]
fn configuration_says_where_each_value_comes_from_and_masks_keys() {
    let city = TestCity::new();
    std::fs::write(city.path("madang.toml"), "host = \"0.0.0.0\"\n[sources]\nair_key = \"top secret\"\nair = \"https://a.example/x?k=1\"\n").unwrap();
    let ran = ran(city.command(&["config", "--json"]).env("MADANG_PORT", "99"));
    let said: Vec<String> = ran
        .lines()
        .iter()
        .map(|line| format!("{} {} {}", line["name"], line["value"], line["from"]).replace('"', ""))
        .collect();
    assert!(said.contains(&"host 0.0.0.0 file".to_owned()), "{said:?}");
    assert!(said.contains(&"port 99 environment".to_owned()), "{said:?}");
    assert!(
        said.contains(&"sources.air https://a.example/x file".to_owned()),
        "{said:?}"
    );
    assert!(!ran.out.contains("top secret"));
}

#[test]
fn a_drafted_manifest_checks_and_loads() {
    let text = concat!(
        "\u{feff}",
        "공영주차장 현황\n주차장명,주차구획수,위도,경도\n가온,\"1,200\",37.5,127.0\n누리,80,37.51,127.01\n다솜,-,37.52,127.02\n"
    );
    let city = TestCity::new().file("교통과/주차장_20240102.csv", text);
    let out = city.path("datasets/traffic/lots.toml");
    std::fs::create_dir_all(out.parent().unwrap()).unwrap();
    let file = city.path("inbox/교통과/주차장_20240102.csv");
    let words = [
        "draft",
        file.to_str().unwrap(),
        "--id",
        "lots",
        "--out",
        out.to_str().unwrap(),
    ];
    let drafted = city.run(&words);
    assert_eq!(drafted.code, 0, "{drafted:?}");
    assert!(
        drafted
            .err
            .contains("unsure: `주차구획수`: taken as \"no value\": `-` (1)"),
        "{drafted:?}"
    );
    assert_eq!(city.run(&["check"]).code, 0);
    assert_eq!(
        city.load().accounting(),
        "loaded: read 3 = accepted 3 + quarantined 0"
    );
    assert_eq!(
        city.query("select sum(spaces) as spaces, max(latitude) as latitude from lots"),
        "spaces,latitude\n1280,37.52\n"
    );
    let again = city.run(&words);
    assert_eq!(again.code, 1, "a manifest is never written over");
    let missing = city.run(&["draft", "no-such.csv"]);
    assert_eq!(missing.code, 1);
}
