//! How staff sign in: by the link the server printed when it started.

mod fill;

pub use fill::page;

use serde::Serialize;

use super::Sample;

/// How staff sign in.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    /// Somebody is signed in.
    pub signed_in: bool,
    /// A link was followed that leads nowhere any more.
    pub refused: bool,
}

impl Sample for SignIn {
    fn samples() -> Vec<Self> {
        vec![
            Self {
                signed_in: false,
                refused: false,
            },
            Self {
                signed_in: true,
                refused: false,
            },
            Self {
                signed_in: false,
                refused: true,
            },
        ]
    }
}
