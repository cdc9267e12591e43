//! What is asked of a measure: as of when, of which period, of which part.

use std::collections::BTreeMap;

use access::{AskError, At, Reader};
use city::measure::Denominator;
use city::{DatasetId, Measure, MeasureId, Period};
use serde::{Deserialize, Serialize};

/// What is asked of a measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// As of when. A version number is one of the measure's own dataset; what divides it is taken as it was then.
    pub at: At,
    /// Only this period, on the measure's time axis.
    pub period: Option<Period>,
    /// Only where these dimensions have these values.
    pub equals: Vec<(String, String)>,
    /// What is not looked up but taken as it is given.
    pub given: Given,
}

/// What a figure that is asked for again is made of, whatever has come since.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// What the newest versions are taken to be; of a dataset that is not here, the newest is.
    pub versions: Pins,
    /// The measures that may divide it; where there are none, those of the city.
    pub measures: Measures,
}

impl Asked {
    /// The measures that may divide the one that is asked for.
    pub(crate) fn measures<'a>(&'a self, reader: &'a Reader) -> &'a Measures {
        if self.given.measures.is_empty() {
            &reader.city().measures
        } else {
            &self.given.measures
        }
    }

    /// Which state of a dataset is meant.
    pub(crate) fn of(&self, id: &DatasetId, at: &At) -> At {
        match (at, self.given.versions.get(id)) {
            (At::Latest, Some(version)) => At::Version(*version),
            (at, _) => at.clone(),
        }
    }
}

/// The newest versions of everything a measure reads, as [`Given`] takes them.
///
/// # Errors
/// When its own dataset is not loaded, or something it computes with may not be read.
pub fn newest(reader: &Reader, measure: &Measure, asked: &Asked) -> Result<Pins, AskError> {
    pins(reader, measure, asked.measures(reader), asked)
}

impl From<&At> for Asked {
    fn from(at: &At) -> Self {
        Self {
            at: at.clone(),
            ..Self::default()
        }
    }
}

impl From<At> for Asked {
    fn from(at: At) -> Self {
        Self::from(&at)
    }
}

impl From<&Asked> for Asked {
    fn from(asked: &Asked) -> Self {
        asked.clone()
    }
}

/// What narrows a figure, as it is kept in a receipt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowed {
    /// The period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Dimensions and their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<(String, String)>,
}

/// Versions by dataset: each question of one figure is asked of the same.
pub type Pins = BTreeMap<DatasetId, i64>;

/// Measures by id: those a figure is divided by.
pub type Measures = BTreeMap<MeasureId, Measure>;

/// How many measures may divide each other in a row; a circle is refused when the folder is read.
pub(crate) const DEPTH_MAX: usize = 8;

/// The versions of everything a measure reads. What has never been loaded stays out, the measure's own apart.
///
/// # Errors
/// When its own dataset is not loaded, or something it computes with may not be read.
pub(crate) fn pins(
    reader: &Reader,
    measure: &Measure,
    measures: &Measures,
    asked: &Asked,
) -> Result<Pins, AskError> {
    let mut pins = Pins::new();
    let own = asked.of(&measure.dataset, &asked.at);
    let own = reader.version(measure.dataset.as_str(), &own)?;
    pins.insert(measure.dataset.clone(), own.number);
    // A number is one of the measure's own dataset: the others are as they were when it was made.
    let others = match &asked.at {
        At::Version(_) => At::Time(own.committed_at),
        other => other.clone(),
    };
    let mut pin = |id: &DatasetId| pin(reader, id, &asked.of(id, &others), &mut pins);
    let mut here = Some(measure);
    for _ in 0..DEPTH_MAX {
        let Some(one) = here else { break };
        for id in one
            .from()
            .into_iter()
            .skip(usize::from(here == Some(measure)))
        {
            pin(id)?;
        }
        if let Some(id) = one
            .denominator
            .as_ref()
            .and_then(|below| below.dataset.as_ref())
        {
            pin(id)?;
        }
        for id in one.breakdowns.values().filter_map(|own| own.from.as_ref()) {
            match pin(id) {
                // Labels that may not be read only hinder whoever asks for them.
                Ok(()) | Err(AskError::Denied(_)) => {}
                Err(error) => return Err(error),
            }
        }
        here = one
            .denominator
            .as_ref()
            .and_then(|below: &Denominator| measures.get(below.measure.as_ref()?));
    }
    Ok(pins)
}

/// The datasets a measure computes with, and those that divide it: its own first.
pub fn reads(measure: &Measure, measures: &Measures) -> Vec<DatasetId> {
    let mut all: Vec<DatasetId> = Vec::new();
    let mut here = Some(measure);
    for _ in 0..DEPTH_MAX {
        let Some(one) = here else { break };
        let below = one.denominator.as_ref();
        let divides = below.and_then(|below| below.dataset.as_ref());
        for id in one.from().into_iter().chain(divides) {
            if !all.contains(id) {
                all.push(id.clone());
            }
        }
        here = below.and_then(|below| measures.get(below.measure.as_ref()?));
    }
    all
}

fn pin(reader: &Reader, id: &DatasetId, at: &At, pins: &mut Pins) -> Result<(), AskError> {
    if pins.contains_key(id) {
        return Ok(());
    }
    let found = match reader.version(id.as_str(), at) {
        // Nothing was in force yet: the oldest that can be said is what there is.
        Err(AskError::NoVersion { .. }) => reader.version(id.as_str(), &At::Latest),
        found => found,
    };
    match found {
        Ok(version) => {
            pins.insert(id.clone(), version.number);
            Ok(())
        }
        Err(AskError::NotLoaded(_) | AskError::NoVersion { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
