//! Chance: of the machine where a secret is made, of the project's key where rows must come out alike again.

use std::io;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Where unguessable bytes come from. An argument, so that tests can repeat them.
pub trait Entropy {
    /// Fills `bytes` with chance.
    ///
    /// # Errors
    /// The machine has none to give.
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()>;
}

/// The machine's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Entropy for Machine {
    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
    }
}

/// HMAC-SHA-256 of one message.
pub(super) fn hmac(key: &[u8; 32], message: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(key);
    for part in message {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // A key shorter than a block is filled with zeros, by the definition of HMAC.
    let mut block = [0_u8; 64];
    for (place, byte) in block.iter_mut().zip(key) {
        *place = *byte;
    }
    Hmac::new(&block.into())
}

/// A sequence that looks like chance to everybody without the seed, and is the same for everybody with it.
///
/// HMAC-SHA-256 of a counter: its bytes are fixed by the standard, not by the version of a library.
#[derive(Clone, Debug)]
pub struct Stream {
    mac: Hmac<Sha256>,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Stream {
    /// A sequence from a secret seed.
    pub fn new(seed: &[u8; 32]) -> Self {
        Self {
            mac: keyed(seed),
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        if self.used + 8 > self.block.len() {
            let mut mac = self.mac.clone();
            mac.update(&self.counter.to_be_bytes());
            self.block = mac.finalize().into_bytes().into();
            self.counter = self.counter.wrapping_add(1);
            self.used = 0;
        }
        let eight = self.block.iter().skip(self.used).take(8);
        self.used += 8;
        eight.fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    }

    /// A whole number below `bound`, each as likely as any other; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Numbers beyond the last whole multiple would make the first ones likelier.
        let spare = (u64::MAX % bound + 1) % bound;
        loop {
            let bits = self.bits();
            if bits <= u64::MAX - spare {
                return bits % bound;
            }
        }
    }

    /// A number between 0 and 1, neither of them.
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are just what a floating-point number holds"
    )]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Chance that a test can repeat.
    pub(crate) struct Repeated(pub(crate) Stream);

    impl Repeated {
        pub(crate) fn new(seed: u8) -> Self {
            Self(Stream::new(&[seed; 32]))
        }
    }

    impl Entropy for Repeated {
        fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
            for byte in bytes {
                *byte = (self.0.bits() & 0xff) as u8;
            }
            Ok(())
        }
    }

    #[test]
    fn hmac_is_the_standard_s() {
        // RFC 4231, case 1: its key has 20 bytes, and zeros behind a short key change nothing.
        let mut key = [0_u8; 32];
        key[..20].fill(0x0b);
        let found: String = hmac(&key, &[b"Hi ", b"There"])
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            found,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn one_seed_gives_one_sequence() {
        let take = |seed| {
            let mut stream = Stream::new(&[seed; 32]);
            (0..100).map(|_| stream.bits()).collect::<Vec<_>>()
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
    }

    #[test]
    fn every_number_below_a_bound_is_as_likely() {
        let mut stream = Stream::new(&[7; 32]);
        let mut seen = [0_u32; 6];
        for _ in 0..60_000 {
            seen[usize::try_from(stream.below(6)).unwrap()] += 1;
        }
        for count in seen {
            // Seven standard deviations.
            assert!(count.abs_diff(10_000) < 640, "{seen:?}");
        }
        assert_eq!(stream.below(1), 0);
        assert_eq!(stream.below(0), 0);
    }

    #[test]
    fn a_unit_lies_between_zero_and_one() {
        let mut stream = Stream::new(&[9; 32]);
        let sum: f64 = (0..10_000)
            .map(|_| stream.unit())
            .inspect(|unit| assert!(*unit > 0.0 && *unit < 1.0))
            .sum();
        assert!((sum / 10_000.0 - 0.5).abs() < 0.02);
    }
}
