//! Words that may be used once. Only their hashes are kept, and only while they would be good.

use chrono::{DateTime, Utc};

use crate::clock::stamp;
use crate::store::{RecordsError, Store};

/// Words that may be used once.
#[derive(Clone, Debug)]
pub struct Once {
    store: Store,
}

impl Once {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Whether this is the first use of a word whose hash is `mark`; it would be good until `until`. Of two who use it
    /// at once, one is told yes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_use(&self, mark: &str, until: DateTime<Utc>) -> Result<bool, RecordsError> {
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        // What has run out is refused for its age.
        sqlx::query("DELETE FROM used_marks WHERE until <= ?1")
            .bind(stamp(now))
            .execute(&mut *write)
            .await?;
        let done = sqlx::query(
            "INSERT INTO used_marks (mark, until) VALUES (?1, ?2) ON CONFLICT (mark) DO NOTHING",
        )
        .bind(mark)
        .bind(stamp(until))
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use crate::{Clock as _, FixedClock, Records};

    #[tokio::test]
    async fn a_word_is_used_once_also_by_many_at_once_and_is_forgotten_when_it_has_run_out() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(chrono::DateTime::UNIX_EPOCH));
        let records = Records::open(
            &folder.path().join("r.db"),
            Arc::<FixedClock>::clone(&clock),
        )
        .await
        .unwrap();
        let records = Arc::new(records);
        let until = clock.now() + TimeDelta::minutes(10);
        let uses = (0..20).map(|_| {
            let records = Arc::clone(&records);
            tokio::spawn(async move { records.once().first_use("a", until).await.unwrap() })
        });
        let mut firsts = 0;
        for used in uses.collect::<Vec<_>>() {
            firsts += usize::from(used.await.unwrap());
        }
        assert_eq!(firsts, 1);
        assert!(records.once().first_use("b", until).await.unwrap());
        clock.advance(TimeDelta::minutes(11));
        records
            .once()
            .first_use("c", clock.now() + TimeDelta::minutes(1))
            .await
            .unwrap();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM used_marks")
            .fetch_one(&records.once().store.readers)
            .await
            .unwrap();
        assert_eq!(left, 1);
    }
}
