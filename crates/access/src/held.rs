//! Loads that wait for a person: seen and decided by staff, through the door like everything else.

use std::sync::Arc;

use lake::{Decision, Held};
use records::log::{Act, Entry, Touched};

use crate::error::AskError;
use crate::reader::Reader;

impl Reader {
    /// Loads of a dataset that waited or wait for a person, newest first.
    ///
    /// # Errors
    /// When this person may not see why loads wait, or there is no such dataset.
    pub fn held(&self, id: &str) -> Result<Arc<Vec<Held>>, AskError> {
        let dataset = self.dataset(id)?;
        self.operator_only(id, "loads that wait")?;
        Ok(self.door.lake.held(&dataset.id)?)
    }

    /// Decides about a load that waits; the decision stands in the access log before it is in force. One that stands
    /// already is answered and not changed.
    ///
    /// # Errors
    /// When this person may not decide, no such load waits, or the disk fails.
    pub async fn decide(
        &self,
        id: &str,
        load_id: &str,
        accepted: bool,
        why: &str,
    ) -> Result<Decision, AskError> {
        if let Err(error) = self.operator_only(id, "deciding about loads") {
            return Err(self.log_denial(error).await);
        }
        let dataset = self.dataset(id)?.id.clone();
        let word = if accepted { "accept" } else { "reject" };
        let touched = Touched {
            dataset: dataset.clone(),
            version: None,
            columns: Vec::new(),
        };
        let entry = Entry {
            act: Act::Change,
            purpose: format!("{word} a load: {why}"),
            ..self.entry(vec![touched], Some(format!("{word} load {load_id}")))
        };
        let receipt = self.door.records.log().append(entry).await?;
        let decision = Decision {
            accepted,
            who: self.person.name().to_owned(),
            why: why.to_owned(),
            at: receipt.at,
        };
        Ok(self.door.lake.decide(&dataset, load_id, decision)?)
    }
}
