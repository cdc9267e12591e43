//! dBase tables, field by field as the text they hold.
//!
//! Libraries turn numbers into floats; a code with leading zeros in a numeric field would lose
//! them, so the text is kept.

use std::io::{self, Read};

use city::dataset::Encoding;

use crate::text::{encoding, trim};

/// Reads a `.dbf` stream.
pub(super) struct Table<R> {
    reader: R,
    fields: Vec<(String, usize)>,
    record_bytes: usize,
    left: u32,
    encoding: Encoding,
}

impl<R: Read> Table<R> {
    /// Reads the header.
    pub(super) fn new(mut reader: R, declared: Option<Encoding>) -> io::Result<Self> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "the .dbf header is not sound");
        let mut head = [0; 32];
        reader.read_exact(&mut head)?;
        let [_, _, _, _, c0, c1, c2, c3, h0, h1, r0, r1, ..] = head;
        let language = head.get(29).copied().unwrap_or_default();
        let header_bytes = usize::from(u16::from_le_bytes([h0, h1]));
        let mut rest = vec![0; header_bytes.checked_sub(32).ok_or_else(broken)?];
        reader.read_exact(&mut rest)?;
        // 0x4d and 0x79 are the marks of CP949; most Korean files carry none.
        let encoding = declared.unwrap_or(if matches!(language, 0x08) {
            Encoding::Utf8
        } else {
            Encoding::Cp949
        });
        let mut fields = Vec::new();
        for field in rest
            .chunks_exact(32)
            .take_while(|field| field.first() != Some(&0x0d))
        {
            let name: Vec<u8> = field
                .iter()
                .take(11)
                .copied()
                .take_while(|byte| *byte != 0)
                .collect();
            let width = usize::from(field.get(16).copied().ok_or_else(broken)?);
            fields.push((trim(&text(&name, encoding)).to_owned(), width));
        }
        Ok(Self {
            reader,
            fields,
            record_bytes: usize::from(u16::from_le_bytes([r0, r1])),
            left: u32::from_le_bytes([c0, c1, c2, c3]),
            encoding,
        })
    }

    /// Names of the fields.
    pub(super) fn names(&self) -> Vec<String> {
        self.fields.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The next record; nothing at the end. Deleted records count as rows: their shapes do.
    pub(super) fn next_record(&mut self) -> io::Result<Option<Vec<Option<String>>>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut record = vec![0; self.record_bytes];
        self.reader.read_exact(&mut record)?;
        let mut at = 1;
        let mut cells = Vec::with_capacity(self.fields.len());
        for (_, width) in &self.fields {
            let bytes = record.get(at..at + width).unwrap_or_default();
            let cell = text(bytes, self.encoding);
            let cell = trim(cell.trim_end_matches('\0'));
            cells.push((!cell.is_empty()).then(|| cell.to_owned()));
            at += width;
        }
        Ok(Some(cells))
    }
}

/// A field's bytes as text: the table's encoding, or the other where that cannot be.
fn text(bytes: &[u8], encoding: Encoding) -> String {
    let other = if encoding == Encoding::Utf8 {
        Encoding::Cp949
    } else {
        Encoding::Utf8
    };
    match encoding::decode(bytes, encoding).or_else(|| encoding::decode(bytes, other)) {
        Some(text) => text.into_owned(),
        // A field cut inside a character: all but the last byte.
        None => encoding::decode_lossy(bytes, encoding),
    }
}
