//! Sheets and documents, sound and hostile, read as rows.

use city::dataset::{Format, FormatKind};
use proptest::prelude::*;
use rust_xlsxwriter::{Format as Style, Workbook};

use super::blocks::{Block, blocks, cells, cut};
use super::made;
use super::*;

fn format(kind: FormatKind) -> Format {
    let text = if kind == FormatKind::Hwpx {
        "hwpx"
    } else if kind == FormatKind::Ods {
        "ods"
    } else {
        "xlsx"
    };
    serde_json::from_value(serde_json::json!({ "kind": text })).unwrap()
}

fn table(kind: FormatKind, table: &str) -> Format {
    Format {
        table: Some(table.to_owned()),
        ..format(kind)
    }
}

/// Names of the columns, and the rows with their numbers.
type Opened = (Vec<String>, Vec<(u64, Vec<String>)>);

/// Opens a file that `make` writes.
fn opened(format: &Format, make: impl FnOnce(&std::path::Path)) -> Result<Opened, String> {
    let folder = tempfile::tempdir().unwrap();
    let input = Input {
        name: "f".to_owned(),
        path: folder.path().join("f"),
    };
    make(&input.path);
    let told = |faults: Vec<Fault>| faults.iter().map(ToString::to_string).collect::<String>();
    let mut source = open(&input, format).map_err(told)?;
    let mut found = Vec::new();
    while let Some(rows) = source.next(7).map_err(told)? {
        for row in rows {
            let cells = row.cells.into_iter().map(Option::unwrap_or_default);
            found.push((row.number, cells.collect()));
        }
    }
    Ok((source.columns().to_vec(), found))
}

/// `number: cell cell` of every row.
fn lines(rows: &[(u64, Vec<String>)]) -> Vec<String> {
    rows.iter()
        .map(|(number, cells)| format!("{number}: {}", cells.join("|").trim_end_matches('|')))
        .collect()
}

#[test]
fn cells_of_an_open_document_are_what_they_show_and_no_less() {
    let rows = r#"
      <table:table-header-rows><table:table-row>
        <table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>이름</text:p></table:table-cell><table:covered-table-cell/>
        <table:table-cell office:value-type="string"><text:p>값</text:p><text:p>(원)</text:p></table:table-cell>
      </table:table-row></table:table-header-rows>
      <table:table-row>
        <table:table-cell office:value-type="string"><office:annotation><text:p>메모</text:p></office:annotation><text:p>가<text:span>온</text:span><text:s text:c="2"/>&amp;
          동</text:p></table:table-cell>
        <table:table-cell office:value-type="date" office:date-value="2024-01-02"><text:p>1월 2일</text:p></table:table-cell>
        <table:table-cell office:value-type="currency" office:value="12345678901234567"><text:p>₩1.2</text:p></table:table-cell>
      </table:table-row>
      <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="3"/></table:table-row>
      <table:table-row table:number-rows-repeated="2">
        <table:table-cell office:value-type="time" office:time-value="PT09H05M00S"><text:p>9시</text:p></table:table-cell>
        <table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>참</text:p></table:table-cell>
        <table:table-cell office:value-type="float" office:value="1.5e3"><text:p>1,500</text:p></table:table-cell>
      </table:table-row>"#;
    let sheet = format!(r#"<table:table table:name="가">{rows}</table:table>"#);
    let (names, rows) = opened(&format(FormatKind::Ods), |path| made::ods(path, &sheet)).unwrap();
    assert_eq!(names, ["이름", "이름_2", "값(원)"]);
    assert_eq!(
        lines(&rows),
        [
            "2: 가온  & 동|2024-01-02|12345678901234567",
            "6: 09:05:00|TRUE|1500",
            "7: 09:05:00|TRUE|1500"
        ]
    );
}

#[test]
fn repeated_nothing_costs_nothing_and_repeated_something_is_bounded() {
    let blank = r#"<table:table-row table:number-rows-repeated="4000000000"><table:table-cell table:number-columns-repeated="4000000000"/></table:table-row>"#;
    let head = made::ods_sheet("가", &[&["이름"], &["가온"]]);
    let sound = head.replace("</table:table>", &format!("{blank}</table:table>"));
    let (_, rows) = opened(&format(FormatKind::Ods), |path| made::ods(path, &sound)).unwrap();
    assert_eq!(lines(&rows), ["2: 가온"]);
    for (cell_times, row_times) in [
        (1_u64, 4_000_000_000_u64),
        (4_000_000_000, 1),
        (16_384, 1_048_576),
    ] {
        let bomb = format!(
            r#"<table:table-row table:number-rows-repeated="{row_times}"><table:table-cell office:value-type="string" table:number-columns-repeated="{cell_times}"><text:p>{}</text:p></table:table-cell></table:table-row>"#,
            "가".repeat(100)
        );
        let sheet = head.replace("</table:table>", &format!("{bomb}</table:table>"));
        let told = opened(&format(FormatKind::Ods), |path| made::ods(path, &sheet)).unwrap_err();
        assert!(
            told.contains("repeats filled cells") || told.contains("behind row"),
            "{told}"
        );
    }
}

#[test]
fn what_is_cut_off_locked_or_hostile_is_told() {
    let content = |path: &std::path::Path, text: &str| {
        made::package(path, &[("content.xml", text), ("mimetype", "x")]);
    };
    for (text, what) in [
        (
            "<a><table:table table:name='x'><table:table-row>",
            "cut off",
        ),
        ("<a><b></a>", "not sound XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        (&"<a>".repeat(300), "nested more than"),
    ] {
        let told = opened(&format(FormatKind::Ods), |path| content(path, text)).unwrap_err();
        assert!(told.contains(what), "{told}");
    }
    let locked = [
        (
            "META-INF/manifest.xml",
            "<m><manifest:encryption-data/></m>",
        ),
        ("content.xml", "\u{1}"),
    ];
    let told = opened(&format(FormatKind::Ods), |path| {
        made::package(path, &locked);
    })
    .unwrap_err();
    assert!(told.contains("password"), "{told}");
    let escaping = [("../../etc/x", "x"), ("content.xml", "<a/>")];
    let told = opened(&format(FormatKind::Ods), |path| {
        made::package(path, &escaping);
    })
    .unwrap_err();
    assert!(told.contains("leads out of it"), "{told}");
    let far = made::hwpx_rows(
        "",
        &format!(
            "<hp:tr>{}</hp:tr>",
            made::hwpx_cell((4_000_000_000, 0), (1, 1), &made::paragraph("가"))
        ),
    );
    let told = opened(&format(FormatKind::Hwpx), |path| made::hwpx(path, &[&far])).unwrap_err();
    assert!(told.contains("behind row"), "{told}");
    let bomb = format!("<a>{}</a>", " ".repeat(100 << 20));
    let told = opened(&format(FormatKind::Hwpx), |path| {
        made::package(path, &[("Contents/section0.xml", &bomb)]);
    });
    assert!(told.unwrap_err().contains("unpacks to more than it may"));
}

/// A document of a framed heading, a small table and one with merged cells.
fn document(path: &std::path::Path) {
    let cell = made::hwpx_cell;
    let p = made::paragraph;
    let merged = [
        format!(
            "<hp:tr>{}{}</hp:tr>",
            cell((0, 0), (2, 1), &p("구분")),
            cell((0, 1), (1, 2), &p("이용자"))
        ),
        format!(
            "<hp:tr>{}{}</hp:tr>",
            cell((1, 1), (1, 1), &p("남")),
            cell((1, 2), (1, 1), &p("여"))
        ),
        format!(
            "<hp:tr>{}{}{}</hp:tr>",
            cell((2, 0), (1, 1), &(p("가온") + &p("도서관"))),
            cell(
                (2, 1),
                (1, 1),
                "<hp:p><hp:run><hp:t>1<hp:tab/>2<hp:lineBreak/></hp:t><hp:ctrl><hp:footNote><hp:subList><hp:p><hp:run><hp:t>각주</hp:t></hp:run></hp:p></hp:subList></hp:footNote></hp:ctrl></hp:run></hp:p>"
            ),
            cell((2, 2), (1, 1), &made::hwpx_table("", &[&["속"], &["표"]]))
        ),
    ]
    .concat();
    let first = made::hwpx_table("", &[&["Ⅰ. 시설 현황"]])
        + &p("(단위: 개소)")
        + &made::hwpx_table("", &[&["시설", "수"], &["도서관", "3"]])
        + &p("나. 이용 현황");
    let second = p("(단위: 명)") + &made::hwpx_rows("&lt;표 2&gt; 이용자 수", &merged);
    made::hwpx(path, &[&first, &second]);
}

#[test]
fn tables_of_a_document_are_known_by_number_caption_and_heading() {
    for asked in ["2", "Ⅰ. 시설 현황", "시설현황"] {
        let (names, rows) = opened(&table(FormatKind::Hwpx, asked), document).unwrap();
        assert_eq!(names, ["시설", "수"], "{asked}");
        assert_eq!(lines(&rows), ["2: 도서관|3"]);
    }
    for asked in ["3", "나. 이용 현황", "<표 2> 이용자 수"] {
        let mut wide = table(FormatKind::Hwpx, asked);
        wide.header_rows = 2;
        let (names, rows) = opened(&wide, document).unwrap();
        assert_eq!(names, ["구분", "이용자_남", "이용자_여"], "{asked}");
        assert_eq!(lines(&rows), ["3: 가온\n도서관|1 2\n"]);
    }
    let (names, _) = opened(&table(FormatKind::Hwpx, "4"), document).unwrap();
    assert_eq!(names, ["속"]);
    let told = opened(&format(FormatKind::Hwpx), document).unwrap_err();
    assert!(
        told.contains("has 2 tables") && told.contains("시설 현황"),
        "{told}"
    );
    let told = opened(&table(FormatKind::Hwpx, "예산"), document).unwrap_err();
    assert!(told.contains("no table `예산` among its 4"), "{told}");
}

/// A sheet with two tables below one another and one beside them.
fn several(path: &std::path::Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet
        .merge_range(1, 1, 1, 2, "가. 시설", &Style::new())
        .unwrap();
    let cells = [
        (2, 1, "시설명"),
        (2, 2, "좌석수"),
        (3, 1, "가온"),
        (3, 2, "10"),
        (4, 1, "누리"),
        (4, 2, "20"),
        (6, 1, "나. 직원"),
        (7, 2, "(단위: 명)"),
        (9, 1, "부서"),
        (9, 2, "인원"),
        (10, 1, "총무"),
        (10, 2, "7"),
        (2, 4, "다. 예산"),
        (3, 4, "과목"),
        (3, 5, "금액"),
        (4, 4, "운영"),
        (4, 5, "99"),
        (5, 4, "시설"),
        (5, 5, "88"),
    ];
    for (row, column, text) in cells {
        match text.parse::<f64>() {
            Ok(number) => sheet.write(row, column, number).unwrap(),
            Err(_) => sheet.write(row, column, text).unwrap(),
        };
    }
    book.save(path).unwrap();
}

#[test]
fn one_table_of_several_on_a_sheet_is_taken_by_range_or_heading() {
    let facilities = vec!["4: 가온|10", "5: 누리|20"];
    let budget = vec!["5: 운영|99", "6: 시설|88"];
    for (asked, names, rows) in [
        ("B3:C5", ["시설명", "좌석수"], &facilities),
        ("$b$3:$c", ["시설명", "좌석수"], &facilities),
        ("가. 시설", ["시설명", "좌석수"], &facilities),
        ("나.직원", ["부서", "인원"], &vec!["11: 총무|7"]),
        ("다. 예산", ["과목", "금액"], &budget),
        ("E4:F", ["과목", "금액"], &budget),
    ] {
        let found = opened(&table(FormatKind::Xlsx, asked), several).unwrap();
        assert_eq!(found.0, names, "{asked}");
        assert_eq!(&lines(&found.1), rows, "{asked}");
    }
    for (asked, what) in [
        ("마. 없음", "no cell says"),
        // A cell of the budget says exactly this: headings that only hold it do not count.
        ("시설", "no table below"),
        ("H1:J9", "no filled cell"),
    ] {
        let told = opened(&table(FormatKind::Xlsx, asked), several).unwrap_err();
        assert!(told.contains(what), "{asked}: {told}");
    }
}

proptest! {
    /// Blocks never overlap, none is blank, and every cell of a block is one of the sheet's.
    #[test]
    fn blocks_are_apart(marks in prop::collection::vec(prop::collection::vec(any::<bool>(), 0..9), 0..12)) {
        let rows = marks
            .iter()
            .map(|row| row.iter().map(|mark| mark.then(|| "x".to_owned())).collect())
            .collect();
        let sheet = sheet::Sheet { rows, first_row: 1, first_column: 1, ..sheet::Sheet::default() };
        let found = blocks(&sheet);
        let holds = |block: &Block, row: usize, column: usize| {
            (block.top..=block.bottom).contains(&row) && (block.left..=block.right).contains(&column)
        };
        for row in 0..marks.len() {
            for column in 0..9 {
                prop_assert!(found.iter().filter(|block| holds(block, row, column)).count() <= 1);
            }
        }
        for block in &found {
            prop_assert!(cells(&sheet, *block) > 1);
            prop_assert_eq!(cut(&sheet, *block).filled(), cells(&sheet, *block));
        }
    }

    /// Whatever is asked for of a sheet, the answer is a table or a fault.
    #[test]
    fn any_table_is_a_table_or_a_fault(asked in "[A-Z]{0,2}[0-9]{0,3}:?[A-Z]{0,2}[0-9]{0,3}|[가-힣. ]{1,5}") {
        drop(opened(&table(FormatKind::Xlsx, &asked), several));
    }
}
