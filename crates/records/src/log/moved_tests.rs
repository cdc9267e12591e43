//! The log of version 1 in the record store is moved into the files.

use std::sync::Arc;

use chrono::{TimeDelta, TimeZone, Utc};
use sha2::{Digest, Sha256};

use super::moved::system;
use super::{Entry, Filter, Logged};
use crate::clock::FixedClock;
use crate::store::Records;
use crate::tokens::hex;

struct TestStore {
    folder: tempfile::TempDir,
    records: Records,
}

impl TestStore {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let records = opened(&folder).await;
        Self { folder, records }
    }

    async fn reopened(self) -> Self {
        self.records.close().await;
        let records = opened(&self.folder).await;
        Self { records, ..self }
    }

    async fn pool(&self) -> sqlx::SqlitePool {
        let path = self.folder.path().join("records.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        sqlx::SqlitePool::connect_with(options).await.unwrap()
    }

    /// Changes the store behind the program's back.
    async fn tamper(&self, sql: &'static str) {
        let pool = self.pool().await;
        for trigger in ["changed", "deleted"] {
            let drop = format!("DROP TRIGGER IF EXISTS access_log_is_never_{trigger}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(drop))
                .execute(&pool)
                .await
                .unwrap();
        }
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

async fn opened(folder: &tempfile::TempDir) -> Records {
    let clock = FixedClock::new(Utc.with_ymd_and_hms(2026, 11, 5, 0, 0, 0).unwrap());
    let path = folder.path().join("records.db");
    Records::open(&path, Arc::new(clock)).await.unwrap()
}

/// Writes a log as version 1 did.
async fn write_old(store: &TestStore, count: i64) -> Vec<String> {
    let pool = store.pool().await;
    let start = Utc.with_ymd_and_hms(2025, 3, 1, 9, 0, 0).unwrap();
    let (mut previous, mut texts) = (String::new(), Vec::new());
    for seq in 1..=count {
        let at =
            (start + TimeDelta::minutes(seq)).to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let entry = serde_json::to_string(&Entry {
            who: format!("person{seq}"),
            ..system("민원 응대".to_owned())
        })
        .unwrap();
        let sealed = format!(r#"{{"seq":{seq},"at":"{at}","entry":{entry}}}"#);
        let hash = hex(&Sha256::digest(format!("{previous}\n{sealed}")));
        sqlx::query("INSERT INTO access_log (seq, sealed, previous, hash) VALUES (?1, ?2, ?3, ?4)")
            .bind(seq)
            .bind(&sealed)
            .bind(&previous)
            .bind(&hash)
            .execute(&pool)
            .await
            .unwrap();
        texts.push(sealed);
        previous = hash;
    }
    sqlx::query("UPDATE access_log_head SET seq = ?1, hash = ?2")
        .bind(count)
        .bind(&previous)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    texts
}

async fn all(store: &TestStore) -> Vec<Logged> {
    let filter = Filter {
        limit: 100_000,
        ..Filter::default()
    };
    let (mut entries, _) = store.records.log().page(&filter).await.unwrap();
    entries.reverse();
    entries
}

#[tokio::test]
async fn every_entry_is_moved_word_by_word_once() {
    let store = TestStore::new().await;
    let texts = write_old(&store, 5000).await;
    let store = store.reopened().await.reopened().await;
    let entries = all(&store).await;
    assert_eq!(entries.len(), 5001);
    assert_eq!(entries[4321].entry.who, "person4322");
    assert!(
        entries[5000]
            .entry
            .purpose
            .contains("5000 entries were moved")
    );
    assert!(
        entries[5000]
            .entry
            .purpose
            .contains("their chain was whole")
    );
    let lines = std::fs::read_to_string(
        store
            .folder
            .path()
            .join("access-log/entries-000000000001.log"),
    )
    .unwrap();
    for (line, text) in lines.lines().zip(&texts) {
        assert_eq!(line.split_once(' ').unwrap().1, text);
    }
    assert_eq!(store.records.log().verify().await.unwrap(), None);
    let left: (i64,) = sqlx::query_as("SELECT count(*) FROM access_log")
        .fetch_one(&store.pool().await)
        .await
        .unwrap();
    assert_eq!(left.0, 0);
}

#[tokio::test]
async fn a_move_that_was_interrupted_is_finished() {
    // As if the program died after so many entries: they are in the files, and the record store still has all.
    for done in [1, 4096, 4999, 5000, 5001] {
        let store = TestStore::new().await;
        let texts = write_old(&store, 5000).await;
        let at = Utc.with_ymd_and_hms(2025, 3, 5, 9, 0, 0).unwrap();
        {
            let mut book = super::locked(&store.records.log().book);
            book.append_texts(0, &texts[..done.min(5000)], at).unwrap();
            if done > 5000 {
                book.append(&[system("moved".to_owned())], at).unwrap();
            }
        }
        let store = store.reopened().await;
        let entries = all(&store).await;
        assert_eq!(entries.len(), 5001, "{done}");
        assert_eq!(entries[4998].entry.who, "person4999", "{done}");
        assert_eq!(store.records.log().verify().await.unwrap(), None, "{done}");
    }
}

#[tokio::test]
async fn what_was_bent_before_is_moved_and_told() {
    for (bent, what) in [
        (
            "UPDATE access_log SET sealed = replace(sealed, 'person3', 'person9') WHERE seq = 3",
            "broken at entry 3",
        ),
        ("DELETE FROM access_log WHERE seq = 5", "broken at entry 5"),
        ("DELETE FROM access_log WHERE seq > 8", "broken at entry 9"),
        (
            "UPDATE access_log SET sealed = replace(sealed, '\"seq\":2', '\"seq\":7') WHERE seq = 2",
            "broken at entry 2",
        ),
    ] {
        let store = TestStore::new().await;
        write_old(&store, 10).await;
        store.tamper(bent).await;
        let store = store.reopened().await;
        let entries = all(&store).await;
        assert_eq!(entries.len(), 11, "{bent}");
        let said = &entries[10].entry.purpose;
        assert!(said.contains(what), "{bent}: {said}");
        assert_eq!(store.records.log().verify().await.unwrap(), None, "{bent}");
    }
}
