//! Random calls of every kind against a shadow recorder: a second memory of what was asked and what came back, which knows
//! nothing of the log. Nothing that left is missing in the log, and nothing in it was invented. `MADANG_FAULTS` makes it
//! more (a thousand calls for each: `cargo xtask faults 100` makes 100,000), `MADANG_SEED` others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use records::SystemClock;
use records::log::{About, Act, Decision, Entry, Filter, Logged};
use tower::ServiceExt as _;

use crate::faults::{next, number};
use crate::town::{RESIDENTS, Town, phone, town};

/// Calls for each of `MADANG_FAULTS`.
const CALLS: u64 = 1_000;
const FAULTS: u64 = 1;
/// Calls under way at the same time.
const AT_ONCE: usize = 48;
/// Of so many calls one is looked at before its body is read.
const LOOKED_AT: u64 = 97;
/// What somebody asks.
#[derive(Clone, Debug)]
struct Call {
    who: &'static str,
    method: &'static str,
    address: String,
    body: String,
    /// The address it comes from: no other call has it.
    from: IpAddr,
    /// Whether the answer holds each row that was read and no other.
    shows_all: bool,
    /// Datasets an answer cannot be made without: it was read, or refused, or nothing is answered.
    needs: &'static [&'static str],
    /// Whether an answer says in itself what may not be read.
    tells_refused: bool,
}

/// What the recorder saw.
struct Seen {
    call: Call,
    status: u16,
    residents: BTreeSet<usize>,
    lots: bool,
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = next(self.0);
        (self.0 >> 33) % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

fn call(dice: &mut Dice, at: u64) -> Call {
    let from = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + u32::try_from(at).unwrap()));
    let who = dice.one(&["public", "kim", "kim", "clerk", "clerk", "guest", "officer"]);
    let dataset = dice.one(&["residents", "residents", "lots"]);
    let (limit, offset) = (1 + dice.below(120), dice.below(400));
    let (row, ward) = (dice.below(RESIDENTS as u64), dice.below(10));
    let letter = if dataset == "lots" { 'L' } else { 'R' };
    let filter = match dice.below(4) {
        0 => format!("&filter=code:eq:{letter}{row:06}"),
        1 => format!("&filter=ward:le:{ward}"),
        2 if dataset == "residents" && who != "clerk" => {
            format!("&filter=phone:eq:010-0000-{row:04}")
        }
        _ => String::new(),
    };
    let sort = dice.one(&["", "&sort=-ward", "&sort=code"]);
    let (mut method, mut body, mut shows_all) = ("get", String::new(), true);
    if dice.below(5) == 0 {
        return of_figures(dice, who, from);
    }
    let address = match dice.below(21) {
        0..8 => format!("/api/datasets/{dataset}/rows?limit={limit}&offset={offset}{filter}{sort}"),
        8..10 => {
            format!("/api/datasets/{dataset}/rows?limit={limit}&count=no&columns=code{filter}")
        }
        10 => return of_a_file(dice, who, dataset, &filter, from),
        11..14 => {
            let ending = dice.one(&["csv", "json", "ndjson"]);
            let cut = dice.one(&["", "&limit=40", "&limit=600"]);
            format!("/datasets/{dataset}.{ending}?columns=code,ward{filter}{cut}")
        }
        14..17 => {
            method = "post";
            shows_all = false;
            let sql = sql(dice, dataset, (row, ward), limit);
            body = format!("{{\"sql\": \"{sql}\", \"purpose\": \"시험\"}}");
            "/api/query".to_owned()
        }
        17 | 18 => {
            shows_all = false;
            let language = dice.one(&["", "/en"]);
            format!(
                "{language}/datasets/{dataset}?view=rows&page={}",
                1 + dice.below(4)
            )
        }
        19 => {
            shows_all = false;
            format!(
                "/api/datasets/{dataset}/{}",
                dice.one(&["versions", "loads", "profile"])
            )
        }
        _ => {
            shows_all = false;
            dice.one(&[
                "/api/log?who=kim",
                "/admin/log",
                "/api/datasets",
                "/api/health",
            ])
            .to_owned()
        }
    };
    Call {
        who,
        method,
        address,
        body,
        from,
        shows_all,
        needs: &[],
        tells_refused: false,
    }
}

/// A question in SQL.
fn sql(dice: &mut Dice, dataset: &str, (row, ward): (u64, u64), limit: u64) -> String {
    match dice.below(6) {
        0 => format!("select code from {dataset} where ward = {ward}"),
        1 => format!("select code, phone from residents where code = 'R{row:06}'"),
        2 => format!(
            "select r.code, l.code as lot from residents r join lots l on r.ward = l.ward where l.code = 'L000003' limit {limit}"
        ),
        3 => format!("select ward, count(*) from {dataset} group by ward"),
        4 => format!("select code from {dataset} order by ward, code limit {limit}"),
        _ => "select min(code), phone from residents group by phone limit 9".to_owned(),
    }
}

/// A file in a format of which nothing can be read here: that it was handed out must stand in the log all the same.
fn of_a_file(
    dice: &mut Dice,
    who: &'static str,
    dataset: &str,
    filter: &str,
    from: IpAddr,
) -> Call {
    let ending = dice.one(&["xlsx", "parquet", "geojson"]);
    Call {
        who,
        method: "get",
        address: format!("/datasets/{dataset}.{ending}?columns=code,ward{filter}"),
        body: String::new(),
        from,
        shows_all: false,
        needs: if dataset == "lots" {
            &["lots"]
        } else {
            &["residents"]
        },
        tells_refused: false,
    }
}

/// A question of a figure or a board, which are made of several reads and kept for all who see the same.
fn of_figures(dice: &mut Dice, who: &'static str, from: IpAddr) -> Call {
    let (measure, needs): (_, &[&str]) =
        dice.one(&[("people", &["residents"] as &[&str]), ("parks", &["lots"])]);
    let ward = dice.below(10);
    let narrowed = match dice.below(3) {
        0 => format!("?ward={ward}"),
        _ => String::new(),
    };
    let both: &[&str] = &["residents", "lots"];
    let (address, needs) = match dice.below(8) {
        0..3 => (format!("/api/measures/{measure}{narrowed}"), needs),
        3 => (format!("/api/measures/{measure}?by=ward"), needs),
        4 => {
            let ending = dice.one(&["csv", "svg"]);
            let address = format!("/measures/{measure}/figures.{ending}?by=ward");
            (address, needs)
        }
        5 => (format!("/measures/{measure}"), needs),
        6 => (format!("/en/boards/town{narrowed}"), both),
        _ => (format!("/boards/town{narrowed}"), both),
    };
    Call {
        who,
        method: "get",
        address,
        body: String::new(),
        from,
        shows_all: false,
        needs,
        tells_refused: true,
    }
}

/// Numbers that stand behind a letter in what came back: `R000123`.
fn marked(text: &str, letter: char) -> BTreeSet<usize> {
    let parts = text.split(letter).skip(1);
    parts
        .filter_map(|rest| rest.get(..6)?.parse().ok())
        .collect()
}

/// Calls, and looks at what came back. Of some the log is looked at before a byte of the answer is taken.
async fn made(town: &Town, call: Call, looked_at: bool) -> Seen {
    let mut request = Request::builder()
        .method(call.method.to_uppercase().as_str())
        .uri(&call.address)
        .header(header::CONTENT_TYPE, "application/json")
        .extension(ConnectInfo(SocketAddr::new(call.from, 1)));
    if let Some(key) = town.keys.get(call.who) {
        request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
    }
    let request = request.body(Body::from(call.body.clone())).unwrap();
    let begun = town.records.clock().now();
    let response = town.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let before = if looked_at && status == 200 {
        Some(is_logged(town, call.from, begun).await)
    } else {
        None
    };
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let residents = marked(&text, 'R');
    let lots = !marked(&text, 'L').is_empty();
    if let Some(before) = before
        && (lots || !residents.is_empty())
        && !call.address.contains("log")
    {
        assert!(before, "{call:?} was handed out before it was logged");
    }
    Seen {
        call,
        status,
        residents,
        lots,
    }
}

/// The address behind which the log names the key.
fn address(entry: &Entry) -> Option<&str> {
    entry.from.as_deref()?.split(' ').next()
}

async fn is_logged(town: &Town, from: IpAddr, begun: DateTime<Utc>) -> bool {
    let filter = Filter {
        since: Some(begun - TimeDelta::seconds(1)),
        limit: 100_000,
        ..Filter::default()
    };
    let (entries, _) = town.records.log().page(&filter).await.unwrap();
    let from = from.to_string();
    entries.iter().any(|logged| {
        logged.entry.act == Act::Read && address(&logged.entry) == Some(from.as_str())
    })
}

/// Compares what one call was given with what the log says of it.
fn compared(seen: &Seen, entries: &[&Logged], pseudonyms: &[String]) {
    let Seen { call, status, .. } = seen;
    for logged in entries {
        assert_eq!(logged.entry.who, call.who, "{call:?}: {logged:?}");
        assert!(
            matches!(logged.entry.act, Act::Read | Act::ReadEnd),
            "{call:?}: {logged:?}"
        );
        if let Some(begun) = logged.entry.completes {
            assert!(
                entries.iter().any(|other| other.seq == begun),
                "{call:?}: {logged:?} completes another's"
            );
        }
        for touched in &logged.entry.touched {
            let named = format!("{} {}", call.address, call.body);
            let is_asked = named.contains(touched.dataset.as_str())
                || call.needs.contains(&touched.dataset.as_str());
            assert!(is_asked, "{call:?}: {logged:?} was not asked for");
        }
    }
    let is_read = |logged: &&&Logged| {
        logged.entry.act == Act::Read && logged.entry.decision == Decision::Allowed
    };
    let reads: Vec<&&Logged> = entries.iter().filter(is_read).collect();
    let reads_of = |dataset: &str| -> Vec<&&&Logged> {
        let touches = |logged: &&&&Logged| {
            let mut touched = logged.entry.touched.iter();
            touched.any(|own| own.dataset.as_str() == dataset)
        };
        reads.iter().filter(touches).collect()
    };
    if *status == 200 {
        for dataset in call.needs {
            let names = |logged: &&&Logged| {
                let mut touched = logged.entry.touched.iter();
                touched.any(|own| own.dataset.as_str() == *dataset)
            };
            let own: Vec<&&Logged> = entries.iter().filter(names).collect();
            assert!(!own.is_empty(), "{call:?}: {dataset} is missing");
            let is_guest = ["public", "guest", "officer"].contains(&call.who);
            let may = *dataset == "lots" || !is_guest;
            assert_eq!(!reads_of(dataset).is_empty(), may, "{call:?}: {own:?}");
        }
    }
    if seen.lots {
        assert!(!reads_of("lots").is_empty(), "{call:?} is missing");
    }
    if !seen.residents.is_empty() {
        let reads = reads_of("residents");
        assert!(!reads.is_empty(), "{call:?} is missing");
        let is_wide =
            |logged: &&&&Logged| matches!(logged.entry.about, Some(About::All | About::More));
        let named: BTreeSet<&String> = reads.iter().flat_map(|read| &read.entry.subjects).collect();
        if !reads.iter().any(is_wide) {
            for resident in &seen.residents {
                assert!(
                    named.contains(&pseudonyms[*resident]),
                    "{call:?}: {resident} was read and is not named"
                );
            }
            if call.shows_all {
                assert_eq!(named.len(), seen.residents.len(), "{call:?}: {reads:?}");
            }
        }
    }
    let was_denied = entries
        .iter()
        .any(|logged| logged.entry.decision == Decision::Denied);
    let of_data = call.address.contains("residents") || call.address.contains("lots");
    match status {
        403 if of_data => assert!(was_denied && reads.is_empty(), "{call:?}: {entries:?}"),
        403 => assert!(reads.is_empty(), "{call:?}: {entries:?}"),
        200 => assert!(call.tells_refused || !was_denied, "{call:?}: {entries:?}"),
        400 | 404 => {}
        other => panic!("{call:?} was answered with {other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_missing_in_the_log_and_none_is_invented() {
    let calls = CALLS * number("MADANG_FAULTS", FAULTS);
    let seed = number("MADANG_SEED", 20_261_126);
    println!("seed {seed}, {calls} calls");
    let town = town(Arc::new(SystemClock)).await;
    let mut dice = Dice(seed);
    let start = Instant::now();
    let planned: Vec<(u64, Call)> = (0..calls).map(|at| (at, call(&mut dice, at))).collect();
    let seen: Vec<Seen> = futures::stream::iter(planned)
        .map(|(at, call)| made(&town, call, at % LOOKED_AT == 0))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    println!("{calls} calls in {:?}", start.elapsed());
    town.records.log().flush().await;
    let all = (
        DateTime::UNIX_EPOCH,
        town.records.clock().now() + TimeDelta::days(1),
    );
    let keep: fn(&mut Vec<Logged>, &Logged) = |to, logged| to.push(logged.clone());
    let (log, _) = town
        .records
        .log()
        .each(all, Vec::new(), keep)
        .await
        .unwrap();
    let mut by_address: BTreeMap<String, Vec<&Logged>> = BTreeMap::new();
    for logged in &log {
        let from = address(&logged.entry).map(str::to_owned);
        // Keys were handed out before the first call.
        if logged.entry.act == Act::Change && logged.entry.who == "local" {
            continue;
        }
        // Profiles and the like are made by nobody's call; here nothing makes them.
        let from = from.unwrap_or_else(|| panic!("nobody's entry: {logged:?}"));
        by_address.entry(from).or_default().push(logged);
    }
    let door = town.records.log();
    let pseudonyms: Vec<String> = (0..RESIDENTS)
        .map(|at| {
            door.pseudonym("phone", &phone(at).replace('-', ""))
                .unwrap()
        })
        .collect();
    let (mut given, mut refused, mut persons) = (0_u64, 0_u64, 0_usize);
    for seen in &seen {
        let own = by_address.remove(&seen.call.from.to_string());
        compared(seen, &own.unwrap_or_default(), &pseudonyms);
        given += u64::from(seen.lots || !seen.residents.is_empty());
        refused += u64::from(seen.status == 403);
        persons += seen.residents.len();
    }
    assert!(by_address.is_empty(), "of no call: {by_address:?}");
    println!(
        "{} entries; {given} calls were given rows of {persons} persons, {refused} were refused; {:?}",
        log.len(),
        start.elapsed()
    );
    assert!(
        given > calls / 4 && refused > calls / 20,
        "the calls are mixed"
    );
    assert_eq!(door.verify().await.unwrap(), None);
}
