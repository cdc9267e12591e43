//! `people.toml` and the texts of `policies/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Text;
use super::folder::{text_of, unknown};
use super::mend::UNKNOWN;
use crate::fault::Fault;
use crate::people::{
    BUILT_IN_ROLES, Duty, FILE, OPERATOR, OTHER_PURPOSE, People, PolicyText, RESERVED_ACCOUNTS,
};

/// Folder of the policies.
const POLICIES: &str = "policies";
/// Largest policy file: a longer one is none.
const LARGEST: u64 = 1 << 20;

/// `people.toml`; a city without one has nobody but its operators. `departments` are the city's, where they are known.
pub(super) fn read(folder: &Path, departments: Option<&[&str]>, faults: &mut Vec<Fault>) -> People {
    let file = Path::new(FILE);
    if !folder.join(file).exists() {
        return People::default();
    }
    match text_of(folder, file) {
        Ok(text) => {
            let (people, found) = of_text(&Text::new(file, &text), departments);
            faults.extend(found);
            people.unwrap_or_default()
        }
        Err(fault) => {
            faults.push(fault);
            People::default()
        }
    }
}

/// The file's text with its faults; where it has some, what it most likely means.
pub(super) fn of_text(
    source: &Text<'_>,
    departments: Option<&[&str]>,
) -> (Option<People>, Vec<Fault>) {
    let (people, mut faults) = source.parse::<People>();
    if let Some(people) = &people {
        meaning(people, departments, source, &mut faults);
    }
    (people, faults)
}

/// What the file says must make sense.
fn meaning(
    people: &People,
    departments: Option<&[&str]>,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let roles = people.roles.iter().map(|role| role.id.as_str());
    once(
        "roles",
        "id",
        "the role",
        roles,
        &BUILT_IN_ROLES,
        text,
        faults,
    );
    let purposes = people.purposes.iter().map(|purpose| purpose.id.as_str());
    let reserved = [OTHER_PURPOSE];
    once(
        "purposes",
        "id",
        "the purpose",
        purposes,
        &reserved,
        text,
        faults,
    );
    let accounts = people.accounts.iter().map(|account| account.name.as_str());
    once(
        "accounts",
        "name",
        "the account",
        accounts,
        &RESERVED_ACCOUNTS,
        text,
        faults,
    );
    let own = people
        .departments
        .iter()
        .map(|department| department.id.as_str());
    once(
        "departments",
        "id",
        "the department",
        own,
        &[],
        text,
        faults,
    );
    let known: Vec<&str> = people.role_ids().collect();
    for (at, account) in people.accounts.iter().enumerate() {
        let at = at.to_string();
        for (number, role) in account.roles.iter().enumerate() {
            if known.contains(&role.as_str()) || role.as_str() == UNKNOWN {
                continue;
            }
            let path = ["accounts", &at, "roles", &number.to_string()];
            let fault = text.fault_at(&path, format!("there is no role `{role}`"));
            faults.extend(unknown(fault, role, &known));
        }
        if let Some(department) = &account.department {
            let path = ["accounts", &at, "department"];
            in_city(department, &path, departments, text, faults);
        }
    }
    for (at, account) in people.accounts.iter().enumerate() {
        let runs = account.roles.iter().any(|role| role.as_str() == OPERATOR);
        if runs && people.duties(account).any(|duty| duty == Duty::Vault) {
            let path = ["accounts", &at.to_string(), "roles"];
            let what = format!("`{}` runs the city and would have the vault", account.name);
            faults.push(
                text.fault_at(&path, what)
                    .remedy("give the duty `vault` to another person"),
            );
        }
    }
    for (at, department) in people.departments.iter().enumerate() {
        let path = ["departments", &at.to_string(), "id"];
        in_city(&department.id, &path, departments, text, faults);
    }
}

fn in_city(
    department: &str,
    path: &[&str],
    known: Option<&[&str]>,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(known) = known else {
        return;
    };
    if !known.contains(&department) && department != UNKNOWN {
        let what = format!("city.toml declares no department `{department}`");
        faults.extend(unknown(text.fault_at(path, what), department, known));
    }
}

/// No name stands twice, and none is one that has a meaning already.
fn once<'n>(
    list: &str,
    key: &str,
    what: &str,
    names: impl Iterator<Item = &'n str>,
    reserved: &[&str],
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let mut seen = BTreeSet::new();
    for (at, name) in names.enumerate() {
        let path = [list, &at.to_string(), key];
        if reserved.contains(&name) {
            let fault = text.fault_at(&path, format!("{what} `{name}` is there already"));
            faults.push(fault.remedy("choose another name: this one has a fixed meaning"));
        } else if !seen.insert(name) && name != UNKNOWN {
            let fault = text.fault_at(&path, format!("{what} `{name}` stands twice"));
            faults.push(fault.remedy("keep one of the two"));
        }
    }
}

/// The texts of `policies/*.cedar`, in the order of their names. What they say is judged where they are in force.
pub(super) fn policies(folder: &Path, faults: &mut Vec<Fault>) -> Vec<PolicyText> {
    let Ok(entries) = std::fs::read_dir(folder.join(POLICIES)) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| Path::new(POLICIES).join(entry.file_name()))
        .collect();
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        if file.extension().is_none_or(|ending| ending != "cedar") {
            // A policy under a wrong name would not be in force, and nobody would know.
            let fault = Fault::at(&file, "this is no policy file");
            faults.push(
                fault
                    .expected("files that end in `.cedar`")
                    .remedy("rename it, or move it out of policies/"),
            );
            continue;
        }
        let size = std::fs::metadata(folder.join(&file)).map_or(0, |data| data.len());
        if size > LARGEST {
            let fault = Fault::at(&file, format!("the file has {size} bytes"));
            faults.push(fault.expected(format!("at most {LARGEST}")));
            continue;
        }
        match text_of(folder, &file) {
            Ok(text) => texts.push(PolicyText { file, text }),
            Err(fault) => faults.push(fault),
        }
    }
    texts
}
