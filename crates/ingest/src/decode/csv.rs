//! Separated text, in parallel: one thread cuts, the others decode, split and type.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use city::dataset::Encoding;
use city::{Fault, Reason, Why};

use super::layout::Layout;
use super::{Block, BrokenRow, DecodeError, Decoded, Run, SourceTable, batch};
use crate::origin::{Bytes, RawRows};
use crate::text::csv::{
    BrokenLine, Cutter, Dialect, Piece, QUOTED_BYTES_MAX, RECORD_BYTES_MAX, Records,
};
use crate::text::{encoding, header, trim};
use crate::types::{Cells, table_schema};

/// Bytes looked at to find encoding, separator and header.
const HEAD_BYTES: u64 = 1 << 20;

/// How a file is laid out, and where its data begin.
pub(crate) struct Opened {
    /// Encoding of what the reader gives (UTF-16 is already turned into UTF-8).
    pub(crate) encoding: Encoding,
    pub(crate) dialect: Dialect,
    pub(crate) names: Vec<String>,
    /// The data, from the first record on.
    pub(crate) reader: Box<dyn Read + Send>,
    pub(crate) first_line: u64,
}

/// Opens a separated text file as the format says.
pub(crate) fn open(
    name: &str,
    bytes: &dyn Bytes,
    format: &city::dataset::Format,
) -> Result<Opened, DecodeError> {
    let mut head = Vec::new();
    bytes.reader(0)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    refuse_html(name, &head)?;
    let found = encoding::detect(&head, format.encoding);
    if found.encoding == Encoding::Utf16 {
        // Spreadsheets' "Unicode text": turned into UTF-8 once, so that everything else sees bytes.
        let mut all = Vec::new();
        bytes.reader(0)?.read_to_end(&mut all)?;
        let text = encoding::whole(&all, Some(Encoding::Utf16))
            .ok_or_else(|| fault(name, "the file is not sound UTF-16"))?
            .into_owned()
            .into_bytes();
        let start = start(name, format, &text, Encoding::Utf8)?;
        let end = text.len() - footer_bytes(&text, format.footer_rows, start.dialect.line_end);
        let rest = text
            .get(start.at..end.max(start.at))
            .unwrap_or_default()
            .to_vec();
        return Ok(start.opened(Encoding::Utf8, Box::new(std::io::Cursor::new(rest))));
    }
    let body = head.get(found.mark..).unwrap_or_default();
    let start = start(name, format, body, found.encoding)?;
    let from = u64::try_from(found.mark + start.at).unwrap_or_default();
    let mut reader = bytes.reader(from)?;
    if format.footer_rows > 0 {
        let size = bytes.size()?;
        let footer = footer_of(bytes, size, format.footer_rows, start.dialect.line_end)?;
        reader = Box::new(reader.take(size.saturating_sub(from).saturating_sub(footer)));
    }
    Ok(start.opened(found.encoding, reader))
}

fn fault(name: &str, what: &str) -> DecodeError {
    DecodeError::Input(vec![Fault::at(name, what)])
}

/// A web page where data were promised.
fn refuse_html(name: &str, head: &[u8]) -> Result<(), DecodeError> {
    let begin = String::from_utf8_lossy(head.get(..512).unwrap_or(head))
        .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
        .to_lowercase();
    if begin.starts_with("<!doctype html") || begin.starts_with("<html") {
        let fault = Fault::at(name, "the file is a web page, not data").remedy("the source answered with an error page: open it in a browser, then ask for the file again");
        return Err(DecodeError::Input(vec![fault.line(1)]));
    }
    Ok(())
}

struct Start {
    dialect: Dialect,
    names: Vec<String>,
    at: usize,
    line: u64,
}

impl Start {
    fn opened(self, encoding: Encoding, reader: Box<dyn Read + Send>) -> Opened {
        Opened {
            encoding,
            dialect: self.dialect,
            names: self.names,
            reader,
            first_line: self.line,
        }
    }
}

/// Finds the header in the first bytes.
fn start(
    name: &str,
    format: &city::dataset::Format,
    head: &[u8],
    encoding: Encoding,
) -> Result<Start, DecodeError> {
    let delimiter = format
        .delimiter
        .and_then(|sign| u8::try_from(sign).ok())
        .unwrap_or(b',');
    let dialect = Dialect::of(head, delimiter);
    let mut at = 0;
    let mut line = 1;
    let mut rows = Vec::new();
    let header_rows = usize::try_from(format.header_rows).unwrap_or(1);
    let wanted = usize::try_from(format.skip_rows).unwrap_or_default() + header_rows.max(1);
    for number in 0..wanted {
        let rest = head.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Err(DecodeError::Input(vec![
                Fault::at(name, "the file ends before its header")
                    .line(line)
                    .remedy("check `skip-rows` and `header-rows`"),
            ]));
        }
        let is_header = number + header_rows.max(1) >= wanted;
        let (end, lines) = if is_header {
            record_end(rest, dialect)
        } else {
            line_end(rest, dialect)
        };
        if end == rest.len() && rest.len() > usize::try_from(HEAD_BYTES / 2).unwrap_or(usize::MAX) {
            let what = format!("no line ends within the first {} KiB", rest.len() >> 10);
            return Err(DecodeError::Input(vec![
                Fault::at(name, what)
                    .line(line)
                    .remedy("this is not a table, or its line ends were lost"),
            ]));
        }
        if is_header {
            let text = encoding::decode_lossy(rest.get(..end).unwrap_or_default(), encoding);
            rows.push(cells_of(text, dialect));
        }
        if header_rows > 0 || !is_header {
            at += end;
            line += lines;
        }
    }
    let names = if header_rows == 0 {
        header::numbered(rows.first().map_or(0, Vec::len))
    } else {
        header::flatten_header(&rows)
    };
    Ok(Start {
        dialect,
        names: without_empty_tail(names, &rows),
        at,
        line,
    })
}

/// A trailing separator in the header makes no column.
fn without_empty_tail(mut names: Vec<String>, rows: &[Vec<String>]) -> Vec<String> {
    while names.len() > 1
        && rows.iter().all(|row| {
            row.get(names.len() - 1)
                .is_none_or(|cell| trim(cell).is_empty())
        })
    {
        names.pop();
    }
    names
}

/// Cells of one record.
pub(crate) fn cells_of(text: String, dialect: Dialect) -> Vec<String> {
    let mut odd = Records::split(text, 1, usize::MAX >> 8, dialect);
    odd.odd.pop().map(|(_, cells)| cells).unwrap_or_default()
}

fn line_end(bytes: &[u8], dialect: Dialect) -> (usize, u64) {
    (
        memchr::memchr(dialect.line_end, bytes).map_or(bytes.len(), |end| end + 1),
        1,
    )
}

/// Where the first record ends, and the lines it takes.
fn record_end(bytes: &[u8], dialect: Dialect) -> (usize, u64) {
    let (mut inside, mut lines) = (false, 0);
    for (at, byte) in bytes.iter().enumerate() {
        inside ^= *byte == b'"';
        if *byte == dialect.line_end {
            lines += 1;
            if !inside {
                return (at + 1, lines);
            }
        }
    }
    // A quotation mark that never closes was none.
    line_end(bytes, dialect)
}

/// Bytes of the last `rows` lines.
fn footer_bytes(bytes: &[u8], rows: u32, line_end: u8) -> usize {
    let mut end = bytes.len();
    let body = bytes.strip_suffix(&[line_end]).unwrap_or(bytes);
    let mut rest = body;
    for _ in 0..rows {
        let at = memchr::memrchr(line_end, rest).map_or(0, |at| at + 1);
        end = at;
        rest = rest.get(..at.saturating_sub(1)).unwrap_or_default();
    }
    bytes.len() - end
}

fn footer_of(bytes: &dyn Bytes, size: u64, rows: u32, line_end: u8) -> Result<u64, DecodeError> {
    let mut tail = Vec::new();
    bytes
        .reader(size.saturating_sub(HEAD_BYTES))?
        .take(HEAD_BYTES)
        .read_to_end(&mut tail)?;
    Ok(u64::try_from(footer_bytes(&tail, rows, line_end)).unwrap_or_default())
}

/// What all workers share.
struct Shared<'s> {
    name: &'s str,
    layout: Layout,
    schema: SchemaRef,
    encoding: Encoding,
    dialect: Dialect,
    width: usize,
    source: Arc<SourceTable>,
    skip_starting: &'s [String],
    stop: AtomicBool,
    failed: Mutex<Option<DecodeError>>,
    done: Mutex<Decoded>,
}

pub(super) fn decode(run: &mut Run<'_>, name: &str, bytes: &dyn Bytes) -> Result<(), DecodeError> {
    let opened = open(name, bytes, &run.dataset.format)?;
    let layout = Layout::new(run.dataset, run.city_crs, name, &opened.names, None)
        .map_err(DecodeError::Input)?;
    run.done.extra_columns.clone_from(&layout.extra);
    let shared = Shared {
        name,
        layout,
        schema: table_schema(run.dataset),
        encoding: opened.encoding,
        dialect: opened.dialect,
        width: opened.names.len(),
        source: Arc::new(SourceTable {
            file: name.to_owned(),
            columns: opened.names,
            crs: None,
        }),
        skip_starting: &run.dataset.format.skip_rows_starting,
        stop: AtomicBool::new(false),
        failed: Mutex::new(None),
        done: Mutex::new(Decoded::default()),
    };
    let mut cutter = Cutter::new(opened.reader, opened.dialect, opened.first_line);
    let (sender, receiver) = sync_channel::<(u64, Piece)>(run.threads);
    let receiver = Mutex::new(receiver);
    let (sink, bytes_before, bytes_all) = (run.sink, run.bytes_before, run.bytes_all);
    let first_seq = run.seq;
    let cut = std::thread::scope(|scope| -> Result<u64, DecodeError> {
        for _ in 0..run.threads {
            scope.spawn(|| work(&shared, &receiver, sink));
        }
        let mut seq = first_seq;
        while let Some(piece) = cutter.next_piece()? {
            if shared.stop.load(Ordering::Relaxed) || sender.send((seq, piece)).is_err() {
                break;
            }
            seq += 1;
            sink.progress(bytes_before + cutter.bytes_read, bytes_all);
        }
        drop(sender);
        Ok(seq)
    });
    if let Some(error) = shared
        .failed
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
    {
        return Err(error);
    }
    run.seq = cut?;
    let done = shared
        .done
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    run.done.rows_read += done.rows_read;
    run.done.rows_skipped += done.rows_skipped;
    Ok(())
}

fn work(shared: &Shared<'_>, receiver: &Mutex<Receiver<(u64, Piece)>>, sink: &dyn super::Sink) {
    loop {
        let next = receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok((seq, piece)) = next else { return };
        if shared.stop.load(Ordering::Relaxed) {
            continue;
        }
        let outcome = shared
            .block(seq, piece)
            .and_then(|block| sink.block(block).map_err(DecodeError::Sink));
        if let Err(error) = outcome {
            shared.stop.store(true, Ordering::Relaxed);
            sink.stopped();
            shared
                .failed
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(error);
        }
    }
}

impl Shared<'_> {
    fn block(&self, seq: u64, piece: Piece) -> Result<Block, DecodeError> {
        let mut broken = Vec::new();
        let first_line = piece.first_line;
        let text = match piece.broken {
            Some(why) => {
                let text = encoding::decode_lossy(&piece.bytes, self.encoding);
                broken.push(self.broken(
                    first_line,
                    vec![trim(&text).to_owned()],
                    line_reason(why),
                ));
                String::new()
            }
            None => self.text(piece.bytes, first_line, &mut broken),
        };
        let mut records = Records::split(text, first_line, self.width, self.dialect);
        for (line, cells) in std::mem::take(&mut records.odd) {
            let (expected, found) = (
                u64::try_from(self.width).unwrap_or_default(),
                u64::try_from(cells.len()).unwrap_or_default(),
            );
            broken.push(self.broken(line, cells, Why::FieldCount { expected, found }));
        }
        broken.sort_by_key(|row| row.row);
        let picked = Picked::new(records, self.skip_starting);
        let numbers = picked.numbers();
        let (rows, faults) = batch::typed(&self.layout, &self.schema, self.name, &picked, numbers)
            .map_err(|error| {
                DecodeError::Input(vec![
                    Fault::at(self.name, format!("a block cannot become a table: {error}"))
                        .line(first_line),
                ])
            })?;
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.rows_read += u64::try_from(rows.num_rows() + broken.len()).unwrap_or_default();
        done.rows_skipped += picked.skipped;
        drop(done);
        Ok(Block {
            seq,
            rows,
            faults,
            raw: Arc::new(picked),
            broken,
            source: Arc::clone(&self.source),
        })
    }

    fn broken(&self, row: u64, raw: Vec<String>, why: Why) -> BrokenRow {
        BrokenRow {
            file: self.name.to_owned(),
            row,
            raw,
            reason: Reason {
                column: None,
                value: None,
                why,
            },
        }
    }

    /// The piece as UTF-8. Lines the encoding cannot mean, and lines with NUL bytes, go to `broken` and leave an empty line.
    fn text(&self, bytes: Vec<u8>, first_line: u64, broken: &mut Vec<BrokenRow>) -> String {
        let has_nul = memchr::memchr(0, &bytes).is_some();
        let bytes = if has_nul {
            bytes
        } else {
            match self.encoding {
                Encoding::Utf8 => match String::from_utf8(bytes) {
                    Ok(text) => return text,
                    Err(error) => error.into_bytes(),
                },
                _ => match encoding::decode(&bytes, self.encoding) {
                    Some(text) => return text.into_owned(),
                    None => bytes,
                },
            }
        };
        let mut text = String::with_capacity(bytes.len() * 3 / 2);
        let parts = bytes.split_inclusive(|byte| *byte == self.dialect.line_end);
        for (line, part) in (first_line..).zip(parts) {
            let nul = memchr::memchr(0, part).is_some();
            if let Some(part) = encoding::decode(part, self.encoding).filter(|_| !nul) {
                text.push_str(&part);
            } else {
                let why = if nul {
                    Why::NulByte
                } else {
                    Why::Undecodable {
                        encoding: encoding::name(self.encoding).to_owned(),
                    }
                };
                let shown = encoding::decode_lossy(part, self.encoding);
                broken.push(self.broken(line, vec![trim(&shown).to_owned()], why));
                text.push(char::from(self.dialect.line_end));
            }
        }
        text
    }
}

fn line_reason(why: BrokenLine) -> Why {
    match why {
        BrokenLine::OpenQuote => Why::OpenQuote,
        BrokenLine::TooLong => Why::RecordTooLong {
            limit_bytes: u64::try_from(RECORD_BYTES_MAX.max(QUOTED_BYTES_MAX)).unwrap_or(u64::MAX),
        },
    }
}

/// Records without the totals and notes the manifest leaves out.
struct Picked {
    records: Records,
    /// Places of the rows kept, where some are left out.
    kept: Option<Vec<usize>>,
    skipped: u64,
}

impl Picked {
    fn new(records: Records, skip_starting: &[String]) -> Self {
        if skip_starting.is_empty() {
            return Self {
                records,
                kept: None,
                skipped: 0,
            };
        }
        let width = records.width;
        let is_left_out = |row: usize| {
            let first = (0..width)
                .map(|column| trim(records.cell(row, column)))
                .find(|cell| !cell.is_empty())
                .unwrap_or_default();
            skip_starting.iter().any(|word| word == first)
        };
        let kept: Vec<usize> = (0..records.len())
            .filter(|row| !is_left_out(*row))
            .collect();
        let skipped = u64::try_from(records.len() - kept.len()).unwrap_or_default();
        Self {
            records,
            kept: Some(kept),
            skipped,
        }
    }

    fn place(&self, row: usize) -> usize {
        self.kept.as_ref().map_or(row, |kept| {
            kept.get(row).copied().unwrap_or(usize::MAX >> 16)
        })
    }

    fn numbers(&self) -> Vec<i64> {
        let number = |line: Option<&u64>| {
            line.and_then(|line| i64::try_from(*line).ok())
                .unwrap_or_default()
        };
        (0..self.rows())
            .map(|row| number(self.records.lines.get(self.place(row))))
            .collect()
    }
}

impl Cells for Picked {
    fn rows(&self) -> usize {
        self.kept.as_ref().map_or(self.records.len(), Vec::len)
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        match &self.kept {
            None => self.records.cell(row, column),
            Some(_) => self.records.cell(self.place(row), column),
        }
    }
}

impl RawRows for Picked {
    fn cells(&self, row: usize) -> Vec<String> {
        self.records.cells(self.place(row))
    }
}
