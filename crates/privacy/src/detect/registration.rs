//! Registration numbers of thirteen digits: of residents, of foreigners, of corporations.
//!
//! All three are six digits and seven. The date of birth, the check digits and the words around tell them apart; what
//! they cannot tell lowers the confidence. Numbers given out or changed since October 2020 have no check digit, so a
//! wrong one never excludes a number; a date that does not exist does.

use super::check::{Day, Digits, RANDOM_SINCE, birth, corporation, foreigner, resident};
use super::group::Run;
use super::kind::{Kind, Sign, Why};
use super::word::{Around, Said, Word};
use super::{Hit, sure};

/// How the two halves are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Hyphen,
    Space,
    Bare,
}

/// The registration number that begins with these runs.
pub(super) fn find(run: &Run<'_>, around: &Around<'_>, today: Day) -> Option<(Hit, usize)> {
    let (count, written) = if run.is(&[6, 7]) && run.all_hyphens(2) {
        (2, Written::Hyphen)
    } else if run.is(&[6, 7]) && run.has_space(2) {
        (2, Written::Space)
    } else if run.is(&[13]) {
        (1, Written::Bare)
    } else {
        return None;
    };
    if !run.stands_alone(count) {
        return None;
    }
    let digits = run.digits(count)?;
    let words = [Word::Resident, Word::Foreigner, Word::Corporation];
    let said = around.nearest(run.start(), &words);
    let (kind, confidence, why) = match said {
        Some((Word::Corporation, said)) => {
            corporation_said(&digits, said).or_else(|| person(&digits, written, None, today))
        }
        Some((_, said)) => person(&digits, written, Some(said), today),
        None => corporation_unsaid(&digits, written, today)
            .or_else(|| person(&digits, written, None, today)),
    }?;
    let range = run.range(count);
    Some((Hit::new(kind, range, confidence, why), count))
}

type Found = (Kind, u8, Why);

fn word(said: Said) -> Sign {
    match said {
        Said::Before => Sign::Word,
        Said::Header => Sign::Header,
    }
}

/// A person's number, if its date of birth exists.
fn person(digits: &Digits, written: Written, said: Option<Said>, today: Day) -> Option<Found> {
    let born = birth(digits).filter(|born| *born <= today)?;
    let is_foreign = (5..=8).contains(&digits.at(6));
    let is_old = matches!(digits.at(6), 0 | 9);
    let checked = if is_foreign {
        foreigner(digits)
    } else {
        resident(digits)
    };
    let recent = born >= RANDOM_SINCE;
    let why = Why::of(&[Sign::Form, Sign::Date]);
    let why = said.map_or(why, |said| why.and(word(said)));
    let why = match (checked, recent) {
        (true, false) => why.and(Sign::Check),
        (_, true) => why.and(Sign::Random),
        (false, false) => why.and(Sign::CheckFailed),
    };
    // Nobody born before 1900 lives; a number of that form with a wrong check digit is another number.
    if is_old && !(checked && (written == Written::Hyphen || said.is_some())) {
        return None;
    }
    let confidence = match (said.is_some(), checked && !recent, recent, written) {
        (true, true, ..) => 99,
        (true, _, true, _) | (false, true, _, Written::Hyphen) => 97,
        (true, ..) => 85,
        // Other numbers have thirteen digits as well, and one in eleven passes.
        (false, true, _, _) => 75,
        (false, _, true, Written::Hyphen) => 92,
        (false, _, true, Written::Bare) => 55,
        (false, _, false, Written::Hyphen) => 60,
        _ => return None,
    };
    let kind = match (is_foreign, recent) {
        (false, false) => Kind::Rrn,
        (false, true) => Kind::RrnRandom,
        (true, false) => Kind::Frn,
        (true, true) => Kind::FrnRandom,
    };
    Some((kind, confidence, why))
}

/// A corporation's number, where the words say that it is one.
fn corporation_said(digits: &Digits, said: Said) -> Option<Found> {
    let why = Why::of(&[Sign::Form]).and(word(said));
    if corporation(digits) {
        Some((Kind::Corp, 99, why.and(Sign::Check)))
    } else if is_registered(digits) {
        let why = why.and(Sign::Registry).and(Sign::NoCheckSince2025);
        Some((Kind::Corp, 80, why))
    } else {
        None
    }
}

/// A corporation's number by itself: its first six digits are a registry office and a kind of corporation.
fn corporation_unsaid(digits: &Digits, written: Written, today: Day) -> Option<Found> {
    if written != Written::Hyphen || !is_registered(digits) || !corporation(digits) {
        return None;
    }
    let why = Why::of(&[Sign::Form, Sign::Registry, Sign::Check]);
    // The same digits may be somebody's. Offices other than a court's own (01) are few: there the person is likelier.
    let rival = person(digits, written, None, today).filter(|(_, other, _)| sure(*other));
    let recent = rival.is_some_and(|(_, _, why)| why.has(Sign::Random));
    if recent && digits.number(2, 2) != 1 {
        return None;
    }
    Some(if rival.is_some() {
        (Kind::Corp, 60, why.and(Sign::Ambiguous))
    } else {
        (Kind::Corp, 92, why)
    })
}

/// Whether the first six digits can be a registry office (four) and a kind of corporation (two).
fn is_registered(digits: &Digits) -> bool {
    let region = digits.number(0, 2);
    let kind = digits.number(4, 2);
    (11..=24).contains(&region) && matches!(kind, 11..=15 | 21..=22 | 31..=49 | 71 | 81..=86)
}
