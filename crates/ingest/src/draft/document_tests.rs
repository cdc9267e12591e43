//! Workbooks and documents with more than one plain table, drafted, and decoded as drafted.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use city::Dataset;
use rust_xlsxwriter::{Format as Style, Workbook, Worksheet};

use super::*;
use crate::decode::{Block, Decoded, Sink, SinkError};
use crate::formats::made;

#[derive(Default)]
struct Kept(Mutex<Vec<Block>>);

impl Sink for Kept {
    fn block(&self, block: Block) -> Result<(), SinkError> {
        self.0.lock().unwrap().push(block);
        Ok(())
    }
}

fn input(path: &Path) -> Input {
    Input {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        path: path.to_owned(),
    }
}

fn drafted(path: &Path) -> (Dataset, Draft) {
    let guide = Guide {
        id: Some("drafted".to_owned()),
        title: None,
        field: "traffic".to_owned(),
        department: "transport".to_owned(),
        path: None,
        crs: "EPSG:5186".to_owned(),
        bounds: KOREA,
        about: About::default(),
    };
    let draft = draft(&input(path), &guide, &|_| {}).unwrap();
    let (dataset, faults) = city::read::dataset_text(Path::new("drafted.toml"), &draft.manifest);
    assert_eq!(faults, []);
    (dataset.unwrap(), draft)
}

/// The rows of a file as its cells came, each line `number: cell|cell`, and what the decode did.
fn decoded(dataset: &Dataset, path: &Path) -> (Vec<String>, Decoded) {
    let kept = Kept::default();
    let done = crate::decode(dataset, "EPSG:5186", &[input(path)], 1, &kept).unwrap();
    let blocks = kept.0.into_inner().unwrap();
    let rows = blocks.iter().flat_map(|block| {
        assert_eq!((block.faults.len(), block.broken.len()), (0, 0));
        (0..block.rows.num_rows()).map(|row| block.raw.cells(row).join("|"))
    });
    (rows.collect(), done)
}

fn at(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

fn put(sheet: &mut Worksheet, first: u32, rows: &[&[&str]]) {
    for (row, cells) in (first..).zip(rows) {
        for (column, text) in (0..).zip(*cells) {
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) => sheet.write(row, column, *text).unwrap(),
            };
        }
    }
}

fn says(draft: &Draft, words: &[&str]) -> bool {
    draft
        .unsure
        .iter()
        .any(|note| words.iter().all(|word| note.contains(word)))
}

#[test]
fn the_largest_of_several_tables_is_proposed_and_the_others_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = at(&folder, "현황.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    put(
        sheet,
        0,
        &[
            &["가. 예산 현황"],
            &["과목", "예산액"],
            &["운영비", "100"],
            &["시설비", "200"],
        ],
    );
    put(
        sheet,
        5,
        &[
            &["나. 시설 현황"],
            &["", "", "(단위: 개소)"],
            &["시설명", "구", "수", "이용률(%)"],
        ],
    );
    for row in 0..30_u32 {
        put(
            sheet,
            8 + row,
            &[&[&format!("시설{row}"), "가온구", "7", "1.5"]],
        );
    }
    put(sheet, 38, &[&["합계", "", "210"]]);
    put(
        sheet,
        40,
        &[&["연도", "인원"], &["2023", "5"], &["2024", "6"]],
    );
    book.save(&path).unwrap();
    let (dataset, draft) = drafted(&path);
    assert_eq!(dataset.format.table.as_deref(), Some("나. 시설 현황"));
    assert_eq!(
        (dataset.format.skip_rows, dataset.format.header_rows),
        (1, 1)
    );
    assert_eq!(dataset.format.skip_rows_starting, ["합계"]);
    assert!(
        says(&draft, &["has 3 tables", "`가. 예산 현황`", "`A41:B`"]),
        "{:?}",
        draft.unsure
    );
    assert_eq!(
        dataset.column("count").unwrap().unit.as_deref(),
        Some("개소")
    );
    let rate = dataset.columns.last().unwrap();
    assert_eq!(
        (
            rate.title.as_str(),
            rate.source_name(),
            rate.unit.as_deref()
        ),
        ("이용률", "이용률(%)", Some("%"))
    );
    let (rows, done) = decoded(&dataset, &path);
    assert_eq!((rows.len(), done.rows_skipped), (30, 1));
    assert_eq!(rows[0], "시설0|가온구|7|1.5");
}

#[test]
fn a_blank_row_in_a_table_is_no_border() {
    let folder = tempfile::tempdir().unwrap();
    let path = at(&folder, "목록.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    put(
        sheet,
        0,
        &[&["시설명", "수"], &["가온", "1"], &["누리", "2"]],
    );
    put(sheet, 4, &[&["다온", "3"], &["라온", "4"]]);
    book.save(&path).unwrap();
    let (dataset, _) = drafted(&path);
    assert_eq!(dataset.format.table, None);
    assert_eq!(decoded(&dataset, &path).0.len(), 4);
}

#[test]
fn notes_of_any_length_and_group_totals_are_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, notes: &[&[&str]]| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        put(sheet, 0, &[&["구", "시설명", "면적\n(㎡)"]]);
        let style = Style::new();
        for (group, first) in [("가온구", 1), ("누리구", 13)] {
            sheet
                .merge_range(first, 0, first + 11, 0, group, &style)
                .unwrap();
            sheet.write(first, 1, "소계").unwrap();
            sheet.write(first, 2, 66).unwrap();
            for row in 1..12 {
                sheet
                    .write(first + row, 1, format!("{group} 시설{row}"))
                    .unwrap();
                sheet.write(first + row, 2, row).unwrap();
            }
        }
        put(sheet, 25, &[&["총계", "", "132"]]);
        put(sheet, 27, notes);
        let path = at(&folder, name);
        book.save(&path).unwrap();
        path
    };
    let path = make(
        "면적1.xlsx",
        &[&["※ 면적은 건축 연면적임"], &["자료: 회계과"]],
    );
    let (dataset, draft) = drafted(&path);
    assert_eq!(dataset.format.notes_starting, ["※", "자료:"]);
    assert_eq!(dataset.format.footer_rows, 0);
    assert_eq!(dataset.format.skip_rows_starting, ["소계", "총계"]);
    assert_eq!(dataset.format.fill_down, ["구"]);
    let area = dataset.columns.last().unwrap();
    assert_eq!(
        (area.title.as_str(), area.unit.as_deref()),
        ("면적", Some("㎡"))
    );
    assert!(says(&draft, &["notes-starting", "※, 자료:"]));
    let (rows, done) = decoded(&dataset, &path);
    assert_eq!((rows.len(), done.rows_read, done.rows_skipped), (22, 22, 5));
    assert_eq!(
        (rows[0].as_str(), rows[11].as_str()),
        ("가온구|가온구 시설1|1", "누리구|누리구 시설1|1")
    );
    let longer = make(
        "면적2.xlsx",
        &[
            &["※ 하나"],
            &["표시 없이 이어지는 줄"],
            &["※ 둘"],
            &["자료: 회계과"],
        ],
    );
    let (rows, done) = decoded(&dataset, &longer);
    assert_eq!((rows.len(), done.rows_skipped), (22, 7));
    let none = make("면적3.xlsx", &[]);
    assert_eq!(decoded(&dataset, &none).1.rows_skipped, 3);
}

#[test]
fn notes_never_take_a_row_with_more_than_one_cell() {
    let folder = tempfile::tempdir().unwrap();
    let path = at(&folder, "표.csv");
    let mut text = "이름,수\n※ 특별,1\n가온,2\n※ 주의,\n이어짐,\n다온,3\n".to_owned();
    std::fs::write(&path, &text).unwrap();
    let (mut dataset, _) = drafted(&path);
    dataset.format.notes_starting = vec!["※".to_owned()];
    dataset.format.footer_rows = 0;
    let (rows, done) = decoded(&dataset, &path);
    assert_eq!(rows, ["※ 특별|1", "가온|2", "다온|3"]);
    assert_eq!(done.rows_skipped, 2);
    // A note cut at its commas has other cells than the table.
    text += "※ 가, 나, 다\n";
    std::fs::write(&path, &text).unwrap();
    assert_eq!(decoded(&dataset, &path).1.rows_skipped, 3);
}

/// The ages of the resident registration statistics' table.
fn ages() -> Vec<String> {
    (0..100)
        .map(|age| format!("{age}세"))
        .chain(["100세 이상".to_owned()])
        .collect()
}

fn is_long(dataset: &Dataset, path: &Path, areas: usize) {
    let long = dataset.long.as_ref().unwrap();
    assert_eq!(long.value, "인구수");
    let area = dataset.columns[0].name.clone();
    assert_eq!(dataset.columns[0].title, "행정기관");
    assert_eq!(dataset.load.key, [&area, "year", "month", "sex", "age"]);
    let (rows, done) = decoded(dataset, path);
    assert_eq!(rows.len(), areas * 3 * 101);
    assert_eq!(done.rows_read, (areas * 3 * 101) as u64);
    assert!(rows[0].ends_with("|2024|12|계|0|7"), "{}", rows[0]);
    assert!(rows.last().unwrap().ends_with("|2024|12|여|100|7"));
}

#[test]
fn the_population_by_age_becomes_long_from_merged_headers() {
    let folder = tempfile::tempdir().unwrap();
    let path = at(&folder, "인구.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let style = Style::new();
    sheet.merge_range(0, 0, 2, 0, "행정기관", &style).unwrap();
    sheet
        .merge_range(0, 1, 0, 306, "2024년12월", &style)
        .unwrap();
    for (first, sex) in [(1, "계"), (103, "남"), (205, "여")] {
        sheet
            .merge_range(1, first, 1, first + 101, sex, &style)
            .unwrap();
        sheet.write(2, first, "총인구수").unwrap();
        for (column, age) in (first + 1..).zip(ages()) {
            sheet.write(2, column, age).unwrap();
        }
    }
    for (row, area) in (3..).zip(["가온시 가온동", "가온시 누리동", "가온시 다온동"])
    {
        sheet.write(row, 0, area).unwrap();
        for column in 1..307 {
            sheet
                .write(row, column, if (column - 1) % 102 == 0 { 707 } else { 7 })
                .unwrap();
        }
    }
    book.save(&path).unwrap();
    let (dataset, _) = drafted(&path);
    assert_eq!(dataset.format.header_rows, 3);
    is_long(&dataset, &path, 3);
}

#[test]
fn the_population_by_age_becomes_long_from_an_open_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = at(&folder, "인구.ods");
    let mut names = vec!["행정기관".to_owned()];
    let mut row = vec![String::new()];
    for sex in ["계", "남", "여"] {
        names.push(format!("2024년12월_{sex}_총인구수"));
        names.extend(ages().iter().map(|age| format!("2024년12월_{sex}_{age}")));
        row.push("707".to_owned());
        row.extend(std::iter::repeat_n("7".to_owned(), 101));
    }
    let cells = |row: &[String], area: &str| -> Vec<String> {
        row.iter()
            .map(|cell| {
                if cell.is_empty() {
                    area.to_owned()
                } else {
                    cell.clone()
                }
            })
            .collect()
    };
    let rows = [
        names,
        cells(&row, "가온시 가온동"),
        cells(&row, "가온시 누리동"),
    ];
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    made::ods(&path, &made::ods_sheet("인구", &rows));
    let (dataset, _) = drafted(&path);
    assert_eq!(dataset.format.kind, FormatKind::Ods);
    is_long(&dataset, &path, 2);
}

#[test]
fn documents_are_told_by_their_content_and_their_largest_table_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    // The ending says nothing: what is inside does.
    let path = at(&folder, "현황.zip");
    let mut rows: Vec<Vec<String>> =
        vec![["시설명", "면적(㎡)", "예산액"].map(str::to_owned).to_vec()];
    rows.extend(
        (1..=25).map(|at| vec![format!("시설{at}"), format!("{at}.5"), format!("{at},000")]),
    );
    rows.push(["합계", "337.5", "325,000"].map(str::to_owned).to_vec());
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let section = made::paragraph("1. 개요")
        + &made::hwpx_table("", &[&["구분", "내용"], &["기간", "연중"]])
        + &made::paragraph("시설별 예산")
        + &made::paragraph("(단위: 천원)")
        + &made::hwpx_table("", &rows);
    made::hwpx(&path, &[&section]);
    let (dataset, draft) = drafted(&path);
    assert_eq!(dataset.format.kind, FormatKind::Hwpx);
    assert_eq!(dataset.format.table.as_deref(), Some("시설별 예산"));
    assert_eq!(dataset.format.skip_rows_starting, ["합계"]);
    assert!(
        says(&draft, &["would need drafts", "표 1 (1. 개요)"]),
        "{:?}",
        draft.unsure
    );
    let unit = |at: usize| dataset.columns[at].unit.as_deref();
    assert_eq!(
        (unit(0), unit(1), unit(2)),
        (None, Some("㎡"), Some("천원"))
    );
    let (rows, done) = decoded(&dataset, &path);
    assert_eq!((rows.len(), done.rows_skipped), (25, 1));
}

#[test]
fn old_documents_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = at(&folder, "현황.hwp");
    std::fs::write(&path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 HWP Document File").unwrap();
    let faults = kind::find(&input(&path), &mut Notes::default()).unwrap_err();
    assert!(
        faults[0].to_string().contains("save it as HWPX"),
        "{}",
        faults[0]
    );
}
