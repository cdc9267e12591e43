//! Many small numbers packed into one: the key of a class.

/// Where a number lies in a key. A field never crosses a word of 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) shift: u32,
    pub(super) bits: u32,
}

impl Field {
    /// All its bits set, at the low end.
    fn mask(self) -> u64 {
        u64::MAX.checked_shr(64 - self.bits).unwrap_or(0)
    }
}

/// Lays fields of so many bits side by side; returns them and the bits used.
pub(super) fn lay(sizes: impl IntoIterator<Item = u32>) -> (Vec<Field>, u32) {
    let mut shift: u32 = 0;
    let mut fields = Vec::new();
    for bits in sizes {
        if bits == 0 {
            // It holds nothing, and behind a full word it would lie beyond the key.
            fields.push(Field::default());
            continue;
        }
        let last = shift + bits - 1;
        if shift / 64 != last / 64 {
            shift = shift.next_multiple_of(64);
        }
        fields.push(Field { shift, bits });
        shift += bits;
    }
    (fields, shift)
}

/// Bits that tell `count` values apart.
pub(super) fn bits(count: usize) -> u32 {
    usize::BITS - count.saturating_sub(1).leading_zeros()
}

/// A packed key.
pub(super) trait Key: Copy + Eq + Send + Sync + Default + 'static {
    /// The number in a field.
    fn get(self, field: Field) -> u32;
    /// The key with another number in a field.
    fn with(self, field: Field, value: u32) -> Self;
    /// The key with the lowest bits cleared.
    fn above(self, bits: u32) -> Self;
    /// Well-mixed bits.
    fn hash(self) -> u64;
}

/// Odd, without pattern: the fractional part of the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(word: u64) -> u64 {
    let spread = word.wrapping_mul(MIX);
    (spread ^ (spread >> 32)).wrapping_mul(MIX)
}

fn low(word: u64) -> u32 {
    // Fields hold numbers of at most 32 bits.
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

impl Key for u64 {
    #[inline]
    fn get(self, field: Field) -> u32 {
        low((self >> field.shift) & field.mask())
    }

    #[inline]
    fn with(self, field: Field, value: u32) -> Self {
        (self & !(field.mask() << field.shift)) | (Self::from(value) << field.shift)
    }

    #[inline]
    fn above(self, bits: u32) -> Self {
        self & !Field { shift: 0, bits }.mask()
    }

    #[inline]
    fn hash(self) -> u64 {
        mixed(self)
    }
}

impl Key for u128 {
    #[inline]
    fn get(self, field: Field) -> u32 {
        low(u64::try_from((self >> field.shift) & Self::from(field.mask())).unwrap_or(0))
    }

    #[inline]
    fn with(self, field: Field, value: u32) -> Self {
        (self & !(Self::from(field.mask()) << field.shift)) | (Self::from(value) << field.shift)
    }

    #[inline]
    fn above(self, bits: u32) -> Self {
        self & !Self::from(Field { shift: 0, bits }.mask())
    }

    #[inline]
    fn hash(self) -> u64 {
        let low = u64::try_from(self & Self::from(u64::MAX)).unwrap_or(0);
        let high = u64::try_from(self >> 64).unwrap_or(0);
        mixed(low ^ mixed(high))
    }
}

/// A key of eight words, for very many columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wide([u64; 8]);

/// Bits of the widest key.
pub(super) const BITS_MAX: u32 = 512;

impl Wide {
    fn word(self, shift: u32) -> u64 {
        self.0.get(shift as usize / 64).copied().unwrap_or(0)
    }
}

impl Key for Wide {
    #[inline]
    fn get(self, field: Field) -> u32 {
        self.word(field.shift).get(Field {
            shift: field.shift % 64,
            bits: field.bits,
        })
    }

    #[inline]
    fn with(mut self, field: Field, value: u32) -> Self {
        if let Some(word) = self.0.get_mut(field.shift as usize / 64) {
            *word = word.with(
                Field {
                    shift: field.shift % 64,
                    bits: field.bits,
                },
                value,
            );
        }
        self
    }

    #[inline]
    fn above(mut self, bits: u32) -> Self {
        if let Some(word) = self.0.first_mut() {
            *word = word.above(bits);
        }
        self
    }

    #[inline]
    fn hash(self) -> u64 {
        self.0.iter().fold(0, |hash, word| mixed(hash ^ word))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds<K: Key>(fields: &[Field], values: &[u32]) -> bool {
        let key = fields
            .iter()
            .zip(values)
            .fold(K::default(), |key, (&field, &value)| key.with(field, value));
        fields
            .iter()
            .zip(values)
            .all(|(&field, &value)| key.get(field) == value)
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out(sizes in prop::collection::vec(0_u32..20, 1..20), seed in any::<u64>()) {
            let (fields, bits) = lay(sizes.iter().copied());
            let values: Vec<u32> = sizes.iter().enumerate()
                .map(|(at, &bits)| low(mixed(seed ^ at as u64)) & low(Field { shift: 0, bits }.mask()))
                .collect();
            prop_assert!(bits <= BITS_MAX && holds::<Wide>(&fields, &values));
            prop_assert!(bits > 128 || holds::<u128>(&fields, &values));
            prop_assert!(bits > 64 || holds::<u64>(&fields, &values));
        }
    }

    #[test]
    fn a_field_of_nothing_behind_a_full_word_holds_nothing() {
        let (fields, bits) = lay([14, 4, 1, 19, 7, 16, 3, 0]);
        assert_eq!(bits, 64);
        assert!(holds::<u64>(&fields, &[1, 2, 1, 3, 4, 5, 6, 0]));
    }

    #[test]
    fn bits_are_as_many_as_needed() {
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 256, 257].map(bits),
            [0, 0, 1, 2, 2, 3, 8, 9]
        );
    }
}
