//! What a reader is told when a question cannot be answered: what, and what to do. Never a cell's value.

use city::{DatasetId, Lang};

use crate::policy::Reason;

/// The tables cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TablesError(pub Box<dyn std::error::Error + Send + Sync>);

impl From<lake::LakeError> for AskError {
    fn from(error: lake::LakeError) -> Self {
        match error {
            lake::LakeError::NoVersion { dataset, asked } => Self::NoVersion {
                dataset: DatasetId::new(dataset),
                at: asked,
            },
            other => Self::Tables(TablesError(Box::new(other))),
        }
    }
}

/// The name of what closes a version to the public.
pub(crate) const GATE: &str = "release-gate";

/// A read that a policy does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy {policy} does not allow reading {what}{}", because(.reason.as_ref()))]
pub struct Denied {
    /// The policy's name; several, if several say no.
    pub policy: String,
    /// Why, if the policy says so.
    pub reason: Option<Reason>,
    /// The dataset, if one.
    pub dataset: Option<DatasetId>,
    /// What may not be read: a dataset's or a column's name, or a kind of statement.
    pub what: String,
}

impl Denied {
    /// Whether the release gate closed it to the public: others see it, and a later version may be open.
    pub fn is_closed(&self) -> bool {
        self.policy == GATE
    }

    /// Why, in a language, if the policy says so.
    pub fn why(&self, lang: Lang) -> Option<&str> {
        let reason = self.reason.as_ref()?;
        let words = match lang {
            Lang::Ko => &reason.ko,
            Lang::En => &reason.en,
        };
        (!words.is_empty()).then_some(words.as_str())
    }
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// A policy says no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No dataset of that name.
    #[error("no dataset is called '{name}'{}", nearest_en(.nearest))]
    UnknownDataset {
        /// The name.
        name: String,
        /// The nearest names there are.
        nearest: Vec<String>,
    },
    /// No column of that name.
    #[error("no column is called '{name}'{}", nearest_en(.nearest))]
    UnknownColumn {
        /// The name.
        name: String,
        /// The nearest names there are.
        nearest: Vec<String>,
    },
    /// No role of that name.
    #[error("no role is called '{name}'{}", nearest_en(.nearest))]
    UnknownRole {
        /// The name.
        name: String,
        /// The nearest names there are.
        nearest: Vec<String>,
    },
    /// A name that means several things.
    #[error("'{name}' can mean {}", .candidates.join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// What it can mean.
        candidates: Vec<String>,
    },
    /// The dataset has never been loaded.
    #[error("dataset '{0}' has not been loaded yet")]
    NotLoaded(DatasetId),
    /// The dataset has no such version.
    #[error("dataset '{dataset}' has no version {at}")]
    NoVersion {
        /// The dataset.
        dataset: DatasetId,
        /// The version or time asked for.
        at: String,
    },
    /// What is asked for is no dimension of what is asked of.
    #[error("'{of}' is not broken down by '{dimension}'")]
    NotBrokenDown {
        /// What is asked of: a measure.
        of: String,
        /// The dimension, or `period`.
        dimension: String,
    },
    /// A value in a filter that its column's type cannot have.
    #[error("the filter on '{column}' needs {expected}")]
    Value {
        /// The column.
        column: String,
        /// What is needed.
        expected: &'static str,
    },
    /// A person is looked up by nothing.
    #[error("there is no value to look by")]
    NoValue,
    /// Text that is not a query, or not one the door takes.
    #[error("{0}")]
    NotAQuery(String),
    /// The query means nothing: types that do not go together, a function that is not there.
    #[error("the query cannot be planned: {0}")]
    Plan(String),
    /// The query needs more memory or time than a question may take.
    #[error("the query needs more than {limit}")]
    TooLarge {
        /// The limit.
        limit: String,
    },
    /// What the query computes cannot be computed of a value: it divides by zero, or makes a number of a word. Which
    /// value is not said.
    #[error("the query computes something that cannot be computed: {0}")]
    Computed(&'static str),
    /// The query failed while it ran. The detail can name values: it is for the operator's own eyes, so it is in
    /// [`AskError::what`] and not in `Display`, which goes to logs.
    #[error("the query failed while it ran")]
    Run(Option<String>),
    /// The tables cannot be read.
    #[error("the stored tables cannot be read: {0}")]
    Tables(#[from] TablesError),
    /// The access log cannot be written, so nothing may be handed out.
    #[error("the access log cannot be written, so nothing was handed out: {0}")]
    Log(#[from] records::RecordsError),
}

fn nearest_en(nearest: &[String]) -> String {
    if nearest.is_empty() {
        String::new()
    } else {
        format!("; the nearest are {}", nearest.join(", "))
    }
}

fn because(reason: Option<&Reason>) -> String {
    let words = reason.map(|reason| reason.en.as_str());
    words
        .filter(|words| !words.is_empty())
        .map(|words| format!(": {}", words.trim_end_matches('.')))
        .unwrap_or_default()
}

impl AskError {
    /// What is wrong, as a sentence for a person.
    pub fn what(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return match self {
                Self::Run(Some(detail)) => format!("{self}: {detail}"),
                _ => self.to_string(),
            };
        }
        match self {
            Self::Denied(denied) => {
                let what = format!("'{}' 항목은 열람이 제한되어 있습니다.", denied.what);
                match denied.why(Lang::Ko) {
                    Some(why) => format!("{what} {why}"),
                    None => what,
                }
            }
            Self::UnknownDataset { name, .. } => format!("'{name}' 이름의 데이터셋이 없습니다."),
            Self::UnknownColumn { name, .. } => format!("'{name}' 이름의 열이 없습니다."),
            Self::UnknownRole { name, .. } => format!("'{name}' 이름의 역할이 없습니다."),
            Self::Ambiguous { name, candidates } => {
                format!(
                    "'{name}' 이름이 여럿을 가리킵니다: {}",
                    candidates.join(", ")
                )
            }
            Self::NotLoaded(dataset) => format!("'{dataset}' 데이터셋은 아직 적재되지 않았습니다."),
            Self::NoVersion { dataset, at } => {
                format!("'{dataset}' 데이터셋에 {at} 판이 없습니다.")
            }
            Self::NotBrokenDown { of, dimension } if dimension == "period" => {
                format!("'{of}' 지표는 기간으로 나누어 볼 수 없습니다.")
            }
            Self::NotBrokenDown { of, dimension } => {
                format!("'{of}' 지표는 '{dimension}' 기준으로 나누어 볼 수 없습니다.")
            }
            Self::Value { column, expected } => {
                format!("'{column}' 조건에는 {} 필요합니다.", korean(expected))
            }
            Self::NoValue => "찾을 값이 비어 있습니다.".to_owned(),
            Self::NotAQuery(what) => format!("이 문장은 조회가 아닙니다: {what}"),
            Self::Plan(what) => format!("질의를 풀 수 없습니다: {what}"),
            Self::TooLarge { limit } => format!("질의 하나에 허용된 한도({limit})를 넘습니다."),
            Self::Computed(why) => {
                let why = match *why {
                    "a division by zero" => "0으로 나누었습니다.",
                    "a number too large" => "수가 너무 큽니다.",
                    _ => "원하는 형으로 바꿀 수 없는 값이 있습니다.",
                };
                format!("질의의 계산을 할 수 없습니다. {why}")
            }
            Self::Run(_) => "질의를 실행하는 동안 오류가 났습니다.".to_owned(),
            Self::Tables(_) => "저장된 표를 읽을 수 없습니다.".to_owned(),
            Self::Log(_) => "접속기록을 남길 수 없어 자료를 내보내지 않았습니다.".to_owned(),
        }
    }

    /// A question that took too long.
    pub(crate) fn too_long() -> Self {
        Self::TooLarge {
            limit: format!("{} s", crate::limited::LONGEST.as_secs()),
        }
    }

    /// What to do about it, where something can be done.
    pub fn remedy(&self, lang: Lang) -> Option<String> {
        let (ko, en) = match self {
            Self::Denied(denied) => (
                format!(
                    "적용된 정책은 {}입니다. 필요하면 담당 부서에 제공을 신청하세요.",
                    denied.policy
                ),
                format!(
                    "The policy is {}. Ask the department in charge for it.",
                    denied.policy
                ),
            ),
            Self::UnknownDataset { nearest, .. } | Self::UnknownColumn { nearest, .. }
                if !nearest.is_empty() =>
            {
                (
                    format!("비슷한 이름: {}", nearest.join(", ")),
                    "Write one of these names, or look in the catalogue.".to_owned(),
                )
            }
            Self::Ambiguous { .. } => (
                "데이터셋 이름을 앞에 붙이거나 열의 영문 이름을 쓰세요.".to_owned(),
                "Put the dataset's name before it, or use the physical name.".to_owned(),
            ),
            Self::NotLoaded(_) => (
                "첫 적재가 끝난 뒤에 다시 여세요.".to_owned(),
                "Come back after the first load.".to_owned(),
            ),
            Self::NoVersion { .. } => (
                "판 목록에서 고르세요.".to_owned(),
                "Choose one of the versions listed.".to_owned(),
            ),
            Self::NotAQuery(_) => (
                "SELECT 또는 WITH로 시작하는 문장 하나만 쓸 수 있습니다.".to_owned(),
                "Write one statement that begins with SELECT or WITH.".to_owned(),
            ),
            Self::Computed(_) => (
                "나누는 수가 0인 행을 조건으로 빼거나 nullif를 쓰고, 형을 바꿀 때는 try_cast를 쓰세요.".to_owned(),
                "Leave such rows out by a condition, divide by nullif(x, 0), convert by try_cast.".to_owned(),
            ),
            Self::TooLarge { .. } => (
                "조건을 더 주거나 집계해서 다시 물어보세요.".to_owned(),
                "Add conditions or aggregate, and ask again.".to_owned(),
            ),
            _ => return None,
        };
        Some(if lang == Lang::En { en } else { ko })
    }

    /// Whether the machine is at fault and not the question.
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Run(_) | Self::Tables(_) | Self::Log(_))
    }

    /// Whether what was asked for is not there.
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            Self::UnknownDataset { .. } | Self::NotLoaded(_) | Self::NoVersion { .. }
        )
    }
}

fn korean(expected: &str) -> &'static str {
    match expected {
        "a whole number" => "정수가",
        "a number" => "숫자가",
        "a date such as 2026-11-05" => "2026-11-05 같은 날짜가",
        "a moment such as 2026-11-05T09:00" => "2026-11-05T09:00 같은 일시가",
        "true or false" => "예 또는 아니오가",
        _ => "다른 조건이",
    }
}
