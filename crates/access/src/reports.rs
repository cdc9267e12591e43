//! Reports of citizens that a value is wrong: given by anybody who sees the row, read and answered by staff.

use std::sync::Arc;

use lake::{Report, ReportAnswer, Reported};
use records::log::{Act, Entry, Touched};

use crate::error::AskError;
use crate::reader::Reader;

impl Reader {
    /// Keeps a report about a row of a dataset that this person sees. When and its id are made here.
    ///
    /// # Errors
    /// When the dataset or the column may not be seen, or the disk fails.
    pub async fn report(&self, id: &str, report: Report) -> Result<Report, AskError> {
        let dataset = match self.dataset(id) {
            Ok(dataset) => Arc::clone(dataset),
            Err(error) => return Err(self.log_denial(error).await),
        };
        if dataset.column(&report.column).is_none() {
            let known = dataset.columns.iter().map(|column| column.name.as_str());
            return Err(AskError::UnknownColumn {
                nearest: crate::nearest(&report.column, known),
                name: report.column,
            });
        }
        let report = Report {
            id: lake::Correction::new_id(),
            ..report
        };
        let entry = Entry {
            act: Act::Change,
            purpose: "report a value".to_owned(),
            ..self.entry(
                vec![Touched {
                    dataset: dataset.id.clone(),
                    version: None,
                    columns: vec![report.column.clone()],
                }],
                Some(format!("report {}", report.id)),
            )
        };
        let at = self.door.records.log().append(entry).await?.at;
        let report = Report { at, ..report };
        self.door.lake.report(&dataset.id, &report)?;
        Ok(report)
    }

    /// All reports about a dataset, oldest first. Staff only: people write what they like.
    ///
    /// # Errors
    /// When this person may not see them, or there is no such dataset.
    pub fn reports(&self, id: &str) -> Result<Arc<Vec<Reported>>, AskError> {
        let dataset = self.dataset(id)?;
        self.operator_only(id, "reports")?;
        Ok(self.door.lake.reports(&dataset.id)?)
    }

    /// All reports about a dataset, oldest first, to be shown: that they were read stands in the access log.
    ///
    /// # Errors
    /// As for [`Self::reports`], and when the log cannot be written.
    pub async fn read_reports(&self, id: &str) -> Result<Arc<Vec<Reported>>, AskError> {
        let all = match self.reports(id) {
            Ok(all) => all,
            Err(error) => return Err(self.log_denial(error).await),
        };
        self.read_by_hand(id, "reports", &[]).await?;
        Ok(all)
    }

    /// What became of a report, for whoever has its receipt: the answer, and nothing of what was written.
    ///
    /// # Errors
    /// When the dataset may not be seen, or the disk fails.
    pub fn receipt(&self, id: &str, report: &str) -> Result<Option<Reported>, AskError> {
        let dataset = self.dataset(id)?;
        let all = self.door.lake.reports(&dataset.id)?;
        let found = all
            .iter()
            .filter(|reported| reported.report.id == report)
            .find(|reported| dataset.column(&reported.report.column).is_some());
        Ok(found.cloned().map(|mut reported| {
            reported.report.note.clear();
            reported.report.says = None;
            reported.report.shown.clear();
            reported
        }))
    }

    /// Answers a report; the answer stands in the access log. One that stands already is given back.
    ///
    /// # Errors
    /// When this person may not answer, there is no such report, or the disk fails.
    pub async fn answer_report(
        &self,
        id: &str,
        report: &str,
        text: &str,
        correction: Option<String>,
    ) -> Result<ReportAnswer, AskError> {
        let what = format!("answer report {report}");
        let at = self
            .changed(id, Vec::new(), (what, "answer a report".to_owned()), &[])
            .await?;
        let answer = ReportAnswer {
            at,
            who: self.person.name().to_owned(),
            text: text.to_owned(),
            correction,
        };
        let dataset = self.dataset(id)?;
        Ok(self.door.lake.answer(&dataset.id, report, answer)?)
    }
}
