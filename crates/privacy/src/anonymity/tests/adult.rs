//! Published answers: the Adult census with the library's own hierarchies, when the data are beside the project.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::plain;
use crate::anonymity::{Ask, Metric, Model, Wish, lattice};

const COLUMNS: [&str; 9] = [
    "sex",
    "age",
    "race",
    "marital-status",
    "education",
    "native-country",
    "workclass",
    "occupation",
    "salary-class",
];

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/arx-adult");
    folder.is_dir().then_some(folder)
}

/// All columns, or all but the sensitive one.
fn ask(folder: &Path, quasi: &str, model: &str) -> Ask {
    let is_all = quasi == "9";
    let columns = COLUMNS
        .iter()
        .filter(|&&name| is_all || name != "occupation");
    Ask {
        input: folder.join("adult.csv"),
        delimiter: b';',
        hierarchies: folder.to_owned(),
        quasi: columns.map(|&name| name.to_owned()).collect(),
        sensitive: (!is_all).then(|| "occupation".to_owned()),
        subset: (model.starts_with("delta") || model.starts_with("k-map"))
            .then(|| folder.join("adult_subset.csv")),
    }
}

#[test]
fn every_published_answer_is_found() {
    let Some(folder) = folder() else {
        return;
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut known = HashMap::new();
    for file in ["expected-kanon.csv", "expected-models.csv"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [
                model,
                quasi,
                suppression,
                metric,
                levels,
                score,
                suppressed,
                classes,
                min,
                _,
            ] = cells[..]
            else {
                panic!("{line}");
            };
            let wish = Wish {
                models: Model::parse(model).unwrap(),
                metric: Metric::parse(metric).unwrap(),
                suppression: suppression.parse().unwrap(),
            };
            // Files are read once for all models that need the same of them.
            let needs = (
                quasi.to_owned(),
                wish.models.iter().any(|model| model.needs_subset()),
                wish.models.iter().any(|model| model.needs_tree()),
            );
            let problem = known
                .entry(needs)
                .or_insert_with(|| ask(&folder, quasi, model).read(&wish.models).unwrap());
            let outcome = plain::searched(problem, &wish, 2);
            let best = outcome.best.unwrap();
            count += 1;
            let expected: f64 = score.parse().unwrap();
            let is_score = (best.score - expected).abs() <= 1e-9 * expected.abs().max(1.0);
            let told = (best.suppressed, best.classes, u64::from(best.min_class));
            let counts = (
                suppressed.parse().unwrap(),
                classes.parse().unwrap(),
                min.parse().unwrap(),
            );
            let is_tie = best.transformation() != levels;
            if !is_score || !outcome.is_proven || (!is_tie && told != counts) {
                wrong.push(format!(
                    "{line}\n   {} {} {told:?}",
                    best.transformation(),
                    best.score
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(count, 87);
}

#[test]
fn the_listed_lattice_holds_the_published_answers() {
    let Some(folder) = folder() else {
        return;
    };
    let problem = ask(&folder, "9", "").read(&[]).unwrap();
    let nodes = lattice::list(&problem, &[5, 10], 2).unwrap();
    assert_eq!(nodes.len(), 12_960);
    let text = std::fs::read_to_string(folder.join("expected-kanon.csv")).unwrap();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let node = nodes
            .iter()
            .find(|node| node.transformation() == cells[4])
            .unwrap();
        let own = node.suppressed[usize::from(cells[0] == "k=10")];
        assert_eq!(own, cells[6].parse::<u64>().unwrap(), "{line}");
    }
}
