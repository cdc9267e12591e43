//! How far a table has been read: what a load keeps and the next one begins from.

use city::Fault;
use city::dataset::LoadMode;
use serde::{Deserialize, Serialize};

/// The mark of a table, kept word for word by whoever loads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// The watermark's column. Another column's value would mean nothing.
    pub(super) column: Option<String>,
    /// The greatest value read that is sure to stay behind those to come.
    pub(super) value: Option<String>,
    /// SHA-256 of the rows that the next load reads again: those no further behind than the overlap.
    pub(super) window: Option<String>,
    /// SHA-256 of the keys.
    pub(super) keys: Option<String>,
}

impl Mark {
    /// What an earlier load kept. A mark of another column means nothing to an upsert, which can read everything
    /// again; an append could not without doubling its rows.
    pub(super) fn read(
        after: Option<&str>,
        column: Option<&str>,
        mode: LoadMode,
        place: &str,
    ) -> Result<Self, Fault> {
        let unread = |what: String| {
            Fault::at(place, what).remedy(
                "say the column as it was, or begin a dataset with another id; the last version stays",
            )
        };
        let Some(text) = after else {
            return Ok(Self::default());
        };
        let mark: Self = match serde_json::from_str(text) {
            Ok(mark) => mark,
            Err(_) if mode == LoadMode::Append => {
                return Err(unread(
                    "how far the table was read is not known any more".to_owned(),
                ));
            }
            Err(_) => return Ok(Self::default()),
        };
        let is_plain = mark.value.as_deref().is_none_or(is_plain);
        if mark.column.as_deref() == column && is_plain {
            return Ok(mark);
        }
        match (mode, &mark.column, column) {
            (LoadMode::Append, Some(before), _) => Err(unread(format!(
                "the table was read by the column `{before}` so far, and rows that are added are never taken back"
            ))),
            _ => Ok(Self {
                keys: mark.keys,
                ..Self::default()
            }),
        }
    }

    /// As it is kept.
    pub(super) fn text(&self) -> Option<String> {
        (*self != Self::default())
            .then(|| serde_json::to_string(self).ok())
            .flatten()
    }
}

/// Whether a value is one that orders a history: a number, a day or a moment, and nothing else that could stand
/// in a question.
pub(super) fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= 64
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b" :.+-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(after: &str, column: Option<&str>, mode: LoadMode) -> Result<Mark, String> {
        Mark::read(Some(after), column, mode, "db").map_err(|fault| fault.to_string())
    }

    #[test]
    fn a_mark_is_given_back_as_it_was_kept() {
        let mark = Mark {
            column: Some("수정일시".to_owned()),
            value: Some("2026-11-26 09:00:00.5+09".to_owned()),
            window: Some("ab".to_owned()),
            keys: None,
        };
        let text = mark.text().unwrap();
        assert_eq!(read(&text, Some("수정일시"), LoadMode::Append), Ok(mark));
        assert_eq!(Mark::default().text(), None);
    }

    #[test]
    fn another_column_is_read_from_the_beginning_and_never_added_twice() {
        let text = r#"{"column":"a","value":"5","window":"w","keys":"k"}"#;
        let found = read(text, Some("b"), LoadMode::Upsert).unwrap();
        assert_eq!((found.value, found.keys.as_deref()), (None, Some("k")));
        let told = read(text, Some("b"), LoadMode::Append).unwrap_err();
        assert!(told.contains("by the column `a` so far"), "{told}");
        assert!(read("nonsense", Some("b"), LoadMode::Append).is_err());
        assert_eq!(
            read("nonsense", None, LoadMode::Upsert),
            Ok(Mark::default())
        );
    }

    #[test]
    fn nothing_but_a_number_or_moment_gets_into_a_question() {
        for (value, is) in [
            ("42", true),
            ("-1.50", true),
            ("2026-11-26 09:00:00.123456+09", true),
            ("", false),
            ("infinity", false),
            ("1'; drop table lots", false),
            ("0001-01-01 BC", false),
        ] {
            assert_eq!(is_plain(value), is, "{value}");
        }
        let text = r#"{"column":"a","value":"1' or '1'='1"}"#;
        assert_eq!(read(text, Some("a"), LoadMode::Upsert).unwrap().value, None);
    }
}
