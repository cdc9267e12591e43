//! Bad input, end to end: a clear message or a reason per row, the right exit code, nothing half-written.

use std::io::Write as _;

use zip::write::SimpleFileOptions;

use crate::city::{Manifest, Ran, TestCity, column, parking};

/// Memory a load may take: what cannot be bounded ends in a crash.
const MEMORY_KIB: u64 = 320 << 10;

/// A load that must fail whole: told where and what, exit code 1, no version, nothing left behind.
fn refused(city: &TestCity, says: &[&str]) -> Ran {
    let ran = city.load_within(MEMORY_KIB);
    assert_eq!(ran.code, 1, "{ran:?}");
    let line = &ran.lines()[0];
    assert_eq!(line["outcome"], "failed", "{ran:?}");
    let message = line["message"].as_str().unwrap();
    for word in says {
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
    assert_eq!(
        city.run(&["trace", "parking"]).code,
        1,
        "no version was made"
    );
    assert_eq!(city.run(&["verify"]).code, 0);
    ran
}

/// A load that goes through with some rows put aside: the accounting and the checks named.
fn put_aside(city: &TestCity, accounting: &str, checks: &[&str]) {
    let ran = city.load_within(MEMORY_KIB);
    assert_eq!(
        (ran.code, ran.accounting().as_str()),
        (0, accounting),
        "{ran:?}"
    );
    let mut found: Vec<String> = Vec::new();
    for line in city
        .run(&["quarantine", "parking", "--format", "json"])
        .lines()
    {
        for reason in line["reasons"].as_array().unwrap() {
            found.push(reason["why"]["check"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(found, checks);
    assert_eq!(city.run(&["verify"]).code, 0);
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file(name, SimpleFileOptions::default())
        .unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

fn format(kind: &str, name: &str) -> Manifest {
    let mut manifest = parking();
    kind.clone_into(&mut manifest.format);
    manifest.source = format!(r#"{{ kind = "file", path = "{name}" }}"#);
    manifest
}

#[test]
fn an_empty_file() {
    refused(&TestCity::parking(""), &["parking.csv: the file is empty"]);
    refused(
        &TestCity::parking("이름,면수\n"),
        &["parking.csv has no row", "the last version stays"],
    );
}

#[test]
fn an_error_page_served_as_csv() {
    refused(
        &TestCity::parking("<!DOCTYPE html>\n<html><body>점검 중입니다</body></html>\n"),
        &[
            "parking.csv:1: the file is a web page",
            "open it in a browser",
        ],
    );
}

#[test]
fn a_column_that_is_not_there() {
    refused(
        &TestCity::parking("이름,주차면수\n가온,120\n"),
        &["parking.csv", "면수", "주차면수"],
    );
}

#[test]
fn shifted_columns() {
    let city = TestCity::parking("이름,면수\n가온,120\n누리,80,1\n다솜\n라온,7\n");
    put_aside(
        &city,
        "loaded: read 4 = accepted 2 + quarantined 2",
        &["field-count", "field-count"],
    );
}

#[test]
fn a_nul_byte() {
    let city = TestCity::parking("이름,면수\n가온,120\n누\0리,80\n");
    put_aside(
        &city,
        "loaded: read 2 = accepted 1 + quarantined 1",
        &["nul-byte"],
    );
}

#[test]
fn a_quote_never_closed() {
    let city = TestCity::parking("이름,면수\n가온,120\n\"누리,80\n다솜,5\n");
    put_aside(
        &city,
        "loaded: read 3 = accepted 2 + quarantined 1",
        &["open-quote"],
    );
}

#[test]
fn mixed_encodings() {
    let mut bytes = "이름,면수\n가온,120\n".as_bytes().to_vec();
    bytes.extend([0xb4, 0xa9, 0xb8, 0xae]);
    bytes.extend(",80\n다솜,5\n".as_bytes());
    let city = TestCity::parking(bytes);
    put_aside(
        &city,
        "loaded: read 3 = accepted 2 + quarantined 1",
        &["undecodable"],
    );
}

#[test]
fn a_day_that_does_not_exist() {
    let mut manifest = parking();
    manifest.columns = vec![
        column("name", "이름", "text", ""),
        column("opened_on", "개장일", "date", ""),
    ];
    let city = TestCity::new().dataset(&manifest).file(
        "parking.csv",
        "이름,개장일\n가온,2024-02-29\n누리,2024-02-30\n",
    );
    put_aside(
        &city,
        "loaded: read 2 = accepted 1 + quarantined 1",
        &["no-such-moment"],
    );
}

#[test]
fn the_same_key_twice() {
    let city = TestCity::parking("이름,면수\n가온,120\n가온,80\n");
    put_aside(
        &city,
        "loaded: read 2 = accepted 1 + quarantined 1",
        &["unique"],
    );
    assert_eq!(
        city.query("select spaces from parking"),
        "spaces\n120\n",
        "the first in file order stays"
    );
}

#[test]
fn coordinates_swapped_and_in_the_sea() {
    let mut manifest = parking();
    manifest.more =
        "place = { x = \"x\", y = \"y\" }\nchecks = [{ inside = \"city\" }]\n".to_owned();
    manifest.columns = vec![
        column("name", "이름", "text", ""),
        column("x", "경도", "number", ""),
        column("y", "위도", "number", ""),
    ];
    let csv = "이름,경도,위도\n가온,127.0,37.5\n누리,37.5,127.0\n다솜,130.5,35.0\n";
    let mut city = TestCity::new().dataset(&manifest);
    city = city.file("parking.csv", csv);
    let ran = city.load();
    assert_eq!(ran.lines()[0]["accepted"], 1, "{ran:?}");
    let lines = city
        .run(&["quarantine", "parking", "--format", "json"])
        .lines();
    let swapped: Vec<_> = lines
        .iter()
        .map(|line| line["reasons"][0]["why"]["swapped"].as_bool())
        .collect();
    assert_eq!(swapped, [Some(true), Some(false)], "{lines:?}");
}

#[test]
fn ten_thousand_columns() {
    let names: Vec<String> = (0..10_000).map(|n| format!("열{n}")).collect();
    let city = TestCity::parking(format!(
        "{}\n{}\n",
        names.join(","),
        vec!["1"; 10_000].join(",")
    ));
    refused(&city, &["parking.csv", "10000 columns", "separator"]);
}

#[test]
fn a_truncated_zip() {
    let archive = zipped("parking.csv", "이름,면수\n가온,120\n".as_bytes());
    let city = TestCity::new()
        .dataset(&format(
            r#"{ kind = "csv", inner = "*.csv" }"#,
            "parking.zip",
        ))
        .file("parking.zip", &archive[..archive.len() / 2]);
    refused(
        &city,
        &["parking.zip: is not a sound ZIP", "ask for it again"],
    );
}

#[test]
fn a_zip_whose_names_climb_out() {
    let archive = zipped("../../outside.csv", "이름,면수\n가온,120\n".as_bytes());
    let city = TestCity::new()
        .dataset(&format(
            r#"{ kind = "csv", inner = "*.csv" }"#,
            "parking.zip",
        ))
        .file("parking.zip", archive);
    refused(
        &city,
        &[
            "parking.zip[../../outside.csv]",
            "leads out",
            "nothing was unpacked",
        ],
    );
    assert!(!city.path("../outside.csv").exists() && !city.path("outside.csv").exists());
}

#[test]
fn a_workbook_that_is_a_bomb() {
    let sheet = vec![b' '; 400 << 20];
    let city = TestCity::new()
        .dataset(&format(r#"{ kind = "xlsx" }"#, "parking.xlsx"))
        .file("parking.xlsx", zipped("xl/worksheets/sheet1.xml", &sheet));
    refused(
        &city,
        &[
            "parking.xlsx[xl/worksheets/sheet1.xml]",
            "unpacks to more",
            "as CSV",
        ],
    );
}

#[test]
fn a_stray_cell_in_the_last_corner_of_a_sheet() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, (name, spaces)) in (0..).zip([("이름", "면수"), ("가온", "120"), ("누리", "80")])
    {
        sheet.write_string(row, 0, name).unwrap();
        sheet.write_string(row, 1, spaces).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, "끝").unwrap();
    let city = TestCity::new()
        .dataset(&format(r#"{ kind = "xlsx" }"#, "parking.xlsx"))
        .file("parking.xlsx", book.save_to_buffer().unwrap());
    put_aside(
        &city,
        "loaded: read 3 = accepted 2 + quarantined 1",
        &["required"],
    );
}

#[test]
fn xml_whose_entities_multiply() {
    let mut bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY a \"lol\">".to_owned();
    for (this, last) in ["b", "c", "d", "e", "f", "g", "h", "i"]
        .iter()
        .zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        bomb.push_str(&format!(
            "<!ENTITY {this} \"{}\">",
            format!("&{last};").repeat(10)
        ));
    }
    bomb.push_str("]>\n<items><item><이름>&i;</이름><면수>1</면수></item></items>");
    let city = TestCity::new()
        .dataset(&format(r#"{ kind = "xml" }"#, "parking.xml"))
        .file("parking.xml", bomb);
    refused(
        &city,
        &["parking.xml", "declares entities", "without a DTD"],
    );
}

#[test]
fn a_line_of_a_gigabyte() {
    let city = TestCity::parking("이름,면수\n가온,120\n");
    let path = city.path("inbox/parking.csv");
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    let block = vec![b'x'; 1 << 24];
    for _ in 0..64 {
        file.write_all(&block).unwrap();
    }
    drop(file);
    put_aside(
        &city,
        "loaded: read 2 = accepted 1 + quarantined 1",
        &["record-too-long"],
    );
}
