//! What divides a measure: another measure or a dataset, broken down by the same.

use super::super::folder::unknown;
use super::super::links::{column, dataset, ids};
use super::super::meaning::word;
use super::super::sql;
use super::{Judge, is_amount};
use crate::Dataset;
use crate::breakdown::{declared_key, is_declared_key};
use crate::fault::Fault;
use crate::measure::{Breakdown, Compute, Denominator};

impl<'r> Judge<'_, 'r> {
    /// What divides it, and whether it can.
    pub(super) fn divided(&self, faults: &mut Vec<Fault>) {
        let measure = self.measure;
        let divides = matches!(
            measure.compute,
            Some(Compute::Ratio { .. } | Compute::Rate { .. })
        );
        let Some(below) = &measure.denominator else {
            if divides {
                let fault = self
                    .text
                    .fault_at(&["compute"], "there is nothing to divide by")
                    .expected("the key `denominator`");
                faults.push(fault.remedy(
                    "write denominator = { measure = \"...\" } or { dataset = \"...\", sum = \"...\" }",
                ));
            }
            return;
        };
        if measure.compute.is_some() && !divides {
            let fault = self
                .text
                .fault_at(&["denominator"], "this kind of `compute` is not divided");
            faults.push(fault.expected("kind `ratio` or `rate` beside a denominator"));
        }
        if measure.compute.is_some() && self.text.has(&["per"]) {
            let fault = self
                .text
                .fault_at(&["per"], "`per` belongs to an `expression`");
            faults.push(fault.remedy("write compute = { kind = \"rate\", per = ... }"));
        }
        match (&below.measure, &below.dataset) {
            (Some(_), None) => self.by_measure(below, faults),
            (None, Some(_)) => self.by_dataset(below, faults),
            _ => {
                let what = "the denominator is one thing: a measure or a dataset";
                let fault = self.text.fault_at(&["denominator"], what);
                faults.push(fault.expected("just one of `measure` and `dataset`"));
            }
        }
        for (at, name) in below.whole.iter().enumerate() {
            if !measure.dimensions.contains(name) {
                let path = ["denominator", "whole", &at.to_string()];
                let what = format!("`{name}` is none of the measure's dimensions");
                let known: Vec<&str> = measure.dimensions.iter().map(String::as_str).collect();
                faults.extend(unknown(self.text.fault_at(&path, what), name, &known));
            }
        }
    }

    fn by_measure(&self, below: &Denominator, faults: &mut Vec<Fault>) {
        let Some(id) = &below.measure else { return };
        let path = ["denominator", "measure"];
        let measures = self.around.measures;
        let Some(found) = measures.get(id.as_str()) else {
            let fault = self
                .text
                .fault_at(&path, format!("there is no measure `{id}`"));
            faults.extend(unknown(fault, id, &ids(measures)));
            return;
        };
        let Some(other) = found else { return };
        for key in ["sum", "expression", "filter"] {
            if self.text.has(&["denominator", key]) {
                let fault = self.text.fault_at(
                    &["denominator", key],
                    "a measure brings its own computation",
                );
                faults.push(fault.remedy("take it out, or divide by a `dataset`"));
            }
        }
        if let Some(way) = self.circle() {
            let what = format!(
                "measures divide each other in a circle: {} → {}",
                self.measure.id,
                way.join(" → ")
            );
            // A circle is told once, at the first of its measures.
            if way.iter().all(|other| self.measure.id.as_str() <= *other) {
                faults.push(self.text.fault_at(&path, what));
            }
            return;
        }
        for (at, name) in self.measure.dimensions.iter().enumerate() {
            if !other.dimensions.contains(name) && !below.whole.contains(name) {
                self.one_sided(at, name, &format!("the measure `{id}`"), faults);
            }
        }
    }

    /// The measures after this one up to it again, if its denominators lead back.
    fn circle(&self) -> Option<Vec<&'r str>> {
        let mut way = Vec::new();
        let mut here = self.measure;
        loop {
            let next = here.denominator.as_ref()?.measure.as_ref()?;
            if way.contains(&next.as_str()) {
                // A circle further on is told at its own measures.
                return None;
            }
            way.push(next.as_str());
            if *next == self.measure.id {
                return Some(way);
            }
            here = self.around.measures.get(next.as_str()).copied().flatten()?;
        }
    }

    fn by_dataset(&self, below: &Denominator, faults: &mut Vec<Fault>) {
        let Some(id) = &below.dataset else { return };
        let path = |key| ["denominator", key];
        let found = dataset(
            id,
            self.around.datasets,
            self.text,
            &path("dataset"),
            faults,
        );
        let Some(of) = found else { return };
        if below.sum.is_some() && below.expression.is_some() {
            let what = "both `sum` and `expression` say what it is divided by";
            faults.push(self.text.fault_at(&path("expression"), what));
        }
        if let Some(sum) = &below.sum
            && let Some(found) = column(of, sum, self.text, &path("sum"), faults)
            && !is_amount(found.column_type)
        {
            let what = format!("`{sum}` is `{}` and no number", word(&found.column_type));
            faults.push(self.text.fault_at(&path("sum"), what));
        }
        if let Some(expression) = &below.expression {
            sql::columns(of, expression, self.text, &path("expression"), faults);
        }
        if let Some(filter) = &below.filter {
            sql::columns(of, filter, self.text, &path("filter"), faults);
        }
        for (at, name) in self.measure.dimensions.iter().enumerate() {
            let breakdown = self.measure.breakdowns.get(name);
            let needed = breakdown.map_or(name, |own| &own.column);
            let is_there = of.column(needed).is_some() && self.is_keyed(of, breakdown);
            if !is_there && !below.whole.contains(name) {
                self.one_sided(at, name, &format!("the dataset `{id}`"), faults);
            }
        }
    }

    /// Whether a dataset's column of a breakdown's name leads to the same labels.
    fn is_keyed(&self, of: &Dataset, breakdown: Option<&Breakdown>) -> bool {
        let Some((breakdown, from)) = breakdown.and_then(|own| Some((own, own.from.as_ref()?)))
        else {
            return true;
        };
        let other = self.around.datasets.get(from.as_str()).copied().flatten();
        other.is_none_or(|other| match &breakdown.key {
            Some(key) => is_declared_key(of, &breakdown.column, other, key),
            None => declared_key(of, &breakdown.column, other).is_some(),
        })
    }

    fn one_sided(&self, at: usize, name: &str, what: &str, faults: &mut Vec<Fault>) {
        let told = format!("{what}, which divides it, is not broken down by `{name}`");
        let fault = self.text.fault_at(&["dimensions", &at.to_string()], told);
        faults.push(fault.remedy(format!(
            "take it out; or write whole = [\"{name}\"] into `denominator`: each part is divided by the whole then"
        )));
    }
}
