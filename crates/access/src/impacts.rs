//! What changed manifests would do before they are loaded: for staff, since examples hold cells.

use city::Impact;
use lake::At;

use crate::error::AskError;
use crate::reader::Reader;

impl Reader {
    /// What the changed manifest of each dataset would do, by dataset. One that was loaded since is no more.
    ///
    /// # Errors
    /// When the person is not staff, or a log cannot be read.
    pub fn impacts(&self) -> Result<Vec<Impact>, AskError> {
        self.staff_only("changed manifests")?;
        let ids = self.view.keys();
        let found = ids.filter_map(|id| self.impact(id).transpose());
        found.collect()
    }

    /// What the changed manifest of one dataset would do, where one waits to be loaded.
    ///
    /// # Errors
    /// When the person is not staff, or a log cannot be read.
    pub fn impact(&self, id: &str) -> Result<Option<Impact>, AskError> {
        self.staff_only("changed manifests")?;
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
