//! What a view shows of a measure: asked once, for pages, pictures and tables alike.

use access::{AskError, Reader};
use chrono::{DateTime, Utc};
use city::Measure;
use city::board::{TIME, View, axes};
use city::measure::Direction;
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

impl Shown {
    /// Its labels and values as text, to the last digit, and what is not told of them: what stays the same as long as
    /// versions do. What passes with time (ages, days left) is not among it.
    pub fn digits(&self) -> String {
        let value = |value: Option<f64>, is_hidden: bool| match value {
            Some(value) => value.to_string(),
            None if is_hidden => "hidden".to_owned(),
            None => "unknown".to_owned(),
        };
        let series = |series: &Series| {
            let points = series.points.iter();
            let each = points.map(|point| format!("{:?} {}", point.at, value(point.value, false)));
            each.collect::<Vec<_>>()
        };
        let lines: Vec<String> = match self {
            Self::Number { figure } => vec![value(figure.value(), false)],
            Self::Trend {
                figure,
                series: own,
            } => std::iter::once(value(figure.value(), false))
                .chain(series(own))
                .collect(),
            Self::History { series: own } => series(own),
            Self::Parts { parts, .. } => parts
                .iter()
                .map(|part| format!("{:?} {}", part.label, value(part.value, part.suppressed)))
                .collect(),
            Self::Cross { table, .. } => {
                let cell = |cell: &crate::cross::Cell| {
                    let is_empty = if cell.empty { " empty" } else { "" };
                    format!("{}{is_empty}", value(cell.value, cell.suppressed))
                };
                let heads = format!("{:?} {:?}", table.rows, table.columns);
                std::iter::once(heads)
                    .chain(table.cells.iter().flatten().map(cell))
                    .collect()
            }
            Self::Spread { spread, .. } => spread
                .steps
                .iter()
                .map(|step| format!("{} {} {:?}", step.from, step.to, step.count))
                .chain([format!("{} {}", spread.unknown, spread.suppressed)])
                .collect(),
            Self::Way {
                series: own,
                progress,
            } => [Some(progress.target), progress.now]
                .map(|number| value(number, false))
                .into_iter()
                .chain(own.iter().flat_map(series))
                .collect(),
        };
        lines.join("\n")
    }

    /// The same with the worst parts first, by the measure's direction; what is not known stays last.
    #[must_use]
    pub fn worst_first(mut self, measure: &Measure) -> Self {
        // Parts come with the greatest first: that is the worst where less is better.
        if let (Self::Parts { parts, .. }, Direction::Up) = (&mut self, measure.direction) {
            parts.sort_by(|one, other| match (one.value, other.value) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                (one, other) => other.is_some().cmp(&one.is_some()),
            });
        }
        self
    }

    /// Whether it shows a value at all.
    pub fn has_value(&self) -> bool {
        match self {
            Self::Number { figure } | Self::Trend { figure, .. } => figure.value().is_some(),
            Self::History { series } => series.points.iter().any(|point| point.value.is_some()),
            Self::Parts { parts, .. } => parts.iter().any(|part| part.value.is_some()),
            Self::Cross { table, .. } => table.values().next().is_some(),
            Self::Spread { spread, .. } => spread.steps.iter().any(|step| step.count.is_some()),
            Self::Way { progress, .. } => progress.now.is_some(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_tell_all_that_may_differ() {
        let parts = |value: Option<f64>, suppressed: bool, label: &str| Shown::Parts {
            by: "name".to_owned(),
            parts: vec![Part {
                label: Some(label.to_owned()),
                value,
                suppressed,
            }],
        };
        let told = [
            parts(Some(0.1 + 0.2), false, "가온"),
            parts(Some(0.3), false, "가온"),
            parts(Some(0.3), false, "누리"),
            parts(None, true, "가온"),
            parts(None, false, "가온"),
        ];
        let digits: std::collections::BTreeSet<String> = told.iter().map(Shown::digits).collect();
        assert_eq!(digits.len(), told.len(), "{digits:?}");
        let has_value: Vec<bool> = told.iter().map(Shown::has_value).collect();
        assert_eq!(has_value, [true, true, true, false, false]);
    }
}
