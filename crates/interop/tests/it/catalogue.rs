//! The list of open data: what it says, and what it says that is not so.

use std::path::Path;

use chrono::NaiveDate;
use encoding_rs::EUC_KR;
use interop::catalogue::read::decoded;
use interop::catalogue::{Checker, Contradiction, Encoding, Entries, Field, Form, csv, rows};

use crate::town::{Town, town};

/// The day of all loads in the town.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, 15).unwrap()
}

fn checker(town: &Town) -> Checker {
    Checker::new(&town.door, today()).unwrap()
}

fn check(checker: &mut Checker, bytes: &[u8]) -> Vec<Contradiction> {
    let file = Path::new("list.csv");
    let text = decoded(file, bytes).unwrap();
    let entries = Entries::new(file, &text).unwrap();
    entries
        .flat_map(|entry| checker.entry(&entry.unwrap()))
        .collect()
}

/// A list with the town's own entry of the car parks' files, in which some fields say something else.
fn list(town: &Town, changed: &[&[(&str, &str)]]) -> String {
    let rows = rows(&town.door).unwrap();
    let own = rows
        .iter()
        .find(|row| row.dataset.as_str() == "parking" && row.form == Form::File)
        .unwrap();
    let mut headings: Vec<&str> = Field::ALL.iter().map(|field| field.heading()).collect();
    let more = changed.iter().flat_map(|entry| entry.iter());
    for (heading, _) in more {
        if !headings.contains(heading) {
            headings.push(heading);
        }
    }
    let mut text = headings.join(",") + "\n";
    for entry in changed {
        let cells = headings.iter().map(|heading| {
            let other = entry.iter().find(|(changed, _)| changed == heading);
            let cell = match (other, Field::of(heading)) {
                (Some((_, other)), _) => *other,
                (None, Some(field)) => own.get(field),
                (None, None) => "",
            };
            format!("\"{cell}\"")
        });
        text += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

#[tokio::test]
async fn the_list_has_the_portals_fields_in_its_order() {
    let town = town().await;
    let answer = town.get("/catalogue.csv").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("x-madang-rows"), "6");
    assert!(
        answer
            .header("content-disposition")
            .contains("catalogue_20270115.csv")
    );
    let text = answer.text();
    let mut lines = text.strip_prefix('\u{feff}').unwrap().split("\r\n");
    assert_eq!(
        lines.next().unwrap(),
        "목록키,목록유형,목록명,파일데이터명,분류체계,제공기관코드,제공기관,관리 부서명,관리부서 전화번호,보유근거,수집방법,업데이트 주기,차기 등록 예정일,매체유형,전체행,확장자(데이터포맷),키워드,다운로드_활용신청건수,조회수,등록일,수정일,데이터 한계,제공형태,설명,기타 유의사항,공간범위,시간범위,비용부과유무,비용부과기준 및 단위,이용허락범위,API 유형,신청가능 트래픽,심의 유형,목록 URL,국가중점여부,표준데이터여부"
    );
    let lines: Vec<&str> = lines.collect();
    let line = |starts: &str| *lines.iter().find(|line| line.starts_with(starts)).unwrap();
    assert_eq!(
        line("15000001,"),
        "15000001,FILE,경상남도 가람시_공영주차장,경상남도 가람시_공영주차장_20270115,교통물류 - 도로,4899500,경상남도 가람시,교통정책과,`0550001500,주차장법 제3조,-,월간,2027-02-15,텍스트,4,CSV+XLSX+JSON+NDJSON+GEOJSON+PARQUET,주차,-,-,2027-01-15,2027-01-15,-,기관자체에서 다운로드(제공데이터URL기재),시가 운영하는 주차장입니다.,-,가람시,-,무료,-,공공저작물_출처표시,-,-,-,https://www.data.go.kr/data/15000001/fileData.do,Y,N"
    );
    assert_eq!(
        line("15000002,"),
        "15000002,API,경상남도 가람시_공영주차장,-,교통물류 - 도로,4899500,경상남도 가람시,교통정책과,`0550001500,주차장법 제3조,-,월간,2027-02-15,텍스트,4,JSON+GEOJSON,주차,-,-,2027-01-15,2027-01-15,-,-,시가 운영하는 주차장입니다.,-,가람시,-,무료,-,공공저작물_출처표시,REST,-,자동승인,https://www.data.go.kr/data/15000002/openapi.do,Y,N"
    );
    assert_eq!(
        line("-,FILE,경상남도 가람시_안내문,"),
        "-,FILE,경상남도 가람시_안내문,경상남도 가람시_안내문_20270115,복지,4899500,경상남도 가람시,민원봉사과,-,-,-,수시,-,텍스트,12,CSV+XLSX+JSON+NDJSON+PARQUET,-,-,-,2027-01-15,2027-01-15,-,기관자체에서 다운로드(제공데이터URL기재),누구나 볼 수 있는 안내입니다.,-,가람시,-,무료,-,공공저작물_출처표시,-,-,-,https://data.garam.example/datasets/notes,N,N"
    );
    assert!(
        line("-,FILE,경상남도 가람시_소음 측정,").contains(",실시간,-,텍스트,\"20,000\","),
        "rows are grouped by thousands"
    );
    assert!(!text.contains("민원,"), "what is not open is not listed");
}

#[tokio::test]
async fn the_list_comes_in_cp949_too_and_knows_no_other_word() {
    let town = town().await;
    let plain = town.get("/catalogue.csv").await.text();
    let answer = town.get("/catalogue.csv?encoding=cp949").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=euc-kr");
    let (text, _, has_errors) = EUC_KR.decode(&answer.body);
    assert!(!has_errors);
    assert_eq!(text, plain.strip_prefix('\u{feff}').unwrap());
    town.get("/catalogue.csv?encoding=latin1")
        .await
        .problem(400, "question");
    town.get("/catalogue.csv?field=traffic")
        .await
        .problem(400, "question");
}

#[tokio::test]
async fn our_own_list_says_nothing_that_is_not_so() {
    let town = town().await;
    let rows = rows(&town.door).unwrap();
    for encoding in [Encoding::Utf8, Encoding::Cp949] {
        let mut checker = checker(&town);
        assert_eq!(check(&mut checker, &csv(&rows, encoding)), []);
        assert_eq!((checker.matched(), checker.strangers()), (3, 0));
        assert!(checker.missing().is_empty());
    }
}

/// Headings, and what stands below them instead.
type Change = &'static [(&'static str, &'static str)];

/// A change to the entry, and what is said of it: the field, what is so, and where from.
const LIES: [(Change, &[&str]); 18] = [
    (
        &[("전체행", "1,234")],
        &["전체행: the list says 1,234; true is 4 (parking, version 2, load load-1800007200)"],
    ),
    (
        &[("전체행", "약 4")],
        &["전체행: the list says 약 4; true is 4"],
    ),
    (
        &[("수정일", "2027-01-16")],
        &["수정일: the list says 2027-01-16; true is 2027-01-15 (parking, version 2"],
    ),
    (
        &[("수정일", "2026. 12. 1.")],
        &[
            "등록일: the list says 2027-01-15; true is after the day of change, 2026-12-01 (수정일)",
            "수정일: the list says 2026. 12. 1.; true is 2027-01-15 (parking",
        ],
    ),
    (
        &[("수정일", "46402")],
        &["수정일: the list says 46402; true is no day"],
    ),
    (
        &[("차기 등록 예정일", "2027-01-14")],
        &[
            "차기 등록 예정일: the list says 2027-01-14; true is overdue: today is 2027-01-15, the newest is of 2027-01-15 (parking, version 2",
        ],
    ),
    (&[("차기 등록 예정일", "2027-01-15")], &[]),
    (
        &[("확장자(데이터포맷)", "XML")],
        &["확장자(데이터포맷): the list says XML; true is CSV+GEOJSON+"],
    ),
    (&[("확장자(데이터포맷)", "csv")], &[]),
    (
        &[("목록유형", "API"), ("확장자(데이터포맷)", "JSON+XML")],
        &["확장자(데이터포맷): the list says JSON+XML; true is GEOJSON+JSON (parking"],
    ),
    (
        &[("업데이트 주기", "연간")],
        &["업데이트 주기: the list says 연간; true is 월간 (datasets/traffic/parking.toml)"],
    ),
    (
        &[("이용허락범위", "이용허락범위 제한 없음")],
        &[
            "이용허락범위: the list says 이용허락범위 제한 없음; true is 공공저작물_출처표시 (datasets/traffic/parking.toml)",
        ],
    ),
    (
        &[("관리부서 전화번호", "`550001500")],
        &["관리부서 전화번호: the list says `550001500; true is no telephone number"],
    ),
    (
        &[("목록 URL", "data.garam.example/datasets/parking")],
        &[
            "목록 URL: the list says data.garam.example/datasets/parking; true is no address: it has no scheme",
        ],
    ),
    (
        &[("목록키", "1500001")],
        &["목록키: the list says 1500001; true is no key"],
    ),
    (
        &[("컬럼목록", "주차장명, 동,주차면수,경도값,위도값,경도,위도")],
        &[],
    ),
    (
        &[("컬럼목록", "주차장명,dong,주차 면수,담당자")],
        &[
            "컬럼: the list says 담당자; true is no column of the file (parking, version 2",
            "컬럼: the list says 4 columns; true is also 경도값, 위도값 (parking, version 2",
        ],
    ),
    (
        &[("목록명", "경상남도 가람시_소음 측정")],
        &["목록키: the list says 15000001; true is the key of parking"],
    ),
];

#[tokio::test]
async fn each_contradiction_is_told_with_what_is_so_and_where_from() {
    let town = town().await;
    for (change, expected) in LIES {
        let text = list(&town, &[change]);
        let found: Vec<String> = check(&mut checker(&town), text.as_bytes())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found.len(), expected.len(), "{change:?}: {found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                found.starts_with("2: 경상남도 가람시_") && found.contains(expected),
                "{found}\n{expected}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_stands_once_for_each_kind() {
    let town = town().await;
    let text = list(
        &town,
        &[
            &[],
            &[("목록유형", "API"), ("확장자(데이터포맷)", "JSON")],
            &[],
        ],
    );
    let found = check(&mut checker(&town), text.as_bytes());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].line, found[0].field, found[0].from.as_str()),
        (4, "목록키", "line 2")
    );
    let of = |provider: &'static str| {
        [
            ("목록유형", "STD"),
            ("제공기관", provider),
            ("목록키", "15000099"),
            ("목록명", "전국주차장"),
            ("파일데이터명", "-"),
        ]
    };
    let text = list(&town, &[&of("가"), &of("나"), &of("가")]);
    let found = check(&mut checker(&town), text.as_bytes());
    assert_eq!(
        found.len(),
        1,
        "a standard dataset has its key at each provider: {found:#?}"
    );
    assert_eq!(found[0].from, "line 2");
}

#[tokio::test]
async fn entries_are_found_by_key_by_name_by_file_or_by_title() {
    let town = town().await;
    let nameless = [("목록키", "-"), ("전체행", "5")];
    for (name, file, is_found) in [
        ("경상남도가람시_공영주차장", "-", true),
        ("공영 주차장", "-", true),
        ("주차장", "경상남도 가람시_공영주차장_20240101", true),
        ("주차장", "-", false),
    ] {
        let entry = [
            nameless[0],
            nameless[1],
            ("목록명", name),
            ("파일데이터명", file),
        ];
        let mut checker = checker(&town);
        let found = check(&mut checker, list(&town, &[&entry]).as_bytes());
        assert_eq!(
            found.len(),
            usize::from(is_found),
            "{name} {file}: {found:#?}"
        );
        assert_eq!(checker.strangers(), u64::from(!is_found));
        assert_eq!(checker.missing().len(), 3 - usize::from(is_found));
    }
    let other = [
        nameless[0],
        nameless[1],
        ("제공기관", "다른시"),
        ("목록명", "공영주차장"),
    ];
    let mut checker = checker(&town);
    assert_eq!(check(&mut checker, list(&town, &[&other]).as_bytes()), []);
    assert_eq!(
        (checker.matched(), checker.strangers()),
        (0, 0),
        "another city's"
    );
}

#[tokio::test]
async fn what_is_not_open_must_not_be_listed() {
    let town = town().await;
    let entry = [
        ("목록키", "-"),
        ("목록명", "경상남도 가람시_주차장 민원"),
        ("파일데이터명", "-"),
    ];
    let found = check(&mut checker(&town), list(&town, &[&entry]).as_bytes());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].field, found[0].is.as_str(), found[0].from.as_str()),
        (
            "목록유형",
            "not given outside",
            "datasets/welfare/complaints.toml"
        )
    );
}
