//! Who somebody is: accounts, passwords, sessions and keys of programs. What they may see is the door's to say.
//!
//! The city's folder declares accounts, roles and duties (`people.toml`); the records keep hashes of passwords, sessions
//! and keys. This room holds the rules between the two: which password is taken, how long one waits after wrong ones,
//! when a session ends, what a key gives, and what is written into the journal of grants.
//!
//! | module | holds |
//! | --- | --- |
//! | [`accounts`] | all of it for one city: what pages and commands use |
//! | [`sign_in`] | a name and a password become a session |
//! | [`session`] | sessions, and who is behind one |
//! | [`invitation`] | links by which a person sets the first password |
//! | [`key`] | keys of programs and their scopes |
//! | [`password`] | which passwords are taken |
//! | [`breached`] | the list of passwords that became known |
//! | [`hasher`] | slow hashes, few at a time |
//! | [`backoff`] | how long one waits after wrong passwords |
//! | [`oidc`] | sign-in by the city's identity provider |
//! | [`vouched`] | whom the provider vouches for becomes a session |
//! | [`passkey`] | sign-in by what a device holds |
//! | [`seal`] | what a browser carries between two requests |
//! | [`journal`] | what was granted, changed and taken back |

pub mod accounts;
pub mod backoff;
pub mod breached;
mod gates;
pub mod hasher;
pub mod invitation;
pub mod journal;
pub mod key;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod seal;
pub mod session;
pub mod sign_in;
pub mod vouched;

pub use accounts::{Accounts, By, State};
pub use invitation::Refusal;
pub use key::{Action, KeyRefusal, Scope};
pub use password::Weak;
pub use session::{Begin, Begun, Claims};
pub use sign_in::{Outcome, Presented};
