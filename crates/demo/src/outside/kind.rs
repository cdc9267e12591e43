//! Which servers there are, and what comes from each.

use super::{mariadb, mosquitto, postgres, sshd};

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// PostgreSQL: bookings of sports facilities.
    Postgres,
    /// MariaDB: enrolments in courses.
    Mariadb,
    /// SSH: what the company behind the transport cards puts there each night.
    Sftp,
    /// MQTT: what the sensors of noise say.
    Mqtt,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Postgres, Self::Mariadb, Self::Sftp, Self::Mqtt];

    /// The word for it in the demo's own files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mariadb => "mariadb",
            Self::Sftp => "sftp",
            Self::Mqtt => "mqtt",
        }
    }

    /// What its makers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Mariadb => "MariaDB",
            Self::Sftp => "OpenSSH's server",
            Self::Mqtt => "Mosquitto",
        }
    }

    /// The Debian package that brings it.
    pub fn package(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::Mariadb => "mariadb-server",
            Self::Sftp => "openssh-server",
            Self::Mqtt => "mosquitto",
        }
    }

    /// The dataset that comes from it.
    pub fn dataset(self) -> &'static str {
        match self {
            Self::Postgres => "sports_bookings",
            Self::Mariadb => "enrolments",
            Self::Sftp => "bus_ridership",
            Self::Mqtt => "noise",
        }
    }

    /// Whether its programs are there.
    pub fn is_installed(self) -> bool {
        match self {
            Self::Postgres => postgres::programs().is_some(),
            Self::Mariadb => mariadb::is_installed(),
            Self::Sftp => sshd::is_installed(),
            Self::Mqtt => mosquitto::is_installed(),
        }
    }

    /// The manifest's lines of where it comes from and as what, where there is no server: the same rows as files.
    fn as_files(self) -> [&'static str; 2] {
        match self {
            Self::Postgres => [
                r#"source = { kind = "file", path = "평생학습과/체육시설예약_*.csv", take = "all" }"#,
                r#"format = { kind = "csv", encoding = "cp949" }"#,
            ],
            Self::Mariadb => [
                r#"source = { kind = "file", path = "평생학습과/수강신청_*.csv", take = "all" }"#,
                r#"format = { kind = "csv", encoding = "cp949" }"#,
            ],
            Self::Sftp => [
                r#"source = { kind = "file", path = "교통정책과/버스이용객_*.csv", take = "all" }"#,
                r#"format = { kind = "csv", encoding = "cp949" }"#,
            ],
            Self::Mqtt => [
                r#"source = { kind = "file", path = "환경과/환경소음_*.ndjson", take = "all" }"#,
                r#"format = { kind = "ndjson" }"#,
            ],
        }
    }

    /// The manifest with files in the server's place.
    pub(crate) fn without_server(self, manifest: &str) -> String {
        let [source, format] = self.as_files();
        let lines = manifest.lines().map(|line| {
            let line = match line.split_once('=').map(|(word, _)| word.trim()) {
                // Those of columns are indented no further, but name a text.
                Some("source") if line.contains('{') => source,
                Some("format") if line.contains('{') => format,
                _ => line,
            };
            format!("{line}\n")
        });
        lines.collect()
    }
}
