//! "See as": an administrator looks at every page as somebody of a role would see it, and changes nothing meanwhile.
//!
//! A cookie holds whose eyes they are. It gives nothing by itself: it counts only for the account that began it, while
//! that account administers the city, and each read through it is in the log as the administrator's own.

use std::collections::BTreeSet;

use access::{Person, Purpose, Reader, SeeAs};
use axum::http::HeaderMap;
use city::{Duty, People};
use records::log::{Act, Decision, Entry};

use crate::caller::named_cookie;
use crate::problem::Problem;
use crate::state::AppState;

/// Name of the cookie.
pub const COOKIE: &str = "madang_see_as";
/// The address that ends it.
pub const LEAVE: &str = "/admin/see-as/leave";
/// A look through other eyes ends after so long.
const SECONDS: u32 = 60 * 60;

/// Whose eyes somebody looks through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Whose eyes.
    pub eyes: SeeAs,
    /// For which purpose, by id; that of each page where none was chosen.
    pub purpose: Option<String>,
    /// What whoever has the role does for the platform besides reading.
    duties: BTreeSet<Duty>,
}

impl Preview {
    /// A look through these eyes, if there is such a role, and such a purpose.
    pub fn of(people: &People, eyes: SeeAs, purpose: Option<String>) -> Option<Self> {
        let known = people.role_ids().any(|role| role == eyes.role);
        let is_purpose = purpose
            .as_ref()
            .is_none_or(|purpose| people.purpose_ids().any(|id| id == purpose));
        if !known || !is_purpose {
            return None;
        }
        let roles = people.roles.iter();
        let own = roles.filter(|role| role.id.as_str() == eyes.role);
        let duties = own.flat_map(|role| role.duties.iter().copied()).collect();
        Some(Self {
            eyes,
            purpose,
            duties,
        })
    }

    /// The one a browser carries, if it counts for this person.
    pub(crate) fn carried(state: &AppState, headers: &HeaderMap, person: &Person) -> Option<Self> {
        let text = named_cookie(headers, COOKIE)?;
        if !person.may(Duty::Administer) {
            return None;
        }
        let told = |name: &str| {
            let found = url::form_urlencoded::parse(text.as_bytes()).find(|(own, _)| own == name);
            found
                .map(|(_, value)| value.into_owned())
                .filter(|value| !value.is_empty())
        };
        if told("by").as_deref() != Some(person.name()) {
            return None;
        }
        let eyes = SeeAs {
            role: told("role")?,
            department: told("department"),
            drafts: told("drafts").is_some(),
        };
        Self::of(&state.door.people(), eyes, told("purpose"))
    }

    /// The cookie that begins it, for `Set-Cookie`.
    pub fn cookie(&self, by: &Person, is_https: bool) -> String {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.append_pair("by", by.name());
        text.append_pair("role", &self.eyes.role);
        for (name, value) in [
            ("department", &self.eyes.department),
            ("purpose", &self.purpose),
        ] {
            if let Some(value) = value {
                text.append_pair(name, value);
            }
        }
        if self.eyes.drafts {
            text.append_pair("drafts", "on");
        }
        let text = text.finish();
        let secure = if is_https { "; Secure" } else { "" };
        format!("{COOKIE}={text}; Path=/; HttpOnly; SameSite=Strict; Max-Age={SECONDS}{secure}")
    }

    /// The cookie that ends it.
    pub fn ended() -> String {
        format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    }

    /// Whether somebody of the role has a duty.
    pub(crate) fn may(&self, duty: Duty) -> bool {
        self.duties.contains(&duty)
    }

    /// A reader that sees what these eyes see. Should the door refuse, what everybody sees, and never more.
    pub(crate) fn reader(&self, state: &AppState, person: &Person, purpose: Purpose) -> Reader {
        let purpose = self.purpose.as_deref().map_or(purpose, Purpose::new);
        let seen = state
            .door
            .see_as(person.clone(), &self.eyes, purpose.clone());
        seen.unwrap_or_else(|_refused| state.door.reader(Person::anyone(), purpose))
    }

    /// The purpose of a page, as it is seen through these eyes.
    pub fn words(&self) -> String {
        let department = self.eyes.department.as_deref().unwrap_or("-");
        let purpose = self.purpose.as_deref().unwrap_or("-");
        let drafts = if self.eyes.drafts {
            "with drafts"
        } else {
            "in force"
        };
        format!(
            "role {}, department {department}, purpose {purpose}, policies {drafts}",
            self.eyes.role
        )
    }

    /// Writes into the access log that somebody began to look through these eyes.
    ///
    /// # Errors
    /// When it cannot be written: then nobody looks.
    pub async fn note(&self, state: &AppState, person: &Person) -> Result<(), Problem> {
        let entry = Entry {
            who: person.name().to_owned(),
            from: person.from().map(str::to_owned),
            act: Act::Read,
            purpose: "see as".to_owned(),
            touched: Vec::new(),
            subjects: Vec::new(),
            about: None,
            query: Some(self.words()),
            decision: Decision::Allowed,
            policy: format!("see-as {}", self.eyes.role),
            rows: None,
            completes: None,
        };
        state.records.log().append(entry).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> People {
        let role = |id: &str, duties: Vec<Duty>| city::people::Role {
            id: id.into(),
            title: id.to_owned(),
            title_en: None,
            duties,
        };
        People {
            roles: vec![
                role("clerk", Vec::new()),
                role("auditor", vec![Duty::Audit]),
            ],
            ..People::default()
        }
    }

    fn eyes(role: &str) -> SeeAs {
        SeeAs {
            role: role.to_owned(),
            department: Some("welfare".to_owned()),
            drafts: true,
        }
    }

    #[test]
    fn one_looks_through_the_eyes_of_roles_there_are_for_purposes_there_are() {
        let of = |role: &str, purpose: Option<&str>| {
            Preview::of(&people(), eyes(role), purpose.map(str::to_owned))
        };
        assert!(of("clerk", None).is_some() && of("public", Some("other")).is_some());
        assert!(of("clark", None).is_none() && of("clerk", Some("none")).is_none());
        let auditor = of("auditor", None).unwrap();
        assert!(auditor.may(Duty::Audit) && !auditor.may(Duty::Administer));
    }

    #[test]
    fn the_cookie_holds_no_more_than_it_says_and_cannot_be_split() {
        let preview = Preview::of(&people(), eyes("clerk"), None).unwrap();
        let cookie = preview.cookie(&Person::operator("a;b=c&role=operator"), true);
        let (value, rest) = cookie.split_once(';').unwrap();
        assert!(!value.contains("role=operator"), "{value}");
        assert!(
            rest.contains("HttpOnly")
                && rest.contains("Secure")
                && rest.contains("SameSite=Strict")
        );
        assert!(!preview.cookie(&Person::local(), false).contains("Secure"));
    }
}
