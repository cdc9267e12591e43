//! Calls made to a source on a day: data.go.kr counts them, so we do.

use chrono::NaiveDate;

use crate::store::{RecordsError, Store};

/// Counters by source and day.
#[derive(Clone, Debug)]
pub struct Quota {
    store: Store,
}

/// What became of a wish to make one more call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// It may be made; so many have been, this one included.
    Taken(u64),
    /// The day's calls are used up.
    Exhausted(u64),
}

impl Quota {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Takes one call of `source` on `day`, unless `limit` have been taken.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take(
        &self,
        source: &str,
        day: NaiveDate,
        limit: Option<u64>,
    ) -> Result<Take, RecordsError> {
        let limit = limit
            .and_then(|limit| i64::try_from(limit).ok())
            .unwrap_or(i64::MAX);
        let mut write = self.store.write().await?;
        let used: Option<i64> = sqlx::query_scalar(
            "INSERT INTO quota (source, day, used) SELECT ?1, ?2, 1 WHERE ?3 > 0
             ON CONFLICT (source, day) DO UPDATE SET used = used + 1 WHERE used < ?3 RETURNING used",
        )
        .bind(source)
        .bind(day.to_string())
        .bind(limit)
        .fetch_optional(&mut *write)
        .await?;
        write.commit().await?;
        match used {
            Some(used) => Ok(Take::Taken(u64::try_from(used).unwrap_or_default())),
            None => Ok(Take::Exhausted(self.used(source, day).await?)),
        }
    }

    /// Calls of `source` taken on `day`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn used(&self, source: &str, day: NaiveDate) -> Result<u64, RecordsError> {
        let used: Option<i64> =
            sqlx::query_scalar("SELECT used FROM quota WHERE source = ?1 AND day = ?2")
                .bind(source)
                .bind(day.to_string())
                .fetch_optional(&self.store.readers)
                .await?;
        Ok(used
            .and_then(|used| u64::try_from(used).ok())
            .unwrap_or_default())
    }
}
