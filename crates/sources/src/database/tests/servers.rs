//! Real servers on free ports, one of each kind for all tests, and more for tests that kill theirs.
//!
//! The tests of crate `madang` start theirs with this file, too. Crate `demo` knows how to start them, and ends them when
//! the process of the tests ends, however that ends.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use demo::outside::held::{Held, must};
use demo::outside::mariadb::Mariadb;
use demo::outside::owner::Owner;
use demo::outside::postgres::Postgres;
use mysql_async::prelude::Queryable as _;
use tokio::sync::OnceCell;

use super::Server;

/// The user all tests read as, and what lets it in.
pub(super) const USER: &str = "reader";
pub(super) const PASSWORD: &str = "비밀 p%40ss'w\"rd";
/// What lets in who may do everything.
const ADMIN: &str = "admin";
/// A server that does not answer by then never will.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server of its own folder.
pub(super) struct Running {
    pub(super) kind: Server,
    pub(super) port: u16,
    held: Held,
}

impl Running {
    /// Ends the server as a power cut would.
    pub(super) fn kill(&self) {
        self.held.kill();
    }

    /// Where the server keeps its certificate.
    pub(super) fn certificate(&self) -> PathBuf {
        self.held.folder().join("server.crt")
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
                    .password(ADMIN)
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
                    .pass(Some(ADMIN))
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
                    "host=127.0.0.1 port={} user=postgres password={ADMIN}",
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
                    .pass(Some(ADMIN));
                mysql_async::Conn::new(options).await.is_ok()
            }
        };
        if is_ready {
            return;
        }
        let log = running.held.last_words();
        assert!(
            begin.elapsed() < PATIENCE,
            "the server does not start: {log}"
        );
        // Nothing tells when another program listens.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A certificate that vouches for itself.
fn certificate(folder: &Path, owner: &Owner) -> io::Result<()> {
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
    )?;
    owner.give(&key)
}

fn postgres(encrypts: bool) -> Running {
    let settings = |folder: &Path, owner: &Owner| {
        certificate(folder, owner)?;
        Ok(vec![
            format!("ssl={}", if encrypts { "on" } else { "off" }),
            format!("ssl_cert_file={}/server.crt", folder.display()),
            format!("ssl_key_file={}/server.key", folder.display()),
            // Another zone than the city's: nothing may depend on it.
            "timezone=America/New_York".to_owned(),
            "datestyle=german".to_owned(),
        ])
    };
    let server = Postgres::start(&std::env::temp_dir(), ADMIN, &settings).expect(
        "PostgreSQL's server is missing: apt-get install postgresql (cargo xtask test does it)",
    );
    Running {
        kind: Server::Postgres,
        port: server.port,
        held: server.held,
    }
}

fn mariadb(encrypts: bool) -> Running {
    let options = |folder: &Path, owner: &Owner| {
        certificate(folder, owner)?;
        let mut options = vec![
            "--character-set-server=latin1".to_owned(),
            "--default-time-zone=-05:00".to_owned(),
        ];
        if encrypts {
            options.extend([
                format!("--ssl-cert={}/server.crt", folder.display()),
                format!("--ssl-key={}/server.key", folder.display()),
            ]);
        }
        Ok(options)
    };
    let server = Mariadb::start(&std::env::temp_dir(), ADMIN, &options).expect(
        "MariaDB's server is missing: apt-get install mariadb-server (cargo xtask test does it)",
    );
    Running {
        kind: Server::Mariadb,
        port: server.port,
        held: server.held,
    }
}
