//! "This value is wrong": a citizen says so of a row of an open dataset; and the list of such reports, for staff.

mod fill;

pub use fill::{keep, list, page};

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, Head, Link, Table};

/// A report that is being written.
#[derive(Clone, Debug, Serialize)]
pub struct ReportPage {
    /// The dataset.
    pub dataset: Link,
    /// Where it is sent.
    pub address: String,
    /// The row's values.
    pub values: Vec<ValueView>,
    /// What should stand there, as typed before.
    pub says: String,
    /// How the person knows, as typed before.
    pub note: String,
    /// Why what was typed was not kept.
    pub fault: Option<String>,
}

/// One value of the row.
#[derive(Clone, Debug, Serialize)]
pub struct ValueView {
    /// The column's physical name.
    pub column: String,
    /// The column.
    pub title: String,
    /// The value.
    pub value: String,
    /// It was chosen before.
    pub chosen: bool,
}

/// Reports about a dataset.
#[derive(Clone, Debug, Serialize)]
pub struct ReportsPage {
    /// The dataset.
    pub dataset: Link,
    /// The reports, open ones first.
    pub table: Option<Table>,
}

impl Sample for ReportPage {
    fn samples() -> Vec<Self> {
        let value = |column: &str, title: &str, value: &str| ValueView {
            column: column.to_owned(),
            title: title.to_owned(),
            value: value.to_owned(),
            chosen: false,
        };
        let first = Self {
            dataset: Link::new("공영주차장", "/datasets/parking"),
            address: "/datasets/parking/report?at=7&offset=3".to_owned(),
            values: vec![
                value("name", "주차장명", "한빛공원 주차장"),
                value("spaces", "면수", "12"),
            ],
            says: String::new(),
            note: String::new(),
            fault: None,
        };
        let again = Self {
            fault: Some("어느 값이 잘못되었는지 골라 주십시오.".to_owned()),
            note: "어제 세어 보았습니다".to_owned(),
            ..first.clone()
        };
        vec![first, again]
    }
}

impl Sample for ReportsPage {
    fn samples() -> Vec<Self> {
        let some = Self {
            dataset: Link::new("공영주차장", "/datasets/parking"),
            table: Some(Table {
                caption: "신고 1건".to_owned(),
                heads: vec![Head::text("받은 때"), Head::text("열"), Head::text("상태")],
                rows: vec![vec![
                    Cell::text("2026-11-26"),
                    Cell::text("면수"),
                    Cell::text("확인 중"),
                ]],
                plain: true,
            }),
        };
        let none = Self {
            table: None,
            ..some.clone()
        };
        vec![some, none]
    }
}
