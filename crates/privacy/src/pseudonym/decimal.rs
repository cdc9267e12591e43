//! Numbers as they are written: exact, so that a figure never changes by how a machine holds it.

use std::cmp::Ordering;
use std::fmt;

use super::failed::Unfit;

/// Most digits behind the point.
const DIGITS_MAX: u32 = 12;
/// Greatest number of units: sums of a billion of them still fit.
const UNITS_MAX: i128 = 10_i128.pow(28);

/// A number of units of the last digit written.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    units: i128,
    digits: u32,
}

impl Decimal {
    /// So many units of the digit at `digits` behind the point.
    pub fn new(units: i128, digits: u32) -> Self {
        Self { units, digits }
    }

    /// Reads a number: a sign, digits with or without commas, a point.
    ///
    /// # Errors
    /// It is none, or a longer one than is reckoned with.
    pub fn parse(text: &str) -> Result<Self, Unfit> {
        let unfit = || Unfit::new("the value is no number", "digits, as in 1234.5");
        let text = text.trim();
        let (is_negative, text) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
        let whole: String = whole.chars().filter(|sign| *sign != ',').collect();
        let written = format!("{whole}{behind}");
        if written.is_empty() || !written.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unfit());
        }
        let digits = u32::try_from(behind.len()).map_err(|_long| unfit())?;
        let units: i128 = written.parse().map_err(|_long| unfit())?;
        if digits > DIGITS_MAX || units > UNITS_MAX {
            return Err(unfit());
        }
        let units = if is_negative { -units } else { units };
        Ok(Self { units, digits })
    }

    /// The decimal that a manifest's number was written as.
    ///
    /// # Errors
    /// It has more digits than are reckoned with.
    pub fn of(number: f64) -> Result<Self, Unfit> {
        Self::parse(&format!("{number}"))
    }

    /// Digits behind the point.
    pub fn digits(self) -> u32 {
        self.digits
    }

    /// As units of another last digit; what is finer is cut towards zero.
    pub fn units_at(self, digits: u32) -> i128 {
        match digits.checked_sub(self.digits) {
            Some(more) => self.units.saturating_mul(power(more)),
            None => self.units / power(self.digits - digits),
        }
    }

    /// Both as units of the finer last digit.
    pub fn aligned(self, other: Self) -> (i128, i128, u32) {
        let digits = self.digits.max(other.digits);
        (self.units_at(digits), other.units_at(digits), digits)
    }

    /// The nearest floating-point number.
    #[expect(
        clippy::cast_precision_loss,
        reason = "asked for where chance is added, which is far greater"
    )]
    pub fn as_f64(self) -> f64 {
        self.units as f64 / power(self.digits) as f64
    }
}

/// Ten to the power of `digits`.
pub(super) fn power(digits: u32) -> i128 {
    10_i128.saturating_pow(digits)
}

/// `above / below`, to the nearest whole number, halves away from zero.
pub(super) fn divided(above: i128, below: i128) -> i128 {
    let (above, below) = if below < 0 {
        (-above, -below)
    } else {
        (above, below)
    };
    if below == 0 {
        return 0;
    }
    let nearest = (2 * above.abs() + below) / (2 * below);
    nearest * above.signum()
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right, _) = self.aligned(*other);
        left.cmp(&right)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = power(self.digits);
        let (whole, behind) = (self.units.abs() / scale, self.units.abs() % scale);
        if self.digits == 0 {
            return write!(f, "{sign}{whole}");
        }
        let width = usize::try_from(self.digits).unwrap_or_default();
        write!(f, "{sign}{whole}.{behind:0width$}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, told) in [
            ("1,234.50", "1234.50"),
            (" -7 ", "-7"),
            ("+0.05", "0.05"),
            ("-0.5", "-0.5"),
            ("−3", "-3"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), told);
        }
        for text in ["", ".", "1e5", "십", "1.2.3", "0x1", "--1"] {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(divided(5, 2), 3);
        assert_eq!(divided(-5, 2), -3);
        assert_eq!(divided(4, 3), 1);
        assert_eq!(divided(5, 3), 2);
        assert_eq!(divided(-5, 3), -2);
        assert_eq!(divided(1, 0), 0);
    }

    proptest! {
        #[test]
        fn what_is_told_is_read_again(units in -1_000_000_000_i128..1_000_000_000, digits in 0_u32..9) {
            let number = Decimal::new(units, digits);
            let again = Decimal::parse(&number.to_string()).unwrap();
            prop_assert_eq!(again, number);
            prop_assert_eq!(again.to_string(), number.to_string());
        }

        #[test]
        fn the_nearest_is_never_more_than_half_away(above in -10_000_i128..10_000, below in 1_i128..50) {
            let nearest = divided(above, below);
            prop_assert!((2 * (above - nearest * below)).abs() <= below);
        }
    }
}
