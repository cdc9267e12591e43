//! One page in Korean that a reviewer reads and signs: what was wished, what came of it, how great the risk is that stays.

use super::judge::Wish;
use super::release::{Choice, Outcome};
use super::risk::{AT_RISK, Assessment, Risk};
use super::write::Written;

/// What the page tells.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// The file that was made anonymous.
    pub input: &'f str,
    /// The sensitive column.
    pub sensitive: Option<&'f str>,
    /// The day the page is made, as it is to be read.
    pub day: &'f str,
    /// What was wished.
    pub wish: &'f Wish,
    /// How the search ended.
    pub outcome: &'f Outcome,
    /// What was chosen.
    pub choice: &'f Choice,
    /// Risk and use.
    pub assessment: &'f Assessment,
    /// The file that was written, if one was.
    pub written: Option<(&'f str, &'f Written)>,
}

/// The page, as Markdown.
pub fn page(facts: &Facts<'_>) -> String {
    let mut page = String::from("# 익명처리 적정성 검토서\n\n");
    for part in [
        wished(facts),
        found(facts),
        columns(facts),
        risks(facts),
        written(facts),
    ] {
        page.push_str(&part);
        page.push('\n');
    }
    page.push_str(SIGNATURE);
    page
}

const SIGNATURE: &str = "## 검토 의견\n\n\
- [ ] 이용 목적에 필요한 항목만 남아 있습니다.\n\
- [ ] 준식별자와 민감 항목을 빠짐없이 골랐습니다.\n\
- [ ] 남은 위험은 제공받는 곳의 환경에서 받아들일 수 있습니다.\n\n\
판정: 적정 / 부적정 (사유:                                   )\n\n\
| 구분 | 소속 | 이름 | 날짜 | 서명 |\n| --- | --- | --- | --- | --- |\n\
| 처리한 사람 |  |  |  |  |\n| 검토한 사람 |  |  |  |  |\n";

fn wished(facts: &Facts<'_>) -> String {
    let models: Vec<String> = facts.wish.models.iter().map(ToString::to_string).collect();
    format!(
        "## 요청\n\n- 원본: {}\n- 작성일: {}\n- 보호 모델: {}\n- 민감 항목: {}\n- 삭제 허용 비율: {}\n- 손실 지표: {}\n",
        facts.input,
        facts.day,
        models.join(", "),
        facts.sensitive.unwrap_or("정하지 않음"),
        percent(facts.wish.suppression),
        facts.wish.metric,
    )
}

fn found(facts: &Facts<'_>) -> String {
    let proof = if facts.outcome.is_proven {
        "이보다 손실이 작은 일반화는 없음을 확인했습니다.".to_owned()
    } else {
        format!(
            "찾기를 도중에 멈추었습니다. 손실이 {:.6}보다 작은 일반화는 없습니다.",
            facts.outcome.bound
        )
    };
    let before = facts.assessment.before.rows;
    let after = facts.assessment.after.rows;
    format!(
        "## 결과\n\n- 일반화 단계: {}\n- 손실: {:.6} ({proof})\n- 그대로 둔 행: {} / {} ({})\n- 값을 지운 행: {}\n- 동질 집합: {}개, 가장 작은 집합 {}행\n",
        facts.choice.transformation(),
        facts.choice.score,
        grouped(after),
        grouped(before),
        percent(share(after, before)),
        grouped(before - after.min(before)),
        grouped(facts.assessment.after.classes),
        grouped(least(&facts.assessment.after)),
    )
}

fn columns(facts: &Facts<'_>) -> String {
    let mut text = String::from(
        "## 준식별자\n\n| 항목 | 단계 (가장 높은 단계) | 값의 수 전 → 후 | 손실 |\n| --- | --- | --- | --- |\n",
    );
    for column in &facts.assessment.columns {
        text.push_str(&format!(
            "| {} | {} ({}) | {} → {} | {} |\n",
            column.column.replace('|', "\\|"),
            column.level,
            column.top,
            grouped(column.values_before as u64),
            grouped(column.values_after as u64),
            percent(column.loss),
        ));
    }
    text
}

fn risks(facts: &Facts<'_>) -> String {
    let (before, after) = (&facts.assessment.before, &facts.assessment.after);
    let line = |name: &str, of: &dyn Fn(&Risk) -> f64| {
        format!(
            "| {name} | {} | {} |\n",
            percent(of(before)),
            percent(of(after))
        )
    };
    let mut text =
        String::from("## 재식별 위험\n\n| 위험 | 처리 전 | 처리 후 |\n| --- | --- | --- |\n");
    text.push_str(&line(
        "가장 큰 위험 (대상이 있음을 아는 공격자)",
        &|risk| risk.prosecutor_max,
    ));
    text.push_str(&line(
        "평균 위험 (대상이 있음을 아는 공격자)",
        &|risk| risk.prosecutor_mean,
    ));
    text.push_str(&line(
        "가장 큰 위험 (대상이 있는지 모르는 공격자)",
        &|risk| risk.journalist_max,
    ));
    text.push_str(&line(
        "평균 위험 (대상이 있는지 모르는 공격자)",
        &|risk| risk.journalist_mean,
    ));
    text.push_str(&line(
        "모두를 찾으려는 공격자가 맞히는 비율",
        &|risk| risk.marketer,
    ));
    let name = format!("위험이 {}를 넘는 행의 비율", percent(AT_RISK));
    text.push_str(&line(&name, &|risk| risk.at_risk));
    text.push_str(&line("혼자뿐인 행의 비율", &|risk| risk.alone));
    text
}

fn written(facts: &Facts<'_>) -> String {
    let Some((file, written)) = facts.written else {
        return "## 내보낼 파일\n\n- 아직 쓰지 않았습니다.\n".to_owned();
    };
    let verdict = if written.verdict.holds() {
        "모두 지켜집니다"
    } else {
        "지켜지지 않는 모델이 있습니다"
    };
    format!(
        "## 내보낼 파일\n\n- 파일: {file}\n- 행: {} (준식별자를 지운 행 {}, 뺀 행 {})\n- 쓴 파일을 다른 프로그램 부분으로 다시 잰 결과: {verdict}\n",
        grouped(written.rows),
        grouped(written.emptied),
        grouped(written.left_out),
    )
}

/// Rows of the smallest class.
fn least(risk: &Risk) -> u64 {
    if risk.prosecutor_max > 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "one part in a count of rows, turned round, is that count"
        )]
        let rows = (1.0 / risk.prosecutor_max).round() as u64;
        rows
    } else {
        0
    }
}

fn share(part: u64, all: u64) -> f64 {
    super::problem::whole(part) / super::problem::whole(all.max(1))
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

/// `30,162`
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1000, 30162, 1_234_567].map(grouped),
            ["0", "999", "1,000", "30,162", "1,234,567"]
        );
    }
}
