//! Sessions, and who is behind one.

use std::collections::{BTreeMap, BTreeSet};

use city::people::RESERVED_ACCOUNTS;
use records::log::{Act, Decision, Entry};
use records::{NewSession, RecordsError, Session, Token};
use serde::{Deserialize, Serialize};

use crate::accounts::{Accounts, By};

/// Characters kept of a browser's word for itself.
const BROWSER: usize = 120;

/// A session that is to begin, once it is certain who the person is.
#[derive(Clone, Debug, Default)]
pub struct Begin {
    /// The account.
    pub account: String,
    /// How the person proved it: `password`, `link`, `invitation`, `openid`, `passkey`.
    pub how: &'static str,
    /// What an identity provider said of a person who has no account in the city's folder.
    pub claims: Option<Claims>,
    /// From which network address.
    pub address: Option<String>,
    /// The browser's word for itself.
    pub browser: Option<String>,
    /// The session the browser had before: it ends.
    pub replaces: Option<Token>,
}

/// What an identity provider said of a person: all that a session of theirs holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Claims {
    /// Roles, by id.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// Department, by id.
    #[serde(default)]
    pub department: Option<String>,
    /// Values by name.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// A session that began.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The word that opens it: for the browser's cookie, and no other place.
    pub token: Token,
    /// The word by which the browser is known the next time.
    pub browser: Token,
    /// The session.
    pub session: Session,
}

impl Accounts {
    /// Begins a session under a new word, and ends the one the browser had. Every way to sign in ends here. Nothing
    /// begins for an account that is blocked or has a name that is no account's.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn begin(&self, begin: Begin) -> Result<Option<Begun>, RecordsError> {
        let known = self.records.credentials().of(&begin.account).await?;
        let is_blocked = known.is_some_and(|known| known.blocked_at.is_some());
        if is_blocked || RESERVED_ACCOUNTS.contains(&begin.account.as_str()) {
            return Ok(None);
        }
        let claims = begin.claims.as_ref().map(serde_json::to_string).transpose();
        let claims = claims.map_err(|error| RecordsError::Form(error.to_string()))?;
        if let Some(before) = &begin.replaces {
            self.records.sessions().end(before).await?;
        }
        let new = NewSession {
            account: begin.account.clone(),
            how: begin.how.to_owned(),
            claims,
            address: begin.address.clone(),
            browser: begin.browser.map(|word| shortened(&word)),
        };
        self.log(
            &begin.account,
            begin.address.as_deref(),
            Act::SignIn,
            begin.how,
            Decision::Allowed,
        )
        .await?;
        let (token, session) = self.records.sessions().begin(new, self.absolute).await?;
        self.records.credentials().signed_in(&begin.account).await?;
        let browser = self.records.sessions().know_browser(&begin.account).await?;
        Ok(Some(Begun {
            token,
            browser,
            session,
        }))
    }

    /// The session a cookie opens, if it still does.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>, RecordsError> {
        self.records.sessions().find(token, self.idle).await
    }

    /// Ends the session a cookie opens.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn sign_out(&self, token: &Token, address: Option<&str>) -> Result<(), RecordsError> {
        if let Some(account) = self.records.sessions().end(token).await? {
            self.log(
                &account,
                address,
                Act::SignOut,
                "sign out",
                Decision::Allowed,
            )
            .await?;
        }
        Ok(())
    }

    /// The sessions of an account that are open, the last used first.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn sessions(&self, account: &str) -> Result<Vec<Session>, RecordsError> {
        self.records.sessions().of(account, self.idle).await
    }

    /// Ends one session of an account. Whether there was one.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn end_session(&self, account: &str, id: &str) -> Result<bool, RecordsError> {
        self.records.sessions().end_one(account, id).await
    }

    /// Ends all sessions of an account; how many.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn end_sessions(&self, account: &str) -> Result<u64, RecordsError> {
        self.records.sessions().end_all(account).await
    }

    /// Ends all sessions of somebody else's account; how many.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn end_sessions_by(&self, account: &str, by: &By) -> Result<u64, RecordsError> {
        let ended = self.end_sessions(account).await?;
        self.note(by, account, "sessions-ended", &ended.to_string())
            .await?;
        Ok(ended)
    }

    /// Writes a sign-in, or one that was refused, into the access log.
    pub(crate) async fn log(
        &self,
        who: &str,
        from: Option<&str>,
        act: Act,
        how: &str,
        decision: Decision,
    ) -> Result<(), RecordsError> {
        let entry = Entry {
            who: who.to_owned(),
            from: from.map(str::to_owned),
            act,
            purpose: "sign in".to_owned(),
            touched: Vec::new(),
            subjects: Vec::new(),
            query: Some(how.to_owned()),
            decision,
            policy: "sign-in".to_owned(),
            rows: None,
            completes: None,
        };
        self.records.log().append(entry).await.map(drop)
    }
}

fn shortened(word: &str) -> String {
    let shown = word.chars().filter(|letter| !letter.is_control());
    shown.take(BROWSER).collect()
}
