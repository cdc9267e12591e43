//! What departments have to put right: rows put aside, and values that citizens report.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, Head, Table};

/// What departments have to put right.
#[derive(Clone, Debug, Serialize)]
pub struct Tasks {
    /// How much there is, in a sentence.
    pub sentence: String,
    /// Departments that have something to do, those with most first.
    pub departments: Vec<DepartmentTasks>,
}

/// What one department has to put right.
#[derive(Clone, Debug, Serialize)]
pub struct DepartmentTasks {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its datasets.
    pub table: Table,
}

impl Sample for Tasks {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "교통정책과가 고칠 데이터셋 1개".to_owned(),
            heads: vec![
                Head::text("데이터셋"),
                Head::number("격리한 행"),
                Head::number("시민 신고"),
            ],
            rows: vec![vec![
                Cell::text("공영주차장"),
                Cell::number("3"),
                Cell::number("1"),
            ]],
            plain: true,
        };
        let some = Self {
            sentence: "고칠 행 3개, 답할 신고 1건".to_owned(),
            departments: vec![DepartmentTasks {
                id: "transport".to_owned(),
                title: "교통정책과".to_owned(),
                table,
            }],
        };
        let none = Self {
            departments: Vec::new(),
            ..some.clone()
        };
        vec![some, none]
    }
}
