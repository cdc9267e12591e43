//! One figure, and what it says when it cannot be said.

use access::{AskError, At, Reader};
use chrono::{DateTime, Utc};
use city::{DatasetId, Measure};
use serde::Serialize;

use crate::ask::{Asking, Lack, Quotient};
use crate::asked::{Asked, Measures, Pins, pins};

/// What a measure answers. Only `Known` and `Stale` carry a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Figure {
    /// The value.
    Known {
        /// It.
        value: f64,
        /// The versions it was read from.
        versions: Vec<(DatasetId, i64)>,
        /// Rows it was computed from.
        rows: u64,
        /// Rows among them that have nothing to compute with; nothing where that cannot be said.
        #[serde(skip_serializing_if = "Option::is_none")]
        unknown: Option<u64>,
        /// What was divided by what.
        #[serde(skip_serializing_if = "Option::is_none")]
        divided: Option<Divided>,
    },
    /// The value, from data older than the measure allows.
    Stale {
        /// It.
        value: f64,
        /// The versions it was read from.
        versions: Vec<(DatasetId, i64)>,
        /// Rows it was computed from.
        rows: u64,
        /// Rows among them that have nothing to compute with; nothing where that cannot be said.
        #[serde(skip_serializing_if = "Option::is_none")]
        unknown: Option<u64>,
        /// What was divided by what.
        #[serde(skip_serializing_if = "Option::is_none")]
        divided: Option<Divided>,
        /// Age of the data in days.
        age_days: i64,
        /// Greatest age allowed.
        limit_days: u32,
    },
    /// It cannot be said.
    Unknown {
        /// What is missing.
        needs: Needs,
    },
    /// So few people that showing it would expose them.
    Suppressed,
    /// This person may not read what it is made of.
    Forbidden {
        /// The policy that says so.
        policy: String,
    },
    /// It is not broken down by what is asked.
    NotBrokenDown {
        /// The dimension, or `period`.
        dimension: String,
    },
}

/// What was divided by what.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Divided {
    /// The numerator.
    pub top: f64,
    /// The denominator.
    pub below: f64,
    /// Rows of the denominator that have nothing to compute with.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unknown: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(rows: &u64) -> bool {
    *rows == 0
}

/// What a figure lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Needs {
    /// The dataset has never been loaded.
    Load {
        /// The dataset.
        dataset: DatasetId,
    },
    /// No row has what is computed.
    Rows {
        /// The dataset.
        dataset: DatasetId,
    },
    /// What it is divided by is missing.
    Denominator {
        /// The dataset of the denominator.
        dataset: DatasetId,
    },
    /// What it is divided by is zero.
    Zero {
        /// The dataset of the denominator.
        dataset: DatasetId,
    },
    /// A value of its rows cannot be computed with.
    Value {
        /// The dataset.
        dataset: DatasetId,
    },
}

impl Figure {
    /// The value, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Known { value, .. } | Self::Stale { value, .. } => Some(*value),
            _ => None,
        }
    }

    /// The versions it was read from.
    pub fn versions(&self) -> &[(DatasetId, i64)] {
        match self {
            Self::Known { versions, .. } | Self::Stale { versions, .. } => versions,
            _ => &[],
        }
    }
}

/// The figure of a measure. `now` decides whether it is stale.
///
/// # Errors
/// When the machine fails or the measure's expression cannot be planned; what cannot be known is a [`Figure`].
pub async fn figure(
    reader: &Reader,
    measure: &Measure,
    asked: impl Into<Asked>,
    now: DateTime<Utc>,
) -> Result<Figure, AskError> {
    let asked = asked.into();
    let measures = asked.measures(reader);
    let found = match pins(reader, measure, measures, &asked) {
        Ok(pins) => pinned(reader, measure, measures, &asked, &pins, now).await,
        Err(error) => Err(error),
    };
    said(measure, found)
}

/// The steps whose rows a figure is made of, first and last: of a figure over time that is asked for as a whole. Nothing where it
/// has no time axis, or its rows are persons', of whom no single day is told.
///
/// # Errors
/// As for [`figure`].
pub async fn span(
    reader: &Reader,
    measure: &Measure,
    asked: impl Into<Asked>,
) -> Result<Option<(city::Period, city::Period)>, AskError> {
    let (asked, city) = (asked.into(), reader.city());
    let mut datasets = measure
        .from()
        .into_iter()
        .filter_map(|id| city.datasets.get(id));
    let is_of_persons = datasets.any(city::Dataset::holds_persons);
    if measure.time.is_none() || is_of_persons {
        return Ok(None);
    }
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked)?;
    let settled = Asking::new(reader, measure, measures, &asked, &pins)
        .settled()
        .await?;
    let span = Asking::new(reader, measure, measures, &settled, &pins)
        .span()
        .await?;
    Ok(span.zip(measure.time.as_ref()).map(|(span, axis)| {
        let step = |day| crate::answer::begin(day, axis.step);
        (step(span.from), step(span.to))
    }))
}

/// What keeps a figure from being known is an answer too.
pub(crate) fn said(measure: &Measure, found: Result<Figure, AskError>) -> Result<Figure, AskError> {
    match found {
        Err(AskError::Computed(_)) => Ok(Figure::Unknown {
            needs: Needs::Value {
                dataset: measure.dataset.clone(),
            },
        }),
        Err(AskError::Denied(denied)) => Ok(Figure::Forbidden {
            policy: denied.policy,
        }),
        Err(AskError::NotLoaded(dataset)) => Ok(Figure::Unknown {
            needs: Needs::Load { dataset },
        }),
        Err(AskError::NotBrokenDown { dimension, .. }) => Ok(Figure::NotBrokenDown { dimension }),
        other => other,
    }
}

/// The figure of just these versions.
pub(crate) async fn pinned(
    reader: &Reader,
    measure: &Measure,
    measures: &Measures,
    asked: &Asked,
    pins: &Pins,
    now: DateTime<Utc>,
) -> Result<Figure, AskError> {
    let asked = &Asking::new(reader, measure, measures, asked, pins)
        .settled()
        .await?;
    let asking = Asking::new(reader, measure, measures, asked, pins);
    let quotient = match asking.quotient().await? {
        Ok(quotient) => quotient,
        Err(Lack::Hidden) => return Ok(Figure::Suppressed),
        Err(Lack::Of(needs)) => return Ok(Figure::Unknown { needs }),
    };
    let Quotient {
        value,
        rows,
        unknown,
        divided,
    } = quotient;
    let versions = asking.versions();
    let own = pins.get(&measure.dataset).copied().unwrap_or_default();
    let version = reader.version(measure.dataset.as_str(), &At::Version(own))?;
    let age_days = (now - version.committed_at).num_days();
    Ok(match measure.fresh_days {
        Some(limit_days) if age_days > i64::from(limit_days) => Figure::Stale {
            value,
            versions,
            rows,
            unknown,
            divided,
            age_days,
            limit_days,
        },
        _ => Figure::Known {
            value,
            versions,
            rows,
            unknown,
            divided,
        },
    })
}
