//! Only what is new, and what is gone.

use serde_json::json;

use super::*;

/// A moment so many seconds ago, as both servers say it.
fn ago(kind: Server, seconds: i64) -> String {
    match kind {
        Server::Postgres => format!("now() - INTERVAL '{seconds} seconds'"),
        Server::Mariadb => format!("NOW(6) - INTERVAL {seconds} SECOND"),
    }
}

fn insert(kind: Server, no: i64, name: &str, seconds: i64) -> String {
    format!(
        "INSERT INTO lots VALUES ({no}, '{name}', {})",
        ago(kind, seconds)
    )
}

async fn town(kind: Server) -> Town {
    let town = Town::new(kind).await;
    let moment = match kind {
        Server::Postgres => "timestamptz",
        Server::Mariadb => "timestamp(6)",
    };
    town.run(&[&format!(
        "CREATE TABLE lots (no int PRIMARY KEY, name varchar(20), at {moment} NOT NULL)"
    )])
    .await;
    town
}

fn names(got: &Got) -> Vec<String> {
    let rows = got.rows.as_deref().unwrap_or_default().lines();
    rows.map(|row| row.split(',').nth(1).unwrap().trim_matches('"').to_owned())
        .collect()
}

#[tokio::test]
async fn an_upsert_reads_what_is_new_and_what_came_late() {
    for kind in BOTH {
        let town = town(kind).await;
        town.run(&[
            &insert(kind, 1, "old", 90_000),
            &insert(kind, 2, "one", 9000),
            &insert(kind, 3, "two", 8000),
        ])
        .await;
        let dataset = town.dataset(
            &json!({"table": "lots", "watermark": "at", "overlap": "30m"}),
            &json!([["no", "integer"], ["name", "text"]]),
            &json!({"mode": "upsert", "key": ["c0"]}),
        );
        let first = town.load(&dataset, None).await.unwrap();
        assert_eq!(names(&first), ["old", "one", "two"], "{kind:?}");
        let mark = first.mark.unwrap();
        // Nothing has changed: no file, and the same mark.
        let same = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!(
            (same.rows, same.mark.as_ref()),
            (None, Some(&mark)),
            "{kind:?}"
        );
        // One that ties with the mark, one whose transaction ended late, one too late, one new.
        town.run(&[
            "INSERT INTO lots SELECT 4, 'tie', max(at) FROM lots",
            &insert(kind, 5, "late", 8000 + 1700),
            &insert(kind, 6, "too late", 8000 + 9000),
        ])
        .await;
        let late = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!(names(&late), ["late", "one", "two", "tie"], "{kind:?}");
        let mark = late.mark.unwrap();
        assert_eq!(town.load(&dataset, Some(&mark)).await.unwrap().rows, None);
        town.run(&[&insert(kind, 7, "new", 60)]).await;
        let new = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!(
            names(&new),
            ["late", "one", "two", "tie", "new"],
            "{kind:?}"
        );
        let mark = new.mark.unwrap();
        assert_eq!(town.load(&dataset, Some(&mark)).await.unwrap().rows, None);
        // A change in a row that lies within the overlap is seen, even without a new time.
        town.run(&["UPDATE lots SET name = 'changed' WHERE no = 7"])
            .await;
        let changed = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!(names(&changed), ["changed"], "{kind:?}");
        // The last rows are gone: the mark does not go back.
        town.run(&["DELETE FROM lots WHERE no = 7"]).await;
        let gone = town.load(&dataset, changed.mark.as_deref()).await.unwrap();
        assert_eq!(gone.rows, None, "{kind:?}");
        let value = |mark: &Option<String>| {
            let mark: Value = serde_json::from_str(mark.as_deref().unwrap()).unwrap();
            mark["value"].as_str().unwrap().to_owned()
        };
        assert_eq!(value(&gone.mark), value(&changed.mark));
    }
}

#[tokio::test]
async fn a_row_from_the_future_hides_none() {
    for kind in BOTH {
        let town = town(kind).await;
        town.run(&[
            &insert(kind, 1, "now", 60),
            &insert(kind, 2, "future", -900_000),
        ])
        .await;
        let columns = json!([["no", "integer"], ["name", "text"]]);
        let source = json!({"table": "lots", "watermark": "at", "overlap": "10s"});
        let load = json!({"mode": "upsert", "key": ["c0"]});
        let dataset = town.dataset(&source, &columns, &load);
        let first = town.load(&dataset, None).await.unwrap();
        assert_eq!(names(&first), ["now", "future"]);
        town.run(&[&insert(kind, 3, "next", 0)]).await;
        let next = town.load(&dataset, first.mark.as_deref()).await.unwrap();
        assert_eq!(names(&next), ["now", "next", "future"], "{kind:?}");
        // An append would leave it for days: that is told.
        let dataset = town.dataset(&source, &columns, &json!({"mode": "append"}));
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(
            told.contains("`at` of 1 rows lies more than a day in the future"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn an_append_takes_each_row_once_and_leaves_young_ones() {
    for kind in BOTH {
        let town = town(kind).await;
        let dataset = town.dataset(
            &json!({"table": "lots", "watermark": "at", "overlap": "30m"}),
            &json!([["no", "integer"], ["name", "text"]]),
            &json!({"mode": "append"}),
        );
        town.run(&[&insert(kind, 1, "young", 60)]).await;
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(told.contains("no row is old enough yet"), "{told}");
        town.run(&[&insert(kind, 2, "one", 9000), &insert(kind, 3, "two", 8000)])
            .await;
        let first = town.load(&dataset, None).await.unwrap();
        assert_eq!(names(&first), ["one", "two"], "{kind:?}");
        let same = town.load(&dataset, first.mark.as_deref()).await.unwrap();
        assert_eq!((same.rows, &same.mark), (None, &first.mark));
        town.run(&[&insert(kind, 4, "three", 4000)]).await;
        let next = town.load(&dataset, first.mark.as_deref()).await.unwrap();
        assert_eq!(names(&next), ["three"], "{kind:?}");
        // By another column all rows would come once more.
        let other = town.dataset(
            &json!({"table": "lots", "watermark": "no"}),
            &json!([["no", "integer"], ["name", "text"]]),
            &json!({"mode": "append"}),
        );
        let told = town.load(&other, next.mark.as_deref()).await.unwrap_err();
        assert!(told.contains("read by the column `at` so far"), "{told}");
        assert_eq!(names(&town.load(&other, None).await.unwrap()).len(), 4);
    }
}

#[tokio::test]
async fn numbers_and_days_are_watermarks_too() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        town.run(&[
            "CREATE TABLE lots (no bigint PRIMARY KEY, name varchar(20), day date NOT NULL)",
            "INSERT INTO lots VALUES (1, 'a', '2026-11-20'), (2, 'b', '2026-11-21'), (3, 'c', '2026-11-21')",
        ])
        .await;
        let columns = json!([["no", "integer"], ["name", "text"]]);
        let append = town.dataset(
            &json!({"table": "lots", "watermark": "no"}),
            &columns,
            &json!({"mode": "append"}),
        );
        let first = town.load(&append, None).await.unwrap();
        assert_eq!(names(&first), ["a", "b", "c"]);
        let upsert = town.dataset(
            &json!({"table": "lots", "watermark": "day"}),
            &columns,
            &json!({"mode": "upsert", "key": ["c0"]}),
        );
        let by_day = town.load(&upsert, None).await.unwrap();
        let steps = town.dataset(
            &json!({"table": "lots", "watermark": "no", "overlap": "1"}),
            &columns,
            &json!({"mode": "upsert", "key": ["c0"]}),
        );
        let by_step = town.load(&steps, None).await.unwrap();
        town.run(&["INSERT INTO lots VALUES (4, 'd', '2026-11-21')"])
            .await;
        let next = town.load(&append, first.mark.as_deref()).await.unwrap();
        assert_eq!(names(&next), ["d"], "{kind:?}");
        // A day goes on: the whole of it and the one before are read again.
        let next = town.load(&upsert, by_day.mark.as_deref()).await.unwrap();
        assert_eq!(names(&next), ["a", "b", "c", "d"], "{kind:?}");
        let next = town.load(&steps, by_step.mark.as_deref()).await.unwrap();
        assert_eq!(names(&next), ["b", "c", "d"], "{kind:?}");
    }
}

#[tokio::test]
async fn rows_that_are_gone_are_missing_among_the_keys() {
    for kind in BOTH {
        let town = town(kind).await;
        town.run(&[
            &insert(kind, 1, "a", 90_000),
            &insert(kind, 2, "b", 90_000),
            &insert(kind, 3, "c", 60),
        ])
        .await;
        let dataset = town.dataset(
            &json!({"table": "lots", "watermark": "at", "deletions": true}),
            &json!([["name", "text"], ["no", "integer"]]),
            &json!({"mode": "upsert", "key": ["c1"]}),
        );
        let first = town.load(&dataset, None).await.unwrap();
        assert_eq!(first.keys.as_deref(), Some("1\n2\n3\n"));
        let mark = first.mark.unwrap();
        let same = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!(
            (same.rows, same.keys, same.mark.as_ref()),
            (None, None, Some(&mark))
        );
        // An old row is gone: no row is new, and the keys tell.
        town.run(&["DELETE FROM lots WHERE no = 2"]).await;
        let gone = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!((gone.rows, gone.keys.as_deref()), (None, Some("1\n3\n")));
        let mark = gone.mark.unwrap();
        let same = town.load(&dataset, Some(&mark)).await.unwrap();
        assert_eq!((same.rows, same.keys), (None, None), "{kind:?}");
        // A table that lost everything is rather a mistake than a city without car parks.
        town.run(&["DELETE FROM lots"]).await;
        let told = town.load(&dataset, Some(&mark)).await.unwrap_err();
        assert!(told.contains("there are no rows"), "{told}");
    }
}

/// While rows come, somebody else changes all of them and adds and takes away some.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_load_sees_one_state_while_others_write() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        let many = match kind {
            Server::Postgres => {
                "INSERT INTO lots SELECT no, 0, repeat('가', 100) FROM generate_series(1, 40000) AS no"
            }
            Server::Mariadb => {
                "INSERT INTO lots SELECT seq, 0, repeat('가', 100) FROM seq_1_to_40000"
            }
        };
        town.run(&[
            "CREATE TABLE lots (no int PRIMARY KEY, state int, padding varchar(200))",
            many,
        ])
        .await;
        let dataset = town.dataset(
            &json!({"table": "lots", "watermark": "no", "deletions": true}),
            &json!([["no", "integer"], ["state", "integer"], ["padding", "text"]]),
            &json!({"mode": "upsert", "key": ["c0"]}),
        );
        let (begun, begin) = std::sync::mpsc::channel();
        let (done, wait) = std::sync::mpsc::channel();
        let (server, database) = (town.server, town.database.clone());
        let writer = tokio::spawn(async move {
            tokio::task::spawn_blocking(move || begin.recv().unwrap())
                .await
                .unwrap();
            for sql in [
                "UPDATE lots SET state = 1",
                "DELETE FROM lots WHERE no > 39990",
                "INSERT INTO lots VALUES (50000, 1, 'x')",
            ] {
                server.run(&database, sql).await;
            }
            done.send(()).unwrap();
        });
        let (begun, wait) = (Mutex::new(Some(begun)), Mutex::new(wait));
        let got = town
            .watched(&dataset, None, &|_| {
                if let Some(begun) = begun.lock().unwrap().take() {
                    begun.send(()).unwrap();
                    tokio::task::block_in_place(|| wait.lock().unwrap().recv().unwrap());
                }
            })
            .await
            .unwrap();
        writer.await.unwrap();
        let rows = got.rows.unwrap();
        assert_eq!(rows.lines().count(), 40_000, "{kind:?}");
        assert!(rows.lines().all(|row| row.split(',').nth(1) == Some("0")));
        let keys = got.keys.unwrap();
        assert_eq!(keys.lines().count(), 40_000, "{kind:?}");
        assert_eq!(keys.lines().last(), Some("40000"));
        assert!(got.again.is_empty(), "{:?}", got.again);
    }
}
