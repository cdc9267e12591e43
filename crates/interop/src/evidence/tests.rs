//! Counting by hand, departments beside the city, and the files read back.

#[path = "../../../paper/tests/it/read.rs"]
mod read;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use access::{Held, Record};
use calamine::{Data, Reader as _, Xlsx};
use chrono::NaiveDate;
use city::standard::{Term, Terms};
use city::{City, Dataset, DepartmentId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::gather::Facts;
use super::{Pack, Scope, State, pdf, tally, xlsx};
use read::{packed, pages};

const CITY: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 36.9, 127.2, 37.4]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [
  { id = "transport", title = "교통정책과", title-en = "Transport" },
  { id = "civil", title = "민원봉사과", title-en = "Civil Service" },
  { id = "idle", title = "일 없는 과", title-en = "Idle" },
]
"#;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn city() -> City {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("city.toml"), CITY).unwrap();
    let (city, faults) = city::read::city(folder.path());
    let mut city = city.unwrap_or_else(|| panic!("{faults:?}"));
    let term = Term {
        name: "주차구획수".to_owned(),
        ..Term::default()
    };
    city.standards.terms = Terms::new(vec![term], Vec::new());
    let standard = json!({
        "id": "parking", "title": "주차장", "title-en": "Car parks", "source": {"title": "고시", "dated": "2024-11"},
        "columns": [
            {"name": "주차장명", "type": "text"},
            {"name": "주차 구획수", "type": "integer"},
            {"name": "관리번호", "type": "text"},
            {"name": "비고", "type": "text", "optional": true},
        ],
    });
    city.standards
        .standards
        .insert("parking".into(), serde_json::from_value(standard).unwrap());
    city
}

fn dataset(id: &str, department: &str, more: &Value) -> Dataset {
    let mut manifest = json!({
        "id": id, "title": format!("{id} 표"), "description": "시험", "field": "traffic", "department": department,
        "cadence": "monthly", "source": {"kind": "file", "path": "a.csv"}, "format": {"kind": "csv"},
        "columns": [
            {"name": "name", "title": "주차장명", "type": "text", "privacy": "none", "checks": ["required"]},
            {"name": "spaces", "title": "주차구획수", "type": "integer", "privacy": "none"},
            {"name": "manager", "title": "담당자", "type": "text", "privacy": "identifier"},
        ],
    });
    for (key, value) in more.as_object().unwrap() {
        manifest[key] = value.clone();
    }
    serde_json::from_value(manifest).unwrap()
}

/// A load on a day: column, check, errors, diagnosed.
fn load(
    dataset: &str,
    number: i64,
    on: &str,
    outcome: &str,
    checks: &[(&str, &str, u64, u64)],
) -> Arc<Record> {
    let checks: Vec<Value> = checks
        .iter()
        .map(|(column, check, errors, diagnosed)| json!({"column": column, "check": check, "errors": errors, "diagnosed": diagnosed}))
        .collect();
    let record = serde_json::from_value(json!({
        "form": 1, "dataset": dataset, "number": number, "load_id": format!("{dataset}-{on}"), "outcome": outcome,
        "started_at": format!("{on}T01:00:00Z"), "committed_at": format!("{on}T01:00:00Z"), "mode": "snapshot", "key": [],
        "rows": 10, "read": 10, "accepted": 9, "quarantined": 1, "skipped": 0,
        "sources": [{"name": format!("{dataset}/{on}.csv"), "sha256": format!("{number:064x}"), "bytes": 100}],
        "manifest_sha256": "m".repeat(64), "report": {"checks": checks}, "message": null,
    }));
    Arc::new(record.unwrap())
}

fn facts(dataset: Dataset, loads: Vec<Arc<Record>>) -> Facts {
    let loaded = loads.iter().filter(|load| load.number > 0);
    let renewed = loaded.map(|load| city::calendar::korean_day(load.committed_at));
    Facts {
        dataset: Arc::new(dataset),
        renewed: renewed.collect(),
        has_version: loads.iter().any(|load| load.number > 0),
        held: Vec::new(),
        reports: Vec::new(),
        loads,
    }
}

fn scope(department: Option<&str>) -> Scope {
    Scope {
        year: 2026,
        department: department.map(DepartmentId::from),
        until: day("2026-03-31"),
    }
}

/// A table replaced by each load; one that grows; one that was refused, waited, and was never loaded.
fn three() -> Vec<Facts> {
    let open = json!({"release": "open", "standard": "parking", "load": {"key": ["spaces"], "drift": {"rows": 0.3}}});
    let parking = facts(
        dataset("parking", "transport", &open),
        vec![
            load(
                "parking",
                1,
                "2026-01-20",
                "loaded",
                &[("name", "required", 5, 100), ("spaces", "type", 4, 90)],
            ),
            load(
                "parking",
                0,
                "2026-02-03",
                "refused",
                &[("name", "required", 60, 100)],
            ),
            load(
                "parking",
                2,
                "2026-02-05",
                "loaded",
                &[
                    ("name", "required", 2, 100),
                    ("spaces", "type", 6, 90),
                    ("manager", "type", 1, 50),
                ],
            ),
        ],
    );
    let growing = json!({"load": {"mode": "append"}});
    let mut permits = facts(
        dataset("permits", "civil", &growing),
        vec![
            load(
                "permits",
                1,
                "2026-01-05",
                "loaded",
                &[("name", "refers-to", 3, 40)],
            ),
            load(
                "permits",
                2,
                "2026-03-02",
                "loaded",
                &[("name", "refers-to", 1, 60)],
            ),
        ],
    );
    Arc::make_mut(&mut permits.loads[0]).corrections =
        BTreeMap::from([("c1".to_owned(), access::Came::Applied)]);
    Arc::make_mut(&mut permits.loads[1]).corrections = BTreeMap::from([
        ("c1".to_owned(), access::Came::Fixed),
        ("c2".to_owned(), access::Came::Absent),
    ]);
    Arc::make_mut(&mut permits.loads[1]).extra_columns = vec!["새 열".to_owned()];
    let mut waiting = facts(
        dataset("waiting", "civil", &json!({})),
        vec![load("waiting", 0, "2026-02-10", "held", &[])],
    );
    waiting.held = vec![Held {
        record: Arc::clone(&waiting.loads[0]),
        decision: None,
    }];
    waiting.reports = [json!({"at": "2026-02-11T00:00:00Z", "who": "kim", "text": "고쳤습니다", "correction": null}), Value::Null]
        .into_iter()
        .map(|answer| access::Reported {
            report: serde_json::from_value(json!({"id": "r", "at": "2026-02-10T00:00:00Z", "row": "?", "column": "name", "shown": "가", "says": null, "note": "나"})).unwrap(),
            answer: serde_json::from_value(answer).unwrap(),
        })
        .collect();
    vec![parking, permits, waiting]
}

fn figure(pack: &Pack, id: &str) -> Option<(u64, u64)> {
    let own = pack.indicators.iter().find(|own| own.id == id).unwrap();
    Some((own.numerator?, own.denominator?))
}

#[test]
fn each_indicator_is_what_a_person_counts() {
    let pack = tally::pack(&city(), &scope(None), &three());
    for (id, numerator, denominator) in [
        // Parking: January's was due on February 6th and there, February's on March 6th and was not. Permits:
        // January's on February 6th was not, February's on March 6th was there.
        ("schedule", 2, 4),
        // Name has a check everywhere; spaces is a key of parking.
        ("contracts", 4, 9),
        ("drift-limits", 1, 3),
        ("standard-terms", 3, 9),
        // Two of the three that the standard asks for.
        ("standard-columns", 2, 3),
        ("structure", 1, 2),
        ("references", 96, 100),
        ("lineage", 2, 2),
        ("diagnosed", 2, 3),
        // Parking: 60 missing names became 2, 6 types stayed, 1 was new. Permits: 4, of which one was corrected.
        ("corrected", 59, 71),
        ("taken-over", 1, 1),
        ("refused", 1, 1),
        ("decided", 0, 1),
        ("reports", 1, 2),
        // Parking's newest: 9 of 240; permits' two: 4 of 100.
        ("error-rate", 13, 340),
        // Without the manager, who is not released.
        ("open-errors", 8, 190),
        ("open", 1, 3),
        ("machine-readable", 1, 1),
        ("shared", 2, 3),
    ] {
        assert_eq!(figure(&pack, id), Some((numerator, denominator)), "{id}");
    }
    let counted = pack
        .indicators
        .iter()
        .filter(|own| own.state == State::Counted);
    assert_eq!(counted.count(), 19);
    let by_people = pack
        .indicators
        .iter()
        .filter(|own| own.state == State::NotInRecords);
    for own in by_people {
        assert!(own.parts.is_empty() && !own.add.ko.is_empty(), "{}", own.id);
    }
}

#[test]
fn the_months_tell_how_it_stood_then() {
    let pack = tally::pack(&city(), &scope(None), &three());
    let months: Vec<(String, u64, u64, u64)> = pack
        .months
        .iter()
        .map(|own| {
            (
                own.until.to_string(),
                own.datasets,
                own.errors,
                own.diagnosed,
            )
        })
        .collect();
    let month =
        |until: &str, datasets, errors, diagnosed| (until.to_owned(), datasets, errors, diagnosed);
    assert_eq!(
        months,
        [
            month("2026-01-31", 2, 12, 230),
            month("2026-02-28", 2, 12, 280),
            month("2026-03-31", 2, 13, 340),
        ]
    );
}

#[test]
fn a_year_without_records_counts_nothing_and_is_no_zero() {
    let nothing = vec![facts(
        dataset("parking", "transport", &json!({})),
        Vec::new(),
    )];
    let pack = tally::pack(&city(), &scope(None), &nothing);
    for id in [
        "error-rate",
        "corrected",
        "refused",
        "decided",
        "references",
        "schedule",
        "structure",
    ] {
        let own = pack.indicators.iter().find(|own| own.id == id).unwrap();
        assert_eq!(
            (own.state, own.numerator),
            (State::NothingToCount, None),
            "{id}"
        );
    }
    assert_eq!(figure(&pack, "diagnosed"), Some((0, 1)));
}

#[test]
fn the_same_records_have_the_same_hash_and_the_hash_is_of_the_json_without_it() {
    use sha2::{Digest as _, Sha256};
    let city = city();
    let pack = tally::pack(&city, &scope(None), &three());
    assert_eq!(
        pack.sha256,
        tally::pack(&city, &scope(None), &three()).sha256
    );
    let mut without = pack.clone();
    without.sha256 = String::new();
    let sum = Sha256::digest(serde_json::to_vec(&without).unwrap());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(pack.sha256, sum);
    let mut other = three();
    Arc::make_mut(&mut other[0].loads[0]).quarantined += 1;
    assert_ne!(pack.sha256, tally::pack(&city, &scope(None), &other).sha256);
}

#[test]
fn a_scope_is_a_year_that_has_begun_and_a_department_there_is() {
    let city = city();
    let read = |year: &str, department: Option<&str>| {
        Scope::read(&city, year, department, day("2026-11-26"))
    };
    let running = read("2026", Some("")).unwrap();
    assert_eq!(
        (running.until, running.department),
        (day("2026-11-26"), None)
    );
    let past = read("2025", Some("민원봉사과")).unwrap();
    assert_eq!(past.until, day("2025-12-31"));
    assert_eq!(past.department, Some(DepartmentId::from("civil")));
    for year in ["2027", "1999", "26", "02026", "year", ""] {
        let told = read(year, None).unwrap_err().to_string();
        assert!(told.contains("expected a year from 2000 to 2026"), "{told}");
    }
    let told = read("2026", Some("none")).unwrap_err().to_string();
    assert!(
        told.contains("the city has transport, civil, idle"),
        "{told}"
    );
}

fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Vec<Data>> {
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

#[test]
fn the_workbook_holds_what_was_counted_and_no_formula() {
    let mut all = three();
    // A title and a file that a spreadsheet would run.
    let mut shown = (*all[0].dataset).clone();
    shown.title = "=1+1".to_owned();
    all[0].dataset = Arc::new(shown);
    Arc::make_mut(&mut all[0].loads[2]).sources[0].name = "@SUM(A1).csv".to_owned();
    let pack = tally::pack(&city(), &scope(None), &all);
    let bytes = xlsx(&pack).unwrap();
    assert_eq!(
        bytes,
        xlsx(&pack).unwrap(),
        "the same pack has the same bytes"
    );
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(
        names,
        [
            "표지",
            "지표",
            "부서별",
            "지표별 내역",
            "오류율 추이",
            "규칙별 진단",
            "자료 목록",
            "적재 이력",
            "원천 파일"
        ]
    );
    for name in &names {
        let formulas = book.worksheet_formula(name).unwrap();
        assert!(formulas.used_cells().next().is_none(), "{name}");
    }
    let cover = sheet(&mut book, "표지");
    assert!(
        cover
            .iter()
            .flatten()
            .any(|cell| *cell == Data::String(pack.sha256.clone()))
    );
    let indicators = sheet(&mut book, "지표");
    assert_eq!(indicators.len(), pack.indicators.len() + 1);
    let rate = indicators
        .iter()
        .find(|row| row[1] == Data::String("데이터 오류율".into()))
        .unwrap();
    assert_eq!(
        (&rate[3], &rate[4]),
        (&Data::Float(13.0), &Data::Float(340.0))
    );
    assert_eq!(rate[6], Data::Float(13.0 / 340.0));
    let plan = indicators
        .iter()
        .find(|row| row[1] == Data::String("품질관리 계획수립".into()))
        .unwrap();
    assert_eq!(
        (&plan[3], &plan[7]),
        (
            &Data::Empty,
            &Data::String("이 시스템으로는 산정할 수 없음".into())
        )
    );
    let documents = sheet(&mut book, "자료 목록");
    assert_eq!(documents[1][2], Data::String("=1+1".into()));
    assert_eq!(documents.len(), 4);
    assert_eq!(sheet(&mut book, "적재 이력").len(), 7);
    let files = sheet(&mut book, "원천 파일");
    assert!(
        files
            .iter()
            .any(|row| row[2] == Data::String("@SUM(A1).csv".into()))
    );
    assert_eq!(sheet(&mut book, "규칙별 진단").len(), 5);
}

#[test]
fn the_paper_says_the_figures_the_documents_and_the_hash() {
    let pack = tally::pack(&city(), &scope(None), &three());
    let bytes = pdf(&pack).unwrap();
    let all = pages(&bytes).concat();
    for said in [
        "2026년 데이터 품질관리 증빙 자료",
        "기관 전체",
        "2026-01-01 ~ 2026-03-31",
        "데이터 오류율 오류율 13 340 3.8235%",
        "품질관리 계획수립 품질관리 계획 – – 이 시스템으로는 산정할 수 없음",
        "바로잡은 오류 59 71 83.1%",
        "교통정책과 9 240 3.75%",
        "민원봉사과 4 100 4%",
        "계 13 340 3.8235%",
        "2026-02 2026-02-28 2 12 280 4.2857%",
        "datasets/traffic/parking.toml",
        "parking/2026-02-05.csv",
        &pack.sha256,
        "madang evidence 2026 --json",
    ] {
        assert!(all.contains(&packed(said)), "{said}\n{all}");
    }
    let of_one = tally::pack(&city(), &scope(Some("civil")), &three()[1..]);
    let all = pages(&pdf(&of_one).unwrap()).concat();
    for said in [
        "민원봉사과",
        "permits 표 4 100 4%",
        "madang evidence 2026 --department civil --json",
    ] {
        assert!(all.contains(&packed(said)), "{said}\n{all}");
    }
    assert!(!all.contains("교통정책과"));
}

#[test]
fn a_paper_of_nothing_can_be_set() {
    let pack = tally::pack(&city(), &scope(Some("idle")), &[]);
    assert!(
        pages(&pdf(&pack).unwrap())
            .concat()
            .contains("산정할대상없음")
    );
    assert!(xlsx(&pack).is_ok());
}

prop_compose! {
    fn any_load()(outcome in 0..3_u8, month in 1..=3_u32, day in 1..=28_u32, errors in 0..50_u64, more in 0..50_u64, refers in any::<bool>()) -> (u8, u32, u32, u64, u64, bool) {
        (outcome, month, day, errors, errors + more, refers)
    }
}

prop_compose! {
    fn any_facts(at: usize)(department in 0..3_usize, open in any::<bool>(), grows in any::<bool>(), follows in any::<bool>(), loads in prop::collection::vec(any_load(), 0..6)) -> Facts {
        let id = format!("d{at}");
        let more = json!({
            "release": if open { "open" } else { "internal" },
            "load": {"mode": if grows { "append" } else { "snapshot" }},
            "standard": follows.then_some("parking"),
        });
        let department = ["transport", "civil", "idle"][department];
        let mut loads = loads;
        loads.sort_by_key(|own| (own.1, own.2));
        let loads = loads.into_iter().zip(1..).map(|((outcome, month, day, errors, diagnosed, refers), number)| {
            let outcome = ["loaded", "refused", "held"][usize::from(outcome)];
            let check = if refers { "refers-to" } else { "required" };
            let number = if outcome == "loaded" { number } else { 0 };
            load(&id, number, &format!("2026-{month:02}-{day:02}"), outcome, &[("name", check, errors, diagnosed)])
        }).collect();
        facts(dataset(&id, department, &more), loads)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn departments_add_up_to_the_city_and_no_part_is_more_than_the_whole(
        all in (0..5_usize).prop_flat_map(|count| (0..count).map(any_facts).collect::<Vec<_>>())
    ) {
        let city = city();
        let whole = tally::pack(&city, &scope(None), &all);
        let each: Vec<Pack> = ["transport", "civil", "idle"].into_iter().map(|id| {
            let own: Vec<Facts> = all.iter().filter(|own| own.dataset.department.as_str() == id).cloned().collect();
            tally::pack(&city, &scope(Some(id)), &own)
        }).collect();
        for (at, own) in whole.indicators.iter().enumerate() {
            let sum = |of: fn(&super::Indicator) -> Option<u64>| -> u64 {
                each.iter().filter_map(|pack| of(&pack.indicators[at])).sum()
            };
            prop_assert_eq!(sum(|own| own.numerator), own.numerator.unwrap_or_default(), "{}", own.id);
            prop_assert_eq!(sum(|own| own.denominator), own.denominator.unwrap_or_default(), "{}", own.id);
            for part in &own.parts {
                prop_assert!(part.numerator <= part.denominator, "{} {:?}", own.id, part);
            }
            let departments = whole.by_department(own);
            prop_assert_eq!(departments.iter().map(|own| own.2).sum::<u64>(), own.denominator.unwrap_or_default());
        }
        let rate = whole.indicators.iter().find(|own| own.id == "error-rate").unwrap();
        let rules = whole.checks.iter().fold((0, 0), |sum, own| (sum.0 + own.errors, sum.1 + own.diagnosed));
        prop_assert_eq!(rules, (rate.numerator.unwrap_or_default(), rate.denominator.unwrap_or_default()));
        let last = whole.months.last().unwrap();
        prop_assert_eq!(rules, (last.errors, last.diagnosed));
    }
}
