//! The log being written: entries become lines, lines become a group, a group is acknowledged.
//!
//! A group is acknowledged in three steps: its lines are on the disk, the roots of files it filled are on the disk, the
//! signed head that names it is on the disk. Whoever dies before the third has told nobody; what is found after the head
//! is cut. Several programs may write to one log: each does it under the file lock and begins from the head it finds.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::folder::{Disk, Folder, LONGEST, RealDisk, SEGMENT, replace};
use super::group::{Part, Salts, add, moment};
use super::line::Sealed;
use super::note::{Checkpoint, PublicKey, Signer};
use super::prove::Tree;
use super::state::{self, State};
use super::tree::Hash;
use super::{Entry, LogError, Receipt, keys};
use crate::clock::stamp;

/// When checkpoints are made, and where they are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// The longest time between checkpoints while entries are written. One is made whenever a file is full, too.
    pub every: TimeDelta,
    /// A folder that whoever must not be able to bend the log copies from, if the city names one.
    pub publish: Option<PathBuf>,
}

impl Default for Cadence {
    fn default() -> Self {
        Self {
            every: TimeDelta::days(1),
            publish: None,
        }
    }
}

/// The log being written.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) folder: Folder,
    disk: Arc<dyn Disk>,
    pub(super) cadence: Cadence,
    /// The log's name, where the record store knows it: another log is not written to.
    pub(super) origin: Option<String>,
    keys: Vec<PublicKey>,
    signer: Option<Signer>,
    state: Option<State>,
}

impl Book {
    /// The log in a folder; nothing is read or made yet.
    pub(super) fn new(path: &Path) -> Self {
        Self::on(path, Arc::new(RealDisk))
    }

    pub(super) fn on(path: &Path, disk: Arc<dyn Disk>) -> Self {
        Self {
            folder: Folder::new(path),
            disk,
            cadence: Cadence::default(),
            origin: None,
            keys: Vec::new(),
            signer: None,
            state: None,
        }
    }

    /// Makes the log if there is none, and tells its name.
    pub(super) fn found(&mut self, now: DateTime<Utc>) -> Result<String, LogError> {
        let disk = LogError::disk(&self.folder);
        std::fs::create_dir_all(self.folder.path()).map_err(&disk)?;
        let _turn = self.folder.lock().map_err(&disk)?;
        if let Some(keys) = keys::read(&self.folder)? {
            return Ok(keys.first().map(|key| key.name.clone()).unwrap_or_default());
        }
        if !self.folder.segments().map_err(&disk)?.is_empty() {
            return Err(LogError::Damaged("its `keys` are gone".to_owned()));
        }
        let signer = keys::make(&self.folder)?;
        let head = Checkpoint {
            origin: signer.public().name.clone(),
            size: 0,
            root: Hash::empty(),
            at: now,
        };
        std::fs::create_dir_all(self.folder.checkpoints()).map_err(&disk)?;
        std::fs::create_dir_all(self.folder.pruned()).map_err(&disk)?;
        replace(
            &self.folder.file("head"),
            signer.note(&head.text()).as_bytes(),
        )
        .map_err(&disk)?;
        keys::found(&self.folder, &signer).map_err(&disk)?;
        Ok(head.origin)
    }

    /// Appends entries; when this returns, they are on the disk and the head names them.
    pub(super) fn append(
        &mut self,
        entries: &[Entry],
        now: DateTime<Utc>,
    ) -> Result<Vec<Receipt>, LogError> {
        let _turn = self.turn()?;
        let state = self.current()?;
        let (at, clock) = moment(state.at, now);
        let mut salts = Salts::draw(entries.len())?;
        self.write(at, entries.len(), |seq, previous, n| {
            let entry = entries
                .get(n)
                .cloned()
                .ok_or_else(|| LogError::Form("gone".to_owned()))?;
            let sealed = Sealed {
                seq,
                at,
                previous,
                salt: Some(salts.next()),
                clock: clock.clone(),
                entry,
            };
            serde_json::to_string(&sealed).map_err(|error| LogError::Form(error.to_string()))
        })
    }

    /// Appends entries as they were written elsewhere, word by word.
    pub(super) fn append_texts(
        &mut self,
        first: u64,
        texts: &[String],
        at: DateTime<Utc>,
    ) -> Result<(), LogError> {
        let _turn = self.turn()?;
        let state = self.current()?;
        if state.tree.size() != first {
            let size = state.tree.size();
            return Err(LogError::Damaged(format!(
                "it grew to {size} entries while older ones were moved into it"
            )));
        }
        let (at, _) = moment(state.at, at);
        let text = |_, _, n: usize| {
            let text = texts.get(n).cloned();
            text.ok_or_else(|| LogError::Form("gone".to_owned()))
        };
        self.write(at, texts.len(), text).map(|_| ())
    }

    fn turn(&self) -> Result<File, LogError> {
        self.folder.lock().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => LogError::Damaged("its folder is gone".to_owned()),
            _ => LogError::disk(&self.folder)(error),
        })
    }

    /// What is known of the log; read anew when another program wrote since.
    fn current(&mut self) -> Result<State, LogError> {
        if let Some(state) = &self.state {
            let head = self.folder.text("head").ok().flatten();
            let length = self.open_length(state).ok();
            if head.as_ref() == Some(&state.head) && length == Some(state.bytes) {
                return Ok(state.clone());
            }
        }
        self.state = None;
        let keys = keys::read(&self.folder)?
            .ok_or_else(|| LogError::Damaged("its `keys` are gone".to_owned()))?;
        let origin = keys.first().map(|key| key.name.as_str());
        if let Some(known) = self
            .origin
            .as_deref()
            .filter(|known| Some(*known) != origin)
        {
            return Err(LogError::Damaged(format!(
                "the record store knows {known}, which is gone"
            )));
        }
        if self.signer.is_none() || self.keys != keys {
            self.signer = Some(keys::signer(&self.folder, &keys)?);
            self.keys = keys;
        }
        let state = state::recover(&self.folder, &self.keys)?;
        self.state = Some(state.clone());
        Ok(state)
    }

    fn open_length(&self, state: &State) -> io::Result<u64> {
        match std::fs::metadata(self.folder.segment(state.tree.size() / SEGMENT)) {
            Ok(file) => Ok(file.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn signer(&self) -> Result<&Signer, LogError> {
        let signer = self.signer.as_ref();
        signer.ok_or_else(|| LogError::Damaged("its key is gone".to_owned()))
    }

    /// Writes lines of `count` texts; the turn is held.
    fn write(
        &mut self,
        at: DateTime<Utc>,
        count: usize,
        mut text: impl FnMut(u64, Option<Hash>, usize) -> Result<String, LogError>,
    ) -> Result<Vec<Receipt>, LogError> {
        let mut state = self.current()?;
        let mut parts: Vec<Part> = Vec::new();
        let mut receipts = Vec::with_capacity(count);
        for n in 0..count {
            let seq = state.tree.size() + 1;
            let text = text(seq, state.last, n)?;
            if text.len() > LONGEST {
                let (bytes, most) = (text.len(), LONGEST);
                return Err(LogError::Long { bytes, most });
            }
            let leaf = Hash::leaf(text.as_bytes());
            add(&mut parts, &mut state, leaf, &text);
            receipts.push(Receipt {
                seq: i64::try_from(seq).unwrap_or(i64::MAX),
                at,
                hash: leaf.to_string(),
            });
        }
        state.at = at;
        let old = std::mem::take(&mut state.head);
        state.head = self.signed(&state)?;
        if let Err(error) = self.commit(&parts, &state) {
            // The head may be half written; the old one fits where it was.
            if let Err(error) = self.put_back(&old) {
                tracing::error!(%error, "failed to put the head of the access log back");
            }
            // What is half there is cut before the next group, or now if that is possible.
            self.state = None;
            let _cut_later = self.current();
            return Err(LogError::disk(&self.folder)(error));
        }
        let is_full = parts.iter().any(|part| part.root.is_some());
        let due = state
            .checkpoint_at
            .is_none_or(|last| at - last >= self.cadence.every);
        self.state = Some(state);
        if is_full || due {
            // The entries are safe; a checkpoint that could not be written is made with the next group.
            if let Err(error) = self.keep_checkpoint() {
                tracing::error!(%error, "failed to write a checkpoint of the access log");
            }
        }
        Ok(receipts)
    }

    fn signed(&self, state: &State) -> Result<String, LogError> {
        let signer = self.signer()?;
        let checkpoint = Checkpoint {
            origin: signer.public().name.clone(),
            size: state.tree.size(),
            root: state.tree.root(),
            at: state.at,
        };
        Ok(signer.note(&checkpoint.text()))
    }

    /// The three steps.
    fn commit(&self, parts: &[Part], state: &State) -> io::Result<()> {
        for part in parts {
            let path = self.folder.segment(part.segment);
            let mut file = File::options().create(true).append(true).open(path)?;
            let is_new = file.metadata()?.len() == 0;
            self.disk.write(&mut file, &part.bytes)?;
            self.disk.sync(&file)?;
            if is_new {
                self.folder.sync()?;
            }
            if let Some(root) = part.root {
                let mut file = File::options()
                    .create(true)
                    .write(true)
                    .truncate(false)
                    .open(self.folder.file("roots"))?;
                file.seek(SeekFrom::Start(state::roots_bytes(part.segment)))?;
                self.disk.write(&mut file, format!("{root}\n").as_bytes())?;
                self.disk.sync(&file)?;
            }
        }
        // It never becomes shorter, so it can be written over in place.
        let mut file = File::options().write(true).open(self.folder.file("head"))?;
        self.disk.write(&mut file, state.head.as_bytes())?;
        self.disk.sync(&file)
    }

    /// Puts the head back that was there before.
    fn put_back(&self, old: &str) -> io::Result<()> {
        let mut file = File::options().write(true).open(self.folder.file("head"))?;
        file.write_all(old.as_bytes())?;
        file.set_len(u64::try_from(old.len()).unwrap_or(u64::MAX))?;
        file.sync_data()
    }

    /// Writes the head down as a checkpoint, and publishes it where the city says.
    fn keep_checkpoint(&mut self) -> Result<(), LogError> {
        let Some(state) = &mut self.state else {
            return Ok(());
        };
        let disk = LogError::disk(&self.folder);
        let name = format!("{:012}", state.tree.size());
        std::fs::create_dir_all(self.folder.checkpoints()).map_err(&disk)?;
        let path = self.folder.checkpoints().join(&name);
        replace(&path, state.head.as_bytes()).map_err(&disk)?;
        state.checkpoint_at = Some(state.at);
        if let (Some(publish), Some(key)) = (&self.cadence.publish, self.keys.first()) {
            let disk = LogError::disk(&Folder::new(publish));
            std::fs::create_dir_all(publish).map_err(&disk)?;
            let path = publish.join(format!("{}-{name}.checkpoint", key.name));
            std::fs::write(path, state.head.as_bytes()).map_err(&disk)?;
        }
        Ok(())
    }

    /// A checkpoint of all there is, kept and given back.
    pub(super) fn checkpoint(&mut self) -> Result<String, LogError> {
        let _turn = self.turn()?;
        let state = self.current()?;
        self.keep_checkpoint()?;
        Ok(state.head)
    }

    /// Changes the key that signs; from the next group on the head is signed by the new one.
    pub(super) fn rotate_key(&mut self) -> Result<PublicKey, LogError> {
        let _turn = self.turn()?;
        let state = self.current()?;
        let new = keys::rotate(&self.folder, self.signer()?, state.tree.size())?;
        let public = new.public().clone();
        self.keys.push(public.clone());
        self.signer = Some(new);
        self.state = None;
        Ok(public)
    }

    /// Entries there are.
    pub(super) fn size(&mut self) -> Result<u64, LogError> {
        let _turn = self.turn()?;
        Ok(self.current()?.tree.size())
    }

    /// The leaf of an entry.
    pub(super) fn leaf(&mut self, seq: u64) -> Result<Hash, LogError> {
        let size = self.size()?;
        Tree::new(&self.folder, size)?.leaf(seq.saturating_sub(1))
    }

    /// Gives the folder another name; tells it, and what the log last said of itself.
    pub(super) fn put_aside(&mut self, now: DateTime<Utc>) -> Result<(PathBuf, String), LogError> {
        let disk = LogError::disk(&self.folder);
        let last = self.folder.text("head").ok().flatten();
        let day = stamp(now).replace([':', '.'], "-");
        let name = self.folder.path().file_name().unwrap_or_default();
        let kept = format!("{}-until-{day}", name.to_string_lossy());
        let kept = self.folder.path().with_file_name(kept);
        self.state = None;
        self.signer = None;
        if self.folder.path().exists() {
            let _turn = self.turn()?;
            std::fs::rename(self.folder.path(), &kept).map_err(&disk)?;
        }
        Ok((kept, last.unwrap_or_default()))
    }

    /// The key that signs, for a record that is no entry.
    pub(super) fn sign(&mut self, text: &str) -> Result<String, LogError> {
        self.current()?;
        Ok(self.signer()?.note(text))
    }

    /// Holds the turn while files are rewritten; what is known of them is read anew afterwards.
    pub(super) fn rewriting(&mut self) -> Result<(File, File), LogError> {
        let disk = LogError::disk(&self.folder);
        let reading = self
            .folder
            .rewriting()
            .map_err(&disk)?
            .ok_or(LogError::Busy)?;
        let turn = self.turn()?;
        self.current()?;
        self.state = None;
        Ok((reading, turn))
    }
}
