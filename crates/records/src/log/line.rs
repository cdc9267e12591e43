//! A line of a file of entries: the hash of the leaf in base64, a space, the entry's JSON. After retention took the entry
//! away, the hash and the space alone.

use std::io::{self, BufRead};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Entry;
use super::folder::LONGEST;
use super::tree::Hash;

/// Characters of a hash in base64.
const HASH: usize = 44;

/// What is hashed: field order is fixed by this type, so the text is canonical. Format version 2; of version 1, which lay
/// in the record store, only `seq`, `at` and `entry` are there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sealed {
    pub(super) seq: u64,
    #[serde(with = "stamp")]
    pub(super) at: DateTime<Utc>,
    /// The hash of the leaf before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<Hash>,
    /// Bits nobody can guess: from the hash of an entry that is gone, nobody finds out what it was by trying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) salt: Option<String>,
    /// What the machine's clock said, when that was before the entry before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<String>,
    pub(super) entry: Entry,
}

mod stamp {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&crate::clock::stamp(*at))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(from)?;
        crate::clock::moment(&text).ok_or_else(|| D::Error::custom("not a moment"))
    }
}

/// Adds a line.
pub(super) fn write(to: &mut Vec<u8>, leaf: &Hash, text: &str) {
    to.extend(leaf.to_string().bytes());
    to.push(b' ');
    to.extend(text.bytes());
    to.push(b'\n');
}

/// A line's parts, as they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'l> {
    /// The hash it names.
    pub(super) leaf: Hash,
    /// The entry's JSON; empty after it was pruned.
    pub(super) text: &'l [u8],
}

impl<'l> Line<'l> {
    /// Reads a line with its break.
    pub(super) fn parse(line: &'l [u8]) -> Option<Self> {
        let (leaf, rest) = line.split_at_checked(HASH)?;
        let leaf = Hash::parse(std::str::from_utf8(leaf).ok()?)?;
        let text = rest.strip_prefix(b" ")?.strip_suffix(b"\n")?;
        Some(Self { leaf, text })
    }

    /// Whether the entry was taken away and its hash left.
    pub(super) fn is_pruned(&self) -> bool {
        self.text.is_empty()
    }

    /// The number the entry gives itself.
    pub(super) fn seq(&self) -> Option<u64> {
        let digits = self.text.strip_prefix(b"{\"seq\":")?;
        let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
        std::str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
    }

    /// Its moment, as it is written; moments sort as text.
    pub(super) fn at(&self) -> Option<&'l [u8]> {
        self.value(b"\"at\":\"")
    }

    /// The hash of the leaf before it, as it is written.
    pub(super) fn previous(&self) -> Option<&'l [u8]> {
        self.value(b"\"previous\":\"")
    }

    /// A value of the first few fields: they stand before everything people can write into.
    fn value(&self, key: &[u8]) -> Option<&'l [u8]> {
        let front = self.text.get(..self.text.len().min(160))?;
        let start = memchr::memmem::find(front, key)? + key.len();
        let rest = self.text.get(start..)?;
        rest.get(..memchr::memchr(b'"', rest)?)
    }

    /// The entry.
    pub(super) fn sealed(&self) -> Result<Sealed, serde_json::Error> {
        serde_json::from_slice(self.text)
    }
}

/// Reads the next line with its break into `line`; false at the end. A line that is too long is cut: it is none.
pub(super) fn next(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let most = u64::try_from(LONGEST + HASH + 2).unwrap_or(u64::MAX);
    io::Read::take(from, most).read_until(b'\n', line)?;
    Ok(!line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_written() {
        let text = r#"{"seq":12,"at":"2026-11-05T00:00:00.000000Z","previous":"abc","entry":{}}"#;
        let mut bytes = Vec::new();
        write(&mut bytes, &Hash::leaf(text.as_bytes()), text);
        let line = Line::parse(&bytes).unwrap();
        assert_eq!(
            (line.leaf, line.text),
            (Hash::leaf(text.as_bytes()), text.as_bytes())
        );
        assert_eq!(line.seq(), Some(12));
        assert_eq!(line.at(), Some(b"2026-11-05T00:00:00.000000Z".as_slice()));
        assert_eq!(line.previous(), Some(b"abc".as_slice()));
        for cut in 0..bytes.len() {
            assert_eq!(Line::parse(&bytes[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn what_a_person_wrote_is_not_taken_for_a_field() {
        let text = r#"{"seq":1,"at":"2026-11-05T00:00:00.000000Z","entry":{"who":"kim","purpose":"\"previous\":\"x\""}}"#;
        let mut bytes = Vec::new();
        write(&mut bytes, &Hash::leaf(text.as_bytes()), text);
        assert_eq!(Line::parse(&bytes).unwrap().previous(), None);
    }

    #[test]
    fn a_line_without_an_end_does_not_fill_the_memory() {
        let mut endless = io::BufReader::new(io::Read::take(io::repeat(b'x'), 10 << 20));
        let mut line = Vec::new();
        assert!(next(&mut endless, &mut line).unwrap());
        assert!(line.len() < LONGEST + 100 && Line::parse(&line).is_none());
    }
}
