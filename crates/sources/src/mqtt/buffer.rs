//! Messages on disk: a journal for the minute that runs, a file of rows for each that has ended.
//!
//! | file | holds |
//! | --- | --- |
//! | `lock` | who listens holds it |
//! | `session.json` | the broker's ids that are taken, as of some message, and what is subscribed to |
//! | `<minute>.<n>.ndjson.open` | the journal of the minute that runs; `n` is the number of its first message |
//! | `<minute>.<n>.ndjson` | the rows of a minute that has ended: nothing is ever added to it |
//!
//! Minutes are Korean time. A clock that goes back opens no minute again: the next message begins another file. A
//! file that a killed listener left open is ended by the next one, whatever its minute.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::Ids;
use super::journal::{Message, Payload, Record, replay};
use super::payload::{korean, lines};

const SESSION: &str = "session.json";
const ENDED: &str = "ndjson";
const OPEN: &str = "ndjson.open";
/// Bytes of rows that are gathered before they are written.
const STEP_BYTES: usize = 1 << 18;

/// One thing the broker said.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// A message.
    Message(Arrival),
    /// It will not send the message of this id again.
    Released(u16),
    /// It has taken the acknowledgements of these messages: its number and ours.
    Sure(Vec<(u16, u64)>),
}

/// A message that arrives.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) id: u16,
    pub(super) qos: u8,
    /// The broker has sent it before.
    pub(super) is_marked: bool,
    pub(super) topic: String,
    pub(super) payload: Payload,
}

/// What the broker is told, once what it said is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The message is kept (quality of service 1).
    Acknowledged(u16),
    /// The message is kept (quality of service 2).
    Received(u16),
    /// The id is free.
    Complete(u16),
}

/// What is subscribed to at which broker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subscribed {
    pub(super) broker: String,
    pub(super) client: String,
    pub(super) topic: String,
    pub(super) qos: u8,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Session {
    ids: Ids,
    subscribed: Option<Subscribed>,
}

/// A minute's file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Minute {
    name: String,
    first: u64,
}

impl Minute {
    fn new(at: DateTime<Utc>, first: u64) -> Self {
        let name = korean(at).format("%Y%m%dT%H%M").to_string();
        Self { name, first }
    }

    fn of(file_name: &str, ending: &str) -> Option<Self> {
        let stem = file_name.strip_suffix(ending)?.strip_suffix('.')?;
        let (name, first) = stem.split_once('.')?;
        Some(Self {
            name: name.to_owned(),
            first: first.parse().ok()?,
        })
    }

    fn path(&self, folder: &Path, ending: &str) -> PathBuf {
        folder.join(format!("{}.{}.{ending}", self.name, self.first))
    }
}

struct Running {
    minute: Minute,
    file: File,
}

/// The messages of one dataset.
pub(super) struct Buffer {
    folder: PathBuf,
    session: Session,
    running: Option<Running>,
    _turn: Turn,
}

/// The right to listen: a lock on a file. Given back by word: a process that is being started at that moment holds
/// the file too, until it runs.
struct Turn(File);

impl Drop for Turn {
    fn drop(&mut self) {
        // A lock that cannot be given back ends with the file.
        self.0.unlock().ok();
    }
}

/// A buffer, or nothing where somebody else listens.
pub(super) type Taken = Option<Buffer>;

impl Buffer {
    /// Takes the buffer and ends what a killed listener left open; nothing when somebody else has it.
    pub(super) fn take(folder: &Path) -> io::Result<Taken> {
        make_folder(folder)?;
        let lock = File::create(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut this = Self {
            folder: folder.to_owned(),
            session: read_session(folder)?,
            running: None,
            _turn: Turn(lock),
        };
        this.recover()?;
        Ok(Some(this))
    }

    /// Number of the last message kept.
    pub(super) fn last(&self) -> u64 {
        self.session.ids.last()
    }

    /// The broker's ids, as far as they are taken.
    pub(super) fn ids(&self) -> &Ids {
        &self.session.ids
    }

    pub(super) fn subscribed(&self) -> Option<&Subscribed> {
        self.session.subscribed.as_ref()
    }

    /// Keeps what is subscribed to now.
    pub(super) fn set_subscribed(&mut self, subscribed: Subscribed) -> io::Result<()> {
        if self.session.subscribed.as_ref() == Some(&subscribed) {
            return Ok(());
        }
        self.session.subscribed = Some(subscribed);
        self.save()
    }

    /// The broker has forgotten this listener, or it is another broker.
    pub(super) fn forget(&mut self, subscribed: Subscribed) -> io::Result<()> {
        let after = self.last();
        self.session.subscribed = Some(subscribed);
        self.note(&Record::Forgotten { after })?;
        self.save()
    }

    /// Keeps what the broker said, in order; when this returns it is on disk, and the answers may be given. After an
    /// error the buffer is to be dropped and taken anew.
    pub(super) fn keep(&mut self, said: Vec<Said>, now: DateTime<Utc>) -> io::Result<Vec<Answer>> {
        self.tick(now)?;
        let next = Minute::new(now, self.last() + 1);
        let (mut answers, mut bytes) = (Vec::new(), Vec::new());
        for said in said {
            match said {
                Said::Message(arrival) => {
                    answers.extend(arrival.answer());
                    if let Some(record) = self.number(arrival, now) {
                        self.session.ids.apply(&record);
                        record.write(&mut bytes)?;
                    }
                }
                Said::Released(id) => {
                    let record = Record::Released {
                        id,
                        after: self.last(),
                    };
                    self.session.ids.apply(&record);
                    record.write(&mut bytes)?;
                    answers.push(Answer::Complete(id));
                }
                Said::Sure(messages) => {
                    // What stands before it is written before it.
                    self.append(&bytes, &next)?;
                    bytes.clear();
                    self.note(&Record::Sure(messages))?;
                }
            }
        }
        self.append(&bytes, &next)?;
        Ok(answers)
    }

    /// The record of a message that was not kept before.
    fn number(&self, arrival: Arrival, now: DateTime<Utc>) -> Option<Record> {
        let Arrival {
            id,
            qos,
            is_marked,
            topic,
            payload,
        } = arrival;
        let ids = &self.session.ids;
        if id != 0 && ids.is_repeated(id, qos, is_marked, &payload.print(&topic)) {
            return None;
        }
        Some(Record::Message(Message {
            number: ids.last() + 1,
            at: now,
            id,
            qos,
            topic,
            payload,
        }))
    }

    /// Appends to the minute that runs, or begins the next.
    fn append(&mut self, bytes: &[u8], next: &Minute) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.running.is_none() {
            let minute = next.clone();
            let path = minute.path(&self.folder, OPEN);
            let file = OpenOptions::new()
                .append(true)
                .create_new(true)
                .open(path)?;
            sync_folder(&self.folder)?;
            self.running = Some(Running { minute, file });
        }
        let Some(running) = &mut self.running else {
            return Ok(());
        };
        running.file.write_all(bytes)?;
        running.file.sync_data()
    }

    /// Writes something that need not survive a power cut.
    fn note(&mut self, record: &Record) -> io::Result<()> {
        self.session.ids.apply(record);
        let Some(running) = &mut self.running else {
            return self.save();
        };
        let mut bytes = Vec::new();
        record.write(&mut bytes)?;
        running.file.write_all(&bytes)
    }

    /// Ends the minute that runs when the clock shows another. Whether one has ended.
    pub(super) fn tick(&mut self, now: DateTime<Utc>) -> io::Result<bool> {
        let is_over = |running: &Running| running.minute.name != Minute::new(now, 0).name;
        if !self.running.as_ref().is_some_and(is_over) {
            return Ok(false);
        }
        let Some(running) = self.running.take() else {
            return Ok(false);
        };
        drop(running.file);
        self.save()?;
        end(&self.folder, &running.minute)?;
        Ok(true)
    }

    /// Ends what a killed listener left open.
    fn recover(&mut self) -> io::Result<()> {
        for path in files(&self.folder)?.1 {
            std::fs::remove_file(path)?;
        }
        for minute in minutes(&self.folder, OPEN)? {
            let path = minute.path(&self.folder, OPEN);
            let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
            let ids = &mut self.session.ids;
            let sound = replay(BufReader::new(&file), |record| {
                ids.apply(&record);
                Ok(())
            })?;
            // What is behind was never acknowledged: it comes again.
            file.set_len(sound)?;
            file.seek(SeekFrom::End(0))?;
            file.sync_all()?;
            self.save()?;
            end(&self.folder, &minute)?;
        }
        Ok(())
    }

    fn save(&self) -> io::Result<()> {
        let text = serde_json::to_vec(&self.session)?;
        let path = self.folder.join(SESSION);
        let part = self.folder.join(format!("{SESSION}.part"));
        let mut file = File::create(&part)?;
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(part, path)?;
        sync_folder(&self.folder)
    }
}

impl Arrival {
    fn answer(&self) -> Option<Answer> {
        match self.qos {
            1 => Some(Answer::Acknowledged(self.id)),
            2 => Some(Answer::Received(self.id)),
            _ => None,
        }
    }
}

fn read_session(folder: &Path) -> io::Result<Session> {
    match std::fs::read(folder.join(SESSION)) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Session::default()),
        Err(error) => Err(error),
    }
}

/// Turns the journal of a minute into its rows. The journal goes last: done twice, the same bytes come of it.
fn end(folder: &Path, minute: &Minute) -> io::Result<()> {
    let (open, ended) = (minute.path(folder, OPEN), minute.path(folder, ENDED));
    if !ended.is_file() {
        let part = minute.path(folder, "part");
        let mut to = BufWriter::new(File::create(&part)?);
        let rows = rows(BufReader::new(File::open(&open)?), &mut to)?;
        let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        if rows {
            std::fs::rename(part, ended)?;
        } else {
            std::fs::remove_file(part)?;
        }
        sync_folder(folder)?;
    }
    std::fs::remove_file(open)?;
    sync_folder(folder)
}

/// Writes the rows of a journal; whether there are some.
fn rows(from: impl BufRead, to: &mut impl io::Write) -> io::Result<bool> {
    let (mut bytes, mut has_rows) = (Vec::new(), false);
    replay(from, |record| {
        if let Record::Message(message) = record {
            lines(&message, &mut bytes);
            has_rows |= !bytes.is_empty();
        }
        if bytes.len() >= STEP_BYTES {
            to.write_all(&bytes)?;
            bytes.clear();
        }
        Ok(())
    })?;
    to.write_all(&bytes)?;
    Ok(has_rows)
}

/// The minutes with this ending, in the order their messages came.
fn minutes(folder: &Path, ending: &str) -> io::Result<Vec<Minute>> {
    let names = files(folder)?.0.into_iter();
    let mut found: Vec<Minute> = names.filter_map(|name| Minute::of(&name, ending)).collect();
    found.sort_by_key(|minute| minute.first);
    Ok(found)
}

/// Names in the folder, and what was left half-written.
fn files(folder: &Path) -> io::Result<(Vec<String>, Vec<PathBuf>)> {
    let (mut names, mut parts) = (Vec::new(), Vec::new());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((names, parts)),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "part")
        {
            parts.push(entry.path());
        } else {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok((names, parts))
}

/// Files of minutes that have ended, in the order their messages came: name and path.
pub(super) fn ended(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let each = minutes(folder, ENDED)?.into_iter().map(|minute| {
        let path = minute.path(folder, ENDED);
        (format!("{}.{}.{ENDED}", minute.name, minute.first), path)
    });
    Ok(each.collect())
}

/// Removes the file of a minute whose rows are kept elsewhere for good. A file whose journal is still there stays:
/// it would come again.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    if path.with_extension(OPEN).exists() {
        return Ok(());
    }
    std::fs::remove_file(path)
}

fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    match std::fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    path.parent().map_or(Ok(()), sync_folder)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
