//! A figure beside itself: before, a year ago, and beside other areas.

use access::{AskError, At, Reader};
use chrono::{DateTime, Months, NaiveDate, Utc};
use city::measure::Direction;
use city::{Measure, Period};
use serde::Serialize;

use crate::ask::Asking;
use crate::asked::{Asked, pins};
use crate::figure::figure;
use crate::parts::breakdown;
use crate::query::Side;

/// A figure beside what its manifest says it is compared with. What is not known stays so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The period compared: the one asked for, or the newest that is over. Nothing where versions are compared.
    pub period: Option<Period>,
    /// Whether that is only the part of what was asked for that is over; it is compared with as much of the others.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_part: bool,
    /// The value of that period, or of the newest version.
    pub now: Option<f64>,
    /// Beside the period, or the version, before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Change>,
    /// Beside the same period a year before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_year: Option<Change>,
    /// Beside the other areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub areas: Option<Areas>,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The period it is compared with.
    pub period: Option<Period>,
    /// Or the version.
    pub version: Option<i64>,
    /// The value then.
    pub value: Option<f64>,
    /// Now less then.
    pub difference: Option<f64>,
    /// The difference in hundredths of the value then; nothing where that was zero.
    pub percent: Option<f64>,
    /// Which way it went.
    pub trend: Trend,
    /// Whether that is what the city wants; nothing where it wants neither, or nothing changed.
    pub better: Option<bool>,
}

/// Which way a figure went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trend {
    /// It rose.
    Up,
    /// It fell.
    Down,
    /// It is the same.
    Same,
    /// One of the two is not known.
    Unknown,
}

/// A figure beside those of other areas.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Areas {
    /// The dimension.
    pub dimension: String,
    /// Areas with a value.
    pub known: usize,
    /// Areas without one.
    pub unknown: usize,
    /// The one with the greatest value.
    pub highest: Option<Area>,
    /// The one with the least.
    pub lowest: Option<Area>,
    /// The value in the middle.
    pub median: Option<f64>,
    /// The area asked for, and its place from the greatest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<Area>,
}

/// One area.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Area {
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: f64,
    /// Its place, the greatest first; areas with the same value share one.
    pub place: usize,
}

impl Change {
    /// From a value then to one now.
    pub fn of(now: Option<f64>, then: Option<f64>, direction: Direction) -> Self {
        let difference = now.zip(then).map(|(now, then)| now - then);
        let trend = match difference {
            None => Trend::Unknown,
            Some(difference) if difference > 0.0 => Trend::Up,
            Some(difference) if difference < 0.0 => Trend::Down,
            Some(_) => Trend::Same,
        };
        let better = match (trend, direction) {
            (Trend::Up, Direction::Up) | (Trend::Down, Direction::Down) => Some(true),
            (Trend::Up, Direction::Down) | (Trend::Down, Direction::Up) => Some(false),
            _ => None,
        };
        Self {
            period: None,
            version: None,
            value: then,
            difference,
            percent: difference
                .zip(then.filter(|then| *then != 0.0))
                .map(|(difference, then)| difference / then.abs() * 100.0),
            trend,
            better,
        }
    }
}

/// A measure beside what its manifest says it is compared with; nothing where it says nothing.
///
/// # Errors
/// As for [`figure`].
pub async fn compare(
    reader: &Reader,
    measure: &Measure,
    asked: impl Into<Asked>,
    now: DateTime<Utc>,
) -> Result<Option<Comparison>, AskError> {
    let asked = asked.into();
    let declared = &measure.compare;
    if !declared.previous && !declared.last_year && declared.areas.is_none() {
        return Ok(None);
    }
    let one = One {
        reader,
        measure,
        asked: &asked,
        now,
    };
    let found = match measure.time {
        Some(_) => one.periods().await,
        None => one.versions().await,
    };
    let mut comparison = match found {
        Err(
            AskError::Denied(_)
            | AskError::NotLoaded(_)
            | AskError::NotBrokenDown { .. }
            | AskError::Computed(_),
        ) => {
            return Ok(None);
        }
        found => found?,
    };
    if let Some(dimension) = &declared.areas {
        comparison.areas = one.areas(dimension).await?;
    }
    Ok(Some(comparison))
}

struct One<'o> {
    reader: &'o Reader,
    measure: &'o Measure,
    asked: &'o Asked,
    now: DateTime<Utc>,
}

impl One<'_> {
    async fn value(&self, asked: &Asked) -> Result<Option<f64>, AskError> {
        let found = figure(self.reader, self.measure, asked, self.now).await?;
        Ok(found.value())
    }

    async fn periods(&self) -> Result<Comparison, AskError> {
        let measures = self.asked.measures(self.reader);
        let pins = pins(self.reader, self.measure, measures, self.asked)?;
        let asking = Asking::new(self.reader, self.measure, measures, self.asked, &pins);
        let period = if self.asked.period.is_some() {
            self.asked.period
        } else {
            let mut side = Side::of(self.reader.city(), self.measure);
            asking.narrow(&mut side)?;
            asking.current(&side).await?
        };
        let within = |period: Option<Period>| {
            period.map(|period| Asked {
                period: Some(period),
                ..self.asked.clone()
            })
        };
        let days = asking.all_days().await?.map(|span| span.days);
        let over = match period {
            Some(period) => over(period, days, asking.made_on()?),
            None => None,
        };
        let now = match within(over) {
            Some(asked) => self.value(&asked).await?,
            None => None,
        };
        let direction = self.measure.direction;
        let change = async |then: Option<Period>| {
            let then = then.zip(over).and_then(|(then, over)| {
                if Some(over) == period {
                    Some(then)
                } else {
                    then.as_much(&over)
                }
            });
            // Before the first row nothing is known: that is not 0, and a period of which only the end is known is not known.
            let is_told = then.is_some_and(|then| days.is_none_or(|days| days.from <= then.from));
            let value = match within(then.filter(|_| is_told)) {
                Some(asked) => self.value(&asked).await?,
                None => None,
            };
            Ok::<_, AskError>(Change {
                period: then,
                ..Change::of(now, value, direction)
            })
        };
        let declared = &self.measure.compare;
        let before = period.and_then(|period| period.before());
        let last_year = period.and_then(|period| period.last_year());
        Ok(Comparison {
            period: over.or(period),
            is_part: over.is_some() && over != period,
            now,
            previous: if declared.previous {
                Some(change(before).await?)
            } else {
                None
            },
            last_year: if declared.last_year {
                Some(change(last_year).await?)
            } else {
                None
            },
            areas: None,
        })
    }

    async fn versions(&self) -> Result<Comparison, AskError> {
        let id = self.measure.dataset.as_str();
        let at = self.asked.of(&self.measure.dataset, &self.asked.at);
        let own = self.reader.version(id, &at)?;
        let now = self.value(self.asked).await?;
        let direction = self.measure.direction;
        let change = async |at: Option<At>| {
            let then = match at.map(|at| self.reader.version(id, &at)) {
                Some(Ok(then)) => Some(then.number),
                None | Some(Err(AskError::NoVersion { .. })) => None,
                Some(Err(error)) => return Err(error),
            };
            let value = match then {
                Some(then) => {
                    self.value(&Asked {
                        at: At::Version(then),
                        ..self.asked.clone()
                    })
                    .await?
                }
                None => None,
            };
            Ok::<_, AskError>(Change {
                version: then,
                ..Change::of(now, value, direction)
            })
        };
        let declared = &self.measure.compare;
        let before = (own.number > 1).then(|| At::Version(own.number - 1));
        let year = own.committed_at.checked_sub_months(Months::new(12));
        Ok(Comparison {
            period: None,
            is_part: false,
            now,
            previous: if declared.previous {
                Some(change(before).await?)
            } else {
                None
            },
            last_year: if declared.last_year {
                Some(change(year.map(At::Time)).await?)
            } else {
                None
            },
            areas: None,
        })
    }

    async fn areas(&self, dimension: &str) -> Result<Option<Areas>, AskError> {
        // Areas are compared with each other, whichever one is asked for.
        let mut asked = self.asked.clone();
        let own = asked.equals.iter().find(|(name, _)| name == dimension);
        let own = own.map(|(_, value)| value.clone());
        asked.equals.retain(|(name, _)| name != dimension);
        let parts = match breakdown(self.reader, self.measure, dimension, &asked).await {
            Err(AskError::Denied(_) | AskError::NotLoaded(_)) => return Ok(None),
            found => found?,
        };
        let all = parts.len();
        let mut known: Vec<(String, f64)> = parts
            .into_iter()
            .filter_map(|part| Some((part.label?, part.value?)))
            .collect();
        known.sort_by(|one, other| other.1.total_cmp(&one.1));
        let area = |at: usize| {
            let (label, value) = known.get(at)?;
            let greater = known.iter().filter(|(_, other)| other > value).count();
            Some(Area {
                label: label.clone(),
                value: *value,
                place: greater + 1,
            })
        };
        let place = own.and_then(|own| known.iter().position(|(label, _)| *label == own));
        Ok(Some(Areas {
            dimension: dimension.to_owned(),
            known: known.len(),
            unknown: all - known.len(),
            highest: area(0),
            lowest: known.len().checked_sub(1).and_then(area),
            median: median(&known),
            own: place.and_then(area),
        }))
    }
}

/// What of a period is over: as far as its data reach, and not the day on which their version was made.
fn over(period: Period, days: Option<Period>, made: NaiveDate) -> Option<Period> {
    let yesterday = made.pred_opt().unwrap_or(made);
    let last = days.map_or(yesterday, |days| days.to.min(yesterday));
    (period.from <= last).then(|| Period {
        to: period.to.min(last),
        ..period
    })
}

fn median(known: &[(String, f64)]) -> Option<f64> {
    let upper = known.get(known.len() / 2)?.1;
    if known.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = known.get((known.len() / 2).checked_sub(1)?)?.1;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_period_counts_what_is_over() {
        let period = |text: &str| Period::parse(text).unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (asked, data, made, expected) in [
            // Over, and known whole.
            (
                "2026-10",
                "2025-01-01..2026-11-27",
                "2026-11-27",
                Some("2026-10"),
            ),
            // The month goes on, and so does the day.
            (
                "2026-11",
                "2025-01-01..2026-11-27",
                "2026-11-27",
                Some("2026-11-01..2026-11-26"),
            ),
            ("2026-11-27", "2025-01-01..2026-11-27", "2026-11-27", None),
            // The data reach no further.
            (
                "2026",
                "2025-01-01..2026-10-31",
                "2026-11-27",
                Some("2026-01..2026-10"),
            ),
            ("2026-11", "2025-01-01..2026-10-31", "2026-11-27", None),
        ] {
            let found = over(period(asked), Some(period(data)), day(made));
            assert_eq!(found, expected.map(period), "{asked} {data}");
        }
        assert_eq!(
            over(period("2026"), None, day("2027-01-01")),
            Some(period("2026"))
        );
    }

    #[test]
    fn a_change_of_what_is_not_known_is_not_known() {
        let known = Change::of(Some(90.0), Some(120.0), Direction::Down);
        assert_eq!(known.difference, Some(-30.0));
        assert_eq!((known.percent, known.trend), (Some(-25.0), Trend::Down));
        assert_eq!(known.better, Some(true));
        for (now, then) in [(None, Some(1.0)), (Some(1.0), None), (None, None)] {
            let change = Change::of(now, then, Direction::Up);
            assert_eq!((change.difference, change.percent), (None, None));
            assert_eq!((change.trend, change.better), (Trend::Unknown, None));
        }
        let from_zero = Change::of(Some(5.0), Some(0.0), Direction::Up);
        assert_eq!((from_zero.difference, from_zero.percent), (Some(5.0), None));
        let same = Change::of(Some(5.0), Some(5.0), Direction::Up);
        assert_eq!((same.trend, same.better), (Trend::Same, None));
        let negative = Change::of(Some(-5.0), Some(-10.0), Direction::Neutral);
        assert_eq!(negative.percent, Some(50.0));
    }
}
