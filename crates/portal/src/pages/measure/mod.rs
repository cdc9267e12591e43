//! A measure with its receipt: the figure, the question, the query, the versions it was computed from.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use super::dataset::DatasetPage;
use crate::parts::{Chart, Fact, FigureView, Table};

/// A measure.
#[derive(Clone, Debug, Serialize)]
pub struct MeasurePage {
    /// Its title.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// The figure.
    pub figure: FigureView,
    /// How it is computed, in words.
    pub explanation: Vec<Fact>,
    /// Its history and breakdowns.
    pub charts: Vec<Chart>,
    /// The query as run.
    pub sql: String,
    /// The versions it read.
    pub versions: Table,
    /// The receipt, for programs.
    pub receipt: String,
    /// Where programs get it.
    pub receipt_url: String,
}

impl Sample for MeasurePage {
    fn samples() -> Vec<Self> {
        DatasetPage::samples()
            .into_iter()
            .filter_map(|dataset| Some((dataset.standing?, dataset.figures)))
            .map(|(standing, figures)| Self {
                title: "공영주차장 면수".to_owned(),
                question: "시민이 쓸 수 있는 주차면은 모두 얼마입니까?".to_owned(),
                figure: figures.first().cloned().unwrap_or_default(),
                explanation: vec![
                    Fact::new("데이터셋", "공영주차장").leading_to("/datasets/parking"),
                    Fact::new("식", "sum(spaces)"),
                ],
                charts: standing.quality.into_iter().collect(),
                sql: "SELECT sum(spaces) FROM parking".to_owned(),
                versions: standing.versions,
                receipt: "{\n  \"value\": 9999\n}".to_owned(),
                receipt_url: "/api/measures/spaces".to_owned(),
            })
            .collect()
    }
}
