//! The standards of the demo city: files as they are published are known by their headers, and the
//! city's own datasets are known for what they are.

use std::path::PathBuf;

use city::{City, ColumnType, Lang};
use quality::Report;
use quality::standard::{
    Difference, How, Letter, Seen, contract, letter, plan, ranked, resemblance,
};

use crate::table;

fn hanbit() -> City {
    let room = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let (city, faults) = city::read::city(&room.join("../../cities/hanbit"));
    assert!(faults.is_empty(), "{faults:?}");
    city.unwrap()
}

/// Columns of a file nothing else is known of: all text, no values.
fn columns(header: &str) -> Vec<Seen> {
    let names = header.split('|').enumerate();
    names
        .map(|(at, name)| Seen {
            name: format!("c{at}"),
            source: name.to_owned(),
            title: name.to_owned(),
            column_type: ColumnType::Text,
            is_personal: false,
            rows: 0,
            filled: 0,
            values: Vec::new(),
        })
        .collect()
}

#[test]
fn an_exact_copy_of_each_standard_is_known_and_scores_one() {
    let city = hanbit();
    assert!(city.standards.standards.len() >= 5);
    for (id, standard) in &city.standards.standards {
        for by_key in [false, true] {
            let names: Vec<&str> = standard
                .columns
                .iter()
                .map(|own| own.key.as_deref().filter(|_| by_key).unwrap_or(&own.name))
                .collect();
            let found = ranked(&city.standards, &columns(&names.join("|")));
            assert_eq!(&found[0].standard, id);
            assert!(
                (found[0].score - 1.0).abs() < 1e-9,
                "{id}: {}",
                found[0].score
            );
            assert_eq!(found[0].differences, [], "{id}");
        }
    }
}

#[test]
fn published_headers_are_known_with_what_differs() {
    let city = hanbit();
    for (id, header, renamed, missing, extra) in [
        (
            "school-zones",
            "시설종류|대상시설명|소재지도로명주소|소재지지번주소|위도|경도|관리기관명|관할경찰서명|CCTV설치여부|CCTV설치대수|보호구역도로폭|데이터기준일자|제공기관코드|제공기관명",
            0,
            0,
            0,
        ),
        (
            "city-parks",
            "관리번호|공원명|공원구분|소재지도로명주소|소재지지번주소|위도|경도|공원면적|공원보유시설(운동시설)|공원보유시설(유희시설)|공원보유시설(편익시설)|공원보유시설(교양시설)|공원보유시설(기타시설)|지정고시일|관리기관명|전화번호|데이터기준일자|제공기관코드|제공기관명",
            0,
            0,
            0,
        ),
        (
            // The older spelling of 설치연월, the kind without 명, and nothing at the end.
            "wifi",
            "설치장소명|설치장소상세|설치시도명|설치시군구명|설치시설구분|서비스제공사명|와이파이SSID|설치년월|소재지도로명주소|소재지지번주소|관리기관명|관리기관전화번호|위도|경도|데이터기준일자|",
            2,
            0,
            1,
        ),
        (
            // A second set of names beside the first: the official ones win.
            "libraries",
            "도서관명|시도명|시군구명|도서관유형|휴관일|운영시작시각|운영종료시각|열람좌석수|자료수(도서)|자료수(연속간행물)|자료수(비도서)|대출가능권수|대출가능일수|소재지도로명주소|운영기관명|도서관전화번호|부지면적|건물면적|홈페이지주소|위도|경도|데이터기준일자|도서관유형명|휴관일정보|도서자료수|WGS84위도|WGS84경도",
            2,
            4,
            5,
        ),
    ] {
        let found = &ranked(&city.standards, &columns(header))[0];
        assert_eq!(found.standard.as_str(), id);
        let count =
            |is: fn(&Difference) -> bool| found.differences.iter().filter(|own| is(own)).count();
        let told = (
            count(|own| matches!(own, Difference::Renamed { .. })),
            count(|own| matches!(own, Difference::Missing { .. })),
            count(|own| matches!(own, Difference::Extra { .. })),
        );
        assert_eq!(
            told,
            (renamed, missing, extra),
            "{id}: {:?}",
            found.differences
        );
    }
}

#[test]
fn the_citys_datasets_are_known_for_what_they_are() {
    let city = hanbit();
    for (dataset, standard) in [
        ("parking", "car-parks"),
        ("wifi", "wifi"),
        ("libraries", "libraries"),
        ("toilets", "public-toilets"),
    ] {
        let seen: Vec<Seen> = city.datasets[dataset]
            .columns
            .iter()
            .map(|column| Seen::new(column, 0, 0, Vec::new()))
            .collect();
        let found = ranked(&city.standards, &seen);
        assert_eq!(found[0].standard.as_str(), standard, "{dataset}");
        assert!(
            found[0]
                .columns
                .iter()
                .any(|own| matches!(own.how, How::Exact { .. }))
        );
    }
}

/// From a delivery to its letter: matched, judged by the standard, told.
#[test]
fn a_delivery_is_judged_by_its_standard() {
    let city = hanbit();
    let standard = &city.standards.standards["school-zones"];
    let dataset = table::dataset(
        "place = { x = \"longitude\", y = \"latitude\", crs = \"EPSG:4326\" }\n\
        [[columns]]\nname = \"kind\"\nsource = \"시설종류\"\ntype = \"text\"\n\
        [[columns]]\nname = \"name\"\nsource = \"대상시설명\"\ntype = \"text\"\n\
        [[columns]]\nname = \"road\"\nsource = \"소재지도로명주소\"\ntype = \"text\"\n\
        [[columns]]\nname = \"latitude\"\nsource = \"위도\"\ntype = \"number\"\n\
        [[columns]]\nname = \"longitude\"\nsource = \"경도\"\ntype = \"number\"\n\
        [[columns]]\nname = \"cctv\"\nsource = \"CCTV설치여부\"\ntype = \"boolean\"\n\
        [[columns]]\nname = \"cameras\"\nsource = \"CCTV설치대수\"\ntype = \"integer\"\n",
    );
    let seen: Vec<Seen> = dataset
        .columns
        .iter()
        .map(|column| Seen::new(column, 4, 4, Vec::new()))
        .collect();
    let found = resemblance(&city.standards, standard, &seen);
    let own = contract(&city.standards, standard, &found, &dataset);
    let unjudged: Vec<&str> = own.unjudged.iter().map(|own| own.check.as_str()).collect();
    // Required and the like of columns that the delivery lacks.
    assert!(unjudged.contains(&"required") && !unjudged.contains(&"when"));
    let rows = table::rows(
        &own.dataset,
        &[
            "초등학교,가온초등학교,가온길 1,37.1,127.1,true,3",
            "중학교,나래중학교,가온길 2,37.1,127.1,true,",
            "유치원,누리유치원,,37.1,127.1,false,2",
            "유치원,다온유치원,가온길 4,37.1,,false,0",
        ],
    );
    let judge = table::contract(&own.dataset, &quality::References::new());
    rows.judge(&judge, 0);
    let report: Report = judge.finish(&[], table::today());
    let told = letter(
        &Letter {
            dataset: "어린이보호구역",
            department: "교통정책과",
            standard,
            resemblance: &found,
            counted: &report.checks,
        },
        Lang::Ko,
    );
    for sentence in [
        "‘시설종류’ 열을 점검한 4건 가운데 1건이 맞지 않으니 확인해 주시기 바랍니다(허용값).",
        "‘CCTV설치여부’ 열을 점검한 2건 가운데 1건이 맞지 않으니 확인해 주시기 바랍니다(조건부 값).",
        "함께 기재 점검에서 8건 가운데 1건이 맞지 않으니 확인해 주시기 바랍니다.",
        "주소 등 하나 이상 기재 점검에서 4건 가운데 1건이 맞지 않으니 확인해 주시기 바랍니다.",
        "필수 항목인 ‘관리기관명’ 열이 없으니 추가해 주시기 바랍니다.",
    ] {
        assert!(told.contains(sentence), "no {sentence} in\n{told}");
    }
    let out = plan(&city.standards, standard, &found)
        .rows(&rows.batch)
        .unwrap();
    assert_eq!(out.num_rows(), 4);
    assert_eq!(out.schema().field(0).name(), "시설종류");
}
