//! A text → letters and a number.

use unicode_normalization::UnicodeNormalization;

/// What a number before these words belongs to: the name of a road, a neighbourhood or a building, and no number of a
/// building.
const NAMING: [&str; 9] = ["번길", "길", "로", "가", "차", "단지", "동", "리", "호선"];
/// Those of them that a space may part from their number.
const ROADS: [&str; 2] = ["번길", "길"];
/// Longest text that is looked at: nobody's address is longer.
const LONGEST: usize = 200;

/// An address taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Words before the number, without spaces inside.
    pub words: Vec<String>,
    /// Main and sub number of the building or lot; a sub number of 0 is none.
    pub number: Option<(u32, u32)>,
}

impl Words {
    /// The words run together, without the first `skip`.
    pub fn letters(&self, skip: usize) -> String {
        self.words.iter().skip(skip).map(String::as_str).collect()
    }
}

/// Takes an address apart. What stands in brackets, behind a comma or behind the number is left out: floors, flats.
pub fn words(text: &str) -> Words {
    let letters = plain(text);
    let mut words = Words::default();
    let mut word = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        if letter.is_ascii_digit() {
            let (number, behind) = number(&letters, at);
            let rest = letters.get(behind..).unwrap_or_default();
            let has_name = !word.is_empty() || !words.words.is_empty();
            if has_name && !is_naming(rest) {
                words.number = number;
                break;
            }
            // A number that names: it stays a part of the word.
            let digits = letters.get(at..).unwrap_or_default().iter();
            let digits: String = digits.take_while(|own| own.is_ascii_digit()).collect();
            at += digits.len();
            word.push_str(&digits);
            continue;
        }
        if letter.is_alphanumeric() {
            word.push(*letter);
        } else if !word.is_empty() {
            words.words.push(std::mem::take(&mut word));
        }
        at += 1;
    }
    if !word.is_empty() {
        words.words.push(word);
    }
    words
}

/// In one form of Unicode, without brackets and what stands behind a comma.
fn plain(text: &str) -> Vec<char> {
    let mut depth = 0_u32;
    let mut out = Vec::new();
    for letter in text.nfkc().take(LONGEST).flat_map(char::to_lowercase) {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' => break,
            _ if depth > 0 => {}
            '‐' | '‑' | '–' | '—' | '−' | '~' => out.push('-'),
            letter => out.push(letter),
        }
    }
    out
}

/// Main and sub number that begin here, and where they end. A number that nothing can hold is none.
fn number(letters: &[char], from: usize) -> (Option<(u32, u32)>, usize) {
    let run = |from: usize| {
        let digits = letters.get(from..).unwrap_or_default().iter();
        let digits: String = digits.take_while(|own| own.is_ascii_digit()).collect();
        (digits.parse::<u32>().ok(), from + digits.len())
    };
    let (main, behind) = run(from);
    let skip = |mut at: usize| {
        while letters.get(at).is_some_and(|own| own.is_whitespace()) {
            at += 1;
        }
        at
    };
    let mark = skip(behind);
    let sub_at = skip(mark + 1);
    let is_sub = matches!(letters.get(mark), Some('-' | '의'))
        && letters.get(sub_at).is_some_and(char::is_ascii_digit);
    if is_sub {
        let (sub, behind) = run(sub_at);
        return (main.zip(sub), behind);
    }
    (main.map(|main| (main, 0)), behind)
}

/// Whether what stands behind a number makes it a part of a name.
fn is_naming(rest: &[char]) -> bool {
    let begins = |rest: &[char], word: &str| {
        let length = word.chars().count();
        rest.iter().copied().take(length).eq(word.chars())
    };
    if NAMING.iter().any(|word| begins(rest, word)) {
        return true;
    }
    // `12 번길 3`: these words name a road behind a space too. `17 가동` is a flat in number 17.
    let spaces = rest.iter().take_while(|own| own.is_whitespace()).count();
    let behind = rest.get(spaces..).unwrap_or_default();
    ROADS.iter().any(|word| begins(behind, word))
}
