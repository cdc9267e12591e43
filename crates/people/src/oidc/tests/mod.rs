//! A provider that lies, and one that is down.

mod hostile;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use records::{Clock, FixedClock};
use serde_json::{Value, json};
use url::Url;

use super::settings::Settings;
use super::{Algorithm, Claimed, OpenId, Refusal, Returned};
use crate::seal::Seal;
use hostile::{Hostile, Key};

/// Settings of a city whose provider is at an address.
pub(super) fn settings(issuer: &str) -> Settings {
    let roles = [
        ("welfare-clerks", vec!["clerk".to_owned()]),
        ("it-admins", vec!["operator".to_owned()]),
    ];
    Settings {
        title: "시험 통합로그인".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "madang".to_owned(),
        client_secret: Some(super::Secret::new("kept")),
        authority: None,
        scopes: vec!["profile".to_owned()],
        account_claim: "preferred_username".to_owned(),
        roles_claim: Some("realm_access.roles".to_owned()),
        roles: roles.map(|(word, roles)| (word.to_owned(), roles)).into(),
        department_claim: Some("dept".to_owned()),
        departments: BTreeMap::from([("복지과".to_owned(), "welfare".to_owned())]),
        algorithms: Algorithm::USUAL.to_vec(),
        back: Url::parse("https://data.city.example/sign-in/openid/return").unwrap(),
    }
}

struct Scene {
    provider: Hostile,
    openid: OpenId,
    clock: Arc<FixedClock>,
}

impl Scene {
    async fn new() -> Self {
        let provider = Hostile::start().await;
        let clock = Arc::new(FixedClock::new(
            Utc.with_ymd_and_hms(2026, 3, 2, 1, 0, 0).unwrap(),
        ));
        let seal = Arc::new(Seal::new("secret").unwrap());
        let time: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
        let openid = OpenId::new(settings(&provider.issuer), seal, time).unwrap();
        Self {
            provider,
            openid,
            clock,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Claims as they have to be.
    fn claims(&self, nonce: &str) -> Value {
        json!({
            "iss": self.provider.issuer, "sub": "17", "aud": "madang", "nonce": nonce,
            "iat": self.now().timestamp(), "exp": (self.now() + TimeDelta::minutes(5)).timestamp(),
            "preferred_username": "kim.minji", "dept": "복지과",
            "realm_access": { "roles": ["welfare-clerks"] },
        })
    }

    /// One whole sign-in, in which the provider answers the code with what `answer` makes of the nonce.
    async fn sign_in(&self, answer: impl FnOnce(&str) -> String) -> Result<Claimed, Refusal> {
        let leaving = self.openid.begin("/datasets").await?;
        let asked: BTreeMap<String, String> = leaving.to.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["scope"], "openid profile");
        self.provider.answer_with(answer(&asked["nonce"]));
        let returned = Returned {
            state: asked["state"].clone(),
            code: Some("code".to_owned()),
            ..Returned::default()
        };
        let flight = self.openid.flight(Some(&leaving.sealed), &returned)?;
        assert_eq!(flight.back, "/datasets");
        self.openid.end(&flight, &returned).await
    }

    /// The same with claims as they have to be but for what `bend` does to them, signed as they have to be.
    async fn with(&self, bend: impl FnOnce(&mut Value)) -> Result<Claimed, Refusal> {
        self.sign_in(|nonce| {
            let mut claims = self.claims(nonce);
            bend(&mut claims);
            self.provider.key().sign(&claims)
        })
        .await
    }
}

fn refused(told: Result<Claimed, Refusal>, with: &str) {
    match told {
        Err(Refusal::Answer(why)) => assert!(why.contains(with), "{why} is not {with}"),
        other => panic!("{other:?} where `{with}` was expected"),
    }
}

#[tokio::test]
async fn who_the_provider_vouches_for_is_signed_in() {
    let scene = Scene::new().await;
    let person = scene.with(|_| ()).await.unwrap();
    assert_eq!(
        (person.account.as_str(), person.subject.as_str()),
        ("kim.minji", "17")
    );
    assert_eq!(person.department.as_deref(), Some("welfare"));
    let asked = scene.provider.token_question();
    assert!(asked.contains("code_verifier=") && asked.contains("grant_type=authorization_code"));
    assert!(!asked.contains("kept"), "the secret is in the header");
}

#[tokio::test]
async fn claims_that_are_not_as_they_have_to_be_are_refused() {
    let scene = Scene::new().await;
    let at = |moment: DateTime<Utc>| json!(moment.timestamp());
    let (now, minute) = (scene.now(), TimeDelta::minutes(1));
    refused(
        scene.with(|claims| claims["aud"] = json!("other")).await,
        "another client",
    );
    refused(
        scene
            .with(|claims| claims["aud"] = json!(["madang", "other"]))
            .await,
        "another client",
    );
    refused(
        scene.with(|claims| claims["aud"] = json!([])).await,
        "another client",
    );
    refused(
        scene.with(|claims| claims["azp"] = json!("other")).await,
        "another party",
    );
    refused(
        scene
            .with(|claims| claims["iss"] = json!("https://evil.example"))
            .await,
        "another provider",
    );
    refused(
        scene.with(|claims| claims["nonce"] = json!("other")).await,
        "another sign-in",
    );
    let none = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove("nonce"));
    refused(scene.with(none).await, "another sign-in");
    refused(
        scene.with(|claims| claims["exp"] = at(now - minute)).await,
        "too old",
    );
    refused(
        scene
            .with(|claims| claims["iat"] = at(now + minute * 2))
            .await,
        "another time",
    );
    refused(
        scene
            .with(|claims| claims["iat"] = at(now - minute * 20))
            .await,
        "another time",
    );
    refused(
        scene.with(|claims| claims["at_hash"] = json!("AAAA")).await,
        "another access token",
    );
    // Clocks that differ a little are no reason.
    scene
        .with(|claims| claims["exp"] = at(now - minute / 2))
        .await
        .unwrap();
    scene
        .with(|claims| claims["iat"] = at(now + minute / 2))
        .await
        .unwrap();
    scene
        .with(|claims| claims["aud"] = json!(["madang"]))
        .await
        .unwrap();
    scene
        .with(|claims| claims["azp"] = json!("madang"))
        .await
        .unwrap();
    let own = hostile::half_hash(hostile::ACCESS);
    scene
        .with(|claims| claims["at_hash"] = json!(own))
        .await
        .unwrap();
}

#[tokio::test]
async fn signatures_that_prove_nothing_are_refused() {
    let scene = Scene::new().await;
    let signed = |header: Value, by: fn(&Hostile, &str) -> Vec<u8>| {
        let provider = &scene.provider;
        move |claims: &Value| {
            let input = hostile::input(&header, claims);
            hostile::join(&input, &by(provider, &input))
        }
    };
    let kid = scene.provider.key().kid.clone();
    let none = signed(json!({ "alg": "none" }), |_, _| Vec::new());
    refused(
        scene.sign_in(|nonce| none(&scene.claims(nonce))).await,
        "not signed",
    );
    let empty = signed(json!({ "alg": "ES256", "kid": kid }), |_, _| Vec::new());
    refused(
        scene.sign_in(|nonce| empty(&scene.claims(nonce))).await,
        "signature is wrong",
    );
    // The public key, taken for a shared secret: in each form somebody could have it.
    for form in 0..3 {
        let header = json!({ "alg": "HS256", "kid": kid });
        let token = |nonce: &str| {
            let input = hostile::input(&header, &scene.claims(nonce));
            hostile::join(&input, &scene.provider.key().shared(form, &input))
        };
        refused(scene.sign_in(token).await, "not allowed");
    }
    // Our own secret is no signature either: whoever administers another client could know it.
    let secret = |nonce: &str| {
        let input = hostile::input(&json!({ "alg": "HS256" }), &scene.claims(nonce));
        hostile::join(&input, &hostile::hmac(b"kept", &input))
    };
    refused(scene.sign_in(secret).await, "not allowed");
    let stranger = Key::new(&kid);
    refused(
        scene
            .sign_in(|nonce| stranger.sign(&scene.claims(nonce)))
            .await,
        "signature is wrong",
    );
    let bent = |nonce: &str| {
        let good = scene.provider.key().sign(&scene.claims(nonce));
        let (input, signature) = good.rsplit_once('.').unwrap();
        let mut claims = scene.claims(nonce);
        claims["realm_access"] = json!({ "roles": ["it-admins"] });
        let header = input.split('.').next().unwrap();
        format!(
            "{header}.{}.{signature}",
            hostile::encode(claims.to_string().as_bytes())
        )
    };
    refused(scene.sign_in(bent).await, "signature is wrong");
    for text in ["", "a.b.c", "a", "....", "ey.ey.ey"] {
        assert!(scene.sign_in(|_| text.to_owned()).await.is_err(), "{text}");
    }
}

#[tokio::test]
async fn new_keys_are_found_and_made_up_ones_do_not_make_us_ask_for_ever() {
    let scene = Scene::new().await;
    scene.with(|_| ()).await.unwrap();
    assert_eq!(scene.provider.key_questions(), 1);
    scene.provider.rotate();
    scene.clock.advance(TimeDelta::seconds(11));
    scene.with(|_| ()).await.unwrap();
    assert_eq!(
        scene.provider.key_questions(),
        2,
        "asked once more for the new key"
    );
    let stranger = Key::new("made-up");
    for _ in 0..20 {
        let told = scene
            .sign_in(|nonce| stranger.sign(&scene.claims(nonce)))
            .await;
        refused(told, "its key is not the provider's");
    }
    assert_eq!(scene.provider.key_questions(), 2, "asked a moment ago");
    scene.clock.advance(TimeDelta::seconds(11));
    let told = scene
        .sign_in(|nonce| stranger.sign(&scene.claims(nonce)))
        .await;
    refused(told, "its key is not the provider's");
    assert_eq!(scene.provider.key_questions(), 3);
}

#[tokio::test]
async fn an_answer_belongs_to_one_sign_in_in_one_browser_and_for_ten_minutes() {
    let scene = Scene::new().await;
    let one = scene.openid.begin("/").await.unwrap();
    let other = scene.openid.begin("/").await.unwrap();
    let state = |leaving: &super::Leaving| {
        let found = leaving.to.query_pairs().find(|(name, _)| name == "state");
        Returned {
            state: found.unwrap().1.into_owned(),
            ..Returned::default()
        }
    };
    let open = |sealed: Option<&str>, returned: &Returned| scene.openid.flight(sealed, returned);
    assert!(open(Some(&one.sealed), &state(&one)).is_ok());
    assert_eq!(
        open(Some(&one.sealed), &state(&other)),
        Err(Refusal::NotBegun)
    );
    assert_eq!(open(None, &state(&one)), Err(Refusal::NotBegun));
    assert_eq!(open(Some("made-up"), &state(&one)), Err(Refusal::NotBegun));
    assert_eq!(
        open(Some(&one.sealed), &Returned::default()),
        Err(Refusal::NotBegun)
    );
    assert_ne!(
        open(Some(&one.sealed), &state(&one)).unwrap().mark(),
        open(Some(&other.sealed), &state(&other)).unwrap().mark()
    );
    scene.clock.advance(TimeDelta::minutes(10));
    assert_eq!(
        open(Some(&one.sealed), &state(&one)),
        Err(Refusal::NotBegun)
    );
    assert!(!one.to.as_str().contains("verifier"));
}

#[tokio::test]
async fn what_the_provider_says_is_told_and_what_another_says_is_not_taken() {
    let scene = Scene::new().await;
    let leaving = scene.openid.begin("/").await.unwrap();
    let state = leaving
        .to
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let mut returned = Returned {
        state,
        error: Some("access_denied<script>".to_owned()),
        ..Returned::default()
    };
    let flight = scene
        .openid
        .flight(Some(&leaving.sealed), &returned)
        .unwrap();
    let told = scene.openid.end(&flight, &returned).await;
    assert_eq!(
        told,
        Err(Refusal::Provider("access_deniedscript".to_owned()))
    );
    returned.iss = Some("https://evil.example".to_owned());
    assert!(matches!(
        scene.openid.end(&flight, &returned).await,
        Err(Refusal::Answer(_))
    ));
}

#[tokio::test]
async fn claims_the_token_lacks_are_asked_for_and_must_be_of_the_same_person() {
    let scene = Scene::new().await;
    let without =
        |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove("preferred_username"));
    scene
        .provider
        .tell(json!({ "sub": "17", "preferred_username": "lee.jiho", "sub2": 1 }));
    assert_eq!(scene.with(without).await.unwrap().account, "lee.jiho");
    scene
        .provider
        .tell(json!({ "sub": "18", "preferred_username": "lee.jiho" }));
    assert!(matches!(scene.with(without).await, Err(Refusal::Answer(_))));
    // What is signed is not overwritten by what is not.
    scene
        .provider
        .tell(json!({ "sub": "17", "preferred_username": "boss", "dept": "audit" }));
    let no_dept = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove("dept"));
    let person = scene.with(no_dept).await.unwrap();
    assert_eq!(
        (person.account.as_str(), person.department.as_deref()),
        ("kim.minji", Some("audit"))
    );
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_at_once_and_found_again() {
    let scene = Scene::new().await;
    scene.provider.go_down(true);
    let down = scene.with(|_| ()).await;
    assert!(matches!(down, Err(Refusal::Down(_))), "{down:?}");
    let asked = scene.provider.questions();
    for _ in 0..10 {
        assert!(matches!(
            scene.openid.begin("/").await,
            Err(Refusal::Down(_))
        ));
    }
    assert_eq!(
        scene.provider.questions(),
        asked,
        "nobody waits for it again at once"
    );
    scene.provider.go_down(false);
    scene.clock.advance(TimeDelta::seconds(6));
    scene.with(|_| ()).await.unwrap();
    // Where nobody listens at all.
    let time: Arc<dyn Clock> = Arc::<FixedClock>::clone(&scene.clock);
    let seal = Arc::new(Seal::new("secret").unwrap());
    let nowhere = OpenId::new(settings("http://127.0.0.1:1"), seal, time).unwrap();
    assert!(matches!(nowhere.begin("/").await, Err(Refusal::Down(_))));
}

#[tokio::test]
async fn a_provider_that_says_it_is_another_or_answers_without_end_is_not_used() {
    let scene = Scene::new().await;
    scene.provider.be_issuer("https://evil.example");
    assert!(
        matches!(scene.openid.begin("/").await, Err(Refusal::Down(why)) if why.contains("unexpected issuer"))
    );
    let endless = Scene::new().await;
    endless.provider.pad(1 << 20);
    assert!(
        matches!(endless.openid.begin("/").await, Err(Refusal::Down(why)) if why.contains("more than"))
    );
    let leading = Scene::new().await;
    leading.provider.lead_on("http://127.0.0.1:1/");
    assert!(matches!(
        leading.openid.begin("/").await,
        Err(Refusal::Down(_))
    ));
    let open = Scene::new().await;
    open.provider.keys_at("http://keys.example/");
    assert!(
        matches!(open.openid.begin("/").await, Err(Refusal::Down(why)) if why.contains("not https"))
    );
}

#[tokio::test]
async fn signing_out_there_leads_back_here() {
    let scene = Scene::new().await;
    let home = Url::parse("https://data.city.example/").unwrap();
    let page = scene.openid.farewell(&home).await.unwrap();
    assert!(page.as_str().starts_with(&scene.provider.issuer));
    let told: BTreeMap<_, _> = page.query_pairs().into_owned().collect();
    assert_eq!(told["client_id"], "madang");
    assert_eq!(told["post_logout_redirect_uri"], home.as_str());
}
