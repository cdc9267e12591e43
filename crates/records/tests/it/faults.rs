//! Random edits of the stored log: each is found, and of an edited entry its number. `MADANG_FAULTS` makes it more (a
//! hundred for each: `cargo xtask faults 100` tries 10,000), `MADANG_SEED` others.

use std::path::{Path, PathBuf};

use records::log::{Against, verify};

use crate::TestStore;
use crate::log::entry;

/// Edits for each of `MADANG_FAULTS`.
const EDITS: u64 = 100;
const FAULTS: u64 = 10;
const ENTRIES: usize = 40;

pub(crate) fn number(name: &str, usual: u64) -> u64 {
    let said = std::env::vars().find(|(known, _)| known == name);
    said.and_then(|(_, text)| text.parse().ok())
        .unwrap_or(usual)
}

/// Numbers that look like chance.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// What is stored: entries, head, keys, checkpoints.
fn stored(folder: &Path) -> Vec<PathBuf> {
    let files = [
        "head",
        "keys",
        "entries-000000000001.log",
        "entries-000000000001.log",
    ];
    let mut paths: Vec<PathBuf> = files.iter().map(|name| folder.join(name)).collect();
    let checkpoints = std::fs::read_dir(folder.join("checkpoints")).unwrap();
    paths.extend(checkpoints.map(|entry| entry.unwrap().path()));
    // Most edits should be of entries.
    for _ in 0..8 {
        paths.push(folder.join("entries-000000000001.log"));
    }
    paths
}

/// Edits a file; `None` when nothing came out of it. With the line that was edited, if it is clear which.
fn edited(bytes: &[u8], chance: &mut Chance) -> Option<(Vec<u8>, Option<i64>)> {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let at = chance.below(bytes.len());
    let line = i64::try_from(bytes[..at].split(|byte| *byte == b'\n').count() - 1).unwrap() + 1;
    let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
    let (edited, first) = match chance.below(6) {
        0 => {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1 << chance.below(8);
            (bytes, Some(line))
        }
        1 => {
            let mut bytes = bytes.to_vec();
            bytes.remove(at);
            (bytes, Some(line))
        }
        2 => (bytes[..at].to_vec(), Some(line)),
        3 => {
            lines.remove(one);
            (lines.concat(), Some(i64::try_from(one).unwrap() + 1))
        }
        4 => {
            lines.swap(one, other);
            (
                lines.concat(),
                Some(i64::try_from(one.min(other)).unwrap() + 1),
            )
        }
        _ => {
            let copy = lines[other].clone();
            // After the last nobody was told of anything: what is added there is cut, and no part of the log.
            lines.insert(one, copy);
            (lines.concat(), None)
        }
    };
    (edited != bytes).then_some((edited, first))
}

/// Puts a file in place of another. A file that is only cut and written anew some systems flush at once, which takes long.
fn put(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn every_edit_of_the_stored_log_is_found() {
    let (edits, seed) = (
        EDITS * number("MADANG_FAULTS", FAULTS),
        number("MADANG_SEED", 20_261_126),
    );
    let store = TestStore::new().await;
    let log = store.records.log();
    for n in 0..ENTRIES {
        log.append(entry(&format!("person{n}"), "parking"))
            .await
            .unwrap();
        if n % 10 == 9 {
            log.checkpoint().await.unwrap();
        }
    }
    let folder = store.folder.path().join("access-log");
    let against = Against {
        threads: 1,
        ..Against::default()
    };
    let files = stored(&folder);
    let mut chance = Chance(seed);
    let mut named = 0_u64;
    for edit in 0..edits {
        let path = &files[chance.below(files.len())];
        let bytes = std::fs::read(path).unwrap();
        let Some((edited, line)) = edited(&bytes, &mut chance) else {
            continue;
        };
        put(path, &edited);
        let found = verify(&folder, &against).unwrap();
        let first = found.breaks.first();
        assert!(
            first.is_some(),
            "seed {seed}, edit {edit} of {} was not found: {found:?}",
            path.display()
        );
        if let (true, Some(line)) = (path.ends_with("entries-000000000001.log"), line) {
            assert_eq!(
                first.unwrap().seq,
                line,
                "seed {seed}, edit {edit}: {found:?}"
            );
            named += 1;
        }
        put(path, &bytes);
    }
    assert!(
        named > edits / 3,
        "{named} of {edits} were edits of one entry"
    );
    assert_eq!(log.verify().await.unwrap(), None);
}
