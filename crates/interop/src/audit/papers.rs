//! The review and the answer to a person as papers, and the review as a table.

use chrono::{DateTime, NaiveDate, Utc};
use city::calendar::{korean_day, korean_time};
use city::review::Cycle;
use city::{City, Lang};
use paper::{About, PaperError};
use records::reviews::{Question, Reviewed, Said};
use serde_json::{Value, json};

use super::department_of;
use super::subject::{Answer, Line};
use super::words::{counted, kind, outcome, sentence};
use crate::downloads::is_formula;

const REVIEW: &str = include_str!("review.typ");
const SUBJECT: &str = include_str!("subject.typ");

/// The title of a review's paper.
pub fn review_title(review: &Reviewed) -> String {
    format!(
        "접속기록 점검 결과 ({} ~ {})",
        review.since,
        last_day(review)
    )
}

/// The last day a review is of.
pub fn last_day(review: &Reviewed) -> NaiveDate {
    review.until.pred_opt().unwrap_or(review.until)
}

/// The review as a paper. It takes seconds: not for a thread that answers others.
///
/// # Errors
/// When it cannot be set.
pub fn review(city: &City, review: &Reviewed, now: DateTime<Utc>) -> Result<Vec<u8>, PaperError> {
    let about = About {
        title: review_title(review),
        author: city.provider().to_owned(),
        date: korean_day(now),
    };
    paper::pdf(REVIEW, &review_data(city, review), &about)
}

fn moment(at: DateTime<Utc>) -> String {
    korean_time(at).format("%Y-%m-%d %H:%M").to_string()
}

fn size(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX))
}

fn review_data(city: &City, review: &Reviewed) -> Value {
    let cycle = match review.rules.cycle {
        Cycle::Weekly => "매주",
        Cycle::Monthly => "매월",
        Cycle::Quarterly => "분기마다",
    };
    let looks = review.rules.looks_for.iter();
    let looks: Vec<&str> = looks.map(|own| kind(*own, Lang::Ko)).collect();
    let open = review.open().count();
    let closed = match &review.closed {
        Some(said) => format!("{} {} ({})", moment(said.at), said.who, said.words),
        None => "아직 종결하지 않았습니다".to_owned(),
    };
    json!({
        "title": "접속기록 점검 결과",
        "whom": city.provider(),
        "facts": [
            ["점검 대상", format!("{} ~ {}", review.since, last_day(review))],
            ["점검 주기", cycle],
            ["점검한 기록", format!("{}건", counted(review.entries))],
            ["점검 항목", looks.join(", ")],
            ["점검한 때", moment(review.made_at)],
            ["소명 기한", review.answer_by.to_string()],
            ["살펴볼 것", format!("{}건 (처리 전 {}건)", size(review.questions.len()), size(open))],
            ["종결", closed],
        ],
        "questions": review.questions.iter().map(|own| question(city, review, own)).collect::<Vec<_>>(),
    })
}

fn question(city: &City, review: &Reviewed, own: &Question) -> Value {
    let department = department_of(city, &own.outlier.who).map_or("", |(ko, _)| ko);
    let said = |said: &Said| format!("{} ({}, {})", said.words, said.who, moment(said.at));
    let explained: Vec<String> = own.explained.iter().map(said).collect();
    let entries: Vec<String> = own
        .outlier
        .entries
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "kind": kind(own.outlier.kind, Lang::Ko),
        "facts": [
            ["대상자", format!("{} {department}", own.outlier.who).trim()],
            ["까닭", sentence(city, &review.rules, &own.outlier, Lang::Ko)],
            ["기록 번호", entries.join(", ")],
            ["소명", if explained.is_empty() { "없음".to_owned() } else { explained.join("\n") }],
            ["처리", own.outcome.as_ref().map_or_else(
                || "처리 전".to_owned(),
                |(word, words)| format!("{}: {}", outcome(*word, Lang::Ko), said(words)),
            )],
        ],
    })
}

/// The review as a table for a spreadsheet.
pub fn review_csv(city: &City, review: &Reviewed) -> String {
    let heads = [
        "번호",
        "대상자",
        "부서",
        "구분",
        "까닭",
        "기록 번호",
        "소명",
        "처리",
        "처리 의견",
        "처리자",
        "처리 일시",
    ];
    let mut out = String::from("\u{feff}");
    line(&mut out, &heads.map(str::to_owned));
    for own in &review.questions {
        let explained: Vec<&str> = own
            .explained
            .iter()
            .map(|said| said.words.as_str())
            .collect();
        let entries: Vec<String> = own
            .outlier
            .entries
            .iter()
            .map(ToString::to_string)
            .collect();
        let concluded = own.outcome.as_ref();
        let said =
            |of: fn(&Said) -> String| concluded.map_or_else(String::new, |(_, said)| of(said));
        line(
            &mut out,
            &[
                own.id.to_string(),
                own.outlier.who.clone(),
                department_of(city, &own.outlier.who)
                    .map_or_else(String::new, |(ko, _)| ko.to_owned()),
                kind(own.outlier.kind, Lang::Ko).to_owned(),
                sentence(city, &review.rules, &own.outlier, Lang::Ko),
                entries.join(" "),
                explained.join(" / "),
                concluded.map_or_else(String::new, |(word, _)| outcome(*word, Lang::Ko).to_owned()),
                said(|said| said.words.clone()),
                said(|said| said.who.clone()),
                said(|said| moment(said.at)),
            ],
        );
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push('"');
        if is_formula(cell) {
            out.push('\'');
        }
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
    out.push_str("\r\n");
}

/// The title of the answer's paper.
pub const SUBJECT_TITLE: &str = "개인정보 열람 기록 확인서";

/// The answer to a person as a paper. It takes seconds: not for a thread that answers others.
///
/// # Errors
/// When it cannot be set.
pub fn subject(city: &City, answer: &Answer) -> Result<Vec<u8>, PaperError> {
    let about = About {
        title: SUBJECT_TITLE.to_owned(),
        author: city.provider().to_owned(),
        date: korean_day(answer.at),
    };
    paper::pdf(SUBJECT, &subject_data(city, answer), &about)
}

/// What is said of a value that was found in no data.
const NOWHERE: &str =
    "없음. 이 값은 지금 있는 자료와 열람된 자료 어디에도 없습니다. 잘못 적은 값일 수 있습니다.";

fn subject_data(city: &City, answer: &Answer) -> Value {
    let shown = u64::try_from(answer.lines.len()).unwrap_or(u64::MAX);
    json!({
        "title": SUBJECT_TITLE,
        "whom": city.provider(),
        "facts": [
            ["확인한 값", format!("{} (값은 적지 않습니다)", answer.kind_title)],
            ["가명", answer.pseudonym],
            ["확인한 때", moment(answer.at)],
            ["대상 자료", if answer.datasets.is_empty() { "없음".to_owned() } else { answer.datasets.join(", ") }],
            ["값이 있는 자료", if answer.found_in.is_empty() { NOWHERE.to_owned() } else { answer.found_in.join(", ") }],
            ["열람·변경", format!("{}건", counted(answer.total))],
        ],
        "rows": answer.lines.iter().map(row).collect::<Vec<_>>(),
        "left": answer.total.saturating_sub(shown),
    })
}

/// What was done, in Korean.
pub fn act(word: &str) -> &'static str {
    match word {
        "read" => "열람",
        "refused" => "거부됨",
        _ => "변경·처리",
    }
}

fn row(line: &Line) -> Value {
    json!([
        moment(line.at),
        line.whom,
        line.datasets.join(", "),
        act(line.act),
        line.purpose,
        if line.certain {
            "본인 자료"
        } else {
            "여러 사람 가운데"
        },
    ])
}
