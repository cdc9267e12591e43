//! `releases/<id>.toml`: a dataset, or a cut of it, that leaves (제공); and the record of what the gate checked of it.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::city::CityManifest;
use crate::id::{DatasetId, ProjectId, ReleaseId};
use crate::lang::Lang;
use crate::recipe::Period;

/// What leaves, as the city's folder declares it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReleasePlan {
    /// Id; the same as the file's name without `.toml`.
    pub id: ReleaseId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// What it is given for, in a Korean sentence.
    pub purpose: String,
    /// The same in English.
    #[serde(default)]
    pub purpose_en: Option<String>,
    /// How it leaves.
    pub kind: ReleaseKind,
    /// The dataset it is made from.
    pub dataset: DatasetId,
    /// The columns that leave, by physical name, and no other. Of kinds `open` and `on-request`.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Conditions on rows, all of which must hold: `column:op:value`, as in addresses.
    #[serde(default)]
    pub rows: Vec<String>,
    /// A question instead of a dataset's rows; read with the eyes of the public, so of kind `open` only. `columns` are
    /// those of its answer.
    #[serde(default)]
    pub sql: Option<String>,
    /// The project whose result leaves. Of kind `pseudonymised`.
    #[serde(default)]
    pub project: Option<ProjectId>,
    /// One or two columns that rows are counted by. Of kind `aggregated`.
    #[serde(default)]
    pub by: Vec<String>,
    /// Columns of numbers that are added up beside the counts.
    #[serde(default)]
    pub sums: Vec<String>,
    /// Counts from 1 to below this are not shown.
    #[serde(default)]
    #[schemars(range(min = 2))]
    pub threshold: Option<u64>,
    /// What must hold of the written rows: `k=5`, `distinct-l=3`, `t=0.2`, ...
    #[serde(default)]
    pub models: Vec<String>,
    /// The columns that help to tell a person apart, for `models`.
    #[serde(default)]
    pub quasi: Vec<String>,
    /// The sensitive column, for `models`.
    #[serde(default)]
    pub sensitive: Option<String>,
    /// Who may receive it. Of kind `on-request`.
    #[serde(default)]
    pub recipient: Option<String>,
    /// First and last day it is given; without end when absent.
    #[serde(default)]
    pub period: Option<Period>,
    /// How long a granted link is good, in days.
    #[serde(default = "link_days")]
    #[schemars(range(min = 1, max = 90))]
    pub link_days: u32,
    /// A granted link is good once.
    #[serde(default)]
    pub link_once: bool,
    /// The form of the file.
    #[serde(default)]
    pub format: ReleaseFormat,
}

fn link_days() -> u32 {
    7
}

/// How something leaves.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseKind {
    /// For everybody: no personal data.
    Open,
    /// For whoever asks and is granted it.
    OnRequest,
    /// The result of a pseudonymisation project, for its recipient.
    Pseudonymised,
    /// Counts and sums, small cells not shown.
    Aggregated,
}

impl ReleaseKind {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OnRequest => "on-request",
            Self::Pseudonymised => "pseudonymised",
            Self::Aggregated => "aggregated",
        }
    }

    /// Whether anybody may take the file.
    pub fn is_for_everybody(self) -> bool {
        matches!(self, Self::Open | Self::Aggregated)
    }
}

/// Forms of a released file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseFormat {
    /// UTF-8 CSV that opens right in a spreadsheet.
    #[default]
    Csv,
}

impl ReleasePlan {
    /// Its title in a language.
    pub fn title(&self, lang: Lang) -> &str {
        in_lang(lang, &self.title, self.title_en.as_deref())
    }

    /// What it is given for, in a language.
    pub fn purpose(&self, lang: Lang) -> &str {
        in_lang(lang, &self.purpose, self.purpose_en.as_deref())
    }

    /// The least count that is shown: the city's, or its own where that is greater.
    pub fn small_cells(&self, city: &CityManifest) -> u64 {
        let least = u64::from(city.privacy.small_cells);
        self.threshold.map_or(least, |own| own.max(least))
    }

    /// First and last day it is given, where it says.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let period = self.period.as_ref()?;
        Some((day(&period.from)?, day(&period.to)?))
    }

    /// Whether it is given on a day.
    pub fn is_given_on(&self, day: NaiveDate) -> bool {
        self.days()
            .is_none_or(|(from, to)| (from..=to).contains(&day))
    }
}

fn in_lang<'t>(lang: Lang, ko: &'t str, en: Option<&'t str>) -> &'t str {
    match lang {
        Lang::En => en.unwrap_or(ko),
        Lang::Ko => ko,
    }
}

/// What was checked of bytes that were to leave, and what came of it. It is kept, and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GateRecord {
    /// The release; of a dataset that is open as it is, `dataset:` and its id.
    pub release: String,
    /// How it was to leave.
    pub kind: ReleaseKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who had it made.
    pub by: String,
    /// The versions it was made from.
    pub versions: Vec<(DatasetId, i64)>,
    /// The columns of the file, in order.
    pub columns: Vec<String>,
    /// Rows of the file.
    pub rows: u64,
    /// SHA-256 of the bytes that were checked.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
    /// SHA-256 of what the city's folder said of it then.
    pub plan_sha256: String,
    /// All that was checked.
    pub checks: Vec<GateCheck>,
}

impl GateRecord {
    /// Whether it may leave.
    pub fn passed(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.holds)
    }

    /// The checks that do not hold.
    pub fn reasons(&self) -> impl Iterator<Item = &GateCheck> {
        self.checks.iter().filter(|check| !check.holds)
    }
}

/// One thing that was checked. Never holds the value of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GateCheck {
    /// What.
    pub what: GateWhat,
    /// Whether it holds.
    pub holds: bool,
    /// What was found, in Korean.
    pub ko: String,
    /// The same in English.
    pub en: String,
}

impl GateCheck {
    /// What was found, in a language.
    pub fn said(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }
}

/// What the gate checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateWhat {
    /// The file's columns are the declared ones and no other.
    Columns,
    /// The file has the rows that were written, and at least one.
    Rows,
    /// The bytes that were read again are those that were written.
    Bytes,
    /// No cell holds an identifier of a person.
    PersonalData,
    /// A model of anonymity holds.
    Model,
    /// Small counts are not shown, and cannot be worked out.
    Suppression,
    /// The project's case allows it.
    Project,
    /// The project's key is there.
    Key,
    /// It is known what it was made from.
    Origin,
    /// It is given today.
    Period,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_checked_does_not_pass() {
        let check = |holds: bool| GateCheck {
            what: GateWhat::Rows,
            holds,
            ko: String::new(),
            en: String::new(),
        };
        let mut record = GateRecord {
            release: "parking".to_owned(),
            kind: ReleaseKind::Open,
            at: DateTime::UNIX_EPOCH,
            by: "local".to_owned(),
            versions: Vec::new(),
            columns: Vec::new(),
            rows: 0,
            sha256: String::new(),
            bytes: 0,
            plan_sha256: String::new(),
            checks: Vec::new(),
        };
        assert!(!record.passed());
        record.checks = vec![check(true)];
        assert!(record.passed());
        record.checks.push(check(false));
        assert!(!record.passed());
        assert_eq!(record.reasons().count(), 1);
    }
}
