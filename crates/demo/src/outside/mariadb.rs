//! A MariaDB of one's own.

use std::io;
use std::path::{Path, PathBuf};

use super::held::{Held, fed, free_port, must, program};
use super::owner::Owner;

/// The account that Debian makes for it.
const ACCOUNT: &str = "mysql";
/// Who may do everything.
const ADMIN: &str = "admin";
/// It is small, made anew each time, and need not survive a power cut.
const SMALL: [&str; 6] = [
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-log-bin",
    "--debug-no-sync",
    "--performance-schema=OFF",
];

/// A server; ends when it is dropped, or its starter ends.
#[derive(Debug)]
pub struct Mariadb {
    /// The program and its folder.
    pub held: Held,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    client: PathBuf,
    password: String,
}

struct Programs {
    server: PathBuf,
    install: PathBuf,
    client: PathBuf,
}

fn programs() -> Option<Programs> {
    let servers = [
        "/usr/sbin/mariadbd",
        "/usr/bin/mariadbd",
        "/usr/local/bin/mariadbd",
    ];
    let installs = [
        "/usr/bin/mariadb-install-db",
        "/usr/local/bin/mariadb-install-db",
    ];
    Some(Programs {
        server: program(&servers)?,
        install: program(&installs)?,
        client: program(&["/usr/bin/mariadb", "/usr/local/bin/mariadb"])?,
    })
}

/// Whether its programs are there.
pub fn is_installed() -> bool {
    programs().is_some()
}

impl Mariadb {
    /// Makes a server below `root` whose user `admin` has this password, and starts it. `more` may put files into its
    /// folder and gives further options.
    ///
    /// # Errors
    /// When its programs are missing or fail.
    pub fn start(
        root: &Path,
        password: &str,
        more: &dyn Fn(&Path, &Owner) -> io::Result<Vec<String>>,
    ) -> io::Result<Self> {
        let programs = programs().ok_or_else(|| io::Error::other("it is not installed"))?;
        let owner = Owner::of(ACCOUNT)?;
        let folder = owner.folder(root, "mariadb")?;
        match Self::make(&programs, &owner, &folder, password, more) {
            Ok((held, port)) => Ok(Self {
                held,
                port,
                client: programs.client,
                password: password.to_owned(),
            }),
            Err(error) => {
                std::fs::remove_dir_all(&folder).ok();
                Err(error)
            }
        }
    }

    fn make(
        programs: &Programs,
        owner: &Owner,
        folder: &Path,
        password: &str,
        more: &dyn Fn(&Path, &Owner) -> io::Result<Vec<String>>,
    ) -> io::Result<(Held, u16)> {
        let data = folder.join("data");
        must(
            owner
                .command(&programs.install)
                .current_dir("/")
                .arg("--no-defaults")
                .arg(format!("--datadir={}", data.display()))
                .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
                .args(SMALL),
        )?;
        let first = folder.join("first.sql");
        let word = quoted(password);
        // Whoever the installation lets in without a word is not let in any more.
        owner.write(
            &first,
            &format!(
                "DELETE FROM mysql.global_priv WHERE User IN ('root', '');\nFLUSH PRIVILEGES;\nCREATE USER {ADMIN}@'127.0.0.1' IDENTIFIED BY {word};\nGRANT ALL ON *.* TO {ADMIN}@'127.0.0.1' WITH GRANT OPTION;\n"
            ),
        )?;
        let port = free_port()?;
        let mut words = owner.words(&programs.server);
        words.push("--no-defaults".to_owned());
        words.extend(SMALL.map(str::to_owned));
        words.extend([
            format!("--datadir={}", data.display()),
            format!("--port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            // A path of a socket has its limits: this one is below the data.
            "--socket=socket".to_owned(),
            format!("--pid-file={}/pid", folder.display()),
            format!("--init-file={}", first.display()),
            "--skip-name-resolve".to_owned(),
        ]);
        words.extend(more(folder, owner)?);
        Ok((Held::start("TERM", folder.to_owned(), &words)?, port))
    }

    /// Waits until it lets somebody in.
    ///
    /// # Errors
    /// When it ends before that, or it takes too long.
    pub fn ready(&self) -> io::Result<()> {
        self.held.listens(self.port)?;
        self.held.until(|| self.run("mysql", "SELECT 1;").is_ok())
    }

    /// Does something to a database as the one who may do everything.
    ///
    /// # Errors
    /// What the server says.
    pub fn run(&self, database: &str, sql: &str) -> io::Result<()> {
        let mut command = std::process::Command::new(&self.client);
        command
            .args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1"])
            .arg(format!("--port={}", self.port))
            .arg(format!("--user={ADMIN}"))
            .args(["--default-character-set=utf8mb4", database])
            .env("MYSQL_PWD", &self.password);
        fed(&mut command, "mariadb", sql.as_bytes()).map(drop)
    }
}

/// A text as it stands in a question.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for letter in text.chars() {
        match letter {
            '\0' => out.push_str("\\0"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            _ => out.push(letter),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_text_says_the_same_between_marks() {
        assert_eq!(quoted("가'나\\다\0\n"), "'가''나\\\\다\\0\\n'");
    }
}
