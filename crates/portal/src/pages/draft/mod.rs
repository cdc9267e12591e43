//! A measure drafted: what a form says, the manifest it stands for, and what it shows. Saved as the file it is.

mod ask;
mod fill;

pub use fill::{edit, new, save, save_new};

use serde::Serialize;

use super::Sample;
use super::dataset::sample;
use crate::areas::AreasView;
use crate::parts::{Chart, FigureView, Link};

/// A measure being drafted.
#[derive(Clone, Debug, Serialize)]
pub struct DraftPage {
    /// Its title.
    pub title: String,
    /// Where the form leads, and where it is saved.
    pub address: String,
    /// Whether there is no such measure yet.
    pub is_new: bool,
    /// Its history.
    pub history: Option<Link>,
    /// The fields, group by group; none before a dataset is chosen.
    pub groups: Vec<Group>,
    /// The manifest.
    pub text: Option<String>,
    /// What it was opened with.
    pub opened: String,
    /// What came of it, in a sentence.
    pub notice: Option<String>,
    /// Whether the notice is of something that went wrong.
    pub is_wrong: bool,
    /// What is wrong with the manifest.
    pub faults: Vec<String>,
    /// What it shows.
    pub shown: Option<Seen>,
}

/// What a drafted measure shows.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The figure.
    pub figure: FigureView,
    /// The sentence that explains it.
    pub sentence: String,
    /// Its chart.
    pub chart: Option<Chart>,
    /// Or its areas.
    pub areas: Option<AreasView>,
    /// Why there is no chart.
    pub why: Option<String>,
}

/// Fields under one heading.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Group {
    /// The heading.
    pub title: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// Its name in the address.
    pub name: String,
    /// Its label.
    pub label: String,
    /// `text`, `select` or `checks`.
    pub kind: &'static str,
    /// What stands in it.
    pub value: String,
    /// Value, title, and whether it is chosen.
    pub choices: Vec<(String, String, bool)>,
    /// What is to be written.
    pub hint: Option<String>,
}

impl Sample for DraftPage {
    fn samples() -> Vec<Self> {
        let choice =
            |value: &str, title: &str, chosen| (value.to_owned(), title.to_owned(), chosen);
        let field = |name: &str, label: &str, kind, choices| Field {
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            value: "주차면".to_owned(),
            choices,
            hint: Some("여러 개를 고를 수 있습니다.".to_owned()),
        };
        let whole = Self {
            title: "새 지표".to_owned(),
            address: "/measures/new".to_owned(),
            is_new: true,
            history: Some(Link::new("바뀐 기록", "/measures/spaces/history")),
            groups: vec![Group {
                title: "무엇을 셈합니까".to_owned(),
                fields: vec![
                    field("title", "이름", "text", Vec::new()),
                    field(
                        "kind",
                        "셈",
                        "select",
                        vec![
                            choice("sum", "더하기", true),
                            choice("count", "세기", false),
                        ],
                    ),
                    field(
                        "dimension",
                        "나눌 기준",
                        "checks",
                        vec![
                            choice("dong", "행정동", true),
                            choice("kind", "유형", false),
                        ],
                    ),
                ],
            }],
            text: Some("id = \"spaces\"\ntitle = \"주차면\"\n".to_owned()),
            opened: "new".to_owned(),
            notice: Some("고칠 곳이 있어 저장하지 않았습니다.".to_owned()),
            is_wrong: true,
            faults: vec!["measures/spaces.toml:3:9: there is no dataset `parkin`".to_owned()],
            shown: Some(Seen {
                figure: FigureView {
                    label: "주차면".to_owned(),
                    value: Some("9,999".to_owned()),
                    exact: "9999".to_owned(),
                    unit: "면".to_owned(),
                    ..FigureView::default()
                },
                sentence: "공영주차장 120건의 주차구획수를 모두 더하면 9,999면입니다.".to_owned(),
                chart: Some(sample::chart(true)),
                areas: None,
                why: None,
            }),
        };
        let first = Self {
            groups: whole.groups.iter().take(1).cloned().collect(),
            text: None,
            notice: None,
            faults: Vec::new(),
            shown: None,
            history: None,
            ..whole.clone()
        };
        vec![whole, first]
    }
}
