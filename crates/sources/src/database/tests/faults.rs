//! What is wrong with a source, each with a clear sentence and without a secret.

use serde_json::json;

use super::*;

async fn town(kind: Server) -> Town {
    let town = Town::new(kind).await;
    let bytes = match kind {
        Server::Postgres => "bytea",
        Server::Mariadb => "blob",
    };
    let moment = match kind {
        Server::Postgres => "timestamp",
        Server::Mariadb => "datetime",
    };
    town.run(&[
        &format!(
            "CREATE TABLE parking_lots (no int PRIMARY KEY, lot_name varchar(20), at {moment}, photo {bytes})"
        ),
        "INSERT INTO parking_lots VALUES (1, '가', NULL, NULL), (2, '나', '2026-11-26 09:00:00', NULL)",
        "CREATE TABLE nothing (no int PRIMARY KEY)",
    ])
    .await;
    town
}

/// Source, columns, load, and what is said of them.
fn mistakes() -> Vec<(Value, Value, Value, &'static str)> {
    let upsert = json!({"mode": "upsert", "key": ["c0"]});
    vec![
        (
            json!({"table": "parking_lot"}),
            json!([["no", "integer"]]),
            json!({}),
            "[parking_lot]: there is no such table; did you mean `parking_lots`?",
        ),
        (
            json!({"table": "parking_lots"}),
            json!([
                ["no", "integer"],
                ["lot_nmae", "text"],
                ["nothing_like_it_at_all", "text"]
            ]),
            json!({}),
            "the source has no column `lot_nmae`; did you mean `lot_name`?",
        ),
        (
            json!({"table": "parking_lots"}),
            json!([["no", "integer"], ["photo", "text"]]),
            json!({}),
            "holds bytes that are no text; leave the column out, or make it text in `sql`",
        ),
        (
            json!({"table": "parking_lots", "watermark": "att"}),
            json!([["no", "integer"]]),
            upsert.clone(),
            "the source has no column `att`; did you mean `at`?",
        ),
        (
            json!({"table": "parking_lots", "watermark": "lot_name"}),
            json!([["no", "integer"]]),
            upsert.clone(),
            "and orders no history; expected a time, a date or a whole or exact number",
        ),
        (
            json!({"table": "parking_lots", "watermark": "at"}),
            json!([["no", "integer"]]),
            upsert.clone(),
            "1 rows have no `at`; they would never be read",
        ),
        (
            json!({"table": "parking_lots", "watermark": "at", "overlap": "1000"}),
            json!([["no", "integer"]]),
            upsert.clone(),
            "and `overlap` counts in something else; expected a time like",
        ),
        (
            json!({"table": "parking_lots"}),
            json!([["no", "integer"], ["at", "datetime", {"forms": ["%Y%m%d"]}]]),
            json!({}),
            "and its `forms` are those of a text; leave `forms` out",
        ),
        (
            json!({"table": "nothing"}),
            json!([["no", "integer"]]),
            json!({}),
            "[nothing]: there are no rows",
        ),
        (
            json!({"sql": "SELECT no FROM parking_lots WHERE"}),
            json!([["no", "integer"]]),
            json!({}),
            "[sql]: the server answered with error",
        ),
        (
            json!({"sql": "DELETE FROM parking_lots"}),
            json!([["no", "integer"]]),
            json!({}),
            "[sql]: the server answered with error",
        ),
    ]
}

#[tokio::test]
async fn every_mistake_of_a_manifest_is_told_once_and_clearly() {
    for kind in BOTH {
        let town = town(kind).await;
        for (source, columns, load, said) in mistakes() {
            let dataset = town.dataset(&source, &columns, &load);
            let told = town.load(&dataset, None).await.unwrap_err();
            assert!(told.contains(said), "{kind:?}: {told}");
            let place = format!("{}://{{db}}/", word(kind));
            assert!(told.starts_with(&place), "{told}");
        }
    }
}

fn word(kind: Server) -> &'static str {
    match kind {
        Server::Postgres => "postgres",
        Server::Mariadb => "mariadb",
    }
}

#[tokio::test]
async fn a_question_cannot_write_nor_show_a_cell() {
    let town = town(Server::Postgres).await;
    let steal = "CREATE FUNCTION steal() RETURNS int LANGUAGE sql AS 'DELETE FROM parking_lots RETURNING 1'";
    town.run(&[steal]).await;
    let columns = json!([["no", "integer"]]);
    let dataset = town.dataset(
        &json!({"sql": "SELECT steal() AS no"}),
        &columns,
        &json!({}),
    );
    let told = town.load(&dataset, None).await.unwrap_err();
    assert!(
        told.contains("the question would change something") || told.contains("may not read it"),
        "{told}"
    );
    let sql = "SELECT CAST(lot_name AS int) AS no FROM parking_lots";
    let dataset = town.dataset(&json!({ "sql": sql }), &columns, &json!({}));
    let told = town.load(&dataset, None).await.unwrap_err();
    assert!(
        told.contains("cannot work out a value of the question (error 22P02)"),
        "{told}"
    );
    assert!(!told.contains('가'), "{told}");
}

#[tokio::test]
async fn who_may_not_come_in_is_told_so_without_the_password() {
    for kind in BOTH {
        let mut town = town(kind).await;
        let columns = json!([["no", "integer"]]);
        let table = json!({"table": "parking_lots"});
        let dataset = town.dataset(&table, &columns, &json!({}));
        town.values
            .insert("word".to_owned(), "틀린 p%40ss".to_owned());
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(
            told.contains("the server refuses the user or the password"),
            "{told}"
        );
        assert!(!told.contains("p%40ss") && !told.contains("p@ss"), "{told}");
        town.values.insert("word".to_owned(), PASSWORD.to_owned());
        let other = town.dataset(
            &json!({"table": "parking_lots", "url": format!("{}://{{db}}/no_such_database", word(kind))}),
            &columns,
            &json!({}),
        );
        let told = town.load(&other, None).await.unwrap_err();
        assert!(told.contains("there is no such database"), "{told}");
        // A table that may not be read is not one that is not there.
        match kind {
            Server::Postgres => {
                let revoke = format!("REVOKE SELECT ON parking_lots FROM {USER}");
                town.server.run(&town.database, &revoke).await;
            }
            Server::Mariadb => {
                let database = &town.database;
                for sql in [
                    format!("REVOKE SELECT ON {database}.* FROM {USER}@'127.0.0.1'"),
                    format!("GRANT SELECT ON {database}.nothing TO {USER}@'127.0.0.1'"),
                ] {
                    town.server.run("mysql", &sql).await;
                }
            }
        }
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(
            told.contains("the user may not read it"),
            "{kind:?}: {told}"
        );
        town.values.remove("word");
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(told.contains("set MADANG_SOURCES_WORD"), "{told}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_after_patience() {
    for kind in BOTH {
        let mut town = town(kind).await;
        let columns = json!([["no", "integer"]]);
        let dataset = town.dataset(&json!({"table": "parking_lots"}), &columns, &json!({}));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        town.values.insert("db".to_owned(), address);
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(
            told.contains("the server is not reached: connection refused"),
            "{told}"
        );
        town.values
            .insert("db".to_owned(), "no-such-host.invalid:1".to_owned());
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(told.contains("there is no host of that name"), "{told}");
    }
}

/// The servers that tests share have a certificate that vouches for itself.
#[tokio::test]
async fn a_line_is_encrypted_as_the_manifest_says() {
    let columns = json!([["no", "integer"]]);
    for kind in BOTH {
        let mut town = town(kind).await;
        let certificate = town.server.certificate().to_string_lossy().into_owned();
        town.values.insert("ca_file".to_owned(), certificate);
        for (tls, ca, said) in [
            ("disable", None, None),
            ("prefer", None, None),
            ("require", None, None),
            ("verify-full", Some("ca_file"), None),
            ("verify-full", None, Some("the line cannot be encrypted")),
        ] {
            let source = json!({"table": "parking_lots", "tls": tls, "ca": ca});
            let dataset = town.dataset(&source, &columns, &json!({}));
            match (town.load(&dataset, None).await, said) {
                (Ok(got), None) => assert!(got.rows.is_some()),
                (Err(told), Some(said)) => assert!(told.contains(said), "{told}"),
                (other, _) => panic!("{kind:?} {tls}: {other:?}"),
            }
        }
        town.values
            .insert("ca_file".to_owned(), "/nowhere/ca.pem".to_owned());
        let source = json!({"table": "parking_lots", "tls": "verify-full", "ca": "ca_file"});
        let dataset = town.dataset(&source, &columns, &json!({}));
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(told.contains("the certificates cannot be read"), "{told}");
    }
}

/// Servers of one's own encrypt nothing.
pub(super) async fn refuses_tls(town: &Town) {
    for (tls, said) in [
        ("prefer", None),
        ("require", Some("the server does not encrypt the line")),
        ("verify-full", Some("the server does not encrypt the line")),
    ] {
        let source = json!({"sql": "SELECT 1 AS no", "tls": tls});
        let dataset = town.dataset(&source, &json!([["no", "integer"]]), &json!({}));
        match (town.load(&dataset, None).await, said) {
            (Ok(got), None) => assert_eq!(got.rows.as_deref(), Some("1\n")),
            (Err(told), Some(said)) => assert!(told.contains(said), "{told}"),
            (other, _) => panic!("{tls}: {other:?}"),
        }
    }
}
