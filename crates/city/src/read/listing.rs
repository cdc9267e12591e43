//! `[portal]` and what `city.toml` says to the national list of open data.

use std::collections::BTreeMap;
use std::path::Path;

use super::Text;
use super::folder::Read;
use crate::fault::Fault;
use crate::{CityManifest, Dataset, Listing};

/// Digits of a 목록키.
const KEY_DIGITS: usize = 8;
/// Digits of a 제공기관코드.
const CODE_DIGITS: usize = 7;

/// A dataset's entry: keys are keys, a classification has two levels, nothing is blank.
pub(super) fn of_dataset(portal: &Listing, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (name, key) in [("key", &portal.key), ("key-of-api", &portal.key_of_api)] {
        if let Some(key) = key
            && !is_digits(key, KEY_DIGITS)
        {
            faults.push(
                text.fault_at(
                    &["portal", name],
                    format!("`{key}` is no key of the portal"),
                )
                .expected("eight digits (목록키), like \"15000001\""),
            );
        }
    }
    if portal.key.is_some() && portal.key == portal.key_of_api {
        faults.push(
            text.fault_at(
                &["portal", "key-of-api"],
                "the file and the API have the same key",
            )
            .remedy("leave `key-of-api` out if the portal does not list the API by itself"),
        );
    }
    if let Some(levels) = &portal.classification {
        classification(levels, &["portal", "classification"], text, faults);
    }
    for (name, said) in [
        ("legal-basis", &portal.legal_basis),
        ("collection", &portal.collection),
        ("limits", &portal.limits),
        ("notes", &portal.notes),
        ("area", &portal.area),
        ("period", &portal.period),
        ("fee", &portal.fee),
    ] {
        blank(said.as_deref(), &["portal", name], text, faults);
    }
}

/// The city as a provider.
pub(super) fn of_city(city: &CityManifest, text: &Text<'_>, faults: &mut Vec<Fault>) {
    blank(city.provider.as_deref(), &["provider"], text, faults);
    if let Some(code) = &city.provider_code
        && !is_digits(code, CODE_DIGITS)
    {
        faults.push(
            text.fault_at(
                &["provider-code"],
                format!("`{code}` is no code of a provider"),
            )
            .expected("seven digits (제공기관코드), like \"4899500\""),
        );
    }
    if let Some(address) = &city.address
        && !is_address(address)
    {
        faults.push(
            text.fault_at(&["address"], format!("`{address}` is no address of a site"))
                .expected("one like https://data.example.go.kr, without a `/` at its end"),
        );
    }
    for (at, field) in city.fields.iter().enumerate() {
        if let Some(levels) = &field.classification {
            let at = at.to_string();
            classification(levels, &["fields", &at, "classification"], text, faults);
        }
    }
}

/// A key names one entry of the portal: no two datasets have the same.
pub(super) fn keys_once(reads: &[Read<Dataset>], faults: &mut Vec<Fault>) {
    let mut first: BTreeMap<&str, &Path> = BTreeMap::new();
    for read in reads {
        let Some(portal) = &read.value.portal else {
            continue;
        };
        for (name, key) in [("key", &portal.key), ("key-of-api", &portal.key_of_api)] {
            let Some(key) = key.as_deref() else { continue };
            let Some(other) = first.insert(key, &read.file) else {
                continue;
            };
            // The same twice in one file is told with that file.
            if other != read.file {
                let text = Text::new(&read.file, &read.text);
                faults.push(
                    text.fault_at(&["portal", name], format!("the key `{key}` stands twice"))
                        .remedy(format!("the other is {}", other.display())),
                );
            }
        }
    }
}

fn classification(levels: &str, path: &[&str], text: &Text<'_>, faults: &mut Vec<Fault>) {
    let has_two = levels
        .split_once(" - ")
        .is_some_and(|(upper, lower)| !upper.trim().is_empty() && !lower.trim().is_empty());
    if !has_two {
        faults.push(
            text.fault_at(path, format!("`{levels}` has not two levels"))
                .expected("two levels joined by ` - `, like `교통물류 - 도로`"),
        );
    }
}

fn blank(said: Option<&str>, path: &[&str], text: &Text<'_>, faults: &mut Vec<Fault>) {
    if said.is_some_and(|said| said.trim().is_empty()) {
        faults.push(
            text.fault_at(path, "the text is empty")
                .remedy("leave it out"),
        );
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with(['/', '.'])
            && !rest.ends_with('/')
            && !rest.contains(char::is_whitespace)
    })
}
