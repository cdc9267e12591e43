//! One review of the access log: what stood out, what people said, what the officer makes of it.

mod fill;

pub use fill::{keep, page};
pub(crate) use fill::{question, refused};

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Fact, Link, Tone};

/// One review.
#[derive(Clone, Debug, Serialize)]
pub struct LogReview {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub heading: String,
    /// What it looked at.
    pub facts: Vec<Fact>,
    /// Why nothing was kept.
    pub fault: Option<String>,
    /// What stood out.
    pub questions: Vec<QuestionView>,
    /// Outcomes to choose from: word, title.
    pub outcomes: Vec<(&'static str, &'static str)>,
    /// Whether something may be written still.
    pub is_open: bool,
    /// Whether everything has an outcome.
    pub can_close: bool,
}

/// Something that stood out.
#[derive(Clone, Debug, Serialize)]
pub struct QuestionView {
    /// Its number.
    pub id: i64,
    /// The review's number.
    pub review: i64,
    /// What kind, and of whom.
    pub title: String,
    /// How it stands.
    pub badge: Badge,
    /// Why it stands out, in a sentence.
    pub sentence: String,
    /// The entries.
    pub entries: Vec<Link>,
    /// What the person said.
    pub explained: Vec<String>,
    /// What the officer made of it.
    pub outcome: Option<String>,
}

impl QuestionView {
    fn sample() -> Self {
        Self {
            id: 1,
            review: 1,
            title: "심야 열람: clerk (민원봉사과)".to_owned(),
            badge: Badge::new("소명 대기", Tone::Warning),
            sentence: "2026-10-05에 근무 시간이 아닌 22시부터 6시 사이에 3번 열람했습니다."
                .to_owned(),
            entries: vec![Link::new("1,204", "/admin/log/1204")],
            explained: Vec::new(),
            outcome: None,
        }
    }

    /// Questions in every state.
    pub(crate) fn samples() -> Vec<Self> {
        let open = Self::sample();
        let done = Self {
            id: 2,
            badge: Badge::new("정당한 업무", Tone::Good),
            explained: vec!["재난 근무였습니다. (clerk, 2026-11-03 10:00)".to_owned()],
            outcome: Some("정당한 업무: 근무표를 확인했습니다.".to_owned()),
            ..open.clone()
        };
        vec![open, done]
    }
}

impl Sample for LogReview {
    fn samples() -> Vec<Self> {
        let open = Self {
            id: 1,
            heading: "접속기록 점검 결과 (2026-10-01 ~ 2026-10-31)".to_owned(),
            facts: vec![Fact::new("점검한 기록", "12,345건")],
            fault: Some("까닭을 적어 주세요.".to_owned()),
            questions: QuestionView::samples(),
            outcomes: vec![("accepted", "정당한 업무"), ("reported", "보고·조치")],
            is_open: true,
            can_close: false,
        };
        let ready = Self {
            fault: None,
            questions: Vec::new(),
            can_close: true,
            ..open.clone()
        };
        let closed = Self {
            is_open: false,
            can_close: false,
            ..open.clone()
        };
        vec![open, ready, closed]
    }
}
