//! The SQL of what is asked. Names are quoted; the only values in it are checked by `mark`.

use city::Fault;
use city::dataset::{Overlap, TableSource};

use super::Server;
use super::session::{Described, Grows};

/// Rows without a watermark are counted up to here.
pub(super) const COUNTED: u32 = 1000;

/// What is read, in a server's words.
#[derive(Clone, Debug)]
pub(super) struct Question {
    server: Server,
    /// The table or the manifest's own question, called `m`.
    from: String,
}

impl Question {
    pub(super) fn new(server: Server, source: &TableSource) -> Result<Self, Fault> {
        let from = match (&source.table, &source.sql) {
            (Some(table), _) => {
                let parts: Vec<String> = table
                    .split('.')
                    .map(|part| ident(server, part.trim()))
                    .collect();
                parts.join(".")
            }
            // A comment at its end must not swallow the bracket.
            (None, Some(sql)) => format!("({}\n)", sql.trim().trim_end_matches(';')),
            (None, None) => {
                return Err(Fault::at(&source.url, "it is not said what is read")
                    .expected("`table`, or `sql` with one SELECT"));
            }
        };
        Ok(Self { server, from })
    }

    /// A column as it is called in a question.
    pub(super) fn column(&self, name: &str) -> String {
        format!("m.{}", ident(self.server, name))
    }

    /// These columns, or all, as they are: only to learn of them.
    pub(super) fn sample(&self, names: &[&str]) -> String {
        let list: Vec<String> = names.iter().map(|name| self.column(name)).collect();
        let list = if list.is_empty() {
            "m.*".to_owned()
        } else {
            list.join(", ")
        };
        format!("SELECT {list} FROM {} AS m", self.from)
    }

    /// The rows that `only` names, in this order.
    pub(super) fn rows(
        &self,
        columns: &[Described],
        only: Option<&str>,
        order: &[String],
    ) -> String {
        let list: Vec<&str> = columns
            .iter()
            .map(|column| column.select.as_str())
            .collect();
        let only = only
            .map(|only| format!(" WHERE {only}"))
            .unwrap_or_default();
        format!(
            "SELECT {} FROM {} AS m{only} ORDER BY {}",
            list.join(", "),
            self.from,
            order.join(", ")
        )
    }

    /// Whether there is any row.
    pub(super) fn any(&self) -> String {
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} AS m LIMIT 1) AS n",
            self.from
        )
    }

    /// 1 if `one` is later than `other`.
    pub(super) fn is_later(one: &str, other: &str) -> String {
        format!("SELECT CASE WHEN {one} > {other} THEN 1 ELSE 0 END")
    }

    /// How many rows have no watermark, as far as they are counted.
    pub(super) fn without(&self, column: &str) -> String {
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} AS m WHERE {} IS NULL LIMIT {COUNTED}) AS n",
            self.from,
            self.column(column)
        )
    }

    /// The greatest watermark, up to `limit`.
    pub(super) fn greatest(&self, column: &str, limit: Option<&str>) -> String {
        let column = self.column(column);
        let limit = limit
            .map(|limit| format!(" WHERE {column} <= {limit}"))
            .unwrap_or_default();
        format!("SELECT max({column}) FROM {} AS m{limit}", self.from)
    }

    /// Whether there is a row behind `limit`.
    pub(super) fn behind(&self, column: &str, limit: &str) -> String {
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} AS m WHERE {} > {limit} LIMIT {COUNTED}) AS n",
            self.from,
            self.column(column)
        )
    }

    /// `from` or later.
    pub(super) fn from(&self, column: &str, from: &str) -> String {
        format!("{} >= {from}", self.column(column))
    }

    /// Later than `after`, if it is given, and up to `to`.
    pub(super) fn between(&self, column: &str, after: Option<&str>, to: &str) -> String {
        let column = self.column(column);
        match after {
            Some(after) => format!("{column} > {after} AND {column} <= {to}"),
            None => format!("{column} <= {to}"),
        }
    }

    /// A watermark's value as it is written in a question.
    pub(super) fn value(&self, column: &Described, grows: Grows, value: &str) -> String {
        match (self.server, grows) {
            (_, Grows::Number) => format!("({value})"),
            (Server::Postgres, _) => format!("CAST('{value}' AS {})", column.type_name),
            (Server::Mariadb, Grows::Day) => format!("CAST('{value}' AS DATE)"),
            (Server::Mariadb, Grows::Moment) => format!("CAST('{value}' AS DATETIME(6))"),
        }
    }

    /// Now, as such a column would say it.
    pub(super) fn now(&self, column: &Described, grows: Grows) -> Option<String> {
        match (self.server, grows) {
            (_, Grows::Number) => None,
            (Server::Postgres, _) => Some(format!("CAST(now() AS {})", column.type_name)),
            (Server::Mariadb, Grows::Day) => Some("CURDATE()".to_owned()),
            (Server::Mariadb, Grows::Moment) => Some("NOW(6)".to_owned()),
        }
    }

    /// So much before `moment`.
    pub(super) fn before(&self, grows: Grows, moment: &str, overlap: Overlap) -> String {
        let (Overlap::Seconds(amount) | Overlap::Steps(amount)) = overlap;
        if amount == 0 {
            return moment.to_owned();
        }
        match (self.server, grows) {
            (_, Grows::Number) => format!("({moment} - {amount})"),
            (Server::Postgres, Grows::Day) => format!("({moment} - {})", days(amount)),
            (Server::Postgres, Grows::Moment) => {
                format!("({moment} - INTERVAL '{amount} seconds')")
            }
            (Server::Mariadb, Grows::Day) => format!("({moment} - INTERVAL {} DAY)", days(amount)),
            (Server::Mariadb, Grows::Moment) => format!("({moment} - INTERVAL {amount} SECOND)"),
        }
    }

    /// A day after `moment`.
    pub(super) fn day_after(&self, moment: &str) -> String {
        match self.server {
            Server::Postgres => format!("({moment} + INTERVAL '1 day')"),
            Server::Mariadb => format!("({moment} + INTERVAL 1 DAY)"),
        }
    }

    /// The names of the tables there are.
    pub(super) fn tables(&self) -> &'static str {
        match self.server {
            Server::Postgres => {
                "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 LIMIT 2000"
            }
            Server::Mariadb => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1 LIMIT 2000"
            }
        }
    }
}

/// A day holds all its seconds: a part of one is one.
fn days(seconds: u64) -> u64 {
    seconds.div_ceil(86_400)
}

/// A name, whatever stands in it.
pub(super) fn ident(server: Server, name: &str) -> String {
    let mark = match server {
        Server::Postgres => '"',
        Server::Mariadb => '`',
    };
    let doubled = format!("{mark}{mark}");
    format!("{mark}{}{mark}", name.replace(mark, &doubled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::session::Kind;

    fn question(server: Server, source: serde_json::Value) -> Question {
        let source = serde_json::from_value(source).unwrap();
        Question::new(server, &source).unwrap()
    }

    fn column(name: &str, kind: Kind, type_name: &str) -> Described {
        Described {
            name: name.to_owned(),
            kind,
            type_name: type_name.to_owned(),
            select: format!("m.{name}"),
        }
    }

    #[test]
    fn names_are_quoted_and_a_question_is_put_in_brackets() {
        let postgres = question(
            Server::Postgres,
            serde_json::json!({"url": "", "table": "public.주차\"장"}),
        );
        assert_eq!(
            postgres.sample(&["이름"]),
            "SELECT m.\"이름\" FROM \"public\".\"주차\"\"장\" AS m"
        );
        let mariadb = question(
            Server::Mariadb,
            serde_json::json!({"url": "", "sql": "select 1 -- one;\n; "}),
        );
        assert_eq!(
            mariadb.sample(&[]),
            "SELECT m.* FROM (select 1 -- one;\n\n) AS m"
        );
        assert_eq!(ident(Server::Mariadb, "a`b"), "`a``b`");
    }

    #[test]
    fn watermarks_are_compared_in_their_own_type() {
        let table = serde_json::json!({"url": "", "table": "lots"});
        let postgres = question(Server::Postgres, table.clone());
        let mariadb = question(Server::Mariadb, table);
        let zoned = column("at", Kind::ZonedMoment, "timestamptz");
        let at = postgres.value(&zoned, Grows::Moment, "2026-11-26 09:00:00+09");
        assert_eq!(
            postgres.from(
                "at",
                &postgres.before(Grows::Moment, &at, Overlap::Seconds(60))
            ),
            "m.\"at\" >= (CAST('2026-11-26 09:00:00+09' AS timestamptz) - INTERVAL '60 seconds')"
        );
        let day = column("day", Kind::Day, "date");
        let at = mariadb.value(&day, Grows::Day, "2026-11-26");
        assert_eq!(
            mariadb.before(Grows::Day, &at, Overlap::Seconds(86_401)),
            "(CAST('2026-11-26' AS DATE) - INTERVAL 2 DAY)"
        );
        let number = column("no", Kind::Number, "bigint");
        let at = mariadb.value(&number, Grows::Number, "-5");
        assert_eq!(
            mariadb.between("no", Some(&at), "(9)"),
            "m.`no` > (-5) AND m.`no` <= (9)"
        );
    }
}
