//! A name and a password become a session; wrong ones cost time.

use chrono::{DateTime, Utc};
use std::sync::Arc;

use city::People;
use records::attempts::Pause;
use records::log::{Act, Decision};
use records::{RecordsError, Token};

use crate::accounts::{Accounts, By};
use crate::backoff;
use crate::hasher::HashError;
use crate::password::{LONGEST, Weak};
use crate::session::{Begin, Begun};

/// What somebody presents who wants to sign in.
#[derive(Clone, Default)]
pub struct Presented {
    /// The account's name.
    pub account: String,
    /// The password.
    pub password: String,
    /// From which network address.
    pub address: Option<String>,
    /// The browser's word for itself.
    pub browser: Option<String>,
    /// The word by which the browser says that it signed in before.
    pub known: Option<Token>,
    /// The session the browser has.
    pub replaces: Option<Token>,
}

/// What became of it.
#[derive(Debug)]
pub enum Outcome {
    /// The person is signed in.
    In(Box<Begun>),
    /// Name and password do not belong together, or the account may not sign in: which of these is not told.
    Refused,
    /// Too many were wrong: not looked at before this moment.
    Wait(DateTime<Utc>),
    /// Too many ask at once.
    Busy,
}

/// Whether a password was right, with what its answer may say.
enum Checked {
    Right,
    Wrong,
    Wait(DateTime<Utc>),
    Busy,
}

impl Accounts {
    /// Signs somebody in. An unknown name takes as long as a wrong password and is answered alike. Nothing is looked at
    /// while the account or the address has to wait, unless the browser signed in to the account before.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn sign_in(
        &self,
        people: &People,
        presented: Presented,
    ) -> Result<Outcome, RecordsError> {
        let known = match &presented.known {
            Some(token)
                if self
                    .records
                    .sessions()
                    .knows_browser(&presented.account, token)
                    .await? =>
            {
                Some(token)
            }
            _ => None,
        };
        match self.check(people, &presented, known).await? {
            Checked::Wait(until) => return Ok(Outcome::Wait(until)),
            Checked::Busy => return Ok(Outcome::Busy),
            Checked::Wrong => {
                // Of a name nobody has the log keeps nothing: people type passwords there.
                let who = if people.has(&presented.account) {
                    &presented.account
                } else {
                    "public"
                };
                let address = presented.address.as_deref();
                self.log(who, address, Act::SignIn, "password", Decision::Denied)
                    .await?;
                return Ok(Outcome::Refused);
            }
            Checked::Right => {}
        }
        if let Some(token) = known {
            self.records.sessions().forget_browser(token).await?;
        }
        let begun = self
            .begin(Begin {
                account: presented.account,
                how: "password",
                claims: None,
                address: presented.address,
                browser: presented.browser,
                replaces: presented.replaces,
            })
            .await?;
        Ok(begun.map_or(Outcome::Refused, |begun| Outcome::In(Box::new(begun))))
    }

    /// Sets a new password for somebody who says the present one, and ends all sessions.
    ///
    /// # Errors
    /// When the records fail; inside, why it was not set.
    pub async fn change_password(
        &self,
        people: &People,
        presented: Presented,
        new: &str,
        by: &By,
    ) -> Result<Result<(), Change>, RecordsError> {
        let known = presented.known.clone();
        match self.check(people, &presented, known.as_ref()).await? {
            Checked::Right => {}
            Checked::Wrong => return Ok(Err(Change::Wrong)),
            Checked::Wait(until) => return Ok(Err(Change::Wait(until))),
            Checked::Busy => return Ok(Err(Change::Busy)),
        }
        self.set_password(&presented.account, new, by, "password-changed")
            .await
    }

    /// Sets a password that is good enough, ends all sessions of the account, and forgets its browsers.
    ///
    /// # Errors
    /// When the records fail; inside, why it was not set.
    pub(crate) async fn set_password(
        &self,
        account: &str,
        new: &str,
        by: &By,
        what: &str,
    ) -> Result<Result<(), Change>, RecordsError> {
        let (rules, name, word) = (Arc::clone(&self.rules), account.to_owned(), new.to_owned());
        let judged = tokio::task::spawn_blocking(move || rules.judge(&name, &word)).await;
        let judged = judged.map_err(|error| RecordsError::Form(error.to_string()))?;
        if let Err(weak) = judged {
            return Ok(Err(Change::Weak(weak)));
        }
        let hash = match self.hasher.hash(new).await {
            Ok(hash) => hash,
            Err(HashError::Busy) => return Ok(Err(Change::Busy)),
            Err(error) => return Err(RecordsError::Form(error.to_string())),
        };
        self.records
            .credentials()
            .set_password(account, &hash)
            .await?;
        self.records.sessions().end_all(account).await?;
        self.records.sessions().forget_browsers(account).await?;
        self.records.attempts().forget(&of_account(account)).await?;
        self.note(by, account, what, "").await?;
        Ok(Ok(()))
    }

    async fn check(
        &self,
        people: &People,
        presented: &Presented,
        known: Option<&Token>,
    ) -> Result<Checked, RecordsError> {
        let (account, address) = (of_account(&presented.account), presented.address.as_deref());
        let address = address.map(backoff::subject_of_address);
        // A browser that signed in before is not shut out by what others guess.
        let browser = known.map(|token| format!("browser {}", short(token.reveal())));
        let locked = self
            .locked(known.is_some(), &account, address.as_deref())
            .await?;
        if let Some(until) = locked {
            return Ok(Checked::Wait(until));
        }
        let Ok(place) = self.hasher.place() else {
            return Ok(Checked::Busy);
        };
        // Many guesses at once must not all be looked at before the first of them counts.
        let gate = self
            .gates
            .pass(browser.as_deref().unwrap_or(&account))
            .await;
        let locked = self
            .locked(known.is_some(), &account, address.as_deref())
            .await?;
        if let Some(until) = locked {
            return Ok(Checked::Wait(until));
        }
        let credential = self.records.credentials().of(&presented.account).await?;
        let open = credential
            .as_ref()
            .filter(|known| known.blocked_at.is_none() && people.has(&known.account));
        let password = open.and_then(|known| known.password.as_ref());
        // Longer than any that was taken: not worth a hash of it.
        let typed = if presented.password.chars().count() > LONGEST {
            ""
        } else {
            &presented.password
        };
        match self.hasher.verify(place, password, typed).await {
            Err(HashError::Busy) => return Ok(Checked::Busy),
            Err(error) => return Err(RecordsError::Form(error.to_string())),
            Ok(is_right) => {
                if is_right {
                    self.records.attempts().forget(&account).await?;
                    return Ok(Checked::Right);
                }
            }
        }
        let mut wrong: Vec<(&str, Pause)> = Vec::new();
        match &browser {
            Some(browser) => wrong.push((browser, backoff::of_browser)),
            None => wrong.push((&account, backoff::of_account)),
        }
        if let Some(address) = &address {
            wrong.push((address, backoff::of_address));
        }
        self.records.attempts().fail(&wrong).await?;
        drop(gate);
        if let (Some(token), Some(browser)) = (known, &browser)
            && self.records.attempts().failures(browser).await? >= backoff::FREE_OF_BROWSER
        {
            self.records.sessions().forget_browser(token).await?;
        }
        Ok(Checked::Wrong)
    }

    async fn locked(
        &self,
        is_known: bool,
        account: &str,
        address: Option<&str>,
    ) -> Result<Option<DateTime<Utc>>, RecordsError> {
        if is_known {
            return Ok(None);
        }
        let attempts = self.records.attempts();
        let of_account = attempts.locked(account).await?;
        let of_address = match address {
            Some(address) => attempts.locked(address).await?,
            None => None,
        };
        Ok(of_account.max(of_address))
    }
}

/// Why a password was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The present one is wrong.
    Wrong,
    /// The new one is not taken.
    Weak(Weak),
    /// Not looked at before this moment.
    Wait(DateTime<Utc>),
    /// Too many ask at once.
    Busy,
}

/// What an account's wrong passwords are counted under: a hash, since people type passwords where the name belongs.
fn of_account(account: &str) -> String {
    format!("account {}", short(account))
}

fn short(word: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let bytes = Sha256::digest(word.as_bytes());
    bytes
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
