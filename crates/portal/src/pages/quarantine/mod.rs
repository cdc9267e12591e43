//! The quarantined rows of a dataset: reasons with counts for all, rows for who may see them.

mod fill;

pub use fill::page;
pub(crate) use fill::reasons;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, Head, Link, Pager, Table};

/// The quarantined rows of a dataset.
#[derive(Clone, Debug, Serialize)]
pub struct Quarantine {
    /// The dataset.
    pub dataset: Link,
    /// What the counts say in one sentence.
    pub sentence: String,
    /// Reasons with counts.
    pub reasons: Option<Table>,
    /// The rows as they came; `None` for who may not see them.
    pub rows: Option<Table>,
    /// Its pages.
    pub pager: Option<Pager>,
}

impl Sample for Quarantine {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "3행".to_owned(),
            heads: vec![Head::text("열"), Head::text("까닭"), Head::number("행")],
            rows: vec![vec![
                Cell::text("면수"),
                Cell::text("정수가 아닙니다"),
                Cell::number("3"),
            ]],
            plain: true,
        };
        let staff = Self {
            dataset: Link::new("공영주차장", "/datasets/parking"),
            sentence: "읽은 131행 가운데 3행을 격리했습니다.".to_owned(),
            reasons: Some(table.clone()),
            rows: Some(table),
            pager: None,
        };
        let public = Self {
            rows: None,
            ..staff.clone()
        };
        let none = Self {
            reasons: None,
            rows: None,
            ..staff.clone()
        };
        vec![staff, public, none]
    }
}
