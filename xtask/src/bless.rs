//! Generated files: the only way they change.

use std::path::{Path, PathBuf};

use crate::{Outcome, rooms, run};

/// Writes every generated file anew.
pub(crate) fn chore(_: &[String]) -> Outcome {
    run::run(
        "schemas",
        run::command(
            "cargo",
            &[
                "run",
                "--quiet",
                "--package",
                "city",
                "--example",
                "schemas",
            ],
        )
        .arg(run::root().join("schemas")),
    )?;
    for (path, text) in documents()? {
        std::fs::write(run::root().join(&path), text)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Documents whose generated part is not current. (Schemas are checked by a test of `city`.)
pub(crate) fn stale() -> Result<Vec<String>, String> {
    let mut stale = Vec::new();
    for (path, text) in documents()? {
        if run::read(&path)? != text {
            stale.push(format!(
                "{}: not current: run `cargo xtask bless`",
                path.display()
            ));
        }
    }
    Ok(stale)
}

/// Documents with a generated part, as they should be.
fn documents() -> Result<Vec<(PathBuf, String)>, String> {
    let path = Path::new("ARCHITECTURE.md");
    let text = between(&run::read(path)?, "rooms", &rooms::table())?;
    Ok(vec![(path.to_owned(), text)])
}

/// Replaces what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
pub(crate) fn between(text: &str, name: &str, inside: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("<!-- end {name} -->"),
    );
    let (before, rest) = text
        .split_once(&begin)
        .ok_or(format!("no mark `{}`", begin.trim()))?;
    let (_, after) = rest.split_once(&end).ok_or(format!("no mark `{end}`"))?;
    Ok(format!("{before}{begin}{inside}{end}{after}"))
}
