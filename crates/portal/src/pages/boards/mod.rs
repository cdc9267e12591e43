//! All boards, and all measures by dataset.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::Link;

/// All boards and measures.
#[derive(Clone, Debug, Serialize)]
pub struct Boards {
    /// The boards.
    pub boards: Vec<Card>,
    /// Where a new measure is drafted, for those who may.
    pub draft: Option<String>,
    /// The measures.
    pub measures: Vec<Card>,
}

/// A board or a measure in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its title and page.
    pub link: Link,
    /// What it is for.
    pub description: String,
}

impl Sample for Boards {
    fn samples() -> Vec<Self> {
        let card = Card {
            link: Link::new("도시 상황판", "/boards/today"),
            description: "오늘의 도시를 보여 줍니다.".to_owned(),
        };
        vec![
            Self {
                boards: vec![card.clone()],
                draft: Some("/measures/new".to_owned()),
                measures: vec![card],
            },
            Self {
                boards: Vec::new(),
                draft: None,
                measures: Vec::new(),
            },
        ]
    }
}
