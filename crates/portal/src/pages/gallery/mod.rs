//! `/-/parts`: every part of the pages on one page, and every sample of every page.

mod fill;

pub use fill::{page, sample};

use serde::Serialize;

use super::Sample;
use super::board::BoardPage;
use super::catalogue::Catalogue;
use super::dataset::{DatasetPage, sample};
use crate::parts::{Badge, Chart, DatasetCard, Fact, FigureView, Link, Pager, Table, Tone};

/// Every part.
#[derive(Clone, Debug, Serialize)]
pub struct Gallery {
    /// Badges of every tone.
    pub badges: Vec<Badge>,
    /// Figures: known, stale, and every kind of nothing.
    pub figures: Vec<FigureView>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// A table that sorts.
    pub table: Option<Table>,
    /// A pager in the middle of many pages.
    pub pager: Option<Pager>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// A dataset in a list.
    pub cards: Vec<DatasetCard>,
    /// Every sample of every page.
    pub pages: Vec<Link>,
}

impl Gallery {
    /// Every part, with links to the pages' samples.
    pub fn all(pages: Vec<Link>) -> Self {
        let dataset = DatasetPage::samples().into_iter().next();
        let numbers = BoardPage::samples()
            .into_iter()
            .next()
            .map(|board| board.numbers)
            .unwrap_or_default();
        let nothing = |kind: &str, note: &str| FigureView {
            label: "민원 처리율".to_owned(),
            nothing: Some(kind.to_owned()),
            note: Some(note.to_owned()),
            ..FigureView::default()
        };
        let mut figures = numbers;
        figures.push(FigureView {
            value: Some("1만 2,480".to_owned()),
            exact: "12480".to_owned(),
            unit: "건".to_owned(),
            ..nothing("오래됨", "40일 전 값이고 한도는 31일입니다")
        });
        figures.push(FigureView {
            value: Some("0".to_owned()),
            exact: "0".to_owned(),
            unit: "건".to_owned(),
            nothing: None,
            note: None,
            ..nothing("", "")
        });
        figures.push(nothing("알 수 없음", "분모인 인구가 없습니다"));
        figures.push(nothing("가림", "5건보다 적으면 가립니다"));
        figures.push(nothing("열람 제한", "민원처리과에 물으십시오"));
        figures.push(nothing("아직 없음", "다음 적재는 2026-12-01입니다"));
        Self {
            badges: [
                ("최신", Tone::Good),
                ("격리 3행", Tone::Warning),
                ("거부됨", Tone::Danger),
                ("개방", Tone::Plain),
            ]
            .map(|(text, tone)| Badge::new(text, tone))
            .into(),
            figures,
            facts: dataset
                .as_ref()
                .and_then(|page| Some(page.standing.as_ref()?.facts.clone()))
                .unwrap_or_default(),
            table: dataset.as_ref().and_then(|page| page.preview.table.clone()),
            pager: dataset.as_ref().and_then(|page| page.preview.pager.clone()),
            charts: vec![sample::chart(true), sample::chart(false), sample::history()],
            cards: Catalogue::samples()
                .into_iter()
                .next()
                .map(|page| page.results)
                .unwrap_or_default(),
            pages,
        }
    }
}

impl Sample for Gallery {
    fn samples() -> Vec<Self> {
        vec![Self::all(vec![Link::new("home 1", "/-/parts/home/0")])]
    }
}
