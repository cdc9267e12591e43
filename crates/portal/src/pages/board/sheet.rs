//! A board as plain texts, for paper: pages write the rows of their tables as markup.

use serde_json::{Value, json};

use super::{BoardPage, Panel};
use crate::parts::Table;

/// What the page of paper shows: title, description, numbers and panels; `areas` as the table they stand for.
pub(super) fn sheet(board: &BoardPage) -> Value {
    json!({
        "title": board.title,
        "description": board.description,
        "numbers": board.numbers,
        "panels": board.panels.iter().map(panel).collect::<Vec<_>>(),
    })
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
    use super::*;
    use crate::pages::Sample as _;
    use crate::parts::Cell;

    #[test]
    fn rows_are_texts_whether_they_lead_somewhere_or_not() {
        let mut board = BoardPage::samples().remove(0);
        let table = Table {
            rows: vec![
                vec![Cell::text("가온 <동>"), Cell::number("1,204")],
                vec![Cell::text("누리동").leading_to("/"), Cell::number("7")],
            ],
            ..Table::default()
        };
        board.panels = vec![Panel::Table {
            title: "동".to_owned(),
            table,
            receipt: String::new(),
        }];
        let told = sheet(&board);
        let rows = json!([["가온 <동>", "1,204"], ["누리동", "7"]]);
        assert_eq!(told["panels"][0]["table"]["rows"], rows);
    }
}
