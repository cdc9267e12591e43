//! Nothing is lost: for any rows and any checks, read = accepted + quarantined.

use std::collections::HashSet;
use std::thread;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use quality::Quarantined;

use crate::table::{self, Rows};

const NUMBER: [&str; 6] = [
    "\"required\"",
    "\"unique\"",
    "{ range = { min = 2, max = 4 } }",
    "{ refers-to = { dataset = \"other\", column = \"n\" } }",
    "{ refers-to = { dataset = \"other\", column = \"n\", as-of = \"from_on\" } }",
    "{ multiple-of = 2 }",
];
const CODE: [&str; 6] = [
    "\"required\"",
    "\"unique\"",
    "{ pattern = \"[a-c]+\" }",
    "{ in = [\"a\", \"b\", \"ab\"] }",
    "{ max-length = 1 }",
    "{ max-bytes = 1 }",
];
const TABLE: [&str; 10] = [
    "{ any-of = [\"code\", \"from_on\"] }",
    "{ date-order = [\"from_on\", \"to_on\"] }",
    "{ sum-equals = { total = \"n\", parts = [\"m\"] } }",
    "{ number-order = [\"n\", \"m\"] }",
    "{ both-or-none = [\"n\", \"code\"] }",
    "{ when = { column = \"code\", in = [\"a\", \"b\"], columns = [\"n\", \"m\"], must = \"any-positive\" } }",
    "{ when = { column = \"n\", in = [\"3\"], columns = [\"code\", \"to_on\"], must = \"filled\" } }",
    "{ mentions = { columns = [\"code\"], value = \"code\" } }",
    "{ unique-together = [\"code\", \"m\"] }",
    "{ fresh-within = { column = \"to_on\", days = 3 } }",
];

/// Any choice of checks, with or without a key.
fn manifest() -> impl Strategy<Value = String> {
    (
        subsequence(NUMBER.to_vec(), 0..=NUMBER.len()),
        subsequence(CODE.to_vec(), 0..=CODE.len()),
        subsequence(TABLE.to_vec(), 0..=TABLE.len()),
        select(vec![
            "",
            "load = { key = [\"code\"] }\n",
            "load = { key = [\"n\", \"from_on\"] }\n",
        ]),
    )
        .prop_map(|(number, code, table, key)| {
            let (number, code) = (number.join(", "), code.join(", "));
            format!(
                "{key}checks = [{}]\n\
                [[columns]]\nname = \"n\"\ntype = \"integer\"\nchecks = [{number}]\n\
                [[columns]]\nname = \"m\"\ntype = \"integer\"\n\
                [[columns]]\nname = \"code\"\ntype = \"code\"\nchecks = [{code}]\n\
                [[columns]]\nname = \"from_on\"\ntype = \"date\"\n\
                [[columns]]\nname = \"to_on\"\ntype = \"date\"\n",
                table.join(", ")
            )
        })
}

/// Rows of few values, so that they meet; some cells are missing, some not of their type.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let number = || select(vec!["", "1", "2", "3", "4", "5", "x"]);
    let code = select(vec!["", "a", "b", "c", "ab", "d"]);
    let day = || select(vec!["", "2024-05-01", "2024-05-02", "2024-05-09", "어제"]);
    let line = (number(), number(), code, day(), day())
        .prop_map(|(n, m, code, from, to)| format!("{n},{m},{code},{from},{to}"));
    prop::collection::vec(line, 0..40)
}

/// All that comes out: numbers of accepted rows, quarantined rows, the report.
type Outcome = (Vec<i64>, Vec<Quarantined>, quality::Report);

/// Judges the rows cut at `cuts`, a thread a block, started in the order of `starts`.
fn judged(manifest: &str, lines: &[String], cuts: &[usize], starts: &[usize]) -> Outcome {
    let dataset = table::dataset(manifest);
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let rows = table::rows(&dataset, &lines);
    let judge = table::contract(
        &dataset,
        &table::references("other", "n", &["1", "3", "4@2024-05-02.."]),
    );
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (lines.len() + 1)).collect();
    ends.push(lines.len());
    ends.sort_unstable();
    let mut from = 0;
    let blocks: Vec<Rows> = ends
        .iter()
        .map(|end| rows.slice(std::mem::replace(&mut from, *end), *end))
        .collect();
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|at| starts.get(*at).copied().unwrap_or_default());
    let mut verdicts = thread::scope(|scope| {
        let run = |at: usize| (at, blocks[at].judge(&judge, u64::try_from(at).unwrap()));
        let running: Vec<_> = order
            .into_iter()
            .map(|at| scope.spawn(move || run(at)))
            .collect();
        let joined = running.into_iter().map(|thread| thread.join().unwrap());
        joined.collect::<Vec<_>>()
    });
    verdicts.sort_by_key(|(at, _)| *at);
    let accepted = verdicts
        .iter()
        .flat_map(|(_, own)| table::accepted(own))
        .collect();
    let quarantined = verdicts
        .into_iter()
        .flat_map(|(_, own)| own.quarantined)
        .collect();
    (accepted, quarantined, judge.finish(&[], table::today()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_row_comes_out_on_exactly_one_side_and_in_order(manifest in manifest(), lines in lines()) {
        let (accepted, quarantined, report) = judged(&manifest, &lines, &[], &[]);
        let quarantined_rows: Vec<i64> = quarantined.iter().map(|row| row.row).collect();
        prop_assert!(accepted.is_sorted() && quarantined_rows.is_sorted());
        let mut all: Vec<i64> = accepted.iter().chain(&quarantined_rows).copied().collect();
        all.sort_unstable();
        let read: Vec<i64> = (1..).take(lines.len()).collect();
        prop_assert_eq!(all, read);
        prop_assert_eq!(usize::try_from(report.rows).unwrap(), lines.len());
        for row in &quarantined {
            prop_assert!(!row.reasons.is_empty(), "row {} is quarantined for nothing", row.row);
            let line = &lines[usize::try_from(row.row).unwrap() - 1];
            prop_assert_eq!(&row.raw.join(","), line, "the cells as they came");
        }
        for check in &report.checks {
            prop_assert!(check.errors <= check.diagnosed, "{:?}", check);
        }
    }

    #[test]
    fn cutting_into_blocks_and_the_order_of_threads_change_nothing(
        manifest in manifest(),
        lines in lines(),
        cuts in prop::collection::vec(0_usize..40, 0..6),
        starts in prop::collection::vec(0_usize..100, 7),
    ) {
        let whole = judged(&manifest, &lines, &[], &[]);
        let cut = judged(&manifest, &lines, &cuts, &starts);
        prop_assert_eq!(whole, cut);
    }

    /// Told from outside, by a plain set: the first row of each value stays.
    #[test]
    fn of_rows_with_one_key_the_first_in_the_file_stays(
        lines in prop::collection::vec((0_i64..6, select(vec!["", "a", "b"])), 0..40),
        cuts in prop::collection::vec(0_usize..40, 0..6),
        starts in prop::collection::vec(0_usize..100, 7),
    ) {
        let manifest = "load = { key = [\"n\", \"code\"] }\n\
            [[columns]]\nname = \"n\"\ntype = \"integer\"\n[[columns]]\nname = \"code\"\ntype = \"code\"\n";
        let mut seen = HashSet::new();
        let first: Vec<i64> = (1..)
            .zip(&lines)
            .filter(|(_, key)| !key.1.is_empty() && seen.insert(*key))
            .map(|(row, _)| row)
            .collect();
        let lines: Vec<String> = lines.iter().map(|(n, code)| format!("{n},{code}")).collect();
        let (accepted, _, _) = judged(manifest, &lines, &cuts, &starts);
        prop_assert_eq!(accepted, first);
    }
}
