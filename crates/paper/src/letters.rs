//! Which letters the typeface has, and what stands for the others.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;
use typst::text::Font;
use unicode_normalization::UnicodeNormalization as _;

/// The letters that every weight has.
pub(crate) struct Letters {
    /// Their numbers, in order.
    had: Vec<u32>,
}

impl Letters {
    pub(crate) fn new(fonts: &[Font]) -> Self {
        let (first, others) = fonts
            .split_first()
            .map_or((None, fonts), |(first, others)| (Some(first), others));
        let mut had: Vec<u32> = first
            .iter()
            .flat_map(|own| own.info().coverage.iter())
            .collect();
        for font in others {
            let own: BTreeSet<u32> = font.info().coverage.iter().collect();
            had.retain(|letter| own.contains(letter));
        }
        had.retain(|number| {
            char::from_u32(*number).is_some_and(|own| !is_unseen(own) && !is_private(own))
        });
        had.sort_unstable();
        Self { had }
    }

    /// The data with texts that can be set: Hangul composed, letters nobody has as their number, and what cannot be
    /// seen left out.
    pub(crate) fn fit(&self, data: &Value) -> Value {
        match data {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(list) => list.iter().map(|own| self.fit(own)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(name, own)| (name.clone(), self.fit(own)))
                .collect(),
            other => other.clone(),
        }
    }

    /// One text.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in text.nfc() {
            if letter == '\n' || letter == ' ' || self.has(letter) {
                out.push(letter);
            } else if letter.is_whitespace() {
                // Tabs and spaces of every width.
                out.push(' ');
            } else if !is_unseen(letter) {
                // Writing to a text cannot fail.
                let _always = write!(out, "U+{:04X}", u32::from(letter));
            }
        }
        out
    }

    fn has(&self, letter: char) -> bool {
        self.had.binary_search(&u32::from(letter)).is_ok()
    }
}

/// Control characters, and those without a shape: marks of direction, joiners, byte-order marks, variation selectors.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(u32::from(letter),
            0xad | 0x061c | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff
            | 0xfff0..=0xffff | 0xe0000..=0xe0fff)
}

/// Letters that mean something only to who made them: no archive takes them.
fn is_private(letter: char) -> bool {
    matches!(u32::from(letter), 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fonts;
    use crate::{About, pdf};
    use chrono::NaiveDate;
    use serde_json::json;

    #[test]
    fn every_letter_that_is_kept_can_be_set() {
        let fonts = fonts().unwrap();
        let letters = Letters::new(&fonts);
        let all = (0..=0x10_ffff).filter_map(char::from_u32);
        let kept: Vec<char> = all.filter(|own| letters.has(*own)).collect();
        assert!(kept.len() > 11_172 + 94, "{} letters", kept.len());
        for must in "가힣ㄱAz09−·×÷「」…①㎡℃".chars() {
            assert!(letters.has(must), "{must}");
        }
        // Of syllables, which are all drawn in one manner, every fiftieth.
        let is_tried = |own: &char| !('가'..='힣').contains(own) || u32::from(*own) % 50 == 0;
        let tried: Vec<char> = kept.into_iter().filter(is_tried).collect();
        let lines: Vec<String> = tried
            .chunks(50)
            .map(|line| line.iter().flat_map(|own| [*own, ' ']).collect())
            .collect();
        let about = About {
            title: "글자".to_owned(),
            author: "가온시".to_owned(),
            date: NaiveDate::default(),
        };
        let set = pdf(
            "#for line in json(\"/data.json\") [#line\n\n]",
            &json!(lines),
            &about,
        );
        assert!(set.is_ok(), "{:?}", set.err());
    }

    #[test]
    fn a_text_keeps_its_lines_and_nothing_that_is_not_seen() {
        let fonts = fonts().unwrap();
        let letters = Letters::new(&fonts);
        assert_eq!(letters.text("가\n나\r\t다\u{200b}"), "가\n나  다");
        assert_eq!(letters.text("\u{1112}\u{1161}\u{11ab}"), "한");
        assert_eq!(letters.text("\u{e000}\u{20000}"), "U+E000U+20000");
        let nested = json!({"가": ["\u{feff}나", 1, null]});
        assert_eq!(letters.fit(&nested), json!({"가": ["나", 1, null]}));
    }
}
