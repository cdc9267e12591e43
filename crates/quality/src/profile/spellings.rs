//! Two spellings of one name: the same but for spaces and marks, or a letter away from a frequent one.

use std::collections::BTreeMap;

use arrow::array::Array as _;
use city::ColumnType;
use city::profile::{Example, Finding, What};

use super::normal::{jamo, normal};
use super::roles::Role;
use super::table::{EXAMPLES, Table};
use super::tally::Tally;
use super::tops::Slot;

/// Longer texts are no names.
const LONGEST: usize = 40;
/// Values that are compared: the most frequent.
const COMPARED: usize = 20_000;
/// Values of one block that are compared with one another.
const BLOCK: usize = 32;
/// Where there are more values, every other looks like a third.
const MANY: usize = 2_000;
/// A value of so many rows is frequent.
const FREQUENT: u64 = 10;
/// Letters of a word from which one may be left out.
const WORD: usize = 5;
/// Letters that tell one thing from another: days of the week, above and below, east and west, inside and outside.
const TELLING: &str = "월화수목금토일상중하동서남북좌우내외전후대소남여갑을병정";
/// Values of a short list.
const FEW: usize = 50;
/// A rare value has so many times fewer rows.
const RARER: u64 = 20;

/// Spellings of one thing in a column of names or codes.
pub(super) fn find(table: &Table<'_>, tally: &Tally) -> Vec<Finding> {
    let is_name = matches!(
        tally.column.column_type,
        ColumnType::Text | ColumnType::Code
    ) && !matches!(tally.role, Role::Phone | Role::Number);
    if !is_name || tally.filled() < 10 {
        return Vec::new();
    }
    let slots: Vec<&Slot> = tally.tops.sorted().into_iter().take(COMPARED).collect();
    [spaced(table, tally, &slots), misspelt(table, tally, &slots)]
        .into_iter()
        .flatten()
        .collect()
}

/// Values that are the same but for spaces, case, width and marks. What people type anew in each row is not compared:
/// only names, and values that come back.
fn spaced(table: &Table<'_>, tally: &Tally, slots: &[&Slot]) -> Option<Finding> {
    if tally.column.column_type == ColumnType::Code {
        return None;
    }
    let mut same: BTreeMap<String, Vec<&Slot>> = BTreeMap::new();
    for slot in slots
        .iter()
        .filter(|slot| slot.text.chars().count() <= LONGEST)
    {
        let key = normal(&slot.text);
        // 1-23 and 12-3 are two things: marks between digits count.
        if !key.is_empty() && key.chars().any(char::is_alphabetic) {
            same.entry(key).or_default().push(slot);
        }
    }
    let pairs: Vec<(&Slot, &Slot)> = same
        .values()
        .filter_map(|group| match group.as_slice() {
            [first, rest @ ..] => Some(rest.iter().map(|slot| (*first, *slot))),
            [] => None,
        })
        .flatten()
        .filter(|(usual, other)| digits(&usual.text) == digits(&other.text))
        .collect();
    finding(table, tally, What::Spellings, &pairs)
}

/// Numbers of a text, each for itself.
fn digits(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .collect()
}

/// Rare values that are one letter away from a frequent one. Candidates are found by what is left of a text without
/// one of its letters, so that no value is compared with all others.
fn misspelt(table: &Table<'_>, tally: &Tally, slots: &[&Slot]) -> Option<Finding> {
    if slots.first()?.count < FREQUENT || slots.len() > MANY {
        return None;
    }
    // Where there are many short names, names one stroke apart are two names.
    let shortest = if slots.len() <= FEW { 3 } else { 4 };
    let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let letters: Vec<Vec<char>> = slots
        .iter()
        .map(|slot| slot.text.chars().collect())
        .collect();
    let mut pairs: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, (slot, own)) in slots.iter().zip(&letters).enumerate() {
        let is_frequent = slot.count >= FREQUENT;
        if own.len() < shortest || own.len() > LONGEST || own.iter().any(char::is_ascii_digit) {
            continue;
        }
        // The most frequent come first: a rare one meets them in the blocks.
        for skip in (0..own.len()).map(Some).chain([None]) {
            let key: String = own
                .iter()
                .enumerate()
                .filter(|(place, _)| Some(*place) != skip)
                .map(|(_, letter)| *letter)
                .collect();
            let block = blocks.entry(key).or_default();
            let near = block.iter().find(|other| {
                let other = **other;
                let usual = slots.get(other).map_or(0, |slot| slot.count);
                usual >= slot.count.saturating_mul(RARER)
                    && letters
                        .get(other)
                        .is_some_and(|other| is_mistyped(other, own))
            });
            if let Some(near) = near {
                pairs.entry(at).or_insert(*near);
            }
            if is_frequent && block.len() < BLOCK && block.last() != Some(&at) {
                block.push(at);
            }
        }
    }
    let pairs: Vec<(&Slot, &Slot)> = pairs
        .into_iter()
        .filter_map(|(rare, usual)| Some((*slots.get(usual)?, *slots.get(rare)?)))
        .collect();
    finding(table, tally, What::Misspelt, &pairs)
}

/// Whether one text is the other mistyped: one stroke of one syllable, a letter typed twice, or one left out of a long
/// word.
fn is_mistyped(usual: &[char], other: &[char]) -> bool {
    let differs = usual.iter().zip(other).position(|(a, b)| a != b);
    let at = differs.unwrap_or(usual.len().min(other.len()));
    let is_rest = |left: usize, right: usize| {
        usual.get(at + left..).unwrap_or_default() == other.get(at + right..).unwrap_or_default()
    };
    match usual.len().cmp(&other.len()) {
        std::cmp::Ordering::Equal => {
            let (Some(a), Some(b)) = (usual.get(at), other.get(at)) else {
                return false;
            };
            let parts = jamo(*a).into_iter().zip(jamo(*b));
            let changed = parts.filter(|(a, b)| a != b).count();
            is_rest(1, 1) && changed == 1 && !(tells_apart(*a, usual) || tells_apart(*b, usual))
        }
        std::cmp::Ordering::Greater => {
            let left_out = usual.get(at).is_some_and(|letter| letter.is_alphabetic());
            // 서울특별시 is not 서울특별시청 mistyped: an ending is a word of its own.
            let is_within = usual
                .get(at + 1)
                .is_some_and(|letter| letter.is_alphabetic());
            left_out && is_within && at > 0 && word_at(usual, at) >= WORD && is_rest(1, 0)
        }
        std::cmp::Ordering::Less => {
            let twice = other.get(at).filter(|letter| letter.is_alphabetic());
            let before = at.checked_sub(1).and_then(|before| usual.get(before));
            twice.is_some() && twice == before && is_rest(0, 1)
        }
    }
}

/// Whether a letter tells things apart by itself: no letter at all, a day of the week, a side; a Latin letter of a
/// short text.
fn tells_apart(letter: char, text: &[char]) -> bool {
    !letter.is_alphabetic()
        || (letter.is_ascii() && text.len() < 6)
        || TELLING.chars().any(|telling| telling == letter)
}

/// Letters of the word around a place.
fn word_at(text: &[char], at: usize) -> usize {
    let is_letter = |letter: &&char| letter.is_alphabetic();
    let (before, after) = text.split_at_checked(at).unwrap_or((text, &[]));
    before.iter().rev().take_while(is_letter).count() + after.iter().take_while(is_letter).count()
}

/// Pairs of a usual value and another, the rarest of whose rows count.
fn finding(
    table: &Table<'_>,
    tally: &Tally,
    what: What,
    pairs: &[(&Slot, &Slot)],
) -> Option<Finding> {
    if pairs.is_empty() {
        return None;
    }
    let texts = table.texts(tally.name())?;
    let row = |text: &str| (0..texts.len()).find(|row| Table::text(texts, *row) == Some(text));
    let example = |(usual, other): &(&Slot, &Slot)| -> Example {
        let rows: Vec<usize> = [row(&usual.text), row(&other.text)]
            .into_iter()
            .flatten()
            .collect();
        table.pair(tally.name(), &rows)
    };
    Some(Finding {
        what,
        columns: vec![tally.name().to_owned()],
        count: pairs.iter().map(|(_, other)| other.count).sum(),
        of: tally.filled(),
        examples: pairs.iter().take(EXAMPLES).map(example).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistyped(usual: &str, other: &str) -> bool {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        is_mistyped(&letters(usual), &letters(other))
    }

    #[test]
    fn one_stroke_or_letter_is_a_typing_error() {
        assert!(mistyped("중앙도서관", "중앙도서괸"));
        assert!(mistyped("중앙도서관", "중앙도관"));
        assert!(mistyped("중앙도서관", "중앙도서서관"));
        assert!(!mistyped("중앙도서관", "동부도서관"));
        assert!(!mistyped("제1주차장", "제2주차장"));
        assert!(!mistyped("북구", "남구"));
        assert!(!mistyped("서울특별시청", "서울특별시"));
        assert!(!mistyped("부산광역시 동래구", "부산광역시 동구"));
        assert!(!mistyped("매주 월요일", "매주 일요일"));
    }
}
