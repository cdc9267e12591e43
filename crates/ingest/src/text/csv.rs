//! Separated text: cutting a file into blocks of whole records, and a block into cells.
//!
//! Quotes follow the rule spreadsheets follow: a quotation mark opens only at the beginning of a
//! field, a doubled one inside is one, and anything behind the closing one belongs to the field.
//! CP949's second bytes are never below 0x41, so marks, separators and line ends can be found in
//! the raw bytes.

use std::io::{self, Read};

use memchr::{memchr, memchr3, memrchr};

/// Bytes read at a time: what is made of them, column after column, stays in the processor's cache.
pub const BLOCK_BYTES: usize = 1 << 20;
/// A record longer than this is set aside.
pub const RECORD_BYTES_MAX: usize = 8 << 20;
/// A quotation mark not closed within so many bytes was never meant to open.
pub const QUOTED_BYTES_MAX: usize = 1 << 20;

/// How a file's records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Separator of fields.
    pub delimiter: u8,
    /// Last byte of a line end: `\n`, or `\r` in files of old Macintoshes.
    pub line_end: u8,
}

impl Dialect {
    /// Looks at the first bytes of a file: a carriage return that no line feed follows ends lines
    /// only where there is no line feed at all.
    pub fn of(bytes: &[u8], delimiter: u8) -> Self {
        let line_end = if memchr(b'\n', bytes).is_none() && memchr(b'\r', bytes).is_some() {
            b'\r'
        } else {
            b'\n'
        };
        Self {
            delimiter,
            line_end,
        }
    }

    /// The separator that cuts the first lines into most fields, the same number in each.
    pub fn guess_delimiter(lines: &[&str]) -> u8 {
        let score = |sign: char| {
            let counts: Vec<usize> = lines
                .iter()
                .map(|line| outside_quotes(line, sign))
                .filter(|count| *count > 0)
                .collect();
            let most = counts.iter().copied().max().unwrap_or_default();
            // Lines that agree on a number weigh more than one line with many.
            (1..=most)
                .map(|count| counts.iter().filter(|have| **have == count).count() * count.min(20))
                .max()
                .unwrap_or_default()
        };
        [',', '\t', '|', ';', '^']
            .into_iter()
            .max_by_key(|sign| (score(*sign), *sign == ','))
            .map_or(b',', |sign| sign as u8)
    }
}

fn outside_quotes(line: &str, sign: char) -> usize {
    let mut inside = false;
    line.chars()
        .filter(|each| {
            inside ^= *each == '"';
            !inside && *each == sign
        })
        .count()
}

/// A run of whole records.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes, ending with a record's end (or the file's).
    pub bytes: Vec<u8>,
    /// Line of the file on which they begin, from 1.
    pub first_line: u64,
    /// What is wrong with the one line these bytes are, if it could not be a record.
    pub broken: Option<BrokenLine>,
}

/// Why a line could not be a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenLine {
    /// A quotation mark opens and is never closed.
    OpenQuote,
    /// The line is longer than [`RECORD_BYTES_MAX`].
    TooLong,
}

/// Cuts a reader into pieces. Never holds more than two blocks.
pub struct Cutter<R> {
    reader: R,
    dialect: Dialect,
    held: Vec<u8>,
    line: u64,
    ended: bool,
    /// Bytes read so far.
    pub bytes_read: u64,
}

impl<R: Read> Cutter<R> {
    /// Cuts what `reader` gives from here on; its first line is `first_line`.
    pub fn new(reader: R, dialect: Dialect, first_line: u64) -> Self {
        Self {
            reader,
            dialect,
            held: Vec::new(),
            line: first_line,
            ended: false,
            bytes_read: 0,
        }
    }

    /// The next piece, or nothing at the end.
    ///
    /// # Errors
    /// When reading fails.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if !self.ended && self.held.len() < BLOCK_BYTES {
                self.fill()?;
            }
            if self.held.is_empty() {
                return Ok(None);
            }
            let cut = last_record_end(&self.held, self.dialect);
            if self.ended && cut.open_at.is_none() {
                return Ok(Some(self.take(self.held.len(), None)));
            }
            let open = cut.open_at.map_or(0, |at| self.held.len() - at);
            if let Some(at) = cut.open_at
                && (self.ended || open > QUOTED_BYTES_MAX)
            {
                let start = memrchr(
                    self.dialect.line_end,
                    self.held.get(..at).unwrap_or_default(),
                )
                .map_or(0, |end| end + 1);
                if start > 0 {
                    return Ok(Some(self.take(start, None)));
                }
                if let Some(end) = memchr(self.dialect.line_end, &self.held) {
                    return Ok(Some(self.take(end + 1, Some(BrokenLine::OpenQuote))));
                }
                if self.ended {
                    return Ok(Some(
                        self.take(self.held.len(), Some(BrokenLine::OpenQuote)),
                    ));
                }
            }
            if cut.end > 0 {
                return Ok(Some(self.take(cut.end, None)));
            }
            if self.held.len() > RECORD_BYTES_MAX {
                return self.skip_line().map(Some);
            }
            self.read_more()?;
        }
    }

    /// Reads until a block is held or the file ends.
    fn fill(&mut self) -> io::Result<()> {
        while self.held.len() < BLOCK_BYTES && !self.ended {
            self.read_more()?;
        }
        Ok(())
    }

    fn read_more(&mut self) -> io::Result<()> {
        let before = self.held.len();
        let want =
            u64::try_from(BLOCK_BYTES.saturating_sub(before).max(64 << 10)).unwrap_or(u64::MAX);
        let read = self
            .reader
            .by_ref()
            .take(want)
            .read_to_end(&mut self.held)?;
        self.bytes_read += u64::try_from(read).unwrap_or_default();
        self.ended = u64::try_from(read).unwrap_or_default() < want;
        Ok(())
    }

    fn take(&mut self, end: usize, broken: Option<BrokenLine>) -> Piece {
        let rest = self.held.split_off(end);
        let bytes = std::mem::replace(&mut self.held, rest);
        let first_line = self.line;
        self.line += lines_in(&bytes, self.dialect.line_end);
        Piece {
            bytes,
            first_line,
            broken,
        }
    }

    /// Keeps the beginning of a line that is too long and reads past its end.
    fn skip_line(&mut self) -> io::Result<Piece> {
        let first_line = self.line;
        let mut kept = std::mem::take(&mut self.held);
        let mut rest = kept.split_off(1 << 10);
        loop {
            if let Some(end) = memchr(self.dialect.line_end, &rest) {
                self.held = rest.split_off(end + 1);
                break;
            }
            if self.ended {
                break;
            }
            self.read_more()?;
            rest = std::mem::take(&mut self.held);
        }
        self.line += 1;
        Ok(Piece {
            bytes: kept,
            first_line,
            broken: Some(BrokenLine::TooLong),
        })
    }
}

/// Line ends in `bytes`.
fn lines_in(bytes: &[u8], line_end: u8) -> u64 {
    u64::try_from(memchr::memchr_iter(line_end, bytes).count()).unwrap_or_default()
}

struct Cut {
    /// Behind the last record that is whole; 0 if none is.
    end: usize,
    /// Where a quotation mark opens that is not closed.
    open_at: Option<usize>,
}

/// Where the last whole record in `bytes` (which begin with a record) ends. Looks only at
/// quotation marks, so bytes without any cost next to nothing.
fn last_record_end(bytes: &[u8], dialect: Dialect) -> Cut {
    let mut open_at = None;
    let mut at = 0;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| memchr(b'"', rest))
        .map(|step| at + step)
    {
        at = found + 1;
        match open_at {
            None => {
                let before = found.checked_sub(1).and_then(|before| bytes.get(before));
                if before.is_none_or(|sign| *sign == dialect.delimiter || *sign == dialect.line_end)
                {
                    open_at = Some(found);
                }
            }
            Some(_) if bytes.get(at) == Some(&b'"') => at += 1,
            Some(_) => open_at = None,
        }
    }
    let whole = bytes
        .get(..open_at.unwrap_or(bytes.len()))
        .unwrap_or_default();
    Cut {
        end: memrchr(dialect.line_end, whole).map_or(0, |end| end + 1),
        open_at,
    }
}

/// Cells of the records of one piece, as places in one text.
#[derive(Debug, Default)]
pub struct Records {
    /// The piece as UTF-8; behind it the cells that had doubled quotation marks.
    pub text: String,
    /// Start and end of each cell in `text`, record after record.
    cells: Vec<(u32, u32)>,
    /// Cells in each record.
    pub width: usize,
    /// Line of each record, from 1.
    pub lines: Vec<u64>,
    /// Records that have another number of cells: line, cells.
    pub odd: Vec<(u64, Vec<String>)>,
    /// Records with nothing in any cell, which are no rows.
    pub blank: u64,
}

impl Records {
    /// Splits `text` (whole records, beginning on `first_line`) into records of `width` cells.
    pub fn split(text: String, first_line: u64, width: usize, dialect: Dialect) -> Self {
        // A cell takes a byte at least, its separator: nothing is reserved for cells that cannot be there.
        let guess = text.len() / (width.saturating_mul(6).saturating_add(1)) + 1;
        let cells = guess.saturating_mul(width).min(text.len() + 1);
        let mut records = Self {
            cells: Vec::with_capacity(cells),
            width,
            lines: Vec::with_capacity(guess),
            ..Self::default()
        };
        let mut mended = String::new();
        let mut line = first_line;
        let mut row: Vec<(u32, u32)> = Vec::with_capacity(width.min(text.len() + 1));
        let mut at = 0;
        while at < text.len() {
            row.clear();
            let (next, lines) = record(&text, at, dialect, &mut row, &mut mended);
            records.keep(&text, &mended, &row, line);
            line += lines;
            at = next;
        }
        records.text = text;
        records.text.push_str(&mended);
        records
    }

    fn keep(&mut self, text: &str, mended: &str, row: &[(u32, u32)], line: u64) {
        let cell = |(start, end): (u32, u32)| slice(text, mended, start as usize, end as usize);
        if row.iter().all(|(start, end)| start == end)
            || (row.len() == 1 && super::trim(cell(row[0])).is_empty())
        {
            self.blank += 1;
        } else if row.len() == self.width {
            self.cells.extend_from_slice(row);
            self.lines.push(line);
        } else if row.len() > self.width
            && row
                .get(self.width..)
                .is_some_and(|more| more.iter().all(|(start, end)| start == end))
        {
            // Trailing separators behind the last column hold nothing and shift nothing.
            self.cells
                .extend_from_slice(row.get(..self.width).unwrap_or_default());
            self.lines.push(line);
        } else {
            self.odd.push((
                line,
                row.iter().map(|place| cell(*place).to_owned()).collect(),
            ));
        }
    }

    /// Records.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One cell, without the quotation marks around it.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.cells
            .get(row * self.width + column)
            .and_then(|(start, end)| self.text.get(*start as usize..*end as usize))
            .unwrap_or_default()
    }

    /// All cells of a record.
    pub fn cells(&self, row: usize) -> Vec<String> {
        (0..self.width)
            .map(|column| self.cell(row, column).to_owned())
            .collect()
    }
}

/// A place in `text`, or behind it in `mended`.
fn slice<'t>(text: &'t str, mended: &'t str, start: usize, end: usize) -> &'t str {
    match start.checked_sub(text.len()) {
        None => text.get(start..end).unwrap_or_default(),
        Some(start) => mended.get(start..end - text.len()).unwrap_or_default(),
    }
}

/// Splits one record beginning at `start`; returns where the next begins and the lines it took.
fn record(
    text: &str,
    start: usize,
    dialect: Dialect,
    row: &mut Vec<(u32, u32)>,
    mended: &mut String,
) -> (usize, u64) {
    let bytes = text.as_bytes();
    let (delimiter, line_end) = (dialect.delimiter, dialect.line_end);
    let mut at = start;
    let mut lines = 0;
    loop {
        let (from, to, stop);
        if bytes.get(at) == Some(&b'"') {
            let quoted = quoted(text, at, dialect, mended);
            lines += quoted.lines;
            (from, to, stop) = (quoted.from, quoted.to, quoted.stop);
        } else {
            let rest = bytes.get(at..).unwrap_or_default();
            let step = memchr3(delimiter, line_end, line_end, rest).unwrap_or(rest.len());
            stop = at + step;
            let mut end = stop;
            // Of CR LF only the LF is the line end.
            if line_end == b'\n'
                && bytes.get(stop) != Some(&delimiter)
                && end > at
                && bytes.get(end - 1) == Some(&b'\r')
            {
                end -= 1;
            }
            (from, to) = (at, end);
        }
        row.push((
            u32::try_from(from).unwrap_or(u32::MAX),
            u32::try_from(to).unwrap_or(u32::MAX),
        ));
        match bytes.get(stop) {
            Some(sign) if *sign == delimiter => at = stop + 1,
            Some(_) => return (stop + 1, lines + 1),
            None => return (bytes.len(), lines + 1),
        }
    }
}

struct Quoted {
    from: usize,
    to: usize,
    /// Where the separator, the line end or the text's end stands.
    stop: usize,
    lines: u64,
}

/// A field that begins with a quotation mark at `start`.
fn quoted(text: &str, start: usize, dialect: Dialect, mended: &mut String) -> Quoted {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    let mut doubled = false;
    let close = loop {
        match bytes
            .get(at..)
            .and_then(|rest| memchr(b'"', rest))
            .map(|step| at + step)
        {
            Some(found) if bytes.get(found + 1) == Some(&b'"') => {
                doubled = true;
                at = found + 2;
            }
            Some(found) => break found,
            None => break bytes.len(),
        }
    };
    let lines = lines_in(
        bytes.get(start..close).unwrap_or_default(),
        dialect.line_end,
    );
    let behind = (close + 1).min(bytes.len());
    let rest = bytes.get(behind..).unwrap_or_default();
    let stop = behind
        + memchr3(dialect.delimiter, dialect.line_end, dialect.line_end, rest)
            .unwrap_or(rest.len());
    let mut tail = text.get(behind..stop).unwrap_or_default();
    if dialect.line_end == b'\n' {
        tail = tail.strip_suffix('\r').unwrap_or(tail);
    }
    if !doubled && tail.is_empty() {
        return Quoted {
            from: start + 1,
            to: close.max(start + 1),
            stop,
            lines,
        };
    }
    let from = text.len() + mended.len();
    mended.push_str(
        &text
            .get(start + 1..close)
            .unwrap_or_default()
            .replace("\"\"", "\""),
    );
    mended.push_str(tail);
    Quoted {
        from,
        to: text.len() + mended.len(),
        stop,
        lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        line_end: b'\n',
    };

    fn split(text: &str, width: usize) -> Records {
        Records::split(text.to_owned(), 1, width, COMMA)
    }

    #[test]
    fn cells_lines_and_odd_rows_are_kept_apart() {
        let records = split(
            "a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\n1,2,3\n\"two\nlines\",z\nlast,one",
            2,
        );
        let rows: Vec<_> = (0..records.len())
            .map(|row| (records.lines[row], records.cells(row).join("|")))
            .collect();
        assert_eq!(
            rows,
            [
                (1, "a|b".to_owned()),
                (2, "x, y|say \"hi\"".to_owned()),
                (5, "two\nlines|z".to_owned()),
                (7, "last|one".to_owned())
            ]
        );
        assert_eq!(
            records.odd,
            [(4, vec!["1".to_owned(), "2".to_owned(), "3".to_owned()])]
        );
        assert_eq!(records.blank, 1);
    }

    #[test]
    fn a_quote_never_closed_costs_one_line_only() {
        let mut text = "a,b\n\"open,1\n".to_owned();
        text.push_str(&"c,d\n".repeat(10));
        let mut cutter = Cutter::new(text.as_bytes(), COMMA, 1);
        let mut pieces = Vec::new();
        while let Some(piece) = cutter.next_piece().unwrap() {
            pieces.push((piece.first_line, piece.bytes.len(), piece.broken));
        }
        assert_eq!(
            pieces,
            [
                (1, 4, None),
                (2, 8, Some(BrokenLine::OpenQuote)),
                (3, 40, None)
            ]
        );
    }

    #[test]
    fn a_line_without_end_is_skipped_in_bounded_memory() {
        let long = io::repeat(b'x').take(40 << 20).chain(&b"\na,b\n"[..]);
        let mut cutter = Cutter::new(long, COMMA, 1);
        let first = cutter.next_piece().unwrap().unwrap();
        assert_eq!(
            (first.broken, first.bytes.len()),
            (Some(BrokenLine::TooLong), 1 << 10)
        );
        let second = cutter.next_piece().unwrap().unwrap();
        assert_eq!(
            (second.first_line, second.bytes.as_slice()),
            (2, &b"a,b\n"[..])
        );
        assert_eq!(cutter.next_piece().unwrap(), None);
    }

    #[test]
    fn separators_are_told_apart() {
        assert_eq!(
            Dialect::guess_delimiter(&["가\t나\t다", "1\t2,5\t3"]),
            b'\t'
        );
        assert_eq!(Dialect::guess_delimiter(&["가,나", "\"1|2|3\",2"]), b',');
        assert_eq!(Dialect::guess_delimiter(&["가|나|다", "1|2|3"]), b'|');
    }

    proptest! {
        #[test]
        fn written_rows_are_read_back(rows in proptest::collection::vec(proptest::collection::vec("[가-하a,\"\n ]{0,6}", 3), 1..20), quote_all: bool) {
            let mut text = String::new();
            for row in &rows {
                let cells: Vec<String> = row.iter().map(|cell| {
                    if quote_all || cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
                }).collect();
                text.push_str(&cells.join(","));
                text.push('\n');
            }
            let records = split(&text, 3);
            let expected: Vec<_> = rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).cloned().collect();
            let read: Vec<_> = (0..records.len()).map(|row| records.cells(row)).collect();
            prop_assert_eq!(read, expected);
            prop_assert!(records.odd.is_empty());
        }
    }
}
