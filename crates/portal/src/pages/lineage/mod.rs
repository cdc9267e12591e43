//! Where a dataset's columns come from, down to the bytes that arrived, and what depends on them.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, CellKind, Head, Link, Table};

/// Where columns come from and what depends on them.
#[derive(Clone, Debug, Serialize)]
pub struct LineagePage {
    /// Its title.
    pub title: String,
    /// Which version, and how it was made.
    pub sentence: String,
    /// What was left out that this person may not see.
    pub cut: Option<String>,
    /// Each column and what it is made of.
    pub columns: Table,
    /// What decides which rows there are.
    pub rows: Vec<String>,
    /// The bytes everything was made of.
    pub sources: Table,
    /// What depends on it.
    pub uses: Option<Table>,
    /// Back to the dataset.
    pub back: Link,
}

impl Sample for LineagePage {
    fn samples() -> Vec<Self> {
        let columns = Table {
            caption: "열 2개".to_owned(),
            heads: vec![
                Head::text("열"),
                Head::text("무엇에서"),
                Head::text("어떻게"),
            ],
            rows: vec![vec![
                Cell::text("면수"),
                Cell::text("공영주차장의 주차면수"),
                Cell::text("여러 행을 모아 셈함"),
            ]],
            plain: true,
        };
        let sources = Table {
            caption: "파일 1개".to_owned(),
            heads: vec![Head::text("파일"), Head::text("SHA-256")],
            rows: vec![vec![
                Cell::text("parking.csv"),
                Cell::of(CellKind::Hash, "0f".repeat(32)),
            ]],
            plain: true,
        };
        let uses = Table {
            caption: "기대는 것 1개".to_owned(),
            heads: vec![Head::text("무엇"), Head::text("갈래"), Head::text("열")],
            rows: vec![vec![
                Cell::text("주차면").leading_to("/measures/spaces"),
                Cell::text("지표"),
                Cell::text("주차면수"),
            ]],
            plain: true,
        };
        let derived = Self {
            title: "크기별 주차장: 열마다 어디서 왔는가".to_owned(),
            sentence: "3판은 다른 데이터셋 1개에서 셈했습니다.".to_owned(),
            cut: Some("볼 수 없는 데이터셋의 열은 뺐습니다.".to_owned()),
            columns,
            rows: vec!["행을 모으는 열: 공영주차장의 동".to_owned()],
            sources,
            uses: Some(uses),
            back: Link::new("크기별 주차장으로 돌아가기", "/datasets/sizes"),
        };
        let plain = Self {
            cut: None,
            rows: Vec::new(),
            uses: None,
            ..derived.clone()
        };
        vec![derived, plain]
    }
}
