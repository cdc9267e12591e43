//! Techniques of pseudonymisation (가명처리), by the names of the guideline.

mod decimal;
mod failed;
mod journal;
mod key_folder;
mod keys;
mod normal;
mod random;

pub use decimal::Decimal;
pub use failed::{Failed, Unfit};
pub use key_folder::KeyFolder;
pub use keys::{Key, KeyAct, KeyChange, KeyError, KeyEvent, KeyStore};
pub use normal::normal;
pub use random::{Entropy, Machine, Stream};
