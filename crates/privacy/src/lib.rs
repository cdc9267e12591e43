//! Personal data: found, replaced, made anonymous, and how great the risk is that stays.
//!
//! Pure: rows come in, rows and figures go out. This room neither reads the lake nor decides who may see what.
//!
//! | module | holds |
//! | --- | --- |
//! | [`anonymity`] | generalisation over hierarchies, exactly optimal; models, metrics, risk, verification |
//! | [`detect`] | identifiers in columns and in free text |
//! | [`gate`] | what is to leave, checked on the bytes that leave |
//! | [`pseudonym`] | techniques of pseudonymisation, by the names of the guideline |

pub mod anonymity;
pub mod detect;
pub mod gate;
pub mod pseudonym;
