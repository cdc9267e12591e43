//! The demo city's folder and files, and what they are of.

use std::path::Path;

use demo::Plan;
use demo::outside::{Kind, Kinds};
use indicatif::{ProgressBar, ProgressStyle};

use crate::exit::Failure;
use crate::out;

/// Marks a folder whose files are those of a plan.
const MARK: &str = "plan";

/// A failure of making the city, with its cause.
pub(super) fn failed(error: &demo::DemoError) -> Failure {
    let cause = std::error::Error::source(error)
        .map(|cause| format!(": {cause}"))
        .unwrap_or_default();
    Failure::Machine(format!("{error}{cause}"))
}

/// Writes the files, unless they are there; answers with the plan they were made by. What comes from a server of
/// one of these kinds is not among them.
pub(super) fn make(
    root: &Path,
    folder: &Path,
    wanted: Plan,
    served: &Kinds,
) -> Result<Plan, Failure> {
    let mark = std::fs::read_to_string(root.join(MARK)).ok();
    let made = mark.as_deref().and_then(read_mark);
    let made = made.filter(|(made, _)| (made.seed, made.scale) == (wanted.seed, wanted.scale));
    let plan = match made {
        Some((made, by)) if by == *served => return Ok(made),
        // Other servers are there than were: the same day is made anew.
        Some((made, _)) => made,
        None => wanted,
    };
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{prefix:>24} {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix("한빛시");
    let progress = |name: &str, done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        bar.set_message(name.to_owned());
    };
    let planted = demo::write(&plan, &folder.join("inbox"), served, &progress)
        .map_err(|error| failed(&error))?;
    bar.finish_and_clear();
    write_mark(root, plan, served)?;
    out::say(format!(
        "Hanbit-si is made in {}: the sources of {} datasets, {} faults planted",
        root.display(),
        planted.rows.len(),
        planted.faults.len()
    ));
    Ok(plan)
}

/// Seed, scale and day; then the servers that were there, if there were any.
fn read_mark(text: &str) -> Option<(Plan, Kinds)> {
    let mut parts = text.split_whitespace();
    let plan = Plan {
        seed: parts.next()?.parse().ok()?,
        scale: parts.next()?.parse().ok()?,
        today: parts.next()?.parse().ok()?,
        minute: 0,
    };
    let served = parts
        .filter_map(|word| Kind::ALL.into_iter().find(|kind| kind.word() == word))
        .collect();
    Some((plan, served))
}

/// Keeps in `root` what its files are of, so that the next start goes on from there.
pub(crate) fn write_mark(root: &Path, plan: Plan, served: &Kinds) -> Result<(), Failure> {
    let mark = root.join(MARK);
    let servers: String = served
        .iter()
        .map(|kind| format!(" {}", kind.word()))
        .collect();
    std::fs::write(
        &mark,
        format!("{} {} {}{servers}\n", plan.seed, plan.scale, plan.today),
    )
    .map_err(|error| Failure::Machine(format!("failed to write {}: {error}", mark.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_what_files_are_of() {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan {
            seed: 7,
            scale: 2,
            today: chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            minute: 0,
        };
        for served in [Kinds::new(), Kinds::from([Kind::Postgres, Kind::Mqtt])] {
            write_mark(folder.path(), plan, &served).unwrap();
            let text = std::fs::read_to_string(folder.path().join(MARK)).unwrap();
            assert_eq!(read_mark(&text), Some((plan, served)));
        }
    }
}
