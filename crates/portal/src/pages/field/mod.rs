//! A field: its datasets and measures.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use super::catalogue::Catalogue;
use crate::parts::{DatasetCard, Link};

/// A field.
#[derive(Clone, Debug, Serialize)]
pub struct FieldPage {
    /// Its title.
    pub title: String,
    /// How much there is, in a sentence.
    pub sentence: String,
    /// Its datasets.
    pub datasets: Vec<DatasetCard>,
    /// Where all of them are, when there are more.
    pub all: Option<Link>,
    /// Measures computed from them.
    pub measures: Vec<Link>,
}

impl Sample for FieldPage {
    fn samples() -> Vec<Self> {
        let datasets = Catalogue::samples()
            .into_iter()
            .next()
            .map(|page| page.results)
            .unwrap_or_default();
        let full = Self {
            title: "교통".to_owned(),
            sentence: "데이터셋 4개, 모두 1만 2,480행입니다.".to_owned(),
            datasets,
            all: Some(Link::new(
                "이 분야의 데이터셋 1,250개 모두 보기",
                "/datasets?field=transport",
            )),
            measures: vec![Link::new("공영주차장 면수", "/measures/spaces")],
        };
        vec![
            full.clone(),
            Self {
                datasets: Vec::new(),
                all: None,
                measures: Vec::new(),
                ..full
            },
        ]
    }
}
