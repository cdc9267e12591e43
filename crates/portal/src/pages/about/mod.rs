//! About this platform, and how everybody can use it.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;
use crate::parts::Fact;

/// About this platform.
#[derive(Clone, Debug, Serialize)]
pub struct About {
    /// Departments with their telephone numbers.
    pub departments: Vec<Fact>,
}

impl Sample for About {
    fn samples() -> Vec<Self> {
        vec![
            Self {
                departments: vec![Fact::new("교통정책과", "031-000-0000")],
            },
            Self {
                departments: Vec::new(),
            },
        ]
    }
}
