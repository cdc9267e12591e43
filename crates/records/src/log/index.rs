//! The index that the log is searched by: rows in the record store, made from the files and never the other way round.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader, Seek as _, SeekFrom};

use sqlx::{QueryBuilder, Sqlite, Transaction};

use super::folder::{Folder, SEGMENT};
use super::line::{self, Line};
use super::page::word;
use super::{About, LogError, keys, state};
use crate::clock::stamp;
use crate::store::{RecordsError, Store};

/// Entries indexed in one transaction.
const STEP: usize = 4096;
/// Rows in one statement.
const ROWS: usize = 128;

/// A row of the index.
struct Row {
    seq: i64,
    at: String,
    who: String,
    act: String,
    decision: String,
    purpose: String,
    query: Option<String>,
    completes: Option<i64>,
    place: i64,
    length: i64,
    of: BTreeSet<(&'static str, String)>,
}

/// Where in a file the next line begins.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Entries before it.
    before: u64,
    /// Where it begins, if that is known.
    offset: Option<u64>,
}

/// Brings the index to what the files hold.
pub(super) async fn catch_up(store: &Store, folder: &Folder) -> Result<(), RecordsError> {
    // Mostly nothing is to be done, and then nobody's writing is waited for.
    let known: Option<(String, i64)> =
        sqlx::query_as("SELECT origin, indexed FROM access_log_known")
            .fetch_optional(&store.readers)
            .await?;
    let head = folder.text("head").map_err(LogError::disk(folder))?;
    let said = head.as_deref().and_then(|head| {
        let mut lines = head.lines();
        Some((lines.next()?.to_owned(), lines.next()?.parse().ok()?))
    });
    if said.is_some() && said == known {
        return Ok(());
    }
    loop {
        let mut write = store.write().await?;
        let known: Option<(String, i64)> =
            sqlx::query_as("SELECT origin, indexed FROM access_log_known")
                .fetch_optional(&mut *write)
                .await?;
        let (origin, indexed) = known.ok_or_else(|| {
            LogError::Damaged("it could not be used since the program began".to_owned())
        })?;
        let place: Option<(i64, i64)> =
            sqlx::query_as("SELECT place, length FROM access_log_index WHERE seq = ?1")
                .bind(indexed)
                .fetch_optional(&mut *write)
                .await?;
        let before = u64::try_from(indexed).unwrap_or_default();
        let offset = place.and_then(|(place, length)| u64::try_from(place + length).ok());
        let place = Place {
            before,
            offset: if before % SEGMENT == 0 {
                Some(0)
            } else {
                offset
            },
        };
        let own = folder.clone();
        let reading = tokio::task::spawn_blocking(move || read(&own, &origin, place));
        let read = reading
            .await
            .map_err(|error| RecordsError::Form(format!("index of the access log: {error}")))??;
        let is_done = read.is_done;
        if read.is_anew {
            forget(&mut write, 0).await?;
        }
        insert(&mut write, &read.rows).await?;
        sqlx::query("UPDATE access_log_known SET indexed = ?1")
            .bind(i64::try_from(read.until).unwrap_or(i64::MAX))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        if is_done {
            return Ok(());
        }
    }
}

/// Takes what retention took away out of the index.
pub(super) async fn drop_pruned(store: &Store, ranges: &[(u64, u64)]) -> Result<(), RecordsError> {
    let mut write = store.write().await?;
    for (first, last) in ranges {
        for table in [
            "DELETE FROM access_log_index WHERE seq BETWEEN ?1 AND ?2",
            "DELETE FROM access_log_index_of WHERE seq BETWEEN ?1 AND ?2",
        ] {
            sqlx::query(table)
                .bind(i64::try_from(*first).unwrap_or(i64::MAX))
                .bind(i64::try_from(*last).unwrap_or(i64::MAX))
                .execute(&mut *write)
                .await?;
        }
    }
    // Words of an entry that is gone are gone too.
    sqlx::query(
        "DELETE FROM access_log_text WHERE id NOT IN (SELECT purpose FROM access_log_index) \
         AND id NOT IN (SELECT query FROM access_log_index WHERE query IS NOT NULL)",
    )
    .execute(&mut *write)
    .await?;
    write.commit().await?;
    Ok(())
}

async fn forget(write: &mut Transaction<'static, Sqlite>, after: i64) -> Result<(), RecordsError> {
    for table in [
        "DELETE FROM access_log_index WHERE seq > ?1",
        "DELETE FROM access_log_index_of WHERE seq > ?1",
    ] {
        sqlx::query(table).bind(after).execute(&mut **write).await?;
    }
    Ok(())
}

/// The number of a text, given when it first comes.
async fn text(
    write: &mut Transaction<'static, Sqlite>,
    known: &mut HashMap<String, i64>,
    text: &str,
) -> Result<i64, RecordsError> {
    if let Some(id) = known.get(text) {
        return Ok(*id);
    }
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO access_log_text (text) VALUES (?1) \
         ON CONFLICT (text) DO UPDATE SET text = excluded.text RETURNING id",
    )
    .bind(text)
    .fetch_one(&mut **write)
    .await?;
    known.insert(text.to_owned(), id);
    Ok(id)
}

async fn insert(
    write: &mut Transaction<'static, Sqlite>,
    rows: &[Row],
) -> Result<(), RecordsError> {
    let mut known = HashMap::new();
    for part in rows.chunks(ROWS) {
        let mut texts = Vec::with_capacity(part.len());
        for row in part {
            let purpose = text(write, &mut known, &row.purpose).await?;
            let query = match &row.query {
                Some(query) => Some(text(write, &mut known, query).await?),
                None => None,
            };
            texts.push((purpose, query));
        }
        let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(
            "INSERT OR REPLACE INTO access_log_index \
             (seq, at, who, act, decision, purpose, query, completes, place, length) ",
        );
        insert.push_values(part.iter().zip(texts), |mut to, (row, (purpose, query))| {
            to.push_bind(row.seq)
                .push_bind(row.at.as_str())
                .push_bind(row.who.as_str())
                .push_bind(row.act.as_str())
                .push_bind(row.decision.as_str())
                .push_bind(purpose)
                .push_bind(query)
                .push_bind(row.completes)
                .push_bind(row.place)
                .push_bind(row.length);
        });
        insert.build().execute(&mut **write).await?;
        let of: Vec<(i64, &'static str, &str)> = part
            .iter()
            .flat_map(|row| {
                // What an end says of a read is found with the read.
                let seq = row.completes.unwrap_or(row.seq);
                row.of
                    .iter()
                    .map(move |(kind, word)| (seq, *kind, word.as_str()))
            })
            .collect();
        for of in of.chunks(ROWS) {
            let mut insert: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT OR REPLACE INTO access_log_index_of (kind, word, seq) ");
            insert.push_values(of, |mut to, (seq, kind, word)| {
                to.push_bind(*kind).push_bind(*word).push_bind(*seq);
            });
            insert.build().execute(&mut **write).await?;
        }
    }
    Ok(())
}

/// Rows to add.
struct Read {
    rows: Vec<Row>,
    /// The number of the last entry that was looked at.
    until: u64,
    is_done: bool,
    /// Whether what is indexed is of another log.
    is_anew: bool,
}

fn read(folder: &Folder, origin: &str, place: Place) -> Result<Read, LogError> {
    let keys =
        keys::read(folder)?.ok_or_else(|| LogError::Damaged("its `keys` are gone".to_owned()))?;
    let head = {
        let _turn = folder.lock().map_err(LogError::disk(folder))?;
        state::head(folder, &keys)?.1
    };
    if head.origin != origin {
        return Err(LogError::Damaged(format!(
            "this is the log {}; the record store knows {origin}",
            head.origin
        )));
    }
    let is_anew = place.before > head.size;
    let mut place = if is_anew {
        Place {
            before: 0,
            offset: Some(0),
        }
    } else {
        place
    };
    let mut read = Read {
        rows: Vec::new(),
        until: place.before,
        is_done: false,
        is_anew,
    };
    while read.rows.len() < STEP {
        if place.before == head.size {
            read.is_done = true;
            break;
        }
        place = rows(folder, place, head.size, &mut read.rows)?;
        read.until = place.before;
    }
    Ok(read)
}

/// Adds rows of one file; the place after the last of them.
fn rows(folder: &Folder, from: Place, size: u64, to: &mut Vec<Row>) -> Result<Place, LogError> {
    let disk = LogError::disk(folder);
    let segment = from.before / SEGMENT;
    let end = size.min((segment + 1) * SEGMENT);
    let (mut reader, mut offset) = at(folder, from).map_err(&disk)?;
    let mut before = from.before;
    let mut bytes = Vec::new();
    while before < end && to.len() < STEP {
        if !line::next(&mut reader, &mut bytes).map_err(&disk)? {
            return Err(LogError::Damaged(format!(
                "entry {} is not there",
                before + 1
            )));
        }
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let line = Line::parse(&bytes)
            .ok_or_else(|| LogError::Damaged(format!("entry {} has no line", before + 1)))?;
        if !line.is_pruned() {
            to.push(row(&line, offset, length)?);
        }
        before += 1;
        offset += length;
    }
    let offset = if before == (segment + 1) * SEGMENT {
        0
    } else {
        offset
    };
    Ok(Place {
        before,
        offset: Some(offset),
    })
}

/// A file at the next line. A hint that does not hold any more is not followed.
fn at(folder: &Folder, from: Place) -> io::Result<(BufReader<File>, u64)> {
    let path = folder.segment(from.before / SEGMENT);
    if let Some(offset) = from.offset {
        let mut file = File::open(&path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut bytes = Vec::new();
        line::next(&mut reader, &mut bytes)?;
        if offset == 0 || Line::parse(&bytes).and_then(|line| line.seq()) == Some(from.before + 1) {
            reader.seek(SeekFrom::Start(offset))?;
            return Ok((reader, offset));
        }
    }
    let mut reader = BufReader::with_capacity(1 << 18, File::open(&path)?);
    let mut offset = 0;
    let mut bytes = Vec::new();
    for _ in 0..from.before % SEGMENT {
        line::next(&mut reader, &mut bytes)?;
        offset += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    }
    Ok((reader, offset))
}

fn row(line: &Line<'_>, place: u64, length: u64) -> Result<Row, LogError> {
    let form = |what: String| LogError::Form(what);
    let sealed = line
        .sealed()
        .map_err(|error| form(format!("character {}", error.column())))?;
    let entry = &sealed.entry;
    let datasets = entry.touched.iter().map(|touched| touched.dataset.as_str());
    let datasets = datasets.map(|dataset| ("dataset", dataset.to_owned()));
    let subjects = entry
        .subjects
        .iter()
        .cloned()
        .map(|subject| ("subject", subject));
    let wholes = entry
        .touched
        .iter()
        .filter(|_| matches!(entry.about, Some(About::More | About::All)))
        .map(|touched| ("whole", whole(&touched.dataset, touched.version)));
    Ok(Row {
        seq: i64::try_from(sealed.seq).unwrap_or(i64::MAX),
        at: stamp(sealed.at),
        who: entry.who.clone(),
        act: word(&entry.act).map_err(|error| form(error.to_string()))?,
        decision: word(&entry.decision).map_err(|error| form(error.to_string()))?,
        purpose: entry.purpose.clone(),
        query: entry.query.clone(),
        completes: entry.completes,
        place: i64::try_from(place).unwrap_or(i64::MAX),
        length: i64::try_from(length).unwrap_or(i64::MAX),
        of: datasets.chain(subjects).chain(wholes).collect(),
    })
}

/// The word of a version of which anybody may have been read; what no version names is that of all (0).
pub(super) fn whole(dataset: &str, version: Option<i64>) -> String {
    format!("{dataset}@{}", version.unwrap_or_default())
}
