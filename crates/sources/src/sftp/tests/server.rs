//! A server of OpenSSH with a folder to drop files into. The tests of crate `madang` start theirs with this file, too; crate
//! `demo` knows how.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use demo::outside::held::must;
use demo::outside::owner::Owner;
use demo::outside::sshd::{ACCOUNT, Sshd};

/// A server with keys of its own, keys to log in with, and a folder.
pub(super) struct Server {
    sshd: Sshd,
    pub(super) port: u16,
}

/// A key of a kind with words that lock it.
fn keygen(kind: &str, words: &str, path: &Path) -> io::Result<()> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", kind, "-N", words, "-C", "", "-f"]);
    must(command.arg(path)).map(drop)
}

/// The account everything runs as.
pub(super) fn user() -> &'static str {
    static USER: LazyLock<String> = LazyLock::new(|| {
        let owner = Owner::of(ACCOUNT).unwrap();
        owner.name().to_owned()
    });
    &USER
}

impl Server {
    pub(super) fn start() -> Self {
        let more = |folder: &Path, owner: &Owner| {
            let at = |name: &str| folder.join(name);
            keygen("rsa", "", &at("host_rsa"))?;
            owner.give(&at("host_rsa"))?;
            keygen("ed25519", "열쇠 words", &at("locked"))?;
            keygen("ed25519", "", &at("other"))?;
            Ok(format!(
                "HostKey {}\nAuthorizedKeysFile {} {}\nPasswordAuthentication yes\n",
                at("host_rsa").display(),
                at("mine.pub").display(),
                at("locked.pub").display()
            ))
        };
        let sshd = Sshd::start(&std::env::temp_dir(), &more)
            .expect("install the Debian packages openssh-server and openssh-client");
        sshd.ready().unwrap();
        let port = sshd.port;
        Self { sshd, port }
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        let path = self.drop_folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn drop_folder(&self) -> PathBuf {
        self.sshd.drop_folder()
    }

    /// A key's file.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.sshd.held.folder().join(name)
    }

    pub(super) fn fingerprint(&self, name: &str) -> String {
        let path = self.path(&format!("{name}.pub"));
        let told = must(Command::new("ssh-keygen").arg("-lf").arg(path)).unwrap();
        let told = String::from_utf8(told).unwrap();
        told.split(' ').nth(1).unwrap().to_owned()
    }
}
