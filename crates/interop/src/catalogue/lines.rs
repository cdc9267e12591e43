//! Lines of separated text. A broken line is told, and reading goes on below it.

use std::borrow::Cow;

/// A cell is no longer: behind a quotation mark that is never closed nobody reads the rest of the file.
const CELL_BYTES: usize = 256 << 10;
/// A line has no more cells.
const CELLS_MAX: usize = 1000;

/// A line, with its number in the file from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// Its cells.
    Cells(u64, Vec<Cow<'t, str>>),
    /// Why it has none.
    Broken(u64, &'static str),
}

/// The lines of a text.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    rest: &'t str,
    line: u64,
}

/// How a cell ends.
enum End {
    Cell,
    Line,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            rest: text,
            line: 1,
        }
    }

    /// Takes so many bytes off the rest, which end at a letter.
    fn cut(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// A cell without quotation marks.
    fn plain(&mut self) -> (Cow<'t, str>, End) {
        let length = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let text = self.cut(length);
        let end = self.end();
        (Cow::Borrowed(text.strip_suffix('\r').unwrap_or(text)), end)
    }

    /// A cell in quotation marks, of which the first is taken.
    fn quoted(&mut self) -> Result<(Cow<'t, str>, End), &'static str> {
        let mut cell = Cow::Borrowed("");
        loop {
            let Some(length) = self.rest.find('"') else {
                return Err("a quotation mark is not closed");
            };
            if cell.len() + length > CELL_BYTES {
                return Err("a quotation mark is not closed for 256 KiB");
            }
            let part = self.cut(length);
            self.cut(1);
            if cell.is_empty() {
                cell = Cow::Borrowed(part);
            } else {
                cell.to_mut().push_str(part);
            }
            if !self.rest.starts_with('"') {
                break;
            }
            self.cut(1);
            cell.to_mut().push('"');
        }
        if self.rest.starts_with("\r\n") || self.rest == "\r" {
            self.cut(1);
        }
        if !self.rest.is_empty() && !self.rest.starts_with([',', '\n']) {
            return Err("a quotation mark stands inside a cell");
        }
        let end = self.end();
        Ok((cell, end))
    }

    fn end(&mut self) -> End {
        if self.cut(1) == "," {
            End::Cell
        } else {
            End::Line
        }
    }

    fn cells(&mut self) -> Result<Vec<Cow<'t, str>>, &'static str> {
        let mut cells = Vec::new();
        loop {
            let (cell, end) = if self.rest.starts_with('"') {
                self.cut(1);
                self.quoted()?
            } else {
                self.plain()
            };
            cells.push(cell);
            if matches!(end, End::Line) {
                return Ok(cells);
            }
            if cells.len() == CELLS_MAX {
                return Err("the line has more than 1000 cells");
            }
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, whole) = (self.line, self.rest);
        Some(match self.cells() {
            Ok(cells) => {
                let read = whole.len() - self.rest.len();
                let breaks = whole
                    .as_bytes()
                    .iter()
                    .take(read)
                    .filter(|byte| **byte == b'\n');
                self.line += u64::try_from(breaks.count()).unwrap_or_default();
                Line::Cells(line, cells)
            }
            Err(why) => {
                // What the mark swallowed is read again, from the next line on.
                self.rest = whole.split_once('\n').map_or("", |(_, rest)| rest);
                self.line += 1;
                Line::Broken(line, why)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Line<'_>> {
        Lines::new(text).collect()
    }

    fn cells<'t>(line: u64, cells: &[&'t str]) -> Line<'t> {
        Line::Cells(
            line,
            cells.iter().map(|cell| Cow::Borrowed(*cell)).collect(),
        )
    }

    #[test]
    fn cells_are_quoted_or_plain_and_lines_end_either_way() {
        assert_eq!(
            all("가,\"나,\"\"다\"\"\n라\"\r\n,\r\n마"),
            [
                cells(1, &["가", "나,\"다\"\n라"]),
                cells(3, &["", ""]),
                cells(4, &["마"]),
            ]
        );
        assert_eq!(all("\"\"\"가\"\"\",\"\"\n"), [cells(1, &["\"가\"", ""])]);
        assert_eq!(all(""), []);
    }

    #[test]
    fn a_mark_that_is_never_closed_breaks_its_line_alone() {
        assert_eq!(
            all("가,\"나\n다,라\n"),
            [
                Line::Broken(1, "a quotation mark is not closed"),
                cells(2, &["다", "라"]),
            ]
        );
        assert_eq!(
            all("\"가\"나,다\n라\n"),
            [
                Line::Broken(1, "a quotation mark stands inside a cell"),
                cells(2, &["라"]),
            ]
        );
        let wide = format!("{}\n가\n", ",".repeat(CELLS_MAX));
        assert_eq!(
            all(&wide),
            [
                Line::Broken(1, "the line has more than 1000 cells"),
                cells(2, &["가"])
            ]
        );
        let long = format!("\"{}\n\"가\n나\n", "다".repeat(CELL_BYTES));
        assert_eq!(all(&long).len(), 3, "and no cell grows without bound");
    }

    /// Every text of at most `length` of these letters.
    fn texts(letters: &[char], length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..length {
            let longer = |text: &String| {
                let text = text.clone();
                letters.iter().map(move |letter| format!("{text}{letter}"))
            };
            last = last.iter().flat_map(longer).collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn no_text_stops_the_reading_and_no_line_is_read_twice() {
        for text in texts(&['"', ',', '\n', '\r', '가'], 6) {
            let numbers: Vec<u64> = Lines::new(&text)
                .map(|line| match line {
                    Line::Cells(number, _) | Line::Broken(number, _) => number,
                })
                .collect();
            assert!(numbers.is_sorted_by(|left, right| left < right), "{text:?}");
            let breaks = u64::try_from(text.matches('\n').count()).unwrap();
            assert!(
                numbers.iter().all(|number| *number <= breaks + 1),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_our_files_write_is_read_back() {
        let texts = texts(&['"', ',', '\n', '\r', ' ', '가'], 3);
        for left in &texts {
            for right in &texts {
                let mut line = String::new();
                crate::downloads::cell(&mut line, left, false);
                line.push(',');
                crate::downloads::cell(&mut line, right, false);
                line.push_str("\r\n");
                assert_eq!(all(&line), [cells(1, &[left, right])], "{line:?}");
            }
        }
    }
}
