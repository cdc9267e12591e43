//! The search finds what trying everything finds.

use proptest::prelude::*;

use super::plain::{self, Row};
use crate::anonymity::{Metric, Model, Wish};

fn agree(rows: &[Row], wish: &Wish, with_subset: bool) -> Result<(), TestCaseError> {
    let mut least: Option<f64> = None;
    for levels in plain::all_levels() {
        let Ok(cost) = plain::cost(rows, levels, wish, with_subset) else {
            return Ok(());
        };
        if let Some(cost) = cost {
            least = Some(least.map_or(cost, |least| least.min(cost)));
        }
    }
    let problem = plain::problem(rows, &wish.models, with_subset);
    let outcome = plain::searched(&problem, wish, 1 + rows.len() % 2);
    prop_assert!(outcome.is_proven);
    match (least, &outcome.best) {
        (None, None) => Ok(()),
        (Some(least), Some(best)) => {
            prop_assert!(
                (best.score - least).abs() <= 1e-9 * least.abs().max(1.0),
                "{} instead of {least}",
                best.score
            );
            let levels: Vec<usize> = best.levels.iter().map(|&level| level.into()).collect();
            let own =
                plain::cost(rows, [levels[0], levels[1], levels[2]], wish, with_subset).unwrap();
            prop_assert!((own.unwrap() - least).abs() <= 1e-9 * least.abs().max(1.0));
            prop_assert!((outcome.bound - best.score).abs() <= 1e-9 * best.score.abs().max(1.0));
            Ok(())
        }
        other => Err(TestCaseError::fail(format!("{other:?}"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_cheaper_fits(
        rows in prop::collection::vec(plain::row(), 1..40),
        models in prop::collection::vec(plain::model(), 1..3),
        metric in prop::sample::select(Metric::ALL.to_vec()),
        suppression in prop::sample::select(vec![0.0, 0.1, 0.3, 1.0]),
    ) {
        agree(&rows, &Wish { models, metric, suppression }, false)?;
    }

    #[test]
    fn nothing_cheaper_fits_for_a_subset(
        mut rows in prop::collection::vec(plain::row(), 1..40),
        own in plain::about_subsets(),
        more in prop::option::of((1..4_u32).prop_map(Model::K)),
        metric in prop::sample::select(Metric::ALL.to_vec()),
        suppression in prop::sample::select(vec![0.0, 0.1, 0.3]),
    ) {
        rows[0].2 = true;
        let models = [Some(own), more].into_iter().flatten().collect();
        agree(&rows, &Wish { models, metric, suppression }, true)?;
    }
}

#[test]
fn six_people_by_hand() {
    // Two of each sex at 1, 2 and 5: at level 1 ages 1 and 2 are one, so two classes of four and two; at 0 three of two.
    let rows: Vec<Row> = [(0, 0), (0, 0), (1, 0), (1, 0), (4, 0), (4, 0)]
        .iter()
        .map(|&(a, c)| ([a, 0, c], 0, true))
        .collect();
    let wish = |k| Wish {
        models: vec![Model::K(k)],
        metric: Metric::Aecs,
        suppression: 0.0,
    };
    let told = |k| {
        let problem = plain::problem(&rows, &[], false);
        let best = plain::searched(&problem, &wish(k), 2).best.unwrap();
        (
            best.transformation(),
            best.score,
            best.classes,
            best.min_class,
        )
    };
    assert_eq!(told(2), ("000".to_owned(), 2.0, 3, 2));
    assert_eq!(told(3), ("300".to_owned(), 6.0, 1, 6));
    let none = plain::searched(&plain::problem(&rows, &[], false), &wish(7), 2);
    assert!(none.best.is_none() && none.is_proven);
}
