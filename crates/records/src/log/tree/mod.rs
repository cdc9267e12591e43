//! The Merkle tree of RFC 6962 over the entries: hashes, roots, and the few hashes a growing tree needs.
//!
//! A leaf is `SHA-256(0x00 ‖ entry)`, a node `SHA-256(0x01 ‖ left ‖ right)`, the root of nothing `SHA-256("")`.

pub mod proof;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

/// A hash of the tree. It is written in base64, as transparency logs do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of a leaf.
    pub fn leaf(entry: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update([0_u8]);
        hash.update(entry);
        Self(hash.finalize().into())
    }

    /// The hash of a node.
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut bytes = [1_u8; 65];
        let (_, pair) = bytes.split_at_mut(1);
        let (first, second) = pair.split_at_mut(32);
        first.copy_from_slice(&left.0);
        second.copy_from_slice(&right.0);
        Self(Sha256::digest(bytes).into())
    }

    /// The root of a tree without entries.
    pub fn empty() -> Self {
        Self(Sha256::digest(b"").into())
    }

    /// Reads what [`std::fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 32];
        let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
        (length == bytes.len()).then_some(Self(bytes))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not 32 bytes in base64"))
    }
}

/// The roots of the full subtrees of a tree, largest first: all that is needed to let it grow and to know its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<(u32, Hash)>,
}

impl Frontier {
    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_full(0, leaf);
    }

    /// Adds a full subtree of `2^height` leaves; the leaves so far must be a multiple of that.
    pub fn push_full(&mut self, height: u32, root: Hash) {
        let (mut height, mut root) = (height, root);
        self.size += 1 << height;
        while self.peaks.last().is_some_and(|(last, _)| *last == height) {
            if let Some((_, left)) = self.peaks.pop() {
                root = Hash::node(&left, &root);
            }
            height += 1;
        }
        self.peaks.push((height, root));
    }

    /// Adds what grew after it: a frontier over leaves that begin at a multiple of their own largest subtree.
    pub fn join(&mut self, later: &Self) {
        for (height, root) in &later.peaks {
            self.push_full(*height, *root);
        }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().map(|(_, root)| *root);
        let Some(last) = peaks.next() else {
            return Hash::empty();
        };
        peaks.fold(last, |right, left| Hash::node(&left, &right))
    }
}

/// The largest power of two smaller than `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}
