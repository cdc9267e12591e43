//! Cells of a workbook that carry a CSV's quotation marks as part of their text: somebody split lines at the marks'
//! commas and kept the marks. Taken off where the manifest says so, and counted.

use crate::formats::Row;
use crate::text::trim;

/// Takes the marks off; how many cells had them.
pub(super) fn take_off(rows: &mut [Row]) -> u64 {
    let mut places = 0;
    for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
        if let Some(plain) = cell.as_deref().and_then(without_marks) {
            *cell = Some(plain);
            places += 1;
        }
    }
    places
}

/// The text between marks before and behind it. A mark inside stands twice, as CSV writes it; where one stands alone,
/// the marks are the text's own (`"가" 또는 "나"`).
fn without_marks(cell: &str) -> Option<String> {
    let inside = trim(cell).strip_prefix('"')?.strip_suffix('"')?;
    let plain = inside.replace("\"\"", "");
    (!plain.contains('"')).then(|| inside.replace("\"\"", "\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_around_a_whole_cell_go_and_others_stay() {
        for (cell, plain) in [
            ("\"66,935\"", Some("66,935")),
            (" \"2,4주 월요일\" ", Some("2,4주 월요일")),
            ("\"그는 \"\"예\"\"라고\"", Some("그는 \"예\"라고")),
            ("\"\"", Some("")),
            ("\"", None),
            ("66,935", None),
            ("\"가\" 또는 \"나\"", None),
            ("5\"", None),
        ] {
            assert_eq!(without_marks(cell).as_deref(), plain, "{cell}");
        }
        let row = Row {
            cells: vec![Some("\"a\"".to_owned()), None, Some("b".to_owned())],
            ..Row::default()
        };
        let mut rows = [row];
        assert_eq!(take_off(&mut rows), 1);
        assert_eq!(rows[0].cells[0].as_deref(), Some("a"));
    }

    proptest! {
        /// What CSV would put into marks comes out again.
        #[test]
        fn a_text_in_marks_is_the_text(text in "[a가\", ]{0,12}") {
            let cell = format!("\"{}\"", text.replace('"', "\"\""));
            prop_assert_eq!(without_marks(&cell), Some(text));
        }
    }
}
