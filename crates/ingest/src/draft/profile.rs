//! What the values of a column are like: gathered over the whole file, in bounded memory.

use std::collections::{BTreeMap, HashSet};

use super::forms;
use super::person::Traits;
use crate::text::trim;
use crate::types::number;

/// Distinct values kept by name.
const DISTINCT_MAX: usize = 400;
/// Distinct values that may not fit before a type is given up.
const MISFITS_MAX: usize = 60;
/// Values remembered to tell whether they are all different.
const UNIQUE_MAX: usize = 20_000_000;

/// Values that do not fit a type.
#[derive(Clone, Debug, Default)]
pub(super) struct Misfits {
    /// How often each stands, and the first row it stands in; empty again once there are too many.
    pub(super) values: BTreeMap<String, (u64, u64)>,
    /// There are more than are worth counting.
    pub(super) many: bool,
    /// All of them.
    pub(super) count: u64,
}

impl Misfits {
    pub(super) fn add(&mut self, text: &str, row: u64) {
        self.count += 1;
        if self.many {
            return;
        }
        if self.values.len() >= MISFITS_MAX && !self.values.contains_key(text) {
            self.many = true;
            self.values.clear();
            return;
        }
        self.values.entry(text.to_owned()).or_insert((0, row)).0 += 1;
    }

    /// Whether nothing is left once `tokens` mean "no value".
    pub(super) fn only(&self, tokens: &[String]) -> bool {
        !self.many && self.values.keys().all(|value| tokens.contains(value))
    }

    /// The values left once `tokens` mean "no value", with counts and first rows.
    pub(super) fn without<'m>(
        &'m self,
        tokens: &'m [String],
    ) -> impl Iterator<Item = (&'m str, u64, u64)> {
        self.values
            .iter()
            .filter(|(value, _)| !tokens.contains(value))
            .map(|(value, (count, row))| (value.as_str(), *count, *row))
    }
}

/// What the numbers of a column are like.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// Values that are no whole number, read plainly or with Korean units.
    pub(super) not_integer: Misfits,
    /// Values that are no number at all.
    pub(super) not_number: Misfits,
    /// Values written with 만, 억, a unit behind them, ...
    pub(super) with_units: u64,
    /// Units found behind numbers.
    pub(super) units: BTreeMap<String, u64>,
    /// Most digits behind the point.
    pub(super) scale: u8,
    /// Written with an exponent somewhere.
    pub(super) exponent: bool,
    /// Most digits in all.
    pub(super) digits: usize,
    /// Least digits of a whole number.
    pub(super) least_digits: Option<usize>,
    /// Digits with a zero in front, such as 007.
    pub(super) leading_zeros: u64,
    /// Values that are 0.
    pub(super) zeros: u64,
    /// Least and greatest value.
    pub(super) range: Option<(f64, f64)>,
}

/// One column's values.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Name in the source.
    pub(super) name: String,
    /// Rows seen.
    pub(super) rows: u64,
    /// Cells that are empty.
    pub(super) empty: u64,
    /// Distinct values with their counts; `None` once there are too many.
    pub(super) distinct: Option<BTreeMap<String, u64>>,
    /// Fingerprints of all values; `None` once one stood twice.
    unique: Option<HashSet<u64>>,
    /// Most characters.
    pub(super) longest: usize,
    /// Values with a space inside.
    pub(super) spaced: u64,
    pub(super) numbers: Numbers,
    pub(super) moments: forms::Fits,
    pub(super) traits: Traits,
    hasher: ahash::RandomState,
}

impl Profile {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rows: 0,
            empty: 0,
            distinct: Some(BTreeMap::new()),
            unique: Some(HashSet::new()),
            longest: 0,
            spaced: 0,
            numbers: Numbers::default(),
            moments: forms::Fits::new(name),
            traits: Traits::default(),
            hasher: ahash::RandomState::with_seeds(1, 2, 3, 4),
        }
    }

    /// Takes in one cell.
    pub(super) fn add(&mut self, cell: &str, row: u64) {
        self.rows += 1;
        let text = trim(cell);
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        self.longest = self.longest.max(text.chars().count());
        self.spaced += u64::from(text.contains(' '));
        if let Some(distinct) = &mut self.distinct {
            if let Some(count) = distinct.get_mut(text) {
                *count += 1;
            } else if distinct.len() >= DISTINCT_MAX {
                self.distinct = None;
            } else {
                distinct.insert(text.to_owned(), 1);
            }
        }
        if let Some(seen) = &mut self.unique
            && (!seen.insert(self.hasher.hash_one(text)) || seen.len() > UNIQUE_MAX)
        {
            self.unique = None;
        }
        self.numbers.add(text, row);
        self.moments.add(text, row);
        self.traits.add(text);
    }

    /// Cells that hold something.
    pub(super) fn filled(&self) -> u64 {
        self.rows - self.empty
    }

    /// No two rows share a value, and none is empty.
    pub(super) fn is_unique(&self) -> bool {
        self.unique.is_some() && self.empty == 0 && self.rows > 0
    }

    /// How often a value stands, as far as values are counted.
    pub(super) fn count(&self, value: &str) -> u64 {
        self.distinct
            .as_ref()
            .and_then(|distinct| distinct.get(value))
            .copied()
            .or_else(|| {
                self.numbers
                    .not_number
                    .values
                    .get(value)
                    .map(|(count, _)| *count)
            })
            .unwrap_or_default()
    }
}

impl Numbers {
    fn add(&mut self, text: &str, row: u64) {
        if self.not_number.many {
            return;
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 {
            self.misfit(text, row);
            return;
        }
        self.digits = self.digits.max(digits);
        self.leading_zeros += u64::from(
            digits > 1 && text.starts_with('0') && text.bytes().all(|sign| sign.is_ascii_digit()),
        );
        let whole = digits == text.len();
        self.least_digits =
            Some(
                self.least_digits
                    .unwrap_or(digits)
                    .min(if whole { digits } else { 0 }),
            );
        let plain = number::float(text);
        let value = plain.or_else(|| self.unit(text));
        let Some(value) = value else {
            self.misfit(text, row);
            return;
        };
        self.with_units += u64::from(plain.is_none());
        self.zeros += u64::from(value == 0.0);
        self.range = Some(self.range.map_or((value, value), |(low, high)| {
            (low.min(value), high.max(value))
        }));
        if plain.is_some() && number::integer(text).is_none() {
            self.exponent |= text.contains(['e', 'E']);
            let behind = text.split_once('.').map_or("", |(_, behind)| behind);
            let scale = behind.bytes().take_while(u8::is_ascii_digit).count();
            self.scale = self.scale.max(u8::try_from(scale).unwrap_or(u8::MAX));
        }
        if number::integer(text).is_none()
            && (plain.is_some() || number::korean(text, unit_of(text), 0).is_none())
        {
            self.not_integer.add(text, row);
        }
    }

    fn misfit(&mut self, text: &str, row: u64) {
        self.not_number.add(text, row);
        self.not_integer.add(text, row);
    }

    /// The value of a number with Korean units or a unit behind it.
    fn unit(&mut self, text: &str) -> Option<f64> {
        let unit = unit_of(text);
        let value = number::korean(text, unit, 6)?;
        if let Some(unit) = unit {
            *self.units.entry(unit.to_owned()).or_default() += 1;
        }
        if let Some((_, behind)) = text.split_once('.') {
            let scale = behind.bytes().take_while(u8::is_ascii_digit).count();
            self.scale = self.scale.max(u8::try_from(scale).unwrap_or(u8::MAX));
        }
        #[expect(clippy::cast_precision_loss, reason = "only its size matters here")]
        Some(value as f64 / 1e6)
    }
}

/// What stands behind the last digit or Korean power of ten.
fn unit_of(text: &str) -> Option<&str> {
    let end = text.rfind(|sign: char| sign.is_ascii_digit() || "백천만억조".contains(sign))?;
    let sign = text.get(end..)?.chars().next()?;
    let unit = trim(text.get(end + sign.len_utf8()..)?);
    super::meaning::is_unit(unit).then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(values: &[&str]) -> Profile {
        let mut profile = Profile::new("값");
        for (at, value) in values.iter().enumerate() {
            profile.add(value, at as u64 + 1);
        }
        profile
    }

    #[test]
    fn numbers_with_units_and_tokens_are_told_apart() {
        let found = profile(&["1억 2,000만원", "5만원", "300원", "-", "미상"]);
        assert_eq!(found.numbers.with_units, 3);
        assert_eq!(found.numbers.units.keys().collect::<Vec<_>>(), ["원"]);
        assert!(
            found
                .numbers
                .not_integer
                .only(&["-".to_owned(), "미상".to_owned()])
        );
        assert_eq!(found.numbers.not_number.values["미상"], (1, 5));
    }

    #[test]
    fn uniqueness_needs_every_value() {
        assert!(profile(&["가", "나"]).is_unique());
        assert!(!profile(&["가", "나", "가"]).is_unique());
        assert!(!profile(&["가", ""]).is_unique());
    }
}
