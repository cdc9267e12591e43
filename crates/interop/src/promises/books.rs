//! Promises that somebody may see, with what is known of each.

use std::collections::{BTreeMap, BTreeSet};

use access::{AskError, At, Reader};
use chrono::{DateTime, Months, NaiveDate, Utc};
use city::calendar::korean_day;
use city::measure::{Step, TimeAxis};
use city::promise::{Claim, Promise, Reads, ShownBy, Status};
use city::{City, Measure, Period, PromiseId};
use measure::promise::known::Claimed;
use measure::promise::{Finding, Known, Ledger, Point, Standing, Told, Way};
use records::{Entered, PromiseEntry, Records};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// The public's role in a preview.
const PUBLIC: &str = "public";
/// Versions of a dataset whose figures show the way of a measure without a time axis.
const VERSIONS: usize = 24;

/// What the ledger is read with.
#[derive(Clone, Copy)]
pub struct Seen<'s> {
    /// The city.
    pub city: &'s City,
    /// What was entered.
    pub records: &'s Records,
    /// The only way to values.
    pub reader: &'s Reader,
    /// Whether promises are seen that are not open.
    pub inside: bool,
}

impl<'s> Seen<'s> {
    /// What a caller sees. A look through the public's eyes shows what the public sees.
    pub fn by(state: &'s AppState, caller: &Caller, reader: &'s Reader) -> Self {
        let inside = match caller.preview() {
            Some(preview) => preview.eyes.role != PUBLIC,
            None => caller.name().is_some(),
        };
        Self {
            city: &state.city,
            records: &state.records,
            reader,
            inside,
        }
    }

    fn sees(&self, promise: &Promise) -> bool {
        self.inside || promise.is_open()
    }
}

/// A promise whose file was taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    /// Its id.
    pub id: PromiseId,
    /// What its file claimed last.
    pub claim: Claim,
    /// The last day on which something was entered about it.
    pub entered_on: NaiveDate,
}

/// Promises with what is known of each.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// The promises that are seen.
    pub promises: BTreeMap<PromiseId, Promise>,
    /// What is known of each.
    pub known: BTreeMap<PromiseId, Known>,
    /// Promises whose files were taken away; shown inside.
    pub gone: Vec<Gone>,
    /// Promises that belong together with some that are not seen.
    partial: BTreeSet<PromiseId>,
    today: NaiveDate,
}

impl Books {
    /// The ledger, for its arithmetic.
    pub fn ledger(&self) -> Ledger<'_> {
        Ledger {
            promises: &self.promises,
            known: &self.known,
            partial: &self.partial,
            today: self.today,
        }
    }

    /// The day.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Where a promise stands.
    pub fn standing(&self, promise: &Promise) -> Standing {
        self.ledger().standing(promise)
    }

    /// What follows of all promises, by promise.
    pub fn findings(&self) -> BTreeMap<PromiseId, Vec<Finding>> {
        let mut by_promise: BTreeMap<PromiseId, Vec<Finding>> = BTreeMap::new();
        for finding in self.ledger().findings() {
            let own = by_promise.entry(finding.promise.clone()).or_default();
            own.push(finding);
        }
        for own in by_promise.values_mut() {
            own.sort_by_key(|finding| finding.what.weight());
        }
        by_promise
    }
}

/// All promises that are seen. With `whole`, each value of the promise of that name is asked for; of the others the
/// newest is enough.
///
/// # Errors
/// When the records or the lake cannot be read.
pub async fn books(seen: Seen<'_>, whole: Option<&str>) -> Result<Books, Problem> {
    let now = seen.records.clock().now();
    let mut entered = seen.records.promises().all().await?;
    let today = korean_day(now);
    let mut books = Books {
        today,
        ..Books::default()
    };
    for promise in seen.city.promises.values() {
        let entries = entered.remove(&promise.id).unwrap_or_default();
        if !seen.sees(promise) {
            let belongs = [promise.part_of.as_ref(), promise.maybe_in.as_ref()];
            books.partial.extend(belongs.into_iter().flatten().cloned());
            continue;
        }
        let mut known = known_of(promise, &entries);
        let most = if whole == Some(promise.id.as_str()) {
            VERSIONS
        } else {
            1
        };
        if !seen.inside {
            // Who works for the city is nothing for the public to read here.
            for told in &mut known.told {
                told.who.clear();
            }
        }
        known.points = points(seen, promise, most, now).await?;
        books.known.insert(promise.id.clone(), known);
        books.promises.insert(promise.id.clone(), promise.clone());
    }
    if seen.inside {
        books.gone = entered
            .into_iter()
            .filter_map(|(id, entries)| gone(id, &entries))
            .collect();
    }
    Ok(books)
}

fn gone(id: PromiseId, entries: &[PromiseEntry]) -> Option<Gone> {
    let claim = entries.iter().rev().find_map(|entry| entry.what.claim())?;
    Some(Gone {
        id,
        claim: claim.clone(),
        entered_on: korean_day(entries.last()?.entered_at),
    })
}

/// What is known of a promise by what was entered.
pub fn known_of(promise: &Promise, entries: &[PromiseEntry]) -> Known {
    let claimed = |entry: &PromiseEntry| {
        Some(Claimed {
            claim: entry.what.claim()?.clone(),
            entered_on: korean_day(entry.entered_at),
        })
    };
    Known {
        points: Vec::new(),
        told: told(promise, entries),
        claims: entries.iter().filter_map(claimed).collect(),
    }
}

/// States as they were entered.
pub fn told(promise: &Promise, entries: &[PromiseEntry]) -> Vec<Told> {
    let mut still: Vec<&Status> = promise.history.iter().collect();
    let mut all = Vec::new();
    for entry in entries {
        let Some(status) = entry.what.status() else {
            continue;
        };
        let way = match &entry.what {
            Entered::File {
                taken_over: true, ..
            } => Way::TakenOver,
            Entered::File { .. } => Way::File,
            _ => Way::Person,
        };
        let mut is_gone = false;
        if way != Way::Person {
            match still.iter().position(|own| is_same(own, status)) {
                Some(at) => drop(still.swap_remove(at)),
                None => is_gone = true,
            }
        }
        all.push(Told {
            status: status.clone(),
            entered_at: entry.entered_at,
            entered_on: korean_day(entry.entered_at),
            who: entry.who.clone(),
            way,
            is_gone,
            is_intact: entry.is_intact,
            place: entry.place,
        });
    }
    all
}

/// A number may lose its last bit in the store, and is the same nevertheless.
fn is_same(one: &Status, other: &Status) -> bool {
    let words = |status: &Status| (status.on.clone(), status.state, status.text.clone());
    let values = match (one.value, other.value) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
        (one, other) => one.is_none() && other.is_none(),
    };
    values && words(one) == words(other)
}

/// Values of a promise's measure on days, as far as this reader gets them; what is hidden, stale or not loaded is none.
async fn points(
    seen: Seen<'_>,
    promise: &Promise,
    most: usize,
    now: DateTime<Utc>,
) -> Result<Vec<Point>, Problem> {
    let Some(shown) = &promise.measure else {
        return Ok(Vec::new());
    };
    let Some(measure) = seen.city.measures.get(&shown.id) else {
        return Ok(Vec::new());
    };
    let found = match &measure.time {
        Some(axis) => over_time(seen.reader, measure, shown, promise, (axis, now)).await,
        None => by_version(seen.reader, measure, most, now).await,
    };
    match found {
        Ok(points) => Ok(points),
        Err(AskError::NotLoaded(_) | AskError::Denied(_)) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

async fn over_time(
    reader: &Reader,
    measure: &Measure,
    shown: &ShownBy,
    promise: &Promise,
    (axis, now): (&TimeAxis, DateTime<Utc>),
) -> Result<Vec<Point>, AskError> {
    let series = measure::series(reader, measure, &At::Latest).await?;
    let today = korean_day(now);
    let from = promise.period.from.as_ref().and_then(city::When::first_day);
    let mut points = Vec::new();
    let (mut sum, mut due) = (0.0, None);
    for point in series.into_iter().flat_map(|series| series.points) {
        let begin = point
            .at
            .get(..10)
            .and_then(|day| day.parse::<NaiveDate>().ok());
        let Some(begin) = begin.filter(|begin| *begin <= today) else {
            continue;
        };
        let last = end_of(begin, axis.step);
        let on = last.min(today);
        match (shown.reads, point.value) {
            // What is computed of the days of a step is not known until the step is over; what stands at its end is.
            (Reads::Level, Some(value)) if axis.level || last < today => {
                points.extend(Point::new(on, value));
            }
            (Reads::Level, _) => (),
            (Reads::RunningTotal, _) if from.is_some_and(|from| begin < from) => (),
            (Reads::RunningTotal, Some(value)) => {
                let gap = due.filter(|due| *due < begin).zip(begin.pred_opt());
                if let Some((from, to)) = gap
                    && !measure::covers(reader, measure, Period { from, to }).await?
                {
                    break;
                }
                due = last.succ_opt();
                sum += value;
                points.extend(Point::new(on, sum));
            }
            // With one of them unknown the sum is unknown from there on.
            (Reads::RunningTotal, None) => break,
        }
    }
    Ok(points)
}

/// The last day of a step.
fn end_of(begin: NaiveDate, step: Step) -> NaiveDate {
    let months = match step {
        Step::Hour | Step::Day => return begin,
        Step::Month => 1,
        Step::Year => 12,
    };
    let next = begin.checked_add_months(Months::new(months));
    next.and_then(|next| next.pred_opt()).unwrap_or(begin)
}

/// The figure of each of the newest versions, on the day it was loaded.
async fn by_version(
    reader: &Reader,
    measure: &Measure,
    most: usize,
    now: DateTime<Utc>,
) -> Result<Vec<Point>, AskError> {
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    // Whoever may only count a dataset does not see its versions, and may still be told the figure.
    let sees = reader.dataset(measure.dataset.as_str()).is_ok();
    if most > 1 && sees {
        for version in reader.versions(measure.dataset.as_str())?.iter().take(most) {
            let newest = days.entry(korean_day(version.committed_at)).or_default();
            *newest = (*newest).max(version.number);
        }
    }
    if days.is_empty() {
        let figure = measure::figure(reader, measure, &At::Latest, now).await?;
        let on = if sees {
            korean_day(
                reader
                    .version(measure.dataset.as_str(), &At::Latest)?
                    .committed_at,
            )
        } else {
            korean_day(now)
        };
        let point = figure.value().and_then(|value| Point::new(on, value));
        return Ok(point.into_iter().collect());
    }
    let mut points = Vec::new();
    for (on, version) in days {
        let figure = measure::figure(reader, measure, &At::Version(version), now).await?;
        points.extend(figure.value().and_then(|value| Point::new(on, value)));
    }
    Ok(points)
}
