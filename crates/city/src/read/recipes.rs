//! `projects/`: recipes of pseudonymisation make sense, beside the datasets they are made from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;

use super::folder::{self, All, Read, unknown};
use super::links::Known;
use super::techniques;
use super::{Text, sorted};
use crate::dataset::{ColumnType, PrivacyClass};
use crate::fault::Fault;
use crate::people::{Duty, People};
use crate::recipe::{Counts, Recipe, Sample, Technique};
use crate::{City, Column, Dataset, ProjectId};

/// Folder of the recipes.
pub(super) const FOLDER: &str = "projects";

/// Reads a recipe's text; beside its dataset, if that is at hand.
pub fn recipe_text(
    file: &Path,
    text: &str,
    dataset: Option<&Dataset>,
) -> (Option<Recipe>, Vec<Fault>) {
    let source = Text::new(file, text);
    let (recipe, mut faults) = source.parse::<Recipe>();
    if let Some(recipe) = &recipe {
        alone(recipe, &source, &mut faults);
        if let Some(dataset) = dataset {
            beside(recipe, dataset, &source, &mut faults);
        }
    }
    (recipe.filter(|_| faults.is_empty()), sorted(faults))
}

/// The recipes of a sound city, by their ids, and what is wrong with the others.
pub fn recipes(city: &City) -> (BTreeMap<ProjectId, Recipe>, Vec<Fault>) {
    let mut faults = Vec::new();
    let read: All<Recipe> = folder::all(&city.folder, FOLDER, 1, &mut faults);
    let known = city
        .datasets
        .iter()
        .map(|(id, dataset)| (id.to_string(), Some(dataset)))
        .collect();
    let mut sound = BTreeMap::new();
    for one in read.read {
        let alone = All {
            read: vec![one],
            unread: Vec::new(),
        };
        let before = faults.len();
        all(&city.folder, &alone, &known, &mut faults);
        apart(&alone, &city.people, &mut faults);
        if faults.len() == before {
            let recipes = alone.read.into_iter().map(|read| read.value);
            sound.extend(recipes.map(|recipe| (recipe.id.clone(), recipe)));
        }
    }
    (sound, sorted(faults))
}

/// Every recipe of a folder.
pub(super) fn all(
    folder: &Path,
    recipes: &All<Recipe>,
    datasets: &Known<'_, Dataset>,
    faults: &mut Vec<Fault>,
) {
    for Read { file, text, value } in &recipes.read {
        let source = Text::new(file, text);
        alone(value, &source, faults);
        hierarchies(folder, value, &source, faults);
        match datasets.get(value.dataset.as_str()) {
            Some(Some(dataset)) => beside(value, dataset, &source, faults),
            // It could not be read, and that is told already.
            Some(None) => (),
            None => {
                let known: Vec<&str> = datasets.keys().map(String::as_str).collect();
                let what = format!("there is no dataset `{}`", value.dataset);
                let fault = source.fault_at(&["dataset"], what);
                faults.extend(unknown(fault, &value.dataset, &known));
            }
        }
    }
}

/// Nobody who works in a project has the duty to turn tokens of the vault back.
pub(super) fn apart(recipes: &All<Recipe>, people: &People, faults: &mut Vec<Fault>) {
    let keeps = |name: &str| {
        let account = people.account(name.trim());
        account.is_some_and(|own| people.duties(own).any(|duty| duty == Duty::Vault))
    };
    for Read { file, text, value } in &recipes.read {
        let source = Text::new(file, text);
        let mut held = |path: &[&str], name: &str, works: &str| {
            if keeps(name) {
                let what = format!("`{name}` has the duty `vault` and would {works} this project");
                let fault = source.fault_at(path, what);
                faults.push(fault.remedy(
                    "name another person, or take the duty from their roles: who works with pseudonyms must not turn them back",
                ));
            }
        };
        held(&["processor"], &value.processor, "process");
        for (at, name) in value.reviewers.iter().enumerate() {
            held(&["reviewers", &at.to_string()], name, "review");
        }
    }
}

/// What a recipe says by itself.
fn alone(recipe: &Recipe, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (key, value) in [
        ("reason", &recipe.reason),
        ("recipient", &recipe.recipient),
        ("processor", &recipe.processor),
    ] {
        if value.trim().is_empty() {
            faults.push(text.fault_at(&[key], format!("`{key}` says nothing")));
        }
    }
    period(recipe, text, faults);
    reviewers(recipe, text, faults);
    if let Some(sample) = &recipe.sample {
        of_sample(sample, text, faults);
    }
    if let Some(counts) = &recipe.counts {
        of_counts(counts, recipe, text, faults);
    }
    let mut seen = BTreeSet::new();
    for (at, column) in recipe.columns.iter().enumerate() {
        let at = at.to_string();
        if !seen.insert(&column.name) {
            let what = format!("the column `{}` stands twice", column.name);
            let fault = text.fault_at(&["columns", &at, "name"], what);
            faults.push(fault.remedy("write further techniques into `then` of the first"));
        }
        techniques::of_column(column, &at, text, faults);
    }
    let leaves = |technique: &Technique| *technique != Technique::Delete;
    if !recipe
        .columns
        .iter()
        .any(|column| column.techniques().all(leaves))
    {
        let fault = text.fault_at(&["columns"], "no column leaves");
        faults.push(fault.remedy("name the columns that the purpose needs"));
    }
}

fn period(recipe: &Recipe, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let mut day = |key: &str, value: &str| {
        let parsed = NaiveDate::parse_from_str(value, "%Y-%m-%d").ok();
        if parsed.is_none() {
            let fault = text.fault_at(&["period", key], format!("`{value}` is no day"));
            faults.push(fault.expected("a day like `2026-12-01`"));
        }
        parsed
    };
    let (from, to) = (
        day("from", &recipe.period.from),
        day("to", &recipe.period.to),
    );
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        faults.push(
            text.fault_at(&["period", "to"], "the period ends before it begins")
                .expected(format!("{from} or later")),
        );
    }
}

/// Somebody else than who processed it reviews it.
fn reviewers(recipe: &Recipe, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if recipe.reviewers.is_empty() {
        let fault = text.fault_at(&["reviewers"], "nobody reviews whether it is adequate");
        faults.push(fault.remedy("name at least one person other than the processor"));
    }
    let mut seen = BTreeSet::new();
    for (at, name) in recipe.reviewers.iter().enumerate() {
        let at = at.to_string();
        let path = ["reviewers", at.as_str()];
        if name.trim().is_empty() {
            faults.push(text.fault_at(&path, "the reviewer has no name"));
        } else if name.trim() == recipe.processor.trim() {
            let what = format!("`{name}` would review their own work");
            let fault = text.fault_at(&path, what);
            faults.push(fault.remedy("name another person"));
        }
        if !seen.insert(name.trim()) {
            faults.push(text.fault_at(&path, format!("`{name}` stands twice")));
        }
    }
}

fn of_sample(sample: &Sample, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let wrong = match sample {
        Sample::Share(share) => (!(*share > 0.0 && *share <= 1.0)).then_some("share"),
        Sample::Rows(rows) => (*rows == 0).then_some("rows"),
    };
    if let Some(key) = wrong {
        let expected = if key == "share" {
            "more than 0, at most 1"
        } else {
            "1 or more"
        };
        let fault = text.fault_at(&["sample", key], "so many rows cannot leave");
        faults.push(fault.expected(expected));
    }
}

fn of_counts(counts: &Counts, recipe: &Recipe, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if !(counts.epsilon > 0.0 && counts.epsilon.is_finite()) {
        let fault = text.fault_at(&["counts", "epsilon"], "the loss of privacy is no bound");
        faults.push(fault.expected("a number above 0, like 1.0"));
    }
    if recipe.column(&counts.by).is_none() {
        let known: Vec<&str> = recipe
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let what = format!("the recipe has no column `{}`", counts.by);
        let fault = text.fault_at(&["counts", "by"], what);
        faults.extend(unknown(fault, &counts.by, &known));
    }
    if counts.groups.is_empty() {
        let fault = text.fault_at(&["counts", "groups"], "no group is counted");
        faults.push(
            fault.remedy("name the groups: that one exists at all must not come from the data"),
        );
    }
    let mut seen = BTreeSet::new();
    for (at, group) in counts.groups.iter().enumerate() {
        if !seen.insert(group) {
            let at = at.to_string();
            let what = format!("the group `{group}` stands twice");
            faults.push(text.fault_at(&["counts", "groups", &at], what));
        }
    }
}

/// A recipe beside its dataset.
fn beside(recipe: &Recipe, dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let known: Vec<&str> = dataset
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let absent = |path: &[&str], name: &str, faults: &mut Vec<Fault>| {
        let what = format!("the dataset `{}` has no column `{name}`", dataset.id);
        faults.extend(unknown(text.fault_at(path, what), name, &known));
    };
    for (at, own) in recipe.columns.iter().enumerate() {
        let at = at.to_string();
        let Some(column) = dataset.column(&own.name) else {
            absent(&["columns", &at, "name"], &own.name, faults);
            continue;
        };
        techniques::fit(own, column, &at, text, faults);
        for (path, technique) in techniques::places(own, &at) {
            for (key, name) in technique.looks_at() {
                if dataset.column(name).is_none() {
                    let (word, _) = technique.names();
                    let path = path.iter().map(String::as_str).chain([word, key]);
                    absent(&path.collect::<Vec<_>>(), name, faults);
                }
            }
        }
    }
    for column in &dataset.columns {
        unnamed(column, recipe, text, faults);
    }
}

/// What tells a person apart, or helps to, is decided upon by name.
fn unnamed(column: &Column, recipe: &Recipe, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if recipe.column(&column.name).is_some() || column.column_type == ColumnType::Geometry {
        return;
    }
    let class = match column.privacy {
        PrivacyClass::None => return,
        PrivacyClass::Quasi => "helps to tell a person apart",
        PrivacyClass::Sensitive => "is sensitive",
        PrivacyClass::Identifier => "is an identifier",
        PrivacyClass::UniqueId => "is a unique identification number (고유식별정보)",
    };
    let what = format!(
        "the column `{}` of `{}` {class} and has no technique",
        column.name, recipe.dataset
    );
    faults.push(text.fault_at(&["dataset"], what).remedy(format!(
        "add `[[columns]]` with `name = \"{}\"` and a technique; `technique = \"delete\"` leaves it out",
        column.name
    )));
}

/// Files of hierarchies lie where a recipe says.
fn hierarchies(folder: &Path, recipe: &Recipe, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (at, column) in recipe.columns.iter().enumerate() {
        for (path, technique) in techniques::places(column, &at.to_string()) {
            let Some(file) = technique.hierarchy() else {
                continue;
            };
            let (word, _) = technique.names();
            let path = path
                .iter()
                .map(String::as_str)
                .chain([word, "hierarchy"])
                .collect::<Vec<_>>();
            if file.starts_with('/') || file.split('/').any(|part| part == "..") {
                let fault = text.fault_at(&path, "the path leaves the city's folder");
                faults.push(fault.expected("a path below the city's folder, without `..`"));
            } else if !folder.join(file).is_file() {
                let fault = text.fault_at(&path, format!("there is no file `{file}`"));
                faults.push(fault.expected(
                    "a file below the city's folder: one line a value, semicolons, the value first, then its parents",
                ));
            }
        }
    }
}
