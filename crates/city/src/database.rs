//! `source = { kind = "postgres" | "mariadb", ... }`: a table of another system's database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table, or the rows of one `SELECT`, read in one snapshot. Never holds a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TableSource {
    /// Where the database is: `postgres://host:5432/database` or `mariadb://host:3306/database`. `{name}` is
    /// replaced by the configuration value `sources.name`.
    pub url: String,
    /// Name of the configuration value that holds the user.
    #[serde(default)]
    pub user: Option<String>,
    /// Name of the configuration value that holds the password (never the password itself).
    #[serde(default)]
    pub password: Option<String>,
    /// Whether the line is encrypted, and whether the server's certificate is checked.
    #[serde(default)]
    pub tls: Tls,
    /// Name of the configuration value that holds the path of the certificates (PEM) which vouch for the server,
    /// for `tls = "verify-full"`; those that browsers know when absent.
    #[serde(default)]
    pub ca: Option<String>,
    /// The table or view: `schema.table`, or `table` where the database finds it by itself. Of its columns only
    /// those that the manifest declares are read.
    #[serde(default)]
    pub table: Option<String>,
    /// One `SELECT` in place of a table.
    #[serde(default)]
    pub sql: Option<String>,
    /// Column (name at the source) that grows with each change of a row: a load then reads only what is new.
    /// A time, a date or a number; never empty. Needs the load mode `upsert` or `append`.
    #[serde(default)]
    pub watermark: Option<String>,
    /// How far behind the watermark rows may still appear, because a transaction ended late: `90s`, `15m`, `1h`,
    /// `2d`, or a number where the watermark is one. An upsert reads that far back again; an append leaves rows
    /// that young to the next load. When absent: one hour; one day of a date; 1000 of a number (0 in an append).
    #[serde(default)]
    pub overlap: Option<String>,
    /// Rows that are gone from the source go from the dataset, found by the load's key. Needs the mode `upsert`.
    #[serde(default)]
    pub deletions: bool,
    /// Gives up after so many seconds without a row.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

/// A first row comes after the server has sorted all of them.
fn default_timeout_s() -> u64 {
    300
}

/// Whether the line to a database is encrypted, in the words databases use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// Never.
    Disable,
    /// When the server can; its certificate is not checked.
    #[default]
    Prefer,
    /// Always; its certificate is not checked.
    Require,
    /// Always; its certificate and name are checked.
    VerifyFull,
}

/// How far behind the watermark rows may still appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Seconds, of a time or a date.
    Seconds(u64),
    /// Steps, of a number.
    Steps(u64),
}

impl Overlap {
    /// Reads `90s`, `15m`, `1h`, `2d` or `1000`; at most a year or a thousand million.
    pub fn read(text: &str) -> Option<Self> {
        const YEAR: u64 = 366 * 86_400;
        let digits = text.trim_end_matches(|sign: char| sign.is_ascii_lowercase());
        let unit = text.strip_prefix(digits)?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u64 = digits.parse().ok()?;
        let seconds = match unit {
            "" => return (number <= 1_000_000_000).then_some(Self::Steps(number)),
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return None,
        };
        let seconds = number.checked_mul(seconds)?;
        (seconds <= YEAR).then_some(Self::Seconds(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlap_is_a_time_or_a_number() {
        for (text, meant) in [
            ("90s", Some(Overlap::Seconds(90))),
            ("15m", Some(Overlap::Seconds(900))),
            ("1h", Some(Overlap::Seconds(3600))),
            ("2d", Some(Overlap::Seconds(172_800))),
            ("0", Some(Overlap::Steps(0))),
            ("1000", Some(Overlap::Steps(1000))),
            ("", None),
            ("h", None),
            ("-1h", None),
            ("1 h", None),
            ("1w", None),
            ("1hh", None),
            ("367d", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(Overlap::read(text), meant, "{text}");
        }
    }
}
