//! What must be known to add to a log: read from the files, and the files brought to what was last acknowledged.

use std::fs::File;
use std::io::{self, BufReader};

use chrono::{DateTime, Utc};

use super::LogError;
use super::folder::{Folder, HEIGHT, SEGMENT, small};
use super::line::{self, Line};
use super::note::{Checkpoint, PublicKey};
use super::tree::{Frontier, Hash};

/// Bytes of a line in `roots`.
const ROOT: u64 = 45;

/// What must be known to add to a log.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The head as it is written.
    pub(super) head: String,
    /// When the last entry was written.
    pub(super) at: DateTime<Utc>,
    /// The tree.
    pub(super) tree: Frontier,
    /// The tree over the file that is being written.
    pub(super) open: Frontier,
    /// Bytes of that file that were acknowledged.
    pub(super) bytes: u64,
    /// The last leaf.
    pub(super) last: Option<Hash>,
    /// When the newest checkpoint was made.
    pub(super) checkpoint_at: Option<DateTime<Utc>>,
}

/// The roots of full files, as they were written down.
pub(super) fn roots(folder: &Folder) -> Result<Vec<Hash>, LogError> {
    let text = folder.text("roots").map_err(LogError::disk(folder))?;
    let text = text.unwrap_or_default();
    // A last line that was not finished has no standing.
    let whole = text.rfind('\n').and_then(|end| text.get(..=end));
    whole
        .unwrap_or_default()
        .lines()
        .zip(1..)
        .map(|(line, number)| {
            Hash::parse(line)
                .ok_or_else(|| LogError::Damaged(format!("line {number} of `roots` is no root")))
        })
        .collect()
}

/// The signed head.
pub(super) fn head(folder: &Folder, keys: &[PublicKey]) -> Result<(String, Checkpoint), LogError> {
    let note = folder.text("head").map_err(LogError::disk(folder))?;
    let note = note.ok_or_else(|| LogError::Damaged("its `head` is gone".to_owned()))?;
    let checkpoint = Checkpoint::own(&note, keys)
        .map_err(|error| LogError::Damaged(format!("`head` is not to be believed: {error}")))?;
    Ok((note, checkpoint))
}

/// Reads what was acknowledged and cuts what comes after it: what was being written when the program or the machine died,
/// and nobody was told of. Nothing is cut before all that was acknowledged has been found.
pub(super) fn recover(folder: &Folder, keys: &[PublicKey]) -> Result<State, LogError> {
    let (note, head) = head(folder, keys)?;
    let (full, rest) = (head.size / SEGMENT, head.size % SEGMENT);
    let mut tree = Frontier::default();
    let mut known = roots(folder)?;
    let known_before = known.len();
    while u64::try_from(known.len()).unwrap_or(u64::MAX) < full {
        // The program died between a full file and the note of its root.
        let segment = u64::try_from(known.len()).unwrap_or(u64::MAX);
        known.push(leaves(folder, segment, SEGMENT)?.tree.root());
    }
    for root in known
        .iter()
        .take(usize::try_from(full).unwrap_or(usize::MAX))
    {
        tree.push_full(HEIGHT, *root);
    }
    let open = leaves(folder, full, rest)?;
    let last = match (open.last, full.checked_sub(1)) {
        (None, Some(before)) => leaves(folder, before, SEGMENT)?.last,
        (last, _) => last,
    };
    tree.join(&open.tree);
    if tree.root() != head.root {
        return Err(LogError::Damaged(
            "its entries do not have the root that `head` names".to_owned(),
        ));
    }
    cut(folder, full, open.bytes).map_err(LogError::disk(folder))?;
    if known_before != usize::try_from(full).unwrap_or(usize::MAX) {
        known.truncate(usize::try_from(full).unwrap_or(usize::MAX));
        let text: String = known.iter().map(|root| format!("{root}\n")).collect();
        super::folder::replace(&folder.file("roots"), text.as_bytes())
            .map_err(LogError::disk(folder))?;
    }
    Ok(State {
        head: note,
        at: head.at,
        tree,
        bytes: open.bytes,
        open: open.tree,
        last,
        checkpoint_at: newest_checkpoint(folder, keys)?,
    })
}

/// The leaves of a file, put together.
struct Leaves {
    tree: Frontier,
    bytes: u64,
    last: Option<Hash>,
}

/// Reads the first `count` leaves of a file.
fn leaves(folder: &Folder, segment: u64, count: u64) -> Result<Leaves, LogError> {
    let mut found = Leaves {
        tree: Frontier::default(),
        bytes: 0,
        last: None,
    };
    if count == 0 {
        return Ok(found);
    }
    each(folder, segment, count, &mut |line, length| {
        found.tree.push(line.leaf);
        found.bytes += length;
        found.last = Some(line.leaf);
    })?;
    Ok(found)
}

/// Goes over the first `count` lines of a file; says which entry is not there.
pub(super) fn each(
    folder: &Folder,
    segment: u64,
    count: u64,
    take: &mut dyn FnMut(&Line<'_>, u64),
) -> Result<(), LogError> {
    let path = folder.segment(segment);
    let missing = |n: u64| {
        LogError::Damaged(format!(
            "entry {} is not in {}",
            segment * SEGMENT + n + 1,
            path.display()
        ))
    };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing(0)),
        Err(error) => return Err(LogError::disk(folder)(error)),
    };
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let mut bytes = Vec::new();
    for n in 0..count {
        if !line::next(&mut reader, &mut bytes).map_err(LogError::disk(folder))? {
            return Err(missing(n));
        }
        let line = Line::parse(&bytes).ok_or_else(|| missing(n))?;
        take(&line, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }
    Ok(())
}

/// Cuts what nobody was told of.
fn cut(folder: &Folder, segment: u64, bytes: u64) -> io::Result<()> {
    for later in folder
        .segments()?
        .into_iter()
        .filter(|found| *found > segment)
    {
        tracing::warn!(
            segment = later,
            "cut a file of the access log that was never acknowledged"
        );
        std::fs::remove_file(folder.segment(later))?;
    }
    let path = folder.segment(segment);
    let file = match File::options().write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    if length > bytes {
        tracing::warn!(
            bytes = length - bytes,
            "cut the end of the access log that was never acknowledged"
        );
        file.set_len(bytes)?;
        file.sync_all()?;
    }
    Ok(())
}

fn newest_checkpoint(
    folder: &Folder,
    keys: &[PublicKey],
) -> Result<Option<DateTime<Utc>>, LogError> {
    let listed = Folder::listed(&folder.checkpoints()).map_err(LogError::disk(folder))?;
    let Some(newest) = listed.last() else {
        return Ok(None);
    };
    let note = small(newest).map_err(LogError::disk(folder))?;
    // One that does not hold is told by `verify`; here it only means that another is due.
    Ok(note
        .and_then(|note| Checkpoint::open(&note, keys).ok())
        .map(|checkpoint| checkpoint.at))
}

/// Bytes of `roots` after so many full files.
pub(super) fn roots_bytes(full: u64) -> u64 {
    full * ROOT
}
