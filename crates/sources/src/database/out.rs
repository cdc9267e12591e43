//! Rows → a file, its hash, or a few rows kept.

use std::path::Path;

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::cells::{Cells, Spelling, quoted};
use crate::Progress;

/// Bytes gathered before they are written.
const GATHERED: usize = 256 << 10;
/// A person is told after so many rows.
const TOLD_ROWS: u64 = 10_000;
/// Says that what follows is UTF-8, so that nobody has to guess.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Where rows go.
pub(super) struct Out<'o> {
    file: Option<File>,
    gathered: Vec<u8>,
    hash: Sha256,
    spellings: Vec<Spelling>,
    rows: u64,
    kept: Vec<Vec<Option<String>>>,
    /// Rows that may be kept.
    keep: usize,
    progress: Option<&'o (dyn Fn(Progress) + Sync)>,
}

/// What became of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) rows: u64,
    /// SHA-256 of the rows, without the header.
    pub(super) sha256: String,
}

impl<'o> Out<'o> {
    /// Rows go to a new file with this header.
    pub(super) async fn file(
        path: &Path,
        header: &[&str],
        spellings: Vec<Spelling>,
        progress: &'o (dyn Fn(Progress) + Sync),
    ) -> std::io::Result<Self> {
        let mut out = Self::hashed(spellings);
        out.file = Some(File::create(path).await?);
        out.progress = Some(progress);
        out.gathered.extend_from_slice(MARK);
        for (at, name) in header.iter().enumerate() {
            if at > 0 {
                out.gathered.push(b',');
            }
            quoted(name.as_bytes(), &mut out.gathered);
        }
        out.gathered.push(b'\n');
        out.write().await?;
        Ok(out)
    }

    /// Rows are only hashed.
    pub(super) fn hashed(spellings: Vec<Spelling>) -> Self {
        Self {
            file: None,
            gathered: Vec::new(),
            hash: Sha256::new(),
            spellings,
            rows: 0,
            kept: Vec::new(),
            keep: 0,
            progress: None,
        }
    }

    /// The first rows are kept as they came.
    pub(super) fn kept(keep: usize) -> Self {
        Self {
            keep,
            ..Self::hashed(Vec::new())
        }
    }

    pub(super) async fn row(&mut self, cells: &Cells) -> std::io::Result<()> {
        self.rows += 1;
        if self.kept.len() < self.keep {
            let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
            self.kept
                .push(cells.iter().map(|cell| cell.map(text)).collect());
        }
        let begin = self.gathered.len();
        for (at, (cell, spelling)) in cells.iter().zip(&self.spellings).enumerate() {
            if at > 0 {
                self.gathered.push(b',');
            }
            spelling.write(cell, &mut self.gathered);
        }
        // A line without any sign would be none: its only column has no value.
        if self.spellings.len() == 1 && self.gathered.len() == begin {
            self.gathered.extend_from_slice(b"\"\"");
        }
        self.gathered.push(b'\n');
        if self.gathered.len() >= GATHERED {
            self.hash_and_write().await?;
        }
        if self.rows.is_multiple_of(TOLD_ROWS)
            && let Some(progress) = self.progress
        {
            progress(Progress::Rows(self.rows));
        }
        Ok(())
    }

    async fn hash_and_write(&mut self) -> std::io::Result<()> {
        self.hash.update(&self.gathered);
        self.write().await
    }

    async fn write(&mut self) -> std::io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(&self.gathered).await?;
        }
        self.gathered.clear();
        Ok(())
    }

    /// All rows have come.
    pub(super) async fn done(mut self) -> std::io::Result<Written> {
        self.hash_and_write().await?;
        if let Some(file) = &mut self.file {
            file.flush().await?;
        }
        if let Some(progress) = self.progress {
            progress(Progress::Rows(self.rows));
        }
        let hash = self.hash.finalize();
        Ok(Written {
            rows: self.rows,
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn into_kept(self) -> Vec<Vec<Option<String>>> {
        self.kept
    }
}
