//! A dataset's page: what it is, who owns it, how good and how fresh it is, and its rows.

mod fill;
mod held;
mod history;
mod measured;
mod provenance;
mod rows;
pub(crate) mod sample;
mod standing;

pub use fill::page;

use serde::Serialize;

pub(crate) use standing::StandingShelf;

use crate::parts::{Badge, Chart, Fact, FigureView, Link, MapView, Pager, Table};

/// A dataset's page.
#[derive(Clone, Debug, Serialize)]
pub struct DatasetPage {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// States in words.
    pub badges: Vec<Badge>,
    /// One sentence: what, who, when.
    pub sentence: String,
    /// What a row is.
    pub description: String,
    /// Rows, quality, age.
    pub figures: Vec<FigureView>,
    /// Its places, when it has some.
    pub map: Option<MapView>,
    /// Its rows.
    pub preview: Preview,
    /// Where staff see what the edited manifest would do, where one waits.
    pub changed: Option<String>,
    /// Where staff confirm that nothing has changed since the last delivery.
    pub confirm: Option<ConfirmView>,
    /// A newer delivery that waits for a person.
    pub held: Option<HeldView>,
    /// What is the same whatever rows are asked for.
    pub standing: Option<Standing>,
    /// The same as markup that was made before.
    pub standing_html: Option<String>,
}

/// What a dataset's page says whatever rows are asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Its files.
    pub downloads: Vec<Download>,
    /// Its columns.
    pub columns: Table,
    /// Quality by dimension in the current version.
    pub quality: Option<Chart>,
    /// Quality over time.
    pub quality_history: Option<Chart>,
    /// Its versions.
    pub versions: Table,
    /// Its loads, with every row accounted for.
    pub loads: Table,
    /// Why rows were quarantined, with counts.
    pub quarantine: Option<Table>,
    /// Where the quarantined rows are, for whoever may see them.
    pub quarantine_rows: Option<String>,
    /// From the source's bytes to the current version.
    pub lineage: Vec<Step>,
    /// The source's licence asks more than the dataset's own.
    pub licence_warning: Option<String>,
    /// Field, department, cadence, licence, ...
    pub facts: Vec<Fact>,
    /// Two versions that can be compared.
    pub compare: Option<CompareForm>,
}

/// Where staff confirm that nothing has changed.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmView {
    /// The day the next update is due.
    pub due: String,
    /// Who confirmed last, since the last delivery.
    pub confirmed: Option<String>,
    /// Where the word goes.
    pub address: String,
}

/// A delivery that waits for a person, or was turned down by one.
#[derive(Clone, Debug, Serialize)]
pub struct HeldView {
    /// What everybody may know: that it waits, since when.
    pub sentence: String,
    /// What differs, for whoever may decide.
    pub differences: Vec<String>,
    /// Where the decision goes, for whoever may decide, while it is open.
    pub address: Option<String>,
    /// What was decided.
    pub decided: Option<String>,
}

/// The rows of a dataset, a page of them.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// The table; none when there is nothing to show, and `why` says it.
    pub table: Option<Table>,
    /// Why there are no rows.
    pub why: Option<String>,
    /// Its pages.
    pub pager: Option<Pager>,
    /// Columns that can be filtered by.
    pub columns: Vec<Choice>,
    /// Ways to compare.
    pub ways: Vec<Choice>,
    /// The value compared with.
    pub value: String,
    /// The order, kept by the form.
    pub sort: String,
    /// The condition in force; the link leads to the rows without it.
    pub active: Option<Link>,
    /// What was asked and cannot be done, in the form's words.
    pub fault: Option<String>,
    /// The figure the rows are of, in words.
    pub of: Option<String>,
}

/// A choice of a form.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// The value sent.
    pub value: String,
    /// What it says.
    pub title: String,
    /// It is chosen.
    pub selected: bool,
}

/// A file to download.
#[derive(Clone, Debug, Serialize)]
pub struct Download {
    /// What it says: `CSV (UTF-8)`.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its size or rows, and what it is good for.
    pub note: String,
}

/// A step from the source's bytes to the version.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Source, load, version.
    pub title: String,
    /// What is known of it.
    pub facts: Vec<Fact>,
}

/// A form to compare two versions.
#[derive(Clone, Debug, Serialize)]
pub struct CompareForm {
    /// The versions, newest first.
    pub from: Vec<Choice>,
    /// The versions, newest first.
    pub to: Vec<Choice>,
}
