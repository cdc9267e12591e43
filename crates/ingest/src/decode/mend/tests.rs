//! Corrected rows read again.

use std::sync::Mutex;

use arrow::array::{AsArray as _, Float64Array};
use arrow::datatypes::Int64Type;
use city::Dataset;

use super::*;
use crate::{Input, Sink, SinkError};

const MANIFEST: &str = r#"
id = "lots"
title = "주차장"
description = "한 행이 주차장 하나다."
field = "traffic"
department = "transport"
cadence = "monthly"
source = { kind = "file", path = "lots.csv" }
format = { kind = "csv" }
place = { x = "x", y = "y", crs = "EPSG:4326" }
columns = [
  { name = "no", title = "번호", type = "code", privacy = "none" },
  { name = "spaces", title = "면수", type = "integer", privacy = "none" },
  { name = "x", title = "경도", type = "number", privacy = "none" },
  { name = "y", title = "위도", type = "number", privacy = "none" },
]
"#;

struct Kept(Mutex<Vec<Block>>);

impl Sink for Kept {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(block);
        Ok(())
    }
}

fn decoded(text: &str) -> (Dataset, Block) {
    let dataset: Dataset = toml::from_str(MANIFEST).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lots.csv");
    std::fs::write(&path, text).unwrap();
    let input = Input {
        name: "lots.csv".to_owned(),
        path,
    };
    let kept = Kept(Mutex::default());
    crate::decode(&dataset, "EPSG:5186", &[input], 1, &kept).unwrap();
    let mut blocks = kept.0.into_inner().unwrap();
    assert_eq!(blocks.len(), 1);
    (dataset, blocks.remove(0))
}

const TEXT: &str =
    "번호,면수,경도,위도\n1,10,127.0,37.3\n2,스무,127.1,37.2\n3,30,127.0,37.3,x\n4,40,127.0,37.3\n";

fn cells(of: &[&str]) -> Vec<String> {
    of.iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn a_cell_put_right_is_read_and_the_others_stay() {
    let (dataset, block) = decoded(TEXT);
    assert_eq!((block.rows.num_rows(), block.broken.len()), (3, 1));
    assert_eq!(block.faults.len(), 1);
    let mending = Mending {
        rows: [(1, cells(&["2", "20", "127.2", "37.2"]))].into(),
        broken: [(0, cells(&["3", "30", "127.3", "37.3"]))].into(),
    };
    let mended = block.mended(&dataset, "EPSG:5186", &mending).unwrap();
    assert_eq!(mended.faults, []);
    assert_eq!(mended.broken, []);
    let spaces = mended.rows.column_by_name("spaces").unwrap();
    let spaces: Vec<_> = spaces
        .as_primitive::<Int64Type>()
        .iter()
        .flatten()
        .collect();
    assert_eq!(spaces, [10, 20, 40, 30]);
    assert_eq!(mended.numbers(), [2, 3, 5, 4]);
    let longitude = mended.rows.column_by_name("longitude").unwrap();
    let longitude: &Float64Array = longitude.as_any().downcast_ref().unwrap();
    assert_eq!(longitude.values().to_vec(), [127.0, 127.2, 127.0, 127.3]);
    assert_eq!(mended.raw.cells(1), cells(&["2", "스무", "127.1", "37.2"]));
    assert_eq!(
        mended.raw.cells(3),
        cells(&["3", "30", "127.0", "37.3", "x"])
    );
}

#[test]
fn a_cell_put_wrong_is_told_at_its_new_place() {
    let (dataset, block) = decoded(TEXT);
    let mending = Mending {
        rows: [(0, cells(&["1", "열", "127.0", "37.3"]))].into(),
        broken: [(0, cells(&["3", "서른", "127.0", "37.3"]))].into(),
    };
    let mended = block.mended(&dataset, "EPSG:5186", &mending).unwrap();
    let places: Vec<u32> = mended.faults.iter().map(|fault| fault.row).collect();
    assert_eq!(places, [0, 1, 3]);
}

#[test]
fn rows_of_some_numbers_only() {
    let (_, block) = decoded(TEXT);
    let some = block.only(&|number| number == 3 || number == 4).unwrap();
    assert_eq!(some.numbers(), [3]);
    assert_eq!((some.faults.len(), some.broken.len()), (1, 1));
    assert_eq!(some.faults[0].row, 0);
    assert_eq!(some.raw.cells(0), cells(&["2", "스무", "127.1", "37.2"]));
}

#[test]
fn rows_at_some_places_are_left_out() {
    let (_, block) = decoded(TEXT);
    let rest = block.without(&[0].into()).unwrap();
    assert_eq!(rest.numbers(), [3, 5]);
    assert_eq!((rest.faults[0].row, rest.broken.len()), (0, 1));
}
