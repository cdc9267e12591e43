//! `[access-log.review]`: the periodic review of the access log (접속기록 점검): how often, what stands out, how long
//! somebody has to explain it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often the log is reviewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cycle {
    /// Every week, from Monday.
    Weekly,
    /// Every month.
    #[default]
    Monthly,
    /// Every three months.
    Quarterly,
}

/// What a review looks for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Outlying {
    /// Read while the office sleeps.
    Night,
    /// Far more reads on a day than others of the role have.
    Volume,
    /// A dataset that others of the role do not read.
    Habit,
    /// One person looked up again and again.
    SamePerson,
    /// Very many rows left at once.
    LargeDownload,
}

impl Outlying {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Night,
        Self::Volume,
        Self::Habit,
        Self::SamePerson,
        Self::LargeDownload,
    ];

    /// The word manifests use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Night => "night",
            Self::Volume => "volume",
            Self::Habit => "habit",
            Self::SamePerson => "same-person",
            Self::LargeDownload => "large-download",
        }
    }
}

/// How the access log is reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ReviewRules {
    /// How often.
    pub cycle: Cycle,
    /// What is looked for.
    pub looks_for: Vec<Outlying>,
    /// Hours of the night by the clock on the wall: from, to.
    pub night: [u32; 2],
    /// Reads of a person on a day that always may be.
    pub reads_a_day: u64,
    /// How many times the role's usual spread above its median stands out.
    pub spreads: u64,
    /// A role has a habit when so many of its people read.
    pub people_for_a_habit: u32,
    /// Look-ups of one data subject by one person that stand out.
    pub same_person: u64,
    /// Rows at once that stand out.
    pub rows: u64,
    /// Working days that somebody has to explain what stands out.
    pub answer_days: u16,
}

impl Default for ReviewRules {
    fn default() -> Self {
        Self {
            cycle: Cycle::Monthly,
            looks_for: Outlying::ALL.to_vec(),
            night: [22, 6],
            reads_a_day: 200,
            spreads: 5,
            people_for_a_habit: 3,
            same_person: 5,
            rows: 10_000,
            answer_days: 7,
        }
    }
}

/// How people who read are named to a data subject who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    /// By their department.
    #[default]
    Department,
    /// By their department and account.
    Account,
}
