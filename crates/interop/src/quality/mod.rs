//! Quality as the national evaluation counts it: errors ÷ diagnosed values by rule and dimension, of a dataset, a
//! department, a field and the city, now and month by month.
//!
//! Counted from the reports that loads left: nothing is diagnosed anew, and no row is read.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{AskError, Reader, Record};
use chrono::{DateTime, Datelike, Utc};
use city::calendar::korean_day;
use city::dataset::LoadMode;
use city::dimension::{DIMENSIONS, dimension_of};
use city::{City, Dataset};
use serde::{Deserialize, Serialize};

use crate::state::AppState;

/// Months of a history, this one included.
pub const MONTHS: usize = 13;

/// Errors among diagnosed values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// Values that failed.
    pub errors: u64,
    /// Values that were looked at; 0: no rule looked at any.
    pub diagnosed: u64,
}

impl Rate {
    fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.diagnosed += other.diagnosed;
    }

    /// Errors ÷ diagnosed, 0 to 1; nothing where nothing was looked at.
    pub fn share(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts as a share")]
        let share = |part: u64, whole: u64| part as f64 / whole as f64;
        (self.diagnosed > 0).then(|| share(self.errors, self.diagnosed))
    }
}

/// One rule, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The check's word.
    pub check: String,
    /// Its dimension.
    pub dimension: &'static str,
    /// The column, where one dataset is looked at and the rule looks at one column.
    pub column: Option<String>,
    /// Counts.
    #[serde(flatten)]
    pub rate: Rate,
}

/// Counts of several rules, by check and column: words that thousands of datasets share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums(BTreeMap<(Arc<str>, Option<Arc<str>>), Rate>);

impl Sums {
    fn add(&mut self, other: &Self, with_columns: bool) {
        for ((check, column), rate) in &other.0 {
            let column = column.clone().filter(|_| with_columns);
            self.0
                .entry((Arc::clone(check), column))
                .or_default()
                .add(*rate);
        }
    }

    fn total(&self) -> Rate {
        let mut total = Rate::default();
        self.0.values().for_each(|rate| total.add(*rate));
        total
    }

    fn dimensions(&self) -> Vec<(&'static str, Rate)> {
        let of = |name: &'static str| {
            let mut rate = Rate::default();
            self.0
                .iter()
                .filter(|((check, _), _)| dimension_of(check) == name)
                .for_each(|(_, own)| rate.add(*own));
            (name, rate)
        };
        DIMENSIONS.into_iter().map(of).collect()
    }

    /// The rules, those with the most errors first.
    fn rules(self) -> Vec<Rule> {
        let rule = |((check, column), rate): ((Arc<str>, Option<Arc<str>>), Rate)| Rule {
            dimension: dimension_of(&check),
            check: check.to_string(),
            column: column.map(|column| column.to_string()),
            rate,
        };
        let mut rules: Vec<Rule> = self.0.into_iter().map(rule).collect();
        rules.retain(|rule| rule.rate.diagnosed > 0);
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.rate.errors));
        rules
    }
}

/// What is put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Subject areas.
    #[default]
    Field,
    /// Departments.
    Department,
    /// Each dataset for itself.
    Dataset,
}

/// Which datasets are looked at: all, or those of a field, of a department, one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// A field, by id.
    pub field: Option<String>,
    /// A department, by id.
    pub department: Option<String>,
    /// A dataset, by id.
    pub dataset: Option<String>,
}

impl Scope {
    fn has(&self, dataset: &Dataset) -> bool {
        let is = |wanted: &Option<String>, own: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == own)
        };
        is(&self.field, dataset.field.as_str())
            && is(&self.department, dataset.department.as_str())
            && is(&self.dataset, dataset.id.as_str())
    }
}

/// Quality in a month: what stood at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Month {
    /// `2026-11`.
    pub month: String,
    /// All rules.
    #[serde(flatten)]
    pub rate: Rate,
    /// By dimension.
    pub dimensions: Vec<(&'static str, Rate)>,
}

/// Datasets that were put together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Id of the field, department or dataset; empty of all.
    pub id: String,
    /// Its Korean title.
    pub title: String,
    /// Its English title.
    pub title_en: Option<String>,
    /// Its datasets.
    pub datasets: usize,
    /// Those of them that were never loaded, and so never diagnosed.
    pub never_loaded: usize,
    /// All rules.
    #[serde(flatten)]
    pub rate: Rate,
    /// By dimension, in the order they are shown.
    pub dimensions: Vec<(&'static str, Rate)>,
    /// By rule, the most errors first.
    pub rules: Vec<Rule>,
    /// Month by month, the oldest first.
    pub months: Vec<Month>,
}

/// Quality of a city or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quality {
    /// The moment.
    pub at: DateTime<Utc>,
    /// What was put together.
    pub by: By,
    /// All that was looked at.
    pub whole: Group,
    /// Its parts, the greatest error rate first.
    pub groups: Vec<Group>,
}

/// A month as a number: years times twelve and months.
type MonthNumber = i32;

fn month_of(at: DateTime<Utc>) -> MonthNumber {
    let day = korean_day(at);
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or_default()
}

/// One dataset's sums at the end of each month.
struct Counted<'d> {
    dataset: &'d Dataset,
    months: BTreeMap<MonthNumber, Arc<Sums>>,
}

/// Counts quality as far as the reader's person may see it.
///
/// # Errors
/// When the lake's log cannot be read.
pub fn quality(
    reader: &Reader,
    city: &City,
    by: By,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<Quality, AskError> {
    let this = month_of(now);
    let mut counted = Vec::new();
    let datasets: Vec<&Arc<Dataset>> = reader
        .datasets()
        .filter(|dataset| scope.has(dataset))
        .collect();
    for dataset in datasets {
        let versions = reader.versions(&dataset.id)?;
        counted.push(Counted {
            dataset,
            months: months(dataset, &versions, this),
        });
    }
    let mut parts: BTreeMap<&str, Vec<&Counted<'_>>> = BTreeMap::new();
    for one in &counted {
        let key = match by {
            By::Field => one.dataset.field.as_str(),
            By::Department => one.dataset.department.as_str(),
            By::Dataset => one.dataset.id.as_str(),
        };
        parts.entry(key).or_default().push(one);
    }
    // The whole is the sum of its parts: no dataset is counted twice.
    let mut all = vec![Sums::default(); MONTHS];
    let mut groups = Vec::new();
    for (id, own) in parts {
        let months = summed(&own, this);
        for (sum, month) in all.iter_mut().zip(&months) {
            sum.add(month, false);
        }
        groups.push(group(titled(city, by, id), &own, months, this));
    }
    let every: Vec<&Counted<'_>> = counted.iter().collect();
    let name = &city.manifest;
    let titles = (String::new(), name.name.clone(), Some(name.name_en.clone()));
    let whole = group(titles, &every, all, this);
    groups.sort_by(|a, b| {
        let share = |group: &Group| group.rate.share().unwrap_or(-1.0);
        share(b).total_cmp(&share(a)).then_with(|| a.id.cmp(&b.id))
    });
    Ok(Quality {
        at: now,
        by,
        whole,
        groups,
    })
}

/// The same, counted once for all who ask until something changes.
///
/// # Errors
/// When the lake's log cannot be read.
pub async fn kept(
    state: &AppState,
    reader: Reader,
    by: By,
    scope: Scope,
    now: DateTime<Utc>,
) -> Result<Arc<Quality>, AskError> {
    let (key, of) = (
        format!("quality {by:?} {scope:?}"),
        month_of(now).to_string(),
    );
    let city = Arc::clone(&state.city);
    let count = move |reader: &Reader| quality(reader, &city, by, &scope, now);
    state.overviews.get(reader, &key, of, count).await
}

/// Id, Korean and English title.
type Titled = (String, String, Option<String>);

fn titled(city: &City, by: By, id: &str) -> Titled {
    let manifest = &city.manifest;
    let named = match by {
        By::Field => {
            let own = manifest.fields.iter().find(|field| field.id.as_str() == id);
            own.map(|field| (field.title.clone(), Some(field.title_en.clone())))
        }
        By::Department => {
            let mut all = manifest.departments.iter();
            let own = all.find(|department| department.id.as_str() == id);
            own.map(|department| (department.title.clone(), Some(department.title_en.clone())))
        }
        By::Dataset => {
            let own = city.datasets.get(id);
            own.map(|dataset| (dataset.title.clone(), dataset.title_en.clone()))
        }
    };
    let (title, title_en) = named.unwrap_or_else(|| (id.to_owned(), None));
    (id.to_owned(), title, title_en)
}

/// The sums of the last months over some datasets, the oldest first.
fn summed(own: &[&Counted<'_>], this: MonthNumber) -> Vec<Sums> {
    // Columns of several datasets have nothing to do with one another.
    let with_columns = own.len() == 1;
    let sums = |month: MonthNumber| {
        let mut sums = Sums::default();
        own.iter()
            .filter_map(|one| one.months.get(&month))
            .for_each(|one| sums.add(one, with_columns));
        sums
    };
    first_of(this).map(sums).collect()
}

/// The months of a history that ends with this one.
fn first_of(this: MonthNumber) -> std::ops::RangeInclusive<MonthNumber> {
    this - i32::try_from(MONTHS).unwrap_or(1) + 1..=this
}

fn group(
    (id, title, title_en): Titled,
    own: &[&Counted<'_>],
    mut sums: Vec<Sums>,
    this: MonthNumber,
) -> Group {
    let months = first_of(this).zip(&sums).map(|(number, sums)| Month {
        month: format!(
            "{:04}-{:02}",
            number.div_euclid(12),
            number.rem_euclid(12) + 1
        ),
        rate: sums.total(),
        dimensions: sums.dimensions(),
    });
    let months = months.collect();
    let now = sums.pop().unwrap_or_default();
    Group {
        id,
        title,
        title_en,
        datasets: own.len(),
        never_loaded: own.iter().filter(|one| one.months.is_empty()).count(),
        rate: now.total(),
        dimensions: now.dimensions(),
        months,
        rules: now.rules(),
    }
}

/// What stood at the end of each of the last months: of a table that each load replaces its last diagnosis, of one that
/// grows what arrived in the month, or last before it. `versions` come newest first.
fn months(
    dataset: &Dataset,
    versions: &[Arc<Record>],
    this: MonthNumber,
) -> BTreeMap<MonthNumber, Arc<Sums>> {
    let is_whole = dataset.load.mode == LoadMode::Snapshot;
    let mut found = BTreeMap::new();
    // What stood for months is read once.
    let mut last: Option<(&Arc<Record>, Arc<Sums>)> = None;
    for month in first_of(this) {
        let mut before = versions
            .iter()
            .filter(|version| month_of(version.committed_at) <= month)
            .peekable();
        let Some(first) = before.peek().copied() else {
            continue;
        };
        let newest = month_of(first.committed_at);
        let standing: Vec<&Arc<Record>> = before
            .take_while(|version| month_of(version.committed_at) == newest)
            .collect();
        let one = if is_whole || newest != month {
            1
        } else {
            standing.len()
        };
        let sums = match &last {
            Some((known, sums)) if one == 1 && std::ptr::eq(*known, first) => Arc::clone(sums),
            _ => {
                let mut sums = Sums::default();
                for version in standing.into_iter().take(one) {
                    sums.add(&read(version), true);
                }
                Arc::new(sums)
            }
        };
        last = (one == 1).then(|| (first, Arc::clone(&sums)));
        found.insert(month, sums);
    }
    found
}

/// The counts of a load's report.
fn read(version: &Record) -> Sums {
    #[derive(Deserialize)]
    struct One<'r> {
        #[serde(default, borrow)]
        column: Option<&'r str>,
        #[serde(borrow)]
        check: &'r str,
        errors: u64,
        diagnosed: u64,
    }
    let checks = version.report.get("checks");
    let checks: Vec<One<'_>> = checks
        .and_then(|checks| Vec::deserialize(checks).ok())
        .unwrap_or_default();
    let mut sums = Sums::default();
    for one in checks {
        sums.0
            .entry((one.check.into(), one.column.map(Arc::from)))
            .or_default()
            .add(Rate {
                errors: one.errors,
                diagnosed: one.diagnosed,
            });
    }
    sums
}

/// Fields and departments that have datasets this person sees: what a scope may name.
pub fn known(reader: &Reader, by: By) -> BTreeSet<String> {
    let datasets = reader.datasets();
    datasets
        .map(|dataset| match by {
            By::Field => dataset.field.to_string(),
            By::Department => dataset.department.to_string(),
            By::Dataset => dataset.id.to_string(),
        })
        .collect()
}
