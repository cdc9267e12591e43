//! FF1 of NIST SP 800-38G over any alphabet: numbers of one length become numbers of that length.

use aes::cipher::BlockCipherEncrypt;
use aes::cipher::KeyInit;
use aes::{Aes128, Aes192, Aes256};
use fpe::ff1::{FF1, FlexibleNumeralString};

use super::failed::Unfit;

/// Least number of different values that one can hide among (SP 800-38G, revision 1).
const DOMAIN_MIN: u128 = 1_000_000;

/// FF1 with AES under one key and radix.
pub struct Ff1(Aes);

enum Aes {
    Short(FF1<Aes128>),
    Middle(FF1<Aes192>),
    Long(FF1<Aes256>),
}

impl Ff1 {
    /// FF1 with a key of 16, 24 or 32 bytes over a radix of 2 to 65,536.
    ///
    /// # Errors
    /// The key has another length or the radix lies outside.
    pub fn new(key: &[u8], radix: u32) -> Result<Self, Unfit> {
        let unfit = |_error| Unfit::new("the radix is out of bounds", "2 to 65,536");
        let aes = match key.len() {
            16 => Aes::Short(FF1::new(key, radix).map_err(unfit)?),
            24 => Aes::Middle(FF1::new(key, radix).map_err(unfit)?),
            32 => Aes::Long(FF1::new(key, radix).map_err(unfit)?),
            _ => {
                return Err(Unfit::new(
                    "the key has a wrong length",
                    "16, 24 or 32 bytes",
                ));
            }
        };
        Ok(Self(aes))
    }

    /// Turns digits into other digits of the same radix and number.
    ///
    /// # Errors
    /// There are too few of them to hide among, or one is none of the radix.
    pub fn encrypt(&self, tweak: &[u8], digits: &[u16]) -> Result<Vec<u16>, Unfit> {
        self.turn(tweak, digits, true)
    }

    /// Turns them back.
    ///
    /// # Errors
    /// As [`Ff1::encrypt`].
    pub fn decrypt(&self, tweak: &[u8], digits: &[u16]) -> Result<Vec<u16>, Unfit> {
        self.turn(tweak, digits, false)
    }

    fn turn(&self, tweak: &[u8], digits: &[u16], forth: bool) -> Result<Vec<u16>, Unfit> {
        match &self.0 {
            Aes::Short(aes) => turned(aes, tweak, digits, forth),
            Aes::Middle(aes) => turned(aes, tweak, digits, forth),
            Aes::Long(aes) => turned(aes, tweak, digits, forth),
        }
    }
}

fn turned<C: BlockCipherEncrypt + KeyInit + Clone>(
    aes: &FF1<C>,
    tweak: &[u8],
    digits: &[u16],
    forth: bool,
) -> Result<Vec<u16>, Unfit> {
    let text = FlexibleNumeralString::from(digits.to_vec());
    let turned = if forth {
        aes.encrypt(tweak, &text)
    } else {
        aes.decrypt(tweak, &text)
    };
    turned.map(Vec::from).map_err(|_error| too_few())
}

/// What is said of a value that has too few forms.
pub(super) fn too_few() -> Unfit {
    Unfit::new(
        "the value has too few other forms to hide among",
        "a value of at least a million forms, like 6 digits",
    )
    .remedy("take `token` or `keyed-one-way` for this column")
}

/// FF1 over the whole numbers below a bound: what lands beyond it is turned again until it does not.
///
/// Turning again and again stays one-to-one below the bound, and ends after fewer than ten turns on average.
pub(super) struct Below {
    ff1: Ff1,
    bound: u128,
    width: usize,
}

impl Below {
    /// Numbers below `bound`.
    ///
    /// # Errors
    /// There are fewer than a million.
    pub(super) fn new(key: &[u8; 32], bound: u128) -> Result<Self, Unfit> {
        if bound < DOMAIN_MIN {
            return Err(too_few());
        }
        let mut width = 0;
        let mut rest = bound - 1;
        while rest > 0 {
            (rest, width) = (rest / 10, width + 1);
        }
        Ok(Self {
            ff1: Ff1::new(key, 10)?,
            bound,
            width,
        })
    }

    /// Another number that `fits`, one-to-one among those that do. `number` itself must fit.
    ///
    /// # Errors
    /// The number is not below the bound.
    pub(super) fn turn(
        &self,
        tweak: &[u8],
        number: u128,
        forth: bool,
        fits: &dyn Fn(u128) -> bool,
    ) -> Result<u128, Unfit> {
        if number >= self.bound || !fits(number) {
            return Err(too_few());
        }
        let mut digits = self.digits(number);
        loop {
            digits = self.ff1.turn(tweak, &digits, forth)?;
            let turned = digits
                .iter()
                .fold(0, |number, digit| number * 10 + u128::from(*digit));
            // The number itself fits: at the latest when it comes round again this ends.
            if turned < self.bound && fits(turned) {
                return Ok(turned);
            }
        }
    }

    fn digits(&self, mut number: u128) -> Vec<u16> {
        let mut digits = vec![0; self.width];
        for place in digits.iter_mut().rev() {
            *place = u16::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(hex.get(2 * at..2 * at + 2).unwrap(), 16).unwrap())
            .collect()
    }

    fn numerals(text: &str) -> Vec<u16> {
        text.chars()
            .map(|sign| u16::try_from(sign.to_digit(36).unwrap()).unwrap())
            .collect()
    }

    fn holds(line: &str) {
        let [key, tweak, radix, plain, turned] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let ff1 = Ff1::new(&bytes(key), radix.parse().unwrap()).unwrap();
        let (tweak, plain, turned) = (bytes(tweak), numerals(plain), numerals(turned));
        assert_eq!(ff1.encrypt(&tweak, &plain).unwrap(), turned, "{line}");
        assert_eq!(ff1.decrypt(&tweak, &turned).unwrap(), plain, "{line}");
    }

    #[test]
    fn nist_s_samples_hold() {
        // Samples 1, 3 and 9 of NIST SP 800-38G, FF1.
        holds("2B7E151628AED2A6ABF7158809CF4F3C,,10,0123456789,2433477484");
        holds(
            "2B7E151628AED2A6ABF7158809CF4F3C,3737373770717273373737,36,0123456789abcdefghi,a9tv40mll9kdu509eum",
        );
        holds(
            "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94,3737373770717273373737,36,0123456789abcdefghi,xs8a0azh2avyalyzuwd",
        );
    }

    #[test]
    fn every_sample_of_the_shared_file_holds_where_it_is() {
        let room = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let file =
            std::path::Path::new(&room).join("../../../shared/data/ff1/nist-sp800-38g-samples.csv");
        let Ok(text) = std::fs::read_to_string(file) else {
            return;
        };
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines.len(), 9);
        for line in lines {
            holds(line);
        }
    }

    #[test]
    fn numbers_below_a_bound_change_places_among_themselves() {
        let below = Below::new(&[3; 32], 1_000_003).unwrap();
        let even = |number: u128| number.is_multiple_of(2);
        let mut seen = BTreeSet::new();
        for number in (0..1_000_003).step_by(2).step_by(401) {
            let turned = below.turn(b"t", number, true, &even).unwrap();
            assert!(turned < 1_000_003 && even(turned));
            assert!(seen.insert(turned));
            assert_eq!(below.turn(b"t", turned, false, &even).unwrap(), number);
        }
        assert!(below.turn(b"t", 1_000_003, true, &|_| true).is_err());
        assert!(below.turn(b"t", 1, true, &even).is_err());
    }

    #[test]
    fn too_few_forms_are_refused() {
        assert!(Below::new(&[3; 32], 999_999).is_err());
        assert!(
            Ff1::new(&[3; 32], 10)
                .unwrap()
                .encrypt(&[], &[1, 2])
                .is_err()
        );
        assert!(Ff1::new(&[3; 31], 10).is_err());
        assert!(Ff1::new(&[3; 32], 1).is_err());
        assert!(
            Ff1::new(&[3; 16], 10)
                .unwrap()
                .encrypt(&[], &[10; 8])
                .is_err()
        );
    }
}
