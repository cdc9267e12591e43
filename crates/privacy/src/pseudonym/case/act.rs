//! What can happen in a case, and why it is refused.

use chrono::{DateTime, NaiveDate, Utc};
use city::recipe::LegalPurpose;
use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// ① 사전준비: purpose, recipient and period are set.
    Preparation,
    /// ② 위험성 검토.
    RiskReview,
    /// ③ 가명처리.
    Processing,
    /// ④ 적정성 검토.
    AdequacyReview,
    /// ⑤ 안전한 관리.
    SafeManagement,
    /// The result and the key are gone; the records stay.
    Destroyed,
}

impl Step {
    /// Its name in the guideline.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Preparation => "목적 설정 등 사전준비",
            Self::RiskReview => "위험성 검토",
            Self::Processing => "가명처리",
            Self::AdequacyReview => "적정성 검토",
            Self::SafeManagement => "안전한 관리",
            Self::Destroyed => "파기 완료",
        }
    }
}

/// How much could go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// 낮음.
    Low,
    /// 보통.
    Middle,
    /// 높음.
    High,
}

/// Where an inadequate result goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackTo {
    /// ② again: the risk was misjudged.
    RiskReview,
    /// ③ again: the techniques were too weak.
    Processing,
}

/// How far rows of a result stand out by the columns that help to tell a person apart, measured on the file as it was
/// written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measured {
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
}

/// What a person does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "act",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Act {
    /// ① is done: what for, for whom, from when to when, who reviews.
    Prepare {
        /// The purpose of the law.
        purpose: LegalPurpose,
        /// What exactly.
        reason: String,
        /// Who receives the result.
        recipient: String,
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
        /// Who may review.
        reviewers: Vec<String>,
    },
    /// ② is done.
    ReviewRisk {
        /// What the data say of persons: identifiers, what stands out, what could be joined.
        of_data: Risk,
        /// Where they are processed and by whom.
        of_setting: Risk,
        /// What was found.
        findings: String,
    },
    /// ③ is done.
    Process {
        /// SHA-256 of the recipe.
        recipe: String,
        /// Version of the key.
        key_version: u32,
        /// Fingerprint of the key.
        key_fingerprint: String,
        /// SHA-256 of what came in.
        input: String,
        /// SHA-256 of what came out.
        output: String,
        /// Rows that came out.
        rows: u64,
        /// The version of the dataset that the rows are of, where they came from the lake.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<i64>,
        /// How far rows stand out, where the recipe lets columns leave that help to tell a person apart.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<Measured>,
    },
    /// ④ found it adequate.
    FindAdequate {
        /// SHA-256 of the result that was reviewed.
        output: String,
        /// On what grounds.
        grounds: String,
        /// What must be kept to; nothing where it is adequate as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conditions: Option<String>,
    },
    /// ④ found it inadequate.
    FindInadequate {
        /// Why.
        grounds: String,
        /// Where it goes back to.
        back_to: BackTo,
    },
    /// ⑤: the result was handed over.
    HandOver {
        /// To whom.
        to: String,
        /// SHA-256 of what was handed over.
        output: String,
    },
    /// ⑤: something was checked or happened: rights, storage, an attempt to tell who somebody is.
    Note {
        /// What.
        text: String,
    },
    /// The result and the key are destroyed.
    Destroy {
        /// Why.
        reason: String,
    },
}

impl Act {
    pub(super) fn korean(&self) -> &'static str {
        match self {
            Self::Prepare { .. } => "사전준비 완료",
            Self::ReviewRisk { .. } => "위험성 검토 완료",
            Self::Process { .. } => "가명처리 완료",
            Self::FindAdequate { .. } => "적정",
            Self::FindInadequate { .. } => "부적정",
            Self::HandOver { .. } => "제공",
            Self::Note { .. } => "기록",
            Self::Destroy { .. } => "파기",
        }
    }
}

/// Something that happened: what, when, who.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// Why an event was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not belong to the step the case is in.
    #[error("`{act}` does not belong to the step `{}`; it can follow in {belongs}", step.korean())]
    WrongStep {
        /// What was tried.
        act: &'static str,
        /// Where the case stands.
        step: Step,
        /// Where it would belong.
        belongs: &'static str,
    },
    /// The reviewer prepared or processed it.
    #[error(
        "`{0}` prepared or processed the data: another person reviews whether that is adequate"
    )]
    OwnWork(String),
    /// Nobody named this person a reviewer.
    #[error("`{0}` is not named among the reviewers of this project")]
    NoReviewer(String),
    /// Another result than the one that was made.
    #[error("this is not the result that was processed last (SHA-256 {0})")]
    AnotherResult(String),
    /// A day outside the period.
    #[error(
        "{day} lies outside the period of {from} to {to}; begin a project anew, or destroy this one"
    )]
    OutsidePeriod {
        /// The day.
        day: NaiveDate,
        /// First day of the period.
        from: NaiveDate,
        /// Its last.
        to: NaiveDate,
    },
    /// It would have happened before the last event.
    #[error("it would stand before the event of {0}: put the clock right")]
    Backwards(DateTime<Utc>),
    /// Something is not said.
    #[error("`{0}` says nothing")]
    Unsaid(&'static str),
    /// The period ends before it begins.
    #[error("the period ends before it begins")]
    NoPeriod,
}

impl Refusal {
    /// Why, in Korean, and what can be done.
    pub fn korean(&self) -> String {
        match self {
            Self::WrongStep { act, step, .. } => format!(
                "지금은 ‘{}’ 단계라 ‘{act}’ 기록을 남길 수 없습니다.",
                step.korean()
            ),
            Self::OwnWork(by) => format!(
                "{by} 님은 이 사업을 준비했거나 가명처리했습니다. 적정성은 다른 사람이 검토해야 합니다."
            ),
            Self::NoReviewer(by) => {
                format!("{by} 님은 이 사업의 검토자로 정해져 있지 않습니다.")
            }
            Self::AnotherResult(_) => {
                "마지막으로 처리한 결과물이 아닙니다. 화면을 다시 열어 확인해 주십시오.".to_owned()
            }
            Self::OutsidePeriod { day, from, to } => format!(
                "오늘({day})은 처리 기간({from}~{to}) 밖입니다. 새 사업을 시작하거나 이 사업을 파기해 주십시오."
            ),
            Self::Backwards(last) => {
                format!("마지막 기록({last})보다 앞선 때입니다. 서버의 시계를 맞춰 주십시오.")
            }
            Self::Unsaid(key) => format!("‘{key}’ 칸이 비어 있습니다. 내용을 적어 주십시오."),
            Self::NoPeriod => "기간의 끝이 시작보다 앞섭니다.".to_owned(),
        }
    }
}
