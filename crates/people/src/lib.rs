//! Who somebody is.

pub mod oidc;
pub mod passkey;
pub mod seal;
