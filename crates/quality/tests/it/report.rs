//! What a load found: errors ÷ diagnosed by check and dimension, and a profile of the columns.

use city::Why;
use quality::References;

use crate::table;

/// The counts of `manifest` over `lines`, each group of which is one block.
fn counted(manifest: &str, blocks: &[&[&str]], broken: &[Why]) -> quality::Report {
    let dataset = table::dataset(manifest);
    let judge = table::contract(&dataset, &References::new());
    for (seq, lines) in blocks.iter().enumerate() {
        table::rows(&dataset, lines).judge(&judge, u64::try_from(seq).unwrap());
    }
    judge.finish(broken, table::today())
}

const MANIFEST: &str = r#"
load = { key = ["code"] }
checks = [
  { date-order = ["opened_on", "closed_on"] },
  { sum-equals = { total = "total", parts = ["men", "women"] } },
  { any-of = ["opened_on", "closed_on"] },
]
[[columns]]
name = "code"
type = "code"
[[columns]]
name = "total"
type = "integer"
checks = ["required", { range = { min = 0 } }]
[[columns]]
name = "men"
type = "integer"
[[columns]]
name = "women"
type = "integer"
[[columns]]
name = "opened_on"
type = "date"
[[columns]]
name = "closed_on"
type = "date"
"#;

#[test]
fn errors_and_diagnosed_are_counted_over_all_blocks_by_check_and_dimension() {
    let report = counted(
        MANIFEST,
        &[
            &[
                "a,3,1,2,2024-01-01,2024-01-02",
                "b,4,1,2,2024-01-02,2024-01-01",
            ],
            &["a,0,0,0,,", ",,,,2024-01-01,", "c,다섯,1,2,2024-01-01,"],
        ],
        &[Why::OpenQuote],
    );
    assert_eq!(report.rows, 6);
    let expected = "\
required of code: 1/5
required of total: 1/5
range of total: 0/3
date-order of row: 1/2
sum-equals of total: 1/3
any-of of row: 1/5
unique of code: 0/1
type of total: 1/4
type of men: 0/4
type of women: 0/4
type of opened_on: 0/4
type of closed_on: 0/2
record of row: 1/6
completeness: 4/21, 0.8095
validity: 1/21, 0.9524
uniqueness: 0/1, 1.0000
consistency: 1/2, 0.5000
accuracy: 1/3, 0.6667
timeliness: 0/0, no score
score: 0.7857
";
    assert_eq!(table::counts(&report), expected);
}

#[test]
fn a_dimension_that_no_rule_looks_at_has_no_score_and_counts_in_no_mean() {
    let manifest = "[[columns]]\nname = \"n\"\ntype = \"text\"\nchecks = [\"required\"]\n";
    let report = counted(manifest, &[&["가", ""]], &[]);
    // 1 of 4 values failed: two cells, two records. Five empty dimensions do not lift it.
    assert_eq!(report.score, Some(0.75));
    let scored: Vec<&str> = report
        .dimensions
        .iter()
        .filter(|dimension| dimension.score.is_some())
        .map(|dimension| dimension.name.as_str())
        .collect();
    assert_eq!(scored, ["completeness"]);
}

#[test]
fn a_load_without_rows_has_no_score() {
    let manifest = "[[columns]]\nname = \"n\"\ntype = \"text\"\nchecks = [\"required\"]\n";
    assert_eq!(counted(manifest, &[&[]], &[]).score, None);
    assert_eq!(counted(manifest, &[], &[]).score, None);
}

#[test]
fn cells_of_quarantined_rows_are_diagnosed_too() {
    // Each row has one cell of another type, so none is accepted; half of the cells are sound.
    let manifest = "[[columns]]\nname = \"a\"\ntype = \"integer\"\n[[columns]]\nname = \"b\"\ntype = \"integer\"\n";
    let report = counted(manifest, &[&["1,x", "x,2"]], &[]);
    let validity = report.dimensions.iter().find(|own| own.name == "validity");
    assert_eq!(validity.unwrap().score, Some(0.5));
    assert_eq!(
        (validity.unwrap().errors, validity.unwrap().diagnosed),
        (2, 4)
    );
}

#[test]
fn a_cell_that_fails_two_checks_counts_in_both() {
    let manifest = "[[columns]]\nname = \"a\"\ntype = \"code\"\nchecks = [{ max-length = 2 }, { in = [\"01\"] }]\n";
    let report = counted(manifest, &[&["01", "012", "02"]], &[]);
    let text = table::counts(&report);
    assert!(
        text.contains("max-length of a: 1/3\nin of a: 2/3\n"),
        "{text}"
    );
}

#[test]
fn freshness_is_judged_on_the_newest_accepted_row_and_quarantines_nothing() {
    let manifest = |days: u32, kind: &str| {
        format!(
            "checks = [{{ fresh-within = {{ column = \"on\", days = {days} }} }}]\n[[columns]]\nname = \"on\"\ntype = \"{kind}\"\n"
        )
    };
    for (days, kind, rows, expected) in [
        (9, "date", ["2024-05-01", "2023-01-01"], "1.0000"),
        (8, "date", ["2024-05-01", "2023-01-01"], "0.0000"),
        (0, "datetime", ["2024-05-10T23:00:00", ""], "1.0000"),
        (30, "month", ["2024-04-01", "2024-03-01"], "0.0000"),
    ] {
        let report = counted(&manifest(days, kind), &[&rows], &[]);
        let text = table::counts(&report);
        let line = format!(
            "timeliness: {}/1, {expected}\n",
            u8::from(expected == "0.0000")
        );
        assert!(text.contains(&line), "{days} {kind} {text}");
        assert_eq!(report.columns[0].rows, 2, "both rows are accepted");
    }
    // No value, no diagnosis: an empty table is not fresh and not late.
    let report = counted(&manifest(9, "date"), &[&["", ""]], &[]);
    assert!(table::counts(&report).contains("timeliness: 0/0, no score\n"));
}

#[test]
fn columns_are_profiled_over_accepted_rows_and_personal_values_stay_out() {
    let manifest = r#"
[[columns]]
name = "n"
type = "integer"
checks = [{ range = { max = 9 } }]
[[columns]]
name = "on"
type = "date"
[[columns]]
name = "at"
type = "datetime"
[[columns]]
name = "age"
type = "integer"
privacy = "quasi"
[[columns]]
name = "memo"
type = "text"
"#;
    let report = counted(
        manifest,
        &[
            &[
                "5,2024-01-02,2024-01-02T09:00:00,40,x",
                "99,2030-01-01,,1,y",
            ],
            &["-3,2023-12-31,,20,", ",,2024-01-01T00:00:00,,"],
        ],
        &[],
    );
    let profile: Vec<String> = report
        .columns
        .iter()
        .map(|own| {
            let bound = |bound: &Option<String>| bound.clone().unwrap_or_else(|| "-".to_owned());
            let (min, max) = (bound(&own.min), bound(&own.max));
            format!("{} {} {} {min} {max}", own.name, own.rows, own.nulls)
        })
        .collect();
    assert_eq!(
        profile,
        [
            "n 3 1 -3 5",
            "on 3 1 2023-12-31 2024-01-02",
            "at 3 1 2024-01-01 00:00:00 2024-01-02 09:00:00",
            "age 3 1 - -",
            "memo 3 2 - -",
        ]
    );
}

#[test]
fn what_decoding_found_outside_typed_columns_is_counted_by_its_own_word() {
    let manifest = "place = { x = \"x\", y = \"y\" }\n[[columns]]\nname = \"x\"\ntype = \"number\"\n[[columns]]\nname = \"y\"\ntype = \"number\"\n";
    let dataset = table::dataset(manifest);
    let judge = table::contract(&dataset, &References::new());
    let mut rows = table::rows(&dataset, &["1,2", "3,4"]);
    let reason = city::Reason {
        column: Some("x".to_owned()),
        value: Some("3".to_owned()),
        why: Why::Place {
            crs: "EPSG:5186".to_owned(),
        },
    };
    rows.faults.push((1, reason));
    assert_eq!(table::accepted(&rows.judge(&judge, 0)), [1]);
    let text = table::counts(&judge.finish(&[], table::today()));
    assert!(text.contains("type of x: 0/2\n"), "{text}");
    assert!(text.contains("place of x: 1/2\n"), "{text}");
}
