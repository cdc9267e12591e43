//! The chain of hashes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Entry;
use crate::store::{RecordsError, Store};
use crate::tokens::hex;

/// Entries read at once while verifying.
const STEP: i64 = 10_000;

/// What is hashed: field order is fixed by this type, so the text is canonical. Format version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sealed {
    pub(super) seq: i64,
    #[serde(with = "stamp")]
    pub(super) at: DateTime<Utc>,
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

/// The hash of an entry: over the hash before it and its own text.
pub(super) fn link(previous: &str, sealed: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(b"\n");
    hash.update(sealed.as_bytes());
    hex(&hash.finalize())
}

/// Where the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// Number of the first entry that is not what it was.
    pub seq: i64,
    /// What is wrong with it.
    pub what: Fault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Its text is not what was hashed.
    Altered,
    /// It is not there.
    Missing,
    /// It was put there by someone else.
    Added,
}

pub(super) async fn verify(store: &Store) -> Result<Option<Break>, RecordsError> {
    // One transaction: entries appended meanwhile are not taken for added ones.
    let mut read = store.readers.begin().await?;
    let (head, head_hash): (i64, String) = sqlx::query_as("SELECT seq, hash FROM access_log_head")
        .fetch_one(&mut *read)
        .await?;
    let (mut last, mut previous) = (0_i64, String::new());
    loop {
        let rows: Vec<(i64, String, String, String)> =
            sqlx::query_as("SELECT seq, sealed, previous, hash FROM access_log WHERE seq > ?1 ORDER BY seq LIMIT ?2")
                .bind(last)
                .bind(STEP)
                .fetch_all(&mut *read)
                .await?;
        if rows.is_empty() {
            break;
        }
        for (seq, sealed, before, hash) in rows {
            if seq != last + 1 {
                return Ok(Some(Break {
                    seq: last + 1,
                    what: Fault::Missing,
                }));
            }
            let names_itself =
                serde_json::from_str::<Sealed>(&sealed).is_ok_and(|sealed| sealed.seq == seq);
            if before != previous || link(&previous, &sealed) != hash || !names_itself {
                return Ok(Some(Break {
                    seq,
                    what: Fault::Altered,
                }));
            }
            (last, previous) = (seq, hash);
        }
    }
    if last < head {
        return Ok(Some(Break {
            seq: last + 1,
            what: Fault::Missing,
        }));
    }
    if last > head {
        return Ok(Some(Break {
            seq: head + 1,
            what: Fault::Added,
        }));
    }
    Ok((previous != head_hash).then_some(Break {
        seq: last,
        what: Fault::Altered,
    }))
}
