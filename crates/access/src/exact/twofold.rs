//! A sum of doubles that is the same in whichever order it is made.

/// Lanes that are added up beside each other: one chain of dependent additions would leave the machine waiting.
const LANES: usize = 8;

/// A sum as two doubles, the second what the first could not hold: 106 bits (double-double; T. J. Dekker, "A
/// floating-point technique for extending the available precision", 1971; the sum of two doubles with its error is that
/// of D. E. Knuth). Each addition is wrong by some 2⁻¹⁰⁶ of the sum at most, so that a hundred million of them leave the
/// 53 bits that are told as they are, whatever the order and however the rows are shared out among machines.
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

    /// With one more.
    #[inline]
    pub(super) fn with(self, value: f64) -> Self {
        let (sum, error) = two_sum(self.high, value);
        Self::carried(sum, error + self.low)
    }

    /// With another sum.
    #[inline]
    pub(super) fn and(self, other: Self) -> Self {
        let (sum, error) = two_sum(self.high, other.high);
        let (low, rest) = two_sum(self.low, other.low);
        let own = Self::carried(sum, error + low);
        Self::carried(own.high, own.low + rest)
    }

    /// The smaller part is less than a bit of the greater one again.
    #[inline]
    fn carried(high: f64, low: f64) -> Self {
        let sum = high + low;
        if sum.is_nan() {
            // Of what is no number, or beyond all, nothing is left over.
            return Self { high, low: 0.0 };
        }
        Self {
            high: sum,
            low: low - (sum - high),
        }
    }

    /// All of these added up.
    pub(super) fn of(values: &[f64]) -> Self {
        let mut lanes = [Self::default(); LANES];
        let (eights, rest) = values.as_chunks::<LANES>();
        for eight in eights {
            for (lane, value) in lanes.iter_mut().zip(eight) {
                *lane = lane.with(*value);
            }
        }
        let all = lanes.into_iter().fold(Self::default(), Self::and);
        rest.iter().fold(all, |all, value| all.with(*value))
    }

    /// The double nearest to the sum. What is more than a double can hold, or no number, is that.
    pub(super) fn told(self) -> f64 {
        if self.high.is_finite() {
            self.high + self.low
        } else {
            self.high
        }
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
