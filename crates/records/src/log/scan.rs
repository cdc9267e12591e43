//! All entries of a stretch of time, one after the other: for reviews. What is held is one line.

use std::fs::File;
use std::io::BufReader;

use chrono::{DateTime, Utc};

use super::folder::{Folder, SEGMENT};
use super::line::{self, Line};
use super::page::entry;
use super::{LogError, Logged};
use crate::clock::stamp;
use crate::store::{RecordsError, Store};

pub(super) async fn each<T: Send + 'static>(
    store: &Store,
    folder: &Folder,
    (since, until): (DateTime<Utc>, DateTime<Utc>),
    mut seen: T,
    see: fn(&mut T, &Logged),
) -> Result<(T, u64), RecordsError> {
    let (first, last): (Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT min(seq), max(seq) FROM access_log_index WHERE at >= ?1 AND at < ?2",
    )
    .bind(stamp(since))
    .bind(stamp(until))
    .fetch_one(&store.readers)
    .await?;
    let (Some(first), Some(last)) = (number(first), number(last)) else {
        return Ok((seen, 0));
    };
    let folder = folder.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let mut count = 0;
        let mut take = |logged: &Logged| {
            count += 1;
            see(&mut seen, logged);
        };
        for segment in (first - 1) / SEGMENT..=(last - 1) / SEGMENT {
            lines(&folder, segment, (first, last), &mut take)?;
        }
        Ok::<_, LogError>((seen, count))
    });
    let read = reading
        .await
        .map_err(|error| RecordsError::Form(format!("reading the access log: {error}")))??;
    Ok(read)
}

fn number(seq: Option<i64>) -> Option<u64> {
    seq.and_then(|seq| u64::try_from(seq).ok())
        .filter(|seq| *seq > 0)
}

fn lines(
    folder: &Folder,
    segment: u64,
    (first, last): (u64, u64),
    take: &mut dyn FnMut(&Logged),
) -> Result<(), LogError> {
    let disk = LogError::disk(folder);
    let file = File::open(folder.segment(segment)).map_err(&disk)?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let mut bytes = Vec::new();
    let mut seq = segment * SEGMENT;
    while seq < last && line::next(&mut reader, &mut bytes).map_err(&disk)? {
        seq += 1;
        if seq < first {
            continue;
        }
        let line = Line::parse(&bytes)
            .ok_or_else(|| LogError::Damaged(format!("entry {seq} has no line")))?;
        // What retention took away is no more to be seen.
        if !line.is_pruned() {
            take(&entry(&line)?);
        }
    }
    Ok(())
}
