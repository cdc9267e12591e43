//! A small city in a folder of its own, and the real binary run on it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The built binary.
pub(crate) const MADANG: &str = env!("CARGO_BIN_EXE_madang");

const CITY: &str = r#"
name = "가온시"
name-en = "Gaon-si"
code = "4899900000"
crs = "EPSG:4326"
bounds = [126.9, 37.4, 127.1, 37.6]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [{ id = "transport", title = "교통과", title-en = "Transport" }]
"#;

/// A dataset's manifest, changed by the one fact a test is about.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) format: String,
    pub(crate) load: String,
    pub(crate) release: String,
    pub(crate) more: String,
    pub(crate) columns: Vec<String>,
}

/// A column's lines: `name`, the source's name (and title), type, and further keys.
pub(crate) fn column(name: &str, source: &str, kind: &str, more: &str) -> String {
    format!(
        "[[columns]]\nname = \"{name}\"\nsource = \"{source}\"\ntitle = \"{source}\"\ntype = \"{kind}\"\nprivacy = \"none\"\n{more}\n"
    )
}

/// `이름,면수`, from `inbox/parking*.csv`.
pub(crate) fn parking() -> Manifest {
    Manifest {
        id: "parking".to_owned(),
        source: r#"{ kind = "file", path = "parking*.csv" }"#.to_owned(),
        format: r#"{ kind = "csv" }"#.to_owned(),
        load: r#"{ mode = "snapshot", key = ["name"], quarantine-limit = 0.6 }"#.to_owned(),
        release: "open".to_owned(),
        more: String::new(),
        columns: vec![
            column("name", "이름", "text", "checks = [\"required\"]"),
            column("spaces", "면수", "integer", "unit = \"면\""),
        ],
    }
}

impl Manifest {
    fn text(&self) -> String {
        let mut text = format!(
            "id = \"{0}\"\ntitle = \"{0} 표\"\ndescription = \"시험\"\nfield = \"traffic\"\ndepartment = \"transport\"\ncadence = \"monthly\"\nrelease = \"{1}\"\nsource = {2}\nformat = {3}\nload = {4}\n{5}\n",
            self.id, self.release, self.source, self.format, self.load, self.more
        );
        for column in &self.columns {
            writeln!(text, "\n{column}").unwrap();
        }
        text
    }
}

/// A city.
pub(crate) struct TestCity {
    folder: TempDir,
}

/// What a run of the binary said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The JSON lines of standard output.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// `loaded: read 2 = accepted 1 + quarantined 1`, of the first line.
    pub(crate) fn accounting(&self) -> String {
        let line = self
            .lines()
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("{self:?}"));
        format!(
            "{}: read {} = accepted {} + quarantined {}",
            line["outcome"].as_str().unwrap(),
            line["read"],
            line["accepted"],
            line["quarantined"]
        )
    }
}

impl TestCity {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("inbox")).unwrap();
        fs::write(folder.path().join("city.toml"), CITY).unwrap();
        Self { folder }
    }

    /// The usual dataset with this file.
    pub(crate) fn parking(csv: impl AsRef<[u8]>) -> Self {
        Self::new().dataset(&parking()).file("parking.csv", csv)
    }

    pub(crate) fn dataset(self, manifest: &Manifest) -> Self {
        self.write(
            &format!("datasets/traffic/{}.toml", manifest.id),
            manifest.text(),
        )
    }

    pub(crate) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.write(&format!("inbox/{name}"), bytes)
    }

    fn write(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        command(self.folder.path(), words)
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        ran(&mut self.command(words))
    }

    /// `madang load --json`.
    pub(crate) fn load(&self) -> Ran {
        self.run(&["load", "--json"])
    }

    /// `madang load --json` with so much memory of its own and no more: what it writes to, its threads' stacks among it,
    /// not what it maps and never touches. A program that wants more is stopped by the system.
    pub(crate) fn load_within(&self, kib: u64) -> Ran {
        let limited = format!("ulimit -d {kib} && exec \"$0\" \"$@\"");
        let plain = self.command(&["load", "--json"]);
        let mut command = Command::new("sh");
        command.args(["-c", &limited]).arg(plain.get_program());
        command
            .args(plain.get_args())
            .stdin(Stdio::null())
            .env_remove("MADANG_DATA")
            .env_remove("MADANG_CITY");
        ran(&mut command)
    }

    /// `madang query --format csv`.
    pub(crate) fn query(&self, sql: &str) -> String {
        let ran = self.run(&["query", sql, "--format", "csv"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out.trim_start_matches('\u{feff}').replace('\r', "")
    }
}

fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(MADANG);
    command
        .args(words)
        .arg("-C")
        .arg(folder)
        .stdin(Stdio::null())
        .env_remove("MADANG_DATA")
        .env_remove("MADANG_CITY");
    command
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
