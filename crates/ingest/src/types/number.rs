//! Numbers as people write them.

/// A whole number, with thousands commas only where they belong.
pub fn integer(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() <= 18 && !bytes.is_empty() {
        let (negative, digits) = match bytes.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, bytes),
        };
        let mut value: i64 = 0;
        let mut plain = !digits.is_empty();
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                plain = false;
                break;
            }
            value = value * 10 + i64::from(digit);
        }
        if plain {
            return Some(if negative { -value } else { value });
        }
    }
    let text = minus(text);
    without_commas(&text).and_then(|digits| digits.parse().ok())
}

/// Powers of ten that a float holds exactly, as far as [`short`] needs them.
const TENS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// A number of at most 15 digits without an exponent. Its digits and the power of ten are exact as floats, so their
/// quotient is the float nearest to it (Clinger, "How to read floating point numbers accurately", 1990).
fn short(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let (negative, bytes) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    if bytes.len() > 16 {
        return None;
    }
    let (mut digits, mut count, mut point): (u64, usize, Option<usize>) = (0, 0, None);
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            digits = digits * 10 + u64::from(digit);
            count += 1;
        } else if *byte == b'.' && point.is_none() {
            point = Some(count);
        } else {
            return None;
        }
    }
    if count == 0 || count > 15 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "15 digits are exact")]
    let value = digits as f64 / TENS.get(count - point.unwrap_or(count))?;
    Some(if negative { -value } else { value })
}

/// A number; neither `NaN` nor infinite.
pub fn float(text: &str) -> Option<f64> {
    if let Some(value) = short(text) {
        return Some(value);
    }
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'))
    {
        return text.parse().ok().filter(|value: &f64| value.is_finite());
    }
    let text = minus(text);
    without_commas(&text)
        .and_then(|digits| digits.parse().ok())
        .filter(|value: &f64| value.is_finite())
}

/// An exact number with `scale` digits behind the point, times ten to the `scale`. More digits than
/// that are a fault unless they are zeros.
pub fn decimal(text: &str, scale: u32) -> Option<i128> {
    let text = minus(text);
    let digits = without_commas(&text)?;
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && part.is_empty())
        || !whole
            .bytes()
            .chain(part.bytes())
            .all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let kept = part.trim_end_matches('0');
    let missing = scale.checked_sub(u32::try_from(kept.len()).ok()?)?;
    let value: i128 = format!("0{whole}{kept}").parse().ok()?;
    let value = value.checked_mul(10_i128.checked_pow(missing)?)?;
    Some(if negative { -value } else { value })
}

/// A number with Korean units: `1억 2,000만`, `3천`, `5만원`, `12.5억`. `unit` may stand behind it.
/// The answer is exact and has `scale` digits behind the point.
pub fn korean(text: &str, unit: Option<&str>, scale: u32) -> Option<i128> {
    let compact: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let mut rest = compact.as_str();
    if let Some(unit) = unit {
        rest = rest.strip_suffix(unit).unwrap_or(rest);
    }
    let (negative, mut rest) = match rest.strip_prefix(['-', '△', '▲', '\u{2212}']) {
        Some(behind) => (true, behind),
        None => (false, rest),
    };
    if rest.is_empty() {
        return None;
    }
    let mut sum: i128 = 0;
    let mut last = u32::MAX;
    while !rest.is_empty() {
        let end = rest
            .find(|sign: char| !(sign.is_ascii_digit() || sign == ',' || sign == '.'))
            .unwrap_or(rest.len());
        let (digits, behind) = rest.split_at(end);
        let mut signs = behind.chars();
        let (power, behind) = match signs.next() {
            None => (0, behind),
            Some('천') if signs.clone().next() == Some('만') => (7, behind.strip_prefix("천만")?),
            Some('천') => (3, signs.as_str()),
            Some('만') => (4, signs.as_str()),
            Some('백') if signs.clone().next() == Some('만') => (6, behind.strip_prefix("백만")?),
            Some('백') => (2, signs.as_str()),
            Some('억') => (8, signs.as_str()),
            Some('조') => (12, signs.as_str()),
            Some(_) => return None,
        };
        // Units only go down: 3만 2억 is no number.
        if power >= last {
            return None;
        }
        last = power;
        let part = if digits.is_empty() {
            10_i128.checked_pow(power + scale)?
        } else {
            decimal(digits, scale + power)?
        };
        // `decimal` at a larger scale already holds the unit.
        sum = sum.checked_add(part)?;
        rest = behind;
    }
    Some(if negative { -sum } else { sum })
}

/// The minus signs people use, as `-`; `△` is the ledger's.
fn minus(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        text.into()
    } else {
        text.replace(['\u{2212}', '－', '△', '▲'], "-").into()
    }
}

/// Digits without thousands commas, if each comma stands where it should.
fn without_commas(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if text.is_empty()
        || !text.bytes().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b',' | b'e' | b'E')
        })
    {
        return None;
    }
    if !text.contains(',') {
        return Some(text.into());
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = unsigned
        .split_once('.')
        .map_or(unsigned, |(whole, _)| whole);
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let sound = (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3)
        && !unsigned
            .split_once('.')
            .is_some_and(|(_, part)| part.contains(','));
    sound.then(|| text.replace(',', "").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_numbers_as_people_write_them() {
        for (text, value) in [
            ("0", 0),
            ("-12", -12),
            ("1,234,567", 1_234_567),
            ("△3", -3),
            ("007", 7),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(integer(text), Some(value), "{text}");
        }
        for text in [
            "",
            "-",
            "1,23",
            "12,3456",
            "1.0",
            "일백",
            "1 000",
            "1,2,3",
            "--1",
            "9223372036854775808",
        ] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("1,234.5", 2), Some(123_450));
        assert_eq!(decimal("-0.05", 2), Some(-5));
        assert_eq!(decimal("0.050", 2), Some(5));
        assert_eq!(decimal("0.055", 2), None);
        assert_eq!(decimal(".", 2), None);
    }

    #[test]
    fn korean_units_are_read() {
        for (text, value) in [
            ("1억 2,000만", 120_000_000),
            ("3천", 3000),
            ("5만원", 50_000),
            ("12.5억", 1_250_000_000),
            ("1조2346억", 1_234_600_000_000),
            ("2천만", 20_000_000),
            ("1,200", 1200),
            ("3백만원", 3_000_000),
        ] {
            assert_eq!(korean(text, Some("원"), 0), Some(value), "{text}");
        }
        for text in ["3만2억", "원", "만세", "12명"] {
            assert_eq!(korean(text, Some("원"), 0), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn short_numbers_are_the_floats_nearest_to_them(text in "-?[0-9]{0,9}(\\.[0-9]{0,8})?") {
            if let Some(value) = short(&text) {
                prop_assert_eq!(Some(value.to_bits()), text.parse().ok().map(f64::to_bits));
            }
        }

        #[test]
        fn grouped_integers_come_back(value: i32) {
            let digits = value.unsigned_abs().to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 { grouped.push(','); }
                grouped.push(digit);
            }
            let text = if value < 0 { format!("-{grouped}") } else { grouped };
            prop_assert_eq!(integer(&text), Some(i64::from(value)));
        }
    }
}
