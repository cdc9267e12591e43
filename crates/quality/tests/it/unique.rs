//! Which of two rows with one value stays is decided by the order of the file, whatever the threads do.

use std::sync::mpsc;
use std::thread;

use quality::{Candidate, Judge, JudgeError, References};

use crate::table::{self, Rows};

/// Judges blocks of `size` rows on a thread each, started in the order `started`.
fn threaded(judge: &Judge, rows: &Rows, size: usize, started: &[usize]) -> Vec<i64> {
    let blocks: Vec<Rows> = (0..rows.raw.len())
        .step_by(size)
        .map(|from| rows.slice(from, (from + size).min(rows.raw.len())))
        .collect();
    let mut verdicts = thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let mut running = Vec::new();
        for at in started {
            let (block, tell) = (&blocks[*at], tell.clone());
            running.push(scope.spawn(move || {
                // The others start only when this one runs: the order of starting is kept.
                tell.send(()).unwrap();
                (*at, block.judge(judge, u64::try_from(*at).unwrap()))
            }));
            told.recv().unwrap();
        }
        let joined = running.into_iter().map(|thread| thread.join().unwrap());
        joined.collect::<Vec<_>>()
    });
    verdicts.sort_by_key(|(at, _)| *at);
    verdicts
        .iter()
        .flat_map(|(_, verdict)| table::accepted(verdict))
        .collect()
}

const SINGLE: &str = "[[columns]]\nname = \"a\"\ntype = \"integer\"\nchecks = [\"unique\"]\n";
const KEY: &str = "load = { key = [\"a\", \"b\"] }\n[[columns]]\nname = \"a\"\ntype = \"code\"\n[[columns]]\nname = \"b\"\ntype = \"date\"\n";

#[test]
fn the_first_row_of_the_file_stays_when_later_blocks_come_first() {
    for (manifest, lines, stays) in [
        (
            SINGLE,
            vec!["1", "2", "1", "3", "2", "4", "1", "3"],
            vec![1, 2, 4, 6],
        ),
        (
            SINGLE,
            vec!["5", "5", "5", "5", "5", "5", "5", "5"],
            vec![1],
        ),
        (
            KEY,
            vec![
                "x,2024-01-01",
                "y,2024-01-01",
                "x,2024-01-02",
                "x,2024-01-01",
                "y,2024-01-02",
                "y,2024-01-01",
                ",2024-01-03",
                "x,2024-01-02",
            ],
            vec![1, 2, 3, 5],
        ),
    ] {
        let dataset = table::dataset(manifest);
        let rows = table::rows(&dataset, &lines);
        for started in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let judge = table::contract(&dataset, &References::new());
            assert_eq!(
                threaded(&judge, &rows, 2, &started),
                stays,
                "{lines:?} {started:?}"
            );
        }
    }
}

#[test]
fn values_that_stand_in_the_table_already_are_not_taken_again() {
    let dataset = table::dataset(KEY);
    let judge = table::contract(&dataset, &References::new());
    assert!(judge.has_unique());
    let table_rows = table::rows(&dataset, &["x,2024-01-01", "y,2024-01-02"]);
    judge.remember(&table_rows.batch).unwrap();
    let rows = table::rows(&dataset, &["x,2024-01-02", "x,2024-01-01", "y,2024-01-02"]);
    assert_eq!(table::accepted(&rows.judge(&judge, 0)), [1]);
}

#[test]
fn a_contract_without_keys_waits_for_nobody() {
    let dataset = table::dataset("[[columns]]\nname = \"a\"\ntype = \"integer\"\n");
    let judge = table::contract(&dataset, &References::new());
    assert!(!judge.has_unique());
    // The seventh block, though none came before.
    let rows = table::rows(&dataset, &["1", "1"]);
    assert_eq!(table::accepted(&rows.judge(&judge, 7)), [1, 2]);
}

#[test]
fn a_thread_that_waits_for_its_turn_is_let_go_when_the_load_stops() {
    let dataset = table::dataset(SINGLE);
    let judge = table::contract(&dataset, &References::new());
    let rows = table::rows(&dataset, &["1"]);
    let result = thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let candidate = Candidate {
                rows: rows.batch.clone(),
                faults: Vec::new(),
                raw: &|_| Vec::new(),
            };
            judge.judge(1, candidate).map(|_| ())
        });
        judge.abort();
        waiting.join().unwrap()
    });
    assert!(matches!(result, Err(JudgeError::Aborted(_))), "{result:?}");
}
