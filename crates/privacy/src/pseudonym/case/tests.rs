//! Cases of invented projects.

use city::recipe::LegalPurpose;

use super::*;

fn at(day: &str) -> DateTime<Utc> {
    format!("{day}T03:00:00Z").parse().unwrap()
}

fn event(day: &str, by: &str, act: Act) -> Event {
    Event {
        at: at(day),
        by: by.into(),
        act,
    }
}

fn prepare() -> Act {
    Act::Prepare {
        purpose: LegalPurpose::ScientificResearch,
        reason: "주차 수요 연구".into(),
        recipient: "한빛대학교".into(),
        from: "2026-12-01".parse().unwrap(),
        to: "2027-11-30".parse().unwrap(),
        reviewers: vec!["이누리".into(), "김가온".into()],
    }
}

fn risk() -> Act {
    Act::ReviewRisk {
        of_data: Risk::Middle,
        of_setting: Risk::Low,
        findings: "특이정보 없음".into(),
    }
}

fn processed(output: &str) -> Act {
    Act::Process {
        recipe: "r".into(),
        key_version: 1,
        key_fingerprint: "f".into(),
        input: "i".into(),
        output: output.into(),
        rows: 10,
        version: None,
        measured: None,
    }
}

fn adequate(output: &str) -> Act {
    Act::FindAdequate {
        output: output.into(),
        grounds: "가명처리 수준 충족".into(),
        conditions: None,
    }
}

fn inadequate(back_to: BackTo) -> Act {
    Act::FindInadequate {
        grounds: "나이가 너무 자세함".into(),
        back_to,
    }
}

fn until(step: Step) -> Case {
    let mut case = Case::new("study".into());
    let events = [
        event("2026-12-01", "박다온", prepare()),
        event("2026-12-02", "박다온", risk()),
        event("2026-12-03", "김가온", processed("o1")),
        event("2026-12-04", "이누리", adequate("o1")),
    ];
    for event in events {
        if case.step() == step {
            break;
        }
        case.apply(event).unwrap();
    }
    assert_eq!(case.step(), step);
    case
}

#[test]
fn five_steps_lead_to_safe_management_and_destruction() {
    let mut case = until(Step::SafeManagement);
    let hand_over = Act::HandOver {
        to: "한빛대학교".into(),
        output: "o1".into(),
    };
    case.apply(event("2026-12-05", "박다온", hand_over))
        .unwrap();
    assert!(!case.is_overdue("2027-11-30".parse().unwrap()));
    assert!(case.is_overdue("2027-12-01".parse().unwrap()));
    let destroy = Act::Destroy {
        reason: "기간 만료".into(),
    };
    case.apply(event("2027-12-01", "박다온", destroy)).unwrap();
    assert_eq!(case.step(), Step::Destroyed);
    assert_eq!(
        case.records_kept_until(),
        Some("2030-12-01".parse().unwrap())
    );
    assert!(!case.may_forget("2030-12-01".parse().unwrap()));
    assert!(case.may_forget("2030-12-02".parse().unwrap()));
    let note = Act::Note {
        text: "점검".into(),
    };
    assert!(case.apply(event("2027-12-02", "박다온", note)).is_err());
}

#[test]
fn nobody_reviews_their_own_work() {
    let mut case = until(Step::AdequacyReview);
    let refused = case.apply(event("2026-12-04", "김가온", adequate("o1")));
    assert_eq!(refused, Err(Refusal::OwnWork("김가온".into())));
    let refused = case.apply(event("2026-12-04", "박다온", adequate("o1")));
    assert_eq!(
        refused,
        Err(Refusal::OwnWork("박다온".into())),
        "who prepared it"
    );
    let refused = case.apply(event("2026-12-04", "최나래", adequate("o1")));
    assert_eq!(refused, Err(Refusal::NoReviewer("최나래".into())));
    // Not even of a later try by somebody else.
    case.apply(event(
        "2026-12-04",
        "이누리",
        inadequate(BackTo::Processing),
    ))
    .unwrap();
    case.apply(event("2026-12-05", "박다온", processed("o2")))
        .unwrap();
    let refused = case.apply(event("2026-12-06", "김가온", adequate("o2")));
    assert_eq!(refused, Err(Refusal::OwnWork("김가온".into())));
    case.apply(event("2026-12-06", "이누리", adequate("o2")))
        .unwrap();
}

#[test]
fn an_inadequate_result_goes_back() {
    for (back_to, step) in [
        (BackTo::RiskReview, Step::RiskReview),
        (BackTo::Processing, Step::Processing),
    ] {
        let mut case = until(Step::AdequacyReview);
        assert_eq!(
            case.apply(event("2026-12-04", "이누리", inadequate(back_to))),
            Ok(step)
        );
    }
}

#[test]
fn just_the_result_that_was_made_is_found_adequate_and_handed_over() {
    let mut case = until(Step::AdequacyReview);
    let refused = case.apply(event("2026-12-04", "이누리", adequate("o0")));
    assert_eq!(refused, Err(Refusal::AnotherResult("o1".into())));
    let mut case = until(Step::SafeManagement);
    let hand_over = Act::HandOver {
        to: "한빛대학교".into(),
        output: "o0".into(),
    };
    assert!(
        case.apply(event("2026-12-05", "박다온", hand_over))
            .is_err()
    );
}

#[test]
fn no_step_is_left_out_and_time_does_not_run_backwards() {
    let every = [prepare(), risk(), processed("o1"), adequate("o1")];
    let steps = [
        Step::Preparation,
        Step::RiskReview,
        Step::Processing,
        Step::AdequacyReview,
    ];
    for step in steps.into_iter().chain([Step::SafeManagement]) {
        for (act, belongs) in every.iter().zip(steps) {
            let mut case = until(step);
            let by = if matches!(act, Act::FindAdequate { .. }) {
                "이누리"
            } else {
                "박다온"
            };
            let found = case.apply(event("2026-12-09", by, act.clone()));
            assert_eq!(found.is_ok(), step == belongs, "{step:?} {act:?} {found:?}");
        }
    }
    let mut case = until(Step::RiskReview);
    let refused = case.apply(event("2026-11-30", "박다온", risk()));
    assert!(matches!(refused, Err(Refusal::Backwards(_))));
    assert_eq!(
        case.events.len(),
        1,
        "a refused event leaves nothing behind"
    );
}

#[test]
fn data_are_processed_within_the_period_alone_by_korean_days() {
    let mut case = until(Step::Processing);
    let refused = case.apply(event("2027-12-01", "김가온", processed("o1")));
    assert!(matches!(refused, Err(Refusal::OutsidePeriod { .. })));
    // In Korea it is the first of December already.
    let early = Event {
        at: "2027-11-30T15:00:00Z".parse().unwrap(),
        by: "김가온".into(),
        act: processed("o1"),
    };
    assert!(case.apply(early).is_err());
    let last = Event {
        at: "2027-11-30T14:59:59Z".parse().unwrap(),
        by: "김가온".into(),
        act: processed("o1"),
    };
    assert!(case.apply(last).is_ok());
}

#[test]
fn a_case_is_taken_up_again_from_its_records() {
    let case = until(Step::SafeManagement);
    let text = serde_json::to_string(&case).unwrap();
    let read: Case = serde_json::from_str(&text).unwrap();
    let again = Case::resume(read.project, read.events).unwrap();
    assert_eq!(again, case);
    let mut torn = case.events;
    torn.remove(1);
    assert_eq!(Case::resume("study".into(), torn).unwrap_err().0, 1);
}

#[test]
fn what_says_nothing_is_refused() {
    let mut case = Case::new("study".into());
    assert_eq!(
        case.apply(event("2026-12-01", " ", prepare())),
        Err(Refusal::Unsaid("by"))
    );
    let mut act = prepare();
    if let Act::Prepare { reviewers, .. } = &mut act {
        reviewers.clear();
    }
    assert_eq!(
        case.apply(event("2026-12-01", "박다온", act)),
        Err(Refusal::Unsaid("reviewers"))
    );
}
