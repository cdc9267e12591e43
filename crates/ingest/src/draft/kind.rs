//! What kind of file it is: by its bytes first, by its ending where bytes do not say.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use city::Fault;
use city::dataset::{Format, FormatKind};
use memchr::memmem;

use super::Notes;
use crate::formats::{archive, fault, refuse_html};
use crate::origin::Input;
use crate::text::encoding;

/// Bytes looked at.
const HEAD_BYTES: u64 = 64 << 10;
/// What an `OpenDocument` spreadsheet says of itself in its first entry.
const SPREADSHEET: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
/// How files of the old office programs begin.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0";
/// Kinds in the order they are preferred inside an archive, with their endings.
const INSIDE: [(FormatKind, &[&str]); 10] = [
    (FormatKind::Shapefile, &["shp"]),
    (FormatKind::Csv, &["csv", "tsv", "txt"]),
    (FormatKind::Xlsx, &["xlsx"]),
    (FormatKind::Xls, &["xls"]),
    (FormatKind::Ods, &["ods"]),
    (FormatKind::Hwpx, &["hwpx"]),
    (FormatKind::Geojson, &["geojson"]),
    (FormatKind::Json, &["json"]),
    (FormatKind::Xml, &["xml"]),
    (FormatKind::Parquet, &["parquet"]),
];

/// A format of this kind with nothing else said.
pub(super) fn plain(kind: FormatKind) -> Format {
    Format {
        kind,
        encoding: None,
        delimiter: None,
        skip_rows: 0,
        header_rows: 1,
        footer_rows: 0,
        sheet: None,
        table: None,
        rows: None,
        inner: None,
        skip_rows_starting: Vec::new(),
        notes_starting: Vec::new(),
        fill_down: Vec::new(),
        repair: Vec::new(),
    }
}

/// The kind of `input`, and of what is inside where it is an archive.
pub(super) fn find(input: &Input, notes: &mut Notes) -> Result<Format, Vec<Fault>> {
    let mut head = Vec::new();
    File::open(&input.path)
        .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head))
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    if head.is_empty() {
        return Err(vec![
            Fault::at(&input.name, "the file is empty").remedy("ask for it again"),
        ]);
    }
    refuse_html(input, &head)?;
    let ending = ending(&input.name);
    if head.starts_with(b"PK\x03\x04") {
        let names = archive::names(input)?;
        if names.iter().any(|name| name == "xl/workbook.xml") {
            return Ok(plain(FormatKind::Xlsx));
        }
        let is_section = |name: &String| name.starts_with("Contents/section");
        if names.iter().any(is_section) {
            return Ok(plain(FormatKind::Hwpx));
        }
        let has_content = names.iter().any(|name| name == "content.xml");
        if has_content && (ending == "ods" || memmem::find(&head, SPREADSHEET).is_some()) {
            return Ok(plain(FormatKind::Ods));
        }
        return inside(input, &names, notes);
    }
    if head.starts_with(COMPOUND) && ending == "hwp" {
        return Err(vec![
            Fault::at(&input.name, "the file is an old Hangul document (HWP)").remedy(
                "open it in the word processor and save it as HWPX, or ask for its tables as XLSX",
            ),
        ]);
    }
    let kind = by_bytes(&head).unwrap_or(match ending.as_str() {
        "xml" => FormatKind::Xml,
        "geojson" => FormatKind::Geojson,
        "ndjson" | "jsonl" => FormatKind::Ndjson,
        "json" => FormatKind::Json,
        "csv" | "tsv" | "txt" => FormatKind::Csv,
        _ => by_text(&head),
    });
    // Much that is called .json is a feature collection, and the other way round.
    let kind = match kind {
        FormatKind::Json if by_text(&head) == FormatKind::Geojson => FormatKind::Geojson,
        other => other,
    };
    if ending == "xls" && kind != FormatKind::Xls {
        notes.say(format!(
            "the file is called .xls, but its bytes are {}: it is read as what it is",
            word(kind)
        ));
    }
    Ok(plain(kind))
}

fn by_bytes(head: &[u8]) -> Option<FormatKind> {
    [
        (COMPOUND, FormatKind::Xls),
        (&b"PAR1"[..], FormatKind::Parquet),
        (&b"\x00\x00\x27\x0a"[..], FormatKind::Shapefile),
    ]
    .into_iter()
    .find(|(sign, _)| head.starts_with(sign))
    .map(|(_, kind)| kind)
}

fn by_text(head: &[u8]) -> FormatKind {
    let found = encoding::detect(head, None);
    let text = encoding::decode_lossy(head.get(found.mark..).unwrap_or_default(), found.encoding);
    let text = text.trim_start();
    match text.chars().next() {
        Some('<') => FormatKind::Xml,
        Some('{') if text.contains("\"FeatureCollection\"") => FormatKind::Geojson,
        Some('{') if is_lines(text) => FormatKind::Ndjson,
        Some('{' | '[') => FormatKind::Json,
        _ => FormatKind::Csv,
    }
}

/// Whether the first line is an object by itself and another follows.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    serde_json::from_str::<serde_json::Value>(first).is_ok()
        && lines.next().is_some_and(|next| next.starts_with('{'))
}

/// The file inside an archive that has the rows.
fn inside(input: &Input, names: &[String], notes: &mut Notes) -> Result<Format, Vec<Fault>> {
    for (kind, endings) in INSIDE {
        let found: Vec<&String> = names
            .iter()
            .filter(|name| endings.contains(&ending(name).as_str()))
            .collect();
        let Some(first) = found.first() else { continue };
        let inner = if let [only] = found.as_slice() {
            format!(
                "*.{}",
                Path::new(only)
                    .extension()
                    .unwrap_or_default()
                    .to_string_lossy()
            )
        } else {
            let others: Vec<&str> = found.iter().skip(1).map(|name| name.as_str()).collect();
            notes.say(format!(
                "the archive holds {} files of this kind; `{first}` is taken, not {}: draft the others apart by naming them in `inner`",
                found.len(),
                others.join(", ")
            ));
            glob::Pattern::escape(first)
        };
        return Ok(Format {
            inner: Some(inner),
            ..plain(kind)
        });
    }
    Err(vec![
        Fault::at(
            &input.name,
            "the archive holds no file of a kind Madang reads",
        )
        .expected(format!("a table in one of {}", names.join(", "))),
    ])
}

fn ending(name: &str) -> String {
    Path::new(name)
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// A kind as the manifest writes it.
pub(super) fn word(kind: FormatKind) -> &'static str {
    match kind {
        FormatKind::Csv => "csv",
        FormatKind::Xlsx => "xlsx",
        FormatKind::Xls => "xls",
        FormatKind::Ods => "ods",
        FormatKind::Hwpx => "hwpx",
        FormatKind::Json => "json",
        FormatKind::Ndjson => "ndjson",
        FormatKind::Xml => "xml",
        FormatKind::Geojson => "geojson",
        FormatKind::Shapefile => "shapefile",
        FormatKind::Parquet => "parquet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_bytes() {
        for (head, kind) in [
            (&b"<?xml version=\"1.0\"?><a/>"[..], FormatKind::Xml),
            (b"{\"type\":\"FeatureCollection\"}", FormatKind::Geojson),
            (b"{\"a\":1}\n{\"a\":2}\n", FormatKind::Ndjson),
            (b"{\"a\":[1]}", FormatKind::Json),
            ("이름,주소\n".as_bytes(), FormatKind::Csv),
        ] {
            assert_eq!(by_text(head), kind);
        }
        assert_eq!(by_bytes(b"PAR1..."), Some(FormatKind::Parquet));
    }
}
