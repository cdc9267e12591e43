//! A text with its odd forms of signs made plain, each sign with its place in the text as it came.
//!
//! Full-width digits, letters and marks become the usual ones, every kind of hyphen becomes `-`, every kind of space a
//! space; signs without width (a soft hyphen between digits) are left out. Spans found in it are those of the text.

use std::ops::Range;

/// A text made plain.
#[derive(Clone, Debug, Default)]
pub(super) struct Folded {
    signs: Vec<Sign>,
    /// Length of the text: bytes, characters.
    end: (u32, u32),
    /// Whether it has letters of any script, and the sign that mail addresses have.
    letters: bool,
    at_sign: bool,
}

#[derive(Clone, Copy, Debug)]
struct Sign {
    plain: char,
    byte: u32,
    index: u32,
    width: u8,
}

impl Folded {
    /// Reads a text, whose size is bounded by the caller.
    pub(super) fn read(&mut self, text: &str) {
        self.signs.clear();
        self.signs.reserve(text.len());
        (self.letters, self.at_sign) = (false, false);
        let mut index = 0;
        for (byte, sign) in text.char_indices() {
            if let Some(plain) = plain(sign) {
                self.letters |= plain.is_ascii_alphabetic() || !plain.is_ascii();
                self.at_sign |= plain == '@';
                self.signs.push(Sign {
                    plain,
                    byte: u32::try_from(byte).unwrap_or(u32::MAX),
                    index,
                    width: u8::try_from(sign.len_utf8()).unwrap_or(4),
                });
            }
            index += 1;
        }
        self.end = (u32::try_from(text.len()).unwrap_or(u32::MAX), index);
    }

    /// Whether it has letters of any script.
    pub(super) fn has_letters(&self) -> bool {
        self.letters
    }

    /// Whether it has the sign that mail addresses have.
    pub(super) fn has_at_sign(&self) -> bool {
        self.at_sign
    }

    /// All its signs with their places.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, char)> {
        self.signs.iter().map(|sign| sign.plain).enumerate()
    }

    /// Forgets the text, and gives back what a long one took.
    pub(super) fn forget(&mut self) {
        self.signs.clear();
        self.signs.shrink_to(4096);
    }

    pub(super) fn len(&self) -> usize {
        self.signs.len()
    }

    /// The sign at a place; nothing beyond the ends.
    pub(super) fn at(&self, place: usize) -> Option<char> {
        self.signs.get(place).map(|sign| sign.plain)
    }

    /// The sign `back` places before one.
    pub(super) fn before(&self, place: usize, back: usize) -> Option<char> {
        self.at(place.checked_sub(back)?)
    }

    pub(super) fn signs(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = char> {
        let signs = self.signs.get(range).unwrap_or_default();
        signs.iter().map(|sign| sign.plain)
    }

    /// Whether exactly this stands from a place on.
    pub(super) fn reads(&self, from: usize, word: &str) -> bool {
        word.chars()
            .enumerate()
            .all(|(at, sign)| self.at(from + at) == Some(sign))
    }

    /// Whether exactly this stands before a place.
    pub(super) fn reads_before(&self, end: usize, word: &str) -> bool {
        let len = word.chars().count();
        end.checked_sub(len)
            .is_some_and(|from| self.reads(from, word))
    }

    /// Where a range of it lies in the text: in bytes, and in characters.
    pub(super) fn places(&self, range: &Range<usize>) -> (Range<usize>, Range<usize>) {
        let place = |at: usize| {
            let sign = self.signs.get(at);
            sign.map_or(self.end, |sign| (sign.byte, sign.index))
        };
        let usize = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let start = place(range.start);
        // The end is the last sign's own: behind it may lie signs that were left out.
        let last = range
            .end
            .checked_sub(1)
            .and_then(|last| self.signs.get(last));
        let end = last.map_or(start, |last| {
            (last.byte + u32::from(last.width), last.index + 1)
        });
        (usize(start.0)..usize(end.0), usize(start.1)..usize(end.1))
    }
}

/// The usual form of a sign; nothing for one without width.
fn plain(sign: char) -> Option<char> {
    if sign.is_ascii() {
        return Some(match sign {
            '\t' => ' ',
            other => other,
        });
    }
    Some(match sign {
        '가'..='힣' => sign,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xff01 + 0x21).unwrap_or(sign),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return None,
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2500}'
        | '\u{30fc}'
        | '\u{3161}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff70}'
        | '\u{2043}' => '-',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        other => other,
    })
}

/// Whether a sign is a syllable of Hangul.
pub(super) fn is_hangul(sign: char) -> bool {
    ('가'..='힣').contains(&sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Folded {
        let mut folded = Folded::default();
        folded.read(text);
        folded
    }

    #[test]
    fn odd_forms_become_plain() {
        let text = "전화 ０１０‑１２３４—5678";
        let plain: String = {
            let folded = folded(text);
            folded.signs(0..folded.len()).collect()
        };
        assert_eq!(plain, "전화 010-1234-5678");
    }

    #[test]
    fn spans_are_those_of_the_text() {
        let text = "가１\u{ad}2나\u{200b}";
        let folded = folded(text);
        let (bytes, characters) = folded.places(&(1..3));
        assert_eq!(text.get(bytes), Some("１\u{ad}2"));
        assert_eq!(characters, 1..4);
        let (bytes, characters) = folded.places(&(3..4));
        assert_eq!((text.get(bytes), characters), (Some("나"), 4..5));
        assert_eq!(folded.places(&(0..0)), (0..0, 0..0));
    }
}
