//! The files on a server.

use city::Fault;
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{FileAttributes, StatusCode};

use super::server::{Line, Server};
use crate::patience::Failed;
use crate::pattern::{Found, Wanted};

/// Names looked at; a server that lists on and on is stopped.
const NAMES_MAX: usize = 1_000_000;
/// Folders entered.
const FOLDERS_MAX: usize = 10_000;
/// Folders inside each other; links can lead in a circle.
const DEPTH_MAX: usize = 32;

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) bytes: u64,
    modified: u32,
}

impl Look {
    pub(super) fn of(file: &FileAttributes) -> Self {
        Self {
            bytes: file.size.unwrap_or_default(),
            modified: file.mtime.unwrap_or_default(),
        }
    }
}

/// The files that match.
pub(super) async fn matching(line: &mut Line<'_>, wanted: &Wanted) -> Result<Found<Look>, Failed> {
    let server = line.server;
    let lists = &line.session().await?.lists;
    let mut walk = Walk {
        server,
        lists,
        wanted,
        found: Found::new(server.source.take),
        folders: vec![(wanted.base().to_owned(), 0)],
        names: 0,
    };
    if let Some(only) = wanted.only() {
        match lists.stat(only).await {
            Ok(file) if file.attrs.is_regular() => {
                walk.found
                    .add(wanted, only.to_owned(), Look::of(&file.attrs));
                return Ok(walk.found);
            }
            Ok(_) | Err(Error::Status(_)) => (),
            Err(error) => return Err(server.no_answer(&error)),
        }
    }
    let mut entered = 0;
    while let Some((folder, depth)) = walk.folders.pop() {
        entered += 1;
        if entered > FOLDERS_MAX {
            return Err(walk.too_many("folders"));
        }
        walk.enter(&folder, depth).await?;
    }
    Ok(walk.found)
}

struct Walk<'w> {
    server: &'w Server<'w>,
    lists: &'w RawSftpSession,
    wanted: &'w Wanted,
    found: Found<Look>,
    folders: Vec<(String, usize)>,
    names: usize,
}

impl Walk<'_> {
    async fn enter(&mut self, folder: &str, depth: usize) -> Result<(), Failed> {
        let path = if folder.is_empty() { "." } else { folder };
        let handle = match self.lists.opendir(path).await {
            Ok(handle) => handle.handle,
            // One of many that may not be entered is as if it were not there; the first is told.
            Err(Error::Status(_)) if depth > 0 => return Ok(()),
            Err(error) => return Err(self.refused(path, &error)),
        };
        loop {
            match self.lists.readdir(handle.clone()).await {
                Ok(names) => {
                    for file in names.files {
                        self.look(folder, depth, &file.filename, &file.attrs)
                            .await?;
                    }
                }
                Err(Error::Status(status)) if status.status_code == StatusCode::Eof => break,
                Err(error) => return Err(self.refused(path, &error)),
            }
        }
        self.lists
            .close(handle)
            .await
            .map_err(|error| self.server.no_answer(&error))?;
        Ok(())
    }

    async fn look(
        &mut self,
        folder: &str,
        depth: usize,
        name: &str,
        file: &FileAttributes,
    ) -> Result<(), Failed> {
        self.names += 1;
        if self.names > NAMES_MAX {
            return Err(self.too_many("names"));
        }
        // A name with a `/` in it is no name: it would lead elsewhere.
        if name.is_empty() || name == "." || name == ".." || name.contains('/') {
            return Ok(());
        }
        let path = match folder {
            "" => name.to_owned(),
            folder => format!("{}/{name}", folder.trim_end_matches('/')),
        };
        let may_enter = depth < DEPTH_MAX && self.wanted.enters(depth, name);
        let is_plain = file.permissions.is_some() && !file.is_symlink();
        let followed = if is_plain || !(may_enter || self.wanted.matches(&path)) {
            file.clone()
        } else {
            match self.lists.stat(path.clone()).await {
                Ok(file) => file.attrs,
                // A link that leads nowhere.
                Err(Error::Status(_)) => return Ok(()),
                Err(error) => return Err(self.server.no_answer(&error)),
            }
        };
        if followed.is_dir() {
            if may_enter {
                self.folders.push((path, depth + 1));
            }
        } else if followed.is_regular() {
            self.found.add(self.wanted, path, Look::of(&followed));
        }
        Ok(())
    }

    fn refused(&self, path: &str, error: &Error) -> Failed {
        let Error::Status(status) = error else {
            return self.server.no_answer(error);
        };
        let (what, remedy) = match status.status_code {
            StatusCode::NoSuchFile => (
                format!("there is no folder `{path}`"),
                "correct `path`: it begins in the folder one arrives in, or with `/`",
            ),
            StatusCode::PermissionDenied => (
                format!("`{}` may not read the folder `{path}`", self.server.user),
                "ask whoever runs the server to allow it",
            ),
            code => (
                format!("the server does not list the folder `{path}`: {code}"),
                "ask whoever runs the server",
            ),
        };
        let fault = Fault::at(&self.server.place, what);
        Failed::ForGood(
            fault
                .remedy(format!("{remedy}; the last version stays"))
                .into(),
        )
    }

    fn too_many(&self, what: &str) -> Failed {
        let what = format!("there are too many {what} to look through");
        let fault = Fault::at(&self.server.place, what);
        Failed::ForGood(
            fault
                .remedy("begin `path` with a folder further down; the last version stays")
                .into(),
        )
    }
}
