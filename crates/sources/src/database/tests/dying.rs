//! Servers that die, stall or cut the line in the middle: all of a load or nothing.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const ROWS: u64 = 60_000;

/// A table whose rows do not all fit into what lies on the way.
async fn large(server: &'static Running) -> Town {
    let town = Town::on(server).await;
    let many = match server.kind {
        Server::Postgres => format!(
            "INSERT INTO lots SELECT no, repeat('가', 200) FROM generate_series(1, {ROWS}) AS no"
        ),
        Server::Mariadb => {
            format!("INSERT INTO lots SELECT seq, repeat('가', 200) FROM seq_1_to_{ROWS}")
        }
    };
    town.run(&[
        "CREATE TABLE lots (no int PRIMARY KEY, padding varchar(300))",
        &many,
    ])
    .await;
    town
}

fn dataset(town: &Town, timeout_s: u64) -> Dataset {
    let mut dataset = town.dataset(
        &json!({"table": "lots"}),
        &json!([["no", "integer"], ["padding", "text"]]),
        &json!({"key": ["c0"]}),
    );
    source_of(&mut dataset).timeout_s = timeout_s;
    dataset
}

#[tokio::test]
async fn a_server_killed_in_the_middle_leaves_nothing() {
    let killed = |kind| async move {
        let server: &'static Running = Box::leak(Box::new(servers::start(kind, false).await));
        let town = large(server).await;
        faults::refuses_tls(&town).await;
        let dataset = dataset(&town, 20);
        let told = town
            .watched(&dataset, None, &|_| server.kill())
            .await
            .unwrap_err();
        // It was tried again, and nobody was there.
        assert!(
            told.contains("the server is not reached"),
            "{kind:?}: {told}"
        );
    };
    tokio::join!(killed(Server::Postgres), killed(Server::Mariadb));
}

/// What a line does after so many bytes of the server's answer.
#[derive(Clone, Copy)]
enum Fate {
    Stall,
    Cut,
}

/// A way to the server that fails: the first time, or each time.
async fn way(server: &Running, fate: Fate, after: usize, always: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let target = format!("127.0.0.1:{}", server.port);
    let has_failed = Arc::new(AtomicBool::new(false));
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(&target).await.unwrap();
            let has_failed = Arc::clone(&has_failed);
            tokio::spawn(async move {
                let (mut near_read, mut near_write) = near.into_split();
                let (mut far_read, mut far_write) = far.into_split();
                let asks = tokio::spawn(async move {
                    tokio::io::copy(&mut near_read, &mut far_write).await.ok();
                });
                let mut bytes = vec![0; 16 << 10];
                let mut passed = 0;
                while let Ok(read @ 1..) = far_read.read(&mut bytes).await {
                    passed += read;
                    let fails = always || !has_failed.load(Ordering::SeqCst);
                    if passed > after && fails {
                        has_failed.store(true, Ordering::SeqCst);
                        match fate {
                            Fate::Cut => break,
                            // It stays open and says nothing more.
                            Fate::Stall => std::future::pending().await,
                        }
                    }
                    if near_write.write_all(&bytes[..read]).await.is_err() {
                        break;
                    }
                }
                asks.abort();
            });
        }
    });
    address
}

#[tokio::test]
async fn a_line_cut_in_the_middle_is_begun_again_and_each_row_comes_once() {
    for kind in BOTH {
        let mut town = large(shared(kind).await).await;
        let address = way(town.server, Fate::Cut, 4 << 20, false).await;
        town.values.insert("db".to_owned(), address);
        let got = town.load(&dataset(&town, 20), None).await.unwrap();
        assert_eq!(got.again, ["the connection broke"], "{kind:?}");
        let rows = got.rows.unwrap();
        let numbers = rows
            .lines()
            .map(|row| row.split(',').next().unwrap().parse::<u64>());
        assert!(numbers.eq((1..=ROWS).map(Ok)), "{kind:?}");
        // For good: a clear end.
        let address = way(town.server, Fate::Cut, 4 << 20, true).await;
        town.values.insert("db".to_owned(), address);
        let told = town.load(&dataset(&town, 20), None).await.unwrap_err();
        assert!(
            told.contains("the connection broke; load again later"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_server_that_stalls_is_given_up() {
    let stalled = |kind, after, said: &'static [&'static str]| async move {
        let mut town = large(shared(kind).await).await;
        let address = way(town.server, Fate::Stall, after, true).await;
        town.values.insert("db".to_owned(), address);
        let told = town.load(&dataset(&town, 1), None).await.unwrap_err();
        for part in said {
            assert!(told.contains(part), "{kind:?}: {told}");
        }
    };
    let middle = &["the server stopped after", "did not go on in time"];
    let never = &["the server did not answer in time"];
    tokio::join!(
        stalled(Server::Postgres, 4 << 20, middle),
        stalled(Server::Mariadb, 4 << 20, middle),
        stalled(Server::Postgres, 0, never),
        stalled(Server::Mariadb, 0, never),
    );
}
