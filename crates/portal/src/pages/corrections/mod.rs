//! What staff put right in a dataset's rows, and what came of it.

mod fill;

pub use fill::{page, withdraw};

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Link, Pager, Tone};

/// What staff put right in a dataset's rows.
#[derive(Clone, Debug, Serialize)]
pub struct Corrections {
    /// The dataset.
    pub dataset: Link,
    /// How many, in a sentence.
    pub sentence: String,
    /// The corrections, newest first.
    pub corrections: Vec<CorrectionView>,
    /// Their pages.
    pub pager: Option<Pager>,
}

/// One correction.
#[derive(Clone, Debug, Serialize)]
pub struct CorrectionView {
    /// Its id.
    pub id: String,
    /// The row.
    pub heading: String,
    /// What came of it.
    pub badge: Badge,
    /// What that means.
    pub state: String,
    /// Cell by cell: what was, what is right.
    pub changes: Vec<String>,
    /// Who, when, why.
    pub made: String,
    /// The report of a citizen that it answers.
    pub report: Option<Link>,
    /// Where it can be taken back.
    pub withdraw: Option<String>,
}

impl Sample for Corrections {
    fn samples() -> Vec<Self> {
        let applied = CorrectionView {
            id: "019a".to_owned(),
            heading: "wifi.csv 12행".to_owned(),
            badge: Badge::new("적용 중", Tone::Good),
            state: "같은 오류가 다시 와서 고쳤습니다.".to_owned(),
            changes: vec!["설치연월: 2021-13 → 2021-12".to_owned()],
            made: "staff, 2026-11-26: 대장 확인".to_owned(),
            report: Some(Link::new("시민 신고", "/datasets/wifi/reports/1")),
            withdraw: Some("/datasets/wifi/corrections/019a".to_owned()),
        };
        let withdrawn = CorrectionView {
            id: "019b".to_owned(),
            badge: Badge::new("취소함", Tone::Plain),
            withdraw: None,
            report: None,
            ..applied.clone()
        };
        let some = Self {
            dataset: Link::new("공공와이파이", "/datasets/wifi"),
            sentence: "고친 내용 2건".to_owned(),
            corrections: vec![applied, withdrawn],
            pager: None,
        };
        let none = Self {
            corrections: Vec::new(),
            ..some.clone()
        };
        vec![some, none]
    }
}
