//! Listening to a real broker, with a listener that is killed.

mod broker;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use city::dataset::MqttSource;
use city::{DatasetId, Fault};
use rumqttc::QoS;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Heard, Listener, fetch};
use broker::{Mosquitto, send, send_to_keep};

/// Where a killed listener finds what it is to do.
const PLACE: &str = "LISTENER_OF_THIS_TEST";

fn source(port: u16, more: &str) -> MqttSource {
    let text = format!("url = \"mqtt://127.0.0.1:{port}\"\ntopic = \"air/#\"\n{more}");
    toml::from_str(&text).unwrap()
}

fn listener(source: &MqttSource, folder: &Path, values: &BTreeMap<String, String>) -> Listener {
    let clock = Box::new(|| DateTime::<Utc>::from(fs_time()));
    let dataset = DatasetId::from("air");
    let mut listener = Listener::new(
        source,
        ("hanbit", &dataset),
        values,
        folder.to_owned(),
        clock,
    )
    .unwrap();
    listener.first_wait = Duration::from_millis(50);
    listener
}

#[expect(clippy::disallowed_methods, reason = "the test's own clock")]
fn fs_time() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// A listener that runs until it is stopped, and what it told.
struct Running {
    told: Arc<Mutex<Vec<Heard>>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    fn start(listener: Listener) -> Self {
        let (stop, stopped) = watch::channel(false);
        let told = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&told);
        let task = tokio::spawn(async move {
            listener
                .run(&|heard| all.lock().unwrap().push(heard), stopped)
                .await;
        });
        Self { told, stop, task }
    }

    /// Waits until something was told.
    async fn until(&self, is_it: impl Fn(&[Heard]) -> bool) {
        for _ in 0..1200 {
            if is_it(&self.told.lock().unwrap()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never told; told were {:?}", self.told.lock().unwrap());
    }

    async fn listens(&self) {
        self.until(|told| told.contains(&Heard::Listening)).await;
    }

    async fn kept(&self, messages: u64) {
        self.until(|told| kept(told) >= messages).await;
    }

    /// Ends it; what it told.
    async fn end(self) -> Vec<Heard> {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
        let told = self.told.lock().unwrap();
        told.clone()
    }
}

fn kept(told: &[Heard]) -> u64 {
    let each = told.iter().map(|heard| match heard {
        Heard::Messages(more) => *more,
        _ => 0,
    });
    each.sum()
}

/// All rows that were kept, in order.
fn rows(folder: &Path) -> Vec<Value> {
    let files = fetch(folder).unwrap();
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(&file.path).unwrap());
    texts
        .flat_map(|text| {
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn numbered(numbers: std::ops::Range<u64>) -> Vec<(String, String)> {
    numbers
        .map(|number| {
            (
                format!("air/{}", number % 7),
                format!("{{\"v\": {number}}}"),
            )
        })
        .collect()
}

/// How often each number stands in the rows.
fn counted(rows: &[Value]) -> BTreeMap<u64, usize> {
    let mut times = BTreeMap::new();
    for row in rows {
        *times.entry(row["v"].as_u64().unwrap()).or_default() += 1;
    }
    times
}

fn each_once(numbers: std::ops::Range<u64>) -> BTreeMap<u64, usize> {
    numbers.map(|number| (number, 1)).collect()
}

#[tokio::test]
async fn messages_become_rows_with_their_topic_and_moment() {
    let broker = Mosquitto::start().await;
    let folder = tempfile::tempdir().unwrap();
    let listener = listener(&source(broker.port, ""), folder.path(), &BTreeMap::new());
    let running = Running::start(listener);
    running.listens().await;
    let said = ["{\"v\":1}", "[{\"v\":2},{\"v\":3}]", "asleep"];
    let said = said.map(|text| ("air/roof".to_owned(), text.to_owned()));
    send(broker.port, QoS::AtLeastOnce, said.to_vec()).await;
    running.kept(3).await;
    running.end().await;
    let rows = rows(folder.path());
    let values: Vec<&Value> = rows.iter().map(|row| &row["v"]).collect();
    assert_eq!(values, [&1.into(), &2.into(), &3.into(), &Value::Null]);
    assert_eq!(rows[2]["토픽"], "air/roof");
    assert_eq!(
        (&rows[1]["수신번호"], &rows[2]["수신번호"]),
        (&2.into(), &2.into())
    );
    assert_eq!(
        (&rows[3][0], &rows[3][3]),
        (&"air/roof".into(), &"asleep".into())
    );
}

#[tokio::test]
async fn what_is_sent_while_nobody_listens_comes_later_and_through_a_restart_of_the_broker() {
    let mut broker = Mosquitto::start().await;
    let folder = tempfile::tempdir().unwrap();
    for qos in [QoS::AtLeastOnce, QoS::ExactlyOnce] {
        let source = source(broker.port, "qos = 2\n");
        let running = Running::start(listener(&source, folder.path(), &BTreeMap::new()));
        running.listens().await;
        send(broker.port, qos, numbered(0..500)).await;
        running.kept(500).await;
        running.end().await;
        send(broker.port, qos, numbered(500..1200)).await;
        broker.end();
        let running = Running::start(listener(&source, folder.path(), &BTreeMap::new()));
        running
            .until(|told| told.iter().any(|heard| matches!(heard, Heard::Away { .. })))
            .await;
        broker.begin().await;
        running.kept(700).await;
        send(broker.port, qos, numbered(1200..1500)).await;
        running.kept(1000).await;
        running.end().await;
        assert_eq!(counted(&rows(folder.path())), each_once(0..1500), "{qos:?}");
        for file in fetch(folder.path()).unwrap() {
            fs::remove_file(file.path).unwrap();
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let users = other.path().join("users");
    let made = Command::new("mosquitto_passwd")
        .args(["-b", "-c"])
        .arg(&users)
        .args(["city", "s3cret-right"])
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    let users = users.display();
    let broker =
        Mosquitto::start_with(&format!("allow_anonymous false\npassword_file {users}\n")).await;
    let source = source(broker.port, "user = \"name\"\npassword = \"word\"\n");
    let values = |password: &str| {
        BTreeMap::from([
            ("name".to_owned(), "city".to_owned()),
            ("word".to_owned(), password.to_owned()),
        ])
    };
    let running = Running::start(listener(&source, folder.path(), &values("s3cret-wrong")));
    let shown = format!("mqtt://127.0.0.1:{}", broker.port);
    let wanted = Fault::at(shown, "the broker does not let this account in")
        .remedy("check the configuration values that `user` and `password` name");
    let is_wanted = |heard: &Heard| matches!(heard, Heard::Away { why, .. } if *why == wanted);
    running.until(|told| told.iter().any(is_wanted)).await;
    let told = running.end().await;
    assert!(!format!("{told:?}").contains("s3cret"));
    let running = Running::start(listener(&source, folder.path(), &values("s3cret-right")));
    running.listens().await;
    running.end().await;
}

#[tokio::test]
async fn a_retained_message_is_a_row_only_where_the_manifest_says_so() {
    let broker = Mosquitto::start().await;
    let folder = tempfile::tempdir().unwrap();
    send_to_keep(broker.port, "air/old", "{\"v\":0}").await;
    for (more, wanted) in [("", 1), ("retained = true\nclient-id = \"other\"\n", 2)] {
        let source = source(broker.port, more);
        let running = Running::start(listener(&source, folder.path(), &BTreeMap::new()));
        running.listens().await;
        send(broker.port, QoS::AtLeastOnce, numbered(1..2)).await;
        running.kept(wanted).await;
        let told = running.end().await;
        assert_eq!(kept(&told), wanted);
        // The same session again: what the broker keeps comes once more with each line.
        let running = Running::start(listener(&source, folder.path(), &BTreeMap::new()));
        running.listens().await;
        send(broker.port, QoS::AtLeastOnce, numbered(1..2)).await;
        running.kept(wanted).await;
        assert_eq!(kept(&running.end().await), wanted);
    }
}

/// The listener that is killed: this test's program, run once more.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "how the test tells its child what to do"
)]
async fn listener_that_is_killed() {
    let Ok(place) = std::env::var(PLACE) else {
        return;
    };
    let (port, rest) = place.split_once(' ').unwrap();
    let (qos, folder) = rest.split_once(' ').unwrap();
    let source = source(port.parse().unwrap(), &format!("qos = {qos}\n"));
    let listener = listener(&source, Path::new(folder), &BTreeMap::new());
    let (_stop, stopped) = watch::channel(false);
    listener.run(&|_| {}, stopped).await;
}

fn spawn(port: u16, qos: u8, folder: &Path) -> Child {
    let program: PathBuf = std::env::current_exe().unwrap();
    Command::new(program)
        .args(["--exact", "mqtt::tests::listener_that_is_killed"])
        .env(PLACE, format!("{port} {qos} {}", folder.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The next of a row of numbers that look like chance.
fn next(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

/// Sends while the listener is killed again and again, and the broker is begun anew in the middle.
async fn killed(qos: QoS, number: u8, messages: u64, mut seed: u64) -> usize {
    let mut broker = Mosquitto::start().await;
    let folder = tempfile::tempdir().unwrap();
    // Somebody must have listened before the first message is sent: before, the broker keeps nothing.
    let first = Running::start(listener(
        &source(broker.port, &format!("qos = {number}\n")),
        folder.path(),
        &BTreeMap::new(),
    ));
    first.listens().await;
    first.end().await;
    let port = broker.port;
    let sending = tokio::spawn(async move {
        send(port, qos, numbered(0..messages / 2)).await;
        // While a device sends it could not tell either what the broker has: the broker ends between two.
        broker.end();
        broker.begin().await;
        send(port, qos, numbered(messages / 2..messages)).await;
        broker
    });
    let mut deaths = 0;
    while !sending.is_finished() || deaths < 20 {
        let mut child = spawn(port, number, folder.path());
        seed = next(seed);
        tokio::time::sleep(Duration::from_millis(20 + (seed >> 33) % 400)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        deaths += 1;
    }
    let broker = sending.await.unwrap();
    let source = source(broker.port, &format!("qos = {number}\n"));
    let last = Running::start(listener(&source, folder.path(), &BTreeMap::new()));
    last.listens().await;
    // The broker's last message is the last of its queue: behind it comes nothing.
    send(broker.port, qos, numbered(messages..messages + 1)).await;
    let mark = format!("\"v\": {messages}}}");
    for _ in 0..1200 {
        let is_there = fs::read_dir(folder.path()).unwrap().any(|entry| {
            fs::read_to_string(entry.unwrap().path())
                .is_ok_and(|text| text.contains(&mark) || text.contains(&mark.replace('"', "\\\"")))
        });
        if is_there {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    last.end().await;
    let counted = counted(&rows(folder.path()));
    let wrong: Vec<_> = (0..=messages)
        .map(|number| (number, counted.get(&number).copied().unwrap_or_default()))
        .filter(|(_, times)| *times != 1)
        .collect();
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} wrong, as {:?}",
        wrong.len(),
        &wrong[..wrong.len().min(9)]
    );
    deaths
}

/// The next packet of a listener, told by its first four bits; what is in it is left out.
async fn packet(line: &mut TcpStream) -> u8 {
    let mut head = [0; 2];
    line.read_exact(&mut head).await.unwrap();
    // No packet here is longer than 127 bytes, so its length is one byte.
    let mut rest = vec![0; usize::from(head[1])];
    line.read_exact(&mut rest).await.unwrap();
    head[0] >> 4
}

/// What a device sends before the broker has taken the subscription is kept for nobody: whoever is told that somebody
/// listens must be able to rely on it.
#[tokio::test(flavor = "multi_thread")]
async fn listening_is_told_when_the_broker_has_taken_the_subscription() {
    const CONNECT: u8 = 1;
    const PUBACK: u8 = 4;
    const SUBSCRIBE: u8 = 8;
    let folder = tempfile::tempdir().unwrap();
    let broker = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let source = source(broker.local_addr().unwrap().port(), "");
    let running = Running::start(listener(&source, folder.path(), &BTreeMap::new()));
    let (mut line, _) = broker.accept().await.unwrap();
    assert_eq!(packet(&mut line).await, CONNECT);
    line.write_all(&[0x20, 2, 0, 0]).await.unwrap();
    assert_eq!(packet(&mut line).await, SUBSCRIBE);
    // A message of an older subscription comes first; its answer shows that the listener has gone on.
    line.write_all(b"\x32\x0c\0\x05air/x\0\x09{}x")
        .await
        .unwrap();
    assert_eq!(packet(&mut line).await, PUBACK);
    running.kept(1).await;
    assert!(!running.told.lock().unwrap().contains(&Heard::Listening));
    line.write_all(&[0x90, 3, 0, 2, 1]).await.unwrap();
    running.listens().await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_killed_at_any_instant_keeps_each_message_once() {
    let deaths = killed(QoS::AtLeastOnce, 1, 10_000, 20_261_126).await;
    println!("{deaths} deaths");
}

#[tokio::test(flavor = "multi_thread")]
async fn and_so_with_messages_of_service_two() {
    let deaths = killed(QoS::ExactlyOnce, 2, 3_000, 20_261_127).await;
    println!("{deaths} deaths");
}
