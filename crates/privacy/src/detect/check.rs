//! Check digits and dates.

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Year.
    pub year: i32,
    /// Month, from 1.
    pub month: u32,
    /// Day, from 1.
    pub day: u32,
}

/// From this day on the last six digits of registration numbers are random.
pub(super) const RANDOM_SINCE: Day = Day {
    year: 2020,
    month: 10,
    day: 1,
};

impl Day {
    /// A day, if the calendar has it.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=last).contains(&day)).then_some(Self { year, month, day })
    }
}

/// The digits of a number, at most nineteen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Digits {
    kept: [u8; 19],
    len: usize,
}

impl Digits {
    /// The digits among `signs`; nothing when there are more than nineteen.
    pub(super) fn of(signs: impl Iterator<Item = char>) -> Option<Self> {
        let mut digits = Self::default();
        for digit in signs.filter_map(|sign| sign.to_digit(10)) {
            *digits.kept.get_mut(digits.len)? = u8::try_from(digit).ok()?;
            digits.len += 1;
        }
        Some(digits)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn all(&self) -> &[u8] {
        self.kept.get(..self.len).unwrap_or_default()
    }

    pub(super) fn at(&self, place: usize) -> u8 {
        self.kept.get(place).copied().unwrap_or_default()
    }

    /// The number that `len` digits from `from` on make.
    pub(super) fn number(&self, from: usize, len: usize) -> u32 {
        let digits = self.kept.iter().skip(from).take(len);
        digits.fold(0, |number, digit| number * 10 + u32::from(*digit))
    }

    fn weighed(&self, weights: &[u32]) -> u32 {
        let products = self.kept.iter().zip(weights);
        products.map(|(digit, by)| u32::from(*digit) * by).sum()
    }

    fn last_is(&self, wanted: u32) -> bool {
        self.all()
            .last()
            .is_some_and(|last| u32::from(*last) == wanted)
    }
}

const PERSON: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/// Check digit of a resident registration number.
pub(super) fn resident(digits: &Digits) -> bool {
    digits.last_is((11 - digits.weighed(&PERSON) % 11) % 10)
}

/// Check digit of a foreigner registration number.
pub(super) fn foreigner(digits: &Digits) -> bool {
    digits.last_is((13 - digits.weighed(&PERSON) % 11) % 10)
}

/// Check digit of a corporation registration number.
pub(super) fn corporation(digits: &Digits) -> bool {
    let sum = digits.weighed(&[1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    digits.last_is((10 - sum % 10) % 10)
}

/// Check digit of a business registration number.
pub(super) fn business(digits: &Digits) -> bool {
    let sum = digits.weighed(&[1, 3, 7, 1, 3, 7, 1, 3, 5]) + u32::from(digits.at(8)) * 5 / 10;
    digits.last_is((10 - sum % 10) % 10)
}

/// Check digit of a card (Luhn).
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The day of birth a registration number begins with, by its seventh digit.
pub(super) fn birth(digits: &Digits) -> Option<Day> {
    let century = match digits.at(6) {
        1 | 2 | 5 | 6 => 1900,
        3 | 4 | 7 | 8 => 2000,
        _ => 1800,
    };
    let year = i32::try_from(digits.number(0, 2)).ok()?;
    Day::new(century + year, digits.number(2, 2), digits.number(4, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Digits {
        Digits::of(text.chars()).unwrap()
    }

    #[test]
    fn published_numbers_pass() {
        for text in ["124-81-00998", "220-81-62517", "120-81-47521"] {
            assert!(business(&digits(text)), "{text}");
        }
        assert!(!business(&digits("124-81-00997")));
        assert!(corporation(&digits("130111-0006246")));
        assert!(!corporation(&digits("130111-0006245")));
        // A number that card networks publish for tests.
        assert!(luhn(digits("4111-1111-1111-1111").all()));
        assert!(!luhn(digits("4111-1111-1111-1112").all()));
    }

    #[test]
    fn check_digits_of_persons_differ_by_two() {
        // 97 is no place code: nobody has this number.
        let passing: Vec<u32> = (0..10)
            .filter(|last| resident(&digits(&format!("900101-197123{last}"))))
            .collect();
        let foreign: Vec<u32> = (0..10)
            .filter(|last| foreigner(&digits(&format!("900101-197123{last}"))))
            .collect();
        let (Some(one), Some(other)) = (passing.first(), foreign.first()) else {
            panic!("no check digit fits");
        };
        assert_eq!((one + 2) % 10, *other);
        assert_eq!((passing.len(), foreign.len()), (1, 1));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert!(Day::new(2024, 2, 29).is_some());
        assert!(Day::new(2023, 2, 29).is_none());
        assert!(Day::new(1900, 2, 29).is_none());
        assert!(Day::new(2023, 13, 1).is_none());
        assert_eq!(birth(&digits("000229-3970000")), Day::new(2000, 2, 29));
        assert_eq!(birth(&digits("000229-1970000")), None);
        assert_eq!(birth(&digits("991231-9970000")), Day::new(1899, 12, 31));
    }

    #[test]
    fn too_many_digits_are_no_number() {
        assert!(Digits::of("12345678901234567890".chars()).is_none());
        assert_eq!(digits("1234567890123456789").len(), 19);
    }
}
