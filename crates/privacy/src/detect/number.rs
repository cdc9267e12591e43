//! Numbers with a form of their own: of businesses, cards, licences and passports.

use super::Hit;
use super::check::{Digits, business, luhn};
use super::group::{Join, Run};
use super::kind::{Kind, Sign, Why};
use super::word::{Around, Said, Word};

fn said(why: Why, said: Option<Said>) -> Why {
    match said {
        Some(Said::Before) => why.and(Sign::Word),
        Some(Said::Header) => why.and(Sign::Header),
        None => why,
    }
}

/// A business registration number: 3-2-5, or ten digits after a word that says so.
pub(super) fn business_number(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let word = around.says(run.start(), Word::Business);
    let count = if run.is(&[3, 2, 5]) && (run.all_hyphens(3) || word.is_some()) {
        3
    } else if run.is(&[10]) && word.is_some() {
        1
    } else {
        return None;
    };
    let digits = run.digits(count)?;
    let exists = digits.number(0, 3) >= 100 && digits.number(3, 2) > 0;
    if !run.stands_alone(count) || !exists || !business(&digits) {
        return None;
    }
    let why = said(Why::of(&[Sign::Form, Sign::Check]), word);
    let confidence = if word.is_some() { 99 } else { 93 };
    let hit = Hit::new(Kind::Brn, run.range(count), confidence, why);
    Some((hit, count))
}

/// A payment card: digits in the groups cards are printed with, or in one run.
pub(super) fn card(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    const FORMS: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];
    let word = around.says(run.start(), Word::Card);
    let grouped = FORMS.iter().rev().find(|form| {
        let same = run.joins(form.len()).next();
        run.is(form)
            && run.joins(form.len()).all(|join| Some(join) == same)
            && matches!(same, Some(Join::Hyphen | Join::Space | Join::Wide))
    });
    let count = grouped.map_or(1, |form| form.len());
    let digits = run.digits(count)?;
    let bare = grouped.is_none();
    if !run.stands_alone(count) || !is_of_a_network(&digits, word.is_some()) {
        return None;
    }
    if !luhn(digits.all()) {
        return None;
    }
    let why = said(Why::of(&[Sign::Form, Sign::Network, Sign::Check]), word);
    let confidence = match (word.is_some(), bare) {
        (true, _) => 98,
        (false, false) => 93,
        (false, true) => 80,
    };
    let hit = Hit::new(Kind::Card, run.range(count), confidence, why);
    Some((hit, count))
}

/// Whether a network gives out cards that begin so and are so long. Lengths other than the usual one need a word.
fn is_of_a_network(digits: &Digits, said: bool) -> bool {
    let (two, four) = (digits.number(0, 2), digits.number(0, 4));
    match (digits.len(), digits.at(0)) {
        (14, 3) => two == 36 || two == 38 || (3000..=3059).contains(&four),
        (15, 3) => two == 34 || two == 37,
        (16, 2) => (2221..=2720).contains(&four),
        (16, 3) => (3528..=3589).contains(&four),
        (16, 4..=6 | 9) => true,
        (13, 4) | (17..=19, 4..=6 | 9) => said,
        _ => false,
    }
}

/// A driver's licence: region, year, serial, check.
pub(super) fn driver(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let plain = around.says(run.start(), Word::Driver);
    let word = plain.or_else(|| around.says(run.start(), Word::Licence));
    let count = if run.is(&[2, 2, 6, 2]) && (run.all_hyphens(4) || word.is_some()) {
        4
    } else if run.is(&[12]) && plain.is_some() {
        1
    } else {
        return driver_of_old(run, around);
    };
    let region = run.digits(count)?.number(0, 2);
    if !run.stands_alone(count) || !(11..=28).contains(&region) {
        return None;
    }
    let why = said(Why::of(&[Sign::Form]), word);
    let confidence = if word.is_some() { 98 } else { 85 };
    let hit = Hit::new(Kind::Driver, run.range(count), confidence, why);
    Some((hit, count))
}

/// Regions as licences of old name them.
const REGIONS: [&str; 16] = [
    "서울", "부산", "대구", "인천", "광주", "대전", "울산", "경기", "강원", "충북", "충남", "전북",
    "전남", "경북", "경남", "제주",
];

/// The form of old: the region by name, then year, serial, check.
fn driver_of_old(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    if !run.is(&[2, 6, 2]) || !run.all_hyphens(3) || !run.ends(3) {
        return None;
    }
    let text = around.text;
    let start = run.start();
    let name_ends = match text.before(start, 1) {
        Some(' ' | '-') => start - 1,
        _ => start,
    };
    let region = REGIONS
        .iter()
        .find(|region| text.reads_before(name_ends, region))?;
    let from = name_ends - region.chars().count();
    let word = around.says(from, Word::Licence);
    let why = said(Why::of(&[Sign::Form]), word);
    let confidence = if word.is_some() { 98 } else { 75 };
    let range = from..run.range(3).end;
    Some((Hit::new(Kind::Driver, range, confidence, why), 3))
}

/// A passport: a letter and eight digits, or since December 2021 a letter, three digits, a letter, four digits.
pub(super) fn passport(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let text = around.text;
    let start = run.start();
    let letter = text.before(start, 1)?.to_ascii_uppercase();
    let from = start.checked_sub(1)?;
    let free = |at: Option<char>| !at.is_some_and(|at| at.is_ascii_alphanumeric() || at == '_');
    let before = text.before(start, 2);
    let is_part = before == Some('-') && !free(text.before(start, 3));
    if !matches!(letter, 'M' | 'S' | 'R' | 'O' | 'D') || !free(before) || is_part {
        return None;
    }
    let first = run.group(0)?;
    let (kind, count, end) = if first.len() == 8 {
        (Kind::PassportOld, 1, first.range.end)
    } else {
        let second = run.group(1)?;
        let middle = text.at(first.range.end)?;
        let next = first.range.end + 1 == second.range.start;
        let fits = first.len() == 3 && second.len() == 4 && next;
        if !fits || !middle.is_ascii_alphabetic() {
            return None;
        }
        (Kind::PassportNew, 2, second.range.end)
    };
    let goes_on = matches!(text.at(end), Some('-' | '.')) && !free(text.at(end + 1));
    if !free(text.at(end)) || goes_on {
        return None;
    }
    let word = around.nearest(from, &[Word::Passport, Word::Thing]);
    let why = Why::of(&[Sign::Form]);
    let (confidence, why) = match word {
        Some((Word::Passport, by)) => (98, said(why, Some(by))),
        // The letter and digits of a thing: numbers of facilities look the same.
        Some(_) => return None,
        None if text
            .before(start, 1)
            .is_some_and(|sign| sign.is_ascii_lowercase()) =>
        {
            return None;
        }
        None => (75, why),
    };
    Some((Hit::new(kind, from..end, confidence, why), count))
}
