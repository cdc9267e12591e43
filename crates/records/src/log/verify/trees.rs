//! The tree at earlier sizes, compared with what was signed then.

use super::segment::Segment;
use super::{Break, Fault};
use crate::log::folder::SEGMENT;
use crate::log::note::Checkpoint;
use crate::log::tree::{Frontier, Hash};

/// Trees of earlier sizes.
pub(super) struct Trees<'s> {
    segments: &'s [Segment],
    size: u64,
    /// The tree over the full files before a segment, by segment; as far as all is well.
    before: Vec<Frontier>,
}

impl<'s> Trees<'s> {
    pub(super) fn new(segments: &'s [Segment], size: u64) -> Self {
        let mut before = vec![Frontier::default()];
        let mut tree = Frontier::default();
        for segment in segments {
            if segment.found.is_some() || segment.tree.size() != SEGMENT {
                break;
            }
            tree.join(&segment.tree);
            before.push(tree.clone());
        }
        Self {
            segments,
            size,
            before,
        }
    }

    /// The root of the first `size` entries; `None` when one of them is known not to be what it was.
    fn root(&self, size: u64) -> Option<Hash> {
        let Some(last) = size.checked_sub(1) else {
            return Some(Hash::empty());
        };
        let number = usize::try_from(last / SEGMENT).ok()?;
        let mut tree = self.before.get(number)?.clone();
        let segment = self.segments.get(number)?;
        let leaves = size - last / SEGMENT * SEGMENT;
        if leaves == segment.tree.size() && segment.found.is_none() {
            tree.join(&segment.tree);
        } else {
            tree.join(segment.trees.get(&leaves)?);
        }
        Some(tree.root())
    }
}

/// Compares with all that was signed, in order; between the last that agrees and the first that does not lies the first
/// entry that is not what it was.
pub(super) fn compared(
    head: Option<&Checkpoint>,
    said: &[(String, Checkpoint)],
    trees: &mut Trees<'_>,
    breaks: &mut Vec<Break>,
) {
    let mut all: Vec<(&str, &Checkpoint)> = said
        .iter()
        .map(|(name, checkpoint)| (name.as_str(), checkpoint))
        .chain(head.map(|head| ("`head`", head)))
        .collect();
    all.sort_by_key(|(_, checkpoint)| checkpoint.size);
    let mut agreed = 0;
    for (name, checkpoint) in all {
        let size = checkpoint.size;
        if size > trees.size {
            let text = format!(
                "entry {} is missing: {name} counts {size} entries, there are {}",
                trees.size + 1,
                trees.size
            );
            breaks.push(Break::new(trees.size + 1, Fault::Missing, text));
            return;
        }
        match trees.root(size) {
            Some(root) if root == checkpoint.root => agreed = size,
            Some(_) => {
                let first = agreed + 1;
                let text = format!(
                    "an entry from {first} to {size} was altered: they do not have the root that {name} names"
                );
                breaks.push(Break::new(first, Fault::Altered, text));
                return;
            }
            // Told already, with its number.
            None => return,
        }
    }
}
