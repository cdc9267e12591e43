//! Random numbers that are the same every time.

/// A small generator (xorshift): good enough to choose test cases, and needs nothing.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// A number from 0 to below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number from `from` to below `end`.
    pub(crate) fn between(&mut self, from: i64, end: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(end - from).unwrap())).unwrap()
    }

    /// One of several.
    pub(crate) fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        let at = self.below(u64::try_from(choices.len()).unwrap());
        &choices[usize::try_from(at).unwrap()]
    }
}
