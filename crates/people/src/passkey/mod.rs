//! Passkeys: sign-in by what a person's device holds and the device's own lock, without a password.
//!
//! Nothing is kept here: what is under way is sealed and carried by the browser, and what must last goes to
//! [`records::passkeys`]. The caller sees to it that each challenge is used once.

mod desk;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use records::Clock;
use serde::{Deserialize, Serialize};
use url::{Host, Url};
use webauthn_rp::bin::{Decode as _, Encode as _};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle64,
    Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, Backup, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

use crate::seal::{Seal, mark};

/// Passkeys of one person, at most.
pub const MOST: u32 = 20;
/// A device asks for a finger or a number.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// Bytes of an answer of a browser, at most.
const ANSWER_BYTES: usize = 32 << 10;
const MAKING: &str = "passkey-make";
const USING: &str = "passkey-use";

/// Why a passkey is not made, or does not sign in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// Not begun in this browser by this person, or it took too long.
    #[error("it was not begun in this browser, or took too long")]
    NotBegun,
    /// The device's answer is not what it has to be.
    #[error("the device's answer is not accepted: {0}")]
    Answer(String),
    /// The account has as many as it may have, or this very one.
    #[error("the account has {MOST} passkeys, or this one already")]
    Full,
    /// Our own machine fails.
    #[error("the machine is at fault: {0}")]
    Broken(String),
}

/// What a browser is asked, and what it carries meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Options for the browser, as JSON.
    pub options: String,
    /// For the cookie.
    pub sealed: String,
}

/// A challenge that was answered: what must be remembered so that it is not answered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its hash.
    pub mark: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A passkey that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The challenge.
    pub answered: Answered,
    /// As it is kept.
    pub passkey: records::passkeys::Passkey,
}

/// A device's answer at sign-in, before anything of it is proven.
#[derive(Debug)]
pub struct Presented {
    answer: DiscoverableAuthentication64,
    /// The passkey that it says it is, in base64url.
    pub id: String,
    /// The person that it says it belongs to, in base64url.
    pub handle: String,
}

#[derive(Serialize, Deserialize)]
struct UnderWay {
    account: String,
    until: i64,
    state: String,
}

/// Makes and checks passkeys for one address.
#[derive(Debug)]
pub struct Passkeys {
    place: RpId,
    origin: String,
    seal: Arc<Seal>,
    clock: Arc<dyn Clock>,
}

impl Passkeys {
    /// Passkeys for the address people use; none where it is a number, which no passkey can belong to, or not private.
    pub fn new(public: &Url, seal: Arc<Seal>, clock: Arc<dyn Clock>) -> Option<Self> {
        let Some(Host::Domain(name)) = public.host() else {
            return None;
        };
        if !crate::oidc::is_private(public) {
            return None;
        }
        Some(Self {
            place: RpId::Domain(AsciiDomain::try_from(name.to_owned()).ok()?),
            origin: public.origin().ascii_serialization(),
            seal,
            clock,
        })
    }

    /// A new random word for a person, in base64url.
    pub fn draw_handle() -> String {
        URL_SAFE_NO_PAD.encode(UserHandle64::new().as_ref())
    }

    /// Asks an account's device to make one. `known` are those it has: a device makes no second one.
    ///
    /// # Errors
    /// When the account's name or word cannot be used.
    pub fn begin_making(
        &self,
        account: &str,
        handle: &str,
        known: &[records::passkeys::Passkey],
    ) -> Result<Asked, PasskeyError> {
        let handle = user_handle(handle)?;
        let name = Username::try_from(account).map_err(broken)?;
        let user = PublicKeyCredentialUserEntity {
            name,
            id: &handle,
            display_name: None,
        };
        let known = known.iter().filter_map(described).collect();
        let mut asked = PublicKeyCredentialCreationOptions::passkey(&self.place, user, known);
        // Many devices know no such protection and would refuse; that it was opened is asked for at each use anyway.
        asked.extensions.cred_protect = CredProtect::None;
        let (state, options) = asked.start_ceremony().map_err(broken)?;
        let state = state.encode().map_err(broken)?;
        let options = serde_json::to_string(&options).map_err(broken)?;
        Ok(Asked {
            options,
            sealed: self.close(MAKING, account, &state)?,
        })
    }

    /// What a device made for an account, as it is to be kept.
    ///
    /// # Errors
    /// When it was not asked for here, or is not what it has to be.
    pub fn end_making(
        &self,
        sealed: Option<&str>,
        account: &str,
        name: &str,
        answer: &[u8],
    ) -> Result<Made, PasskeyError> {
        bounded(answer)?;
        let (state, answered) = self.open(MAKING, sealed, account)?;
        let state = RegistrationServerState::<64>::decode(&state).map_err(broken)?;
        let answer = Registration::from_json_relaxed(answer).map_err(unreadable)?;
        let origins = [self.origin.as_str()];
        let options = RegistrationVerificationOptions::<'_, '_, &str, &str> {
            allowed_origins: &origins,
            ..RegistrationVerificationOptions::default()
        };
        let made = state
            .verify(&self.place, &answer, &options)
            .map_err(refused)?;
        if !made.dynamic_state().user_verified {
            return Err(PasskeyError::Answer(
                "the device did not ask who holds it".to_owned(),
            ));
        }
        let (id, transports, _, fixed, moving, _) = made.into_parts();
        let passkey = records::passkeys::Passkey {
            id: URL_SAFE_NO_PAD.encode(id),
            account: account.to_owned(),
            name: shown_name(name),
            transports: transports.encode().map_err(broken)?,
            fixed: fixed.encode().map_err(broken)?,
            moving: moving.encode().map_err(broken)?.to_vec(),
            made_at: self.clock.now(),
            used_at: None,
        };
        Ok(Made { answered, passkey })
    }

    /// Asks whatever device is there whether it holds a passkey of this address.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn begin_using(&self) -> Result<Asked, PasskeyError> {
        let (state, options) = DiscoverableCredentialRequestOptions::passkey(&self.place)
            .start_ceremony()
            .map_err(broken)?;
        let state = state.encode().map_err(broken)?;
        let options = serde_json::to_string(&options).map_err(broken)?;
        Ok(Asked {
            options,
            sealed: self.close(USING, "", &state)?,
        })
    }

    /// Reads a device's answer.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(answer: &[u8]) -> Result<Presented, PasskeyError> {
        bounded(answer)?;
        let answer = DiscoverableAuthentication64::from_json_relaxed(answer).map_err(unreadable)?;
        let id = URL_SAFE_NO_PAD.encode(answer.raw_id());
        let handle = URL_SAFE_NO_PAD.encode(answer.response().user_handle().as_ref());
        Ok(Presented { answer, id, handle })
    }

    /// Proves that the device holds the passkey `kept`: what it is like after this use.
    ///
    /// # Errors
    /// When it was not asked for here, or does not prove it.
    pub fn end_using(
        &self,
        sealed: Option<&str>,
        presented: &Presented,
        kept: &records::passkeys::Passkey,
    ) -> Result<(Answered, Vec<u8>), PasskeyError> {
        let (state, answered) = self.open(USING, sealed, "")?;
        let state = DiscoverableAuthenticationServerState::decode(&state).map_err(broken)?;
        let handle = user_handle(&presented.handle)?;
        let before = <[u8; 7]>::try_from(kept.moving.as_slice()).map_err(broken)?;
        let mut credential = AuthenticatedCredential::new(
            presented.answer.raw_id(),
            &handle,
            StaticState::decode(&kept.fixed).map_err(broken)?,
            DynamicState::decode(before).map_err(broken)?,
        )
        .map_err(refused)?;
        if URL_SAFE_NO_PAD.encode(credential.id()) != kept.id {
            return Err(PasskeyError::Answer("it is another passkey".to_owned()));
        }
        let origins = [self.origin.as_str()];
        let options = AuthenticationVerificationOptions::<'_, '_, &str, &str> {
            allowed_origins: &origins,
            ..AuthenticationVerificationOptions::default()
        };
        state
            .verify(&self.place, &presented.answer, &mut credential, &options)
            .map_err(refused)?;
        let after = credential.dynamic_state().encode().map_err(broken)?;
        Ok((answered, after.to_vec()))
    }

    fn close(
        &self,
        what: &'static str,
        account: &str,
        state: &[u8],
    ) -> Result<String, PasskeyError> {
        let under_way = UnderWay {
            account: account.to_owned(),
            until: (self.clock.now() + PATIENCE).timestamp(),
            state: URL_SAFE_NO_PAD.encode(state),
        };
        let bytes = serde_json::to_vec(&under_way).map_err(broken)?;
        self.seal.close(what, &bytes).map_err(broken)
    }

    fn open(
        &self,
        what: &'static str,
        sealed: Option<&str>,
        account: &str,
    ) -> Result<(Vec<u8>, Answered), PasskeyError> {
        let sealed = sealed.ok_or(PasskeyError::NotBegun)?;
        let bytes = self.seal.open(what, sealed).ok_or(PasskeyError::NotBegun)?;
        let under_way: UnderWay = serde_json::from_slice(&bytes).map_err(broken)?;
        let until = DateTime::from_timestamp(under_way.until, 0).ok_or(PasskeyError::NotBegun)?;
        if under_way.account != account || self.clock.now() >= until {
            return Err(PasskeyError::NotBegun);
        }
        let state = URL_SAFE_NO_PAD.decode(&under_way.state).map_err(broken)?;
        let answered = Answered {
            mark: mark(what, &under_way.state),
            until,
        };
        Ok((state, answered))
    }
}

/// Whether a passkey is kept in more places than one device.
pub fn is_backed_up(kept: &records::passkeys::Passkey) -> bool {
    let moving = <[u8; 7]>::try_from(kept.moving.as_slice()).ok();
    let state = moving.and_then(|moving| DynamicState::decode(moving).ok());
    state.is_some_and(|state| matches!(state.backup, Backup::Exists))
}

/// A passkey's name as it is shown: one short line.
fn shown_name(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(40)
        .collect();
    name.trim().to_owned()
}

fn user_handle(text: &str) -> Result<UserHandle64, PasskeyError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(broken)?;
    let bytes = <[u8; 64]>::try_from(bytes)
        .map_err(|_bytes| broken("a person's word has another length"))?;
    UserHandle64::decode(bytes).map_err(broken)
}

fn described(kept: &records::passkeys::Passkey) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let id = URL_SAFE_NO_PAD.decode(&kept.id).ok()?;
    Some(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(id).ok()?,
        transports: AuthTransports::decode(kept.transports).ok()?,
    })
}

fn broken(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Broken(error.to_string())
}

fn refused(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Answer(error.to_string())
}

fn bounded(answer: &[u8]) -> Result<(), PasskeyError> {
    if answer.len() > ANSWER_BYTES {
        return Err(PasskeyError::Answer("it is too long".to_owned()));
    }
    Ok(())
}

/// The reader's message would repeat the answer.
fn unreadable<E>(_error: E) -> PasskeyError {
    PasskeyError::Answer("it cannot be read".to_owned())
}
