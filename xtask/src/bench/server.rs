//! A server under measurement: started, asked, its memory read, stopped.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::run;

/// A server that takes longer to start does not come.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// A server that does not outlive the benchmark.
pub(super) struct Server {
    child: Child,
    address: String,
    /// Where staff sign in, once.
    staff: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    /// Starts Madang: it tells its address.
    pub(super) fn madang(binary: &Path, city: &Path, data: &Path) -> Result<Self, String> {
        let mut child = run::command(&binary.to_string_lossy(), &["serve", "-C"])
            .arg(city)
            .arg("--data")
            .arg(data)
            .args(["--port", "0", "--no-loads", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("madang serve: {error}"))?;
        let output = child.stdout.take().ok_or("madang serve has no output")?;
        let said = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let value: Value = serde_json::from_str(&line).ok()?;
                let address = |name: &str| value[name].as_str().map(str::to_owned);
                Some((address("public_url")?, address("operator_url")?))
            });
        // Made before anything can fail: dropping it ends the child.
        let mut server = Self {
            child,
            address: String::new(),
            staff: String::new(),
        };
        let (public, staff) = said.ok_or("madang serve ended before it served")?;
        public
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .clone_into(&mut server.address);
        staff
            .strip_prefix(&public)
            .ok_or("staff sign in elsewhere")?
            .clone_into(&mut server.staff);
        Ok(server)
    }

    /// Signs in as staff; the line of a request's head that says so.
    pub(super) fn signed_in(&self) -> Result<String, String> {
        let answer = self.get(&format!("/{}", self.staff), "")?;
        let cookie = answer
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .and_then(|(_, value)| value.trim().split(';').next())
            .ok_or("signing in gave no cookie")?;
        Ok(format!("Cookie: {cookie}\r\n"))
    }

    /// One answer, head and body.
    pub(super) fn get(&self, path: &str, headers: &str) -> Result<String, String> {
        let failed = |error: std::io::Error| format!("{path}: {error}");
        let mut stream = TcpStream::connect(&self.address).map_err(failed)?;
        let host = &self.address;
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).map_err(failed)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(failed)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// The whole address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Starts a server of the peer at a port that was free a moment ago.
    pub(super) fn at_free_port(start: impl Fn(&str) -> Command) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| error.to_string())?
            .port();
        let child = start(&port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("the peer: {error}"))?;
        let mut server = Self {
            child,
            address: format!("127.0.0.1:{port}"),
            staff: String::new(),
        };
        let began = Instant::now();
        while TcpStream::connect(&server.address).is_err() {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the peer ended before it served ({status})"));
            }
            if began.elapsed() > READY_WITHIN {
                return Err("the peer did not get ready".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// The most memory it had, in MiB, as the system counts it.
    pub(super) fn peak_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        line.map_or(f64::NAN, |kib| kib / 1024.0)
    }

    /// Lets clients ask, and answers what the load generator measured.
    pub(super) fn ask(&self, load: &Path, asked: &Asked<'_>) -> Result<Value, String> {
        let plan = json!({
            "address": self.address, "paths": asked.paths, "headers": asked.headers, "clients": asked.clients,
            "requests": asked.requests, "seconds": asked.seconds, "bodies": asked.bodies,
        });
        let file = std::env::temp_dir().join(format!("madang-bench-{}.json", std::process::id()));
        std::fs::write(&file, plan.to_string()).map_err(|error| error.to_string())?;
        let text = run::output(run::command(&load.to_string_lossy(), &[]).arg(&file));
        std::fs::remove_file(&file).ok();
        serde_json::from_str(&text?).map_err(|error| format!("bench_load: {error}"))
    }
}

/// What is asked of a server.
pub(super) struct Asked<'a> {
    /// Paths, each asked once in order, then by chance.
    pub(super) paths: &'a [String],
    /// Lines of the requests' heads, each with its line end.
    pub(super) headers: &'a str,
    /// Clients at once.
    pub(super) clients: u64,
    /// Most requests.
    pub(super) requests: u64,
    /// No request begins later.
    pub(super) seconds: u64,
    /// Whether the answers are wanted.
    pub(super) bodies: bool,
}
