//! Receipts of figures: what each was made of, under the hash of that.

use chrono::{DateTime, Utc};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// Receipts of figures. One that is made is never changed.
#[derive(Clone, Debug)]
pub struct FigureReceipts {
    store: Store,
}

/// A receipt as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureReceipt {
    /// The hash of its body.
    pub id: String,
    /// What the figure was made of.
    pub body: String,
    /// The value as it was told, if there was one.
    pub value: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

impl FigureReceipts {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a receipt, durably; one of the same id is kept already and stays as it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep(
        &self,
        id: &str,
        body: &str,
        value: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), RecordsError> {
        if self.find(id).await?.is_some() {
            return Ok(());
        }
        let mut write = self.store.write().await?;
        sqlx::query("INSERT INTO figure_receipts (id, body, value, made_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING")
            .bind(id)
            .bind(body)
            .bind(value)
            .bind(stamp(now))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// The receipt of an id, if one was made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn find(&self, id: &str) -> Result<Option<FigureReceipt>, RecordsError> {
        let row = sqlx::query("SELECT id, body, value, made_at FROM figure_receipts WHERE id = ?1")
            .bind(id)
            .fetch_optional(&self.store.readers)
            .await?;
        row.map(|row| receipt(&row)).transpose()
    }

    /// The receipt whose id begins so: nothing where there is none, or where several do.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begins(&self, start: &str) -> Result<Option<FigureReceipt>, RecordsError> {
        let rows = sqlx::query("SELECT id, body, value, made_at FROM figure_receipts WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 2")
            .bind(start)
            // Ids are of hexadecimal digits: none of them comes after this.
            .bind(format!("{start}g"))
            .fetch_all(&self.store.readers)
            .await?;
        match rows.as_slice() {
            [row] => receipt(row).map(Some),
            _ => Ok(None),
        }
    }
}

fn receipt(row: &SqliteRow) -> Result<FigureReceipt, RecordsError> {
    let id: String = row.try_get("id")?;
    let made_at: String = row.try_get("made_at")?;
    let made_at = moment(&made_at)
        .ok_or_else(|| RecordsError::Form(format!("receipt {id} has no moment")))?;
    Ok(FigureReceipt {
        body: row.try_get("body")?,
        value: row.try_get("value")?,
        id,
        made_at,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;

    use crate::{Clock, FixedClock, Records};

    #[tokio::test]
    async fn a_receipt_is_kept_once_and_never_changed() {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(
            DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        ));
        let records = Records::open(&folder.path().join("records.db"), Arc::clone(&clock))
            .await
            .unwrap();
        let receipts = records.figures();
        assert_eq!(receipts.find("a").await.unwrap(), None);
        receipts
            .keep("a", "{}", Some("0.1"), clock.now())
            .await
            .unwrap();
        receipts
            .keep("a", "{\"other\":1}", None, clock.now())
            .await
            .unwrap();
        let kept = receipts.find("a").await.unwrap().unwrap();
        assert_eq!(
            (kept.body.as_str(), kept.value.as_deref()),
            ("{}", Some("0.1"))
        );
        assert_eq!(kept.made_at, clock.now());
        // By its beginning, where that means one.
        for id in ["ab01", "ab02"] {
            receipts.keep(id, "{}", None, clock.now()).await.unwrap();
        }
        let begins = async |start: &str| receipts.begins(start).await.unwrap().map(|own| own.id);
        assert_eq!(begins("ab0").await, None);
        assert_eq!(begins("ab02").await.as_deref(), Some("ab02"));
        assert_eq!(begins("ac").await, None);
    }
}
