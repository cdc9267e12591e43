//! Parts add up to the whole, and a month shows what stood at its end.

use super::*;
use proptest::prelude::*;
use std::sync::Arc;

fn dataset(id: &str, mode: &str) -> Dataset {
    serde_json::from_value(serde_json::json!({
        "id": id, "title": id, "description": "시험", "field": "traffic", "department": "roads",
        "cadence": "monthly", "source": {"kind": "file", "path": "a.csv"}, "format": {"kind": "csv"},
        "load": {"mode": mode}, "columns": [],
    }))
    .unwrap()
}

/// A version committed on a day, with errors ÷ diagnosed of one check.
fn version(day: &str, check: &str, rate: (u64, u64)) -> Arc<Record> {
    let record = serde_json::from_value(serde_json::json!({
        "form": 1, "dataset": "a", "number": 1, "load_id": day, "outcome": "loaded",
        "started_at": format!("{day}T03:00:00Z"), "committed_at": format!("{day}T03:00:00Z"),
        "mode": "snapshot", "key": [], "rows": 1, "read": 1, "accepted": 1, "quarantined": 0, "skipped": 0,
        "sources": [], "manifest_sha256": "", "message": null,
        "report": {"checks": [{"column": "x", "check": check, "errors": rate.0, "diagnosed": rate.1}]},
    }));
    Arc::new(record.unwrap())
}

const NOVEMBER: MonthNumber = 2026 * 12 + 10;

fn rates(mode: &str, versions: &[Arc<Record>]) -> Vec<(u64, u64)> {
    let months = months(&dataset("a", mode), versions, NOVEMBER);
    (NOVEMBER - 3..=NOVEMBER)
        .map(|month| {
            let rate = months
                .get(&month)
                .map(|sums| sums.total())
                .unwrap_or_default();
            (rate.errors, rate.diagnosed)
        })
        .collect()
}

#[test]
fn what_stood_at_the_end_of_each_month() {
    let versions = [
        version("2026-11-03", "range", (1, 30)),
        version("2026-09-20", "range", (2, 20)),
        version("2026-09-10", "range", (4, 10)),
    ];
    // A table that is replaced: its last diagnosis, until there is another.
    assert_eq!(
        rates("snapshot", &versions),
        [(0, 0), (2, 20), (2, 20), (1, 30)]
    );
    // One that grows: what arrived in the month, or last before it.
    assert_eq!(
        rates("append", &versions),
        [(0, 0), (6, 30), (2, 20), (1, 30)]
    );
}

#[test]
fn a_month_is_a_korean_month() {
    // Midnight in Korea is three in the afternoon of the day before.
    let at = |text: &str| month_of(text.parse().unwrap());
    assert_eq!(at("2026-10-31T14:59:59Z"), NOVEMBER - 1);
    assert_eq!(at("2026-10-31T15:00:00Z"), NOVEMBER);
}

#[test]
fn a_rule_of_one_dataset_keeps_its_column() {
    let own = dataset("a", "snapshot");
    let versions = [version("2026-11-03", "required", (1, 30))];
    let one = Counted {
        dataset: &own,
        months: months(&own, &versions, NOVEMBER),
    };
    let parts = [&one];
    let sums = summed(&parts, NOVEMBER);
    let group = group(
        ("a".to_owned(), "a".to_owned(), None),
        &parts,
        sums,
        NOVEMBER,
    );
    assert_eq!(group.rules[0].column.as_deref(), Some("x"));
    assert_eq!(group.rules[0].dimension, "completeness");
    assert_eq!(
        group.dimensions[0],
        (
            "completeness",
            Rate {
                errors: 1,
                diagnosed: 30
            }
        )
    );
    assert_eq!(group.months.len(), MONTHS);
    assert_eq!(group.months[MONTHS - 1].month, "2026-11");
    assert_eq!(group.never_loaded, 0);
}

proptest! {
    #[test]
    fn parts_add_up_to_the_whole(counts in prop::collection::vec((0_u64..9, 0_u64..99, 0_usize..3), 1..9)) {
        let own = dataset("a", "snapshot");
        let checks = ["range", "required", "unique"];
        let all: Vec<Counted<'_>> = counts
            .iter()
            .map(|(errors, more, check)| {
                let versions = [version("2026-11-03", checks[*check], (*errors, errors + more))];
                Counted { dataset: &own, months: months(&own, &versions, NOVEMBER) }
            })
            .collect();
        let of = |parts: &[Counted<'_>]| {
            let parts: Vec<&Counted<'_>> = parts.iter().collect();
            let sums = summed(&parts, NOVEMBER);
            group(("x".to_owned(), "x".to_owned(), None), &parts, sums, NOVEMBER)
        };
        let whole = of(&all);
        let (left, right) = all.split_at(all.len() / 2);
        let (left, right) = (of(left), of(right));
        prop_assert_eq!(whole.rate.errors, left.rate.errors + right.rate.errors);
        prop_assert_eq!(whole.rate.diagnosed, left.rate.diagnosed + right.rate.diagnosed);
        let by_rule: u64 = whole.rules.iter().map(|rule| rule.rate.errors).sum();
        let by_dimension: u64 = whole.dimensions.iter().map(|(_, rate)| rate.errors).sum();
        prop_assert_eq!((by_rule, by_dimension), (whole.rate.errors, whole.rate.errors));
    }

    #[test]
    fn what_stood_for_months_is_what_each_month_reads(days in prop::collection::vec((1_u32..12, 1_u32..28, 0_u64..9), 1..6), mode in 0_usize..3) {
        let own = dataset("a", ["snapshot", "append", "upsert"][mode]);
        let mut days = days;
        days.sort_unstable();
        let versions: Vec<Arc<Record>> = days
            .iter()
            .rev()
            .map(|(month, day, errors)| version(&format!("2026-{month:02}-{day:02}"), "range", (*errors, 9)))
            .collect();
        let found = months(&own, &versions, NOVEMBER);
        for (month, sums) in &found {
            // Asked for one month alone nothing is at hand from the month before.
            let early = months(&own, &versions, *month);
            prop_assert_eq!(early.get(month), Some(sums));
            let newest = versions.iter().find(|version| month_of(version.committed_at) <= *month).unwrap();
            if mode == 0 {
                prop_assert_eq!(sums.total(), read(newest).total());
            }
        }
    }
}
