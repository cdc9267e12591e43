//! Two versions of a dataset: rows added, removed, changed.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, FigureView, Head, Link, Table};

/// Two versions of a dataset.
#[derive(Clone, Debug, Serialize)]
pub struct Compare {
    /// The dataset.
    pub dataset: Link,
    /// One sentence on what was compared with what.
    pub sentence: String,
    /// Added, removed, changed.
    pub figures: Vec<FigureView>,
    /// Where the rows can be told apart: the key, or whole rows.
    pub how: String,
    /// Examples of what differs, when there are any this person may see.
    pub examples: Option<Table>,
}

impl Sample for Compare {
    fn samples() -> Vec<Self> {
        let figure = |label: &str, value: &str| FigureView {
            label: label.to_owned(),
            value: Some(value.to_owned()),
            exact: value.to_owned(),
            unit: "행".to_owned(),
            ..FigureView::default()
        };
        vec![Self {
            dataset: Link::new("공영주차장", "/datasets/parking"),
            sentence: "1판(2026-10-05)과 2판(2026-11-05)을 견주었습니다.".to_owned(),
            figures: vec![
                figure("생긴 행", "5"),
                figure("없어진 행", "2"),
                figure("바뀐 행", "0"),
            ],
            how: "주차장관리번호가 같은 행을 같은 행으로 봅니다.".to_owned(),
            examples: Some(Table {
                caption: "7행".to_owned(),
                heads: vec![Head::text("행"), Head::text("무엇")],
                rows: vec![vec![Cell::text("P-001"), Cell::text("생김")]],
                plain: true,
            }),
        }]
    }
}
