//! The lines of `kr-pii`, where the folder is present: rules were made on the first half, the second only measures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::TODAY;
use crate::detect::{Detector, label};

/// True positives, found, wanted.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    right: usize,
    found: usize,
    wanted: usize,
}

impl Counts {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    fn f1(self) -> f64 {
        2.0 * self.right as f64 / (self.found + self.wanted).max(1) as f64
    }
}

/// Kinds whose old and new forms count as one.
fn merged(word: &str) -> String {
    match word {
        "rrn_random" => "rrn",
        "frn_random" => "frn",
        "passport_old" | "passport_new" => "passport",
        other => other,
    }
    .to_owned()
}

#[test]
fn unseen_lines_are_labelled_right() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/kr-pii/train.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("{} is not here: not measured", file.display());
        return;
    };
    let mut detector = Detector::new(TODAY);
    let mut halves = [Counts::default(), Counts::default()];
    let mut kinds: BTreeMap<String, Counts> = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = line["text"].as_str().unwrap();
        let wanted: BTreeSet<(String, u64, u64)> = line["labels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|label| {
                let place = |key: &str| label[key].as_u64().unwrap();
                (
                    merged(label["type"].as_str().unwrap()),
                    place("start"),
                    place("end"),
                )
            })
            .collect();
        let found: BTreeSet<(String, u64, u64)> = label::labels(&mut detector, text)
            .into_iter()
            .map(|label| (merged(&label.kind), label.start as u64, label.end as u64))
            .collect();
        if at < 1000 && found != wanted {
            println!("{text}\n  found {found:?}\n wanted {wanted:?}");
        }
        let half = &mut halves[usize::from(at >= 1000)];
        half.right += found.intersection(&wanted).count();
        half.found += found.len();
        half.wanted += wanted.len();
        for (of, count) in [(&found, 0), (&wanted, 1)] {
            for label in of {
                let kind = kinds.entry(label.0.clone()).or_default();
                match count {
                    0 => kind.found += 1,
                    _ => kind.wanted += 1,
                }
                kind.right += usize::from(count == 0 && wanted.contains(label));
            }
        }
    }
    for (kind, counts) in &kinds {
        println!("{kind}: {:.4} {counts:?}", counts.f1());
    }
    let [seen, unseen] = halves.map(Counts::f1);
    println!("first half {seen:.4}, second half {unseen:.4}");
    assert!(seen >= 0.99 && unseen >= 0.99, "{seen} {unseen}");
}
