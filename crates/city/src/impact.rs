//! What a changed manifest would make of the last delivery, before it is loaded: found by the binary, kept by the
//! lake, shown by pages and the command line.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dataset::{Column, ColumnType, Dataset, PrivacyClass, Source};
use crate::id::DatasetId;
use crate::lang::Lang;
use crate::reason::Reason;

/// What a changed manifest would make of the last delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// The dataset.
    pub dataset: DatasetId,
    /// The version in force, whose bytes were read again.
    pub version: i64,
    /// SHA-256 of the changed manifest.
    pub manifest_sha256: String,
    /// When it was found.
    pub at: DateTime<Utc>,
    /// What of the manifest changed; none where the one before was not kept.
    pub changes: Vec<Change>,
    /// Rows as the manifest in force has them.
    pub before: Counts,
    /// Rows as the changed one would; none where the bytes cannot be read by it.
    pub now: Option<Counts>,
    /// Why the bytes cannot be read by it.
    pub faults: Vec<String>,
    /// Rows that fail only by the changed manifest, and rows that pass only by it; none where more rows fail than
    /// are compared one by one.
    pub moved: Option<Moved>,
    /// Whether a load would be refused whole: more rows fail than `load.quarantine-limit` allows.
    pub is_refused: bool,
}

/// Rows read, and how many of them fail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Rows that fail.
    pub quarantined: u64,
    /// Rows by what they fail: the check's word, behind the column's name and a point where one column is at fault. A
    /// row counts once for each.
    pub by_reason: BTreeMap<String, u64>,
}

/// Rows that change sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// Rows that newly fail.
    pub failing: u64,
    /// Rows that newly pass.
    pub passing: u64,
    /// Of those that newly fail, by reason.
    pub failing_by_reason: BTreeMap<String, u64>,
    /// Of those that newly pass, by the reason they failed for.
    pub passing_by_reason: BTreeMap<String, u64>,
    /// The first of those that newly fail, and why.
    pub failing_examples: Vec<Example>,
    /// The first of those that newly pass, and why they failed.
    pub passing_examples: Vec<Example>,
}

/// A row that changes sides. Its reasons hold cells: for staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// The file.
    pub file: String,
    /// The row in it.
    pub row: i64,
    /// Why it fails, or failed.
    pub reasons: Vec<Reason>,
}

/// The word a reason is counted by.
pub fn reason_word(reason: &Reason) -> String {
    let check = reason.why.check();
    match &reason.column {
        Some(column) => format!("{column}.{check}"),
        None => check.to_owned(),
    }
}

/// One thing that changed in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Change {
    /// A column came.
    Added {
        /// Its physical name.
        column: String,
    },
    /// A column went.
    Removed {
        /// Its physical name.
        column: String,
    },
    /// A column has another type.
    Type {
        /// Its physical name.
        column: String,
        /// The type before.
        before: ColumnType,
        /// The type now.
        now: ColumnType,
    },
    /// A column is read from another column of the source.
    Source {
        /// Its physical name.
        column: String,
        /// The source's name before.
        before: String,
        /// The source's name now.
        now: String,
    },
    /// A column has another privacy class.
    Privacy {
        /// Its physical name.
        column: String,
        /// The class before.
        before: PrivacyClass,
        /// The class now.
        now: PrivacyClass,
    },
    /// What a column's values must satisfy, or how they are read.
    Contract {
        /// Its physical name.
        column: String,
    },
    /// A part of the manifest that is about the whole table: `format`, `load`, `long`, `place`, `checks`, `question`.
    Part {
        /// The part's word.
        part: String,
    },
}

impl Change {
    /// The change as a sentence without a final point; `title` gives a column's title.
    pub fn sentence(&self, lang: Lang, title: &dyn Fn(&str) -> String) -> String {
        match lang {
            Lang::Ko => self.korean(title),
            Lang::En => self.english(title),
        }
    }

    fn korean(&self, title: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Added { column } => format!("'{}' 열이 생깁니다", title(column)),
            Self::Removed { column } => format!("'{}' 열이 없어집니다", title(column)),
            Self::Type {
                column,
                before,
                now,
            } => format!(
                "'{}' 열의 형이 바뀝니다: {} → {}",
                title(column),
                word(before),
                word(now)
            ),
            Self::Source {
                column,
                before,
                now,
            } => format!(
                "'{}' 열을 읽는 출처의 열이 바뀝니다: '{before}' → '{now}'",
                title(column)
            ),
            Self::Privacy {
                column,
                before,
                now,
            } => format!(
                "'{}' 열의 개인정보 등급이 바뀝니다: {} → {}",
                title(column),
                word(before),
                word(now)
            ),
            Self::Contract { column } => {
                format!("'{}' 열의 점검이나 읽는 법이 바뀝니다", title(column))
            }
            Self::Part { part } => format!("`{part}` 부분이 바뀝니다"),
        }
    }

    fn english(&self, title: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Added { column } => format!("column '{}' comes", title(column)),
            Self::Removed { column } => format!("column '{}' goes", title(column)),
            Self::Type {
                column,
                before,
                now,
            } => format!(
                "the type of '{}' changes from {} to {}",
                title(column),
                word(before),
                word(now)
            ),
            Self::Source {
                column,
                before,
                now,
            } => format!(
                "'{}' is read from '{now}' in place of '{before}'",
                title(column)
            ),
            Self::Privacy {
                column,
                before,
                now,
            } => format!(
                "the privacy class of '{}' changes from {} to {}",
                title(column),
                word(before),
                word(now)
            ),
            Self::Contract { column } => format!(
                "what '{}' must satisfy, or how it is read, changes",
                title(column)
            ),
            Self::Part { part } => format!("the part `{part}` changes"),
        }
    }
}

/// The word of a value, as manifests write it.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    let word = value.as_ref().and_then(serde_json::Value::as_str);
    word.unwrap_or_default().to_owned()
}

/// What differs between two manifests of a dataset, as far as it decides rows or who may see them.
pub fn changes(before: &Dataset, now: &Dataset) -> Vec<Change> {
    let mut changes = Vec::new();
    for column in &before.columns {
        match now.column(&column.name) {
            None => changes.push(Change::Removed {
                column: column.name.clone(),
            }),
            Some(other) => of_column(column, other, &mut changes),
        }
    }
    let added = now
        .columns
        .iter()
        .filter(|column| before.column(&column.name).is_none());
    changes.extend(added.map(|column| Change::Added {
        column: column.name.clone(),
    }));
    let question = |dataset: &Dataset| match &dataset.source {
        Source::Derived(source) => Some(source.sql.clone()),
        _ => None,
    };
    let parts = [
        ("format", before.format != now.format),
        ("load", before.load != now.load),
        ("long", before.long != now.long),
        ("place", before.place != now.place),
        ("checks", before.checks != now.checks),
        ("question", question(before) != question(now)),
    ];
    let changed = parts.into_iter().filter(|(_, is_changed)| *is_changed);
    changes.extend(changed.map(|(part, _)| Change::Part {
        part: part.to_owned(),
    }));
    changes
}

fn of_column(before: &Column, now: &Column, changes: &mut Vec<Change>) {
    let column = || before.name.clone();
    if before.column_type != now.column_type {
        changes.push(Change::Type {
            column: column(),
            before: before.column_type,
            now: now.column_type,
        });
    }
    if before.source_name() != now.source_name() {
        changes.push(Change::Source {
            column: column(),
            before: before.source_name().to_owned(),
            now: now.source_name().to_owned(),
        });
    }
    if before.privacy != now.privacy {
        changes.push(Change::Privacy {
            column: column(),
            before: before.privacy,
            now: now.privacy,
        });
    }
    let read = |column: &Column| {
        (
            column.checks.clone(),
            column.null_tokens.clone(),
            column.spellings.clone(),
            column.forms.clone(),
            (column.scale, column.korean_units, column.unit.clone()),
        )
    };
    if read(before) != read(now) {
        changes.push(Change::Contract { column: column() });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const MANIFEST: &str = r#"
id = "lots"
title = "주차장"
description = "시험"
field = "traffic"
department = "transport"
cadence = "daily"
source = { kind = "file", path = "lots.csv" }
format = { kind = "csv" }
columns = [
  { name = "name", title = "이름", type = "text", privacy = "none" },
  { name = "spaces", title = "면수", type = "integer", privacy = "none" },
]
"#;

    fn dataset(text: &str) -> Dataset {
        let (dataset, faults) = crate::read::dataset_text(Path::new("lots.toml"), text);
        assert_eq!(faults, []);
        dataset.unwrap()
    }

    #[test]
    fn what_decides_rows_is_told_and_a_title_is_not() {
        let before = dataset(MANIFEST);
        let now = MANIFEST
            .replace("주차장", "노상주차장")
            .replace("type = \"integer\"", "type = \"number\"")
            .replace(
                "title = \"면수\"",
                "title = \"면수\", source = \"주차면수\", checks = [\"required\"]",
            )
            .replace(
                "{ name = \"name\", title = \"이름\"",
                "{ name = \"label\", title = \"이름\"",
            )
            .replace("{ kind = \"csv\" }", "{ kind = \"csv\", skip-rows = 1 }");
        let title = |name: &str| name.to_owned();
        let told: Vec<String> = changes(&before, &dataset(&now))
            .iter()
            .map(|change| change.sentence(Lang::En, &title))
            .collect();
        assert_eq!(
            told,
            [
                "column 'name' goes",
                "the type of 'spaces' changes from integer to number",
                "'spaces' is read from '주차면수' in place of '면수'",
                "what 'spaces' must satisfy, or how it is read, changes",
                "column 'label' comes",
                "the part `format` changes",
            ]
        );
        let titled = dataset(&MANIFEST.replace("\"주차장\"", "\"다른 이름\""));
        assert_eq!(changes(&before, &titled), []);
    }
}
