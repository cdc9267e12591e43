//! Sudden death of programs that write to one log: what was acknowledged is there, and the log is whole.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeZone as _, Utc};
use records::{FixedClock, Records};

use crate::faults::{Chance, number};
use crate::log::entry;

const ROOT: &str = "RECORDS_KILLED_ROOT";
const FAULTS: u64 = 8;
/// Programs that write at the same time.
const PROGRAMS: usize = 2;

async fn opened(root: &Path) -> Records {
    let clock = FixedClock::new(Utc.with_ymd_and_hms(2026, 11, 5, 0, 0, 0).unwrap());
    Records::open(&root.join("records.db"), Arc::new(clock))
        .await
        .unwrap()
}

/// The child: many write at once and each tells what was acknowledged. Without a folder it is no test at all.
#[tokio::test]
async fn child_writes_until_it_is_killed() {
    let Some((_, root)) = std::env::vars().find(|(name, _)| name == ROOT) else {
        return;
    };
    let records = opened(Path::new(&root)).await;
    let writers: Vec<_> = (0..20)
        .map(|writer| {
            let log = records.log().clone();
            tokio::spawn(async move {
                for _ in 0..100_000 {
                    let who = format!("person{writer}");
                    let receipt = log.append(entry(&who, "parking")).await.unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\nacknowledged {} {}", receipt.seq, receipt.hash).unwrap();
                    out.flush().unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_sudden_death() {
    let folder = tempfile::tempdir().unwrap();
    let mut chance = Chance(number("MADANG_SEED", 20_261_126));
    let mut told: Vec<(u64, String)> = Vec::new();
    for death in 0..number("MADANG_FAULTS", FAULTS) {
        let programs: Vec<Child> = (0..PROGRAMS).map(|_| start(folder.path())).collect();
        let lives = programs.into_iter().map(|program| {
            let life = Duration::from_millis(u64::try_from(150 + chance.below(350)).unwrap());
            std::thread::spawn(move || acknowledged(program, life))
        });
        let lives: Vec<_> = lives.collect();
        told.extend(lives.into_iter().flat_map(|life| life.join().unwrap()));
        let records = opened(folder.path()).await;
        assert_eq!(records.log().verify().await.unwrap(), None, "death {death}");
        records
            .log()
            .append(entry("after", "parking"))
            .await
            .unwrap();
        let files = records.log().files().await.unwrap();
        let size = files.head().size;
        // The newest are those a death could take; the others have survived one already.
        told.sort();
        for (seq, hash) in told.iter().rev().take(50) {
            let proof = files.inclusion(*seq, size).unwrap();
            assert_eq!(
                &proof.leaf_hash.to_string(),
                hash,
                "death {death}, entry {seq}"
            );
        }
        records.close().await;
    }
    assert!(told.len() > 100, "only {} were acknowledged", told.len());
    let mut numbers: Vec<u64> = told.iter().map(|(seq, _)| *seq).collect();
    numbers.dedup();
    assert_eq!(numbers.len(), told.len(), "no number is given twice");
}

fn start(root: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::child_writes_until_it_is_killed",
            "--nocapture",
        ])
        .env(ROOT, root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a program live for so long, kills it, and returns what it was told is safe.
fn acknowledged(mut program: Child, life: Duration) -> Vec<(u64, String)> {
    let out = program.stdout.take().unwrap();
    let listener = std::thread::spawn(move || {
        let lines = BufReader::new(out).lines().map_while(Result::ok);
        let told = lines.filter_map(|line| {
            let (seq, hash) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
            // The last line may be cut off: then nobody was told.
            (hash.len() == 44).then(|| (seq.parse().unwrap(), hash.to_owned()))
        });
        told.collect()
    });
    std::thread::park_timeout(life);
    program.kill().unwrap();
    program.wait().unwrap();
    listener.join().unwrap()
}
