//! What a text says, without how it is spaced, cased, wide or punctuated.

/// Letters and digits only, of plain width and small.
pub(super) fn normal(text: &str) -> String {
    text.chars()
        .map(narrow)
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Full-width forms of Latin letters, digits and marks are their plain ones.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The three parts of a Hangul syllable; others stand for themselves.
pub(super) fn jamo(letter: char) -> [u32; 3] {
    let code = u32::from(letter);
    match code.checked_sub(0xac00) {
        Some(at) if at < 11_172 => [at / 588, at % 588 / 28, at % 28],
        _ => [code, 0, 0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_case_width_and_marks_do_not_count() {
        assert_eq!(normal("중앙로 12번길 3-1"), normal("중앙로12번길３－１"));
        assert_eq!(normal("ABC (주)"), "abc주");
        assert_eq!(jamo('관')[0], jamo('괸')[0]);
        assert_eq!(jamo('관')[2], jamo('괸')[2]);
        assert_ne!(jamo('관')[1], jamo('괸')[1]);
    }
}
