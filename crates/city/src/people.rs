//! `people.toml`: who works for the city, in which department and role, and for which purposes data are read.
//!
//! It holds no secret: a password or key never stands in a city's folder.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, DepartmentId, PurposeId, RoleId};

/// Name of the file, in the city's folder.
pub const FILE: &str = "people.toml";
/// Roles that every city has without declaring them: whoever runs it, and everybody.
pub const BUILT_IN_ROLES: [&str; 2] = [OPERATOR, "public"];
/// The role of whoever runs the city.
pub const OPERATOR: &str = "operator";
/// Names under which the log keeps others than accounts: the machine's own command line, anybody, and the program itself.
pub const RESERVED_ACCOUNTS: [&str; 4] = ["local", "public", "staff", "system"];
/// The account of whoever runs a city that declares no accounts.
pub const BUILT_IN_ACCOUNT: &str = "operator";
/// The purpose of whoever names none that is declared.
pub const OTHER_PURPOSE: &str = "other";

/// `people.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct People {
    /// Roles a person can have. `operator` and `public` are there without being declared.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Purposes a policy can ask for. `other` is that of whoever names none of these.
    #[serde(default)]
    pub purposes: Vec<DeclaredPurpose>,
    /// What conditions on rows may ask of a department, by department.
    #[serde(default)]
    pub departments: Vec<DepartmentAttributes>,
    /// People, each by an account name.
    #[serde(default)]
    pub accounts: Vec<Account>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Role {
    /// Id: the word policies use.
    pub id: RoleId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// What whoever has the role does for the platform besides reading.
    #[serde(default)]
    pub duties: Vec<Duty>,
}

/// What somebody does for the platform besides reading data, which policies decide. Whoever runs the city has all
/// but the vault.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// People, roles, keys; who may see what and why; looking at pages as another role sees them.
    Administer,
    /// The access log, its periodic review, and answers to data subjects who ask who read their data.
    Audit,
    /// Cases of pseudonymisation, and releases.
    Release,
    /// Tokens of the vault turned back into what they stand for. Nobody has it who processes or reviews a project, and
    /// not whoever runs the city either.
    Vault,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Administer, Self::Audit, Self::Release, Self::Vault];

    /// The word manifests use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Administer => "administer",
            Self::Audit => "audit",
            Self::Release => "release",
            Self::Vault => "vault",
        }
    }
}

/// A purpose of reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredPurpose {
    /// Id: the word policies use.
    pub id: PurposeId,
    /// Korean title, which a reader may say as well.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
}

/// What conditions on rows may ask of everybody of a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DepartmentAttributes {
    /// The department, by id in `city.toml`.
    pub id: DepartmentId,
    /// Values by name: `{ dong_code = ["4113510100"] }`.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Account {
    /// Account name: what the access log keeps.
    pub name: AccountId,
    /// Department, by id in `city.toml`.
    #[serde(default)]
    pub department: Option<DepartmentId>,
    /// Roles, by id.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// Values by name, before those of the department.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl People {
    /// The account of a name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.name.as_str() == name)
    }

    /// Accounts that run the city, by name. A city that declares nobody has one, which it does not declare.
    pub fn operators(&self) -> Vec<&str> {
        if self.accounts.is_empty() {
            return vec![BUILT_IN_ACCOUNT];
        }
        let own = self.accounts.iter().filter(|account| {
            let mut roles = account.roles.iter();
            roles.any(|role| role.as_str() == OPERATOR)
        });
        own.map(|account| account.name.as_str()).collect()
    }

    /// Whether there is an account of a name.
    pub fn has(&self, name: &str) -> bool {
        self.account(name).is_some() || self.operators().contains(&name)
    }

    /// The duties of an account, by its roles.
    pub fn duties(&self, account: &Account) -> impl Iterator<Item = Duty> {
        let roles = self
            .roles
            .iter()
            .filter(|role| account.roles.contains(&role.id));
        roles.flat_map(|role| role.duties.iter().copied())
    }

    /// The declared purpose that a reader's words name, by id or Korean title.
    pub fn purpose(&self, words: &str) -> Option<&DeclaredPurpose> {
        self.purposes
            .iter()
            .find(|purpose| purpose.id.as_str() == words || purpose.title == words)
    }

    /// Every role there is, declared or built in.
    pub fn role_ids(&self) -> impl Iterator<Item = &str> {
        let own = self.roles.iter().map(|role| role.id.as_str());
        BUILT_IN_ROLES.into_iter().chain(own)
    }

    /// Every purpose there is, declared or built in.
    pub fn purpose_ids(&self) -> impl Iterator<Item = &str> {
        let own = self.purposes.iter().map(|purpose| purpose.id.as_str());
        std::iter::once(OTHER_PURPOSE).chain(own)
    }

    /// Values that everybody of a department has.
    pub fn of_department(&self, id: &str) -> Option<&BTreeMap<String, Vec<String>>> {
        let own = self
            .departments
            .iter()
            .find(|department| department.id.as_str() == id);
        own.map(|department| &department.attributes)
    }

    /// Every name of a value that some person has: what conditions on rows may ask for.
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        let own = self.accounts.iter().map(|account| &account.attributes);
        let of_departments = self
            .departments
            .iter()
            .map(|department| &department.attributes);
        own.chain(of_departments)
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    }
}

/// A file of `policies/`, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// The file, relative to the city's folder.
    pub file: std::path::PathBuf,
    /// What stands in it.
    pub text: String,
}
