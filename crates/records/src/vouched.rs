//! People whom an identity provider vouches for: who is who, and what its claims gave a session.

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
        sqlx::query("DELETE FROM vouched_sessions WHERE account = ?1")
            .bind(account)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps what claims gave a session, in the caller's own form, until the session ends by itself.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn give(
        &self,
        session: &str,
        account: &str,
        gives: &str,
        until: DateTime<Utc>,
    ) -> Result<(), RecordsError> {
        let now = self.store.clock.now();
        let mut write = self.store.write().await?;
        sqlx::query("DELETE FROM vouched_sessions WHERE until <= ?1")
            .bind(stamp(now))
            .execute(&mut *write)
            .await?;
        sqlx::query("INSERT INTO vouched_sessions (session, account, gives, until) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (session) DO UPDATE SET account = excluded.account, gives = excluded.gives, until = excluded.until")
            .bind(session)
            .bind(account)
            .bind(gives)
            .bind(stamp(until))
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// What claims gave a session of an account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn given(
        &self,
        session: &str,
        account: &str,
    ) -> Result<Option<String>, RecordsError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT gives, until FROM vouched_sessions WHERE session = ?1 AND account = ?2",
        )
        .bind(session)
        .bind(account)
        .fetch_optional(&self.store.readers)
        .await?;
        let now = self.store.clock.now();
        Ok(row.and_then(|(gives, until)| {
            moment(&until)
                .is_some_and(|until| until > now)
                .then_some(gives)
        }))
    }
}

fn at(text: &str) -> Result<DateTime<Utc>, RecordsError> {
    moment(text).ok_or_else(|| RecordsError::Form(format!("`{text}` is no moment")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use crate::{Clock as _, FixedClock, Records};

    #[tokio::test]
    async fn a_name_is_one_persons_of_a_provider_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(chrono::DateTime::UNIX_EPOCH));
        let records = Records::open(&folder.path().join("r.db"), clock.clone())
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

    #[tokio::test]
    async fn what_claims_gave_is_given_to_its_session_and_account_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(chrono::DateTime::UNIX_EPOCH));
        let records = Records::open(&folder.path().join("r.db"), clock.clone())
            .await
            .unwrap();
        let people = records.vouched();
        let until = clock.now() + TimeDelta::hours(1);
        people.give("s1", "kim", "clerk", until).await.unwrap();
        assert_eq!(
            people.given("s1", "kim").await.unwrap().as_deref(),
            Some("clerk")
        );
        assert_eq!(people.given("s1", "lee").await.unwrap(), None);
        assert_eq!(people.given("s2", "kim").await.unwrap(), None);
        clock.advance(TimeDelta::hours(1));
        assert_eq!(people.given("s1", "kim").await.unwrap(), None);
    }
}
