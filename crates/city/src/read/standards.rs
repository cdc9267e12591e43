//! `standards/`: standard datasets, domains, terms and words, each with every mistake.

use std::collections::BTreeMap;
use std::path::Path;

use super::checks::{self, Table};
use super::folder::{self, All, Read, unknown};
use super::links::Known;
use super::mend::UNKNOWN;
use super::{Text, meaning, terms};
use crate::fault::Fault;
use crate::standard::{Domains, Standard, Standards, Terms, normal};
use crate::{Check, ColumnType, Dataset};

/// The folder of standards, and files in it that are no standards.
pub(super) const FOLDER: &str = "standards";
pub(super) const DOMAINS: &str = "domains.toml";

/// What stands in the folder.
pub(super) struct Found {
    pub(super) all: All<Standard>,
    /// Nothing where the file could not be read or has a mistake, which is told already.
    domains: Option<Domains>,
    terms: Terms,
}

impl Found {
    pub(super) fn into_standards(self) -> Standards {
        let by_id = self.all.read.into_iter();
        Standards {
            standards: by_id
                .map(|read| (read.value.id.clone(), read.value))
                .collect(),
            domains: self.domains.unwrap_or_default(),
            terms: self.terms,
        }
    }
}

/// Reads `standards/` and judges each file by itself.
pub(super) fn read(folder: &Path, faults: &mut Vec<Fault>) -> Found {
    let all: All<Standard> = folder::all(folder, FOLDER, 1, faults);
    let domains = domains(folder, faults);
    for read in &all.read {
        let text = Text::new(&read.file, &read.text);
        standard(&read.value, domains.as_ref(), &text, faults);
    }
    folder::names_match(&all.read, |standard| &standard.id, faults);
    Found {
        domains,
        terms: terms::read(folder, faults),
        all,
    }
}

fn domains(folder: &Path, faults: &mut Vec<Fault>) -> Option<Domains> {
    let file = Path::new(FOLDER).join(DOMAINS);
    if !folder.join(&file).exists() {
        return Some(Domains::default());
    }
    let text = folder::text_of(folder, &file)
        .map_err(|fault| faults.push(fault))
        .ok()?;
    let (domains, found) = super::domains_text(&file, &text);
    faults.extend(found);
    domains
}

/// What the domains say must make sense.
pub(super) fn of_domains(domains: &Domains, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeMap::new();
    for (at, class) in domains.domains.iter().enumerate() {
        let at = at.to_string();
        if let Some(regex) = &class.pattern {
            meaning::pattern(regex, &["domains", &at, "pattern"], text, faults);
        }
        for (number, length) in class.lengths.iter().enumerate() {
            let path = ["domains", &at, "lengths", &number.to_string()];
            if length != UNKNOWN && !is_length(length) {
                faults.push(
                    text.fault_at(&path, format!("`{length}` is no length"))
                        .expected("digits, like \"10\", or digits and decimals, like \"13,10\""),
                );
            }
            let name = (&class.class, class.letter.as_str(), length);
            if seen.insert(name, at.clone()).is_some() {
                let what = format!("the domain `{}{}{length}` stands twice", name.0, name.1);
                faults.push(text.fault_at(&path, what).remedy("keep one of the two"));
            }
        }
    }
    if let Some(source) = &domains.source {
        dated(&source.dated, text, faults);
    }
}

fn is_length(length: &str) -> bool {
    let number = |text: &str| {
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_digits)
    };
    match length.split_once(',') {
        Some((width, scale)) => match (number(width), number(scale)) {
            // More decimals than a number can keep would be cut.
            (Some(width), Some(scale)) => scale <= width && scale <= 18,
            _ => false,
        },
        None => number(length).is_some_and(|width| width > 0),
    }
}

fn dated(day: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let is_day = |text: &str| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    if day != UNKNOWN && !is_day(day) && !is_day(&format!("{day}-01")) {
        let fault = text.fault_at(&["source", "dated"], format!("`{day}` is no date"));
        faults.push(fault.expected("a day or month, like \"2024-11-30\" or \"2024-11\""));
    }
}

/// A standard by itself.
pub(super) fn standard(
    standard: &Standard,
    domains: Option<&Domains>,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    dated(&standard.source.dated, text, faults);
    names(standard, text, faults);
    let columns: Vec<(&str, Option<ColumnType>, &[Check])> = standard
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let kind = column_type(standard, at, domains, text, faults);
            (column.name.as_str(), kind, column.checks.as_slice())
        })
        .collect();
    for (at, (name, kind, own)) in columns.iter().enumerate() {
        checks::of_column((*name, *kind), own, &at.to_string(), text, faults);
    }
    let table = Table {
        columns: columns
            .iter()
            .map(|(name, kind, _)| (*name, *kind))
            .collect(),
        checks: &standard.checks,
    };
    checks::of_table(&table, text, faults);
    checks::as_of(&columns, text, faults);
    let known: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    meaning::named_in(
        standard.place.as_ref(),
        &standard.checks,
        &known,
        text,
        faults,
    );
}

/// The type of a column: its own word, or its domain's; nothing beside a mistake in either.
fn column_type(
    standard: &Standard,
    at: usize,
    domains: Option<&Domains>,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) -> Option<ColumnType> {
    let column = standard.columns.get(at)?;
    let at = at.to_string();
    let path = |key| ["columns", at.as_str(), key];
    let has_type = text.has(&path("type"));
    let own = column
        .column_type
        .filter(|kind| text.says(&path("type"), &meaning::word(kind)));
    let Some(name) = &column.domain else {
        if !has_type && !text.has(&path("domain")) {
            let what = format!(
                "the column `{}` says neither `domain` nor `type`",
                column.name
            );
            faults.push(
                text.fault_at(&["columns", &at], what)
                    .expected("a common standard domain, like \"수N10\", or a type"),
            );
        }
        return own;
    };
    let domains = domains?;
    let Some(domain) = domains.resolve(name) else {
        let names = domains.names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fault = text.fault_at(&path("domain"), format!("there is no domain `{name}`"));
        let fault = unknown(fault, name, &names).map(|fault| {
            if names.is_empty() {
                fault.remedy("declare it in standards/domains.toml")
            } else {
                fault
            }
        });
        faults.extend(fault);
        return own;
    };
    if has_type {
        own
    } else {
        Some(domain.column_type)
    }
}

/// No two columns of a standard can be meant by one name.
fn names(standard: &Standard, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if standard.columns.is_empty() {
        faults.push(
            text.fault_at(&["columns"], "a standard has no column")
                .expected("at least one [[columns]]"),
        );
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (at, column) in standard.columns.iter().enumerate() {
        let number = at.to_string();
        let mut all = vec![(&column.name, vec!["columns", &number, "name"])];
        all.extend(
            column
                .key
                .iter()
                .map(|key| (key, vec!["columns", &number, "key"])),
        );
        let numbers: Vec<String> = (0..column.synonyms.len())
            .map(|at| at.to_string())
            .collect();
        for (synonym, at) in column.synonyms.iter().zip(&numbers) {
            all.push((synonym, vec!["columns", &number, "synonyms", at]));
        }
        for (name, path) in all {
            if name == UNKNOWN {
                continue;
            }
            // A synonym that differs by a space only says nothing new, and no mistake either.
            let first = *seen.entry(normal(name)).or_insert(at);
            let Some(other) = standard.columns.get(first).filter(|_| first != at) else {
                continue;
            };
            let what = format!("`{name}` is a name of the column `{}` already", other.name);
            faults.push(text.fault_at(&path, what).expected("each name once"));
        }
    }
}

/// The standard a dataset names exists.
pub(super) fn named_by(
    read: &Read<Dataset>,
    standards: &Known<'_, Standard>,
    faults: &mut Vec<Fault>,
) {
    let Some(id) = &read.value.standard else {
        return;
    };
    if standards.contains_key(id.as_str()) {
        return;
    }
    let known: Vec<&str> = standards.keys().map(String::as_str).collect();
    let text = Text::new(&read.file, &read.text);
    let fault = text.fault_at(&["standard"], format!("there is no standard `{id}`"));
    let fault = unknown(fault, id, &known).map(|fault| {
        if known.is_empty() {
            fault.remedy(format!("write it as standards/{id}.toml"))
        } else {
            fault
        }
    });
    faults.extend(fault);
}
