//! Whether a project's result may leave: its case stands where it must, these are the bytes that were reviewed, the
//! period is not over, and the key that made the pseudonyms is there to be destroyed.

use chrono::NaiveDate;
use city::{GateCheck, GateWhat};

use super::check;
use crate::pseudonym::case::{Act, Case, Step};

/// The checks of a project on a day. `key` is the fingerprint of the key that is there now, or why it is not.
pub fn checks(
    case: &Case,
    sha256: &str,
    today: NaiveDate,
    key: &Result<String, String>,
) -> Vec<GateCheck> {
    vec![
        step(case),
        reviewed(case, sha256),
        period(case, today),
        alive(case, key),
    ]
}

fn step(case: &Case) -> GateCheck {
    let step = case.step();
    let holds = step == Step::SafeManagement;
    let name = step.korean();
    let (ko, en) = if holds {
        (
            "다른 사람이 적정성을 검토했고, 안전한 관리 단계에 있습니다.".to_owned(),
            "another person found it adequate, and it is safely managed".to_owned(),
        )
    } else {
        (
            format!("사업이 ‘{name}’ 단계에 있습니다. 적정성 검토를 마친 뒤에 내보낼 수 있습니다."),
            format!(
                "the project stands at `{name}`; it leaves once somebody else found it adequate"
            ),
        )
    };
    check(GateWhat::Project, holds, ko, en)
}

fn reviewed(case: &Case, sha256: &str) -> GateCheck {
    let last = case.events.iter().rev().find_map(|event| match &event.act {
        Act::FindAdequate { output, .. } => Some(output.as_str()),
        _ => None,
    });
    let holds = last == Some(sha256);
    let (ko, en) = if holds {
        (
            "검토한 결과물과 같은 바이트입니다.",
            "these are the bytes that were reviewed",
        )
    } else {
        (
            "검토한 결과물과 다른 바이트입니다. 다시 검토하십시오.",
            "these are not the bytes that were reviewed; have them reviewed",
        )
    };
    check(GateWhat::Project, holds, ko, en)
}

fn period(case: &Case, today: NaiveDate) -> GateCheck {
    let Some((from, to)) = case.period() else {
        return check(
            GateWhat::Period,
            false,
            "사업의 기간이 정해지지 않았습니다.",
            "the project has no period",
        );
    };
    let holds = (from..=to).contains(&today);
    let (ko, en) = if holds {
        (
            format!("처리 기간({from}~{to}) 안입니다."),
            format!("today lies within the period of {from} to {to}"),
        )
    } else {
        (
            format!("처리 기간({from}~{to}) 밖입니다."),
            format!("today lies outside the period of {from} to {to}"),
        )
    };
    check(GateWhat::Period, holds, ko, en)
}

fn alive(case: &Case, key: &Result<String, String>) -> GateCheck {
    let made = case.events.iter().rev().find_map(|event| match &event.act {
        Act::Process {
            key_fingerprint, ..
        } => Some(key_fingerprint.as_str()),
        _ => None,
    });
    let (holds, ko, en) = match (key, made) {
        (Ok(found), Some(made)) if found == made => (
            true,
            "가명을 만든 키가 따로 보관되어 있습니다.".to_owned(),
            "the key that made the pseudonyms is kept apart".to_owned(),
        ),
        (Ok(_), _) => (
            false,
            "보관된 키가 가명을 만든 키가 아닙니다.".to_owned(),
            "the key that is there is not the one that made the pseudonyms".to_owned(),
        ),
        (Err(why), _) => (
            false,
            format!("가명을 만든 키가 없습니다: {why}"),
            format!("the key that made the pseudonyms is not there: {why}"),
        ),
    };
    check(GateWhat::Key, holds, ko, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pseudonym::case::{Event, Risk};

    fn case(adequate: bool) -> Case {
        let at = |day: u32| format!("2026-12-{day:02}T03:00:00Z").parse().unwrap();
        let mut case = Case::new("study".into());
        let mut acts = vec![
            (
                "data",
                serde_json::json!({"act": "prepare", "purpose": "statistics", "reason": "연구", "recipient": "대학교",
                "from": "2026-12-01", "to": "2026-12-31", "reviewers": ["officer"]}),
            ),
            (
                "data",
                serde_json::json!({"act": "review-risk", "of-data": Risk::Low, "of-setting": Risk::Low, "findings": "없음"}),
            ),
            (
                "data",
                serde_json::json!({"act": "process", "recipe": "r", "key-version": 1, "key-fingerprint": "f",
                "input": "i", "output": "o", "rows": 2}),
            ),
        ];
        if adequate {
            acts.push((
                "officer",
                serde_json::json!({"act": "find-adequate", "output": "o", "grounds": "충분함"}),
            ));
        }
        for (day, (by, act)) in acts.into_iter().enumerate() {
            let event = Event {
                at: at(u32::try_from(day).unwrap() + 1),
                by: by.to_owned(),
                act: serde_json::from_value(act).unwrap(),
            };
            case.apply(event).unwrap();
        }
        case
    }

    fn refused(case: &Case, sha256: &str, day: &str, key: Result<&str, &str>) -> Vec<GateWhat> {
        let key = key.map(str::to_owned).map_err(str::to_owned);
        let checks = checks(case, sha256, day.parse().unwrap(), &key);
        let refused = checks.iter().filter(|check| !check.holds);
        refused.map(|check| check.what).collect()
    }

    #[test]
    fn a_result_leaves_only_as_it_was_reviewed_in_time_and_with_its_key() {
        let done = case(true);
        assert_eq!(refused(&done, "o", "2026-12-31", Ok("f")), []);
        assert_eq!(refused(&case(false), "o", "2026-12-31", Ok("f")).len(), 2);
        assert_eq!(
            refused(&done, "other", "2026-12-31", Ok("f")),
            [GateWhat::Project]
        );
        assert_eq!(
            refused(&done, "o", "2027-01-01", Ok("f")),
            [GateWhat::Period]
        );
        assert_eq!(refused(&done, "o", "2026-12-31", Ok("g")), [GateWhat::Key]);
        assert_eq!(
            refused(&done, "o", "2026-12-31", Err("파기")),
            [GateWhat::Key]
        );
    }
}
