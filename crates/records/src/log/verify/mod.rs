//! The whole log proven from its files alone: every entry hashed, every root and signature compared, the first entry that
//! is not what it was named. It needs no server and no private key, and changes nothing.

mod segment;
mod trees;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use self::segment::Segment;
use self::trees::{Trees, compared};
use super::folder::{Folder, SEGMENT, small};
use super::note::{Checkpoint, NoteError, PublicKey};
use super::prune::Pruned;
use super::tree::{Frontier, Hash};
use super::{LogError, keys, state};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// An entry's text is not what was hashed.
    Altered,
    /// An entry is not there.
    Missing,
    /// An entry was put there by someone else.
    Added,
    /// What a key signed, or should have, is not there or not what was signed.
    Signature,
}

/// Where the log is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// Number of the first entry that is not what it was; 0 when it is not about an entry.
    pub seq: i64,
    /// What is wrong.
    pub what: Fault,
    /// In a sentence.
    pub text: String,
}

impl Break {
    fn new(seq: u64, what: Fault, text: impl Into<String>) -> Self {
        Self {
            seq: i64::try_from(seq).unwrap_or(i64::MAX),
            what,
            text: text.into(),
        }
    }
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// What to compare the log with.
#[derive(Clone, Debug, Default)]
pub struct Against {
    /// The log's name, if it is known from elsewhere.
    pub origin: Option<String>,
    /// Checkpoints that were kept outside.
    pub checkpoints: Vec<String>,
    /// A public key that was kept outside.
    pub key: Option<PublicKey>,
    /// Threads that hash; 0 takes as many as there are processors.
    pub threads: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The log's name.
    pub origin: String,
    /// Entries that were acknowledged.
    pub size: u64,
    /// The root of the tree over them, as their hashes give it; absent when an entry is not what it was.
    pub root: Option<Hash>,
    /// Checkpoints that were compared, those from outside included.
    pub checkpoints: u64,
    /// Entries of which retention left the hash alone.
    pub pruned: u64,
    /// Bytes after the last acknowledged entry: of a program that died while it wrote. The next one cuts them.
    pub unacknowledged_bytes: u64,
    /// All that is wrong; of each file of entries the first. The first of them comes first.
    pub breaks: Vec<Break>,
}

/// What a segment must be compared with, by number of leaves in it.
type Wanted = BTreeMap<u64, Vec<u64>>;

/// Proves a log.
///
/// # Errors
/// When the files cannot be read.
pub fn verify(path: &Path, against: &Against) -> Result<Verified, LogError> {
    let folder = Folder::new(path);
    let mut breaks = Vec::new();
    let mut found = Verified {
        origin: String::new(),
        size: 0,
        root: None,
        checkpoints: 0,
        pruned: 0,
        unacknowledged_bytes: 0,
        breaks: Vec::new(),
    };
    let _reading = folder.reading();
    let Some(keys) = known_keys(&folder, against, &mut breaks)? else {
        found.breaks = breaks;
        return Ok(found);
    };
    found.origin = keys.first().map(|key| key.name.clone()).unwrap_or_default();
    let head = known_head(&folder, &keys, &mut breaks)?;
    let pruned = Pruned::read(&folder, &keys, &mut breaks)?;
    let said = said(&folder, &keys, against, &mut breaks)?;
    found.checkpoints = u64::try_from(said.len()).unwrap_or(u64::MAX);
    found.size = match &head {
        Some(head) => head.size,
        None => counted(&folder)?,
    };
    let wanted = wanted(&said, found.size);
    let segments = segments(&folder, found.size, &pruned, &wanted, against.threads)?;
    found.pruned = segments.iter().map(|segment| segment.pruned).sum();
    let roots = state::roots(&folder).unwrap_or_else(|error| {
        breaks.push(Break::new(0, Fault::Altered, error.to_string()));
        Vec::new()
    });
    let tree = put_together(&segments, &roots, &mut breaks);
    let mut trees = Trees::new(&segments, found.size);
    if let Some(tree) = &tree {
        found.root = Some(tree.root());
    }
    compared(head.as_ref(), &said, &mut trees, &mut breaks);
    found.unacknowledged_bytes = tail(&folder, found.size, &segments)?;
    breaks.sort_by_key(|found| if found.seq == 0 { i64::MAX } else { found.seq });
    found.breaks = breaks;
    Ok(found)
}

impl Break {
    pub(super) fn signature(text: impl Into<String>) -> Self {
        Self::new(0, Fault::Signature, text)
    }
}

fn known_keys(
    folder: &Folder,
    against: &Against,
    breaks: &mut Vec<Break>,
) -> Result<Option<Vec<PublicKey>>, LogError> {
    let keys = match keys::read(folder) {
        Ok(Some(keys)) => keys,
        Ok(None) => {
            let place = folder.path().display();
            let text = format!("there is no access log in {place}: its `keys` are gone");
            breaks.push(Break::new(1, Fault::Missing, text));
            return Ok(None);
        }
        Err(LogError::Damaged(what)) => {
            breaks.push(Break::signature(format!("the access log's keys: {what}")));
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let name = keys.first().map(|key| key.name.clone()).unwrap_or_default();
    if let Some(origin) = against.origin.as_ref().filter(|origin| **origin != name) {
        breaks.push(Break::new(
            1,
            Fault::Missing,
            format!("this is the log {name}; the record store knows {origin}, which is gone"),
        ));
    }
    if let Some(key) = against.key.as_ref().filter(|key| !keys.contains(key)) {
        breaks.push(Break::signature(format!(
            "the log's keys do not lead to the key {key}"
        )));
    }
    if !keys::is_private_sound(folder, &keys) {
        breaks.push(Break::signature(
            "`key.private` does not belong to the log's newest public key",
        ));
    }
    Ok(Some(keys))
}

fn known_head(
    folder: &Folder,
    keys: &[PublicKey],
    breaks: &mut Vec<Break>,
) -> Result<Option<Checkpoint>, LogError> {
    // The turn to write, so that a head is not read while it is written; a medium nobody can write needs none.
    let _turn = folder.lock().ok();
    match state::head(folder, keys) {
        Ok((_, head)) => Ok(Some(head)),
        Err(LogError::Damaged(what)) => {
            breaks.push(Break::signature(what));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Entries by the files alone, when no head says how many there are.
fn counted(folder: &Folder) -> Result<u64, LogError> {
    let disk = LogError::disk(folder);
    let Some(last) = folder.segments().map_err(&disk)?.last().copied() else {
        return Ok(0);
    };
    let bytes = std::fs::read(folder.segment(last)).map_err(&disk)?;
    let lines = memchr::memchr_iter(b'\n', &bytes).count();
    Ok(last * SEGMENT + u64::try_from(lines).unwrap_or(u64::MAX).min(SEGMENT))
}

/// What the log said of itself before, kept in it or outside.
fn said(
    folder: &Folder,
    keys: &[PublicKey],
    against: &Against,
    breaks: &mut Vec<Break>,
) -> Result<Vec<(String, Checkpoint)>, LogError> {
    let mut said = Vec::new();
    let mut take = |name: String, checkpoint: Result<Checkpoint, NoteError>| match checkpoint {
        Ok(checkpoint) => said.push((name, checkpoint)),
        Err(error) => breaks.push(Break::signature(format!("{name}: {error}"))),
    };
    let disk = LogError::disk(folder);
    for path in Folder::listed(&folder.checkpoints()).map_err(&disk)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let note = small(&path).map_err(&disk)?.unwrap_or_default();
        take(format!("checkpoint {name}"), Checkpoint::own(&note, keys));
    }
    for (note, number) in against.checkpoints.iter().zip(1..) {
        let name = format!("checkpoint from outside, number {number}");
        take(name, Checkpoint::open(note, keys));
    }
    Ok(said)
}

fn wanted(said: &[(String, Checkpoint)], size: u64) -> Wanted {
    let mut wanted = Wanted::new();
    let sizes = said.iter().map(|(_, checkpoint)| checkpoint.size);
    for at in sizes.filter(|at| (1..size).contains(at)) {
        let segment = (at - 1) / SEGMENT;
        wanted
            .entry(segment)
            .or_default()
            .push(at - segment * SEGMENT);
    }
    for sizes in wanted.values_mut() {
        sizes.sort_unstable();
    }
    wanted
}

/// Reads all files of entries, several at once.
fn segments(
    folder: &Folder,
    size: u64,
    pruned: &Pruned,
    wanted: &Wanted,
    threads: usize,
) -> Result<Vec<Segment>, LogError> {
    let count = size.div_ceil(SEGMENT);
    let next = AtomicU64::new(0);
    let results = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let segment = next.fetch_add(1, Ordering::Relaxed);
            if segment >= count {
                return;
            }
            let leaves = SEGMENT.min(size - segment * SEGMENT);
            let sizes = wanted.get(&segment).map_or(&[][..], Vec::as_slice);
            let read = Segment::read(folder, segment, leaves, pruned, sizes);
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.insert(segment, read);
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let threads = if threads == 0 { processors } else { threads };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_values().collect()
}

/// Compares the files with each other and with the roots that were written down; the tree over all of them, if each
/// entry is what it was.
fn put_together(segments: &[Segment], roots: &[Hash], breaks: &mut Vec<Break>) -> Option<Frontier> {
    let mut tree = Some(Frontier::default());
    let mut before: Option<&Segment> = None;
    for (segment, number) in segments.iter().zip(0_u64..) {
        let first = number * SEGMENT + 1;
        if let Some(found) = &segment.found {
            breaks.push(found.clone());
        }
        let follows = before.and_then(|before| Some((before.last?, before.last_at.as_deref())));
        if let Some((last, at)) = follows {
            if segment.previous.is_some_and(|previous| previous != last) {
                breaks.push(altered(first - 1));
            } else if at
                .zip(segment.first_at.as_deref())
                .is_some_and(|(last, at)| at < last)
            {
                let text = format!("entry {first} was written before the one before it");
                breaks.push(Break::new(first, Fault::Altered, text));
            }
        }
        before = Some(segment);
        let is_whole = segment.found.is_none();
        if segment.tree.size() == SEGMENT && is_whole {
            let noted = usize::try_from(number).ok().and_then(|n| roots.get(n));
            if noted != Some(&segment.tree.root()) {
                let last = first + SEGMENT - 1;
                let text = format!(
                    "line {} of `roots`, of entries {first} to {last}, is not the root they have",
                    number + 1
                );
                breaks.push(Break::new(first, Fault::Altered, text));
            }
        }
        tree = tree.filter(|_| is_whole).map(|mut tree| {
            tree.join(&segment.tree);
            tree
        });
    }
    tree
}

fn altered(seq: u64) -> Break {
    let text = format!("entry {seq} was altered: the entry after it remembers another");
    Break::new(seq, Fault::Altered, text)
}

/// Bytes after the last acknowledged entry.
fn tail(folder: &Folder, size: u64, segments: &[Segment]) -> Result<u64, LogError> {
    let disk = LogError::disk(folder);
    let open = size / SEGMENT;
    let mut bytes = 0;
    for number in folder.segments().map_err(&disk)? {
        let length = std::fs::metadata(folder.segment(number))
            .map_err(&disk)?
            .len();
        let read = usize::try_from(number).ok().and_then(|n| segments.get(n));
        match read {
            Some(segment) if number == open && segment.found.is_none() => {
                bytes += length.saturating_sub(segment.bytes);
            }
            Some(_) => {}
            None => bytes += length,
        }
    }
    Ok(bytes)
}
