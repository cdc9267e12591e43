use std::sync::Arc;

use chrono::{DateTime, Utc};
use records::FixedClock;
use records::log::Filter;
use tempfile::TempDir;

use super::*;
use crate::cli::Shared;
use crate::config::Config;
use crate::jobs::load::Loader;
use crate::jobs::progress::Bars;
use crate::jobs::remind::tests::{moment, open};

const CITY: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "99000"
address = "https://data.garam.example"
bounds = [126.0, 36.0, 128.0, 38.0]
fields = [{ id = "air", title = "대기", title-en = "Air" }]
departments = [{ id = "air", title = "대기과", title-en = "Air", mail = "air@garam.example" }]
"#;

const DATASET: &str = r#"
id = "air"
title = "대기 측정"
description = "시험 자료입니다."
field = "air"
department = "air"
cadence = "irregular"
release = "open"
source = { kind = "file", path = "air.csv" }
format = { kind = "csv" }
[[columns]]
name = "pm10"
title = "미세먼지"
type = "integer"
privacy = "none"
[[columns]]
name = "day"
title = "날"
type = "date"
privacy = "none"
"#;

const MEASURE: &str = r#"
id = "pm10"
title = "미세먼지"
question = "미세먼지는 얼마입니까?"
dataset = "air"
expression = "max(pm10)"
time = { column = "day", step = "day" }
unit = "㎍/㎥"
"#;

const BOARD: &str = r#"
id = "today"
title = "상황판"
description = "한눈에 봅니다."
panels = [{ measure = "pm10", view = "number" }]

[[alerts]]
id = "high"
measure = "pm10"
above = 80
clear = 70
quiet = { from = "22:00", to = "07:00" }
department = "air"
say = "야외 행사를 살펴 주십시오."

[[alerts]]
id = "jump"
measure = "pm10"
change = 50
department = "air"
say = "측정기를 살펴 주십시오."
"#;

struct Town {
    folder: TempDir,
    platform: Platform,
    clock: Arc<FixedClock>,
    looked: Looked,
}

impl Town {
    async fn new() -> Self {
        Self::with(DATASET).await
    }

    async fn with(dataset: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("city.toml", CITY),
            ("datasets/air/air.toml", dataset),
            ("measures/pm10.toml", MEASURE),
            ("boards/today.toml", BOARD),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let clock = Arc::new(FixedClock::new(moment("2026-11-26T10:00:00+09:00")));
        let platform = open(folder.path(), &clock).await;
        Self {
            folder,
            platform,
            clock,
            looked: Looked::new(),
        }
    }

    /// What the measuring station says, and a look by the job at a time.
    async fn says(&mut self, rows: &str, at: &str) {
        let inbox = self.folder.path().join("inbox");
        std::fs::create_dir_all(&inbox).unwrap();
        std::fs::write(inbox.join("air.csv"), format!("미세먼지,날\n{rows}")).unwrap();
        let shared = Shared {
            city: Some(self.folder.path().to_owned()),
            ..Shared::default()
        };
        let loader = Loader {
            platform: self.platform.clone(),
            config: Arc::new(Config::read(&shared, None).unwrap()),
            bars: Bars::default(),
        };
        for dataset in self.platform.city.datasets.values() {
            loader.load(dataset).await.unwrap();
        }
        self.look(at).await;
    }

    async fn look(&mut self, at: &str) {
        let now: DateTime<Utc> = records::Clock::now(&*self.clock);
        self.clock.advance(moment(at) - now);
        look(&self.platform, &mut self.looked).await.unwrap();
        tell(&self.platform, true).await.unwrap();
    }

    async fn on(&self) -> Vec<String> {
        let on = self.platform.records.alerts().on().await.unwrap();
        on.into_iter()
            .map(|alarm| alarm.alert.to_string())
            .collect()
    }

    /// Entries of the access log.
    async fn reads(&self) -> u64 {
        let log = self.platform.records.log();
        log.flush().await;
        log.page(&Filter::default()).await.unwrap().1
    }

    async fn letters(&self) -> usize {
        self.platform.records.mails().list(50).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_figure_past_its_limit_is_told_once_and_ends_when_it_is_back() {
    let mut town = Town::new().await;
    town.says("80,2026-11-26\n", "2026-11-26T10:01:00+09:00")
        .await;
    assert!(town.on().await.is_empty());
    town.says("92,2026-11-26\n", "2026-11-26T10:02:00+09:00")
        .await;
    assert_eq!(town.on().await, ["high"]);
    let mails = town.platform.records.mails().list(1).await.unwrap();
    assert_eq!(mails[0].subject, "[가람시 경보] 미세먼지");
    assert!(
        mails[0].text.contains(
            "미세먼지 92㎍/㎥: 기준 80㎍/㎥ 초과 (2026-11-26 10:02)\n야외 행사를 살펴 주십시오."
        ),
        "{}",
        mails[0].text
    );
    assert!(mails[0].text.contains("https://data.garam.example/alerts"));
    // It wavers: nothing is told, nothing ends.
    town.says("75,2026-11-26\n", "2026-11-26T10:03:00+09:00")
        .await;
    town.says("95,2026-11-26\n", "2026-11-26T10:04:00+09:00")
        .await;
    assert_eq!((town.on().await.len(), town.letters().await), (1, 1));
    town.says("70,2026-11-26\n", "2026-11-26T10:05:00+09:00")
        .await;
    assert!(town.on().await.is_empty());
    let over = town.platform.records.alerts().over(9).await.unwrap();
    assert_eq!(over[0].ended_with, Some(70.0));
}

#[tokio::test]
async fn quiet_hours_put_the_telling_off_but_not_the_seeing() {
    let mut town = Town::new().await;
    town.says("92,2026-11-26\n", "2026-11-26T23:00:00+09:00")
        .await;
    assert_eq!((town.on().await.len(), town.letters().await), (1, 0));
    town.look("2026-11-27T06:59:00+09:00").await;
    assert_eq!(town.letters().await, 0);
    town.look("2026-11-27T07:00:00+09:00").await;
    assert_eq!(town.letters().await, 1);
    // What is over before they end is not told at all.
    town.says("60,2026-11-27\n", "2026-11-27T22:00:00+09:00")
        .await;
    town.says("93,2026-11-28\n", "2026-11-27T23:00:00+09:00")
        .await;
    town.says("60,2026-11-28\n", "2026-11-28T05:00:00+09:00")
        .await;
    town.look("2026-11-28T08:00:00+09:00").await;
    assert_eq!((town.on().await.len(), town.letters().await), (0, 1));
}

#[tokio::test]
async fn a_change_counts_between_finished_days() {
    let mut town = Town::new().await;
    let rows = "40,2026-11-25\n62,2026-11-26\n";
    town.says(rows, "2026-11-26T20:00:00+09:00").await;
    assert!(town.on().await.is_empty());
    // Nothing new was loaded; the day is over.
    town.look("2026-11-27T00:00:00+09:00").await;
    assert_eq!(town.on().await, ["jump"]);
    let mails = town.platform.records.mails().list(1).await.unwrap();
    assert!(
        mails[0]
            .text
            .contains("미세먼지: 앞 기간보다 55.0% 늘었습니다"),
        "{}",
        mails[0].text
    );
}

#[tokio::test]
async fn nobody_reads_again_what_has_not_changed_and_what_is_no_longer_declared_is_over() {
    let mut town = Town::new().await;
    town.says("92,2026-11-26\n", "2026-11-26T10:02:00+09:00")
        .await;
    let before = town.reads().await;
    town.look("2026-11-26T10:03:00+09:00").await;
    town.look("2026-11-26T10:04:00+09:00").await;
    assert_eq!(town.reads().await, before);
    let mut city = (*town.platform.city).clone();
    city.boards.clear();
    // As it is after the next start.
    let city = Arc::new(city);
    let (lake, records) = (&town.platform.lake, &town.platform.records);
    let door = access::Door::new(Arc::clone(&city), Arc::clone(lake), Arc::clone(records));
    town.platform.door = Arc::new(door.unwrap());
    town.platform.city = city;
    town.look("2026-11-26T10:05:00+09:00").await;
    assert!(town.on().await.is_empty());
}

#[tokio::test]
async fn few_persons_are_told_to_nobody() {
    let of_persons = DATASET
        .replace("privacy = \"none\"", "privacy = \"quasi\"")
        .replace("release = \"open\"", "release = \"internal\"");
    let mut town = Town::with(&of_persons).await;
    let rows = |count: usize| "90,2026-11-25\n".repeat(count);
    town.says(&rows(4), "2026-11-26T10:01:00+09:00").await;
    assert!(town.on().await.is_empty());
    town.says(&rows(5), "2026-11-26T10:02:00+09:00").await;
    assert_eq!(town.on().await, ["high"]);
}
