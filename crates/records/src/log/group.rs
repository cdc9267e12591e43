//! A group of lines: to which files they go, when they are written, the bits nobody can guess.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Utc};

use super::folder::SEGMENT;
use super::state::State;
use super::tree::{Frontier, Hash};
use super::{LogError, keys, line};
use crate::clock::stamp;

/// Random bytes of an entry.
const SALT: usize = 12;

/// Lines of a group that go to one file.
pub(super) struct Part {
    pub(super) segment: u64,
    pub(super) bytes: Vec<u8>,
    /// The root of the file, if this part fills it.
    pub(super) root: Option<Hash>,
}

/// Adds a line to a group.
pub(super) fn add(parts: &mut Vec<Part>, state: &mut State, leaf: Hash, text: &str) {
    let segment = state.tree.size() / SEGMENT;
    if parts.last().is_none_or(|part| part.segment != segment) {
        parts.push(Part {
            segment,
            bytes: Vec::new(),
            root: None,
        });
    }
    state.tree.push(leaf);
    state.open.push(leaf);
    state.last = Some(leaf);
    let Some(part) = parts.last_mut() else {
        return;
    };
    let before = part.bytes.len();
    line::write(&mut part.bytes, &leaf, text);
    state.bytes += u64::try_from(part.bytes.len() - before).unwrap_or(u64::MAX);
    if state.open.size() == SEGMENT {
        part.root = Some(state.open.root());
        state.open = Frontier::default();
        state.bytes = 0;
    }
}

/// The moment of a group: never before the one before it. When the machine's clock says otherwise, what it says is kept.
pub(super) fn moment(last: DateTime<Utc>, now: DateTime<Utc>) -> (DateTime<Utc>, Option<String>) {
    if now >= last {
        return (now, None);
    }
    tracing::warn!(
        clock = %stamp(now), last = %stamp(last),
        "the machine's clock went backwards; the access log keeps to the last moment it knew"
    );
    (last, Some(stamp(now)))
}

/// Random bits for a group.
pub(super) struct Salts {
    bytes: Vec<u8>,
    used: usize,
}

impl Salts {
    pub(super) fn draw(count: usize) -> Result<Self, LogError> {
        let mut bytes = vec![0; count * SALT];
        keys::random(&mut bytes)?;
        Ok(Self { bytes, used: 0 })
    }

    pub(super) fn next(&mut self) -> String {
        let next = self.bytes.get(self.used..self.used + SALT);
        self.used += SALT;
        STANDARD_NO_PAD.encode(next.unwrap_or_default())
    }
}
