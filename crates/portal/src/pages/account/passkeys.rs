//! Passkeys of one's own account, from the records.

use ::people::passkey::{MOST, is_backed_up};
use records::passkeys::Passkey;

use super::{PasskeyView, PasskeysView};
use crate::show;
use crate::site::{PageError, Visit};

/// The passkeys of an account; nothing for whom only the identity provider vouches.
pub(super) async fn of(visit: &Visit, account: &str) -> Result<Option<PasskeysView>, PageError> {
    let state = visit.state();
    if !state.door.people().has(account) {
        return Ok(None);
    }
    let kept = state.accounts.passkeys(account).await?;
    let full = u32::try_from(kept.len()).is_ok_and(|count| count >= MOST);
    Ok(Some(PasskeysView {
        possible: state.passkeys.is_some(),
        kept: kept.iter().map(|one| view_of(visit, one)).collect(),
        full,
    }))
}

fn view_of(visit: &Visit, passkey: &Passkey) -> PasskeyView {
    let name = Some(passkey.name.clone()).filter(|name| !name.is_empty());
    let used = passkey
        .used_at
        .map(|at| show::age(at, visit.now(), visit.lang));
    let kept = if is_backed_up(passkey) {
        "passkey.backed_up"
    } else {
        "passkey.on_device"
    };
    PasskeyView {
        id: passkey.id.clone(),
        name: name.unwrap_or_else(|| visit.t("passkey.unnamed")),
        made: show::moment(passkey.made_at),
        used: used.unwrap_or_else(|| visit.t("passkey.never")),
        kept: visit.t(kept),
    }
}
