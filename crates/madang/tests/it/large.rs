//! Files larger than the memory they may take: every format streams.

use std::io::Write as _;

use crate::city::{TestCity, parking};

/// Memory a load may take: far less than its file is long.
const MEMORY_KIB: u64 = 320 << 10;
/// Rows, and bytes beside what is declared in each: together far more than is left.
const ROWS: usize = 150_000;
const FILLER: usize = 3 << 10;

/// How a format writes its begin, a row of a number and a filler, and its end.
type Form = (
    &'static str,
    &'static str,
    fn(usize, &str) -> String,
    &'static str,
);

const FORMS: [Form; 5] = [
    (
        "json",
        "{\"response\":{\"body\":{\"items\":[",
        |row, filler| {
            let comma = if row == 0 { "" } else { ",\n" };
            format!("{comma}{{\"이름\":\"주차장 {row}\",\"면수\":{row},\"설명\":\"{filler}\"}}")
        },
        "],\"totalCount\":150000}}}",
    ),
    (
        "ndjson",
        "",
        |row, filler| {
            format!("{{\"이름\":\"주차장 {row}\",\"면수\":{row},\"설명\":\"{filler}\"}}\n")
        },
        "",
    ),
    (
        "xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><body><items>\n",
        |row, filler| {
            format!(
                "<item><이름>주차장 {row}</이름><면수>{row}</면수><설명>{filler}</설명></item>\n"
            )
        },
        "</items></body></response>",
    ),
    (
        "geojson",
        "{\"type\":\"FeatureCollection\",\"features\":[",
        |row, filler| {
            let comma = if row == 0 { "" } else { ",\n" };
            format!(
                "{comma}{{\"type\":\"Feature\",\"geometry\":null,\"properties\":{{\"이름\":\"주차장 {row}\",\"면수\":{row},\"설명\":\"{filler}\"}}}}"
            )
        },
        "]}",
    ),
    (
        "csv",
        "이름,면수,설명\n",
        |row, filler| format!("주차장 {row},{row},{filler}\n"),
        "",
    ),
];

#[test]
fn a_file_larger_than_memory_streams_whatever_its_format() {
    let filler = "가나다".repeat(FILLER / 9);
    for (kind, begin, row, end) in FORMS {
        let mut manifest = parking();
        manifest.format = format!("{{ kind = \"{kind}\" }}");
        manifest.source = format!("{{ kind = \"file\", path = \"parking.{kind}\" }}");
        let city = TestCity::new()
            .dataset(&manifest)
            .file(&format!("parking.{kind}"), begin);
        let path = city.path(&format!("inbox/parking.{kind}"));
        let file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        let mut file = std::io::BufWriter::with_capacity(1 << 20, file);
        for number in 0..ROWS {
            file.write_all(row(number, &filler).as_bytes()).unwrap();
        }
        file.write_all(end.as_bytes()).unwrap();
        file.into_inner().unwrap();
        let ran = city.load_within(MEMORY_KIB);
        assert_eq!(
            (ran.code, ran.accounting().as_str()),
            (0, "loaded: read 150000 = accepted 150000 + quarantined 0"),
            "{kind}: {ran:?}"
        );
    }
}
