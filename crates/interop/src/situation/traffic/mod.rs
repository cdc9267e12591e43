//! Traffic as this reader may see it.
//!
//! | module | holds |
//! | --- | --- |
//! | `ask` | the rows: links, speeds, what is usual, incidents |
//! | [`way`] | how long it takes between two places |
//! | [`tell`] | all of it as JSON and on a map |
//! | [`serve`] | the addresses |

mod ask;
pub mod serve;
pub mod tell;
pub mod way;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::{AskError, Reader};
use chrono::{NaiveDateTime, TimeDelta, Timelike};
use city::situation::TrafficBand;
use city::{City, DatasetId};
use situation::traffic::{Band, Level, Present, Reading, Speeds, level, present};

pub use ask::{Incident, Roads};

use super::kept::Kept;

/// The traffic of the city at a moment.
#[derive(Debug)]
pub struct Traffic {
    /// The datasets of links and of speeds.
    pub datasets: [DatasetId; 2],
    /// The road network.
    pub roads: Arc<Roads>,
    /// Its links as they are now, in the same order.
    pub links: Vec<Now>,
    /// Ids that speeds came for and no link has.
    pub strangers: Vec<String>,
    /// The newest speed of any link whose clock is not ahead.
    pub newest: Option<NaiveDateTime>,
    /// What is in the way; nothing where the city declares none or it may not be seen.
    pub incidents: Option<Vec<Incident>>,
    /// Until how old a speed is known, in minutes.
    pub stale: u32,
    /// The city's bands.
    pub bands: Vec<TrafficBand>,
    /// Readings beyond the limit that were not looked at.
    pub more: bool,
    /// The moment.
    pub now: NaiveDateTime,
}

/// A link as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Now {
    /// Its speed.
    pub present: Present,
    /// What is usual on such a day at such an hour, in km/h.
    pub usual: Option<f64>,
    /// How it flows; nothing where that is not known.
    pub level: Option<Level>,
}

/// The traffic at a moment of the city's clock; nothing where the city declares none.
///
/// # Errors
/// When it may not be seen or cannot be read.
pub async fn traffic(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    now: NaiveDateTime,
) -> Result<Option<Traffic>, AskError> {
    let Some(declared) = &city.situation.traffic else {
        return Ok(None);
    };
    // Nobody measures traffic to the second.
    let now = now.with_nanosecond(0).unwrap_or(now);
    let Some(roads) = ask::roads(city, kept, reader, &declared.links).await? else {
        return Ok(None);
    };
    let weeks = TimeDelta::weeks(i64::from(declared.weeks));
    let last = ask::last(reader, &declared.speeds, now - weeks).await?;
    // What is ahead of the clock says nothing of the others.
    let newest = last
        .iter()
        .map(|own| own.1.at)
        .filter(|at| *at <= now)
        .max();
    let recent = match newest {
        Some(newest) => ask::recent(reader, &declared.speeds, newest).await?,
        None => ask::Recent::default(),
    };
    let usual = ask::usual(city, reader, declared, now).await?;
    let incidents = match &declared.incidents {
        Some(own) => ask::incidents(reader, own, &roads, now).await?,
        None => None,
    };
    let bands: Vec<Band> = declared.bands.iter().map(band).collect();
    let stale = TimeDelta::minutes(i64::from(declared.stale));
    let strangers = last.iter().map(|(id, _)| id);
    let strangers = strangers
        .filter(|id| roads.network.at(id).is_none() && !roads.network.is_troubled(id))
        .cloned();
    let strangers: Vec<String> = strangers.collect();
    let readings = readings(&roads, last, recent.rows);
    let link = |(at, link): (usize, &situation::traffic::Link)| {
        let own = readings.get(&at).map_or(&[][..], Vec::as_slice);
        let present = present(own, now, newest, stale);
        Now {
            level: present.speed().and_then(|speed| level(link, speed, &bands)),
            usual: usual.get(&link.id).copied(),
            present,
        }
    };
    let links = roads.network.links.iter().enumerate().map(link).collect();
    Ok(Some(Traffic {
        datasets: [
            declared.links.dataset.clone(),
            declared.speeds.dataset.clone(),
        ],
        links,
        strangers,
        newest,
        incidents,
        stale: declared.stale,
        bands: declared.bands.clone(),
        more: recent.more,
        roads,
        now,
    }))
}

/// The readings of each link in order of time: the recent ones, or the last where it is older.
fn readings(
    roads: &Roads,
    last: Vec<(String, Reading)>,
    recent: Vec<(String, Reading)>,
) -> HashMap<usize, Vec<Reading>> {
    let mut all: HashMap<usize, BTreeMap<NaiveDateTime, Reading>> = HashMap::new();
    for (id, reading) in last.into_iter().chain(recent) {
        if let Some(at) = roads.network.at(&id) {
            all.entry(at).or_default().insert(reading.at, reading);
        }
    }
    let ordered = all.into_iter();
    ordered
        .map(|(at, own)| (at, own.into_values().collect()))
        .collect()
}

fn band(own: &TrafficBand) -> Band {
    Band {
        class: own.class.clone(),
        limit_from: own.limit_from,
        slow: own.slow,
        jammed: own.jammed,
    }
}

impl Traffic {
    /// Speeds of the links for the search of a way.
    pub fn speeds(&self) -> Vec<Speeds> {
        let speeds = self.links.iter().map(|own| Speeds {
            now: own.present.speed(),
            usual: own.usual,
        });
        speeds.collect()
    }

    /// How many links flow so; nothing counts those of which it is not known.
    pub fn count(&self, level: Option<Level>) -> usize {
        self.links.iter().filter(|own| own.level == level).count()
    }

    /// Places of links whose speed is known, the slowest against the usual first.
    pub fn slowest(&self) -> Vec<usize> {
        let known = self.links.iter().enumerate();
        let mut known: Vec<(usize, f64, f64)> = known
            .filter_map(|(at, own)| {
                let speed = own.present.speed()?;
                let share = own.usual.map_or(1.0, |usual| speed / usual);
                Some((at, share, speed))
            })
            .collect();
        let level = |at: usize| self.links.get(at).and_then(|own| own.level);
        // Jammed before slow before free; among them what is farthest below its usual.
        known.sort_by(|a, b| {
            let by_level = level(b.0).cmp(&level(a.0));
            by_level.then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
        });
        known.into_iter().map(|(at, ..)| at).collect()
    }

    /// Places of links that something is odd of.
    pub fn doubted(&self) -> Vec<usize> {
        let odd = self.links.iter().enumerate();
        odd.filter(|(_, own)| own.present.state != situation::traffic::State::Known)
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether nothing came from any link for longer than speeds are known.
    pub fn has_stopped(&self) -> bool {
        let stale = TimeDelta::minutes(i64::from(self.stale));
        self.newest.is_none_or(|newest| self.now - newest > stale)
    }
}
