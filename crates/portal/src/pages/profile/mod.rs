//! What a dataset holds in figures, and what looks wrong in it although every row is sound.

mod columns;
mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, Chart, Fact, Head, Link, Table, Tone, bars};

/// A dataset's profile.
#[derive(Clone, Debug, Serialize)]
pub struct ProfilePage {
    /// Its title.
    pub title: String,
    /// Which version, how many rows, what was found.
    pub sentence: String,
    /// What makes it less than whole: it is being made, or it is a sample.
    pub notes: Vec<String>,
    /// There is a profile.
    pub is_made: bool,
    /// What looks wrong, what is probably wrong first.
    pub findings: Vec<FindingView>,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Back to the dataset.
    pub back: Link,
}

/// One thing that looks wrong.
#[derive(Clone, Debug, Serialize)]
pub struct FindingView {
    /// How sure it is.
    pub badge: Badge,
    /// What it is.
    pub sentence: String,
    /// Where it was found, with what stands there.
    pub examples: Vec<String>,
    /// How many of how many rows.
    pub share: String,
}

/// One column in figures.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnView {
    /// Its title.
    pub title: String,
    /// Values, different ones, empty cells.
    pub facts: Vec<Fact>,
    /// How its values are distributed.
    pub chart: Option<Chart>,
    /// Frequent values and forms.
    pub tables: Vec<Table>,
}

impl Sample for ProfilePage {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "가장 흔한 값 2개".to_owned(),
            heads: vec![Head::text("값"), Head::number("행")],
            rows: vec![
                vec![Cell::text("노상"), Cell::number("820")],
                vec![Cell::text("노외"), Cell::number("380")],
            ],
            plain: true,
        };
        let chart = Chart {
            headline: "값의 분포".to_owned(),
            subtitle: "주차구획수, 구간마다 행 수".to_owned(),
            name: "spaces".to_owned(),
            bars: bars(
                &[
                    ("0 ~ 50".to_owned(), 900.0, "900".to_owned()),
                    ("50 ~ 100".to_owned(), 300.0, "300".to_owned()),
                ],
                usize::MAX,
            ),
            line: None,
            small: Vec::new(),
            table: table.clone(),
            marks: Box::default(),
            receipt: None,
            source: None,
        };
        let made = Self {
            title: "공영주차장의 들여다보기".to_owned(),
            sentence: "3판 1,200행을 들여다보니 살펴볼 것이 1가지 있습니다.".to_owned(),
            notes: vec!["새 판(4판)을 들여다보는 중입니다.".to_owned()],
            is_made: true,
            findings: vec![FindingView {
                badge: Badge::new("틀린 듯함", Tone::Warning),
                sentence: "‘전화번호’ 열에 같은 값이 25행 내리 이어집니다.".to_owned(),
                examples: vec!["033-250-3114 · parking.csv 102행, 126행".to_owned()],
                share: "1,200행 가운데 25행".to_owned(),
            }],
            columns: vec![ColumnView {
                title: "주차구획수".to_owned(),
                facts: vec![Fact::new("값", "1,200"), Fact::new("서로 다른 값", "88")],
                chart: Some(chart),
                tables: vec![table],
            }],
            back: Link::new("공영주차장으로", "/datasets/parking"),
        };
        let making = Self {
            sentence: "들여다보는 중입니다.".to_owned(),
            is_made: false,
            findings: Vec::new(),
            columns: Vec::new(),
            ..made.clone()
        };
        let clean = Self {
            findings: Vec::new(),
            notes: Vec::new(),
            ..made.clone()
        };
        vec![made, making, clean]
    }
}
