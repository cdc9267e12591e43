//! Korean particles that depend on the sound before them: 은/는, 이/가, 을/를, 과/와, 으로/로.

/// The particle of `pair` (`은/는`) that follows `word`: the first form after a final consonant.
///
/// Reads Hangul, digits and Latin letters as they are spoken; `으로/로` treats a final ㄹ as a vowel.
pub fn particle<'a>(word: &str, pair: &'a str) -> &'a str {
    let Some((closed, open)) = pair.split_once('/') else {
        return pair;
    };
    let ending = ending(word);
    let use_closed = match ending {
        Ending::Vowel => false,
        Ending::Rieul => closed != "으로",
        Ending::Consonant => true,
    };
    if use_closed { closed } else { open }
}

/// How a word ends when spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    Rieul,
    Consonant,
}

fn ending(word: &str) -> Ending {
    let Some(last) = word.chars().rev().find(|letter| letter.is_alphanumeric()) else {
        return Ending::Vowel;
    };
    let before = || {
        let mut letters = word.chars().rev().filter(|letter| letter.is_alphanumeric());
        letters.nth(1)
    };
    match last {
        // Not spoken behind these: "none", "time", "file".
        'e' if matches!(before(), Some('n' | 'm')) => Ending::Consonant,
        'e' if before() == Some('l') => Ending::Rieul,
        '가'..='힣' => match (u32::from(last) - 0xAC00) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        // 일 칠 팔 end in ㄹ; 영 삼 육 in another consonant; 십, 백, 천, 만 too.
        '1' | '7' | '8' | 'l' | 'L' | 'r' | 'R' => Ending::Rieul,
        '0' | '3' | '6' | 'm' | 'M' | 'n' | 'N' => Ending::Consonant,
        // As the last letter of a word these are spoken closed: "book", "map", "net".
        'k' | 'p' | 't' | 'b' | 'd' | 'g' | 'c' if word.chars().count() > 1 => Ending::Consonant,
        _ => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::particle;

    #[test]
    fn the_particle_follows_the_sound() {
        let cases = [
            ("주차장", "은/는", "은"),
            ("버스", "은/는", "는"),
            ("서울", "으로/로", "로"),
            ("부산", "으로/로", "으로"),
            ("12", "이/가", "가"),
            ("1", "을/를", "을"),
            ("10", "이/가", "이"),
            ("none", "이라는/라는", "이라는"),
            ("file", "으로/로", "로"),
            ("page", "이라는/라는", "라는"),
            ("2021", "으로/로", "로"),
            ("PM10", "은/는", "은"),
            ("CCTV", "을/를", "를"),
            ("가온(동)", "과/와", "과"),
            ("", "은/는", "는"),
        ];
        for (word, pair, expected) in cases {
            assert_eq!(particle(word, pair), expected, "{word} {pair}");
        }
    }
}
