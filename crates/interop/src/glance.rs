//! The city at a glance: how much there is, how much of it is late, how sound it is.

use std::sync::Arc;

use access::{AskError, At, Reader};
use city::freshness::State;
use serde::Deserialize;

use crate::freshness::Clocks;
use crate::state::AppState;

/// What the datasets a person sees add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Datasets.
    pub datasets: usize,
    /// Rows of the versions in force.
    pub rows: u64,
    /// Datasets whose next delivery is not late.
    pub fresh: usize,
    /// Datasets whose next delivery is late.
    pub late: usize,
    /// Datasets that were never loaded.
    pub never: usize,
    /// Values that failed, by dimension, over the versions in force.
    pub dimensions: Vec<Sum>,
}

/// A quality dimension, summed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sum {
    /// Its name.
    pub name: String,
    /// Values that failed.
    #[serde(default)]
    pub errors: u64,
    /// Values that were looked at.
    #[serde(default)]
    pub diagnosed: u64,
}

/// The sum of what this reader sees, counted once a minute for all who ask, and after each change.
///
/// # Errors
/// When a log cannot be read.
pub async fn glance(state: &AppState, reader: Reader) -> Result<Arc<Glance>, AskError> {
    let clocks = Clocks::read(&state.records).await?;
    let of = clocks.stamp();
    let count = move |reader: &Reader| counted(reader, &clocks);
    state.overviews.get(reader, "glance", of, count).await
}

fn counted(reader: &Reader, clocks: &Clocks) -> Result<Glance, AskError> {
    let mut glance = Glance::default();
    for dataset in reader.datasets() {
        glance.datasets += 1;
        match clocks.of(reader, &dataset.id)?.freshness.state {
            State::NeverLoaded => glance.never += 1,
            State::Overdue { .. } => glance.late += 1,
            State::Fresh | State::DueSoon { .. } | State::Unclocked => glance.fresh += 1,
        }
        let version = match reader.version(&dataset.id, &At::Latest) {
            Ok(version) => version,
            Err(AskError::NotLoaded(_)) => continue,
            Err(AskError::Denied(denied)) if denied.is_closed() => continue,
            Err(error) => return Err(error),
        };
        glance.rows += version.rows;
        let own = version.report.get("dimensions");
        let own: Vec<Sum> = own
            .and_then(|own| Vec::deserialize(own).ok())
            .unwrap_or_default();
        for one in own {
            glance.add(one);
        }
    }
    Ok(glance)
}

impl Glance {
    fn add(&mut self, one: Sum) {
        match self.dimensions.iter_mut().find(|sum| sum.name == one.name) {
            Some(sum) => {
                sum.errors += one.errors;
                sum.diagnosed += one.diagnosed;
            }
            None => self.dimensions.push(one),
        }
    }
}
