//! What stops a load, and what does not.

use proptest::prelude::*;

use super::TODAY;
use crate::detect::check::{Digits, luhn};
use crate::detect::column::{Place, Scan};
use crate::detect::{Detector, Kind, guard};

fn stops(name: &str, cells: &[&str]) -> Vec<(Kind, u64)> {
    let mut scan = Scan::new([name]);
    let mut detector = Detector::of_numbers(TODAY);
    for (row, cell) in (1..).zip(cells) {
        let place = || Place {
            file: "a.csv".into(),
            row,
        };
        guard::see(&mut scan, &mut detector, cell, &place);
    }
    let stops = guard::stops(&scan);
    stops.iter().map(|stop| (stop.kind, stop.cells)).collect()
}

#[test]
fn one_sure_identifier_is_enough() {
    for (name, cell, kind) in [
        ("비고", "900101-1971236 확인", Kind::Rrn),
        ("비고", "주민번호 9001011971236", Kind::Rrn),
        ("비고", "값 9001011971236", Kind::Rrn),
        ("비고", "외국인 211102-7654321", Kind::Frn),
        ("비고", "여권번호 M123A4567", Kind::PassportOld),
        ("여권번호", "M12345678", Kind::PassportOld),
        ("비고", "면허 11-13-900592-92", Kind::Driver),
        ("비고", "010-1234-5678", Kind::Mobile),
        ("비고", "홍보 담당 hong@naver.com", Kind::Email),
        ("비고", "국민은행 계좌 123456-78-901234", Kind::Account),
        ("비고", "카드 4111-1111-1111-1111", Kind::Card),
    ] {
        assert_eq!(
            stops(name, &["없음", cell, "02-123-4567"]),
            [(kind, 1)],
            "{cell}"
        );
    }
}

#[test]
fn a_column_called_names_is_stopped_when_it_holds_those_of_persons() {
    let persons = ["박다은", "윤민준", "김서연", "이도윤", "최하린", "정시우"];
    for name in ["이름", "학생이름", "이용자"] {
        assert_eq!(stops(name, &persons), [(Kind::Name, 6)], "{name}");
        let places = [
            "가온주차장",
            "누리도서관",
            "다온체육관",
            "라온공원",
            "김밥나라",
        ];
        assert_eq!(stops(name, &places), [], "{name}");
    }
    assert_eq!(stops("시설이름", &persons), []);
    for cell in ["+821012345678", "+82 1012345678"] {
        assert_eq!(stops("비고", &[cell]), [(Kind::Mobile, 1)], "{cell}");
    }
    assert_eq!(stops("휴대폰", &["1012345678"]), [(Kind::Mobile, 1)]);
    assert_eq!(stops("관리번호", &["1012345678"]), []);
}

#[test]
fn what_cities_publish_stops_nothing() {
    for (name, cells) in [
        (
            "전화번호",
            &[
                "02-123-4567",
                "1588-1234",
                "0511234567",
                "070-1234-5678",
                "0502-1234-5678",
            ][..],
        ),
        (
            "소재지도로명주소",
            &["경기도 수원시 팔달구 행궁로 11, 101동 1203호"],
        ),
        ("대표자명", &["김하늘", "이바다", "박구름", "최한별"]),
        ("사업자등록번호", &["120-81-47521", "1208147521"]),
        ("법인등록번호", &["130111-0006246", "110111-9732144"]),
        ("이메일", &["parking@city.go.kr", "info@museum.or.kr"]),
        ("관리번호", &["M12345678", "S20980018", "11-13-900592-92"]),
        (
            "지원 대상자",
            &[
                "노인",
                "고령자",
                "장애인",
                "임산부",
                "노인",
                "고명",
                "고명",
                "고명",
                "고명",
            ],
        ),
        ("입금번호", &["2026010112345", "1234567890"]),
        ("면허번호", &["112026000123", "122026000124"]),
        ("품목코드", &["01100012345", "01600012345", "01900012345"]),
        (
            "로그",
            &["t=1701231234567", "t=1745984555143", "t=9001011971236"],
        ),
        ("변경된 번호", &["900101-1971237"]),
        (
            "비고",
            &[
                "도서 978-89-1234-567-8",
                "농협 051-123-4567",
                "2026-11-26 14:00",
            ],
        ),
    ] {
        assert_eq!(stops(name, cells), [], "{name}");
    }
}

#[test]
fn names_stop_where_the_column_is_one_of_subjects() {
    let names = ["김하늘", "이바다", "박구름", "최한별"];
    assert_eq!(stops("신청인 성명", &names), [(Kind::Name, 4)]);
    assert_eq!(stops("공원명", &names), []);
    assert_eq!(stops("신청인 구분", &["개인", "법인", "단체"]), []);
}

#[test]
fn a_column_of_licences_stops_and_a_few_alike_do_not() {
    let licences = ["11-13-900592-92", "26-02-123456-10", "28-99-654321-00"];
    assert_eq!(stops("번호", &licences), [(Kind::Driver, 3)]);
    let others = [
        "11-13-900592-92",
        "30-02-123456-10",
        "40-99-654321-00",
        "51-00-000000-01",
    ];
    assert_eq!(stops("번호", &others), []);
}

#[test]
fn a_column_of_cards_stops() {
    let cards: Vec<String> = (0..40_u64)
        .map(|serial| {
            let head = format!("5212345678{serial:05}");
            (0..10)
                .map(|last| format!("{head}{last}"))
                .find(|number| luhn(Digits::of(number.chars()).unwrap().all()))
                .unwrap()
        })
        .collect();
    let cells: Vec<&str> = cards.iter().map(String::as_str).collect();
    assert_eq!(stops("번호", &cells), [(Kind::Card, 40)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Columns full of numbers of one form, of which some pass the rules by chance, are not stopped.
    #[test]
    fn chance_stops_nothing(
        form in prop::sample::select(vec!["1[67][0-9]{11}", "[1-9][0-9]{12}", "[2-9][0-9]{15}", "[2-9][0-9]{3}(-[0-9]{4}){3}", "[0-9]{2}-[0-9]{2}-[0-9]{6}-[0-9]{2}"]),
        seed in any::<[u8; 32]>(),
    ) {
        use proptest::strategy::ValueTree as _;
        use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let number = proptest::string::string_regex(form).unwrap();
        let cells: Vec<String> = (0..500).map(|_| number.new_tree(&mut runner).unwrap().current()).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        prop_assert_eq!(stops("값", &cells), []);
    }
}
