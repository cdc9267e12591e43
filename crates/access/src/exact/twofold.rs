//! A sum of doubles that is the same in whichever order it is made.

/// Lanes that are added up beside each other: one chain of dependent additions would leave the machine waiting.
const LANES: usize = 8;
/// After so many additions errors are carried into the sum.
pub(super) const CARRY: usize = 1024;

/// A sum as two doubles, the second what the first could not hold (double-double; T. J. Dekker, "A floating-point technique
/// for extending the available precision", 1971; the sum of two doubles with its error is that of D. E. Knuth). The errors
/// are added up beside the sum and carried into it from time to time, so that one addition waits for the other no longer than
/// in a plain sum. What is wrong after a hundred million of them is some 10⁻²⁵ of the sum: it leaves the 53 bits that are told
/// as they are, whatever the order and however the rows are shared out among machines.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Twofold {
    high: f64,
    low: f64,
}

impl Twofold {
    pub(super) fn new(high: f64, low: f64) -> Self {
        Self { high, low }
    }

    pub(super) fn parts(self) -> (f64, f64) {
        (self.high, self.low)
    }

    /// With one more. Who adds many carries now and then.
    #[inline]
    pub(super) fn with(self, value: f64) -> Self {
        let (high, error) = two_sum(self.high, value);
        Self {
            high,
            low: self.low + error,
        }
    }

    /// With another sum.
    pub(super) fn and(self, other: Self) -> Self {
        let (high, error) = two_sum(self.high, other.high);
        let (low, rest) = two_sum(self.low, other.low);
        let own = Self {
            high,
            low: low + error,
        };
        let own = own.carried();
        Self {
            low: own.low + rest,
            ..own
        }
    }

    /// The smaller part is less than a bit of the greater one again.
    pub(super) fn carried(self) -> Self {
        if !self.high.is_finite() {
            // Of what is no number, or beyond all, nothing is left over.
            return Self { low: 0.0, ..self };
        }
        let sum = self.high + self.low;
        Self {
            high: sum,
            low: self.low - (sum - self.high),
        }
    }

    /// All of these added up.
    pub(super) fn of(values: &[f64]) -> Self {
        values
            .chunks(CARRY)
            .map(Self::of_few)
            .fold(Self::default(), Self::and)
    }

    fn of_few(values: &[f64]) -> Self {
        let (mut high, mut low) = ([0.0; LANES], [0.0; LANES]);
        let (eights, rest) = values.as_chunks::<LANES>();
        for eight in eights {
            for ((high, low), value) in high.iter_mut().zip(&mut low).zip(eight) {
                let (sum, error) = two_sum(*high, *value);
                *high = sum;
                *low += error;
            }
        }
        let lanes = high.into_iter().zip(low);
        let lanes = lanes.map(|(high, low)| Self { high, low }.carried());
        let all = lanes.fold(Self::default(), Self::and);
        rest.iter()
            .fold(all, |all, value| all.with(*value))
            .carried()
    }

    /// The double nearest to the sum. What is more than a double can hold, or no number, is that.
    pub(super) fn told(self) -> f64 {
        self.carried().high
    }
}

/// The sum of two doubles, and what it could not hold.
#[inline]
fn two_sum(one: f64, other: f64) -> (f64, f64) {
    let sum = one + other;
    let part = sum - one;
    (sum, (one - (sum - part)) + (other - part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits(values: &[f64]) -> u64 {
        Twofold::of(values).told().to_bits()
    }

    #[test]
    fn what_one_double_forgets_is_kept() {
        assert_eq!(bits(&[1e16, 1.0, -1e16]), 1_f64.to_bits());
        assert_eq!(bits(&[]), 0_f64.to_bits());
        let tenths = vec![0.1; 1_000_000];
        // A plain sum is 100000.00000133288.
        assert_eq!(bits(&tenths), 100_000_f64.to_bits());
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let beyond = f64::INFINITY.to_bits();
        assert_eq!(bits(&[1.0, f64::INFINITY, 2.0]), beyond);
        let no_number = |values: &[f64]| Twofold::of(values).told().is_nan();
        assert!(no_number(&[1.0, f64::NAN]));
        assert!(no_number(&[f64::INFINITY, f64::NEG_INFINITY]));
    }

    proptest! {
        #[test]
        fn the_order_and_the_parts_make_no_difference(
            mut values in prop::collection::vec(-1e9_f64..1e12, 0..400),
            cut in 0_usize..400,
            turn in 0_usize..400,
        ) {
            let whole = Twofold::of(&values).told();
            let (one, other) = values.split_at(cut.min(values.len()));
            let parts = Twofold::of(one).and(Twofold::of(other)).told();
            prop_assert_eq!(whole.to_bits(), parts.to_bits());
            let one_by_one = values.iter().fold(Twofold::default(), |all, own| all.with(*own));
            prop_assert_eq!(whole.to_bits(), one_by_one.told().to_bits());
            let at = turn.min(values.len());
            values.rotate_left(at);
            values.reverse();
            prop_assert_eq!(whole.to_bits(), Twofold::of(&values).told().to_bits());
        }
    }
}
