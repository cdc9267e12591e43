//! Files that leave hold what was wished, or are not there.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::plain::{self, Row};
use crate::anonymity::{Ask, Metric, Wish, report, risk, write};

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one file made, written and read back, step by step"
)]
fn what_is_written_was_measured_and_says_what_became_of_each_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, tree) in plain::NAMES.iter().zip(plain::TREES) {
        std::fs::write(path(&format!("{name}.csv")), plain::lines(tree)).unwrap();
    }
    std::fs::write(path("my_ill.csv"), plain::lines(plain::ILLS)).unwrap();
    let mut runner = TestRunner::deterministic();
    let tables = (
        prop::collection::vec(plain::row(), 1..40),
        prop_oneof![4 => plain::model(), 1 => plain::about_subsets()],
        prop::sample::select(vec![0.0, 0.2, 0.5]),
    );
    let (mut written, mut emptied, mut left_out) = (0, 0, 0);
    for _ in 0..300 {
        let (mut rows, model, suppression) = tables.new_tree(&mut runner).unwrap().current();
        rows[0].2 = true;
        let with_subset = model.needs_subset();
        plain::file(&path("in.csv"), &rows.iter().collect::<Vec<_>>(), [0; 3]);
        let released: Vec<&Row> = rows.iter().filter(|row| !with_subset || row.2).collect();
        plain::file(&path("part.csv"), &released, [0; 3]);
        let ask = Ask {
            input: path("in.csv"),
            delimiter: b';',
            hierarchies: folder.path().to_owned(),
            quasi: plain::NAMES.map(str::to_owned).to_vec(),
            sensitive: Some("ill".to_owned()),
            subset: with_subset.then(|| path("part.csv")),
        };
        let wish = Wish {
            models: vec![model],
            metric: Metric::LossMean,
            suppression,
        };
        let problem = ask.read(&wish.models).unwrap();
        let Some(best) = plain::searched(&problem, &wish, 2).best else {
            continue;
        };
        let _gone = std::fs::remove_file(path("out.csv"));
        let outcome = write(&problem, &ask, &wish, &best.levels, &path("out.csv")).unwrap();
        assert!(!path("out.csv.part").exists() && !path("out.csv.part.whole").exists());
        let text = std::fs::read_to_string(path("out.csv")).unwrap();
        assert_eq!(text.lines().count() as u64, outcome.rows + 1);
        assert_eq!(outcome.rows + outcome.left_out, released.len() as u64);
        let assessment = risk::assess(&problem, &wish, &best.levels);
        assert_eq!(assessment.before.rows, released.len() as u64);
        assert_eq!(
            assessment.after.rows + outcome.emptied + outcome.left_out,
            released.len() as u64
        );
        let own = assessment
            .metrics
            .iter()
            .find(|(metric, _)| *metric == Metric::LossMean)
            .unwrap();
        assert!((own.1 - best.score).abs() < 1e-12);
        let mean: f64 = assessment
            .columns
            .iter()
            .map(|column| column.loss)
            .sum::<f64>()
            / 3.0;
        assert!((mean - best.score).abs() < 1e-12);
        let outcome_of_search = plain::searched(&problem, &wish, 2);
        let page = report::page(&report::Facts {
            input: "in.csv",
            sensitive: Some("ill"),
            day: "2026-01-02",
            wish: &wish,
            outcome: &outcome_of_search,
            choice: &best,
            assessment: &assessment,
            written: Some(("out.csv", &outcome)),
        });
        // One page: what a sheet of A4 holds.
        assert!(
            page.lines().count() < 60 && page.contains("모두 지켜집니다"),
            "{page}"
        );
        written += 1;
        emptied += usize::from(outcome.emptied > 0);
        left_out += usize::from(outcome.left_out > 0);
    }
    assert!(
        written > 100 && emptied > 5 && left_out > 5,
        "{written} {emptied} {left_out}"
    );
    // The input itself is never written over.
    let ask = Ask {
        input: path("in.csv"),
        delimiter: b';',
        hierarchies: folder.path().to_owned(),
        quasi: vec!["a".to_owned()],
        sensitive: None,
        subset: None,
    };
    let problem = ask.read(&[]).unwrap();
    let wish = Wish {
        models: Vec::new(),
        metric: Metric::Aecs,
        suppression: 0.0,
    };
    assert!(write(&problem, &ask, &wish, &[0], &path("in.csv")).is_err());
}
