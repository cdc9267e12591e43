//! Errors are pages that help: refused, missing, asked wrongly, broken are different pages.

mod fill;

pub use fill::missing;

use serde::Serialize;

use super::Sample;
use crate::parts::Link;

/// Something cannot be shown.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Which kind.
    pub kind: Kind,
    /// What was asked for, or why not; one sentence with names.
    pub detail: String,
    /// Where to go on.
    pub ways: Vec<Link>,
    /// A number to quote, when the machine is at fault.
    pub number: Option<String>,
}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A policy does not allow it.
    Refused,
    /// There is no such thing.
    Missing,
    /// The question cannot be understood.
    Question,
    /// The machine is at fault.
    Broken,
}

impl Sample for Problem {
    fn samples() -> Vec<Self> {
        let of = |kind, detail: &str, number: Option<&str>| Self {
            kind,
            detail: detail.to_owned(),
            ways: vec![Link::new("데이터셋 찾기", "/datasets")],
            number: number.map(str::to_owned),
        };
        vec![
            of(Kind::Refused, "‘민원’은 내부에서만 봅니다.", None),
            of(Kind::Missing, "‘parkingg’라는 데이터셋이 없습니다.", None),
            of(Kind::Question, "‘면수’에는 숫자를 입력하세요.", None),
            of(
                Kind::Broken,
                "저장소를 읽지 못했습니다.",
                Some("20261105-0910-3f2a"),
            ),
        ]
    }
}
