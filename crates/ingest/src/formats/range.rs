//! Ranges of cells as spreadsheets write them.

use super::blocks::{Blanks, Block, cut, whole};
use super::sheet::{Sheet, even};
use crate::text::trim;

/// Blank rows that a range may have above the first filled one.
const ROWS_ABOVE_MAX: usize = 1 << 16;

/// A range of cells as spreadsheets write it; without a last row it ends at the first blank one.
pub(super) struct Range {
    top: u64,
    left: u64,
    bottom: Option<u64>,
    right: u64,
}

impl Range {
    pub(super) fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|sign| *sign != '$').collect();
        let (from, to) = trim(&plain).split_once(':')?;
        let (left, top) = corner(from)?;
        let (right, bottom) = corner(to)?;
        let range = Self {
            top: top?,
            left,
            bottom,
            right,
        };
        (range.left <= range.right && range.bottom.is_none_or(|bottom| bottom >= range.top))
            .then_some(range)
    }

    /// The range out of a sheet; nothing when it has no filled cell.
    pub(super) fn cut(&self, sheet: &Sheet) -> Option<Sheet> {
        let place = |number: u64, first: u64| {
            usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX)
        };
        if self.right < sheet.first_column || self.bottom.is_some_and(|row| row < sheet.first_row) {
            return None;
        }
        let (left, right) = (
            place(self.left, sheet.first_column),
            place(self.right, sheet.first_column),
        );
        let part = Block {
            left,
            right,
            ..whole(sheet)
        };
        let blanks = Blanks::of(sheet, part, &sheet.merges);
        let mut top = place(self.top, sheet.first_row);
        let bottom = if let Some(row) = self.bottom {
            place(row, sheet.first_row).min(sheet.rows.len().saturating_sub(1))
        } else {
            top = (top..sheet.rows.len()).find(|row| !blanks.is_blank(*row))?;
            let end = (top..sheet.rows.len()).find(|row| blanks.is_blank(*row));
            end.unwrap_or(sheet.rows.len()) - 1
        };
        (top..=bottom).find(|row| !blanks.is_blank(*row))?;
        let mut found = cut(
            sheet,
            Block {
                top,
                left,
                bottom,
                right,
            },
        );
        // Blank rows of the range above the sheet's first filled one count as its rows.
        let above = sheet.first_row.saturating_sub(self.top.max(1));
        let above = usize::try_from(above)
            .unwrap_or_default()
            .min(ROWS_ABOVE_MAX);
        if above > 0 && self.bottom.is_some() {
            found
                .rows
                .splice(0..0, std::iter::repeat_n(Vec::new(), above));
            for merge in &mut found.merges {
                merge.0 += above;
                merge.2 += above;
            }
            found.first_row = sheet.first_row - u64::try_from(above).unwrap_or_default();
            even(&mut found.rows);
        }
        Some(found)
    }
}

/// `AB12` as column 28 and row 12; the row may be missing.
fn corner(text: &str) -> Option<(u64, Option<u64>)> {
    let text = trim(text);
    let letters = text.chars().take_while(char::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at_checked(letters)?;
    if letters.is_empty() || letters.len() > 3 || digits.len() > 7 {
        return None;
    }
    let column = letters
        .bytes()
        .map(|letter| u64::from(letter.to_ascii_uppercase() - b'A') + 1)
        .fold(0, |column, letter| column * 26 + letter);
    if digits.is_empty() {
        return Some((column, None));
    }
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    let row = digits.parse().ok().filter(|row| is_number && *row > 0)?;
    Some((column, Some(row)))
}

/// A block as a range of cells; open at its end where the table may grow.
pub(crate) fn range(sheet: &Sheet, block: Block, is_open: bool) -> String {
    let column = |at: usize| letters(u64::try_from(at).unwrap_or_default() + sheet.first_column);
    let row = |at: usize| u64::try_from(at).unwrap_or_default() + sheet.first_row;
    let end = if is_open {
        String::new()
    } else {
        row(block.bottom).to_string()
    };
    format!(
        "{}{}:{}{end}",
        column(block.left),
        row(block.top),
        column(block.right)
    )
}

fn letters(mut column: u64) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        let digit = u8::try_from((column - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        column = (column - 1) / 26;
    }
    letters.iter().rev().collect()
}
