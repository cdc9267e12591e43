//! What each department delivers: one function a file.

mod administration;
mod city;
mod complaints;
mod culture;
mod environment;
mod finance;
mod flow;
mod networks;
mod people;
mod population;
mod simple;
mod streets;
mod traffic;
mod welfare;

pub(crate) use complaints::complaints_until;
pub(crate) use flow::link_speeds_at;
pub(crate) use simple::{Shape, Simple};
pub(crate) use streets::{ROUTES, route};

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::dice::Dice;
use crate::dirt::{Dirt, Plant, Planted};
use crate::forms::{Charset, Csv, Form, Table};
use crate::world::World;
use crate::{DemoError, Plan};

/// What a writer works with.
pub(crate) struct Desk<'d> {
    pub(crate) plan: &'d Plan,
    pub(crate) world: &'d World,
    pub(crate) inbox: &'d Path,
    pub(crate) planted: &'d mut Planted,
}

/// Writes one file.
pub(crate) type Writer = fn(&mut Desk<'_>) -> Result<(), DemoError>;

/// Every file, by the department's word for it.
pub(crate) const WRITERS: &[(&str, Writer)] = &[
    ("행정동 경계", streets::dong),
    ("도로 중심선", streets::roads),
    ("굴착 허가", streets::excavation),
    ("표준 노드·링크", flow::road_links),
    ("소통 정보", flow::link_speeds),
    ("도로 통제", flow::road_events),
    ("버스 노선", streets::bus_routes),
    ("버스 정류소", streets::bus_stops),
    ("공영주차장", streets::parking),
    ("CCTV", streets::cctv),
    ("대피소", streets::shelters),
    ("민원", complaints::complaints),
    ("주민등록인구", people::population),
    ("생활인구", people::living_population),
    ("1인 가구", people::single_households),
    ("돌봄센터", people::care_centres),
    ("경로당", people::senior_halls),
    ("안부 확인", people::home_visits),
    ("무인민원발급기", city::kiosks),
    ("초고속망 마을", city::broadband),
    ("공공와이파이", city::wifi),
    ("세출예산", city::budget),
    ("지출 내역", city::spending),
    ("투자사업", city::projects),
    ("공중화장실", city::toilets),
    ("의류 수거함", city::clothing_bins),
    ("체육시설", city::sports),
    ("평생학습 강좌", city::courses),
    ("도서관", city::libraries),
];

/// What comes each day beside the described datasets.
pub(crate) const DAILY: &[Writer] = &[
    complaints::complaints_of_day,
    people::living_population_of_day,
    city::spending_of_day,
    flow::link_speeds_of_day,
    flow::road_events_of_day,
];

/// What comes on the first of a month beside them.
pub(crate) const MONTHLY: &[Writer] = &[people::population];

/// Datasets that are described, by field.
const DESCRIBED: &[&[&Simple]] = &[
    administration::ALL,
    finance::ALL,
    population::ALL,
    traffic::ALL,
    networks::ALL,
    welfare::ALL,
    environment::ALL,
    culture::ALL,
];

/// Every dataset that is described.
pub(crate) fn described() -> impl Iterator<Item = &'static Simple> {
    DESCRIBED.iter().flat_map(|field| field.iter().copied())
}

impl Desk<'_> {
    /// Dice for one file.
    fn dice(&self, purpose: &str) -> Dice {
        Dice::new(self.plan.seed, purpose)
    }

    /// Rows of a file that grows with the scale.
    fn grown(&self, rows: u64) -> u64 {
        rows * u64::from(self.plan.scale.max(1))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.inbox.join(file)
    }

    /// A table of a dataset in a form.
    fn table<'t>(
        &'t mut self,
        dataset: &'static str,
        file: &str,
        form: impl Form + 't,
        plants: &'static [Plant],
        rows: u64,
    ) -> Table<'t> {
        Table::new(
            dataset,
            file.to_owned(),
            Box::new(form),
            Dirt::new(plants, rows),
            self.planted,
        )
    }

    /// A comma-separated table.
    fn csv<'t>(
        &'t mut self,
        dataset: &'static str,
        file: &str,
        charset: Charset,
        heads: &str,
        plants: &'static [Plant],
        rows: u64,
    ) -> Result<Table<'t>, DemoError> {
        let heads: Vec<String> = heads.split(',').map(str::to_owned).collect();
        let form = Csv::new(&self.path(file), charset, ',', &[], &heads)?;
        Ok(self.table(dataset, file, form, plants, rows))
    }
}

/// `20261101`: the day in a file's name.
fn stamp(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// A telephone number that nobody has.
fn telephone(dice: &mut Dice) -> String {
    format!("031-000-{:04}", dice.between(0, 9999))
}

/// One of two words.
fn yes(dice: &mut Dice, probability: f64, words: [&'static str; 2]) -> &'static str {
    if dice.chance(probability) {
        words[0]
    } else {
        words[1]
    }
}

/// Degrees with seven digits.
fn degrees(value: f64) -> String {
    format!("{value:.7}")
}

/// Metres with three digits.
fn metres(value: f64) -> String {
    format!("{value:.3}")
}

/// Puts a file into an archive of its own.
fn zipped(loose: &Path, path: &Path, name: &str) -> Result<(), DemoError> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(
        name,
        zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default()),
    )?;
    archive.write_all(&std::fs::read(loose)?)?;
    crate::forms::whole(path, &archive.finish()?.into_inner())?;
    Ok(std::fs::remove_file(loose)?)
}

/// `1,234`.
fn commas(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    if value < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
