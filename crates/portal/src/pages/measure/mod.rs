//! A measure with its receipt: the figure, the question, the query, the versions it was computed from.

pub(crate) mod change;
mod fill;
pub(crate) mod summary;

pub use fill::page;
pub(crate) use fill::versions;

use serde::Serialize;

use super::Sample;
use super::dataset::DatasetPage;
use crate::parts::{Chart, Fact, FigureView, Link, Table};

/// A measure.
#[derive(Clone, Debug, Serialize)]
pub struct MeasurePage {
    /// Its title.
    pub title: String,
    /// The question it answers.
    pub question: String,
    /// The figure.
    pub figure: FigureView,
    /// The sentence that explains it.
    pub sentence: String,
    /// Beside the time before.
    pub compared: Option<Table>,
    /// Beside the other areas.
    pub areas: Option<String>,
    /// On its way to its target.
    pub progress: Vec<Fact>,
    /// The share of that way that is done, in percent.
    pub way: Option<String>,
    /// What it may be broken down by.
    pub ways: Vec<Way>,
    /// How it is computed, in words.
    pub explanation: Vec<Fact>,
    /// Its history and breakdowns.
    pub charts: Vec<Drawn>,
    /// The figure to take along.
    pub files: Vec<Link>,
    /// The rows the figure counts; nothing where it is of a version that is not the newest.
    pub rows: Option<Link>,
    /// The query as run.
    pub sql: String,
    /// The versions it read.
    pub versions: Table,
    /// The receipt, for programs.
    pub receipt: String,
    /// Where programs get it.
    pub receipt_url: String,
    /// Where it is changed, and who changed it; for those who may.
    pub own: Vec<Link>,
    /// Its lasting receipt, if there is a value to come back to.
    pub kept: Option<String>,
}

/// A chart and what it shows, in words.
#[derive(Clone, Debug, Serialize)]
pub struct Drawn {
    /// The chart.
    pub chart: Chart,
    /// The words.
    pub summary: String,
}

/// A dimension to choose.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// What it is called.
    pub title: String,
    /// The page broken down by it.
    pub path: String,
    /// It is the one shown.
    pub current: bool,
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
                sentence: "2026년 11월 25일 판의 공영주차장 120건의 ‘주차구획수’를 모두 더하면 9,999면입니다."
                    .to_owned(),
                compared: Some(standing.versions.clone()),
                areas: Some("행정동 25곳 가운데 가온동이 가장 많습니다.".to_owned()),
                progress: vec![
                    Fact::new("목표", "1만 2,000면"),
                    Fact::new("이른 정도", "83.3%"),
                ],
                way: Some("83.3".to_owned()),
                ways: vec![
                    Way {
                        title: "행정동".to_owned(),
                        path: "/measures/spaces?by=dong".to_owned(),
                        current: true,
                    },
                    Way {
                        title: "유형".to_owned(),
                        path: "/measures/spaces?by=kind".to_owned(),
                        current: false,
                    },
                ],
                files: vec![Link::new("자료 (CSV)", "/measures/spaces/figures.csv")],
                rows: Some(Link::new(
                    "‘공영주차장 면수’를 이루는 행 보기",
                    "/datasets/parking?measure=spaces#rows",
                )),
                own: vec![Link::new("고치기", "/measures/spaces/edit")],
                kept: Some("/receipts/0123".to_owned()),
                explanation: vec![
                    Fact::new("데이터셋", "공영주차장").leading_to("/datasets/parking"),
                    Fact::new("식", "sum(spaces)"),
                ],
                charts: standing
                    .quality
                    .into_iter()
                    .map(|chart| Drawn {
                        chart,
                        summary: "가장 큰 값은 가온동 1,234면입니다.".to_owned(),
                    })
                    .collect(),
                sql: "SELECT sum(spaces) FROM parking".to_owned(),
                versions: standing.versions,
                receipt: "{\n  \"value\": 9999\n}".to_owned(),
                receipt_url: "/api/measures/spaces".to_owned(),
            })
            .collect()
    }
}
