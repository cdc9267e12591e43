//! What claims give: a name, roles, a department. What the city's file does not say is not given.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::settings::Settings;

/// Names that nobody may have who comes from elsewhere: they mean somebody already.
pub const RESERVED: [&str; 5] = ["local", "public", "staff", "system", "operator"];
/// A person of the provider has no more values in a claim than this.
const MOST: usize = 500;

/// Who came back from the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The provider's own, lasting word for the person.
    pub subject: String,
    /// The account's name.
    pub account: String,
    /// Roles that the claims give.
    pub roles: BTreeSet<String>,
    /// The department that the claims give, by id.
    pub department: Option<String>,
}

/// Reads proven claims.
pub(super) fn read(settings: &Settings, all: &Map<String, Value>) -> Result<Claimed, Refusal> {
    let text = |claim: &str| at(all, claim).and_then(Value::as_str);
    let no_name = || Refusal::Name(settings.account_claim.clone());
    let subject = text("sub").ok_or_else(|| Refusal::Answer("it names nobody".to_owned()))?;
    let account = text(&settings.account_claim).ok_or_else(no_name)?;
    let account = account.trim().to_lowercase();
    // Whoever may write any address into their profile could take somebody's name.
    let is_proven = settings.account_claim != "email"
        || at(all, "email_verified").and_then(Value::as_bool) == Some(true);
    if !is_proven || !is_account(&account) || RESERVED.contains(&account.as_str()) {
        return Err(no_name());
    }
    let groups = settings
        .roles_claim
        .as_deref()
        .map_or_else(Vec::new, |claim| words(at(all, claim)));
    let given = groups.iter().filter_map(|group| settings.roles.get(*group));
    let department = settings.department_claim.as_deref().and_then(text);
    let department = department.map(|told| {
        let known = settings.departments.get(told);
        known.map_or_else(|| told.to_owned(), Clone::clone)
    });
    Ok(Claimed {
        subject: subject.to_owned(),
        account,
        roles: given.flatten().cloned().collect(),
        department,
    })
}

/// The claim of a name; dots lead into objects where no claim has the name as it stands.
pub(super) fn at<'a>(all: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = all.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    at(all.get(first)?.as_object()?, rest)
}

fn words(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(some)) => some.iter().take(MOST).filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a text has the form of an account's name ([`city::id::ACCOUNT_PATTERN`]).
fn is_account(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.@-".contains(letter)
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::oidc::tests::settings;

    fn claimed(claims: &Value) -> Result<Claimed, Refusal> {
        read(&settings("https://id.example"), claims.as_object().unwrap())
    }

    #[test]
    fn groups_give_what_the_citys_file_says_and_nothing_else() {
        let person = claimed(&json!({
            "sub": "17", "preferred_username": "Kim.Minji", "dept": "복지과",
            "realm_access": { "roles": ["welfare-clerks", "operator", "public", "boss"] },
        }))
        .unwrap();
        assert_eq!(person.account, "kim.minji");
        assert_eq!(person.roles, BTreeSet::from(["clerk".to_owned()]));
        assert_eq!(person.department.as_deref(), Some("welfare"));
        let admin = claimed(&json!({
            "sub": "1", "preferred_username": "lee", "realm_access": { "roles": "it-admins" },
        }))
        .unwrap();
        assert!(admin.roles.contains("operator"), "the file says so");
    }

    #[test]
    fn names_that_mean_somebody_or_are_no_names_are_refused() {
        let long = "a".repeat(65);
        for name in [
            "local",
            "LOCAL",
            "public",
            "staff",
            "operator",
            "",
            " ",
            "김민지",
            "a b",
            "1a",
            "a/b",
            &long,
        ] {
            let told = claimed(&json!({ "sub": "1", "preferred_username": name }));
            assert_eq!(
                told,
                Err(Refusal::Name("preferred_username".to_owned())),
                "{name}"
            );
        }
        assert!(claimed(&json!({ "sub": "1" })).is_err());
        assert!(claimed(&json!({ "sub": "1", "preferred_username": 3 })).is_err());
        assert!(claimed(&json!({ "preferred_username": "kim" })).is_err());
    }

    #[test]
    fn an_address_counts_only_when_the_provider_has_proven_it() {
        let mut settings = settings("https://id.example");
        settings.account_claim = "email".to_owned();
        let read = |verified: Value| {
            let claims =
                json!({ "sub": "1", "email": "kim@city.example", "email_verified": verified });
            read(&settings, claims.as_object().unwrap())
        };
        assert_eq!(read(json!(true)).unwrap().account, "kim@city.example");
        assert!(read(json!(false)).is_err() && read(json!(null)).is_err());
        assert!(read(json!("true")).is_err());
    }

    proptest! {
        #[test]
        fn no_claim_gives_a_role_that_the_map_does_not_name(groups in proptest::collection::vec("[a-z-]{1,12}", 0..20)) {
            let person = claimed(&json!({
                "sub": "1", "preferred_username": "kim", "realm_access": { "roles": groups },
            }))
            .unwrap();
            prop_assert!(person.roles.is_empty());
        }
    }
}
