//! Who reads, and why.

use std::collections::{BTreeMap, BTreeSet};

use city::people::{BUILT_IN_ACCOUNT, OPERATOR, RESERVED_ACCOUNTS};
use city::{Duty, People};
use serde::{Deserialize, Serialize};

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Person {
    /// Whoever runs this city: sees all there is, and may do all there is to do.
    Operator {
        /// Account name.
        name: String,
        /// Network address, if known.
        from: Option<String>,
    },
    /// Somebody who works for the city: policies decide by roles and department.
    Staff(Staff),
    /// Anyone, known by where the request came from.
    Public {
        /// Network address, if known.
        from: Option<String>,
    },
}

/// Somebody who works for the city, as they signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Staff {
    /// Account name.
    pub name: String,
    /// Roles, by id.
    pub roles: BTreeSet<String>,
    /// Department, by id.
    pub department: Option<String>,
    /// What they do for the platform besides reading.
    pub duties: BTreeSet<Duty>,
    /// What conditions on rows may ask of them, before what is known of their department.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Network address, if known.
    pub from: Option<String>,
}

impl Person {
    /// The person of an account of `people.toml`. Whoever has the role `operator` runs the city.
    pub fn of_account(people: &People, name: &str) -> Option<Self> {
        if people.accounts.is_empty() && name == BUILT_IN_ACCOUNT {
            return Some(Self::operator(name));
        }
        let account = people.account(name)?;
        if account.roles.iter().any(|role| role.as_str() == OPERATOR) {
            return Some(Self::operator(account.name.as_str()));
        }
        Some(Self::Staff(Staff {
            name: account.name.to_string(),
            roles: account.roles.iter().map(ToString::to_string).collect(),
            department: account.department.as_ref().map(ToString::to_string),
            duties: people.duties(account).collect(),
            attributes: account.attributes.clone(),
            from: None,
        }))
    }

    /// Somebody whom an identity provider vouches for and `people.toml` does not name. Roles count that are declared;
    /// nobody gets a name under which the log keeps others.
    pub fn of_claims(
        people: &People,
        name: &str,
        roles: &BTreeSet<String>,
        department: Option<String>,
        attributes: BTreeMap<String, Vec<String>>,
    ) -> Option<Self> {
        if name.is_empty() || RESERVED_ACCOUNTS.contains(&name) {
            return None;
        }
        if roles.contains(OPERATOR) {
            return Some(Self::operator(name));
        }
        let own = people
            .roles
            .iter()
            .filter(|role| roles.contains(role.id.as_str()));
        Some(Self::Staff(Staff {
            name: name.to_owned(),
            duties: own
                .clone()
                .flat_map(|role| role.duties.iter().copied())
                .collect(),
            roles: own.map(|role| role.id.to_string()).collect(),
            department,
            attributes,
            from: None,
        }))
    }

    /// Whoever runs the city, by account name.
    pub fn operator(name: &str) -> Self {
        Self::Operator {
            name: name.to_owned(),
            from: None,
        }
    }

    /// The person at the machine's own command line.
    pub fn local() -> Self {
        Self::operator("local")
    }

    /// The same person, asking from a network address.
    #[must_use]
    pub fn at(mut self, address: Option<String>) -> Self {
        match &mut self {
            Self::Operator { from, .. } | Self::Public { from } => *from = address,
            Self::Staff(staff) => staff.from = address,
        }
        self
    }

    /// Whether the person has a duty. Whoever runs the city has all of them but the vault: who can reach the
    /// data must not reach what its tokens stand for.
    pub fn may(&self, duty: Duty) -> bool {
        match self {
            Self::Operator { .. } => duty != Duty::Vault,
            Self::Staff(staff) => staff.duties.contains(&duty),
            Self::Public { .. } => false,
        }
    }

    /// Anyone from nowhere in particular.
    pub fn anyone() -> Self {
        Self::Public { from: None }
    }

    /// Whether this is whoever runs the city.
    pub fn is_operator(&self) -> bool {
        matches!(self, Self::Operator { .. })
    }

    /// The name the access log keeps.
    pub fn name(&self) -> &str {
        match self {
            Self::Operator { name, .. } => name,
            Self::Staff(staff) => &staff.name,
            Self::Public { .. } => "public",
        }
    }

    /// The place the access log keeps.
    pub fn from(&self) -> Option<&str> {
        match self {
            Self::Operator { from, .. } | Self::Public { from } => from.as_deref(),
            Self::Staff(staff) => staff.from.as_deref(),
        }
    }
}

/// Why somebody reads, in their own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Purpose(String);

/// Longest purpose kept, in characters.
const LONGEST: usize = 200;

impl Purpose {
    /// A purpose; blank text gives the everyday one.
    pub fn new(text: &str) -> Self {
        let text: String = text
            .trim()
            .chars()
            .filter(|letter| !letter.is_control())
            .take(LONGEST)
            .collect();
        if text.is_empty() {
            Self::default()
        } else {
            Self(text)
        }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Purpose {
    fn default() -> Self {
        Self("열람".to_owned())
    }
}
