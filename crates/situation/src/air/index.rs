//! The index of a station at its last hour.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use super::scale::{Grade, Pollutant, Scale, whole};

/// Of twelve hours so many must be measured, and of four so many: three quarters, as for published means.
const ENOUGH: [(i64, usize); 2] = [(12, 9), (4, 3)];

/// What a station measured in an hour, in the order of [`Pollutant::ALL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// When.
    pub at: NaiveDateTime,
    /// What was told as concentrations, as it came.
    pub values: [Option<f64>; 6],
}

impl Hour {
    /// The concentration of a pollutant; what is below nothing is none.
    pub fn of(&self, pollutant: Pollutant) -> Option<f64> {
        self.told(pollutant)
            .filter(|own| own.is_finite() && *own >= 0.0)
    }

    /// What the station told of a pollutant, whatever it is.
    pub fn told(&self, pollutant: Pollutant) -> Option<f64> {
        self.values.get(pollutant.at()).copied().flatten()
    }
}

/// One pollutant at a station.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sub {
    /// The pollutant.
    pub pollutant: Pollutant,
    /// The concentration that was judged: of the hour, or of dust the predicted mean of a day.
    pub concentration: Option<f64>,
    /// What was measured in the hour, where that is another thing.
    pub measured: Option<f64>,
    /// Its index.
    pub index: Option<u32>,
    /// Its grade.
    pub grade: Option<Grade>,
}

/// The index, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Index {
    /// It is known.
    Known {
        /// The index.
        value: u32,
        /// Its grade.
        grade: Grade,
        /// The pollutant that decides it.
        of: Pollutant,
        /// What was added because several pollutants are bad.
        surcharge: u32,
    },
    /// It is not known.
    Unknown {
        /// Pollutants without which there is none.
        lacks: Vec<Pollutant>,
        /// Those of them that were measured in the hour, but in too few of the hours before.
        few: Vec<Pollutant>,
    },
}

/// A station at its last hour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// When.
    pub at: NaiveDateTime,
    /// Each pollutant.
    pub subs: Vec<Sub>,
    /// All together.
    pub index: Index,
}

/// A station at its last hour; `hours` are in order of time, each once.
pub fn reading(hours: &[Hour], scale: &Scale) -> Option<Reading> {
    let last = hours.last()?;
    let subs: Vec<Sub> = Pollutant::ALL
        .into_iter()
        .map(|pollutant| {
            let concentration = if pollutant.is_dust() {
                predicted(hours, pollutant, scale)
            } else {
                last.of(pollutant)
            };
            let found = concentration.and_then(|own| scale.sub_index(pollutant, own));
            Sub {
                pollutant,
                concentration,
                measured: last.of(pollutant).filter(|_| pollutant.is_dust()),
                index: found.map(|(index, _)| index),
                grade: found.map(|(_, grade)| grade),
            }
        })
        .collect();
    Some(Reading {
        at: last.at,
        index: together(&subs, scale),
        subs,
    })
}

/// The highest sub-index, and what is added when several pollutants are bad.
fn together(subs: &[Sub], scale: &Scale) -> Index {
    let lacks = |wanted: &Pollutant| {
        !subs
            .iter()
            .any(|sub| sub.pollutant == *wanted && sub.index.is_some())
    };
    let lacks: Vec<Pollutant> = Pollutant::NEEDED.into_iter().filter(lacks).collect();
    let known = subs.iter().filter_map(|sub| Some((sub.index?, sub)));
    let highest = known.max_by_key(|(index, sub)| (*index, std::cmp::Reverse(sub.pollutant)));
    let Some((highest, of)) = highest.filter(|_| lacks.is_empty()) else {
        let is_few = |own: &Pollutant| {
            let sub = subs.iter().find(|sub| sub.pollutant == *own);
            sub.is_some_and(|sub| sub.concentration.is_none() && sub.measured.is_some())
        };
        let few = lacks.iter().copied().filter(is_few).collect();
        return Index::Unknown { lacks, few };
    };
    let bad = subs
        .iter()
        .filter(|sub| sub.grade.is_some_and(|grade| grade >= Grade::Bad))
        .count();
    let [two, more] = scale.surcharges;
    let surcharge = match bad {
        0 | 1 => 0,
        2 => whole(two),
        _ => whole(more),
    };
    let [.., last] = scale.index;
    let value = (highest + surcharge).min(whole(last));
    Index::Known {
        value,
        grade: scale.grade(value),
        of: of.pollutant,
        surcharge,
    }
}

/// The mean of a day as it will be (24시간 예측이동평균): half the mean of the last twelve hours, half that of the last
/// four, in which an hour of much dust that is like the twelve counts three quarters.
fn predicted(hours: &[Hour], pollutant: Pollutant, scale: &Scale) -> Option<f64> {
    let now = hours.last()?.at;
    let within = |span: i64| -> Vec<f64> {
        let recent = hours
            .iter()
            .rev()
            .take_while(|hour| now - hour.at < TimeDelta::hours(span));
        recent.filter_map(|hour| hour.of(pollutant)).collect()
    };
    let [(long, enough_long), (short, enough_short)] = ENOUGH;
    let (long, short) = (within(long), within(short));
    if long.len() < enough_long || short.len() < enough_short {
        return None;
    }
    let long = mean(&long)?;
    let [fine, ultrafine] = scale.predicts_from;
    let much = if pollutant == Pollutant::Pm10 {
        fine
    } else {
        ultrafine
    };
    let weighed: Vec<f64> = short
        .iter()
        .map(|own| {
            let is_like = long > 0.0 && (0.9..=1.7).contains(&(own / long));
            if *own >= much && is_like {
                own * 0.75
            } else {
                *own
            }
        })
        .collect();
    Some(f64::midpoint(long, mean(&weighed)?))
}

fn mean(values: &[f64]) -> Option<f64> {
    let count = u32::try_from(values.len())
        .ok()
        .filter(|count| *count > 0)?;
    Some(values.iter().sum::<f64>() / f64::from(count))
}
