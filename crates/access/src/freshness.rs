//! When a dataset's next delivery is due; and a department's word that nothing has changed.

use chrono::{DateTime, Utc};
use city::Freshness;
use records::Confirmation;
use records::log::{Act, Entry, Touched};

use crate::error::AskError;
use crate::reader::Reader;

impl Reader {
    /// Refuses whoever is not staff.
    ///
    /// # Errors
    /// When anybody asks.
    pub fn staff_only(&self, what: &str) -> Result<(), AskError> {
        if self.is_operator() {
            Ok(())
        } else {
            let error = self.denied(None, what.to_owned()).into();
            self.note_denial(&error);
            Err(error)
        }
    }

    /// A number that is another one after each change of any dataset; nothing while one may be changing.
    pub fn standing(&self) -> Option<u64> {
        self.door.lake.standing()
    }

    /// When something new arrived last; nothing where nothing ever did.
    ///
    /// # Errors
    /// When the dataset may not be seen, or its log cannot be read.
    pub fn renewed(&self, id: &str) -> Result<Option<DateTime<Utc>>, AskError> {
        let dataset = self
            .dataset(id)
            .inspect_err(|error| self.note_denial(error))?;
        Ok(self.door.lake.renewed(&dataset.id)?)
    }

    /// Where a dataset stands at `now`, whose clock was started at `since`.
    ///
    /// # Errors
    /// When the dataset may not be seen.
    pub fn freshness(
        &self,
        id: &str,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Freshness, AskError> {
        let dataset = self.dataset(id)?;
        Ok(Freshness::of(dataset, &self.door.city.calendar, since, now))
    }

    /// Keeps this person's word that nothing has changed since the last delivery: the clock begins anew. It stands in
    /// the access log before it is in force.
    ///
    /// # Errors
    /// When this person may not say so, nothing was ever delivered, or the records cannot be written.
    pub async fn confirm(&self, id: &str, why: &str) -> Result<Confirmation, AskError> {
        if let Err(error) = self.operator_only(id, "confirming that nothing changed") {
            return Err(self.log_denial(error).await);
        }
        let dataset = self.dataset(id)?.id.clone();
        let version = self.find_version(id, &lake::At::Latest)?;
        let touched = Touched {
            dataset: dataset.clone(),
            version: Some(version.number),
            columns: Vec::new(),
        };
        let entry = Entry {
            act: Act::Change,
            purpose: format!("confirm that nothing changed: {why}"),
            ..self.entry(vec![touched], Some("confirm".to_owned()))
        };
        let records = &self.door.records;
        records.log().append(entry).await?;
        let who = self.person.name();
        Ok(records.confirmations().add(&dataset, who, why).await?)
    }
}
