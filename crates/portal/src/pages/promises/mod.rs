//! The ledger of promises (약속): all of them on a time line, those of a department, and one with its way to the due
//! day. Citizens see the open ones; the department that answers for one enters its states.

mod fill;
mod one;
mod said;
mod timeline;
mod way;

pub use fill::{of_department, page};
pub use one::{enter, promise};

use serde::Serialize;

use super::Sample;
use crate::parts::{Badge, Cell, Fact, Head, Link, Table, Tone};

/// All promises, or those of a department.
#[derive(Clone, Debug, Serialize)]
pub struct Promises {
    /// What is shown.
    pub title: String,
    /// How many, and how they stand, in a sentence.
    pub sentence: String,
    /// Departments to choose from; none on a department's own page.
    pub departments: Vec<Choice>,
    /// States to choose from.
    pub states: Vec<Choice>,
    /// Where the choice is sent.
    pub action: String,
    /// The time line, where a promise has a date.
    pub timeline: Option<Timeline>,
    /// The promises.
    pub table: Option<Table>,
    /// Promises whose files were taken away, for staff.
    pub gone: Option<Table>,
    /// The same as a file.
    pub file: String,
    /// Each department's promises.
    pub by_department: Vec<Link>,
}

/// Something to choose.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its word.
    pub value: String,
    /// What it says.
    pub title: String,
    /// It is chosen.
    pub chosen: bool,
}

/// Promises on a time line.
#[derive(Clone, Debug, Serialize)]
pub struct Timeline {
    /// What it shows, in a sentence.
    pub summary: String,
    /// Years below it.
    pub ticks: Vec<Tick>,
    /// Today, in percent of its width.
    pub today: Option<String>,
    /// A bar a promise.
    pub bars: Vec<TimeBar>,
    /// What is not drawn, in a sentence.
    pub note: Option<String>,
}

/// A year of a time line.
#[derive(Clone, Debug, Serialize)]
pub struct Tick {
    /// Where, in percent of the width.
    pub x: String,
    /// The year.
    pub year: String,
}

/// A promise on a time line.
#[derive(Clone, Debug, Serialize)]
pub struct TimeBar {
    /// Its title.
    pub title: String,
    /// Where it begins, in percent of the width.
    pub x: String,
    /// How long it is.
    pub width: String,
    /// How it looks.
    pub tone: Tone,
    /// When it is due, and where it stands.
    pub value: String,
}

/// One promise.
#[derive(Clone, Debug, Serialize)]
pub struct PromisePage {
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub badge: Badge,
    /// Not everybody may see it.
    pub is_inside: bool,
    /// The sentence as it was published.
    pub sentence: String,
    /// Where it was published.
    pub source: String,
    /// The same in the web.
    pub source_url: Option<String>,
    /// The promise in short.
    pub facts: Vec<Fact>,
    /// What a person still has to look up.
    pub unchecked: Vec<String>,
    /// Its way to the due day.
    pub way: Option<WayView>,
    /// What follows.
    pub findings: Vec<FindingView>,
    /// Its parts.
    pub parts: Option<Table>,
    /// What shows its state.
    pub evidence: Option<Table>,
    /// Its states, newest first.
    pub history: Option<Table>,
    /// Where a state is entered; for those who answer for it.
    pub form: Option<EntryForm>,
    /// Why what was typed was not kept.
    pub fault: Option<String>,
}

/// The way of a figure to its due day.
#[derive(Clone, Debug, Serialize)]
pub struct WayView {
    /// The message.
    pub headline: String,
    /// What is drawn, in words.
    pub subtitle: String,
    /// Where the measure is.
    pub measure: Option<Link>,
    /// Known values: `x,y` pairs in a box of 100 by 100, y downwards.
    pub known: Option<String>,
    /// One value only: it is drawn as a mark.
    pub is_one: bool,
    /// The even way from the first value to what was promised.
    pub even: Option<String>,
    /// The height of what was promised.
    pub target: String,
    /// Today.
    pub today: Option<String>,
    /// The value at the top.
    pub top: String,
    /// The first and the last day.
    pub ends: [String; 2],
    /// The same as a table.
    pub table: Table,
}

/// Something that follows.
#[derive(Clone, Debug, Serialize)]
pub struct FindingView {
    /// How much it weighs.
    pub badge: Badge,
    /// It, in a sentence.
    pub text: String,
    /// Its readings.
    pub details: Vec<String>,
}

/// Where a state is entered.
#[derive(Clone, Debug, Serialize)]
pub struct EntryForm {
    /// Where it is sent.
    pub address: String,
    /// The states.
    pub states: Vec<Choice>,
    /// The last day that can be entered.
    pub today: String,
    /// The first day that can be entered.
    pub first: Option<String>,
    /// The day that was typed.
    pub on: String,
    /// The unit of the figure, where there is one.
    pub unit: Option<String>,
    /// The value that was typed.
    pub value: String,
    /// What was typed.
    pub text: String,
}

impl Sample for Promises {
    fn samples() -> Vec<Self> {
        let choice = |value: &str, title: &str| Choice {
            value: value.to_owned(),
            title: title.to_owned(),
            chosen: value.is_empty(),
        };
        let bar = |title: &str, tone| TimeBar {
            title: title.to_owned(),
            x: "10.00".to_owned(),
            width: "40.00".to_owned(),
            tone,
            value: "2026 진행 중".to_owned(),
        };
        let table = Table {
            caption: "약속 1건".to_owned(),
            heads: vec![Head::text("약속"), Head::text("기한")],
            rows: vec![vec![
                Cell::text("와이파이").leading_to("/promises/wifi"),
                Cell::text("2026"),
            ]],
            plain: true,
        };
        let all = Self {
            title: "약속".to_owned(),
            sentence: "약속 4건 가운데 1건을 지켰습니다.".to_owned(),
            departments: vec![choice("", "모두"), choice("ict", "정보통신과")],
            states: vec![choice("", "모두"), choice("kept", "지킴")],
            action: "/promises".to_owned(),
            timeline: Some(Timeline {
                summary: "2024년부터 2027년까지 약속 4건".to_owned(),
                ticks: vec![Tick {
                    x: "0.00".to_owned(),
                    year: "2024".to_owned(),
                }],
                today: Some("70.00".to_owned()),
                bars: vec![
                    bar("지킨 것", Tone::Good),
                    bar("지난 것", Tone::Danger),
                    bar("바뀐 것", Tone::Warning),
                    bar("가는 것", Tone::Plain),
                ],
                note: Some("날짜가 적히지 않은 약속 1건은 아래 표에만 있습니다.".to_owned()),
            }),
            table: Some(table.clone()),
            gone: Some(table),
            file: "/promises.csv".to_owned(),
            by_department: vec![Link::new("정보통신과", "/departments/ict/promises")],
        };
        let none = Self {
            departments: Vec::new(),
            timeline: None,
            table: None,
            gone: None,
            by_department: Vec::new(),
            ..all.clone()
        };
        vec![all, none]
    }
}

impl Sample for PromisePage {
    fn samples() -> Vec<Self> {
        let table = |caption: &str| Table {
            caption: caption.to_owned(),
            heads: vec![Head::text("날짜"), Head::text("내용")],
            rows: vec![vec![Cell::text("2026-11-05"), Cell::text("절반을 마침")]],
            plain: true,
        };
        let whole = Self {
            title: "공공와이파이".to_owned(),
            badge: Badge::new("진행 중", Tone::Plain),
            is_inside: true,
            sentence: "2026년까지 334개소를 설치합니다.".to_owned(),
            source: "시정연설, 12쪽, 2024-01-15".to_owned(),
            source_url: Some("https://city.example/speech".to_owned()),
            facts: vec![Fact::new("기한", "2026")],
            unchecked: vec!["담당 부서".to_owned()],
            way: Some(WayView {
                headline: "2026-11-05에 200개소".to_owned(),
                subtitle: "점선은 고르게 갈 때의 길입니다.".to_owned(),
                measure: Some(Link::new("공공와이파이 수", "/measures/wifi")),
                known: Some("0.00,100.00 50.00,40.00".to_owned()),
                is_one: false,
                even: Some("0.00,100.00 100.00,0.00".to_owned()),
                target: "10.00".to_owned(),
                today: Some("60.00".to_owned()),
                top: "334".to_owned(),
                ends: ["2024-01-15".to_owned(), "2026-12-31".to_owned()],
                table: table("값 1개"),
            }),
            findings: vec![FindingView {
                badge: Badge::new("어긋남", Tone::Danger),
                text: "기한은 2026인데 지금까지의 속도로 가면 2028년에 끝납니다.".to_owned(),
                details: vec!["사업비에 이미 들어 있는 것: 2035년".to_owned()],
            }],
            parts: Some(table("부분 1건")),
            evidence: Some(table("증거 1건")),
            history: Some(table("상태 1건")),
            form: Some(EntryForm {
                address: "/promises/wifi".to_owned(),
                states: vec![Choice {
                    value: "kept".to_owned(),
                    title: "지킴".to_owned(),
                    chosen: true,
                }],
                today: "2026-11-26".to_owned(),
                first: Some("2024-01-15".to_owned()),
                on: "2026-11-26".to_owned(),
                unit: Some("개소".to_owned()),
                value: "200".to_owned(),
                text: "절반 <마침>".to_owned(),
            }),
            fault: Some("무슨 일이 있었는지 적으십시오.".to_owned()),
        };
        let bare = Self {
            is_inside: false,
            source_url: None,
            unchecked: Vec::new(),
            way: None,
            findings: Vec::new(),
            parts: None,
            evidence: None,
            history: None,
            form: None,
            fault: None,
            ..whole.clone()
        };
        let mut one = whole.clone();
        if let Some(way) = &mut one.way {
            (way.is_one, way.even, way.measure, way.today) = (true, None, None, None);
        }
        vec![whole, bare, one]
    }
}
