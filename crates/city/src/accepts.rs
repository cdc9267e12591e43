//! What a column may hold although its class says that it tells nothing of a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What may stand in a column of class `none` or `quasi` although it looks like a person's.
///
/// `accepts = { found = ["mobile"], reason = "시설이 스스로 공개한 대표 번호" }`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Accepts {
    /// What a load need not stop for.
    pub found: Vec<Acceptable>,
    /// Why that is nobody's personal data, or may be open: kept with the manifest, for the privacy officer.
    pub reason: String,
}

/// What a column can be allowed to hold. Registration, passport and licence numbers are not among them: such a column
/// needs its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Acceptable {
    /// Mobile phone numbers.
    Mobile,
    /// E-mail addresses at providers where anybody has one.
    Email,
    /// Account numbers.
    Account,
    /// Card numbers.
    Card,
    /// Names of persons.
    Name,
    /// Of a derived dataset: what is computed from a column with a stronger class, and says less.
    Derived,
}
