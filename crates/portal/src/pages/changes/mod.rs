//! What edited manifests would make of the last deliveries, before they are loaded: for staff.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{Cell, Fact, Head, Link, Table};

/// Edited manifests.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// How many, in a sentence.
    pub sentence: String,
    /// Each of them.
    pub changes: Vec<ChangeView>,
}

/// One edited manifest.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeView {
    /// The dataset's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its page.
    pub path: String,
    /// What a load would come to, in a sentence.
    pub sentence: String,
    /// What of the manifest changed.
    pub changes: Vec<String>,
    /// Why the last delivery cannot be read by it.
    pub faults: Vec<String>,
    /// Rows read and failing, before and by it.
    pub facts: Vec<Fact>,
    /// Rows that would newly fail or pass, by reason.
    pub reasons: Option<Table>,
    /// The first of those rows.
    pub examples: Option<Table>,
    /// What depends on the dataset.
    pub uses: Vec<Link>,
}

impl Sample for Changes {
    fn samples() -> Vec<Self> {
        let reasons = Table {
            caption: "까닭 1가지".to_owned(),
            heads: vec![
                Head::text("까닭"),
                Head::number("새로 격리"),
                Head::number("새로 받음"),
            ],
            rows: vec![vec![
                Cell::text("면수: 범위를 벗어남"),
                Cell::number("3"),
                Cell::number("0"),
            ]],
            plain: true,
        };
        let examples = Table {
            caption: "보기 1행".to_owned(),
            heads: vec![Head::text("행"), Head::text("어떻게"), Head::text("까닭")],
            rows: vec![vec![
                Cell::text("parking.csv 12행"),
                Cell::text("새로 격리"),
                Cell::text("면수 1,999: 0~1,000이어야 합니다"),
            ]],
            plain: true,
        };
        let strict = ChangeView {
            id: "parking".to_owned(),
            title: "공영주차장".to_owned(),
            path: "/datasets/parking".to_owned(),
            sentence: "3행을 새로 격리하고 0행을 새로 받습니다.".to_owned(),
            changes: vec!["'면수' 열의 점검이나 읽는 법이 바뀝니다".to_owned()],
            faults: Vec::new(),
            facts: vec![Fact::new("지금", "131행 가운데 2행 격리")],
            reasons: Some(reasons),
            examples: Some(examples),
            uses: vec![Link::new("지표: 주차면", "/measures/spaces")],
        };
        let unread = ChangeView {
            id: "roads".to_owned(),
            title: "도로".to_owned(),
            path: "/datasets/roads".to_owned(),
            faults: vec!["roads.csv:1: 열이 없습니다".to_owned()],
            changes: Vec::new(),
            reasons: None,
            examples: None,
            uses: Vec::new(),
            ..strict.clone()
        };
        let some = Self {
            sentence: "아직 적재하지 않은 선언이 2개 있습니다.".to_owned(),
            changes: vec![strict, unread],
        };
        let none = Self {
            sentence: "고친 뒤 적재하지 않은 선언이 없습니다.".to_owned(),
            changes: Vec::new(),
        };
        vec![some, none]
    }
}
