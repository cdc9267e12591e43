//! One spelling for one thing, before it is replaced or looked up: otherwise one person becomes several.

use unicode_normalization::UnicodeNormalization as _;

use crate::recipe::Identity;

/// The one spelling of a value. Empty when nothing of it counts.
pub fn normal(identity: Identity, value: &str) -> String {
    let even = even(value);
    match identity {
        Identity::Text => even,
        Identity::Name | Identity::Mail => without(&even, |sign| sign == ' '),
        Identity::Phone => phone(&even),
        Identity::Number => without(&even, |sign| !sign.is_alphanumeric()),
    }
}

/// The one spelling of what tells a person apart. A value of which nothing counts (`unknown` where a telephone number is
/// expected) is kept as text: it may still be somebody. Empty only where there is nothing to see.
pub fn of_person(identity: Identity, value: &str) -> String {
    let own = normal(identity, value);
    if own.is_empty() {
        normal(Identity::Text, value)
    } else {
        own
    }
}

/// What is left may stand beside a mark it stood apart from before (`k ¸`): the two are one letter then.
fn without(even: &str, dropped: impl Fn(char) -> bool) -> String {
    even.chars().filter(|sign| !dropped(*sign)).nfkc().collect()
}

/// Full-width signs as half-width ones, one space where there are some, small letters, nothing that cannot be seen.
fn even(value: &str) -> String {
    let folded: String = value
        .nfkc()
        .filter(|sign| !is_unseen(*sign))
        .flat_map(char::to_lowercase)
        // A small letter can again have another form: İ becomes i with a dot of its own.
        .nfkc()
        .collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ")
}

fn is_unseen(sign: char) -> bool {
    matches!(
        sign,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\0'
    )
}

/// Digits alone; `+82 10`, `0082-10`, `82 (0)10` and `010` are one.
fn phone(even: &str) -> String {
    let digits: String = even.chars().filter(char::is_ascii_digit).collect();
    let is_abroad = even.starts_with('+');
    let rest = digits
        .strip_prefix("0082")
        .or_else(|| digits.strip_prefix("82"))
        .filter(|rest| is_abroad || digits.starts_with('0') || rest.len() >= 8);
    match rest {
        Some(rest) if !rest.is_empty() => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_thing_become_one() {
        let same = |identity, spellings: &[&str]| {
            let first = normal(identity, spellings[0]);
            assert!(!first.is_empty());
            for spelling in spellings {
                assert_eq!(normal(identity, spelling), first, "{spelling}");
            }
        };
        same(
            Identity::Phone,
            &[
                "010-1234-5678",
                "01012345678",
                "+82-10-1234-5678",
                "+82 (0)10 1234 5678",
                "0082 10 1234 5678",
                "821012345678",
                "０１０－１２３４－５６７８",
                "010.1234.5678",
            ],
        );
        same(Identity::Phone, &["02-123-4567", "+82 2 123 4567"]);
        same(
            Identity::Name,
            &["김 가온", "김가온", " 김\u{3000}가온 ", "김가\u{200b}온"],
        );
        same(
            Identity::Number,
            &[
                "900101-1234567",
                "9001011234567",
                "９００１０１－１２３４５６７",
            ],
        );
        same(Identity::Number, &["m1234 5678", "M12345678"]);
        same(Identity::Mail, &["Gaon@Example.KR", " gaon@example.kr"]);
        // A name put together of letters and the same name of whole syllables.
        same(Identity::Text, &["가", "\u{1100}\u{1161}"]);
    }

    #[test]
    fn different_things_stay_different() {
        assert_ne!(
            normal(Identity::Phone, "010-1234-5678"),
            normal(Identity::Phone, "010-1234-5679")
        );
        assert_ne!(
            normal(Identity::Text, "김 가온"),
            normal(Identity::Text, "김가온")
        );
        assert_eq!(normal(Identity::Number, "---"), "");
        assert_eq!(normal(Identity::Phone, "1588-1234"), "15881234");
    }

    #[test]
    fn what_is_no_number_is_still_somebody_and_nothing_is_nobody() {
        assert_eq!(of_person(Identity::Phone, "+82 31 000 0649"), "0310000649");
        assert_eq!(of_person(Identity::Phone, " 모름 "), "모름");
        assert_eq!(of_person(Identity::Number, "---"), "---");
        assert_eq!(of_person(Identity::Phone, " \u{200b}\u{3000}"), "");
    }

    #[test]
    fn a_mark_that_stood_apart_is_part_of_its_letter() {
        for value in ["k¸", "k ¸", "k\u{327}", "ķ", "Ķ"] {
            assert_eq!(normal(Identity::Name, value), "ķ", "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_spelling_is_its_own(value in ".{0,24}") {
            for identity in [Identity::Text, Identity::Name, Identity::Number, Identity::Mail] {
                let once = normal(identity, &value);
                prop_assert_eq!(normal(identity, &once), once);
            }
        }
    }
}
