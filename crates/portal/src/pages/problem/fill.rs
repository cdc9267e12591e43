//! Addresses without a page.

use axum::response::Response;

use super::{Kind, Problem};
use crate::site::{PageError, Visit};

/// Any address that has no page.
pub async fn missing(visit: Visit) -> Response {
    let path = visit
        .address
        .split('?')
        .next()
        .unwrap_or_default()
        .chars()
        .take(100)
        .collect();
    let detail = visit.say("problem.no_page", &[("path", path)]);
    visit.show::<Problem>(Err(PageError::Missing(detail, Vec::new())))
}

impl Kind {
    /// The text key of its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Refused => "problem.refused",
            Self::Missing => "problem.missing",
            Self::Question => "problem.question",
            Self::Broken => "problem.broken",
        }
    }
}
