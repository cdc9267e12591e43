//! The list as a CSV file that the national portal takes and a spreadsheet opens right.

use encoding_rs::EUC_KR;

use super::field::Field;
use super::row::Row;
use super::words::NONE;
use crate::downloads::cell;

/// How the letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 with a byte-order mark.
    #[default]
    Utf8,
    /// CP949; a letter it does not have becomes its number, as in every other file.
    Cp949,
}

/// The whole file: headings, then a line for each row.
pub fn csv(rows: &[Row], encoding: Encoding) -> Vec<u8> {
    let mut out = String::new();
    line(&mut out, Field::ALL.iter().map(|field| field.heading()));
    for row in rows {
        line(&mut out, row.cells());
    }
    match encoding {
        Encoding::Utf8 => format!("\u{feff}{out}").into_bytes(),
        Encoding::Cp949 => EUC_KR.encode(&out).0.into_owned(),
    }
}

fn line<'c>(out: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (at, text) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        // A lone hyphen is the portal's word for nothing: a spreadsheet shows it as it is, and with an apostrophe
        // before it nobody would know it again.
        cell(out, text, text != NONE);
    }
    out.push_str("\r\n");
}
