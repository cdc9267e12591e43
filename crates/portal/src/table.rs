//! Tables, which every page has some of.

use std::fmt::Write as _;

use minijinja::HtmlEscape;
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

/// A table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// Its heading, which counts.
    pub caption: String,
    /// The heads of its columns.
    pub heads: Vec<Head>,
    /// Its rows; the first cell names the row.
    #[serde(serialize_with = "rows_for_template")]
    pub rows: Vec<Vec<Cell>>,
    /// On phones the first column scrolls with the rest.
    pub plain: bool,
}

impl Table {
    /// Its first rows, and of its columns those at these places, in their order: for where there is room for no more.
    #[must_use]
    pub fn part(mut self, rows: usize, columns: &[usize]) -> Self {
        let pick = |cells: Vec<Cell>| -> Vec<Cell> {
            columns
                .iter()
                .filter_map(|at| cells.get(*at).cloned())
                .collect()
        };
        self.heads = columns
            .iter()
            .filter_map(|at| self.heads.get(*at).cloned())
            .collect();
        self.rows.truncate(rows);
        self.rows = self.rows.into_iter().map(pick).collect();
        self
    }
}

/// Rows for the template: those that lead nowhere as markup, since the template would take a table of some hundred
/// cells apart slowly; the others as cells, since an address is written in the page's language.
fn rows_for_template<S: Serializer>(rows: &[Vec<Cell>], to: S) -> Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(rows.len()))?;
    for row in rows {
        if row.iter().any(|cell| cell.path.is_some()) {
            list.serialize_element(row)?;
        } else {
            list.serialize_element(&markup(row))?;
        }
    }
    list.end()
}

/// A row's cells as the template writes them.
fn markup(row: &[Cell]) -> String {
    let mut text = String::with_capacity(row.len() * 48);
    for (at, cell) in row.iter().enumerate() {
        let (open, close) = if at == 0 {
            ("<th scope=\"row\"", "</th>")
        } else {
            ("<td", "</td>")
        };
        let (class, before, behind) = match cell.kind {
            CellKind::Text => ("", "", ""),
            CellKind::Number => (" class=\"n\"", "", ""),
            CellKind::Moment => (" class=\"d\"", "", ""),
            CellKind::Hash => ("", "<span class=\"hash\">", "</span>"),
            CellKind::Nothing => ("", "<span class=\"nothing\">", "</span>"),
        };
        let said = HtmlEscape(&cell.text);
        // Writing to a text does not fail.
        write!(text, "{open}{class}>{before}{said}{behind}{close}").ok();
    }
    text
}

/// The head of a column.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Head {
    /// Its title, with the unit.
    pub title: String,
    /// Numbers stand right.
    pub numeric: bool,
    /// Where a click sorts by it.
    pub sort: Option<String>,
    /// How it is sorted now: `ascending`, `descending`.
    pub sorted: Option<&'static str>,
}

impl Head {
    /// A head of words.
    pub fn text(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// A head of numbers.
    pub fn number(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            numeric: true,
            ..Self::default()
        }
    }
}

/// A cell.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// A number, or a moment: stands right or stays on one line.
    pub kind: CellKind,
    /// Where it leads.
    pub path: Option<String>,
}

/// How a cell is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellKind {
    /// Words.
    #[default]
    Text,
    /// A number.
    Number,
    /// A date, a moment or a code: one line.
    Moment,
    /// A hash.
    Hash,
    /// A kind of nothing.
    Nothing,
}

impl Cell {
    /// A cell of words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A cell of one kind.
    pub fn of(kind: CellKind, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind,
            path: None,
        }
    }

    /// A number's cell.
    pub fn number(text: impl Into<String>) -> Self {
        Self::of(CellKind::Number, text)
    }

    /// The same, leading somewhere.
    #[must_use]
    pub fn leading_to(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_its_first_rows_and_the_columns_asked_for_with_their_heads() {
        let row = |words: [&str; 3]| words.map(Cell::text).to_vec();
        let table = Table {
            caption: "느린 구간 2곳".to_owned(),
            heads: ["도로", "번호", "속도"].map(Head::text).to_vec(),
            rows: vec![row(["가람로", "1", "12"]), row(["나래로", "2", "20"])],
            plain: false,
        };
        let part = table.part(1, &[0, 2, 7]);
        let heads: Vec<_> = part.heads.iter().map(|head| head.title.as_str()).collect();
        let cells: Vec<_> = part.rows.iter().flatten().map(|cell| &cell.text).collect();
        assert_eq!(part.caption, "느린 구간 2곳");
        assert_eq!(heads, ["도로", "속도"]);
        assert_eq!(cells, ["가람로", "12"]);
    }

    #[test]
    fn a_row_that_leads_nowhere_is_markup_with_nothing_but_its_own() {
        let row = vec![
            Cell::text("<b>가온 & \"나래\""),
            Cell::number("1,204"),
            Cell::of(CellKind::Nothing, "알 수 없음"),
        ];
        let table = Table {
            rows: vec![row, vec![Cell::text("길").leading_to("/datasets")]],
            ..Table::default()
        };
        let rows = serde_json::to_value(&table).unwrap()["rows"].take();
        assert_eq!(
            rows[0],
            "<th scope=\"row\">&lt;b&gt;가온 &amp; &quot;나래&quot;</th><td class=\"n\">1,204</td><td><span class=\"nothing\">알 수 없음</span></td>"
        );
        assert_eq!(rows[1][0]["path"], "/datasets");
    }
}
