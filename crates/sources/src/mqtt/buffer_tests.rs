//! Messages on disk, whatever dies when.

use std::collections::BTreeMap;
use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use tempfile::TempDir;

use super::buffer::{Answer, Arrival, Buffer, Said, Subscribed, ended, remove};
use super::journal::Payload;

fn at(second: i64) -> DateTime<Utc> {
    // 2026-11-26 12:00:00 in Korea.
    DateTime::from_timestamp(1_795_662_000 + second, 0).unwrap()
}

fn message(id: u16, is_marked: bool, text: &str) -> Said {
    Said::Message(Arrival {
        id,
        qos: u8::from(id > 0),
        is_marked,
        topic: "a".to_owned(),
        payload: Payload::of(text.as_bytes()),
    })
}

fn taken(folder: &TempDir) -> Buffer {
    Buffer::take(folder.path()).unwrap().unwrap()
}

/// The files of ended minutes by name, with how many rows each has.
fn counted(folder: &TempDir) -> Vec<(String, usize)> {
    let files = ended(folder.path()).unwrap().into_iter();
    files
        .map(|(name, path)| (name, fs::read_to_string(path).unwrap().lines().count()))
        .collect()
}

/// How often each payload `{"v":N}` stands in ended minutes.
fn values(folder: &TempDir) -> BTreeMap<u64, usize> {
    let mut times = BTreeMap::new();
    for (_, path) in ended(folder.path()).unwrap() {
        for line in fs::read_to_string(path).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            *times.entry(row["v"].as_u64().unwrap()).or_default() += 1;
        }
    }
    times
}

#[test]
fn a_minute_ends_with_the_clock_and_nothing_is_added_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut buffer = taken(&folder);
    let answers = buffer.keep(
        vec![message(1, false, "{}"), message(0, false, "[{},{}]")],
        at(59),
    );
    assert_eq!(answers.unwrap(), [Answer::Acknowledged(1)]);
    assert!(!buffer.tick(at(59)).unwrap() && counted(&folder).is_empty());
    assert!(buffer.tick(at(60)).unwrap());
    let first = ("20261126T1200.1.ndjson".to_owned(), 3);
    assert_eq!(counted(&folder), std::slice::from_ref(&first));
    // A clock that goes back, and one that leaps ahead.
    buffer.keep(vec![message(2, false, "{}")], at(30)).unwrap();
    buffer
        .keep(vec![message(3, false, "{}")], at(864_000))
        .unwrap();
    buffer.keep(vec![message(4, false, "{}")], at(61)).unwrap();
    drop(buffer);
    drop(taken(&folder));
    let later = [
        "20261126T1200.3.ndjson",
        "20261206T1200.4.ndjson",
        "20261126T1201.5.ndjson",
    ];
    let later = later.map(|name| (name.to_owned(), 1));
    assert_eq!(counted(&folder), [vec![first], later.to_vec()].concat());
}

#[test]
fn only_one_listens() {
    let folder = tempfile::tempdir().unwrap();
    let buffer = taken(&folder);
    assert!(Buffer::take(folder.path()).unwrap().is_none());
    drop(buffer);
    assert!(Buffer::take(folder.path()).unwrap().is_some());
}

#[test]
fn a_repetition_is_acknowledged_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut buffer = taken(&folder);
    buffer.keep(vec![message(7, false, "{}")], at(0)).unwrap();
    drop(buffer);
    let mut buffer = taken(&folder);
    let again = buffer.keep(vec![message(7, true, "{}")], at(1)).unwrap();
    assert_eq!(again, [Answer::Acknowledged(7)]);
    assert_eq!(buffer.last(), 1);
    // Unmarked, or forgotten by the broker: another message.
    buffer.keep(vec![message(7, false, "{}")], at(2)).unwrap();
    buffer.forget(Subscribed::default()).unwrap();
    buffer.keep(vec![message(7, true, "{}")], at(3)).unwrap();
    assert_eq!(buffer.last(), 3);
}

#[test]
fn a_file_whose_journal_still_stands_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut buffer = taken(&folder);
    buffer.keep(vec![message(1, false, "{}")], at(0)).unwrap();
    drop(buffer);
    let journal = folder.path().join("20261126T1200.1.ndjson.open");
    let kept = fs::read(&journal).unwrap();
    drop(taken(&folder));
    let path = folder.path().join("20261126T1200.1.ndjson");
    let rows = fs::read(&path).unwrap();
    // Killed between the new name and the end of the journal.
    fs::write(&journal, kept).unwrap();
    remove(&path).unwrap();
    assert!(path.exists());
    // Had it been removed, the same bytes would have come again: a load knows them.
    fs::remove_file(&path).unwrap();
    drop(taken(&folder));
    assert_eq!(fs::read(&path).unwrap(), rows);
    remove(&path).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_disk_that_fails_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut buffer = taken(&folder);
    buffer
        .keep(vec![message(1, false, r#"{"v":1}"#)], at(0))
        .unwrap();
    // The next minute's file cannot be made: a folder stands there.
    fs::create_dir(folder.path().join("20261126T1201.2.ndjson.open")).unwrap();
    assert!(
        buffer
            .keep(vec![message(2, false, r#"{"v":2}"#)], at(60))
            .is_err()
    );
    drop(buffer);
    fs::remove_dir(folder.path().join("20261126T1201.2.ndjson.open")).unwrap();
    let mut buffer = taken(&folder);
    buffer
        .keep(vec![message(2, true, r#"{"v":2}"#)], at(61))
        .unwrap();
    buffer.tick(at(120)).unwrap();
    assert_eq!(values(&folder), BTreeMap::from([(1, 1), (2, 1)]));
}

/// A broker as the standard has it: ids are free again once acknowledged, and what is not acknowledged comes again,
/// marked, in its order, when the line is made anew. It takes the lowest free id: the hardest for whoever must tell
/// repetitions from news.
#[derive(Default)]
struct Broker {
    queue: Vec<(u16, String)>,
    next: u64,
}

impl Broker {
    fn send(&mut self, value: u64) -> Said {
        self.next += 1;
        let id = (1..=u16::MAX)
            .find(|id| self.queue.iter().all(|(taken, _)| taken != id))
            .unwrap();
        let text = format!(r#"{{"v":{value}}}"#);
        self.queue.push((id, text.clone()));
        message(id, false, &text)
    }

    fn take(&mut self, id: u16) {
        self.queue.retain(|(kept, _)| *kept != id);
    }

    fn again(&self) -> Vec<Said> {
        self.queue
            .iter()
            .map(|(id, text)| message(*id, true, text))
            .collect()
    }
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// A message is sent; it arrives unless the line breaks first; so many of the acknowledgements so far arrive.
    Send { arrives: bool, taken: usize },
    /// The broker answers a ping.
    Pong,
    /// The listener is killed; so many bytes of garbage stand behind its journal.
    Killed { garbage: Vec<u8> },
    /// A minute passes.
    Minute,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (prop::bool::weighted(0.9), 0_usize..3).prop_map(|(arrives, taken)| Step::Send { arrives, taken }),
        1 => Just(Step::Pong),
        2 => prop::collection::vec(any::<u8>(), 0..30).prop_map(|garbage| Step::Killed { garbage }),
        1 => Just(Step::Minute),
    ]
}

/// Plays steps; how often each message stands in the rows in the end.
fn play(steps: Vec<Step>, same: bool) -> (u64, usize, BTreeMap<u64, usize>) {
    let folder = tempfile::tempdir().unwrap();
    let (mut broker, mut second) = (Broker::default(), 0);
    let mut buffer = Some(taken(&folder));
    // Acknowledgements on the way to the broker, and whether the line is up.
    let mut on_the_way: Vec<(u16, u64)> = Vec::new();
    let mut sure: Vec<(u16, u64)> = Vec::new();
    for step in steps {
        let kept = |buffer: &mut Option<Buffer>, said: Vec<Said>, second: i64| {
            let buffer = buffer.as_mut().unwrap();
            let answers = buffer.keep(said, at(second)).unwrap();
            let ids = answers.into_iter().map(|answer| match answer {
                Answer::Acknowledged(id) => (id, buffer.ids().number(id).unwrap()),
                other => panic!("{other:?}"),
            });
            ids.collect::<Vec<_>>()
        };
        match step {
            Step::Send { arrives, taken } => {
                let value = if same { 0 } else { broker.next };
                let said = broker.send(value);
                if arrives {
                    on_the_way.extend(kept(&mut buffer, vec![said], second));
                    for (id, number) in on_the_way.drain(..taken.min(on_the_way.len())) {
                        broker.take(id);
                        sure.push((id, number));
                    }
                } else {
                    // The line breaks and is made again: the same listener, and what it had sent is lost on the way.
                    on_the_way.clear();
                    sure.clear();
                    on_the_way.extend(kept(&mut buffer, broker.again(), second));
                }
            }
            Step::Pong => {
                // Everything on the way arrives before the ping does.
                for (id, number) in on_the_way.drain(..) {
                    broker.take(id);
                    sure.push((id, number));
                }
                kept(
                    &mut buffer,
                    vec![Said::Sure(std::mem::take(&mut sure))],
                    second,
                );
            }
            Step::Killed { garbage } => {
                drop(buffer.take());
                for entry in fs::read_dir(folder.path()).unwrap() {
                    let path = entry.unwrap().path();
                    if path.extension().is_some_and(|ending| ending == "open") {
                        let mut bytes = fs::read(&path).unwrap();
                        bytes.extend_from_slice(&garbage);
                        fs::write(&path, bytes).unwrap();
                    }
                }
                on_the_way.clear();
                sure.clear();
                buffer = Some(taken(&folder));
                on_the_way.extend(kept(&mut buffer, broker.again(), second));
            }
            Step::Minute => {
                second += 60;
                buffer.as_mut().unwrap().tick(at(second)).unwrap();
            }
        }
        second += 1;
    }
    let mut last = buffer.unwrap();
    last.tick(at(second + TimeDelta::hours(1).num_seconds()))
        .unwrap();
    let files = counted(&folder).len();
    (broker.next, files, values(&folder))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Killed at any instant, lines broken at any instant: each message is a row exactly once.
    #[test]
    fn each_message_is_kept_exactly_once(steps in prop::collection::vec(any_step(), 0..40)) {
        let (sent, _, values) = play(steps, false);
        prop_assert_eq!(values, (0..sent).map(|value| (value, 1)).collect::<BTreeMap<_, _>>());
    }

    /// Where the broker says after each acknowledgement that it has it, even messages that all look the same are each kept.
    #[test]
    fn equal_messages_are_each_kept(steps in prop::collection::vec(any_step(), 0..40)) {
        let sure = steps.into_iter().flat_map(|step| match step {
            // What is lost is lost whole: nothing else is unsure at that moment.
            Step::Send { .. } | Step::Killed { .. } => vec![Step::Pong, step, Step::Pong],
            other => vec![other],
        });
        let (sent, _, values) = play(sure.collect(), true);
        let kept = values.get(&0).copied().unwrap_or_default();
        prop_assert_eq!(u64::try_from(kept).unwrap(), sent);
    }
}
