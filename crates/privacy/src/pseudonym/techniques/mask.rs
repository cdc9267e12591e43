//! 마스킹: characters give way to a sign.

use city::recipe::Mask;

use super::super::failed::Unfit;
use super::Cells;

/// Masks values.
pub(super) struct Masked<'t>(pub(super) &'t Mask);

/// Signs that say how a value is put together and nothing more.
fn is_separator(sign: char) -> bool {
    matches!(sign, '-' | '@' | '.' | ' ' | '/' | '(' | ')')
}

impl Cells for Masked<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let wide = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let (first, last) = (wide(self.0.first), wide(self.0.last));
        let count = value.chars().filter(|sign| !is_separator(*sign)).count();
        // What would be seen whole is masked whole.
        let is_short = count <= first.saturating_add(last);
        let mut at = 0;
        let masked = value.chars().map(|sign| {
            if is_separator(sign) {
                return sign;
            }
            at += 1;
            let is_seen = at <= first || at > count.saturating_sub(last);
            if is_seen && !is_short {
                sign
            } else {
                self.0.sign
            }
        });
        Ok(masked.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(first: u32, last: u32, value: &str) -> String {
        let mask = Mask {
            first,
            last,
            sign: '*',
        };
        Masked(&mask).replace(value).unwrap()
    }

    #[test]
    fn ends_stay_and_separators_count_for_nothing() {
        assert_eq!(masked(1, 0, "김가온"), "김**");
        assert_eq!(masked(1, 1, "남궁가온"), "남**온");
        assert_eq!(masked(3, 4, "010-1234-5678"), "010-****-5678");
        assert_eq!(masked(2, 0, "gaon@example.kr"), "ga**@*******.**");
        assert_eq!(masked(0, 0, "가온로 12"), "*** **");
    }

    #[test]
    fn a_short_value_is_masked_whole() {
        assert_eq!(masked(3, 4, "010-1234"), "***-****");
        assert_eq!(masked(1, 0, "김"), "*");
    }
}
