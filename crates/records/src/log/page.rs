//! Pages of the log, for whoever reviews it: found by the index in the record store, read from the files.

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite};

use super::folder::{Folder, SEGMENT};
use super::line::{self, Line};
use super::{Act, Decision, Entry, LogError, index};
use crate::clock::stamp;
use crate::store::{RecordsError, Store};

/// Which entries; the parts that are set must all hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose.
    pub who: Option<String>,
    /// Of which act.
    pub act: Option<Act>,
    /// With which outcome.
    pub decision: Option<Decision>,
    /// Touching this dataset.
    pub dataset: Option<city::DatasetId>,
    /// About this data subject, by pseudonym.
    pub subject: Option<String>,
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Entries to pass over.
    pub offset: u64,
    /// Most entries; 0 means 100.
    pub limit: u64,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub entry: Entry,
    /// Its hash.
    pub hash: String,
}

pub(super) async fn page(
    store: &Store,
    folder: &Folder,
    filter: &Filter,
) -> Result<(Vec<Logged>, u64), RecordsError> {
    index::catch_up(store, folder).await?;
    let mut count = select("SELECT count(*) FROM access_log_index AS i", filter)?;
    let total: i64 = count.build_query_scalar().fetch_one(&store.readers).await?;
    let mut rows = select(
        "SELECT i.seq, i.place, i.length FROM access_log_index AS i",
        filter,
    )?;
    let limit = if filter.limit == 0 { 100 } else { filter.limit };
    rows.push(" ORDER BY i.seq DESC LIMIT ")
        .push_bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .push(" OFFSET ")
        .push_bind(i64::try_from(filter.offset).unwrap_or(i64::MAX));
    let rows: Vec<(i64, i64, i64)> = rows.build_query_as().fetch_all(&store.readers).await?;
    let folder = folder.clone();
    let reading = tokio::task::spawn_blocking(move || read(&folder, &rows));
    let logged = reading
        .await
        .map_err(|error| RecordsError::Form(format!("a page of the access log: {error}")))??;
    Ok((logged, u64::try_from(total).unwrap_or_default()))
}

/// Reads the lines; one that retention has taken away meanwhile is not there.
fn read(folder: &Folder, rows: &[(i64, i64, i64)]) -> Result<Vec<Logged>, LogError> {
    let mut logged = Vec::with_capacity(rows.len());
    for (seq, place, _) in rows {
        let seq = u64::try_from(*seq).unwrap_or_default();
        let place = u64::try_from(*place).unwrap_or_default();
        let mut bytes = Vec::new();
        let hinted = at_place(folder, seq, place, &mut bytes)?;
        let is_found = hinted || searched(folder, seq, &mut bytes)?;
        let line = Line::parse(&bytes).filter(|line| is_found && !line.is_pruned());
        if let Some(line) = line {
            logged.push(entry(&line)?);
        }
    }
    Ok(logged)
}

/// An entry as it is shown.
pub(super) fn entry(line: &Line<'_>) -> Result<Logged, LogError> {
    let sealed = line
        .sealed()
        .map_err(|error| LogError::Form(format!("character {}", error.column())))?;
    Ok(Logged {
        seq: i64::try_from(sealed.seq).unwrap_or(i64::MAX),
        at: sealed.at,
        entry: sealed.entry,
        hash: line.leaf.to_string(),
    })
}

/// Reads the line that begins at a place; whether it is the one that is meant.
fn at_place(folder: &Folder, seq: u64, place: u64, bytes: &mut Vec<u8>) -> Result<bool, LogError> {
    let disk = LogError::disk(folder);
    let mut file = File::open(folder.segment(seq.saturating_sub(1) / SEGMENT)).map_err(&disk)?;
    file.seek(SeekFrom::Start(place)).map_err(&disk)?;
    let mut reader = BufReader::with_capacity(1 << 12, file);
    line::next(&mut reader, bytes).map_err(&disk)?;
    Ok(Line::parse(bytes).and_then(|line| line.seq()) == Some(seq))
}

/// Looks for a line from the beginning of its file.
pub(super) fn searched(folder: &Folder, seq: u64, bytes: &mut Vec<u8>) -> Result<bool, LogError> {
    let disk = LogError::disk(folder);
    let before = seq.saturating_sub(1);
    let file = File::open(folder.segment(before / SEGMENT)).map_err(&disk)?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    for _ in 0..=before % SEGMENT {
        if !line::next(&mut reader, bytes).map_err(&disk)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn select(start: &'static str, filter: &Filter) -> Result<QueryBuilder<Sqlite>, RecordsError> {
    let mut query = QueryBuilder::new(start);
    query.push(" WHERE 1 = 1");
    if let Some(who) = &filter.who {
        query.push(" AND i.who = ").push_bind(who.clone());
    }
    if let Some(act) = filter.act {
        query.push(" AND i.act = ").push_bind(word(&act)?);
    }
    if let Some(decision) = filter.decision {
        query.push(" AND i.decision = ").push_bind(word(&decision)?);
    }
    let dataset = filter.dataset.as_ref().map(city::DatasetId::as_str);
    let subject = filter.subject.as_deref();
    for (kind, word) in [("dataset", dataset), ("subject", subject)] {
        let Some(word) = word else { continue };
        query
            .push(" AND i.seq IN (SELECT seq FROM access_log_index_of WHERE kind = ")
            .push_bind(kind)
            .push(" AND word = ")
            .push_bind(word.to_owned())
            .push(")");
    }
    if let Some(since) = filter.since {
        query.push(" AND i.at >= ").push_bind(stamp(since));
    }
    if let Some(until) = filter.until {
        query.push(" AND i.at < ").push_bind(stamp(until));
    }
    Ok(query)
}

/// The word a plain enum is stored as.
pub(super) fn word(value: &impl Serialize) -> Result<String, RecordsError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(RecordsError::Form("a filter of the access log".to_owned())),
    }
}
