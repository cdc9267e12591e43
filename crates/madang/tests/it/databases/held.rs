//! What a database gave waits for a person.

use super::*;

fn decide(town: &Town<'_>, way: &str, load: Option<&str>) -> Told {
    let mut words = vec!["decide", "lots", way, "--why", "확인했습니다", "--json"];
    words.extend(load.into_iter().flat_map(|load| ["--load", load]));
    let ran = town.run(&words);
    let line = ran.lines().into_iter().next();
    Told {
        code: ran.code,
        line: line.unwrap_or_else(|| panic!("{ran:?}")),
    }
}

/// A third of the lots that are new are of a kind that nobody has seen before.
const CODES: &str = r#"{ mode = "upsert", key = ["lot_no"], drift = { codes = 0.2 } }"#;

#[tokio::test]
async fn what_is_accepted_keeps_how_far_was_read_and_what_is_gone() {
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await.declare(NEW, CODES);
        assert_eq!(town.load().short(), "loaded 202", "{kind:?}");
        town.sql(&[
            "DELETE FROM lots WHERE no = 5",
            "UPDATE lots SET kind = 'Z' WHERE no = 201",
        ])
        .await;
        let held = town.load();
        assert_eq!(
            (held.code, held.short().as_str()),
            (1, "held 2"),
            "{held:?}"
        );
        assert_eq!(town.count(), "202");
        // It waits on.
        assert_eq!(town.load().line["load_id"], held.line["load_id"]);
        let accepted = decide(&town, "accept", None);
        assert_eq!(accepted.short(), "loaded 2, 1 gone", "{accepted:?}");
        assert_eq!(town.count(), "201");
        // The mark came with it: nothing is read twice.
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        town.sql(&[&town.lot(203, "new", 0)]).await;
        assert_eq!(town.load().short(), "loaded 3", "{kind:?}");
    }
}

#[tokio::test]
async fn half_of_the_rows_gone_waits_and_turning_it_down_does_not_stop_what_is_gone_later() {
    let load = r#"{ mode = "upsert", key = ["lot_no"], drift = { rows = 0.3 } }"#;
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await.declare(NEW, load);
        assert_eq!(town.load().short(), "loaded 202", "{kind:?}");
        // Few new rows are no drift.
        town.sql(&[&town.lot(203, "new", 0)]).await;
        assert_eq!(town.load().short(), "loaded 3", "{kind:?}");
        let copy = "CREATE TABLE gone AS SELECT * FROM lots WHERE no <= 100";
        town.sql(&[copy, "DELETE FROM lots WHERE no <= 100"]).await;
        let held = town.load();
        assert_eq!(
            (held.code, held.short().as_str()),
            (1, "held 0"),
            "{held:?}"
        );
        assert!(
            held.message().contains("The rows changed from 203 to 103"),
            "{held:?}"
        );
        assert_eq!(town.count(), "203");
        assert_eq!(decide(&town, "reject", None).line["outcome"], "rejected");
        let again = town.load();
        assert!(again.message().contains("turned down by"), "{again:?}");
        // The source has them again, all but one.
        town.sql(&["INSERT INTO lots SELECT * FROM gone WHERE no > 1"])
            .await;
        assert_eq!(town.load().short(), "loaded 0, 1 gone", "{kind:?}");
        assert_eq!(town.count(), "202");
        // Another half is gone: it is asked anew, and accepted.
        town.sql(&["DELETE FROM lots WHERE no > 100 AND no <= 200"])
            .await;
        assert_eq!(town.load().short(), "held 0", "{kind:?}");
        assert_eq!(
            decide(&town, "accept", None).short(),
            "loaded 0, 100 gone",
            "{kind:?}"
        );
        assert_eq!(town.load().short(), "unchanged", "{kind:?}");
        assert_eq!(town.run(&["verify"]).code, 0);
    }
}

#[tokio::test]
async fn added_rows_that_waited_come_once_however_it_is_decided() {
    let load = r#"{ mode = "append", drift = { codes = 0.2 } }"#;
    for kind in BOTH {
        let town = Town::new(kind).await.lots().await;
        let town = town.declare(r#", watermark = "no""#, load);
        assert_eq!(town.load().short(), "loaded 202", "{kind:?}");
        let strange = |no: u32| format!("INSERT INTO lots VALUES ({no}, 'new', 'Z', NOW())");
        town.sql(&[&strange(203)]).await;
        let first = town.load();
        assert_eq!(first.short(), "held 1", "{first:?}");
        // More comes while it waits: what was new then is still new.
        town.sql(&[&strange(204)]).await;
        assert_eq!(town.load().short(), "held 2", "{kind:?}");
        assert_eq!(decide(&town, "accept", None).short(), "loaded 2");
        let first = first.line["load_id"].as_str();
        let twice = decide(&town, "accept", first);
        assert_eq!(
            (twice.code, twice.short().as_str()),
            (1, "failed"),
            "{twice:?}"
        );
        assert!(
            twice.message().contains("another load has read these rows"),
            "{twice:?}"
        );
        town.sql(&[&strange(205)]).await;
        assert_eq!(town.load().short(), "loaded 1", "{kind:?}");
        assert_eq!(
            town.city
                .query("SELECT count(*) AS n, count(DISTINCT lot_no) AS lots FROM lots"),
            "n,lots\n205,205\n",
            "{kind:?}"
        );
    }
}
