//! `subjects`: whose data a row is, so that the access log (접속기록) can say who was read about without naming anybody.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::recipe::Identity;
use crate::{Column, Dataset, PrivacyClass};

/// A column that says whose data a row is.
///
/// `subjects = [{ kind = "phone", column = "phone" }]`. The same `kind` in several datasets means the same person wherever
/// the value is the same, however it is spelt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subject {
    /// What the value is, in one word: `phone`, `vehicle`, `receipt`.
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]{0,31}$"))]
    pub kind: String,
    /// The column, by physical name.
    pub column: String,
    /// What the value is, so that its spellings are one person: `text`, `name`, `phone`, `number` or `mail`. When absent, the
    /// kind where it is one of these words, and `text` else.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
}

impl Subject {
    /// What its values are.
    pub fn identity(&self) -> Identity {
        self.identity.unwrap_or_else(|| {
            let all = Identity::ALL.into_iter();
            let mut own = all.filter(|identity| identity.word() == self.kind);
            own.next_back().unwrap_or_default()
        })
    }
}

impl Dataset {
    /// Whether a column tells who somebody is, alone: it names, numbers or tells apart.
    pub fn identifies(&self, column: &Column) -> bool {
        matches!(
            column.privacy,
            PrivacyClass::Identifier | PrivacyClass::UniqueId
        ) || self.load.key.contains(&column.name)
            || self
                .subjects
                .iter()
                .any(|subject| subject.column == column.name)
    }

    /// Whether its rows are of persons: it says whose they are, or a column has a class.
    pub fn holds_persons(&self) -> bool {
        let mut columns = self.columns.iter();
        !self.subjects.is_empty() || columns.any(|column| column.privacy != PrivacyClass::None)
    }

    /// Whether a column says something of one person: it has a class, or tells who somebody is.
    pub fn is_of_persons(&self, column: &Column) -> bool {
        column.privacy != PrivacyClass::None || self.identifies(column)
    }
}
