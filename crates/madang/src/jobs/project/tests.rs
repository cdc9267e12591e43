//! Projects on a clock that can be moved: what is over is destroyed, and forgotten three years later.

use std::path::Path;
use std::sync::Arc;

use access::Door;
use chrono::TimeDelta;
use lake::Lake;
use records::{FixedClock, Records};
use serde_json::json;

use super::*;
use crate::cli::Shared;
use crate::config::Config;
use crate::jobs::load::Loader;
use crate::jobs::progress::Bars;
use crate::jobs::release;

const CITY: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "99000"
bounds = [126.0, 36.0, 128.0, 38.0]
fields = [{ id = "welfare", title = "복지", title-en = "Welfare" }]
departments = [{ id = "care", title = "복지과", title-en = "Welfare" }]
"#;
const DATASET: &str = r#"
id = "visits"
title = "방문"
description = "방문 기록입니다."
field = "welfare"
department = "care"
cadence = "monthly"
source = { kind = "file", path = "visits.csv" }
format = { kind = "csv" }
[[columns]]
name = "person"
title = "성명"
type = "text"
privacy = "identifier"
[[columns]]
name = "result"
title = "결과"
type = "text"
privacy = "none"
"#;
const RECIPE: &str = r#"
id = "study"
title = "방문 연구"
purpose = "statistics"
reason = "결과를 셉니다."
dataset = "visits"
recipient = "통계과"
period = { from = "2026-10-01", to = "2026-10-31" }
processor = "data"
reviewers = ["officer"]
[[columns]]
name = "person"
technique = { token = { as = "name" } }
[[columns]]
name = "result"
technique = "keep"
"#;
const RELEASE: &str = r#"
id = "study"
title = "방문 가명정보"
purpose = "연구"
kind = "pseudonymised"
dataset = "visits"
project = "study"
"#;

struct Town {
    _folder: tempfile::TempDir,
    platform: Platform,
    clock: Arc<FixedClock>,
}

async fn open(folder: &Path, clock: &Arc<FixedClock>) -> Platform {
    let city = Arc::new(crate::platform::read_city(folder).unwrap());
    let data = folder.join("data");
    let lake = Arc::new(Lake::open(&data).unwrap());
    let clock: Arc<dyn records::Clock> = Arc::clone(clock) as _;
    let records = Records::open(&data.join("records.db"), clock)
        .await
        .unwrap();
    let records = Arc::new(records);
    let door = Door::new(Arc::clone(&city), Arc::clone(&lake), Arc::clone(&records)).unwrap();
    Platform {
        situation: Arc::default(),
        inbox: city.inbox(),
        city,
        lake,
        records,
        door: Arc::new(door),
        data,
    }
}

async fn town() -> Town {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("city.toml", CITY),
        ("datasets/welfare/visits.toml", DATASET),
        ("projects/study.toml", RECIPE),
        ("releases/study.toml", RELEASE),
        ("inbox/visits.csv", "성명,결과\n김가온,양호\n이누리,관찰\n"),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let clock = Arc::new(FixedClock::new("2026-10-02T01:00:00Z".parse().unwrap()));
    let platform = open(folder.path(), &clock).await;
    let shared = Shared {
        city: Some(folder.path().to_owned()),
        ..Shared::default()
    };
    let loader = Loader {
        platform: platform.clone(),
        config: Arc::new(Config::read(&shared, None).unwrap()),
        bars: Bars::default(),
    };
    for dataset in platform.city.datasets.values() {
        loader.load(dataset).await.unwrap();
    }
    Town {
        _folder: folder,
        platform,
        clock,
    }
}

async fn reviewed(town: &Town) -> Case {
    let office = Office::of(&town.platform);
    let id: ProjectId = "study".into();
    let risk =
        json!({"act": "review-risk", "of-data": "low", "of-setting": "low", "findings": "없음"});
    for (by, act) in [
        ("data", json!({"act": "prepare"})),
        ("data", risk),
        ("data", json!({"act": "process"})),
        (
            "officer",
            json!({"act": "find-adequate", "grounds": "충분합니다"}),
        ),
    ] {
        office.act(&id, by, &act).await.unwrap();
    }
    office.case(&id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_destroyed_and_its_records_are_forgotten_three_years_later() {
    let town = town().await;
    let (office, id) = (Office::of(&town.platform), ProjectId::from("study"));
    let case = reviewed(&town).await;
    let plan = release::plan(&town.platform, "study").unwrap();
    assert!(release::due::is_due(&town.platform, plan).await.unwrap());
    let record = release::make(&town.platform, plan, "data").await.unwrap();
    assert!(record.passed(), "{record:?}");
    assert!(!release::due::is_due(&town.platform, plan).await.unwrap());
    let output = output(&case).unwrap().to_owned();
    let (result, released) = (
        office.result(&id, &output),
        release::file(&town.platform, "study", &output),
    );
    office.end_what_is_over().await.unwrap();
    assert!(
        result.is_file() && released.is_file(),
        "its last day is not over"
    );
    town.clock.advance(TimeDelta::days(30));
    office.end_what_is_over().await.unwrap();
    assert!(!result.exists() && !released.exists());
    let ended = office.case(&id).await.unwrap();
    assert_eq!(ended.step(), Step::Destroyed);
    assert_eq!(ended.events.last().unwrap().by, "system");
    assert!(office.key(&id, 1).is_err(), "the key is gone");
    assert!(release::make(&town.platform, plan, "data").await.is_err());
    town.clock.advance(TimeDelta::days(3 * 365));
    office.end_what_is_over().await.unwrap();
    assert_eq!(
        office.case(&id).await.unwrap().events.len(),
        5,
        "three years"
    );
    town.clock.advance(TimeDelta::days(3));
    office.end_what_is_over().await.unwrap();
    assert!(office.case(&id).await.unwrap().events.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipe_that_was_changed_after_it_was_prepared_is_not_carried_out() {
    let town = town().await;
    let (office, id) = (Office::of(&town.platform), ProjectId::from("study"));
    let risk =
        json!({"act": "review-risk", "of-data": "low", "of-setting": "low", "findings": "없음"});
    office
        .act(&id, "data", &json!({"act": "prepare"}))
        .await
        .unwrap();
    office.act(&id, "data", &risk).await.unwrap();
    let file = town.platform.city.folder.join("projects/study.toml");
    std::fs::write(file, RECIPE.replace("통계과", "다른 곳")).unwrap();
    let refused = office.act(&id, "data", &json!({"act": "process"})).await;
    assert!(
        matches!(refused, Err(Refused::Failed(Failure::Input(_)))),
        "{refused:?}"
    );
    assert_eq!(office.case(&id).await.unwrap().step(), Step::Processing);
}
