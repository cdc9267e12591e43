//! The access log and a plain table beside it, measured: prints one JSON object.
//!
//! `bench_log append N WRITERS FOLDER`, `fill N FOLDER`, `verify FOLDER`; the peer: `sqlite-append N FOLDER`,
//! `sqlite-group N GROUP FOLDER`, `sqlite-verify FOLDER`.

#![expect(
    clippy::print_stdout,
    reason = "what it measured goes to the caller as JSON"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::{DateTime, Utc};
use records::log::{Against, folder_of, verify};
use records::{Act, Decision, Entry, FixedClock, Records, Touched};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Entries queued before the disk is waited for.
const QUEUED: u64 = 100_000;
/// Rows read at once while the peer's chain is proven.
const STEP: i64 = 10_000;

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let started = Instant::now();
    let answer = match words.as_slice() {
        ["append", count, writers, folder] => {
            append(count.parse()?, writers.parse()?, Path::new(folder)).await?
        }
        ["fill", count, folder] => fill(count.parse()?, Path::new(folder)).await?,
        ["verify", folder] => verified(Path::new(folder))?,
        ["sqlite-append", count, folder] => sqlite(count.parse()?, 1, Path::new(folder)).await?,
        ["sqlite-group", count, group, folder] => {
            sqlite(count.parse()?, group.parse()?, Path::new(folder)).await?
        }
        ["sqlite-verify", folder] => sqlite_verified(Path::new(folder)).await?,
        _ => {
            return Err(
                "usage: bench_log append|fill|verify|sqlite-append|sqlite-group|sqlite-verify …"
                    .into(),
            );
        }
    };
    let (entries, seconds) = answer;
    println!(
        "{}",
        json!({"entries": entries, "seconds": seconds, "whole_s": started.elapsed().as_secs_f64()})
    );
    Ok(())
}

/// An entry as a page of a table makes it.
fn entry(number: u64) -> Entry {
    Entry {
        who: format!("staff{}", number % 300),
        from: Some("10.20.30.40".to_owned()),
        act: Act::Read,
        purpose: "민원 응대".to_owned(),
        touched: vec![Touched {
            dataset: "parking".into(),
            version: Some(12),
            columns: vec!["name".to_owned(), "spaces".to_owned()],
        }],
        subjects: Vec::new(),
        about: None,
        query: Some("SELECT name, spaces FROM parking WHERE dong = ? LIMIT ?".to_owned()),
        decision: Decision::Allowed,
        policy: "operator".to_owned(),
        rows: Some(number % 100),
        completes: None,
    }
}

async fn opened(folder: &Path) -> Result<Records, Fault> {
    std::fs::create_dir_all(folder)?;
    // A real clock would only be asked once a group.
    let clock = FixedClock::new(DateTime::<Utc>::UNIX_EPOCH);
    Ok(Records::open(&store(folder), Arc::new(clock)).await?)
}

fn store(folder: &Path) -> PathBuf {
    folder.join("records.db")
}

/// Writers that each wait for their receipt before they write again.
async fn append(count: u64, writers: u64, folder: &Path) -> Result<(u64, f64), Fault> {
    let records = opened(folder).await?;
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut writing = Vec::new();
    for _ in 0..writers {
        let (log, next) = (records.log().clone(), Arc::clone(&next));
        writing.push(tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<(), Fault>(());
                }
                log.append(entry(number)).await?;
            }
        }));
    }
    for one in writing {
        one.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    records.close().await;
    Ok((count, seconds))
}

/// As many entries as are wanted, as fast as they can be written.
async fn fill(count: u64, folder: &Path) -> Result<(u64, f64), Fault> {
    let records = opened(folder).await?;
    let started = Instant::now();
    for number in 0..count {
        records.log().append_later(entry(number));
        if number % QUEUED == 0 {
            records.log().flush().await;
        }
    }
    records.close().await;
    Ok((count, started.elapsed().as_secs_f64()))
}

fn verified(folder: &Path) -> Result<(u64, f64), Fault> {
    let started = Instant::now();
    let found = verify(&folder_of(&store(folder)), &Against::default())?;
    let seconds = started.elapsed().as_secs_f64();
    match found.breaks.first() {
        Some(place) => Err(place.to_string().into()),
        None => Ok((found.size, seconds)),
    }
}

async fn pool(folder: &Path) -> Result<SqlitePool, Fault> {
    std::fs::create_dir_all(folder)?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join("peer.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1);
    Ok(pool.connect_with(options).await?)
}

/// The same entries chained by hashes in a table, so many in one transaction.
async fn sqlite(count: u64, group: u64, folder: &Path) -> Result<(u64, f64), Fault> {
    let pool = pool(folder).await?;
    sqlx::raw_sql(
        "CREATE TABLE log (seq INTEGER PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL) STRICT",
    )
    .execute(&pool)
    .await?;
    let started = Instant::now();
    let mut hash = String::new();
    let mut number = 0;
    while number < count {
        let mut write = pool.begin().await?;
        let end = count.min(number + group);
        while number < end {
            let part = end.min(number + 64);
            let mut rows = Vec::new();
            for number in number..part {
                let text = serde_json::to_string(&entry(number))?;
                hash = linked(&hash, &text);
                rows.push((number, text, hash.clone()));
            }
            let mut insert: QueryBuilder<Sqlite> =
                QueryBuilder::new("INSERT INTO log (seq, text, hash) ");
            insert.push_values(&rows, |mut row, (number, text, hash)| {
                row.push_bind(i64::try_from(*number).unwrap_or(i64::MAX))
                    .push_bind(text.as_str())
                    .push_bind(hash.as_str());
            });
            insert.build().execute(&mut *write).await?;
            number = part;
        }
        write.commit().await?;
    }
    let seconds = started.elapsed().as_secs_f64();
    pool.close().await;
    Ok((count, seconds))
}

async fn sqlite_verified(folder: &Path) -> Result<(u64, f64), Fault> {
    let pool = pool(folder).await?;
    let started = Instant::now();
    let (mut last, mut before, mut count) = (-1_i64, String::new(), 0);
    loop {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT seq, text, hash FROM log WHERE seq > ?1 ORDER BY seq LIMIT ?2")
                .bind(last)
                .bind(STEP)
                .fetch_all(&pool)
                .await?;
        if rows.is_empty() {
            return Ok((count, started.elapsed().as_secs_f64()));
        }
        for (seq, text, hash) in rows {
            if linked(&before, &text) != hash {
                return Err(format!("row {seq} was altered").into());
            }
            (last, before, count) = (seq, hash, count + 1);
        }
    }
}

fn linked(before: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(before.as_bytes());
    hash.update(text.as_bytes());
    let hash = hash.finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
