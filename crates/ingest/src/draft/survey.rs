//! The whole file read once: every column's profile, and rows that are no data.

use std::collections::BTreeMap;

use city::Fault;
use city::dataset::{Format, Long};

use super::key::Marks;
use super::profile::Profile;
use super::{Sample, meaning, privacy};
use crate::decode::{COLUMNS_MAX, FillDown, LeftOut, too_many_columns};
use crate::formats::{self, Row};
use crate::long::Melt;
use crate::origin::Input;
use crate::text::trim;
use crate::types::number;

/// Rows taken at a time.
const STEP: usize = 8192;
/// Rows kept whole, evenly spread, to look for places.
const SAMPLE_MAX: usize = 4000;
/// What a row of totals begins with.
const TOTALS: [&str; 9] = [
    "합계",
    "총계",
    "소계",
    "총합계",
    "누계",
    "계",
    "합 계",
    "총 계",
    "소 계",
];
/// Distinct beginnings of rows without a running number that are worth naming.
const STARTS_MAX: usize = 60;
/// Columns in which a running number may stand.
const RUNNING_WITHIN: usize = 3;

/// What reading the file once told.
pub(super) struct Survey {
    pub(super) profiles: Vec<Profile>,
    pub(super) sample: Sample,
    pub(super) marks: Marks,
    /// Rows read, odd ones and those left out too.
    pub(super) rows: u64,
    /// Rows with another number of cells: how many, and the first.
    pub(super) odd: u64,
    pub(super) first_odd: Option<(u64, usize)>,
    /// Columns of the source.
    pub(super) width: usize,
    /// Coordinate system of shapes, if the file says it.
    pub(super) crs: Option<String>,
    /// Rows that begin with a total's word.
    totals: BTreeMap<String, u64>,
    /// For each of the first columns: rows with a whole number, and how the others begin.
    running: Vec<(u64, Option<BTreeMap<String, u64>>)>,
}

impl Survey {
    /// Reads the file; `progress` is told the rows read so far.
    pub(super) fn of(
        input: &Input,
        format: &Format,
        long: impl Fn(&[String]) -> Option<Long>,
        progress: &dyn Fn(u64),
    ) -> Result<(Self, Option<Long>), Vec<Fault>> {
        let mut rows = formats::open(input, format)?;
        let source = rows.columns().to_vec();
        if source.len() > COLUMNS_MAX {
            return Err(too_many_columns(&input.name, source.len()));
        }
        let long = long(&source);
        let melt = long
            .as_ref()
            .map(|long| Melt::new(long, &source, &input.name))
            .transpose()?;
        let names = melt.as_ref().map_or(source.as_slice(), Melt::columns);
        let mut survey = Self {
            profiles: names.iter().map(|name| Profile::new(name)).collect(),
            sample: Sample::default(),
            marks: Marks::new(names.len()),
            rows: 0,
            odd: 0,
            first_odd: None,
            width: source.len(),
            crs: rows.crs(),
            totals: BTreeMap::new(),
            running: vec![(0, Some(BTreeMap::new())); RUNNING_WITHIN.min(source.len())],
        };
        let mut fill = FillDown::new(&format.fill_down, &source, &input.name)
            .map_err(|error| formats::fault(input, error.to_string()))?;
        let mut left_out = LeftOut::new(format, &source);
        while let Some(mut step) = rows.next(STEP)? {
            step.retain(|row| !left_out.is_note(row));
            survey.rows += u64::try_from(step.len()).unwrap_or_default();
            fill.apply(&mut step);
            step.retain(|row| survey.keep(row) && !left_out.is_total(row));
            for row in &step {
                survey.beginning(row, &left_out);
            }
            let step = match &melt {
                Some(melt) => melt.rows(&step),
                None => step,
            };
            for row in &step {
                survey.take(row);
            }
            progress(survey.rows);
        }
        survey.crs = survey.crs.or_else(|| rows.crs());
        Ok((survey, long))
    }

    /// Whether a row has the table's shape.
    fn keep(&mut self, row: &Row) -> bool {
        if let Some(cells) = row.odd {
            self.odd += 1;
            self.first_odd.get_or_insert((row.number, cells));
        }
        row.odd.is_none()
    }

    /// Looks at how a row begins.
    fn beginning(&mut self, row: &Row, left_out: &LeftOut<'_>) {
        let first = row
            .cells
            .iter()
            .flatten()
            .map(|cell| trim(cell))
            .find(|cell| !cell.is_empty())
            .unwrap_or_default();
        // Behind the name of a group, which stands in a merged cell, there are the group's totals.
        let own = left_out.beginning(row);
        let word = [first, own].into_iter().find(|word| TOTALS.contains(word));
        if let Some(word) = word
            && is_total(row, first)
        {
            *self.totals.entry(word.to_owned()).or_default() += 1;
        }
        for (at, (numbered, starts)) in self.running.iter_mut().enumerate() {
            let cell = row
                .cells
                .get(at)
                .and_then(Option::as_deref)
                .unwrap_or_default();
            if number::integer(trim(cell)).is_some() {
                *numbered += 1;
            } else if let Some(known) = starts {
                *known.entry(first.to_owned()).or_default() += 1;
                if known.len() > STARTS_MAX {
                    *starts = None;
                }
            }
        }
    }

    fn take(&mut self, row: &Row) {
        for (at, profile) in self.profiles.iter_mut().enumerate() {
            let cell = row
                .cells
                .get(at)
                .and_then(Option::as_deref)
                .unwrap_or_default();
            profile.add(cell, row.number);
        }
        let cells = || {
            row.cells
                .iter()
                .map(|cell| cell.as_deref().unwrap_or_default())
        };
        self.marks.add(cells());
        self.sample.add(cells);
    }

    /// Words by which rows of totals and subtotals are known, and how many rows they are.
    pub(super) fn totals(&self) -> Option<(Vec<String>, u64, &'static str)> {
        let data = self.rows - self.odd;
        let count: u64 = self.totals.values().sum();
        if count > 0 && count * 5 <= data {
            return Some((
                self.totals.keys().cloned().collect(),
                count,
                "begin with a word for a total",
            ));
        }
        // The beginnings of rows may be names of persons: those are neither left out nor told.
        if privacy::is_about_persons(&self.profiles) {
            return None;
        }
        self.running
            .iter()
            .zip(&self.profiles)
            .find_map(|((numbered, starts), profile)| {
                let starts = starts.as_ref()?;
                let count: u64 = starts.values().sum();
                let runs =
                    meaning::is_running(&profile.name) && count > 0 && numbered * 10 >= data * 9;
                // An empty beginning is a row of nothing but what stands further right: not a word.
                (runs && !starts.contains_key("")).then(|| {
                    (
                        starts.keys().cloned().collect(),
                        count,
                        "have no running number",
                    )
                })
            })
    }
}

/// A row of totals has figures behind its word and nothing else; a place may be called 소계.
fn is_total(row: &Row, first: &str) -> bool {
    row.cells
        .iter()
        .flatten()
        .map(|cell| trim(cell))
        .filter(|cell| !cell.is_empty() && *cell != first && !TOTALS.contains(cell))
        .all(|cell| cell == "-" || number::float(cell).is_some())
}

impl Sample {
    /// Keeps a row; every second one goes when there are too many.
    fn add<'c, I: Iterator<Item = &'c str>>(&mut self, cells: impl Fn() -> I) {
        self.seen += 1;
        if self.seen.is_multiple_of(self.every) {
            self.rows
                .push(cells().map(|cell| trim(cell).to_owned()).collect());
        }
        if self.rows.len() >= SAMPLE_MAX {
            let mut odd = false;
            self.rows.retain(|_| {
                odd = !odd;
                odd
            });
            self.every *= 2;
        }
    }
}
