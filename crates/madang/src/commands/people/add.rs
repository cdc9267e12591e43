//! `madang people add`: an account in `people.toml`, beside what stands there.

use std::path::Path;

use clap::Args;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use crate::config::Config;
use crate::exit::Failure;
use crate::out;

/// An account that is to be.
#[derive(Debug, Args)]
pub(super) struct Words {
    /// Account name
    name: String,
    /// Department, by id
    #[arg(long, value_name = "ID")]
    department: Option<String>,
    /// A role, by id
    #[arg(long = "role", value_name = "ID")]
    roles: Vec<String>,
}

impl Words {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Writes the account. What the file said before stays as it was written; with a fault nothing is written.
pub(super) fn add(config: &Config, words: &Words) -> Result<(), Failure> {
    let folder = &config.city.value;
    let file = folder.join(city::people::FILE);
    let before = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::Machine(format!("{}: {error}", file.display()))),
    };
    let after = with_account(&before, words)?;
    let (_, mut faults) = city::read::people_text(Path::new(city::people::FILE), &after);
    if let (Some(city), _) = city::read::city(folder)
        && let Some(department) = &words.department
        && city.department(&department.as_str().into()).is_none()
    {
        let what = format!("city.toml declares no department `{department}`");
        faults.push(city::Fault::at(city::people::FILE, what));
    }
    if !faults.is_empty() {
        return Err(Failure::faults(&faults));
    }
    write(&file, &after)?;
    out::say(format!("{}: {} is there now", file.display(), words.name));
    Ok(())
}

fn with_account(before: &str, words: &Words) -> Result<String, Failure> {
    let faulty = |error: &dyn std::fmt::Display| Failure::Input(format!("people.toml: {error}"));
    let mut document: DocumentMut = before.parse().map_err(|error| faulty(&error))?;
    let roles: Array = words.roles.iter().map(String::as_str).collect();
    let accounts = document
        .entry("accounts")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    match accounts {
        Item::ArrayOfTables(tables) => {
            let mut table = Table::new();
            table.insert("name", toml_edit::value(&words.name));
            if let Some(department) = &words.department {
                table.insert("department", toml_edit::value(department));
            }
            table.insert("roles", toml_edit::value(roles));
            tables.push(table);
        }
        Item::Value(Value::Array(array)) => {
            let mut table = InlineTable::new();
            table.insert("name", words.name.as_str().into());
            if let Some(department) = &words.department {
                table.insert("department", department.as_str().into());
            }
            table.insert("roles", Value::Array(roles));
            let mut value = Value::InlineTable(table);
            // One a line, as the others stand; what is remarked behind the last of them stays there.
            let remarks = array.trailing().as_str().unwrap_or_default().trim_end();
            value.decor_mut().set_prefix(format!("{remarks}\n  "));
            array.push_formatted(value);
            array.set_trailing_comma(true);
            array.set_trailing("\n");
        }
        _ => return Err(faulty(&"`accounts` is no list")),
    }
    Ok(document.to_string())
}

/// The file as a whole or not at all: a server reads it at each request.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let failed =
        |error: &dyn std::fmt::Display| Failure::Machine(format!("{}: {error}", file.display()));
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    new.write_all(text.as_bytes())
        .map_err(|error| failed(&error))?;
    new.as_file().sync_all().map_err(|error| failed(&error))?;
    if let Ok(known) = std::fs::metadata(file) {
        let kept = std::fs::set_permissions(new.path(), known.permissions());
        kept.map_err(|error| failed(&error))?;
    }
    new.persist(file).map_err(|error| failed(&error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words {
            name: "kim".to_owned(),
            department: Some("civil".to_owned()),
            roles: vec!["clerk".to_owned()],
        }
    }

    #[test]
    fn an_account_stands_beside_the_others_and_what_was_written_stays() {
        let before = "# 사람\nroles = [{ id = \"clerk\", title = \"민원\" }]\n\naccounts = [\n  { name = \"lee\" }, # 과장\n]\n";
        for before in [
            before,
            "",
            "[[accounts]]\nname = \"lee\"\n",
            "roles = [{ id = \"clerk\", title = \"민원\" }]\n",
        ] {
            let after = with_account(before, &words()).unwrap();
            let (people, _) = city::read::people_text(
                Path::new("people.toml"),
                &format!(
                    "{}{after}",
                    if before.contains("roles") {
                        ""
                    } else {
                        "roles = [{ id = \"clerk\", title = \"민원\" }]\n"
                    }
                ),
            );
            let people = people.unwrap_or_else(|| panic!("{after}"));
            let kim = people.account("kim").unwrap();
            assert_eq!(
                (kim.department.as_deref(), kim.roles.len()),
                (Some("civil"), 1),
                "{after}"
            );
            assert_eq!(people.account("lee").is_some(), before.contains("lee"));
            assert_eq!(
                after.contains("# 과장"),
                before.contains("# 과장"),
                "{after}"
            );
        }
    }
}
