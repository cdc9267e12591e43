//! What rows of announcements say of each other.

use std::path::Path;

use city::promise::{CountedAt, Kind, Promise, Saving, Span};
use city::{Fault, PromiseId, When};

use super::note::{Clause, money};
use super::{Draft, is_money};

/// Relations between all rows: by their notes first, then by their words.
pub(super) fn all(file: &Path, drafts: &mut [Draft], faults: &mut Vec<Fault>) {
    let promises: Vec<Promise> = drafts.iter().map(|draft| draft.promise.clone()).collect();
    for (at, draft) in drafts.iter_mut().enumerate() {
        let Some(own) = promises.get(at) else {
            continue;
        };
        for clause in &draft.clauses {
            let line = draft.line;
            let mut unknown = |words: &str| {
                let what = format!("no row is called, or says, `{words}`");
                let fault = Fault::at(file, what).line(line);
                faults.push(fault.expected("the id of another row of the table"));
            };
            match clause {
                Clause::PartOf(words) => match named(own, words, &promises) {
                    Some(total) => draft.promise.part_of = Some(total.id.clone()),
                    None => unknown(words),
                },
                Clause::MaybeIn(words) => match named(own, words, &promises) {
                    Some(cost) => draft.promise.maybe_in = Some(cost.id.clone()),
                    None => unknown(words),
                },
                Clause::NotOfEarlier(count, unit) => {
                    draft.promise.counted_at = counted(own, *count, unit, &promises);
                }
                _ => (),
            }
        }
        draft.promise.adds_to = adds_to(own, &promises);
        draft.promise.per = per(own, &promises);
        draft.promise.saving = saving(own, &promises);
    }
}

/// Rows of the same body and topic, without the row itself.
fn siblings<'p>(own: &'p Promise, promises: &'p [Promise]) -> impl Iterator<Item = &'p Promise> {
    promises.iter().filter(|other| {
        other.id != own.id
            && other.body == own.body
            && other.topic == own.topic
            && own.topic.is_some()
    })
}

/// The row that words name: by its id, or by what it says, with its amount of money where they hold one.
fn named<'p>(own: &'p Promise, words: &str, promises: &'p [Promise]) -> Option<&'p Promise> {
    if let Some(by_id) = promises.iter().find(|other| other.id.as_str() == words) {
        return Some(by_id);
    }
    let amount = money(words);
    let mut found = siblings(own, promises).filter(|other| {
        let said = &other.sentence;
        let is_said = !said.is_empty() && (words.contains(said) || said.contains(words));
        let fits = amount.is_none_or(|amount| other.value() == Some(amount));
        is_said && fits
    });
    // Two that could be meant are none.
    let only = found.next();
    only.filter(|_| found.next().is_none())
}

/// `이전 334개소의 AP 수는 미기재`: counted of those of its own time, and not of the earlier ones.
fn counted(own: &Promise, count: f64, unit: &str, promises: &[Promise]) -> Option<CountedAt> {
    let in_unit = || siblings(own, promises).filter(|other| other.unit() == Some(unit));
    let not_of: Vec<PromiseId> = in_unit()
        .filter(|other| other.value() == Some(count))
        .map(|other| other.id.clone())
        .collect();
    let of: Vec<PromiseId> = in_unit()
        .filter(|other| other.period == own.period && !not_of.contains(&other.id))
        .map(|other| other.id.clone())
        .collect();
    (!not_of.is_empty()).then_some(CountedAt { of, not_of })
}

/// What is added adds to the newest earlier one in its unit.
fn adds_to(own: &Promise, promises: &[Promise]) -> Option<PromiseId> {
    if !["추가", "더 설치", "증설"]
        .iter()
        .any(|word| own.sentence.contains(word))
    {
        return None;
    }
    let begins = own.period.from.as_ref()?.first_day()?;
    let ended = |other: &Promise| other.period.to.as_ref().and_then(When::last_day);
    let earlier = siblings(own, promises)
        .filter(|other| other.unit() == own.unit())
        .filter_map(|other| Some((ended(other).filter(|end| *end < begins)?, other)));
    let (_, newest) = earlier.max_by_key(|(end, _)| *end)?;
    Some(newest.id.clone())
}

/// Figures of the same time by which one may be divided: people by occasions, people by places, money by people.
fn per(own: &Promise, promises: &[Promise]) -> Vec<PromiseId> {
    let unit = own.unit().unwrap_or_default();
    let by: &[&str] = match unit {
        "명" => &["회", "개소", "곳"],
        _ if is_money(unit) && !unit.contains('/') => &["명"],
        _ => &[],
    };
    if by.is_empty() || own.value().is_none() || own.period == Span::default() {
        return Vec::new();
    }
    siblings(own, promises)
        .filter(|other| other.period == own.period)
        .filter(|other| other.value().is_some_and(|value| value != 0.0))
        .filter(|other| other.unit().is_some_and(|unit| by.contains(&unit)))
        .map(|other| other.id.clone())
        .collect()
}

/// A saving by the year pays back the only cost of its topic.
fn saving(own: &Promise, promises: &[Promise]) -> Option<Saving> {
    let is_yearly = own.unit().is_some_and(|unit| unit.ends_with("/년"));
    if own.kind != Kind::Saving || !is_yearly {
        return None;
    }
    let mut costs = siblings(own, promises).filter(|other| other.kind == Kind::Cost);
    let only = costs.next()?;
    costs.next().is_none().then(|| Saving {
        investment: only.id.clone(),
        starts: None,
        scenarios: Vec::new(),
    })
}
