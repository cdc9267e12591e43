//! Passkeys of accounts: made, listed, taken away, and good for a session.

use city::People;
use records::RecordsError;
use records::log::{Act, Decision};
use records::passkeys::Passkey;

use super::{Answered, Asked, MOST, PasskeyError, Passkeys};
use crate::accounts::{Accounts, By, State};
use crate::session::{Begin, Begun};

/// The word for this way of signing in.
pub(super) const HOW: &str = "passkey";

impl Accounts {
    /// The passkeys of an account, the first made first.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn passkeys(&self, account: &str) -> Result<Vec<Passkey>, RecordsError> {
        self.records.passkeys().of(account).await
    }

    /// Asks the device of somebody who is signed in to make a passkey.
    ///
    /// # Errors
    /// When the records fail; inside, why nothing is asked.
    pub async fn ask_for_passkey(
        &self,
        passkeys: &Passkeys,
        account: &str,
    ) -> Result<Result<Asked, PasskeyError>, RecordsError> {
        let kept = self.records.passkeys();
        let known = kept.of(account).await?;
        let handle = kept.handle(account, &Passkeys::draw_handle()).await?;
        Ok(passkeys.begin_making(account, &handle, &known))
    }

    /// Keeps the passkey that a device made for somebody who is signed in.
    ///
    /// # Errors
    /// When the records fail; inside, why it is not kept.
    pub async fn keep_passkey(
        &self,
        passkeys: &Passkeys,
        (sealed, answer): (Option<&str>, &[u8]),
        (account, name): (&str, &str),
        by: &By,
    ) -> Result<Result<(), PasskeyError>, RecordsError> {
        let made = match passkeys.end_making(sealed, account, name, answer) {
            Ok(made) => made,
            Err(error) => return Ok(Err(error)),
        };
        if !self.is_first(&made.answered).await? {
            return Ok(Err(PasskeyError::NotBegun));
        }
        if !self.records.passkeys().add(&made.passkey, MOST).await? {
            return Ok(Err(PasskeyError::Full));
        }
        self.note(by, account, "passkey-made", &made.passkey.name)
            .await?;
        Ok(Ok(()))
    }

    /// Takes a passkey of an account away. Whether there was one.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn remove_passkey(
        &self,
        account: &str,
        id: &str,
        by: &By,
    ) -> Result<bool, RecordsError> {
        let was_there = self.records.passkeys().remove(account, id).await?;
        if was_there {
            self.note(by, account, "passkey-removed", "").await?;
        }
        Ok(was_there)
    }

    /// Signs in whoever proves to hold a passkey of an account that may sign in. `begin` says who asks; the account is
    /// filled in here.
    ///
    /// # Errors
    /// When the records fail; inside, why nobody is signed in.
    pub async fn sign_in_by_passkey(
        &self,
        people: &People,
        passkeys: &Passkeys,
        (sealed, answer): (Option<&str>, &[u8]),
        begin: Begin,
    ) -> Result<Result<Begun, PasskeyError>, RecordsError> {
        match self.holder(people, passkeys, sealed, answer).await? {
            Ok(account) => {
                let begin = Begin {
                    account,
                    how: HOW,
                    ..begin
                };
                let begun = self.begin(begin).await?;
                Ok(begun.ok_or_else(unknown))
            }
            Err(error) => {
                self.log(
                    "public",
                    begin.address.as_deref(),
                    Act::SignIn,
                    HOW,
                    Decision::Denied,
                )
                .await?;
                Ok(Err(error))
            }
        }
    }

    /// The account of whoever proves to hold one of its passkeys.
    async fn holder(
        &self,
        people: &People,
        passkeys: &Passkeys,
        sealed: Option<&str>,
        answer: &[u8],
    ) -> Result<Result<String, PasskeyError>, RecordsError> {
        let presented = match Passkeys::read(answer) {
            Ok(presented) => presented,
            Err(error) => return Ok(Err(error)),
        };
        let kept = self.records.passkeys();
        let Some(passkey) = kept.find(&presented.id, &presented.handle).await? else {
            return Ok(Err(unknown()));
        };
        let (answered, after) = match passkeys.end_using(sealed, &presented, &passkey) {
            Ok(proven) => proven,
            Err(error) => return Ok(Err(error)),
        };
        if !self.is_first(&answered).await? {
            return Ok(Err(PasskeyError::NotBegun));
        }
        let may = people.has(&passkey.account)
            && self.standing(&passkey.account).await?.state != State::Blocked;
        // Used twice at once, one of the two is not its owner.
        if !may || !kept.used(&passkey.id, &passkey.moving, &after).await? {
            return Ok(Err(unknown()));
        }
        Ok(Ok(passkey.account))
    }

    async fn is_first(&self, answered: &Answered) -> Result<bool, RecordsError> {
        self.records
            .once()
            .first_use(&answered.mark, answered.until)
            .await
    }
}

/// What is said of a passkey nobody has, or whose owner may not sign in: which of these is not told.
fn unknown() -> PasskeyError {
    PasskeyError::Answer("it is not known here".to_owned())
}
