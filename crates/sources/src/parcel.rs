//! Files of a load as they arrive from a storage: one folder each below the staging folder.

use std::path::{Path, PathBuf};

use city::dataset::{Format, FormatKind};
use tokio::io::AsyncWriteExt as _;

use super::{FetchContext, FetchError, Fetched, Progress, files};

/// The files so far.
pub(super) struct Parcels<'p> {
    context: &'p FetchContext<'p>,
    is_shapefile: bool,
    bytes: u64,
    bytes_in_all: Option<u64>,
    files: Vec<Fetched>,
}

impl<'p> Parcels<'p> {
    pub(super) fn new(
        context: &'p FetchContext<'p>,
        format: &Format,
        bytes_in_all: Option<u64>,
    ) -> Self {
        Self {
            context,
            is_shapefile: format.kind == FormatKind::Shapefile && format.inner.is_none(),
            bytes: 0,
            bytes_in_all,
            files: Vec::new(),
        }
    }

    /// Where the next file goes; what is there of one that was left is thrown away. Nothing of a stranger's name
    /// but its ending is used.
    pub(super) fn path(&self, name: &str) -> std::io::Result<PathBuf> {
        let folder = self
            .context
            .staging
            .join(format!("file-{:05}", self.files.len() + 1));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(format!("file{}", ending(name))))
    }

    /// Whether it is a shapefile whose companions lie beside it.
    pub(super) fn is_loose(&self, name: &str) -> bool {
        self.is_shapefile && ending(name) == ".shp"
    }

    /// Where a file that belongs to the shapefile at `path` goes; nothing when it does not belong to it.
    pub(super) fn companion(shp: &str, path: &Path, name: &str) -> Option<PathBuf> {
        let stem = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let own = ending(name);
        let is_one = stem(shp) == stem(name)
            && files::SHAPEFILE_ENDINGS
                .iter()
                .any(|ending| own.strip_prefix('.') == Some(ending));
        (is_one && own != ".shp").then(|| path.with_file_name(format!("file{own}")))
    }

    /// The file at `path` and what belongs to it are whole.
    pub(super) fn add(&mut self, name: String, path: PathBuf) -> Result<(), FetchError> {
        let path = if self.is_shapefile && path.extension().is_some_and(|own| own == "shp") {
            files::gather(&path, path.parent().unwrap_or(self.context.staging))?
        } else {
            path
        };
        self.files.push(Fetched { name, path });
        Ok(())
    }

    /// So many bytes more.
    pub(super) fn came(&mut self, bytes: u64) {
        self.bytes += bytes;
        (self.context.progress)(Progress::Bytes(self.bytes, self.bytes_in_all));
    }

    /// So many bytes have to come again.
    pub(super) fn lost(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    pub(super) fn done(self) -> Vec<Fetched> {
        self.files
    }
}

/// The ending with its point, in lower case; nothing when it is odd.
fn ending(name: &str) -> String {
    const LETTERS_MAX: usize = 10;
    match name.rsplit_once('.') {
        Some((_, ending))
            if (1..=LETTERS_MAX).contains(&ending.len())
                && ending.chars().all(|sign| sign.is_ascii_alphanumeric()) =>
        {
            format!(".{}", ending.to_lowercase())
        }
        _ => String::new(),
    }
}

/// A file that is being written.
pub(super) struct Part {
    file: tokio::fs::File,
    bytes: u64,
}

impl Part {
    pub(super) async fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self {
            file: tokio::fs::File::create(path).await?,
            bytes: 0,
        })
    }

    /// Bytes that have come.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes).await?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Begins anew; gives the bytes thrown away.
    pub(super) async fn restart(&mut self) -> std::io::Result<u64> {
        use tokio::io::AsyncSeekExt as _;
        self.file.flush().await?;
        self.file.set_len(0).await?;
        self.file.rewind().await?;
        Ok(std::mem::take(&mut self.bytes))
    }

    pub(super) async fn finish(mut self) -> std::io::Result<()> {
        self.file.flush().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_ending_of_a_strangers_name_is_used() {
        for (name, own) in [
            ("a/주차장.CSV", ".csv"),
            ("a.tar.gz", ".gz"),
            ("a", ""),
            ("a.b/c", ""),
            ("a.../../etc", ""),
            ("a.csv ", ""),
            ("a.averylongending", ""),
        ] {
            assert_eq!(ending(name), own, "{name}");
        }
    }
}
