//! Lines of NDJSON that are no rows, and messages that do not say everything.

use std::sync::Mutex;

use arrow::array::AsArray as _;
use city::{Dataset, Why};

use super::*;

const COLUMNS: &str = r#"
id = "air"
title = "공기"
description = "한 행이 측정 하나다."
field = "environment"
department = "environment"
cadence = "hourly"
format = { kind = "ndjson" }
columns = [
  { name = "sensor", title = "센서", source = "id", type = "code", privacy = "none" },
  { name = "dust", title = "먼지", source = "pm10", type = "number", privacy = "none" },
]
"#;
const FILE: &str = r#"source = { kind = "file", path = "*.ndjson" }"#;
const MQTT: &str = r#"source = { kind = "mqtt", url = "mqtt://broker", topic = "air/#" }"#;

#[derive(Default)]
struct Kept(Mutex<Vec<Block>>);

impl Sink for Kept {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(block);
        Ok(())
    }
}

/// Rows read, sensors of sound rows, and the broken ones; or the faults.
type Told = Result<(u64, Vec<String>, Vec<BrokenRow>), Vec<String>>;

fn decoded(source: &str, text: &str) -> Told {
    let dataset: Dataset = toml::from_str(&format!("{source}\n{COLUMNS}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    std::fs::write(&path, text).unwrap();
    let name = "a.ndjson".to_owned();
    let kept = Kept::default();
    let done = match decode(&dataset, "EPSG:5186", &[Input { name, path }], 1, &kept) {
        Ok(done) => done,
        Err(DecodeError::Input(faults)) => {
            return Err(faults.iter().map(ToString::to_string).collect());
        }
        Err(error) => panic!("{error}"),
    };
    let (mut sensors, mut broken) = (Vec::new(), Vec::new());
    for block in kept.0.into_inner().unwrap() {
        let column = block.rows.column_by_name("sensor").unwrap();
        let column = column.as_string::<i32>();
        sensors.extend(column.iter().map(|sensor| sensor.unwrap_or("-").to_owned()));
        broken.extend(block.broken);
    }
    Ok((done.rows_read, sensors, broken))
}

#[test]
fn a_line_that_is_no_record_is_put_aside_with_its_place() {
    let text =
        "{\"id\":\"a\",\"pm10\":1}\n[\"b\",2,null]\n\nasleep\n{\"id\":\"c\",\"pm10\":3}\n7\n";
    let (read, sensors, broken) = decoded(FILE, text).unwrap();
    assert_eq!((read, sensors.join(" ").as_str()), (5, "a c"));
    let told: Vec<_> = broken
        .iter()
        .map(|row| {
            (
                row.file.as_str(),
                row.row,
                row.raw.join("|"),
                &row.reason.why,
            )
        })
        .collect();
    let row = |line, raw: &str| ("a.ndjson", line, raw.to_owned(), &Why::NoRecord);
    assert_eq!(told, [row(2, "b|2|"), row(4, "asleep"), row(6, "7")]);
}

#[test]
fn a_file_that_is_cut_off_or_no_ndjson_at_all_is_refused() {
    let cut = decoded(FILE, "{\"id\":\"a\",\"pm10\":1}\n{\"id\":\"b\",\"pm").unwrap_err();
    assert!(cut[0].starts_with("a.ndjson:2:13: is not JSON"), "{cut:?}");
    let other = decoded(FILE, "id,pm10\na,1\n").unwrap_err();
    assert!(
        other[0].starts_with("a.ndjson:1:1: is not JSON"),
        "{other:?}"
    );
}

#[test]
fn what_no_device_said_is_unknown_and_what_a_file_lacks_is_told() {
    let text = "{\"pm10\":1}\n";
    assert_eq!(decoded(MQTT, text).unwrap().1, ["-"]);
    let missing = decoded(FILE, text).unwrap_err();
    assert!(
        missing[0].contains("the source has no column `id`"),
        "{missing:?}"
    );
}

#[test]
fn a_minute_in_which_nobody_said_a_row_is_put_aside_whole() {
    let (read, sensors, broken) =
        decoded(MQTT, "[\"air/1\",\"asleep\"]\n[\"air/2\",\"asleep\"]\n").unwrap();
    assert_eq!((read, sensors.len(), broken.len()), (2, 0, 2));
}
