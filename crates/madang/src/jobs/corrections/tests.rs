//! What becomes of rows that somebody put right.

use chrono::DateTime;
use lake::correction::RowOrigin;

use super::*;

fn source() -> SourceTable {
    SourceTable {
        file: "lots.csv".to_owned(),
        columns: ["번호", "이름", "면수"].map(str::to_owned).into(),
        crs: None,
    }
}

fn cells(of: [&str; 3]) -> Vec<String> {
    of.map(str::to_owned).into()
}

fn correction(id: &str, row: RowName, remedy: Remedy) -> Correction {
    Correction {
        id: id.to_owned(),
        at: DateTime::UNIX_EPOCH,
        who: "staff".to_owned(),
        why: "전화로 확인".to_owned(),
        row,
        remedy,
        from: RowOrigin {
            load_id: "l".to_owned(),
            file: "lots.csv".to_owned(),
            row: 2,
            accepted: false,
        },
        report: None,
    }
}

fn spaces(id: &str, was: &str, becomes: &str) -> Correction {
    let row = RowName::Key {
        cells: [("번호".to_owned(), "7".to_owned())].into(),
    };
    let change = CellChange {
        column: "면수".to_owned(),
        was: was.to_owned(),
        becomes: becomes.to_owned(),
    };
    correction(
        id,
        row,
        Remedy::Change {
            cells: vec![change],
        },
    )
}

fn done(all: Vec<Correction>, rows: &[[&str; 3]]) -> (Vec<Done>, BTreeMap<String, Came>) {
    let (corrections, source) = (Corrections::new(all), source());
    let keys = corrections.places(&source);
    let done = rows
        .iter()
        .map(|row| corrections.of_row(&source, &keys, &cells(*row)))
        .collect();
    (done, corrections.came())
}

#[test]
fn the_error_that_comes_again_is_put_right_and_other_rows_stay() {
    let rows = [["7", "가온", " 스물 "], ["8", "누리", "스물"]];
    let (done, came) = done(vec![spaces("a", "스물", "20")], &rows);
    assert_eq!(done[0].cells, Some(cells(["7", "가온", "20"])));
    assert_eq!(done[1], Done::default());
    assert_eq!(came["a"], Came::Applied);
}

#[test]
fn what_the_source_has_put_right_is_left_alone() {
    let (done, came) = done(vec![spaces("a", "스물", "20")], &[["7", "가온", "20"]]);
    assert_eq!((&done[0], came["a"]), (&Done::default(), Came::Fixed));
}

#[test]
fn a_source_that_says_something_else_is_believed() {
    let (done, came) = done(vec![spaces("a", "스물", "20")], &[["7", "가온", "25"]]);
    assert_eq!((&done[0], came["a"]), (&Done::default(), Came::Changed));
}

#[test]
fn a_row_that_is_not_delivered_is_told_so() {
    let (_, came) = done(vec![spaces("a", "스물", "20")], &[["9", "다솜", "스물"]]);
    assert_eq!(came["a"], Came::Absent);
}

#[test]
fn the_later_of_two_corrections_counts() {
    let all = vec![spaces("a", "스물", "20"), spaces("b", "스물", "21")];
    let (done, came) = done(all, &[["7", "가온", "스물"]]);
    assert_eq!(done[0].cells, Some(cells(["7", "가온", "21"])));
    assert_eq!((came["a"], came["b"]), (Came::Applied, Came::Applied));
}

#[test]
fn a_row_without_a_key_is_known_by_all_its_cells() {
    let row = cells(["", "가온", "스물"]);
    let name = RowName::Whole {
        sha256: whole_sha256(&row),
    };
    let out = correction("a", name, Remedy::LeaveOut);
    let (done, came) = done(vec![out], &[["", " 가온", "스물"], ["1", "가온", "스물"]]);
    assert_eq!(done[0].leave_out.as_deref(), Some("a"));
    assert_eq!(done[1], Done::default());
    assert_eq!(came["a"], Came::Applied);
}

#[test]
fn a_row_that_came_apart_is_given_whole() {
    let came_apart = cells(["7, 가온", "20", ""]);
    let name = RowName::Whole {
        sha256: whole_sha256(&came_apart),
    };
    let whole = [("번호", "7"), ("이름", "가온"), ("면수", "20")];
    let right = whole.map(|(column, cell)| (column.to_owned(), cell.to_owned()));
    let put_together = Remedy::Replace {
        cells: right.into(),
    };
    let all = vec![correction("a", name, put_together)];
    let (done, _) = done(all, &[["7, 가온", "20", ""]]);
    assert_eq!(done[0].cells, Some(cells(["7", "가온", "20"])));
}
