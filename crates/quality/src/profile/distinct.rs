//! How many different values there are, estimated in a few kilobytes (`HyperLogLog`).

/// Bits of a hash that choose a register.
const BITS: u32 = 12;
/// Registers.
const REGISTERS: usize = 1 << BITS;

/// An estimate of the number of different hashes that were added.
#[derive(Clone, Debug)]
pub(super) struct Estimate {
    registers: Vec<u8>,
}

impl Estimate {
    /// Standard error, as a share of the number: 1.04 ÷ √4096.
    pub(super) const ERROR: f64 = 1.04 / 64.0;

    pub(super) fn new() -> Self {
        Self {
            registers: vec![0; REGISTERS],
        }
    }

    pub(super) fn add(&mut self, hash: u64) {
        let at = usize::try_from(hash >> (64 - BITS)).unwrap_or_default();
        // The highest bit set of the rest, counted from its left; a guard bit ends an empty rest.
        let rest = (hash << BITS) | (1 << (BITS - 1));
        let rank = u8::try_from(rest.leading_zeros() + 1).unwrap_or(u8::MAX);
        if let Some(register) = self.registers.get_mut(at)
            && *register < rank
        {
            *register = rank;
        }
    }

    pub(super) fn count(&self) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "a constant, exact")]
        let all = REGISTERS as f64;
        let empty = self.registers.iter().filter(|register| **register == 0);
        #[expect(clippy::cast_precision_loss, reason = "4,096 at most")]
        let empty = empty.count() as f64;
        let sum: f64 = self
            .registers
            .iter()
            .map(|register| 2.0_f64.powi(-i32::from(*register)))
            .sum();
        let raw = 0.7213 / (1.0 + 1.079 / all) * all * all / sum;
        // Few values leave many registers empty: then their number says more.
        let count = if raw <= 2.5 * all && empty > 0.0 {
            all * (all / empty).ln()
        } else {
            raw
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive estimate, far below 2^63"
        )]
        let count = count.round() as u64;
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_near() {
        let state = ahash::RandomState::with_seeds(1, 2, 3, 4);
        for many in [10_u64, 1_000, 50_000, 400_000] {
            let mut estimate = Estimate::new();
            for value in 0..many {
                estimate.add(state.hash_one(value));
                estimate.add(state.hash_one(value));
            }
            let far = estimate.count().abs_diff(many);
            // Five standard errors.
            assert!(far <= many / 12 + 1, "{many}: {}", estimate.count());
        }
    }
}
