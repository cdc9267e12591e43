//! Whose a server's folder and process are. Nobody runs a server of ours as root.

use std::io;
use std::os::unix::fs::{DirBuilderExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Takes over where the wanted account is not there.
const NOBODY: &str = "nobody";
/// Where folders of servers begin their names in the machine's own folder of things that pass.
const PREFIX: &str = "madang-server-";

/// The account that a server runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    name: String,
    /// Its numbers, where we are root and step down to it.
    ids: Option<(u32, u32)>,
}

impl Owner {
    /// Whoever we are; as root `wanted`, or nobody where there is no such account.
    ///
    /// # Errors
    /// When the system does not say who we are.
    pub fn of(wanted: &str) -> io::Result<Self> {
        let own = id(&["-u"])?;
        if own != "0" {
            return Ok(Self {
                name: id(&["-un"])?,
                ids: None,
            });
        }
        let known = |name: &str| {
            let number = |word: &str| id(&[word, name]).ok()?.parse().ok();
            let ids = (number("-u")?, number("-g")?);
            Some((name.to_owned(), ids))
        };
        let (name, ids) = known(wanted)
            .or_else(|| known(NOBODY))
            .ok_or_else(|| io::Error::other(format!("there is no account `{wanted}`")))?;
        Ok(Self {
            name,
            ids: Some(ids),
        })
    }

    /// What the account is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A program with its words, run as the owner.
    pub fn words(&self, program: &Path) -> Vec<String> {
        let program = program.to_string_lossy().into_owned();
        match self.ids {
            None => vec![program],
            Some((user, group)) => vec![
                "setpriv".to_owned(),
                format!("--reuid={user}"),
                format!("--regid={group}"),
                "--clear-groups".to_owned(),
                program,
            ],
        }
    }

    /// The same as a command.
    pub fn command(&self, program: &Path) -> Command {
        let mut words = self.words(program).into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }

    /// Makes a file or folder the owner's.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        match self.ids {
            None => Ok(()),
            Some((user, group)) => chown(path, Some(user), Some(group)),
        }
    }

    /// Writes a file that only the owner can read.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(path)?.write_all(text.as_bytes())?;
        self.give(path)
    }

    /// A new folder that only the owner can look into: below `root`, or, where the owner may not go there, in the machine's
    /// own folder of things that pass.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn folder(&self, root: &Path, name: &str) -> io::Result<PathBuf> {
        std::fs::create_dir_all(root)?;
        // Servers are told of it whole: they work in folders of their own.
        let folder = root
            .canonicalize()?
            .join(format!("{name}-{}", std::process::id()));
        // Not every server takes a path with blanks in it, and a second one of a kind has the same name: they go elsewhere.
        let is_plain = !folder.to_string_lossy().contains(char::is_whitespace);
        if is_plain && self.make(&folder).is_ok() {
            if self.may_write(&folder) {
                return Ok(folder);
            }
            std::fs::remove_dir_all(&folder)?;
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?.keep();
        self.give(&folder)?;
        Ok(folder)
    }

    fn make(&self, folder: &Path) -> io::Result<()> {
        std::fs::DirBuilder::new().mode(0o700).create(folder)?;
        self.give(folder)
    }

    fn may_write(&self, folder: &Path) -> bool {
        let mut test = self.command(Path::new("test"));
        test.arg("-w").arg(folder);
        test.status().is_ok_and(|status| status.success())
    }
}

fn id(words: &[&str]) -> io::Result<String> {
    let output = Command::new("id").args(words).output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(io::Error::other("`id` does not know the account"))
    }
}

/// Removes folders below `root` that a machine which went down left behind: their makers are gone.
pub(super) fn sweep(root: &Path) {
    let processes = Path::new("/proc");
    if !processes.is_dir() {
        return;
    }
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let maker = name.rsplit_once('-').map(|(_, maker)| maker.to_owned());
        let is_number =
            |maker: &String| !maker.is_empty() && maker.bytes().all(|byte| byte.is_ascii_digit());
        if maker
            .filter(is_number)
            .is_some_and(|maker| !processes.join(maker).exists())
        {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_can_be_written_to_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let owner = Owner::of("nobody").unwrap();
        let folder = owner.folder(&root.path().join("servers"), "x").unwrap();
        assert!(owner.may_write(&folder), "{}", folder.display());
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        owner.write(&folder.join("word"), "secret").unwrap();
        let mode = folder.join("word").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn only_what_nobody_holds_is_swept_away() {
        let root = tempfile::tempdir().unwrap();
        let own = format!("postgres-{}", std::process::id());
        // No process has a number that large.
        let names = [own.as_str(), "postgres-99999999", "plan", "a-b"];
        for name in names {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        sweep(root.path());
        let left = names.map(|name| root.path().join(name).exists());
        assert_eq!(left, [true, false, true, true]);
    }
}
