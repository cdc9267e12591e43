//! What changed manifests would do before they are loaded: for staff, since examples hold cells.

use city::Impact;
use lake::At;
use records::log::Touched;

use crate::error::AskError;
use crate::reader::Reader;

impl Reader {
    /// What the changed manifest of each dataset would do, by dataset. One that was loaded since is no more. That its
    /// cells were read stands in the access log before they are handed out.
    ///
    /// # Errors
    /// When the person is not staff, or a log cannot be read or written.
    pub async fn impacts(&self) -> Result<Vec<Impact>, AskError> {
        self.staff_only("changed manifests")?;
        let found = self
            .view()
            .keys()
            .filter(|id| self.operator_only(id.as_str(), "changed manifests").is_ok())
            .filter_map(|id| self.waiting(id).transpose());
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let touched: Vec<Touched> = found
            .iter()
            .map(|impact| Touched {
                dataset: impact.dataset.clone(),
                version: Some(impact.version),
                columns: Vec::new(),
            })
            .collect();
        if !touched.is_empty() {
            let entry = self.entry(touched, Some("changed manifests".to_owned()));
            self.door.records.log().append(entry).await?;
        }
        Ok(found)
    }

    /// Whether a changed manifest of a dataset waits to be loaded.
    ///
    /// # Errors
    /// When the person is not staff, or a log cannot be read.
    pub fn has_changed(&self, id: &str) -> Result<bool, AskError> {
        self.staff_only("changed manifests")?;
        Ok(self.waiting(id)?.is_some())
    }

    fn waiting(&self, id: &str) -> Result<Option<Impact>, AskError> {
        let dataset = self.dataset(id)?;
        let Some(impact) = self.door.lake.impact(&dataset.id) else {
            return Ok(None);
        };
        let version = self.door.lake.version(&dataset.id, &At::Latest)?;
        let waits = version.is_some_and(|version| {
            version.number == impact.version && version.manifest_sha256 != impact.manifest_sha256
        });
        Ok(waits.then_some(impact))
    }
}
