//! Rows that were handed out before and are handed out once more.

use std::sync::Arc;

use records::log::{Entry, Touched};

use crate::error::AskError;
use crate::question::{Rows, described};
use crate::reader::Reader;
use crate::rows::touched;

impl Reader {
    /// Writes down that rows which a reader of the same sight was given are used for this one: whoever keeps rows asks
    /// here before it answers from them. Only for datasets that say of no row whose it is.
    ///
    /// # Errors
    /// When the dataset or a column may not be seen, when its rows are somebody's, or when the log cannot be written.
    pub async fn again(&self, question: &Rows, rows: u64) -> Result<(), AskError> {
        self.again_all(std::slice::from_ref(question), rows).await
    }

    /// The same of rows of several datasets that are kept as one: one entry of the log names them all.
    ///
    /// # Errors
    /// As those of [`Reader::again`], of any of them.
    pub async fn again_all(&self, questions: &[Rows], rows: u64) -> Result<(), AskError> {
        let _waits = self.waits();
        match self.try_again(questions, rows).await {
            Err(error) => Err(self.log_denial(error).await),
            done => done,
        }
    }

    async fn try_again(&self, questions: &[Rows], rows: u64) -> Result<(), AskError> {
        let mut all = Vec::with_capacity(questions.len());
        for question in questions {
            all.push(self.touched_again(question)?);
        }
        let told: Vec<String> = questions.iter().map(described).collect();
        let entry = Entry {
            rows: Some(rows),
            ..self.entry(all, Some(told.join("; ")))
        };
        self.door.records.log().append(entry).await?;
        Ok(())
    }

    fn touched_again(&self, question: &Rows) -> Result<Touched, AskError> {
        let version = self.find_version(&question.dataset, &question.at)?;
        let dataset = Arc::clone(self.dataset(&question.dataset)?);
        if !self.may_keep(&dataset.id) {
            let what = format!("{} (kept rows)", dataset.id);
            return Err(self.denied(Some(&dataset.id), what).into());
        }
        let mut columns = Vec::new();
        for name in &question.columns {
            columns.push(self.column(&dataset, name)?.0);
        }
        Ok(touched(&version, columns))
    }

    /// Whether rows of a dataset may be kept for the next who asks: those of persons may not, since each read of them
    /// says whose they were.
    pub fn may_keep(&self, id: &str) -> bool {
        let declared = self.door.city.datasets.get(id);
        declared.is_some_and(|declared| declared.subjects.is_empty())
    }
}
