//! `projects/<id>.toml`: how one project's data are pseudonymised (가명처리), for whom and for how long.
//!
//! A recipe is a declaration: the same recipe, the same key version and the same rows give the same
//! bytes. Room `privacy` carries it out.

mod parameters;
mod technique;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{DatasetId, ProjectId};

pub use parameters::{
    By, Categories, Category, Coding, Format, FormatPreserving, Generalise, GeneraliseLocal,
    Identity, KeyedOneWay, Mask, Noise, NoiseKind, Outstanding, Part, PartTotals, RandomNumber,
    Ranges, Round, RoundControlled, Statistic, Token, Total,
};
pub use technique::Technique;

/// The recipe of a pseudonymisation project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Recipe {
    /// Id; the same as the file's name without `.toml`. Its key goes by this name.
    pub id: ProjectId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// What the law allows it for (Personal Information Protection Act, article 28-2).
    pub purpose: LegalPurpose,
    /// What exactly is to be found out or kept, in a sentence.
    pub reason: String,
    /// The dataset it is made from.
    pub dataset: DatasetId,
    /// Who receives the result.
    pub recipient: String,
    /// First and last day of the processing; behind it the result and the key are destroyed.
    pub period: Period,
    /// Who carries the processing out.
    pub processor: String,
    /// Who reviews whether it is adequate: at least one, and never the processor alone.
    pub reviewers: Vec<String>,
    /// Version of the project's key; a rotated key has the next number.
    #[serde(default = "first_version")]
    #[schemars(range(min = 1))]
    pub key_version: u32,
    /// Only some of the rows leave (표본추출).
    #[serde(default)]
    pub sample: Option<Sample>,
    /// Only noisy counts leave, no rows (차분 프라이버시).
    #[serde(default)]
    pub counts: Option<Counts>,
    /// What becomes of each column. A column that is not named does not leave.
    pub columns: Vec<RecipeColumn>,
}

fn first_version() -> u32 {
    1
}

impl Recipe {
    /// What becomes of a column.
    pub fn column(&self, name: &str) -> Option<&RecipeColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The three purposes of article 28-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LegalPurpose {
    /// 통계작성: statistics.
    Statistics,
    /// 과학적 연구: scientific research.
    ScientificResearch,
    /// 공익적 기록보존: records kept in the public interest.
    PublicArchiving,
}

impl LegalPurpose {
    /// Its name in the law.
    pub fn korean(self) -> &'static str {
        match self {
            Self::Statistics => "통계작성",
            Self::ScientificResearch => "과학적 연구",
            Self::PublicArchiving => "공익적 기록보존",
        }
    }
}

/// First and last day, as `2026-12-01`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Period {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// How many rows leave: a share of them, or a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Sample {
    /// A share of the rows, above 0 and at most 1: `{ share = 0.1 }`.
    Share(f64),
    /// So many rows, or all where there are fewer: `{ rows = 1000 }`.
    Rows(u32),
}

/// Counts that hold with differential privacy: `counts = { by = "dong", groups = ["가온동", "누리동"], epsilon = 1.0 }`.
///
/// The groups stand in the recipe and not in the data: that a group exists at all says something of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Counts {
    /// Column that is counted by, after its technique.
    pub by: String,
    /// Its values that are counted.
    pub groups: Vec<String>,
    /// Greatest loss of privacy of one release: smaller is safer and noisier.
    pub epsilon: f64,
    /// So many rows of the dataset are at most one person's.
    #[serde(default = "one_row")]
    #[schemars(range(min = 1))]
    pub rows_per_person: u32,
}

fn one_row() -> u32 {
    1
}

/// What becomes of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecipeColumn {
    /// The dataset's column.
    pub name: String,
    /// The technique.
    pub technique: Technique,
    /// Techniques applied behind it, in this order.
    #[serde(default)]
    pub then: Vec<Technique>,
}

impl RecipeColumn {
    /// All its techniques, in the order they are applied.
    pub fn techniques(&self) -> impl Iterator<Item = &Technique> {
        std::iter::once(&self.technique).chain(&self.then)
    }
}
