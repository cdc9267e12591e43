//! `people.toml` and `policies/` as they lie on the disk at each request: who was taken out of them loses their rights with
//! the next one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use access::{Door, Person};
use chrono::{DateTime, Utc};
use city::{City, Fault, People, PolicyText};
use people::{Accounts, By};

/// Files younger than this may be written again without a later time: their content is looked at, too.
const YOUNG: Duration = Duration::from_secs(2);

/// Where the door's fault stands when its log takes nothing.
const UNLOGGED: &str = "policies";

/// What is in force, and what came of the last change.
#[derive(Debug)]
pub struct Renewal {
    folder: PathBuf,
    seen: Mutex<Option<Mark>>,
    /// What is in force, and the turn of whoever renews it: the others wait, so that none goes by the old.
    in_force: tokio::sync::Mutex<(People, Vec<PolicyText>)>,
    faults: RwLock<Arc<Vec<Fault>>>,
    of_measures: RwLock<Arc<Vec<Fault>>>,
}

/// How some files lay on the disk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark(Vec<Lay>);

/// How one lay: name, length, times of change, number, and content where it is young.
#[derive(Debug, PartialEq, Eq)]
struct Lay {
    file: PathBuf,
    length: u64,
    times: (Option<SystemTime>, i64, i64),
    number: u64,
    young: Option<Vec<u8>>,
}

impl Mark {
    /// The mark of these files.
    pub(crate) fn of(mut files: Vec<PathBuf>, now: DateTime<Utc>) -> Self {
        files.sort();
        Self(files.into_iter().map(|file| Lay::of(file, now)).collect())
    }

    /// The mark of what says in a folder who may what.
    fn of_people(folder: &Path, now: DateTime<Utc>) -> Self {
        let policies = std::fs::read_dir(folder.join("policies"));
        let mut files: Vec<PathBuf> = policies
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.push(folder.join(city::people::FILE));
        Self::of(files, now)
    }
}

impl Lay {
    fn of(file: PathBuf, now: DateTime<Utc>) -> Self {
        let data = std::fs::metadata(&file).ok();
        let changed = data.as_ref().and_then(|data| data.modified().ok());
        let is_young = changed.is_some_and(|changed| {
            SystemTime::from(now)
                .duration_since(changed)
                .is_ok_and(|age| age < YOUNG)
        });
        let young = is_young.then(|| std::fs::read(&file).unwrap_or_default());
        let (number, seconds, parts) = data.as_ref().map(inode).unwrap_or_default();
        Self {
            length: data.map_or(0, |data| data.len()),
            times: (changed, seconds, parts),
            number,
            young,
            file,
        }
    }
}

/// The file's number and the time of its last change, of its name and rights too.
#[cfg(unix)]
fn inode(data: &std::fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (data.ino(), data.ctime(), data.ctime_nsec())
}

#[cfg(not(unix))]
fn inode(_data: &std::fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

impl Renewal {
    /// Of a city as it was read.
    pub fn of(city: &City) -> Self {
        Self {
            folder: city.folder.clone(),
            seen: Mutex::new(None),
            in_force: tokio::sync::Mutex::new((city.people.clone(), city.policies.clone())),
            faults: RwLock::default(),
            of_measures: RwLock::default(),
        }
    }

    /// What is wrong with the files as they lie there: the last good ones are in force then.
    pub fn faults(&self) -> Arc<Vec<Fault>> {
        let faults = self.faults.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&faults)
    }

    /// What is wrong with the folder, so that measures which were changed in it are not in force.
    pub fn faults_of_measures(&self) -> Arc<Vec<Fault>> {
        let faults = self.of_measures.read();
        Arc::clone(&faults.unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that; nothing where all of them are.
    pub(crate) fn note_measures(&self, found: Vec<Fault>) {
        let faults = self.of_measures.write();
        *faults.unwrap_or_else(PoisonError::into_inner) = Arc::new(found);
    }

    /// Puts in force what lies on the disk, if that is other than it was. When this returns, it is.
    pub async fn look(&self, door: &Arc<Door>, accounts: &Accounts, now: DateTime<Utc>) {
        let mark = Mark::of_people(&self.folder, now);
        if self.is_seen(&mark) {
            return;
        }
        let mut in_force = self.in_force.lock().await;
        // Whoever had the turn before may have renewed it already.
        let mark = Mark::of_people(&self.folder, now);
        if self.is_seen(&mark) {
            return;
        }
        let city = door.city();
        let (people, texts, found) = city::read::people_and_policies(&city.folder, &city.manifest);
        let is_other = (&people, &texts) != (&in_force.0, &in_force.1);
        let outcome = if is_other || !found.is_empty() {
            door.reload_policies(&Person::local()).await
        } else {
            Ok(())
        };
        match outcome {
            Ok(()) => {
                if is_other && let Err(error) = accounts.record_people(&people, &By::local()).await
                {
                    // They are in force; what of them is new is recorded when the files are next read.
                    tracing::error!(%error, "the journal of grants cannot be written");
                }
                *in_force = (people, texts);
                self.set_faults(Vec::new());
            }
            Err(faults) => {
                let is_unlogged = faults
                    .iter()
                    .any(|fault| fault.place.file == Path::new(UNLOGGED));
                self.set_faults(faults);
                if is_unlogged {
                    // Not the files are at fault: the next request tries again.
                    return;
                }
            }
        }
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
    }

    fn is_seen(&self, mark: &Mark) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref() == Some(mark)
    }

    fn set_faults(&self, found: Vec<Fault>) {
        let mut faults = self.faults.write().unwrap_or_else(PoisonError::into_inner);
        *faults = Arc::new(found);
    }
}
