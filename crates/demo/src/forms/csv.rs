//! Separated text in the encodings departments use.

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
        match charset {
            Charset::Utf8 => csv.out.write_all(b"\xef\xbb\xbf")?,
            Charset::Utf16 => csv.out.write_all(b"\xff\xfe")?,
            Charset::Cp949 => {}
        }
        for note in notes {
            csv.line += 1;
            csv.bytes(&format!("{note}\r\n"))?;
        }
        csv.row(heads, None)?;
        Ok(csv)
    }

    fn bytes(&mut self, text: &str) -> std::io::Result<()> {
        match self.charset {
            Charset::Utf8 => self.out.write_all(text.as_bytes()),
            Charset::Cp949 => self.out.write_all(&EUC_KR.encode(text).0),
            Charset::Utf16 => self.out.write_all(
                &text
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect::<Vec<u8>>(),
            ),
        }
    }
}

impl Form for Csv {
    fn row(&mut self, cells: &[String], plant: Option<&Plant>) -> Result<u64, DemoError> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                text.push(self.delimiter);
            }
            if cell.contains([self.delimiter, '"', '\n', '\r']) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(cell);
            }
        }
        text.push_str("\r\n");
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
