//! What the national evaluation asks for, counted from the records, with the files to hand in; for staff.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, CellKind, Fact, Head, Link, Table};

/// The evidence of a year.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The years there are records of.
    pub years: Vec<Choice>,
    /// The city and its departments.
    pub departments: Vec<Choice>,
    /// Of whom, which year, how much was counted.
    pub sentence: String,
    /// The last day that counts.
    pub until: String,
    /// The files.
    pub files: Vec<Link>,
    /// The summary, below the evaluation each belongs to.
    pub areas: Vec<Area>,
    /// How each was counted.
    pub indicators: Vec<Shown>,
    /// The error rate by month.
    pub months: Option<Table>,
    /// The documents.
    pub documents: Table,
    /// That not all are listed here.
    pub unlisted: Option<String>,
    /// The hash of all of it.
    pub sha256: String,
}

/// One choice of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its value.
    pub value: String,
    /// What it says.
    pub title: String,
    /// It is the one shown.
    pub selected: bool,
}

/// The indicators of one evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct Area {
    /// Its id on the page.
    pub id: String,
    /// The evaluation.
    pub title: String,
    /// The figures.
    pub table: Table,
}

/// How one indicator was counted.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// Its id on the page.
    pub id: String,
    /// The evaluation's item.
    pub item: String,
    /// What the figure says.
    pub title: String,
    /// The definitions.
    pub facts: Vec<Fact>,
    /// Who adds what.
    pub parts: Option<Table>,
}

impl Sample for Evidence {
    fn samples() -> Vec<Self> {
        let choice = |value: &str, title: &str| Choice {
            value: value.to_owned(),
            title: title.to_owned(),
            selected: value == "2026",
        };
        let table = |caption: &str, cell: Cell| Table {
            caption: caption.to_owned(),
            heads: vec![Head::text("평가 항목"), Head::number("분자")],
            rows: vec![vec![Cell::text("데이터 오류율"), cell]],
            plain: true,
        };
        let counted = Self {
            years: vec![choice("2026", "2026년"), choice("2025", "2025년")],
            departments: vec![choice("", "시 전체"), choice("roads", "도로과")],
            sentence: "한빛시의 데이터셋 105개, 적재 211건에서 셌습니다.".to_owned(),
            until: "2026-11-26".to_owned(),
            files: vec![
                Link::new("엑셀", "/evidence/2026.xlsx"),
                Link::new("PDF", "/evidence/2026.pdf"),
            ],
            areas: vec![Area {
                id: "quality".to_owned(),
                title: "공공데이터 품질관리 수준평가".to_owned(),
                table: table("지표 16개", Cell::number("1,204")),
            }],
            indicators: vec![
                Shown {
                    id: "error-rate".to_owned(),
                    item: "데이터 오류율".to_owned(),
                    title: "오류율".to_owned(),
                    facts: vec![Fact::new("분자", "오류 값")],
                    parts: Some(table("부서 10곳", Cell::number("12"))),
                },
                Shown {
                    id: "plan".to_owned(),
                    item: "품질관리 계획수립".to_owned(),
                    title: "품질관리 계획".to_owned(),
                    facts: vec![Fact::new("더할 증빙", "계획서")],
                    parts: None,
                },
            ],
            months: Some(table("달 2개", Cell::number("0.01%"))),
            documents: table("데이터셋 105개", Cell::of(CellKind::Hash, "9f86d081")),
            unlisted: Some("나머지는 엑셀에 있습니다.".to_owned()),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        };
        let none = Self {
            months: None,
            unlisted: None,
            documents: Table::default(),
            ..counted.clone()
        };
        vec![counted, none]
    }
}
