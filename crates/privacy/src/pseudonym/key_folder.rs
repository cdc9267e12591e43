//! Keys in a folder of files that only their owner can read, with a register of what happened to them.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use city::ProjectId;
use zeroize::Zeroizing;

use super::journal::{self, Journal};
use super::keys::{Key, KeyAct, KeyChange, KeyError, KeyEvent, KeyStore};
use super::random::Entropy;

/// The register's name in the folder.
const REGISTER: &str = "register";

/// Keys in a folder.
#[derive(Debug)]
pub struct KeyFolder {
    folder: PathBuf,
    events: Vec<KeyEvent>,
}

impl KeyFolder {
    /// The keys of a folder; one that is not there holds none.
    ///
    /// # Errors
    /// The register cannot be read, or was changed by somebody.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let register = folder.join(REGISTER);
        let mut lines = Vec::new();
        let each = &mut |line: &str| lines.push(line.to_owned());
        journal::read(&register, each).map_err(|error| store(&register, &error))?;
        let events = lines
            .iter()
            .map(|line| serde_json::from_str(line))
            .collect::<Result<Vec<KeyEvent>, _>>()
            .map_err(|error| KeyError::Store(format!("{}: {error}", register.display())))?;
        Ok(Self {
            folder: folder.to_owned(),
            events,
        })
    }

    /// Where a key is.
    fn place(&self, project: &ProjectId, version: u32) -> PathBuf {
        self.folder.join(format!("{project}.{version}.key"))
    }

    fn events_of<'s>(
        &'s self,
        project: &ProjectId,
    ) -> impl DoubleEndedIterator<Item = &'s KeyEvent> {
        self.events
            .iter()
            .filter(move |event| event.project == *project)
    }

    fn latest(&self, project: &ProjectId) -> u32 {
        self.events_of(project)
            .map(|event| event.version)
            .max()
            .unwrap_or_default()
    }

    /// The making of a key that was not destroyed since.
    fn made(&self, project: &ProjectId, version: u32) -> Result<&KeyEvent, KeyError> {
        let last = self
            .events_of(project)
            .rfind(|event| event.version == version)
            .ok_or_else(|| KeyError::Absent {
                project: project.clone(),
                version,
                latest: self.latest(project),
            })?;
        match last.what {
            KeyChange::Made => Ok(last),
            KeyChange::Destroyed => Err(KeyError::Destroyed {
                project: project.clone(),
                version,
                at: last.act.at.clone(),
                by: last.act.by.clone(),
            }),
        }
    }

    /// The register, so that nobody else changes keys meanwhile.
    fn register(&self) -> Result<Journal, KeyError> {
        let register = self.folder.join(REGISTER);
        let mut found = 0;
        let journal = Journal::open(&register, &mut |_| found += 1)
            .map_err(|error| store(&register, &error))?;
        if found == self.events.len() {
            return Ok(journal);
        }
        Err(KeyError::Store(format!(
            "{}: somebody else changed it meanwhile; try again",
            register.display()
        )))
    }

    /// Puts an event into the register, durably.
    fn record(&mut self, mut register: Journal, event: KeyEvent) -> Result<(), KeyError> {
        let line =
            serde_json::to_string(&event).map_err(|error| KeyError::Store(error.to_string()))?;
        register.append(&line);
        register
            .commit()
            .map_err(|error| store(&self.folder.join(REGISTER), &error))?;
        self.events.push(event);
        Ok(())
    }
}

impl KeyStore for KeyFolder {
    fn key(&self, project: &ProjectId, version: u32) -> Result<Key, KeyError> {
        let made = self.made(project, version)?;
        let place = self.place(project, version);
        if !place.exists() {
            return Err(KeyError::Lost {
                project: project.clone(),
                version,
                made_at: made.act.at.clone(),
                place: place.display().to_string(),
            });
        }
        if is_exposed(&place).map_err(|error| store(&place, &error))? {
            return Err(KeyError::Exposed {
                place: place.display().to_string(),
            });
        }
        let text = fs::read_to_string(&place)
            .map(Zeroizing::new)
            .map_err(|error| store(&place, &error))?;
        let key = bytes_of(text.trim()).map(|bytes| Key::new(project.clone(), version, bytes));
        key.filter(|key| key.fingerprint() == made.fingerprint)
            .ok_or_else(|| KeyError::Another {
                project: project.clone(),
                version,
                place: place.display().to_string(),
                expected: made.fingerprint.clone(),
            })
    }

    fn make(
        &mut self,
        project: &ProjectId,
        act: &KeyAct,
        entropy: &mut dyn Entropy,
    ) -> Result<Key, KeyError> {
        journal::own_folder(&self.folder).map_err(|error| store(&self.folder, &error))?;
        let register = self.register()?;
        let version = self.latest(project) + 1;
        let mut bytes = Zeroizing::new([0_u8; 32]);
        entropy
            .fill(bytes.as_mut())
            .map_err(|error| KeyError::Store(format!("no key can be made: {error}")))?;
        let key = Key::new(project.clone(), version, *bytes);
        // The key is there before the register says so: a register that says less is no lie.
        let place = self.place(project, version);
        write(&place, &key).map_err(|error| store(&place, &error))?;
        let made = KeyEvent {
            project: project.clone(),
            version,
            what: KeyChange::Made,
            fingerprint: key.fingerprint(),
            act: act.clone(),
        };
        self.record(register, made)?;
        Ok(key)
    }

    fn destroy(&mut self, project: &ProjectId, version: u32, act: &KeyAct) -> Result<(), KeyError> {
        let fingerprint = self.made(project, version)?.fingerprint.clone();
        let place = self.place(project, version);
        let register = self.register()?;
        // It is gone before the register says so: one that is lost can still be given up.
        if place.exists() {
            erase(&place).map_err(|error| store(&place, &error))?;
        }
        let destroyed = KeyEvent {
            project: project.clone(),
            version,
            what: KeyChange::Destroyed,
            fingerprint,
            act: act.clone(),
        };
        self.record(register, destroyed)
    }

    fn history(&self) -> &[KeyEvent] {
        &self.events
    }
}

/// Writes a key, durably, over none that the register knows.
fn write(place: &Path, key: &Key) -> std::io::Result<()> {
    let near = place.with_extension("new");
    let text: Zeroizing<String> = Zeroizing::new(
        key.bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    );
    let mut file =
        journal::own(OpenOptions::new().write(true).create(true).truncate(true)).open(&near)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(&near, place)?;
    journal::durable_name(place)
}

/// Overwrites a key's bytes where they lie, then takes the file away.
fn erase(place: &Path) -> std::io::Result<()> {
    let length = usize::try_from(fs::metadata(place)?.len()).unwrap_or_default();
    let mut file = File::options().write(true).open(place)?;
    file.write_all(&vec![0; length.min(1 << 16)])?;
    file.sync_all()?;
    fs::remove_file(place)?;
    journal::durable_name(place)
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(unix)]
fn is_exposed(place: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(place)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> std::io::Result<bool> {
    Ok(false)
}

fn store(place: &Path, error: &std::io::Error) -> KeyError {
    KeyError::Store(format!("{}: {error}", place.display()))
}

#[cfg(test)]
mod tests {
    use super::super::random::tests::Repeated;
    use super::*;

    fn act(reason: &str) -> KeyAct {
        KeyAct {
            at: "2026-12-01T00:00:00Z".into(),
            by: "김가온".into(),
            reason: reason.into(),
        }
    }

    fn folder() -> (tempfile::TempDir, KeyFolder) {
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyFolder::open(&folder.path().join("keys")).unwrap();
        (folder, keys)
    }

    #[test]
    fn a_key_is_made_once_found_again_and_rotated() {
        let (folder, mut keys) = folder();
        let id: ProjectId = "study".into();
        let first = keys.make(&id, &act("처음"), &mut Repeated::new(1)).unwrap();
        let second = keys.make(&id, &act("교체"), &mut Repeated::new(2)).unwrap();
        assert_eq!((first.version, second.version), (1, 2));
        let again = KeyFolder::open(&folder.path().join("keys")).unwrap();
        assert_eq!(again.key(&id, 1).unwrap().bytes(), first.bytes());
        assert_eq!(again.key(&id, 2).unwrap().bytes(), second.bytes());
        assert_eq!(again.history().len(), 2);
    }

    #[test]
    fn what_was_never_made_is_not_made_by_asking() {
        let (folder, keys) = folder();
        let told = keys.key(&"study".into(), 1).unwrap_err().to_string();
        assert!(told.contains("madang privacy key make study"), "{told}");
        assert!(!folder.path().join("keys").exists());
    }

    #[test]
    fn a_lost_key_is_told_and_nothing_takes_its_place() {
        let (folder, mut keys) = folder();
        let id: ProjectId = "study".into();
        keys.make(&id, &act("처음"), &mut Repeated::new(1)).unwrap();
        fs::remove_file(folder.path().join("keys/study.1.key")).unwrap();
        let error = keys.key(&id, 1).unwrap_err();
        assert!(matches!(error, KeyError::Lost { .. }), "{error}");
        assert!(!folder.path().join("keys/study.1.key").exists());
        // It can be given up, and the next one is another version.
        keys.destroy(&id, 1, &act("분실")).unwrap();
        let next = keys.make(&id, &act("다시"), &mut Repeated::new(3)).unwrap();
        assert_eq!(next.version, 2);
    }

    #[test]
    fn another_key_in_its_place_is_told() {
        let (folder, mut keys) = folder();
        let id: ProjectId = "study".into();
        keys.make(&id, &act("처음"), &mut Repeated::new(1)).unwrap();
        let file = folder.path().join("keys/study.1.key");
        for text in ["00".repeat(32), "짧음".into(), String::new()] {
            fs::write(&file, text).unwrap();
            let error = keys.key(&id, 1).unwrap_err();
            assert!(matches!(error, KeyError::Another { .. }), "{error}");
        }
    }

    #[test]
    fn a_destroyed_key_is_gone_and_that_is_recorded() {
        let (folder, mut keys) = folder();
        let id: ProjectId = "study".into();
        keys.make(&id, &act("처음"), &mut Repeated::new(1)).unwrap();
        keys.destroy(&id, 1, &act("기간 만료")).unwrap();
        assert!(!folder.path().join("keys/study.1.key").exists());
        let again = KeyFolder::open(&folder.path().join("keys")).unwrap();
        assert!(matches!(
            again.key(&id, 1).unwrap_err(),
            KeyError::Destroyed { .. }
        ));
        assert_eq!(again.history()[1].act.reason, "기간 만료");
        assert!(keys.destroy(&id, 1, &act("다시")).is_err());
    }

    #[test]
    fn of_two_that_make_a_key_at_once_one_is_told() {
        let (folder, mut keys) = folder();
        let id: ProjectId = "study".into();
        let mut other = KeyFolder::open(&folder.path().join("keys")).unwrap();
        let first = keys.make(&id, &act("처음"), &mut Repeated::new(1)).unwrap();
        let error = other
            .make(&id, &act("처음"), &mut Repeated::new(2))
            .unwrap_err();
        assert!(error.to_string().contains("somebody else"), "{error}");
        assert_eq!(keys.key(&id, 1).unwrap().bytes(), first.bytes());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, mut keys) = folder();
        let id: ProjectId = "study".into();
        keys.make(&id, &act("처음"), &mut Repeated::new(1)).unwrap();
        let file = folder.path().join("keys/study.1.key");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            keys.key(&id, 1).unwrap_err(),
            KeyError::Exposed { .. }
        ));
    }
}
