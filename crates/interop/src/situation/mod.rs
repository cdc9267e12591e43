//! What is going on in the city: rows asked through the caller's reader, judged by room `situation`.
//!
//! | module | holds |
//! | --- | --- |
//! | [`air`] | the air-quality index |
//! | [`complaints`] | complaints that surge, and those near a place |
//! | [`here`] | what is going on at a place |
//! | [`places`] | addresses |
//! | [`cells`] | rows of a dataset, cell by cell |
//! | [`kept`] | what was judged, kept while nothing changes |
//! | [`works`] | street works |
//! | [`closures`] | closed roads |
//! | [`traffic`] | speeds of links, and how long a way takes |
//! | [`tell`] | street works as JSON |
//! | [`serve`] | the addresses |

pub mod air;
pub mod cells;
pub mod closures;
pub mod complaints;
pub mod here;
pub mod kept;
pub mod places;
pub mod serve;
pub mod tell;
mod territory;
pub mod traffic;
pub mod works;

pub use kept::Kept;
