//! Cases, properties, and the figures of the training lines where they are present.

mod cases;
mod guard;
mod properties;
mod training;

use super::Day;

/// The day the tests run on.
pub(in crate::detect) const TODAY: Day = Day {
    year: 2026,
    month: 11,
    day: 26,
};
