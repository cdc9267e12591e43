//! What differs between a delivery and the one before it: told in Korean or English.
//!
//! Room `quality` finds differences, the lake keeps them, pages and the command line show them.

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// One thing that differs more than it may.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Difference {
    /// The number of rows.
    Rows {
        /// Rows of the delivery before.
        before: u64,
        /// Rows of this one.
        now: u64,
        /// Largest change allowed, as a share.
        limit: f64,
    },
    /// A column's share of empty cells.
    Nulls {
        /// Its physical name.
        column: String,
        /// Share before.
        before: f64,
        /// Share now.
        now: f64,
        /// Largest change allowed.
        limit: f64,
    },
    /// A column's codes.
    Codes {
        /// Its physical name.
        column: String,
        /// Codes that were not there before, the first few.
        new: Vec<String>,
        /// Codes that are no more, the first few.
        gone: Vec<String>,
        /// New and gone codes as a share of all.
        share: f64,
        /// Largest share allowed.
        limit: f64,
    },
    /// The box around all places.
    Extent {
        /// How far the edge that moved most did, in kilometres.
        km: f64,
        /// How far it may.
        limit: f64,
    },
    /// Keys that were there before.
    Keys {
        /// Of them, still there.
        kept: u64,
        /// All of them.
        before: u64,
        /// Least share that must still be there.
        limit: f64,
    },
    /// Rows that fail, by a manifest that was changed since.
    Failing {
        /// Rows of the delivery before.
        read_before: u64,
        /// Of them, those that failed by the manifest before.
        failed_before: u64,
        /// Rows of this one.
        read: u64,
        /// Of them, those that fail by the changed manifest.
        failed: u64,
    },
    /// Columns of the source that the manifest does not use.
    Columns {
        /// That came.
        new: Vec<String>,
        /// That went.
        gone: Vec<String>,
    },
}

impl Difference {
    /// The difference as a sentence; `title` gives a column's title.
    pub fn sentence(&self, lang: Lang, title: &dyn Fn(&str) -> String) -> String {
        match lang {
            Lang::Ko => self.korean(title),
            Lang::En => self.english(title),
        }
    }

    fn korean(&self, title: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Rows { before, now, limit } => format!(
                "행이 {before}개에서 {now}개로 바뀌었습니다. 허용하는 변화는 {} %까지입니다.",
                percent(*limit)
            ),
            Self::Nulls {
                column,
                before,
                now,
                limit,
            } => format!(
                "'{}' 열의 빈 칸이 {} %에서 {} %로 바뀌었습니다. 허용하는 변화는 {} %포인트까지입니다.",
                title(column),
                percent(*before),
                percent(*now),
                percent(*limit)
            ),
            Self::Codes {
                column,
                new,
                gone,
                share,
                limit,
            } => format!(
                "'{}' 열의 코드가 {} % 바뀌었습니다. 허용하는 변화는 {} %까지입니다.{}{}",
                title(column),
                percent(*share),
                percent(*limit),
                named("새 코드", new),
                named("없어진 코드", gone)
            ),
            Self::Extent { km, limit } => format!(
                "위치 범위의 가장자리가 {km:.1} km 움직였습니다. 허용하는 거리는 {limit} km까지입니다."
            ),
            Self::Keys {
                kept,
                before,
                limit,
            } => format!(
                "전에 있던 키 {before}개 가운데 {kept}개만 남았습니다. {} % 이상 남아야 합니다.",
                percent(*limit)
            ),
            Self::Failing {
                read_before,
                failed_before,
                read,
                failed,
            } => format!(
                "선언이 바뀌어 {read}행 가운데 {failed}행을 격리하게 됩니다. 바뀌기 전에는 {read_before}행 가운데 {failed_before}행이었습니다."
            ),
            Self::Columns { new, gone } => format!(
                "출처의 열이 바뀌었습니다.{}{}",
                named("새 열", new),
                named("없어진 열", gone)
            ),
        }
    }

    fn english(&self, title: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Rows { before, now, limit } => format!(
                "The rows changed from {before} to {now}; a change of {} % is allowed.",
                percent(*limit)
            ),
            Self::Nulls {
                column,
                before,
                now,
                limit,
            } => format!(
                "The empty cells of '{}' changed from {} % to {} %; a change of {} points is allowed.",
                title(column),
                percent(*before),
                percent(*now),
                percent(*limit)
            ),
            Self::Codes {
                column,
                new,
                gone,
                share,
                limit,
            } => format!(
                "{} % of the codes of '{}' changed; {} % is allowed.{}{}",
                percent(*share),
                title(column),
                percent(*limit),
                named("New", new),
                named("Gone", gone)
            ),
            Self::Extent { km, limit } => {
                format!(
                    "An edge of the area of all places moved {km:.1} km; {limit} km is allowed."
                )
            }
            Self::Keys {
                kept,
                before,
                limit,
            } => format!(
                "Of {before} keys only {kept} are still there; {} % must be.",
                percent(*limit)
            ),
            Self::Failing {
                read_before,
                failed_before,
                read,
                failed,
            } => format!(
                "The manifest was changed: {failed} of {read} rows fail by it; before, {failed_before} of {read_before} did."
            ),
            Self::Columns { new, gone } => format!(
                "The source's columns changed.{}{}",
                named("New", new),
                named("Gone", gone)
            ),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// ` New: a, b.`; nothing when there is nothing to name.
fn named(word: &str, names: &[String]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!(" {word}: {}.", names.join(", "))
    }
}
