//! The home page: search, fields, freshness and quality at a glance, the first board.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::{FigureView, Link};

/// The home page.
#[derive(Clone, Debug, Serialize)]
pub struct Home {
    /// One sentence about the city.
    pub description: Option<String>,
    /// Datasets, rows, loads at a glance.
    pub glance: Vec<FigureView>,
    /// The city's fields.
    pub fields: Vec<FieldCard>,
    /// How many datasets are fresh, late, not loaded yet; each leads to them.
    pub freshness: Vec<FigureView>,
    /// Quality by dimension over all datasets this person sees.
    pub quality: Vec<FigureView>,
    /// Figures of the first board.
    pub board: Option<Teaser>,
    /// Words people search for.
    pub words: Vec<Link>,
}

/// A field with its datasets.
#[derive(Clone, Debug, Serialize)]
pub struct FieldCard {
    /// Its page.
    pub path: String,
    /// Its title.
    pub title: String,
    /// How many datasets.
    pub count: i64,
    /// The titles of the first.
    pub examples: String,
}

/// The first figures of a board.
#[derive(Clone, Debug, Serialize)]
pub struct Teaser {
    /// The board.
    pub link: Link,
    /// Its figures.
    pub figures: Vec<FigureView>,
}

impl Sample for Home {
    fn samples() -> Vec<Self> {
        let figure = |label: &str, value: &str, unit: &str| FigureView {
            label: label.to_owned(),
            value: Some(value.to_owned()),
            exact: "1".to_owned(),
            unit: unit.to_owned(),
            ..FigureView::default()
        };
        let full = Self {
            description: Some("시험시의 데이터를 한곳에서 찾고, 보고, 내려받습니다.".to_owned()),
            glance: vec![
                figure("데이터셋", "24", "개"),
                figure("행", "1만 2,480", "행"),
            ],
            fields: vec![FieldCard {
                path: "/fields/traffic".to_owned(),
                title: "교통".to_owned(),
                count: 4,
                examples: "공영주차장, 버스정류소".to_owned(),
            }],
            freshness: vec![figure("최신", "20", "개"), figure("오래됨", "3", "개")],
            quality: vec![figure("완전성", "99.9%", "")],
            board: Some(Teaser {
                link: Link::new("도시 상황판", "/boards/today"),
                figures: vec![
                    figure("주차면", "9,999", "면"),
                    FigureView {
                        label: "민원 처리율".to_owned(),
                        nothing: Some("알 수 없음".to_owned()),
                        note: Some("분모가 없습니다".to_owned()),
                        ..FigureView::default()
                    },
                ],
            }),
            words: vec![Link::new("주차장", "/datasets?q=주차장")],
        };
        let empty = Self {
            description: None,
            glance: Vec::new(),
            fields: Vec::new(),
            freshness: Vec::new(),
            quality: Vec::new(),
            board: None,
            words: Vec::new(),
        };
        vec![full, empty]
    }
}
