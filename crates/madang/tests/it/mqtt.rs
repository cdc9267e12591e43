//! Sensors that speak to a real broker, and `madang serve` killed while it listens.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{park_timeout, spawn};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::city::{Manifest, TestCity, column};

/// Nothing here takes longer; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// A Mosquitto that does not outlive its test.
struct Broker {
    port: u16,
    child: Child,
    folder: TempDir,
}

impl Broker {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let file = folder.path().join("mosquitto.conf");
        // It keeps what comes while nobody listens, however much.
        let log = folder.path().join("subscriptions.log");
        let text = format!(
            "listener {port} 127.0.0.1\nuser root\nallow_anonymous true\nmax_queued_messages 0\nlog_type subscribe\nlog_dest file {}\n",
            log.display()
        );
        fs::write(&file, text).unwrap();
        let child = Command::new("/usr/sbin/mosquitto")
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("the broker begins", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self {
            port,
            child,
            folder,
        }
    }

    /// Waits until it has taken a subscription: before, it keeps what is sent for nobody. What the listener has
    /// written down says only that it is about to ask.
    fn has_listener(&self) {
        let log = self.folder.path().join("subscriptions.log");
        until("the broker takes the subscription", || {
            fs::read_to_string(&log).is_ok_and(|all| all.contains("air/#"))
        });
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends lines as messages and waits until the broker has them.
fn send(port: u16, lines: &str) {
    let mut sender = Command::new("mosquitto_pub")
        .args(["-p", &port.to_string(), "-t", "air/roof", "-q", "1", "-l"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = sender.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    drop(input);
    assert!(sender.wait().unwrap().success());
}

fn until(what: &str, mut is_it: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_it() {
        assert!(start.elapsed() < PATIENCE, "{what}: not in time");
        park_timeout(Duration::from_millis(50));
    }
}

fn air(port: u16) -> Manifest {
    Manifest {
        id: "air".to_owned(),
        source: format!(r#"{{ kind = "mqtt", url = "mqtt://127.0.0.1:{port}", topic = "air/#" }}"#),
        format: r#"{ kind = "ndjson" }"#.to_owned(),
        load: r#"{ mode = "append" }"#.to_owned(),
        release: "open".to_owned(),
        more: String::new(),
        columns: vec![
            column("number", "n", "integer", "checks = [\"required\"]"),
            column("dust", "pm10", "number", ""),
            column("topic", "토픽", "text", ""),
            column("received", "수신시각", "datetime", ""),
        ],
    }
}

fn serve(city: &TestCity) -> Child {
    city.command(&["serve", "--port", "0", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Whether a file of the buffer holds the text.
fn holds(buffer: &Path, text: &str) -> bool {
    let entries = fs::read_dir(buffer).into_iter().flatten();
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.any(|path| fs::read_to_string(path).is_ok_and(|all| all.contains(text)))
}

fn kill(mut serving: Child) {
    serving.kill().unwrap();
    serving.wait().unwrap();
}

/// The next of a row of numbers that look like chance.
fn next(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

/// Numbers of messages that should be rows and are none.
fn lost(city: &TestCity, messages: u64) -> Vec<u64> {
    let rows = city.query("SELECT number FROM air");
    let kept: BTreeSet<u64> = rows.lines().skip(1).flat_map(str::parse).collect();
    (0..=messages)
        .filter(|number| number % 1000 != 7 && !kept.contains(number))
        .collect()
}

#[test]
fn each_message_is_a_row_once_however_often_the_listener_is_killed() {
    const MESSAGES: u64 = 10_000;
    let broker = Broker::start();
    let city = TestCity::new().dataset(&air(broker.port));
    let buffer = city.path(".madang/buffers/air");
    let early = city.load();
    assert!(
        early.code == 1 && early.out.contains("no message has been kept yet"),
        "{early:?}"
    );
    let first = serve(&city);
    broker.has_listener();
    kill(first);
    let port = broker.port;
    let sending = spawn(move || {
        for part in 0..10 {
            let numbers = part * MESSAGES / 10..(part + 1) * MESSAGES / 10;
            let lines: String = numbers
                .map(|number| match number % 1000 {
                    // A device that is no device.
                    7 => format!("asleep {number}\n"),
                    _ => format!("{{\"n\": {number}, \"pm10\": 1.{number}}}\n"),
                })
                .collect();
            send(port, &lines);
        }
    });
    let mut seed = 20_261_126;
    for death in 0.. {
        if death >= 8 && sending.is_finished() {
            break;
        }
        let serving = serve(&city);
        seed = next(seed);
        park_timeout(Duration::from_millis(200 + (seed >> 33) % 1500));
        kill(serving);
    }
    sending.join().unwrap();
    let serving = serve(&city);
    send(port, "{\"n\": 10000}\n");
    until("the last message is kept", || holds(&buffer, "10000}"));
    kill(serving);
    // What the minute that runs holds is loaded without it, too.
    let loaded = city.load();
    assert_eq!(loaded.code, 0, "{loaded:?}");
    let lost = lost(&city, MESSAGES);
    assert!(lost.is_empty(), "seed {seed}: {lost:?} are lost");
    assert_eq!(
        city.query("SELECT count(*) AS rows, count(DISTINCT number) AS numbers, min(topic) AS topic, count(received) AS received FROM air"),
        "rows,numbers,topic,received\n9991,9991,air/roof,9991\n",
        "seed {seed}"
    );
    // Each load has put its own aside.
    let odd: String = fs::read_dir(city.path(".madang/quarantine/air"))
        .unwrap()
        .map(|entry| {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let load = file.trim_end_matches(".parquet");
            let ran = city.run(&["quarantine", "air", "--load", load, "--format", "json"]);
            assert_eq!(ran.code, 0, "{ran:?}");
            ran.out
        })
        .collect();
    assert_eq!(odd.matches("no-record").count(), 10, "{odd}");
    assert!(odd.contains("asleep 9007"), "{odd}");
    let again = city.load();
    assert_eq!(again.lines()[0]["outcome"], "unchanged", "{again:?}");
    assert!(!fs::read_dir(&buffer).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        path.extension().is_some_and(|ending| ending == "ndjson")
    }));
    let verified = city.run(&["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[test]
fn a_minute_is_loaded_by_itself_and_equal_messages_are_two_rows() {
    let broker = Broker::start();
    let city = TestCity::new().dataset(&air(broker.port));
    let buffer = city.path(".madang/buffers/air");
    for round in 1..=2 {
        let serving = serve(&city);
        broker.has_listener();
        send(broker.port, "{\"n\": 1}\n");
        until("it is kept", || holds(&buffer, "{\\\"n\\\": 1}"));
        kill(serving);
        // The next listener ends what the killed one left open; it need not wait for the minute's end.
        let serving = serve(&city);
        until("it is loaded", || {
            let ran = city.run(&["trace", "air", "--json"]);
            ran.code == 0 && ran.lines()[0]["version"] == round
        });
        kill(serving);
    }
    assert_eq!(city.query("SELECT count(*) AS rows FROM air"), "rows\n2\n");
}
