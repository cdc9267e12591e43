//! A text → letters and a number.

use unicode_normalization::UnicodeNormalization;

/// What a number before these words belongs to: the name of a road, a neighbourhood or a building, and no number of a
/// building.
const NAMING: [&str; 12] = [
    "번길",
    "번안길",
    "번가길",
    "안길",
    "길",
    "대로",
    "로",
    "가",
    "차",
    "단지",
    "리",
    "호선",
];
/// Those of them that a space may part from their number.
const ROADS: [&str; 3] = ["번길", "번안길", "길"];
/// What may stand close behind the number of a building or lot; other letters make it a part of a name, as in
/// `1도서관`.
const TAILS: [&str; 16] = [
    "번지", "번", "호", "층", "의", "다시", "대시", "에", "이", "인", "입", "으로", "앞", "옆",
    "뒤", "근처",
];
/// What stands between a main and a sub number, written or said aloud.
const BETWEEN: [&str; 6] = ["번지의", "의", "다시", "대시", "에", "-"];
/// Points inside the name of a road that is a date: 4·19로, 3.15대로.
const POINTS: [char; 8] = ['.', '·', 'ᆞ', '・', '‧', '∙', '•', 'ㆍ'];
/// Words for a place beside another, the longer ones first.
const BESIDES: [&str; 15] = [
    "건너편",
    "맞은편",
    "앞에",
    "옆에",
    "뒤에",
    "근처",
    "부근",
    "주변",
    "정문",
    "후문",
    "입구",
    "앞",
    "옆",
    "뒤",
    "쪽",
];
/// Names that end so have numbers, and no floors: roads, neighbourhoods.
const NUMBERED: [char; 6] = ['로', '길', '동', '리', '가', '산'];
/// Flats and buildings of a housing estate have numbers of so many digits; neighbourhoods and sub numbers of lots have
/// fewer.
const FLAT_DIGITS: usize = 3;
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

/// Takes an address apart. What stands in brackets, behind a comma or behind the number is left out, and so are the
/// floor and the flat behind the name of a building.
pub fn words(text: &str) -> Words {
    apart(text, true)
}

/// The same where letters close behind a number are no name: `17해솔빌딩` is the building at number 17.
pub(super) fn words_behind_numbers(text: &str) -> Words {
    apart(text, false)
}

/// The same without the word for a place beside it: `시청 앞`, `도서관맞은편`; nothing where there is no such word.
pub(super) fn words_beside(said: &Words) -> Option<Words> {
    if said.number.is_some() {
        return None;
    }
    let mut words = said.words.clone();
    let last = words.pop()?;
    let name = BESIDES.iter().find_map(|word| last.strip_suffix(word))?;
    // A name of one syllable is none: `문앞` is no door.
    if name.chars().count() > 1 {
        words.push(name.to_owned());
    } else if !name.is_empty() || words.is_empty() {
        return None;
    }
    Some(Words {
        words,
        number: None,
    })
}

/// All of what was said as one name, where letters stand behind its number: `달빛동 1 도서관`, `해솔 돌봄터 7호`.
pub(super) fn words_whole(said: &Words, text: &str) -> Option<Words> {
    let letters: String = plain(text).into_iter().collect();
    let words = letters.split(|own: char| !own.is_alphanumeric());
    let words = words.filter(|own| !own.is_empty()).map(str::to_owned);
    let whole = Words {
        words: words.collect(),
        number: None,
    };
    let last = whole.words.last()?;
    let has_name_behind = last.ends_with(|own: char| !own.is_ascii_digit());
    (has_name_behind && whole.letters(0) != said.letters(0)).then_some(whole)
}

fn apart(text: &str, names_numbers: bool) -> Words {
    let letters = plain(text);
    let mut words = Words::default();
    let mut word = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        if letter.is_ascii_digit() {
            let (digits, behind) = named(&letters, at);
            let rest = letters.get(behind..).unwrap_or_default();
            let has_name = !word.is_empty() || !words.words.is_empty();
            let end = word.chars().next_back();
            let end = end.or_else(|| words.words.last()?.chars().next_back());
            let is_behind_road = end.is_some_and(|own| NUMBERED.contains(&own));
            if has_name && is_inside(&digits, rest, is_behind_road) {
                // The floor of a basement.
                if word.is_empty() && words.words.last().is_some_and(|own| own == "지하") {
                    words.words.pop();
                }
                break;
            }
            if has_name && !is_naming(&digits, rest, names_numbers) {
                words.number = number(&letters, at);
                break;
            }
            // A number that names: it stays a part of the word.
            at = behind;
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

/// The digits that begin here, and where they end.
fn digits(letters: &[char], from: usize) -> (String, usize) {
    let run = letters.get(from..).unwrap_or_default().iter();
    let run: String = run.take_while(|own| own.is_ascii_digit()).collect();
    let behind = from + run.len();
    (run, behind)
}

/// The same with those behind a point, if all of them are the name of a road.
fn named(letters: &[char], from: usize) -> (String, usize) {
    let (first, behind) = digits(letters, from);
    if letters.get(behind).is_some_and(|own| POINTS.contains(own)) {
        let (second, end) = digits(letters, behind + 1);
        let rest = letters.get(end..).unwrap_or_default();
        if !second.is_empty() && begins_any(rest, &NAMING) {
            return (first + &second, end);
        }
    }
    (first, behind)
}

fn begins(rest: &[char], word: &str) -> bool {
    let length = word.chars().count();
    rest.iter().copied().take(length).eq(word.chars())
}

fn begins_any(rest: &[char], words: &[&str]) -> bool {
    words.iter().any(|word| begins(rest, word))
}

fn without_spaces(rest: &[char]) -> &[char] {
    let spaces = rest.iter().take_while(|own| own.is_whitespace()).count();
    rest.get(spaces..).unwrap_or_default()
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

/// Main and sub number that begin here. A number that nothing can hold is none.
fn number(letters: &[char], from: usize) -> Option<(u32, u32)> {
    let (main, behind) = digits(letters, from);
    let main = main.parse::<u32>().ok()?;
    let rest = without_spaces(letters.get(behind..).unwrap_or_default());
    let sub = sub_number(rest).unwrap_or_default();
    Some((main, sub))
}

/// The sub number behind a main number: `-2`, `의 2`, `다시 2`, `번지 2호`.
fn sub_number(rest: &[char]) -> Option<u32> {
    let between = BETWEEN.iter().find(|word| begins(rest, word));
    let length = |word: &str| word.chars().count();
    let (behind, is_written) = match between {
        Some(word) => (rest.get(length(word)..)?, *word == "-"),
        None if begins(rest, "번지") => (rest.get(length("번지")..)?, false),
        None => return None,
    };
    let behind = without_spaces(behind);
    let (sub, end) = digits(behind, 0);
    // `51번지 2층` and `51번지 201호` are inside of number 51.
    let is_flat = between.is_none() && sub.len() >= FLAT_DIGITS;
    let rest = without_spaces(behind.get(end..).unwrap_or_default());
    let is_inside = !is_written && begins_any(rest, &["층", "동"]);
    if is_flat || is_inside {
        return None;
    }
    sub.parse().ok()
}

/// Whether a number is that of a floor, a flat, or a building of a housing estate. `벚꽃로 17호` is none of them.
fn is_inside(digits: &str, rest: &[char], is_behind_road: bool) -> bool {
    let is_flat = begins(rest, "호") && !begins(rest, "호선") && !is_behind_road;
    if begins(rest, "층") || is_flat {
        return true;
    }
    let Some(behind) = rest.strip_prefix(&['동']) else {
        return false;
    };
    let behind = without_spaces(behind);
    let (flat, end) = self::digits(behind, 0);
    let has_flat =
        !flat.is_empty() && begins_any(behind.get(end..).unwrap_or_default(), &["호", "층"]);
    has_flat || digits.len() >= FLAT_DIGITS
}

/// Whether what stands behind a number makes it a part of a name.
fn is_naming(digits: &str, rest: &[char], names_numbers: bool) -> bool {
    if begins_any(rest, &NAMING) {
        return true;
    }
    // `달빛1동` is a neighbourhood.
    if begins(rest, "동") && digits.len() < FLAT_DIGITS {
        return true;
    }
    // `12 번길 3`: these words name a road behind a space too. `17 가동` is a flat in number 17.
    if begins_any(without_spaces(rest), &ROADS) {
        return true;
    }
    let is_close = rest.first().is_some_and(|own| own.is_alphabetic());
    names_numbers && is_close && !begins_any(rest, &TAILS)
}
