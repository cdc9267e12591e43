//! Large files for benchmarks: CP949, clean, of any number of rows; and, in modules of their own, a city of very many
//! datasets, a table that grows by key, and rows with faults in memory.
//!
//! Complaints come in no order that helps a reader; the living population comes by day and hour, as such files do.

pub mod catalogue;
pub mod checked;
pub mod keyed;

use std::path::Path;

use chrono::{NaiveDate, TimeDelta};

use crate::dice::Dice;
use crate::forms::{Charset, Csv, Form as _, whole};
use crate::world::World;
use crate::{DemoError, cells};

const NAMES: [&str; 20] = [
    "접수번호",
    "접수일자",
    "처리일자",
    "접수경로",
    "분야",
    "처리상태",
    "행정동코드",
    "행정동",
    "제목",
    "담당부서",
    "담당팀",
    "처리기한",
    "보완횟수",
    "첨부수",
    "만족도",
    "소요시간",
    "우선순위",
    "비고",
    "경도",
    "위도",
];

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

/// What the rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Complaints: twenty columns, most of them text, in no order but their numbers'.
    Complaints,
    /// People present by day, hour and neighbourhood: thirty-two columns, most of them numbers, in order of time.
    Living,
}

impl Kind {
    /// The kind of a word.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "complaints" => Some(Self::Complaints),
            "living" => Some(Self::Living),
            _ => None,
        }
    }

    /// Its word: the id of its dataset and the name of its file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complaints => "complaints",
            Self::Living => "living",
        }
    }
}

/// Writes a city folder with one dataset of a kind and `rows` rows of it.
///
/// # Errors
/// When the disk fails.
pub fn write(kind: Kind, rows: u64, out: &Path) -> Result<(), DemoError> {
    let (city, word) = (out.join("city"), kind.word());
    whole(&city.join("city.toml"), CITY.as_bytes())?;
    let (manifest, heads) = match kind {
        Kind::Complaints => (complaints_manifest(), NAMES.map(str::to_owned).to_vec()),
        Kind::Living => (living_manifest(), living_heads()),
    };
    whole(
        &city.join(format!("datasets/bench/{word}.toml")),
        manifest.as_bytes(),
    )?;
    whole(&out.join("box"), b"126.95,37.20,127.15,37.38\n")?;
    let mut csv = Csv::new(
        &city.join(format!("inbox/{word}.csv")),
        Charset::Cp949,
        ',',
        &[],
        &heads,
    )?;
    match kind {
        Kind::Complaints => complaints(rows, &mut csv)?,
        Kind::Living => living(rows, &mut csv)?,
    }
    Box::new(csv).finish()
}

fn complaints(rows: u64, csv: &mut Csv) -> Result<(), DemoError> {
    let world = World::new(7);
    let mut dice = Dice::new(7, "bench");
    for number in 0..rows {
        csv.row(&complaint(number, &world, &mut dice), None)?;
    }
    Ok(())
}

/// The cells of one complaint.
fn complaint(number: u64, world: &World, dice: &mut Dice) -> Vec<String> {
    let begin = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    let place = world.place(dice);
    let (dong_code, dong) = world
        .dongs
        .get(place.dong)
        .map_or(("", ""), |dong| (dong.code.as_str(), dong.name));
    let received = begin + TimeDelta::days(dice.between(0, 2000));
    let closed = received + TimeDelta::days(dice.between(0, 20));
    cells![
        format!("MW{:010}", number + 1),
        received.format("%Y-%m-%d"),
        closed.format("%Y-%m-%d"),
        dice.pick(&["방문", "전화", "누리집", "앱"]),
        dice.pick(&["도로", "청소", "주차", "소음", "공원"]),
        dice.pick(&["접수", "처리중", "완료"]),
        dong_code,
        dong,
        dice.pick(&[
            "보도블록이 깨져 있습니다",
            "쓰레기가 쌓여 있습니다",
            "불법 주차를 단속해 주십시오"
        ]),
        "민원봉사과",
        dice.pick(&["민원팀", "처리팀"]),
        dice.between(3, 14),
        dice.between(0, 3),
        dice.between(0, 9),
        dice.between(1, 5),
        format!("{:.1}", dice.real(0.5, 300.0)),
        dice.pick(&["1", "2", "3"]),
        "해당 없음",
        format!("{:.6}", place.at.0),
        format!("{:.6}", place.at.1)
    ]
}

fn living(rows: u64, csv: &mut Csv) -> Result<(), DemoError> {
    let mut dice = Dice::new(7, "bench living");
    let begin = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    for number in 0..rows {
        let (hour, dong) = (number / DONGS % HOURS, number % DONGS);
        let days = i64::try_from(number / DONGS / HOURS).unwrap_or_default();
        let people: Vec<f64> = (0..2 * BANDS.len())
            .map(|_| dice.real(50.0, 1500.0))
            .collect();
        let mut row = cells![
            (begin + TimeDelta::days(days)).format("%Y-%m-%d"),
            hour,
            format!("489{:07}", 5_100_000 + dong * 100),
            format!("{:.4}", people.iter().sum::<f64>())
        ];
        row.extend(people.iter().map(|people| format!("{people:.4}")));
        csv.row(&row, None)?;
    }
    Ok(())
}

fn living_heads() -> Vec<String> {
    let mut heads = ["기준일", "시간대구분", "행정동코드", "총생활인구수"]
        .map(str::to_owned)
        .to_vec();
    for sex in ["남자", "여자"] {
        heads.extend(BANDS.map(|band| format!("{sex}{band}생활인구수")));
    }
    heads
}

const CITY: &str = "name = \"한빛시\"\nname-en = \"Hanbit-si\"\ncode = \"4899500000\"\ncrs = \"EPSG:4326\"\nbounds = [126.95, 37.20, 127.15, 37.38]\nfields = [{ id = \"bench\", title = \"성능\", title-en = \"Benchmark\" }]\ndepartments = [{ id = \"bench\", title = \"성능\", title-en = \"Benchmark\" }]\n";

fn column(text: &mut String, title: &str, name: &str, kind: &str, checks: &str) {
    text.push_str(&format!("\n[[columns]]\nname = \"{name}\"\ntitle = \"{title}\"\ntype = \"{kind}\"\nprivacy = \"none\"\n"));
    if !checks.is_empty() {
        text.push_str(&format!("checks = {checks}\n"));
    }
}

fn living_manifest() -> String {
    let mut text = "id = \"living\"\ntitle = \"생활인구\"\ndescription = \"성능을 재는 생활인구 자료\"\nfield = \"bench\"\ndepartment = \"bench\"\ncadence = \"monthly\"\nrelease = \"open\"\nsource = { kind = \"file\", path = \"living.csv\" }\nformat = { kind = \"csv\", encoding = \"cp949\" }\nload = { mode = \"snapshot\", key = [\"day\", \"hour\", \"dong_code\"] }\n".to_owned();
    for (at, title) in living_heads().iter().enumerate() {
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

fn complaints_manifest() -> String {
    let mut text = "id = \"complaints\"\ntitle = \"민원\"\ndescription = \"성능을 재는 민원 자료\"\nfield = \"bench\"\ndepartment = \"bench\"\ncadence = \"daily\"\nrelease = \"open\"\nsource = { kind = \"file\", path = \"complaints.csv\" }\nformat = { kind = \"csv\", encoding = \"cp949\" }\nload = { mode = \"snapshot\", key = [\"receipt_no\"] }\nplace = { x = \"longitude\", y = \"latitude\", crs = \"EPSG:4326\" }\nchecks = [{ inside = \"city\" }]\n".to_owned();
    let columns = [
        ("receipt_no", "code", "[\"required\"]"),
        ("received_on", "date", "[\"required\"]"),
        ("closed_on", "date", ""),
        (
            "channel",
            "text",
            "[{ in = [\"방문\", \"전화\", \"누리집\", \"앱\"] }]",
        ),
        (
            "category",
            "text",
            "[{ in = [\"도로\", \"청소\", \"주차\", \"소음\", \"공원\"] }]",
        ),
        (
            "status",
            "text",
            "[\"required\", { in = [\"접수\", \"처리중\", \"완료\"] }]",
        ),
        ("dong_code", "code", "[\"required\"]"),
        ("dong", "text", ""),
        ("title", "text", ""),
        ("office", "text", ""),
        ("team", "text", ""),
        ("due_days", "integer", "[{ range = { min = 1, max = 30 } }]"),
        (
            "supplements",
            "integer",
            "[{ range = { min = 0, max = 10 } }]",
        ),
        (
            "attachments",
            "integer",
            "[{ range = { min = 0, max = 50 } }]",
        ),
        (
            "satisfaction",
            "integer",
            "[{ range = { min = 1, max = 5 } }]",
        ),
        ("hours", "number", "[{ range = { min = 0, max = 1000 } }]"),
        ("priority", "code", "[{ in = [\"1\", \"2\", \"3\"] }]"),
        ("remark", "text", ""),
        ("longitude", "number", "[\"required\"]"),
        ("latitude", "number", "[\"required\"]"),
    ];
    for (title, (name, kind, checks)) in NAMES.iter().zip(columns) {
        column(&mut text, title, name, kind, checks);
    }
    text
}
