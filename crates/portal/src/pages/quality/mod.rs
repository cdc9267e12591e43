//! Quality of the city: errors among diagnosed values by field, department or dataset, by rule, and month by month.

mod fill;
mod tables;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, Chart, FigureView, Head, Line, Link, Table};

/// Quality of the city or a part of it.
#[derive(Clone, Debug, Serialize)]
pub struct QualityPage {
    /// What is looked at.
    pub title: String,
    /// How it stands, in a sentence.
    pub sentence: String,
    /// What is looked at, when it is a part; the link leads to all.
    pub active: Option<Link>,
    /// Error rate, errors, diagnosed values, datasets without a version.
    pub figures: Vec<FigureView>,
    /// Month by month.
    pub trend: Option<Chart>,
    /// The six dimensions.
    pub dimensions: Option<Chart>,
    /// Ways to put together, the chosen one without an address.
    pub ways: Vec<Way>,
    /// The parts.
    pub groups: Table,
    /// The rules.
    pub rules: Option<Table>,
}

/// A way to put datasets together.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// Its title.
    pub title: String,
    /// Where it leads.
    pub path: String,
    /// It is the one shown.
    pub current: bool,
}

impl Sample for QualityPage {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "분야 1개, 오류율이 높은 것부터".to_owned(),
            heads: vec![Head::text("분야"), Head::number("오류율")],
            rows: vec![vec![Cell::text("교통"), Cell::number("0.42%")]],
            plain: true,
        };
        let chart = |line: bool| Chart {
            headline: "달마다 오류율".to_owned(),
            subtitle: "점검한 값 가운데 어긋난 값의 몫".to_owned(),
            name: "quality".to_owned(),
            bars: Vec::new(),
            line: line.then(|| Line {
                pieces: vec!["0,50 100,20".to_owned()],
                below: None,
                top: "0.5%".to_owned(),
                first: "2026-10 0.5%".to_owned(),
                last: "2026-11 0.42%".to_owned(),
            }),
            small: Vec::new(),
            table: table.clone(),
            marks: Box::default(),
            receipt: None,
            source: None,
        };
        let whole = Self {
            title: "품질".to_owned(),
            sentence: "점검한 값 12,345개 가운데 52개가 어긋나 오류율은 0.42%입니다.".to_owned(),
            active: Some(Link::new("교통", "/quality")),
            figures: vec![FigureView {
                label: "오류율".to_owned(),
                value: Some("0.42%".to_owned()),
                exact: "0.0042".to_owned(),
                ..FigureView::default()
            }],
            trend: Some(chart(true)),
            dimensions: Some(chart(false)),
            ways: vec![
                Way {
                    title: "분야".to_owned(),
                    path: "/quality".to_owned(),
                    current: true,
                },
                Way {
                    title: "부서".to_owned(),
                    path: "/quality?by=department".to_owned(),
                    current: false,
                },
            ],
            groups: table.clone(),
            rules: Some(table),
        };
        let nothing = Self {
            sentence: "아직 점검한 값이 없습니다.".to_owned(),
            active: None,
            trend: None,
            dimensions: None,
            rules: None,
            ..whole.clone()
        };
        vec![whole, nothing]
    }
}
