//! The national portal's own words: how it writes dates, telephone numbers, cadences and licences, and how they are
//! read back.

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};
use city::dataset::{Cadence, Licence};

use super::field::tight;

/// How the portal writes that there is nothing to say.
pub(super) const NONE: &str = "-";

/// The Korean day of a moment.
pub fn day(moment: DateTime<Utc>) -> NaiveDate {
    (moment + TimeDelta::hours(9)).date_naive()
}

/// 업데이트 주기.
pub(super) fn cadence(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Hourly => "실시간",
        Cadence::Daily => "일간",
        Cadence::Weekly => "주간",
        Cadence::Monthly => "월간",
        Cadence::Quarterly => "분기",
        Cadence::HalfYearly => "반기",
        Cadence::Yearly => "연간",
        Cadence::Irregular => "수시",
        Cadence::Once => "수시 (1회성 데이터)",
    }
}

/// The cadences a word can mean; none when it is not known.
pub(super) fn cadences(word: &str) -> &'static [Cadence] {
    match tight(word).as_str() {
        "실시간" | "시간" | "매시간" => &[Cadence::Hourly],
        "일간" | "일" | "매일" => &[Cadence::Daily],
        "주간" | "주" | "매주" => &[Cadence::Weekly],
        "월간" | "월" | "매월" => &[Cadence::Monthly],
        "분기" => &[Cadence::Quarterly],
        "반기" => &[Cadence::HalfYearly],
        "연간" | "년간" | "연" | "년" | "매년" => &[Cadence::Yearly],
        // Bodies write the short word for both.
        "수시" => &[Cadence::Irregular, Cadence::Once],
        "수시(1회성데이터)" | "1회성데이터" | "1회성" => &[Cadence::Once],
        _ => &[],
    }
}

/// 차기 등록 예정일: when the next is due after `last`. What comes all the time, now and then, or never again has none.
pub(super) fn next_due(cadence: Cadence, last: NaiveDate) -> Option<NaiveDate> {
    match cadence {
        Cadence::Daily => last.checked_add_days(Days::new(1)),
        Cadence::Weekly => last.checked_add_days(Days::new(7)),
        Cadence::Monthly => last.checked_add_months(Months::new(1)),
        Cadence::Quarterly => last.checked_add_months(Months::new(3)),
        Cadence::HalfYearly => last.checked_add_months(Months::new(6)),
        Cadence::Yearly => last.checked_add_months(Months::new(12)),
        Cadence::Hourly | Cadence::Irregular | Cadence::Once => None,
    }
}

/// 이용허락범위. Type 0 asks for nothing; what is for the inside only has no word, since it is not listed.
pub(super) fn licence(licence: Licence) -> Option<&'static str> {
    match licence {
        Licence::Kogl0 => Some("이용허락범위 제한 없음"),
        Licence::Kogl1 => Some("공공저작물_출처표시"),
        Licence::Kogl2 => Some("공공저작물_출처표시 + 상업적 이용금지"),
        Licence::Kogl3 => Some("공공저작물_출처표시 + 변경금지"),
        Licence::Kogl4 => Some("공공저작물_출처표시 + 상업적 이용금지 + 변경금지"),
        Licence::Internal => None,
    }
}

/// The licence a word means, if it is one of those the portal has for public works.
pub(super) fn licence_of(word: &str) -> Option<Licence> {
    let word = tight(word);
    [
        Licence::Kogl0,
        Licence::Kogl1,
        Licence::Kogl2,
        Licence::Kogl3,
        Licence::Kogl4,
    ]
    .into_iter()
    .find(|own| licence(*own).is_some_and(|own| tight(own) == word))
}

/// 관리부서 전화번호: digits behind a back-quote, as the portal's list has them. Without the back-quote a spreadsheet
/// takes the digits for a number and drops the zero in front; readers of the list strip it.
pub(super) fn phone(number: &str) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then(|| format!("`{digits}"))
}

/// Whether a text is a telephone number, with or without the back-quote and hyphens.
pub(super) fn is_phone(text: &str) -> bool {
    let text = text.trim_start_matches(['`', '\'']).trim();
    let is_written =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | ' ' | ')' | '(' | '.');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let length = digits.len();
    let has_form = if digits.starts_with("02") {
        matches!(length, 9 | 10) || (length == 5 && digits.starts_with("021"))
    } else if digits.starts_with('0') {
        // 050 numbers have a digit more; 031-120 is a city's call centre.
        matches!(length, 10..=12) || (length == 6 && digits.as_bytes().get(3) == Some(&b'1'))
    } else {
        length == 8 && digits.starts_with('1')
    };
    has_form && text.chars().all(is_written)
}

/// A day as bodies write it.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim().trim_end_matches('.');
    ["%Y-%m-%d", "%Y.%m.%d", "%Y. %m. %d", "%Y/%m/%d"]
        .into_iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
        .or_else(|| {
            let is_plain = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_plain
                .then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok())
                .flatten()
        })
}

/// A number of rows: `1,234`, `1234`, `1,234건`.
pub(super) fn count(text: &str) -> Option<u64> {
    let text = tight(text).replace(',', "");
    let digits = text.trim_end_matches(['건', '행', '개']);
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

/// `1234567` as `1,234,567`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A text in one line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        for own in [
            Cadence::Hourly,
            Cadence::Daily,
            Cadence::Weekly,
            Cadence::Monthly,
            Cadence::Quarterly,
            Cadence::HalfYearly,
            Cadence::Yearly,
            Cadence::Irregular,
            Cadence::Once,
        ] {
            assert!(cadences(cadence(own)).contains(&own), "{own:?}");
        }
        for own in [
            Licence::Kogl0,
            Licence::Kogl1,
            Licence::Kogl2,
            Licence::Kogl3,
            Licence::Kogl4,
        ] {
            assert_eq!(licence(own).and_then(licence_of), Some(own));
        }
        for rows in [0, 7, 999, 1_000, 1_234_567, u64::MAX] {
            assert_eq!(count(&grouped(rows)), Some(rows));
        }
        assert_eq!(grouped(1_234), "1,234");
        assert!(is_phone(&phone("031-000-1500").unwrap()));
    }

    #[test]
    fn the_next_day_follows_the_cadence_and_stays_in_its_month() {
        assert_eq!(
            next_due(Cadence::Monthly, on(2027, 1, 31)),
            Some(on(2027, 2, 28))
        );
        assert_eq!(
            next_due(Cadence::Yearly, on(2024, 2, 29)),
            Some(on(2025, 2, 28))
        );
        assert_eq!(
            next_due(Cadence::Weekly, on(2026, 12, 28)),
            Some(on(2027, 1, 4))
        );
        assert_eq!(next_due(Cadence::Irregular, on(2026, 1, 1)), None);
    }

    #[test]
    fn telephone_numbers_and_what_only_looks_like_one() {
        for good in [
            "`0212345678",
            "02-123-4567",
            "031-000-1500",
            "1588-1234",
            "02-120",
            "031-120",
            "070 1234 5678",
            "'0310001500",
        ] {
            assert!(is_phone(good), "{good}");
        }
        for bad in [
            "212345678",
            "31-000-1500",
            "031-000-150",
            "담당자",
            "",
            "`",
            "031-000-1500(내선 2)",
            "02-12-34",
        ] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn a_day_comes_in_five_forms_and_a_serial_number_is_none() {
        for text in [
            "2027-01-05",
            "2027.01.05",
            "2027. 1. 5.",
            "2027/01/05",
            "20270105",
        ] {
            assert_eq!(date(text), Some(on(2027, 1, 5)), "{text}");
        }
        for text in ["46027", "2027-13-01", "어제", ""] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_count_is_digits() {
        assert_eq!(count(" 1,234 건"), Some(1_234));
        for text in ["", "약 100", "-3", "1.5", "건"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
