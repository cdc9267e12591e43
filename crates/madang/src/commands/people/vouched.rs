//! People whom the city's identity provider vouches for.

use ::people::Accounts;
use serde_json::json;

use crate::exit::Failure;
use crate::out;

/// Everybody who came so far, by name.
pub(super) async fn list(accounts: &Accounts, as_json: bool) -> Result<(), Failure> {
    for person in accounts.vouched().await? {
        if as_json {
            out::json(&json!({
                "account": person.account,
                "issuer": person.issuer,
                "subject": person.subject,
                "first_at": person.first_at,
                "last_at": person.last_at,
            }))?;
        } else {
            out::line(format!(
                "{}  {}  {}  {}",
                person.account,
                person.subject,
                person.last_at.format("%Y-%m-%d %H:%M UTC"),
                person.issuer
            ))?;
        }
    }
    Ok(())
}
