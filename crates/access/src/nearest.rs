//! The nearest names to one that is not there.

/// At most three of `names` that are near `name`, nearest first.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().collect();
            let holds =
                !wanted.is_empty() && letters.windows(wanted.len()).any(|window| window == wanted);
            let distance = if holds {
                1
            } else {
                distance(&wanted, &letters)
            };
            (distance <= 1 + wanted.len().max(letters.len()) / 3).then_some((distance, candidate))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Letters to insert, remove or replace.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut corner = index;
        let mut before = index + 1;
        for (other, above) in right.iter().zip(row.iter_mut().skip(1)) {
            let here = (before + 1)
                .min(*above + 1)
                .min(corner + usize::from(letter != other));
            corner = std::mem::replace(above, here);
            before = here;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["parking", "park", "주차장명", "주차면수", "운영요일"];
        assert_eq!(nearest("paking", names), ["parking"]);
        assert_eq!(nearest("주차장", names), ["주차장명", "주차면수"]);
        assert_eq!(nearest("소음", names), [""; 0]);
        assert_eq!(distance(&['가', '나'], &['나']), 1);
        assert_eq!(distance(&[], &['나']), 1);
    }
}
