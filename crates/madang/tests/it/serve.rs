//! `madang serve` by the real binary: pages, files, signing in, loads seen live, and its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::city::{TestCity, column, parking};

/// Nothing here takes longer; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that does not outlive its test.
pub(crate) struct Serving {
    child: Child,
    pub(crate) host: String,
    ticket: String,
    /// Where the first password is set, if nobody has one.
    pub(crate) invitation: Option<String>,
}

/// What an address answered.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Serving {
    pub(crate) fn start(city: &TestCity, words: &[&str]) -> Self {
        let words = [&["serve", "--port", "0", "--json"], words].concat();
        let mut child = city
            .command(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let public = told["public_url"].as_str().unwrap();
        let operator = told["operator_url"].as_str().unwrap();
        let host = public.trim_start_matches("http://").trim_end_matches('/');
        Self {
            child,
            invitation: told["invitation_url"]
                .as_str()
                .map(|link| link.trim_start_matches(public).to_owned()),
            ticket: operator.trim_start_matches(public).to_owned(),
            host: host.to_owned(),
        }
    }

    pub(crate) fn ask(&self, address: &str, cookie: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "GET {address} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
            self.host
        )
        .unwrap();
        stream
    }

    /// Sends a form as this city's own page does, or as a page of `site`.
    pub(crate) fn post(&self, address: &str, cookie: &str, form: &str, site: &str) -> Got {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "POST {address} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nSec-Fetch-Site: {site}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
            self.host,
            form.len()
        )
        .unwrap();
        Got::read(stream)
    }

    pub(crate) fn get(&self, address: &str, cookie: &str) -> Got {
        Got::read(self.ask(address, cookie))
    }

    /// Sends JSON as this city's own page does.
    pub(crate) fn post_json(&self, address: &str, cookie: &str, body: &str) -> Got {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "POST {address} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.host,
            body.len()
        )
        .unwrap();
        Got::read(stream)
    }

    /// The same by another of the machine's names, without a cookie.
    pub(crate) fn get_as(&self, address: &str, host: &str) -> Got {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "GET {address} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        Got::read(stream)
    }

    /// Signs in by the printed link; the cookie, if it was good.
    pub(crate) fn sign_in(&self) -> Option<String> {
        let got = self.get(&format!("/{}", self.ticket), "");
        let cookie = got
            .head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))?;
        assert!(
            cookie.contains("httponly") && cookie.contains("samesite=lax"),
            "{cookie}"
        );
        // Header names and values were lowered above; the token itself is hexadecimal.
        Some(cookie.split(';').next().unwrap().to_owned())
    }
}

impl Got {
    fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Self {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            // A page writes the stroke of an address so.
            body: body.replace("&#x2f;", "/"),
        }
    }

    /// The session's cookie, if the answer sets one.
    pub(crate) fn session(&self) -> Option<String> {
        let set = self
            .head
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        let pair = set.filter_map(|line| line.split(';').next());
        pair.filter(|pair| pair.starts_with("madang_session=") && pair.len() > 20)
            .map(str::to_owned)
            .next()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn anybody_sees_what_is_released_and_staff_see_why_rows_were_put_aside() {
    let mut secret = parking();
    "secret".clone_into(&mut secret.id);
    "on-request".clone_into(&mut secret.release);
    let city = TestCity::parking("이름,면수\n가온,120\n누리,일백\n").dataset(&secret);
    assert_eq!(city.load().code, 0);
    let serving = Serving::start(&city, &["--no-loads"]);
    let page = serving.get("/datasets/parking", "");
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("가온") && page.body.contains("lang=\"ko\""));
    assert!(
        page.head.contains("content-security-policy") && page.head.contains("nosniff"),
        "{}",
        page.head
    );
    let english = serving.get("/en/datasets/parking", "");
    assert!(english.body.contains("lang=\"en\""), "{english:?}");
    let forbidden = serving.get("/datasets/secret", "");
    let missing = serving.get("/datasets/parkin", "");
    assert_eq!((forbidden.status, missing.status), (403, 404));
    assert!(missing.body.contains("parking"), "the nearest one is named");
    let for_anybody = serving.get("/datasets/parking/quarantine", "").body;
    let cookie = serving.sign_in().unwrap();
    let for_staff = serving.get("/datasets/parking/quarantine", &cookie).body;
    assert!(!for_anybody.contains("일백") && for_staff.contains("일백"));
    assert_eq!(serving.get("/datasets/secret", &cookie).status, 200);
    assert!(serving.sign_in().is_none(), "the link is good once");
    drop(serving);
    let log = city.run(&["verify"]);
    assert_eq!(log.code, 0, "{log:?}");
}

#[test]
fn a_load_is_seen_live() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (answer, may_answer) = mpsc::channel::<()>();
    let source = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // A server that closes with the question unread cuts its own answer off.
        let asked = BufReader::new(stream.try_clone().unwrap()).lines();
        asked
            .map(Result::unwrap)
            .take_while(|line| !line.is_empty())
            .for_each(drop);
        may_answer.recv_timeout(PATIENCE).unwrap();
        let csv = "이름,면수\n가온,120\n누리,80\n";
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{csv}",
            csv.len()
        )
        .unwrap();
    });
    let mut manifest = parking();
    manifest.source = format!(r#"{{ kind = "http", url = "http://{address}/parking.csv" }}"#);
    manifest.columns = vec![
        column("name", "이름", "text", ""),
        column("spaces", "면수", "integer", ""),
    ];
    let city = TestCity::new().dataset(&manifest);
    let serving = Serving::start(&city, &[]);
    let events = serving.ask("/api/jobs/events", "");
    answer.send(()).unwrap();
    let (started, mut seen) = (Instant::now(), Vec::new());
    for line in BufReader::new(events).lines() {
        let line = line.unwrap();
        if let Some(job) = line.strip_prefix("data: ") {
            let job: Value = serde_json::from_str(job).unwrap();
            assert_eq!(job["dataset"], "parking");
            assert!(job.get("message").is_none(), "why is for staff: {job}");
            seen.push(job["state"].as_str().unwrap().to_owned());
        }
        if seen.last().is_some_and(|state| state == "done") {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{seen:?}");
    }
    source.join().unwrap();
    assert_eq!(seen.last().map(String::as_str), Some("done"), "{seen:?}");
    let page = serving.get("/datasets/parking", "");
    assert!(page.body.contains("가온"), "{page:?}");
    let jobs: Value = serde_json::from_str(&serving.get("/api/jobs", "").body).unwrap();
    assert_eq!(jobs["jobs"][0]["progress"]["rows_done"], 2, "{jobs}");
}

#[test]
fn a_server_told_to_end_ends_well() {
    let city = TestCity::parking("이름,면수\n가온,120\n");
    let mut serving = Serving::start(&city, &["--no-loads"]);
    assert_eq!(serving.get("/api/health", "").status, 200);
    let id = serving.child.id().to_string();
    let told = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .unwrap();
    assert!(told.success());
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_3_and_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let city = TestCity::parking("이름,면수\n가온,120\n");
    let ran = city.run(&["serve", "--port", &port]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("--port"), "{ran:?}");
}
