//! 라운딩: to the nearest multiple, or up or down by chance.

use super::super::decimal::{Decimal, divided};
use super::super::failed::Unfit;
use super::super::random::Stream;
use super::Cells;

/// 일반 라운딩.
pub(super) struct Nearest {
    to: Decimal,
}

impl Nearest {
    pub(super) fn new(to: f64) -> Result<Self, Unfit> {
        Ok(Self { to: base(to)? })
    }
}

/// A base that can be rounded to.
pub(super) fn base(to: f64) -> Result<Decimal, Unfit> {
    let base = Decimal::of(to)?;
    if base > Decimal::new(0, 0) {
        Ok(base)
    } else {
        Err(Unfit::new(
            "nothing can be rounded to this",
            "a number above 0",
        ))
    }
}

impl Cells for Nearest {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let (units, base, digits) = Decimal::parse(value)?.aligned(self.to);
        let nearest = divided(units, base) * base;
        Ok(told(nearest, digits, self.to))
    }
}

/// A multiple of a base, with the base's digits.
pub(super) fn told(units: i128, digits: u32, base: Decimal) -> String {
    let shown = Decimal::new(units, digits).units_at(base.digits());
    Decimal::new(shown, base.digits()).to_string()
}

/// 랜덤 라운딩: up as likely as the value is near, so that it is right on average.
pub(super) struct Chance {
    to: Decimal,
    stream: Stream,
}

impl Chance {
    pub(super) fn new(to: f64, stream: Stream) -> Result<Self, Unfit> {
        Ok(Self {
            to: base(to)?,
            stream,
        })
    }
}

impl Cells for Chance {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let (units, base, digits) = Decimal::parse(value)?.aligned(self.to);
        let (rest, below) = (units.rem_euclid(base), units.div_euclid(base) * base);
        let up = is_drawn(&mut self.stream, rest, base);
        let rounded = if up { below + base } else { below };
        Ok(told(rounded, digits, self.to))
    }
}

/// True so often as `part` of `whole`.
pub(super) fn is_drawn(stream: &mut Stream, part: i128, whole: i128) -> bool {
    if part == 0 {
        return false;
    }
    let short = |number: i128| u64::try_from(number).ok();
    if let (Some(part), Some(whole)) = (short(part), short(whole)) {
        return stream.below(whole) < part;
    }
    // A base beyond 64 bits: one part in 2^52 is exact enough.
    let share = part.saturating_mul(1 << 20) / (whole / (1 << 32)).max(1);
    stream.below(1 << 52) < u64::try_from(share).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn nearest(to: f64, value: &str) -> String {
        Nearest::new(to).unwrap().replace(value).unwrap()
    }

    #[test]
    fn the_nearest_multiple_has_the_digits_of_the_base() {
        assert_eq!(nearest(10.0, "1,234"), "1230");
        assert_eq!(nearest(10.0, "1235"), "1240");
        assert_eq!(nearest(10.0, "-1235"), "-1240");
        assert_eq!(nearest(0.5, "3.26"), "3.5");
        assert_eq!(nearest(100.0, "49.99"), "0");
        assert_eq!(nearest(3.0, "4.5"), "6");
        assert!(Nearest::new(0.0).is_err());
        assert!(Nearest::new(10.0).unwrap().replace("열").is_err());
    }

    #[test]
    fn chance_is_right_on_average() {
        let mut chance = Chance::new(10.0, Stream::new(&[1; 32])).unwrap();
        let mut sum = 0;
        for _ in 0..10_000 {
            let value: i32 = chance.replace("23").unwrap().parse().unwrap();
            assert!(value == 20 || value == 30);
            sum += value;
        }
        // Seven standard deviations of the mean are 0.32.
        assert!((f64::from(sum) / 10_000.0 - 23.0).abs() < 0.33, "{sum}");
        assert_eq!(chance.replace("40").unwrap(), "40");
        assert_eq!(chance.replace("-40").unwrap(), "-40");
    }

    proptest! {
        #[test]
        fn chance_moves_by_less_than_the_base(value in -100_000_i64..100_000, to in 1_u32..500) {
            let mut chance = Chance::new(f64::from(to), Stream::new(&[2; 32])).unwrap();
            let rounded: i64 = chance.replace(&value.to_string()).unwrap().parse().unwrap();
            prop_assert_eq!(rounded % i64::from(to), 0);
            prop_assert!((rounded - value).abs() < i64::from(to));
        }
    }
}
