//! What only the program as a whole can do about what leaves: it knows how files are made and checked, and where keys
//! and results lie.

use std::path::PathBuf;

use access::Person;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use city::{DatasetId, GateRecord, Lang};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Makes, checks and ends what leaves.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Makes a release's file and has it checked.
    ///
    /// # Errors
    /// A sentence for staff.
    async fn make(&self, release: &str, by: &str) -> Result<GateRecord, Declined>;

    /// The file with this hash, if it is there and its bytes still have it, and its release may leave today: nothing
    /// else is delivered. Why not, otherwise.
    ///
    /// # Errors
    /// A sentence for whoever asks.
    async fn file(&self, release: &str, sha256: &str) -> Result<PathBuf, Declined>;

    /// All projects of pseudonymisation, by their ids.
    ///
    /// # Errors
    /// A sentence for staff.
    async fn projects(&self) -> Result<Vec<Project>, Declined>;

    /// Does something in a project: `{"act": "find-adequate", "grounds": "..."}`.
    ///
    /// # Errors
    /// Why it is not done, for whoever wants it.
    async fn act(&self, project: &str, by: &str, act: &Value) -> Result<(), Declined>;

    /// The first rows of a project's result, for a reviewer whose turn it is. The look is in the access log before this
    /// returns, and so is a refusal.
    ///
    /// # Errors
    /// Why they are not shown.
    async fn look(&self, project: &str, by: &Person) -> Result<ResultRows, Declined>;

    /// What a token of a project stands for. It is in the access log before this returns, and so is a refusal.
    ///
    /// # Errors
    /// Why it is not told.
    async fn token(
        &self,
        project: &str,
        by: &Person,
        asked: &TokenAsked,
    ) -> Result<String, Declined>;
}

/// A token that is to be turned back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenAsked {
    /// The token, as it stands in the result.
    pub token: String,
    /// Why.
    pub why: String,
}

/// Why something is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declined {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
    /// The machine is at fault.
    pub is_broken: bool,
    /// It is not for this person.
    pub is_forbidden: bool,
}

impl Declined {
    /// In a language.
    pub fn said(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }
}

/// A project of pseudonymisation (가명처리): what its recipe says, and what happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Korean title.
    pub title: String,
    /// English title.
    pub title_en: Option<String>,
    /// The purpose of the law, in Korean.
    pub purpose: String,
    /// What exactly.
    pub reason: String,
    /// The dataset.
    pub dataset: DatasetId,
    /// Who receives the result.
    pub recipient: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Who carries it out.
    pub processor: String,
    /// Who reviews.
    pub reviewers: Vec<String>,
    /// What becomes of each column.
    pub columns: Vec<ProjectColumn>,
    /// Where it stands: `preparation`, `risk-review`, `processing`, `adequacy-review`, `safe-management`, `destroyed`.
    pub step: String,
    /// All that happened, in order.
    pub events: Vec<Happened>,
    /// The result, once there is one.
    pub result: Option<ProjectResult>,
    /// How far rows of the result stand out, where columns leave by which they can.
    pub measured: Option<ProjectMeasured>,
    /// Its period is over and nothing was destroyed yet.
    pub is_overdue: bool,
    /// The key is kept.
    pub has_key: bool,
    /// The last day its records must be there, once it was destroyed.
    pub kept_until: Option<NaiveDate>,
}

/// What becomes of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectColumn {
    /// The column's physical name.
    pub name: String,
    /// Its techniques, by their names in the guideline.
    pub techniques: Vec<String>,
}

/// Something that happened in a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Happened {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What: `prepare`, `review-risk`, ...
    pub act: String,
    /// What was said with it.
    pub said: Value,
}

/// The first rows of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultRows {
    /// Names of its columns.
    pub columns: Vec<String>,
    /// Rows; long cells are cut.
    pub rows: Vec<Vec<String>>,
}

/// How far rows of a result stand out by the columns that help to tell a person apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProjectMeasured {
    /// The columns.
    pub quasi: Vec<String>,
    /// Rows.
    pub rows: u64,
    /// Classes of rows that are alike.
    pub classes: u64,
    /// Rows of the smallest class.
    pub smallest: u64,
    /// Rows that are alone in their class.
    pub alone: u64,
    /// The greatest chance that somebody is found: 1 ÷ the smallest class.
    pub largest_risk: f64,
}

/// The result of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProjectResult {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its rows.
    pub rows: u64,
    /// It lies where it was put.
    pub is_there: bool,
}

impl Project {
    /// The last time something of these kinds happened.
    pub fn last(&self, acts: &[&str]) -> Option<&Happened> {
        self.events
            .iter()
            .rfind(|event| acts.contains(&event.act.as_str()))
    }

    /// Whether it is a person's turn to review: named, and not who ever prepared or processed it.
    pub fn is_reviewed_by(&self, person: &str) -> bool {
        let made = |event: &Happened| {
            matches!(event.act.as_str(), "prepare" | "process") && event.by.trim() == person
        };
        self.step == "adequacy-review"
            && self.reviewers.iter().any(|name| name.trim() == person)
            && !self.events.iter().any(made)
    }

    /// Whether a person is named in it.
    pub fn names(&self, person: &str) -> bool {
        self.processor == person || self.reviewers.iter().any(|name| name == person)
    }
}
