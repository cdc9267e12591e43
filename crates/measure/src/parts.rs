//! A figure broken down, and over time.

use std::collections::HashMap;

use access::{AskError, Reader};
use city::Measure;
use city::measure::Compute;
use serde::Serialize;

use crate::answer::Group;
use crate::ask::{Asking, Below, Whole};
use crate::asked::{Asked, pins};
use crate::query::Dimension;

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

/// The figure by one of its dimensions, greatest first; bands and moments in their own order. Each part is divided by
/// its own denominator where that has the dimension (the share spent by each department), by the whole one otherwise.
///
/// # Errors
/// When a dataset may not be read or is not loaded, the measure is not broken down by that or by what is asked for, or
/// the machine fails.
pub async fn breakdown(
    reader: &Reader,
    measure: &Measure,
    dimension: &str,
    asked: impl Into<Asked>,
) -> Result<Vec<Part>, AskError> {
    let asked = asked.into();
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked)?;
    let asked = Asking::new(reader, measure, measures, &asked, &pins)
        .settled()
        .await?;
    Asking::new(reader, measure, measures, &asked, &pins)
        .parts(dimension)
        .await
}

/// The figure over time; nothing where the measure has no time axis.
///
/// # Errors
/// As for [`breakdown`].
pub async fn series(
    reader: &Reader,
    measure: &Measure,
    asked: impl Into<Asked>,
) -> Result<Option<Series>, AskError> {
    let asked = asked.into();
    if measure.time.is_none() {
        return Ok(None);
    }
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, &asked)?;
    Asking::new(reader, measure, measures, &asked, &pins)
        .history()
        .await
}

impl Asking<'_> {
    /// The parts of a dimension.
    pub(crate) async fn parts(&self, name: &str) -> Result<Vec<Part>, AskError> {
        let side = self.top().await?;
        let own = side
            .dimension(name)
            .filter(|_| self.measure.dimensions.iter().any(|own| own == name));
        let Some(own) = own else {
            return Err(self.not_broken_down(name));
        };
        let groups = self.groups(&side, &own).await?;
        let mut parts = if let Some(wholes) = self.wholes_by(name).await? {
            let mut parts = self.divided(groups, &wholes);
            // Greatest first again; what is unknown comes last.
            parts.sort_by(|one, other| {
                let by_value = match (one.value, other.value) {
                    (Some(one), Some(other)) => other.total_cmp(&one),
                    (one, other) => other.is_some().cmp(&one.is_some()),
                };
                by_value.then_with(|| one.label.cmp(&other.label))
            });
            parts
        } else {
            let whole = self.whole().await?;
            let factor = self.factor(self.asked.period);
            let part = |group| part(group, &whole, factor);
            groups.into_iter().map(part).collect()
        };
        in_order(&mut parts, &own);
        Ok(parts)
    }

    /// What each part is divided by; nothing where that is the whole.
    async fn wholes_by(
        &self,
        name: &str,
    ) -> Result<Option<HashMap<Option<String>, f64>>, AskError> {
        let declared = self.measure.denominator.as_ref();
        if declared.is_some_and(|below| below.whole.iter().any(|whole| whole == name)) {
            return Ok(None);
        }
        match self.below() {
            Below::Side(side, id) if self.pins.contains_key(id) => {
                let Some(own) = side.dimension(name) else {
                    return Ok(None);
                };
                Ok(Some(by_label(self.groups(&side, &own).await?)))
            }
            Below::Measure(other)
                if self.pins.contains_key(&other.dataset)
                    && other.dimensions.iter().any(|own| own == name) =>
            {
                Ok(Some(self.wholes(other, name).await?))
            }
            _ => Ok(None),
        }
    }

    fn divided(&self, groups: Vec<Group>, wholes: &HashMap<Option<String>, f64>) -> Vec<Part> {
        let factor = self.factor(self.asked.period);
        let mut parts: Vec<Part> = groups
            .into_iter()
            .map(|group| Part {
                suppressed: group.is_hidden,
                value: group
                    .value
                    .zip(wholes.get(&group.label))
                    .map(|(value, whole)| value / whole * factor),
                label: group.label,
            })
            .collect();
        // Of a whole that has rows and no part of them, the share is nothing, and known: an area of people where nothing is
        // counted has 0 for each thousand of them.
        let counts = matches!(
            self.measure.compute,
            Some(Compute::Share { .. } | Compute::Ratio { .. } | Compute::Rate { .. })
        );
        if counts {
            let is_share = matches!(self.measure.compute, Some(Compute::Share { .. }));
            let missing: Vec<Option<String>> = wholes
                .keys()
                .filter(|label| is_share || label.is_some())
                .filter(|label| parts.iter().all(|part| part.label != **label))
                .cloned()
                .collect();
            parts.extend(missing.into_iter().map(|label| Part {
                label,
                value: Some(0.0),
                suppressed: false,
            }));
        }
        parts
    }

    /// The figure by step of its time axis.
    pub(crate) async fn history(&self) -> Result<Option<Series>, AskError> {
        let Some(axis) = &self.measure.time else {
            return Ok(None);
        };
        let mut side = crate::query::Side::of(self.reader.city(), self.measure);
        self.narrow(&mut side)?;
        let Some(sql) = side.history(axis.step) else {
            return Ok(None);
        };
        let groups = self.grouped(sql).await?;
        let wholes = match self.below() {
            // An index has one base for all its steps.
            _ if matches!(self.measure.compute, Some(Compute::Index { .. })) => None,
            Below::Side(below, id) if self.pins.contains_key(id) => {
                match below.history(axis.step) {
                    Some(sql) => Some(by_label(self.grouped(sql).await?)),
                    None => None,
                }
            }
            Below::Measure(other) if self.pins.contains_key(&other.dataset) => {
                self.histories(other).await?
            }
            _ => None,
        };
        let factor = self.factor(None);
        let parts: Vec<Part> = if let Some(wholes) = wholes {
            let divide = |group: Group| {
                let whole = wholes.get(&group.label);
                let value = group.value.zip(whole);
                Part {
                    suppressed: group.is_hidden,
                    value: value.map(|(value, whole)| value / whole * factor),
                    label: group.label,
                }
            };
            groups.into_iter().map(divide).collect()
        } else {
            let whole = self.whole().await?;
            let part = |group| part(group, &whole, factor);
            groups.into_iter().map(part).collect()
        };
        let points = parts.into_iter().filter_map(|part| {
            Some(Point {
                at: part.label?,
                value: part.value,
            })
        });
        Ok(Some(Series {
            points: points.collect(),
        }))
    }
}

fn part(group: Group, whole: &Whole, factor: f64) -> Part {
    Part {
        suppressed: group.is_hidden,
        value: group.value.and_then(|value| whole.divide(value, factor)),
        label: group.label,
    }
}

fn by_label(groups: Vec<Group>) -> HashMap<Option<String>, f64> {
    groups
        .into_iter()
        .filter_map(|group| Some((group.label, group.value.filter(|value| *value != 0.0)?)))
        .collect()
}

/// Parts that have an order of their own are put into it; what has no label comes last.
fn in_order(parts: &mut [Part], dimension: &Dimension) {
    if dimension.is_time {
        parts.sort_by(|one, other| {
            let none_last = one.label.is_none().cmp(&other.label.is_none());
            none_last.then_with(|| one.label.cmp(&other.label))
        });
    } else if !dimension.order.is_empty() {
        let place = |part: &Part| {
            let label = part.label.as_ref();
            label.and_then(|label| dimension.order.iter().position(|own| own == label))
        };
        parts.sort_by_key(|part| place(part).unwrap_or(usize::MAX));
    }
}
