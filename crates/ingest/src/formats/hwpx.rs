//! Tables in documents of the Hangul word processor (HWPX, OWPML): each is read as a sheet.

use std::collections::VecDeque;

use city::Fault;
use quick_xml::events::BytesStart;

use super::package::{Package, Step, count};
use super::sheet::{Filled, Sheet};
use crate::origin::Input;
use crate::text::trim;

/// Where the text of a document stands.
const SECTION: &str = "Contents/section";
/// More rows and columns than any table in a document has.
const ROWS_MAX: usize = 1 << 17;
const COLUMNS_MAX: usize = 1 << 10;
/// More cells than any document has.
const CELLS_MAX: usize = 1 << 21;
/// Lines before a table that may be its heading.
const LINES_MAX: usize = 4;
/// What a line keeps of a paragraph.
const LINE_CHARS_MAX: usize = 200;
/// What stands inside a paragraph without being its text.
const ASIDE: [&str; 6] = [
    "footNote",
    "endNote",
    "hiddenComment",
    "header",
    "footer",
    "memo",
];

/// Reads all tables of a document, in the order they begin; a table inside a table's cell is one of its own.
pub(super) fn tables(input: &Input) -> Result<Vec<Sheet>, Vec<Fault>> {
    let mut package = Package::open(input)?;
    let mut sections: Vec<(u32, String)> = package
        .names()
        .iter()
        .filter_map(|name| {
            let number = name.strip_prefix(SECTION)?.strip_suffix(".xml")?;
            Some((number.parse().ok()?, name.clone()))
        })
        .collect();
    sections.sort_unstable();
    if sections.is_empty() {
        return Err(vec![
            Fault::at(
                &input.name,
                format!("is not an HWPX document: it has no `{SECTION}0.xml`"),
            )
            .remedy("open it in the word processor and save it as HWPX"),
        ]);
    }
    let mut reading = Reading::default();
    for (_, section) in &sections {
        package.walk(section, |step| match step {
            Step::Open(name, tag) => {
                reading.open(name, tag);
                Ok(())
            }
            Step::Close(name) => reading.close(name),
            Step::Text(text) => {
                reading.text(text);
                Ok(())
            }
        })?;
    }
    let mut tables = reading.done;
    tables.sort_by_key(|(number, _)| *number);
    Ok(tables.into_iter().map(|(_, sheet)| sheet).collect())
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    done: Vec<(usize, Sheet)>,
    /// Tables begun.
    begun: usize,
    cells: usize,
    /// Tables open, the innermost last.
    open: Vec<Table>,
    /// The last lines outside tables.
    lines: VecDeque<String>,
    /// The paragraph being read outside tables.
    line: String,
    is_in_text: bool,
    aside: usize,
}

#[derive(Default)]
struct Table {
    number: usize,
    before: Vec<String>,
    caption: String,
    is_in_caption: bool,
    cells: Vec<Filled>,
    merges: Vec<(usize, usize, usize, usize)>,
    rows: usize,
    /// Where the next cell stands that does not say where it stands.
    next: (usize, usize),
    rows_begun: usize,
    cell: Option<Cell>,
}

#[derive(Default)]
struct Cell {
    text: String,
    row: Option<usize>,
    column: Option<usize>,
    rows: usize,
    columns: usize,
}

impl Reading {
    fn open(&mut self, name: &str, tag: &BytesStart<'_>) {
        if self.aside > 0 || ASIDE.contains(&name) {
            self.aside += 1;
            return;
        }
        match name {
            "tbl" => self.open_table(),
            "t" => self.is_in_text = true,
            "tab" | "nbSpace" | "fwSpace" if self.is_in_text => self.text(" "),
            "lineBreak" if self.is_in_text => self.text("\n"),
            "p" if !self.open.is_empty() => {
                // Paragraphs of a cell are lines of it.
                if let Some(text) = self.sink().filter(|text| !text.is_empty()) {
                    text.push('\n');
                }
            }
            _ => {
                if let Some(table) = self.open.last_mut() {
                    table.inside(name, tag);
                }
            }
        }
    }

    fn open_table(&mut self) {
        self.begun += 1;
        let line = std::mem::take(&mut self.line);
        self.keep(&line);
        let mut before: Vec<String> = self.lines.iter().rev().cloned().collect();
        let outer = self.open.last().and_then(|table| table.cell.as_ref());
        if let Some(cell) = outer {
            before = cell
                .text
                .lines()
                .rev()
                .take(LINES_MAX)
                .map(shortened)
                .collect();
        }
        self.open.push(Table {
            number: self.begun,
            before,
            ..Table::default()
        });
    }

    /// Keeps a line that may be the heading of the next table.
    fn keep(&mut self, line: &str) {
        let line = shortened(line);
        if !line.is_empty() {
            self.lines.push_back(line);
            if self.lines.len() > LINES_MAX {
                self.lines.pop_front();
            }
        }
    }

    /// Where text goes now.
    fn sink(&mut self) -> Option<&mut String> {
        match self.open.last_mut() {
            Some(table) if table.is_in_caption => Some(&mut table.caption),
            Some(table) => table.cell.as_mut().map(|cell| &mut cell.text),
            None => Some(&mut self.line),
        }
    }

    fn text(&mut self, text: &str) {
        if self.aside == 0
            && self.is_in_text
            && let Some(sink) = self.sink()
        {
            sink.push_str(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), String> {
        if self.aside > 0 {
            self.aside -= 1;
            return Ok(());
        }
        match name {
            "t" => self.is_in_text = false,
            "p" if self.open.is_empty() => {
                let line = std::mem::take(&mut self.line);
                self.keep(&line);
            }
            "caption" => {
                if let Some(table) = self.open.last_mut() {
                    table.is_in_caption = false;
                }
            }
            "tc" => {
                self.cells += 1;
                if self.cells > CELLS_MAX {
                    return Err(format!("the tables have more than {CELLS_MAX} cells"));
                }
                return self.open.last_mut().map_or(Ok(()), Table::close_cell);
            }
            "tbl" => self.close_table(),
            _ => {}
        }
        Ok(())
    }

    fn close_table(&mut self) {
        let Some(table) = self.open.pop() else { return };
        if self.open.is_empty() {
            if table.rows <= 1 {
                // A table of one row is a frame around a heading.
                let texts: Vec<&str> = table.cells.iter().map(|(.., text)| trim(text)).collect();
                self.keep(&texts.join(" "));
            } else {
                self.lines.clear();
            }
        }
        let mut headings: Vec<String> = [shortened(&table.caption)]
            .into_iter()
            .filter(|caption| !caption.is_empty())
            .collect();
        headings.extend(table.before);
        let name = format!("표 {}", table.number);
        let mut sheet = Sheet::of(name, table.cells, &table.merges);
        sheet.headings = headings;
        self.done.push((table.number, sheet));
    }
}

impl Table {
    fn inside(&mut self, name: &str, tag: &BytesStart<'_>) {
        match (name, &mut self.cell) {
            ("caption", _) => self.is_in_caption = true,
            ("tc", _) => {
                self.cell = Some(Cell {
                    rows: 1,
                    columns: 1,
                    ..Cell::default()
                });
            }
            ("tr", _) => {
                self.next = (self.rows_begun, 0);
                self.rows_begun += 1;
            }
            ("cellAddr", Some(cell)) => {
                cell.row = Some(count(tag, "rowAddr", usize::MAX));
                cell.column = Some(count(tag, "colAddr", usize::MAX));
            }
            ("cellSpan", Some(cell)) => {
                cell.rows = count(tag, "rowSpan", 1).clamp(1, ROWS_MAX);
                cell.columns = count(tag, "colSpan", 1).clamp(1, COLUMNS_MAX);
            }
            _ => {}
        }
    }

    fn close_cell(&mut self) -> Result<(), String> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let row = cell.row.unwrap_or(self.next.0);
        let column = cell.column.unwrap_or(self.next.1);
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            return Err(format!(
                "table {} has a cell behind row {ROWS_MAX} or column {COLUMNS_MAX}",
                self.number
            ));
        }
        self.rows = self.rows.max(row + 1);
        self.next.1 = column + cell.columns;
        if cell.rows > 1 || cell.columns > 1 {
            let last = (row + cell.rows - 1, column + cell.columns - 1);
            self.merges.push((row, column, last.0, last.1));
        }
        if !trim(&cell.text).is_empty() {
            let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.cells.push((at(row), at(column), cell.text));
        }
        Ok(())
    }
}

/// A line without needless spaces, not longer than a heading.
fn shortened(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(LINE_CHARS_MAX).collect()
}
