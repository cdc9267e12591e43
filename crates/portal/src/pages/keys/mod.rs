//! Keys of programs: made, shown once, revoked.

mod fill;

pub use fill::{act, page};

use serde::Serialize;

use super::Sample;

/// Keys of programs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KeysPage {
    /// A key that was just made: its word, shown once.
    pub made: Option<String>,
    /// Why a key was not made.
    pub fault: Option<String>,
    /// What was typed before.
    pub typed: Typed,
    /// Accounts that can own one.
    pub owners: Vec<Choice>,
    /// The city's fields.
    pub fields: Vec<Choice>,
    /// The keys, the newest first.
    pub keys: Vec<KeyView>,
}

/// What was typed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Typed {
    /// Name.
    pub name: String,
    /// Datasets, as typed.
    pub datasets: String,
    /// Purpose.
    pub purpose: String,
    /// Days.
    pub days: String,
    /// It may change something.
    pub write: bool,
}

/// One of several.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// It was chosen before.
    pub chosen: bool,
}

/// One key.
#[derive(Clone, Debug, Serialize)]
pub struct KeyView {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Its owner.
    pub owner: String,
    /// What it is good for.
    pub scope: String,
    /// Since and until when, and when last used.
    pub times: String,
    /// Its state.
    pub state: String,
    /// It still opens.
    pub open: bool,
}

impl Sample for KeysPage {
    fn samples() -> Vec<Self> {
        let key = KeyView {
            id: "0a1b2c3d4e5f".to_owned(),
            name: "대시보드 연계".to_owned(),
            owner: "analyst".to_owned(),
            scope: "읽기 · parking · 통계 작성".to_owned(),
            times: "2026-11-26 09:00 ~ 2027-02-24 09:00".to_owned(),
            state: "사용 중".to_owned(),
            open: true,
        };
        let gone = KeyView {
            id: "ffffffffffff".to_owned(),
            state: "폐기".to_owned(),
            open: false,
            ..key.clone()
        };
        let choice = |id: &str, title: &str| Choice {
            id: id.to_owned(),
            title: title.to_owned(),
            chosen: false,
        };
        let some = Self {
            owners: vec![choice("analyst", "analyst")],
            fields: vec![choice("traffic", "교통")],
            keys: vec![key, gone],
            ..Self::default()
        };
        vec![
            some.clone(),
            Self {
                made: Some("mdk_0000".to_owned()),
                ..some.clone()
            },
            Self {
                keys: Vec::new(),
                fault: Some("이름을 적어 주십시오.".to_owned()),
                ..some
            },
        ]
    }
}
