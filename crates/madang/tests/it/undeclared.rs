//! Identifiers of persons that a manifest does not declare stop a load; what a city's open data hold does not.

use crate::city::{TestCity, column, parking};

/// `이름,면수,연락처`; the last column as a test wants it.
fn with_contact(class: &str, more: &str) -> crate::city::Manifest {
    let mut manifest = parking();
    let contact = column("contact", "연락처", "text", more);
    let contact = contact.replace("privacy = \"none\"", &format!("privacy = \"{class}\""));
    manifest.columns.push(contact);
    manifest
}

fn city(class: &str, more: &str, contacts: &[&str]) -> TestCity {
    let mut csv = "이름,면수,연락처\n".to_owned();
    for (row, contact) in contacts.iter().enumerate() {
        csv.push_str(&format!("주차장{row},120,\"{contact}\"\n"));
    }
    TestCity::new()
        .dataset(&with_contact(class, more))
        .file("parking.csv", csv)
}

const MOBILE: [&str; 3] = ["02-123-4567", "", "담당 010-1234-5678"];

#[test]
fn an_undeclared_identifier_stops_the_load_and_says_what_to_do() {
    let city = city("none", "", &MOBILE);
    let ran = city.load();
    assert_eq!(ran.code, 1, "{ran:?}");
    let line = &ran.lines()[0];
    assert_eq!(line["outcome"], "refused");
    let message = line["message"].as_str().unwrap();
    for part in [
        "datasets/traffic/parking.toml: the column `contact` (연락처) holds a mobile phone number (휴대전화번호) in 1 of 2 filled cells",
        "first in parking.csv row 4",
        "its privacy class is `none`",
        "declare privacy = \"identifier\"",
        "accepts = { found = [\"mobile\"], reason = \"...\" }",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!message.contains("1234-5678") && !ran.err.contains("1234-5678"));
    // There is no version to ask.
    let asked = city.run(&["query", "select name from parking"]);
    assert_eq!((asked.code, asked.out.as_str()), (1, ""));
    assert_eq!(city.run(&["verify"]).code, 0);
}

#[test]
fn declared_or_accepted_it_is_loaded() {
    for (class, more) in [
        ("identifier", ""),
        (
            "none",
            "accepts = { found = [\"mobile\"], reason = \"스스로 공개한 대표 번호\" }",
        ),
    ] {
        let city = city(class, more, &MOBILE);
        assert_eq!(
            city.load().accounting(),
            "loaded: read 3 = accepted 3 + quarantined 0"
        );
    }
}

#[test]
fn a_resident_number_in_free_text_is_never_accepted() {
    // 97 is no place code: nobody has this number.
    let accepts = "accepts = { found = [\"mobile\"], reason = \"대표 번호\" }";
    let city = city("quasi", accepts, &["민원인 주민번호 900101-1971236"]);
    let ran = city.load();
    assert_eq!(ran.code, 1, "{ran:?}");
    let message = ran.lines()[0]["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("resident registration number"),
        "{message}"
    );
    assert!(
        message.contains("declare privacy = \"unique-id\""),
        "{message}"
    );
    assert!(!message.contains("accepts ="), "{message}");
}

#[test]
fn the_last_good_version_stays() {
    let city = city("none", "", &["02-123-4567"]);
    assert_eq!(city.load().code, 0);
    let city = city.file(
        "parking.csv",
        "이름,면수,연락처\n새 주차장,10,010-1234-5678\n",
    );
    assert_eq!(city.load().code, 1);
    assert_eq!(city.query("select name from parking"), "name\n주차장0\n");
}

#[test]
fn a_class_taken_away_is_a_load_that_is_looked_at() {
    let city = city("identifier", "", &MOBILE);
    assert_eq!(city.load().code, 0);
    let city = city.dataset(&with_contact("none", ""));
    let ran = city.load();
    assert_eq!(
        (ran.code, ran.lines()[0]["outcome"].as_str()),
        (1, Some("refused"))
    );
}

#[test]
fn what_open_data_hold_stops_nothing() {
    let harmless = [
        "02-123-4567",
        "1588-1234",
        "사업자등록번호 120-81-47521",
        "법인등록번호 130111-0006246",
        "경기도 수원시 팔달구 행궁로 11, 101동 1203호",
        "parking@city.go.kr",
        "접수 1AA-2511-2585178",
        "1745984555143",
        "5111092136377623347",
        "대표자 김하늘",
    ];
    assert_eq!(city("none", "", &harmless).load().code, 0);
}

#[test]
fn detect_tells_of_columns_and_of_each_finding_without_values() {
    let city = city("identifier", "", &MOBILE);
    let file = city.path("inbox/parking.csv");
    let ran = city.run(&["privacy", "detect", file.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mobile = ran
        .lines()
        .into_iter()
        .find(|line| line["type"] == "mobile")
        .unwrap();
    assert_eq!(mobile["column"], "연락처");
    assert_eq!(
        (mobile["cells"].as_u64(), mobile["filled"].as_u64()),
        (Some(1), Some(2))
    );
    assert_eq!(mobile["first"][0]["row"], 4);
    assert_eq!(mobile["form"], "***-****-****");
    assert_eq!(mobile["class"], "identifier");
    assert!(!ran.out.contains("5678"), "{ran:?}");
    // The same of the loaded dataset, each finding by itself.
    city.load();
    let ran = city.run(&["privacy", "detect", "parking", "--json", "--each"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mobile = ran
        .lines()
        .into_iter()
        .find(|line| line["type"] == "mobile")
        .unwrap();
    assert_eq!(mobile["column"], "contact");
    assert_eq!(
        (mobile["start"].as_u64(), mobile["end"].as_u64()),
        (Some(3), Some(16))
    );
    // Of a dataset, the place in its version.
    assert_eq!(mobile["row"], 3);
    assert!(!ran.out.contains("5678"), "{ran:?}");
}

#[test]
fn lines_are_labelled_and_a_bad_line_writes_nothing() {
    let city = TestCity::new()
        .file(
            "in.jsonl",
            "{\"id\": \"a\", \"text\": \"전화 010-1234-5678.\"}\n\n{\"id\": 2, \"text\": \"\"}\n",
        )
        .file("bad.jsonl", "{\"id\": 1, \"text\": \"x\"}\n{\"id\": 2}\n");
    let path = |name: &str| city.path(&format!("inbox/{name}"));
    let label = |from: &str| {
        let (from, to) = (path(from), path("out.jsonl"));
        city.run(&[
            "privacy",
            "detect",
            "--jsonl",
            from.to_str().unwrap(),
            to.to_str().unwrap(),
        ])
    };
    let ran = label("bad.jsonl");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("bad.jsonl:2: "), "{ran:?}");
    assert!(!path("out.jsonl").exists());
    assert_eq!(label("in.jsonl").code, 0);
    assert_eq!(
        std::fs::read_to_string(path("out.jsonl")).unwrap(),
        "{\"id\":\"a\",\"labels\":[{\"type\":\"mobile\",\"start\":3,\"end\":16}]}\n{\"id\":2,\"labels\":[]}\n"
    );
}
