//! Whole recipes over invented rows.

use std::path::PathBuf;

use proptest::prelude::*;

use super::super::random::tests::Repeated;
use super::super::{FileAnswers, FileVault};
use super::*;

/// Rows in memory.
struct Rows {
    file: PathBuf,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    next: usize,
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

impl Rows {
    fn new(text: &str) -> Self {
        let mut lines = text
            .lines()
            .map(|line| owned(&line.split(',').collect::<Vec<_>>()));
        Self {
            file: "rows.csv".into(),
            header: lines.next().unwrap(),
            rows: lines.collect(),
            next: 0,
        }
    }
}

impl Source for Rows {
    fn file(&self) -> &Path {
        &self.file
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn rewind(&mut self) -> Result<(), Failed> {
        self.next = 0;
        Ok(())
    }

    fn next(&mut self, row: &mut Vec<String>) -> Result<bool, Failed> {
        let Some(found) = self.rows.get(self.next) else {
            return Ok(false);
        };
        row.clone_from(found);
        self.next += 1;
        Ok(true)
    }

    fn line(&self) -> u64 {
        u64::try_from(self.next).unwrap() + 1
    }
}

fn recipe(more: &str) -> Recipe {
    let text = format!(
        r#"
id = "study"
title = "연구"
purpose = "scientific-research"
reason = "이용 행태"
dataset = "permits"
recipient = "한빛대학교"
period = {{ from = "2026-12-01", to = "2027-11-30" }}
processor = "김가온"
reviewers = ["이누리"]
{more}"#
    );
    let (recipe, faults) = city::read::recipe_text(Path::new("study.toml"), &text, None);
    recipe.unwrap_or_else(|| panic!("{faults:?}"))
}

fn run(recipe: &Recipe, rows: &mut Rows, key: &Key) -> Result<(Vec<Vec<String>>, Outcome), Failed> {
    run_in(
        recipe,
        rows,
        key,
        tempfile::tempdir().unwrap().path(),
        1 << 20,
    )
}

fn run_in(
    recipe: &Recipe,
    rows: &mut Rows,
    key: &Key,
    folder: &Path,
    memory_max: usize,
) -> Result<(Vec<Vec<String>>, Outcome), Failed> {
    let vault = RefCell::new(FileVault::new(folder, Repeated::new(1)));
    let mut answers = FileAnswers::open(folder, &recipe.id).unwrap();
    let lines = ["가온동;가구", "누리동;가구", "다온동;나구"];
    let ladder = Ladder::new(lines.map(|line| owned(&line.split(';').collect::<Vec<_>>())));
    let ladders = HashMap::from([("dong.csv".to_owned(), ladder)]);
    let names = HashMap::from([("phone".to_owned(), vec!["전화번호".to_owned()])]);
    let mut means = Means {
        key,
        vault: Some(&vault),
        answers: Some(&mut answers),
        ladders: &ladders,
        names: &names,
        memory_max,
    };
    let mut out = Vec::new();
    rows.rewind()?;
    let outcome = process(recipe, rows, &mut means, &mut |row| {
        out.push(row.to_vec());
        Ok(())
    })?;
    Ok((out, outcome))
}

fn key(byte: u8) -> Key {
    Key::new("study".into(), 1, [byte; 32])
}

const ROWS: &str = "name,전화번호,dong,age,fee,memo
김가온,010-1234-5678,가온동,34,12000,가
이누리,+82 10 1234 5678,누리동,35,8000,나
박다온,010-9999-0000,다온동,102,15000,
최라온,,가온동,41,9000,라
";

const RECIPE: &str = r#"
[[columns]]
name = "name"
technique = { token = { prefix = "T-", as = "name" } }
[[columns]]
name = "phone"
technique = { keyed-one-way = { as = "phone" } }
[[columns]]
name = "dong"
technique = { generalise = { hierarchy = "dong.csv", level = 1 } }
[[columns]]
name = "age"
technique = { delete-rows = { above = 100 } }
then = [{ range = { width = 10 } }]
[[columns]]
name = "fee"
technique = { round-controlled = { to = 10000, rows = "dong" } }
"#;

#[test]
fn a_recipe_is_carried_out_column_by_column() {
    let (out, outcome) = run(&recipe(RECIPE), &mut Rows::new(ROWS), &key(1)).unwrap();
    assert_eq!(out[0], ["name", "phone", "dong", "age", "fee"]);
    assert_eq!(out.len(), 4, "the row of 102 years is gone");
    assert!(out[1][0].starts_with("T-") && out[1][0].len() == 22);
    assert_eq!(out[1][1], out[2][1], "one telephone, two spellings");
    assert_eq!(out[3][1], "", "an empty cell stays empty");
    assert_eq!(out[1][2], "가구");
    assert_eq!(out[1][3], "30 이상 40 미만");
    let fees: i64 = out[1..]
        .iter()
        .map(|row| row[4].parse::<i64>().unwrap())
        .sum();
    assert!(
        [20_000, 30_000].contains(&fees),
        "the total of 29,000 is rounded too"
    );
    assert_eq!(outcome.rows_read, 4);
    assert_eq!((outcome.rows_deleted, outcome.rows_written), (1, 3));
    assert_eq!(outcome.left_out, ["memo"]);
    assert_eq!(outcome.columns[1].cells, 2);
    assert_eq!(outcome.columns[1].techniques_ko, ["일방향 암호화"]);
}

#[test]
fn the_same_recipe_key_and_rows_give_the_same_bytes() {
    let more = r#"
sample = { rows = 3 }
[[columns]]
name = "name"
technique = { keyed-one-way = { as = "name" } }
[[columns]]
name = "age"
technique = { permute = {} }
[[columns]]
name = "fee"
technique = { noise = { kind = "laplace", scale = 500 } }
then = [{ round-random = { to = 1000 } }]
"#;
    let recipe = recipe(more);
    let first = run(&recipe, &mut Rows::new(ROWS), &key(1)).unwrap();
    assert_eq!(first, run(&recipe, &mut Rows::new(ROWS), &key(1)).unwrap());
    assert_eq!(first.0.len(), 4);
    assert_eq!(first.1.rows_not_sampled, 1);
    let other = run(&recipe, &mut Rows::new(ROWS), &key(2)).unwrap();
    assert_ne!(first.0, other.0);
}

#[test]
fn two_projects_do_not_join() {
    let pseudonyms = |key: &Key| {
        let (out, _) = run(&recipe(RECIPE), &mut Rows::new(ROWS), key).unwrap();
        out[1..]
            .iter()
            .flat_map(|row| row[..2].to_vec())
            .filter(|value| !value.is_empty())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let one = pseudonyms(&Key::new("study".into(), 1, [1; 32]));
    for other in [
        Key::new("other".into(), 1, [2; 32]),
        Key::new("study".into(), 2, [3; 32]),
    ] {
        let keyed = pseudonyms(&other);
        let shared: Vec<_> = one
            .intersection(&keyed)
            // The tests' chance repeats itself from vault to vault; real chance does not.
            .filter(|value| !value.starts_with("T-"))
            .collect();
        assert!(shared.is_empty(), "{shared:?}");
    }
}

#[test]
fn everything_that_does_not_fit_is_told_with_its_line_and_no_value() {
    let more = r#"
[[columns]]
name = "fee"
technique = { round = { to = 10 } }
[[columns]]
name = "dong"
technique = { generalise-local = { hierarchy = "dong.csv", fewer-than = 2 } }
"#;
    let rows = "dong,fee\n가온동,10\n없는동,많음\n";
    let told = run(&recipe(more), &mut Rows::new(rows), &key(1))
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("rows.csv:3: column `dong`: the hierarchy has no such value"),
        "{told}"
    );
    assert!(!told.contains("없는동") && !told.contains("많음"), "{told}");
    let rows = "dong,fee\n가온동,10\n가온동,많음\n";
    let told = run(&recipe(more), &mut Rows::new(rows), &key(1))
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("rows.csv:3: column `fee`: the value is no number"),
        "{told}"
    );
    let told = run(&recipe(more), &mut Rows::new("dong,요금\n"), &key(1))
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("rows.csv:1: there is no column `fee`; expected one of dong, 요금"),
        "{told}"
    );
}

#[test]
fn what_must_be_seen_whole_has_a_limit() {
    let more = "[[columns]]\nname = \"age\"\ntechnique = { permute = {} }\n";
    let text = format!("age\n{}", "12345\n".repeat(1_000));
    let folder = tempfile::tempdir().unwrap();
    let told = run_in(
        &recipe(more),
        &mut Rows::new(&text),
        &key(1),
        folder.path(),
        10_000,
    )
    .unwrap_err()
    .to_string();
    assert!(
        told.contains("must be seen whole") && told.contains("age"),
        "{told}"
    );
}

#[test]
fn counts_are_given_once_of_the_same_rows() {
    let more = r#"
counts = { by = "dong", groups = ["가구", "나구", "다구"], epsilon = 1.0 }
[[columns]]
name = "dong"
technique = { generalise = { hierarchy = "dong.csv", level = 1 } }
"#;
    let (recipe, folder) = (recipe(more), tempfile::tempdir().unwrap());
    let count = |rows: &str| {
        run_in(
            &recipe,
            &mut Rows::new(rows),
            &key(1),
            folder.path(),
            1 << 20,
        )
    };
    let (first, outcome) = count("dong\n가온동\n누리동\n다온동\n").unwrap();
    assert_eq!(first[0], ["dong", "count"]);
    assert_eq!(first.len(), 4);
    assert_eq!(outcome.epsilon, Some(1.0));
    let (again, outcome) = count("dong\n가온동\n누리동\n다온동\n").unwrap();
    assert_eq!(
        first, again,
        "asked again it costs nothing and tells nothing new"
    );
    assert_eq!(outcome.epsilon_spent, Some(1.0));
    let told = count("dong\n가온동\n누리동\n").unwrap_err().to_string();
    assert!(told.contains("key-version = 2"), "{told}");
}

proptest! {
    #[test]
    fn every_row_read_left_or_went_for_a_reason(ages in prop::collection::vec(0_u32..120, 0..60), above in 60_u32..110, rows in 1_u32..50, fewer in 2_u32..4) {
        let more = format!(
            "sample = {{ rows = {rows} }}\n[[columns]]\nname = \"age\"\ntechnique = {{ delete-rows = {{ above = {above} }} }}\nthen = [{{ round = {{ to = 10 }} }}, {{ delete-rows = {{ fewer-than = {fewer} }} }}]\n"
        );
        let text: String = std::iter::once("age".to_owned()).chain(ages.iter().map(ToString::to_string)).map(|line| line + "\n").collect();
        let (out, outcome) = run(&recipe(&more), &mut Rows::new(&text), &key(1)).unwrap();
        prop_assert_eq!(outcome.rows_read, u64::try_from(ages.len()).unwrap());
        prop_assert_eq!(outcome.rows_read, outcome.rows_not_sampled + outcome.rows_deleted + outcome.rows_written);
        prop_assert_eq!(u64::try_from(out.len() - 1).unwrap(), outcome.rows_written);
        let mut shares: HashMap<&String, u32> = HashMap::new();
        for row in &out[1..] {
            *shares.entry(&row[0]).or_default() += 1;
        }
        prop_assert!(shares.values().all(|count| *count >= fewer));
    }
}
