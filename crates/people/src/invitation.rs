//! Links by which a person sets a password: the first one, or a new one when it is forgotten. Good once, for a day.

use chrono::TimeDelta;
use std::sync::Arc;

use city::People;
use records::tokens::Kind;
use records::{RecordsError, Token};

use crate::accounts::{Accounts, By};
use crate::sign_in::Change;

/// A link is good for so long.
pub const VALID: TimeDelta = TimeDelta::hours(24);

/// Why a link did not set a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It was used, ran out, or never was one; or its account is gone or blocked.
    Gone,
    /// The password was not taken; the link is still good.
    Change(Change),
}

impl Accounts {
    /// A link's word for an account. Links made before are good no more.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn invite(&self, account: &str, by: &By) -> Result<Token, RecordsError> {
        let tokens = self.records.tokens();
        tokens.end_all(Kind::Invitation, account).await?;
        let token = tokens.issue(Kind::Invitation, account, VALID).await?;
        self.note(by, account, "invited", "").await?;
        Ok(token)
    }

    /// The account a link is for, if it is still good.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn invited(
        &self,
        people: &People,
        token: &Token,
    ) -> Result<Option<String>, RecordsError> {
        let Some(account) = self
            .records
            .tokens()
            .person(Kind::Invitation, token)
            .await?
        else {
            return Ok(None);
        };
        let known = self.records.credentials().of(&account).await?;
        let is_blocked = known.is_some_and(|known| known.blocked_at.is_some());
        Ok((people.has(&account) && !is_blocked).then_some(account))
    }

    /// Sets the password a link is for; the account. A password that is not taken leaves the link good.
    ///
    /// # Errors
    /// When the records fail; inside, why it was not set.
    pub async fn accept(
        &self,
        people: &People,
        token: &Token,
        password: &str,
        address: Option<&str>,
    ) -> Result<Result<String, Refusal>, RecordsError> {
        let Some(account) = self.invited(people, token).await? else {
            return Ok(Err(Refusal::Gone));
        };
        if let Err(weak) = self.judged(&account, password).await? {
            return Ok(Err(Refusal::Change(Change::Weak(weak))));
        }
        // Of two who hold the link at once, one gets it.
        if self
            .records
            .tokens()
            .end(Kind::Invitation, token)
            .await?
            .is_none()
        {
            return Ok(Err(Refusal::Gone));
        }
        let by = By::new(&account, address);
        let set = self
            .set_password(&account, password, &by, "password-set")
            .await?;
        Ok(set.map(|()| account).map_err(Refusal::Change))
    }

    /// Sets a password by the word of the machine's own command line: the demo city's people get theirs so.
    ///
    /// # Errors
    /// When the records fail; inside, why it was not set.
    pub async fn set_by_machine(
        &self,
        account: &str,
        password: &str,
    ) -> Result<Result<(), Change>, RecordsError> {
        self.set_password(account, password, &By::local(), "password-set")
            .await
    }

    async fn judged(
        &self,
        account: &str,
        password: &str,
    ) -> Result<Result<(), crate::Weak>, RecordsError> {
        let (rules, name, word) = (
            Arc::clone(&self.rules),
            account.to_owned(),
            password.to_owned(),
        );
        let judged = tokio::task::spawn_blocking(move || rules.judge(&name, &word)).await;
        judged.map_err(|error| RecordsError::Form(error.to_string()))
    }
}
