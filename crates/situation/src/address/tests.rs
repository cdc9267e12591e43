//! Invented addresses, said in many ways.

use super::words::words;
use super::*;

fn record(road: &str, lot: &str, building: Option<&str>) -> Record {
    Record {
        road: road.to_owned(),
        lot: Some(lot.to_owned()),
        building: building.map(str::to_owned),
        dong: None,
        at: [127.0, 37.3],
    }
}

fn index() -> Index {
    Index::new(vec![
        record(
            "가람시 해솔동 벚꽃로 17",
            "가람시 해솔동 120-3",
            Some("해솔빌딩 2"),
        ),
        record("가람시 해솔동 벚꽃로 18", "가람시 해솔동 120", None),
        record(
            "가람시 해솔동 벚꽃길 17",
            "가람시 해솔동 121",
            Some("해솔3차아파트"),
        ),
        record("가람시 해솔동 벚꽃로12번길 3", "가람시 해솔동 산 7-1", None),
        record("가람시 달빛1동 은행나무로 17", "가람시 달빛1동 120-3", None),
        record("가람시 달빛1동 은행나무로 19-2", "가람시 달빛1동 122", None),
    ])
}

#[test]
fn a_text_is_letters_and_a_number() {
    let told = |text: &str| {
        let words = words(text);
        (words.letters(0), words.number)
    };
    let right = |letters: &str, number| (letters.to_owned(), number);
    assert_eq!(told("벚꽃로 17"), right("벚꽃로", Some((17, 0))));
    assert_eq!(told("벚꽃로17번지"), right("벚꽃로", Some((17, 0))));
    assert_eq!(
        told("벚꽃로 12번길 3-1, 101동 1203호"),
        right("벚꽃로12번길", Some((3, 1)))
    );
    assert_eq!(
        told("해솔동 120의 3 (해솔빌딩)"),
        right("해솔동", Some((120, 3)))
    );
    assert_eq!(told("달빛1동 120 - 3"), right("달빛1동", Some((120, 3))));
    assert_eq!(told("벚꽃로 17 2층"), right("벚꽃로", Some((17, 0))));
    assert_eq!(told("벚꽃로 １７"), right("벚꽃로", Some((17, 0))));
    assert_eq!(told("해솔3차아파트"), right("해솔3차아파트", None));
    assert_eq!(
        told("99999999999999 벚꽃로"),
        right("99999999999999벚꽃로", None)
    );
    assert_eq!(told(""), right("", None));
}

#[test]
fn the_same_place_is_found_however_it_is_said() {
    let index = index();
    for (said, right) in [
        ("가람시 해솔동 벚꽃로 17", 0),
        ("가람시해솔동벚꽃로17", 0),
        ("벚꽃로17", 0),
        ("벗꽃로 17", 0),
        ("벚꼬초 17", 0),
        ("어느도 가람시 해솔동 벚꽃로 17", 0),
        ("해솔동 120-3번지", 0),
        ("해솔 빌딩 2", 0),
        ("벚꽃로 18번", 1),
        ("벚꽃길 17", 2),
        ("해솔 3차 아파트", 2),
        ("벚꽃로12번길 3", 3),
        ("벚꽃로 12 번길 3", 3),
        ("해솔동 산7-1", 3),
        ("달빛1동 120-3", 4),
        ("은행나무로 19-2", 5),
        ("은행나무로 19", 5),
        ("은해나무로 17", 4),
    ] {
        let found = index.find(said, 3);
        let first = found.first().map(|hit| &hit.record.road);
        assert_eq!(
            first,
            Some(&index.find(&index_road(right), 1)[0].record.road),
            "{said}"
        );
    }
}

fn index_road(at: usize) -> String {
    let all = [
        "벚꽃로 17",
        "벚꽃로 18",
        "벚꽃길 17",
        "벚꽃로12번길 3",
        "은행나무로 17",
        "은행나무로 19-2",
    ];
    format!(
        "가람시 {} {}",
        if at < 4 { "해솔동" } else { "달빛1동" },
        all[at]
    )
}

#[test]
fn what_is_not_there_is_said_to_be_near() {
    let index = index();
    let found = index.find("벚꽃로 99", 1);
    assert_eq!(found[0].record.road, "가람시 해솔동 벚꽃로 18");
    assert!(!found[0].has_number);
    assert!(index.find("화성 올림푸스산 3", 5).is_empty());
    assert!(index.find("", 5).is_empty());
    assert!(index.find("17", 5).is_empty());
    assert!(Index::new(Vec::new()).find("벚꽃로 17", 5).is_empty());
}
