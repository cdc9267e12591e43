//! What is wrong with a row, as one plain sentence each.

use city::{ColumnType, Dataset, Lang, Reason, Why};

use crate::facts::column_title;
use crate::site::Visit;

/// `12행 설치연월 2021-13: 월은 01부터 12까지입니다`
pub(crate) fn sentence(visit: &Visit, dataset: &Dataset, row: i64, reason: &Reason) -> String {
    let why = why(visit, dataset, reason);
    let Some(column) = &reason.column else {
        let values = [("row", row.to_string()), ("why", why)];
        return visit.say("row.sentence_row", &values);
    };
    let title = column_title(visit, dataset, column);
    match reason.value.as_deref().map(str::trim) {
        None | Some("") => visit.say(
            "row.sentence_empty",
            &[("row", row.to_string()), ("column", title), ("why", why)],
        ),
        Some(value) => visit.say(
            "row.sentence",
            &[
                ("row", row.to_string()),
                ("column", title),
                ("value", value.to_owned()),
                ("why", why),
            ],
        ),
    }
}

/// Why, in words for who looks at this very column.
pub(crate) fn why(visit: &Visit, dataset: &Dataset, reason: &Reason) -> String {
    let kind = reason
        .column
        .as_deref()
        .and_then(|name| dataset.column(name));
    let kind = kind.map(|column| column.column_type);
    match (&reason.why, kind) {
        (Why::NoSuchMoment, Some(ColumnType::Month)) => visit.t("row.month"),
        (why, _) => why.text(lang(visit)),
    }
}

fn lang(visit: &Visit) -> Lang {
    visit.lang
}
