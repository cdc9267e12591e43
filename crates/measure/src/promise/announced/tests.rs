//! Invented tables of announcements.
#![expect(
    clippy::float_cmp,
    reason = "sums and products of whole numbers are exact"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use city::promise::Tense;

use super::*;
use crate::promise::{Finding, Found, Ledger};

/// Rows of `id|topic|statement|quantity|unit|period|due|said|note`.
fn rows(text: &str) -> Vec<Announcement> {
    (2_u64..)
        .zip(text.trim().lines())
        .map(|(line, row)| {
            let cells: Vec<&str> = row.trim().split('|').collect();
            let cell = |at: usize| cells.get(at).copied().unwrap_or_default().to_owned();
            Announcement {
                line,
                id: cell(0),
                body: "나루시".to_owned(),
                topic: cell(1),
                statement: cell(2),
                quantity: cell(3),
                unit: cell(4),
                period: cell(5),
                due: cell(6),
                said: cell(7),
                note: cell(8),
            }
        })
        .collect()
}

fn promises(text: &str) -> BTreeMap<PromiseId, Promise> {
    let (drafted, faults) = draft(Path::new("table.csv"), &rows(text));
    assert!(faults.is_empty(), "{faults:?}");
    drafted
        .into_iter()
        .map(|draft| (draft.promise.id.clone(), draft.promise))
        .collect()
}

fn findings(text: &str) -> Vec<Finding> {
    let promises = promises(text);
    Ledger {
        promises: &promises,
        known: &BTreeMap::new(),
        partial: &BTreeSet::new(),
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 26).unwrap(),
    }
    .findings()
}

fn of(all: &[Finding], id: &str, word: &str) -> Found {
    let mut own = all.iter().filter(|finding| finding.promise.as_str() == id);
    let found = own.find(|finding| finding.what.word() == word);
    found
        .unwrap_or_else(|| panic!("{id} has no {word} in {all:?}"))
        .what
        .clone()
}

#[test]
fn parts_are_added_up_and_the_rest_is_told_with_its_end() {
    let all = findings(
        "bus-total|쉼터|모든 정류장|200|곳|||대상|총계
         bus-old|쉼터|2022년까지 설치|100|곳|-2022|2022|완료|bus-total의 부분
         bus-now|쉼터|올해 설치|20|곳|2023|2023|완료|bus-total의 부분
         bus-next|쉼터|내년 설치|30|곳|2024|2024|예정|bus-total의 부분; 조명 포함",
    );
    let Found::UnmentionedRemainder {
        sum,
        remainder,
        done,
        done_share,
        finish_at_announced_pace: Some(pace),
        ..
    } = of(&all, "bus-total", "unmentioned-remainder")
    else {
        panic!("{all:?}");
    };
    assert_eq!((sum, remainder, done), (150.0, 50.0, Some(120.0)));
    assert_eq!(done_share, Some(0.6));
    assert_eq!(pace.per_year, [20.0, 30.0]);
    // 50 / 30 is within two years, 50 / 20 within three.
    assert_eq!((pace.first_year, pace.last_year), (2026, 2027));
}

#[test]
fn named_parts_of_a_note_are_parts() {
    let all = findings(
        "sites|배움터|배움터|13|곳|2023||운영|이름이 적힌 곳 8 + 주민센터 5
         kinds|자료|통합 자료|40|종|2023||구축|이름이 적힌 것은 4종",
    );
    assert!(matches!(
        of(&all, "sites", "adds-up"),
        Found::AddsUp {
            sum: 13.0,
            named: Some(13.0),
            ..
        }
    ));
    assert!(matches!(
        of(&all, "kinds", "unmentioned-remainder"),
        Found::UnmentionedRemainder {
            remainder: 36.0,
            named: Some(4.0),
            ..
        }
    ));
}

#[test]
fn what_a_note_says_is_not_stated_is_found() {
    let all = findings(
        "share|이용|도로 분야 비율|35|%|2023||1위|분모 미기재
         save|통신|통신비 절감액|900|원|2023||절감|산식 미기재
         old|통신망|작년까지 설치|40|개소|2015-2022|2022|완료|
         new|통신망|올해 추가 설치|10|개소|2023|2023|예정|
         new-boxes|통신망|올해 추가 장비|12|대|2023|2023|예정|이전 40개소의 장비 수는 미기재
         all|버스|모든 버스||||| 운영|수량 미기재
         deal|협약|기관|5|개|2023||체결|의무 2가지; 이행 증거 없음",
    );
    of(&all, "share", "denominator-not-stated");
    of(&all, "save", "method-not-stated");
    of(&all, "all", "unknown-quantity");
    of(&all, "deal", "no-evidence-yet");
    let Found::UnknownQuantity {
        known,
        known_of,
        of: whole,
    } = of(&all, "new-boxes", "unknown-quantity")
    else {
        panic!("{all:?}");
    };
    let value = |value: Option<crate::promise::Value>| value.unwrap().value;
    assert_eq!(
        (value(known), value(known_of), value(whole)),
        (12.0, 10.0, 50.0)
    );
    let Found::Total { sum, .. } = of(&all, "new", "total") else {
        panic!("{all:?}");
    };
    assert_eq!(sum.value, 50.0);
    let evidence = all
        .iter()
        .filter(|finding| finding.what.word() == "no-evidence-yet");
    assert_eq!(
        evidence.count(),
        1,
        "where nobody looked nothing is concluded"
    );
}

#[test]
fn a_saving_that_may_be_inside_its_cost_is_read_both_ways() {
    let all = findings(
        "cost|망|사업비|11000000000|원|-2026|2026|예정|
         save|망|2030년부터 한 해 절감액|2000000000|원/년|2030-|2030|전망|
         joint|망|함께 써서 절감|2000000000|원|2023||절감|사업비 110억에 이미 반영되었는지 미기재",
    );
    let Found::BreakEven {
        years_of_saving,
        starts,
        first_year,
        last_year,
        scenarios,
        ..
    } = of(&all, "save", "break-even")
    else {
        panic!("{all:?}");
    };
    assert_eq!((years_of_saving, starts), (5.5, 2030));
    assert_eq!((first_year, last_year), (2035, 2036));
    let costs: Vec<f64> = scenarios.iter().map(|read| read.investment).collect();
    assert_eq!(costs, [11e9, 9e9]);
}

#[test]
fn figures_of_one_time_are_divided_and_years_are_counted() {
    let all = findings(
        "people|강좌|듣는 사람|300|명|2023||완료|
         times|강좌|회차|40|회|2023||완료|
         later|강좌|회차|50|회|2024||예정|
         pcs|컴퓨터|보급 누계|600|대|2012-2023||보급|12년간",
    );
    let ratios: Vec<&Found> = all
        .iter()
        .map(|finding| &finding.what)
        .filter(|what| what.word() == "ratio")
        .collect();
    let [Found::Ratio { per, value, unit }] = ratios[..] else {
        panic!("{ratios:?}");
    };
    assert_eq!(
        (per.as_str(), *value, unit.as_str()),
        ("times", 7.5, "명/회")
    );
    assert!(matches!(
        of(&all, "pcs", "per-year"),
        Found::PerYear { years: 12, value } if value.value == 50.0
    ));
}

#[test]
fn what_a_row_says_wrongly_is_told_with_its_line() {
    let (_, faults) = draft(
        Path::new("table.csv"),
        &rows(
            "one|가|여럿|백여|곳|2023||완료|
             one|가|둘|2||2023~||완료|그런 것의 부분
             two|가||3|곳|언젠가|2023-13|빛남|",
        ),
    );
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for part in [
        "table.csv:2: `백여` is no number",
        "table.csv:3: the id `one` stands twice",
        "table.csv:3: `2` has no unit",
        "table.csv:3: no row is called, or says, `그런 것`",
        "table.csv:4: the row has no statement",
        "table.csv:4: `언젠가` is no period",
        "table.csv:4: `2023-13` is no date",
    ] {
        assert!(
            told.iter().any(|line| line.starts_with(part)),
            "{part} in {told:#?}"
        );
    }
    assert_eq!(told.len(), 7, "{told:#?}");
}

#[test]
fn periods_and_words_are_read() {
    let years = |text: &str| span(text).map(|span| span.years());
    let year = |text: &str| When::read(text);
    assert_eq!(span("2013-2022").unwrap().years(), Some(10));
    assert_eq!(span("2013~2022").unwrap().years(), Some(10));
    assert_eq!(span("2023").unwrap().years(), Some(1));
    assert_eq!(span("-2022").unwrap().to, year("2022"));
    assert_eq!(span("2030-").unwrap().from, year("2030"));
    assert_eq!(span("2023-12").unwrap().from, year("2023-12"));
    assert!(years("2013-2").is_none() && years("옛날").is_none());
    assert_eq!(tense("예정"), Some(Tense::Planned));
    assert_eq!(tense("3위"), Some(Tense::Standing));
    assert_eq!(tense("빛남"), None);
    assert_eq!(note::money("사업비 1조 2,000억 원"), Some(1.2e12));
    assert_eq!(note::money("12개"), None);
}
