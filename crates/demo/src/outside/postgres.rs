//! A PostgreSQL of one's own.

use std::io;
use std::path::{Path, PathBuf};

use super::held::{Held, fed, free_port, must};
use super::owner::Owner;

/// The account that Debian makes for it.
const ACCOUNT: &str = "postgres";

/// A server; ends when it is dropped, or its starter ends.
#[derive(Debug)]
pub struct Postgres {
    /// The program and its folder.
    pub held: Held,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    programs: PathBuf,
    password: String,
}

/// Where its programs are. Debian keeps them apart by version.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let debian = versions
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"));
    let others = ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"].map(PathBuf::from);
    let mut found: Vec<PathBuf> = debian
        .chain(others)
        .filter(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .collect();
    found.sort();
    found.pop()
}

impl Postgres {
    /// Makes a server below `root` whose user `postgres` has this password, and starts it. `more` may put files into its
    /// folder and gives further settings.
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
        let folder = owner.folder(root, "postgres")?;
        let made = Self::make(&programs, &owner, &folder, password, more);
        match made {
            Ok((held, port)) => Ok(Self {
                held,
                port,
                programs,
                password: password.to_owned(),
            }),
            Err(error) => {
                std::fs::remove_dir_all(&folder).ok();
                Err(error)
            }
        }
    }

    fn make(
        programs: &Path,
        owner: &Owner,
        folder: &Path,
        password: &str,
        more: &dyn Fn(&Path, &Owner) -> io::Result<Vec<String>>,
    ) -> io::Result<(Held, u16)> {
        let (data, word) = (folder.join("data"), folder.join("password"));
        owner.write(&word, password)?;
        must(
            owner
                .command(&programs.join("initdb"))
                .current_dir("/")
                .arg("--pgdata")
                .arg(&data)
                .args(["--username=postgres", "--auth=scram-sha-256", "--no-sync"])
                .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"])
                .arg("--pwfile")
                .arg(&word),
        )?;
        let port = free_port()?;
        let mut words = owner.words(&programs.join("postgres"));
        words.extend(["-D".to_owned(), data.to_string_lossy().into_owned()]);
        let own = [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            // A path of a socket has its limits, and nobody needs one.
            "unix_socket_directories=".to_owned(),
            // It is made anew each time, and need not survive a power cut.
            "fsync=off".to_owned(),
        ];
        for setting in own.into_iter().chain(more(folder, owner)?) {
            words.extend(["-c".to_owned(), setting]);
        }
        Ok((Held::start("INT", folder.to_owned(), &words)?, port))
    }

    /// Waits until it lets somebody in.
    ///
    /// # Errors
    /// When it ends before that, or it takes too long.
    pub fn ready(&self) -> io::Result<()> {
        self.held.listens(self.port)?;
        self.held
            .until(|| self.run("postgres", "SELECT 1;").is_ok())
    }

    /// Does something to a database as the one who may do everything.
    ///
    /// # Errors
    /// What the server says.
    pub fn run(&self, database: &str, sql: &str) -> io::Result<()> {
        let own = self.programs.join("psql");
        let program = if own.is_file() {
            own
        } else {
            PathBuf::from("psql")
        };
        let mut command = std::process::Command::new(program);
        command
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p"])
            .arg(self.port.to_string())
            .args(["-U", "postgres", "-d", database, "-f", "-"])
            .env("PGPASSWORD", &self.password)
            .env("PGCLIENTENCODING", "UTF8");
        fed(&mut command, "psql", sql.as_bytes()).map(drop)
    }
}
