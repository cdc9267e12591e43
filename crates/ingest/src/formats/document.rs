//! A document that is one tree, read as often as needed and never held whole: bytes → UTF-8.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Error, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;

use city::Fault;
use city::dataset::Encoding;
use encoding_rs::{DecoderResult, EUC_KR, UTF_8, UTF_16BE, UTF_16LE};

use super::{fault, refuse_html};
use crate::origin::Input;
use crate::text::encoding;

/// Bytes looked at to find the encoding.
const HEAD_BYTES: u64 = 1 << 20;
/// Bytes read and decoded at a time.
const STEP_BYTES: usize = 64 << 10;
/// No text inside a document is longer; a document that is one text would need as much memory.
const TEXT_BYTES_MAX: usize = 64 << 20;

/// A document and how to read it.
#[derive(Clone, Debug)]
pub(super) struct Document {
    input: Input,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    /// From the file, in this encoding, after its byte-order mark.
    File {
        mark: u64,
        encoding: &'static encoding_rs::Encoding,
    },
    /// From a text that was mended in memory.
    Text(Arc<String>),
}

impl Document {
    /// The document of a file, in the encoding declared or, where none is, the one its bytes look like.
    pub(super) fn of(input: &Input, declared: Option<Encoding>) -> Result<Self, Vec<Fault>> {
        let head = head(input)?;
        refuse_html(input, &head)?;
        let found = encoding::detect(&head, declared);
        let encoding = match found.encoding {
            Encoding::Utf16 if found.big_endian => UTF_16BE,
            Encoding::Utf16 => UTF_16LE,
            Encoding::Cp949 => EUC_KR,
            Encoding::Utf8 => UTF_8,
        };
        Ok(Self {
            input: input.clone(),
            how: How::File {
                mark: u64::try_from(found.mark).unwrap_or_default(),
                encoding,
            },
        })
    }

    /// A document whose text was mended.
    pub(super) fn mended(input: &Input, text: String) -> Self {
        Self {
            input: input.clone(),
            how: How::Text(Arc::new(text)),
        }
    }

    /// Its input, for faults.
    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    /// Reads it from the start, as UTF-8. `mark`, the sign that texts of the format end with, must come
    /// within 64 MiB: memory stays bounded.
    pub(super) fn reader(&self, mark: u8) -> Result<Box<dyn BufRead + Send>, Vec<Fault>> {
        let failed = |error: Error| fault(&self.input, format!("cannot be read: {error}"));
        match &self.how {
            How::Text(text) => Ok(Box::new(Cursor::new(Shared(Arc::clone(text))))),
            How::File {
                mark: skip,
                encoding,
            } => {
                let mut file = File::open(&self.input.path).map_err(failed)?;
                file.seek(SeekFrom::Start(*skip)).map_err(failed)?;
                let decoded = Decoded {
                    reader: file,
                    decoder: encoding.new_decoder_without_bom_handling(),
                    name: encoding.name(),
                    raw: vec![0; STEP_BYTES],
                    raw_left: 0..0,
                    out: Vec::new(),
                    at: 0,
                    is_ended: false,
                    mark,
                    without_mark: 0,
                };
                Ok(Box::new(BufReader::with_capacity(STEP_BYTES, decoded)))
            }
        }
    }

    /// The line, from 1, of a place in the document.
    pub(super) fn line_at(&self, place: u64) -> u64 {
        let Ok(reader) = self.reader(0) else { return 1 };
        let mut lines = 1;
        let mut read = [0; 4096];
        let mut reader = reader.take(place);
        while let Ok(count @ 1..) = reader.read(&mut read) {
            let ends = memchr::memchr_iter(b'\n', read.get(..count).unwrap_or_default()).count();
            lines += u64::try_from(ends).unwrap_or_default();
        }
        lines
    }
}

/// The first bytes of a file.
pub(super) fn head(input: &Input) -> Result<Vec<u8>, Vec<Fault>> {
    let mut head = Vec::new();
    File::open(&input.path)
        .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head))
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    Ok(head)
}

/// A part of a document as UTF-8, without its byte-order mark; `mark` as in [`Document::reader`].
pub(super) fn utf8(reader: impl Read, mark: u8) -> impl BufRead {
    let decoded = Decoded {
        reader,
        decoder: UTF_8.new_decoder_with_bom_removal(),
        name: UTF_8.name(),
        raw: vec![0; STEP_BYTES],
        raw_left: 0..0,
        out: Vec::new(),
        at: 0,
        is_ended: false,
        mark,
        without_mark: 0,
    };
    BufReader::with_capacity(STEP_BYTES, decoded)
}

/// A text that several readers share.
#[derive(Debug)]
struct Shared(Arc<String>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Bytes as UTF-8; bytes that the encoding cannot mean are an error, never bent.
struct Decoded<R> {
    reader: R,
    decoder: encoding_rs::Decoder,
    name: &'static str,
    raw: Vec<u8>,
    raw_left: std::ops::Range<usize>,
    out: Vec<u8>,
    at: usize,
    is_ended: bool,
    mark: u8,
    without_mark: usize,
}

impl<R: Read> Decoded<R> {
    fn fill(&mut self) -> std::io::Result<()> {
        let mut last = false;
        if self.raw_left.is_empty() {
            let read = self.reader.read(&mut self.raw)?;
            self.raw_left = 0..read;
            last = read == 0;
        }
        let bytes = self.raw.get(self.raw_left.clone()).unwrap_or_default();
        let room = self
            .decoder
            .max_utf8_buffer_length_without_replacement(bytes.len())
            .unwrap_or(STEP_BYTES * 4);
        self.out.resize(room, 0);
        let (result, read, written) =
            self.decoder
                .decode_to_utf8_without_replacement(bytes, &mut self.out, last);
        if let DecoderResult::Malformed(..) = result {
            let what = format!("the file has bytes that {} cannot mean", self.name);
            return Err(Error::new(ErrorKind::InvalidData, what));
        }
        self.raw_left.start += read;
        self.out.truncate(written);
        self.at = 0;
        self.is_ended = last;
        self.measure()
    }

    /// Keeps count of how long no text has ended.
    fn measure(&mut self) -> std::io::Result<()> {
        match memchr::memrchr(self.mark, &self.out) {
            Some(at) => self.without_mark = self.out.len() - at,
            None => self.without_mark += self.out.len(),
        }
        if self.mark != 0 && self.without_mark > TEXT_BYTES_MAX {
            let what = format!(
                "a text inside the document is longer than {} MiB",
                TEXT_BYTES_MAX >> 20
            );
            return Err(Error::new(ErrorKind::InvalidData, what));
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.at >= self.out.len() {
            if self.is_ended {
                return Ok(0);
            }
            self.fill()?;
        }
        let ready = self.out.get(self.at..).unwrap_or_default();
        let count = ready.len().min(into.len());
        if let (Some(into), Some(ready)) = (into.get_mut(..count), ready.get(..count)) {
            into.copy_from_slice(ready);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], declared: Option<Encoding>) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let input = Input {
            name: "x".to_owned(),
            path: folder.path().join("x"),
        };
        std::fs::write(&input.path, bytes).unwrap();
        let document = Document::of(&input, declared).unwrap();
        let mut text = String::new();
        match document.reader(b'"').unwrap().read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn every_encoding_becomes_one_text_across_the_steps() {
        let text = "[\"가온 누리\"]".repeat(40_000);
        let (cp949, ..) = EUC_KR.encode(&text);
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &cp949, &utf16, &marked] {
            assert!(read(bytes, None).is_ok_and(|read| read == text));
        }
    }

    #[test]
    fn bytes_that_mean_nothing_and_texts_without_end_are_errors() {
        let broken = read(b"[\"\xff\xff\"]", Some(Encoding::Utf8)).unwrap_err();
        assert!(broken.contains("UTF-8 cannot mean"), "{broken}");
        let long = read(&vec![b'x'; TEXT_BYTES_MAX + STEP_BYTES], None).unwrap_err();
        assert!(long.contains("longer than 64 MiB"), "{long}");
    }
}
