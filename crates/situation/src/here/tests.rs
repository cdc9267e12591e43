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
        metres: 300.0,
        today: Some(day("2026-11-26")),
        works: Some(vec![near(42.7), near(200.0)]),
        planned: Some(vec![near(90.0)]),
        closures: Some(Vec::new()),
        complaints: Some(vec![("도로".to_owned(), 3), ("소음".to_owned(), 1)]),
        complaint_days: 30,
        contacts: vec![Contact {
            topic: None,
            department: "도로과".to_owned(),
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
    assert!(english.contains("until 3 December"), "{english}");
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
