use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, Date32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use city::Lang;
use city::standard::{Domains, Standard, Standards, Terms};
use proptest::prelude::*;

use super::*;
use crate::report::Counted;

const DOMAINS: &str = r#"
[[domains]]
class = "수"
letter = "N"
lengths = ["10"]

[[domains]]
class = "명"
letter = "V"
lengths = ["100"]

[[domains]]
class = "여부"
letter = "C"
lengths = ["1"]
type = "boolean"
allowed = ["Y", "N"]

[[domains]]
class = "시분"
letter = "C"
lengths = ["4"]
type = "time"
shown = "HH:MI"

[[domains]]
class = "연월"
letter = "C"
lengths = ["6"]
type = "month"
shown = "YYYY-MM"

[[domains]]
class = "위도"
letter = "N"
lengths = ["12,10"]
type = "number"
"#;

const LOTS: &str = r#"
id = "lots"
title = "주차장표준"
title-en = "Car parks"
source = { title = "고시", dated = "2024-11" }
checks = [
  { any-of = ["도로명주소", "지번주소"] },
  { when = { column = "요금정보", in = ["무료"], columns = ["기본요금"], must = "zero-or-empty" } },
  { mentions = { columns = ["도로명주소"], value = "시군구명" } },
]

[[columns]]
name = "주차장명"
key = "prkplceNm"
domain = "명V100"
checks = ["required"]

[[columns]]
name = "요금정보"
synonyms = ["요금구분"]
domain = "명V100"
checks = ["required", { in = ["무료", "유료", "혼합"] }]

[[columns]]
name = "기본요금"
synonyms = ["요금"]
domain = "수N10"
checks = [{ range = { min = 0 } }, { multiple-of = 10 }]

[[columns]]
name = "도로명주소"
synonyms = ["주소"]
domain = "명V100"

[[columns]]
name = "지번주소"
domain = "명V100"

[[columns]]
name = "위도"
domain = "위도N12,10"
checks = [{ range = { min = 33, max = 39 } }]

[[columns]]
name = "개방여부"
domain = "여부C1"

[[columns]]
name = "여는시각"
domain = "시분C4"

[[columns]]
name = "설치연월"
synonyms = ["설치년월"]
domain = "연월C6"

[[columns]]
name = "시군구명"
domain = "명V100"
optional = true

[[columns]]
name = "제공기관명"
domain = "명V100"
optional = true
"#;

const PARKS: &str = r#"
id = "parks"
title = "공원표준"
title-en = "Parks"
source = { title = "고시", dated = "2024-11" }

[[columns]]
name = "공원명"
domain = "명V100"
checks = ["required"]

[[columns]]
name = "지번주소"
domain = "명V100"

[[columns]]
name = "위도"
domain = "위도N12,10"
checks = [{ range = { min = 33, max = 39 } }]
"#;

fn standards() -> Standards {
    let (domains, faults) = city::read::domains_text(Path::new("domains.toml"), DOMAINS);
    assert!(faults.is_empty(), "{faults:?}");
    let domains: Domains = domains.unwrap();
    let standard = |text: &str| -> Standard {
        let (standard, faults) = city::read::standard_text(Path::new("s.toml"), text, &domains);
        assert!(faults.is_empty(), "{faults:?}");
        standard.unwrap()
    };
    let standards = [standard(LOTS), standard(PARKS)];
    Standards {
        standards: standards
            .into_iter()
            .map(|own| (own.id.clone(), own))
            .collect(),
        domains: domains.clone(),
        terms: Terms::default(),
    }
}

fn seen(at: usize, source: &str, kind: ColumnType, values: &[(&str, u64)]) -> Seen {
    let values: Vec<(String, u64)> = values
        .iter()
        .map(|(text, count)| ((*text).to_owned(), *count))
        .collect();
    let filled = values.iter().map(|(_, count)| count).sum();
    Seen {
        name: format!("column_{at}"),
        source: source.to_owned(),
        title: source.to_owned(),
        column_type: kind,
        is_personal: false,
        rows: 20,
        filled,
        values,
    }
}

/// A dataset as the standard asks for, its columns by their official names.
fn exact() -> Vec<Seen> {
    let standards = standards();
    let lots = &standards.standards["lots"];
    let columns = lots.columns.iter().enumerate();
    columns
        .map(|(at, column)| {
            let kind = standards.column_type(column).unwrap();
            let value = match column.name.as_str() {
                "요금정보" => "유료",
                "기본요금" => "500",
                "위도" => "37.123",
                "개방여부" => "true",
                "여는시각" => "09:00:00",
                "설치연월" => "2024-01-01",
                _ => "가온",
            };
            seen(at, &column.name, kind, &[(value, 20)])
        })
        .collect()
}

fn counted(column: Option<&str>, check: &str, errors: u64, diagnosed: u64) -> Counted {
    Counted {
        column: column.map(str::to_owned),
        check: check.to_owned(),
        errors,
        diagnosed,
    }
}

fn best(seen: &[Seen]) -> Resemblance {
    ranked(&standards(), seen).remove(0)
}

#[test]
fn an_exact_copy_scores_one_and_nothing_differs() {
    let found = best(&exact());
    assert_eq!(found.standard.as_str(), "lots");
    assert!((found.score - 1.0).abs() < 1e-9, "{}", found.score);
    assert_eq!(found.differences, []);
    assert!(
        found
            .columns
            .iter()
            .all(|own| matches!(own.how, How::Exact { .. }))
    );
}

#[test]
fn the_key_of_the_open_api_is_a_name_of_its_own() {
    let mut columns = exact();
    columns[0].source = "PRKPLCE_NM".to_owned();
    columns[0].title = "이름".to_owned();
    assert_eq!(best(&columns).column("주차장명"), Some("column_0"));
}

#[test]
fn values_tell_a_column_whose_name_says_nothing() {
    let mut columns = exact();
    for own in &mut columns {
        if own.source == "요금정보" || own.source == "위도" {
            own.source = format!("x{}", own.name);
            own.title = own.source.clone();
        }
    }
    columns[1].values = vec![("무료".to_owned(), 10), ("유료".to_owned(), 10)];
    let found = best(&columns);
    assert_eq!(
        found.columns[1].how,
        How::Content {
            written: "xcolumn_1".to_owned(),
            check: "in".to_owned(),
            fits: 20,
            of: 20
        }
    );
    assert_eq!(found.column("위도"), Some("column_5"));
    // Two columns that could be it: neither is.
    let mut twin = columns[1].clone();
    twin.name = "twin".to_owned();
    twin.source = "다른 이름".to_owned();
    columns.push(twin);
    let found = best(&columns);
    assert_eq!(found.column("요금정보"), None);
    assert_eq!(found.extra, ["column_1", "twin"]);
}

#[test]
fn what_differs_is_told_with_counts() {
    let columns = [
        seen(0, "주차장명", ColumnType::Text, &[("가온", 18)]),
        seen(
            1,
            "요금구분",
            ColumnType::Text,
            &[("무료", 15), ("공짜", 3), ("?", 2)],
        ),
        seen(
            2,
            "기본요금",
            ColumnType::Integer,
            &[("500", 10), ("505", 4), ("-10", 1)],
        ),
        seen(3, "도로명주소", ColumnType::Text, &[("가온길 1", 20)]),
        seen(5, "위도", ColumnType::Number, &[("37.1", 19), ("3.71", 1)]),
        seen(6, "개방여부", ColumnType::Text, &[("Y", 10), ("예", 10)]),
        seen(7, "여는시각", ColumnType::Date, &[("2024-01-01", 20)]),
        seen(
            8,
            "설치년월",
            ColumnType::Text,
            &[("2012-05", 15), ("Dec-12", 5)],
        ),
        seen(9, "비고", ColumnType::Text, &[]),
    ];
    let standards = standards();
    let found = best(&columns);
    let counted = [
        counted(Some("column_1"), "when", 2, 15),
        counted(Some("column_1"), "in", 5, 20),
        counted(None, "any-of", 0, 20),
        counted(None, "any-of", 1, 20),
    ];
    let own = Letter {
        dataset: "공영주차장",
        department: "교통정책과",
        standard: &standards.standards["lots"],
        resemblance: &found,
        counted: &counted,
    };
    assert_eq!(
        letter(&own, Lang::Ko),
        "교통정책과 담당자님께\n\n안녕하십니까.\n\
        ‘공영주차장’ 데이터셋을 ‘주차장표준’(2024-11) 기준과 견주어 보았습니다. 표준 항목 11개 가운데 8개가 있습니다.\n\
        다음 제공 때 아래 사항을 반영해 주시기 바랍니다.\n\n\
        1. ‘주차장명’ 열은 값이 꼭 있어야 하는데 20행 가운데 2행이 비어 있으니 채워 주시기 바랍니다.\n\
        2. ‘요금구분’ 열의 이름을 표준 항목명 ‘요금정보’ 그대로 적어 주시기 바랍니다.\n\
        3. ‘요금정보’ 열의 값 20개 가운데 5개가 표준과 다르니 고쳐 주시기 바랍니다(정해진 값이 아닙니다. 쓸 수 있는 값: 무료, 유료, 혼합; 보기: 공짜, ?).\n\
        4. ‘기본요금’ 열의 값 15개 가운데 1개가 표준과 다르니 고쳐 주시기 바랍니다(0 이상이어야 합니다; 보기: -10).\n\
        5. ‘기본요금’ 열의 값 15개 가운데 4개가 표준과 다르니 고쳐 주시기 바랍니다(10의 배수가 아닙니다; 보기: 505).\n\
        6. 표준에 있는 ‘지번주소’ 열이 없으니 추가해 주시기 바랍니다.\n\
        7. ‘위도’ 열의 값 20개 가운데 1개가 표준과 다르니 고쳐 주시기 바랍니다(33~39이어야 합니다; 보기: 3.71).\n\
        8. ‘개방여부’ 열의 값 20개 가운데 10개가 표준과 다르니 고쳐 주시기 바랍니다(예·아니요로 읽을 수 없습니다; 보기: 예).\n\
        9. ‘여는시각’ 열은 표준에서 시각(시분C4) 형식인데 지금은 날짜 형식이니 맞추어 주시기 바랍니다.\n\
        10. ‘설치년월’ 열의 이름을 표준 항목명 ‘설치연월’ 그대로 적어 주시기 바랍니다.\n\
        11. ‘설치연월’ 열의 값 20개 가운데 5개가 표준과 다르니 고쳐 주시기 바랍니다(연월을 2024-01처럼 적어야 합니다; 보기: Dec-12).\n\
        12. ‘비고’ 열은 표준에 없으니 표준데이터 파일에서는 빼 주시기 바랍니다.\n\
        13. ‘요금정보’ 열을 점검한 15건 가운데 2건이 맞지 않으니 확인해 주시기 바랍니다(조건부 값).\n\
        14. 주소 등 하나 이상 기재 점검에서 20건 가운데 1건이 맞지 않으니 확인해 주시기 바랍니다.\n\n\
        협조해 주셔서 감사합니다.\n"
    );
    let english = letter(&own, Lang::En);
    assert!(
        english.contains("3. In the column “요금정보” 5 of 20 values do not meet the standard"),
        "{english}"
    );
    assert_eq!(
        english.to_lowercase().matches("please").count(),
        15,
        "{english}"
    );
}

#[test]
fn a_letter_holds_no_regular_expression_and_names_a_column_without_a_name() {
    let standards = standards();
    let lots = &standards.standards["lots"];
    let mut found = resemblance(&standards, lots, &exact());
    let values = |why| Difference::Values {
        column: "주차장명".to_owned(),
        why,
        count: 1_234_567,
        of: 2_000_000,
        is_sample: true,
        examples: vec!["가\n나".to_owned(), "다".repeat(50)],
    };
    let pattern = "[a-z]+".to_owned();
    found.differences = vec![
        values(Why::Pattern { pattern }),
        Difference::Extra {
            column: String::new(),
        },
    ];
    let own = Letter {
        dataset: "공영주차장",
        department: "교통정책과",
        standard: lots,
        resemblance: &found,
        counted: &[],
    };
    let told = letter(&own, Lang::Ko);
    let sentence = format!(
        "1. ‘주차장명’ 열의 표본 값 2,000,000개 가운데 1,234,567개가 표준과 다르니 고쳐 주시기 바랍니다(정해진 형식이 아닙니다; 보기: 가나, {}…).",
        "다".repeat(40)
    );
    assert!(told.contains(&sentence), "{told}");
    assert!(told.contains("2. 이름이 없는 열은"), "{told}");
    let sound = resemblance(&standards, lots, &exact());
    let own = Letter {
        resemblance: &sound,
        ..own
    };
    assert!(letter(&own, Lang::Ko).contains("다른 점이 없습니다"));
    assert!(letter(&own, Lang::En).contains("Nothing differs"));
}

#[test]
fn values_about_persons_are_not_repeated() {
    let mut columns = exact();
    columns[1].values = vec![("홍길동".to_owned(), 20)];
    columns[1].is_personal = true;
    let told = format!("{:?}", best(&columns));
    assert!(
        told.contains("Values") && !told.contains("홍길동"),
        "{told}"
    );
}

#[test]
fn a_conforming_file_has_the_columns_of_the_standard_in_its_order() {
    let standards = standards();
    let lots = &standards.standards["lots"];
    let mut columns = exact();
    columns.retain(|own| !["지번주소", "시군구명", "제공기관명"].contains(&own.source.as_str()));
    let found = resemblance(&standards, lots, &columns);
    let plan = plan(&standards, lots, &found);
    let header: Vec<&str> = plan.columns.iter().map(|own| own.name.as_str()).collect();
    let all: Vec<&str> = lots.columns.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(header, all[..9]);
    let texts =
        |text: &str| Arc::new(StringArray::from(vec![Some(text), None])) as arrow::array::ArrayRef;
    let arrays = plan.sources().into_iter().map(|name| {
        let array: arrow::array::ArrayRef = match name.as_str() {
            "column_6" => Arc::new(BooleanArray::from(vec![Some(true), Some(false)])),
            "column_7" => Arc::new(StringArray::from(vec!["09:00:00", "24:00:00"])),
            "column_8" => Arc::new(Date32Array::from(vec![Some(19_844), None])),
            _ => texts("가온"),
        };
        (Field::new(name, array.data_type().clone(), true), array)
    });
    let (fields, arrays): (Vec<Field>, Vec<_>) = arrays.unzip();
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let out = plan.rows(&rows).unwrap();
    assert!(
        out.schema()
            .fields()
            .iter()
            .all(|own| own.data_type() == &DataType::Utf8)
    );
    let cell = |name: &str, row: usize| {
        let array = out.column_by_name(name).unwrap().as_string::<i32>();
        array.iter().nth(row).unwrap().map(str::to_owned)
    };
    assert_eq!(cell("개방여부", 1).as_deref(), Some("N"));
    assert_eq!(cell("여는시각", 0).as_deref(), Some("09:00"));
    assert_eq!(cell("여는시각", 1).as_deref(), Some("24:00"));
    assert_eq!(cell("설치연월", 0).as_deref(), Some("2024-05"));
    assert_eq!(cell("설치연월", 1), None);
    assert_eq!(cell("지번주소", 0), None);
}

#[test]
fn the_contract_speaks_of_the_datasets_columns_and_tells_what_it_cannot_judge() {
    let standards = standards();
    let lots = &standards.standards["lots"];
    let manifest = r#"
id = "t"
title = "표"
description = "시험"
field = "f"
department = "d"
cadence = "daily"
source = { kind = "file", path = "t.csv" }
format = { kind = "csv" }
load = { key = ["name"] }
columns = [
  { name = "name", title = "주차장명", type = "text", privacy = "none", checks = [{ max-length = 1 }] },
  { name = "fee", title = "요금구분", type = "text", privacy = "none" },
  { name = "base", title = "요금", type = "integer", privacy = "none" },
  { name = "road", title = "주소", type = "text", privacy = "none" },
  { name = "latitude", title = "위도", type = "text", privacy = "none" },
]
"#;
    let (dataset, faults) = city::read::dataset_text(Path::new("t.toml"), manifest);
    assert!(faults.is_empty(), "{faults:?}");
    let dataset = dataset.unwrap();
    let seen: Vec<Seen> = dataset
        .columns
        .iter()
        .map(|column| Seen::new(column, 0, 0, Vec::new()))
        .collect();
    let found = resemblance(&standards, lots, &seen);
    let own = contract(&standards, lots, &found, &dataset);
    assert_eq!(own.dataset.load.key, Vec::<String>::new());
    let checks = serde_json::to_string(&own.dataset.checks).unwrap();
    assert_eq!(
        checks,
        r#"[{"any-of":["road"]},{"when":{"column":"fee","in":["무료"],"columns":["base"],"must":"zero-or-empty"}}]"#
    );
    let of = |name: &str| serde_json::to_string(&own.dataset.column(name).unwrap().checks).unwrap();
    assert_eq!(of("name"), r#"["required",{"max-length":100}]"#);
    assert_eq!(
        of("base"),
        r#"[{"range":{"min":0.0,"max":null}},{"multiple-of":10}]"#
    );
    let unjudged: Vec<String> = own
        .unjudged
        .iter()
        .map(|own| format!("{} {}", own.check, own.columns.join(",")))
        .collect();
    assert_eq!(unjudged, ["range 위도", "mentions 시군구명,도로명주소"]);
}

proptest! {
    /// Any columns: the order they come in changes nothing, and the score is a share.
    #[test]
    fn permuting_columns_changes_nothing(
        names in prop::collection::vec(prop::sample::select(vec![
            "주차장명", "요금정보", "요금 구분", "요금", "기본요금", "위도", "주소", "도로명주소", "비고", "공원명", "prkplceNm",
        ]), 0..9),
        kinds in prop::collection::vec(prop::sample::select(vec![
            ColumnType::Text, ColumnType::Integer, ColumnType::Number, ColumnType::Date,
        ]), 9),
        values in prop::collection::vec(prop::collection::vec((
            prop::sample::select(vec!["무료", "유료", "37.5", "500", "x"]), 1_u64..9,
        ), 0..4), 9),
        shuffle in prop::collection::vec(0_u32..1000, 9),
    ) {
        let columns: Vec<Seen> = names
            .iter()
            .enumerate()
            .map(|(at, name)| seen(at, name, kinds[at], &values[at]))
            .collect();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|at| (shuffle[*at], *at));
        let shuffled: Vec<Seen> = order.iter().map(|at| columns[*at].clone()).collect();
        let standards = standards();
        let found = ranked(&standards, &columns);
        prop_assert_eq!(&found, &ranked(&standards, &shuffled));
        for own in &found {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&own.score));
            prop_assert_eq!(own.matched() + own.extra.len(), columns.len());
        }
    }

    /// Another spelling keeps each match.
    #[test]
    fn renaming_to_synonyms_keeps_every_match(choices in prop::collection::vec(0_usize..3, 11)) {
        let standards = standards();
        let lots = &standards.standards["lots"];
        let mut columns = exact();
        for ((own, column), choice) in columns.iter_mut().zip(&lots.columns).zip(choices) {
            let names: Vec<&String> = column.synonyms.iter().chain(&column.key).collect();
            if let Some(name) = names.get(choice) {
                own.source = format!(" {name} ");
                own.title = own.source.clone();
            }
        }
        let found = resemblance(&standards, lots, &columns);
        let before = resemblance(&standards, lots, &exact());
        for (now, then) in found.columns.iter().zip(&before.columns) {
            prop_assert_eq!(&now.from, &then.from);
        }
        prop_assert!(found.extra.is_empty() && found.score > 0.9);
    }
}
