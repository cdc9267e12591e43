//! The pack: indicators with what they were counted from, for one year and the city or one department.

use std::collections::{BTreeMap, HashMap};

use access::{Landed, Outcome};
use chrono::{DateTime, NaiveDate, Utc};
use city::calendar::korean_day;
use city::dataset::{Cadence, Release};
use city::{DatasetId, DepartmentId, FieldId, StandardId};
use serde::Serialize;

use super::definition::{Area, Words};

/// Version of the pack's form.
pub(super) const FORM: u32 = 1;

/// Everything the evidence consists of. The same records give the same pack, down to its hash.
#[derive(Clone, Debug, Serialize)]
pub struct Pack {
    /// Version of this form.
    pub form: u32,
    /// SHA-256 of this document in JSON while this is empty.
    pub sha256: String,
    /// The body, as it calls itself as a provider of open data.
    pub provider: String,
    /// The city's names.
    pub city: Named,
    /// The year.
    pub year: i32,
    /// The last day that counts.
    pub until: NaiveDate,
    /// The department, where it is of one.
    pub department: Option<Named>,
    /// The departments whose datasets are counted.
    pub departments: Vec<Named>,
    /// The indicators, in the evaluation's order.
    pub indicators: Vec<Indicator>,
    /// The error rate at the end of each month.
    pub months: Vec<Month>,
    /// Errors and values diagnosed by rule and column, as they count for the error rate.
    pub checks: Vec<Rule>,
    /// The datasets, each with the version in force.
    pub datasets: Vec<Document>,
    /// Every load of the year.
    pub loads: Vec<Load>,
}

/// A thing with an id and names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Id, or code.
    pub id: String,
    /// Korean name.
    pub ko: String,
    /// English name.
    pub en: String,
}

/// One indicator, counted.
#[derive(Clone, Debug, Serialize)]
pub struct Indicator {
    /// Id.
    pub id: &'static str,
    /// The evaluation.
    pub area: Area,
    /// The evaluation's item; in Korean as the evaluation writes it.
    pub item: Words,
    /// What this figure says of it.
    pub title: Words,
    /// What stands above the line.
    pub numerator_is: Words,
    /// What stands below the line.
    pub denominator_is: Words,
    /// What each is counted in.
    pub unit: Words,
    /// How it was counted.
    pub how: Words,
    /// What a person must add.
    pub add: Words,
    /// A small figure is a good one.
    pub is_fault: bool,
    /// Whether there is a figure.
    pub state: State,
    /// Above the line.
    pub numerator: Option<u64>,
    /// Below the line.
    pub denominator: Option<u64>,
    /// The datasets it was counted from.
    pub parts: Vec<Part>,
}

/// Whether there is a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is.
    Counted,
    /// There was nothing to count.
    NothingToCount,
    /// This system has no record to count from.
    NotInRecords,
}

/// What one dataset adds to an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its department.
    pub department: DepartmentId,
    /// Above the line.
    pub numerator: u64,
    /// Below the line.
    pub denominator: u64,
}

/// The error rate at the end of a month, or of the last day that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Month {
    /// The day.
    pub until: NaiveDate,
    /// Datasets with a load in the year so far.
    pub datasets: u64,
    /// Values at fault.
    pub errors: u64,
    /// Values diagnosed.
    pub diagnosed: u64,
}

/// One rule on one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The dataset.
    pub dataset: DatasetId,
    /// The column's physical name, where the rule looks at one.
    pub column: Option<String>,
    /// Its Korean title.
    pub title: Option<String>,
    /// The rule's word.
    pub check: String,
    /// Values at fault.
    pub errors: u64,
    /// Values diagnosed.
    pub diagnosed: u64,
}

/// One dataset: what stands behind its figures.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// The dataset.
    pub dataset: DatasetId,
    /// Korean title.
    pub title: String,
    /// English title.
    pub title_en: Option<String>,
    /// Its department.
    pub department: DepartmentId,
    /// Its field.
    pub field: FieldId,
    /// How often its source changes.
    pub cadence: Cadence,
    /// Whether the public may have it.
    pub release: Release,
    /// The standard it says it follows.
    pub standard: Option<StandardId>,
    /// Its manifest, below the city's folder.
    pub manifest: String,
    /// Loads of the year.
    pub loads: usize,
    /// Its newest version of the year.
    pub newest: Option<Load>,
}

/// One load.
#[derive(Clone, Debug, Serialize)]
pub struct Load {
    /// The dataset.
    pub dataset: DatasetId,
    /// The version it made; none where it was refused or waits.
    pub version: Option<i64>,
    /// Its id.
    pub load_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub at: DateTime<Utc>,
    /// Rows read: accepted + quarantined.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows quarantined.
    pub quarantined: u64,
    /// Places of damaged files mended because the manifest says so.
    pub mended: u64,
    /// SHA-256 of the manifest it followed.
    pub manifest_sha256: String,
    /// The bytes it was made of.
    pub files: Vec<Landed>,
    /// The versions it was made of, where it is derived.
    pub inputs: BTreeMap<DatasetId, i64>,
    /// What was decided, where it waited for a person.
    pub decision: Option<access::Decision>,
}

impl Pack {
    /// A department's names.
    pub fn department_of(&self, id: &DepartmentId) -> Option<&Named> {
        self.departments.iter().find(|own| own.id == id.as_str())
    }

    /// A dataset's document.
    pub fn document_of(&self, id: &DatasetId) -> Option<&Document> {
        self.datasets.iter().find(|own| own.dataset == *id)
    }

    /// What the departments add to an indicator, in the city's order.
    pub fn by_department<'p>(&'p self, of: &'p Indicator) -> Vec<(&'p Named, u64, u64)> {
        let mut sums: HashMap<&str, (u64, u64)> = HashMap::new();
        for part in &of.parts {
            let sum = sums.entry(part.department.as_str()).or_default();
            *sum = (sum.0 + part.numerator, sum.1 + part.denominator);
        }
        let departments = self.departments.iter();
        departments
            .filter_map(|own| {
                let (numerator, denominator) = *sums.get(own.id.as_str())?;
                (denominator > 0).then_some((own, numerator, denominator))
            })
            .collect()
    }

    /// The day of a load in Korea.
    pub fn day(load: &Load) -> NaiveDate {
        korean_day(load.at)
    }
}
