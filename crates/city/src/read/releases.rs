//! `releases/`: what leaves makes sense, beside its dataset and its project.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Text;
use super::folder::{All, Read, unknown};
use super::links::Known;
use crate::dataset::{ColumnType, PrivacyClass, Release};
use crate::fault::Fault;
use crate::release::{ReleaseKind, ReleasePlan};
use crate::{Dataset, Recipe};

/// Folder of the releases.
pub(super) const FOLDER: &str = "releases";

/// Columns of a table of counts.
const BY_MAX: usize = 2;
/// Comparisons of a condition on rows, as addresses have them.
const OPS: [&str; 10] = [
    "eq", "ne", "lt", "le", "gt", "ge", "contains", "starts", "empty", "filled",
];

/// Every release of a folder.
pub(super) fn all(
    releases: &All<ReleasePlan>,
    datasets: &Known<'_, Dataset>,
    projects: &Known<'_, Recipe>,
    small_cells: Option<u32>,
    faults: &mut Vec<Fault>,
) {
    for Read { file, text, value } in &releases.read {
        let text = Text::new(file, text);
        alone(value, &text, faults);
        match datasets.get(value.dataset.as_str()) {
            Some(Some(dataset)) => {
                let beside = Beside {
                    plan: value,
                    dataset,
                    text: &text,
                };
                beside.look(faults);
                if let Some(city) = small_cells {
                    beside.threshold(city, faults);
                }
            }
            // It could not be read, and that is told already.
            Some(None) => (),
            None => {
                let known: Vec<&str> = datasets.keys().map(String::as_str).collect();
                let what = format!("there is no dataset `{}`", value.dataset);
                let fault = text.fault_at(&["dataset"], what);
                faults.extend(unknown(fault, &value.dataset, &known));
            }
        }
        project(value, projects, &text, faults);
    }
}

/// What a release says by itself.
fn alone(plan: &ReleasePlan, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if plan.purpose.trim().is_empty() {
        faults.push(text.fault_at(&["purpose"], "`purpose` says nothing"));
    }
    keys(plan, text, faults);
    period(plan, text, faults);
    for (at, row) in plan.rows.iter().enumerate() {
        let mut parts = row.splitn(3, ':').skip(1);
        if !parts.next().is_some_and(|op| OPS.contains(&op)) {
            let fault = text.fault_at(
                &["rows", &at.to_string()],
                format!("`{row}` is no condition"),
            );
            faults.push(fault.expected(format!(
                "`column:op:value` with op one of {}",
                OPS.join(", ")
            )));
        }
    }
    for (at, model) in plan.models.iter().enumerate() {
        let is_model = model
            .split_once('=')
            .is_some_and(|(name, value)| !name.trim().is_empty() && !value.trim().is_empty());
        if !is_model && model != "ordered-t" && model != "hierarchical-t" {
            let fault = text.fault_at(
                &["models", &at.to_string()],
                format!("`{model}` is no model"),
            );
            faults.push(fault.expected("a name and a bound, like `k=5` or `distinct-l=3`"));
        }
    }
    if !plan.models.is_empty() && plan.quasi.is_empty() {
        let fault = text.fault_at(&["models"], "a model of no columns holds nothing back");
        faults.push(fault.remedy("name the columns that help to tell a person apart in `quasi`"));
    }
    if plan.kind == ReleaseKind::OnRequest && plan.period.is_none() {
        let fault = text.fault_at(&["kind"], "what leaves on request has no period");
        faults.push(fault.remedy("say from when to when it is given: `period = { from = \"2026-12-01\", to = \"2027-11-30\" }`"));
    }
    let says_whom = plan
        .recipient
        .as_ref()
        .is_some_and(|whom| !whom.trim().is_empty());
    if plan.kind == ReleaseKind::OnRequest && !says_whom {
        let fault = text.fault_at(
            &["kind"],
            "what leaves on request says nobody who may receive it",
        );
        faults.push(fault.remedy("say who may ask for it in `recipient`"));
    }
}

/// Each kind has keys of its own; one that means nothing there is a mistake.
fn keys(plan: &ReleasePlan, text: &Text<'_>, faults: &mut Vec<Fault>) {
    use ReleaseKind::{Aggregated, OnRequest, Open, Pseudonymised};
    let said: [(&str, bool, &[ReleaseKind], &[ReleaseKind]); 7] = [
        (
            "columns",
            !plan.columns.is_empty(),
            &[Open, OnRequest],
            &[Open, OnRequest],
        ),
        (
            "rows",
            !plan.rows.is_empty(),
            &[Open, OnRequest, Aggregated],
            &[],
        ),
        ("sql", plan.sql.is_some(), &[Open], &[]),
        (
            "project",
            plan.project.is_some(),
            &[Pseudonymised],
            &[Pseudonymised],
        ),
        ("by", !plan.by.is_empty(), &[Aggregated], &[Aggregated]),
        ("sums", !plan.sums.is_empty(), &[Aggregated], &[]),
        ("threshold", plan.threshold.is_some(), &[Aggregated], &[]),
    ];
    let word = plan.kind.word();
    for (key, is_said, may, must) in said {
        if is_said && !may.contains(&plan.kind) {
            faults.push(text.fault_at(&[key], format!("`{key}` means nothing of kind `{word}`")));
        } else if !is_said && must.contains(&plan.kind) {
            let what = format!("a release of kind `{word}` needs `{key}`");
            faults.push(text.fault_at(&["kind"], what));
        }
    }
    if plan.sql.is_some() && !plan.rows.is_empty() {
        faults.push(text.fault_at(&["rows"], "`sql` says already which rows leave"));
    }
    if plan.by.len() > BY_MAX {
        let fault = text.fault_at(&["by"], format!("counted by {} columns", plan.by.len()));
        faults.push(fault.expected("one column, or two"));
    }
}

fn period(plan: &ReleasePlan, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let Some(period) = &plan.period else {
        return;
    };
    let mut day = |key: &str, value: &str| {
        let parsed = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok();
        if parsed.is_none() {
            let fault = text.fault_at(&["period", key], format!("`{value}` is no day"));
            faults.push(fault.expected("a day like `2026-12-01`"));
        }
        parsed
    };
    let (from, to) = (day("from", &period.from), day("to", &period.to));
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let fault = text.fault_at(&["period", "to"], "the period ends before it begins");
        faults.push(fault.expected(format!("{from} or later")));
    }
}

fn project(
    plan: &ReleasePlan,
    projects: &Known<'_, Recipe>,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(id) = &plan.project else {
        return;
    };
    match projects.get(id.as_str()) {
        Some(Some(recipe)) if recipe.dataset != plan.dataset => {
            let what = format!("the project `{id}` is of the dataset `{}`", recipe.dataset);
            let fault = text.fault_at(&["dataset"], what);
            faults.push(fault.expected(format!("`{}`", recipe.dataset)));
        }
        Some(_) => (),
        None => {
            let known: Vec<&str> = projects.keys().map(String::as_str).collect();
            let fault = text.fault_at(&["project"], format!("there is no project `{id}`"));
            faults.extend(unknown(fault, id, &known));
        }
    }
}

/// A release beside its dataset.
struct Beside<'b> {
    plan: &'b ReleasePlan,
    dataset: &'b Dataset,
    text: &'b Text<'b>,
}

impl Beside<'_> {
    /// Counts of persons do not leave below the city's threshold, which everything else keeps to.
    fn threshold(&self, city: u32, faults: &mut Vec<Fault>) {
        let of_persons = !self.dataset.subjects.is_empty()
            || self
                .dataset
                .columns
                .iter()
                .any(|column| column.privacy != PrivacyClass::None);
        let counts = self.plan.kind == ReleaseKind::Aggregated;
        let own = self.plan.threshold.filter(|_| counts);
        if let Some(own) = own.filter(|own| of_persons && *own < u64::from(city)) {
            let what = format!(
                "counts of persons from {own} on would leave, and city.toml hides those below {city}"
            );
            let fault = self.text.fault_at(&["threshold"], what);
            faults.push(fault.expected(format!("{city} or more, or no `threshold`")));
        }
    }

    fn look(&self, faults: &mut Vec<Fault>) {
        let plan = self.plan;
        if plan.sql.is_none() {
            self.named("columns", &plan.columns, faults);
            self.of_rows(faults);
        }
        self.named("by", &plan.by, faults);
        self.named("sums", &plan.sums, faults);
        match plan.kind {
            ReleaseKind::Open => self.open(faults),
            ReleaseKind::OnRequest => self.on_request(faults),
            ReleaseKind::Aggregated => self.aggregated(faults),
            ReleaseKind::Pseudonymised => (),
        }
        if matches!(plan.kind, ReleaseKind::Open | ReleaseKind::OnRequest) {
            self.among("quasi", &plan.quasi, faults);
        }
    }

    fn named(&self, key: &str, names: &[String], faults: &mut Vec<Fault>) {
        let known = self.known();
        let mut seen = BTreeSet::new();
        for (at, name) in names.iter().enumerate() {
            let at = at.to_string();
            let path = [key, at.as_str()];
            if self.dataset.column(name).is_none() {
                let what = format!("the dataset `{}` has no column `{name}`", self.dataset.id);
                faults.extend(unknown(self.text.fault_at(&path, what), name, &known));
            } else if self
                .dataset
                .column(name)
                .is_some_and(|column| column.column_type == ColumnType::Geometry)
            {
                let what =
                    format!("the column `{name}` is a shape, which no cell of a CSV file is");
                let fault = self.text.fault_at(&path, what);
                faults.push(fault.expected("a column of texts, numbers or times"));
            } else if !seen.insert(name) {
                let what = format!("the column `{name}` stands twice");
                faults.push(self.text.fault_at(&path, what));
            }
        }
    }

    fn known(&self) -> Vec<&str> {
        let columns = self.dataset.columns.iter();
        columns.map(|column| column.name.as_str()).collect()
    }

    fn of_rows(&self, faults: &mut Vec<Fault>) {
        for (at, row) in self.plan.rows.iter().enumerate() {
            let name = row.split(':').next().unwrap_or_default();
            if self.dataset.column(name).is_none() {
                let what = format!("the dataset `{}` has no column `{name}`", self.dataset.id);
                let fault = self.text.fault_at(&["rows", &at.to_string()], what);
                faults.extend(unknown(fault, name, &self.known()));
            }
        }
    }

    /// Columns of models are columns that leave.
    fn among(&self, key: &str, names: &[String], faults: &mut Vec<Fault>) {
        let known: Vec<&str> = self.plan.columns.iter().map(String::as_str).collect();
        for (at, name) in names.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let what = format!("the column `{name}` does not leave");
                let fault = self.text.fault_at(&[key, &at.to_string()], what);
                faults.extend(unknown(fault, name, &known));
            }
        }
    }

    /// What is open is what the public may see.
    fn open(&self, faults: &mut Vec<Fault>) {
        if self.dataset.release != Release::Open {
            let what = format!("the dataset `{}` is not open", self.dataset.id);
            let fault = self.text.fault_at(&["kind"], what);
            faults
                .push(fault.remedy(
                    "let the release be `on-request` or `aggregated`, or open the dataset",
                ));
        }
        if self.plan.sql.is_some() {
            return;
        }
        for (at, column) in self.plan.columns.iter().enumerate() {
            let Some(column) = self.dataset.column(column) else {
                continue;
            };
            if column.privacy != PrivacyClass::None || !column.release {
                let what = format!("the public does not see the column `{}`", column.name);
                let fault = self.text.fault_at(&["columns", &at.to_string()], what);
                faults.push(fault.expected("a column of class `none` that is released"));
            }
        }
    }

    /// Identifiers never leave on request; what helps to tell a person apart only under a model.
    fn on_request(&self, faults: &mut Vec<Fault>) {
        for (at, column) in self.plan.columns.iter().enumerate() {
            let Some(column) = self.dataset.column(column) else {
                continue;
            };
            let at = at.to_string();
            let path = ["columns", at.as_str()];
            let name = &column.name;
            match column.privacy {
                PrivacyClass::Identifier | PrivacyClass::UniqueId => {
                    let what = format!("the column `{name}` is an identifier of persons");
                    let fault = self.text.fault_at(&path, what);
                    faults.push(fault.remedy("leave it out, or make a project of pseudonymisation in projects/ and let its result leave"));
                }
                PrivacyClass::Quasi | PrivacyClass::Sensitive if self.plan.models.is_empty() => {
                    let what =
                        format!("the column `{name}` tells of persons, and no model is declared");
                    let fault = self.text.fault_at(&path, what);
                    faults.push(fault.remedy(
                        "say what must hold of the rows: `models = [\"k=5\"]` and `quasi = [...]`",
                    ));
                }
                _ => (),
            }
        }
    }

    fn aggregated(&self, faults: &mut Vec<Fault>) {
        for (at, column) in self.plan.by.iter().enumerate() {
            let Some(column) = self.dataset.column(column) else {
                continue;
            };
            if matches!(
                column.privacy,
                PrivacyClass::Identifier | PrivacyClass::UniqueId
            ) {
                let what = format!("counted by `{}`, every person is a row", column.name);
                let fault = self.text.fault_at(&["by", &at.to_string()], what);
                faults.push(fault.expected("a column that many persons share"));
            }
        }
        for (at, column) in self.plan.sums.iter().enumerate() {
            let Some(column) = self.dataset.column(column) else {
                continue;
            };
            let is_number = matches!(
                column.column_type,
                ColumnType::Integer | ColumnType::Decimal | ColumnType::Number
            );
            if !is_number {
                let what = format!("the column `{}` cannot be added up", column.name);
                let fault = self.text.fault_at(&["sums", &at.to_string()], what);
                faults.push(fault.expected("a column of numbers"));
            }
        }
    }
}
