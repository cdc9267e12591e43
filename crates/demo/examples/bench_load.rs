//! Many clients ask a server on this machine, each on a connection that it keeps: `bench_load PLAN.json`, or
//! `bench_load check` for the most requests a second it can make (to a server that only says "ok").
//!
//! Every path is asked once in order, then picked by a seeded draw, so that first and later answers are told apart.
//! Times are of whole answers, from the request's first byte to the answer's last, of all requests: none is sampled.

#![expect(
    clippy::print_stdout,
    reason = "what it measured goes to the caller as JSON"
)]

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What is to be asked.
#[derive(Debug, Deserialize)]
struct Plan {
    address: SocketAddr,
    paths: Vec<String>,
    /// Lines of the request's head, each with its line end.
    #[serde(default)]
    headers: String,
    clients: u64,
    /// Most requests.
    requests: u64,
    /// No request begins later than this.
    seconds: u64,
    /// Whether the answers themselves are wanted.
    #[serde(default)]
    bodies: bool,
}

/// One request, as it went.
#[derive(Clone, Debug)]
struct Took {
    number: u64,
    began: Duration,
    ended: Duration,
    bytes: u64,
    fault: Option<String>,
    body: Option<String>,
}

struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    headers: String,
}

impl Client {
    async fn open(plan: &Plan) -> Result<Self, Fault> {
        let stream = TcpStream::connect(plan.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(64 << 10, stream),
            host: plan.address.to_string(),
            headers: plan.headers.clone(),
        })
    }

    /// Asks, and reads the whole answer.
    async fn ask(&mut self, path: &str) -> Result<Vec<u8>, Fault> {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{}\r\n",
            self.host, self.headers
        );
        self.stream.get_mut().write_all(head.as_bytes()).await?;
        let status = self.line().await?;
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => is_chunked = value.trim().eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        let mut body = Vec::new();
        if is_chunked {
            loop {
                let size = self.line().await?;
                let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16)?;
                self.bytes(size, &mut body).await?;
                self.line().await?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.bytes(length, &mut body).await?;
        }
        if status.split(' ').nth(1) == Some("200") {
            Ok(body)
        } else {
            Err(format!(
                "{status} {}",
                String::from_utf8_lossy(&body)
                    .chars()
                    .take(200)
                    .collect::<String>()
            )
            .into())
        }
    }

    async fn line(&mut self) -> Result<String, Fault> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err("the server hung up".into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    async fn bytes(&mut self, count: usize, body: &mut Vec<u8>) -> Result<(), Fault> {
        let begin = body.len();
        body.resize(begin + count, 0);
        self.stream
            .read_exact(body.get_mut(begin..).unwrap_or_default())
            .await?;
        Ok(())
    }
}

/// The path of the request of a number: each once, then by chance, the same for everybody.
fn path(plan: &Plan, number: u64) -> &str {
    let count = u64::try_from(plan.paths.len()).unwrap_or(1).max(1);
    let at = if number < count {
        number
    } else {
        ChaCha8Rng::seed_from_u64(number).random_range(0..count)
    };
    usize::try_from(at)
        .ok()
        .and_then(|at| plan.paths.get(at))
        .map_or("/", String::as_str)
}

async fn client(plan: Arc<Plan>, next: Arc<AtomicU64>, start: Instant) -> Vec<Took> {
    let mut took = Vec::new();
    let mut open: Option<Client> = None;
    let most = Duration::from_secs(plan.seconds);
    while start.elapsed() < most {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= plan.requests {
            break;
        }
        let began = start.elapsed();
        let asked = async {
            let mut client = match open.take() {
                Some(client) => client,
                None => Client::open(&plan).await?,
            };
            let body = client.ask(path(&plan, number)).await?;
            Ok::<_, Fault>((client, body))
        };
        let answer = timeout(most, asked)
            .await
            .unwrap_or_else(|_late| Err("no answer in time".into()));
        let mut one = Took {
            number,
            began,
            ended: start.elapsed(),
            bytes: 0,
            fault: None,
            body: None,
        };
        match answer {
            Ok((client, body)) => {
                one.bytes = u64::try_from(body.len()).unwrap_or_default();
                one.body = plan
                    .bodies
                    .then(|| String::from_utf8_lossy(&body).into_owned());
                open = Some(client);
            }
            Err(fault) => one.fault = Some(fault.to_string()),
        }
        took.push(one);
    }
    took
}

/// What a group of requests took, in milliseconds; the rank is the nearest, so that p99 was a real request.
fn figures(took: &[&Took]) -> Value {
    let good: Vec<&&Took> = took.iter().filter(|one| one.fault.is_none()).collect();
    let mut times: Vec<f64> = good
        .iter()
        .map(|one| one.ended.saturating_sub(one.began).as_secs_f64() * 1e3)
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |hundredths: usize| {
        let rank = (times.len() * hundredths).div_ceil(100).max(1);
        times.get(rank - 1).copied()
    };
    let begin = took.iter().map(|one| one.began).min().unwrap_or_default();
    let end = took.iter().map(|one| one.ended).max().unwrap_or_default();
    let seconds = end.saturating_sub(begin).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for a person")]
    let rate = good.len() as f64 / seconds.max(1e-9);
    json!({
        "requests": took.len(), "errors": took.len() - good.len(), "seconds": seconds, "per_second": rate,
        "bytes": good.iter().map(|one| one.bytes).sum::<u64>(),
        "p50_ms": at(50), "p95_ms": at(95), "p99_ms": at(99), "max_ms": at(100),
    })
}

async fn measure(plan: Plan) -> Result<Value, Fault> {
    let (plan, next, start) = (Arc::new(plan), Arc::new(AtomicU64::new(0)), Instant::now());
    let clients: Vec<_> = (0..plan.clients)
        .map(|_| tokio::spawn(client(Arc::clone(&plan), Arc::clone(&next), start)))
        .collect();
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await?);
    }
    took.sort_by_key(|one| one.number);
    let count = u64::try_from(plan.paths.len())?;
    let (first, again): (Vec<&Took>, Vec<&Took>) = took.iter().partition(|one| one.number < count);
    let all: Vec<&Took> = took.iter().collect();
    Ok(json!({
        "all": figures(&all), "first": figures(&first), "again": figures(&again),
        "fault": took.iter().find_map(|one| one.fault.clone()),
        "bodies": took.iter().filter_map(|one| one.body.clone()).collect::<Vec<_>>(),
    }))
}

/// The most it can make, the server's own work included: both share the machine, as they do in a measurement.
async fn check() -> Result<Value, Fault> {
    let listener = tokio::net::TcpListener::bind((IpAddr::from([127, 0, 0, 1]), 0)).await?;
    let address = listener.local_addr()?;
    let router = axum::Router::new().route("/", axum::routing::get(|| async { "ok" }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    measure(Plan {
        address,
        paths: vec!["/".to_owned()],
        headers: String::new(),
        clients: 50,
        requests: 20_000,
        seconds: 60,
        bodies: false,
    })
    .await
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let word = std::env::args()
        .nth(1)
        .ok_or("usage: bench_load PLAN.json | check")?;
    let result = if word == "check" {
        check().await?
    } else {
        let plan: Plan = serde_json::from_str(&std::fs::read_to_string(&word)?)?;
        if !plan.address.ip().is_loopback() {
            return Err("only servers on this machine are asked".into());
        }
        measure(plan).await?
    };
    println!("{result}");
    Ok(())
}
