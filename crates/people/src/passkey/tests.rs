//! A device made of a key, and what it could try.

use std::sync::Arc;

use chrono::{TimeDelta, TimeZone as _, Utc};
use records::FixedClock;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::*;

const ORIGIN: &str = "https://data.city.example";
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const MADE: u8 = 0x40;

/// A device.
struct Device {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    origin: String,
    place: String,
    flags: u8,
    count: u32,
}

impl Device {
    fn new() -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self {
            pair: EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap(),
            id: vec![7; 32],
            origin: ORIGIN.to_owned(),
            place: "data.city.example".to_owned(),
            flags: PRESENT | VERIFIED,
            count: 1,
        }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let told = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        told.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.place.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn challenge(options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let inner = options.get("publicKey").unwrap_or(&options);
        inner["challenge"].as_str().unwrap().to_owned()
    }

    fn make(&self, asked: &Asked) -> Vec<u8> {
        let client = self.client_data("webauthn.create", &Self::challenge(&asked.options));
        let point = self.pair.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(&point[1..33]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point[33..]);
        let mut data = self.data(self.flags | MADE);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(&self.id);
        data.extend(key);
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let id = encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": { "clientDataJSON": encode(&client), "attestationObject": encode(&object), "transports": ["internal"] },
        })
        .to_string()
        .into_bytes()
    }

    fn use_it(&self, asked: &Asked, handle: &str) -> Vec<u8> {
        let client = self.client_data("webauthn.get", &Self::challenge(&asked.options));
        let data = self.data(self.flags);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, &client).as_ref());
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let id = encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&client), "authenticatorData": encode(&data),
                "signature": encode(signature.as_ref()), "userHandle": handle,
            },
        })
        .to_string()
        .into_bytes()
    }
}

struct Scene {
    passkeys: Passkeys,
    clock: Arc<FixedClock>,
    handle: String,
}

impl Scene {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::new(
            Utc.with_ymd_and_hms(2026, 3, 2, 1, 0, 0).unwrap(),
        ));
        let seal = Arc::new(Seal::new("secret").unwrap());
        let time: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
        Self {
            passkeys: Passkeys::new(&Url::parse(ORIGIN).unwrap(), seal, time).unwrap(),
            clock,
            handle: Passkeys::draw_handle(),
        }
    }

    fn make(&self, device: &Device) -> Result<records::passkeys::Passkey, PasskeyError> {
        let asked = self.passkeys.begin_making("kim", &self.handle, &[])?;
        let made = self.passkeys.end_making(
            Some(&asked.sealed),
            "kim",
            "휴대전화",
            &device.make(&asked),
        )?;
        Ok(made.passkey)
    }

    fn use_it(
        &self,
        device: &Device,
        kept: &records::passkeys::Passkey,
    ) -> Result<Vec<u8>, PasskeyError> {
        let asked = self.passkeys.begin_using()?;
        let presented = Passkeys::read(&device.use_it(&asked, &self.handle))?;
        assert_eq!((&presented.id, &presented.handle), (&kept.id, &self.handle));
        let (_, after) = self
            .passkeys
            .end_using(Some(&asked.sealed), &presented, kept)?;
        Ok(after)
    }
}

/// Does something to a device that it should not have had done to it.
type Bend = fn(&mut Device);

fn is_refused<T: std::fmt::Debug>(told: &Result<T, PasskeyError>, what: &str) {
    assert!(
        matches!(told, Err(PasskeyError::Answer(_))),
        "{what}: {told:?}"
    );
}

#[test]
fn a_passkey_is_made_and_signs_in_and_its_counter_is_kept() {
    let scene = Scene::new();
    let mut device = Device::new();
    let mut kept = scene.make(&device).unwrap();
    assert_eq!(kept.name, "휴대전화");
    assert!(!is_backed_up(&kept));
    device.count = 2;
    kept.moving = scene.use_it(&device, &kept).unwrap();
    // A copy of the key would count by itself.
    is_refused(&scene.use_it(&device, &kept), "the same count again");
    device.count = 1;
    is_refused(&scene.use_it(&device, &kept), "an earlier count");
    device.count = 9;
    device.flags |= 0x18;
    is_refused(
        &scene.use_it(&device, &kept),
        "a key that could not be backed up is backed up",
    );
}

#[test]
fn whoever_holds_the_device_must_have_opened_it_at_the_right_place() {
    let scene = Scene::new();
    let bent: [(&str, Bend); 5] = [
        ("not opened", |device| device.flags = PRESENT),
        ("nobody there", |device| device.flags = VERIFIED),
        ("another page", |device| {
            device.origin = "https://evil.example".to_owned();
        }),
        ("another port", |device| {
            device.origin = format!("{ORIGIN}:8443");
        }),
        ("another place", |device| {
            device.place = "evil.example".to_owned();
        }),
    ];
    for (what, bend) in bent {
        let mut device = Device::new();
        bend(&mut device);
        is_refused(&scene.make(&device), what);
        let mut device = Device::new();
        let kept = scene.make(&device).unwrap();
        device.count += 1;
        bend(&mut device);
        is_refused(&scene.use_it(&device, &kept), what);
    }
}

#[test]
fn another_key_and_another_challenge_prove_nothing() {
    let scene = Scene::new();
    let mut device = Device::new();
    let kept = scene.make(&device).unwrap();
    let mut other = Device::new();
    other.count = 5;
    is_refused(
        &scene.use_it(&other, &kept),
        "another key under the same id",
    );
    device.count = 5;
    let (one, two) = (
        scene.passkeys.begin_using().unwrap(),
        scene.passkeys.begin_using().unwrap(),
    );
    let presented = Passkeys::read(&device.use_it(&one, &scene.handle)).unwrap();
    is_refused(
        &scene
            .passkeys
            .end_using(Some(&two.sealed), &presented, &kept),
        "another challenge",
    );
    let one_mark = scene
        .passkeys
        .end_using(Some(&one.sealed), &presented, &kept)
        .unwrap()
        .0;
    let again = scene
        .passkeys
        .end_using(Some(&one.sealed), &presented, &kept)
        .unwrap()
        .0;
    assert_eq!(one_mark, again, "its second use is seen by its mark");
}

#[test]
fn what_was_not_begun_here_by_this_person_in_time_is_refused() {
    let scene = Scene::new();
    let device = Device::new();
    let asked = scene
        .passkeys
        .begin_making("kim", &scene.handle, &[])
        .unwrap();
    let answer = device.make(&asked);
    let end = |sealed: Option<&str>, account: &str| {
        scene.passkeys.end_making(sealed, account, "", &answer)
    };
    assert_eq!(end(None, "kim"), Err(PasskeyError::NotBegun));
    assert_eq!(end(Some("x"), "kim"), Err(PasskeyError::NotBegun));
    assert_eq!(end(Some(&asked.sealed), "lee"), Err(PasskeyError::NotBegun));
    let using = scene.passkeys.begin_using().unwrap();
    assert_eq!(
        end(Some(&using.sealed), "kim"),
        Err(PasskeyError::NotBegun),
        "for another use"
    );
    assert!(end(Some(&asked.sealed), "kim").is_ok());
    scene.clock.advance(TimeDelta::minutes(5));
    assert_eq!(end(Some(&asked.sealed), "kim"), Err(PasskeyError::NotBegun));
    for hostile in ["", "{}", "[]", "null", r#"{"id":"a"}"#] {
        is_refused(&Passkeys::read(hostile.as_bytes()).map(|_| ()), hostile);
    }
}

#[test]
fn a_device_is_told_what_it_has_and_what_is_asked_of_it() {
    let scene = Scene::new();
    let kept = scene.make(&Device::new()).unwrap();
    let asked = scene
        .passkeys
        .begin_making("kim", &scene.handle, std::slice::from_ref(&kept))
        .unwrap();
    assert!(asked.options.contains(&kept.id), "{}", asked.options);
    assert!(
        asked.options.contains(r#""userVerification":"required""#),
        "{}",
        asked.options
    );
    assert!(asked.options.contains(r#""residentKey":"required""#));
    let using = scene.passkeys.begin_using().unwrap();
    assert!(
        using.options.contains(r#""userVerification":"required""#),
        "{}",
        using.options
    );
    assert!(
        !using.options.contains(&kept.id),
        "a sign-in tells nobody's passkeys"
    );
}

#[test]
fn there_are_passkeys_where_the_address_is_a_name_and_private() {
    let made = |text: &str| {
        let seal = Arc::new(Seal::new("secret").unwrap());
        let clock = Arc::new(FixedClock::new(Utc.timestamp_opt(0, 0).unwrap()));
        Passkeys::new(&Url::parse(text).unwrap(), seal, clock).map(|passkeys| passkeys.origin)
    };
    assert_eq!(made("https://data.city.example/").as_deref(), Some(ORIGIN));
    assert_eq!(
        made("http://localhost:8080").as_deref(),
        Some("http://localhost:8080")
    );
    assert_eq!(made("http://127.0.0.1:8080"), None);
    assert_eq!(made("http://data.city.example"), None);
}

mod kept {
    //! Passkeys of accounts, in the records.

    use city::{People, SignIn};
    use records::Records;

    use super::*;
    use crate::accounts::{Accounts, By};
    use crate::session::Begin;

    struct Town {
        scene: Scene,
        accounts: Accounts,
        people: People,
        _folder: tempfile::TempDir,
    }

    impl Town {
        async fn new() -> Self {
            let scene = Scene::new();
            let folder = tempfile::tempdir().unwrap();
            let clock = Arc::clone(&scene.clock);
            let records = Records::open(&folder.path().join("r.db"), clock)
                .await
                .unwrap();
            Self {
                accounts: Accounts::new(&SignIn::default(), folder.path(), Arc::new(records)),
                scene,
                people: People::default(),
                _folder: folder,
            }
        }

        async fn make(&self, device: &Device) -> Result<(), PasskeyError> {
            let (accounts, passkeys) = (&self.accounts, &self.scene.passkeys);
            let asked = accounts
                .ask_for_passkey(passkeys, "operator")
                .await
                .unwrap()?;
            let answer = device.make(&asked);
            let sent = (Some(asked.sealed.as_str()), answer.as_slice());
            let by = By::local();
            let kept = accounts.keep_passkey(passkeys, sent, ("operator", "열쇠"), &by);
            kept.await.unwrap()
        }

        async fn answer(&self, sealed: &str, answer: &[u8]) -> Result<String, PasskeyError> {
            let passkeys = &self.scene.passkeys;
            let sent = (Some(sealed), answer);
            let told =
                self.accounts
                    .sign_in_by_passkey(&self.people, passkeys, sent, Begin::default());
            told.await.unwrap().map(|begun| begun.session.account)
        }

        async fn handle(&self) -> String {
            self.accounts
                .records
                .passkeys()
                .handle("operator", "never")
                .await
                .unwrap()
        }
    }

    #[tokio::test]
    async fn a_passkey_opens_a_session_of_its_owner_once_a_challenge_and_not_when_it_is_gone() {
        let town = Town::new().await;
        let mut device = Device::new();
        town.make(&device).await.unwrap();
        assert_eq!(
            town.make(&device).await,
            Err(PasskeyError::Full),
            "the same again"
        );
        device.count = 2;
        let asked = town.scene.passkeys.begin_using().unwrap();
        let answer = device.use_it(&asked, &town.handle().await);
        assert_eq!(
            town.answer(&asked.sealed, &answer).await.unwrap(),
            "operator"
        );
        let again = town.answer(&asked.sealed, &answer).await;
        assert!(again.is_err(), "an answer is good once");
        device.count = 3;
        town.accounts.block("operator", &By::local()).await.unwrap();
        let asked = town.scene.passkeys.begin_using().unwrap();
        let answer = device.use_it(&asked, &town.handle().await);
        assert!(
            town.answer(&asked.sealed, &answer).await.is_err(),
            "blocked"
        );
        town.accounts
            .unblock("operator", &By::local())
            .await
            .unwrap();
        device.count = 4;
        let id = town
            .accounts
            .passkeys("operator")
            .await
            .unwrap()
            .remove(0)
            .id;
        assert!(
            !town
                .accounts
                .remove_passkey("lee", &id, &By::local())
                .await
                .unwrap()
        );
        assert!(
            town.accounts
                .remove_passkey("operator", &id, &By::local())
                .await
                .unwrap()
        );
        let asked = town.scene.passkeys.begin_using().unwrap();
        let answer = device.use_it(&asked, &town.handle().await);
        assert!(
            town.answer(&asked.sealed, &answer).await.is_err(),
            "taken away"
        );
    }
}
