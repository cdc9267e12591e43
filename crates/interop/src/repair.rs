//! Rows put right by staff, and values that citizens report.

use access::{
    AskError, At, Correction, PutAside, Reader, Record, Report, RightCells, RowOrigin, Rows,
    SourceRow, name_row,
};
use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::Int64Type;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use async_trait::async_trait;
use city::dataset::LoadMode;
use city::{Dataset, DatasetId, Reason};
use std::sync::Arc;

use crate::problem::Problem;
use crate::question;
use crate::state::AppState;

/// Most letters of what a citizen writes.
pub const NOTE_MAX: usize = 1_000;
/// Most letters of a value.
pub const VALUE_MAX: usize = 500;

/// What only the program as a whole can do: it knows how files are read and how rows are judged.
#[async_trait]
pub trait Workshop: Send + Sync {
    /// What the dataset's contract says of a row; nothing when it would be accepted.
    ///
    /// # Errors
    /// A sentence for staff.
    async fn try_row(
        &self,
        dataset: &DatasetId,
        columns: &[String],
        cells: Vec<String>,
    ) -> Result<Vec<Reason>, String>;

    /// A row of a load as its source has it.
    ///
    /// # Errors
    /// A sentence for staff.
    async fn source_row(
        &self,
        dataset: &DatasetId,
        load_id: &str,
        file: &str,
        row: i64,
    ) -> Result<Option<SourceRow>, String>;
}

/// A row that is looked at, wherever it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// Where it stands.
    pub from: RowOrigin,
    /// Its cells as they came.
    pub source: SourceRow,
    /// Why it was put aside; nothing for a row of the table.
    pub reasons: Vec<Reason>,
}

/// Why a correction was not kept.
#[derive(Debug)]
pub enum Refused {
    /// The words make no correction.
    Words(String),
    /// The row would be put aside as it is said.
    Reasons(Vec<Reason>),
    /// Somebody else asks, there is no such row, or the machine is at fault.
    Problem(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<AskError> for Refused {
    fn from(error: AskError) -> Self {
        Self::Problem(error.into())
    }
}

/// A row that a load put aside.
///
/// # Errors
/// When this person may not see it, or there is none.
pub async fn put_aside(
    reader: &Reader,
    id: &str,
    load_id: &str,
    (file, row): (&str, i64),
) -> Result<Looked, Problem> {
    let found = reader.quarantined_row(id, load_id, (file, row)).await?;
    let Some(PutAside {
        file,
        row,
        columns,
        raw,
        reasons,
    }) = found
    else {
        return Err(Problem::not_found(format!(
            "load {load_id} of '{id}' put no row {row} of {file} aside"
        )));
    };
    Ok(Looked {
        from: RowOrigin {
            load_id: load_id.to_owned(),
            file,
            row,
            accepted: false,
        },
        source: SourceRow {
            columns,
            cells: raw,
        },
        reasons,
    })
}

/// The row that a report is about, as its source has it.
///
/// # Errors
/// When this person may not see it, or its bytes cannot be read.
pub async fn reported_row(
    state: &AppState,
    reader: &Reader,
    dataset: &Dataset,
    report: &Report,
) -> Result<Looked, Problem> {
    let id = dataset.id.as_str();
    let mut asked = question::rows(id, &report.row, &[])?;
    asked.columns = vec!["_file".to_owned(), "_row".to_owned()];
    asked.limit = Some(1);
    let version = reader.version(id, &asked.at)?;
    let mut origin = None;
    for batch in reader.rows(&asked).await?.collect().await? {
        let files = batch.column(0).as_string_opt::<i32>();
        let rows = batch.column(1).as_primitive_opt::<Int64Type>();
        if let (Some(files), Some(rows)) = (files, rows)
            && !files.is_empty()
        {
            origin = Some((files.value(0).to_owned(), rows.value(0)));
        }
    }
    let gone = || Problem::not_found(format!("the row of report {} is not there", report.id));
    let (file, row) = origin.ok_or_else(gone)?;
    let loads = reader.loads(id)?;
    let load = load_of(&loads, &version, &file);
    let workshop = state.workshop.as_ref().ok_or_else(gone)?;
    let source = workshop
        .source_row(&dataset.id, &load.load_id, &file, row)
        .await
        .map_err(Problem::question)?
        .ok_or_else(gone)?;
    Ok(Looked {
        from: RowOrigin {
            load_id: load.load_id.clone(),
            file,
            row,
            accepted: true,
        },
        source,
        reasons: Vec::new(),
    })
}

/// The load that brought a row of `file` into a version: its own, unless the table grows from load to load.
fn load_of<'l>(loads: &'l [Arc<Record>], version: &'l Arc<Record>, file: &str) -> &'l Record {
    if version.mode == LoadMode::Snapshot {
        return version;
    }
    let before = loads
        .iter()
        .filter(|load| load.number > 0 && load.number <= version.number);
    let mut with_file = before.filter(|load| load.sources.iter().any(|source| source.name == file));
    with_file.next().unwrap_or(version)
}

/// Keeps a correction of a row, after trying it; nothing of `right` means that the row is left out of the table.
///
/// # Errors
/// When the words make no correction, or the row would be put aside.
pub async fn correct(
    state: &AppState,
    reader: &Reader,
    dataset: &Dataset,
    looked: &Looked,
    (right, why): (Option<&RightCells>, &str),
    report: Option<String>,
) -> Result<Correction, Refused> {
    let only_grows = dataset.load.mode != LoadMode::Snapshot && dataset.load.key.is_empty();
    if looked.from.accepted && only_grows {
        return Err(Refused::Words(
            "rows of this dataset are only added and have no key: ask for a corrected file"
                .to_owned(),
        ));
    }
    if looked.from.accepted && right.is_none() && dataset.load.mode != LoadMode::Snapshot {
        return Err(Refused::Words(
            "rows of this dataset stay once they are added: ask for a corrected file".to_owned(),
        ));
    }
    let (row, remedy) = name_row(dataset, &looked.source, right).map_err(Refused::Words)?;
    if let (Some(right), Some(workshop)) = (right, &state.workshop) {
        let cells = with(&looked.source, right);
        let columns = &looked.source.columns;
        let reasons = workshop.try_row(&dataset.id, columns, cells).await;
        let reasons = reasons.map_err(Refused::Words)?;
        if !reasons.is_empty() {
            return Err(Refused::Reasons(reasons));
        }
    }
    let correction = Correction {
        id: Correction::new_id(),
        at: state.records.clock().now(),
        who: String::new(),
        why: why.to_owned(),
        row,
        remedy,
        from: looked.from.clone(),
        report,
    };
    Ok(reader.correct(dataset.id.as_str(), correction).await?)
}

/// All cells of a row with the right ones in their places.
pub fn with(row: &SourceRow, right: &RightCells) -> Vec<String> {
    let cells = row.columns.iter().enumerate().map(|(at, column)| {
        let own = row.cells.get(at).cloned().unwrap_or_default();
        right.get(column).cloned().unwrap_or(own)
    });
    cells.collect()
}

/// One row as this person sees it: column and value as text, in the order of the table.
///
/// # Errors
/// When the question cannot be understood, or there is no such row.
pub async fn shown_row(
    reader: &Reader,
    id: &str,
    row: &str,
) -> Result<(Rows, Vec<(String, String)>), Problem> {
    let mut asked = question::rows(id, row, &[])?;
    asked.limit = Some(1);
    // A version's rows never change; "the newest" would mean another row tomorrow.
    if asked.at == At::Latest {
        asked.at = At::Version(reader.version(id, &At::Latest)?.number);
    }
    let mut cells = Vec::new();
    for batch in reader.rows(&asked).await?.collect().await? {
        let format = FormatOptions::default();
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            if array.is_empty() {
                continue;
            }
            let shown = ArrayFormatter::try_new(array.as_ref(), &format)
                .map_err(|error| Problem::broken(&error))?;
            cells.push((field.name().clone(), shown.value(0).to_string()));
        }
    }
    if cells.is_empty() {
        return Err(Problem::not_found(format!("'{id}' has no such row")));
    }
    Ok((asked, cells))
}

/// What is open: rows put aside that nobody has looked at, and reports that nobody has answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// Rows.
    pub rows: u64,
    /// Reports.
    pub reports: u64,
}

/// Every dataset of which something is open, counted once for all who ask until something changes. Staff only.
///
/// # Errors
/// When this person may not see it.
pub async fn all_open(
    state: &AppState,
    reader: Reader,
) -> Result<Arc<Vec<(Arc<Dataset>, Open)>>, AskError> {
    let count = |reader: &Reader| {
        let mut found = Vec::new();
        for dataset in reader.datasets() {
            let open = open(reader, dataset)?;
            if open != Open::default() {
                found.push((Arc::clone(dataset), open));
            }
        }
        Ok(found)
    };
    let of = String::new();
    state.overviews.get(reader, "tasks", of, count).await
}

/// What is open of a dataset. Staff only.
///
/// # Errors
/// When this person may not see it.
pub fn open(reader: &Reader, dataset: &Dataset) -> Result<Open, AskError> {
    let id = dataset.id.as_str();
    let loads = reader.loads(id)?;
    let newest = loads.first().into_iter();
    // A snapshot's earlier rows are gone; other tables keep what any load put aside.
    let counted: Vec<&Arc<Record>> = if dataset.load.mode == LoadMode::Snapshot {
        newest.collect()
    } else {
        loads.iter().collect()
    };
    let aside: u64 = counted.iter().map(|load| load.quarantined).sum();
    let is_counted = |standing: &access::Standing| {
        let correction = &standing.correction;
        let is_of_load = counted
            .iter()
            .any(|load| load.load_id == correction.from.load_id);
        let is_left_out = correction.remedy == access::Remedy::LeaveOut
            && counted
                .iter()
                .any(|load| load.corrections.get(&correction.id) == Some(&access::Came::Applied));
        standing.withdrawn.is_none() && !correction.from.accepted && (is_of_load || is_left_out)
    };
    let corrections = reader.corrections(id)?;
    let done = corrections.iter().filter(|one| is_counted(one)).count();
    let reports = reader.reports(id)?;
    let unanswered = reports.iter().filter(|known| known.answer.is_none());
    let number = |count: usize| u64::try_from(count).unwrap_or_default();
    Ok(Open {
        rows: aside.saturating_sub(number(done)),
        reports: number(unanswered.count()),
    })
}
