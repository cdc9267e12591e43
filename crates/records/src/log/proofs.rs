//! Proofs as files: JSON with the words other logs use, so that anybody's tool reads ours and ours reads theirs.
//!
//! | fields | proves |
//! | --- | --- |
//! | `leafIdx, treeSize, root, leafHash, proof` | an entry is in the tree |
//! | `size1, size2, root1, root2, proof` | the later tree begins with the earlier one |
//! | `leafIdx, start, end, root, leafHash, proof` | an entry is in a subtree |
//! | `start, end, size, root1, root2, proof` | a subtree is part of the tree |
//!
//! Beside these a proof may hold `entry`, the text that was hashed, and `checkpoint`, the signed note with the root.

use serde::{Deserialize, Serialize};

use super::note::{Checkpoint, PublicKey};
use super::tree::Hash;
use super::tree::proof::{
    check_consistency, check_consistency_of, check_inclusion, check_inclusion_in,
};

/// That an entry is in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inclusion {
    /// The entry's number, from 1.
    pub seq: u64,
    /// The leaf's number, from 0.
    pub leaf_idx: u64,
    /// Entries of the tree.
    pub tree_size: u64,
    /// Its root.
    pub root: Hash,
    /// The leaf.
    pub leaf_hash: Hash,
    /// The hashes that lead from the leaf to the root.
    pub proof: Vec<Hash>,
    /// The text that was hashed, unless retention took it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The signed checkpoint with that root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// That a later tree begins with an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consistency {
    /// Entries of the earlier tree.
    pub size1: u64,
    /// Entries of the later tree.
    pub size2: u64,
    /// The earlier root.
    pub root1: Hash,
    /// The later root.
    pub root2: Hash,
    /// The hashes that lead to both.
    pub proof: Vec<Hash>,
    /// The signed checkpoint with the later root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// All fields a proof may have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    leaf_idx: Option<u64>,
    tree_size: Option<u64>,
    start: Option<u64>,
    end: Option<u64>,
    size: Option<u64>,
    size1: Option<u64>,
    size2: Option<u64>,
    root: Option<String>,
    root1: Option<String>,
    root2: Option<String>,
    leaf_hash: Option<String>,
    #[serde(default)]
    proof: Option<Vec<String>>,
    entry: Option<String>,
    checkpoint: Option<String>,
}

/// What a proof says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds: what it proves.
    Holds(String),
    /// It does not hold: why.
    Fails(String),
}

/// Checks a proof by itself. A checkpoint in it is compared with its root; whose it is, [`check_with`] finds out.
///
/// # Errors
/// When the text is no proof.
pub fn check(text: &str) -> Result<Answer, String> {
    check_with(text, &[])
}

/// Checks a proof, and that one of `keys` signed the checkpoint in it; without keys signatures are not looked at.
///
/// # Errors
/// When the text is no proof.
pub fn check_with(text: &str, keys: &[PublicKey]) -> Result<Answer, String> {
    let fields: Fields =
        serde_json::from_str(text).map_err(|error| format!("this is no proof: {error}"))?;
    let answer = match holds(&fields) {
        Ok(what) => match signed(&fields, keys) {
            Ok(by) => Answer::Holds(format!("{what}{by}")),
            Err(why) => Answer::Fails(why),
        },
        Err(Wrong::Form(what)) => return Err(what),
        Err(Wrong::Fails(why)) => Answer::Fails(why),
    };
    Ok(answer)
}

enum Wrong {
    Form(String),
    Fails(String),
}

fn holds(fields: &Fields) -> Result<String, Wrong> {
    let proof = fields.proof.as_deref().unwrap_or_default();
    let proof = proof.iter().map(|text| hash(Some(text), "proof"));
    let proof: Vec<Hash> = proof.collect::<Result<_, _>>()?;
    let broken = |error: super::tree::proof::Broken| Wrong::Fails(error.to_string());
    match fields {
        Fields { leaf_idx: Some(index), tree_size: Some(size), .. } => {
            let (leaf, root) = (leaf(fields)?, hash(fields.root.as_ref(), "root")?);
            check_inclusion(&leaf, *index, *size, &proof, &root).map_err(broken)?;
            Ok(format!("entry {} of {size} is in the tree with root {root}", index.saturating_add(1)))
        }
        Fields { leaf_idx: Some(index), start: Some(start), end: Some(end), .. } => {
            let (leaf, root) = (leaf(fields)?, hash(fields.root.as_ref(), "root")?);
            check_inclusion_in(&leaf, *index, (*start, *end), &proof, &root).map_err(broken)?;
            Ok(format!("entry {} is in the subtree with root {root}", index.saturating_add(1)))
        }
        Fields { size1: Some(earlier), size2: Some(size), .. }
        | Fields { start: Some(0), end: Some(earlier), size: Some(size), .. }
            if is_itself(fields, *earlier, *size, &proof) =>
        {
            Ok(format!("the tree of {size} entries is compared with itself"))
        }
        Fields { size1: Some(earlier), size2: Some(size), .. } => {
            let first = hash(fields.root1.as_ref(), "root1")?;
            let second = hash(fields.root2.as_ref(), "root2")?;
            check_consistency(*earlier, *size, &proof, &first, &second).map_err(broken)?;
            Ok(format!("the tree of {size} entries with root {second} begins with that of {earlier}"))
        }
        Fields { start: Some(start), end: Some(end), size: Some(size), .. } => {
            let part = hash(fields.root1.as_ref(), "root1")?;
            // An empty subtree is part of every tree, whatever its root.
            let whole = if start == end {
                Hash::empty()
            } else {
                hash(fields.root2.as_ref(), "root2")?
            };
            check_consistency_of((*start, *end), *size, &proof, &part, &whole).map_err(broken)?;
            Ok(format!("the entries {start} to {end} are part of the tree of {size} with root {whole}"))
        }
        _ => Err(Wrong::Form(
            "this is no proof: it has neither leafIdx and treeSize nor size1 and size2 (nor start and end)".to_owned(),
        )),
    }
}

/// Whether a tree is compared with itself: then its two roots are the same, whatever they are.
fn is_itself(fields: &Fields, earlier: u64, size: u64, proof: &[Hash]) -> bool {
    let is_same = fields.root1.is_some() && fields.root1 == fields.root2;
    earlier > 0 && earlier == size && proof.is_empty() && is_same
}

/// The leaf, which must be the hash of the text when that is there.
fn leaf(fields: &Fields) -> Result<Hash, Wrong> {
    let leaf = hash(fields.leaf_hash.as_ref(), "leafHash")?;
    match &fields.entry {
        Some(entry) if Hash::leaf(entry.as_bytes()) != leaf => Err(Wrong::Fails(
            "the entry's text does not have the hash leafHash".to_owned(),
        )),
        _ => Ok(leaf),
    }
}

fn hash(text: Option<&String>, field: &str) -> Result<Hash, Wrong> {
    let text = text.ok_or_else(|| Wrong::Form(format!("this is no proof: it has no {field}")))?;
    Hash::parse(text).ok_or_else(|| Wrong::Fails(format!("{field} is not 32 bytes in base64")))
}

/// Who signed the root, if a checkpoint is there and keys are known.
fn signed(fields: &Fields, keys: &[PublicKey]) -> Result<String, String> {
    let Some(note) = &fields.checkpoint else {
        return if keys.is_empty() {
            Ok(String::new())
        } else {
            Err("the proof holds no checkpoint, so nobody signed its root".to_owned())
        };
    };
    let (size, root) = match (fields.tree_size, fields.size2) {
        (Some(size), _) => (size, fields.root.as_ref()),
        (None, Some(size)) => (size, fields.root2.as_ref()),
        (None, None) => return Err("a checkpoint is of a tree, not of a subtree".to_owned()),
    };
    if keys.is_empty() {
        let mut lines = note.lines().skip(1);
        let is_same = lines.next() == Some(size.to_string().as_str())
            && lines.next() == root.map(String::as_str);
        return if is_same {
            Ok("; the checkpoint in it names that root (its signature was not looked at: name the log's key)".to_owned())
        } else {
            Err("the checkpoint in it names another tree".to_owned())
        };
    }
    let checkpoint =
        Checkpoint::open(note, keys).map_err(|error| format!("the checkpoint in it: {error}"))?;
    if checkpoint.size != size || Some(checkpoint.root.to_string()).as_ref() != root {
        return Err("the checkpoint in it names another tree".to_owned());
    }
    Ok(format!(", which {} signed", checkpoint.origin))
}
