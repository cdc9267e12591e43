//! Figures and words of the pack as people read them; the papers are Korean.

use access::Outcome;
use city::dataset::{Cadence, Release};

use super::pack::{Indicator, State};

/// A count with commas.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in percent: of faults with four digits behind the point, else with two. What is not whole is never shown
/// as 100, what is not nothing never as 0.
pub fn percent(numerator: u64, denominator: u64, is_fault: bool) -> String {
    let digits: u32 = if is_fault { 4 } else { 2 };
    let Some(whole) = 100_u128
        .checked_mul(10_u128.pow(digits))
        .filter(|_| denominator > 0)
    else {
        return String::new();
    };
    let (part, all) = (u128::from(numerator), u128::from(denominator));
    let mut steps = (part * whole * 2 + all) / (all * 2);
    if numerator > 0 && steps == 0 {
        return format!("<0.{}1%", "0".repeat(digits as usize - 1));
    }
    if numerator < denominator && steps >= whole {
        steps = whole - 1;
    }
    let point = 10_u128.pow(digits);
    let width = digits as usize;
    let text = format!("{}.{:0width$}", steps / point, steps % point);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}%")
}

/// The figure, or why there is none.
pub fn figure(of: &Indicator) -> String {
    match (of.state, of.numerator, of.denominator) {
        (State::Counted, Some(numerator), Some(denominator)) => {
            percent(numerator, denominator, of.is_fault)
        }
        (State::NotInRecords, ..) => "이 시스템으로는 산정할 수 없음".to_owned(),
        _ => "산정할 대상 없음".to_owned(),
    }
}

/// A check's name.
pub fn check(word: &str) -> &str {
    match word {
        "type" => "자료형",
        "required" => "필수값",
        "unique" => "유일성",
        "range" => "범위",
        "pattern" => "형식",
        "in" => "허용값",
        "max-length" | "max-bytes" => "길이",
        "multiple-of" => "배수",
        "refers-to" => "참조",
        "inside" => "위치 구역",
        "place" => "좌표",
        "date-order" => "날짜 순서",
        "number-order" => "수 순서",
        "sum-equals" => "합계",
        "any-of" => "하나 이상 입력",
        "both-or-none" => "함께 입력",
        "when" => "조건",
        "mentions" => "주소와 값 일치",
        "fresh-within" => "최신성",
        "record" => "행 구성",
        other => other,
    }
}

/// The dimension a check belongs to.
pub fn dimension(check: &str) -> &'static str {
    match city::dimension::dimension_of(check) {
        "completeness" => "완전성",
        "uniqueness" => "유일성",
        "consistency" => "일관성",
        "accuracy" => "정확성",
        "timeliness" => "적시성",
        _ => "유효성",
    }
}

/// How a load ended.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Loaded => "적재",
        Outcome::Refused => "거부",
        Outcome::Held => "대기",
    }
}

/// How often a source changes.
pub fn cadence(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Hourly => "매시간",
        Cadence::Daily => "매일",
        Cadence::Weekly => "매주",
        Cadence::Monthly => "매월",
        Cadence::Quarterly => "매분기",
        Cadence::HalfYearly => "반기",
        Cadence::Yearly => "매년",
        Cadence::Irregular => "수시",
        Cadence::Once => "1회",
    }
}

/// Whether the public may have it.
pub fn release(release: Release) -> &'static str {
    match release {
        Release::Open => "개방",
        Release::OnRequest => "신청 제공",
        Release::Internal => "내부",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_says_no_more_than_it_is() {
        assert_eq!(percent(1, 3, false), "33.33%");
        assert_eq!(percent(2, 3, false), "66.67%");
        assert_eq!(percent(0, 3, false), "0%");
        assert_eq!(percent(3, 3, false), "100%");
        assert_eq!(percent(99_999, 100_000, false), "99.99%", "not 100");
        assert_eq!(percent(1, 1_000_000, false), "<0.01%", "not 0");
        assert_eq!(percent(1, 8, true), "12.5%");
        assert_eq!(percent(1, 30_000, true), "0.0033%");
        assert_eq!(percent(u64::MAX, u64::MAX, true), "100%");
        assert_eq!(percent(0, 0, true), "");
    }

    #[test]
    fn counts_have_commas() {
        let shown = [0, 999, 1000, 12_345_678].map(count);
        assert_eq!(shown, ["0", "999", "1,000", "12,345,678"]);
    }
}
