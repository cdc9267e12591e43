//! What pages say of datasets and versions, in words: cards, badges, freshness, cells.

use access::{AskError, Reader, Record};
use arrow::array::{Array, AsArray};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::dataset::Release;
use city::freshness::State;
use city::{ColumnType, Dataset};
use interop::freshness::{Clock, Clocks};
use serde_json::Value;
use std::sync::Arc;

use crate::parts::{Badge, Cell, CellKind, DatasetCard, Tone};
use crate::show;
use crate::site::Visit;

/// How new a dataset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Its next delivery is not late.
    Fresh,
    /// Its next delivery is late.
    Stale,
    /// Never loaded.
    None,
}

/// A dataset with its version in force.
pub(crate) struct Known<'k> {
    pub(crate) dataset: &'k Dataset,
    pub(crate) version: Option<Arc<Record>>,
    pub(crate) clock: Clock,
}

impl<'k> Known<'k> {
    /// Reads the version in force of what this person may see.
    pub(crate) fn read(
        reader: &Reader,
        clocks: &Clocks,
        dataset: &'k Dataset,
    ) -> Result<Self, AskError> {
        let version = match reader.version(dataset.id.as_str(), &access::At::Latest) {
            Ok(version) => Some(version),
            Err(AskError::NotLoaded(_)) => None,
            Err(AskError::Denied(denied)) if denied.is_closed() => None,
            Err(error) => return Err(error),
        };
        let clock = clocks.of(reader, &dataset.id)?;
        Ok(Self {
            dataset,
            version,
            clock,
        })
    }

    pub(crate) fn rows(&self) -> u64 {
        self.version.as_ref().map_or(0, |version| version.rows)
    }

    pub(crate) fn freshness(&self) -> Freshness {
        match self.clock.freshness.state {
            State::NeverLoaded => Freshness::None,
            State::Overdue { .. } => Freshness::Stale,
            State::Fresh | State::DueSoon { .. } | State::Unclocked => Freshness::Fresh,
        }
    }

    /// The day its next update is due, in a sentence.
    pub(crate) fn due(&self, visit: &Visit) -> Option<String> {
        let due = self.clock.freshness.due_on?.to_string();
        let key = if self.clock.freshness.is_overdue() {
            "overdue.passed"
        } else {
            "overdue.next"
        };
        Some(visit.say(key, &[("due", due)]))
    }

    /// How new it is, and how many rows were put aside.
    pub(crate) fn badges(&self, visit: &Visit) -> Vec<Badge> {
        let (key, tone) = match self.freshness() {
            Freshness::Fresh => ("dataset.badge_fresh", Tone::Good),
            Freshness::Stale => ("dataset.badge_stale", Tone::Danger),
            Freshness::None => ("dataset.badge_none", Tone::Plain),
        };
        let mut badges = vec![Badge::new(visit.t(key), tone)];
        if visit.is_operator() && matches!(self.clock.freshness.state, State::DueSoon { .. }) {
            badges.push(Badge::new(visit.t("dataset.badge_soon"), Tone::Warning));
        }
        if self.dataset.release != Release::Open {
            badges.push(Badge::new(
                visit.t(&format!("release.{}", word(&self.dataset.release))),
                Tone::Plain,
            ));
        }
        let quarantined = self
            .version
            .as_ref()
            .map_or(0, |version| version.quarantined);
        if quarantined > 0 {
            badges.push(Badge::new(
                visit.say(
                    "dataset.badge_quarantined",
                    &[("count", show::count_of(quarantined))],
                ),
                Tone::Warning,
            ));
        }
        badges
    }

    /// A card in a list.
    pub(crate) fn card(&self, visit: &Visit) -> DatasetCard {
        let dataset = self.dataset;
        let mut meta = vec![
            field_title(visit, dataset),
            department_title(visit, dataset),
            visit.t(&format!("cadence.{}", word(&dataset.cadence))),
        ];
        if let Some(version) = &self.version {
            meta.push(format!(
                "{}{}",
                show::count_of(version.rows),
                visit.t("home.unit_rows")
            ));
            meta.push(show::age(version.committed_at, visit.now(), visit.lang));
        }
        meta.extend(self.due(visit));
        DatasetCard {
            path: format!("/datasets/{}", dataset.id),
            title: visit.title(&dataset.title, dataset.title_en.as_deref()),
            description: visit.title(&dataset.description, dataset.description_en.as_deref()),
            badges: self.badges(visit),
            meta,
        }
    }
}

/// The word of a manifest's value, as the manifest writes it.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The title of a dataset's field.
pub(crate) fn field_title(visit: &Visit, dataset: &Dataset) -> String {
    visit.city().field(&dataset.field).map_or_else(
        || dataset.field.to_string(),
        |field| visit.title(&field.title, Some(&field.title_en)),
    )
}

/// The title of a dataset's department.
pub(crate) fn department_title(visit: &Visit, dataset: &Dataset) -> String {
    let department = visit.city().department(&dataset.department);
    department.map_or_else(
        || dataset.department.to_string(),
        |department| visit.title(&department.title, Some(&department.title_en)),
    )
}

/// The title of a column, with its unit.
pub(crate) fn column_title(visit: &Visit, dataset: &Dataset, name: &str) -> String {
    match dataset.column(name) {
        Some(column) => visit.title(&column.title, column.title_en.as_deref()),
        None => match (name, visit.lang) {
            ("longitude", city::Lang::Ko) => "경도".to_owned(),
            ("latitude", city::Lang::Ko) => "위도".to_owned(),
            (name, _) => name.to_owned(),
        },
    }
}

/// A quality dimension of a report.
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) errors: u64,
    pub(crate) diagnosed: u64,
}

impl Dimension {
    /// Its score in percent; nothing where nothing was looked at.
    pub(crate) fn percent(&self) -> Option<String> {
        (self.diagnosed > 0)
            .then(|| show::percent(self.diagnosed.saturating_sub(self.errors), self.diagnosed))
    }

    /// Its score, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share, drawn as a bar")]
    pub(crate) fn score(&self) -> f64 {
        if self.diagnosed == 0 {
            1.0
        } else {
            1.0 - self.errors as f64 / self.diagnosed as f64
        }
    }
}

/// The dimensions of a version's report.
pub(crate) fn dimensions(record: &Record) -> Vec<Dimension> {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let list = record.report.get("dimensions").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|entry| Dimension {
            name: entry["name"].as_str().unwrap_or_default().to_owned(),
            errors: number(&entry["errors"]),
            diagnosed: number(&entry["diagnosed"]),
        })
        .collect()
}

/// A cell of a table of data.
pub(crate) fn cell(visit: &Visit, array: &dyn Array, row: usize, kind: Option<ColumnType>) -> Cell {
    if array.is_null(row) {
        return Cell::of(CellKind::Nothing, visit.t("dataset.unknown_cell"));
    }
    match (array.data_type(), kind) {
        (DataType::Boolean, _) => Cell::text(visit.t(if array.as_boolean().value(row) {
            "dataset.yes"
        } else {
            "dataset.no"
        })),
        (DataType::Int64, Some(ColumnType::Year)) => Cell::of(CellKind::Moment, plain(array, row)),
        (DataType::Int64, _) => Cell::number(show::count(
            array
                .as_primitive::<arrow::datatypes::Int64Type>()
                .value(row),
        )),
        (DataType::Float64, _) => Cell::number(number(
            array
                .as_primitive::<arrow::datatypes::Float64Type>()
                .value(row),
        )),
        (DataType::Decimal128(..), _) => Cell::number(grouped(&plain(array, row))),
        (DataType::Date32, Some(ColumnType::Month)) => Cell::of(
            CellKind::Moment,
            plain(array, row).get(..7).unwrap_or_default().to_owned(),
        ),
        (DataType::Date32, _) => Cell::of(CellKind::Moment, plain(array, row)),
        (DataType::Timestamp(..), _) => Cell::of(
            CellKind::Moment,
            without_seconds(plain(array, row).replace('T', " ")),
        ),
        (DataType::Binary | DataType::LargeBinary | DataType::BinaryView, _) => {
            Cell::text(visit.t("type.geometry"))
        }
        (_, Some(ColumnType::Time)) => {
            Cell::of(CellKind::Moment, without_seconds(plain(array, row)))
        }
        (_, Some(ColumnType::Code)) => Cell::of(CellKind::Moment, plain(array, row)),
        _ => Cell::text(shortened(plain(array, row))),
    }
}

/// Whether values of this type stand on the right.
pub(crate) fn is_numeric(data_type: &DataType, kind: Option<ColumnType>) -> bool {
    kind != Some(ColumnType::Year)
        && matches!(
            data_type,
            DataType::Int64 | DataType::Float64 | DataType::Decimal128(..)
        )
}

fn plain(array: &dyn Array, row: usize) -> String {
    let options = FormatOptions::default();
    ArrayFormatter::try_new(array, &options).map_or_else(
        |_| String::new(),
        |formatter| formatter.value(row).to_string(),
    )
}

/// A measured number: whole ones with commas, others with up to six digits after the point.
fn number(value: f64) -> String {
    let text = measure::format::full(value, 6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn grouped(text: &str) -> String {
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text), |digits| ("\u{2212}", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let Ok(whole) = whole.parse::<i64>() else {
        return text.to_owned();
    };
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{part}", show::count(whole))
}

/// A time of day without its seconds, where they are zero.
fn without_seconds(mut time: String) -> String {
    if time.matches(':').count() == 2 && time.ends_with(":00") {
        time.truncate(time.len() - 3);
    }
    time
}

/// A page shows the beginning of a long text; the files have all of it.
fn shortened(text: String) -> String {
    const LONGEST: usize = 120;
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    short.push('…');
    short
}

/// A number of bytes as people read it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} kB", show::count_of(bytes.div_ceil(1024))),
        _ => format!("{} MB", show::count_of(bytes.div_ceil(1_048_576))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_tables_are_whole_and_exact() {
        assert_eq!(number(1_234.5), "1,234.5");
        assert_eq!(number(127.026_394), "127.026394");
        assert_eq!(number(100.0), "100");
        assert_eq!(grouped("-1234567.50"), "\u{2212}1,234,567.5");
        assert_eq!(grouped("0.00"), "0");
        assert_eq!(without_seconds("10:00:00".to_owned()), "10:00");
        assert_eq!(
            without_seconds("2026-01-02 10:00:00".to_owned()),
            "2026-01-02 10:00"
        );
        assert_eq!(without_seconds("10:00:30".to_owned()), "10:00:30");
        assert_eq!(size(1), "1 B");
        assert_eq!(size(3 << 20), "3 MB");
    }
}
