//! Documents made for tests: the parts of a package, with one table or several.

use std::io::Write as _;
use std::path::Path;

use zip::write::SimpleFileOptions;

/// Writes a ZIP archive of these parts.
pub(crate) fn package(path: &Path, parts: &[(&str, &str)]) {
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, text) in parts {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
}

/// Writes an `OpenDocument` spreadsheet with this inside its `office:spreadsheet`.
pub(crate) fn ods(path: &Path, sheets: &str) {
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>
{sheets}</office:spreadsheet></office:body></office:document-content>"#
    );
    package(
        path,
        &[
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", &content),
        ],
    );
}

/// A sheet of an `OpenDocument` spreadsheet with cells of text and numbers, row by row.
pub(crate) fn ods_sheet(name: &str, rows: &[&[&str]]) -> String {
    let cell = |text: &&str| match text.parse::<f64>() {
        Ok(_) => format!(
            r#"<table:table-cell office:value-type="float" office:value="{text}"><text:p>{text}</text:p></table:table-cell>"#
        ),
        Err(_) if text.is_empty() => "<table:table-cell/>".to_owned(),
        Err(_) => format!(
            r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        ),
    };
    let rows: String = rows
        .iter()
        .map(|row| {
            let cells: String = row.iter().map(cell).collect();
            format!("<table:table-row>{cells}</table:table-row>\n")
        })
        .collect();
    format!(r#"<table:table table:name="{name}">{rows}</table:table>"#)
}

/// Writes an HWPX document with these sections.
pub(crate) fn hwpx(path: &Path, sections: &[&str]) {
    let sections: Vec<(String, String)> = sections
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let text = format!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><hs:sec xmlns:hs="s" xmlns:hp="p">{text}</hs:sec>"#
            );
            (format!("Contents/section{at}.xml"), text)
        })
        .collect();
    let mut parts = vec![("mimetype", "application/hwp+zip")];
    parts.extend(
        sections
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str())),
    );
    package(path, &parts);
}

/// A paragraph of a document.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>")
}

/// A table's cell: where it stands, rows and columns it spans, its text.
pub(crate) fn hwpx_cell(at: (usize, usize), span: (usize, usize), inside: &str) -> String {
    format!(
        r#"<hp:tc name="" header="0"><hp:subList>{inside}</hp:subList><hp:cellAddr colAddr="{}" rowAddr="{}"/><hp:cellSpan colSpan="{}" rowSpan="{}"/></hp:tc>"#,
        at.1, at.0, span.1, span.0
    )
}

/// A table of a document in a paragraph of its own, each cell by itself.
pub(crate) fn hwpx_table(caption: &str, rows: &[&[&str]]) -> String {
    let rows: String = rows
        .iter()
        .enumerate()
        .map(|(row, cells)| {
            let cells: String = cells
                .iter()
                .enumerate()
                .map(|(column, text)| hwpx_cell((row, column), (1, 1), &paragraph(text)))
                .collect();
            format!("<hp:tr>{cells}</hp:tr>")
        })
        .collect();
    hwpx_rows(caption, &rows)
}

/// A table of a document of rows made before.
pub(crate) fn hwpx_rows(caption: &str, rows: &str) -> String {
    let caption = if caption.is_empty() {
        String::new()
    } else {
        format!(
            r#"<hp:caption side="TOP"><hp:subList>{}</hp:subList></hp:caption>"#,
            paragraph(caption)
        )
    };
    format!("<hp:p><hp:run><hp:tbl>{caption}{rows}</hp:tbl><hp:t></hp:t></hp:run></hp:p>")
}
