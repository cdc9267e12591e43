//! A board on one A4 page.

use chrono::NaiveDate;
use paper::{About, PaperError};
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use serde_json::{Value, json};

const TEMPLATE: &str = include_str!("board.typ");

/// What stands around a board on paper.
#[derive(Clone, Debug)]
pub struct Around {
    /// The city's name.
    pub city: String,
    /// When its figures were asked.
    pub moment: String,
    /// The day of that.
    pub day: NaiveDate,
    /// Where the same board is on the web.
    pub address: Option<String>,
    /// The receipt of what is printed.
    pub receipt: Option<String>,
    /// Whether its address is a whole one, that a camera can open.
    pub is_whole: bool,
    /// What the marks beside figures are for; stands where there is a receipt.
    pub receipts: String,
    /// What stands before the beginning of a receipt's address.
    pub mark: String,
    /// Instead of a map.
    pub map: String,
    /// Below a table that was cut; `#` stands for how many rows are not on the page.
    pub more: String,
}

/// The page, from the board as plain texts: its title, numbers and panels, all in the reader's language. It
/// takes seconds: not for a thread that answers others.
///
/// # Errors
/// When it cannot be set.
pub fn pdf(board: &impl Serialize, title: &str, around: &Around) -> Result<Vec<u8>, PaperError> {
    let about = About {
        title: title.to_owned(),
        author: around.city.clone(),
        date: around.day,
    };
    let data = json!({
        "board": board,
        "city": around.city,
        "moment": around.moment,
        "address": around.address,
        "receipt": around.receipt,
        // What was printed leads to what it was made of; what is not kept, to the board as it is then.
        "sign": match (&around.receipt, &around.address) {
            (Some(receipt), _) if around.is_whole => sign(receipt),
            (_, Some(address)) => sign(address),
            _ => None,
        },
        "words": { "map": around.map, "more": around.more, "receipts": around.receipts, "mark": around.mark },
    });
    paper::pdf(TEMPLATE, &data, &about)
}

/// An address as a QR code: rows of `#` for dark and `.` for light. Nothing where it is too long for one.
fn sign(address: &str) -> Option<Value> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let colors = code.to_colors();
    let rows = colors.chunks(code.width()).map(|row| {
        let marks = row.iter().map(|color| match color {
            Color::Dark => '#',
            Color::Light => '.',
        });
        marks.collect::<String>()
    });
    Some(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around() -> Around {
        Around {
            city: "가람시".to_owned(),
            moment: "2026-11-26 09:00".to_owned(),
            day: "2026-11-26".parse().unwrap(),
            address: Some("https://data.garam.example/boards/today".to_owned()),
            receipt: Some("https://data.garam.example/receipts/0123456789abcdef".to_owned()),
            is_whole: true,
            receipts: "영수증 번호를 적으십시오.".to_owned(),
            mark: "영수증".to_owned(),
            map: "지도는 화면에서 보십시오.".to_owned(),
            more: "# 줄이 더 있습니다.".to_owned(),
        }
    }

    fn board(panels: usize) -> Value {
        let table = json!({ "heads": ["동", "명"], "rows": (0..12).map(|at| json!([format!("{at}동"), "1,204"])).collect::<Vec<_>>() });
        let kinds = [
            json!({ "kind": "chart", "chart": { "headline": "민원", "subtitle": "건", "bars": [{ "label": "도로", "value": "12", "percent": "100.00", "strong": true }], "line": null, "picture": null, "summary": null, "figure": null, "table": table, "source": "민원 3판" } }),
            json!({ "kind": "chart", "chart": { "headline": "공기", "subtitle": "㎍/㎥", "bars": [], "line": { "pieces": ["0.00,100.00 50.00,20.00 100.00,0.00", "70,20"], "below": ["80.00", "−3"], "top": "92", "first": "1월 40", "last": "3월 92" }, "picture": null, "summary": null, "figure": { "value": "92", "unit": "㎍/㎥", "nothing": null }, "table": table, "source": null } }),
            json!({ "kind": "chart", "chart": { "headline": "동별", "subtitle": "건", "bars": [], "line": null, "picture": "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"96\" height=\"40\" font-family=\"Pretendard GOV, sans-serif\"><rect width=\"40\" height=\"9\" fill=\"#0b50d0\"/><text x=\"2\" y=\"30\">가온동</text></svg>", "summary": "가장 큰 값은 가온동입니다.", "figure": null, "table": table, "source": null } }),
            json!({ "kind": "table", "title": "예산", "table": table }),
            json!({ "kind": "nothing", "title": "기간", "figure": { "nothing": "알 수 없음", "note": null } }),
            json!({ "kind": "map", "title": "어디", "receipt": "0123456789abcdef" }),
        ];
        json!({
            "title": "도시 상황판",
            "description": "한눈에 봅니다.",
            "numbers": [
                { "label": "주민", "receipt": "0123456789abcdef", "value": "12만 4,000", "unit": "명", "nothing": null, "note": "목표 13만명" },
                { "label": "민원", "value": null, "unit": "건", "nothing": "가림", "note": null },
            ],
            "panels": (0..panels).map(|at| kinds[at % kinds.len()].clone()).collect::<Vec<_>>(),
        })
    }

    /// Pages, as the page tree counts them.
    fn pages(pdf: &[u8]) -> usize {
        let text = String::from_utf8_lossy(pdf);
        let counts = text.split("/Type/Pages/Count ").skip(1);
        let counts = counts.filter_map(|rest| rest.split([' ', '/']).next()?.parse().ok());
        counts.max().unwrap_or_default()
    }

    #[test]
    fn a_board_is_one_page_whatever_it_holds() {
        for panels in [0, 1, 5, 40] {
            let paper = pdf(&board(panels), "도시 상황판", &around()).unwrap();
            assert!(paper.starts_with(b"%PDF"));
            assert_eq!(pages(&paper), 1, "{panels}");
        }
    }

    #[test]
    fn an_address_is_a_square_of_marks() {
        let sign = sign("https://data.garam.example/boards/today").unwrap();
        let rows = sign.as_array().unwrap();
        assert!(
            rows.iter()
                .all(|row| row.as_str().unwrap().len() == rows.len())
        );
        // The finder in the corner.
        assert!(rows[0].as_str().unwrap().starts_with("#######."));
        assert!(super::sign(&"x".repeat(5000)).is_none());
    }
}
