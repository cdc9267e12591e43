//! Sentences are whole, and say what is not known.

use city::Lang;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn near(metres: f64) -> Near {
    Near {
        title: "굴착-1".to_owned(),
        road: Some("가람벚꽃로".to_owned()),
        purpose: Some("상수도".to_owned()),
        starts: day("2026-11-20"),
        ends: day("2026-12-03"),
        metres,
        contractor: None,
    }
}

#[test]
fn a_paragraph_is_read_aloud() {
    let here = Here {
        place: "가람시 해솔동 벚꽃로 17".to_owned(),
        is_near: false,
        metres: 300.0,
        today: Some(day("2026-11-26")),
        works: Some(vec![near(42.7), near(200.0)]),
        planned: Some(vec![near(90.0)]),
        closures: Some(Vec::new()),
        complaints: Some(vec![("도로".to_owned(), 3), ("소음".to_owned(), 1)]),
        complaint_days: 30,
        topic: None,
        unplaced_closures: 0,
        complaints_ahead: 0,
        contacts: vec![Contact {
            topic: None,
            department: "도로과".to_owned(),
            department_en: "Roads".to_owned(),
            phone: Some("031-000-1400".to_owned()),
        }],
    };
    assert_eq!(
        spoken(&here, Lang::Ko),
        "가람시 해솔동 벚꽃로 17 둘레 300미터 안의 상황을 알려 드립니다. 지금 진행 중인 공사는 2건입니다. 가장 가까운 것은 40미터 떨어진 가람벚꽃로 상수도 공사이며, 12월 3일까지 할 예정입니다. 통제 중인 도로는 없습니다. 예정된 공사는 1건입니다. 가장 먼저 하는 것은 가람벚꽃로 상수도 공사이며, 11월 20일에 시작할 예정입니다. 최근 30일 동안 이 근처에서 접수한 민원은 4건이며, 도로 민원이 3건으로 가장 많습니다. 공사 문의는 도로과, 전화 031-000-1400번입니다."
    );
    let english = spoken(&here, Lang::En);
    assert!(
        english.contains("There are 2 sites of street works under way."),
        "{english}"
    );
    assert!(english.contains("until 3 December."), "{english}");
    assert!(english.contains("ask Roads, telephone"), "{english}");
}

#[test]
fn unknown_is_not_none() {
    let here = Here {
        place: "127.05, 37.29".to_owned(),
        metres: 300.0,
        complaint_days: 30,
        ..Here::default()
    };
    let said = spoken(&here, Lang::Ko);
    assert!(
        said.contains("공사 자료는 지금 확인할 수 없습니다"),
        "{said}"
    );
    assert!(
        said.contains("민원 자료는 지금 확인할 수 없습니다"),
        "{said}"
    );
    assert!(!said.contains("없습니다. 예정"), "{said}");
    let none = Here {
        works: Some(Vec::new()),
        complaints: Some(Vec::new()),
        ..here
    };
    assert!(spoken(&none, Lang::Ko).contains("지금 진행 중인 공사는 없습니다"));
}

fn here() -> Here {
    Here {
        place: "벚꽃로 17".to_owned(),
        metres: 300.0,
        today: Some(day("2026-11-26")),
        works: Some(Vec::new()),
        complaints: Some(Vec::new()),
        complaint_days: 30,
        ..Here::default()
    }
}

#[test]
fn another_year_is_said() {
    let long = Near {
        ends: day("2028-03-05"),
        ..near(40.0)
    };
    let here = Here {
        works: Some(vec![long]),
        ..here()
    };
    let said = spoken(&here, Lang::Ko);
    assert!(said.contains("2028년 3월 5일까지"), "{said}");
    let said = spoken(&here, Lang::En);
    assert!(
        said.contains("There is 1 site of street works under way: 상수도 works at 가람벚꽃로, 40 metres away, until 5 March 2028."),
        "{said}"
    );
}

#[test]
fn a_closure_is_said_with_what_is_known_of_it() {
    let closed = |ends: Option<When>, metres: Option<f64>| Closed {
        title: "한길로 전면 통제".to_owned(),
        road: Some("한길로".to_owned()),
        starts: When::Day(day("2026-11-20")),
        ends,
        metres,
    };
    let said = |all: Vec<Closed>, unplaced: u64, lang: Lang| {
        let here = Here {
            closures: Some(all),
            unplaced_closures: unplaced,
            ..here()
        };
        spoken(&here, lang)
    };
    let moment = When::Moment("2026-11-26T23:30:00".parse().unwrap());
    for (ends, metres, unplaced, ko, en) in [
        (
            None,
            Some(42.0),
            0,
            "가장 가까운 것은 40미터 떨어진 한길로 전면 통제이며, 끝나는 때는 정해지지 않았습니다.",
            "The nearest is 한길로 전면 통제, 40 metres away, with no end announced.",
        ),
        (
            Some(moment),
            None,
            2,
            "한길로의 어디인지는 알 수 없으나, 가까운 것은 한길로 전면 통제이며, 11월 26일 23시 30분까지입니다. 위치를 모르는 통제가 시 전체에 2건 더 있습니다.",
            "somewhere on 한길로, until 23:30 on 26 November. 2 more closures",
        ),
    ] {
        let told = said(vec![closed(ends, metres)], unplaced, Lang::Ko);
        assert!(told.contains(ko), "{told}");
        let told = said(vec![closed(ends, metres)], unplaced, Lang::En);
        assert!(told.contains(en), "{told}");
    }
    let told = said(Vec::new(), 1, Lang::Ko);
    assert!(!told.contains("통제 중인 도로는 없습니다"), "{told}");
}

#[test]
fn topics_that_are_alike_are_none_that_is_most() {
    let said = |topics: &[(&str, u64)], lang: Lang| {
        let topics = topics
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        let here = Here {
            complaints: Some(topics.collect()),
            complaints_ahead: 1,
            ..here()
        };
        spoken(&here, lang)
    };
    for (topics, right) in [
        (
            vec![("공원", 1), ("주차", 1), ("청소", 1)],
            "민원은 3건이며, 3개 분야에서 각각 1건입니다.",
        ),
        (
            vec![("공원", 2), ("주차", 2), ("청소", 1)],
            "공원, 주차 민원이 각각 2건으로 가장 많습니다.",
        ),
        (vec![("공원", 2)], "민원은 2건이며, 모두 공원 민원입니다."),
        (vec![("공원", 1)], "민원은 1건이며, 공원 민원입니다."),
        (
            vec![("공원", 3), ("주차", 1)],
            "공원 민원이 3건으로 가장 많습니다.",
        ),
    ] {
        let told = said(&topics, Lang::Ko);
        assert!(told.contains(right), "{told}");
        assert!(told.contains("시계가 잘못된 것으로 보아"), "{told}");
    }
    let told = said(&[("공원", 1)], Lang::En);
    assert!(
        told.contains("1 complaint was received nearby, about 공원."),
        "{told}"
    );
}

#[test]
fn a_place_picked_on_a_map_is_only_near_what_it_is_called_by() {
    let picked = Here {
        place: "가람시청".to_owned(),
        is_near: true,
        ..here()
    };
    let said = spoken(&picked, Lang::Ko);
    assert!(said.starts_with("가람시청 부근 둘레"), "{said}");
    let said = spoken(&picked, Lang::En);
    assert!(said.contains("of a place near 가람시청."), "{said}");
}

#[test]
fn complaints_like_the_one_that_is_made_are_counted() {
    let all = vec![("도로".to_owned(), 3), ("소음".to_owned(), 1)];
    let about = |topic: &str, complaints: Vec<(String, u64)>| {
        let here = Here {
            topic: Some(topic.to_owned()),
            complaints: Some(complaints),
            ..here()
        };
        [Lang::Ko, Lang::En].map(|lang| spoken(&here, lang))
    };
    let [ko, en] = about("소음", all.clone());
    assert!(ko.contains("이 가운데 소음 민원은 1건입니다."), "{ko}");
    assert!(en.contains("One of them is about 소음."), "{en}");
    let [ko, en] = about("공원", all);
    assert!(ko.contains("이 가운데 공원 민원은 없습니다."), "{ko}");
    assert!(en.contains("None of them is about 공원."), "{en}");
    let [only, _] = about("도로", vec![("도로".to_owned(), 3)]);
    assert!(!only.contains("이 가운데"), "{only}");
    let [none, _] = about("도로", Vec::new());
    assert!(!none.contains("이 가운데"), "{none}");
}
