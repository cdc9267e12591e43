//! One file of entries, read line by line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};

use super::{Break, Fault, altered};
use crate::log::LogError;
use crate::log::folder::{Folder, SEGMENT};
use crate::log::line::{self, Line};
use crate::log::prune::Pruned;
use crate::log::tree::{Frontier, Hash};

/// What a file of entries holds.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// The tree over its entries, up to the first that is not what it was.
    pub(super) tree: Frontier,
    /// The tree over the first so many of them.
    pub(super) trees: BTreeMap<u64, Frontier>,
    /// The hash that its first entry remembers of the one before it.
    pub(super) previous: Option<Hash>,
    pub(super) first_at: Option<Vec<u8>>,
    pub(super) last: Option<Hash>,
    pub(super) last_at: Option<Vec<u8>>,
    pub(super) pruned: u64,
    pub(super) bytes: u64,
    /// The first entry that is not what it was.
    pub(super) found: Option<Break>,
}

impl Segment {
    /// Reads the first `leaves` lines of a file, and keeps the trees over the first `sizes` of them.
    pub(super) fn read(
        folder: &Folder,
        number: u64,
        leaves: u64,
        pruned: &Pruned,
        sizes: &[u64],
    ) -> Result<Self, LogError> {
        let mut segment = Self::default();
        let first = number * SEGMENT + 1;
        let file = match File::open(folder.segment(number)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                segment.found = Some(missing(first));
                return Ok(segment);
            }
            Err(error) => return Err(LogError::disk(folder)(error)),
        };
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut bytes = Vec::with_capacity(1 << 12);
        for seq in first..first + leaves {
            if !line::next(&mut reader, &mut bytes).map_err(LogError::disk(folder))? {
                segment.found = Some(missing(seq));
                return Ok(segment);
            }
            segment.found = segment.take(seq, &bytes, pruned);
            if segment.found.is_some() {
                return Ok(segment);
            }
            if sizes.binary_search(&segment.tree.size()).is_ok() {
                segment
                    .trees
                    .insert(segment.tree.size(), segment.tree.clone());
            }
        }
        // A full file has an end; what comes after it nobody of this program wrote.
        if leaves == SEGMENT
            && line::next(&mut reader, &mut bytes).map_err(LogError::disk(folder))?
        {
            let seq = first + leaves;
            let text = format!("an entry was added before entry {seq}");
            segment.found = Some(Break::new(seq, Fault::Added, text));
        }
        Ok(segment)
    }

    /// Takes the next line in; says what is wrong with it.
    fn take(&mut self, seq: u64, bytes: &[u8], pruned: &Pruned) -> Option<Break> {
        let wrong =
            |what: Fault, why: &str| Some(Break::new(seq, what, format!("entry {seq} {why}")));
        let Some(line) = Line::parse(bytes) else {
            return wrong(Fault::Altered, "was altered: its line is none");
        };
        if line.is_pruned() {
            if !pruned.has(seq) {
                return wrong(
                    Fault::Altered,
                    "was altered: its text is gone and no record of retention names it",
                );
            }
            self.pruned += 1;
            self.last_at = None;
        } else {
            if Hash::leaf(line.text) != line.leaf {
                return wrong(
                    Fault::Altered,
                    "was altered: its text does not have its hash",
                );
            }
            match line.seq() {
                Some(own) if own == seq => {}
                Some(own) if own > seq => {
                    return wrong(Fault::Missing, "is missing: another stands in its place");
                }
                Some(_) => {
                    return wrong(
                        Fault::Added,
                        "was added: an earlier one stands in its place",
                    );
                }
                None => return wrong(Fault::Altered, "was altered: it has no number"),
            }
            let found = self.follows(seq, &line);
            if found.is_some() {
                return found;
            }
        }
        self.tree.push(line.leaf);
        self.last = Some(line.leaf);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        None
    }

    /// Whether an entry comes after the one before it.
    fn follows(&mut self, seq: u64, line: &Line<'_>) -> Option<Break> {
        // Entries that were moved from the record store remember nothing.
        let previous = line.previous()?;
        let previous = std::str::from_utf8(previous).ok().and_then(Hash::parse);
        let at = line.at();
        match self.last {
            Some(last) if previous != Some(last) => return Some(altered(seq - 1)),
            Some(_) => {}
            None => {
                self.previous = previous;
                self.first_at = at.map(<[u8]>::to_vec);
            }
        }
        if let Some((last, at)) = self.last_at.as_deref().zip(at)
            && at < last
        {
            let text = format!("entry {seq} was written before the one before it");
            return Some(Break::new(seq, Fault::Altered, text));
        }
        let kept = self.last_at.get_or_insert_default();
        kept.clear();
        kept.extend(at.unwrap_or_default());
        None
    }
}

fn missing(seq: u64) -> Break {
    Break::new(seq, Fault::Missing, format!("entry {seq} is missing"))
}
