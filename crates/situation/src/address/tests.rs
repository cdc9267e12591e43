//! Invented addresses, said in many ways.

use std::sync::Arc;

use super::words::words;
use super::*;

fn record(road: &str, lot: &str, building: Option<&str>) -> Record {
    Record {
        name: None,
        dataset: None,
        road: Some(road.to_owned()),
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
fn numbers_are_understood_as_they_are_said_aloud() {
    let told = |text: &str| {
        let words = words(text);
        (words.letters(0), words.number)
    };
    for said in [
        "초롱동 51번지 2호",
        "초롱동 51번지의 2",
        "초롱동 51번지 2",
        "초롱동 51다시2",
        "초롱동 51 다시 2",
        "초롱동 51에2",
        "초롱동 51 - 2번지",
        "초롱동51-2호",
    ] {
        assert_eq!(told(said), ("초롱동".to_owned(), Some((51, 2))), "{said}");
    }
    for said in [
        "초롱동 51번지 2층",
        "초롱동 51번지 201호",
        "초롱동 51에 2층",
        "초롱동 51인데요",
        "초롱동 51호",
    ] {
        assert_eq!(told(said), ("초롱동".to_owned(), Some((51, 0))), "{said}");
    }
    for (said, name) in [
        ("4·19로 5", "419로"),
        ("4.19로 5", "419로"),
        ("가람시 4ㆍ19로5", "가람시419로"),
        ("3.15대로 5", "315대로"),
        ("2.28길 5", "228길"),
        ("벚꽃로12번안길 5", "벚꽃로12번안길"),
    ] {
        assert_eq!(told(said), (name.to_owned(), Some((5, 0))), "{said}");
    }
    for (said, name) in [
        ("나래17차아파트 101동 1203호", "나래17차아파트"),
        ("SK뷰 아파트 101동 1203호", "sk뷰아파트"),
        ("해솔아파트 101동", "해솔아파트"),
        ("해솔빌딩 3층", "해솔빌딩"),
        ("해솔빌딩 지하 1층", "해솔빌딩"),
        ("달빛동 1도서관", "달빛동1도서관"),
        ("벚꽃로 2호선역", "벚꽃로2호선역"),
    ] {
        assert_eq!(told(said), (name.to_owned(), None), "{said}");
    }
}

#[test]
fn what_was_not_said_is_no_number_that_is_wrong() {
    let index = index();
    let number = |said: &str| index.find(said, 1).first().map(|hit| hit.number);
    assert_eq!(number("벚꽃로 17"), Some(Number::Same));
    assert_eq!(number("해솔동"), Some(Number::Unsaid));
    assert_eq!(number("해솔3차아파트"), Some(Number::Same));
    assert_eq!(number("해솔3차아파트 101동 1203호"), Some(Number::Same));
    assert_eq!(number("벚꽃로 99"), Some(Number::Other));
    assert_eq!(number("벚꽃로 17나래빌딩"), Some(Number::Other));
    assert_ne!(number("달빛1동 1도서관"), Some(Number::Same));
}

#[test]
fn of_a_road_and_a_lane_that_are_alike_the_said_one_comes_first() {
    let index = Index::new(vec![
        record("가람시 이든무지개로 26", "가람시 이든동 1", None),
        record("가람시 이든무지개길 26", "가람시 이든동 2", None),
    ]);
    for (said, right) in [("이든무지길 26", 1), ("이든무지로 26", 0)] {
        let found = index.find(said, 1);
        let road = found.first().map(|hit| hit.record.title());
        assert_eq!(road, Some(&*index_of(&index, right)), "{said}");
    }
}

fn index_of(index: &Index, at: usize) -> String {
    let all = ["이든무지개로 26", "이든무지개길 26"];
    index.find(all[at], 1)[0].record.title().to_owned()
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
        let first = found.first().map(|hit| hit.record.title());
        let right = &index.find(&index_road(right), 1)[0];
        assert_eq!(first, Some(right.record.title()), "{said}");
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
    assert_eq!(found[0].record.title(), "가람시 해솔동 벚꽃로 18");
    assert_eq!(found[0].number, Number::Other);
    assert!(index.find("화성 올림푸스산 3", 5).is_empty());
    assert!(index.find("", 5).is_empty());
    assert!(index.find("17", 5).is_empty());
    assert!(Index::new(Vec::new()).find("벚꽃로 17", 5).is_empty());
}

fn place(name: &str, road: Option<&str>, at: [f64; 2]) -> Record {
    Record {
        name: Some(name.to_owned()),
        dataset: Some("places".to_owned()),
        road: road.map(str::to_owned),
        at,
        ..Record::default()
    }
}

fn gazetteer() -> Gazetteer {
    let places = Index::new(vec![
        place("가람시청", Some("가람시 해솔동 벚꽃로 17"), [127.001, 37.3]),
        place("달빛동 1도서관", None, [127.002, 37.3]),
        place("달빛동 2도서관", None, [127.003, 37.3]),
        place("해솔동 1도서관", None, [127.004, 37.3]),
        place("제2공영주차장", None, [127.005, 37.3]),
        place("해솔 돌봄터 7호", None, [127.007, 37.3]),
        place("해솔 돌봄터 12호", None, [127.008, 37.3]),
        place("해솔 제5 주차장", None, [127.009, 37.3]),
        place("해솔 제5 공원", None, [127.01, 37.3]),
        place(
            "벚꽃 경로당",
            Some("가람시 해솔동 벚꽃로 18"),
            [127.006, 37.3],
        ),
    ]);
    Gazetteer::new(vec![Arc::new(places), Arc::new(index())])
}

#[test]
fn a_place_is_found_by_its_name_however_it_is_said() {
    let known = gazetteer();
    for (said, right) in [
        ("가람시청", "가람시청"),
        ("가람 시청", "가람시청"),
        ("가람시청 앞", "가람시청"),
        ("가람시청앞에", "가람시청"),
        ("달빛동 1도서관", "달빛동 1도서관"),
        ("달빛동2도서관", "달빛동 2도서관"),
        ("달빛동 1도서관 맞은편", "달빛동 1도서관"),
        ("달빛동 1 도서관", "달빛동 1도서관"),
        ("제2공영주차장", "제2공영주차장"),
        ("제2 공영 주차장", "제2공영주차장"),
        ("해솔 돌봄터 7호", "해솔 돌봄터 7호"),
        ("해솔돌봄터 12호", "해솔 돌봄터 12호"),
        ("해솔 제5주차장", "해솔 제5 주차장"),
        ("해솔 제5 공원", "해솔 제5 공원"),
        ("벚꽃경로당", "벚꽃 경로당"),
        ("벛꽃 경로당", "벚꽃 경로당"),
        // An address is an address, though a place stands at it.
        ("벚꽃로 17", "가람시 해솔동 벚꽃로 17"),
        ("해솔동 120", "가람시 해솔동 벚꽃로 18"),
    ] {
        let found = known.find(said, 3);
        let first = found.first().map(|hit| hit.record.title());
        assert_eq!(first, Some(right), "{said}");
    }
    let both = known.find("1도서관", 3);
    let both: Vec<&str> = both.iter().map(|hit| hit.record.title()).collect();
    assert_eq!(both[..2], ["달빛동 1도서관", "해솔동 1도서관"]);
    assert!(known.find("수영장", 3).is_empty());
}

#[test]
fn people_leave_their_city_out_of_a_name() {
    let halls = ["가람시청", "가람 문화회관", "가람시 도서관"];
    let halls: Vec<Record> = halls.map(|name| place(name, None, [127.0, 37.3])).into();
    let index = Index::of_city(halls, "가람시");
    for (said, right) in [
        ("시청", "가람시청"),
        ("시청 앞", "가람시청"),
        ("문화회관", "가람 문화회관"),
        ("도서관", "가람시 도서관"),
        ("가람도서관", "가람시 도서관"),
    ] {
        let found = index.find(said, 1);
        let first = found.first().map(|hit| hit.record.title());
        assert_eq!(first, Some(right), "{said}");
    }
}

#[test]
fn an_address_is_said_with_its_building_and_a_place_by_its_name() {
    let mut hall = record(
        "가람시 해솔동 벚꽃로 17",
        "가람시 해솔동 120-3",
        Some("가람시청"),
    );
    assert_eq!(hall.said(), "가람시 해솔동 벚꽃로 17 가람시청");
    hall.name = Some("가람시청".to_owned());
    assert_eq!(hall.said(), "가람시청");
}

#[test]
fn what_is_nearest_to_a_place_is_known_with_its_metres() {
    let known = gazetteer();
    let (record, metres) = known.nearest([127.006, 37.3009]).unwrap();
    assert_eq!(record.title(), "벚꽃 경로당");
    assert!((metres - 100.2).abs() < 0.5, "{metres}");
    assert_eq!(Gazetteer::default().nearest([127.0, 37.3]), None);
}
