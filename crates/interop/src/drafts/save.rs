//! A measure's file: read, judged with the whole folder, written at once or not at all, its versions kept.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use access::Person;
use city::{City, Fault, Measure};
use records::log::{Act, Decision, Entry};
use records::{ManifestVersion, Records};
use sha2::{Digest as _, Sha256};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Judged, may};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// The kind of manifest, in the store.
pub const KIND: &str = "measure";
/// The name of what decides who changes measures.
const POLICY: &str = "measure-draft";
/// A manifest of more bytes is none.
pub const TEXT_MAX: usize = 64 << 10;

/// What came of saving.
#[derive(Debug)]
pub enum Saved {
    /// It is on the disk, and in force.
    Done,
    /// Something is wrong with it, or with the folder.
    Faults(Vec<Fault>),
    /// The file is not the one the form was opened with.
    Changed,
    /// The folder takes no file; why.
    Unwritable(String),
    /// The person may not.
    Refused,
}

/// The file of a measure, relative to the city's folder.
pub fn file(id: &str) -> PathBuf {
    Path::new("measures").join(format!("{id}.toml"))
}

/// The text that lies on the disk; nothing where there is no such file.
///
/// # Errors
/// When it cannot be read.
pub fn lying(folder: &Path, id: &str) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(folder.join(file(id))) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a form carries of the file it was opened with.
pub fn mark(text: Option<&str>) -> String {
    let Some(text) = text else {
        return "new".to_owned();
    };
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Judges a text as `madang check` would, with the whole folder as it lies on the disk.
///
/// # Errors
/// When the machine fails.
pub async fn judged(state: &AppState, id: &str, text: &str) -> Result<Judged, Problem> {
    let (folder, judge) = (state.city.folder.clone(), state.judge);
    let (id, text) = (id.to_owned(), text.to_owned());
    let judging = tokio::task::spawn_blocking(move || {
        let file = file(&id);
        if text.len() > TEXT_MAX {
            let fault = Fault::at(&file, "the manifest is too long").expected("64 KiB at most");
            return Ok(Judged {
                faults: vec![fault],
                measure: None,
            });
        }
        let (city, mut faults) = city::read::city_with(&folder, &file, &text);
        let Some(city) = city else {
            return Ok(Judged {
                faults,
                measure: None,
            });
        };
        let measure = city.measures.values().find(|own| own.id.as_str() == id);
        if let (Some(measure), Some(judge)) = (measure, judge) {
            faults.extend(judge(&city, measure, &file, &text)?);
        }
        let is_sound = faults.is_empty();
        Ok::<Judged, access::AskError>(Judged {
            measure: measure.filter(|_| is_sound).cloned(),
            faults,
        })
    });
    let judged = judging.await.map_err(|error| Problem::broken(&error))?;
    Ok(judged?)
}

/// Saves a measure's manifest: only where the whole folder is sound with it, and the file is the one of `opened`.
///
/// # Errors
/// When the machine fails.
pub async fn save(
    state: &AppState,
    caller: &Caller,
    (id, text): (&str, &str),
    opened: &str,
) -> Result<Saved, Problem> {
    // One after the other: two that were opened with the same file must not both be written.
    let _turn = state.saving.lock().await;
    let folder = state.city.folder.clone();
    let lying = lying(&folder, id).map_err(|error| Problem::broken(&error))?;
    if mark(lying.as_deref()) != opened {
        return Ok(Saved::Changed);
    }
    let judged = judged(state, id, text).await?;
    let Some(measure) = judged.measure else {
        return Ok(Saved::Faults(judged.faults));
    };
    if !is_allowed(state, caller, &measure) {
        return Ok(Saved::Refused);
    }
    note(state, id).await?;
    let entry = entry(caller.person(), &measure, &mark(Some(text)));
    state.records.log().append(entry).await?;
    let (path, body) = (folder.join(file(id)), text.to_owned());
    let writing = tokio::task::spawn_blocking(move || write(&path, &body));
    if let Err(error) = writing.await.map_err(|error| Problem::broken(&error))? {
        return Ok(Saved::Unwritable(error.to_string()));
    }
    let now = state.records.clock().now();
    let who = Some(caller.person().name());
    let kept = state
        .records
        .manifests()
        .keep((KIND, id), who, Some(text), now);
    kept.await?;
    state.door.renew_measure(measure);
    Ok(Saved::Done)
}

/// Whoever may change the measure as it will be, and as it is.
fn is_allowed(state: &AppState, caller: &Caller, measure: &Measure) -> bool {
    let now = state.door.city_now().1;
    let before = now.measures.get(&measure.id);
    let datasets = [Some(measure), before].into_iter().flatten();
    let mut all = datasets.map(|own| now.datasets.get(&own.dataset));
    all.all(|dataset| dataset.is_some_and(|dataset| may(caller, dataset)))
}

pub(super) fn entry(by: &Person, measure: &Measure, mark: &str) -> Entry {
    Entry {
        who: by.name().to_owned(),
        from: by.from().map(str::to_owned),
        act: Act::Change,
        purpose: format!("measure {}", measure.id),
        touched: Vec::new(),
        subjects: Vec::new(),
        about: None,
        query: Some(format!("save measures/{}.toml, sha256 {mark}", measure.id)),
        decision: Decision::Allowed,
        policy: POLICY.to_owned(),
        rows: None,
        completes: None,
    }
}

/// Writes a file beside itself and puts it in its place: after a power cut there is the old one or the new.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut fresh = tempfile::Builder::new()
        .prefix(".madang-")
        .suffix(".part")
        .tempfile_in(folder)?;
    fresh.write_all(text.as_bytes())?;
    // Others who read the folder go on reading it.
    let rights = std::fs::metadata(path).map(|old| old.permissions());
    if let Ok(rights) = rights
        .or_else(|_| std::fs::metadata(folder.join("../city.toml")).map(|own| own.permissions()))
    {
        fresh.as_file().set_permissions(rights)?;
    }
    fresh.as_file().sync_all()?;
    fresh.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(folder)?.sync_all()
}

/// Keeps a file as it lies on the disk, where nobody saved it here: it was changed outside the program.
///
/// # Errors
/// When it cannot be read, or the store fails.
pub async fn note(state: &AppState, id: &str) -> Result<(), Problem> {
    let folder = &state.city.folder;
    let text = lying(folder, id).map_err(|error| Problem::broken(&error))?;
    let now = state.records.clock().now();
    let manifests = state.records.manifests();
    manifests
        .keep((KIND, id), None, text.as_deref(), now)
        .await?;
    Ok(())
}

/// The same of every measure there is or was, when the program begins. A file that cannot be read stays unnoted.
///
/// # Errors
/// When the store fails.
pub async fn note_all(records: &Records, city: &City) -> Result<(), records::RecordsError> {
    let mut names = records.manifests().names(KIND).await?;
    names.extend(city.measures.keys().map(ToString::to_string));
    names.sort_unstable();
    names.dedup();
    let now = records.clock().now();
    for id in names {
        if let Ok(text) = lying(&city.folder, &id) {
            let manifests = records.manifests();
            manifests
                .keep((KIND, &id), None, text.as_deref(), now)
                .await?;
        }
    }
    Ok(())
}

/// A line of what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It stands in both.
    Same(String),
    /// It was taken away.
    Gone(String),
    /// It was added.
    New(String),
}

/// What changed from one version to the next, line by line.
pub fn changes(before: Option<&ManifestVersion>, after: &ManifestVersion) -> Vec<Line> {
    let lines = |version: Option<&ManifestVersion>| -> Vec<String> {
        let body = version
            .and_then(|own| own.body.as_deref())
            .unwrap_or_default();
        body.lines().map(str::to_owned).collect()
    };
    let (old, new) = (lines(before), lines(Some(after)));
    let part = |lines: &[String], from: usize, length: usize| -> Vec<String> {
        lines.iter().skip(from).take(length).cloned().collect()
    };
    let mut told = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (gone, fresh) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            told.extend(
                part(&old, gone.start, gone.len())
                    .into_iter()
                    .map(Line::Same),
            );
            continue;
        }
        told.extend(
            part(&old, gone.start, gone.len())
                .into_iter()
                .map(Line::Gone),
        );
        told.extend(
            part(&new, fresh.start, fresh.len())
                .into_iter()
                .map(Line::New),
        );
    }
    told
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn version(body: Option<&str>) -> ManifestVersion {
        ManifestVersion {
            id: 1,
            at: DateTime::UNIX_EPOCH,
            who: None,
            body: body.map(str::to_owned),
        }
    }

    #[test]
    fn what_changed_is_told_line_by_line() {
        let (one, other) = (version(Some("a\nb\nc\n")), version(Some("a\nd\nc\n")));
        let line = |text: &str| text.to_owned();
        assert_eq!(
            changes(Some(&one), &other),
            [
                Line::Same(line("a")),
                Line::Gone(line("b")),
                Line::New(line("d")),
                Line::Same(line("c"))
            ]
        );
        assert_eq!(changes(None, &version(Some("a"))), [Line::New(line("a"))]);
        assert_eq!(
            changes(Some(&version(Some("a"))), &version(None)),
            [Line::Gone(line("a"))]
        );
    }

    #[test]
    fn a_file_is_written_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("measures/a.toml");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(lying(folder.path(), "a").unwrap().as_deref(), Some("two"));
        assert_eq!(lying(folder.path(), "b").unwrap(), None);
        let left = std::fs::read_dir(folder.path().join("measures")).unwrap();
        assert_eq!(left.count(), 1);
        assert!(write(Path::new("/proc/none/a.toml"), "one").is_err());
    }

    #[test]
    fn a_form_carries_what_it_was_opened_with() {
        assert_eq!(mark(None), "new");
        assert_ne!(mark(Some("a")), mark(Some("b")));
    }
}
