//! "What is going on here?": everything the call desk is asked for, at one place.

use std::sync::Arc;

use access::{AskError, Reader};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use city::calendar::korean_time;
use city::{City, DepartmentId, Lang};
use geo_types::{Coord, Geometry, Point};
use serde::Serialize;
use serde_json::{Value, json};
use situation::address::{Gazetteer, Number, Record};
use situation::here::{Contact, Here, Near, outside, spoken};
use situation::plane::Plane;

use super::closures;
use super::complaints::{self, Nearby};
use super::kept::Kept;
use super::places;
use super::territory::territory;
use super::works::{self, Works};

/// How far around a place is looked, in metres, unless said otherwise.
pub const METRES: f64 = 300.0;
/// Nearest.
pub const METRES_MIN: f64 = 10.0;
/// Farthest.
pub const METRES_MAX: f64 = 2_000.0;
/// A place that somebody picked on a map is called by what is at most so many metres away: nobody says degrees on the
/// telephone.
const BESIDE_METRES: f64 = 100.0;
/// Days of complaints.
const DAYS: u32 = 30;
/// Days ahead that works are planned.
const AHEAD: i64 = 90;
/// Works, complaints and addresses that are listed.
const LISTED: usize = 20;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// An address, the name of a place or a building, or a longitude and a latitude.
    pub text: String,
    /// Longitude and latitude, where somebody clicked on a map.
    pub at: Option<[f64; 2]>,
    /// How far around.
    pub metres: Option<f64>,
    /// What the call is about, by a topic of the complaints: those like it are listed.
    pub topic: Option<String>,
}

/// What is going on at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The place; none where nobody knows it.
    pub at: Option<[f64; 2]>,
    /// Whether it lies in another city: nothing is said of it then.
    pub is_outside: bool,
    /// Addresses and places by name that may be meant, the likeliest first.
    pub addresses: Vec<Address>,
    /// What is going on there.
    pub here: Here,
    /// The newest complaints; of a topic that was asked for, only these.
    pub complaints: Vec<Nearby>,
}

/// An address or a place by name that may be meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Address {
    /// The address, or the place.
    pub record: Record,
    /// How far what was said is from it.
    pub distance: f64,
    /// Whether it has the number that was said.
    pub number: Number,
}

/// What is going on where somebody means.
///
/// # Errors
/// When something that may be seen cannot be read. What may not be seen, or was never loaded, is absent.
pub async fn here(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<Told, AskError> {
    let now = korean_time(now);
    let today = now.date();
    let metres = asked.metres.filter(|own| own.is_finite());
    let metres = metres.unwrap_or(METRES).clamp(METRES_MIN, METRES_MAX);
    let gazetteer = places::gazetteer(city, kept, reader).await?;
    let gazetteer = Arc::new(gazetteer.unwrap_or_default());
    let addresses = addresses(&gazetteer, &asked.text).await?;
    let best = addresses.first();
    let at = asked
        .at
        .or_else(|| degrees(&asked.text))
        .or_else(|| best.map(|own| own.record.at));
    let (place, is_near) = named(&addresses, asked, at, &gazetteer);
    let mut told = Told {
        at,
        is_outside: false,
        addresses,
        here: Here {
            place,
            is_near,
            metres,
            today: Some(today),
            complaint_days: DAYS,
            topic: asked.topic.clone(),
            ..Here::default()
        },
        complaints: Vec::new(),
    };
    let plane = Plane::new(&city.manifest.crs);
    let point = at.zip(plane.as_ref());
    let Some((point, plane)) = point.and_then(|([x, y], plane)| Some((plane.metres(x, y)?, plane)))
    else {
        told.at = None;
        return Ok(told);
    };
    let shape = Geometry::Point(Point::from(point));
    let territory = territory(city, kept, reader, plane).await?;
    if territory.is_some_and(|own| !own.touches(&shape)) {
        told.is_outside = true;
        return Ok(told);
    }
    if let Some(works) = seen(works::works(city, kept, reader, today).await)?.flatten() {
        near_works(&mut told.here, &works, point, now);
    }
    let since = today - TimeDelta::days(i64::from(DAYS));
    let around = (point, metres);
    let topic = told.here.topic.as_deref();
    let found = complaints::near(city, reader, plane, around, (since, now), topic).await;
    if let Some(found) = seen(found)?.flatten() {
        told.here.complaints = Some(found.topics);
        told.here.complaints_ahead = found.ahead;
        told.complaints = found.newest;
    }
    // A page of the city says no words that somebody else wrote into its address.
    let known = topics(city, &told.here);
    told.here.topic = told.here.topic.filter(|topic| known.contains(topic));
    told.here.contacts = contacts(city, &told.here);
    Ok(told)
}

/// Whether two places are one: to the last digit that an address of a page has.
fn is_at(one: [f64; 2], other: [f64; 2]) -> bool {
    one.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-9)
}

/// What a place is called: by the address that is meant, by what is nearest to it, or by its degrees; and whether it is
/// only near what it is called by.
fn named(
    addresses: &[Address],
    asked: &Asked,
    at: Option<[f64; 2]>,
    gazetteer: &Gazetteer,
) -> (String, bool) {
    let meant = match asked.at {
        // An address that was chosen from several comes with its place.
        Some(place) => addresses.iter().find(|own| is_at(own.record.at, place)),
        None => addresses.first(),
    };
    if let Some(own) = meant {
        return (own.record.said(), false);
    }
    let Some([x, y]) = at else {
        return (String::new(), false);
    };
    let nearest = gazetteer.nearest([x, y]);
    match nearest.filter(|(_, metres)| *metres <= BESIDE_METRES) {
        Some((record, _)) => (record.said(), true),
        None => (format!("{x:.5}, {y:.5}"), false),
    }
}

/// What may not be seen or was never loaded is absent, and no error.
pub(super) fn seen<T>(found: Result<T, AskError>) -> Result<Option<T>, AskError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(AskError::NotLoaded(_) | AskError::Denied(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn is_longitude(degrees: f64) -> bool {
    (120.0..135.0).contains(&degrees)
}

pub(super) fn is_latitude(degrees: f64) -> bool {
    (30.0..45.0).contains(&degrees)
}

/// Longitude and latitude, in whichever order: in Korea no number is both.
fn degrees(text: &str) -> Option<[f64; 2]> {
    let (one, other) = text.split_once([',', ' '])?;
    let one: f64 = one.trim().parse().ok()?;
    let other: f64 = other.trim().trim_start_matches(',').trim().parse().ok()?;
    if is_longitude(one) && is_latitude(other) {
        Some([one, other])
    } else if is_latitude(one) && is_longitude(other) {
        Some([other, one])
    } else {
        None
    }
}

/// A place that somebody means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// The name of a place, an address, or degrees.
    pub name: String,
    /// Longitude and latitude.
    pub at: [f64; 2],
    /// Whether the number that was said is there.
    pub is_exact: bool,
}

/// The place somebody means by an address, the name of a place or a building, or degrees; nothing where nobody knows it.
///
/// # Errors
/// When addresses that may be seen cannot be read.
pub async fn place(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    text: &str,
) -> Result<Option<Place>, AskError> {
    if let Some([x, y]) = degrees(text) {
        return Ok(Some(Place {
            name: format!("{x:.5}, {y:.5}"),
            at: [x, y],
            is_exact: true,
        }));
    }
    let gazetteer = places::gazetteer(city, kept, reader).await?;
    let found = addresses(&Arc::new(gazetteer.unwrap_or_default()), text).await?;
    Ok(found.into_iter().next().map(|own| Place {
        name: own.record.title().to_owned(),
        at: own.record.at,
        is_exact: own.number == Number::Same,
    }))
}

async fn addresses(gazetteer: &Arc<Gazetteer>, text: &str) -> Result<Vec<Address>, AskError> {
    if text.trim().is_empty() || degrees(text).is_some() {
        return Ok(Vec::new());
    }
    let (gazetteer, text) = (Arc::clone(gazetteer), text.to_owned());
    let find = move || {
        let hits = gazetteer.find(&text, LISTED).into_iter();
        let address = hits.map(|hit| Address {
            record: hit.record.clone(),
            distance: hit.distance,
            number: hit.number,
        });
        address.collect::<Vec<_>>()
    };
    let found = tokio::task::spawn_blocking(find).await;
    found.map_err(|error| AskError::Run(Some(error.to_string())))
}

fn near_works(here: &mut Here, works: &Arc<Works>, at: Coord<f64>, now: NaiveDateTime) {
    let today = now.date();
    let found = works.index.near(at, here.metres, |at| {
        works.permits.get(at).map(|permit| &permit.shape)
    });
    let near = found.into_iter().filter_map(|(at, metres)| {
        let permit = works.permits.get(at)?;
        Some(Near {
            title: permit.number.clone(),
            road: permit.road.clone(),
            purpose: permit.said.utility.clone(),
            starts: permit.starts,
            ends: permit.ends,
            metres,
            contractor: permit.said.contractor.clone(),
        })
    });
    let near: Vec<Near> = near.collect();
    let is_now = |own: &Near| own.starts <= today && today <= own.ends;
    let last = today + TimeDelta::days(AHEAD);
    let is_next = |own: &Near| today < own.starts && own.starts <= last;
    here.works = Some(near.iter().filter(|own| is_now(own)).cloned().collect());
    here.planned = Some(near.iter().filter(|own| is_next(own)).cloned().collect());
    if works.has_closures {
        let (closed, unplaced) =
            closures::near(works.closures_at(now), &works.roads, (at, here.metres));
        here.closures = Some(closed);
        here.unplaced_closures = unplaced;
    }
}

/// What complaints can be about: the topics that a department answers for, and those that were found.
pub fn topics(city: &City, here: &Here) -> Vec<String> {
    let complaints = city.situation.complaints.as_ref();
    let own = complaints.into_iter().flat_map(|own| &own.responsible);
    let mut all: Vec<String> = own.map(|own| own.topic.clone()).collect();
    for (topic, _) in here.complaints.iter().flatten() {
        if !all.contains(topic) {
            all.push(topic.clone());
        }
    }
    all
}

/// Who answers for the works, and for what the call is about or else for the most frequent complaint.
fn contacts(city: &City, here: &Here) -> Vec<Contact> {
    let contact = |topic: Option<String>, id: &DepartmentId| {
        city.department(id).map(|own| Contact {
            topic,
            department: own.title.clone(),
            department_en: own.title_en.clone(),
            phone: own.phone.clone(),
        })
    };
    let works = city.situation.works.as_ref();
    let works = works.and_then(|own| city.datasets.get(&own.permits.dataset));
    let works = works.and_then(|dataset| contact(None, &dataset.department));
    let most = here.complaints.iter().flatten().map(|(topic, _)| topic);
    let topic = here.topic.as_ref().or(most.into_iter().next());
    let topic = topic.and_then(|topic| {
        let responsible = &city.situation.complaints.as_ref()?.responsible;
        let own = responsible.iter().find(|own| own.topic == *topic)?;
        contact(Some(topic.clone()), &own.department)
    });
    works.into_iter().chain(topic).collect()
}

impl Told {
    /// The sentences that are read aloud; none where nobody knows the place.
    pub fn spoken(&self, lang: Lang) -> Option<String> {
        self.at?;
        Some(if self.is_outside {
            outside(lang)
        } else {
            spoken(&self.here, lang)
        })
    }

    /// The same as JSON, with the sentences that are read aloud.
    pub fn json(&self, lang: Lang) -> Value {
        json!({
            "at": self.at, "outside": self.is_outside, "addresses": self.addresses, "spoken": self.spoken(lang),
            "here": self.here, "newest_complaints": self.complaints,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::degrees;

    #[test]
    fn a_place_in_degrees_is_known_in_either_order() {
        let right = Some([127.05, 37.29]);
        assert_eq!(degrees("127.05, 37.29"), right);
        assert_eq!(degrees("37.29,127.05"), right);
        assert_eq!(degrees("37.29 127.05"), right);
        assert_eq!(degrees("벚꽃로 17, 101동"), None);
        assert_eq!(degrees("1, 2"), None);
    }
}
