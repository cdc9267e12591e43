//! Workbooks with a title, merged heads and totals.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, FormatAlign, Workbook};

use super::Form;
use crate::DemoError;
use crate::dirt::Plant;

/// A workbook of one sheet.
pub struct Sheet {
    path: PathBuf,
    book: Workbook,
    next: u32,
}

impl Sheet {
    /// A sheet with lines of notes, then heads in one or two rows: `예산액_본예산` and `예산액_추경` share a merged
    /// `예산액` above them.
    ///
    /// # Errors
    /// When the heads cannot be written.
    pub fn new(path: &Path, name: &str, notes: &[&str], heads: &[&str]) -> Result<Self, DemoError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold().set_align(FormatAlign::Center);
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        let mut row = 0;
        for note in notes {
            sheet.write_string(row, 0, *note)?;
            row += 1;
        }
        let two = heads.iter().any(|head| head.contains('_'));
        let mut at = 0_u16;
        while let Some(head) = heads.get(usize::from(at)) {
            let Some((upper, _)) = head.split_once('_') else {
                if two {
                    sheet.merge_range(row, at, row + 1, at, head, &bold)?;
                } else {
                    sheet.write_string_with_format(row, at, *head, &bold)?;
                }
                at += 1;
                continue;
            };
            let shared = heads
                .iter()
                .skip(usize::from(at))
                .take_while(|head| head.split_once('_').is_some_and(|(own, _)| own == upper));
            let lower: Vec<&str> = shared
                .filter_map(|head| head.split_once('_').map(|(_, lower)| lower))
                .collect();
            let last = at + u16::try_from(lower.len()).unwrap_or(1) - 1;
            if last > at {
                sheet.merge_range(row, at, row, last, upper, &bold)?;
            } else {
                sheet.write_string_with_format(row, at, upper, &bold)?;
            }
            for (lower, column) in lower.iter().zip(at..) {
                sheet.write_string_with_format(row + 1, column, *lower, &bold)?;
            }
            at = last + 1;
        }
        Ok(Self {
            path: path.to_owned(),
            book,
            next: row + if two { 2 } else { 1 },
        })
    }
}

impl Form for Sheet {
    fn row(&mut self, cells: &[String], _plant: Option<&Plant>) -> Result<u64, DemoError> {
        let row = self.next;
        self.next += 1;
        let sheet = self.book.worksheet_from_index(0)?;
        for (cell, column) in cells.iter().zip(0_u16..) {
            let code = cell.len() > 1 && cell.starts_with('0') && !cell.starts_with("0.");
            match cell.parse::<f64>() {
                _ if cell.is_empty() => {}
                Ok(number) if !code => {
                    sheet.write_number(row, column, number)?;
                }
                _ => {
                    sheet.write_string(row, column, cell)?;
                }
            }
        }
        Ok(u64::from(row) + 1)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DemoError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Whole or not at all; and the same bytes for the same seed.
        let made = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1)?;
        self.book
            .set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made));
        let part = self.path.with_added_extension("part");
        self.book.save(&part)?;
        std::fs::rename(part, &self.path)?;
        Ok(())
    }
}
