//! Separated text in the encodings departments use.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use encoding_rs::EUC_KR;

use super::Form;
use crate::DemoError;
use crate::dirt::{Make, Plant};

/// Encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// CP949.
    Cp949,
    /// UTF-8 with a byte-order mark.
    Utf8,
    /// UTF-16, little endian, with a byte-order mark.
    Utf16,
}

impl Charset {
    /// What a text begins with.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xef\xbb\xbf",
            Self::Utf16 => b"\xff\xfe",
            Self::Cp949 => b"",
        }
    }

    fn bytes(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(text.as_bytes()),
            Self::Cp949 => EUC_KR.encode(text).0,
            Self::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        }
    }
}

/// A whole comma-separated text.
pub fn text(charset: Charset, heads: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::new();
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    for cells in std::iter::once(&heads).chain(rows) {
        line(&mut text, cells, ',');
    }
    [charset.mark(), &charset.bytes(&text)].concat()
}

/// One row, with cells in quotation marks where they need them.
fn line(text: &mut String, cells: &[String], delimiter: char) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(delimiter);
        }
        if cell.contains([delimiter, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

/// A text file; streamed, so that it can be larger than memory.
pub struct Csv {
    out: BufWriter<File>,
    part: PathBuf,
    path: PathBuf,
    charset: Charset,
    delimiter: char,
    line: u64,
    text: String,
}

impl Csv {
    /// A file with lines of notes and one of heads.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn new(
        path: &Path,
        charset: Charset,
        delimiter: char,
        notes: &[&str],
        heads: &[String],
    ) -> Result<Self, DemoError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let part = path.with_added_extension("part");
        let mut csv = Self {
            out: BufWriter::with_capacity(1 << 20, File::create(&part)?),
            part,
            path: path.to_owned(),
            charset,
            delimiter,
            line: 0,
            text: String::new(),
        };
        csv.out.write_all(charset.mark())?;
        for note in notes {
            csv.line += 1;
            csv.bytes(&format!("{note}\r\n"))?;
        }
        csv.row(heads, None)?;
        Ok(csv)
    }

    fn bytes(&mut self, text: &str) -> std::io::Result<()> {
        self.out.write_all(&self.charset.bytes(text))
    }
}

impl Form for Csv {
    fn row(&mut self, cells: &[String], plant: Option<&Plant>) -> Result<u64, DemoError> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        line(&mut text, cells, self.delimiter);
        let first = self.line + 1;
        self.line += u64::try_from(text.matches('\n').count()).unwrap_or(1);
        // Bytes that are no letter of the encoding stand where the mark stands.
        match text.split_once('\u{fffd}') {
            Some((before, after))
                if plant.is_some_and(|plant| matches!(plant.make, Make::BadBytes)) =>
            {
                self.bytes(before)?;
                self.out.write_all(&[0xff, 0xfe])?;
                self.bytes(after)?;
            }
            _ => self.bytes(&text)?,
        }
        self.text = text;
        Ok(first)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DemoError> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        std::fs::rename(&self.part, &self.path)?;
        Ok(())
    }
}
