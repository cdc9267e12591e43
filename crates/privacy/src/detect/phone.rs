//! Telephones: of a person, and of anything else.

use super::Hit;
use super::group::{Join, Run};
use super::kind::{Kind, Sign, Why};
use super::word::{Around, Said, Word};

/// The telephone that begins with these runs.
pub(super) fn find(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let text = around.text;
    if run.is(&[2]) && text.before(run.start(), 1) == Some('+') && text.reads(run.start(), "82") {
        return abroad(run, around);
    }
    if let Some(found) = bare(run, around) {
        return Some(found);
    }
    if text.at(run.start()) != Some('0') {
        return None;
    }
    let number = at_home(run)?;
    if !begins_after_word(run, around) && !run.begins() || !run.ends(number.count) {
        return None;
    }
    let word = around.says(run.start(), Word::Phone);
    let confidence = number.confidence(word)?;
    let mut range = run.range(number.count);
    // The bracket that is closed within the number belongs to it.
    let closes = text.signs(range.clone()).any(|sign| sign == ')');
    if closes && text.before(range.start, 1) == Some('(') {
        range.start -= 1;
    }
    let hit = Hit::new(number.kind, range, confidence, why(number.kind, word));
    Some((hit, number.count))
}

/// `+821012345678`; and `1012345678`, whose zero a spreadsheet took away, where a word says that it is a telephone.
fn bare(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let text = around.text;
    let abroad = run.is(&[12])
        && text.before(run.start(), 1) == Some('+')
        && text.reads(run.start(), "8210")
        && run.ends(1);
    if abroad {
        let range = run.start() - 1..run.range(1).end;
        let word = around.says(range.start, Word::Phone);
        return Some((
            Hit::new(Kind::Mobile, range, 97, why(Kind::Mobile, word)),
            1,
        ));
    }
    let short = run.is(&[10]) && text.reads(run.start(), "10") && run.stands_alone(1);
    let word = around.says(run.start(), Word::Phone).filter(|_| short)?;
    let hit = Hit::new(
        Kind::Mobile,
        run.range(1),
        90,
        why(Kind::Mobile, Some(word)),
    );
    Some((hit, 1))
}

fn why(kind: Kind, word: Option<Said>) -> Why {
    let why = match kind {
        Kind::Mobile => Why::of(&[Sign::Form]),
        _ => Why::of(&[Sign::Form, Sign::AreaCode]),
    };
    match word {
        Some(Said::Before) => why.and(Sign::Word),
        Some(Said::Header) => why.and(Sign::Header),
        None => why,
    }
}

/// A number as it is written at home.
struct Number {
    kind: Kind,
    count: usize,
    /// In one run, or with spaces between its parts: other numbers look so as well.
    loose: bool,
    /// Of a prefix that nobody has had since 2021.
    old: bool,
}

impl Number {
    fn confidence(&self, word: Option<Said>) -> Option<u8> {
        match (self.kind, word.is_some(), self.loose) {
            (Kind::Mobile, true, _) => Some(99),
            (Kind::Mobile, false, false) => Some(96),
            (Kind::Mobile, false, true) if self.old => Some(65),
            (Kind::Mobile, false, true) => Some(88),
            (_, true, _) => Some(97),
            (_, false, false) => Some(90),
            // Codes that begin with zero are more frequent than telephones so written.
            (_, false, true) => None,
        }
    }
}

/// `TEL02-123-4567`
fn begins_after_word(run: &Run<'_>, around: &Around<'_>) -> bool {
    let text = around.text;
    let letter = text.before(run.start(), 1);
    letter.is_some_and(|letter| letter.is_ascii_alphabetic())
        && ["tel", "fax", "phone", "hp", "mobile"].iter().any(|word| {
            let len = word.len();
            let from = run.start().saturating_sub(len);
            let stands = text.signs(from..run.start());
            stands
                .map(|sign| sign.to_ascii_lowercase())
                .eq(word.chars())
        })
}

/// Digits of a run of the text.
fn reads(run: &Run<'_>, word: &str) -> bool {
    run.text.reads(run.start(), word)
}

fn at_home(run: &Run<'_>) -> Option<Number> {
    let len = |at: usize| {
        let group = run.group(at)?;
        (at == 0 || group.join != Join::Apart).then(|| group.len())
    };
    let first = len(0)?;
    let mobile = reads(run, "010")
        || ["011", "016", "017", "018", "019"]
            .iter()
            .any(|prefix| reads(run, prefix));
    let area = area_code(run);
    let shapes = (first, len(1), len(2));
    let (kind, count, loose) = match shapes {
        (3, Some(middle), Some(4)) if mobile && is_middle(run, middle) => {
            (Kind::Mobile, 3, run.has_space(3))
        }
        (3, Some(8), _) | (7, Some(4), _) if mobile => (Kind::Mobile, 2, run.has_space(2)),
        (11, ..) if mobile => (Kind::Mobile, 1, true),
        (10, ..) if mobile && !reads(run, "010") => (Kind::Mobile, 1, true),
        (_, Some(3 | 4), Some(4)) if area == Some(first) => (Kind::Landline, 3, run.has_space(3)),
        (_, Some(7 | 8), _) if area == Some(first) => (Kind::Landline, 2, true),
        (9..=12, ..) => {
            let rest = first - area?;
            if !(7..=8).contains(&rest) {
                return None;
            }
            (Kind::Landline, 1, true)
        }
        _ => return None,
    };
    let old = !reads(run, "010");
    Some(Number {
        kind,
        count,
        loose,
        old,
    })
}

/// Numbers since 2004 have four digits in the middle; those of old may have three.
fn is_middle(run: &Run<'_>, len: usize) -> bool {
    len == 4 || (len == 3 && !reads(run, "010"))
}

/// Length of the area code a number begins with: of a region, of telephony over the internet, of a number for life.
fn area_code(run: &Run<'_>) -> Option<usize> {
    let sign = |at: usize| run.text.at(run.start() + at);
    match (sign(1)?, sign(2)?) {
        ('2', _) => Some(2),
        ('3', '1'..='3') | ('4' | '6', '1'..='4') | ('5', '1'..='5') | ('7', '0') => Some(3),
        ('5', '0') => sign(3).filter(|sign| ('2'..='8').contains(sign)).map(|_| 4),
        _ => None,
    }
}

/// `+82-10-1234-5678`, `+82 2 123 4567`
fn abroad(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let group = |at: usize| {
        let group = run.group(at)?;
        (group.join != Join::Apart).then_some(group)
    };
    let first = group(1)?;
    let text = around.text;
    // The zero before the area code falls away, but is often written.
    let from = first.range.start + usize::from(text.at(first.range.start) == Some('0'));
    let area = text.signs(from..first.range.end).collect::<String>();
    if first.len() == 10 && text.reads(first.range.start, "10") && run.ends(2) {
        let range = run.start() - 1..run.range(2).end;
        let word = around.says(range.start, Word::Phone);
        return Some((
            Hit::new(Kind::Mobile, range, 97, why(Kind::Mobile, word)),
            2,
        ));
    }
    let middle = group(2)?.len();
    let shape = (middle, group(3).map(super::group::Group::len));
    let mobile = area == "10";
    let (kind, count) = match (mobile, shape) {
        (true, (4, Some(4))) => (Kind::Mobile, 4),
        (true, (8, _)) => (Kind::Mobile, 3),
        (false, (3 | 4, Some(4))) if is_area(&area) => (Kind::Landline, 4),
        _ => return None,
    };
    if !run.ends(count) {
        return None;
    }
    let range = run.start() - 1..run.range(count).end;
    let word = around.says(range.start, Word::Phone);
    Some((Hit::new(kind, range, 97, why(kind, word)), count))
}

fn is_area(area: &str) -> bool {
    matches!(
        area,
        "2" | "31"
            | "32"
            | "33"
            | "41"
            | "42"
            | "43"
            | "44"
            | "51"
            | "52"
            | "53"
            | "54"
            | "55"
            | "61"
            | "62"
            | "63"
            | "64"
            | "70"
    )
}
