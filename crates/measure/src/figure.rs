//! One figure, broken down, over time, and what it stands on.

use std::collections::HashMap;

use access::{AskError, At, Question, Reader};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use chrono::{DateTime, Utc};
use city::measure::Denominator;
use city::{DatasetId, Measure};
use serde::Serialize;

use crate::query;

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
    },
    /// The value, from data older than the measure allows.
    Stale {
        /// It.
        value: f64,
        /// The versions it was read from.
        versions: Vec<(DatasetId, i64)>,
        /// Rows it was computed from.
        rows: u64,
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
    /// What it is divided by is missing or zero.
    Denominator {
        /// The dataset of the denominator.
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
}

/// A part of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Value of the dimension; nothing where the rows say none.
    pub label: Option<String>,
    /// The figure of that part; nothing where it is unknown.
    pub value: Option<f64>,
    /// Whether it is not told because so few are counted, there or beside it, that it would expose them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suppressed: bool,
}

/// A point of a history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Begin of the step, as text.
    pub at: String,
    /// The figure of that step; nothing where it is unknown.
    pub value: Option<f64>,
}

/// A history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Points, oldest first.
    pub points: Vec<Point>,
}

/// What a figure stands on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// The measure, as declared.
    pub measure: Measure,
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

/// The figure of a measure. `now` decides whether it is stale.
///
/// # Errors
/// When the machine fails or the measure's expression cannot be planned; what cannot be known is a [`Figure`].
pub async fn figure(
    reader: &Reader,
    measure: &Measure,
    at: &At,
    now: DateTime<Utc>,
) -> Result<Figure, AskError> {
    match try_figure(reader, measure, at, now).await {
        Err(AskError::Denied(denied)) => Ok(Figure::Forbidden {
            policy: denied.policy,
        }),
        Err(AskError::NotLoaded(dataset)) => Ok(Figure::Unknown {
            needs: Needs::Load { dataset },
        }),
        other => other,
    }
}

async fn try_figure(
    reader: &Reader,
    measure: &Measure,
    at: &At,
    now: DateTime<Utc>,
) -> Result<Figure, AskError> {
    let version = reader.version(&measure.dataset, at)?;
    let mut versions = vec![(measure.dataset.clone(), version.number)];
    let mut value = match one(reader, query::figure(measure), at).await? {
        One::Value(value) => value,
        One::Hidden => return Ok(Figure::Suppressed),
        One::None => {
            return Ok(Figure::Unknown {
                needs: Needs::Rows {
                    dataset: measure.dataset.clone(),
                },
            });
        }
    };
    if let Some(denominator) = &measure.denominator {
        let missing = Figure::Unknown {
            needs: Needs::Denominator {
                dataset: denominator.dataset.clone(),
            },
        };
        match reader.version(&denominator.dataset, at) {
            Ok(version) => versions.push((denominator.dataset.clone(), version.number)),
            Err(AskError::NotLoaded(_)) => return Ok(missing),
            Err(error) => return Err(error),
        }
        match one(reader, query::denominator(denominator), at).await? {
            One::Value(divisor) if divisor != 0.0 => value = value / divisor * measure.per,
            One::Hidden => return Ok(Figure::Suppressed),
            _ => return Ok(missing),
        }
    } else {
        value *= measure.per;
    }
    let rows = whole(reader, query::rows(measure), at).await?;
    let age_days = (now - version.committed_at).num_days();
    Ok(match measure.fresh_days {
        Some(limit_days) if age_days > i64::from(limit_days) => Figure::Stale {
            value,
            versions,
            rows,
            age_days,
            limit_days,
        },
        _ => Figure::Known {
            value,
            versions,
            rows,
        },
    })
}

/// The figure by one of its dimensions, greatest first. Each part is divided by its own denominator where the
/// denominator's dataset has the dimension (the share spent by each department), by the whole one otherwise.
///
/// # Errors
/// When a dataset may not be read or is not loaded, or the machine fails.
pub async fn breakdown(
    reader: &Reader,
    measure: &Measure,
    dimension: &str,
    at: &At,
) -> Result<Vec<Part>, AskError> {
    let (batches, hides) = ask(reader, query::breakdown(measure, dimension), at).await?;
    let parts = pairs(&batches).into_iter();
    // What is not known of rows that may only be counted is hidden.
    let suppressed = |value: Option<f64>| hides && value.is_none();
    let Some(denominator) = own_denominator(reader, measure, dimension)? else {
        let factor = factor(reader, measure, at).await?;
        return Ok(parts
            .map(|(label, value)| Part {
                label,
                suppressed: suppressed(value),
                value: value.zip(factor).map(|(value, factor)| value * factor),
            })
            .collect());
    };
    let (batches, _) = ask(reader, query::denominators(denominator, dimension), at).await?;
    let wholes: HashMap<Option<String>, f64> = pairs(&batches)
        .into_iter()
        .filter_map(|(label, whole)| Some((label, whole.filter(|whole| *whole != 0.0)?)))
        .collect();
    let mut parts: Vec<Part> = parts
        .map(|(label, value)| Part {
            suppressed: suppressed(value),
            value: value
                .zip(wholes.get(&label))
                .map(|(value, whole)| value * measure.per / whole),
            label,
        })
        .collect();
    // Greatest first again; what is unknown comes last.
    parts.sort_by(|one, other| match (one.value, other.value) {
        (Some(one), Some(other)) => other.total_cmp(&one),
        (one, other) => other.is_some().cmp(&one.is_some()),
    });
    Ok(parts)
}

/// The denominator, if it can be broken down in the same way.
fn own_denominator<'m>(
    reader: &Reader,
    measure: &'m Measure,
    dimension: &str,
) -> Result<Option<&'m Denominator>, AskError> {
    let Some(denominator) = &measure.denominator else {
        return Ok(None);
    };
    let dataset = reader.countable(denominator.dataset.as_str())?;
    Ok(query::has_column(dataset, dimension).then_some(denominator))
}

/// The figure over time; nothing where the measure has no time axis.
///
/// # Errors
/// When a dataset may not be read or is not loaded, or the machine fails.
pub async fn series(
    reader: &Reader,
    measure: &Measure,
    at: &At,
) -> Result<Option<Series>, AskError> {
    let Some(sql) = query::series(measure) else {
        return Ok(None);
    };
    let factor = factor(reader, measure, at).await?;
    let (batches, _) = ask(reader, sql, at).await?;
    let points = pairs(&batches)
        .into_iter()
        .filter_map(|(label, value)| {
            Some(Point {
                at: label?,
                value: value.zip(factor).map(|(value, factor)| value * factor),
            })
        })
        .collect();
    Ok(Some(Series { points }))
}

/// The figure with everything it stands on.
///
/// # Errors
/// As for [`figure`].
pub async fn receipt(
    reader: &Reader,
    measure: &Measure,
    at: &At,
    now: DateTime<Utc>,
) -> Result<Receipt, AskError> {
    let figure = figure(reader, measure, at, now).await?;
    let mut versions = Vec::new();
    if let Figure::Known { versions: read, .. } | Figure::Stale { versions: read, .. } = &figure {
        for (dataset, number) in read {
            let record = reader.version(dataset, &At::Version(*number))?;
            versions.push(VersionReceipt {
                dataset: dataset.clone(),
                version: *number,
                load_id: record.load_id.clone(),
                committed_at: record.committed_at,
                sources: record.sources.clone(),
            });
        }
    }
    Ok(Receipt {
        measure: measure.clone(),
        figure,
        query: query::figure(measure),
        denominator_query: measure.denominator.as_ref().map(query::denominator),
        versions,
        asked_at: now,
    })
}

/// What a part's value is multiplied by; nothing where the denominator is missing.
async fn factor(reader: &Reader, measure: &Measure, at: &At) -> Result<Option<f64>, AskError> {
    let Some(denominator) = &measure.denominator else {
        return Ok(Some(measure.per));
    };
    Ok(
        match one(reader, query::denominator(denominator), at).await? {
            One::Value(divisor) if divisor != 0.0 => Some(measure.per / divisor),
            _ => None,
        },
    )
}

/// Rows, and whether something of them is hidden because so few are counted.
async fn ask(reader: &Reader, sql: String, at: &At) -> Result<(Vec<RecordBatch>, bool), AskError> {
    let question = Question {
        sql,
        at: at.clone(),
    };
    let answer = reader.ask(question).await?;
    let hides = answer.hidden.is_some_and(|hidden| hidden > 0);
    Ok((answer.collect().await?, hides))
}

/// One number of an answer.
enum One {
    Value(f64),
    /// So few are counted that it is not told.
    Hidden,
    None,
}

async fn one(reader: &Reader, sql: String, at: &At) -> Result<One, AskError> {
    let (batches, hides) = ask(reader, sql, at).await?;
    let array = batches
        .iter()
        .find(|batch| batch.num_rows() > 0)
        .and_then(|batch| batch.columns().first().cloned());
    let value = array
        .and_then(|array| {
            array
                .as_primitive_opt::<Float64Type>()
                .filter(|array| array.is_valid(0))
                .map(|array| array.value(0))
        })
        .filter(|value| value.is_finite());
    Ok(match value {
        Some(value) => One::Value(value),
        None if hides => One::Hidden,
        None => One::None,
    })
}

async fn whole(reader: &Reader, sql: String, at: &At) -> Result<u64, AskError> {
    let (batches, _) = ask(reader, sql, at).await?;
    let array = batches
        .first()
        .and_then(|batch| batch.columns().first().cloned());
    Ok(array
        .and_then(|array| {
            array
                .as_primitive_opt::<Int64Type>()
                .map(|array| array.value(0))
        })
        .and_then(|rows| u64::try_from(rows).ok())
        .unwrap_or_default())
}

fn pairs(batches: &[RecordBatch]) -> Vec<(Option<String>, Option<f64>)> {
    let mut pairs = Vec::new();
    for batch in batches {
        let (Some(labels), Some(values)) = (batch.columns().first(), batch.columns().get(1)) else {
            continue;
        };
        let text = arrow::compute::cast(labels, &arrow::datatypes::DataType::Utf8)
            .unwrap_or_else(|_| std::sync::Arc::clone(labels));
        for row in 0..batch.num_rows() {
            let label = text
                .as_string_opt::<i32>()
                .filter(|text| text.is_valid(row))
                .map(|text| text.value(row).to_owned());
            let value = values
                .as_primitive_opt::<Float64Type>()
                .filter(|values| values.is_valid(row))
                .map(|values| values.value(row));
            pairs.push((label, value));
        }
    }
    pairs
}
