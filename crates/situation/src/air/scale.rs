//! The index of one concentration.

use chrono::NaiveDate;
use serde::Serialize;

/// A pollutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pollutant {
    /// Sulphur dioxide, ppm.
    So2,
    /// Carbon monoxide, ppm.
    Co,
    /// Ozone, ppm.
    O3,
    /// Nitrogen dioxide, ppm.
    No2,
    /// Fine dust, ㎍/㎥.
    Pm10,
    /// Ultrafine dust, ㎍/㎥.
    Pm25,
}

impl Pollutant {
    /// All of them, in the order values are kept.
    pub const ALL: [Self; 6] = [
        Self::So2,
        Self::Co,
        Self::O3,
        Self::No2,
        Self::Pm10,
        Self::Pm25,
    ];

    /// Those without which there is no index.
    pub const NEEDED: [Self; 4] = [Self::Pm10, Self::Pm25, Self::O3, Self::No2];

    /// Its place among all.
    pub fn at(self) -> usize {
        match self {
            Self::So2 => 0,
            Self::Co => 1,
            Self::O3 => 2,
            Self::No2 => 3,
            Self::Pm10 => 4,
            Self::Pm25 => 5,
        }
    }

    /// Its word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::So2 => "so2",
            Self::Co => "co",
            Self::O3 => "o3",
            Self::No2 => "no2",
            Self::Pm10 => "pm10",
            Self::Pm25 => "pm25",
        }
    }

    /// The smallest difference that is published: a band begins so much above the end of the one below.
    pub fn step(self) -> f64 {
        match self {
            Self::So2 | Self::O3 | Self::No2 => 0.001,
            Self::Co => 0.01,
            Self::Pm10 | Self::Pm25 => 1.0,
        }
    }

    /// Whether the mean of a day is judged instead of an hour.
    pub fn is_dust(self) -> bool {
        matches!(self, Self::Pm10 | Self::Pm25)
    }
}

/// A band of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// 좋음.
    Good,
    /// 보통.
    Moderate,
    /// 나쁨.
    Bad,
    /// 매우 나쁨.
    VeryBad,
}

impl Grade {
    const ALL: [Self; 4] = [Self::Good, Self::Moderate, Self::Bad, Self::VeryBad];

    /// Its word in texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Moderate => "moderate",
            Self::Bad => "bad",
            Self::VeryBad => "very-bad",
        }
    }
}

/// How the index is computed from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// First day on which it holds.
    pub from: NaiveDate,
    /// Upper ends of the four bands of the index.
    pub index: [f64; 4],
    /// Upper ends of the four bands of each pollutant.
    pub bands: [[f64; 4]; 6],
    /// From which concentration on the last hours of fine and of ultrafine dust are weighed.
    pub predicts_from: [f64; 2],
    /// Added when two pollutants are bad or worse, and when three or more are.
    pub surcharges: [f64; 2],
}

/// The scale that holds on a day: the newest that has begun.
pub fn in_force(scales: &[Scale], day: NaiveDate) -> Option<&Scale> {
    scales
        .iter()
        .filter(|scale| scale.from <= day)
        .max_by_key(|scale| scale.from)
}

impl Scale {
    /// The index of a concentration with its grade; nothing for what is no concentration.
    ///
    /// Concentrations are rounded as they are published, so that a band begins where the one below ends plus a step.
    /// Above the last band the index is its end.
    pub fn sub_index(&self, pollutant: Pollutant, concentration: f64) -> Option<(u32, Grade)> {
        if !concentration.is_finite() || concentration < 0.0 {
            return None;
        }
        let step = pollutant.step();
        let steps = |value: f64| (value / step).round();
        let bands = self.bands.get(pollutant.at())?;
        let own = steps(concentration);
        let (mut from, mut low) = (0.0, 0.0);
        for ((end, high), grade) in bands.iter().zip(self.index).zip(Grade::ALL) {
            let until = steps(*end);
            if own <= until {
                let share = if until > from {
                    (own - from) / (until - from)
                } else {
                    1.0
                };
                return Some((whole(low + (high - low) * share), grade));
            }
            (from, low) = (until + 1.0, high + 1.0);
        }
        let [.., last] = self.index;
        Some((whole(last), Grade::VeryBad))
    }

    /// The grade of an index.
    pub fn grade(&self, index: u32) -> Grade {
        let own = f64::from(index);
        let mut grades = self.index.iter().zip(Grade::ALL);
        grades
            .find(|(end, _)| own <= **end)
            .map_or(Grade::VeryBad, |(_, grade)| grade)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index is a small number that is not negative"
)]
pub(crate) fn whole(value: f64) -> u32 {
    value.round().max(0.0) as u32
}
