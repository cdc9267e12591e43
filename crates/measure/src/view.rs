//! What a view shows of a measure: asked once, for pages, pictures and tables alike.

use access::{AskError, Reader};
use chrono::{DateTime, Utc};
use city::Measure;
use city::board::{TIME, View, axes};
use serde::Serialize;

use crate::asked::Asked;
use crate::cross::{Cross, cross};
use crate::figure::{Figure, figure};
use crate::parts::{Part, Series, breakdown, series};
use crate::spread::{Spread, spread};
use crate::target::{Progress, progress};

/// What a view shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "shows", rename_all = "kebab-case")]
pub enum Shown {
    /// One number.
    Number {
        /// It.
        figure: Figure,
    },
    /// One number over its history.
    Trend {
        /// It.
        figure: Figure,
        /// The history.
        series: Series,
    },
    /// A history.
    History {
        /// It.
        series: Series,
    },
    /// Parts of one dimension.
    Parts {
        /// The dimension.
        by: String,
        /// The parts.
        parts: Vec<Part>,
    },
    /// Two dimensions.
    Cross {
        /// How they are shown.
        view: View,
        /// The first.
        by: String,
        /// The second.
        across: String,
        /// The cells.
        table: Cross,
    },
    /// How values are spread.
    Spread {
        /// The parts whose values they are; those of rows when absent.
        by: Option<String>,
        /// The spread.
        spread: Spread,
    },
    /// The way to the target.
    Way {
        /// The history, where there is one.
        series: Option<Series>,
        /// How far it is.
        progress: Progress,
    },
}

/// What a view shows of a measure; nothing where the measure has nothing of that kind.
///
/// # Errors
/// When a dataset may not be read or is not loaded, the measure is not broken down by that or by what is asked for, or
/// the machine fails.
pub async fn shown(
    reader: &Reader,
    measure: &Measure,
    (view, by, across): (View, Option<&str>, Option<&str>),
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Option<Shown>, AskError> {
    let (by, across) = axes(measure, view, by, across);
    Ok(match (view, by, across) {
        (View::Number, ..) => Some(Shown::Number {
            figure: figure(reader, measure, asked, now).await?,
        }),
        (View::Trend, ..) => match series(reader, measure, asked).await? {
            Some(series) => Some(Shown::Trend {
                figure: figure(reader, measure, asked, now).await?,
                series,
            }),
            None => None,
        },
        (View::Line, ..) | (View::Bar | View::Table, Some(TIME), _) => {
            let series = series(reader, measure, asked).await?;
            series.map(|series| Shown::History { series })
        }
        (View::Trajectory, ..) => {
            let progress = progress(reader, measure, asked, now).await?;
            let series = series(reader, measure, asked).await?;
            progress.map(|progress| Shown::Way { series, progress })
        }
        (View::Distribution, by, _) => Some(Shown::Spread {
            by: by.map(str::to_owned),
            spread: spread(reader, measure, by, asked).await?,
        }),
        (View::Stacked | View::Heat | View::Multiples, Some(by), Some(across)) => {
            Some(Shown::Cross {
                view,
                by: by.to_owned(),
                across: across.to_owned(),
                table: cross(reader, measure, [by, across], asked).await?,
            })
        }
        (View::Bar | View::Areas | View::Table, Some(by), _) => Some(Shown::Parts {
            by: by.to_owned(),
            parts: breakdown(reader, measure, by, asked).await?,
        }),
        _ => None,
    })
}
