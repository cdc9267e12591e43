//! A measure beside the datasets and the other measures: what it computes, by what, and over what exists.

mod below;

use std::collections::BTreeSet;

use super::folder::{Read, unknown};
use super::links::{Known, column, dataset};
use super::meaning::word;
use super::{Text, sql};
use crate::breakdown::{declared_key, is_declared_key};
use crate::fault::Fault;
use crate::measure::{Breakdown, Compute, Step, Target};
use crate::unit::converted;
use crate::{ColumnType, Dataset, Measure};

/// What can be named beside a measure.
struct Around<'r> {
    datasets: &'r Known<'r, Dataset>,
    measures: &'r Known<'r, Measure>,
}

/// Everything that is wrong with measures beside each other and the datasets.
pub(super) fn all<'r>(
    reads: &'r [Read<Measure>],
    (measures, datasets): (&'r Known<'r, Measure>, &'r Known<'r, Dataset>),
    faults: &mut Vec<Fault>,
) {
    let around = Around { datasets, measures };
    for read in reads {
        measure(read, &around, faults);
    }
}

/// Whether values of a type can be added up: years cannot.
fn is_amount(kind: ColumnType) -> bool {
    matches!(
        kind,
        ColumnType::Integer | ColumnType::Decimal | ColumnType::Number
    )
}

/// More digits than anything a city counts has.
const DIGITS_MAX: u8 = 9;

/// One measure being judged.
struct Judge<'j, 'r> {
    measure: &'r Measure,
    text: &'j Text<'j>,
    around: &'j Around<'r>,
    /// Its dataset; nothing where its columns are those of a question, which the engine knows.
    of: Option<&'r Dataset>,
}

/// Everything that is wrong with a measure beside what is around it.
fn measure<'r>(read: &'r Read<Measure>, around: &Around<'r>, faults: &mut Vec<Fault>) {
    let (measure, text) = (&read.value, Text::new(&read.file, &read.text));
    let own = dataset(
        &measure.dataset,
        around.datasets,
        &text,
        &["dataset"],
        faults,
    );
    let judge = Judge {
        measure,
        text: &text,
        around,
        of: own.filter(|_| measure.query.is_none()),
    };
    judge.shown(faults);
    judge.query(faults);
    judge.computed(faults);
    judge.divided(faults);
    judge.dimensions(faults);
    judge.time(faults);
    judge.target(faults);
    judge.compared(faults);
}

impl Judge<'_, '_> {
    /// What people read beside the value.
    fn shown(&self, faults: &mut Vec<Fault>) {
        for (key, word) in [("title", &self.measure.title), ("unit", &self.measure.unit)] {
            if word.trim().is_empty() {
                let fault = self.text.fault_at(&[key], format!("the {key} is empty"));
                faults.push(fault.expected("a word people read beside the figure"));
            }
        }
        if let Some(word) = &self.measure.unit_en
            && word.trim().is_empty()
        {
            let fault = self.text.fault_at(&["unit-en"], "the unit-en is empty");
            faults.push(fault.remedy("write the unit's English word, or leave the key out"));
        }
        if self.measure.digits > DIGITS_MAX {
            let what = format!("{} digits after the point", self.measure.digits);
            let fault = self.text.fault_at(&["digits"], what);
            faults.push(fault.expected(format!("at most {DIGITS_MAX}")));
        }
        if self.measure.least_rows == Some(0) {
            let fault = self
                .text
                .fault_at(&["least-rows"], "every figure is of at least 0 rows");
            faults.push(fault.expected("a number above 0, e.g. 5"));
        }
    }

    fn query(&self, faults: &mut Vec<Fault>) {
        let Some(query) = &self.measure.query else {
            return;
        };
        for (at, id) in query.from.iter().enumerate() {
            let path = ["query", "from", &at.to_string()];
            dataset(id, self.around.datasets, self.text, &path, faults);
        }
        if !query.from.contains(&self.measure.dataset) {
            let what = format!(
                "the question does not read the measure's own dataset `{}`",
                self.measure.dataset
            );
            let fault = self.text.fault_at(&["query", "from"], what);
            faults.push(fault.remedy("name it in `from`, or name another `dataset`"));
        }
        if query.sql.trim().is_empty() {
            let path = ["query", "sql"];
            faults.push(self.text.fault_at(&path, "there is no question"));
        }
    }

    /// What is computed, of columns that exist and fit.
    fn computed(&self, faults: &mut Vec<Fault>) {
        let measure = self.measure;
        match (&measure.compute, &measure.expression) {
            (Some(_), Some(_)) => faults.push(
                self.text
                    .fault_at(
                        &["expression"],
                        "both `compute` and `expression` say what is computed",
                    )
                    .remedy(
                        "keep `compute`; an `expression` is for what no kind of `compute` says",
                    ),
            ),
            (None, None) => faults.push(
                self.text
                    .fault_at(&["dataset"], "the measure computes nothing")
                    .expected("the key `compute`")
                    .remedy(
                        "write what is computed: compute = { kind = \"sum\", column = \"...\" }",
                    ),
            ),
            (None, Some(expression)) => self.names(expression, &["expression"], faults),
            (Some(compute), None) => self.kind(compute, faults),
        }
        for key in ["how", "how-en"] {
            if measure.expression.is_none() && self.text.has(&[key]) {
                let what = format!("`{key}` says what an `expression` does, and there is none");
                let fault = self.text.fault_at(&[key], what);
                faults.push(fault.remedy("take it out: what `compute` does is told by itself"));
            }
        }
        if let Some(filter) = &measure.filter {
            self.names(filter, &["filter"], faults);
        }
    }

    fn names(&self, sql: &str, path: &[&str], faults: &mut Vec<Fault>) {
        if let Some(of) = self.of {
            sql::columns(of, sql, self.text, path, faults);
        }
    }

    fn kind(&self, compute: &Compute, faults: &mut Vec<Fault>) {
        let key = match compute {
            Compute::Count { .. } => "distinct",
            Compute::Sum { .. } | Compute::Average { .. } | Compute::Percentile { .. } => "column",
            _ => "sum",
        };
        if let (Some(of), Some(name)) = (self.of, compute.column())
            && let Some(found) = column(of, name, self.text, &["compute", key], faults)
            && key != "distinct"
            && !is_amount(found.column_type)
        {
            let what = format!("`{name}` is `{}` and no number", word(&found.column_type));
            let fault = self.text.fault_at(&["compute", key], what);
            faults.push(fault.expected("a column of type integer, decimal or number"));
        }
        self.unit(compute, faults);
        match compute {
            Compute::Percentile { percent, .. } if !(*percent > 0.0 && *percent < 100.0) => {
                let path = ["compute", "percent"];
                let fault = self.text.fault_at(&path, "the percentile is out of bounds");
                faults.push(fault.expected("a number above 0 and below 100"));
            }
            Compute::Rate { per, .. } if !(per.is_finite() && *per > 0.0) => {
                let fault = self
                    .text
                    .fault_at(&["compute", "per"], "a rate is per something");
                faults.push(fault.expected("a number above 0, e.g. 1000"));
            }
            Compute::Share { part, .. } => {
                self.names(part, &["compute", "part"], faults);
                if !matches!(self.measure.unit.trim(), "%" | "‰") {
                    let fault = self.text.fault_at(&["unit"], "a share has another unit");
                    faults.push(fault.expected("`%` or `‰`"));
                }
            }
            Compute::Index { base, .. } => self.base(base, faults),
            _ => {}
        }
    }

    /// What is added up or averaged stays in the column's unit: money as money, households as households.
    fn unit(&self, compute: &Compute, faults: &mut Vec<Fault>) {
        let (Compute::Sum { column }
        | Compute::Average { column }
        | Compute::Percentile { column, .. }) = compute
        else {
            return;
        };
        let own = self.of.and_then(|of| of.column(column)?.unit.as_deref());
        let unit = &self.measure.unit;
        if let Some(own) = own
            && converted(1.0, own, unit).is_none()
        {
            let what = format!("the column `{column}` is in `{own}` and the measure in `{unit}`");
            let fault = self.text.fault_at(&["unit"], what);
            faults.push(fault.expected(format!("`{own}`, or a unit of the same kind")));
        }
    }

    fn base(&self, base: &str, faults: &mut Vec<Fault>) {
        if self.measure.time.is_none() {
            let fault = self.text.fault_at(
                &["compute"],
                "an index needs a time axis: its base is a period",
            );
            faults.push(fault.remedy("write time = { column = \"...\", step = \"year\" }"));
        }
        if crate::period::Period::parse(base).is_none() {
            let fault = self
                .text
                .fault_at(&["compute", "base"], format!("`{base}` is no period"));
            faults.push(fault.expected("a year, month or day: `2020`, `2020-01`, `2020-01-31`"));
        }
    }

    fn dimensions(&self, faults: &mut Vec<Fault>) {
        let measure = self.measure;
        let mut told = BTreeSet::new();
        for (at, name) in measure.dimensions.iter().enumerate() {
            let path = ["dimensions", &at.to_string()];
            if !told.insert(name) {
                let what = format!("the dimension `{name}` stands twice");
                faults.push(self.text.fault_at(&path, what));
            }
            if let (None, Some(of)) = (measure.breakdowns.get(name), self.of) {
                column(of, name, self.text, &path, faults);
            }
        }
        for (name, breakdown) in &measure.breakdowns {
            self.breakdown(name, breakdown, faults);
        }
    }

    fn breakdown(&self, name: &str, breakdown: &Breakdown, faults: &mut Vec<Fault>) {
        let path = |key| ["breakdowns", name, key];
        if !self.measure.dimensions.iter().any(|own| own == name) {
            let what = format!("the breakdown `{name}` stands in no list of dimensions");
            let fault = self.text.fault_at(&["breakdowns", name], what);
            faults.push(fault.remedy(format!("add \"{name}\" to `dimensions`, or take it out")));
        }
        let found = self
            .of
            .and_then(|of| column(of, &breakdown.column, self.text, &path("column"), faults));
        let ways = [
            breakdown.step.is_some(),
            !breakdown.bands.is_empty(),
            breakdown.from.is_some(),
        ];
        if ways.into_iter().filter(|is| *is).count() != 1 {
            let what = "a breakdown goes by just one of `step`, `bands` and `from`";
            faults.push(self.text.fault_at(&["breakdowns", name], what));
            return;
        }
        let kind = found.map(|found| found.column_type);
        if let (Some(step), Some(kind)) = (breakdown.step, kind) {
            self.axis(&path("column"), &breakdown.column, kind, step, faults);
        }
        if !breakdown.bands.is_empty() {
            if kind.is_some_and(|kind| !is_amount(kind) && kind != ColumnType::Year) {
                let what = format!("`{}` is no number and has no bands", breakdown.column);
                faults.push(self.text.fault_at(&path("column"), what));
            }
            if !breakdown.bands.is_sorted_by(|one, next| one < next) {
                let fault = self.text.fault_at(&path("bands"), "the bands do not rise");
                faults.push(fault.expected("where each band begins, rising: [0, 15, 65]"));
            }
        }
        self.labelled(name, breakdown, faults);
    }

    /// A breakdown by what another dataset says.
    fn labelled(&self, name: &str, breakdown: &Breakdown, faults: &mut Vec<Fault>) {
        let path = |key| ["breakdowns", name, key];
        let Some(from) = &breakdown.from else {
            for key in ["key", "label"] {
                if self.text.has(&path(key)) {
                    let what = format!("`{key}` is a column of another dataset: `from` is missing");
                    faults.push(self.text.fault_at(&path(key), what));
                }
            }
            return;
        };
        let found = dataset(from, self.around.datasets, self.text, &path("from"), faults);
        let Some(other) = found else { return };
        match &breakdown.label {
            Some(label) => drop(column(other, label, self.text, &path("label"), faults)),
            None => faults.push(
                self.text
                    .fault_at(&["breakdowns", name], "the key `label` is missing")
                    .expected(format!("the column of `{from}` that is shown")),
            ),
        }
        let Some(of) = self.of else { return };
        let joined = match &breakdown.key {
            Some(key) => {
                column(other, key, self.text, &path("key"), faults).is_none()
                    || is_declared_key(of, &breakdown.column, other, key)
            }
            None => declared_key(of, &breakdown.column, other).is_some(),
        };
        if !joined && of.column(&breakdown.column).is_some() {
            let what = format!(
                "no manifest says that `{}` of `{}` holds values of `{from}`",
                breakdown.column, of.id
            );
            let remedy = format!(
                "add checks = [{{ refers-to = {{ dataset = \"{from}\", column = \"...\" }} }}] to that column, or name the `key`"
            );
            faults.push(self.text.fault_at(&path("from"), what).remedy(remedy));
        }
    }

    fn time(&self, faults: &mut Vec<Fault>) {
        let path = ["time", "column"];
        if let (Some(of), Some(time)) = (self.of, &self.measure.time)
            && let Some(axis) = column(of, &time.column, self.text, &path, faults)
        {
            self.axis(&path, &time.column, axis.column_type, time.step, faults);
        }
    }

    /// Whether a column of this type can be cut into steps.
    fn axis(
        &self,
        path: &[&str],
        name: &str,
        kind: ColumnType,
        step: Step,
        faults: &mut Vec<Fault>,
    ) {
        let fits = match kind {
            ColumnType::Date | ColumnType::Month | ColumnType::Datetime => true,
            ColumnType::Year => step == Step::Year,
            _ => false,
        };
        if !fits {
            let what = format!("`{name}` is `{}` and orders no history", word(&kind));
            let fault = self.text.fault_at(path, what);
            faults.push(if kind == ColumnType::Year {
                fault.expected("the step `year` for a column of years")
            } else {
                fault.expected("a date, month or datetime column")
            });
        }
    }

    fn target(&self, faults: &mut Vec<Fault>) {
        let Some(target) = &self.measure.target else {
            return;
        };
        let Target { unit, .. } = target;
        let path = |key| ["target", key];
        if unit.trim().is_empty() {
            let fault = self.text.fault_at(&path("unit"), "a target needs a unit");
            faults.push(fault.expected(format!("`{}`, as the measure has", self.measure.unit)));
        } else if converted(target.value, unit, &self.measure.unit).is_none() {
            let what = format!(
                "the target is in `{unit}` and the measure in `{}`",
                self.measure.unit
            );
            let fault = self.text.fault_at(&path("unit"), what);
            faults.push(fault.expected("the same unit, or one of the same kind"));
        }
        if !target.value.is_finite() {
            faults.push(
                self.text
                    .fault_at(&path("value"), "the target is no number"),
            );
        }
        let mut days = [None, None];
        for (day, (key, text)) in days
            .iter_mut()
            .zip([("since", &target.since), ("by", &target.by)])
        {
            let Some(text) = text else { continue };
            *day = text.parse::<chrono::NaiveDate>().ok();
            if day.is_none() {
                let what = format!("`{text}` is no day");
                let fault = self.text.fault_at(&path(key), what);
                faults.push(fault.expected("a day: `2026-12-31`"));
            }
        }
        if let [Some(since), Some(by)] = days
            && since >= by
        {
            let what = "the target is due before it begins";
            faults.push(self.text.fault_at(&path("by"), what));
        }
        if target.start.is_some() != target.since.is_some() {
            let what = "a start is a value and a day: `start` and `since`";
            faults.push(self.text.fault_at(&["target"], what));
        }
    }

    fn compared(&self, faults: &mut Vec<Fault>) {
        if let Some(areas) = &self.measure.compare.areas
            && !self.measure.dimensions.contains(areas)
        {
            let what = format!("`{areas}` is none of the measure's dimensions");
            let known: Vec<&str> = self.measure.dimensions.iter().map(String::as_str).collect();
            let fault = self.text.fault_at(&["compare", "areas"], what);
            faults.extend(unknown(fault, areas, &known));
        }
    }
}
