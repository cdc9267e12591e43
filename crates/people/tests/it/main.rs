//! Accounts over real records: signing in, waiting, inviting, ending, and what of it is written down.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod guessing;
mod journal;
mod life;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use city::{People, SignIn};
use people::{Accounts, By, Outcome, Presented};
use records::{Clock, FixedClock, Records, Token};
use tempfile::TempDir;

/// A password that is good enough.
const RIGHT: &str = "파란 고래가 지붕 위에서 노래한다";

/// Accounts in a folder of their own.
struct Office {
    accounts: Accounts,
    records: Arc<Records>,
    clock: Arc<FixedClock>,
    people: People,
    folder: TempDir,
}

fn people(text: &str) -> People {
    let (people, faults) = city::read::people_text(&PathBuf::from("people.toml"), text);
    people.unwrap_or_else(|| panic!("{faults:?}"))
}

impl Office {
    /// With the account `kim`, who has a password.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::new(
            DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        ));
        let office = Self::open(folder, clock).await;
        let link = office.accounts.invite("kim", &By::local()).await.unwrap();
        let set = office
            .accounts
            .accept(&office.people, &link, RIGHT, None)
            .await
            .unwrap();
        assert_eq!(set, Ok("kim".to_owned()));
        office
    }

    async fn open(folder: TempDir, clock: Arc<FixedClock>) -> Self {
        let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
        let records = Records::open(&folder.path().join("records.db"), shared).await;
        let records = Arc::new(records.unwrap());
        Self {
            accounts: Accounts::new(&SignIn::default(), folder.path(), Arc::clone(&records)),
            people: people("[[accounts]]\nname = \"kim\"\n"),
            records,
            clock,
            folder,
        }
    }

    /// The same after the program ended and began again.
    async fn again(self) -> Self {
        self.records.close().await;
        Self::open(self.folder, self.clock).await
    }

    async fn enter(&self, presented: Presented) -> Outcome {
        self.accounts
            .sign_in(&self.people, presented)
            .await
            .unwrap()
    }
}

fn with(account: &str, password: &str, known: Option<Token>) -> Presented {
    Presented {
        account: account.to_owned(),
        password: password.to_owned(),
        address: Some("192.0.2.1".to_owned()),
        known,
        ..Presented::default()
    }
}

fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}
