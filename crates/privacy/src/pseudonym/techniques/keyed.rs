//! 일방향 암호화 (MAC): HMAC-SHA-256 of the value's one spelling, under the project's key.

use city::recipe::KeyedOneWay;
use city::spelling::normal;
use zeroize::Zeroizing;

use super::super::failed::Unfit;
use super::super::keys::Key;
use super::super::random::hmac;
use super::Cells;

/// Replaces values by keyed pseudonyms.
pub(super) struct OneWay<'t> {
    rule: &'t KeyedOneWay,
    secret: Zeroizing<[u8; 32]>,
}

impl<'t> OneWay<'t> {
    pub(super) fn new(rule: &'t KeyedOneWay, key: &Key) -> Self {
        let of = format!("keyed-one-way {}", rule.identity.word());
        Self {
            rule,
            secret: key.secret(&of),
        }
    }
}

/// What is said of a value of which nothing counts.
pub(super) fn nothing_left(of: &str) -> Unfit {
    Unfit::new(
        format!("nothing of the value counts as a {of}"),
        format!("a {of}"),
    )
    .remedy("take another `as` for this column, or empty the cell")
}

impl Cells for OneWay<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let value = normal(self.rule.identity, value);
        if value.is_empty() {
            return Err(nothing_left(self.rule.identity.word()));
        }
        let digest = hmac(&self.secret, &[value.as_bytes()]);
        let length = usize::try_from(self.rule.length).unwrap_or(64);
        let hex = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = hex.filter_map(|half| char::from_digit(u32::from(half), 16));
        Ok(digits.take(length).collect())
    }
}

#[cfg(test)]
mod tests {
    use city::recipe::Identity;

    use super::*;

    fn pseudonym(project: &str, version: u32, identity: Identity, value: &str) -> String {
        let key = Key::new(project.into(), version, [8; 32]);
        let rule = KeyedOneWay {
            identity,
            length: 32,
        };
        let mut one_way = OneWay::new(&rule, &key);
        one_way.replace(value).unwrap()
    }

    #[test]
    fn spellings_of_one_person_have_one_pseudonym() {
        let base = pseudonym("a", 1, Identity::Phone, "010-1234-5678");
        assert_eq!(base.len(), 32);
        assert_eq!(base, pseudonym("a", 1, Identity::Phone, "+82 10 1234 5678"));
        assert_ne!(base, pseudonym("a", 1, Identity::Phone, "010-1234-5679"));
    }

    #[test]
    fn two_projects_two_versions_and_two_kinds_do_not_join() {
        // Even under the same bytes of a key, which no two projects have.
        let base = pseudonym("a", 1, Identity::Name, "김가온");
        assert_ne!(base, pseudonym("b", 1, Identity::Name, "김가온"));
        assert_ne!(base, pseudonym("a", 2, Identity::Name, "김가온"));
        assert_ne!(base, pseudonym("a", 1, Identity::Text, "김가온"));
    }

    #[test]
    fn a_value_of_which_nothing_counts_is_told() {
        let key = Key::new("a".into(), 1, [8; 32]);
        let rule = KeyedOneWay {
            identity: Identity::Phone,
            length: 32,
        };
        assert!(OneWay::new(&rule, &key).replace("없음").is_err());
    }
}
