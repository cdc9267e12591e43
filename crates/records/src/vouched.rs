//! People whom an identity provider vouches for: who is who.

use chrono::{DateTime, Utc};

use crate::clock::{moment, stamp};
use crate::store::{RecordsError, Store};

/// A person of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The provider.
    pub issuer: String,
    /// Its own, lasting word for the person.
    pub subject: String,
    /// The account here.
    pub account: String,
    /// First seen.
    pub first_at: DateTime<Utc>,
    /// Last seen.
    pub last_at: DateTime<Utc>,
}

/// People whom an identity provider vouches for.
#[derive(Clone, Debug)]
pub struct VouchedPeople {
    store: Store,
}

impl VouchedPeople {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Notes that a person of a provider came as an account. False where the name is another person's of the same
    /// provider, or the person has had another name: then nothing is noted.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn meet(
        &self,
        issuer: &str,
        subject: &str,
        account: &str,
    ) -> Result<bool, RecordsError> {
        let now = stamp(self.store.clock.now());
        let mut write = self.store.write().await?;
        let done = sqlx::query(
            "INSERT INTO vouched_people (issuer, subject, account, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT DO UPDATE SET last_at = excluded.last_at
             WHERE vouched_people.subject = excluded.subject AND vouched_people.account = excluded.account",
        )
        .bind(issuer)
        .bind(subject)
        .bind(account)
        .bind(now)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Everybody who came so far, by account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(&self) -> Result<Vec<Vouched>, RecordsError> {
        let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
            "SELECT issuer, subject, account, first_at, last_at FROM vouched_people ORDER BY account, issuer",
        )
        .fetch_all(&self.store.readers)
        .await?;
        rows.into_iter()
            .map(|(issuer, subject, account, first, last)| {
                Ok(Vouched {
                    issuer,
                    subject,
                    account,
                    first_at: at(&first)?,
                    last_at: at(&last)?,
                })
            })
            .collect()
    }

    /// Forgets who had an account's name, so that another person of the provider may come by it. Tells whether there
    /// was one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget(&self, account: &str) -> Result<bool, RecordsError> {
        let mut write = self.store.write().await?;
        let done = sqlx::query("DELETE FROM vouched_people WHERE account = ?1")
            .bind(account)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }
}

fn at(text: &str) -> Result<DateTime<Utc>, RecordsError> {
    moment(text).ok_or_else(|| RecordsError::Form(format!("`{text}` is no moment")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{FixedClock, Records};

    #[tokio::test]
    async fn a_name_is_one_persons_of_a_provider_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(chrono::DateTime::UNIX_EPOCH));
        let records = Records::open(
            &folder.path().join("r.db"),
            Arc::<FixedClock>::clone(&clock),
        )
        .await
        .unwrap();
        let people = records.vouched();
        assert!(people.meet("https://id", "1", "kim").await.unwrap());
        assert!(people.meet("https://id", "1", "kim").await.unwrap());
        assert!(
            !people.meet("https://id", "2", "kim").await.unwrap(),
            "another person, the same name"
        );
        assert!(
            !people.meet("https://id", "1", "lee").await.unwrap(),
            "the same person, another name"
        );
        assert!(people.meet("https://other", "2", "kim").await.unwrap());
        assert_eq!(people.all().await.unwrap().len(), 2);
        assert!(people.forget("kim").await.unwrap());
        assert!(!people.forget("kim").await.unwrap());
        assert!(people.meet("https://id", "2", "kim").await.unwrap());
    }
}
