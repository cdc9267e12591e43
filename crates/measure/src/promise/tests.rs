//! Arithmetic on invented promises, and what holds of any.
#![expect(
    clippy::float_cmp,
    reason = "sums and products of whole numbers are exact"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use city::Lang;
use city::promise::{Claim, Kind, Promise, PromisedFigure, Reach};
use proptest::prelude::*;

use super::known::Claimed;
use super::sentence::{self, sentence};
use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Promises by their manifests, with a city's least words around each.
fn promises(texts: &[&str]) -> BTreeMap<PromiseId, Promise> {
    let read = |text: &&str| {
        let known = "title = \"약속\"\nsentence = \"문장\"\ndepartment = \"ict\"\nsource = { document = \"연설\", date = \"2024-01-01\" }\n";
        let (promise, faults) =
            city::read::promise_text(Path::new("p.toml"), &format!("{known}{text}"));
        assert!(faults.is_empty(), "{faults:?}\n{text}");
        let promise = promise.unwrap();
        (promise.id.clone(), promise)
    };
    texts.iter().map(read).collect()
}

struct Case {
    promises: BTreeMap<PromiseId, Promise>,
    known: BTreeMap<PromiseId, Known>,
    partial: BTreeSet<PromiseId>,
    today: NaiveDate,
}

impl Case {
    fn of(texts: &[&str]) -> Self {
        Self {
            promises: promises(texts),
            known: BTreeMap::new(),
            partial: BTreeSet::new(),
            today: day("2026-07-01"),
        }
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger {
            promises: &self.promises,
            known: &self.known,
            partial: &self.partial,
            today: self.today,
        }
    }

    fn words(&self, id: &str) -> Vec<&'static str> {
        let all = self.ledger().findings();
        let own = all.iter().filter(|finding| finding.promise.as_str() == id);
        own.map(|finding| finding.what.word()).collect()
    }

    fn found(&self, id: &str, word: &str) -> Found {
        let all = self.ledger().findings();
        let mut own = all.iter().filter(|finding| finding.promise.as_str() == id);
        let found = own.find(|finding| finding.what.word() == word);
        found
            .unwrap_or_else(|| panic!("{id} has no {word}: {all:?}"))
            .what
            .clone()
    }

    fn standing(&self, id: &str) -> Standing {
        self.ledger().standing(&self.promises[&PromiseId::from(id)])
    }
}

#[test]
fn an_english_sentence_has_english_units_wherever_one_was_written() {
    let cost = "id = \"cost\"\nkind = \"cost\"\nfigure = { value = 1000, unit = \"원\", unit-en = \"won\" }\n";
    let visits = "id = \"visits\"\nfigure = { value = 500, unit = \"명\" }\n";
    let case = Case::of(&[cost, visits]);
    let ledger = case.ledger();
    let say = |unit: &str| sentence::in_words(1.0, unit, &ledger, Lang::En);
    assert_eq!(say("원"), "1 won");
    assert_eq!(say("원/년"), "1 won/year");
    assert_eq!(say("명/원"), "1 명/won", "nobody said what 명 is");
    assert_eq!(
        sentence::in_words(1.0, "원/년", &ledger, Lang::Ko),
        "1원/년"
    );
}

const VILLAGES: &str = "id = \"villages\"\nfigure = { value = 180, unit = \"곳\", start = 60 }\nperiod = { from = \"2024\", to = \"2027\" }\ndue = \"2027\"\n";

#[test]
fn a_pace_that_cannot_be_in_time_contradicts_the_due_day() {
    let announced = format!(
        "{VILLAGES}pace = {{ least = 20 }}\nevidence = [{{ on = \"2025-12-31\", title = \"준공\", value = 100 }}]\n"
    );
    let case = Case::of(&[&announced]);
    assert_eq!(case.standing("villages"), Standing::UnderWay);
    let all = case.ledger().findings();
    let contradictions: Vec<&Found> = all
        .iter()
        .map(|finding| &finding.what)
        .filter(|what| what.word() == "pace-contradicts-due")
        .collect();
    let [
        Found::PaceContradictsDue {
            announced: true,
            first_year: Some(2029),
            ..
        },
        Found::PaceContradictsDue {
            announced: false,
            per_year: [so_far, _],
            ..
        },
    ] = contradictions[..]
    else {
        panic!("{contradictions:?}");
    };
    // 40 more in two years.
    assert!((so_far - 20.0).abs() < 0.1, "{so_far}");
    let Found::Pace {
        needed_per_year,
        is_enough: Some(false),
        ..
    } = case.found("villages", "pace")
    else {
        panic!("{all:?}");
    };
    assert!(
        (needed_per_year - 80.0 / 1.5).abs() < 0.3,
        "{needed_per_year}"
    );
}

#[test]
fn a_figure_from_above_is_reached_when_it_is_low_enough() {
    let days = "id = \"days\"\nfigure = { value = 5, unit = \"일\", reach = \"at-most\", start = 9 }\nperiod = { from = \"2026\", to = \"2026\" }\ndue = \"2026\"\n";
    let mut case = Case::of(&[days]);
    let point = |on: &str, value| Point { on: day(on), value };
    let known = |points: Vec<Point>| Known {
        points,
        ..Known::default()
    };
    case.known.insert(
        "days".into(),
        known(vec![point("2026-03-31", 8.0), point("2026-06-30", 7.0)]),
    );
    let Found::Pace {
        so_far_per_year: Some(so_far),
        needed_per_year,
        ..
    } = case.found("days", "pace")
    else {
        panic!();
    };
    assert!(so_far > 0.0 && needed_per_year > 0.0 && so_far >= needed_per_year * 0.9);
    case.known
        .insert("days".into(), known(vec![point("2026-06-30", 4.5)]));
    assert!(
        matches!(case.found("days", "reached"), Found::Reached { on, .. } if on == day("2026-06-30"))
    );
    assert_eq!(case.standing("days"), Standing::Kept);
    // What is told of a day to come is not known yet.
    case.known
        .insert("days".into(), known(vec![point("2026-09-30", 4.5)]));
    assert!(!case.words("days").contains(&"reached"));
}

#[test]
fn due_in_the_past_is_told_with_or_without_evidence() {
    let bikes = "id = \"bikes\"\nfigure = { value = 40, unit = \"곳\" }\ndue = \"2025\"\n";
    let case = Case::of(&[bikes]);
    assert_eq!(case.standing("bikes"), Standing::Overdue);
    assert!(matches!(
        case.found("bikes", "due-without-evidence"),
        Found::DueWithoutEvidence { days: 182, .. }
    ));
    let some =
        format!("{bikes}evidence = [{{ on = \"2025-10\", title = \"조서\", value = 30 }}]\n");
    let case = Case::of(&[&some]);
    assert!(
        matches!(case.found("bikes", "not-reached-by-due"), Found::NotReachedByDue { value, .. } if value == 30.0)
    );
    // What is dated ahead has not been seen by anybody.
    let ahead =
        format!("{bikes}evidence = [{{ on = \"2030-01-01\", title = \"조서\", value = 40 }}]\n");
    let case = Case::of(&[&ahead]);
    assert!(matches!(
        case.found("bikes", "due-without-evidence"),
        Found::DueWithoutEvidence { days: 182, .. }
    ));
    // Where nobody looked for evidence nothing is concluded.
    let unlooked = format!("{bikes}unchecked = [\"evidence\"]\n");
    assert_eq!(Case::of(&[&unlooked]).words("bikes"), Vec::<&str>::new());
}

#[test]
fn parts_in_another_unit_or_without_a_figure_are_not_added() {
    let total = "id = \"total\"\nfigure = { value = 10, unit = \"곳\" }\ndue = \"2027\"\n";
    let part = |id: &str, figure: &str| {
        format!("id = \"{id}\"\nfigure = {figure}\npart-of = \"total\"\ndue = \"2027\"\n")
    };
    let case = Case::of(&[
        total,
        &part("a", "{ value = 4, unit = \"대\" }"),
        &part("b", "{ unit = \"곳\" }"),
    ]);
    let words = case.words("total");
    assert!(
        words.contains(&"unit-mismatch") && words.contains(&"unknown-part"),
        "{words:?}"
    );
    assert!(
        !words.contains(&"unmentioned-remainder"),
        "unknown is not 0"
    );
    let case = Case::of(&[
        total,
        &part("a", "{ value = 8, unit = \"곳\" }"),
        &part("b", "{ value = 5, unit = \"곳\" }"),
    ]);
    assert!(
        matches!(case.found("total", "parts-exceed-total"), Found::PartsExceedTotal { excess, .. } if excess == 3.0)
    );
    // Of a total with parts that are not here nothing is concluded.
    let mut case = case;
    case.partial.insert("total".into());
    assert!(!case.words("total").contains(&"parts-exceed-total"));
}

#[test]
fn a_saving_that_does_not_say_enough_pays_nothing_back() {
    let cost =
        "id = \"cost\"\nkind = \"cost\"\nfigure = { value = 100, unit = \"원\" }\ndue = \"2026\"\n";
    let saving = |figure: &str| {
        format!(
            "id = \"saving\"\nkind = \"saving\"\nfigure = {figure}\nperiod = {{ from = \"2027\" }}\ndue = \"2027\"\nsaving = {{ investment = \"cost\", scenarios = [{{ title = \"덜 아끼면\", per-year = 20 }}] }}\n"
        )
    };
    let case = Case::of(&[cost, &saving("{ value = 25, unit = \"원/년\" }")]);
    let Found::BreakEven {
        first_year,
        last_year,
        years_of_saving,
        scenarios,
        ..
    } = case.found("saving", "break-even")
    else {
        panic!();
    };
    assert_eq!((first_year, last_year, years_of_saving), (2031, 2032, 4.0));
    assert_eq!(scenarios.len(), 2);
    for figure in [
        "{ unit = \"원/년\" }",
        "{ value = 25, unit = \"원\" }",
        "{ value = 0, unit = \"원/년\" }",
    ] {
        let case = Case::of(&[cost, &saving(figure)]);
        assert!(
            case.words("saving").contains(&"break-even-unknown"),
            "{figure}"
        );
    }
}

#[test]
fn states_entered_late_or_behind_and_claims_that_change_are_found() {
    let mut case =
        Case::of(&["id = \"a\"\nfigure = { value = 3, unit = \"곳\" }\ndue = \"2027\"\n"]);
    let told = |on: &str, entered: &str, place: u32| Told {
        status: city::promise::Status {
            on: When::new(on),
            state: PromiseState::UnderWay,
            text: "일".to_owned(),
            value: None,
        },
        entered_at: format!("{entered}T03:00:00Z").parse().unwrap(),
        entered_on: day(entered),
        who: "kim".to_owned(),
        way: if place == 1 { Way::File } else { Way::Person },
        is_gone: place == 1,
        is_intact: place != 3,
        place,
    };
    let claim = |value| Claim {
        sentence: "문장".to_owned(),
        value: Some(value),
        unit: Some("곳".to_owned()),
        due: None,
        published: None,
    };
    let claims = [(5.0, "2026-01-01"), (3.0, "2026-06-01")].map(|(value, on)| Claimed {
        claim: claim(value),
        entered_on: day(on),
    });
    let known = Known {
        points: Vec::new(),
        told: vec![
            told("2026-05-01", "2026-05-02", 1),
            told("2026-02-01", "2026-06-20", 2),
            told("2026-06-30", "2026-06-30", 3),
        ],
        claims: claims.to_vec(),
    };
    case.known.insert("a".into(), known);
    let words = case.words("a");
    for word in [
        "entered-late",
        "entered-behind",
        "history-edited",
        "entry-tampered",
        "claim-changed",
    ] {
        assert_eq!(
            words.iter().filter(|own| **own == word).count(),
            1,
            "{word}: {words:?}"
        );
    }
}

#[test]
fn a_state_of_a_day_that_has_not_come_is_none() {
    let mut case =
        Case::of(&["id = \"a\"\nfigure = { value = 3, unit = \"곳\" }\ndue = \"2027\"\n"]);
    let told = Told {
        status: city::promise::Status {
            on: When::new("2030-01-01"),
            state: PromiseState::Kept,
            text: "마쳤습니다.".to_owned(),
            value: None,
        },
        entered_at: "2026-06-01T03:00:00Z".parse().unwrap(),
        entered_on: day("2026-06-01"),
        who: "people.toml".to_owned(),
        way: Way::TakenOver,
        is_gone: false,
        is_intact: true,
        place: 1,
    };
    let known = Known {
        told: vec![told],
        ..Known::default()
    };
    case.known.insert("a".into(), known);
    assert_eq!(case.standing("a"), Standing::Planned);
    assert!(case.words("a").contains(&"state-ahead"));
    case.today = day("2030-01-01");
    assert_eq!(case.standing("a"), Standing::Kept);
    assert!(!case.words("a").contains(&"state-ahead"));
}

/// Any promises, as far as they can be read.
fn any_promises() -> impl Strategy<Value = BTreeMap<PromiseId, Promise>> {
    let value = prop_oneof![
        Just(None),
        (-1e3..1e15_f64).prop_map(Some),
        Just(Some(0.0)),
        Just(Some(1e-300)),
    ];
    let one = (
        value,
        0..4_u8,
        1990..2100_i32,
        0..40_i32,
        0..6_usize,
        any::<bool>(),
    );
    proptest::collection::vec(one, 1..6).prop_map(|all| {
        let mut promises = BTreeMap::new();
        for (at, (value, kind, year, years, other, flag)) in all.into_iter().enumerate() {
            let id = format!("p{at}");
            let mut own = promises_of(&id);
            own.kind = [Kind::Amount, Kind::Share, Kind::Cost, Kind::Saving][usize::from(kind)];
            let unit = if own.kind == Kind::Saving {
                "원/년"
            } else {
                "원"
            };
            own.figure = Some(PromisedFigure {
                value,
                unit: unit.to_owned(),
                unit_en: None,
                reach: if flag { Reach::AtLeast } else { Reach::AtMost },
                start: flag.then_some(0.0),
            });
            own.period.from = Some(When::new(year.to_string()));
            own.period.to = Some(When::new((year + years).to_string()));
            own.due = flag.then(|| When::new((year + years).to_string()));
            own.pace = flag.then_some(city::promise::Pace {
                least: 1e-9,
                most: None,
            });
            let other = PromiseId::new(format!("p{other}"));
            own.part_of = flag.then(|| other.clone());
            own.adds_to = Some(other.clone());
            own.per = vec![other.clone()];
            own.maybe_in = (!flag).then(|| other.clone());
            own.saving = (own.kind == Kind::Saving).then(|| city::promise::Saving {
                investment: other,
                starts: None,
                scenarios: Vec::new(),
            });
            own.evidence = vec![city::promise::Evidence {
                on: When::new(year.to_string()),
                title: "증거".to_owned(),
                page: None,
                address: None,
                value,
            }];
            promises.insert(own.id.clone(), own);
        }
        promises
    })
}

fn promises_of(id: &str) -> Promise {
    let text = format!("id = \"{id}\"\n");
    promises(&[&text]).into_values().next().unwrap()
}

proptest! {
    // Reading manifests takes longer than the arithmetic.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_promised_findings_are_numbers_and_sentences(
        promises in any_promises(),
        year in 1980..2110_i32,
    ) {
        let (known, partial) = (BTreeMap::new(), BTreeSet::new());
        let ledger = Ledger {
            promises: &promises,
            known: &known,
            partial: &partial,
            today: NaiveDate::from_ymd_opt(year, 7, 1).unwrap(),
        };
        for finding in ledger.findings() {
            // No infinity and nothing that is no number: JSON would say null for them.
            let text = serde_json::to_string(&finding).unwrap();
            if let Found::Pace { needed_per_year, .. } = &finding.what {
                prop_assert!(needed_per_year.is_finite(), "{}", text);
            }
            if let Found::Ratio { value, .. } = &finding.what {
                prop_assert!(value.is_finite(), "{}", text);
            }
            for lang in [Lang::Ko, Lang::En] {
                let said = sentence(&finding, &ledger, lang);
                prop_assert!(said.ends_with('.') && !said.contains("NaN") && !said.contains('{'), "{}: {}", text, said);
            }
        }
    }

    #[test]
    fn a_remainder_is_the_total_without_its_parts(values in proptest::collection::vec(0..1_000_000_u32, 1..8), more in 1..1_000_u32) {
        let sum: u32 = values.iter().sum();
        let total = f64::from(sum) + f64::from(more);
        let mut texts = vec![format!("id = \"total\"\nfigure = {{ value = {total}, unit = \"곳\" }}\n")];
        for (at, value) in values.iter().enumerate() {
            texts.push(format!("id = \"p{at}\"\ntense = \"done\"\npart-of = \"total\"\nfigure = {{ value = {value}, unit = \"곳\" }}\n"));
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let case = Case::of(&texts);
        let Found::UnmentionedRemainder { remainder, sum: own, done_share, .. } = case.found("total", "unmentioned-remainder") else {
            panic!();
        };
        prop_assert_eq!((remainder, own), (f64::from(more), f64::from(sum)));
        prop_assert!(done_share.unwrap() < 1.0);
    }
}
