//! Where more complaints come in than usual.
//!
//! A large neighbourhood has more complaints than a small one, and a Monday more than a Sunday: neither is a surge. What
//! is expected of a neighbourhood and a topic is its own past, drawn towards what the whole city has per resident where
//! the own past is short, and weighed by the day of the week. A surge is what chance alone would bring less than once in
//! a long while.
//!
//! | module | answers |
//! | --- | --- |
//! | [`expect`] | what is expected |
//! | [`chance`] | how likely a count is by chance |
//! | [`found`] | surges |
//! | [`exposure`] | counts against people, surge or not |

pub mod chance;
pub mod expect;
pub mod exposure;
pub mod found;
#[cfg(test)]
mod tests;

pub use exposure::{Exposed, exposed};
pub use found::{Cell, Rules, Surge, surges};
