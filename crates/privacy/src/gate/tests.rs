//! Files as they might be written, right and wrong.

use std::path::Path;

use super::suppression::Counted;
use super::*;

struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    at: usize,
}

impl Rows {
    fn of(header: &[&str], rows: &[&[&str]]) -> Self {
        let owned = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        Self {
            header: owned(header),
            rows: rows.iter().map(|row| owned(row)).collect(),
            at: 0,
        }
    }
}

impl Source for Rows {
    fn file(&self) -> &Path {
        Path::new("out.csv")
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn rewind(&mut self) -> Result<(), Failed> {
        self.at = 0;
        Ok(())
    }

    fn next(&mut self, row: &mut Vec<String>) -> Result<bool, Failed> {
        let Some(next) = self.rows.get(self.at) else {
            return Ok(false);
        };
        row.clone_from(next);
        self.at += 1;
        Ok(true)
    }

    fn line(&self) -> u64 {
        u64::try_from(self.at).unwrap()
    }
}

fn column(name: &str) -> Promised {
    Promised {
        name: name.to_owned(),
        others: Vec::new(),
        accepted: Vec::new(),
        is_made: false,
    }
}

fn promise(columns: &[Promised], rows: u64) -> Promise<'_> {
    Promise {
        columns,
        rows,
        sha256: "ab",
        found_sha256: "ab",
        counted: None,
        today: Day {
            year: 2026,
            month: 12,
            day: 1,
        },
    }
}

fn refused(looked: &Looked) -> Vec<GateWhat> {
    let refused = looked.checks.iter().filter(|check| !check.holds);
    refused.map(|check| check.what).collect()
}

#[test]
fn a_sound_file_passes_and_every_check_says_so() {
    let columns = [column("동"), column("메모")];
    let mut rows = Rows::of(
        &["\u{feff}동", "메모"],
        &[&["가온동", "맑음"], &["누리동", ""]],
    );
    let looked = look(&mut rows, &promise(&columns, 2)).unwrap();
    assert_eq!(refused(&looked), []);
    assert_eq!((looked.rows, looked.checks.len()), (2, 4));
}

#[test]
fn free_text_that_still_holds_a_telephone_is_refused_without_saying_it() {
    let columns = [column("동"), column("메모")];
    let memo = "보호자 010-0000-0123 통화";
    let mut rows = Rows::of(&["동", "메모"], &[&["가온동", "맑음"], &["누리동", memo]]);
    let looked = look(&mut rows, &promise(&columns, 2)).unwrap();
    assert_eq!(refused(&looked), [GateWhat::PersonalData]);
    let said = looked.checks.iter().find(|check| !check.holds).unwrap();
    assert!(
        said.ko.contains("메모") && said.ko.contains("2번째 행"),
        "{said:?}"
    );
    assert!(
        !said.ko.contains("0123") && !said.en.contains("0123"),
        "{said:?}"
    );
    // What the manifest accepts, and what a technique made up, is none of it.
    let mut accepted = columns.clone();
    accepted[1].accepted = vec![Kind::Mobile];
    rows.rewind().unwrap();
    assert_eq!(
        refused(&look(&mut rows, &promise(&accepted, 2)).unwrap()),
        []
    );
    let mut made = columns;
    made[1].is_made = true;
    rows.rewind().unwrap();
    assert_eq!(refused(&look(&mut rows, &promise(&made, 2)).unwrap()), []);
}

#[test]
fn another_column_another_number_of_rows_and_other_bytes_are_refused() {
    let columns = [column("동")];
    let mut rows = Rows::of(&["동", "성명"], &[&["가온동", "김가온"]]);
    let mut wrong = promise(&columns, 2);
    wrong.found_sha256 = "cd";
    let looked = look(&mut rows, &wrong).unwrap();
    assert_eq!(
        refused(&looked),
        [GateWhat::Columns, GateWhat::Bytes, GateWhat::Rows]
    );
    let mut none = Rows::of(&["동"], &[]);
    let looked = look(&mut none, &promise(&columns, 0)).unwrap();
    assert_eq!(refused(&looked), [GateWhat::Rows]);
}

#[test]
fn a_table_of_counts_is_checked_as_it_stands_in_the_file() {
    let columns = [column("동"), column("건수")];
    let counted = |()| Counted {
        by: 1,
        sums: 0,
        threshold: 5,
        total: "합계".to_owned(),
    };
    let checked = |rows: &[&[&str]]| {
        let mut source = Rows::of(&["동", "건수"], rows);
        let mut promise = promise(&columns, u64::try_from(rows.len()).unwrap());
        promise.counted = Some(counted(()));
        refused(&look(&mut source, &promise).unwrap())
    };
    let sound: &[&[&str]] = &[
        &["가온동", "*"],
        &["누리동", "*"],
        &["다온동", "30"],
        &["합계", "40"],
    ];
    assert_eq!(checked(sound), []);
    let alone: &[&[&str]] = &[
        &["가온동", "*"],
        &["누리동", "7"],
        &["다온동", "30"],
        &["합계", "40"],
    ];
    assert_eq!(checked(alone), [GateWhat::Suppression], "40 - 37 tells it");
    let small: &[&[&str]] = &[&["가온동", "3"], &["누리동", "7"], &["합계", "10"]];
    assert_eq!(checked(small), [GateWhat::Suppression]);
}
