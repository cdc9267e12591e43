//! Large files for benchmarks: CP949, clean, of any number of rows; and, in modules of their own, a city of very many
//! datasets, a table that grows by key, and rows with faults in memory.
//!
//! Complaints come in no order that helps a reader; the living population comes by day and hour, as such files do.

pub mod catalogue;
pub mod checked;
pub mod keyed;
pub mod living;

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
        Kind::Living => (living::manifest(), living::heads()),
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
        Kind::Living => living::rows(0..rows, 7, &mut csv)?,
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

const CITY: &str = "name = \"한빛시\"\nname-en = \"Hanbit-si\"\ncode = \"4899500000\"\ncrs = \"EPSG:4326\"\nbounds = [126.95, 37.20, 127.15, 37.38]\nfields = [{ id = \"bench\", title = \"성능\", title-en = \"Benchmark\" }]\ndepartments = [{ id = \"bench\", title = \"성능\", title-en = \"Benchmark\" }]\n";

fn column(text: &mut String, title: &str, name: &str, kind: &str, checks: &str) {
    text.push_str(&format!("\n[[columns]]\nname = \"{name}\"\ntitle = \"{title}\"\ntype = \"{kind}\"\nprivacy = \"none\"\n"));
    if !checks.is_empty() {
        text.push_str(&format!("checks = {checks}\n"));
    }
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
