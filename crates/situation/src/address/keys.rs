//! Letters → the keys that type them: 벚 is ㅂㅓㅈ, 값 is ㄱㅏㅂㅅ, 과 is ㄱㅗㅏ.

/// Initial consonants, by the syllable's place in the alphabet.
const INITIALS: [&str; 19] = [
    "ㄱ", "ㄲ", "ㄴ", "ㄷ", "ㄸ", "ㄹ", "ㅁ", "ㅂ", "ㅃ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅉ", "ㅊ", "ㅋ",
    "ㅌ", "ㅍ", "ㅎ",
];
const VOWELS: [&str; 21] = [
    "ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ",
    "ㅜㅓ", "ㅜㅔ", "ㅜㅣ", "ㅠ", "ㅡ", "ㅡㅣ", "ㅣ",
];
const FINALS: [&str; 28] = [
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ",
    "ㄹㅌ", "ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ",
    "ㅎ",
];
/// The first syllable.
const FIRST: u32 = 0xAC00;
/// Syllables.
const SYLLABLES: u32 = 11_172;

/// The keys of a text; what is no Korean syllable is its own key.
pub fn keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for letter in text.chars() {
        let at = u32::from(letter).wrapping_sub(FIRST);
        if at >= SYLLABLES {
            out.push(letter);
            continue;
        }
        let part = |list: &[&'static str], at: u32| {
            let at = usize::try_from(at).unwrap_or_default();
            list.get(at).copied().unwrap_or_default()
        };
        out.push_str(part(&INITIALS, at / 588));
        out.push_str(part(&VOWELS, at % 588 / 28));
        out.push_str(part(&FINALS, at % 28));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn a_syllable_is_its_keys() {
        for (text, right) in [
            ("벚꽃로", "ㅂㅓㅈㄲㅗㅊㄹㅗ"),
            ("값", "ㄱㅏㅂㅅ"),
            ("과", "ㄱㅗㅏ"),
            ("힣a1", "ㅎㅣㅎa1"),
            ("가", "ㄱㅏ"),
        ] {
            assert_eq!(keys(text), right);
        }
    }
}
