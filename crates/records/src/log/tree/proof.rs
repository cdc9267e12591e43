//! Proofs: that an entry is in the tree, and that a later tree only added to an earlier one.
//!
//! Making and checking follow the recursion of RFC 6962 section 2.1; the last hash of a proof belongs to the outermost
//! step. A subtree `[start, end)` is one that may stand in a tree: `start` is a multiple of the power of two that is
//! not less than its size. An ordinary proof is about the subtree that begins at 0.

use super::{Hash, split};

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The numbers do not describe a leaf or a subtree of a tree.
    #[error("the numbers do not go together: no tree has such a place")]
    Numbers,
    /// Too few or too many hashes.
    #[error("the proof has not as many hashes as it needs")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Where hashes of a tree come from: the root of the leaves `[start, end)`, which the tree has.
pub trait Source {
    /// What may fail.
    type Error;

    /// The root of the leaves `[start, end)`.
    ///
    /// # Errors
    /// When they cannot be read.
    fn root(&mut self, start: u64, end: u64) -> Result<Hash, Self::Error>;
}

/// The proof that leaf `index` is in the tree of `size` leaves; `index < size`.
///
/// # Errors
/// When the source fails.
pub fn inclusion<S: Source>(tree: &mut S, index: u64, size: u64) -> Result<Vec<Hash>, S::Error> {
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(tree.root(middle, end)?);
            end = middle;
        } else {
            proof.push(tree.root(start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `size` leaves begins with that of `earlier`; `0 < earlier <= size`.
///
/// # Errors
/// When the source fails.
pub fn consistency<S: Source>(
    tree: &mut S,
    earlier: u64,
    size: u64,
) -> Result<Vec<Hash>, S::Error> {
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    // Whether the place now looked at begins where the tree begins.
    let mut is_first = true;
    while earlier < end {
        let middle = start + split(end - start);
        if earlier <= middle {
            proof.push(tree.root(middle, end)?);
            end = middle;
        } else {
            proof.push(tree.root(start, middle)?);
            start = middle;
            is_first = false;
        }
    }
    if !is_first {
        proof.push(tree.root(start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` is leaf `index` of the tree of `size` leaves with `root`.
///
/// # Errors
/// Why it does not hold.
pub fn check_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Broken> {
    check_inclusion_in(leaf, index, (0, size), proof, root)
}

/// Checks that `leaf` is leaf `index` of a tree, in its subtree `[start, end)` with `root`.
///
/// # Errors
/// Why it does not hold.
pub fn check_inclusion_in(
    leaf: &Hash,
    index: u64,
    (start, end): (u64, u64),
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Broken> {
    if !(start..end).contains(&index) || !is_subtree(start, end) {
        return Err(Broken::Numbers);
    }
    same(&up(leaf, index - start, end - start, proof)?, root)
}

/// Checks that the tree of `size` leaves with `root` begins with the tree of `earlier` leaves with `earlier_root`.
/// A proof about no leaves at all proves nothing and is refused.
///
/// # Errors
/// Why it does not hold.
pub fn check_consistency(
    earlier: u64,
    size: u64,
    proof: &[Hash],
    earlier_root: &Hash,
    root: &Hash,
) -> Result<(), Broken> {
    if earlier == 0 {
        return Err(Broken::Numbers);
    }
    check_consistency_of((0, earlier), size, proof, earlier_root, root)
}

/// Checks that the subtree `[start, end)` with `subtree_root` is part of the tree of `size` leaves with `root`. An empty
/// subtree is part of every tree.
///
/// # Errors
/// Why it does not hold.
pub fn check_consistency_of(
    (start, end): (u64, u64),
    size: u64,
    proof: &[Hash],
    subtree_root: &Hash,
    root: &Hash,
) -> Result<(), Broken> {
    if start > end || end > size {
        return Err(Broken::Numbers);
    }
    if start == end {
        if !proof.is_empty() {
            return Err(Broken::Length);
        }
        return same(&Hash::empty(), subtree_root);
    }
    if !is_subtree(start, end) {
        return Err(Broken::Numbers);
    }
    let (part, whole) = both(start, end, size, Some(subtree_root), proof)?;
    same(&part, subtree_root)?;
    same(&whole, root)
}

fn same(found: &Hash, root: &Hash) -> Result<(), Broken> {
    if found == root {
        Ok(())
    } else {
        Err(Broken::Root)
    }
}

/// Whether `[start, end)` can be a subtree of some tree.
fn is_subtree(start: u64, end: u64) -> bool {
    let Some(size) = end.checked_sub(start).filter(|size| *size > 0) else {
        return false;
    };
    size.checked_next_power_of_two()
        .is_some_and(|step| start.is_multiple_of(step))
        || start == 0
}

/// The root of `size` leaves of which leaf `index` is known.
fn up(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, Broken> {
    let (outer, inner) = match (size, proof.split_last()) {
        (1, None) => return Ok(*leaf),
        (1, Some(_)) | (_, None) => return Err(Broken::Length),
        (_, Some(parts)) => parts,
    };
    let middle = split(size);
    if index < middle {
        Ok(Hash::node(&up(leaf, index, middle, inner)?, outer))
    } else {
        let right = up(leaf, index - middle, size - middle, inner)?;
        Ok(Hash::node(outer, &right))
    }
}

/// The roots of a subtree and of the tree around it. `known` is the subtree's root while the place looked at is the
/// subtree itself and not a part of it.
fn both(
    start: u64,
    end: u64,
    size: u64,
    known: Option<&Hash>,
    proof: &[Hash],
) -> Result<(Hash, Hash), Broken> {
    if start == 0 && end == size {
        return match (known, proof) {
            (Some(root), []) | (None, [root]) => Ok((*root, *root)),
            _ => Err(Broken::Length),
        };
    }
    let (outer, inner) = proof.split_last().ok_or(Broken::Length)?;
    let middle = split(size);
    if end <= middle {
        let (part, whole) = both(start, end, middle, known, inner)?;
        Ok((part, Hash::node(&whole, outer)))
    } else if middle <= start {
        let (part, whole) = both(start - middle, end - middle, size - middle, known, inner)?;
        Ok((part, Hash::node(outer, &whole)))
    } else {
        // A subtree that reaches over the middle begins where the tree begins.
        let (part, whole) = both(0, end - middle, size - middle, None, inner)?;
        Ok((Hash::node(outer, &part), Hash::node(outer, &whole)))
    }
}
