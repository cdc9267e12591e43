//! Rows of twenty columns under thirty rules, some of them broken on purpose: what checking alone costs.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use chrono::{NaiveDate, TimeDelta};
use parquet::arrow::ArrowWriter;

use crate::DemoError;
use crate::dice::Dice;
use crate::forms::{Charset, Csv, Form as _, whole};

/// One row in so many breaks a rule, and no other.
const FAULTY: u64 = 200;
/// Rows of a batch.
const BATCH: u64 = 65_536;
/// Offices that a row may name.
const OFFICES: i64 = 500;

/// Title, name, type and checks of each column.
const COLUMNS: [(&str, &str, &str, &str); 20] = [
    (
        "허가번호",
        "permit_no",
        "code",
        "[\"required\", { pattern = \"P[0-9]{9}\" }]",
    ),
    (
        "기관코드",
        "office",
        "code",
        "[\"required\", { refers-to = { dataset = \"offices\", column = \"code\" } }]",
    ),
    (
        "종류",
        "kind",
        "text",
        "[\"required\", { in = [\"신축\", \"증축\", \"개축\", \"대수선\", \"용도변경\"] }]",
    ),
    (
        "상태",
        "status",
        "text",
        "[\"required\", { in = [\"접수\", \"검토\", \"허가\", \"착공\", \"사용승인\"] }]",
    ),
    (
        "신청일",
        "applied_on",
        "date",
        "[\"required\", { range = { min = \"2015-01-01\" } }]",
    ),
    (
        "허가일",
        "decided_on",
        "date",
        "[{ range = { max = \"2030-12-31\" } }]",
    ),
    ("유효일", "valid_until", "date", ""),
    (
        "행정동코드",
        "district",
        "code",
        "[\"required\", { pattern = \"[0-9]{10}\" }]",
    ),
    (
        "주소",
        "address",
        "text",
        "[\"required\", { max-length = 60 }]",
    ),
    ("건물이름", "name", "text", "[{ max-length = 40 }]"),
    (
        "전화번호",
        "phone",
        "code",
        "[{ pattern = \"0[0-9]{1,2}-[0-9]{3,4}-[0-9]{4}\" }]",
    ),
    (
        "전자우편",
        "email",
        "text",
        "[{ pattern = \"[a-z0-9.]+@[a-z0-9.]+[.]kr\" }]",
    ),
    (
        "연면적",
        "area",
        "number",
        "[{ range = { min = 0, max = 100000 } }]",
    ),
    (
        "층수",
        "floors",
        "integer",
        "[{ range = { min = 0, max = 100 } }]",
    ),
    (
        "남자",
        "men",
        "integer",
        "[{ range = { min = 0, max = 5000 } }]",
    ),
    (
        "여자",
        "women",
        "integer",
        "[{ range = { min = 0, max = 5000 } }]",
    ),
    ("사람", "total", "integer", "[\"required\"]"),
    (
        "수수료",
        "fee",
        "integer",
        "[{ range = { min = 0, max = 10000000 } }]",
    ),
    (
        "경도좌표",
        "x",
        "number",
        "[{ range = { min = 126.95, max = 127.15 } }]",
    ),
    (
        "위도좌표",
        "y",
        "number",
        "[{ range = { min = 37.20, max = 37.38 } }]",
    ),
];

/// The rules, each by its word and columns, in the order they are broken in.
pub const RULES: [&str; 30] = [
    "required permit_no",
    "pattern permit_no",
    "unique permit_no",
    "required office",
    "refers-to office",
    "required kind",
    "in kind",
    "required status",
    "in status",
    "required applied_on",
    "range applied_on",
    "range decided_on",
    "required district",
    "pattern district",
    "required address",
    "max-length address",
    "max-length name",
    "pattern phone",
    "pattern email",
    "range area",
    "range floors",
    "range men",
    "range women",
    "required total",
    "range fee",
    "range x",
    "range y",
    "date-order applied_on decided_on",
    "date-order decided_on valid_until",
    "sum-equals total",
];

/// The manifest of the rows.
pub fn manifest() -> String {
    let mut text = "id = \"permits\"\ntitle = \"건축허가\"\ndescription = \"점검의 성능을 재는 건축허가 자료\"\nfield = \"bench\"\ndepartment = \"bench\"\ncadence = \"daily\"\nrelease = \"open\"\nsource = { kind = \"file\", path = \"permits.csv\" }\nformat = { kind = \"csv\" }\nload = { mode = \"snapshot\", key = [\"permit_no\"] }\nchecks = [\n  { date-order = [\"applied_on\", \"decided_on\"] },\n  { date-order = [\"decided_on\", \"valid_until\"] },\n  { sum-equals = { total = \"total\", parts = [\"men\", \"women\"] } },\n]\n".to_owned();
    for (title, name, kind, checks) in COLUMNS {
        super::column(&mut text, title, name, kind, checks);
    }
    text
}

/// The codes that `refers-to` looks up.
pub fn offices() -> Vec<String> {
    (0..OFFICES)
        .map(|number| format!("{:07}", 3_000_000 + number * 13))
        .collect()
}

/// Writes `manifest.toml`, `offices.txt` (a code a line), the rows as `rows.parquet` and `rows.csv`, and in
/// `planted.json` how many values break each rule.
///
/// # Errors
/// When the disk fails.
pub fn write(rows: u64, out: &Path) -> Result<(), DemoError> {
    whole(&out.join("manifest.toml"), manifest().as_bytes())?;
    whole(&out.join("offices.txt"), offices().join("\n").as_bytes())?;
    let schema = Arc::new(Schema::new(
        COLUMNS
            .iter()
            .map(|(_, name, kind, _)| Field::new(*name, data_type(kind), true))
            .collect::<Vec<_>>(),
    ));
    let file = File::create(out.join("rows.parquet"))?;
    let mut table = ArrowWriter::try_new(file, Arc::clone(&schema), None)?;
    let heads: Vec<String> = COLUMNS.iter().map(|column| column.1.to_owned()).collect();
    let mut csv = Csv::new(&out.join("rows.csv"), Charset::Utf8, ',', &[], &heads)?;
    let mut planted: BTreeMap<&str, u64> = RULES.iter().map(|rule| (*rule, 0)).collect();
    let (mut dice, offices) = (Dice::new(7, "bench checks"), offices());
    for first in (0..rows).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let mut made = Vec::new();
        for number in first..rows.min(first + BATCH) {
            let mut row = sound(number, &offices, &mut dice);
            if let Some(rule) = broken_at(number) {
                spoil(&mut row, rule, number);
                *planted.entry(rule).or_default() += 1;
            }
            csv.row(&row.iter().map(Cell::text).collect::<Vec<_>>(), None)?;
            made.push(row);
        }
        table.write(&batch(&schema, &made)?)?;
    }
    table.close()?;
    Box::new(csv).finish()?;
    Ok(whole(
        &out.join("planted.json"),
        &serde_json::to_vec_pretty(&planted)?,
    )?)
}

/// A cell of a row.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Nothing,
    Text(String),
    Day(NaiveDate),
    Whole(i64),
    Number(f64),
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Day(day) => day.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Which rule a row breaks.
fn broken_at(number: u64) -> Option<&'static str> {
    if number % FAULTY != FAULTY - 1 {
        return None;
    }
    let at = number / FAULTY;
    let count = u64::try_from(RULES.len()).unwrap_or(1);
    // A second row without its key would be a double for programs that take nothing for a value.
    if at > 0 && at.is_multiple_of(count) {
        return None;
    }
    usize::try_from(at % count)
        .ok()
        .and_then(|at| RULES.get(at))
        .copied()
}

fn permit(number: u64) -> Cell {
    Cell::Text(format!("P{number:09}"))
}

/// A row that keeps every rule.
fn sound(number: u64, offices: &[String], dice: &mut Dice) -> Vec<Cell> {
    let begin = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap_or_default();
    let applied = begin + TimeDelta::days(dice.between(0, 3600));
    let decided = applied + TimeDelta::days(dice.between(0, 90));
    let (men, women) = (dice.between(0, 400), dice.between(0, 400));
    let text = |text: String| Cell::Text(text);
    let word = |word: &str| Cell::Text(word.to_owned());
    #[expect(
        clippy::cast_precision_loss,
        reason = "a tenth of a square metre, a millionth of a degree"
    )]
    let number_of = |whole: i64, part: f64| Cell::Number(whole as f64 / part);
    vec![
        permit(number),
        text(dice.pick(offices).clone()),
        word(dice.pick::<&str>(&["신축", "증축", "개축", "대수선", "용도변경"])),
        word(dice.pick::<&str>(&["접수", "검토", "허가", "착공", "사용승인"])),
        Cell::Day(applied),
        if dice.chance(0.2) {
            Cell::Nothing
        } else {
            Cell::Day(decided)
        },
        if dice.chance(0.2) {
            Cell::Nothing
        } else {
            Cell::Day(decided + TimeDelta::days(dice.between(0, 1000)))
        },
        text(format!("48995{:05}", dice.between(0, 40) * 100)),
        text(format!(
            "한빛시 새빛구 햇살로 {}번길 {}",
            dice.between(1, 300),
            dice.between(1, 99)
        )),
        text(format!("한빛 {}차 상가", dice.between(1, 30))),
        text(format!(
            "031-{:04}-{:04}",
            dice.between(200, 9999),
            dice.between(0, 9999)
        )),
        text(format!("permit{}@city.hanbit.kr", dice.between(1, 5000))),
        number_of(dice.between(100, 900_000), 10.0),
        Cell::Whole(dice.between(1, 40)),
        Cell::Whole(men),
        Cell::Whole(women),
        Cell::Whole(men + women),
        Cell::Whole(dice.between(0, 900) * 1000),
        number_of(dice.between(126_951_000, 127_149_000), 1e6),
        number_of(dice.between(37_201_000, 37_379_000), 1e6),
    ]
}

/// Breaks one rule of a row and no other.
fn spoil(row: &mut [Cell], rule: &str, number: u64) {
    let mut set = |name: &str, cell: Cell| {
        let at = COLUMNS.iter().position(|column| column.1 == name);
        if let Some(place) = at.and_then(|at| row.get_mut(at)) {
            *place = cell;
        }
    };
    let word = |word: &str| Cell::Text(word.to_owned());
    let day =
        |year, month, day| Cell::Day(NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default());
    let (check, column) = rule.split_once(' ').unwrap_or((rule, ""));
    match (check, column) {
        ("required", name) => set(name, Cell::Nothing),
        ("unique", name) => set(name, permit(number.saturating_sub(1))),
        ("pattern", "permit_no") => set(column, Cell::Text(format!("X{number:09}"))),
        ("pattern", name) => set(name, word("모름")),
        ("refers-to", name) => set(name, word("9999999")),
        ("in", name) => set(name, word("기타")),
        ("max-length", name) => set(name, word(&"긴".repeat(61))),
        ("range", "applied_on") => set(column, day(2014, 12, 31)),
        ("range", "decided_on") => {
            set(column, day(2031, 1, 1));
            set("valid_until", Cell::Nothing);
        }
        ("range", name @ ("men" | "women")) => {
            set("men", Cell::Whole(0));
            set("women", Cell::Whole(0));
            set(name, Cell::Whole(-1));
            set("total", Cell::Whole(-1));
        }
        ("range", name @ ("floors" | "fee")) => set(name, Cell::Whole(-1)),
        ("range", name) => set(name, Cell::Number(-1.5)),
        ("date-order", "applied_on decided_on") => {
            set("applied_on", day(2020, 5, 2));
            set("decided_on", day(2020, 5, 1));
            set("valid_until", Cell::Nothing);
        }
        ("date-order", _) => {
            set("applied_on", day(2020, 5, 1));
            set("decided_on", day(2020, 5, 2));
            set("valid_until", day(2020, 5, 1));
        }
        _ => {
            set("men", Cell::Whole(10));
            set("women", Cell::Whole(20));
            set("total", Cell::Whole(31));
        }
    }
}

fn data_type(kind: &str) -> DataType {
    match kind {
        "integer" => DataType::Int64,
        "number" => DataType::Float64,
        "date" => DataType::Date32,
        _ => DataType::Utf8,
    }
}

fn batch(schema: &Arc<Schema>, rows: &[Vec<Cell>]) -> Result<RecordBatch, DemoError> {
    let array = |(at, field): (usize, &Arc<Field>)| -> ArrayRef {
        let cells = rows.iter().map(|row| row.get(at));
        match field.data_type() {
            DataType::Int64 => Arc::new(
                cells
                    .map(|cell| {
                        if let Some(Cell::Whole(number)) = cell {
                            Some(*number)
                        } else {
                            None
                        }
                    })
                    .collect::<Int64Array>(),
            ),
            DataType::Float64 => Arc::new(
                cells
                    .map(|cell| {
                        if let Some(Cell::Number(number)) = cell {
                            Some(*number)
                        } else {
                            None
                        }
                    })
                    .collect::<Float64Array>(),
            ),
            DataType::Date32 => Arc::new(
                cells
                    .map(|cell| {
                        if let Some(Cell::Day(day)) = cell {
                            Some(days(*day))
                        } else {
                            None
                        }
                    })
                    .collect::<Date32Array>(),
            ),
            _ => Arc::new(
                cells
                    .map(|cell| {
                        if let Some(Cell::Text(text)) = cell {
                            Some(text.as_str())
                        } else {
                            None
                        }
                    })
                    .collect::<StringArray>(),
            ),
        }
    };
    let arrays = schema.fields().iter().enumerate().map(array).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays)?)
}

/// Days since 1970.
fn days(day: NaiveDate) -> i32 {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    i32::try_from((day - epoch).num_days()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_rules_over_twenty_columns_and_each_is_broken() {
        let (dataset, faults) = city::read::dataset_text(Path::new("m.toml"), &manifest());
        assert!(faults.is_empty(), "{faults:?}");
        let dataset = dataset.unwrap();
        let of_columns: usize = dataset
            .columns
            .iter()
            .map(|column| column.checks.len())
            .sum();
        let rules = of_columns + dataset.checks.len() + dataset.load.key.len();
        assert_eq!((dataset.columns.len(), rules), (20, RULES.len()));
        let folder = tempfile::tempdir().unwrap();
        write(12_000, folder.path()).unwrap();
        let text = std::fs::read_to_string(folder.path().join("planted.json")).unwrap();
        let planted: BTreeMap<String, u64> = serde_json::from_str(&text).unwrap();
        assert_eq!(planted.len(), RULES.len());
        // Sixty rows are broken; the key is left out once, not twice.
        assert_eq!(planted.values().sum::<u64>(), 59);
        assert!(planted.values().all(|count| *count > 0));
    }
}
