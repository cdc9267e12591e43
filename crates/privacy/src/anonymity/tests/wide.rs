//! More columns than can be numbered, and keys of every width.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::anonymity::hierarchy::Hierarchy;
use crate::anonymity::input::{Column, Rows};
use crate::anonymity::{Effort, Metric, Model, Problem, Wish, search};

/// Rows of many columns with many values each: the same few patterns, so that what is best is known.
fn problem(columns: usize, values: u32, rows: u32) -> Problem {
    let names: Vec<String> = (0..values).map(|value| value.to_string()).collect();
    let half = |value: u32| value / 2;
    let tree = Hierarchy {
        file: "tree".into(),
        names: vec![
            names.clone(),
            (0..values.div_ceil(2))
                .map(|value| format!("h{value}"))
                .collect(),
            vec!["*".to_owned()],
        ],
        up: vec![
            (0..values).collect(),
            (0..values).map(half).collect(),
            (0..values).map(|_| 0).collect(),
        ],
    };
    let column = |at: usize| Column {
        name: format!("c{at}"),
        values: names.clone(),
        first: (0..values).collect(),
        // In the first column neighbours come together at level 1; the others are equal in all rows.
        codes: (0..rows)
            .map(|row| if at == 0 { row % 4 } else { 0 })
            .collect(),
    };
    let read = Rows {
        file: "rows".into(),
        names: Vec::new(),
        columns: (0..columns).map(column).collect(),
        count: rows as usize,
    };
    Problem::new(read, vec![tree; columns], None, Vec::new()).unwrap()
}

fn wish() -> Wish {
    Wish {
        models: vec![Model::K(6)],
        metric: Metric::LossMean,
        suppression: 0.0,
    }
}

#[test]
fn keys_of_every_width_give_the_same_answer() {
    // 8 values: 3 bits a column. 3, 30 and 60 columns need 9, 90 and 180 bits.
    for columns in [3, 30, 60] {
        let problem = problem(columns, 8, 12);
        let stop = AtomicBool::new(false);
        let effort = Effort {
            threads: 2,
            stop: &stop,
            limit: Some(Duration::from_mins(1)),
            tell: None,
        };
        let outcome = search(&problem, &wish(), &effort);
        let best = outcome.best.unwrap();
        let mut expected = vec![0; columns];
        expected[0] = 1;
        assert_eq!(best.levels, expected, "{columns} columns");
        assert!(outcome.is_proven);
        assert_eq!((best.classes, best.min_class), (2, 6));
    }
}

#[test]
fn a_search_that_is_stopped_says_how_far_off_it_may_be() {
    let problem = problem(40, 8, 12);
    let stop = AtomicBool::new(true);
    let effort = Effort {
        threads: 2,
        stop: &stop,
        limit: None,
        tell: None,
    };
    let outcome = search(&problem, &wish(), &effort);
    assert!(!outcome.is_proven);
    assert!(outcome.bound <= outcome.best.map_or(f64::INFINITY, |best| best.score));
}

#[test]
fn more_bits_than_a_key_holds_are_told() {
    let names: Vec<String> = (0..1024).map(|value| value.to_string()).collect();
    let tree = Hierarchy::flat("tree".as_ref(), names);
    let column = |at: usize| Column {
        name: format!("c{at}"),
        values: vec!["1".to_owned()],
        first: vec![0],
        codes: vec![0],
    };
    let read = Rows {
        file: "rows".into(),
        names: Vec::new(),
        columns: (0..60).map(column).collect(),
        count: 1,
    };
    let told = Problem::new(read, vec![tree; 60], None, Vec::new())
        .unwrap_err()
        .to_string();
    assert!(told.contains("bits a row; expected at most 512"), "{told}");
}
