//! One entry of the access log, and what proves it.

use axum::extract::Path;
use axum::response::Response;
use interop::audit::state::{Proven, entry};
use records::log::Decision;
use serde::Serialize;

use super::Sample;
use super::log::{act_word, whom};
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Cell, Fact, Head, Link, Table, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// One entry.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// Its title.
    pub heading: String,
    /// Whether it is proven.
    pub standing: Badge,
    /// What the proof says.
    pub proof: String,
    /// What it holds.
    pub facts: Vec<Fact>,
    /// Datasets, versions and columns.
    pub touched: Option<Table>,
    /// Pseudonyms of those whose data were read, each leading to their entries.
    pub subjects: Vec<Link>,
}

impl Sample for LogEntry {
    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "기록 1,204".to_owned(),
            standing: Badge::new("기록에 있음이 증명됨", Tone::Good),
            proof: "entry 1204 of 1210 is in the tree".to_owned(),
            facts: vec![Fact::new("누가", "clerk (민원봉사과)")],
            touched: Some(Table {
                caption: "데이터셋 1개".to_owned(),
                heads: vec![Head::text("데이터셋"), Head::text("판"), Head::text("열")],
                rows: vec![vec![
                    Cell::text("민원 접수"),
                    Cell::text("3"),
                    Cell::text("title, phone"),
                ]],
                plain: true,
            }),
            subjects: vec![Link::new("phone:00ff", "/admin/log?subject=phone%3A00ff")],
        }]
    }
}

/// `GET /admin/log/{seq}`, for officers.
pub async fn page(Path(seq): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &seq).await)
}

async fn fill(visit: &Visit, seq: &str) -> Result<Page<LogEntry>, PageError> {
    let (records, by) = (&visit.state().records, visit.caller().person());
    let number = seq.parse().unwrap_or_default();
    let found = entry(records, by, number).await?;
    let found = found.ok_or_else(|| {
        let way = Link::new(visit.t("log.title"), "/admin/log");
        PageError::Missing(visit.t("log_entry.missing"), vec![way])
    })?;
    let heading = visit.say("log_entry.title", &[("seq", show::count(number))]);
    let (key, tone) = if found.holds {
        ("log_entry.proven", Tone::Good)
    } else {
        ("log_entry.unproven", Tone::Danger)
    };
    Ok(Page {
        title: heading.clone(),
        section: Section::None,
        crumbs: vec![
            Crumb::to(visit.t("log.title"), "/admin/log"),
            Crumb::here(heading.clone()),
        ],
        data_url: Some(format!("/api/log/{number}")),
        view: LogEntry {
            heading,
            standing: Badge::new(visit.t(key), tone),
            proof: proven(visit, &found),
            facts: facts(visit, &found),
            touched: touched(visit, &found),
            subjects: found
                .shown
                .logged
                .entry
                .subjects
                .iter()
                .map(|own| {
                    let path = crate::query::address("/admin/log", &[("subject", own)]);
                    Link::new(own.clone(), path)
                })
                .collect(),
        },
    })
}

/// What the proof says; where it does not hold, in the words of who looked.
fn proven(visit: &Visit, found: &Proven) -> String {
    let root = found.proof["root"].as_str().filter(|_| found.holds);
    let Some(root) = root else {
        return found.what.clone();
    };
    let values = [
        ("seq", show::count(found.shown.logged.seq)),
        ("size", show::count_of(found.size)),
        ("root", root.to_owned()),
    ];
    visit.say("log_entry.proof", &values)
}

/// A purpose by its title, where the city declares it.
fn purpose(visit: &Visit, words: &str) -> String {
    let people = visit.state().door.people();
    let known = people.purpose(words);
    known.map_or_else(
        || words.to_owned(),
        |own| visit.title(&own.title, own.title_en.as_deref()),
    )
}

fn facts(visit: &Visit, found: &Proven) -> Vec<Fact> {
    let (logged, entry) = (&found.shown.logged, &found.shown.logged.entry);
    let mut facts = vec![
        Fact::new(visit.t("log.at"), show::moment(logged.at)),
        Fact::new(visit.t("log.who"), whom(visit.city(), visit, &entry.who)),
        Fact::new(
            visit.t("log.from"),
            entry.from.clone().unwrap_or_else(|| "–".to_owned()),
        ),
        Fact::new(visit.t("log.act"), visit.t(act_word(entry.act))),
        Fact::new(visit.t("log.purpose"), purpose(visit, &entry.purpose)),
        Fact::new(
            visit.t("log.decision"),
            visit.t(match entry.decision {
                Decision::Allowed => "log.is_allowed",
                Decision::Denied => "log.is_denied",
            }),
        ),
        Fact::new(visit.t("log_entry.policy"), entry.policy.clone()),
    ];
    if let Some(query) = &entry.query {
        facts.push(Fact::new(visit.t("log_entry.query"), query.clone()));
    }
    if let Some(rows) = found.shown.rows {
        facts.push(Fact::new(visit.t("log.rows"), show::count_of(rows)));
    }
    if let Some(end) = found.shown.end {
        let link = Fact::new(visit.t("log_entry.end"), show::count(end));
        facts.push(link.leading_to(format!("/admin/log/{end}")));
    }
    if let Some(begun) = entry.completes {
        let link = Fact::new(visit.t("log_entry.begun"), show::count(begun));
        facts.push(link.leading_to(format!("/admin/log/{begun}")));
    }
    if let Some(about) = entry.about {
        let key = match about {
            records::log::About::Listed => "log_entry.listed",
            records::log::About::More => "log_entry.more",
            records::log::About::All => "log_entry.all",
        };
        facts.push(Fact::new(visit.t("log.persons"), visit.t(key)));
    }
    facts.push(Fact::new(visit.t("log_entry.hash"), logged.hash.clone()));
    facts
}

fn touched(visit: &Visit, found: &Proven) -> Option<Table> {
    let touched = &found.shown.logged.entry.touched;
    let row = |own: &records::Touched| {
        let dataset = visit.city().datasets.get(&own.dataset);
        let title = dataset.map_or_else(
            || own.dataset.to_string(),
            |dataset| visit.title(&dataset.title, dataset.title_en.as_deref()),
        );
        vec![
            Cell::text(title),
            Cell::text(own.version.map_or_else(|| "–".to_owned(), show::count)),
            Cell::text(own.columns.join(", ")),
        ]
    };
    let count = u64::try_from(touched.len()).unwrap_or_default();
    (!touched.is_empty()).then(|| Table {
        caption: visit.say("log_entry.touched", &[("count", show::count_of(count))]),
        heads: ["log.dataset", "log_entry.version", "log_entry.columns"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows: touched.iter().map(row).collect(),
        plain: true,
    })
}
