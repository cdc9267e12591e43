//! Who read the data of one person: asked by an officer for a data subject. The value is typed into a form and never stands
//! in an address.

use std::collections::BTreeMap;

use access::AskError;
use access::who_read::Asked;
use axum::Form;
use axum::response::Response;
use city::Lang;
use interop::audit::papers::act;
use interop::audit::subject::{Answer, answer};
use interop::audit::{self};
use serde::Serialize;

use super::Sample;
use crate::frame::{Crumb, Section};
use crate::parts::{Cell, CellKind, Fact, Head, Table};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Reads that a page shows; the paper has more.
const SHOWN: usize = 200;

/// Who read the data of one person.
#[derive(Clone, Debug, Serialize)]
pub struct LogSubject {
    /// Kinds of persons: word, title, whether it is chosen.
    pub kinds: Vec<(String, String, bool)>,
    /// What was typed, to be typed again for the paper.
    pub value: String,
    /// Why nothing was looked up.
    pub fault: Option<String>,
    /// What was found.
    pub found: Option<FoundView>,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct FoundView {
    /// How many, in a sentence.
    pub sentence: String,
    /// That the value stands in none of the data.
    pub nowhere: Option<String>,
    /// Of whom, by pseudonym.
    pub facts: Vec<Fact>,
    /// Reads and changes.
    pub table: Option<Table>,
    /// That there are more than are shown.
    pub more: Option<String>,
}

impl Sample for LogSubject {
    fn samples() -> Vec<Self> {
        let table = Table {
            caption: "열람·변경 1건".to_owned(),
            heads: vec![
                Head::text("일시"),
                Head::text("누가"),
                Head::text("자료"),
                Head::text("한 일"),
                Head::text("목적"),
                Head::text("범위"),
            ],
            rows: vec![vec![
                Cell::text("2026-11-05 09:10"),
                Cell::text("민원봉사과"),
                Cell::text("민원 접수"),
                Cell::text("열람"),
                Cell::text("민원 처리"),
                Cell::text("본인 자료"),
            ]],
            plain: true,
        };
        let empty = Self {
            kinds: vec![("phone".to_owned(), "연락처".to_owned(), true)],
            value: String::new(),
            fault: None,
            found: None,
        };
        let found = Self {
            value: "031-000-0000".to_owned(),
            found: Some(FoundView {
                sentence: "이 사람의 자료를 열람하거나 변경한 기록이 1건 있습니다.".to_owned(),
                nowhere: Some("이 값은 자료에 없습니다.".to_owned()),
                facts: vec![Fact::new("가명", "phone:00ff")],
                table: Some(table),
                more: Some("처음 200건만 보입니다.".to_owned()),
            }),
            ..empty.clone()
        };
        let faulty = Self {
            fault: Some("값을 적어 주세요.".to_owned()),
            ..empty.clone()
        };
        vec![empty, found, faulty]
    }
}

/// `GET /admin/log/subject`, for officers.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit, None).await)
}

/// `POST /admin/log/subject`: looks a person up.
pub async fn ask(visit: Visit, Form(typed): Form<BTreeMap<String, String>>) -> Response {
    visit.show(fill(&visit, Some(&typed)).await)
}

async fn fill(
    visit: &Visit,
    typed: Option<&BTreeMap<String, String>>,
) -> Result<Page<LogSubject>, PageError> {
    let state = visit.state();
    let by = visit.caller().person();
    audit::require(&state.records, by, "who read the data of a person").await?;
    let word = |name: &str| {
        typed
            .and_then(|typed| typed.get(name))
            .map_or("", |word| word.trim())
    };
    let asked = Asked {
        kind: word("kind").to_owned(),
        value: word("value").to_owned(),
    };
    let (mut fault, mut found) = (None, None);
    if typed.is_some() && asked.value.is_empty() {
        fault = Some(visit.t("log_subject.empty"));
    } else if typed.is_some() {
        let parts = (&*state.city, &*state.door, &*state.records);
        match answer(parts, by, &asked).await {
            Ok(answer) => found = Some(view(visit, &answer)),
            Err(AskError::NoValue) => fault = Some(visit.t("log_subject.empty")),
            Err(AskError::UnknownColumn { .. }) => fault = Some(visit.t("log_subject.no_kind")),
            Err(error) => return Err(error.into()),
        }
    }
    let kinds = state.door.kinds_of_persons().into_iter();
    let title = visit.t("log_subject.title");
    Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("log.title"), "/admin/log"),
            Crumb::here(title),
        ],
        data_url: None,
        view: LogSubject {
            kinds: kinds
                .map(|(kind, title)| {
                    let is_chosen = kind == asked.kind;
                    (kind, title, is_chosen)
                })
                .collect(),
            value: asked.value,
            fault,
            found,
        },
    })
}

fn view(visit: &Visit, answer: &Answer) -> FoundView {
    let lines = answer.lines.iter().take(SHOWN);
    let rows: Vec<Vec<Cell>> = lines
        .map(|line| {
            vec![
                Cell::of(CellKind::Moment, show::moment(line.at))
                    .leading_to(format!("/admin/log/{}", line.seq)),
                Cell::text(line.whom.clone()),
                Cell::text(line.datasets.join(", ")),
                Cell::text(match visit.lang {
                    Lang::Ko => act(line.act).to_owned(),
                    Lang::En => line.act.to_owned(),
                }),
                Cell::text(line.purpose.clone()),
                Cell::text(visit.t(if line.certain {
                    "log_subject.certain"
                } else {
                    "log_subject.among"
                })),
            ]
        })
        .collect();
    let total = [("count", show::count_of(answer.total))];
    let shown = u64::try_from(rows.len()).unwrap_or_default();
    let found_in = (!answer.found_in.is_empty())
        .then(|| Fact::new(visit.t("log_subject.found_in"), answer.found_in.join(", ")));
    FoundView {
        sentence: if answer.total == 0 {
            visit.t("log_subject.none")
        } else {
            visit.say("log_subject.found", &total)
        },
        nowhere: answer
            .found_in
            .is_empty()
            .then(|| visit.t("log_subject.nowhere")),
        facts: [
            Fact::new(visit.t("log_subject.pseudonym"), answer.pseudonym.clone()),
            Fact::new(visit.t("log_subject.datasets"), answer.datasets.join(", ")),
        ]
        .into_iter()
        .chain(found_in)
        .collect(),
        more: (answer.total > shown)
            .then(|| visit.say("log_subject.more", &[("count", show::count_of(shown))])),
        table: (!rows.is_empty()).then(|| Table {
            caption: visit.say("log_subject.caption", &total),
            heads: [
                "log.at",
                "log.who",
                "log.dataset",
                "log.act",
                "log.purpose",
                "log_subject.scope",
            ]
            .map(|key| Head::text(visit.t(key)))
            .into(),
            rows,
            plain: true,
        }),
    }
}
