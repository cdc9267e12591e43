//! How each indicator counts one dataset: numerator and denominator, or nothing where it says nothing of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Came, Outcome, Record};
use city::check::TableCheck;
use city::dataset::{Drift, Release, Source};
use city::standard::normal;
use city::{City, Column, Dataset, PrivacyClass};

use super::gather::{Counted, Facts, counted};
use super::schedule;
use super::scope::Scope;

/// What counting needs besides a dataset's facts.
pub(super) struct Context<'c> {
    pub(super) city: &'c City,
    pub(super) scope: &'c Scope,
}

/// Numerator and denominator.
pub(super) type Pair = Option<(u64, u64)>;

/// How an indicator counts one dataset.
pub(super) type Count = fn(&Context<'_>, &Facts) -> Pair;

#[expect(clippy::unnecessary_wraps, reason = "every count has this form")]
fn one(is_so: bool) -> Pair {
    Some((u64::from(is_so), 1))
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Days on which a delivery was due and there.
pub(super) fn schedule(context: &Context<'_>, facts: &Facts) -> Pair {
    schedule::kept(
        &facts.dataset,
        &context.city.calendar,
        &facts.renewed,
        context.scope,
    )
}

/// Columns that a check looks at, their own or the table's.
#[expect(clippy::unnecessary_wraps, reason = "every count has this form")]
pub(super) fn contracts(_: &Context<'_>, facts: &Facts) -> Pair {
    let dataset = &facts.dataset;
    let is_checked = |column: &&Column| {
        let key = &dataset.load.key;
        let in_table = |check: &TableCheck| names(dataset, check).contains(&column.name.as_str());
        !column.checks.is_empty()
            || key.contains(&column.name)
            || dataset.checks.iter().any(in_table)
    };
    let checked = dataset.columns.iter().filter(is_checked).count();
    Some((size(checked), size(dataset.columns.len())))
}

/// The columns a table's check names.
fn names<'d>(dataset: &'d Dataset, check: &'d TableCheck) -> Vec<&'d str> {
    let all = |list: &'d [String]| list.iter().map(String::as_str).collect();
    match check {
        TableCheck::Inside(_) => {
            let place = dataset.place.iter();
            place
                .flat_map(|place| [place.x.as_deref(), place.y.as_deref()])
                .flatten()
                .collect()
        }
        TableCheck::DateOrder(list)
        | TableCheck::NumberOrder(list)
        | TableCheck::AnyOf(list)
        | TableCheck::BothOrNone(list)
        | TableCheck::UniqueTogether(list) => all(list),
        TableCheck::SumEquals(sum) => {
            let mut found: Vec<&str> = all(&sum.parts);
            found.push(&sum.total);
            found
        }
        TableCheck::When(when) => {
            let mut found: Vec<&str> = all(&when.columns);
            found.push(&when.column);
            found
        }
        TableCheck::Mentions(mentions) => {
            let mut found: Vec<&str> = all(&mentions.columns);
            found.push(&mentions.value);
            found
        }
        TableCheck::FreshWithin(fresh) => vec![&fresh.column],
    }
}

/// Datasets whose deliveries may only differ so far from the one before.
pub(super) fn drift(_: &Context<'_>, facts: &Facts) -> Pair {
    if matches!(facts.dataset.source, Source::Derived(_)) {
        return None;
    }
    let says = |drift: &Drift| {
        let limits = [
            drift.rows,
            drift.nulls,
            drift.codes,
            drift.extent_km,
            drift.keys,
        ];
        !drift.columns || limits.iter().any(Option::is_some)
    };
    one(facts.dataset.load.drift.as_ref().is_some_and(says))
}

/// Columns whose title is a common standard term in force.
pub(super) fn terms(context: &Context<'_>, facts: &Facts) -> Pair {
    let terms = &context.city.standards.terms;
    if terms.terms().is_empty() {
        return None;
    }
    let columns = &facts.dataset.columns;
    let standard = columns
        .iter()
        .filter(|column| terms.term(&column.title).is_some());
    Some((size(standard.count()), size(columns.len())))
}

/// Columns a named standard asks for that are there under its own names.
pub(super) fn standard(context: &Context<'_>, facts: &Facts) -> Pair {
    let id = facts.dataset.standard.as_ref()?;
    let standard = context.city.standards.standards.get(id)?;
    let own = |column: &Column| [normal(column.source_name()), normal(&column.title)];
    let all: Vec<String> = facts.dataset.columns.iter().flat_map(own).collect();
    let wanted = standard.columns.iter().filter(|column| !column.optional);
    let (mut there, mut count) = (0, 0);
    for column in wanted {
        count += 1;
        there += u64::from(all.contains(&normal(&column.name)));
    }
    Some((there, count))
}

/// Datasets whose newest version of the year had no column that is not declared.
pub(super) fn structure(_: &Context<'_>, facts: &Facts) -> Pair {
    let newest = facts.versions().next_back()?;
    one(newest.extra_columns.is_empty())
}

/// Values that another dataset knows, of those that must refer to one.
pub(super) fn references(context: &Context<'_>, facts: &Facts) -> Pair {
    let (errors, diagnosed) = sum(context, facts, |own| own.check == "refers-to");
    (diagnosed > 0).then(|| (diagnosed.saturating_sub(errors), diagnosed))
}

/// Datasets whose newest version of the year says what it was made of.
pub(super) fn lineage(_: &Context<'_>, facts: &Facts) -> Pair {
    let newest = facts.versions().next_back()?;
    let has_bytes = newest.sources.iter().any(|own| !own.sha256.is_empty());
    one(has_bytes || !newest.inputs.is_empty())
}

/// Datasets that were diagnosed at least once.
pub(super) fn diagnosed(_: &Context<'_>, facts: &Facts) -> Pair {
    let is_diagnosed = |load: &Arc<Record>| counted(load).iter().any(|own| own.diagnosed > 0);
    one(facts.loads.iter().any(is_diagnosed))
}

/// Errors found in the year that its newest version no longer has.
pub(super) fn corrected(_: &Context<'_>, facts: &Facts) -> Pair {
    if facts.loads.is_empty() {
        return None;
    }
    let (mut fixed, mut found) = (0, 0);
    if facts.is_whole() {
        let left = facts.versions().next_back().map(by_rule);
        for (rule, most) in most(&facts.loads) {
            let left = match &left {
                Some(left) => left.get(&rule).copied().unwrap_or_default(),
                None => most,
            };
            found += most;
            fixed += most.saturating_sub(left);
        }
    } else {
        // What a table that grows was given stands as it came, but for rows that people put right.
        found = facts
            .versions()
            .flat_map(counted)
            .map(|own| own.errors)
            .sum();
        let put_right = corrections(facts).len();
        fixed = size(put_right).min(found);
    }
    (found > 0).then_some((fixed, found))
}

/// Corrections that were put in the place of an error in the year, each with what came of it last.
fn corrections(facts: &Facts) -> BTreeMap<&str, Came> {
    let mut all = BTreeMap::new();
    let mut applied = BTreeSet::new();
    for (id, came) in facts.versions().flat_map(|load| &load.corrections) {
        if *came == Came::Applied {
            applied.insert(id.as_str());
        }
        // That a delivery lacks the row says nothing of the source.
        if *came != Came::Absent {
            all.insert(id.as_str(), *came);
        }
    }
    all.retain(|id, came| applied.contains(id) || *came == Came::Fixed);
    all
}

/// Corrections that the source has taken over.
pub(super) fn taken_over(_: &Context<'_>, facts: &Facts) -> Pair {
    let all = corrections(facts);
    let fixed = all.values().filter(|came| **came == Came::Fixed).count();
    (!all.is_empty()).then(|| (size(fixed), size(all.len())))
}

type Rule = (Option<String>, String);

fn by_rule(load: &Record) -> BTreeMap<Rule, u64> {
    let mut all = BTreeMap::new();
    for own in counted(load) {
        *all.entry((own.column, own.check)).or_default() += own.errors;
    }
    all
}

/// The most errors that any load had, by rule and column.
fn most(loads: &[Arc<Record>]) -> BTreeMap<Rule, u64> {
    let mut all: BTreeMap<Rule, u64> = BTreeMap::new();
    for load in loads {
        for (rule, errors) in by_rule(load) {
            let most = all.entry(rule).or_default();
            *most = errors.max(*most);
        }
    }
    all
}

/// Deliveries refused whole after which a good one came.
pub(super) fn refused(_: &Context<'_>, facts: &Facts) -> Pair {
    let refused = facts.loads.iter().enumerate();
    let refused = refused.filter(|(_, load)| load.outcome == Outcome::Refused);
    let (mut good, mut all) = (0, 0);
    for (at, _) in refused {
        let mut later = facts.loads.iter().skip(at + 1);
        all += 1;
        good += u64::from(later.any(|load| load.outcome == Outcome::Loaded));
    }
    (all > 0).then_some((good, all))
}

/// Deliveries that waited for a person and were decided about.
pub(super) fn decided(_: &Context<'_>, facts: &Facts) -> Pair {
    let decided = facts.held.iter().filter(|own| own.decision.is_some());
    (!facts.held.is_empty()).then(|| (size(decided.count()), size(facts.held.len())))
}

/// Reports of citizens that were answered.
pub(super) fn answered(_: &Context<'_>, facts: &Facts) -> Pair {
    let answered = facts.reports.iter().filter(|own| own.answer.is_some());
    (!facts.reports.is_empty()).then(|| (size(answered.count()), size(facts.reports.len())))
}

/// Errors among the values diagnosed.
pub(super) fn errors(context: &Context<'_>, facts: &Facts) -> Pair {
    let (errors, diagnosed) = sum(context, facts, |_| true);
    (diagnosed > 0).then_some((errors, diagnosed))
}

/// The same, of what the public can have.
pub(super) fn open_errors(context: &Context<'_>, facts: &Facts) -> Pair {
    let dataset = &facts.dataset;
    if dataset.release != Release::Open {
        return None;
    }
    let is_open = |own: &Counted| match &own.column {
        Some(name) => dataset
            .column(name)
            .is_some_and(|column| column.release && column.privacy == PrivacyClass::None),
        None => true,
    };
    let (errors, diagnosed) = sum(context, facts, is_open);
    (diagnosed > 0).then_some((errors, diagnosed))
}

fn sum(context: &Context<'_>, facts: &Facts, is_own: impl Fn(&Counted) -> bool) -> (u64, u64) {
    let loads = facts.in_force(context.scope.until);
    loads
        .into_iter()
        .flat_map(counted)
        .filter(is_own)
        .fold((0, 0), |sum, own| {
            (sum.0 + own.errors, sum.1 + own.diagnosed)
        })
}

/// Datasets anybody can have.
pub(super) fn open(_: &Context<'_>, facts: &Facts) -> Pair {
    one(facts.dataset.release == Release::Open)
}

/// Open datasets that can be taken in forms that machines read.
pub(super) fn readable(_: &Context<'_>, facts: &Facts) -> Pair {
    let is_open = facts.dataset.release == Release::Open;
    is_open.then(|| (u64::from(facts.has_version), 1))
}

/// Datasets that are kept in one place for all departments.
pub(super) fn shared(_: &Context<'_>, facts: &Facts) -> Pair {
    one(facts.has_version)
}
