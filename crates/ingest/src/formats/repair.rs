//! Damage of a whole file, mended before it is read, where its manifest says so.
//!
//! The bytes as they arrived stay as they are: what is read is a mended copy, and each place mended is counted.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Bytes, Result, Write};

use city::dataset::{Format, FormatKind, Repair};
use tempfile::NamedTempFile;

use crate::origin::Input;

/// A mended copy.
pub(crate) struct Repaired {
    /// The copy, under the name of the original.
    pub(crate) input: Input,
    /// Places that were mended.
    pub(crate) places: u64,
    _copy: NamedTempFile,
}

/// The mended copy of an input; nothing where its manifest asks for none.
///
/// # Errors
/// When the input cannot be read or there is no room for the copy.
pub(crate) fn repaired(input: &Input, format: &Format) -> Result<Option<Repaired>> {
    if !format.repair.contains(&Repair::DoubledQuotes) {
        return Ok(None);
    }
    let mut copy = NamedTempFile::new()?;
    let from = BufReader::with_capacity(1 << 20, File::open(&input.path)?);
    let mut to = BufWriter::with_capacity(1 << 20, copy.as_file_mut());
    let places = if format.kind == FormatKind::Json {
        in_json(from, &mut to)?
    } else {
        let delimiter = format.delimiter.and_then(|sign| u8::try_from(sign).ok());
        in_csv(from, &mut to, delimiter.unwrap_or(b','))?
    };
    to.flush()?;
    drop(to);
    Ok(Some(Repaired {
        input: Input {
            name: input.name.clone(),
            path: copy.path().to_owned(),
        },
        places,
        _copy: copy,
    }))
}

/// Bytes with two to look ahead.
struct Ahead<R: BufRead> {
    bytes: Bytes<R>,
    next: [Option<u8>; 2],
}

impl<R: BufRead> Ahead<R> {
    fn new(reader: R) -> Result<Self> {
        let mut bytes = reader.bytes();
        let next = [bytes.next().transpose()?, bytes.next().transpose()?];
        Ok(Self { bytes, next })
    }

    fn take(&mut self) -> Result<Option<u8>> {
        let [first, second] = self.next;
        self.next = [second, self.bytes.next().transpose()?];
        Ok(first)
    }
}

/// `""` becomes `"`, unless it stands alone between separators: then it is an empty value. One that closes a value
/// may stand behind a separator that belongs to the value.
fn in_csv(from: impl BufRead, to: &mut impl Write, delimiter: u8) -> Result<u64> {
    let is_edge = |byte: Option<u8>| {
        byte.is_none_or(|byte| byte == delimiter || byte == b'\n' || byte == b'\r')
    };
    let (mut ahead, mut before, mut places) = (Ahead::new(from)?, None, 0);
    // Whether a value is open that began with two marks; no longer than its line, or one that never closes would
    // take empty values for its end.
    let mut is_open = false;
    while let Some(byte) = ahead.take()? {
        to.write_all(&[byte])?;
        if byte == b'"' && ahead.next[0] == Some(b'"') {
            let ends = is_edge(ahead.next[1]);
            let is_empty = !is_open && is_edge(before) && ends;
            ahead.take()?;
            if is_empty {
                to.write_all(b"\"")?;
            } else {
                is_open = !ends && (is_open || is_edge(before));
                places += 1;
            }
        }
        is_open &= byte != b'\n';
        before = Some(byte);
    }
    Ok(places)
}

/// `:""…""` becomes `:"…"`; `:""` before a comma or a bracket is an empty text and stays.
fn in_json(from: impl BufRead, to: &mut impl Write) -> Result<u64> {
    let ends = |byte: Option<u8>| {
        byte.is_none_or(|byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace())
    };
    let (mut ahead, mut places) = (Ahead::new(from)?, 0);
    // Whether a value is open that began with two marks.
    let (mut before, mut is_open) = (None, false);
    while let Some(byte) = ahead.take()? {
        to.write_all(&[byte])?;
        if byte == b'"' && ahead.next[0] == Some(b'"') {
            let begins = !is_open && before == Some(b':') && !ends(ahead.next[1]);
            let closes = is_open && ends(ahead.next[1]);
            if begins || closes {
                ahead.take()?;
                is_open = begins;
                places += 1;
            }
        }
        if !byte.is_ascii_whitespace() {
            before = Some(byte);
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn csv(text: &str) -> (String, u64) {
        let mut mended = Vec::new();
        let places = in_csv(text.as_bytes(), &mut mended, b',').unwrap();
        (String::from_utf8(mended).unwrap(), places)
    }

    fn json(text: &str) -> (String, u64) {
        let mut mended = Vec::new();
        let places = in_json(text.as_bytes(), &mut mended).unwrap();
        (String::from_utf8(mended).unwrap(), places)
    }

    #[test]
    fn doubled_marks_of_csv_become_single_and_empty_values_stay() {
        assert_eq!(
            csv("가온,\"\"2,4주 월요일\"\",\"\",x\n\"\",\"a,b\""),
            ("가온,\"2,4주 월요일\",\"\",x\n\"\",\"a,b\"".to_owned(), 2)
        );
    }

    #[test]
    fn a_separator_at_the_end_of_a_value_belongs_to_it() {
        assert_eq!(
            csv("\"\"a,\"\",x,\"\"\nb,\"\",y"),
            ("\"a,\",x,\"\"\nb,\"\",y".to_owned(), 2)
        );
    }

    #[test]
    fn doubled_marks_of_json_become_single_and_empty_texts_stay() {
        let broken = r#"[{"a":""2,4주 월요일"","b":"","c": ""x"" },{"a":"y","b":""}]"#;
        let (mended, places) = json(broken);
        assert_eq!(
            mended,
            r#"[{"a":"2,4주 월요일","b":"","c": "x" },{"a":"y","b":""}]"#
        );
        assert_eq!(places, 4);
        serde_json::from_str::<serde_json::Value>(&mended).unwrap();
    }

    proptest! {
        #[test]
        fn sound_json_stays_as_it_is(values in proptest::collection::vec("[가-하a,: ]{0,6}", 1..9)) {
            let text = serde_json::to_string(&serde_json::json!({"a": values, "b": values[0]})).unwrap();
            prop_assert_eq!(json(&text), (text.clone(), 0));
        }

        #[test]
        fn what_was_doubled_comes_back(values in proptest::collection::vec("[가-하a]([가-하a, ]{0,4}[가-하a])?", 1..9)) {
            let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
            let doubled: Vec<String> = quoted.iter().map(|value| format!("\"{value}\"")).collect();
            let (mended, _) = csv(&doubled.join(","));
            prop_assert_eq!(mended, quoted.join(","));
        }
    }
}
