//! A log's files, read only: roots, proofs, copies. It needs neither the record store nor the private key.

use std::path::Path;

use super::folder::{Folder, replace};
use super::line::Line;
use super::note::{Checkpoint, PublicKey};
use super::page::searched;
use super::proofs::{Consistency, Inclusion};
use super::prove::Tree;
use super::tree::Hash;
use super::tree::proof::{self, Source as _};
use super::{LogError, keys, state};

/// Files that are evidence: everything but private keys and locks.
const EVIDENCE: [&str; 3] = ["keys", "roots", "head"];

/// A log's files as they were when it was opened.
#[derive(Clone, Debug)]
pub struct Files {
    folder: Folder,
    keys: Vec<PublicKey>,
    note: String,
    head: Checkpoint,
}

impl Files {
    /// The log in a folder.
    ///
    /// # Errors
    /// When there is none, or it is not to be believed.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let folder = Folder::new(path);
        let keys = keys::read(&folder)?
            .ok_or_else(|| LogError::Absent(format!("{} holds no access log", path.display())))?;
        let _turn = folder.lock().ok();
        let (note, head) = state::head(&folder, &keys)?;
        Ok(Self {
            folder,
            keys,
            note,
            head,
        })
    }

    /// Its public keys, oldest first.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// What it says of itself.
    pub fn head(&self) -> &Checkpoint {
        &self.head
    }

    /// The same, signed.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The root over the first `size` entries.
    ///
    /// # Errors
    /// When there are fewer, or they cannot be read.
    pub fn root(&self, size: u64) -> Result<Hash, LogError> {
        self.has(size)?;
        Tree::new(&self.folder, self.head.size)?.root(0, size)
    }

    /// The proof that entry `seq` is in the tree of the first `size`.
    ///
    /// # Errors
    /// When there is no such entry, or it cannot be read.
    pub fn inclusion(&self, seq: u64, size: u64) -> Result<Inclusion, LogError> {
        self.has(size)?;
        let index = seq.checked_sub(1).filter(|_| seq <= size);
        let index = index.ok_or_else(|| {
            LogError::Absent(format!("there is no entry {seq} among the first {size}"))
        })?;
        let mut tree = Tree::new(&self.folder, self.head.size)?;
        let leaf = tree.leaf(index)?;
        let mut bytes = Vec::new();
        searched(&self.folder, seq, &mut bytes)?;
        let line = Line::parse(&bytes).filter(|line| !line.is_pruned());
        let entry = line.map(|line| String::from_utf8_lossy(line.text).into_owned());
        Ok(Inclusion {
            seq,
            leaf_idx: index,
            tree_size: size,
            root: tree.root(0, size)?,
            leaf_hash: leaf,
            proof: proof::inclusion(&mut tree, index, size)?,
            entry,
            checkpoint: self.checkpoint(size),
        })
    }

    /// The proof that the tree of the first `size` entries begins with that of the first `earlier`.
    ///
    /// # Errors
    /// When there are fewer, or they cannot be read.
    pub fn consistency(&self, earlier: u64, size: u64) -> Result<Consistency, LogError> {
        self.has(size)?;
        if earlier == 0 || earlier > size {
            return Err(LogError::Absent(format!(
                "a tree of {earlier} entries is not the beginning of one of {size}: name 1 to {size}"
            )));
        }
        let mut tree = Tree::new(&self.folder, self.head.size)?;
        Ok(Consistency {
            size1: earlier,
            size2: size,
            root1: tree.root(0, earlier)?,
            root2: tree.root(0, size)?,
            proof: proof::consistency(&mut tree, earlier, size)?,
            checkpoint: self.checkpoint(size),
        })
    }

    /// Copies everything a stranger needs to prove the log: entries, roots, public keys, head, checkpoints, records of
    /// retention. Private keys stay.
    ///
    /// # Errors
    /// When it cannot be read, or the folder is not empty or cannot be written.
    pub fn export(&self, to: &Path) -> Result<(), LogError> {
        let disk = LogError::disk(&Folder::new(to));
        let _reading = self.folder.reading();
        std::fs::create_dir_all(to).map_err(&disk)?;
        if std::fs::read_dir(to).map_err(&disk)?.next().is_some() {
            return Err(LogError::Absent(format!(
                "{} is not empty: name a folder that is, or that is not there",
                to.display()
            )));
        }
        // The head comes first: what is added meanwhile lies behind it and has no standing in the copy.
        for name in EVIDENCE.iter().rev() {
            let Some(text) = self.folder.text(name).map_err(&disk)? else {
                continue;
            };
            let text = if *name == "head" { &self.note } else { &text };
            replace(&to.join(name), text.as_bytes()).map_err(&disk)?;
        }
        for segment in self.folder.segments().map_err(&disk)? {
            let from = self.folder.segment(segment);
            let name = from.file_name().unwrap_or_default();
            std::fs::copy(&from, to.join(name)).map_err(&disk)?;
        }
        for from in [self.folder.checkpoints(), self.folder.pruned()] {
            let below = to.join(from.file_name().unwrap_or_default());
            std::fs::create_dir_all(&below).map_err(&disk)?;
            for path in Folder::listed(&from).map_err(&disk)? {
                let name = path.file_name().unwrap_or_default();
                let is_later = name
                    .to_string_lossy()
                    .parse()
                    .is_ok_and(|size: u64| size > self.head.size);
                if !is_later || below.ends_with("pruned") {
                    std::fs::copy(&path, below.join(name)).map_err(&disk)?;
                }
            }
        }
        Ok(())
    }

    fn has(&self, size: u64) -> Result<(), LogError> {
        if size > self.head.size {
            return Err(LogError::Absent(format!(
                "the log has {} entries, not {size}",
                self.head.size
            )));
        }
        Ok(())
    }

    /// The signed note of a size, if there is one.
    fn checkpoint(&self, size: u64) -> Option<String> {
        if size == self.head.size {
            return Some(self.note.clone());
        }
        let path = self.folder.checkpoints().join(format!("{size:012}"));
        super::folder::small(&path).ok().flatten()
    }
}
