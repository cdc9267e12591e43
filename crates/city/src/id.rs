//! The names things go by: lower-case ASCII words, the same in files, addresses and tables.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The form of every id: a lower-case letter, then letters, digits, `_` or `-`; at most 64.
pub const ID_PATTERN: &str = "^[a-z][a-z0-9_-]{0,63}$";

/// The form of an account's name: as an id, with dots and `@` in it.
pub const ACCOUNT_PATTERN: &str = "^[a-z][a-z0-9_.@-]{0,63}$";

macro_rules! ids {
    ($pattern:ident: $($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(#[schemars(regex(pattern = $pattern))] String);

        impl $name {
            /// Wraps `text` without checking its form; the reader of manifests checks it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )+};
}

ids! { ID_PATTERN:
    /// A dataset's id, e.g. `parking`: its table name in SQL and its word in addresses.
    DatasetId,
    /// A measure's id.
    MeasureId,
    /// A board's id.
    BoardId,
    /// The id of a board's alert.
    AlertId,
    /// A field's id, e.g. `traffic`.
    FieldId,
    /// A department's id.
    DepartmentId,
    /// A role's id, e.g. `clerk`: the word policies use.
    RoleId,
    /// A purpose's id, e.g. `civil-complaint`.
    PurposeId,
    /// A standard's id, e.g. `car-parks`.
    StandardId,
    /// A pseudonymisation project's id.
    ProjectId,
    /// A release's id.
    ReleaseId,
    /// A promise's id.
    PromiseId,
}

ids! { ACCOUNT_PATTERN:
    /// An account's name.
    AccountId,
}
