//! A road that was resurfaced may not be dug up again for some years.

use chrono::{Months, NaiveDate};
use serde::Serialize;

use super::permit::{Permit, Road};
use super::roads::{Roads, Rows};

/// For how many years a kind of surface is protected, and by what rule. A city's folder holds them with their dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The kind of surface.
    pub surface: String,
    /// Years from the day of resurfacing.
    pub years: u32,
    /// First day on which the rule holds; works that start before are not judged by it.
    pub from: NaiveDate,
    /// Last day on which it holds.
    pub until: Option<NaiveDate>,
    /// Works that may not wait are let through.
    pub spares_emergency: bool,
}

/// Works on a road that is still protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protected {
    /// Count of the permit.
    pub permit: usize,
    /// Count of the road.
    pub road: usize,
    /// Count of the rule.
    pub rule: usize,
    /// Day of the last resurfacing.
    pub paved: NaiveDate,
    /// First day on which the road may be dug up again.
    pub free_from: NaiveDate,
}

/// Works that could not be judged: that is neither yes nor no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Unjudged {
    /// Count of the permit.
    pub permit: usize,
    /// What is not known.
    pub lacks: Lacks,
}

/// What is not known of works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacks {
    /// Which road: the permit names none, or one that is not in the dataset of roads.
    Road,
    /// Which stretch: the road stands in several rows that say different things, and one of them has no line.
    Stretch,
    /// When the road was last resurfaced.
    Paved,
    /// What kind of surface it is.
    Surface,
    /// A rule for that kind of surface.
    Rule,
}

impl Lacks {
    /// Its word in texts and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Road => "road",
            Self::Stretch => "stretch",
            Self::Paved => "paved",
            Self::Surface => "surface",
            Self::Rule => "rule",
        }
    }
}

/// Works that start while the road is protected; and those of which it cannot be said.
pub fn protected(
    permits: &[Permit],
    roads: &[Road],
    rules: &[Rule],
) -> (Vec<Protected>, Vec<Unjudged>) {
    let named = Roads::new(roads);
    let (mut found, mut unjudged) = (Vec::new(), Vec::new());
    for (permit, own) in permits.iter().enumerate() {
        match judge(own, &named, roads, rules) {
            Ok(Some((road, rule, paved, free_from))) => found.push(Protected {
                permit,
                road,
                rule,
                paved,
                free_from,
            }),
            Ok(None) => {}
            Err(lacks) => unjudged.push(Unjudged { permit, lacks }),
        }
    }
    (found, unjudged)
}

type Judged = Option<(usize, usize, NaiveDate, NaiveDate)>;

fn judge(
    permit: &Permit,
    named: &Roads<'_>,
    roads: &[Road],
    rules: &[Rule],
) -> Result<Judged, Lacks> {
    let judge = |row: &usize| {
        let road = roads.get(*row).ok_or(Lacks::Road)?;
        on_row(permit, *row, road, rules)
    };
    match named.dug(permit).ok_or(Lacks::Road)? {
        // One stretch that is protected is enough, and the one that is so for longest decides.
        Rows::All(rows) => {
            let all: Vec<Result<Judged, Lacks>> = rows.iter().map(judge).collect();
            let found = all.iter().flatten().flatten();
            let longest = found.max_by_key(|(.., free_from)| *free_from).copied();
            match longest {
                Some(found) => Ok(Some(found)),
                None => all.into_iter().find(Result::is_err).unwrap_or(Ok(None)),
            }
        }
        Rows::OneOf(rows) => {
            let mut all = rows.iter().map(judge);
            let first = all.next().unwrap_or(Err(Lacks::Road));
            let days = |own: &Result<Judged, Lacks>| own.map(|own| own.map(|(.., free)| free));
            let agree = all.all(|own| days(&own) == days(&first));
            if agree { first } else { Err(Lacks::Stretch) }
        }
    }
}

fn on_row(permit: &Permit, at: usize, road: &Road, rules: &[Rule]) -> Result<Judged, Lacks> {
    let paved = road.paved.ok_or(Lacks::Paved)?;
    let surface = permit.surface.as_ref().or(road.surface.as_ref());
    let surface = surface.ok_or(Lacks::Surface)?;
    let in_force = rules.iter().enumerate().find(|(_, rule)| {
        rule.surface == *surface
            && rule.from <= permit.starts
            && rule.until.is_none_or(|until| permit.starts <= until)
    });
    let Some((rule, own)) = in_force else {
        // A kind of surface that no rule ever names is not known; a rule that does not hold yet or any more is.
        let is_known = rules.iter().any(|rule| rule.surface == *surface);
        return if is_known { Ok(None) } else { Err(Lacks::Rule) };
    };
    if permit.emergency && own.spares_emergency {
        return Ok(None);
    }
    let Some(free_from) = paved.checked_add_months(Months::new(own.years.saturating_mul(12)))
    else {
        return Ok(None);
    };
    // Works that began before the resurfacing dug up the old surface.
    let is_too_early = (paved..free_from).contains(&permit.starts);
    Ok(is_too_early.then_some((at, rule, paved, free_from)))
}
