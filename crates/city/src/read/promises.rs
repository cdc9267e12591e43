//! `promises/`: what was announced makes sense, beside departments, measures and other promises.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Text;
use super::folder::{All, Read, unknown};
use super::links::Known;
use super::mend::UNKNOWN;
use crate::fault::Fault;
use crate::promise::{Kind, Promise, Unchecked, Unstated, When};
use crate::{Measure, PromiseId};

/// Folder of the promises.
pub(super) const FOLDER: &str = "promises";

/// What a promise may name.
pub(super) struct Named<'n> {
    pub(super) promises: &'n Known<'n, Promise>,
    pub(super) measures: &'n Known<'n, Measure>,
    /// Nothing where `city.toml` could not be read.
    pub(super) departments: Option<&'n [&'n str]>,
}

/// Every promise of a folder.
pub(super) fn all(promises: &All<Promise>, named: &Named<'_>, faults: &mut Vec<Fault>) {
    for Read { file, text, value } in &promises.read {
        let text = Text::new(file, text);
        let looked = Looked {
            promise: value,
            text: &text,
        };
        looked.alone(faults);
        looked.links(named, faults);
    }
    circles(
        &promises.read,
        "part-of",
        |own| own.part_of.as_ref(),
        faults,
    );
    circles(
        &promises.read,
        "adds-to",
        |own| own.adds_to.as_ref(),
        faults,
    );
}

/// What one promise says by itself.
pub(super) fn alone(promise: &Promise, text: &Text<'_>, faults: &mut Vec<Fault>) {
    Looked { promise, text }.alone(faults);
}

/// A promise with its text.
struct Looked<'l, 't> {
    promise: &'l Promise,
    text: &'l Text<'t>,
}

impl Looked<'_, '_> {
    fn alone(&self, faults: &mut Vec<Fault>) {
        if self.promise.sentence.trim().is_empty() {
            let fault = self.text.fault_at(&["sentence"], "`sentence` says nothing");
            faults.push(fault.expected("the sentence as it was published"));
        }
        self.times(faults);
        self.history(faults);
        self.numbers(faults);
        self.absences(faults);
    }

    /// Days that the calendar does not have, and times that end before they begin.
    fn times(&self, faults: &mut Vec<Fault>) {
        let own = self.promise;
        let single = [
            (vec!["source", "date"], own.source.date.as_ref()),
            (vec!["due"], own.due.as_ref()),
            (vec!["period", "from"], own.period.from.as_ref()),
            (vec!["period", "to"], own.period.to.as_ref()),
            (
                vec!["saving", "starts"],
                own.saving
                    .as_ref()
                    .and_then(|saving| saving.starts.as_ref()),
            ),
        ];
        for (path, when) in single {
            self.day(&path, when, faults);
        }
        let of_saving = own.saving.iter().flat_map(|saving| &saving.scenarios);
        for (at, scenario) in of_saving.enumerate() {
            let at = at.to_string();
            let path = ["saving", "scenarios", &at, "starts"];
            self.day(&path, scenario.starts.as_ref(), faults);
        }
        for (at, evidence) in own.evidence.iter().enumerate() {
            let path = ["evidence", &at.to_string(), "on"];
            self.day(&path, Some(&evidence.on), faults);
        }
        let from = own.period.from.as_ref().and_then(When::first_day);
        let to = own.period.to.as_ref().and_then(When::last_day);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let fault = self
                .text
                .fault_at(&["period", "to"], "the period ends before it begins");
            faults.push(fault.expected(format!("{from} or later")));
        }
    }

    /// The first day of a time, or a fault where the calendar does not have it.
    fn day(
        &self,
        path: &[&str],
        when: Option<&When>,
        faults: &mut Vec<Fault>,
    ) -> Option<NaiveDate> {
        let when = when?;
        let day = when.first_day();
        // What is no date by its form is told already.
        if day.is_none() && self.text.says(path, when.as_str()) {
            let fault = self
                .text
                .fault_at(path, format!("the calendar has no `{when}`"));
            faults.push(fault.expected("a year, a month or a day: 2026, 2026-12, 2026-12-31"));
        }
        day
    }

    /// No state is dated before the one above it, and none before the promise was published.
    fn history(&self, faults: &mut Vec<Fault>) {
        let published = self.promise.source.date.as_ref();
        let known_from = published.and_then(When::first_day);
        let mut newest: Option<(NaiveDate, &When)> = None;
        for (at, status) in self.promise.history.iter().enumerate() {
            let at = at.to_string();
            let path = ["history", at.as_str(), "on"];
            let Some(first) = self.day(&path, Some(&status.on), faults) else {
                continue;
            };
            let last = status.on.last_day().unwrap_or(first);
            if let (Some(known), Some(published)) = (known_from, published)
                && last < known
            {
                let what = format!("a state of {} is older than the promise", status.on);
                let fault = self.text.fault_at(&path, what);
                faults.push(fault.expected(format!("{published} or later, as `source.date` says")));
            }
            if let Some((before, written)) = newest
                && last < before
            {
                let what = format!("a state of {} stands behind one of {written}", status.on);
                let fault = self.text.fault_at(&path, what);
                faults.push(fault.expected(format!("{written} or later")).remedy(
                    "states stand in the order in which they came; what was learned later is a state of the day it was learned",
                ));
            }
            if newest.is_none_or(|(before, _)| first > before) {
                newest = Some((first, &status.on));
            }
            if status.text.trim().is_empty() {
                let path = ["history", at.as_str(), "text"];
                let fault = self.text.fault_at(&path, "`text` says nothing");
                faults.push(fault.expected("what happened, in a sentence"));
            }
        }
    }

    fn numbers(&self, faults: &mut Vec<Fault>) {
        let own = self.promise;
        if let Some(pace) = &own.pace {
            let most = pace.most.unwrap_or(pace.least);
            if pace.least <= 0.0 {
                let fault = self
                    .text
                    .fault_at(&["pace", "least"], "a pace of nothing reaches nothing");
                faults.push(fault.expected("more than 0"));
            } else if most < pace.least {
                let fault = self
                    .text
                    .fault_at(&["pace", "most"], "the fastest pace is below the slowest");
                faults.push(fault.expected(format!("{} or more", pace.least)));
            }
        }
        if own.figure.is_none() {
            let needs = [
                ("pace", own.pace.is_some()),
                ("parts", !own.parts.is_empty()),
                ("part-of", own.part_of.is_some()),
                ("measure", own.measure.is_some()),
                ("saving", own.saving.is_some()),
            ];
            for (key, _) in needs.into_iter().filter(|(_, is_said)| *is_said) {
                let fault = self
                    .text
                    .fault_at(&[key], format!("`{key}` needs a figure"));
                faults.push(
                    fault.remedy(
                        "write figure = { unit = \"...\" }, with `value` where it is known",
                    ),
                );
            }
        }
        if own.saving.is_some() && own.kind != Kind::Saving {
            let fault = self
                .text
                .fault_at(&["saving"], "`saving` means nothing here");
            faults.push(fault.remedy("write kind = \"saving\", or take it out"));
        }
    }

    /// What is said to be missing is missing.
    fn absences(&self, faults: &mut Vec<Fault>) {
        let own = self.promise;
        for (at, what) in own.not_stated.iter().enumerate() {
            let key = match what {
                Unstated::Figure => own.value().is_some().then_some("figure"),
                Unstated::Denominator => own.denominator.is_some().then_some("denominator"),
                Unstated::Method => own.method.is_some().then_some("method"),
                Unstated::Due => own.due.is_some().then_some("due"),
            };
            self.contradicted(&["not-stated", &at.to_string()], key, faults);
        }
        for (at, what) in own.unchecked.iter().enumerate() {
            let key = match what {
                Unchecked::Department => own.department.is_some().then_some("department"),
                Unchecked::Source => own.source.document.is_some().then_some("source"),
                Unchecked::Evidence => (!own.evidence.is_empty()).then_some("evidence"),
                Unchecked::Figure => own.value().is_some().then_some("figure"),
                Unchecked::Tense => None,
            };
            self.contradicted(&["unchecked", &at.to_string()], key, faults);
        }
    }

    fn contradicted(&self, path: &[&str], key: Option<&str>, faults: &mut Vec<Fault>) {
        if let Some(key) = key {
            let what = format!("`{key}` is written, and said to be missing");
            let fault = self.text.fault_at(path, what);
            faults.push(fault.remedy("take one of the two out"));
        }
    }

    /// What it names exists.
    fn links(&self, named: &Named<'_>, faults: &mut Vec<Fault>) {
        let own = self.promise;
        if let (Some(id), Some(known)) = (&own.department, named.departments)
            && !known.contains(&id.as_str())
        {
            let what = format!("city.toml declares no department `{id}`");
            faults.extend(unknown(
                self.text.fault_at(&["department"], what),
                id,
                known,
            ));
        }
        self.measure(named.measures, faults);
        for (path, id) in self.others() {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            if *id == own.id {
                faults.push(self.text.fault_at(&path, "a promise names itself"));
            } else if !named.promises.contains_key(id.as_str()) {
                let known: Vec<&str> = named.promises.keys().map(String::as_str).collect();
                let fault = self
                    .text
                    .fault_at(&path, format!("there is no promise `{id}`"));
                faults.extend(unknown(fault, id, &known));
            }
        }
    }

    /// Every other promise that it names, with the place.
    fn others(&self) -> Vec<(Vec<String>, &PromiseId)> {
        let own = self.promise;
        let one = |path: &[&str]| {
            path.iter()
                .map(|step| (*step).to_owned())
                .collect::<Vec<_>>()
        };
        let mut all = Vec::new();
        all.extend(own.part_of.iter().map(|id| (one(&["part-of"]), id)));
        all.extend(own.adds_to.iter().map(|id| (one(&["adds-to"]), id)));
        all.extend(own.maybe_in.iter().map(|id| (one(&["maybe-in"]), id)));
        if let Some(saving) = &own.saving {
            all.push((one(&["saving", "investment"]), &saving.investment));
        }
        let counted = own.counted_at.as_ref();
        let lists = [
            (vec!["per"], own.per.as_slice()),
            (
                vec!["counted-at", "of"],
                counted.map_or(&[][..], |counted| &counted.of),
            ),
            (
                vec!["counted-at", "not-of"],
                counted.map_or(&[][..], |counted| &counted.not_of),
            ),
        ];
        for (path, ids) in lists {
            for (at, id) in ids.iter().enumerate() {
                let mut path = one(&path);
                path.push(at.to_string());
                all.push((path, id));
            }
        }
        all
    }

    fn measure(&self, measures: &Known<'_, Measure>, faults: &mut Vec<Fault>) {
        let Some(shown) = &self.promise.measure else {
            return;
        };
        let path = ["measure", "id"];
        match measures.get(shown.id.as_str()) {
            Some(Some(measure)) => {
                let own = self.promise.unit().unwrap_or_default();
                let other = &measure.unit;
                if own != other && !own.is_empty() && other != UNKNOWN {
                    let what = format!("the measure `{}` counts in `{other}`", shown.id);
                    let fault = self.text.fault_at(&path, what);
                    faults.push(fault.expected(format!("a measure in `{own}`, as the figure is")));
                }
            }
            // It could not be read, and that is told already.
            Some(None) => (),
            None => {
                let known: Vec<&str> = measures.keys().map(String::as_str).collect();
                let what = format!("there is no measure `{}`", shown.id);
                faults.extend(unknown(self.text.fault_at(&path, what), &shown.id, &known));
            }
        }
    }
}

/// Promises that lead back to themselves; told once, at the first of the circle.
fn circles(
    promises: &[Read<Promise>],
    key: &str,
    next: impl Fn(&Promise) -> Option<&PromiseId>,
    faults: &mut Vec<Fault>,
) {
    let of = |id: &PromiseId| {
        let found = promises.iter().find(|read| read.value.id == *id);
        found.map(|read| &read.value)
    };
    let mut told: BTreeSet<&PromiseId> = BTreeSet::new();
    for Read { file, text, value } in promises {
        let mut way = vec![&value.id];
        let mut here = next(value);
        while let Some(id) = here {
            // A promise that names itself is told with the links.
            if *id == value.id && way.len() > 1 && !told.contains(id) {
                told.extend(way.iter().copied());
                let all: Vec<&str> = way.iter().map(|id| id.as_str()).collect();
                let what = format!(
                    "promises are part of each other in a circle: {} → {}",
                    all.join(" → "),
                    value.id
                );
                let fault = Text::new(file, text).fault_at(&[key], what);
                faults.push(fault.remedy(format!("take one `{key}` out")));
            }
            if way.contains(&id) {
                break;
            }
            way.push(id);
            here = of(id).and_then(&next);
        }
    }
}
