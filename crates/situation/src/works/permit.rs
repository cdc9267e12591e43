//! What a permit says, and permits that cannot be judged.

use std::collections::HashMap;

use chrono::NaiveDate;
use geo_types::Geometry;
use serde::Serialize;

use crate::plane::Territory;
use crate::shape::{corners, is_sound};

/// A permit to dig, sound enough to be compared with others.
#[derive(Clone, Debug, PartialEq)]
pub struct Permit {
    /// Its number.
    pub number: String,
    /// The road, as the road's dataset names it.
    pub road: Option<String>,
    /// What the surface is made for (carriageway, footway, ...); the road's own where the permit does not say it.
    pub surface: Option<String>,
    /// Where, in metres.
    pub shape: Geometry<f64>,
    /// First day.
    pub starts: NaiveDate,
    /// Last day.
    pub ends: NaiveDate,
    /// Whether it may not wait.
    pub emergency: bool,
    /// What is said of it besides.
    pub said: Said,
}

impl Permit {
    /// Whether two rows are of one permit: stretches of the same works.
    pub fn is_same(&self, other: &Self) -> bool {
        !self.number.is_empty() && self.number == other.number
    }
}

/// What is shown of a permit and compared with nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Said {
    /// How deep, in metres.
    pub depth: Option<f64>,
    /// Who digs.
    pub contractor: Option<String>,
    /// For what: water, gas, ...
    pub utility: Option<String>,
    /// How far it is.
    pub status: Option<String>,
}

/// A permit as its row says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Its number.
    pub number: String,
    /// The road.
    pub road: Option<String>,
    /// The surface.
    pub surface: Option<String>,
    /// Where, in metres; nothing where the row has no place.
    pub shape: Option<Geometry<f64>>,
    /// First day.
    pub starts: Option<NaiveDate>,
    /// Last day.
    pub ends: Option<NaiveDate>,
    /// Whether it may not wait.
    pub emergency: bool,
    /// What is said of it besides.
    pub said: Said,
}

/// A road with its surface.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Road {
    /// The word permits name it by.
    pub name: String,
    /// What the surface is made for.
    pub surface: Option<String>,
    /// Day of the last resurfacing.
    pub paved: Option<NaiveDate>,
    /// Its line, in metres.
    pub line: Option<Geometry<f64>>,
}

/// A permit that cannot be judged, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// Number of the permit.
    pub number: String,
    /// Why.
    pub kind: TroubleKind,
}

/// Why a permit cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleKind {
    /// It has no place.
    NoPlace,
    /// It has no first or no last day.
    NoPeriod,
    /// Its last day lies before its first.
    EndsBeforeStart,
    /// Its shape crosses itself, has too few corners, or is not one otherwise.
    NoShape,
    /// It lies in another city.
    Elsewhere,
    /// It stands twice: the same number, place and days as an earlier row.
    Twice,
}

impl TroubleKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NoPlace,
        Self::NoPeriod,
        Self::EndsBeforeStart,
        Self::NoShape,
        Self::Elsewhere,
        Self::Twice,
    ];

    /// Its word in texts and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoPlace => "no-place",
            Self::NoPeriod => "no-period",
            Self::EndsBeforeStart => "ends-before-start",
            Self::NoShape => "no-shape",
            Self::Elsewhere => "elsewhere",
            Self::Twice => "twice",
        }
    }
}

impl Trouble {
    /// The same as a fault of a dataset's row.
    pub fn fault(&self, dataset: &str) -> city::Fault {
        let (what, expected, remedy) = match self.kind {
            TroubleKind::NoPlace => (
                "the permit has no place",
                "a shape or coordinates",
                "enter where the works are",
            ),
            TroubleKind::NoPeriod => (
                "the permit has no first or no last day",
                "two dates",
                "enter from when to when the works last",
            ),
            TroubleKind::EndsBeforeStart => (
                "the works end before they start",
                "a last day on or after the first",
                "look whether the two dates are swapped",
            ),
            TroubleKind::NoShape => (
                "the shape of the works crosses itself or has too few corners",
                "a line, or an area whose sides do not cross",
                "draw the area anew, corner by corner in one direction",
            ),
            TroubleKind::Elsewhere => (
                "the works lie in another city",
                "a place inside the city",
                "look whether longitude and latitude are swapped, or the coordinate system is another",
            ),
            TroubleKind::Twice => (
                "the permit stands twice, with the same place and days",
                "each row once",
                "take the second row out, or give it its own number",
            ),
        };
        city::Fault::at(dataset, what)
            .part(&self.number)
            .expected(expected)
            .remedy(remedy)
    }
}

/// Sorts permits that can be judged from those that cannot. The order stays. Rows of one number are stretches of one
/// permit, unless they are the same row again.
pub fn sound(drafts: Vec<Draft>, territory: &Territory) -> (Vec<Permit>, Vec<Trouble>) {
    let mut permits: Vec<Permit> = Vec::with_capacity(drafts.len());
    let mut troubles = Vec::new();
    let mut seen: HashMap<Key, Vec<usize>> = HashMap::new();
    for draft in drafts {
        let number = draft.number.clone();
        let permit = match judged(draft, territory) {
            Ok(permit) => permit,
            Err(kind) => {
                troubles.push(Trouble { number, kind });
                continue;
            }
        };
        let alike = seen.entry(key(&permit)).or_default();
        let is_again = |before: &usize| {
            let before = permits.get(*before);
            before.is_some_and(|own| permit.is_same(own) && permit.shape == own.shape)
        };
        if alike.iter().any(is_again) {
            let kind = TroubleKind::Twice;
            troubles.push(Trouble { number, kind });
        } else {
            alike.push(permits.len());
            permits.push(permit);
        }
    }
    (permits, troubles)
}

/// What two rows have in common that are the same: their number, days, and first corner to the bit.
type Key = (String, NaiveDate, NaiveDate, Option<[u64; 2]>);

fn key(permit: &Permit) -> Key {
    let first = corners(&permit.shape).first().copied();
    let first = first.map(|at| [at.x.to_bits(), at.y.to_bits()]);
    (permit.number.clone(), permit.starts, permit.ends, first)
}

fn judged(draft: Draft, territory: &Territory) -> Result<Permit, TroubleKind> {
    let (Some(starts), Some(ends)) = (draft.starts, draft.ends) else {
        return Err(TroubleKind::NoPeriod);
    };
    if ends < starts {
        return Err(TroubleKind::EndsBeforeStart);
    }
    let shape = draft.shape.ok_or(TroubleKind::NoPlace)?;
    if corners(&shape).is_empty() {
        return Err(TroubleKind::NoPlace);
    }
    if !is_sound(&shape) {
        return Err(TroubleKind::NoShape);
    }
    if !territory.touches(&shape) {
        return Err(TroubleKind::Elsewhere);
    }
    Ok(Permit {
        number: draft.number,
        road: said(draft.road),
        surface: said(draft.surface),
        shape,
        starts,
        ends,
        emergency: draft.emergency,
        said: draft.said,
    })
}

/// A word without the spaces around it; an empty one says nothing.
fn said(word: Option<String>) -> Option<String> {
    let word = word.map(|word| word.trim().to_owned());
    word.filter(|word| !word.is_empty())
}
