//! A dataset described: its file, its columns, its rows out of the world, its faults.
//!
//! A row is a function of the world, the file's day and the row's number, so that a clock can ask for any
//! day's files and get the same bytes as who asked for the whole year.
//!
//! To add a dataset: its constant in its field's file, its manifest in the city's folder. The room's tests load
//! it and say whether each planted fault is found, and nothing else.

use std::path::Path;

use chrono::{Datelike as _, Months, NaiveDate, TimeDelta};

use super::{Desk, degrees, metres};
use crate::DemoError;
use crate::dice::Dice;
use crate::dirt::{Dirt, Plant};
use crate::forms::{Charset, Csv, Form, Geo, Json, Lines, Parquet, Shapes, Sheet, Xml};
use crate::world::{Dong, Place, Point, World};

/// When files come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    /// One file: the picture of a day.
    Picture,
    /// A file for each month, so many of them.
    Months(u32),
    /// The same of what happens more often in one month than in another: rows of a file are a mean, and these are percent
    /// of it from January on.
    Seasons(u32, [u16; 12]),
    /// A file for each day, so many of them.
    Days(u32),
}

/// What the file is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Comma-separated text.
    Csv(Charset),
    /// CP949 text with notes above the heads.
    Noted(&'static [&'static str]),
    /// Text with another separator.
    Split(char, Charset),
    /// A workbook with notes above the heads.
    Sheet(&'static [&'static str]),
    /// A workbook with notes above and a total below.
    Ledger(&'static [&'static str]),
    /// Records below `data`.
    Json,
    /// A record a line.
    Lines,
    /// `<row>` elements.
    Xml,
    /// Points: the last two cells are longitude and latitude.
    Geo,
    /// Columns.
    Parquet,
    /// Lines or polygons in an archive: the last cell is the shape.
    Shapefile {
        /// Name of the files inside.
        stem: &'static str,
        /// Polygons or lines.
        are_polygons: bool,
    },
    /// CP949 text of this name in an archive.
    Zip(&'static str),
    /// No file: an address of the city's Open API, in XML or in JSON.
    Api {
        /// Last part of the address.
        address: &'static str,
        /// XML or JSON.
        is_xml: bool,
    },
    /// No file: XML of `<row>` elements behind an address of another body, as the manifest writes it.
    Web {
        /// The address.
        address: &'static str,
    },
    /// No file: comma-separated text in another body's catalogue.
    Ckan(Charset),
    /// No file: comma-separated texts in a bucket of a storage.
    Bucket {
        /// The bucket.
        name: &'static str,
        /// Letters of the texts.
        charset: Charset,
    },
    /// No file: what another Madang has in force. The heads are its columns.
    Madang,
    /// No file: points, a collection of an OGC API Features.
    Collection {
        /// Features of a page, as the manifest asks for them.
        page: u64,
    },
    /// No file: points, a type of a Web Feature Service.
    FeatureType {
        /// The type, as the service calls it.
        name: &'static str,
        /// Features of a page, as the manifest asks for them.
        page: u64,
    },
}

impl Shape {
    /// Whether somebody delivers it; else it is fetched.
    pub(crate) fn is_delivered(self) -> bool {
        !matches!(
            self,
            Self::Api { .. }
                | Self::Web { .. }
                | Self::Ckan(_)
                | Self::Bucket { .. }
                | Self::Madang
                | Self::Collection { .. }
                | Self::FeatureType { .. }
        )
    }
}

/// A dataset of one kind of row.
pub(crate) struct Simple {
    /// The dataset.
    pub(crate) id: &'static str,
    /// The department's word for it.
    pub(crate) title: &'static str,
    /// Its file below the inbox, or where it is offered; `{}` is the day or month.
    pub(crate) file: &'static str,
    /// What the file is.
    pub(crate) shape: Shape,
    /// When files come.
    pub(crate) beat: Beat,
    /// Names of the columns, separated by commas.
    pub(crate) heads: &'static str,
    /// What is wrong.
    pub(crate) plants: &'static [Plant],
    /// Rows of a file.
    pub(crate) rows: u64,
    /// A row.
    pub(crate) row: fn(&mut Site<'_>) -> Vec<String>,
}

/// What a row is made of.
pub(crate) struct Site<'s> {
    pub(crate) world: &'s World,
    pub(crate) dice: Dice,
    /// Number of the row in its file, from 0.
    pub(crate) number: u64,
    /// The day the file is of; of a month its first.
    pub(crate) day: NaiveDate,
}

/// A place as cells.
pub(crate) struct Spot<'w> {
    pub(crate) dong: &'w Dong,
    pub(crate) road: String,
    pub(crate) address: String,
    pub(crate) lon: String,
    pub(crate) lat: String,
    /// Easting and northing in the central belt.
    pub(crate) x: String,
    pub(crate) y: String,
}

impl<'s> Site<'s> {
    /// `AED-0012`.
    pub(crate) fn no(&self, prefix: &str, width: usize) -> String {
        format!("{prefix}{:0width$}", self.number + 1)
    }

    /// `WD202603-0012`: a number that no other file has.
    pub(crate) fn no_of_file(&self, prefix: &str) -> String {
        format!(
            "{prefix}{}-{:04}",
            self.day.format("%y%m%d"),
            self.number + 1
        )
    }

    fn spot(&self, place: Place) -> Spot<'s> {
        let (x, y) = self.world.belt(place.at);
        Spot {
            dong: &self.world.dongs[place.dong],
            road: place.road,
            address: place.address,
            lon: degrees(place.at.0),
            lat: degrees(place.at.1),
            x: metres(x),
            y: metres(y),
        }
    }

    /// Where this row's institution of a kind stands.
    pub(crate) fn here(&self, kind: &str) -> Spot<'s> {
        self.facility(kind, self.number)
    }

    /// Where the `number`-th institution of a kind stands.
    pub(crate) fn facility(&self, kind: &str, number: u64) -> Spot<'s> {
        self.spot(self.world.facility(kind, number))
    }

    /// Anywhere.
    pub(crate) fn anywhere(&mut self) -> Spot<'s> {
        let place = self.world.place(&mut self.dice);
        self.spot(place)
    }

    /// The neighbourhood of a row of a file that goes through all of them.
    pub(crate) fn dong(&self) -> &'s Dong {
        &self.world.dongs[self.dong_at()]
    }

    /// Its index.
    pub(crate) fn dong_at(&self) -> usize {
        let all = self.world.dongs.len() as u64;
        usize::try_from(self.number % all).unwrap_or_default()
    }

    /// Which time the neighbourhoods are gone through: which kind of what is counted.
    pub(crate) fn turn(&self) -> usize {
        usize::try_from(self.number / self.world.dongs.len() as u64).unwrap_or_default()
    }

    /// A line as a cell of a shapefile.
    pub(crate) fn shape(&self, points: impl IntoIterator<Item = Point>) -> String {
        let metres = points.into_iter().map(|point| {
            let (x, y) = self.world.belt(point);
            format!("{x:.3} {y:.3}")
        });
        metres.collect::<Vec<_>>().join(";")
    }

    /// A day before the file's.
    pub(crate) fn ago(&mut self, least: i64, most: i64) -> NaiveDate {
        self.day - TimeDelta::days(self.dice.between(least, most))
    }

    /// A day long past, the same in each picture of a register.
    pub(crate) fn once(&mut self, least: i64, most: i64) -> NaiveDate {
        let anchor = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap_or_default();
        anchor - TimeDelta::days(self.dice.between(least, most))
    }

    /// A day of the file's month.
    pub(crate) fn within(&mut self) -> NaiveDate {
        self.day + TimeDelta::days(self.dice.between(0, 27))
    }

    /// `2026-03`.
    pub(crate) fn month(&self) -> String {
        self.day.format("%Y-%m").to_string()
    }

    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        *self.dice.pick(list)
    }

    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        self.dice.between(least, most)
    }

    pub(crate) fn phone(&mut self) -> String {
        super::telephone(&mut self.dice)
    }

    pub(crate) fn yes(&mut self, probability: f64, words: [&'static str; 2]) -> &'static str {
        super::yes(&mut self.dice, probability, words)
    }
}

impl Simple {
    /// The first row from `number` that others may name: no fault is planted in it.
    pub(crate) fn sound(&self, number: u64) -> u64 {
        Dirt::sound(self.plants, self.rows, number)
    }

    /// The days its files are of, the oldest first, when it is `today`.
    pub(crate) fn days(&self, today: NaiveDate) -> Vec<NaiveDate> {
        let first = today.with_day(1).unwrap_or(today);
        match self.beat {
            Beat::Picture => vec![today],
            Beat::Months(count) | Beat::Seasons(count, _) => (1..=count)
                .rev()
                .filter_map(|back| first.checked_sub_months(Months::new(back)))
                .collect(),
            Beat::Days(count) => (1..=i64::from(count))
                .rev()
                .map(|back| today - TimeDelta::days(back))
                .collect(),
        }
    }

    /// The first day of a day's quarter: registers of other bodies are as of it.
    pub(crate) fn quarter(today: NaiveDate) -> NaiveDate {
        let month = today.month0() / 3 * 3 + 1;
        NaiveDate::from_ymd_opt(today.year(), month, 1).unwrap_or(today)
    }

    /// The day of the file that comes on `today`, if one does.
    pub(crate) fn due(&self, today: NaiveDate) -> Option<NaiveDate> {
        let comes = match self.beat {
            Beat::Days(_) => true,
            Beat::Months(_) | Beat::Seasons(..) => today.day() == 1,
            Beat::Picture => today.day() == 1 && today.month().is_multiple_of(3),
        };
        let last = self.days(today).pop();
        last.filter(|_| comes)
    }

    /// How many rows the file of a day has.
    fn rows_on(&self, seed: u64, day: NaiveDate) -> u64 {
        let Beat::Seasons(_, percents) = self.beat else {
            return self.rows;
        };
        let month = usize::try_from(day.month0()).unwrap_or_default();
        let mean = f64::from(u32::try_from(self.rows).unwrap_or(u32::MAX));
        let mut dice = Dice::new(seed, &format!("{} {day} counted", self.id));
        dice.count(mean * f64::from(percents[month]) / 100.0)
    }

    /// The rows of the file of a day.
    pub(crate) fn rows_of(&self, world: &World, seed: u64, day: NaiveDate) -> Vec<Vec<String>> {
        // A register keeps what it says of a thing; what is counted anew is drawn anew.
        let is_register = self.beat == Beat::Picture && !matches!(self.shape, Shape::Api { .. });
        let purpose = if is_register {
            self.id.to_owned()
        } else {
            format!("{} {day}", self.id)
        };
        let mut site = Site {
            world,
            dice: Dice::new(seed, &purpose),
            number: 0,
            day,
        };
        (0..self.rows_on(seed, day))
            .map(|number| {
                site.number = number;
                (self.row)(&mut site)
            })
            .collect()
    }

    /// The name of the file of a day.
    pub(crate) fn file_of(&self, day: NaiveDate) -> String {
        let stamp = match self.beat {
            Beat::Months(_) | Beat::Seasons(..) => day.format("%Y%m").to_string(),
            Beat::Picture | Beat::Days(_) => super::stamp(day),
        };
        self.file.replace("{}", &stamp)
    }

    /// Writes the file of a day.
    pub(crate) fn write(&self, desk: &mut Desk<'_>, day: NaiveDate) -> Result<(), DemoError> {
        if !self.shape.is_delivered() {
            return Ok(());
        }
        let file = self.file_of(day);
        let path = desk.path(&file);
        let loose = path.with_extension("loose");
        let form = self.form(match self.shape {
            Shape::Zip(_) => &loose,
            _ => &path,
        })?;
        let rows = self.rows_of(desk.world, desk.plan.seed, day);
        let dirt = Dirt::new(self.plants, rows.len() as u64);
        let mut table = crate::forms::Table::new(self.id, file, form, dirt, desk.planted);
        for row in rows {
            table.row(row)?;
        }
        if matches!(self.shape, Shape::Ledger(_)) {
            table.aside(["합계".to_owned()])?;
        }
        table.finish()?;
        match self.shape {
            Shape::Zip(name) => super::zipped(&loose, &path, name),
            _ => Ok(()),
        }
    }

    fn form(&self, path: &Path) -> Result<Box<dyn Form>, DemoError> {
        let heads: Vec<&str> = self.heads.split(',').collect();
        let text = |delimiter, charset, notes: &[&str]| {
            let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
            Csv::new(path, charset, delimiter, notes, &heads)
        };
        Ok(match self.shape {
            Shape::Csv(charset) => Box::new(text(',', charset, &[])?),
            Shape::Noted(notes) => Box::new(text(',', Charset::Cp949, notes)?),
            Shape::Split(delimiter, charset) => Box::new(text(delimiter, charset, &[])?),
            Shape::Zip(_) => Box::new(text(',', Charset::Cp949, &[])?),
            Shape::Sheet(notes) | Shape::Ledger(notes) => {
                Box::new(Sheet::new(path, self.title, notes, &heads)?)
            }
            Shape::Json => Box::new(Json::new(path, &heads)),
            Shape::Lines => Box::new(Lines::new(path, &heads)),
            Shape::Xml => Box::new(Xml::new(path, &heads)),
            Shape::Geo => {
                let facts = heads.len().saturating_sub(2);
                Box::new(Geo::new(path, heads.get(..facts).unwrap_or_default()))
            }
            Shape::Shapefile { stem, are_polygons } => {
                let facts = heads.len().saturating_sub(1);
                let facts = heads.get(..facts).unwrap_or_default();
                Box::new(Shapes::new(path, stem, facts, are_polygons))
            }
            Shape::Parquet
            | Shape::Api { .. }
            | Shape::Web { .. }
            | Shape::Ckan(_)
            | Shape::Bucket { .. }
            | Shape::Madang
            | Shape::Collection { .. }
            | Shape::FeatureType { .. } => Box::new(Parquet::new(path, &heads)),
        })
    }
}
