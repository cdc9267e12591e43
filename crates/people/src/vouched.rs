//! Whom the city's identity provider vouches for becomes a session.

use city::People;
use records::RecordsError;
use records::log::{Act, Decision};

use crate::accounts::{Accounts, State};
use crate::oidc::{Claimed, Flight, OpenId, Refusal, Returned};
use crate::session::{Begin, Begun, Claims};

/// The word for this way of signing in.
pub const HOW: &str = "openid";

impl Accounts {
    /// Ends a sign-in that was begun at the provider. Somebody with an account in `people.toml` is what it says; somebody
    /// else holds what the claims gave, for this session, and is refused where they gave no role. `begin` says who
    /// asks; account and claims are filled in here.
    ///
    /// # Errors
    /// When the records fail; inside, why nobody is signed in.
    pub async fn sign_in_vouched(
        &self,
        people: &People,
        openid: &OpenId,
        (flight, returned): (&Flight, &Returned),
        begin: Begin,
    ) -> Result<Result<Begun, Refusal>, RecordsError> {
        let (mark, until) = flight.mark();
        // Used up before it is looked at: of two who bring it at once, one is heard.
        let claimed = if self.records.once().first_use(&mark, until).await? {
            openid.end(flight, returned).await
        } else {
            Err(Refusal::Replayed)
        };
        let admitted = match claimed {
            Ok(claimed) => self.admitted(people, openid.issuer(), claimed).await?,
            Err(refusal) => Err(refusal),
        };
        match admitted {
            Ok((account, claims)) => {
                let begin = Begin {
                    account: account.clone(),
                    how: HOW,
                    claims,
                    ..begin
                };
                let begun = self.begin(begin).await?;
                Ok(begun.ok_or(Refusal::Unknown(account)))
            }
            Err(refusal) => {
                // The refusal itself can name an account.
                tracing::warn!(why = refusal.word(), "nobody is signed in");
                // Down is no attempt of anybody.
                if !matches!(refusal, Refusal::Down(_)) {
                    let how = format!("{HOW}: {}", refusal.word());
                    self.log(
                        "public",
                        begin.address.as_deref(),
                        Act::SignIn,
                        &how,
                        Decision::Denied,
                    )
                    .await?;
                }
                Ok(Err(refusal))
            }
        }
    }

    /// The account of somebody the provider vouches for, and what the claims give where it is none of the city's.
    async fn admitted(
        &self,
        people: &People,
        issuer: &str,
        claimed: Claimed,
    ) -> Result<Result<(String, Option<Claims>), Refusal>, RecordsError> {
        let account = claimed.account;
        if self.standing(&account).await?.state == State::Blocked {
            return Ok(Err(Refusal::Unknown(account)));
        }
        let claims = if people.account(&account).is_some() {
            None
        } else if claimed.roles.is_empty() {
            return Ok(Err(Refusal::Unknown(account)));
        } else {
            Some(Claims {
                roles: claimed.roles,
                department: claimed.department,
                ..Claims::default()
            })
        };
        let vouched = self.records.vouched();
        if !vouched.meet(issuer, &claimed.subject, &account).await? {
            return Ok(Err(Refusal::Taken(account)));
        }
        Ok(Ok((account, claims)))
    }

    /// Everybody the provider vouched for so far, by name.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn vouched(&self) -> Result<Vec<records::vouched::Vouched>, RecordsError> {
        self.records.vouched().all().await
    }

    /// Forgets which person of the provider an account's name belongs to, and ends the account's sessions. Whether there
    /// was one.
    ///
    /// # Errors
    /// When the records fail.
    pub async fn forget_vouched(
        &self,
        account: &str,
        by: &crate::By,
    ) -> Result<bool, RecordsError> {
        let was_known = self.records.vouched().forget(account).await?;
        if was_known {
            self.records.sessions().end_all(account).await?;
            self.note(by, account, "provider-forgotten", "").await?;
        }
        Ok(was_known)
    }
}
