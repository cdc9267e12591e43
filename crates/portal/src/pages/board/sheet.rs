//! A board as plain texts, for paper: pages write the rows of their tables as markup.

use interop::api::receipts::short;
use serde_json::{Value, json};

use super::Panel;
use super::print::Sheet;
use crate::parts::Table;

/// What the page of paper shows: title, description, numbers and panels, each with the beginning of its receipt's address.
pub(super) fn sheet(board: &Sheet) -> Value {
    let numbers = board.numbers.iter().map(|(figure, receipt)| {
        let figure = serde_json::to_value(figure).unwrap_or_default();
        receipted(figure, receipt.as_deref())
    });
    let panels = board
        .panels
        .iter()
        .map(|(own, receipt)| receipted(panel(own), receipt.as_deref()));
    json!({
        "title": board.title,
        "description": board.description,
        "numbers": numbers.collect::<Vec<_>>(),
        "panels": panels.collect::<Vec<_>>(),
    })
}

fn receipted(mut own: Value, receipt: Option<&str>) -> Value {
    if let Some(object) = own.as_object_mut() {
        object.insert("receipt".to_owned(), json!(receipt.map(short)));
    }
    own
}

fn panel(panel: &Panel) -> Value {
    match panel {
        Panel::Chart { chart, .. } => json!({
            "kind": "chart",
            "chart": {
                "headline": chart.headline,
                "subtitle": chart.subtitle,
                "bars": chart.bars,
                "line": chart.line,
                "picture": chart.marks.picture,
                "summary": chart.marks.summary,
                "figure": chart.marks.figure,
                "source": chart.source,
                "table": table(&chart.table),
            },
        }),
        Panel::Table {
            title, table: own, ..
        } => {
            json!({ "kind": "table", "title": title, "table": table(own) })
        }
        Panel::Areas { areas } => {
            json!({ "kind": "table", "title": areas.title, "table": table(&areas.table) })
        }
        Panel::Nothing { title, figure } => {
            json!({ "kind": "nothing", "title": title, "figure": figure })
        }
        Panel::Map { title, .. } => json!({ "kind": "map", "title": title }),
    }
}

fn table(own: &Table) -> Value {
    let heads: Vec<&str> = own.heads.iter().map(|head| head.title.as_str()).collect();
    let rows = own.rows.iter().map(|row| {
        let texts = row.iter().map(|cell| cell.text.as_str());
        texts.collect::<Vec<_>>()
    });
    json!({ "heads": heads, "rows": rows.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::super::BoardPage;
    use super::*;
    use crate::pages::Sample as _;
    use crate::parts::Cell;

    #[test]
    fn rows_are_texts_whether_they_lead_somewhere_or_not() {
        let board = BoardPage::samples().remove(0);
        let table = Table {
            rows: vec![
                vec![Cell::text("가온 <동>"), Cell::number("1,204")],
                vec![Cell::text("누리동").leading_to("/"), Cell::number("7")],
            ],
            ..Table::default()
        };
        let own = Panel::Table {
            title: "동".to_owned(),
            table,
            summary: String::new(),
            receipt: String::new(),
            files: Vec::new(),
            rows: None,
        };
        let id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let told = sheet(&Sheet {
            title: board.title,
            description: board.description,
            numbers: board
                .numbers
                .into_iter()
                .map(|figure| (figure, Some(id.to_owned())))
                .collect(),
            panels: vec![(own, None)],
            receipt: None,
        });
        let rows = json!([["가온 <동>", "1,204"], ["누리동", "7"]]);
        assert_eq!(told["panels"][0]["table"]["rows"], rows);
        assert_eq!(told["panels"][0]["receipt"], Value::Null);
        assert_eq!(told["numbers"][0]["receipt"], "0123456789abcdef");
    }
}
