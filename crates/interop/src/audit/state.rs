//! What the log proves of itself, and when that was looked at last.

use access::{AskError, Person};
use chrono::{DateTime, Utc};
use records::log::proofs::{Answer, check_with};
use records::log::{Act, Against};
use records::{Records, RecordsError};
use serde::{Deserialize, Serialize};

use super::search::Shown;

/// The setting that holds how the last look went.
const VERIFIED: &str = "access-log.verified";

/// How a look at the whole log went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verdict {
    /// When.
    pub at: DateTime<Utc>,
    /// Who looked; `system` for the daily look.
    pub who: String,
    /// Entries that were looked at.
    pub size: u64,
    /// The first that is not what it was, and why.
    pub broken: Option<(i64, String)>,
}

/// The last look at the whole log.
///
/// # Errors
/// When the records cannot be read.
pub async fn last_verdict(records: &Records) -> Result<Option<Verdict>, RecordsError> {
    let text = records.settings().get(VERIFIED).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Proves the whole log from its files and remembers how it went.
///
/// # Errors
/// When it cannot be read.
pub async fn verify(records: &Records, who: &str) -> Result<Verdict, RecordsError> {
    let verified = records.log().verified(Against::default()).await?;
    let verdict = Verdict {
        at: records.clock().now(),
        who: who.to_owned(),
        size: verified.size,
        broken: verified
            .breaks
            .first()
            .map(|found| (found.seq, found.to_string())),
    };
    if let Some((seq, what)) = &verdict.broken {
        tracing::error!(seq, what, "the access log is not what it was");
    }
    let text = serde_json::to_string(&verdict)
        .map_err(|error| RecordsError::Form(format!("a verdict about the access log: {error}")))?;
    records.settings().set(VERIFIED, &text).await?;
    Ok(verdict)
}

/// An entry, and what the tree proves of it.
#[derive(Clone, Debug, Serialize)]
pub struct Proven {
    /// The entry.
    #[serde(flatten)]
    pub shown: Shown,
    /// Whether the proof holds against the signed head.
    pub holds: bool,
    /// What it says.
    pub what: String,
    /// Entries of the tree it was proven in.
    pub size: u64,
    /// The proof itself.
    pub proof: serde_json::Value,
}

/// One entry with its proof; `None` when there is none, or retention took it away.
///
/// # Errors
/// When the person does not audit, or the log cannot be read or written.
pub async fn entry(records: &Records, by: &Person, seq: i64) -> Result<Option<Proven>, AskError> {
    super::require(records, by, "access log").await?;
    let what = format!("entry {seq} of the access log");
    super::note(records, by, Act::Read, what).await?;
    let Some(logged) = records.log().entry(seq).await? else {
        return Ok(None);
    };
    let end = records.log().ends(&[seq]).await?.remove(&seq);
    let files = records.log().files().await?;
    let number = u64::try_from(seq).unwrap_or_default();
    let proving = tokio::task::spawn_blocking(move || {
        let size = files.head().size;
        let proof = files.inclusion(number, size)?;
        Ok::<_, records::log::LogError>((size, files.keys().to_vec(), proof))
    });
    let proving = proving
        .await
        .map_err(|error| RecordsError::Form(format!("a proof of the access log: {error}")))?;
    let shown = Shown {
        rows: logged
            .entry
            .rows
            .or_else(|| end.as_ref().and_then(|end| end.entry.rows)),
        end: end.map(|end| end.seq),
        logged,
    };
    let (size, keys, proof) = match proving {
        Ok(proven) => proven,
        // That it cannot be proven is what the officer has to know.
        Err(error) => {
            return Ok(Some(Proven {
                shown,
                holds: false,
                what: error.to_string(),
                size: 0,
                proof: serde_json::Value::Null,
            }));
        }
    };
    let is_it = proof.leaf_hash.to_string() == shown.logged.hash;
    let proof = serde_json::to_value(&proof).unwrap_or_default();
    let (holds, what) = match check_with(&proof.to_string(), &keys) {
        Ok(Answer::Holds(what)) => (is_it, what),
        Ok(Answer::Fails(why)) | Err(why) => (false, why),
    };
    Ok(Some(Proven {
        shown,
        holds,
        what,
        size,
        proof,
    }))
}
