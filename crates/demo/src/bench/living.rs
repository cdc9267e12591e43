//! People present by day, hour and neighbourhood: wide, a column for each age, as one large file; long, a row for each age, as a
//! table that grows by days, with a board over it.

use std::ops::Range;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta};

use super::{CITY, column};
use crate::dice::Dice;
use crate::forms::{Charset, Csv, Form as _, whole};
use crate::{DemoError, cells};

/// Neighbourhoods of a large city.
const DONGS: u64 = 424;
/// Hours of a day.
const HOURS: u64 = 24;
/// Ages counted together.
const BANDS: [&str; 14] = [
    "0세부터9세",
    "10세부터14세",
    "15세부터19세",
    "20세부터24세",
    "25세부터29세",
    "30세부터34세",
    "35세부터39세",
    "40세부터44세",
    "45세부터49세",
    "50세부터54세",
    "55세부터59세",
    "60세부터64세",
    "65세부터69세",
    "70세이상",
];

/// Age groups of the long form.
const AGES: u64 = 7;
/// Columns of the long form: name, title, type.
const LONG: [(&str, &str, &str); 6] = [
    ("day", "기준일자", "date"),
    ("hour", "시간대", "integer"),
    ("dong_code", "행정동코드", "code"),
    ("sex", "성별", "text"),
    ("age_group", "연령대", "text"),
    ("people", "생활인구수", "number"),
];

/// A measure of the board: id, title, `compute`, what it is of, and how it is shown.
struct Figure {
    id: &'static str,
    title: &'static str,
    compute: &'static str,
    filter: &'static str,
    /// The dimension it is broken down by on the board, and the word of its view.
    shown: (&'static str, &'static str),
}

/// Twelve figures that read different columns, rows and groups.
const FIGURES: [Figure; 12] = [
    figure("people", "한 칸의 평균", AVERAGE, "", ("", "number")),
    figure(
        "median_at_six",
        "오후 여섯 시의 가운데 값",
        "{ kind = \"percentile\", column = \"people\", percent = 50 }",
        "hour = 18",
        ("", "number"),
    ),
    figure("night", "밤의 평균", AVERAGE, "hour < 6", ("", "number")),
    figure("rows", "센 칸", "{ kind = \"count\" }", "", ("", "number")),
    figure("children", "아이", SUM, "age_group = '0-9'", ("", "number")),
    figure(
        "busy_share",
        "붐비는 칸의 몫",
        "{ kind = \"share\", part = \"people > 1000\" }",
        "",
        ("", "number"),
    ),
    figure("by_hour", "시각마다", AVERAGE, "", ("hour", "bar")),
    figure("by_month", "달마다", SUM, "", ("month", "bar")),
    figure("by_dong", "동마다", SUM, "", ("dong_code", "table")),
    figure("by_day", "날마다", SUM, "", ("", "line")),
    figure(
        "old_by_dong",
        "동마다 예순 이상, 낮 열두 시",
        SUM,
        "hour = 12 and age_group = '60+'",
        ("dong_code", "table"),
    ),
    figure(
        "women_by_age",
        "나이마다 여자",
        AVERAGE,
        "sex = '여'",
        ("age_group", "bar"),
    ),
];
const SUM: &str = "{ kind = \"sum\", column = \"people\" }";
const AVERAGE: &str = "{ kind = \"average\", column = \"people\" }";

const fn figure(
    id: &'static str,
    title: &'static str,
    compute: &'static str,
    filter: &'static str,
    shown: (&'static str, &'static str),
) -> Figure {
    Figure {
        id,
        title,
        compute,
        filter,
        shown,
    }
}

/// Writes the folder of a city whose one dataset grows by what arrives in `inbox/living.csv`, with a board, `living`, of
/// twelve measures over it. Answers the measures' ids, each with what its panel is broken down by: a dimension, `time`,
/// or nothing.
///
/// # Errors
/// When the disk fails.
pub fn city(folder: &Path) -> Result<Vec<(String, String)>, DemoError> {
    whole(&folder.join("city.toml"), CITY.as_bytes())?;
    whole(
        &folder.join("datasets/bench/living.toml"),
        long_manifest().as_bytes(),
    )?;
    let mut board =
        "id = \"living\"\ntitle = \"생활인구\"\ndescription = \"성능을 잽니다.\"\npanels = [\n"
            .to_owned();
    let mut told = Vec::new();
    for figure in &FIGURES {
        let path = folder.join(format!("measures/{}.toml", figure.id));
        whole(&path, figure.manifest().as_bytes())?;
        let (by, view) = figure.shown;
        board.push_str(&format!(
            "  {{ measure = \"{}\", view = \"{view}\"",
            figure.id
        ));
        if !by.is_empty() {
            board.push_str(&format!(", by = \"{by}\""));
        }
        board.push_str(" },\n");
        let by = if view == "line" { "time" } else { by };
        told.push((figure.id.to_owned(), by.to_owned()));
    }
    board.push_str("]\n");
    whole(&folder.join("boards/living.toml"), board.as_bytes())?;
    Ok(told)
}

impl Figure {
    fn manifest(&self) -> String {
        let Self {
            id, title, compute, ..
        } = self;
        let (by, view) = self.shown;
        let mut text = format!(
            "id = \"{id}\"\ntitle = \"{title}\"\nquestion = \"{title}: 얼마입니까?\"\ndataset = \"living\"\ncompute = {compute}\nunit = \"{}\"\n",
            if compute.contains("share") {
                "%"
            } else {
                "명"
            }
        );
        if !self.filter.is_empty() {
            text.push_str(&format!("filter = \"{}\"\n", self.filter));
        }
        if !by.is_empty() {
            text.push_str(&format!("dimensions = [\"{by}\"]\n"));
        }
        if view == "line" {
            text.push_str("time = { column = \"day\", step = \"day\" }\n");
        }
        if by == "month" {
            text.push_str(
                "\n[breakdowns.month]\ntitle = \"달\"\ncolumn = \"day\"\nstep = \"month\"\n",
            );
        }
        text
    }
}

/// Writes `count` rows of that dataset from the `first`-th on, counted from 0: one of a day, hour, neighbourhood, sex and age.
///
/// # Errors
/// When the disk fails.
pub fn part(first: u64, count: u64, file: &Path) -> Result<(), DemoError> {
    let heads = LONG.map(|(_, title, ..)| title.to_owned());
    let mut csv = Csv::new(file, Charset::Cp949, ',', &[], &heads)?;
    let mut dice = Dice::new(first.wrapping_add(7), "bench living");
    let begin = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    for number in first..first + count {
        let (age, rest) = (number % AGES, number / AGES);
        let (sex, rest) = (rest % 2, rest / 2);
        let (dong, rest) = (rest % DONGS, rest / DONGS);
        let (hour, days) = (rest % HOURS, rest / HOURS);
        let days = i64::try_from(days).unwrap_or_default();
        let row = [
            (begin + TimeDelta::days(days))
                .format("%Y-%m-%d")
                .to_string(),
            hour.to_string(),
            dong_code(dong),
            (if sex == 0 { "남" } else { "여" }).to_owned(),
            age_group(age),
            format!("{:.2}", dice.real(50.0, 1500.0)),
        ];
        csv.row(&row, None)?;
    }
    Box::new(csv).finish()
}

fn dong_code(dong: u64) -> String {
    format!("489{:07}", 5_100_000 + dong * 100)
}

/// The age group of a number below [`AGES`]: steps of ten years.
fn age_group(age: u64) -> String {
    match age {
        6 => "60+".to_owned(),
        age => format!("{}-{}", age * 10, age * 10 + 9),
    }
}

fn long_manifest() -> String {
    let mut text = "id = \"living\"\ntitle = \"생활인구\"\ndescription = \"성능을 재는 생활인구 자료\"\nfield = \"bench\"\ndepartment = \"bench\"\ncadence = \"monthly\"\nrelease = \"open\"\nsource = { kind = \"file\", path = \"living.csv\" }\nformat = { kind = \"csv\", encoding = \"cp949\" }\nload = { mode = \"append\" }\n".to_owned();
    for (name, title, kind) in LONG {
        column(&mut text, title, name, kind, "[\"required\"]");
    }
    text
}

pub(super) fn rows(numbers: Range<u64>, seed: u64, csv: &mut Csv) -> Result<(), DemoError> {
    let mut dice = Dice::new(seed, "bench living");
    let begin = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    for number in numbers {
        let (hour, dong) = (number / DONGS % HOURS, number % DONGS);
        let days = i64::try_from(number / DONGS / HOURS).unwrap_or_default();
        let people: Vec<f64> = (0..2 * BANDS.len())
            .map(|_| dice.real(50.0, 1500.0))
            .collect();
        let mut row = cells![
            (begin + TimeDelta::days(days)).format("%Y-%m-%d"),
            hour,
            dong_code(dong),
            format!("{:.4}", people.iter().sum::<f64>())
        ];
        row.extend(people.iter().map(|people| format!("{people:.4}")));
        csv.row(&row, None)?;
    }
    Ok(())
}

pub(super) fn heads() -> Vec<String> {
    let mut heads = ["기준일", "시간대구분", "행정동코드", "총생활인구수"]
        .map(str::to_owned)
        .to_vec();
    for sex in ["남자", "여자"] {
        heads.extend(BANDS.map(|band| format!("{sex}{band}생활인구수")));
    }
    heads
}

pub(super) fn manifest() -> String {
    let mut text = "id = \"living\"\ntitle = \"생활인구\"\ndescription = \"성능을 재는 생활인구 자료\"\nfield = \"bench\"\ndepartment = \"bench\"\ncadence = \"monthly\"\nrelease = \"open\"\nsource = { kind = \"file\", path = \"living.csv\" }\nformat = { kind = \"csv\", encoding = \"cp949\" }\nload = { mode = \"snapshot\", key = [\"day\", \"hour\", \"dong_code\"] }\n".to_owned();
    for (at, title) in heads().iter().enumerate() {
        let (name, kind, checks) = match at {
            0 => ("day".to_owned(), "date", "[\"required\"]"),
            1 => (
                "hour".to_owned(),
                "integer",
                "[\"required\", { range = { min = 0, max = 23 } }]",
            ),
            2 => ("dong_code".to_owned(), "code", "[\"required\"]"),
            3 => (
                "people".to_owned(),
                "number",
                "[\"required\", { range = { min = 0, max = 1000000 } }]",
            ),
            _ => (
                format!("people_{}", at - 3),
                "number",
                "[{ range = { min = 0, max = 100000 } }]",
            ),
        };
        column(&mut text, title, &name, kind, checks);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.csv");
        part(DONGS * HOURS * 2 * AGES - 1, 2, &file).unwrap();
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let days: Vec<_> = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().unwrap())
            .collect();
        assert_eq!(days, ["2020-01-01", "2020-01-02"]);
    }

    #[test]
    fn the_city_is_one_that_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let told = city(folder.path()).unwrap();
        assert_eq!(told.len(), 12);
        let (read, faults) = city::read::city(folder.path());
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(read.unwrap().measures.len(), 12);
    }
}
