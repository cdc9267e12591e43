//! Moments, ages, sizes and counts as people read them. Figures are formatted by room `measure`.

use chrono::{DateTime, FixedOffset, Utc};
use city::{Lang, Period};

/// Seconds that Korea is ahead of UTC; the clock does not change in summer.
const KOREA_AHEAD_S: i32 = 9 * 3600;

/// A whole number in full digits with commas, and U+2212 as its sign.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if number < 0 {
        format!("\u{2212}{out}")
    } else {
        out
    }
}

/// A count from an unsigned number.
pub fn count_of(number: u64) -> String {
    i64::try_from(number).map_or_else(|_| number.to_string(), count)
}

/// `2026-11-05 09:10`, Korean time.
pub fn moment(at: DateTime<Utc>) -> String {
    korean(at).format("%Y-%m-%d %H:%M").to_string()
}

/// How long ago, and when: `2시간 전 (09:10 기준)`; from a day on with the date.
pub fn age(at: DateTime<Utc>, now: DateTime<Utc>, lang: Lang) -> String {
    let minutes = (now - at).num_minutes().max(0);
    let (amount, ko, en) = match minutes {
        0 => (0, "방금", "just now"),
        1..=59 => (minutes, "분 전", "min ago"),
        60..=1439 => (minutes / 60, "시간 전", "h ago"),
        _ => (minutes / 1440, "일 전", "d ago"),
    };
    let form = if minutes < 1440 { "%H:%M" } else { "%Y-%m-%d" };
    let when = korean(at).format(form);
    match (lang, amount) {
        (Lang::Ko, 0) => format!("{ko} ({when} 기준)"),
        (Lang::Ko, _) => format!("{amount}{ko} ({when} 기준)"),
        (Lang::En, 0) => format!("{en} (as of {when})"),
        (Lang::En, _) => format!("{amount} {en} (as of {when})"),
    }
}

/// A share (0 to 1) in percent; one that is not whole is never shown as 100 %.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let tenths = part.saturating_mul(10_000) / whole;
    format!("{}.{:02}%", tenths / 100, tenths % 100).replace(".00%", "%")
}

fn korean(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    FixedOffset::east_opt(KOREA_AHEAD_S)
        .map_or_else(|| at.fixed_offset(), |zone| at.with_timezone(&zone))
}

/// A period as people write it: a year, a month, a day, or the first and the last one.
pub fn period(period: Period) -> String {
    period.to_string().replace("..", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn counts_have_commas() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(-12_345_678), "\u{2212}12,345,678");
    }

    #[test]
    fn an_age_is_told_with_its_moment() {
        let at = Utc.with_ymd_and_hms(2026, 11, 5, 0, 10, 0).unwrap();
        let now = Utc.with_ymd_and_hms(2026, 11, 5, 2, 40, 0).unwrap();
        assert_eq!(age(at, now, Lang::Ko), "2시간 전 (09:10 기준)");
        assert_eq!(age(at, now, Lang::En), "2 h ago (as of 09:10)");
        assert_eq!(age(at, at, Lang::Ko), "방금 (09:10 기준)");
        assert_eq!(moment(at), "2026-11-05 09:10");
    }

    #[test]
    fn a_part_is_never_rounded_up_to_the_whole() {
        assert_eq!(percent(99_999, 100_000), "99.99%");
        assert_eq!(percent(1, 1), "100%");
        assert_eq!(percent(1, 0), "");
    }
}
