use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

use super::book::Book;
use super::folder::{Disk, RealDisk, SEGMENT};
use super::moved::system;
use super::*;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 5, 12, 0, 0).unwrap()
}

fn book(folder: &Path) -> Book {
    let mut book = Book::new(folder);
    book.found(noon()).unwrap();
    book
}

fn entries(count: u64) -> Vec<Entry> {
    (0..count).map(|n| system(format!("entry {n}"))).collect()
}

fn proven(folder: &Path) -> Verified {
    verify(folder, &Against::default()).unwrap()
}

fn names(found: &Verified) -> Vec<(i64, Fault)> {
    let breaks = found.breaks.iter();
    breaks.map(|found| (found.seq, found.what)).collect()
}

fn long(length: usize) -> u64 {
    u64::try_from(length).unwrap()
}

/// A disk with room for so many bytes.
#[derive(Debug)]
struct Small(AtomicU64);

impl Disk for Small {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let room = self.0.load(Ordering::Relaxed);
        let length = long(bytes.len());
        let fits = length.min(room);
        file.write_all(&bytes[..usize::try_from(fits).unwrap()])?;
        self.0.store(room - fits, Ordering::Relaxed);
        if fits < length {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        RealDisk.sync(file)
    }
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

#[test]
fn a_full_disk_refuses_and_leaves_no_half_and_works_again_when_there_is_room() {
    let base = tempfile::tempdir().unwrap();
    book(base.path())
        .append(&entries(SEGMENT - 5), noon())
        .unwrap();
    let mut refusals = 0;
    // Every place where a group can meet the end of the disk: in its lines, in its roots, in its head.
    for room in (0..5000).step_by(241) {
        let folder = tempfile::tempdir().unwrap();
        copied(base.path(), folder.path());
        let disk = Arc::new(Small(AtomicU64::new(room)));
        let mut book = Book::on(folder.path(), Arc::clone(&disk) as Arc<dyn Disk>);
        let refused = book.append(&entries(10), noon());
        let Err(error @ LogError::Full { .. }) = refused else {
            assert!(room > 3000 && refused.is_ok(), "{room}: {refused:?}");
            break;
        };
        refusals += 1;
        assert!(
            error
                .to_string()
                .contains("what cannot be logged is refused"),
            "{error}"
        );
        let found = proven(folder.path());
        assert_eq!((found.size, names(&found)), (SEGMENT - 5, vec![]), "{room}");
        disk.0.store(u64::MAX, Ordering::Relaxed);
        let receipts = book.append(&entries(10), noon()).unwrap();
        assert_eq!(u64::try_from(receipts[0].seq).unwrap(), SEGMENT - 4);
        let found = proven(folder.path());
        assert_eq!((found.size, names(&found)), (SEGMENT + 5, vec![]), "{room}");
        assert_eq!(found.unacknowledged_bytes, 0);
    }
    assert!(refusals > 10, "{refusals} groups met the end of the disk");
}

#[test]
fn what_nobody_was_told_of_is_cut_and_what_was_told_stays() {
    let folder = tempfile::tempdir().unwrap();
    book(folder.path()).append(&entries(3), noon()).unwrap();
    let path = Folder::new(folder.path()).segment(0);
    let whole = std::fs::read(&path).unwrap();
    // A whole line and a half: both were written by somebody who died before the head.
    let tail = [whole.as_slice(), &whole[..100]].concat();
    let mut file = File::options().append(true).open(&path).unwrap();
    file.write_all(&tail).unwrap();
    let found = proven(folder.path());
    assert_eq!((found.size, names(&found)), (3, vec![]));
    assert_eq!(found.unacknowledged_bytes, long(tail.len()));
    let receipts = Book::new(folder.path())
        .append(&entries(1), noon())
        .unwrap();
    assert_eq!(receipts[0].seq, 4);
    let found = proven(folder.path());
    assert_eq!(
        (found.size, found.unacknowledged_bytes, names(&found)),
        (4, 0, vec![])
    );
}

#[test]
fn two_programs_write_to_one_log() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (book(folder.path()), Book::new(folder.path()));
    for turn in 0..20 {
        let writer = if turn % 3 == 0 { &mut one } else { &mut other };
        let receipts = writer.append(&entries(7), noon()).unwrap();
        assert_eq!(receipts[0].seq, turn * 7 + 1);
    }
    assert_eq!(names(&proven(folder.path())), vec![]);
}

#[test]
fn time_never_goes_back_and_it_is_said_when_the_clock_did() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(folder.path());
    book.append(&entries(1), noon()).unwrap();
    let back = book
        .append(&entries(1), noon() - TimeDelta::hours(3))
        .unwrap();
    assert_eq!(back[0].at, noon());
    let text = std::fs::read_to_string(Folder::new(folder.path()).segment(0)).unwrap();
    let second = text.lines().nth(1).unwrap();
    assert!(
        second.contains(r#""clock":"2026-11-05T09:00:00.000000Z""#),
        "{second}"
    );
    assert_eq!(names(&proven(folder.path())), vec![]);
}

#[test]
fn a_checkpoint_from_outside_finds_a_log_that_was_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(folder.path());
    book.append(&entries(20), noon()).unwrap();
    let old: Vec<(PathBuf, Vec<u8>)> = ["head", "entries-000000000001.log"]
        .map(|name| folder.path().join(name))
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    book.append(&entries(20), noon()).unwrap();
    let outside = book.checkpoint().unwrap();
    // The whole folder is put back to an earlier state: inside, everything agrees.
    for (path, bytes) in old {
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::remove_file(folder.path().join("checkpoints/000000000040")).unwrap();
    assert_eq!(names(&proven(folder.path())), vec![]);
    let against = Against {
        checkpoints: vec![outside.clone()],
        ..Against::default()
    };
    let found = verify(folder.path(), &against).unwrap();
    assert_eq!(names(&found), vec![(21, Fault::Missing)]);
    // Other entries in their place do not help: the root is another.
    Book::new(folder.path())
        .append(&entries(20), noon())
        .unwrap();
    let found = verify(folder.path(), &against).unwrap();
    assert_eq!(names(&found), vec![(21, Fault::Altered)]);
}

#[test]
fn one_who_also_mends_the_hash_is_named_by_the_next_entry() {
    let folder = tempfile::tempdir().unwrap();
    book(folder.path()).append(&entries(9), noon()).unwrap();
    let path = Folder::new(folder.path()).segment(0);
    let text = std::fs::read_to_string(&path).unwrap();
    let mended: String = text
        .lines()
        .map(|line| {
            let json = line
                .split_once(' ')
                .unwrap()
                .1
                .replace("entry 4", "entry X");
            format!("{} {json}\n", tree::Hash::leaf(json.as_bytes()))
        })
        .collect();
    std::fs::write(&path, mended).unwrap();
    let found = proven(folder.path());
    assert_eq!(names(&found)[0], (5, Fault::Altered));
}

#[test]
fn keys_change_and_old_checkpoints_still_hold() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(folder.path());
    book.append(&entries(5), noon()).unwrap();
    let old = book.checkpoint().unwrap();
    let first = Files::open(folder.path()).unwrap().keys()[0].clone();
    let new = book.rotate_key().unwrap();
    assert_ne!(new, first);
    book.append(&entries(5), noon()).unwrap();
    Book::new(folder.path())
        .append(&entries(5), noon())
        .unwrap();
    let against = Against {
        checkpoints: vec![old],
        key: Some(first),
        ..Against::default()
    };
    let found = verify(folder.path(), &against).unwrap();
    assert_eq!((found.size, names(&found)), (15, vec![]));
    let stranger = note::Signer::new(Some(&found.origin), &[9; 32]).unwrap();
    let against = Against {
        key: Some(stranger.public().clone()),
        ..Against::default()
    };
    let found = verify(folder.path(), &against).unwrap();
    assert_eq!(names(&found), vec![(0, Fault::Signature)]);
    // A key nobody signed is no key of this log.
    let keys = folder.path().join("keys");
    let known = std::fs::read_to_string(&keys).unwrap();
    let second = known.lines().nth(1).unwrap().split_once(' ').unwrap().1;
    std::fs::write(&keys, format!("{known}{} {second}\n", stranger.public())).unwrap();
    assert_eq!(names(&proven(folder.path())), vec![(0, Fault::Signature)]);
}

struct Days(i64);

impl Keep for Days {
    fn kept_for(&self, entry: &Entry) -> TimeDelta {
        TimeDelta::days(if entry.purpose.ends_with('7') {
            self.0 * 2
        } else {
            self.0
        })
    }

    fn shortest(&self) -> TimeDelta {
        TimeDelta::days(self.0)
    }
}

#[test]
fn retention_leaves_the_hashes_and_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(folder.path());
    book.append(&entries(SEGMENT + 100), noon()).unwrap();
    book.append(&entries(50), noon() + TimeDelta::days(300))
        .unwrap();
    let before = Files::open(folder.path()).unwrap();
    let proof = before.inclusion(3, before.head().size).unwrap();
    let (size, root) = (before.head().size, before.head().root);
    let gone = prune::prune(&mut book, &Days(365), noon() + TimeDelta::days(400)).unwrap();
    // 1,648 numbers below 16,484 end in 7: those are kept twice as long.
    assert_eq!(gone.entries, SEGMENT + 100 - 1648);
    let found = proven(folder.path());
    assert_eq!(
        (found.size, found.root, names(&found)),
        (size, Some(root), vec![])
    );
    assert_eq!(found.pruned, gone.entries);
    let text = std::fs::read_to_string(Folder::new(folder.path()).segment(0)).unwrap();
    assert!(!text.contains("entry 3\"") && text.contains("entry 7\""));
    let after = Files::open(folder.path())
        .unwrap()
        .inclusion(3, size)
        .unwrap();
    assert_eq!((after.entry.is_none(), &after.proof), (true, &proof.proof));
    // It goes on growing, and once more nothing is over.
    book.append(&entries(3), noon() + TimeDelta::days(400))
        .unwrap();
    let again = prune::prune(&mut book, &Days(365), noon() + TimeDelta::days(400)).unwrap();
    assert_eq!(again, Pruning::default());
    assert_eq!(names(&proven(folder.path())), vec![]);
    // Without its signed record a text that is gone was taken by somebody else.
    std::fs::remove_dir_all(folder.path().join("pruned")).unwrap();
    assert_eq!(names(&proven(folder.path()))[0], (1, Fault::Altered));
}

#[test]
fn retention_takes_nothing_away_that_was_altered() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = book(folder.path());
    book.append(&entries(9), noon()).unwrap();
    let path = Folder::new(folder.path()).segment(0);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("entry 4", "entry 5")).unwrap();
    let refused = prune::prune(&mut book, &Days(1), noon() + TimeDelta::days(3));
    assert!(matches!(refused, Err(LogError::Damaged(_))), "{refused:?}");
    assert_eq!(names(&proven(folder.path()))[0], (5, Fault::Altered));
}

#[test]
fn a_copy_is_proven_without_the_private_key() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    book(folder.path())
        .append(&entries(SEGMENT + 10), noon())
        .unwrap();
    let files = Files::open(folder.path()).unwrap();
    files.export(copy.path()).unwrap();
    assert!(!copy.path().join("key.private").exists());
    let found = proven(copy.path());
    assert_eq!((found.size, names(&found)), (SEGMENT + 10, vec![]));
    assert!(
        files.export(copy.path()).is_err(),
        "a folder with something in it is not written over"
    );
}

#[test]
fn proofs_of_the_files_are_those_of_the_tree() {
    let folder = tempfile::tempdir().unwrap();
    book(folder.path())
        .append(&entries(SEGMENT + 77), noon())
        .unwrap();
    let files = Files::open(folder.path()).unwrap();
    let size = files.head().size;
    assert_eq!(files.root(size).unwrap(), files.head().root);
    for seq in [1, 2, SEGMENT - 1, SEGMENT, SEGMENT + 1, size] {
        for whole in [seq, SEGMENT + 3, size] {
            if seq <= whole {
                let proof = serde_json::to_string(&files.inclusion(seq, whole).unwrap()).unwrap();
                assert!(
                    matches!(proofs::check(&proof), Ok(proofs::Answer::Holds(_))),
                    "{seq} {whole}"
                );
            }
        }
        let proof = serde_json::to_string(&files.consistency(seq, size).unwrap()).unwrap();
        let answer = proofs::check_with(&proof, files.keys());
        assert!(
            matches!(answer, Ok(proofs::Answer::Holds(_))),
            "{seq}: {answer:?}"
        );
        let bent = proof.replace("\"size1\":", "\"size1\":1");
        assert!(
            matches!(proofs::check(&bent), Ok(proofs::Answer::Fails(_))),
            "{seq}"
        );
    }
    assert!(files.inclusion(size + 1, size + 1).is_err() && files.inclusion(0, size).is_err());
}
