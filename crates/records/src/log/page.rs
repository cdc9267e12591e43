//! Pages of the log, for whoever reviews it: found by the index in the record store, read from the files.

use std::collections::BTreeMap;
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
    /// With `subject`: or about one of these, under which the same person may stand as well.
    pub subjects: Vec<String>,
    /// With `subject`: or reads of more than entries name one by one, of these versions that hold the person.
    pub held_by: Vec<(city::DatasetId, i64)>,
    /// With a purpose that has this in it.
    pub purpose: Option<String>,
    /// With a query that has all these words in it.
    pub words: Vec<String>,
    /// No allowed reads whose query is exactly this.
    pub except: Option<String>,
    /// No ends of reads: only what began.
    pub begun: bool,
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

/// One day's use of one dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The day, in Korean time.
    pub day: String,
    /// The dataset.
    pub dataset: String,
    /// Reads and changes begun, refused ones too.
    pub reads: i64,
    /// Different people; everybody who has not signed in is one.
    pub people: i64,
    /// Refused ones.
    pub denied: i64,
}

pub(super) async fn used(
    store: &Store,
    since: DateTime<Utc>,
    without: &str,
) -> Result<Vec<Used>, RecordsError> {
    type Row = (String, String, i64, i64, i64);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT date(i.at, '+9 hours'), o.word, count(*), count(DISTINCT i.who), sum(i.decision = 'denied')
         FROM access_log_index AS i JOIN access_log_index_of AS o ON o.seq = i.seq AND o.kind = 'dataset'
         WHERE i.at >= ?1 AND i.completes IS NULL AND i.who <> ?2 GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .bind(stamp(since))
    .bind(without)
    .fetch_all(&store.readers)
    .await?;
    let used = rows.into_iter();
    Ok(used
        .map(|(day, dataset, reads, people, denied)| Used {
            day,
            dataset,
            reads,
            people,
            denied,
        })
        .collect())
}

pub(super) async fn page(
    store: &Store,
    folder: &Folder,
    filter: &Filter,
) -> Result<(Vec<Logged>, u64), RecordsError> {
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
    let rows: Places = rows.build_query_as().fetch_all(&store.readers).await?;
    let logged = lines(folder, rows).await?;
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
    if filter.begun {
        query.push(" AND i.completes IS NULL");
    }
    if let Some(who) = &filter.who {
        query.push(" AND i.who = ").push_bind(who.clone());
    }
    if let Some(act) = filter.act {
        query.push(" AND i.act = ").push_bind(word(&act)?);
    }
    match filter.decision {
        // Said as it is: so the index of the few refusals is found.
        Some(Decision::Denied) => query.push(" AND i.decision = 'denied'"),
        Some(Decision::Allowed) => query.push(" AND i.decision = 'allowed'"),
        None => &mut query,
    };
    if let Some(dataset) = &filter.dataset {
        query.push(" AND i.seq IN (");
        of(&mut query, "dataset", dataset.as_str());
        query.push(")");
    }
    if let Some(subject) = &filter.subject {
        query.push(" AND i.seq IN (");
        of(&mut query, "subject", subject);
        for subject in &filter.subjects {
            query.push(" UNION ");
            of(&mut query, "subject", subject);
        }
        for (dataset, version) in &filter.held_by {
            query.push(" UNION ");
            of(&mut query, "whole", &index::whole(dataset, Some(*version)));
        }
        query.push(")");
    }
    if let Some(except) = &filter.except {
        query.push(" AND NOT (i.decision = 'allowed' AND i.act = ");
        query.push_bind(word(&Act::Read)?);
        query.push(" AND coalesce(i.query, -1) IN (SELECT id FROM access_log_text WHERE text = ");
        query.push_bind(except.clone()).push("))");
    }
    if let Some(purpose) = &filter.purpose {
        texts(&mut query, "i.purpose", std::slice::from_ref(purpose));
    }
    if !filter.words.is_empty() {
        texts(&mut query, "i.query", &filter.words);
    }
    // Moments never go back from one entry to the next: so a moment is a number, and no other column need be read.
    let first = "(SELECT seq FROM access_log_index WHERE at >= ";
    if let Some(since) = filter.since {
        query.push(" AND i.seq >= ").push(first);
        query
            .push_bind(stamp(since))
            .push(" ORDER BY at, seq LIMIT 1)");
    }
    if let Some(until) = filter.until {
        query.push(" AND i.seq < coalesce(").push(first);
        query
            .push_bind(stamp(until))
            .push(" ORDER BY at, seq LIMIT 1), 9223372036854775807)");
    }
    Ok(query)
}

/// Entries with a word of a kind.
fn of(query: &mut QueryBuilder<Sqlite>, kind: &'static str, word: &str) {
    query
        .push("SELECT seq FROM access_log_index_of WHERE kind = ")
        .push_bind(kind)
        .push(" AND word = ")
        .push_bind(word.to_owned());
}

/// Entries whose text has all the words in it. There are few texts: they are looked through.
fn texts(query: &mut QueryBuilder<Sqlite>, column: &'static str, words: &[String]) {
    query
        .push(" AND ")
        .push(column)
        .push(" IN (SELECT id FROM access_log_text WHERE 1 = 1");
    for word in words {
        query
            .push(" AND instr(lower(text), lower(")
            .push_bind(word.clone())
            .push(")) > 0");
    }
    query.push(")");
}

/// Where lines lie: number, place, length.
type Places = Vec<(i64, i64, i64)>;

async fn lines(folder: &Folder, rows: Places) -> Result<Vec<Logged>, RecordsError> {
    let folder = folder.clone();
    let reading = tokio::task::spawn_blocking(move || read(&folder, &rows));
    let read = reading
        .await
        .map_err(|error| RecordsError::Form(format!("a page of the access log: {error}")))??;
    Ok(read)
}

pub(super) async fn one(
    store: &Store,
    folder: &Folder,
    seq: i64,
) -> Result<Option<Logged>, RecordsError> {
    let rows: Places =
        sqlx::query_as("SELECT seq, place, length FROM access_log_index WHERE seq = ?1")
            .bind(seq)
            .fetch_all(&store.readers)
            .await?;
    Ok(lines(folder, rows).await?.pop())
}

/// The ends of reads. Whoever asks has their entries, so the index has come as far as these.
pub(super) async fn ends(
    store: &Store,
    folder: &Folder,
    of: &[i64],
) -> Result<BTreeMap<i64, Logged>, RecordsError> {
    if of.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = QueryBuilder::new(
        "SELECT seq, place, length FROM access_log_index WHERE completes IS NOT NULL AND completes IN (",
    );
    let mut listed = query.separated(", ");
    for seq in of {
        listed.push_bind(*seq);
    }
    query.push(")");
    let rows: Places = query.build_query_as().fetch_all(&store.readers).await?;
    let ends = lines(folder, rows).await?.into_iter();
    Ok(ends
        .filter_map(|end| Some((end.entry.completes?, end)))
        .collect())
}

/// The versions of a dataset of which somebody read more than entries name one by one.
pub(super) async fn read_whole(
    store: &Store,
    dataset: &city::DatasetId,
) -> Result<Vec<i64>, RecordsError> {
    let words: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT word FROM access_log_index_of WHERE kind = 'whole' AND word >= ?1 AND word < ?2",
    )
    .bind(format!("{dataset}@"))
    // The sign after `@`.
    .bind(format!("{dataset}A"))
    .fetch_all(&store.readers)
    .await?;
    let versions = words.iter().filter_map(|word| word.rsplit_once('@'));
    Ok(versions
        .filter_map(|(_, version)| version.parse().ok())
        .collect())
}

/// The word a plain enum is stored as.
pub(super) fn word(value: &impl Serialize) -> Result<String, RecordsError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(RecordsError::Form("a filter of the access log".to_owned())),
    }
}
