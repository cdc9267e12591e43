//! What a column is called outside its table.

use crate::dataset::Column;
use crate::lang::Lang;

impl Column {
    /// Name of the column in the source.
    pub fn source_name(&self) -> &str {
        self.source.as_deref().unwrap_or(&self.title)
    }

    /// The unit in a language; as it stands where it is the same in both.
    pub fn unit_in(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::Ko => self.unit.as_deref(),
            Lang::En => self.unit_en.as_deref().or(self.unit.as_deref()),
        }
    }
}
