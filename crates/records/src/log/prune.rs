//! Retention: entries whose time is over leave their hashes, so that the tree still stands.
//!
//! What was taken away is recorded first, signed, in `pruned/`; then each file is written anew beside the old one and takes
//! its place. Whoever dies in between has recorded more than was taken, which is no contradiction.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::book::Book;
use super::folder::{Folder, SEGMENT, replace, small};
use super::line::{self, Line};
use super::note::{PublicKey, own};
use super::state;
use super::tree::Hash;
use super::verify::Break;
use super::{Entry, LogError};
use crate::clock::stamp;

/// How long an entry is kept, by what it touched.
pub trait Keep: Send + Sync {
    /// How long this one is kept.
    fn kept_for(&self, entry: &Entry) -> TimeDelta;
    /// The shortest time anything is kept.
    fn shortest(&self) -> TimeDelta;
}

/// What was taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruning {
    /// Entries that left only their hash.
    pub entries: u64,
    /// The first and the last of their numbers, in order, for all that stand beside each other.
    pub ranges: Vec<(u64, u64)>,
}

/// Numbers of entries of which only the hash is left, by signed records.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    /// First and last, in order, apart from each other.
    ranges: Vec<(u64, u64)>,
}

const HEAD: &str = "pruned from ";
/// Ranges in one record.
const RANGES: usize = 200_000;

impl Pruned {
    pub(super) fn has(&self, seq: u64) -> bool {
        let after = self.ranges.partition_point(|(first, _)| *first <= seq);
        let range = after.checked_sub(1).and_then(|n| self.ranges.get(n));
        range.is_some_and(|(_, last)| seq <= *last)
    }

    /// Reads the records; those that do not hold are told.
    pub(super) fn read(
        folder: &Folder,
        keys: &[PublicKey],
        breaks: &mut Vec<Break>,
    ) -> Result<Self, LogError> {
        let disk = LogError::disk(folder);
        let mut ranges = Vec::new();
        for path in Folder::listed(&folder.pruned()).map_err(&disk)? {
            let note = small(&path).map_err(&disk)?.unwrap_or_default();
            let read = own(&note, keys).map_err(|error| error.to_string());
            let read = read.and_then(|text| {
                record(text, keys).ok_or_else(|| "it does not have the form of one".to_owned())
            });
            match read {
                Ok(found) => ranges.extend(found),
                Err(why) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    breaks.push(Break::signature(format!(
                        "the record {name} of what retention took away: {why}"
                    )));
                }
            }
        }
        Ok(Self::of(ranges))
    }

    fn of(mut ranges: Vec<(u64, u64)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        Self { ranges: joined }
    }
}

/// Numbers as a record names them: `1-500,502`.
fn numbers(ranges: &[(u64, u64)]) -> String {
    let range = |(first, last): &(u64, u64)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    let ranges: Vec<String> = ranges.iter().map(range).collect();
    ranges.join(",")
}

/// The numbers a signed record names.
fn record(text: &str, keys: &[PublicKey]) -> Option<Vec<(u64, u64)>> {
    let mut lines = text.lines();
    let name = lines.next()?.strip_prefix(HEAD)?;
    if keys.first().is_none_or(|key| key.name != name) {
        return None;
    }
    lines.next()?.strip_prefix("at ")?;
    let numbers = lines.next()?;
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some((first.parse().ok()?, last.parse().ok()?))
    };
    numbers.split(',').map(range).collect()
}

/// Takes away what has been kept long enough.
pub(super) fn prune(
    book: &mut Book,
    keep: &dyn Keep,
    now: DateTime<Utc>,
) -> Result<Pruning, LogError> {
    let _held = book.rewriting()?;
    let folder = book.folder.clone();
    let keys = super::keys::read(&folder)?.unwrap_or_default();
    let (_, head) = state::head(&folder, &keys)?;
    let mut over = Vec::new();
    for segment in 0..head.size.div_ceil(SEGMENT) {
        let count = SEGMENT.min(head.size - segment * SEGMENT);
        if !find(&folder, segment, count, keep, now, &mut over)? {
            break;
        }
    }
    if over.is_empty() {
        return Ok(Pruning::default());
    }
    let entries = u64::try_from(over.len()).unwrap_or(u64::MAX);
    let gone = Pruned::of(over.iter().map(|seq| (*seq, *seq)).collect());
    let name = keys.first().map(|key| key.name.clone()).unwrap_or_default();
    for part in gone.ranges.chunks(RANGES) {
        let numbers = numbers(part);
        let note = book.sign(&format!("{HEAD}{name}\nat {}\n{numbers}\n", stamp(now)))?;
        record_to(&folder, &note).map_err(LogError::disk(&folder))?;
    }
    let mut segments: Vec<u64> = over.iter().map(|seq| (seq - 1) / SEGMENT).collect();
    segments.dedup();
    for segment in segments {
        let count = SEGMENT.min(head.size - segment * SEGMENT);
        rewrite(&folder, segment, count, &gone)?;
    }
    Ok(Pruning {
        entries,
        ranges: gone.ranges,
    })
}

/// Writes the next record.
fn record_to(folder: &Folder, note: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.pruned())?;
    let records = Folder::listed(&folder.pruned())?.len();
    let path = folder.pruned().join(format!("{:012}", records + 1));
    replace(&path, note.as_bytes())
}

/// Adds the numbers of entries whose time is over; false when all later ones are too young.
fn find(
    folder: &Folder,
    segment: u64,
    count: u64,
    keep: &dyn Keep,
    now: DateTime<Utc>,
    over: &mut Vec<u64>,
) -> Result<bool, LogError> {
    let young = stamp(now - keep.shortest());
    let mut may_go_on = true;
    let mut seq = segment * SEGMENT;
    let mut altered = None;
    state::each(folder, segment, count, &mut |line, _| {
        seq += 1;
        if line.is_pruned() || !may_go_on {
            return;
        }
        if line.at().is_none_or(|at| at > young.as_bytes()) {
            may_go_on = line.at().is_none();
            return;
        }
        if let Ok(sealed) = line.sealed()
            && sealed.at + keep.kept_for(&sealed.entry) <= now
        {
            // Taking it away would take away the proof that somebody changed it.
            if Hash::leaf(line.text) != line.leaf {
                altered.get_or_insert(seq);
            }
            over.push(seq);
        }
    })?;
    match altered {
        Some(seq) => Err(LogError::Damaged(format!("entry {seq} was altered"))),
        None => Ok(may_go_on),
    }
}

/// Writes a file anew without the texts of what is gone.
fn rewrite(folder: &Folder, segment: u64, count: u64, gone: &Pruned) -> Result<(), LogError> {
    let disk = LogError::disk(folder);
    let path = folder.segment(segment);
    let next = path.with_extension("next");
    let mut reader = BufReader::new(File::open(&path).map_err(&disk)?);
    let mut writer = BufWriter::new(File::create(&next).map_err(&disk)?);
    let mut bytes = Vec::new();
    let mut short = Vec::new();
    for n in 1..=count {
        line::next(&mut reader, &mut bytes).map_err(&disk)?;
        let seq = segment * SEGMENT + n;
        let line = Line::parse(&bytes)
            .ok_or_else(|| LogError::Damaged(format!("entry {seq} has no line")))?;
        let written = if gone.has(seq) {
            short.clear();
            line::write(&mut short, &line.leaf, "");
            writer.write_all(&short)
        } else {
            writer.write_all(&bytes)
        };
        written.map_err(&disk)?;
    }
    let file = writer
        .into_inner()
        .map_err(|error| disk(error.into_error()))?;
    file.sync_all().map_err(&disk)?;
    std::fs::rename(&next, &path).map_err(&disk)?;
    folder.sync().map_err(&disk)
}
