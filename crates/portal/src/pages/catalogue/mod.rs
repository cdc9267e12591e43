//! The catalogue: full-text search and filters; the address is the state.

mod fill;

pub use fill::page;
pub(crate) use fill::rows_of;

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, DatasetCard, Link, Pager, Tone};

/// The catalogue.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    /// What is searched for.
    pub query: String,
    /// The filters with their choices.
    pub filters: Vec<Filter>,
    /// The conditions in force; each link leads to the list without it.
    pub active: Vec<Link>,
    /// How many datasets match.
    pub total: i64,
    /// The first shown, from 1.
    pub first: i64,
    /// The last shown.
    pub last: i64,
    /// The datasets shown.
    pub results: Vec<DatasetCard>,
    /// Its pages.
    pub pager: Option<Pager>,
    /// What would match more, when nothing matches.
    pub nearest: Vec<Link>,
}

/// A filter of the form.
#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    /// Name of the parameter.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its choices.
    pub choices: Vec<Choice>,
}

/// A choice of a filter.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Value of the parameter.
    pub value: String,
    /// Its title.
    pub title: String,
    /// How many datasets it would leave.
    pub count: i64,
    /// It is in force.
    pub selected: bool,
}

impl Sample for Catalogue {
    fn samples() -> Vec<Self> {
        let card = DatasetCard {
            path: "/datasets/parking".to_owned(),
            title: "공영주차장".to_owned(),
            description: "시가 운영하는 주차장의 위치와 면수입니다.".to_owned(),
            badges: vec![
                Badge::new("최신", Tone::Good),
                Badge::new("격리 3행", Tone::Warning),
            ],
            meta: vec!["교통".to_owned(), "교통정책과".to_owned()],
        };
        let filter = Filter {
            name: "field".to_owned(),
            label: "분야".to_owned(),
            choices: vec![Choice {
                value: "traffic".to_owned(),
                title: "교통".to_owned(),
                count: 3,
                selected: true,
            }],
        };
        let found = Self {
            query: "주차장".to_owned(),
            filters: vec![filter],
            active: vec![
                Link::new("검색어: 주차장", "/datasets"),
                Link::new("분야: 교통", "/datasets?q=주차장"),
            ],
            total: 41,
            first: 21,
            last: 40,
            results: vec![card],
            pager: Pager::new(2, 3, |page| format!("/datasets?page={page}")),
            nearest: Vec::new(),
        };
        let nothing = Self {
            total: 0,
            first: 0,
            last: 0,
            results: Vec::new(),
            pager: None,
            nearest: vec![Link::new("분야: 교통", "/datasets?q=주차장")],
            ..found.clone()
        };
        vec![found, nothing]
    }
}
