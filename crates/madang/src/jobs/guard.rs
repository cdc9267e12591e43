//! Columns that promise to hold no identifier of a person are watched while a load reads them.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::Int64Type;
use chrono::{Datelike as _, NaiveDate};
use city::dataset::Acceptable;
use city::{Column, ColumnType, Dataset, Fault, Lang, PrivacyClass};
use ingest::Block;
use privacy::detect::column::{Place, Scan};
use privacy::detect::guard::{self, Stop};
use privacy::detect::{Day, Detector, Header, Kind};

/// Whole numbers that can be thirteen or sixteen digits, leading zeros lost.
const NUMBER_MIN: i64 = 100_000_000_000;

/// The watched columns of one load.
#[derive(Debug)]
pub(crate) struct Guard {
    today: Day,
    columns: Vec<Watched>,
    scans: Mutex<Vec<Scan>>,
}

#[derive(Debug)]
struct Watched {
    name: String,
    title: String,
    class: PrivacyClass,
    header: Header,
    accepted: Vec<Kind>,
}

impl Guard {
    /// Watches the columns whose class says that they tell nothing of a person.
    pub(crate) fn new(dataset: &Dataset, today: NaiveDate) -> Self {
        let columns: Vec<Watched> = dataset
            .columns
            .iter()
            .filter(|column| guard::promises_none(column.privacy) && can_hold(column.column_type))
            .map(Watched::of)
            .collect();
        let scans = columns.iter().map(|column| Scan::of(column.header));
        Self {
            today: Day {
                year: today.year(),
                month: today.month(),
                day: today.day(),
            },
            scans: Mutex::new(scans.collect()),
            columns,
        }
    }

    /// Looks at a block's rows, before anything is kept of them.
    pub(crate) fn see(&self, block: &Block) {
        let mut detector = Detector::of_numbers(self.today);
        let file: Arc<str> = block.source.file.as_str().into();
        let numbers = block.numbers();
        let place = |row: usize| Place {
            file: Arc::clone(&file),
            row: numbers.get(row).copied().unwrap_or_default(),
        };
        let look = |column: &Watched| {
            let mut scan = Scan::of(column.header);
            column.look(&block.rows, &mut detector, &mut scan, &place);
            scan
        };
        let seen: Vec<Scan> = self.columns.iter().map(look).collect();
        let mut scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        for (all, scan) in scans.iter_mut().zip(seen) {
            all.merge(scan);
        }
    }

    /// What must not be stored as it is declared: one fault a column and kind.
    pub(crate) fn faults(&self, dataset: &Dataset) -> Vec<Fault> {
        let scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        let columns = self.columns.iter().zip(scans.iter());
        columns
            .flat_map(|(column, scan)| {
                let stops = guard::stops(scan).into_iter();
                let stops = stops.filter(|stop| !column.accepted.contains(&stop.kind));
                stops.map(|stop| column.fault(dataset, &stop))
            })
            .collect()
    }
}

/// Whether values of a type can be an identifier.
fn can_hold(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Text | ColumnType::Code | ColumnType::Integer
    )
}

/// What a column may hold by the words of its manifest.
pub(crate) fn accepted(column: &Column) -> Vec<Kind> {
    let accepts = column.accepts.iter();
    let found = accepts.flat_map(|accepts| &accepts.found);
    found.copied().filter_map(kind).collect()
}

impl Watched {
    fn of(column: &Column) -> Self {
        let names = [column.title.as_str(), column.source_name(), &column.name];
        Self {
            name: column.name.clone(),
            title: column.title.clone(),
            class: column.privacy,
            header: Header::of(names),
            accepted: accepted(column),
        }
    }

    fn look(
        &self,
        rows: &RecordBatch,
        detector: &mut Detector,
        scan: &mut Scan,
        place: &dyn Fn(usize) -> Place,
    ) {
        let Some(array) = rows.column_by_name(&self.name) else {
            return;
        };
        if let Some(cells) = array.as_string_opt::<i32>() {
            for (row, cell) in cells.iter().enumerate() {
                if let Some(cell) = cell {
                    guard::see(scan, detector, cell, &|| place(row));
                }
            }
        } else if let Some(numbers) = array.as_primitive_opt::<Int64Type>() {
            for (row, number) in numbers.iter().enumerate() {
                match number {
                    Some(number) if number >= NUMBER_MIN => {
                        let cell = format!("{number:013}");
                        guard::see(scan, detector, &cell, &|| place(row));
                    }
                    _ => scan.filled += u64::from(numbers.is_valid(row)),
                }
            }
        }
    }

    fn fault(&self, dataset: &Dataset, stop: &Stop) -> Fault {
        let first = stop.first.first();
        let first = first.map_or_else(String::new, |place| {
            format!(", first in {} row {}", place.file, place.row)
        });
        let word = |class: PrivacyClass| {
            let word = serde_json::to_value(class).unwrap_or_default();
            word.as_str().unwrap_or_default().to_owned()
        };
        let what = format!(
            "the column `{}` ({}) holds a {} ({}) in {} of {} filled cells{first}, but its privacy class is `{}`: {}",
            self.name,
            self.title,
            stop.kind.title(Lang::En),
            stop.kind.title(Lang::Ko),
            stop.cells,
            stop.filled,
            word(self.class),
            stop.why.said(Lang::En),
        );
        let class = word(stop.class());
        let declare = format!("declare privacy = \"{class}\", or have them masked at the source");
        let accept = acceptable(stop.kind).map_or_else(String::new, |word| {
            format!(
                "; where they are nobody's personal data, say so: accepts = {{ found = [\"{word}\"], reason = \"...\" }}"
            )
        });
        let file = format!("datasets/{}/{}.toml", dataset.field, dataset.id);
        Fault::at(file, what).remedy(format!("{declare}{accept}"))
    }
}

/// What is found that a column accepts; nothing where it accepts what is no finding.
fn kind(accepted: Acceptable) -> Option<Kind> {
    Some(match accepted {
        Acceptable::Mobile => Kind::Mobile,
        Acceptable::Email => Kind::Email,
        Acceptable::Account => Kind::Account,
        Acceptable::Card => Kind::Card,
        Acceptable::Name => Kind::Name,
        Acceptable::Derived => return None,
    })
}

/// The word that accepts a kind; nothing for numbers that only a class can hold.
fn acceptable(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Mobile => Some("mobile"),
        Kind::Email => Some("email"),
        Kind::Account => Some("account"),
        Kind::Card => Some("card"),
        Kind::Name => Some("name"),
        _ => None,
    }
}
