//! An identity provider that answers whatever a test wants.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// The access token it hands out.
pub(super) const ACCESS: &str = "access";

/// A key that signs tokens.
pub(super) struct Key {
    pub(super) kid: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub(super) fn new(kid: &str) -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self {
            kid: kid.to_owned(),
            pair: EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap(),
        }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": encode(&point[1..33]), "y": encode(&point[33..]),
        })
    }

    /// A token as it has to be signed.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let input = input(&json!({ "alg": "ES256", "kid": self.kid }), claims);
        let signature = self
            .pair
            .sign(&SystemRandom::new(), input.as_bytes())
            .unwrap();
        join(&input, signature.as_ref())
    }

    /// A signature made with the public key as if it were a shared secret.
    pub(super) fn shared(&self, form: usize, input: &str) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        match form {
            0 => hmac(point, input),
            1 => hmac(self.jwk().to_string().as_bytes(), input),
            _ => hmac(&point[1..], input),
        }
    }
}

pub(super) fn hmac(key: &[u8], input: &str) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key);
    ring::hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn input(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

pub(super) fn join(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", encode(signature))
}

/// The left half of a token's hash, as `at_hash` has it.
pub(super) fn half_hash(text: &str) -> String {
    let whole = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    encode(&whole.as_ref()[..16])
}

#[derive(Default)]
struct Play {
    issuer: String,
    keys: Vec<Arc<Key>>,
    keys_at: Option<String>,
    answer: String,
    about: Value,
    asked: Vec<String>,
    key_questions: usize,
    questions: usize,
    is_down: bool,
    padding: usize,
    leads_to: Option<String>,
}

type Shared = Arc<Mutex<Play>>;

/// The provider.
pub(super) struct Hostile {
    pub(super) issuer: String,
    play: Shared,
}

impl Hostile {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let play = Shared::default();
        {
            let mut play = play.lock().unwrap();
            play.issuer.clone_from(&issuer);
            play.keys.push(Arc::new(Key::new("first")));
        }
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/about", get(about))
            .with_state(Shared::clone(&play));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, play }
    }

    fn set(&self, change: impl FnOnce(&mut Play)) {
        change(&mut self.play.lock().unwrap());
    }

    pub(super) fn key(&self) -> Arc<Key> {
        Arc::clone(self.play.lock().unwrap().keys.last().unwrap())
    }

    pub(super) fn answer_with(&self, token: String) {
        self.set(|play| play.answer = token);
    }

    pub(super) fn tell(&self, about: Value) {
        self.set(|play| play.about = about);
    }

    pub(super) fn rotate(&self) {
        self.set(|play| play.keys = vec![Arc::new(Key::new("second"))]);
    }

    pub(super) fn go_down(&self, is_down: bool) {
        self.set(|play| play.is_down = is_down);
    }

    pub(super) fn be_issuer(&self, issuer: &str) {
        self.set(|play| issuer.clone_into(&mut play.issuer));
    }

    pub(super) fn pad(&self, bytes: usize) {
        self.set(|play| play.padding = bytes);
    }

    pub(super) fn lead_on(&self, to: &str) {
        self.set(|play| play.leads_to = Some(to.to_owned()));
    }

    pub(super) fn keys_at(&self, address: &str) {
        self.set(|play| play.keys_at = Some(address.to_owned()));
    }

    pub(super) fn token_question(&self) -> String {
        self.play.lock().unwrap().asked.last().unwrap().clone()
    }

    pub(super) fn key_questions(&self) -> usize {
        self.play.lock().unwrap().key_questions
    }

    pub(super) fn questions(&self) -> usize {
        self.play.lock().unwrap().questions
    }
}

fn json_of(play: &mut Play, value: &Value) -> Response {
    play.questions += 1;
    if play.is_down {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if let Some(to) = &play.leads_to {
        return (StatusCode::FOUND, [(header::LOCATION, to.clone())]).into_response();
    }
    let text = format!("{value}{}", " ".repeat(play.padding));
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn describe(State(play): State<Shared>) -> Response {
    let mut play = play.lock().unwrap();
    let own = play.issuer.clone();
    let keys = play
        .keys_at
        .clone()
        .unwrap_or_else(|| format!("{own}/keys"));
    let told = json!({
        "issuer": own, "authorization_endpoint": format!("{own}/authorize"),
        "token_endpoint": format!("{own}/token"), "userinfo_endpoint": format!("{own}/about"),
        "jwks_uri": keys, "end_session_endpoint": format!("{own}/end"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
    });
    json_of(&mut play, &told)
}

async fn keys(State(play): State<Shared>) -> Response {
    let mut play = play.lock().unwrap();
    play.key_questions += 1;
    let keys: Vec<Value> = play.keys.iter().map(|key| key.jwk()).collect();
    json_of(&mut play, &json!({ "keys": keys }))
}

async fn token(State(play): State<Shared>, body: String) -> Response {
    let mut play = play.lock().unwrap();
    play.asked.push(body);
    let told = json!({ "access_token": ACCESS, "token_type": "Bearer", "id_token": play.answer });
    json_of(&mut play, &told)
}

async fn about(State(play): State<Shared>) -> Response {
    let mut play = play.lock().unwrap();
    let told = play.about.clone();
    json_of(&mut play, &told)
}
