//! Who read the data of one person, in words for that person.

use access::who_read::Asked;
use access::{AskError, Door, Person};
use chrono::{DateTime, Utc};
use city::City;
use city::review::Telling;
use records::Records;
use records::log::{About, Act, Decision, Logged};
use serde::Serialize;

use super::department_of;
use super::search::{Found, found};

/// Entries that an answer holds; more is said.
pub const MOST: u64 = 5_000;

/// The answer to a person who asks who read their data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Answer {
    /// What the person was found by.
    pub kind: String,
    /// The same in Korean.
    pub kind_title: String,
    /// The person's pseudonym in the log.
    pub pseudonym: String,
    /// When it was looked up.
    pub at: DateTime<Utc>,
    /// Who looked it up.
    pub by: String,
    /// How many reads and changes there are.
    pub total: u64,
    /// Datasets that can hold the person, by title.
    pub datasets: Vec<String>,
    /// Those of them in which the value was found, as they are now or as they were read. With none, it may be misspelt.
    pub found_in: Vec<String>,
    /// Reads and changes, newest first.
    pub lines: Vec<Line>,
}

/// One read or change.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Line {
    /// Its number in the log.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as the city tells it.
    pub whom: String,
    /// What was done: `read`, `change`, `refused`.
    pub act: &'static str,
    /// Of which datasets, by title.
    pub datasets: Vec<String>,
    /// Why, in the words of who read.
    pub purpose: String,
    /// Whether it is known to be of this person; else it was of very many, and the person was among those there were.
    pub certain: bool,
}

/// Looks up who read the data of a person. It stands in the log under the person's pseudonym.
///
/// # Errors
/// When nobody declares that kind, the person who asks does not audit, or something cannot be read.
pub async fn answer(
    (city, door, records): (&City, &Door, &Records),
    by: &Person,
    asked: &Asked,
) -> Result<Answer, AskError> {
    let kinds = door.kinds_of_persons();
    let kind = kinds.iter().find(|(kind, _)| *kind == asked.kind);
    let (kind, kind_title) = kind.cloned().ok_or_else(|| {
        let known: Vec<&str> = kinds.iter().map(|(kind, _)| kind.as_str()).collect();
        AskError::UnknownColumn {
            nearest: known.iter().map(|kind| (*kind).to_owned()).collect(),
            name: asked.kind.clone(),
        }
    })?;
    let read = door
        .who_read(by, asked, "정보주체의 열람 기록 요구")
        .await?;
    let Found { total, entries } = found(records, &read.filter(0, MOST)).await?;
    let title = |id: &str| {
        let dataset = city.datasets.get(id);
        dataset.map_or_else(|| id.to_owned(), |own| own.title.clone())
    };
    let telling = city.manifest.access_log.tell_subjects;
    let line = |logged: &Logged| {
        let entry = &logged.entry;
        let touched = entry.touched.iter();
        Line {
            seq: logged.seq,
            at: logged.at,
            whom: whom(city, &entry.who, telling),
            act: match (entry.decision, entry.act) {
                (Decision::Denied, _) => "refused",
                (_, Act::Read | Act::ReadEnd) => "read",
                _ => "change",
            },
            datasets: touched.map(|own| title(own.dataset.as_str())).collect(),
            purpose: entry.purpose.clone(),
            certain: read.is_named(entry) || entry.about == Some(About::All),
        }
    };
    Ok(Answer {
        kind,
        kind_title,
        pseudonym: read.pseudonym.clone(),
        at: records.clock().now(),
        by: by.name().to_owned(),
        total,
        datasets: read.datasets.iter().map(|id| title(id.as_str())).collect(),
        found_in: read.seen_in.iter().map(|id| title(id.as_str())).collect(),
        lines: entries.iter().map(|shown| line(&shown.logged)).collect(),
    })
}

/// Somebody who read, as the city tells it.
fn whom(city: &City, who: &str, telling: Telling) -> String {
    let department = match who {
        "system" => "자동 처리 (시스템)",
        who => department_of(city, who).map_or("운영 담당", |(ko, _)| ko),
    };
    match telling {
        Telling::Account if who != "system" => format!("{department} ({who})"),
        _ => department.to_owned(),
    }
}
