//! A receipt that lasts: what a figure was made of, and the same figure asked again.

mod fill;
mod print;

pub use fill::page;
pub use print::PrintPage;

use serde::Serialize;

use super::Sample;
use super::board::{BoardPage, Panel};
use super::measure::MeasurePage;
use crate::parts::{Fact, FigureView, Table};

/// A receipt.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptPage {
    /// Its title.
    pub title: String,
    /// Whether the figure is the same, in words.
    pub outcome: String,
    /// Whether those words are a warning.
    pub warns: bool,
    /// The figure, asked again.
    pub figure: FigureView,
    /// What was shown, where that is more than one number.
    pub panel: Option<Panel>,
    /// The sentence that explains it; nothing where it is not shown.
    pub sentence: Option<String>,
    /// When it was made, of which measure, narrowed by what.
    pub facts: Vec<Fact>,
    /// The versions it was read from.
    pub versions: Option<Table>,
    /// Its query.
    pub sql: Option<String>,
    /// The measure as it was declared.
    pub manifest: Option<String>,
    /// The squares of its address as a QR code, as a path in a box of `size`.
    pub qr: Option<Qr>,
    /// The same for programs.
    pub api: String,
}

/// A QR code as the outline of its dark squares.
#[derive(Clone, Debug, Serialize)]
pub struct Qr {
    /// Squares a side, with the margin.
    pub size: usize,
    /// The path.
    pub path: String,
}

impl Qr {
    /// The code of an address; nothing where it is too long for one.
    pub fn of(address: &str) -> Option<Self> {
        /// Light squares around a code, by its standard.
        const MARGIN: usize = 4;
        let code = qrcode::QrCode::new(address).ok()?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate();
        let dark = dark.filter(|(_, color)| *color == qrcode::Color::Dark);
        let path = dark.map(|(at, _)| {
            let (x, y) = (at % width + MARGIN, at / width + MARGIN);
            format!("M{x} {y}h1v1h-1z")
        });
        Some(Self {
            size: width + 2 * MARGIN,
            path: path.collect(),
        })
    }
}

impl Sample for ReceiptPage {
    fn samples() -> Vec<Self> {
        let pages = MeasurePage::samples();
        let shown = pages.first().map(|page| Self {
            title: "‘공영주차장 면수’ 지표의 영수증".to_owned(),
            outcome: "같은 판으로 다시 셈해도 마지막 자리까지 같은 값입니다.".to_owned(),
            warns: false,
            figure: page.figure.clone(),
            panel: BoardPage::samples()
                .pop()
                .and_then(|board| board.panels.into_iter().next()),
            sentence: Some(page.sentence.clone()),
            facts: vec![Fact::new("만든 때", "2026-11-25 09:00")],
            versions: Some(page.versions.clone()),
            sql: Some(page.sql.clone()),
            manifest: Some(page.receipt.clone()),
            qr: Qr::of("https://data.example.go.kr/receipts/0123"),
            api: "/api/receipts/0123".to_owned(),
        });
        let hidden = shown.clone().map(|page| Self {
            outcome: "지금 보시는 분께는 이 값을 보일 수 없습니다.".to_owned(),
            warns: true,
            figure: FigureView::default(),
            panel: None,
            sentence: None,
            versions: None,
            sql: None,
            manifest: None,
            qr: None,
            ..page
        });
        shown.into_iter().chain(hidden).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Qr;

    #[test]
    fn a_code_is_drawn_within_its_margin() {
        let qr = Qr::of("https://data.example.go.kr/receipts/0123").unwrap();
        // The first corner's ring begins right behind the margin.
        assert!(qr.path.starts_with("M4 4h1v1h-1zM5 4"), "{}", qr.path);
        assert_eq!(qr.size % 4, 1, "a code's side is 4n + 17");
        assert!(Qr::of(&"x".repeat(8000)).is_none());
    }
}
