//! The ledger of promises (약속): what was announced, what follows from it, and states that staff enter.
//!
//! | module | holds |
//! | --- | --- |
//! | [`books`](mod@books) | promises that somebody may see, with what is known of each |
//! | [`enter`](mod@enter) | a state is entered, in the access log first |
//! | [`serve`] | the same for programs, and as a file to take along |

mod books;
mod enter;
pub mod serve;

pub use books::{Books, Gone, Seen, books, known_of, told};
pub use enter::{Wanted, enter, may_enter};
