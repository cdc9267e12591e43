//! Cells that a spreadsheet would run: they come as text, and numbers stay numbers.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use crate::files::{cells, sheet};
use crate::town::{TEXTS, town};

/// What a CSV file has for each text.
fn plain(text: &str) -> String {
    match text {
        "∅" => String::new(),
        "-12.5" | "+7" => text.to_owned(),
        other if other.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{other}"),
        other => other.to_owned(),
    }
}

#[tokio::test]
async fn no_cell_of_a_csv_file_is_a_formula() {
    let town = town().await;
    let text = town.get("/datasets/notes.csv").await.text();
    let rows = cells(text.trim_start_matches('\u{feff}'));
    assert_eq!(rows[0][0], "'=내용", "a title can be a formula too");
    let found: Vec<&str> = rows.iter().skip(1).map(|row| row[0].as_str()).collect();
    assert_eq!(found, TEXTS.map(plain));
    let dangerous = |cell: &str| {
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
    };
    assert_eq!(rows.iter().flatten().find(|cell| dangerous(cell)), None);
}

#[tokio::test]
async fn negative_numbers_of_a_csv_file_stay_numbers() {
    let town = town().await;
    let text = town
        .get("/datasets/notes.csv?columns=amount,ratio")
        .await
        .text();
    let rows = cells(text.trim_start_matches('\u{feff}'));
    let amounts: Vec<&str> = rows.iter().skip(1).map(|row| row[0].as_str()).collect();
    assert_eq!(
        amounts,
        [
            "-5", "-4", "-3", "", "-1", "0", "1", "2", "3", "4", "5", "6"
        ]
    );
    let ratios: Vec<f64> = rows
        .iter()
        .skip(1)
        .map(|row| row[1].parse().unwrap())
        .collect();
    assert!((ratios[11] + 2.75).abs() < 1e-9 && ratios.is_sorted_by(|left, right| left > right));
}

#[tokio::test]
async fn no_cell_of_a_workbook_is_a_formula_and_texts_are_what_they_were() {
    let town = town().await;
    let answer = town.get("/datasets/notes.xlsx").await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    let name = book.sheet_names()[0].clone();
    let formulas = book.worksheet_formula(&name).unwrap();
    assert_eq!(
        formulas.cells().find(|(_, _, formula)| !formula.is_empty()),
        None
    );
    let rows = sheet(&answer);
    for (row, text) in rows.iter().skip(1).zip(TEXTS) {
        match &row[0] {
            Data::Empty => assert_eq!(text, "∅"),
            Data::String(found) => {
                assert_eq!(found.replace("\r\n", "\n").replace("_x000D_", "\r"), text);
            }
            other => panic!("{text:?} became {other:?}"),
        }
    }
    let amounts: Vec<&Data> = rows.iter().skip(1).map(|row| &row[1]).collect();
    assert_eq!(
        (amounts[0], amounts[3], amounts[11]),
        (&Data::Float(-5.0), &Data::Empty, &Data::Float(6.0))
    );
}
