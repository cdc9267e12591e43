//! `madang privacy anonymise`, `lattice` and `verify` on a small table: the words, the answers and the exit codes.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::city::{Ran, ran};

/// Twelve people: at five-year bands of age, classes of four, four, three and one.
const PEOPLE: &str = "name;age;sex;ill\n\
a;20;m;flu\nb;21;m;cold\nc;22;m;flu\nd;23;m;ulcer\n\
e;25;f;flu\nf;26;f;cold\ng;27;f;ulcer\nh;28;f;cold\n\
i;20;f;flu\nj;21;f;flu\nk;22;f;cold\nl;29;m;flu\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let ages = (20..30).map(|age| format!("{age};{}-{};*\n", age / 5 * 5, age / 5 * 5 + 4));
        fs::create_dir(folder.path("trees")).unwrap();
        folder.write("people.csv", PEOPLE);
        folder.write("trees/x_age.csv", &ages.collect::<String>());
        folder.write("trees/sex.csv", "m;*\nf;*\n");
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, command: &str, more: &[&str]) -> Ran {
        let (input, trees) = (self.path("people.csv"), self.path("trees"));
        let mut words = vec!["privacy", command];
        if command != "verify" {
            words.extend(["--input", &input, "--hierarchies", &trees]);
        }
        words.extend(["--delimiter", ";", "--quasi", "age,sex"]);
        words.extend(more);
        ran(Command::new(env!("CARGO_BIN_EXE_madang")).args(words))
    }
}

fn object(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn the_cheapest_generalisation_is_told_written_and_measured() {
    let folder = Folder::new();
    let (out, page) = (folder.path("out.csv"), folder.path("page.md"));
    let ran = folder.run(
        "anonymise",
        &[
            "--model",
            "k=3",
            "--suppression",
            "0.1",
            "--metric",
            "loss_mean",
            "--out",
            &out,
            "--report",
            &page,
            "--json",
        ],
    );
    let told = object(&ran);
    for (key, value) in [
        ("model", Value::from("k=3")),
        ("suppression", 0.1.into()),
        ("metric", "loss_mean".into()),
        ("transformation", "10".into()),
        ("suppressed", 1.into()),
        ("classes", 3.into()),
        ("min_class", 3.into()),
        ("proven", true.into()),
        ("nodes", 6.into()),
    ] {
        assert_eq!(told[key], value, "{key} of {told}");
    }
    // Age: (11 · 5/10 + 1 − 12/10) ÷ (12 − 12/10); sex: (11 · 1/2 + 1 − 6) ÷ 6.
    let score = f64::midpoint(5.3 / 10.8, 0.5 / 6.0);
    assert!((told["score"].as_f64().unwrap() - score).abs() < 1e-12);
    assert_eq!(told["risk"]["before"]["prosecutor_max"], 1.0);
    assert_eq!(told["risk"]["after"]["alone"], 0.0);
    // One suppressed row would stand alone, so it is left out.
    assert_eq!(told["written"]["rows"], 11);
    assert_eq!(told["written"]["left_out"], 1);
    let text = fs::read_to_string(&out).unwrap();
    assert!(
        text.starts_with("name;age;sex;ill\na;20-24;m;flu\n") && !text.contains('*'),
        "{text}"
    );
    assert!(
        fs::read_to_string(&page)
            .unwrap()
            .contains("- 보호 모델: k=3")
    );
    let measured = object(&folder.run("verify", &[&out, "--model", "k=3", "--json"]));
    assert_eq!(
        (&measured["holds"], &measured["min_class"]),
        (&true.into(), &3.into())
    );
    let ran = folder.run("verify", &[&out, "--model", "k=4"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("k=4 does not hold: at worst 3, first in the class of row 9"),
        "{ran:?}"
    );
}

#[test]
fn every_generalisation_is_listed() {
    let folder = Folder::new();
    let ran = folder.run("lattice", &["--k", "2,4"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let expected = "transformation,classes,minimum,suppressed_k2,suppressed_k4\n\
00,12,1,12,12\n01,9,1,6,12\n10,4,1,1,4\n11,2,5,0,0\n20,2,5,0,0\n21,1,12,0,0\n";
    assert_eq!(ran.out, expected);
    let ran = folder.run("lattice", &["--k", "2,4", "--json"]);
    let line: Value = serde_json::from_str(ran.out.lines().nth(2).unwrap()).unwrap();
    assert_eq!(line["transformation"], "10");
    assert_eq!(line["suppressed"]["4"], 4);
}

#[test]
fn wrong_words_and_wrong_trees_are_told_with_their_place() {
    let folder = Folder::new();
    let told = |more: &[&str], code: i32, part: &str| {
        let ran = folder.run("anonymise", more);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.err.contains(part), "{part} in {}", ran.err);
    };
    told(&["--model", "k=x"], 2, "no whole number");
    told(
        &["--model", "k=13"],
        1,
        "no generalisation meets the models",
    );
    told(
        &["--model", "distinct-l=2"],
        1,
        "distinct-l=2 needs a sensitive column",
    );
    told(&["--model", "k-map=2"], 1, "--subset FILE");
    told(
        &["--model", "k=2", "--suppression", "4"],
        2,
        "between 0 and 1",
    );
    folder.write("trees/sex.csv", "m;*\n");
    told(
        &["--model", "k=2"],
        1,
        "sex.csv: no leaf for a value of column `sex` that first stands in row 5",
    );
    folder.write("trees/sex.csv", "m;*\nf;+\n");
    told(
        &["--model", "k=2"],
        1,
        "sex.csv: the last level has `*` and `+`",
    );
    folder.write("trees/sex.csv", "m;a;*\nf;a;+\n");
    told(
        &["--model", "k=2"],
        1,
        "sex.csv:2:2: `a` is below `+` here and below `*` in line 1",
    );
}
