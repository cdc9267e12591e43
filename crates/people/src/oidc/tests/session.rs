//! From the provider's answer to a session.

use std::sync::Arc;

use city::{People, SignIn};
use records::Records;
use serde_json::{Value, json};

use super::{Refusal, Returned, Scene};
use crate::accounts::{Accounts, By};
use crate::oidc::Flight;
use crate::session::{Begin, Begun};

struct Town {
    scene: Scene,
    accounts: Accounts,
    records: Arc<Records>,
    people: People,
    _folder: tempfile::TempDir,
}

impl Town {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::clone(&scene.clock);
        let records = Records::open(&folder.path().join("r.db"), clock)
            .await
            .unwrap();
        let records = Arc::new(records);
        let own = city::people::Account {
            name: "lee.jiho".into(),
            department: None,
            roles: vec!["auditor".into()],
            attributes: std::collections::BTreeMap::new(),
        };
        let people = People {
            accounts: vec![own],
            ..People::default()
        };
        Self {
            accounts: Accounts::new(&SignIn::default(), folder.path(), Arc::clone(&records)),
            scene,
            records,
            people,
            _folder: folder,
        }
    }

    async fn fly(&self, bend: impl FnOnce(&mut Value)) -> (Flight, Returned) {
        let leaving = self.scene.openid.begin("/").await.unwrap();
        let word = |name: &str| {
            let found = leaving.to.query_pairs().find(|(own, _)| own == name);
            found.unwrap().1.into_owned()
        };
        let mut claims = self.scene.claims(&word("nonce"));
        bend(&mut claims);
        self.scene
            .provider
            .answer_with(self.scene.provider.key().sign(&claims));
        let returned = Returned {
            state: word("state"),
            code: Some("code".to_owned()),
            ..Returned::default()
        };
        let flight = self
            .scene
            .openid
            .flight(Some(&leaving.sealed), &returned)
            .unwrap();
        (flight, returned)
    }

    async fn end(&self, (flight, returned): &(Flight, Returned)) -> Result<Begun, Refusal> {
        let begin = Begin::default();
        let (accounts, openid) = (&self.accounts, &self.scene.openid);
        let ended = accounts.sign_in_vouched(&self.people, openid, (flight, returned), begin);
        ended.await.unwrap()
    }

    async fn sign_in(&self, subject: &str, name: &str) -> Result<Begun, Refusal> {
        let flown = self.fly(|claims| {
            claims["sub"] = json!(subject);
            claims["preferred_username"] = json!(name);
        });
        self.end(&flown.await).await
    }
}

#[tokio::test]
async fn a_session_holds_what_the_claims_gave_and_of_an_account_nothing_of_them() {
    let town = Town::new().await;
    let guest = town.sign_in("1", "kim.minji").await.unwrap().session;
    assert_eq!(
        (guest.account.as_str(), guest.how.as_str()),
        ("kim.minji", "openid")
    );
    assert_eq!(
        guest.claims.as_deref(),
        Some(r#"{"roles":["clerk"],"department":"welfare","attributes":{}}"#)
    );
    let own = town.sign_in("2", "lee.jiho").await.unwrap().session;
    assert_eq!((own.account.as_str(), own.claims), ("lee.jiho", None));
    let stranger = town
        .fly(|claims| claims["realm_access"] = json!({ "roles": ["others"] }))
        .await;
    assert!(
        matches!(town.end(&stranger).await, Err(Refusal::Unknown(_))),
        "no role, no session"
    );
}

#[tokio::test]
async fn an_answer_opens_one_session_however_many_bring_it() {
    let town = Arc::new(Town::new().await);
    let flown = town.fly(|_| ()).await;
    let (one, two, three) = tokio::join!(town.end(&flown), town.end(&flown), town.end(&flown));
    let opened = [&one, &two, &three]
        .iter()
        .filter(|told| told.is_ok())
        .count();
    assert_eq!(opened, 1);
    assert_eq!(town.end(&flown).await.unwrap_err(), Refusal::Replayed);
    assert_eq!(town.accounts.sessions("kim.minji").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_stays_its_persons_and_who_is_blocked_stays_out() {
    let town = Town::new().await;
    town.sign_in("1", "kim.minji").await.unwrap();
    let other = town.sign_in("2", "kim.minji").await;
    assert_eq!(other.unwrap_err(), Refusal::Taken("kim.minji".to_owned()));
    assert!(
        town.accounts
            .forget_vouched("kim.minji", &By::local())
            .await
            .unwrap()
    );
    assert!(
        town.accounts
            .sessions("kim.minji")
            .await
            .unwrap()
            .is_empty()
    );
    town.sign_in("2", "kim.minji").await.unwrap();
    town.accounts
        .block("kim.minji", &By::local())
        .await
        .unwrap();
    let blocked = town.sign_in("2", "kim.minji").await;
    assert_eq!(
        blocked.unwrap_err(),
        Refusal::Unknown("kim.minji".to_owned())
    );
}

#[tokio::test]
async fn what_was_refused_is_in_the_log_and_a_provider_that_is_down_is_nobodys_attempt() {
    let town = Town::new().await;
    let flown = town.fly(|claims| claims["aud"] = json!("other")).await;
    assert!(matches!(town.end(&flown).await, Err(Refusal::Answer(_))));
    let down = town.fly(|_| ()).await;
    town.scene.provider.go_down(true);
    assert!(matches!(town.end(&down).await, Err(Refusal::Down(_))));
    let (logged, _) = town
        .records
        .log()
        .page(&records::log::Filter::default())
        .await
        .unwrap();
    let told: Vec<_> = logged
        .iter()
        .filter_map(|own| own.entry.query.as_deref())
        .collect();
    assert_eq!(told, ["openid: answer"]);
}
