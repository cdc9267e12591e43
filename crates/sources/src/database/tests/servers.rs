//! Real servers on free ports, one of each kind for all tests, and more for tests that kill theirs.
//!
//! The tests of crate `madang` start theirs with this file, too.
//!
//! A server ends, and its folder goes, when the process of the tests ends, however that ends: it is held by a
//! shell that waits for the end of its input.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable as _;
use tokio::sync::OnceCell;

use super::Server;

/// The user all tests read as, and what lets it in.
pub(super) const USER: &str = "reader";
pub(super) const PASSWORD: &str = "비밀 p%40ss'w\"rd";
/// A server that does not answer by then never will.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts "$@", says its process and waits: for the word `kill`, or for nobody to hold it any more.
const HOLD: &str = r#"folder=$1; shift
"$@" >"$folder/log" 2>&1 &
server=$!
echo $server
while read -r word; do
  [ "$word" = kill ] && kill -9 $server
done
kill -9 $server 2>/dev/null
wait $server 2>/dev/null
rm -rf "$folder""#;

/// A server of its own folder.
pub(super) struct Running {
    pub(super) kind: Server,
    pub(super) port: u16,
    holder: std::sync::Mutex<Child>,
    folder: PathBuf,
}

impl Running {
    /// Ends the server as a power cut would.
    pub(super) fn kill(&self) {
        use std::io::Write as _;
        let mut holder = self.holder.lock().unwrap();
        writeln!(holder.stdin.as_mut().unwrap(), "kill").unwrap();
    }

    /// Where the server keeps its certificate.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.join("server.crt")
    }

    /// A new database, which the reader may read in.
    pub(super) async fn database(&self) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let database = format!("town{}", COUNT.fetch_add(1, Ordering::SeqCst));
        match self.kind {
            Server::Postgres => {
                let create = format!("CREATE DATABASE {database}");
                self.run("postgres", &create).await;
            }
            Server::Mariadb => {
                let create = format!("CREATE DATABASE {database} CHARACTER SET utf8mb4");
                self.run("mysql", &create).await;
                let grant = format!("GRANT SELECT ON {database}.* TO {USER}@'127.0.0.1'");
                self.run("mysql", &grant).await;
            }
        }
        database
    }

    /// Several statements, each by itself; the reader may read what they make.
    pub(super) async fn run_all(&self, database: &str, statements: &[&str]) {
        for sql in statements {
            self.run(database, sql).await;
        }
        if self.kind == Server::Postgres {
            let grant = format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {USER}");
            self.run(database, &grant).await;
        }
    }

    /// Does something to a database as the one who may do everything.
    pub(super) async fn run(&self, database: &str, sql: &str) {
        match self.kind {
            Server::Postgres => {
                let mut config = tokio_postgres::Config::new();
                config
                    .host("127.0.0.1")
                    .port(self.port)
                    .user("postgres")
                    .password("admin")
                    .dbname(database);
                let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
                let driver = tokio::spawn(connection);
                client.batch_execute(sql).await.unwrap();
                drop(client);
                driver.await.unwrap().unwrap();
            }
            Server::Mariadb => {
                let options = mysql_async::OptsBuilder::default()
                    .ip_or_hostname("127.0.0.1")
                    .tcp_port(self.port)
                    .user(Some("admin"))
                    .pass(Some("admin"))
                    .db_name(Some(database))
                    .init(vec!["SET NAMES utf8mb4"]);
                let mut line = mysql_async::Conn::new(options).await.unwrap();
                line.query_drop(sql).await.unwrap();
                line.disconnect().await.unwrap();
            }
        }
    }
}

/// The server of this kind that all tests share.
pub(super) async fn shared(kind: Server) -> &'static Running {
    static POSTGRES: OnceCell<Running> = OnceCell::const_new();
    static MARIADB: OnceCell<Running> = OnceCell::const_new();
    let cell = match kind {
        Server::Postgres => &POSTGRES,
        Server::Mariadb => &MARIADB,
    };
    cell.get_or_init(|| start(kind, true)).await
}

/// One more server; `encrypts` if it has a certificate.
pub(super) async fn start(kind: Server, encrypts: bool) -> Running {
    let running = tokio::task::spawn_blocking(move || match kind {
        Server::Postgres => postgres(encrypts),
        Server::Mariadb => mariadb(encrypts),
    });
    let running = running.await.unwrap();
    ready(&running).await;
    let password = PASSWORD.replace('\'', "''");
    match kind {
        Server::Postgres => {
            let sql = format!("CREATE ROLE {USER} LOGIN PASSWORD '{password}'");
            running.run("postgres", &sql).await;
        }
        Server::Mariadb => {
            let sql = format!("CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{password}'");
            running.run("mysql", &sql).await;
        }
    }
    running
}

/// Waits until it lets somebody in.
async fn ready(running: &Running) {
    let begin = Instant::now();
    loop {
        let is_ready = match running.kind {
            Server::Postgres => {
                let target = format!(
                    "host=127.0.0.1 port={} user=postgres password=admin",
                    running.port
                );
                let connected = tokio_postgres::connect(&target, tokio_postgres::NoTls).await;
                connected.is_ok()
            }
            Server::Mariadb => {
                let options = mysql_async::OptsBuilder::default()
                    .ip_or_hostname("127.0.0.1")
                    .tcp_port(running.port)
                    .user(Some("admin"))
                    .pass(Some("admin"));
                mysql_async::Conn::new(options).await.is_ok()
            }
        };
        if is_ready {
            return;
        }
        let log = std::fs::read_to_string(running.folder.join("log")).unwrap_or_default();
        assert!(
            begin.elapsed() < PATIENCE,
            "the server does not start: {log}"
        );
        // Nothing tells when another program listens.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn is_root() -> bool {
    id(&["-u"]) == "0"
}

fn id(words: &[&str]) -> String {
    let output = Command::new("id").args(words).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A folder the server may write to.
fn folder(owner: &str) -> PathBuf {
    let folder = tempfile::Builder::new()
        .prefix("madang-server-")
        .tempdir()
        .unwrap()
        .keep();
    if is_root() {
        let number = |word: &str| id(&[word, owner]).parse().ok();
        std::os::unix::fs::chown(&folder, number("-u"), number("-g")).unwrap();
    }
    folder
}

/// The words that run a program as `owner`, who is not root.
fn as_owner(owner: &str) -> Vec<String> {
    if !is_root() {
        return Vec::new();
    }
    let words = [
        "setpriv",
        &format!("--reuid={owner}"),
        &format!("--regid={owner}"),
        "--clear-groups",
    ];
    words.map(str::to_owned).to_vec()
}

fn hold(kind: Server, port: u16, folder: PathBuf, words: Vec<String>) -> Running {
    let mut holder = Command::new("sh")
        .arg("-c")
        .arg(HOLD)
        .arg("hold")
        .arg(&folder)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut process = String::new();
    BufReader::new(holder.stdout.as_mut().unwrap())
        .read_line(&mut process)
        .unwrap();
    Running {
        kind,
        port,
        holder: std::sync::Mutex::new(holder),
        folder,
    }
}

fn must(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn postgres(encrypts: bool) -> Running {
    let programs = postgres_programs().expect(
        "PostgreSQL's server is missing: apt-get install postgresql (cargo xtask test does it)",
    );
    let folder = folder("postgres");
    let data = folder.join("data");
    std::fs::write(folder.join("password"), "admin").unwrap();
    let words = as_owner("postgres");
    let command = |program: &str| {
        let program = programs.join(program).to_string_lossy().into_owned();
        let mut words: Vec<String> = words.clone();
        words.push(program);
        words
    };
    let first = command("initdb");
    let (program, rest) = first.split_first().unwrap();
    must(
        Command::new(program)
            .args(rest)
            .arg("--pgdata")
            .arg(&data)
            .args(["--username=postgres", "--auth=scram-sha-256", "--no-sync"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"])
            .arg("--pwfile")
            .arg(folder.join("password")),
    );
    certificate(&folder, "postgres");
    let port = free_port();
    let mut words = command("postgres");
    words.extend(["-D".to_owned(), data.to_string_lossy().into_owned()]);
    for setting in [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={}", folder.display()),
        "fsync=off".to_owned(),
        format!("ssl={}", if encrypts { "on" } else { "off" }),
        format!("ssl_cert_file={}/server.crt", folder.display()),
        format!("ssl_key_file={}/server.key", folder.display()),
        // Another zone than the city's: nothing may depend on it.
        "timezone=America/New_York".to_owned(),
        "datestyle=german".to_owned(),
    ] {
        words.extend(["-c".to_owned(), setting]);
    }
    hold(Server::Postgres, port, folder, words)
}

/// Debian keeps them apart by version.
fn postgres_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop()
}

/// A certificate that vouches for itself.
fn certificate(folder: &Path, owner: &str) {
    let (key, own) = (folder.join("server.key"), folder.join("server.crt"));
    must(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
            .args(["ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"])
            .args(["-subj", "/CN=localhost", "-addext"])
            .args(["subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext"])
            .arg("basicConstraints=critical,CA:FALSE")
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&own),
    );
    if is_root() {
        let number = |word: &str| id(&[word, owner]).parse().ok();
        std::os::unix::fs::chown(&key, number("-u"), number("-g")).unwrap();
    }
}

fn mariadb(encrypts: bool) -> Running {
    let program = Path::new("/usr/sbin/mariadbd");
    assert!(
        program.is_file(),
        "MariaDB's server is missing: apt-get install mariadb-server (cargo xtask test does it)"
    );
    let folder = folder("mysql");
    let data = folder.join("data");
    let words = as_owner("mysql");
    let small = [
        "--innodb-log-file-size=4M",
        "--innodb-buffer-pool-size=16M",
        "--innodb-flush-log-at-trx-commit=0",
        "--skip-log-bin",
        // These servers need not survive a power cut.
        "--debug-no-sync",
        "--performance-schema=OFF",
    ];
    let mut install = words.clone();
    install.push("mariadb-install-db".to_owned());
    let (first, rest) = install.split_first().unwrap();
    must(
        Command::new(first)
            .args(rest)
            .arg("--no-defaults")
            .arg(format!("--datadir={}", data.display()))
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .args(small),
    );
    certificate(&folder, "mysql");
    let admin = folder.join("admin.sql");
    std::fs::write(
        &admin,
        "CREATE USER admin@'127.0.0.1' IDENTIFIED BY 'admin';\nGRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;\n",
    )
    .unwrap();
    let port = free_port();
    let mut words = words;
    words.push(program.to_string_lossy().into_owned());
    words.push("--no-defaults".to_owned());
    words.extend(small.map(str::to_owned));
    words.extend([
        format!("--datadir={}", data.display()),
        format!("--port={port}"),
        "--bind-address=127.0.0.1".to_owned(),
        format!("--socket={}/socket", folder.display()),
        format!("--pid-file={}/pid", folder.display()),
        format!("--init-file={}", admin.display()),
        "--skip-name-resolve".to_owned(),
        "--character-set-server=latin1".to_owned(),
        "--default-time-zone=-05:00".to_owned(),
    ]);
    if encrypts {
        words.extend([
            format!("--ssl-cert={}/server.crt", folder.display()),
            format!("--ssl-key={}/server.key", folder.display()),
        ]);
    }
    hold(Server::Mariadb, port, folder, words)
}
