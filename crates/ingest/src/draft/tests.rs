//! Whole files, as departments send them, drafted.

use std::path::PathBuf;

use city::dataset::{Encoding, FormatKind};
use city::{Check, Dataset};
use rust_xlsxwriter::{Format as Style, Workbook};

use super::*;

const GUIDE: fn() -> Guide = || Guide {
    id: Some("drafted".to_owned()),
    title: None,
    field: "traffic".to_owned(),
    department: "transport".to_owned(),
    path: None,
    crs: "EPSG:5186".to_owned(),
    bounds: KOREA,
    about: About::default(),
};

fn path(name: &str, folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join(name)
}

/// Drafts a file of these bytes; the dataset it proposes, and what it was unsure of.
fn drafted(name: &str, bytes: &[u8]) -> (Dataset, Draft) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(path(name, &folder), bytes).unwrap();
    drafted_at(name, &folder)
}

fn drafted_at(name: &str, folder: &tempfile::TempDir) -> (Dataset, Draft) {
    let input = Input {
        name: name.to_owned(),
        path: path(name, folder),
    };
    let draft = draft(&input, &GUIDE(), &|_| {}).unwrap();
    let (dataset, faults) = city::read::dataset_text(Path::new("drafted.toml"), &draft.manifest);
    assert_eq!(faults, []);
    (dataset.unwrap(), draft)
}

/// `name: type` of every column.
fn types(dataset: &Dataset) -> Vec<String> {
    dataset
        .columns
        .iter()
        .map(|column| format!("{}: {}", column.name, column::type_word(column.column_type)))
        .collect()
}

fn cp949(text: &str) -> Vec<u8> {
    encoding_rs::EUC_KR.encode(text).0.into_owned()
}

#[test]
fn titles_above_notes_below_and_totals_are_told_from_data() {
    let mut text =
        "공영주차장 현황\n(2024. 1. 2. 기준),,,\n관리번호,주차장명,주차구획수,설치일자\n"
            .to_owned();
    for number in 1..=30 {
        text += &format!(
            "{number:03},가온{number}주차장,\"1,{number:03}\",2024.1.{}\n",
            number % 28 + 1
        );
    }
    text += "합계,,\"31,465\",\n※ 자료: 교통정책과,,,\n";
    let (dataset, draft) = drafted("공영주차장_20240102.csv", &cp949(&text));
    assert_eq!(dataset.format.encoding, Some(Encoding::Cp949));
    assert_eq!(
        (
            dataset.format.skip_rows,
            dataset.format.header_rows,
            dataset.format.footer_rows
        ),
        (2, 1, 1)
    );
    assert_eq!(dataset.format.skip_rows_starting, ["합계"]);
    assert_eq!(
        types(&dataset),
        [
            "manage_no: code",
            "car_park: text",
            "spaces: integer",
            "installed_on: date"
        ]
    );
    assert_eq!(dataset.columns[3].forms, ["%Y.%m.%d"]);
    assert_eq!(dataset.load.key, ["manage_no"]);
    assert_eq!(dataset.title, "공영주차장");
    assert!(draft.manifest.contains("공영주차장_*.csv"));
    assert!(
        draft.unsure.iter().any(|note| note.contains("합계")),
        "{:?}",
        draft.unsure
    );
}

#[test]
fn merged_headers_of_a_workbook_become_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let style = Style::new();
    sheet.merge_range(0, 0, 0, 4, "시설 현황", &style).unwrap();
    sheet.merge_range(1, 0, 2, 0, "시설명", &style).unwrap();
    sheet.merge_range(1, 1, 1, 2, "운영시간", &style).unwrap();
    sheet.merge_range(1, 3, 2, 3, "면적\n(㎡)", &style).unwrap();
    sheet.merge_range(1, 4, 2, 4, "구", &style).unwrap();
    sheet.write(2, 1, "시작").unwrap();
    sheet.write(2, 2, "종료").unwrap();
    for row in 0..12_u32 {
        let at = row + 3;
        sheet.write(at, 0, format!("시설{row}")).unwrap();
        sheet.write(at, 1, "09:00").unwrap();
        sheet.write(at, 2, "18:00").unwrap();
        sheet.write(at, 3, f64::from(row) + 0.5).unwrap();
    }
    for first in [3, 9] {
        sheet
            .merge_range(first, 4, first + 5, 4, "가온구", &style)
            .unwrap();
    }
    book.save(path("시설.xlsx", &folder)).unwrap();
    let (dataset, _) = drafted_at("시설.xlsx", &folder);
    let sources: Vec<&str> = dataset.columns.iter().map(Column::source_name).collect();
    assert_eq!(
        sources,
        ["시설명", "운영시간_시작", "운영시간_종료", "면적(㎡)", "구"]
    );
    assert_eq!(
        (dataset.format.skip_rows, dataset.format.header_rows),
        (1, 2)
    );
    assert_eq!(dataset.format.fill_down, ["구"]);
    assert_eq!(dataset.columns[3].unit.as_deref(), Some("㎡"));
    assert_eq!(
        types(&dataset)[1..4],
        [
            "operating_hours_start: time",
            "operating_hours_end: time",
            "area_size: decimal"
        ]
    );
}

#[test]
fn spreadsheets_unicode_text_and_a_file_without_header() {
    let text = "가온동\t1111010100\t존재\n누리동\t1111010200\t폐지\n".to_owned()
        + &(3..60)
            .map(|at| {
                format!(
                    "동{at}\t11110{at:05}\t{}\n",
                    if at % 2 == 0 { "존재" } else { "폐지" }
                )
            })
            .collect::<String>();
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let (dataset, draft) = drafted("법정동.txt", &bytes);
    assert_eq!(dataset.format.encoding, Some(Encoding::Utf16));
    assert_eq!(dataset.format.delimiter, Some('\t'));
    assert_eq!(dataset.format.header_rows, 0);
    assert_eq!(types(&dataset)[1], "yeol2: code");
    assert!(matches!(dataset.columns[2].checks.last(), Some(Check::In(list)) if list.len() == 2));
    assert!(
        draft
            .unsure
            .iter()
            .any(|note| note.contains("first row looks like data"))
    );
}

#[test]
fn projected_coordinates_are_told_by_where_they_fall() {
    // 춘천 in the eastern belt would lie in the sea: the addresses decide between the belts.
    let mut text = "명칭,주소,X좌표,Y좌표\n".to_owned();
    for at in 0..20 {
        text += &format!(
            "시설{at},강원특별자치도 춘천시 가온로 {at},{},{}\n",
            264_221.33 + f64::from(at),
            587_076.06 + f64::from(at)
        );
    }
    let (dataset, draft) = drafted("시설.csv", text.as_bytes());
    let place = dataset.place.unwrap();
    assert_eq!(place.crs.as_deref(), Some("EPSG:5186"));
    assert_eq!(
        (place.x.as_deref(), place.y.as_deref()),
        (Some("x"), Some("y"))
    );
    assert!(
        draft.unsure.iter().any(|note| note.contains("강원")),
        "{:?}",
        draft.unsure
    );
}

#[test]
fn swapped_degrees_are_put_right() {
    let mut text = "명칭,위도,경도\n".to_owned();
    for at in 0..20 {
        text += &format!("시설{at},127.{at:02}1,37.{at:02}1\n");
    }
    let (dataset, draft) = drafted("시설.csv", text.as_bytes());
    let source = |name: &str| dataset.column(name).unwrap().source_name();
    assert_eq!((source("longitude"), source("latitude")), ("위도", "경도"));
    assert!(
        draft
            .unsure
            .iter()
            .any(|note| note.contains("the wrong way round"))
    );
}

#[test]
fn a_table_by_age_is_declared_long() {
    let ages: Vec<String> = (0..12)
        .map(|age| format!("2023년01월_계_{age}세"))
        .collect();
    let mut text = format!("행정구역,2023년01월_계_총인구수,{}\n", ages.join(","));
    for area in ["가온동 (1111051500)", "누리동 (1111053000)"] {
        text += &format!("{area},\"12,000\",{}\n", ["\"1,000\""; 12].join(","));
    }
    let (dataset, _) = drafted("인구.csv", text.as_bytes());
    assert_eq!(
        types(&dataset),
        [
            "area: text",
            "year: year",
            "month: code",
            "sex: text",
            "age: integer",
            "population: integer"
        ]
    );
    assert_eq!(dataset.load.key, ["area", "year", "month", "sex", "age"]);
}

#[test]
fn shifted_rows_are_counted_and_spoil_no_type() {
    let mut text = "이름,수\n".to_owned();
    for at in 0..40 {
        text += &format!("가{at},{at}\n");
    }
    text += "나,다,3\n";
    let (dataset, draft) = drafted("수.csv", text.as_bytes());
    assert_eq!(types(&dataset)[1], "count: integer");
    assert!(
        draft
            .unsure
            .iter()
            .any(|note| note.contains("1 of 41 rows") && note.contains("line 42")),
        "{:?}",
        draft.unsure
    );
}

#[test]
fn values_of_persons_never_reach_the_notes() {
    let mut text = "성명,주민등록번호,휴대전화,가입일자\n".to_owned();
    for at in 0..30 {
        text += &format!(
            "김가{},900101-1{at:06},010-1234-{at:04},2024-01-02\n",
            ["온", "람", "을"][at % 3]
        );
    }
    text += "박하늘,모름,010-9999-0000,2024-01-02\n";
    let (dataset, draft) = drafted("회원.csv", text.as_bytes());
    let classes: Vec<PrivacyClass> = dataset
        .columns
        .iter()
        .map(|column| column.privacy)
        .collect();
    assert_eq!(
        classes[..3],
        [
            PrivacyClass::Identifier,
            PrivacyClass::UniqueId,
            PrivacyClass::Identifier
        ]
    );
    let said = draft.unsure.join("\n") + &draft.found.join("\n") + &draft.manifest;
    for value in ["900101", "010-1234", "박하늘", "김가온"] {
        assert!(!said.contains(value), "{value} in {said}");
    }
}

#[test]
fn what_is_no_table_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, what) in [
        ("빈.csv", &b""[..], "the file is empty"),
        ("쪽.csv", b"<!DOCTYPE html><html></html>", "web page"),
        ("깨진.json", b"{\"a\": [1, }", "is not JSON"),
        ("머리.csv", "이름,수\n".as_bytes(), "no row of data"),
        ("깨진.zip", b"PK\x03\x04garbage", "not a sound ZIP"),
    ] {
        std::fs::write(path(name, &folder), bytes).unwrap();
        let input = Input {
            name: name.to_owned(),
            path: path(name, &folder),
        };
        let faults = draft(&input, &GUIDE(), &|_| {}).unwrap_err();
        assert!(
            faults[0].to_string().contains(what),
            "{name}: {}",
            faults[0]
        );
    }
    assert_eq!(kind::plain(FormatKind::Csv).header_rows, 1);
}

#[test]
fn what_a_catalogue_says_stands_in_the_draft() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(path("a.csv", &folder), "관리번호,이름\n01,가\n02,나\n").unwrap();
    let input = Input {
        name: "a.csv".to_owned(),
        path: path("a.csv", &folder),
    };
    let guide = Guide {
        title: Some("공영주차장".to_owned()),
        about: About {
            source: Some(
                "{ kind = \"ckan\", url = \"https://a.kr\", dataset = \"parking\" }".to_owned(),
            ),
            description: Some("시가 운영하는\n\"주차장\".".to_owned()),
            keywords: vec!["주차".to_owned()],
            cadence: Some(Cadence::HalfYearly),
            licence: Some(Licence::Kogl2),
            notes: vec!["어느 부서의 것인지\n모릅니다".to_owned()],
        },
        ..GUIDE()
    };
    let draft = draft(&input, &guide, &|_| {}).unwrap();
    let (dataset, faults) = city::read::dataset_text(Path::new("drafted.toml"), &draft.manifest);
    assert_eq!(faults, []);
    let dataset = dataset.unwrap();
    assert_eq!(dataset.description, "시가 운영하는\n\"주차장\".");
    assert_eq!(dataset.cadence, Cadence::HalfYearly);
    assert_eq!(dataset.licence, Licence::Kogl2);
    assert_eq!(dataset.keywords, ["주차"]);
    assert!(matches!(dataset.source, city::dataset::Source::Ckan(_)));
    assert!(
        draft
            .manifest
            .contains("#   unsure: 어느 부서의 것인지 모릅니다\n")
    );
}

#[test]
fn a_table_declared_elsewhere_is_taken_as_it_is_declared() {
    let column = |name: &str, kind| Column {
        name: name.to_owned(),
        source: Some(name.to_owned()),
        title: format!("{name} 이름"),
        title_en: Some(name.to_owned()),
        column_type: kind,
        ..geometry()
    };
    let known = Known {
        kind: FormatKind::Parquet,
        columns: vec![
            column("lot_no", ColumnType::Code),
            column("longitude", ColumnType::Number),
            column("latitude", ColumnType::Number),
        ],
        key: vec!["lot_no".to_owned()],
    };
    let guide = Guide {
        about: About {
            source: Some(
                "{ kind = \"madang\", url = \"https://b.kr\", dataset = \"parking\" }".to_owned(),
            ),
            ..About::default()
        },
        ..GUIDE()
    };
    let draft = declared(&known, &guide).unwrap();
    let (dataset, faults) = city::read::dataset_text(Path::new("drafted.toml"), &draft.manifest);
    assert_eq!(faults, []);
    let dataset = dataset.unwrap();
    assert_eq!(dataset.columns, known.columns);
    assert_eq!(dataset.load.key, ["lot_no"]);
    let place = dataset.place.unwrap();
    assert_eq!(
        (place.x.as_deref(), place.crs.as_deref()),
        (Some("longitude"), Some("EPSG:4326"))
    );
}
