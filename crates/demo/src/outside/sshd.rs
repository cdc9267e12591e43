//! A server of OpenSSH of one's own, which gives files and nothing else.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::held::{Held, free_port, must, program};
use super::owner::Owner;

/// The account it steps down to. `nobody` will not do: some systems call it locked, and nobody logs in to a locked account.
pub const ACCOUNT: &str = "daemon";

/// A server; ends when it is dropped, or its starter ends.
#[derive(Debug)]
pub struct Sshd {
    /// The program and its folder.
    pub held: Held,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    /// The account that one logs in to.
    pub user: String,
    /// The private key that lets in.
    pub key: String,
    /// The fingerprint of its own key.
    pub fingerprint: String,
    owner: Owner,
}

/// Where Debian puts it, and others. It starts itself anew for each call, and wants its whole path.
fn server() -> Option<PathBuf> {
    program(&["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"])
}

/// Whether its programs are there.
pub fn is_installed() -> bool {
    let keygen = program(&["/usr/bin/ssh-keygen", "/usr/local/bin/ssh-keygen"]);
    server().is_some() && keygen.is_some()
}

impl Sshd {
    /// Makes a server below `root` with keys of its own, and starts it. `more` may put files into its folder and gives
    /// lines of configuration that go before its own: of two, the first counts.
    ///
    /// # Errors
    /// When its programs are missing or fail.
    pub fn start(
        root: &Path,
        more: &dyn Fn(&Path, &Owner) -> io::Result<String>,
    ) -> io::Result<Self> {
        let server = server().ok_or_else(|| io::Error::other("it is not installed"))?;
        let owner = Owner::of(ACCOUNT)?;
        let folder = owner.folder(root, "sshd")?;
        let made = Self::make(&server, &owner, &folder, more);
        if made.is_err() {
            std::fs::remove_dir_all(&folder).ok();
        }
        made
    }

    fn make(
        server: &Path,
        owner: &Owner,
        folder: &Path,
        more: &dyn Fn(&Path, &Owner) -> io::Result<String>,
    ) -> io::Result<Self> {
        let at = |name: &str| folder.join(name);
        for name in ["host", "mine"] {
            must(
                Command::new("ssh-keygen")
                    .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
                    .arg(at(name)),
            )?;
        }
        let key = std::fs::read_to_string(at("mine"))?;
        let told = must(Command::new("ssh-keygen").arg("-lf").arg(at("host.pub")))?;
        let told = String::from_utf8_lossy(&told).into_owned();
        let fingerprint = told.split(' ').nth(1).unwrap_or_default().to_owned();
        std::fs::create_dir(at("drop"))?;
        for name in ["host", "mine.pub", "drop"] {
            owner.give(&at(name))?;
        }
        let (port, first) = (free_port()?, more(folder, owner)?);
        let file = |name: &str| format!("\"{}\"", at(name).display());
        owner.write(
            &at("config"),
            &format!(
                "{first}Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nAllowTcpForwarding no\nMaxStartups 100\nSubsystem sftp internal-sftp\nForceCommand internal-sftp -R -d {}\n",
                file("host"),
                file("mine.pub"),
                at("drop").display()
            ),
        )?;
        let mut words = owner.words(server);
        words.extend(["-D", "-e", "-f"].map(str::to_owned));
        words.push(at("config").to_string_lossy().into_owned());
        let held = Held::start("TERM", folder.to_owned(), &words)?;
        Ok(Self {
            held,
            port,
            user: owner.name().to_owned(),
            key,
            fingerprint,
            owner: owner.clone(),
        })
    }

    /// Waits until it takes calls.
    ///
    /// # Errors
    /// When it ends before that, or it takes too long.
    pub fn ready(&self) -> io::Result<()> {
        self.held.listens(self.port)
    }

    /// Lets the server read a file below its folder, and the folder the file is in.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        path.parent()
            .map_or(Ok(()), |folder| self.owner.give(folder))?;
        self.owner.give(path)
    }

    /// The folder one arrives in.
    pub fn drop_folder(&self) -> PathBuf {
        self.held.folder().join("drop")
    }
}
