//! Reports: what citizens say is wrong in a row of an open dataset, and what became of it.
//!
//! ```text
//! <root>/reports/<dataset>/<id>.json     a report
//! <root>/reports/<dataset>/<id>.answer   what staff answered
//! ```

use std::sync::Arc;

use chrono::{DateTime, Utc};
use city::DatasetId;
use serde::{Deserialize, Serialize};

use crate::{Lake, LakeError, disk};

/// What somebody says is wrong. It names nobody: whoever wants to know what became of it keeps its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id, which is the receipt.
    pub id: String,
    /// When it came.
    pub at: DateTime<Utc>,
    /// The question that gives the row: of a version, which never changes.
    pub row: String,
    /// The column (physical name) that is wrong.
    pub column: String,
    /// What stood there, as it was shown.
    pub shown: String,
    /// What should stand there, if it was said.
    pub says: Option<String>,
    /// How the person knows.
    pub note: String,
}

/// What staff answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAnswer {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// What whoever reported it is told.
    pub text: String,
    /// The correction that was made, if the report was right.
    pub correction: Option<String>,
}

/// A report, and its answer once there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The report.
    pub report: Report,
    /// The answer.
    pub answer: Option<ReportAnswer>,
}

impl Lake {
    /// All reports about a dataset, oldest first.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn reports(&self, dataset: &DatasetId) -> Result<Arc<Vec<Reported>>, LakeError> {
        self.keep(
            dataset,
            |kept| &mut kept.reports,
            || self.read_reports(dataset),
        )
    }

    fn read_reports(&self, dataset: &DatasetId) -> Result<Vec<Reported>, LakeError> {
        let folder = self.reports_folder(dataset);
        let mut all = Vec::new();
        for path in disk::files(&folder, "json")? {
            let Some(report) = disk::read_json::<Report>(&path)? else {
                continue;
            };
            let answer = disk::read_json(&path.with_extension("answer"))?;
            all.push(Reported { report, answer });
        }
        all.sort_by(|one, other| one.report.id.cmp(&other.report.id));
        Ok(all)
    }

    /// Keeps a report; when this returns it is on disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn report(&self, dataset: &DatasetId, report: &Report) -> Result<(), LakeError> {
        let path = self.reports_folder(dataset);
        let _change = self.notices.announce(dataset)?;
        disk::write_json(&path.join(format!("{}.json", report.id)), report)
    }

    /// Keeps an answer; when this returns it is on disk. The first answer stays, and is given back.
    ///
    /// # Errors
    /// When there is no such report, or the disk fails.
    pub fn answer(
        &self,
        dataset: &DatasetId,
        id: &str,
        answer: ReportAnswer,
    ) -> Result<ReportAnswer, LakeError> {
        let known = self.reports(dataset)?;
        let known = known
            .iter()
            .find(|reported| reported.report.id == id)
            .ok_or_else(|| LakeError::NoReport {
                dataset: dataset.to_string(),
                report: id.to_owned(),
            })?;
        if let Some(before) = &known.answer {
            return Ok(before.clone());
        }
        let path = self.reports_folder(dataset);
        let _change = self.notices.announce(dataset)?;
        disk::write_json(&path.join(format!("{id}.answer")), &answer)?;
        Ok(answer)
    }

    fn reports_folder(&self, dataset: &str) -> std::path::PathBuf {
        self.root.join("reports").join(dataset)
    }
}
