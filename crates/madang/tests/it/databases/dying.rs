//! Servers and loads that die in the middle.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::faults::next;

/// A way to a server that stops once, in the middle of an answer, until it is told to go on.
struct Gate {
    address: String,
    reached: Receiver<()>,
    go_on: Sender<()>,
}

impl Gate {
    fn before(server: &Running, bytes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let target = format!("127.0.0.1:{}", server.port);
        let (reach, reached) = channel();
        let (go_on, wait) = channel();
        let stop = Arc::new(Mutex::new(Some((reach, wait))));
        thread::spawn(move || {
            for near in listener.incoming() {
                let near = near.unwrap();
                // The server may be dead: so is the line, then.
                let Ok(far) = TcpStream::connect(&target) else {
                    continue;
                };
                pass(near, far, bytes, Arc::clone(&stop));
            }
        });
        Self {
            address,
            reached,
            go_on,
        }
    }
}

type Stop = Arc<Mutex<Option<(Sender<()>, Receiver<()>)>>>;

/// Passes on what both say, each in its own thread.
fn pass(near: TcpStream, far: TcpStream, bytes: usize, stop: Stop) {
    let (mut asks, mut to) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    thread::spawn(move || {
        std::io::copy(&mut asks, &mut to).ok();
        to.shutdown(Shutdown::Both).ok();
    });
    let (mut answers, mut to) = (far, near);
    thread::spawn(move || {
        let mut part = vec![0; 16 << 10];
        let mut passed = 0;
        while let Ok(read @ 1..) = answers.read(&mut part) {
            passed += read;
            if passed > bytes
                && let Some((reach, wait)) = stop.lock().unwrap().take()
            {
                reach.send(()).ok();
                wait.recv().ok();
            }
            if to.write_all(&part[..read]).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Both).ok();
    });
}

/// Rows that do not all fit into what lies on the way.
async fn many(town: &Town<'_>) {
    let many = match town.server.kind {
        Server::Postgres => "generate_series(1000, 31000) AS seq",
        Server::Mariadb => "seq_1000_to_31000",
    };
    let now = town.ago(0);
    let sql = format!("INSERT INTO lots SELECT seq, repeat('가', 200), 'A', {now} FROM {many}");
    town.sql(&[&sql]).await;
}

async fn server_dies(kind: Server) {
    let server = servers::start(kind, false).await;
    let mut town = Town::on(&server).await.lots().await.declare(NEW, UPSERT);
    assert_eq!(town.load().short(), "loaded 202", "{kind:?}");
    many(&town).await;
    let gate = Gate::before(&server, 4 << 20);
    town.address.clone_from(&gate.address);
    let child = town.loading();
    gate.reached.recv_timeout(Duration::from_mins(1)).unwrap();
    server.kill();
    gate.go_on.send(()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        !said.contains(SECRET) && !told.contains(SECRET),
        "{said} {told}"
    );
    let line: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(line["outcome"], "failed", "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("the last version stays"), "{message}");
    assert_eq!(town.count(), "202");
    assert_eq!(town.run(&["verify"]).code, 0);
}

#[tokio::test]
async fn a_postgres_that_dies_in_the_middle_leaves_the_last_version() {
    server_dies(Server::Postgres).await;
}

#[tokio::test]
async fn a_mariadb_that_dies_in_the_middle_leaves_the_last_version() {
    server_dies(Server::Mariadb).await;
}

#[tokio::test]
async fn a_load_killed_while_it_reads_is_made_up_for_by_the_next() {
    for kind in BOTH {
        let mut town = Town::new(kind).await.lots().await.declare(NEW, UPSERT);
        assert_eq!(town.load().short(), "loaded 202", "{kind:?}");
        many(&town).await;
        town.sql(&["DELETE FROM lots WHERE no = 5"]).await;
        let gate = Gate::before(town.server, 4 << 20);
        let direct = std::mem::replace(&mut town.address, gate.address.clone());
        let mut child = town.loading();
        gate.reached.recv_timeout(Duration::from_mins(1)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        gate.go_on.send(()).unwrap();
        assert_eq!(town.count(), "202");
        town.address = direct;
        assert_eq!(town.load().short(), "loaded 30003, 1 gone", "{kind:?}");
        assert_eq!(town.count(), "30202");
        assert_eq!(town.run(&["verify"]).code, 0);
    }
}

#[tokio::test]
async fn rows_that_are_added_come_once_however_often_the_load_is_killed() {
    const DEATHS: u64 = 8;
    let mut seed = 20_261_126;
    let town = Town::new(Server::Postgres).await.lots().await;
    let town = town.declare(r#", watermark = "no""#, r#"{ mode = "append" }"#);
    let start = Instant::now();
    assert_eq!(town.load().short(), "loaded 202");
    let life_us_max = u64::try_from(start.elapsed().as_micros()).unwrap();
    for death in 0..DEATHS {
        let (from, to) = (1000 * (death + 1), 1000 * (death + 1) + 499);
        let rows = format!(
            "INSERT INTO lots SELECT no, 'new', 'A', now() FROM generate_series({from}, {to}) AS no"
        );
        town.sql(&[&rows]).await;
        let mut child = town.loading();
        seed = next(seed);
        thread::park_timeout(Duration::from_micros((seed >> 33) % life_us_max));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = town.load();
    assert_eq!(last.code, 0, "{last:?}");
    assert_eq!(town.load().short(), "unchanged");
    assert_eq!(
        town.city
            .query("SELECT count(*) AS n, count(DISTINCT lot_no) AS lots FROM lots"),
        "n,lots\n4202,4202\n"
    );
    assert_eq!(town.run(&["verify"]).code, 0);
}
