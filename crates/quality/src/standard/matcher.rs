//! Finds for each of a standard's columns the dataset's column that is it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use city::ColumnType;
use city::standard::{Found, Standard, StandardColumn, Standards, normal};

use super::fit::{Kinship, Rule, Wanted, kinship};
use super::{How, Matched, Resemblance, Seen, differ};

/// Cells at least, before values say what a column is.
const LEAST_CELLS: u64 = 5;

/// The standards a dataset resembles, the nearest first. Those it shares no column with are left out.
pub fn ranked(standards: &Standards, seen: &[Seen]) -> Vec<Resemblance> {
    let mut ranked: Vec<Resemblance> = standards
        .standards
        .values()
        .map(|standard| resemblance(standards, standard, seen))
        .filter(|found| found.score > 0.0)
        .collect();
    ranked.sort_by(|left, right| {
        let by_score = right.score.total_cmp(&left.score);
        by_score.then_with(|| left.standard.cmp(&right.standard))
    });
    ranked
}

/// One standard beside a dataset.
pub fn resemblance(standards: &Standards, standard: &Standard, seen: &[Seen]) -> Resemblance {
    // In order of name, whatever order the columns come in.
    let mut seen: Vec<&Seen> = seen.iter().collect();
    seen.sort_by_key(|own| (&own.source, &own.name));
    let mut found = by_name(standards, standard, &seen);
    by_content(standards, standard, &mut found);
    let columns = standard.columns.iter().zip(&found.of_column);
    let columns: Vec<Matched> = columns
        .map(|(column, matched)| match matched {
            Some((seen, how)) => Matched {
                column: column.name.clone(),
                from: Some(seen.name.clone()),
                how: how.clone(),
            },
            None => Matched {
                column: column.name.clone(),
                from: None,
                how: How::None,
            },
        })
        .collect();
    let is_used = |own: &&&Seen| {
        columns
            .iter()
            .any(|one| one.from.as_ref() == Some(&own.name))
    };
    let extra: Vec<&Seen> = seen.iter().filter(|own| !is_used(own)).copied().collect();
    let mut differences = Vec::new();
    for (column, matched) in standard.columns.iter().zip(&found.of_column) {
        let matched = matched.as_ref().map(|(seen, how)| (*seen, how));
        differ::column(standards, column, matched, &mut differences);
    }
    differ::extra(&extra, &mut differences);
    Resemblance {
        standard: standard.id.clone(),
        score: score(standards, standard, &columns),
        extra: extra.into_iter().map(|own| own.name.clone()).collect(),
        columns,
        differences,
    }
}

/// The dataset's column of each of the standard's, and those that are still free.
struct Columns<'s> {
    of_column: Vec<Option<(&'s Seen, How)>>,
    free: Vec<&'s Seen>,
}

fn by_name<'s>(standards: &Standards, standard: &Standard, seen: &[&'s Seen]) -> Columns<'s> {
    // No two columns of a standard share a name: reading it made sure.
    let (mut exact, mut synonyms) = (BTreeMap::new(), BTreeMap::new());
    for (at, column) in standard.columns.iter().enumerate() {
        for name in [Some(&column.name), column.key.as_ref()]
            .into_iter()
            .flatten()
        {
            exact.entry(normal(name)).or_insert(at);
        }
        for name in &column.synonyms {
            synonyms.entry(normal(name)).or_insert(at);
        }
    }
    let of_term = |name: &str| match standards.terms.judge(name).found {
        Found::Term(term) | Found::Synonym(term) | Found::Withdrawn(term) => {
            exact.get(&normal(&term.name)).copied()
        }
        Found::Composed { .. } | Found::Nonstandard { .. } => None,
    };
    let mut columns = Columns {
        of_column: vec![None; standard.columns.len()],
        free: Vec::new(),
    };
    let mut best: BTreeMap<usize, (usize, Reverse<u64>)> = BTreeMap::new();
    for own in seen {
        let names = [&own.source, &own.title, &own.name];
        let ways = names.iter().enumerate().flat_map(|(place, name)| {
            let key = normal(name);
            let by_exact = exact.get(&key).map(|at| (place, *at, *name));
            let by_synonym = synonyms.get(&key).map(|at| (3 + place, *at, *name));
            [by_exact, by_synonym].into_iter().flatten()
        });
        let by_term = || {
            let terms = (!standards.terms.is_empty()).then(|| of_term(&own.source));
            terms.flatten().map(|at| (6, at, &own.source))
        };
        let Some((rank, at, name)) = ways.min_by_key(|(rank, ..)| *rank).or_else(by_term) else {
            columns.free.push(own);
            continue;
        };
        // Of two that claim a column the better name wins, then the fuller column, then the first
        // in order of name.
        let claim = (rank, Reverse(own.filled));
        if best.get(&at).is_some_and(|own| *own <= claim) {
            continue;
        }
        best.insert(at, claim);
        let written = name.clone();
        let how = if rank < 3 {
            How::Exact { written }
        } else {
            How::Synonym { written }
        };
        if let Some(slot) = columns.of_column.get_mut(at) {
            *slot = Some((own, how));
        }
    }
    columns
}

/// Gives a column that no name matched the one free column whose values fit it, if that column fits
/// no other: what could be two things is neither.
fn by_content(standards: &Standards, standard: &Standard, found: &mut Columns<'_>) {
    let mut pairs = Vec::new();
    for (at, column) in standard.columns.iter().enumerate() {
        if found.of_column.get(at).is_some_and(Option::is_some) {
            continue;
        }
        let wanted = Wanted::new(standards, column);
        for (free, own) in found.free.iter().enumerate() {
            pairs.extend(content(&wanted, own).map(|how| (at, free, how)));
        }
    }
    for (at, free, how) in &pairs {
        let is_only = pairs
            .iter()
            .all(|(other, own, _)| (other == at) == (own == free));
        if let (true, Some(own)) = (is_only, found.free.get(*free))
            && let Some(slot) = found.of_column.get_mut(*at)
        {
            *slot = Some((own, how.clone()));
        }
    }
}

/// Whether nearly all values of a column are what is wanted.
fn content(wanted: &Wanted, own: &Seen) -> Option<How> {
    let of = own.sampled();
    if of < LEAST_CELLS || kinship(wanted.kind?, own.column_type) == Kinship::Other {
        return None;
    }
    let rule = wanted
        .rules
        .iter()
        .find(|rule| rule.tells_columns_apart())?;
    let is_measured = matches!(wanted.kind, Some(ColumnType::Number | ColumnType::Decimal));
    let fits = |text: &str| {
        // Whole numbers lie between any two bounds: a coordinate has decimals.
        let is_fine = !matches!(rule, Rule::Range(..)) || (is_measured && text.contains('.'));
        is_fine && wanted.is_typed(text) && rule.passes(text)
    };
    let fitting = own.values.iter().filter(|(text, _)| fits(text));
    let fits: u64 = fitting.map(|(_, count)| count).sum();
    // One in twenty may be dirt.
    let is_enough = fits.saturating_mul(20) >= of.saturating_mul(19);
    is_enough.then(|| How::Content {
        written: own.source.clone(),
        check: rule.why().check().to_owned(),
        fits,
        of,
    })
}

/// The share of what the standard asks for that is there.
fn score(standards: &Standards, standard: &Standard, columns: &[Matched]) -> f64 {
    let (mut there, mut asked) = (0.0, 0.0);
    for (column, matched) in standard.columns.iter().zip(columns) {
        let share = match matched.how {
            How::Exact { .. } => 1.0,
            How::Synonym { .. } => 0.95,
            How::Content { .. } => 0.7,
            How::None if column.optional => continue,
            How::None => 0.0,
        };
        let weight = weight(standards, column);
        there += weight * share;
        asked += weight;
    }
    if asked > 0.0 { there / asked } else { 0.0 }
}

/// A column that many standards have tells little of any one.
fn weight(standards: &Standards, column: &StandardColumn) -> f64 {
    let has = |standard: &&Standard| standard.column(&column.name).is_some();
    let count = standards.standards.values().filter(has).count();
    1.0 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}
