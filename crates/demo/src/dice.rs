//! Chance from a seed.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Dice that fall the same for the same seed and purpose.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Dice for one purpose: what is drawn for one never shifts another.
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a: a stable number for a name.
        let mix = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(ChaCha8Rng::seed_from_u64(seed ^ mix))
    }

    /// A whole number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0.random_range(least..=most.max(least))
    }

    /// A number from `least` to `most`.
    pub fn real(&mut self, least: f64, most: f64) -> f64 {
        self.0.random_range(least..most)
    }

    /// How often something happens that happens so often on average, each time by itself.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count that is not negative, of a city"
    )]
    pub fn count(&mut self, average: f64) -> u64 {
        // Twelve numbers from 0 to 1 add up to six with a spread of one: near enough to what is independent.
        let spread: f64 = (0..12).map(|_| self.real(0.0, 1.0)).sum::<f64>() - 6.0;
        (average + average.sqrt() * spread).round().max(0.0) as u64
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = self.0.random_range(0..list.len());
        &list[at]
    }
}
