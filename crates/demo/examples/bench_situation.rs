//! Makes a city of street works, complaints and addresses, for the benchmark of "What is going on here?".
//!
//! `bench_situation PERMITS COMPLAINTS FOLDER`: a city's folder with its inbox; and `asked.txt`, an address a line.

#![expect(
    clippy::disallowed_methods,
    reason = "complaints are recent on the day it is measured"
)]

use std::fs::{self, File};
use std::io::{BufWriter, Error, ErrorKind, Result, Write as _};
use std::path::Path;

use chrono::{NaiveDate, TimeDelta, Utc};
use demo::dice::Dice;
use demo::world::{BUILDINGS, World};

const CITY: &str = r#"name = "시험시"
name-en = "Test-si"
code = "4899600000"
crs = "EPSG:5186"
bounds = [126.95, 37.20, 127.15, 37.38]
fields = [{ id = "city", title = "도시", title-en = "City" }]
departments = [{ id = "roads", title = "도로과", title-en = "Roads", phone = "031-000-1400" }]
"#;

const SITUATION: &str = r#"[works]
buffer = 10.0
[works.permits]
dataset = "permits"
number = "number"
starts = "starts"
ends = "ends"
road = "road"
utility = "purpose"
[addresses]
dataset = "addresses"
road = "road"
[complaints]
dataset = "complaints"
received = "received"
topic = "topic"
dong = "dong"
responsible = [{ topic = "도로", department = "roads" }]
"#;

/// Columns that say where a row is.
const PLACE: [(&str, &str); 2] = [("x", "number"), ("y", "number")];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let usage = || {
        Error::new(
            ErrorKind::InvalidInput,
            "bench_situation PERMITS COMPLAINTS FOLDER",
        )
    };
    let [permits, complaints, folder] = words.as_slice() else {
        return Err(usage());
    };
    let count = |word: &String| {
        word.replace('_', "")
            .parse::<u64>()
            .map_err(|_wrong| usage())
    };
    let (permits, complaints) = (count(permits)?, count(complaints)?);
    let folder = Path::new(folder);
    fs::create_dir_all(folder.join("datasets/city"))?;
    fs::create_dir_all(folder.join("inbox"))?;
    fs::write(folder.join("city.toml"), CITY)?;
    fs::write(folder.join("situation.toml"), SITUATION)?;
    let make = Make {
        folder,
        world: World::new(2026),
        today: Utc::now().date_naive(),
    };
    make.permits(permits)?;
    make.complaints(complaints)?;
    make.addresses()
}

struct Make<'m> {
    folder: &'m Path,
    world: World,
    today: NaiveDate,
}

impl Make<'_> {
    /// The manifest of a dataset, and its file with the line of heads.
    fn dataset(&self, id: &str, columns: &[(&str, &str)]) -> Result<BufWriter<File>> {
        let all = || columns.iter().chain(&PLACE);
        let mut text = format!(
            "id = \"{id}\"\ntitle = \"{id}\"\ndescription = \"시험 자료입니다.\"\nfield = \"city\"\ndepartment = \"roads\"\ncadence = \"daily\"\nrelease = \"open\"\nsource = {{ kind = \"file\", path = \"{id}.csv\" }}\nformat = {{ kind = \"csv\" }}\nload = {{ mode = \"snapshot\" }}\nplace = {{ x = \"x\", y = \"y\", crs = \"EPSG:5186\" }}\n"
        );
        for (name, kind) in all() {
            text.push_str(&format!(
                "\n[[columns]]\nname = \"{name}\"\ntitle = \"{name}\"\ntype = \"{kind}\"\nprivacy = \"none\"\n"
            ));
        }
        fs::write(self.folder.join(format!("datasets/city/{id}.toml")), text)?;
        let file = File::create(self.folder.join(format!("inbox/{id}.csv")))?;
        let mut out = BufWriter::new(file);
        let heads: Vec<&str> = all().map(|(name, _)| *name).collect();
        writeln!(out, "{}", heads.join(","))?;
        Ok(out)
    }

    fn permits(&self, rows: u64) -> Result<()> {
        let columns = [
            ("number", "code"),
            ("starts", "date"),
            ("ends", "date"),
            ("road", "text"),
            ("purpose", "text"),
        ];
        let (mut out, mut dice) = (self.dataset("permits", &columns)?, Dice::new(1, "permits"));
        for number in 0..rows {
            let place = self.world.place(&mut dice);
            let (x, y) = self.world.belt(place.at);
            let starts = self.today - TimeDelta::days(dice.between(-90, 1_000));
            let ends = starts + TimeDelta::days(dice.between(1, 40));
            let purpose = dice.pick(&["상수도", "하수도", "가스", "전기", "통신"]);
            writeln!(
                out,
                "P{number:07},{starts},{ends},{},{purpose},{x:.2},{y:.2}",
                place.road
            )?;
        }
        out.flush()
    }

    fn complaints(&self, rows: u64) -> Result<()> {
        let columns = [
            ("received", "datetime"),
            ("topic", "text"),
            ("dong", "code"),
        ];
        let mut out = self.dataset("complaints", &columns)?;
        let mut dice = Dice::new(1, "complaints");
        for _ in 0..rows {
            let place = self.world.place(&mut dice);
            let (x, y) = self.world.belt(place.at);
            let day = self.today - TimeDelta::days(dice.between(0, 1_000));
            let topic = dice.pick(&["도로", "청소", "주차", "소음", "공원"]);
            let dong = &self.world.dongs[place.dong].code;
            writeln!(
                out,
                "{day} 09:{:02}:00,{topic},{dong},{x:.2},{y:.2}",
                dice.between(0, 59)
            )?;
        }
        out.flush()
    }

    fn addresses(&self) -> Result<()> {
        let mut out = self.dataset("addresses", &[("road", "text")])?;
        let mut asked = BufWriter::new(File::create(self.folder.join("asked.txt"))?);
        for dong in 0..self.world.dongs.len() {
            for street in 0..2 {
                for number in 1..=BUILDINGS {
                    let place = self.world.building(dong, street, number);
                    let (x, y) = self.world.belt(place.at);
                    writeln!(out, "{},{x:.2},{y:.2}", place.address)?;
                    if number % 30 == 7 {
                        writeln!(asked, "{} {number}", place.road)?;
                    }
                }
            }
        }
        asked.flush()?;
        out.flush()
    }
}
