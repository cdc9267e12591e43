//! The report of a project that its reviewer signs: what for, what became of each column, who did what when. It is
//! Markdown, and the same as a paper.

use std::fmt::Write as _;

use chrono::NaiveDate;
use paper::{About, PaperError};
use serde_json::{Value, json};

use crate::desk::{Happened, Project, ProjectMeasured};

const TEMPLATE: &str = include_str!("report.typ");

/// What an act is called.
fn name(act: &str) -> &'static str {
    match act {
        "prepare" => "① 사전준비",
        "review-risk" => "② 위험성 검토",
        "process" => "③ 가명처리",
        "find-adequate" => "④ 적정성 검토: 적정",
        "find-inadequate" => "④ 적정성 검토: 부적정",
        "hand-over" => "⑤ 제공",
        "note" => "⑤ 관리 기록",
        "destroy" => "파기",
        _ => "기록",
    }
}

/// What was said with it, in a line.
fn said(event: &Happened) -> String {
    let keys = [
        ("findings", ""),
        ("grounds", ""),
        ("conditions", "조건: "),
        ("text", ""),
        ("reason", ""),
        ("to", "제공받는 곳: "),
        ("rows", "행 수: "),
        ("output", "SHA-256: "),
    ];
    let told = keys.iter().filter_map(|(key, label)| {
        // The last day of a period goes by the same word.
        if *key == "to" && event.act != "hand-over" {
            return None;
        }
        let value = &event.said[*key];
        let text = value.as_str().map(str::to_owned);
        let text = text.or_else(|| value.as_u64().map(|number| number.to_string()));
        text.map(|text| format!("{label}{text}"))
    });
    told.collect::<Vec<_>>().join(" / ")
}

fn facts(project: &Project) -> Vec<(&'static str, String)> {
    let result = project.result.as_ref();
    vec![
        ("사업", format!("{} ({})", project.title, project.id)),
        (
            "처리 목적",
            format!("{}: {}", project.purpose, project.reason),
        ),
        ("원본 데이터셋", project.dataset.to_string()),
        ("제공받는 곳", project.recipient.clone()),
        ("처리 기간", format!("{} ~ {}", project.from, project.to)),
        ("처리자", project.processor.clone()),
        ("검토자", project.reviewers.join(", ")),
        (
            "결과물",
            result.map_or_else(
                || {
                    let gone = project.step == "destroyed";
                    (if gone { "없음 (만들지 않고 파기)" } else { "아직 없음" }).to_owned()
                },
                |own| {
                    let gone = if own.is_there { "" } else { " (파기됨)" };
                    format!("{}행, SHA-256 {}{gone}", own.rows, own.sha256)
                },
            ),
        ),
        (
            "남은 식별 위험",
            project.measured.as_ref().map_or_else(
                || "잰 것 없음 (견주어 알아볼 수 있는 항목이 나가지 않거나, 재기 전에 처리했습니다)".to_owned(),
                told,
            ),
        ),
    ]
}

/// How far rows stand out, in a line.
fn told(measured: &ProjectMeasured) -> String {
    format!(
        "{} 항목으로 볼 때 {}행이 {}묶음. 가장 작은 묶음 {}행, 혼자인 행 {}개, 가장 큰 위험 {:.1} %",
        measured.quasi.join("·"),
        measured.rows,
        measured.classes,
        measured.smallest,
        measured.alone,
        measured.largest_risk * 100.0
    )
}

/// The report as Markdown.
pub fn markdown(project: &Project) -> String {
    let mut text = String::from("# 가명처리 적정성 검토 보고서\n\n");
    // Writing into a String cannot fail.
    for (label, value) in facts(project) {
        let _: std::fmt::Result = writeln!(text, "- {label}: {}", plain(&value));
    }
    text.push_str("\n## 항목별 처리\n\n| 항목 | 기법 |\n| --- | --- |\n");
    for column in &project.columns {
        let techniques = column.techniques.join(", ");
        let _: std::fmt::Result = writeln!(text, "| {} | {techniques} |", column.name);
    }
    text.push_str("\n## 처리 기록\n\n| 때 | 사람 | 단계 | 내용 |\n| --- | --- | --- | --- |\n");
    for event in &project.events {
        let _: std::fmt::Result = writeln!(
            text,
            "| {} | {} | {} | {} |",
            event.at.format("%Y-%m-%d %H:%M UTC"),
            plain(&event.by),
            name(&event.act),
            plain(&said(event)),
        );
    }
    text.push_str(
        "\n## 검토 의견\n\n- [ ] 목적에 필요한 항목만 남아 있습니다.\n- [ ] 추가정보 없이 개인을 알아볼 수 없습니다.\n- [ ] 추가정보(키)는 따로 보관합니다.\n\n\
판정: 적정 / 조건부 적정 / 부적정\n\n| 구분 | 소속 | 이름 | 날짜 | 서명 |\n| --- | --- | --- | --- | --- |\n| 처리한 사람 |  |  |  |  |\n| 검토한 사람 |  |  |  |  |\n",
    );
    text
}

/// Text that breaks no table.
fn plain(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// The report as a paper. It takes seconds: not for a thread that answers others.
///
/// # Errors
/// When it cannot be set.
pub fn pdf(project: &Project, city: &str, day: NaiveDate) -> Result<Vec<u8>, PaperError> {
    let about = About {
        title: format!("가명처리 적정성 검토 보고서 ({})", project.title),
        author: city.to_owned(),
        date: day,
    };
    paper::pdf(TEMPLATE, &data(project), &about)
}

fn data(project: &Project) -> Value {
    let row = |event: &Happened| {
        json!([
            event.at.format("%Y-%m-%d %H:%M").to_string(),
            event.by,
            name(&event.act),
            said(event),
        ])
    };
    json!({
        "whom": project.title,
        "facts": facts(project),
        "columns": project.columns.iter().map(|own| json!([own.name, own.techniques.join(", ")])).collect::<Vec<_>>(),
        "events": project.events.iter().map(row).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::ProjectColumn;

    fn project() -> Project {
        Project {
            id: "study".to_owned(),
            title: "수강 연구".to_owned(),
            title_en: None,
            purpose: "통계작성".to_owned(),
            reason: "연령대별 수강을 봅니다.".to_owned(),
            dataset: "enrolments".into(),
            recipient: "한빛대학교".to_owned(),
            from: "2026-12-01".to_owned(),
            to: "2027-11-30".to_owned(),
            processor: "data".to_owned(),
            reviewers: vec!["officer".to_owned()],
            columns: vec![ProjectColumn {
                name: "born".to_owned(),
                techniques: vec!["범위 방법".to_owned()],
            }],
            step: "risk-review".to_owned(),
            events: vec![Happened {
                at: chrono::DateTime::UNIX_EPOCH,
                by: "data".to_owned(),
                act: "review-risk".to_owned(),
                said: json!({"findings": "가|나\n특이정보 없음"}),
            }],
            result: None,
            measured: Some(ProjectMeasured {
                quasi: vec!["born".to_owned()],
                rows: 40,
                classes: 5,
                smallest: 4,
                alone: 0,
                largest_risk: 0.25,
            }),
            is_overdue: false,
            has_key: false,
            kept_until: None,
        }
    }

    #[test]
    fn the_report_says_who_did_what_and_breaks_no_table() {
        let text = markdown(&project());
        assert!(
            text.contains("| data | ② 위험성 검토 | 가\\|나 특이정보 없음 |"),
            "{text}"
        );
        assert!(
            text.contains("| born | 범위 방법 |")
                && text.contains("서명")
                && text.contains("가장 작은 묶음 4행, 혼자인 행 0개, 가장 큰 위험 25.0 %"),
            "{text}"
        );
    }

    #[test]
    fn the_same_report_is_a_paper() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let bytes = pdf(&project(), "한빛시", day).unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
    }
}
