//! The window a person has on a version of a dataset.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use lake::Record;

use crate::error::{AskError, TablesError};
use crate::policy::SYSTEM_COLUMNS;
use crate::policy::sight::Seen;
use crate::reader::Reader;
use crate::window::{Cut, Persons, Window};

impl Reader {
    /// The table of a version with the columns this person may see.
    pub(crate) fn window(
        &self,
        version: &Record,
        origin: bool,
    ) -> Result<Arc<dyn TableProvider>, AskError> {
        // A row's file and number tell of the rows beside it.
        let whole = |seen: &Seen| seen.rows.is_none();
        self.window_with(version, |seen| origin && self.is_operator() && whole(seen))
    }

    /// The same with where each row came from, for counts that are made of it and never show it.
    pub(crate) fn counted_window(
        &self,
        version: &Record,
    ) -> Result<Arc<dyn TableProvider>, AskError> {
        self.window_with(version, |_| true)
    }

    fn window_with(
        &self,
        version: &Record,
        origin: impl Fn(&Seen) -> bool,
    ) -> Result<Arc<dyn TableProvider>, AskError> {
        let table = self.door.table(version)?;
        let declared = self.door.city.datasets.get(&version.dataset);
        let seen = self.sight.dataset(&version.dataset);
        let shows = |name: &str| {
            seen.zip(declared).is_some_and(|(seen, declared)| {
                if SYSTEM_COLUMNS.contains(&name) {
                    return origin(seen);
                }
                seen.shows_stored(declared, name)
            })
        };
        let cut = seen.and_then(|seen| Cut::of(seen, self.door.key()));
        let window = Window::new(table, shows, cut)
            .map_err(|error| AskError::Tables(TablesError(Box::new(error))))?;
        let persons = declared.filter(|_| self.names_persons());
        Ok(Arc::new(window.telling(persons.and_then(Persons::of))))
    }
}
