//! Numbers and moments as people read them: the one place.

use city::measure::Step;
use city::{Lang, Measure};

/// The minus sign.
const MINUS: char = '\u{2212}';

/// A headline: at most two groups of Korean units (`1만 2,480`, `37억 4,200만`), plain digits below 10,000.
/// English: `12,480`, `3.74 billion`.
pub fn headline(value: f64, digits: u8, lang: Lang) -> String {
    if !value.is_finite() {
        return String::new();
    }
    match lang {
        Lang::Ko => korean(value, digits),
        Lang::En => english(value, digits),
    }
}

/// A headline where its unit stands elsewhere, beside an axis: of a unit that says 만, 억 or millions itself, all digits, since
/// those words mean something once.
pub fn short(value: f64, digits: u8, unit: &str, lang: Lang) -> String {
    match city::unit::scale(unit) {
        Some(_) => full(value, digits),
        None => headline(value, digits, lang),
    }
}

/// A headline and the unit it is read with: 25 in `백만 원` is `2,500만` and `원`.
pub fn read(value: f64, digits: u8, unit: &str, lang: Lang) -> (String, &str) {
    let Some((many, plain)) = city::unit::scale(unit) else {
        return (headline(value, digits, lang), unit);
    };
    // So many digits fewer stand behind the point.
    let fewer = (1..=15).filter(|power| 10_f64.powi(*power) <= many).count();
    let digits = usize::from(digits).saturating_sub(fewer);
    let digits = u8::try_from(digits).unwrap_or_default();
    (headline(value * many, digits, lang), plain)
}

/// A value with its unit behind it: `1만 2,480명`, `37억 4,200만 원`, `2.7%`, `21.4 ㎍/㎥`.
pub fn with_unit(value: f64, digits: u8, unit: &str, lang: Lang) -> String {
    let (number, unit) = read(value, digits, unit, lang);
    if unit.is_empty() || number.is_empty() {
        return number;
    }
    let is_close = matches!(unit, "%" | "‰" | "%p" | "℃");
    let is_hangul = unit.starts_with(|letter| ('가'..='힣').contains(&letter));
    // A counter stands close behind a digit, and apart from 만, 억 and 조.
    let ends_in_digit = number.ends_with(|letter: char| letter.is_ascii_digit());
    if is_close || (is_hangul && lang == Lang::Ko && ends_in_digit) {
        format!("{number}{unit}")
    } else {
        format!("{number} {unit}")
    }
}

/// All digits, with thousands commas: for tables.
pub fn full(value: f64, digits: u8) -> String {
    let text = format!("{:.*}", usize::from(digits), value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_zero = text.bytes().all(|sign| matches!(sign, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero {
        MINUS.to_string()
    } else {
        String::new()
    };
    let part = if part.is_empty() {
        String::new()
    } else {
        format!(".{part}")
    };
    format!("{sign}{}{part}", grouped(whole))
}

/// A whole number with thousands commas.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn korean(value: f64, digits: u8) -> String {
    let size = value.abs();
    if size < 9_999.5 {
        return full(value, digits);
    }
    let sign = if value < 0.0 {
        MINUS.to_string()
    } else {
        String::new()
    };
    for (unit, name, lower, lower_name) in [
        (1e16, "경", 1e12, "조"),
        (1e12, "조", 1e8, "억"),
        (1e8, "억", 1e4, "만"),
        (1e4, "만", 1.0, ""),
    ] {
        // Rounded first, so that 99,999,999 becomes 1억 and not 1만 of 만.
        let rounded = (size / lower).round() * lower;
        if rounded >= unit {
            let high = (rounded / unit).floor();
            let low = ((rounded - high * unit) / lower).round();
            let head = format!("{sign}{}{name}", full(high, 0));
            return if low >= 1.0 {
                format!("{head} {}{lower_name}", full(low, 0))
            } else {
                head
            };
        }
    }
    full(value, digits)
}

fn english(value: f64, digits: u8) -> String {
    let size = value.abs();
    for (unit, name) in [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")] {
        if size >= unit {
            let text = full(value / unit, 2);
            return format!(
                "{} {name}",
                text.trim_end_matches('0').trim_end_matches('.')
            );
        }
    }
    full(value, if size >= 10_000.0 { 0 } else { digits })
}

/// A change in hundredths, with its sign: `+12.5%`.
pub fn change(percent: f64) -> String {
    let sign = if percent > 0.0 { "+" } else { "" };
    format!("{sign}{}%", full(percent, 1))
}

/// A difference, with its sign; percentages differ by percentage points.
pub fn difference(value: f64, digits: u8, unit: &str, lang: Lang) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    let unit = if unit == "%" { "%p" } else { unit };
    format!("{sign}{}", with_unit(value, digits, unit, lang))
}

/// The begin of a step as people write it: `2026-11`, `2026-11-05`, `2026-11-05 09:00`.
pub fn moment(measure: &Measure, text: &str) -> String {
    let text = text.replace('T', " ");
    let cut = match measure.time.as_ref().map(|axis| axis.step) {
        Some(Step::Year) => 4,
        Some(Step::Month) => 7,
        Some(Step::Day) | None => 10,
        Some(Step::Hour) => 16,
    };
    text.get(..cut).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_headlines_have_at_most_two_groups() {
        for (value, text) in [
            (0.0, "0"),
            (9_999.0, "9,999"),
            (12_480.0, "1만 2,480"),
            (10_000.0, "1만"),
            (3_742_000_000.0, "37억 4,200만"),
            (1_234_600_000_000.0, "1조 2,346억"),
            (99_999_999.6, "1억"),
            (-12_480.0, "\u{2212}1만 2,480"),
            (99_994_000_000_000_000.0, "9경 9,994조"),
        ] {
            assert_eq!(headline(value, 0, Lang::Ko), text);
        }
        assert_eq!(headline(2.71449, 2, Lang::Ko), "2.71");
        assert_eq!(headline(-0.001, 1, Lang::Ko), "0.0");
    }

    #[test]
    fn english_and_tables() {
        assert_eq!(headline(3_742_000_000.0, 0, Lang::En), "3.74 billion");
        assert_eq!(full(1_234_567.891, 1), "1,234,567.9");
        for (value, digits, unit, text) in [
            (12_480.0, 0, "명", "1만 2,480명"),
            (3_742_000_000.0, 0, "원", "37억 4,200만 원"),
            (2.71, 1, "%", "2.7%"),
            (3.12, 1, "‰", "3.1‰"),
            (21.44, 1, "㎍/㎥", "21.4 ㎍/㎥"),
            (7.0, 0, "", "7"),
        ] {
            assert_eq!(with_unit(value, digits, unit, Lang::Ko), text);
        }
        for (value, digits, unit, text) in [
            // A budget of a thousand trillion, told in each unit a city may keep it in.
            (10_000_000.0, 0, "억 원", "1,000조 원"),
            (1_000_000_000_000.0, 0, "천 원", "1,000조 원"),
            (1_000_000_000.0, 0, "백만 원", "1,000조 원"),
            (3.54, 2, "억 원", "3억 5,400만 원"),
            (12.3, 1, "천 명", "1만 2,300명"),
            (0.0, 1, "천명", "0명"),
        ] {
            assert_eq!(with_unit(value, digits, unit, Lang::Ko), text);
        }
        assert_eq!(
            with_unit(1_000_000.0, 0, "million won", Lang::En),
            "1 trillion won"
        );
        // Where the unit stands beside an axis, its words are not said twice.
        assert_eq!(short(12_345.0, 0, "억 원", Lang::Ko), "12,345");
        assert_eq!(short(12_345.0, 0, "원", Lang::Ko), "1만 2,345");
        assert_eq!(change(12.46), "+12.5%");
        assert_eq!(change(-3.0), "\u{2212}3.0%");
        assert_eq!(difference(1.5, 1, "%", Lang::Ko), "+1.5%p");
        assert_eq!(difference(22.0, 0, "건", Lang::Ko), "+22건");
        assert_eq!(difference(22.0, 0, "calls", Lang::En), "+22 calls");
    }
}
