//! What a figure stands on: its queries, versions, loads and source bytes.

use access::{AskError, At, Reader};
use chrono::{DateTime, Utc};
use city::{DatasetId, Measure};
use serde::Serialize;

use crate::ask::{Asking, Below};
use crate::asked::{Asked, Measures, Narrowed, Pins, pins};
use crate::figure::{Figure, pinned, said};
use crate::query::Side;

/// What a figure stands on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// The measure, as declared.
    pub measure: Measure,
    /// What narrows it.
    #[serde(flatten)]
    pub narrowed: Narrowed,
    /// The figure.
    pub figure: Figure,
    /// The query that yields its numerator.
    pub query: String,
    /// The query that yields its denominator.
    pub denominator_query: Option<String>,
    /// The versions read, with the loads and source bytes behind them.
    pub versions: Vec<VersionReceipt>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
}

/// A version behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionReceipt {
    /// The dataset.
    pub dataset: DatasetId,
    /// The version.
    pub version: i64,
    /// The load that made it.
    pub load_id: String,
    /// When.
    pub committed_at: DateTime<Utc>,
    /// Names and SHA-256 of the source bytes.
    pub sources: Vec<access::Landed>,
}

/// The figure with everything it stands on.
///
/// # Errors
/// As for [`crate::figure()`].
pub async fn receipt(
    reader: &Reader,
    measure: &Measure,
    asked: impl Into<Asked>,
    now: DateTime<Utc>,
) -> Result<Receipt, AskError> {
    let asked = asked.into();
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked);
    of_pins(reader, measure, measures, &asked, pins, now).await
}

/// The receipt of just these versions.
pub(crate) async fn of_pins(
    reader: &Reader,
    measure: &Measure,
    measures: &Measures,
    asked: &Asked,
    pins: Result<Pins, AskError>,
    now: DateTime<Utc>,
) -> Result<Receipt, AskError> {
    let (pins, refused) = match pins {
        Ok(pins) => (pins, None),
        Err(error) => (Pins::new(), Some(error)),
    };
    let settled = if refused.is_some() {
        Ok(asked.clone())
    } else {
        let asking = Asking::new(reader, measure, measures, asked, &pins);
        asking.settled().await
    };
    // What keeps it from being settled keeps the figure from being known.
    let asked = &settled.unwrap_or_else(|_error| asked.clone());
    let asking = Asking::new(reader, measure, measures, asked, &pins);
    let found = match refused {
        Some(error) => Err(error),
        None => pinned(reader, measure, measures, asked, &pins, now).await,
    };
    let figure = said(measure, found)?;
    let mut versions = Vec::new();
    for (dataset, number) in figure.versions() {
        let record = reader.version(dataset, &At::Version(*number))?;
        versions.push(VersionReceipt {
            dataset: dataset.clone(),
            version: *number,
            load_id: record.load_id.clone(),
            committed_at: record.committed_at,
            sources: record.sources.clone(),
        });
    }
    // What was not answered is told as it would be asked.
    let top = match figure.value() {
        Some(_) => asking.top().await?,
        None => Side::of(reader.city(), measure),
    };
    Ok(Receipt {
        measure: measure.clone(),
        narrowed: Narrowed {
            period: asked.period,
            equals: asked.equals.clone(),
        },
        query: top.figure(),
        denominator_query: asking.query_below(),
        figure,
        versions,
        asked_at: now,
    })
}

impl Asking<'_> {
    /// The query of what divides it.
    fn query_below(&self) -> Option<String> {
        match self.below() {
            Below::Side(side, _) => Some(side.figure()),
            Below::Measure(other) => Some(Side::of(self.reader.city(), other).figure()),
            Below::Nothing | Below::Missing => None,
        }
    }
}
