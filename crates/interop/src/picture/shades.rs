//! Values → classes of shade: the same for areas, squares and tables.

/// Classes: more are not told apart.
pub const CLASSES: usize = 5;
/// Their colours, the least first.
pub const COLORS: [&str; CLASSES] = ["#dbe7f9", "#a5c3ee", "#6a9be0", "#2f6bc4", "#0b3c86"];
/// The colours of letters upon them: readable on each.
pub const INKS: [&str; CLASSES] = ["#1e2124", "#1e2124", "#1e2124", "#ffffff", "#ffffff"];

/// The greatest value of each class, least first: as many values in each as equal values allow.
pub fn classes(values: &[f64], most: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ends = (1..=most).filter_map(|class| {
        let at = (class * sorted.len()).div_ceil(most).checked_sub(1)?;
        sorted.get(at).copied()
    });
    let mut ends: Vec<f64> = ends.collect();
    ends.dedup_by(|one, other| one.total_cmp(other).is_eq());
    ends
}

/// The class of a value: the first it is not greater than.
pub fn class_of(value: f64, ends: &[f64]) -> usize {
    ends.iter()
        .position(|end| value <= *end)
        .unwrap_or(ends.len().saturating_sub(1))
}

/// The shade of a class, from 1: few classes are spread over all shades, so that the greatest is always the darkest.
pub fn shade(class: usize, classes: usize) -> usize {
    if classes <= 1 {
        return CLASSES.div_ceil(2);
    }
    1 + class * (CLASSES - 1) / (classes - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_as_many_areas_each_and_equal_values_stay_together() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(classes(&ten, 5), [2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(classes(&[7.0, 7.0, 7.0], 5), [7.0]);
        assert_eq!(classes(&[1.0, 2.0], 5), [1.0, 2.0]);
        assert!(classes(&[], 5).is_empty());
        let skewed = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 900.0];
        let ends = classes(&skewed, 5);
        for class in 0..ends.len() {
            assert!(
                skewed.iter().any(|value| class_of(*value, &ends) == class),
                "{class}"
            );
        }
    }

    #[test]
    fn the_greatest_class_is_the_darkest_however_many_there_are() {
        for classes in 2..=CLASSES {
            let shades: Vec<usize> = (0..classes).map(|class| shade(class, classes)).collect();
            assert_eq!((shades.first(), shades.last()), (Some(&1), Some(&CLASSES)));
            assert!(shades.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert_eq!(shade(0, 1), 3);
    }

    #[test]
    fn letters_are_readable_on_every_shade() {
        let light = |color: &str| {
            let part = |at: usize| {
                let byte = u8::from_str_radix(color.get(at..at + 2).unwrap(), 16).unwrap();
                let share = f64::from(byte) / 255.0;
                if share <= 0.04045 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        for (color, ink) in COLORS.iter().zip(INKS) {
            let (one, other) = (light(color), light(ink));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 4.5, "{color} {ink}: {contrast}");
        }
    }
}
