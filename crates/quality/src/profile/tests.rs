//! Faults planted in an invented table are found; a clean table gives no finding.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use city::profile::{Finding, Method, Profile, Stand, What};
use city::{Column, Dataset};
use proptest::prelude::*;
use serde_json::json;

use super::{Areas, Around, Profiler};

/// A column of a type.
pub(crate) fn column(name: &str, kind: &str) -> Column {
    serde_json::from_value(json!({
        "name": name, "title": name, "type": kind, "privacy": "none"
    }))
    .unwrap()
}

const COLUMNS: [(&str, &str, &str); 10] = [
    ("id", "관리번호", "text"),
    ("name", "시설명", "text"),
    ("kind", "종류", "text"),
    ("district", "시군구명", "text"),
    ("address", "소재지도로명주소", "text"),
    ("phone", "전화번호", "text"),
    ("area", "면적", "number"),
    ("spaces", "주차구획수", "integer"),
    ("opened", "개장일", "date"),
    ("note", "비고", "text"),
];

fn dataset() -> Dataset {
    let columns: Vec<serde_json::Value> = COLUMNS
        .iter()
        .map(|(name, title, kind)| {
            json!({"name": name, "title": title, "type": kind, "privacy": "none"})
        })
        .collect();
    serde_json::from_value(json!({
        "id": "places", "title": "곳", "description": "곳", "field": "traffic", "department": "traffic",
        "cadence": "yearly", "source": {"kind": "file", "path": "a.csv"}, "format": {"kind": "csv"},
        "load": {"key": ["id"]}, "columns": columns,
    }))
    .unwrap()
}

/// A row of the invented table.
#[derive(Clone, Debug)]
struct Row {
    id: String,
    name: String,
    kind: String,
    district: String,
    address: String,
    phone: Option<String>,
    area: f64,
    spaces: i64,
    opened: i32,
    note: Option<String>,
    place: (f64, f64),
}

const BOUNDS: [f64; 4] = [127.0, 37.0, 127.4, 37.3];

/// Numbers that depend on nothing but the seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

const SYLLABLES: [&str; 16] = [
    "가", "노", "두", "레", "미", "바", "소", "이", "주", "초", "코", "태", "푸", "하", "름", "별",
];
const KINDS: [&str; 4] = ["공영", "민영주차", "부설", "임시개방"];
const ROADS: [&str; 5] = ["중앙로", "바람길", "강변대로", "학교길", "시장로"];

fn clean(seed: u64, rows: usize) -> Vec<Row> {
    let mut dice = Dice(seed);
    (0..rows)
        .map(|at| {
            let name: String = (0..5)
                .map(|_| SYLLABLES[usize::try_from(dice.roll(16)).unwrap()])
                .collect();
            let road = usize::try_from(dice.roll(5)).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let (east, north, area) = (
                dice.roll(20_000) as f64 / 1e6,
                dice.roll(20_000) as f64 / 1e6,
                (500 + dice.roll(900) + dice.roll(900)) as f64 / 10.0 + 0.05,
            );
            let number = |dice: &mut Dice, digits: u64| dice.roll(digits * 8) + digits + 1;
            Row {
                id: format!("P-{at:05}"),
                name: format!("{name}{at}주차장"),
                kind: KINDS[usize::try_from(dice.roll(4)).unwrap()].to_owned(),
                district: ["가온시", "나래군"][road % 2].to_owned(),
                address: format!(
                    "강원특별자치도 {} {} {}",
                    ["가온시", "나래군"][road % 2],
                    ROADS[road],
                    dice.roll(180) + 1
                ),
                phone: (dice.roll(10) > 0)
                    .then(|| format!("033-{}-{}", number(&mut dice, 100), number(&mut dice, 1000))),
                area,
                spaces: i64::try_from(10 + dice.roll(120)).unwrap(),
                opened: i32::try_from(15_000 + dice.roll(4_000)).unwrap(),
                note: None,
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                place: (
                    127.04 + road as f64 * 0.06 + east + 0.000_000_3,
                    37.04 + road as f64 * 0.04 + north + 0.000_000_3,
                ),
            }
        })
        .collect()
}

fn batch(rows: &[Row], first: i64) -> RecordBatch {
    let texts = |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<StringArray>())
    };
    let floats = |of: &dyn Fn(&Row) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(rows.iter().map(of)))
    };
    let all: Vec<(&str, ArrayRef)> = vec![
        ("id", texts(&|row| Some(row.id.clone()))),
        ("name", texts(&|row| Some(row.name.clone()))),
        ("kind", texts(&|row| Some(row.kind.clone()))),
        ("district", texts(&|row| Some(row.district.clone()))),
        ("address", texts(&|row| Some(row.address.clone()))),
        ("phone", texts(&|row| row.phone.clone())),
        ("area", floats(&|row| row.area)),
        (
            "spaces",
            Arc::new(Int64Array::from_iter_values(
                rows.iter().map(|row| row.spaces),
            )),
        ),
        (
            "opened",
            Arc::new(Date32Array::from_iter_values(
                rows.iter().map(|row| row.opened),
            )),
        ),
        ("note", texts(&|row| row.note.clone())),
        ("longitude", floats(&|row| row.place.0)),
        ("latitude", floats(&|row| row.place.1)),
        ("_file", texts(&|_| Some("inbox/a.csv".to_owned()))),
        (
            "_row",
            Arc::new(Int64Array::from_iter_values((first..).take(rows.len()))),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(
        all.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

fn profile_with(rows: &[Row], areas: &Areas) -> Profile {
    let mut profiler = Profiler::new(&dataset());
    for (part, first) in rows.chunks(300).zip((2..).step_by(300)) {
        profiler.see(&batch(part, first)).unwrap();
    }
    let around = Around {
        bounds: BOUNDS,
        areas,
    };
    profiler.finish((1, "abc"), &around).unwrap()
}

fn profile(rows: &[Row]) -> Profile {
    profile_with(rows, &Areas::default())
}

fn words(profile: &Profile) -> Vec<String> {
    profile
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.what.word(), finding.columns.join("+")))
        .collect()
}

/// The one finding that changing some rows of a clean table gives.
fn found(change: impl Fn(usize, &mut Row)) -> Finding {
    let mut rows = clean(7, 400);
    for (at, row) in rows.iter_mut().enumerate() {
        change(at, row);
    }
    let profile = profile(&rows);
    assert_eq!(profile.findings.len(), 1, "{:?}", words(&profile));
    profile.findings[0].clone()
}

fn told(finding: &Finding) -> (&str, &str, u64) {
    (finding.what.word(), &finding.columns[0], finding.count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_clean_table_gives_no_finding(seed in any::<u64>(), rows in 0_usize..700) {
        let profile = profile(&clean(seed, rows));
        prop_assert_eq!(words(&profile), Vec::<String>::new());
        prop_assert_eq!(profile.rows, rows as u64);
    }

    #[test]
    fn whatever_stands_in_a_table_is_looked_at(texts in prop::collection::vec(prop::option::of(".{0,30}"), 1..80)) {
        let mut rows = clean(1, texts.len());
        for (row, text) in rows.iter_mut().zip(&texts) {
            row.phone.clone_from(text);
            row.address = text.clone().unwrap_or_default();
            row.area = f64::NAN;
            row.place = (f64::INFINITY, 0.0);
            row.spaces = i64::MAX;
        }
        let once = profile(&rows);
        prop_assert_eq!(once.columns.len(), COLUMNS.len());
        prop_assert_eq!(serde_json::to_string(&profile(&rows)).unwrap(), serde_json::to_string(&once).unwrap());
    }
}

#[test]
fn columns_are_counted() {
    let rows = clean(3, 500);
    let profile = profile(&rows);
    let of = |name: &str| {
        profile
            .columns
            .iter()
            .find(|column| column.name == name)
            .unwrap()
    };
    assert_eq!(of("kind").distinct.count, 4);
    assert_eq!(of("kind").top.iter().map(|top| top.count).sum::<u64>(), 500);
    assert_eq!(of("note").nulls, 500);
    assert_eq!(
        of("phone").patterns[0].value,
        "033-999-9999".replace(['0', '3'], "9")
    );
    assert_eq!(of("id").top, [], "values that stand once are not frequent");
    let area = of("area").numbers.as_ref().unwrap();
    assert_eq!(area.bins.iter().map(|bin| bin.count).sum::<u64>(), 500);
    assert!(area.min <= area.quantiles[0] && area.quantiles[3] <= area.quantiles[6]);
    let opened = of("opened");
    assert_eq!(opened.times.iter().map(|time| time.count).sum::<u64>(), 500);
    assert_eq!(
        opened.times[0].value.len(),
        4,
        "eleven years are shown by year"
    );
    assert_eq!(profile.sample, None);
}

#[test]
fn values_that_stand_for_nothing() {
    let finding = found(|at, row| {
        if at % 20 == 3 {
            row.opened = -25_567;
        }
    });
    assert_eq!(told(&finding), ("default", "opened", 20));
    assert_eq!(finding.examples[0].values, ["1900-01-01"]);
    assert_eq!(finding.examples[0].rows[0].row, 5);
    let finding = found(|at, row| {
        if at % 20 == 3 {
            row.phone = Some("033-0000-0000".to_owned());
        }
    });
    assert_eq!(told(&finding), ("default", "phone", 20));
    let finding = found(|at, row| {
        if at % 50 == 3 {
            row.spaces = 9999;
        }
    });
    assert_eq!(told(&finding), ("default", "spaces", 8));
    let finding = found(|at, row| {
        if at % 9 == 3 {
            row.phone = Some("033-250-3114".to_owned());
        }
    });
    assert_eq!(
        finding.what,
        What::Default {
            stand: Stand::Frequent
        }
    );
    let finding = found(|_, row| row.note = Some("없음".to_owned()));
    assert_eq!(told(&finding), ("one-value", "note", 400));
}

#[test]
fn numbers_far_from_all_others() {
    let finding = found(|at, row| {
        if at == 77 {
            row.area = 13_500.0;
        }
    });
    let What::Outliers { method, low, high } = finding.what else {
        panic!("{finding:?}");
    };
    assert_eq!((method, finding.count), (Method::Mad, 1));
    assert!(low.unwrap() >= 50.0 && high.unwrap() <= 240.0);
    assert_eq!(finding.examples[0].rows[0].row, 79);
    // Few are large where small values are many: told by logarithms.
    let finding = found(|at, row| {
        let step = i32::try_from(at % 97).unwrap();
        row.area = 10.0 * 1.05_f64.powi(step) + 0.5;
        if at == 5 {
            row.area = 5e9;
        }
    });
    assert!(matches!(
        finding.what,
        What::Outliers {
            method: Method::LogTukey,
            ..
        }
    ));
}

#[test]
fn cells_copied_down_and_counted_up() {
    let finding = found(|at, row| {
        if (100..125).contains(&at) {
            row.spaces = 33;
        }
    });
    assert_eq!(finding.what, What::CopiedDown { longest: 25 });
    assert_eq!(
        (
            finding.examples[0].rows[0].row,
            finding.examples[0].rows[1].row
        ),
        (102, 126)
    );
    let finding = found(|at, row| {
        if (100..112).contains(&at) {
            row.phone = Some(format!("033-250-{}", 4000 + at));
        }
    });
    assert_eq!(finding.what, What::CountingUp { longest: 12 });
    assert_eq!(finding.examples[0].values, ["033-250-4100", "033-250-4111"]);
}

#[test]
fn rows_that_stand_twice() {
    let mut rows = clean(7, 400);
    let mut again = rows[10].clone();
    again.id = "P-90000".to_owned();
    again.name = format!("{} ", again.name);
    again.address = again.address.replace("로 ", "로");
    rows.push(again.clone());
    // Elsewhere it is another.
    again.id = "P-90001".to_owned();
    again.place.0 += 0.1;
    rows.push(again);
    let profile = profile(&rows);
    let is_twice = |finding: &&Finding| finding.what.word() == "same-rows";
    let finding = profile.findings.iter().find(is_twice).unwrap();
    assert_eq!(finding.count, 1);
    let is_told = |word: &String| word.starts_with("same-name");
    assert!(!words(&profile).iter().any(is_told), "told once");
    assert!(
        matches!(&finding.what, What::SameRows { nearly: true, without } if without == &["id"])
    );
    assert_eq!(
        finding.examples[0]
            .rows
            .iter()
            .map(|row| row.row)
            .collect::<Vec<_>>(),
        [12, 402]
    );
    // The same place, some metres away, and with another number of spaces.
    let mut rows = clean(7, 400);
    let mut again = rows[10].clone();
    again.id = "P-90000".to_owned();
    again.spaces += 7;
    again.place.0 += 0.0001;
    rows.push(again);
    let told = words(&self::profile(&rows));
    assert_eq!(told, ["same-name-nearby name+longitude+latitude"]);
}

#[test]
fn two_spellings_of_one_thing() {
    let finding = found(|at, row| {
        if at % 100 == 3 {
            row.kind = "공 영".to_owned();
        }
    });
    assert_eq!(told(&finding), ("spellings", "kind", 4));
    let finding = found(|at, row| {
        if at == 200 {
            row.kind = "민영주챠".to_owned();
        }
    });
    assert_eq!(told(&finding), ("misspelt", "kind", 1));
    assert_eq!(finding.examples[0].values, ["민영주차", "민영주챠"]);
}

#[test]
fn places_that_cannot_be_right() {
    let at_point = |place: (f64, f64)| {
        found(move |at, row| {
            if at % 25 == 3 {
                row.place = place;
                // An address that says nothing about where it is.
                row.address = "주소".to_owned();
            }
        })
    };
    assert_eq!(
        told(&at_point((127.111_222_3, 37.111_222_3))),
        ("one-point", "longitude", 16)
    );
    assert_eq!(
        told(&at_point((127.200_000_3, 37.150_000_3))),
        ("centre", "longitude", 16)
    );
    assert_eq!(told(&at_point((0.0, 0.0))), ("zero", "longitude", 16));
    let finding = found(|at, row| {
        if at % 25 == 3 {
            row.place = (row.place.1, row.place.0);
            row.address = "주소".to_owned();
        }
    });
    assert_eq!(told(&finding), ("swapped", "longitude", 16));
    let finding = found(|at, row| {
        if at % 25 == 3 {
            row.place.0 += 1.0;
            row.address = "주소".to_owned();
        }
    });
    assert_eq!(told(&finding), ("outside", "longitude", 16));
    let finding = found(|at, row| {
        if at % 25 == 3 {
            row.place = (
                (row.place.0 * 1000.0).round() / 1000.0,
                (row.place.1 * 1000.0).round() / 1000.0,
            );
        }
    });
    assert_eq!(told(&finding), ("rounded", "longitude", 16));
}

#[test]
fn addresses_that_contradict_themselves() {
    let finding = found(|at, row| {
        if at % 100 == 3 {
            row.district = if row.district == "가온시" {
                "다솜시"
            } else {
                "다솜군"
            }
            .to_owned();
        }
    });
    assert_eq!(told(&finding), ("address-region", "address", 4));
    let finding = found(|at, row| {
        if at == 50 {
            row.place = (127.39 - row.place.0 + 127.0, 37.29 - row.place.1 + 37.0);
        }
    });
    assert_eq!(told(&finding), ("address-far", "address", 1));
}

fn square(west: f64, south: f64, size: f64) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(5_u32.to_le_bytes());
    for (x, y) in [
        (0.0, 0.0),
        (size, 0.0),
        (size, size),
        (0.0, size),
        (0.0, 0.0),
    ] {
        bytes.extend((west + x).to_le_bytes());
        bytes.extend((south + y).to_le_bytes());
    }
    bytes
}

#[test]
fn an_address_names_one_area_and_lies_in_another() {
    let mut areas = Areas::default();
    areas.add("가온동", &square(127.0, 37.0, 0.1));
    areas.add("나래동", &square(127.1, 37.0, 0.1));
    areas.add("조각", &[1, 2, 3]);
    let mut rows = clean(7, 60);
    for (at, row) in rows.iter_mut().enumerate() {
        row.address = format!("강원특별자치도 {} 가온동 {at}-1", row.district);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let east = (at as f64 * 37.0) % 60.0 * 0.001 + 0.012_345_6;
        row.place = (127.0 + east, 37.051_234_5 + east / 3.0);
    }
    assert_eq!(words(&profile_with(&rows, &areas)), Vec::<String>::new());
    rows[30].place.0 = 127.123_456_7;
    rows[31].place.0 = 127.100_123_4; // some metres beyond: boundaries are rough
    let profile = profile_with(&rows, &areas);
    let area = profile
        .findings
        .iter()
        .find(|finding| finding.what == What::AddressArea)
        .unwrap();
    assert_eq!(area.count, 1);
    assert_eq!(area.examples[0].values.last().unwrap(), "나래동");
}

#[test]
fn values_that_say_something_about_a_person_are_not_told() {
    let mut dataset = dataset();
    for column in &mut dataset.columns {
        column.privacy = city::PrivacyClass::Identifier;
    }
    let mut rows = clean(7, 400);
    for (at, row) in rows.iter_mut().enumerate() {
        if at % 9 == 3 {
            row.phone = Some("033-250-3114".to_owned());
        }
    }
    rows[20].area = 13_500.0;
    let mut profiler = Profiler::new(&dataset);
    profiler.see(&batch(&rows, 2)).unwrap();
    let areas = Areas::default();
    let around = Around {
        bounds: BOUNDS,
        areas: &areas,
    };
    let profile = profiler.finish((1, "abc"), &around).unwrap();
    assert_eq!(words(&profile), ["default phone", "outliers area"]);
    let said = serde_json::to_string(&profile).unwrap();
    assert!(
        !said.contains("3114") && !said.contains("13500") && !said.contains("주차장"),
        "{said}"
    );
}
