//! A server of OpenSSH with a folder to drop files into. The tests of crate `madang` start theirs with this file, too.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Where Debian puts it, and others.
const SERVERS: [&str; 3] = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"];

/// A server with keys of its own, a key to log in with, and a folder.
pub(super) struct Server {
    child: Child,
    pub(super) folder: tempfile::TempDir,
    pub(super) port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn keygen(words: &[&str]) -> String {
    let output = Command::new("ssh-keygen").args(words).output();
    let output = output.expect("install the Debian package openssh-client");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The account everything runs as.
pub(super) fn user() -> &'static str {
    static USER: LazyLock<String> = LazyLock::new(|| {
        let output = Command::new("id").arg("-un").output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    });
    &USER
}

impl Server {
    pub(super) fn start() -> Self {
        let server = SERVERS.into_iter().find(|path| Path::new(path).exists());
        let server = server.expect("install the Debian package openssh-server");
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        for (kind, name) in [
            ("ed25519", "host"),
            ("rsa", "host_rsa"),
            ("ed25519", "mine"),
        ] {
            keygen(&["-q", "-t", kind, "-N", "", "-C", "", "-f", &at(name)]);
        }
        keygen(&[
            "-q",
            "-t",
            "ed25519",
            "-N",
            "열쇠 words",
            "-C",
            "",
            "-f",
            &at("locked"),
        ]);
        keygen(&[
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "",
            "-f",
            &at("other"),
        ]);
        let allowed =
            ["mine.pub", "locked.pub"].map(|name| std::fs::read_to_string(at(name)).unwrap());
        std::fs::write(at("allowed"), allowed.concat()).unwrap();
        std::fs::create_dir(at("drop")).unwrap();
        // Nobody else takes it before the server does: ports are given out in turn.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        std::fs::write(
            at("config"),
            format!(
                "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication yes\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nMaxStartups 100\nSubsystem sftp internal-sftp -d {}\n",
                at("host"),
                at("host_rsa"),
                at("allowed"),
                at("drop")
            ),
        )
        .unwrap();
        // As root it wants a folder to lock itself into.
        if user() == "root" {
            std::fs::create_dir_all("/run/sshd").unwrap();
        }
        let child = Command::new(server)
            .args(["-D", "-e", "-f", &at("config")])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let this = Self {
            child,
            folder,
            port,
        };
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "the server does not start"
            );
            std::thread::yield_now();
        }
        this
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        let path = self.drop_folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn drop_folder(&self) -> PathBuf {
        self.folder.path().join("drop")
    }

    pub(super) fn fingerprint(&self, name: &str) -> String {
        let path = self.folder.path().join(format!("{name}.pub"));
        let told = keygen(&["-lf", &path.display().to_string()]);
        told.split(' ').nth(1).unwrap().to_owned()
    }
}
