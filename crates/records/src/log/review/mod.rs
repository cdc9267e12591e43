//! The periodic review of the log (접속기록 점검): what stands out and wants an explanation. Pure: entries in, outliers out.
//!
//! Nothing here says that somebody did wrong. An outlier is a question to a person, whose answer is recorded elsewhere.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike as _, Utc};
use serde::Serialize;

use super::{Act, Logged};

/// What stands out.
pub use city::Outlying as Kind;

/// When something stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Hours between UTC and the clock on the wall.
    pub hours_from_utc: i64,
    /// Hours of the night, by the clock on the wall: from, to.
    pub night: (u32, u32),
    /// Reads of a person on a day that always may be.
    pub reads_a_day: u64,
    /// How many times the role's usual spread above its median stands out.
    pub spreads: u64,
    /// A role has a habit when so many of its people read.
    pub people_for_a_habit: usize,
    /// Look-ups of one data subject by one person that stand out.
    pub same_person: u64,
    /// Rows at once that stand out.
    pub rows: u64,
    /// What is looked for.
    pub looks_for: Vec<Kind>,
}

impl Rules {
    /// The rules of a city whose clock is so many hours from UTC.
    pub fn of(rules: &city::ReviewRules, hours_from_utc: i64) -> Self {
        Self {
            hours_from_utc,
            night: rules.night.into(),
            reads_a_day: rules.reads_a_day,
            spreads: rules.spreads,
            people_for_a_habit: usize::try_from(rules.people_for_a_habit).unwrap_or(usize::MAX),
            same_person: rules.same_person,
            rows: rules.rows,
            looks_for: rules.looks_for.clone(),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::of(&city::ReviewRules::default(), 9)
    }
}

/// Something that wants an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outlier {
    /// Who.
    pub who: String,
    /// What stands out.
    pub kind: Kind,
    /// Of what: a day, a dataset, a data subject's pseudonym.
    pub of: String,
    /// How often, or how many rows.
    pub count: u64,
    /// From what number on it stands out.
    pub usual: u64,
    /// The first entries of it, at most ten.
    pub entries: Vec<i64>,
}

/// Entries of an outlier that are named.
const NAMED: usize = 10;

/// Data subjects of a read that looks for one of them; a list of more is no look-up.
const LOOKED_UP: usize = 10;

/// How often something came, and where.
#[derive(Clone, Debug, Default)]
struct Tally {
    count: u64,
    entries: Vec<i64>,
}

impl Tally {
    fn add(&mut self, seq: i64) {
        self.count += 1;
        if self.entries.len() < NAMED {
            self.entries.push(seq);
        }
    }

    fn outlier(&self, who: &str, kind: Kind, of: impl Into<String>, usual: u64) -> Outlier {
        Outlier {
            who: who.to_owned(),
            kind,
            of: of.into(),
            count: self.count,
            usual,
            entries: self.entries.clone(),
        }
    }
}

/// Counts while entries go by: what it holds grows with people, days, datasets and data subjects, not with entries.
#[derive(Debug)]
pub struct Review {
    rules: Rules,
    /// Person and day.
    days: BTreeMap<(String, NaiveDate), Tally>,
    nights: BTreeMap<(String, NaiveDate), Tally>,
    datasets: BTreeMap<(String, String), Tally>,
    subjects: BTreeMap<(String, String), Tally>,
    large: Vec<Outlier>,
}

impl Review {
    /// A review that has seen nothing.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            days: BTreeMap::new(),
            nights: BTreeMap::new(),
            datasets: BTreeMap::new(),
            subjects: BTreeMap::new(),
            large: Vec::new(),
        }
    }

    /// Takes an entry in. The public and the system's own work are no people to be asked.
    pub fn see(&mut self, logged: &Logged) {
        let entry = &logged.entry;
        let who = entry.who.as_str();
        if matches!(who, "public" | "system") {
            return;
        }
        if let Some(rows) = entry.rows.filter(|rows| *rows >= self.rules.rows)
            && matches!(entry.act, Act::Read | Act::ReadEnd)
        {
            self.large.push(Outlier {
                who: who.to_owned(),
                kind: Kind::LargeDownload,
                of: stamped(logged.at, &self.rules).to_string(),
                count: rows,
                usual: self.rules.rows,
                entries: vec![entry.completes.unwrap_or(logged.seq)],
            });
        }
        if entry.act != Act::Read {
            return;
        }
        let day = stamped(logged.at, &self.rules);
        let key = |of: &str| (who.to_owned(), of.to_owned());
        self.days
            .entry((who.to_owned(), day))
            .or_default()
            .add(logged.seq);
        if is_night(logged.at, &self.rules) {
            self.nights
                .entry((who.to_owned(), day))
                .or_default()
                .add(logged.seq);
        }
        for touched in &entry.touched {
            let dataset = touched.dataset.as_str();
            self.datasets
                .entry(key(dataset))
                .or_default()
                .add(logged.seq);
        }
        // Who pages through a list looks nobody up.
        let looked_up = Some(&entry.subjects).filter(|subjects| subjects.len() <= LOOKED_UP);
        for subject in looked_up.into_iter().flatten() {
            self.subjects
                .entry(key(subject))
                .or_default()
                .add(logged.seq);
        }
    }

    /// What stands out, by person; `role` tells whose habits are compared.
    pub fn outliers(self, role: &dyn Fn(&str) -> String) -> Vec<Outlier> {
        let rules = &self.rules;
        let mut found = self.large;
        found.extend(
            self.nights
                .iter()
                .map(|((who, day), tally)| tally.outlier(who, Kind::Night, day.to_string(), 0)),
        );
        found.extend(
            self.subjects
                .iter()
                .filter(|(_, tally)| tally.count >= rules.same_person)
                .map(|((who, of), tally)| {
                    tally.outlier(who, Kind::SamePerson, of, rules.same_person)
                }),
        );
        found.extend(volumes(&self.days, rules, role));
        found.extend(habits(&self.datasets, rules, role));
        // One person known by two numbers is looked up once.
        let mut seen = BTreeSet::new();
        found.retain(|outlier| {
            outlier.kind != Kind::SamePerson
                || seen.insert((outlier.who.clone(), outlier.count, outlier.entries.clone()))
        });
        found.retain(|outlier| rules.looks_for.contains(&outlier.kind));
        found.sort_by(|one, other| {
            let key = |outlier: &Outlier| (outlier.who.clone(), outlier.kind, outlier.of.clone());
            key(one).cmp(&key(other))
        });
        found
    }
}

/// The day by the clock on the wall.
fn stamped(at: DateTime<Utc>, rules: &Rules) -> NaiveDate {
    (at + TimeDelta::hours(rules.hours_from_utc)).date_naive()
}

fn is_night(at: DateTime<Utc>, rules: &Rules) -> bool {
    let hour = (at + TimeDelta::hours(rules.hours_from_utc)).hour();
    let (from, to) = rules.night;
    if from <= to {
        (from..to).contains(&hour)
    } else {
        hour >= from || hour < to
    }
}

/// Days on which somebody read far more than the role does. The median and the median distance from it are not moved by the
/// few that stand out, as a mean would be.
fn volumes(
    days: &BTreeMap<(String, NaiveDate), Tally>,
    rules: &Rules,
    role: &dyn Fn(&str) -> String,
) -> Vec<Outlier> {
    let mut counts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for ((who, _), tally) in days {
        counts.entry(role(who)).or_default().push(tally.count);
    }
    let limits: BTreeMap<String, u64> = counts
        .into_iter()
        .map(|(role, counts)| {
            let middle = median(counts.clone());
            let spread = median(counts.iter().map(|count| count.abs_diff(middle)).collect());
            let limit = middle + rules.spreads * spread.max(1);
            (role, limit.max(rules.reads_a_day))
        })
        .collect();
    days.iter()
        .filter_map(|((who, day), tally)| {
            let limit = limits.get(&role(who)).copied()?;
            (tally.count > limit).then(|| tally.outlier(who, Kind::Volume, day.to_string(), limit))
        })
        .collect()
}

fn median(mut counts: Vec<u64>) -> u64 {
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

/// Datasets that one person of a role reads and nobody else of it does.
fn habits(
    datasets: &BTreeMap<(String, String), Tally>,
    rules: &Rules,
    role: &dyn Fn(&str) -> String,
) -> Vec<Outlier> {
    let mut people: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut readers: BTreeMap<(String, &str), BTreeSet<&str>> = BTreeMap::new();
    for (who, dataset) in datasets.keys() {
        let role = role(who);
        people.entry(role.clone()).or_default().insert(who);
        readers.entry((role, dataset)).or_default().insert(who);
    }
    let is_alone = |who: &str, dataset: &str| {
        let role = role(who);
        let of_role = people.get(&role).map_or(0, BTreeSet::len);
        let reading = readers.get(&(role, dataset)).map_or(0, BTreeSet::len);
        of_role >= rules.people_for_a_habit && reading == 1
    };
    datasets
        .iter()
        .filter(|((who, dataset), _)| is_alone(who, dataset))
        .map(|((who, dataset), tally)| tally.outlier(who, Kind::Habit, dataset, 0))
        .collect()
}
