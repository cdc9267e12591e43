//! Accounts: digits are one only where a bank or the word account stands before them.

use std::ops::Range;

use super::Hit;
use super::fold::is_hangul;
use super::group::Run;
use super::kind::{Kind, Sign, Why};
use super::word::{Around, Said, Word};

/// Names of banks, without the word bank.
const BANKS: [&str; 30] = [
    "국민",
    "신한",
    "우리",
    "하나",
    "농협",
    "기업",
    "수협",
    "우체국",
    "카카오뱅크",
    "카카오",
    "토스뱅크",
    "토스",
    "케이뱅크",
    "새마을금고",
    "새마을",
    "신협",
    "산업",
    "제일",
    "씨티",
    "부산",
    "대구",
    "아이엠뱅크",
    "광주",
    "전북",
    "경남",
    "제주",
    "외환",
    "저축",
    "산림조합",
    "축협",
];
/// Names of banks in letters.
const LETTERS: [&str; 7] = [
    "SC제일",
    "NH농협",
    "KB국민",
    "IBK기업",
    "KEB하나",
    "KDB산업",
    "iM뱅크",
];
/// Between the bank and the number.
const BETWEEN: [&str; 7] = [
    "계좌번호",
    "계좌",
    "입금계좌",
    "예금계좌",
    "통장",
    "번호",
    "은행",
];

/// The account whose number begins with these runs.
pub(super) fn find(run: &Run<'_>, around: &Around<'_>) -> Option<(Hit, usize)> {
    let count = run.tight();
    let digits = run.digits(count)?;
    if !(10..=16).contains(&digits.len()) || count > 5 || !run.stands_alone(count) {
        return None;
    }
    if !run.all_hyphens(count) {
        return None;
    }
    let start = run.start();
    let bank = bank_before(around, start);
    // Numbers of books have as many digits.
    if bank.is_none() && digits.len() == 13 && matches!(digits.number(0, 3), 978 | 979) {
        return None;
    }
    let word = said(around, start);
    let range = run.range(count);
    let why = Why::of(&[Sign::Form, Sign::Bank]);
    let (from, confidence, why) = match (bank, word) {
        (Some(bank), Some(Said::Before)) => (bank.start, 97, why),
        (Some(bank), _) if count > 1 => (bank.start, 75, why),
        (None, Some(Said::Before)) => (start, 90, why),
        (None, Some(Said::Header)) => (start, 90, Why::of(&[Sign::Form, Sign::Header])),
        _ => return None,
    };
    Some((
        Hit::new(Kind::Account, from..range.end, confidence, why),
        count,
    ))
}

/// What says that an account follows. A column of payments is none of accounts.
fn said(around: &Around<'_>, place: usize) -> Option<Said> {
    let payment = around.says(place, Word::Payment);
    let payment = payment.filter(|said| *said == Said::Before);
    payment.or_else(|| around.says(place, Word::Account))
}

/// Whether the words before say so plainly that other forms need not be thought of.
pub(super) fn is_said(run: &Run<'_>, around: &Around<'_>) -> bool {
    said(around, run.start()) == Some(Said::Before)
        && matches!(
            around.nearest(run.start(), &[Word::Account, Word::Payment, Word::Phone]),
            Some((Word::Account | Word::Payment, Said::Before))
        )
}

/// Where the bank's name stands, if nothing but `계좌번호` and marks lies between it and the number.
fn bank_before(around: &Around<'_>, start: usize) -> Option<Range<usize>> {
    let text = around.text;
    if !text.has_letters() {
        return None;
    }
    let mut end = start;
    for _ in 0..8 {
        if text
            .before(end, 1)
            .is_some_and(|sign| matches!(sign, ' ' | ':' | '(' | ')' | '=' | '-' | '['))
        {
            end -= 1;
        } else if let Some(word) = BETWEEN.iter().find(|word| text.reads_before(end, word)) {
            end -= word.chars().count();
        } else {
            break;
        }
    }
    let mut names = LETTERS.iter().chain(&BANKS);
    let name = names.find(|name| text.reads_before(end, name))?;
    let from = end - name.chars().count();
    // `우리` within another word is no bank.
    let inside = text
        .before(from, 1)
        .is_some_and(|sign| is_hangul(sign) || sign.is_ascii_alphanumeric());
    (!inside).then_some(from..end)
}
