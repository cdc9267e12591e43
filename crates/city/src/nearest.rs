//! The nearest of the words that would have been right.

/// The candidate that `word` was most likely meant to be, if any is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter_map(|candidate| Some((steps(word, candidate)?, candidate)))
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, candidate)| candidate)
}

/// Edits between two words, where they are so near that the one may be meant for the other.
pub(crate) fn steps(word: &str, candidate: &str) -> Option<usize> {
    let (own, other) = (word.chars().count(), candidate.chars().count());
    // One slip in three characters, at least one: beyond that a suggestion misleads.
    let most = 1 + own.min(other) / 3;
    if own.abs_diff(other) > most {
        return None;
    }
    Some(distance(word, candidate)).filter(|steps| *steps <= most)
}

/// Edits (insert, delete, replace, swap of neighbours) between two words, in characters; letter case is ignored.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.to_lowercase().chars().collect();
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_mended_and_a_stranger_is_not() {
        assert_eq!(nearest("colums", ["columns", "checks"]), Some("columns"));
        assert_eq!(nearest("주차장면", ["주차장명", "주소"]), Some("주차장명"));
        assert_eq!(nearest("tilte", ["title", "title-en"]), Some("title"));
        assert_eq!(nearest("zebra", ["columns", "checks"]), None);
    }
}
