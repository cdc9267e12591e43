//! Techniques of pseudonymisation (가명처리), by the names of the guideline.
//!
//! | module | holds |
//! | --- | --- |
//! | [`process()`] | a recipe carried out: rows in, rows out |
//! | `techniques` | one file a technique; what they are told stands in [`city::recipe`] |
//! | [`Key`], [`KeyStore`], [`KeyFolder`] | keys of projects: apart from data, versioned, rotated, destroyed |
//! | [`Vault`], [`FileVault`] | tokens, and what they stand for |
//! | [`Answers`], [`noisy`] | counts with differential privacy, and what they cost |
//! | [`case`] | the five steps of a project, as a record that only grows |
//! | [`linking`] | rows of two bodies come together, and nobody sees who and what |

pub mod case;
mod counts;
mod decimal;
mod failed;
mod ff1;
mod journal;
mod key_folder;
mod keys;
pub mod linking;
mod process;
mod random;
mod techniques;
mod vault;

pub use city::spelling::normal;
pub use counts::{Answer, Answers, FileAnswers, Noisy, noisy};
pub use decimal::Decimal;
pub use failed::{Failed, Unfit};
pub use ff1::Ff1;
pub use key_folder::KeyFolder;
pub use keys::{Key, KeyAct, KeyChange, KeyError, KeyEvent, KeyStore};
pub use process::{ColumnOutcome, Means, Outcome, Source, process};
pub use random::{Entropy, Machine, Stream};
pub use techniques::{Form, Ladder};
pub use vault::{FileVault, Vault, VaultError};
