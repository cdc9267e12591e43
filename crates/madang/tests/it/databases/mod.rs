//! Tables of real PostgreSQL and MariaDB servers, loaded by the command line.

mod dying;
mod held;
#[path = "../../../../sources/src/database/tests/servers.rs"]
mod servers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::city::{Manifest, Ran, TestCity, column, ran};
use servers::{PASSWORD, Running, USER, shared};

/// Which kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Postgres,
    Mariadb,
}

const BOTH: [Server; 2] = [Server::Postgres, Server::Mariadb];
/// A part of the password that is written in one way only, whatever it is written into.
const SECRET: &str = "p%40ss";

/// A city whose only table stands in a database.
struct Town<'s> {
    /// Looks before the folder goes.
    _sealed: Sealed,
    server: &'s Running,
    database: String,
    city: TestCity,
    /// Where the city thinks the server is.
    address: String,
    /// Where the server's certificate lies, if it is asked for.
    authority: PathBuf,
}

impl Town<'static> {
    async fn new(kind: Server) -> Self {
        Self::on(shared(kind).await).await
    }
}

impl<'s> Town<'s> {
    async fn on(server: &'s Running) -> Self {
        let city = TestCity::new();
        Self {
            _sealed: Sealed(city.path("")),
            server,
            database: server.database().await,
            city,
            address: format!("127.0.0.1:{}", server.port),
            authority: server.certificate(),
        }
    }

    /// A table of lots: some old ones, and two that changed within the overlap.
    async fn lots(self) -> Self {
        let (moment, many) = match self.server.kind {
            Server::Postgres => ("timestamptz", "generate_series(1, 200) AS seq"),
            Server::Mariadb => ("timestamp(6)", "seq_1_to_200"),
        };
        let old = self.ago(90_000);
        let all = format!("INSERT INTO lots SELECT seq, 'old', 'A', {old} FROM {many}");
        self.sql(&[
            &format!(
                "CREATE TABLE lots (no int PRIMARY KEY, name varchar(300), kind varchar(9), at {moment} NOT NULL)"
            ),
            &all,
            &self.lot(201, "one", 60),
            &self.lot(202, "two", 30),
        ])
        .await;
        self
    }

    async fn sql(&self, statements: &[&str]) {
        self.server.run_all(&self.database, statements).await;
    }

    /// A moment so many seconds ago, as the server says it.
    fn ago(&self, seconds: i64) -> String {
        match self.server.kind {
            Server::Postgres => format!("now() - INTERVAL '{seconds} seconds'"),
            Server::Mariadb => format!("NOW(6) - INTERVAL {seconds} SECOND"),
        }
    }

    fn lot(&self, no: i64, name: &str, seconds: i64) -> String {
        let at = self.ago(seconds);
        format!("INSERT INTO lots VALUES ({no}, '{name}', 'A', {at})")
    }

    /// Says what the city reads of the table: further keys of `source`, and `load`.
    fn declare(self, source: &str, load: &str) -> Self {
        self.declare_as("lots", source, load, "면")
    }

    fn declare_as(mut self, table: &str, source: &str, load: &str, unit: &str) -> Self {
        let kind = self.kind();
        let manifest = Manifest {
            id: "lots".to_owned(),
            source: format!(
                r#"{{ kind = "{kind}", url = "{kind}://{{lots_db}}/{}", user = "lots_user", password = "lots_password", table = "{table}", timeout-s = 20{source} }}"#,
                self.database
            ),
            format: r#"{ kind = "csv" }"#.to_owned(),
            load: load.to_owned(),
            release: "open".to_owned(),
            more: String::new(),
            columns: vec![
                column("lot_no", "no", "integer", &format!("unit = \"{unit}\"")),
                column("name", "name", "text", ""),
                column(
                    "kind",
                    "kind",
                    "code",
                    r#"checks = [{ pattern = "[A-Z]" }]"#,
                ),
            ],
        };
        self.city = self.city.dataset(&manifest);
        self
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.city.command(words);
        command
            .env("MADANG_SOURCES_LOTS_DB", &self.address)
            .env("MADANG_SOURCES_LOTS_USER", USER)
            .env("MADANG_SOURCES_LOTS_PASSWORD", PASSWORD)
            .env("MADANG_SOURCES_LOTS_CA", &self.authority);
        command
    }

    fn run(&self, words: &[&str]) -> Ran {
        let ran = ran(&mut self.command(words));
        let said = [&ran.out, &ran.err];
        assert!(!said.iter().any(|said| said.contains(SECRET)), "{ran:?}");
        ran
    }

    /// A load that goes on.
    fn loading(&self) -> Child {
        let mut command = self.command(&["load", "--json"]);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// What the rows of the table come in.
    fn file(&self) -> String {
        format!("{}://{{lots_db}}/{}/lots", self.kind(), self.database)
    }

    fn kind(&self) -> &'static str {
        match self.server.kind {
            Server::Postgres => "postgres",
            Server::Mariadb => "mariadb",
        }
    }

    /// What became of a load, in one line, and in full.
    fn load(&self) -> Told {
        let ran = self.run(&["load", "--json"]);
        let line = ran.lines().into_iter().next();
        let line = line.unwrap_or_else(|| panic!("{ran:?}"));
        Told {
            code: ran.code,
            line,
        }
    }

    /// Numbers and names of the lots that are not old.
    fn young(&self) -> String {
        let sql = "SELECT lot_no, name FROM lots WHERE name <> 'old' ORDER BY lot_no";
        let table = self.city.query(sql);
        table.trim_start_matches("lot_no,name\n").to_owned()
    }

    fn count(&self) -> String {
        let table = self.city.query("SELECT count(*) AS n FROM lots");
        table.trim_start_matches("n\n").trim().to_owned()
    }
}

/// A folder in which no file may hold the password when it goes.
struct Sealed(PathBuf);

impl Drop for Sealed {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let found = holding(&self.0, SECRET);
            assert!(found.is_empty(), "the password stands in {found:?}");
        }
    }
}

/// What was told of a load.
#[derive(Debug)]
struct Told {
    code: i32,
    line: Value,
}

impl Told {
    /// `loaded 3, 1 gone`: how it ended, rows read, rows gone.
    fn short(&self) -> String {
        let Self { line, .. } = self;
        let outcome = line["outcome"].as_str().unwrap();
        match (outcome, line["deleted"].as_u64()) {
            ("loaded" | "held", Some(0)) => format!("{outcome} {}", line["read"]),
            ("loaded", Some(gone)) => format!("loaded {}, {gone} gone", line["read"]),
            _ => outcome.to_owned(),
        }
    }

    fn message(&self) -> &str {
        self.line["message"].as_str().unwrap()
    }
}

/// The files below a folder in which a text stands.
fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else {
            let bytes = fs::read(&path).unwrap();
            let mut parts = bytes.windows(text.len());
            if parts.any(|part| part == text.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}

const SNAPSHOT: &str = r#"{ mode = "snapshot", key = ["lot_no"] }"#;
const UPSERT: &str = r#"{ mode = "upsert", key = ["lot_no"] }"#;
const NEW: &str = r#", watermark = "at", overlap = "30m", deletions = true"#;

#[tokio::test]
async fn a_table_is_loaded_whole_and_makes_a_version_only_when_it_changed() {
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await;
        let town = town.declare(r#", tls = "verify-full", ca = "lots_ca""#, SNAPSHOT);
        let first = town.load();
        assert_eq!(first.short(), "loaded 202", "{first:?}");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        town.sql(&[
            "UPDATE lots SET name = 'other' WHERE no = 7",
            "DELETE FROM lots WHERE no = 8",
        ])
        .await;
        assert_eq!(town.load().short(), "loaded 201", "{kind:?}");
        assert_eq!(town.young(), "7,other\n201,one\n202,two\n");
        assert_eq!(town.run(&["verify"]).code, 0);
        // It is found where something is.
        assert!(!holding(&town.city.path(""), "{lots_db}").is_empty());
    }
}

#[tokio::test]
async fn only_what_is_new_is_read_and_what_is_gone_goes() {
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await.declare(NEW, UPSERT);
        let first = town.load();
        assert_eq!(first.short(), "loaded 202", "{first:?}");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        // One that is new, and one whose transaction ended late.
        town.sql(&[&town.lot(203, "new", 0), &town.lot(204, "late", 900)])
            .await;
        assert_eq!(town.load().short(), "loaded 4", "{kind:?}");
        assert_eq!(town.count(), "204");
        // A value that goes back to what it was gives bytes that were there before.
        for name in ["B", "A", "B"] {
            let set = format!("UPDATE lots SET name = '{name}' WHERE no = 202");
            town.sql(&[&set]).await;
            assert_eq!(town.load().short(), "loaded 4", "{kind:?} {name}");
            let young = format!("201,one\n202,{name}\n203,new\n204,late\n");
            assert_eq!(town.young(), young, "{kind:?}");
        }
        // An old row is gone, and nothing is new; then both at once.
        town.sql(&["DELETE FROM lots WHERE no = 5"]).await;
        let gone = town.load();
        assert_eq!(gone.short(), "loaded 0, 1 gone", "{kind:?}");
        assert!(gone.message().contains("1 gone at the source"), "{gone:?}");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        town.sql(&[
            "DELETE FROM lots WHERE no IN (6, 204)",
            &town.lot(205, "last", 0),
        ])
        .await;
        assert_eq!(town.load().short(), "loaded 4, 2 gone", "{kind:?}");
        assert_eq!(town.count(), "202");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        // What the manifest says otherwise concerns all rows.
        let town = town.declare_as("lots", NEW, UPSERT, "개");
        assert_eq!(town.load().short(), "loaded 202", "{kind:?}");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        // So does another question.
        town.sql(&["CREATE VIEW fewer AS SELECT * FROM lots WHERE no > 9"])
            .await;
        let town = town.declare_as("fewer", NEW, UPSERT, "개");
        assert_eq!(town.load().short(), "loaded 195, 7 gone", "{kind:?}");
        assert_eq!(town.run(&["verify"]).code, 0);
    }
}

#[tokio::test]
async fn a_key_that_is_none_takes_no_row_away() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        town.sql(&[
            "CREATE TABLE lots (no varchar(9) PRIMARY KEY, name varchar(9), kind varchar(9))",
            "INSERT INTO lots VALUES ('1', 'a', 'A'), ('2', 'b', 'A'), ('3', 'c', 'A')",
        ])
        .await;
        let town = town.declare(
            ", deletions = true",
            r#"{ mode = "upsert", key = ["lot_no"], quarantine-limit = 0.5 }"#,
        );
        assert_eq!(town.load().short(), "loaded 3", "{kind:?}");
        town.sql(&[
            "UPDATE lots SET no = '2*' WHERE no = '2'",
            "DELETE FROM lots WHERE no = '3'",
        ])
        .await;
        let told = town.load();
        assert_eq!(
            (told.code, told.short().as_str()),
            (1, "failed"),
            "{told:?}"
        );
        assert!(told.message().contains("whose key is none"), "{told:?}");
        assert_eq!(town.count(), "3");
        town.sql(&["UPDATE lots SET no = '2' WHERE no = '2*'"])
            .await;
        assert_eq!(town.load().short(), "loaded 2, 1 gone", "{kind:?}");
    }
}

#[tokio::test]
async fn who_is_not_let_in_is_told_without_the_password() {
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await.declare("", SNAPSHOT);
        let mut command = town.command(&["load", "--json"]);
        let wrong = format!("{PASSWORD}!");
        let told = ran(command.env("MADANG_SOURCES_LOTS_PASSWORD", wrong));
        assert_eq!(told.code, 1, "{told:?}");
        assert!(!format!("{}{}", told.out, told.err).contains(SECRET));
        let line = &told.lines()[0];
        assert_eq!(line["outcome"], "failed");
        let message = line["message"].as_str().unwrap();
        assert!(
            message.contains("refuses the user or the password"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_row_put_right_keeps_how_far_was_read_and_goes_with_its_source() {
    let load = r#"{ mode = "upsert", key = ["lot_no"], quarantine-limit = 0.5 }"#;
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await.declare(NEW, load);
        town.sql(&["UPDATE lots SET kind = '?' WHERE no IN (5, 202)"])
            .await;
        let first = town.load();
        assert_eq!(first.line["quarantined"], 2, "{first:?}");
        let (file, number) = (town.file(), "203");
        let words = ["correct", "lots", "--row", number, "--file", &file];
        let more = ["--set", "kind=B", "--why", "현장 확인", "--json"];
        let corrected = town.run(&[&words[..], &more].concat());
        assert_eq!(corrected.code, 0, "{corrected:?}");
        assert_eq!(town.young(), "201,one\n202,two\n");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        // The error comes again among what is new.
        town.sql(&[&town.lot(203, "new", 0)]).await;
        assert_eq!(town.load().short(), "loaded 3", "{kind:?}");
        let kinds = "SELECT kind FROM lots WHERE lot_no = 202";
        assert_eq!(town.city.query(kinds), "kind\nB\n", "{kind:?}");
        town.sql(&["DELETE FROM lots WHERE no = 202"]).await;
        assert_eq!(town.load().short(), "loaded 2, 1 gone", "{kind:?}");
        assert_eq!(town.young(), "201,one\n203,new\n");
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
    }
}

#[tokio::test]
async fn two_loads_at_once_add_a_row_once() {
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await;
        let town = town.declare(r#", watermark = "no""#, r#"{ mode = "append" }"#);
        let loading = [town.loading(), town.loading()];
        for child in loading {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{said}");
        }
        assert_eq!(town.load().code, 0, "{kind:?}");
        assert_eq!(town.count(), "202", "{kind:?}");
    }
}
