//! Why the log does not take an entry, or cannot be read.

use std::io;

use super::folder::Folder;

/// The log does not take an entry, or cannot be read. Whoever gets this must hand nothing out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// There is no room.
    #[error(
        "the access log in {folder} is full ({why}): what cannot be logged is refused. Make room on that disk, then ask again"
    )]
    Full {
        /// Where the log lies.
        folder: String,
        /// What the machine says.
        why: String,
    },
    /// The machine does not let it be read or written.
    #[error(
        "the access log in {folder} cannot be used ({why}): what cannot be logged is refused. Check the disk and the permissions of that folder, then ask again"
    )]
    Disk {
        /// Where the log lies.
        folder: String,
        /// What the machine says.
        why: String,
    },
    /// The files are not those this program left behind.
    #[error(
        "the access log is not as it was left: {0}. Nothing is added to it until it is put right: `madang verify` tells what is wrong; put the folder back from the backup, or begin a new log beside it with `madang log renew`"
    )]
    Damaged(String),
    /// An entry that is too long.
    #[error(
        "an entry of {bytes} bytes is too long for the access log, which takes {most}: ask a shorter question"
    )]
    Long {
        /// Its length.
        bytes: usize,
        /// The longest that is taken.
        most: usize,
    },
    /// An entry that has no text.
    #[error("an entry of the access log cannot be written: {0}")]
    Form(String),
    /// Files cannot be rewritten now.
    #[error(
        "the access log is being read whole, by a proof or a copy: try again when that has ended"
    )]
    Busy,
    /// There is no such entry or size.
    #[error("{0}")]
    Absent(String),
}

impl LogError {
    /// What a failure of the disk means in this folder.
    pub(super) fn disk(folder: &Folder) -> impl Fn(io::Error) -> Self + use<> {
        let folder = folder.path().display().to_string();
        move |error| {
            let (folder, why) = (folder.clone(), error.to_string());
            match error.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge
                | io::ErrorKind::WriteZero => Self::Full { folder, why },
                _ => Self::Disk { folder, why },
            }
        }
    }
}
