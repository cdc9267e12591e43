//! What is written of messages as they come: one record a line, each with its checksum.
//!
//! After a power cut or a kill the journal is sound up to some line. What stands behind was never acknowledged,
//! and the broker sends it again.

use std::fmt::Write as _;
use std::io::{self, BufRead};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Letters of a line's checksum.
const CHECKSUM: usize = 16;

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Message {
    /// 1, 2, 3, ... over all messages of the dataset.
    pub(super) number: u64,
    /// When it came.
    pub(super) at: DateTime<Utc>,
    /// The broker's number for it until it is acknowledged; 0 when it need not be.
    pub(super) id: u16,
    /// How it was handed over.
    pub(super) qos: u8,
    /// Its topic.
    pub(super) topic: String,
    /// What it says.
    pub(super) payload: Payload,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Payload {
    /// Text.
    Text(String),
    /// Bytes that are no text, in hexadecimal.
    Hex(String),
    /// So many bytes, which were not kept.
    Large(u64),
}

impl Payload {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Hex(hex(bytes)),
        }
    }

    /// What tells a message of this topic from another.
    pub(super) fn print(&self, topic: &str) -> String {
        let (kind, said) = match self {
            Self::Text(text) => ("text", text.clone()),
            Self::Hex(hex) => ("hex", hex.clone()),
            Self::Large(bytes) => ("large", bytes.to_string()),
        };
        let mut hash = Sha256::new();
        for part in [topic, kind, &said] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let mut text = hex(&hash.finalize());
        text.truncate(CHECKSUM * 2);
        text
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Record {
    /// A message came.
    Message(Message),
    /// The broker has taken the acknowledgements of these messages: its number and ours.
    Sure(Vec<(u16, u64)>),
    /// The broker will not send the message of this id again (quality of service 2), which came at or before `after`.
    Released {
        /// The broker's number.
        id: u16,
        /// Number of the last message before.
        after: u64,
    },
    /// The broker has forgotten this listener: its numbers begin anew.
    Forgotten {
        /// Number of the last message before.
        after: u64,
    },
}

impl Record {
    /// Appends the record as a line.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let json = serde_json::to_vec(self)?;
        out.extend_from_slice(checksum(&json).as_bytes());
        out.push(b' ');
        out.extend_from_slice(&json);
        out.push(b'\n');
        Ok(())
    }

    /// Reads a line with its end; nothing if it is not whole.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n")?;
        let (sum, rest) = line.split_at_checked(CHECKSUM)?;
        let json = rest.strip_prefix(b" ")?;
        (checksum(json).as_bytes() == sum)
            .then(|| serde_json::from_slice(json).ok())
            .flatten()
    }
}

/// Hands out the records of a journal up to the first line that is not whole; how many bytes those are.
pub(super) fn replay(
    mut from: impl BufRead,
    mut each: impl FnMut(Record) -> io::Result<()>,
) -> io::Result<u64> {
    let (mut sound, mut line) = (0, Vec::new());
    loop {
        line.clear();
        let read = from.read_until(b'\n', &mut line)?;
        let Some(record) = Record::read(&line) else {
            return Ok(sound);
        };
        each(record)?;
        sound += u64::try_from(read).unwrap_or_default();
    }
}

fn checksum(bytes: &[u8]) -> String {
    let mut text = hex(&Sha256::digest(bytes));
    text.truncate(CHECKSUM);
    text
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a text does not fail.
        write!(text, "{byte:02x}").ok();
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::mqtt) fn any_record() -> impl Strategy<Value = Record> {
        let payload = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Payload::of(&bytes)),
            any::<u64>().prop_map(Payload::Large),
        ];
        let message = (
            any::<u64>(),
            0..4_000_000_000_i64,
            any::<u16>(),
            0..3_u8,
            ".{0,8}",
            payload,
        )
            .prop_map(|(number, at, id, qos, topic, payload)| Message {
                number,
                at: DateTime::from_timestamp(at, 0).unwrap(),
                id,
                qos,
                topic,
                payload,
            });
        prop_oneof![
            4 => message.prop_map(Record::Message),
            1 => prop::collection::vec((any::<u16>(), any::<u64>()), 0..3).prop_map(Record::Sure),
            1 => (any::<u16>(), any::<u64>()).prop_map(|(id, after)| Record::Released { id, after }),
            1 => any::<u64>().prop_map(|after| Record::Forgotten { after }),
        ]
    }

    fn read(bytes: &[u8]) -> (Vec<Record>, u64) {
        let mut records = Vec::new();
        let sound = replay(bytes, |record| {
            records.push(record);
            Ok(())
        });
        (records, sound.unwrap())
    }

    proptest! {
        /// Cut anywhere, what was written whole before the cut is read, and nothing else.
        #[test]
        fn a_torn_tail_is_cut_off(records in prop::collection::vec(any_record(), 0..8), cut in any::<prop::sample::Index>()) {
            let (mut bytes, mut ends) = (Vec::new(), vec![0]);
            for record in &records {
                record.write(&mut bytes).unwrap();
                ends.push(bytes.len());
            }
            let cut = cut.index(bytes.len() + 1);
            let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
            let (read, sound) = read(&bytes[..cut]);
            prop_assert_eq!(&read, &records[..whole]);
            prop_assert_eq!(usize::try_from(sound).unwrap(), ends[whole]);
        }

        /// A power cut can leave a block of zeros, or of anything: no record is made of it, and none behind it is believed.
        #[test]
        fn damage_ends_what_is_believed(records in prop::collection::vec(any_record(), 1..8), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let (mut bytes, mut ends) = (Vec::new(), vec![0]);
            for record in &records {
                record.write(&mut bytes).unwrap();
                ends.push(bytes.len());
            }
            let at = at.index(bytes.len());
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            let whole = ends.iter().filter(|end| **end <= at).count() - 1;
            let (read, _) = read(&bytes);
            prop_assert_eq!(&read, &records[..whole]);
        }
    }
}
