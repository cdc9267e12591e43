//! The cells of a row as the server wrote them, and how each becomes the text that a manifest's type reads.
//!
//! Only the spelling changes: a value that does not fit its type goes on as it came, to be set aside with its
//! reason like any other.

use city::{Column, ColumnType};

use super::session::{Described, Kind};

/// The cells of one row; used again for the next.
#[derive(Debug, Default)]
pub(super) struct Cells {
    bytes: Vec<u8>,
    /// Where each cell ends, and whether it has a value.
    ends: Vec<(usize, bool)>,
}

impl Cells {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// One more cell; without bytes it has no value.
    pub(super) fn push(&mut self, cell: Option<&[u8]>) {
        self.bytes.extend_from_slice(cell.unwrap_or_default());
        self.ends.push((self.bytes.len(), cell.is_some()));
    }

    /// The row of PostgreSQL's `COPY ... TO STDOUT`: cells between tabs, `\N` without a value.
    pub(super) fn read_copied(&mut self, line: &[u8]) {
        self.clear();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        for cell in line.split(|byte| *byte == b'\t') {
            if cell == b"\\N" {
                self.push(None);
                continue;
            }
            // Nearly every cell is written as it is.
            if !cell.contains(&b'\\') {
                self.push(Some(cell));
                continue;
            }
            let mut rest = cell.iter();
            while let Some(byte) = rest.next() {
                let meant = match byte {
                    b'\\' => match rest.next() {
                        Some(b'b') => 8,
                        Some(b'f') => 12,
                        Some(b'n') => b'\n',
                        Some(b'r') => b'\r',
                        Some(b't') => b'\t',
                        Some(b'v') => 11,
                        Some(sign) => *sign,
                        None => b'\\',
                    },
                    byte => *byte,
                };
                self.bytes.push(meant);
            }
            self.ends.push((self.bytes.len(), true));
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let begins = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        begins
            .zip(&self.ends)
            .map(|(begin, (end, has))| has.then(|| self.bytes.get(begin..*end).unwrap_or_default()))
    }
}

/// How a column's cells become text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As it came; it holds no sign that means something in a CSV.
    Plain,
    /// As it came, in quotation marks.
    Quoted,
    /// The manifest's words for yes and no.
    Truth(String, String),
    /// A moment at midnight is a day.
    Day,
    /// The first day of a month is a month.
    Month,
    /// A day is a moment at midnight.
    Midnight,
    /// The fewest digits that mean the same measured number of half the size.
    ShortFloat,
}

impl Spelling {
    /// What a source's column needs for the type that the manifest declares.
    pub(super) fn of(column: &Described, declared: Option<&Column>) -> Self {
        let wanted = declared.map(|column| column.column_type);
        match (column.kind, wanted) {
            (Kind::Truth | Kind::Number, Some(ColumnType::Boolean)) => {
                let spellings = declared.and_then(|column| column.spellings.as_ref());
                let word = |words: Option<&Vec<String>>, usual: &str| {
                    let first = words.and_then(|words| words.first());
                    first.map_or_else(|| usual.to_owned(), Clone::clone)
                };
                Self::Truth(
                    word(spellings.map(|all| &all.yes), "Y"),
                    word(spellings.map(|all| &all.no), "N"),
                )
            }
            (Kind::Truth, _) => Self::Truth("true".to_owned(), "false".to_owned()),
            (Kind::ShortFloat, _) => Self::ShortFloat,
            (Kind::Moment | Kind::ZonedMoment, Some(ColumnType::Date)) => Self::Day,
            (Kind::Moment | Kind::ZonedMoment | Kind::Day, Some(ColumnType::Month)) => Self::Month,
            (Kind::Day, Some(ColumnType::Datetime)) => Self::Midnight,
            (Kind::Number | Kind::Float | Kind::Day | Kind::Moment | Kind::ZonedMoment, _) => {
                Self::Plain
            }
            (Kind::Text | Kind::Bytes | Kind::Shape, _) => Self::Quoted,
        }
    }

    /// Writes a cell of a CSV.
    pub(super) fn write(&self, cell: Option<&[u8]>, out: &mut Vec<u8>) {
        let Some(cell) = cell else { return };
        match self {
            Self::Plain => out.extend_from_slice(cell),
            Self::Quoted => quoted(cell, out),
            Self::Truth(yes, no) => match cell {
                b"t" | b"1" => quoted(yes.as_bytes(), out),
                b"f" | b"0" => quoted(no.as_bytes(), out),
                other => quoted(other, out),
            },
            Self::Day => out.extend_from_slice(day(cell)),
            Self::Month => {
                let day = day(cell);
                out.extend_from_slice(match day.strip_suffix(b"-01") {
                    Some(month) if day.len() == 10 => month,
                    _ => day,
                });
            }
            Self::Midnight => {
                out.extend_from_slice(cell);
                if cell.len() == 10 {
                    out.extend_from_slice(b" 00:00:00");
                }
            }
            Self::ShortFloat => {
                let text = std::str::from_utf8(cell).ok();
                match text.and_then(|text| text.parse::<f64>().ok()) {
                    Some(number) => {
                        #[expect(
                            clippy::cast_possible_truncation,
                            reason = "it was of half the size before the server widened it"
                        )]
                        let short = number as f32;
                        out.extend_from_slice(short.to_string().as_bytes());
                    }
                    None => out.extend_from_slice(cell),
                }
            }
        }
    }
}

/// The day of a moment at midnight; every other moment as it is.
fn day(moment: &[u8]) -> &[u8] {
    match moment.split_at_checked(10) {
        Some((day, b" 00:00:00")) => day,
        Some((day, rest)) if rest.strip_prefix(b" 00:00:00.").is_some_and(is_zeros) => day,
        _ => moment,
    }
}

fn is_zeros(digits: &[u8]) -> bool {
    digits.iter().all(|digit| *digit == b'0')
}

/// A text in quotation marks, so that an empty one is told from none and no sign in it means anything.
pub(super) fn quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    if !text.contains(&b'"') {
        out.extend_from_slice(text);
        out.push(b'"');
        return;
    }
    for (at, part) in text.split(|byte| *byte == b'"').enumerate() {
        if at > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelt(spelling: &Spelling, cell: Option<&str>) -> String {
        let mut out = Vec::new();
        spelling.write(cell.map(str::as_bytes), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_the_spelling_changes() {
        let truth = Spelling::Truth("예".to_owned(), "아\"니오".to_owned());
        for (spelling, cell, written) in [
            (&Spelling::Plain, "1.50", "1.50"),
            (&Spelling::Quoted, "가,\"나\"\n", "\"가,\"\"나\"\"\n\""),
            (&Spelling::Quoted, "", "\"\""),
            (&truth, "t", "\"예\""),
            (&truth, "1", "\"예\""),
            (&truth, "0", "\"아\"\"니오\""),
            (&truth, "2", "\"2\""),
            (&Spelling::Day, "2026-11-26 00:00:00", "2026-11-26"),
            (&Spelling::Day, "2026-11-26 00:00:00.000", "2026-11-26"),
            (&Spelling::Day, "2026-11-26 00:00:01", "2026-11-26 00:00:01"),
            (&Spelling::Day, "infinity", "infinity"),
            (&Spelling::Month, "2026-11-01", "2026-11"),
            (&Spelling::Month, "2026-11-02", "2026-11-02"),
            (&Spelling::Month, "2026-11-01 00:00:00", "2026-11"),
            (&Spelling::Midnight, "2026-11-26", "2026-11-26 00:00:00"),
            (&Spelling::Midnight, "infinity", "infinity"),
            (&Spelling::ShortFloat, "0.10000000149011612", "0.1"),
            (&Spelling::ShortFloat, "16777216", "16777216"),
        ] {
            assert_eq!(spelt(spelling, Some(cell)), written, "{spelling:?} {cell}");
            assert_eq!(spelt(spelling, None), "");
        }
    }

    /// As PostgreSQL writes a cell for `COPY`.
    fn copied(cell: Option<&str>) -> String {
        let Some(cell) = cell else {
            return "\\N".to_owned();
        };
        let escaped = |sign: char| match sign {
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            '\u{8}' => "\\b".to_owned(),
            '\u{b}' => "\\v".to_owned(),
            '\u{c}' => "\\f".to_owned(),
            sign => sign.to_string(),
        };
        cell.chars().map(escaped).collect()
    }

    proptest! {
        /// What was copied is read as it was, whatever stands in it.
        #[test]
        fn a_copied_row_is_read_back(row in prop::collection::vec(prop::option::of("[\\PC\n\r\t\u{8}\u{b}\u{c}\\\\N]{0,12}"), 1..6)) {
            let line: Vec<String> = row.iter().map(|cell| copied(cell.as_deref())).collect();
            let mut cells = Cells::default();
            cells.read_copied(format!("{}\n", line.join("\t")).as_bytes());
            let read: Vec<Option<String>> = cells
                .iter()
                .map(|cell| cell.map(|cell| String::from_utf8(cell.to_vec()).unwrap()))
                .collect();
            prop_assert_eq!(read, row);
        }

        /// Whatever a server sends, reading it breaks nothing.
        #[test]
        fn any_bytes_are_read(line in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut cells = Cells::default();
            cells.read_copied(&line);
            prop_assert!(cells.iter().count() >= 1);
        }
    }
}
