//! Measures that were changed in the city's folder by other means than the form: in force like those saved there, once
//! the whole folder is sound with them. Until then the last good ones are, and it is said loudly.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::{AskError, Person};
use city::{City, Fault, Measure, MeasureId};
use records::log::Entry;

use super::save::{entry, file, lying, mark, note};
use crate::problem::Problem;
use crate::renewal::Mark;
use crate::state::{AppState, Judge};

/// Where manifests lie beside `city.toml`: data may lie in the folder as well, and be much.
const FOLDERS: [&str; 7] = [
    "datasets",
    "measures",
    "boards",
    "promises",
    "projects",
    "releases",
    "standards",
];
/// How many folders deep below these.
const DEPTH: usize = 1;

/// How the folder lay when it was looked at last.
#[derive(Debug, Default)]
pub struct Followed(Option<Mark>);

/// Puts in force what was changed since the last look. What is wrong is handed out, to be said, and told on the pages of
/// whoever administers the city; it is read again when anything in the folder changes.
///
/// # Errors
/// When the machine fails: then the next look tries again.
pub async fn look(state: &AppState, followed: &mut Followed) -> Result<Vec<Fault>, Problem> {
    let (folder, now) = (state.city.folder.clone(), state.records.clock().now());
    let marking = tokio::task::spawn_blocking(move || Mark::of(manifests(&folder), now));
    let seen = marking.await.map_err(|error| Problem::broken(&error))?;
    if followed.0.as_ref() == Some(&seen) {
        return Ok(Vec::new());
    }
    // Not between a file that is being saved and its measure.
    let _turn = state.saving.lock().await;
    let (city, judge) = (state.door.city_now().1, state.judge);
    let reading = tokio::task::spawn_blocking(move || changed(&city, judge));
    let (changed, faults) = reading.await.map_err(|error| Problem::broken(&error))??;
    for measure in changed.others {
        renew(state, measure).await?;
    }
    for measure in changed.gone {
        remove(state, &measure).await?;
    }
    state.renewal.note_measures(faults.clone());
    followed.0 = Some(seen);
    Ok(faults)
}

/// Puts one in force, as a change that somebody made at this machine.
async fn renew(state: &AppState, measure: Measure) -> Result<(), Problem> {
    let id = measure.id.clone();
    note(state, id.as_str()).await?;
    let text = lying(&state.city.folder, id.as_str()).map_err(|error| Problem::broken(&error))?;
    let entry = entry(&Person::local(), &measure, &mark(text.as_deref()));
    state.records.log().append(entry).await?;
    state.door.renew_measure(measure);
    tracing::info!(measure.id = %id, "the measure `{id}` was changed in the folder and is in force");
    Ok(())
}

/// Takes one out of force whose file is gone, as a change that somebody made at this machine. Its versions stay.
async fn remove(state: &AppState, measure: &Measure) -> Result<(), Problem> {
    let id = &measure.id;
    note(state, id.as_str()).await?;
    let entry = Entry {
        query: Some(format!("remove measures/{id}.toml")),
        ..entry(&Person::local(), measure, "")
    };
    state.records.log().append(entry).await?;
    state.door.remove_measure(id);
    tracing::info!(measure.id = %id, "the measure `{id}` was taken out of the folder and is in force no more");
    Ok(())
}

/// Every manifest of a folder: a measure is judged with all of them.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let mut files = vec![folder.join("city.toml")];
    let mut folders: Vec<_> = FOLDERS.iter().map(|name| (folder.join(name), 0)).collect();
    while let Some((here, depth)) = folders.pop() {
        for entry in std::fs::read_dir(here).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if is_hidden {
                continue;
            }
            if depth < DEPTH && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                files.push(path);
            }
        }
    }
    files
}

/// Measures of a folder that are other than those in force.
#[derive(Default)]
struct Changed {
    /// New ones, and those that say something else.
    others: Vec<Measure>,
    /// Those whose file is there no more.
    gone: Vec<Measure>,
}

/// Measures of the folder that are other than those in force, where all is well with them; else what is wrong.
fn changed(in_force: &Arc<City>, judge: Option<Judge>) -> Result<(Changed, Vec<Fault>), AskError> {
    let (city, faults) = city::read::city(&in_force.folder);
    let Some(city) = city else {
        return Ok((Changed::default(), faults));
    };
    let own = in_force.measures.values();
    let gone = own.filter(|own| !city.measures.contains_key(&own.id));
    let gone: Vec<Measure> = gone.cloned().collect();
    let others = city.measures.into_values();
    let others: Vec<Measure> = others
        .filter(|own| in_force.measures.get(&own.id) != Some(own))
        .collect();
    // Datasets, boards and promises are those the program began with: all must fit them, too.
    let mut would_be = City::clone(in_force);
    let named = others.iter().map(|own| (own.id.clone(), own.clone()));
    would_be.measures.extend(named);
    for measure in &gone {
        would_be.measures.remove(&measure.id);
    }
    let mut faults: Vec<Fault> = gone
        .iter()
        .filter_map(|own| still_wanted(&would_be, &own.id))
        .collect();
    for measure in &others {
        let file = file(measure.id.as_str());
        let below = measure.denominator.iter();
        let below = below.filter_map(|own| own.dataset.as_ref());
        let mut reads = measure.from().into_iter().chain(below);
        if let Some(new) = reads.find(|id| !would_be.datasets.contains_key(*id)) {
            let what = format!("the dataset `{new}` counts when the server begins anew");
            faults.push(Fault::at(&file, what).remedy("begin it anew"));
            continue;
        }
        let text = lying(&in_force.folder, measure.id.as_str());
        let text = text.ok().flatten().unwrap_or_default();
        if let Some(judge) = judge {
            faults.extend(judge(&would_be, measure, &file, &text)?);
        }
    }
    if faults.is_empty() {
        Ok((Changed { others, gone }, faults))
    } else {
        Ok((Changed::default(), faults))
    }
}

/// A measure that is gone while something in force asks for it.
fn still_wanted(city: &City, id: &MeasureId) -> Option<Fault> {
    let board = city.boards.values().find(|board| {
        let panels = board
            .panels
            .iter()
            .filter_map(|panel| panel.measure.as_ref());
        let watched = board.alerts.iter().map(|alert| &alert.measure);
        panels.chain(watched).any(|own| own == id)
    });
    let promise = city.promises.values().find(|promise| {
        let shown = promise.measure.as_ref();
        shown.is_some_and(|shown| &shown.id == id)
    });
    let wanted = match (board, promise) {
        (Some(board), _) => format!("the board `{}`", board.id),
        (None, Some(promise)) => format!("the promise `{}`", promise.id),
        (None, None) => return None,
    };
    let what = format!("the file is gone, and {wanted} that is in force asks for the measure");
    let fault = Fault::at(file(id.as_str()), what);
    Some(fault.remedy("put it back, or begin the server anew without both"))
}
