//! `madang evidence`: counted, written, told.

use std::fs;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::city::TestCity;

/// The year it is in Korea, as the program sees it.
fn year(city: &TestCity) -> String {
    let refused = city.run(&["evidence", "0000"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let (_, year) = refused.err.trim().rsplit_once(' ').unwrap();
    year.to_owned()
}

#[test]
fn a_loaded_city_has_evidence_as_words_json_workbook_and_paper() {
    let city = TestCity::parking("이름,면수\n가온,12\n누리,일곱\n");
    assert_eq!(city.load().code, 0);
    let year = year(&city);
    let told = city.run(&["evidence", &year]);
    assert_eq!(told.code, 0, "{told:?}");
    // Two lines, two names that must be there, one key among those accepted, two numbers: one is none.
    assert!(
        told.out
            .contains("데이터 오류율: 오류율: 14.2857% (1 / 7 값)"),
        "{told:?}"
    );
    assert!(
        told.out
            .contains("품질관리 계획수립: 품질관리 계획: 이 시스템으로는 산정할 수 없음\n"),
        "{told:?}"
    );
    let json = city.run(&["evidence", &year, "--json"]);
    let pack: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(pack["loads"][0]["quarantined"], 1);
    // Whoever doubts it empties the hash, and hashes the line.
    let hash = pack["sha256"].as_str().unwrap();
    let without = json.out.trim_end().replacen(hash, "", 1);
    let sum = Sha256::digest(without);
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sum, hash);
    for (name, begins) in [("a.xlsx", "PK"), ("a.pdf", "%PDF-")] {
        let path = city.path(name);
        let words = [
            "evidence",
            &year,
            "--department",
            "교통과",
            "--out",
            path.to_str().unwrap(),
        ];
        let ran = city.run(&words);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{name}");
        assert_eq!(city.run(&words).code, 0);
        assert_eq!(
            fs::read(&path).unwrap(),
            bytes,
            "{name}: the same records, the same bytes"
        );
    }
}

#[test]
fn what_cannot_be_counted_or_written_is_told() {
    let city = TestCity::parking("이름,면수\n가온,12\n");
    let year = year(&city);
    for (words, code, said) in [
        (vec!["evidence", "3000"], 1, "expected a year from 2000 to"),
        (
            vec!["evidence", &year, "--department", "none"],
            1,
            "the city has transport",
        ),
        (
            vec!["evidence", &year, "--out", "a.docx"],
            2,
            "written as .xlsx or .pdf",
        ),
        (
            vec!["evidence", &year, "--json", "--out", "a.pdf"],
            2,
            "cannot be used with",
        ),
    ] {
        let ran = city.run(&words);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.err.contains(said), "{ran:?}");
    }
    let nowhere = city.path("no/such/folder/a.pdf");
    let ran = city.run(&["evidence", &year, "--out", nowhere.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{ran:?}");
    // A city that never loaded anything has nothing to count, and says so.
    let ran = city.run(&["evidence", &year]);
    assert!(ran.out.contains("오류율: 산정할 대상 없음"), "{ran:?}");
}
