//! What leaves: for everybody, what is released, how, and what was checked; for staff also what was refused and why, and
//! requests that wait. A request of one's own is shown by its link.

mod fill;
mod one;
mod request;

pub use fill::page;
pub use one::{ask, decide, make, release};
pub use request::request;

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, CellKind, Fact, Head, Link, Table, Tone};

/// All releases.
#[derive(Clone, Debug, Serialize)]
pub struct Releases {
    /// How many, in a sentence.
    pub sentence: String,
    /// What is given.
    pub given: Option<Table>,
    /// Open datasets, which are releases as they are: how many were looked at.
    pub datasets: String,
    /// What was refused and why, for staff.
    pub refused: Option<Table>,
    /// Open datasets that the gate closed, for staff.
    pub closed: Option<Table>,
    /// Staff look.
    pub staff: bool,
}

/// One release.
#[derive(Clone, Debug, Serialize)]
pub struct ReleasePage {
    /// Its title.
    pub title: String,
    /// How it leaves and how it stands.
    pub badges: Vec<Badge>,
    /// What for.
    pub purpose: String,
    /// Where its file is, for who may take it.
    pub file: Option<String>,
    /// What it is.
    pub facts: Vec<Fact>,
    /// What was checked of the file that is given.
    pub record: Option<RecordView>,
    /// A later try that was refused, for staff.
    pub refused: Option<RecordView>,
    /// The form of a request.
    pub ask: Option<AskForm>,
    /// What staff do.
    pub staff: Option<StaffView>,
    /// Why what was typed was not kept.
    pub fault: Option<String>,
}

/// What was checked.
#[derive(Clone, Debug, Serialize)]
pub struct RecordView {
    /// When, of what, by whom.
    pub facts: Vec<Fact>,
    /// Each check.
    pub checks: Table,
}

/// A request that is being written.
#[derive(Clone, Debug, Serialize)]
pub struct AskForm {
    /// Where it is sent.
    pub address: String,
    /// Who, as typed before.
    pub name: String,
    /// What for, as typed before.
    pub purpose: String,
}

/// What staff do about a release.
#[derive(Clone, Debug, Serialize)]
pub struct StaffView {
    /// Where it is made anew.
    pub make: String,
    /// Requests, newest first.
    pub requests: Vec<RequestView>,
}

/// A request as staff see it.
#[derive(Clone, Debug, Serialize)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub name: String,
    /// How it stands.
    pub badge: Badge,
    /// What for.
    pub purpose: String,
    /// When it came, and what became of it.
    pub events: Vec<String>,
    /// Where it is decided, while it is open.
    pub decide: Option<String>,
}

/// A request as who sent it sees it.
#[derive(Clone, Debug, Serialize)]
pub struct RequestPage {
    /// The release.
    pub release: Link,
    /// How it stands.
    pub badge: Badge,
    /// The same in a sentence.
    pub sentence: String,
    /// What was asked, and what became of it.
    pub facts: Vec<Fact>,
    /// Where the file is, once it was granted.
    pub file: Option<String>,
}

fn sample_record() -> RecordView {
    RecordView {
        facts: vec![
            Fact::new("점검한 때", "2026-11-26 09:10"),
            Fact::new("행", "131"),
            Fact::new("SHA-256", "9f86d081884c7d65"),
        ],
        checks: Table {
            caption: "점검 2가지".to_owned(),
            heads: vec![
                Head::text("점검"),
                Head::text("결과"),
                Head::text("찾은 것"),
            ],
            rows: vec![vec![
                Cell::text("열"),
                Cell::text("통과"),
                Cell::text("선언한 열 4개만 있습니다."),
            ]],
            plain: true,
        },
    }
}

impl Sample for Releases {
    fn samples() -> Vec<Self> {
        let table = |caption: &str| Table {
            caption: caption.to_owned(),
            heads: vec![
                Head::text("자료"),
                Head::text("제공 방식"),
                Head::number("행"),
                Head::text("점검한 때"),
            ],
            rows: vec![vec![
                Cell::text("공영주차장 현황").leading_to("/releases/parking"),
                Cell::text("개방"),
                Cell::number("131"),
                Cell::of(CellKind::Moment, "2026-11-26 09:10"),
            ]],
            plain: true,
        };
        let public = Self {
            sentence: "제공하는 자료가 1가지 있습니다.".to_owned(),
            given: Some(table("제공하는 자료 1가지")),
            datasets: "개방 데이터셋 81개를 점검했고 81개가 통과했습니다.".to_owned(),
            refused: None,
            closed: None,
            staff: false,
        };
        let staff = Self {
            refused: Some(table("막힌 자료 1가지")),
            closed: Some(table("닫은 데이터셋 1가지")),
            staff: true,
            ..public.clone()
        };
        let none = Self {
            given: None,
            ..public.clone()
        };
        vec![public, staff, none]
    }
}

impl Sample for ReleasePage {
    fn samples() -> Vec<Self> {
        let open = Self {
            title: "공영주차장 현황".to_owned(),
            badges: vec![
                Badge::new("개방", Tone::Plain),
                Badge::new("통과", Tone::Good),
            ],
            purpose: "누구나 주차장을 찾을 수 있게 합니다.".to_owned(),
            file: Some("/releases/parking.csv".to_owned()),
            facts: vec![Fact::new("원본 데이터셋", "공영주차장").leading_to("/datasets/parking")],
            record: Some(sample_record()),
            refused: None,
            ask: None,
            staff: None,
            fault: None,
        };
        let asked = Self {
            file: None,
            ask: Some(AskForm {
                address: "/releases/study".to_owned(),
                name: String::new(),
                purpose: "연구".to_owned(),
            }),
            fault: Some("무엇에 쓰시려는지 10자 이상 적어 주십시오.".to_owned()),
            ..open.clone()
        };
        let staff = Self {
            record: None,
            refused: Some(sample_record()),
            staff: Some(StaffView {
                make: "/releases/study/make".to_owned(),
                requests: vec![RequestView {
                    id: "r-1".to_owned(),
                    name: "한빛대학교".to_owned(),
                    badge: Badge::new("결정 전", Tone::Warning),
                    purpose: "체육시설 이용을 연구합니다.".to_owned(),
                    events: vec!["2026-11-26 09:10 신청".to_owned()],
                    decide: Some("/releases/study/requests/r-1".to_owned()),
                }],
            }),
            ..open.clone()
        };
        vec![open, asked, staff]
    }
}

impl Sample for RequestPage {
    fn samples() -> Vec<Self> {
        let open = Self {
            release: Link::new("체육시설 예약", "/releases/sports"),
            badge: Badge::new("결정 전", Tone::Warning),
            sentence: "신청을 받았습니다. 담당자가 살펴보고 있습니다.".to_owned(),
            facts: vec![Fact::new("신청한 때", "2026-11-26 09:10")],
            file: None,
        };
        let granted = Self {
            file: Some("/releases/requests/00/file".to_owned()),
            ..open.clone()
        };
        vec![open, granted]
    }
}
