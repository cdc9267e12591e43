//! The air at the city's stations, as this reader may see it.

use access::{AskError, At, Reader, Sort};
use chrono::NaiveDateTime;
use city::City;
use city::situation::{AirScale, day};
use serde_json::{Value, json};
use situation::air::{Doubt, Hour, Pollutant, Reading, Scale, doubts, in_force, present, reading};

use super::cells::Columns;

/// Newest rows that are looked at: a week of a hundred stations, the longest that a sensor must be stuck.
const ROWS: u64 = 24 * 7 * 100;

/// The air of the city.
#[derive(Clone, Debug, PartialEq)]
pub struct Air {
    /// The dataset.
    pub dataset: city::DatasetId,
    /// Stations, by name.
    pub stations: Vec<Station>,
    /// The newest hour of any station whose clock is not ahead.
    pub newest: Option<NaiveDateTime>,
    /// Where the scale in force is written; none where none has begun.
    pub basis: Option<String>,
}

/// A station.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// Its name.
    pub name: String,
    /// Its last hour; none where no scale is in force.
    pub reading: Option<Reading>,
    /// When it measured last.
    pub last: Option<NaiveDateTime>,
    /// What is odd.
    pub doubts: Vec<Doubt>,
}

/// The air at a moment of the city's clock; nothing where the city declares none.
///
/// # Errors
/// When it may not be seen or cannot be read.
pub async fn air(
    city: &City,
    reader: &Reader,
    now: NaiveDateTime,
) -> Result<Option<Air>, AskError> {
    let Some(declared) = &city.situation.air else {
        return Ok(None);
    };
    let mut columns = Columns::of(&declared.dataset)
        .must("station", &declared.station)
        .must("at", &declared.measured);
    for (own, name) in declared.pollutants() {
        columns = columns.may(reader, own, name);
    }
    let mut question = columns.question(At::Latest);
    question.sort = vec![Sort {
        column: declared.measured.clone(),
        descending: true,
    }];
    question.limit = Some(ROWS);
    let cells = columns.ask(reader, &question).await?;
    let mut stations: std::collections::BTreeMap<String, Vec<Hour>> =
        std::collections::BTreeMap::new();
    for part in cells.parts() {
        for row in 0..part.rows {
            let (Some(station), Some(at)) = (part.text("station", row), part.moment("at", row))
            else {
                continue;
            };
            let values = Pollutant::ALL.map(|own| part.number(own.word(), row));
            stations
                .entry(station)
                .or_default()
                .push(Hour { at, values });
        }
    }
    let scales: Vec<(&AirScale, Scale)> = declared
        .scales
        .iter()
        .filter_map(|own| Some((own, scale(own)?)))
        .collect();
    let all: Vec<Scale> = scales.iter().map(|(_, scale)| scale.clone()).collect();
    let scale = in_force(&all, now.date());
    let written = scales.iter().find(|(_, own)| Some(own) == scale);
    for hours in stations.values_mut() {
        hours.sort_by_key(|hour| hour.at);
        hours.dedup_by_key(|hour| hour.at);
    }
    // What is ahead of the clock says nothing of the others.
    let newest = stations
        .values()
        .filter_map(|hours| present(hours, now).last().map(|hour| hour.at))
        .max();
    let station = |(name, hours): (String, Vec<Hour>)| {
        // An hour that has not been takes nothing away from those that have.
        let past = present(&hours, now);
        let known = if past.is_empty() { &hours } else { past };
        Station {
            reading: scale.and_then(|scale| reading(known, scale)),
            last: known.last().map(|hour| hour.at),
            doubts: doubts(&hours, now, newest),
            name,
        }
    };
    Ok(Some(Air {
        dataset: declared.dataset.clone(),
        stations: stations.into_iter().map(station).collect(),
        newest,
        basis: written.map(|(own, _)| own.basis.clone()),
    }))
}

/// A scale as the folder writes it; `madang check` has looked at its bands.
fn scale(own: &AirScale) -> Option<Scale> {
    let four = |bands: &[f64]| <[f64; 4]>::try_from(bands).ok();
    Some(Scale {
        from: day(&own.from)?,
        index: four(&own.index)?,
        bands: [
            four(&own.so2)?,
            four(&own.co)?,
            four(&own.o3)?,
            four(&own.no2)?,
            four(&own.pm10)?,
            four(&own.pm25)?,
        ],
        predicts_from: [own.pm10_predicts_from, own.pm25_predicts_from],
        surcharges: <[f64; 2]>::try_from(own.surcharges.as_slice()).ok()?,
    })
}

/// The air as JSON.
pub fn told(air: &Air) -> Value {
    let station = |own: &Station| {
        json!({
            "station": own.name, "last": own.last, "reading": own.reading, "doubts": own.doubts,
        })
    };
    json!({
        "dataset": air.dataset, "basis": air.basis, "newest": air.newest,
        "stations": air.stations.iter().map(station).collect::<Vec<_>>(),
    })
}
