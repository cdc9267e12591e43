//! The provider's answer: a code becomes a token, and the token is proven.

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdToken, IdTokenClaims, IdTokenFields, IdTokenVerifier, Nonce,
    OAuth2TokenResponse as _, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, SubjectIdentifier,
    TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::flight::{Flight, PATIENCE};
use super::provider::{Known, Provider};
use super::refusal::Refusal;
use super::settings::{Algorithm, Settings};

/// Two machines' clocks differ by so much.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// Claims the standard does not name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Extra {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Token =
    IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
type Client = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Our side of the conversation.
pub(super) fn client(settings: &Settings, known: &Known) -> Client {
    let secret = settings
        .client_secret
        .as_ref()
        .map(|secret| ClientSecret::new(secret.reveal().to_owned()));
    let client = Client::from_provider_metadata(
        known.metadata.clone(),
        ClientId::new(settings.client_id.clone()),
        secret,
    );
    // Basic is what a provider takes that does not say what it takes.
    let in_body = known
        .metadata
        .token_endpoint_auth_methods_supported()
        .is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
    let kind = if in_body {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    };
    client
        .set_auth_type(kind)
        .set_redirect_uri(RedirectUrl::from_url(settings.back.clone()))
}

/// Proven claims, as one object: those of the token, and of the provider's answer about the person where the token
/// lacks some of `wanted`.
pub(super) async fn claims(
    settings: &Settings,
    provider: &Provider,
    flight: &Flight,
    code: &str,
    wanted: &[&str],
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, Refusal> {
    let known = provider.known().await?;
    let client = client(settings, &known);
    let answer = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|error| Refusal::Down(error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(flight.verifier.clone()))
        .request_async(&provider.wire)
        .await
        .map_err(refused)?;
    let Some(token) = answer.id_token() else {
        return Err(Refusal::Answer("it has no ID token".to_owned()));
    };
    let proven = match prove(settings, &known, token, answer.access_token(), flight, now) {
        // Providers change their keys; the new one is known only when it is first used.
        Err(Proof::UnknownKey) => {
            let known = provider.with_new_keys().await?;
            prove(settings, &known, token, answer.access_token(), flight, now)
        }
        proven => proven,
    };
    let proven = proven.map_err(|proof| Refusal::Answer(proof.to_string()))?;
    let mut all = object(&proven)?;
    if wanted
        .iter()
        .any(|claim| super::claims::at(&all, claim).is_none())
    {
        let told = about(&client, provider, answer.access_token(), proven.subject()).await?;
        for (name, value) in told {
            all.entry(name).or_insert(value);
        }
    }
    Ok(all)
}

/// What the provider tells about the person, where it tells anything.
async fn about(
    client: &Client,
    provider: &Provider,
    access: &AccessToken,
    subject: &SubjectIdentifier,
) -> Result<Map<String, Value>, Refusal> {
    let Ok(request) = client.user_info(access.clone(), Some(subject.clone())) else {
        return Ok(Map::new());
    };
    let told: UserInfoClaims<Extra, CoreGenderClaim> = request
        .request_async(&provider.wire)
        .await
        .map_err(|error| Refusal::Answer(format!("what it tells about the person: {error}")))?;
    object(&told)
}

fn object(claims: &impl Serialize) -> Result<Map<String, Value>, Refusal> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(all)) => Ok(all),
        _ => Err(Refusal::Answer("its claims are no object".to_owned())),
    }
}

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Proof {
    /// The key that signed it is not among the provider's.
    #[error("its key is not the provider's")]
    UnknownKey,
    /// Anything else.
    #[error("{0}")]
    Wrong(String),
}

/// The claims of a token, if everything about it is as it has to be.
fn prove(
    settings: &Settings,
    known: &Known,
    token: &Token,
    access: &AccessToken,
    flight: &Flight,
    now: DateTime<Utc>,
) -> Result<Claims, Proof> {
    // A verifier without our secret takes no signature made with a shared one.
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(settings.client_id.clone()),
        known.metadata.issuer().clone(),
        known.metadata.jwks().clone(),
    )
    .set_allowed_algs(settings.algorithms.iter().copied().map(algorithm))
    .set_time_fn(move || now - SKEW)
    .set_issue_time_verifier_fn(move |issued| {
        if issued > now + SKEW || issued < now - PATIENCE - SKEW {
            Err("it was not issued for this sign-in".to_owned())
        } else {
            Ok(())
        }
    });
    let claims = token
        .claims(&verifier, &Nonce::new(flight.nonce.clone()))
        .map_err(|error| proof(&error))?;
    // More than one audience is refused already; a party that is named must be us.
    if let Some(party) = claims.authorized_party()
        && party.as_str() != settings.client_id
    {
        return Err(Proof::Wrong("it was made for another party".to_owned()));
    }
    if let Some(told) = claims.access_token_hash() {
        let algorithm = token
            .signing_alg()
            .map_err(|error| Proof::Wrong(error.to_string()))?;
        let key = token
            .signing_key(&verifier)
            .map_err(|error| Proof::Wrong(error.to_string()))?;
        let own = AccessTokenHash::from_token(access, algorithm, key)
            .map_err(|error| Proof::Wrong(error.to_string()))?;
        if own != *told {
            return Err(Proof::Wrong(
                "it belongs to another access token".to_owned(),
            ));
        }
    }
    Ok(claims.clone())
}

/// Messages of the library quote the token; ours are made of its kinds.
fn proof(error: &ClaimsVerificationError) -> Proof {
    let what = match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => {
            return Proof::UnknownKey;
        }
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_),
        ) => "its signature is of a kind that is not allowed",
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoSignature) => {
            "it is not signed"
        }
        ClaimsVerificationError::SignatureVerification(_) => "its signature is wrong",
        ClaimsVerificationError::Expired(_) => "it is too old, or of another time",
        ClaimsVerificationError::InvalidAudience(_) => "it was made for another client",
        ClaimsVerificationError::InvalidIssuer(_) => "it was made by another provider",
        ClaimsVerificationError::InvalidNonce(_) => "it belongs to another sign-in",
        _ => "it is not an ID token as it has to be",
    };
    Proof::Wrong(what.to_owned())
}

fn algorithm(own: Algorithm) -> CoreJwsSigningAlgorithm {
    match own {
        Algorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Algorithm::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        Algorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        Algorithm::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        Algorithm::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    }
}

fn refused(
    error: RequestTokenError<super::wire::WireError, StandardErrorResponse<CoreErrorResponseType>>,
) -> Refusal {
    match error {
        RequestTokenError::Request(error) => Refusal::Down(error.to_string()),
        RequestTokenError::ServerResponse(told) => {
            Refusal::Provider(super::word(told.error().as_ref()))
        }
        RequestTokenError::Parse(_, _) => {
            Refusal::Answer("its answer to the code cannot be read".to_owned())
        }
        RequestTokenError::Other(_) => {
            Refusal::Answer("it answers the code with something else".to_owned())
        }
    }
}
