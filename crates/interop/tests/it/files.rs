//! Whole datasets as files: complete, in every kind, under the filter and order of the address.

use std::io::Cursor;

use calamine::{Data, DataType as _, Reader as _, Xlsx};
use serde_json::Value;

use crate::town::{Answer, READINGS, TEXTS, Town, town};

const KINDS: [&str; 6] = ["csv", "xlsx", "json", "ndjson", "geojson", "parquet"];

/// Lines of a CSV file cut into cells; quotes undone.
pub(crate) fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted && letters.peek() == Some(&'\n') => {
                letters.next();
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(
        row.is_empty() && cell.is_empty(),
        "the last line ends with CR LF too"
    );
    rows
}

/// The first sheet of a workbook.
pub(crate) fn sheet(answer: &Answer) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

fn batches(answer: &Answer) -> Vec<arrow::array::RecordBatch> {
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(answer.body.clone())
            .unwrap();
    reader.build().unwrap().collect::<Result<_, _>>().unwrap()
}

/// The whole numbers of a file's first column, whatever its kind.
fn numbers(kind: &str, answer: &Answer) -> Vec<i64> {
    let of = |value: &Value| value.as_i64().unwrap();
    match kind {
        "csv" => cells(&answer.text())
            .iter()
            .skip(1)
            .map(|row| row[0].parse().unwrap())
            .collect(),
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers")]
        "xlsx" => sheet(answer)
            .iter()
            .skip(1)
            .map(|row| match row[0] {
                Data::Float(value) => value as i64,
                ref other => panic!("{other:?}"),
            })
            .collect(),
        "json" => answer.json()["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| of(&row["number"]))
            .collect(),
        "ndjson" => answer
            .text()
            .lines()
            .map(|line| of(&serde_json::from_str::<Value>(line).unwrap()["number"]))
            .collect(),
        "parquet" => batches(answer)
            .iter()
            .flat_map(|batch| {
                use arrow::array::AsArray as _;
                batch
                    .column(0)
                    .as_primitive::<arrow::datatypes::Int64Type>()
                    .values()
                    .to_vec()
            })
            .collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn nothing_is_cut_short_and_rows_come_in_order() {
    let town = town().await;
    let all: Vec<i64> = (0..i64::try_from(READINGS).unwrap()).collect();
    for kind in KINDS.iter().filter(|kind| **kind != "geojson") {
        let answer = town.get(&format!("/datasets/readings.{kind}")).await;
        assert_eq!(answer.status, 200);
        assert!(numbers(kind, &answer) == all, "{kind}");
        assert_eq!(
            (
                answer.header("x-madang-rows"),
                answer.header("x-madang-version")
            ),
            ("20000", "1")
        );
        assert!(
            answer
                .header("content-disposition")
                .starts_with("attachment; filename=\"readings_v1."),
            "{kind}"
        );
        // More than a page of rows may have, and more than a batch.
        let answer = town
            .get(&format!("/datasets/readings.{kind}?limit=12345&offset=100"))
            .await;
        assert!(numbers(kind, &answer) == all[100..12_445], "{kind}");
        assert_eq!(
            answer.header("x-madang-rows"),
            "",
            "a part does not pass for the whole"
        );
    }
}

#[tokio::test]
async fn the_filter_the_order_and_the_columns_of_the_address_apply_to_files() {
    let town = town().await;
    let expected: Vec<i64> = (0..i64::try_from(READINGS).unwrap())
        .rev()
        .filter(|number| number % 100 == 99)
        .collect();
    for kind in KINDS.iter().filter(|kind| **kind != "geojson") {
        let address =
            format!("/datasets/readings.{kind}?filter=소음도:ge:24.75&sort=-번호&columns=number");
        let answer = town.get(&address).await;
        assert!(numbers(kind, &answer) == expected, "{kind}");
        assert_eq!(answer.header("x-madang-rows"), "");
    }
    let ordered = town
        .get("/datasets/parking.csv?sort=dong,-spaces&columns=name,dong")
        .await;
    let names: Vec<String> = cells(&ordered.text())
        .iter()
        .skip(1)
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(
        names,
        ["가온주차장", "다솜주차장", "누리주차장", "라온🚗주차장"]
    );
    let earlier = town.get("/datasets/parking.csv?at=1").await;
    assert_eq!(
        (
            cells(&earlier.text()).len(),
            earlier.header("x-madang-version")
        ),
        (4, "1")
    );
}

#[tokio::test]
async fn csv_in_utf8_begins_with_its_mark_and_ends_lines_with_cr_lf() {
    let town = town().await;
    let answer = town.get("/datasets/parking.csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let text = answer.text();
    let head = "\u{feff}주차장명,동,주차면수,경도값,위도값,경도,위도\r\n가온주차장,가온동,120,127.0,37.0,127.0,37.0\r\n";
    assert!(text.starts_with(head), "{text}");
    assert!(text.ends_with("라온🚗주차장,누리동,7,,,,\r\n"), "{text}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let names = town.get("/datasets/parking.csv?header=names").await.text();
    assert!(
        names.starts_with("\u{feff}name,dong,spaces,x,y,longitude,latitude\r\n"),
        "{names}"
    );
}

#[tokio::test]
async fn csv_in_cp949_is_the_same_table_and_says_how_other_letters_are_written() {
    let town = town().await;
    for dataset in ["parking", "notes", "readings"] {
        let unicode = town.get(&format!("/datasets/{dataset}.csv")).await.text();
        let answer = town
            .get(&format!("/datasets/{dataset}.csv?encoding=cp949"))
            .await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=euc-kr");
        assert_eq!(
            answer.header("x-madang-outside-cp949"),
            "written as their number, such as &#128664;"
        );
        let (text, _, is_broken) = encoding_rs::EUC_KR.decode(&answer.body);
        assert!(!is_broken);
        let readable = text.replace("&#128663;", "🚗").replace("&#134071;", "𠮷");
        assert!(
            readable == unicode.trim_start_matches('\u{feff}'),
            "{dataset}: {readable}"
        );
    }
    let text = town.get("/datasets/parking.csv?encoding=cp949").await;
    let (text, ..) = encoding_rs::EUC_KR.decode(&text.body);
    assert!(text.contains("라온&#128663;주차장"), "{text}");
}

#[tokio::test]
async fn a_workbook_opens_with_numbers_as_numbers_and_days_as_days() {
    let town = town().await;
    let rows = sheet(&town.get("/datasets/parking.xlsx").await);
    let head: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(
        head,
        [
            "주차장명",
            "동",
            "주차면수 (면)",
            "경도값",
            "위도값",
            "경도",
            "위도"
        ]
    );
    assert_eq!(rows.len(), 5);
    assert_eq!(
        (&rows[1][0], &rows[1][2]),
        (&Data::String("가온주차장".to_owned()), &Data::Float(120.0))
    );
    assert_eq!(rows[4][3], Data::Empty);
    let rows = sheet(&town.get("/datasets/notes.xlsx").await);
    assert_eq!(rows.len(), TEXTS.len() + 1);
    assert!(
        rows[2][4].is_datetime() && rows[2][5].is_datetime(),
        "{:?}",
        rows[2]
    );
}

/// What one row of JSON says, for each of its kinds.
async fn first(town: &Town, kind: &str) -> Value {
    let answer = town
        .get(&format!("/datasets/notes.{kind}?filter=words:eq:-12.5"))
        .await;
    match kind {
        "json" => answer.json()["rows"][0].clone(),
        _ => serde_json::from_str(answer.text().lines().next().unwrap()).unwrap(),
    }
}

#[tokio::test]
async fn json_holds_values_of_their_types() {
    let town = town().await;
    let expected = serde_json::json!({"words": "-12.5", "amount": 2, "ratio": -1.75, "is_open": false, "day": "1977-09-01", "moment": "2025-11-24T16:00:10"});
    for kind in ["json", "ndjson"] {
        assert_eq!(first(&town, kind).await, expected, "{kind}");
    }
    let document = town.get("/datasets/parking.json").await.json();
    assert_eq!(
        (&document["dataset"], &document["version"]),
        (&Value::from("parking"), &Value::from(2))
    );
    assert_eq!(
        document["columns"][2],
        serde_json::json!({"name": "spaces", "title": "주차면수", "title_en": "spaces", "unit": "면", "unit_en": null})
    );
    assert_eq!(document["rows"].as_array().unwrap().len(), 4);
    let none = town
        .get("/datasets/parking.json?filter=spaces:gt:9999")
        .await
        .json();
    assert_eq!(
        none["rows"],
        serde_json::json!([]),
        "no rows are still a document"
    );
}

#[tokio::test]
async fn geojson_has_a_feature_for_each_row() {
    let town = town().await;
    let answer = town.get("/datasets/parking.geojson").await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let document = answer.json();
    assert_eq!(document["type"], "FeatureCollection");
    let features = document["features"].as_array().unwrap();
    assert_eq!(features.len(), 4);
    assert!(
        features
            .iter()
            .all(|feature| feature["type"] == "Feature" && feature["properties"].is_object())
    );
    assert_eq!(
        features[1]["geometry"],
        serde_json::json!({"type": "Point", "coordinates": [127.01, 37.01]})
    );
    assert_eq!(features[1]["properties"]["name"], "누리주차장");
    assert_eq!(
        features[3]["geometry"],
        Value::Null,
        "a row without a place is a feature without one"
    );
    let filtered = town
        .get("/datasets/parking.geojson?filter=동:eq:가온동&sort=spaces")
        .await
        .json();
    let names: Vec<&Value> = filtered["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| &feature["properties"]["name"])
        .collect();
    assert_eq!(names, ["다솜주차장", "가온주차장"]);
    let empty = town
        .get("/datasets/parking.geojson?filter=spaces:gt:9999")
        .await
        .json();
    assert_eq!(empty["features"], serde_json::json!([]));
    let detail = town
        .get("/datasets/parking.geojson?columns=name")
        .await
        .problem(400, "question");
    assert!(detail.contains("where a row is"), "{detail}");
    town.get("/datasets/readings.geojson")
        .await
        .problem(400, "question");
}

#[tokio::test]
async fn parquet_reads_back_with_its_types() {
    use arrow::datatypes::DataType;
    let town = town().await;
    let answer = town.get("/datasets/notes.parquet").await;
    let found = batches(&answer);
    let types: Vec<(String, DataType)> = found[0]
        .schema()
        .fields()
        .iter()
        .map(|field| (field.name().clone(), field.data_type().clone()))
        .collect();
    let names: Vec<&str> = types.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["words", "amount", "ratio", "is_open", "day", "moment"]
    );
    assert_eq!(
        (&types[1].1, &types[2].1, &types[4].1),
        (&DataType::Int64, &DataType::Float64, &DataType::Date32)
    );
    let texts: Vec<String> = found
        .iter()
        .flat_map(|batch| {
            use arrow::array::{Array as _, AsArray as _};
            let words = batch.column(0).as_string::<i32>();
            (0..words.len())
                .map(|at| {
                    if words.is_null(at) {
                        "∅".to_owned()
                    } else {
                        words.value(at).to_owned()
                    }
                })
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        texts, TEXTS,
        "Parquet keeps texts as they are: no program runs them"
    );
}

#[tokio::test]
async fn a_file_that_is_known_is_not_sent_again_and_never_to_another_person() {
    use axum::body::Body;
    use axum::http::{Request, header};
    let town = town().await;
    let known = town
        .get("/datasets/parking.csv")
        .await
        .header("etag")
        .to_owned();
    let ask = |key: Option<String>| {
        let mut request =
            Request::get("/datasets/parking.csv").header(header::IF_NONE_MATCH, known.as_str());
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        request.body(Body::empty()).unwrap()
    };
    let again = town.send(ask(None)).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let operator = town.send(ask(Some(town.key().await))).await;
    assert_eq!(operator.status, 200);
    assert!(operator.text().contains("고길동"));
    assert!(!operator.header("cache-control").contains("public"));
}
