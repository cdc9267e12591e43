//! Resident and foreigner registration numbers as places in a list of all there can be.

use chrono::{Datelike as _, Duration, NaiveDate};

use super::super::failed::Unfit;

/// Days of the two centuries that a kind of person's numbers can name: 1900 has no 29 February, 2000 has one.
const DAYS: [u32; 2] = [36_524, 36_525];

/// A number: day of birth, kind of person, and the digits behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// 0 for 1900s, 1 for 2000s.
    century: u32,
    /// Days since the century's first.
    day: u32,
    /// The seventh digit: 1 to 8.
    kind: u32,
    /// The last six digits.
    rest: u32,
}

impl Number {
    /// Reads thirteen digits.
    pub(super) fn read(digits: &[u8]) -> Result<Self, Unfit> {
        let unfit = || {
            Unfit::new(
                "the value is no registration number",
                "13 digits: a day that exists, then 1 to 8, then six digits",
            )
            .remedy("put the value right, or take `keyed-one-way` for this column")
        };
        if digits.len() != 13 {
            return Err(unfit());
        }
        let number = |from: usize, to: usize| {
            let part = digits.get(from..to).unwrap_or_default();
            part.iter()
                .fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
        };
        let kind = number(6, 7);
        let century = match kind {
            1 | 2 | 5 | 6 => 0,
            3 | 4 | 7 | 8 => 1,
            _ => return Err(unfit()),
        };
        let year = i32::try_from(1900 + 100 * century + number(0, 2)).map_err(|_error| unfit())?;
        let born = NaiveDate::from_ymd_opt(year, number(2, 4), number(4, 6)).ok_or_else(unfit)?;
        let days = born.signed_duration_since(first_day(century)).num_days();
        Ok(Self {
            century,
            day: u32::try_from(days).map_err(|_error| unfit())?,
            kind,
            rest: number(7, 13),
        })
    }

    /// Whether it is a foreigner's.
    pub(super) fn is_foreign(self) -> bool {
        self.kind > 4
    }

    /// The thirteen digits.
    pub(super) fn digits(self) -> Vec<u8> {
        let born = first_day(self.century)
            .checked_add_signed(Duration::days(i64::from(self.day)))
            .unwrap_or_default();
        let year = born.year().rem_euclid(100);
        let text = format!(
            "{year:02}{:02}{:02}{}{:06}",
            born.month(),
            born.day(),
            self.kind,
            self.rest
        );
        text.bytes().map(|byte| byte - b'0').collect()
    }

    /// Whether the last digit is the check digit of the others. Since October 2020 it need not be.
    pub(super) fn is_checked(self) -> bool {
        self.rest % 10 == self.check_digit()
    }

    fn check_digit(self) -> u32 {
        let weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
        let sum: u32 = self
            .digits()
            .iter()
            .zip(weights)
            .map(|(digit, weight)| u32::from(*digit) * weight)
            .sum();
        let base = if self.is_foreign() { 13 } else { 11 };
        (base - sum % 11) % 10
    }

    /// Its place among all numbers of residents, or of foreigners, and how many there are. Where the last
    /// digit follows from the others (`is_checked`) it counts for nothing.
    pub(super) fn rank(self, is_checked: bool) -> (u128, u128) {
        let rests: u128 = if is_checked { 100_000 } else { 1_000_000 };
        let rest = u128::from(if is_checked {
            self.rest / 10
        } else {
            self.rest
        });
        let before = self.century * 2 * DAYS[0];
        let days = if self.century == 0 { DAYS[0] } else { DAYS[1] };
        let second = u32::from(self.kind.is_multiple_of(2));
        let person = u128::from(before + second * days + self.day);
        let persons = u128::from(2 * (DAYS[0] + DAYS[1]));
        (person * rests + rest, persons * rests)
    }

    /// The number at a place, of the same sort of person as `like`.
    pub(super) fn at(place: u128, like: Self, is_checked: bool) -> Self {
        let rests: u128 = if is_checked { 100_000 } else { 1_000_000 };
        let small = |number: u128| u32::try_from(number).unwrap_or_default();
        let (person, rest) = (small(place / rests), small(place % rests));
        let (century, person) = match person.checked_sub(2 * DAYS[0]) {
            Some(later) => (1, later),
            None => (0, person),
        };
        let days = if century == 0 { DAYS[0] } else { DAYS[1] };
        let base = if like.is_foreign() { 5 } else { 1 };
        let mut number = Self {
            century,
            day: person % days,
            kind: base + 2 * century + u32::from(person >= days),
            rest: if is_checked { rest * 10 } else { rest },
        };
        if is_checked {
            number.rest += number.check_digit();
        }
        number
    }
}

fn first_day(century: u32) -> NaiveDate {
    let year = if century == 0 { 1900 } else { 2000 };
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Number, Unfit> {
        let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
        Number::read(&digits)
    }

    #[test]
    fn days_that_never_were_are_no_number() {
        assert!(read("0002291000000").is_err(), "1900 had no 29 February");
        assert!(read("0002293000000").is_ok(), "2000 had one");
        assert!(read("9913011000000").is_err());
        assert!(read("9901019000000").is_err());
        assert!(read("990101100000").is_err());
    }

    #[test]
    fn check_digits_are_those_of_the_rule() {
        // Made up: 2*9+3*0+4*0+5*1+6*0+7*1+8*1+9*2+2*3+3*4+4*5+5*6 = 124, (11 - 124 mod 11) mod 10 = 8.
        assert!(read("9001011234568").unwrap().is_checked());
        assert!(!read("9001011234567").unwrap().is_checked());
        // A foreigner's: kind 5 makes the sum 156, (13 - 156 mod 11) mod 10 = 1.
        assert!(read("9001015234561").unwrap().is_checked());
    }

    #[test]
    fn every_place_has_its_number_and_back() {
        let like = read("9001011234568").unwrap();
        for is_checked in [false, true] {
            let (_, bound) = like.rank(is_checked);
            let step = bound / 9_973;
            for place in (0..9_973).map(|at| at * step).chain([bound - 1]) {
                let number = Number::at(place, like, is_checked);
                assert_eq!(number.rank(is_checked).0, place);
                assert_eq!(Number::read(&number.digits()).unwrap(), number);
                assert!(!is_checked || number.is_checked());
            }
        }
    }
}
