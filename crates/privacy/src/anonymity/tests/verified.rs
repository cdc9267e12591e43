//! What is measured on a file is what plain code says of its rows: never a pass that is none.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::plain::{self, Class, Row};
use crate::anonymity::Model;
use crate::anonymity::verify::{Ask, verify};

/// `None` when rounding decides.
fn holds(rows: &[Row], model: Model, classes: &[Class], with_subset: bool) -> Option<bool> {
    let released: Vec<usize> = (0..rows.len())
        .filter(|&at| !with_subset || rows[at].2)
        .collect();
    let count = classes
        .iter()
        .filter(|class| !class.rows.is_empty())
        .count() as f64;
    let alone = classes.iter().filter(|class| class.rows.len() == 1).count() as f64;
    let rows_count = released.len() as f64;
    match model {
        Model::AverageRisk(most) => Some(count / rows_count <= most),
        Model::Uniqueness(most) => Some(alone / rows_count <= most),
        _ => {
            let mut all = true;
            for class in classes {
                let needs_all = matches!(model, Model::DeltaPresence { .. });
                if class.rows.is_empty() && !needs_all {
                    continue;
                }
                all &= plain::is_good(model, rows, &released, class)?;
            }
            Some(all)
        }
    }
}

#[test]
fn ten_thousand_random_tables_are_measured_as_plain_code_measures_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("ill.csv"), plain::lines(plain::ILLS)).unwrap();
    let quasi = plain::NAMES.map(str::to_owned);
    let mut runner = TestRunner::deterministic();
    let tables = (
        prop::collection::vec(plain::row(), 1..30),
        prop_oneof![plain::model(), plain::about_subsets()],
        (0..4_usize, 0..3_usize, 0..2_usize).prop_map(|(a, b, c)| [a, b, c]),
    );
    let (mut passes, mut fails) = (0, 0);
    for _ in 0..10_000 {
        let (mut rows, model, levels) = tables.new_tree(&mut runner).unwrap().current();
        rows[0].2 = true;
        let with_subset = model.needs_subset();
        let classes = plain::classes(&rows, levels, with_subset);
        let Some(expected) = holds(&rows, model, &classes, with_subset) else {
            continue;
        };
        let released: Vec<&Row> = rows.iter().filter(|row| !with_subset || row.2).collect();
        plain::file(&path("rows.csv"), &released, levels);
        plain::file(&path("all.csv"), &rows.iter().collect::<Vec<_>>(), levels);
        let verdict = verify(&Ask {
            file: &path("rows.csv"),
            delimiter: b';',
            quasi: &quasi,
            sensitive: Some("ill"),
            models: &[model],
            original: None,
            population: with_subset.then_some(&path("all.csv")),
            tree: Some(&path("ill.csv")),
        })
        .unwrap();
        assert_eq!(
            verdict.holds(),
            expected,
            "{model}: {classes:?} {verdict:?}"
        );
        if expected {
            passes += 1;
        } else {
            fails += 1;
        }
    }
    assert!(
        passes > 1_000 && fails > 1_000,
        "{passes} passes, {fails} fails"
    );
}

#[test]
fn missing_values_are_read_the_strict_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    let measured = |text: &str, model: &str| {
        std::fs::write(&file, text).unwrap();
        let models = Model::parse(model).unwrap();
        let quasi = ["a".to_owned()];
        let ask = Ask {
            file: &file,
            delimiter: b',',
            quasi: &quasi,
            sensitive: Some("s"),
            models: &models,
            original: None,
            population: None,
            tree: None,
        };
        verify(&ask).unwrap()
    };
    // An empty cell is like no other value, a space is none, and an empty sensitive value is not one more value.
    assert!(!measured("a,s\n1,x\n1,y\n,z\n", "k=2").holds());
    assert!(measured("a,s\n1,x\n1,y\n,z\n,z\n", "k=2").holds());
    assert!(!measured("a,s\n1,x\n\" 1\",y\n", "k=2").holds());
    assert!(!measured("a,s\n1,x\n1,\n", "distinct-l=2").holds());
    for other in ["\"x \"", "*", "-", "미상"] {
        let file = format!("a,s\n1,x\n1,{other}\n");
        assert!(!measured(&file, "distinct-l=2").holds(), "{other}");
    }
    let apart = "a,s\n1,가\n1,\u{1100}\u{1161}\n";
    assert!(
        !measured(apart, "distinct-l=2").holds(),
        "one syllable, put together otherwise"
    );
    assert!(measured("a,s\n1,x\n1,y\n", "distinct-l=2").holds());
    // All rows gone is no release, stars are a class like any other.
    assert!(!measured("a,s\n", "k=1").holds());
    let stars = measured("a,s\n1,x\n1,y\n*,z\n", "k=2");
    assert!(!stars.holds());
    assert_eq!((stars.models[0].worst, stars.models[0].row), (1.0, Some(3)));
}
