//! A list as it was published, read back: whichever letters and spacing it comes in, line by line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use city::Fault;
use encoding_rs::{EUC_KR, UTF_16LE};

use super::field::{Field, lists_columns};
use super::lines::{Line, Lines};

/// A list is no longer: the whole country's fits.
pub const BYTES_MAX: u64 = 256 << 20;
/// Lines above the headings: titles and notes.
const LINES_ABOVE: usize = 20;
/// Headings a line must have to be the one with the headings.
const HEADINGS_LEAST: usize = 3;

/// What stands below a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heading {
    Field(Field),
    Columns,
}

/// One entry of a published list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its line in the file, from 1.
    pub line: u64,
    cells: BTreeMap<Field, String>,
    columns: Option<String>,
}

impl Entry {
    /// What it says in a field; nothing where it says `-` or nothing.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.cells.get(&field).map(String::as_str)
    }

    /// The columns of the data, where the list names them.
    pub fn columns(&self) -> Option<&str> {
        self.columns.as_deref()
    }
}

/// The letters of a list: UTF-8, UTF-16 with its mark, or CP949.
///
/// # Errors
/// When they are none of these, or the file is a workbook.
pub fn decoded<'b>(file: &Path, bytes: &'b [u8]) -> Result<Cow<'b, str>, Fault> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(Fault::at(file, "the file is a workbook")
            .expected("the list as CSV")
            .remedy("save it as CSV"));
    }
    if bytes.starts_with(b"\xFF\xFE") {
        return Ok(UTF_16LE.decode(bytes).0);
    }
    let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(plain) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, has_errors) = EUC_KR.decode_without_bom_handling(plain);
    if !has_errors {
        return Ok(text);
    }
    let before = text.split('\u{fffd}').next().unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    Err(Fault::at(file, "the letters are neither UTF-8 nor CP949")
        .line(u64::try_from(line).unwrap_or(u64::MAX))
        .remedy("save the list again as CSV in one encoding"))
}

/// The entries of a list; a line that cannot be one is a fault, and the next is read all the same.
#[derive(Debug)]
pub struct Entries<'t> {
    file: PathBuf,
    lines: Lines<'t>,
    headings: Vec<Option<Heading>>,
}

impl<'t> Entries<'t> {
    /// Finds the line with the headings.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(file: &Path, text: &'t str) -> Result<Self, Fault> {
        let mut lines = Lines::new(text);
        for line in lines.by_ref().take(LINES_ABOVE) {
            let Line::Cells(_, cells) = line else {
                continue;
            };
            let headings: Vec<Option<Heading>> = cells.iter().map(|cell| heading(cell)).collect();
            let names = |field| headings.contains(&Some(Heading::Field(field)));
            let known = headings.iter().flatten().count();
            if known >= HEADINGS_LEAST && (names(Field::Name) || names(Field::Key)) {
                return Ok(Self {
                    file: file.to_owned(),
                    lines,
                    headings,
                });
            }
        }
        Err(Fault::at(file, "there is no line with the list's headings")
            .expected("목록키, 목록명, 전체행, 수정일, ... in one of the first 20 lines"))
    }

    fn entry(&self, line: u64, cells: &[Cow<'_, str>]) -> Result<Entry, Fault> {
        let (want, have) = (self.headings.len(), cells.len());
        // Commas at a line's end are harmless.
        let is_longer = cells.iter().skip(want).any(|cell| !cell.trim().is_empty());
        if have < want || is_longer {
            return Err(Fault::at(&self.file, format!("the line has {have} cells"))
                .line(line)
                .expected(format!("{want}, as the headings have"))
                .remedy("look for a quotation mark or a comma that splits a cell"));
        }
        let mut entry = Entry {
            line,
            ..Entry::default()
        };
        for (heading, cell) in self.headings.iter().zip(cells) {
            let cell = cell.trim();
            if cell.is_empty() || cell == super::words::NONE {
                continue;
            }
            match heading {
                // The first of two columns of one name counts.
                Some(Heading::Field(field)) => {
                    entry.cells.entry(*field).or_insert_with(|| cell.to_owned());
                }
                Some(Heading::Columns) => entry.columns = Some(cell.to_owned()),
                None => {}
            }
        }
        Ok(entry)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            return match self.lines.next()? {
                Line::Cells(_, cells) if cells.iter().all(|cell| cell.trim().is_empty()) => {
                    continue;
                }
                Line::Cells(line, cells) => Some(self.entry(line, &cells)),
                Line::Broken(line, why) => Some(Err(Fault::at(&self.file, why)
                    .line(line)
                    .remedy("close the quotation mark, or double it inside a cell"))),
            };
        }
    }
}

fn heading(cell: &str) -> Option<Heading> {
    Field::of(cell)
        .map(Heading::Field)
        .or_else(|| lists_columns(cell).then_some(Heading::Columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Result<Entry, String>> {
        let entries = Entries::new("list.csv".as_ref(), text).unwrap();
        entries
            .map(|entry| entry.map_err(|fault| fault.to_string()))
            .collect()
    }

    #[test]
    fn letters_are_utf8_utf16_or_cp949_and_nothing_else() {
        let text = "목록키,목록명\r\n";
        let file = Path::new("list.csv");
        let cp949 = EUC_KR.encode(text).0.into_owned();
        let marked = format!("\u{feff}{text}").into_bytes();
        let wide: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [text.as_bytes().to_vec(), cp949, marked, wide] {
            assert_eq!(decoded(file, &bytes).unwrap(), text);
        }
        let broken = decoded(file, b"a\nb\xFF\xFF\n").unwrap_err();
        assert!(broken.to_string().starts_with("list.csv:2: "), "{broken}");
        let book = decoded(file, b"PK\x03\x04...").unwrap_err();
        assert!(book.to_string().contains("workbook"));
    }

    #[test]
    fn headings_are_found_below_a_title_in_any_order_and_spacing() {
        let entries = all(
            "2026년 목록,,,\n수정 일,목록명,비고,전체 행\n2026-01-02,가_나,x,\"1,234\"\n,,,\n-,다,,-,\n",
        );
        let first = entries[0].as_ref().unwrap();
        assert_eq!(first.line, 3);
        assert_eq!(first.get(Field::Rows), Some("1,234"));
        assert_eq!(first.get(Field::Modified), Some("2026-01-02"));
        let second = entries[1].as_ref().unwrap();
        assert_eq!((second.line, second.get(Field::Name)), (5, Some("다")));
        assert_eq!(second.get(Field::Rows), None, "a hyphen is nothing");
        assert_eq!(entries.len(), 2);
        let none = Entries::new("list.csv".as_ref(), "이름,면수\n가,1\n").unwrap_err();
        assert!(none.to_string().contains("headings"));
    }

    #[test]
    fn a_shifted_line_is_a_fault_and_the_next_is_read() {
        let entries = all("목록키,목록명,전체행\n1,\"가\n나,2\n3,다,4,5\n6,라,7\n");
        let said: Vec<String> = entries
            .iter()
            .filter_map(|entry| entry.as_ref().err().cloned())
            .collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(
            said[0].starts_with("list.csv:2: a quotation mark"),
            "{said:?}"
        );
        assert!(said[1].starts_with("list.csv:3: the line has 2 cells"));
        assert!(said[2].starts_with("list.csv:4: the line has 4 cells"));
        assert_eq!(entries[3].as_ref().unwrap().get(Field::Name), Some("라"));
    }
}
