//! A version of a dataset in figures, and what looks wrong in it although every row satisfies its contract.
//!
//! Pure: batches in, a [`Profile`] out, the same every time. Every value is counted; what rows have to be compared for
//! is found in a sample above [`SAMPLE_ROWS`] rows, and the profile says so. Memory stays bounded whatever arrives.
//!
//! | module | holds |
//! | --- | --- |
//! | [`tally`] | one column, counted as its rows pass: nulls, distinct and frequent values, patterns, lengths, months |
//! | [`tops`], [`distinct`] | frequent values and the number of different ones, in bounded memory |
//! | [`sample`], [`table`] | the rows that are compared with one another |
//! | [`roles`] | what a column is, by its title: an address, a telephone number, a name |
//! | [`numbers`] | histograms, quantiles, outliers |
//! | [`constants`] | values that stand for nothing, texts of an odd form |
//! | [`copied`] | cells copied down, numbers counted up |
//! | [`twins`] | rows that stand twice |
//! | [`spellings`] | two spellings of one name |
//! | [`places`] | many rows on one point, in the middle, at 0, swapped, outside, rounded |
//! | [`address`], [`area`] | addresses that contradict a column, their place or an area's boundary |

mod address;
mod area;
mod constants;
mod copied;
mod distinct;
mod far;
mod normal;
mod numbers;
mod pattern;
mod places;
mod roles;
mod sample;
mod spellings;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod tops;
mod twins;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use city::profile::{Finding, PLACE, Profile};
use city::{ColumnType, Dataset};

pub use area::Areas;
pub use sample::SAMPLE_ROWS;

use sample::Sample;
use table::Table;
use tally::Tally;

/// Slots for frequent values, of all columns of a table together.
const SLOTS: usize = 1 << 20;
/// Slots of one column, at least and at most.
const SLOTS_OF_COLUMN: (usize, usize) = (1 << 12, 1 << 16);

/// The city a dataset lies in.
#[derive(Debug)]
pub struct Around<'a> {
    /// West, south, east, north.
    pub bounds: [f64; 4],
    /// Its areas with their names.
    pub areas: &'a Areas,
}

/// Looks at the rows of a version, in the order they stand.
pub struct Profiler {
    dataset: Dataset,
    tallies: Vec<Tally>,
    sample: Sample,
    rows: u64,
}

impl Profiler {
    /// A profiler of rows of this dataset.
    pub fn new(dataset: &Dataset) -> Self {
        let (least, most) = SLOTS_OF_COLUMN;
        let slots = (SLOTS / dataset.columns.len().max(1)).clamp(least, most);
        Self {
            dataset: dataset.clone(),
            tallies: dataset
                .columns
                .iter()
                .filter(|column| column.column_type != ColumnType::Geometry)
                .map(|column| Tally::new(column, slots))
                .collect(),
            sample: Sample::new(),
            rows: 0,
        }
    }

    /// The columns a profile needs: all but shapes, with the place and the origin of each row.
    pub fn columns(dataset: &Dataset) -> Vec<String> {
        let mut names: Vec<String> = dataset
            .columns
            .iter()
            .filter(|column| column.column_type != ColumnType::Geometry)
            .map(|column| column.name.clone())
            .collect();
        // A column of the dataset's own may be called so.
        for name in [PLACE[0], PLACE[1], "_file", "_row"] {
            if !names.iter().any(|own| own == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// Looks at the next rows. Columns that are missing are passed over, and so are those nobody declared.
    ///
    /// # Errors
    /// When batches have not one shape.
    pub fn see(&mut self, rows: &RecordBatch) -> Result<(), ArrowError> {
        let rows = table::plain(rows)?;
        for tally in &mut self.tallies {
            if let Some(array) = rows.column_by_name(tally.name()) {
                tally.see(array)?;
            }
        }
        self.rows += u64::try_from(rows.num_rows()).unwrap_or_default();
        self.sample.see(&rows)
    }

    /// What was seen. `version` is the version's number and the SHA-256 of its manifest.
    ///
    /// # Errors
    /// When the rows cannot be put together.
    pub fn finish(self, version: (i64, &str), around: &Around<'_>) -> Result<Profile, ArrowError> {
        let Self {
            dataset,
            tallies,
            sample,
            rows,
        } = self;
        let table = Table::new(&dataset, sample)?;
        let mut findings = find(&table, &tallies, around);
        // What is probably wrong stands first, and what concerns many rows before what concerns few.
        findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.what.weight(), std::cmp::Reverse(finding.count));
            key(a).cmp(&key(b)).then_with(|| a.columns.cmp(&b.columns))
        });
        let compared = u64::try_from(table.rows()).unwrap_or_default();
        let columns = tallies
            .into_iter()
            .map(|tally| {
                let numbers = numbers::distribution(&table, &tally);
                tally.finish(numbers)
            })
            .collect();
        Ok(Profile {
            dataset: dataset.id.clone(),
            version: version.0,
            manifest_sha256: version.1.to_owned(),
            rows,
            sample: (compared < rows).then_some(compared),
            columns,
            findings,
        })
    }
}

/// Everything that looks wrong.
fn find(table: &Table<'_>, tallies: &[Tally], around: &Around<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for tally in tallies {
        found.extend(constants::find(table, tally));
        found.extend(numbers::outliers(table, tally));
        found.extend(copied::find(table, tally, tallies));
        found.extend(spellings::find(table, tally));
    }
    found.extend(twins::find(table, tallies));
    found.extend(places::find(table, around));
    found.extend(address::find(table));
    found.extend(far::find(table));
    found.extend(area::find(table, around.areas));
    found
}
