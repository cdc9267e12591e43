//! Hashes of the tree, read from the files of entries.

use super::folder::{Folder, HEIGHT, SEGMENT};
use super::tree::proof::Source;
use super::tree::{Frontier, Hash};
use super::{LogError, state};

/// The tree over the files of entries.
pub(super) struct Tree<'f> {
    folder: &'f Folder,
    size: u64,
    roots: Vec<Hash>,
    /// The leaves of the file read last.
    read: Option<(u64, Vec<Hash>)>,
}

impl<'f> Tree<'f> {
    /// The tree over the first `size` entries.
    pub(super) fn new(folder: &'f Folder, size: u64) -> Result<Self, LogError> {
        Ok(Self {
            folder,
            size,
            roots: state::roots(folder)?,
            read: None,
        })
    }

    /// A leaf, counted from 0.
    pub(super) fn leaf(&mut self, index: u64) -> Result<Hash, LogError> {
        let (segment, place) = (index / SEGMENT, index % SEGMENT);
        if self.read.as_ref().is_none_or(|(read, _)| *read != segment) {
            let count = SEGMENT.min(self.size.saturating_sub(segment * SEGMENT));
            let mut leaves = Vec::new();
            state::each(self.folder, segment, count, &mut |line, _| {
                leaves.push(line.leaf);
            })?;
            self.read = Some((segment, leaves));
        }
        let leaves = self.read.as_ref().map(|(_, leaves)| leaves);
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let leaf = leaves.and_then(|leaves| leaves.get(place)).copied();
        leaf.ok_or_else(|| LogError::Absent(format!("there is no entry {}", index + 1)))
    }
}

impl Source for Tree<'_> {
    type Error = LogError;

    fn root(&mut self, start: u64, end: u64) -> Result<Hash, LogError> {
        let mut tree = Frontier::default();
        let mut at = start;
        while at < end {
            let full = usize::try_from(at / SEGMENT).ok();
            let root = full.and_then(|segment| self.roots.get(segment)).copied();
            match root {
                Some(root) if at.is_multiple_of(SEGMENT) && at + SEGMENT <= end => {
                    tree.push_full(HEIGHT, root);
                    at += SEGMENT;
                }
                _ => {
                    tree.push(self.leaf(at)?);
                    at += 1;
                }
            }
        }
        Ok(tree.root())
    }
}
