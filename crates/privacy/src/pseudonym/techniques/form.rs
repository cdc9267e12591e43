//! 형태보존 암호화: a value becomes another one of the same form.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use city::recipe::{Format, FormatPreserving};
use zeroize::Zeroizing;

use super::super::failed::Unfit;
use super::super::ff1::Below;
use super::super::keys::Key;
use super::Cells;
use super::resident;

/// Replaces values by others of their form.
pub struct Form {
    key: Zeroizing<[u8; 32]>,
    rule: FormatPreserving,
    /// One cipher for each number of forms met: values of a column have few.
    ciphers: HashMap<u128, Below>,
}

/// Kinds of signs that change among themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Digit,
    Upper,
    Lower,
    Hangul,
}

impl Kind {
    fn of(sign: char) -> Option<Self> {
        match sign {
            '0'..='9' => Some(Self::Digit),
            'A'..='Z' => Some(Self::Upper),
            'a'..='z' => Some(Self::Lower),
            '가'..='힣' => Some(Self::Hangul),
            _ => None,
        }
    }

    fn first(self) -> u32 {
        match self {
            Self::Digit => u32::from('0'),
            Self::Upper => u32::from('A'),
            Self::Lower => u32::from('a'),
            Self::Hangul => u32::from('가'),
        }
    }

    fn size(self) -> u128 {
        match self {
            Self::Digit => 10,
            Self::Upper | Self::Lower => 26,
            Self::Hangul => 11_172,
        }
    }
}

impl Form {
    /// A form under a project's key. Columns of one form and project have the same pseudonyms.
    pub fn new(rule: &FormatPreserving, key: &Key) -> Self {
        Self {
            key: key.secret("format-preserving"),
            rule: rule.clone(),
            ciphers: HashMap::new(),
        }
    }

    /// A value for a value; back again when not `forth`.
    ///
    /// # Errors
    /// It has not the form, or too few other values have.
    pub fn turn(&mut self, value: &str, forth: bool) -> Result<String, Unfit> {
        match self.rule.of {
            Format::Digits => self.signs(value, b"digits", 0, forth, &|kind| kind == Kind::Digit),
            Format::Characters => self.signs(value, b"characters", 0, forth, &|_| true),
            Format::Phone => {
                let kept = kept_of_phone(value)?;
                self.signs(value, b"phone", kept, forth, &|kind| kind == Kind::Digit)
            }
            Format::ResidentNo => self.resident(value, forth),
        }
    }

    /// Turns all signs of the kinds asked for but the first `kept`; the rest stays where it is.
    fn signs(
        &mut self,
        value: &str,
        tweak: &[u8],
        kept: usize,
        forth: bool,
        wanted: &dyn Fn(Kind) -> bool,
    ) -> Result<String, Unfit> {
        let kind = |sign| Kind::of(sign).filter(|kind| wanted(*kind));
        let turning: Vec<(Kind, char)> = value
            .chars()
            .filter_map(|sign| kind(sign).map(|kind| (kind, sign)))
            .skip(kept)
            .collect();
        let (mut bound, mut number) = (1_u128, 0_u128);
        for (kind, sign) in &turning {
            bound = bound.checked_mul(kind.size()).ok_or_else(too_long)?;
            number = number * kind.size() + u128::from(u32::from(*sign) - kind.first());
        }
        // A subscriber's number that begins with another digit than 0 keeps that.
        let first = turning.first().map_or(1, |(kind, _)| kind.size());
        let is_led = kept > 0 && number >= bound / first;
        let fits = move |number: u128| kept == 0 || (number >= bound / first) == is_led;
        let mut turned = self.cipher(bound)?.turn(tweak, number, forth, &fits)?;
        let mut signs = Vec::with_capacity(turning.len());
        for (kind, _) in turning.iter().rev() {
            let at = u32::try_from(turned % kind.size()).unwrap_or_default();
            signs.extend(char::from_u32(kind.first() + at));
            turned /= kind.size();
        }
        let mut passed = 0;
        let replaced = value.chars().map(|sign| {
            if kind(sign).is_none() {
                return sign;
            }
            passed += 1;
            if passed <= kept {
                return sign;
            }
            signs.pop().unwrap_or(sign)
        });
        Ok(replaced.collect())
    }

    fn resident(&mut self, value: &str, forth: bool) -> Result<String, Unfit> {
        let digits: Vec<u8> = value
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|byte| byte - b'0')
            .collect();
        let number = resident::Number::read(&digits)?;
        let is_checked = self.rule.checksum && number.is_checked();
        let checksum = self.rule.checksum;
        let (at, bound) = number.rank(is_checked);
        // A number whose check digit is wrong keeps that too: otherwise two could become one.
        let fits = move |at: u128| {
            !checksum || is_checked || !resident::Number::at(at, number, false).is_checked()
        };
        let tweak: &[u8] = match (number.is_foreign(), is_checked) {
            (false, false) => b"resident",
            (false, true) => b"resident checked",
            (true, false) => b"foreigner",
            (true, true) => b"foreigner checked",
        };
        let turned = self.cipher(bound)?.turn(tweak, at, forth, &fits)?;
        let turned = resident::Number::at(turned, number, is_checked);
        let mut digits = turned.digits().into_iter();
        Ok(value
            .chars()
            .map(|sign| match sign {
                '0'..='9' => digits
                    .next()
                    .and_then(|digit| char::from_digit(u32::from(digit), 10))
                    .unwrap_or(sign),
                other => other,
            })
            .collect())
    }

    fn cipher(&mut self, bound: u128) -> Result<&Below, Unfit> {
        // A column of free text could have as many sizes as rows.
        if self.ciphers.len() > 1024 {
            self.ciphers.clear();
        }
        match self.ciphers.entry(bound) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(Below::new(&self.key, bound)?)),
        }
    }
}

impl Cells for Form {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        // Full-width digits are digits: they come out as plain ones.
        let even = super::even_digits(value);
        self.turn(&even, true)
    }
}

fn too_long() -> Unfit {
    Unfit::new(
        "the value is too long for its form to be kept",
        "at most 38 digits",
    )
    .remedy("take `keyed-one-way` or `token` for this column")
}

/// How many digits say area or network.
fn kept_of_phone(value: &str) -> Result<usize, Unfit> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let country = if value.trim_start().starts_with('+') || digits.starts_with("0082") {
        let rest = digits.strip_prefix("00").unwrap_or(&digits);
        let Some(rest) = rest.strip_prefix("82") else {
            return Err(no_phone());
        };
        digits.len() - rest.len()
    } else {
        0
    };
    let rest = digits.get(country..).unwrap_or_default();
    let own = match rest.as_bytes() {
        [b'0', b'2', ..] => 2,
        [b'0', b'0', ..] | [] => return Err(no_phone()),
        [b'0', ..] => 3,
        [b'2', ..] if country > 0 => 1,
        [_, ..] if country > 0 => 2,
        // No area: a number within the city, or of the whole country (1588-0000).
        [_, ..] => 1,
    };
    let kept = country + own;
    if (6..=9).contains(&(digits.len().saturating_sub(kept))) {
        Ok(kept)
    } else {
        Err(no_phone())
    }
}

fn no_phone() -> Unfit {
    Unfit::new(
        "the value is no telephone number",
        "one like 010-0000-0000 or 02-000-0000",
    )
    .remedy("take `keyed-one-way` for this column, or put the value right")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(of: Format, checksum: bool) -> Form {
        let key = Key::new("study".into(), 1, [5; 32]);
        Form::new(&FormatPreserving { of, checksum }, &key)
    }

    #[test]
    fn a_phone_keeps_its_network_and_its_marks() {
        let mut phone = form(Format::Phone, false);
        for (value, head, tail) in [
            ("010-1234-5678", "010-", "-"),
            ("+82-10-1234-5678", "+82-10-", "-"),
            ("02-123-4567", "02-", "-"),
            ("031 123 4567", "031 ", " "),
            ("01012345678", "010", ""),
        ] {
            let turned = phone.turn(value, true).unwrap();
            assert!(
                turned.starts_with(head) && turned.contains(tail),
                "{turned}"
            );
            assert_eq!(turned.chars().count(), value.chars().count());
            assert_ne!(turned, value);
            let rest = turned.get(head.len()..).unwrap();
            assert!(!rest.starts_with('0'), "{turned}");
            assert_eq!(phone.turn(&turned, false).unwrap(), value);
        }
        for wrong in [
            "119",
            "",
            "전화 없음",
            "+1 202 555 0100",
            "010-1234",
            "00-1234-5678",
        ] {
            assert!(phone.turn(wrong, true).is_err(), "{wrong}");
        }
    }

    #[test]
    fn full_width_digits_are_digits() {
        let mut phone = form(Format::Phone, false);
        let plain = phone.replace("010-1234-5678").unwrap();
        assert_eq!(phone.replace("０１０-１２３４-５６７８").unwrap(), plain);
    }

    #[test]
    fn what_has_too_few_or_too_many_forms_is_refused() {
        let mut digits = form(Format::Digits, false);
        assert!(digits.turn("12345", true).is_err());
        assert!(digits.turn("123456", true).is_ok());
        assert!(digits.turn(&"9".repeat(60), true).is_err());
    }

    proptest! {
        #[test]
        fn any_value_keeps_its_form_and_comes_back(value in "[A-Z]{1,2}[0-9]{4,8}[a-z]{0,3}-[가-힣]{1,2}") {
            let mut form = form(Format::Characters, false);
            let turned = form.turn(&value, true).unwrap();
            let kinds = |text: &str| text.chars().map(Kind::of).collect::<Vec<_>>();
            prop_assert_eq!(kinds(&turned), kinds(&value));
            prop_assert_eq!(form.turn(&turned, false).unwrap(), value);
        }

        #[test]
        fn two_phones_never_become_one(left in 20_000_000_u32..99_999_999, right in 20_000_000_u32..99_999_999) {
            let mut form = form(Format::Phone, false);
            let mut turn = |number: u32| form.turn(&format!("010{number}"), true).unwrap();
            prop_assert_eq!(turn(left) == turn(right), left == right);
        }

        #[test]
        fn a_registration_number_stays_one(days in 0_i64..36_000, kind in 0_usize..4, rest in 0_u32..1_000_000, foreign: bool, checksum: bool) {
            let kinds = if foreign { ["5", "6", "7", "8"] } else { ["1", "2", "3", "4"] };
            let century = if kind < 2 { 1900 } else { 2000 };
            let day = chrono::NaiveDate::from_ymd_opt(century, 1, 1).unwrap() + chrono::Duration::days(days);
            let value = format!("{}-{}{rest:06}", day.format("%y%m%d"), kinds[kind]);
            let mut form = form(Format::ResidentNo, checksum);
            let turned = form.turn(&value, true).unwrap();
            let digits = |text: &str| -> Vec<u8> { text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect() };
            let (before, after) = (resident::Number::read(&digits(&value)).unwrap(), resident::Number::read(&digits(&turned)).unwrap());
            prop_assert_eq!(before.is_foreign(), after.is_foreign());
            if checksum {
                prop_assert_eq!(before.is_checked(), after.is_checked());
            }
            prop_assert_eq!(turned.as_bytes()[6], b'-');
            prop_assert_eq!(form.turn(&turned, false).unwrap(), value);
        }
    }
}
