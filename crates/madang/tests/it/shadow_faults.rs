//! Random calls of every kind against a shadow recorder: a second memory of what was asked and what came back, which knows
//! nothing of the log. Nothing that left is missing in the log, and nothing in it was invented. `MADANG_FAULTS` makes it
//! more (a thousand calls for each: `cargo xtask faults 100` makes 100,000), `MADANG_SEED` others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use access::Door;
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use chrono::TimeDelta;
use city::{City, DatasetId};
use futures::StreamExt as _;
use interop::AppState;
use lake::{Accounting, Lake, LoadPlan};
use records::log::{About, Act, Decision, Filter, Logged};
use records::tokens::Kind;
use records::{Records, SystemClock};
use tower::ServiceExt as _;

use crate::faults::{next, number};

/// Calls for each of `MADANG_FAULTS`.
const CALLS: u64 = 1_000;
const FAULTS: u64 = 2;
/// Calls under way at the same time.
const AT_ONCE: usize = 48;
/// Of so many calls one is looked at before its body is read.
const LOOKED_AT: u64 = 97;
const RESIDENTS: usize = 700;
const LOTS: usize = 60;

const CITY: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "4800000000"
bounds = [126.9, 36.9, 127.2, 37.4]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [{ id = "civil", title = "민원봉사과", title-en = "Civil Service" }]
"#;

const PEOPLE: &str = r#"
roles = [
  { id = "clerk", title = "담당" },
  { id = "guest", title = "손님" },
  { id = "officer", title = "책임관", duties = ["audit"] },
]
accounts = [
  { name = "clerk", roles = ["clerk"], department = "civil" },
  { name = "guest", roles = ["guest"], department = "civil" },
  { name = "officer", roles = ["officer"], department = "civil" },
]
"#;

const POLICIES: &str = r#"
@id("clerks")
@mask("phone: last 4")
@rows("ward < 5")
@reason_ko("맡은 일에 필요합니다.")
@reason_en("Needed for the work.")
permit (principal in Role::"clerk", action == Action::"read", resource in Dataset::"residents");
"#;

const RESIDENTS_TOML: &str = r#"
id = "residents"
title = "주민"
description = "안에서만 봅니다."
field = "traffic"
department = "civil"
cadence = "daily"
release = "internal"
source = { kind = "file", path = "residents.csv" }
format = { kind = "csv" }
load = { mode = "snapshot", key = ["code"] }
subjects = [{ kind = "phone", column = "phone" }]
columns = [
  { name = "code", title = "번호", type = "code", privacy = "none" },
  { name = "ward", title = "통", type = "integer", privacy = "quasi" },
  { name = "phone", title = "전화", type = "text", privacy = "identifier" },
]
"#;

const LOTS_TOML: &str = r#"
id = "lots"
title = "주차장"
description = "모두 봅니다."
field = "traffic"
department = "civil"
cadence = "daily"
release = "open"
source = { kind = "file", path = "lots.csv" }
format = { kind = "csv" }
load = { mode = "snapshot", key = ["code"] }
columns = [
  { name = "code", title = "번호", type = "code", privacy = "none" },
  { name = "ward", title = "통", type = "integer", privacy = "none" },
]
"#;

fn phone(resident: usize) -> String {
    format!("010-0000-{resident:04}")
}

/// A city in this process, as the server has it, without a socket.
struct Town {
    records: Arc<Records>,
    router: Router,
    keys: BTreeMap<&'static str, String>,
    _folder: tempfile::TempDir,
}

async fn town() -> Town {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("city");
    let files = [
        ("city.toml", CITY),
        ("people.toml", PEOPLE),
        ("policies/town.cedar", POLICIES),
        ("datasets/traffic/residents.toml", RESIDENTS_TOML),
        ("datasets/traffic/lots.toml", LOTS_TOML),
    ];
    for (name, text) in files {
        let path = home.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (city, faults) = city::read::city(&home);
    let city: Arc<City> = Arc::new(city.unwrap_or_else(|| panic!("{faults:?}")));
    let records = Records::open(&folder.path().join("records.db"), Arc::new(SystemClock)).await;
    let records = Arc::new(records.unwrap());
    let lake = Arc::new(Lake::open(&folder.path().join("lake")).unwrap());
    let codes = |letter: char, count: usize| -> ArrayRef {
        let codes = (0..count).map(|at| Some(format!("{letter}{at:06}")));
        Arc::new(codes.collect::<StringArray>())
    };
    let wards = |count: usize| -> ArrayRef {
        let wards = (0..count).map(|at| i64::try_from(at % 10).unwrap());
        Arc::new(Int64Array::from_iter_values(wards))
    };
    let phones: StringArray = (0..RESIDENTS).map(|at| Some(phone(at))).collect();
    load(&lake, &records, "lots", vec![("code", codes('L', LOTS)), ("ward", wards(LOTS))]).await;
    load(
        &lake,
        &records,
        "residents",
        vec![
            ("code", codes('R', RESIDENTS)),
            ("ward", wards(RESIDENTS)),
            ("phone", Arc::new(phones)),
        ],
    )
    .await;
    let door = Door::new(Arc::clone(&city), lake, Arc::clone(&records)).unwrap();
    let state = AppState::new(city, Arc::new(door), Arc::clone(&records));
    let pages = portal::router(state.clone()).unwrap();
    let mut keys = BTreeMap::new();
    for name in ["kim", "clerk", "guest", "officer"] {
        let hour = TimeDelta::hours(9);
        let key = records.tokens().issue(Kind::Key, name, hour).await.unwrap();
        keys.insert(name, key.reveal().to_owned());
    }
    Town {
        records,
        router: interop::api::router(state).merge(pages),
        keys,
        _folder: folder,
    }
}

async fn load(lake: &Lake, records: &Records, dataset: &str, columns: Vec<(&str, ArrayRef)>) {
    let mut columns = columns;
    let rows = columns[0].1.len();
    let file: StringArray = (0..rows).map(|_| Some("a.csv")).collect();
    columns.push(("_file", Arc::new(file)));
    let numbers = (0..rows).map(|row| i64::try_from(row).unwrap() + 2);
    columns.push(("_row", Arc::new(Int64Array::from_iter_values(numbers))));
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let now = records.clock().now();
    let landed = lake.landing().receive("a.csv", dataset.as_bytes()).unwrap();
    let plan = LoadPlan {
        load_id: format!("load-{dataset}"),
        mode: city::dataset::LoadMode::Snapshot,
        key: vec!["code".to_owned()],
        sources: vec![landed],
        manifest_sha256: "m".to_owned(),
        started_at: now,
    };
    let id = DatasetId::from(dataset);
    let writer = lake.begin(&id, batch.schema(), plan).unwrap();
    writer.accept(&batch).unwrap();
    let accepted = u64::try_from(rows).unwrap();
    let accounting = Accounting {
        read: accepted,
        accepted,
        report: serde_json::json!({"score": 1.0, "checks": [], "columns": []}),
        ..Accounting::default()
    };
    writer.commit(accounting, now).await.unwrap();
}

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
        2 if dataset == "residents" && who != "clerk" => format!("&filter=phone:eq:010-0000-{row:04}"),
        _ => String::new(),
    };
    let sort = dice.one(&["", "&sort=-ward", "&sort=code"]);
    let (mut method, mut body, mut shows_all) = ("get", String::new(), true);
    let address = match dice.below(20) {
        0..8 => format!("/api/datasets/{dataset}/rows?limit={limit}&offset={offset}{filter}{sort}"),
        8..10 => format!("/api/datasets/{dataset}/rows?limit={limit}&count=no&columns=code{filter}"),
        10..13 => {
            let ending = dice.one(&["csv", "json", "ndjson"]);
            let cut = dice.one(&["", "&limit=40", "&limit=600"]);
            format!("/datasets/{dataset}.{ending}?columns=code,ward{filter}{cut}")
        }
        13..16 => {
            method = "post";
            shows_all = false;
            let sql = match dice.below(6) {
                0 => format!("select code from {dataset} where ward = {ward}"),
                1 => format!("select code, phone from residents where code = 'R{row:06}'"),
                2 => format!("select r.code, l.code as lot from residents r join lots l on r.ward = l.ward where l.code = 'L000003' limit {limit}"),
                3 => format!("select ward, count(*) from {dataset} group by ward"),
                4 => format!("select code from {dataset} order by ward, code limit {limit}"),
                _ => "select min(code), phone from residents group by phone limit 9".to_owned(),
            };
            body = format!("{{\"sql\": \"{sql}\", \"purpose\": \"시험\"}}");
            "/api/query".to_owned()
        }
        16 | 17 => {
            shows_all = false;
            let language = dice.one(&["", "/en"]);
            format!("{language}/datasets/{dataset}?view=rows&page={}", 1 + dice.below(4))
        }
        18 => {
            shows_all = false;
            format!("/api/datasets/{dataset}/{}", dice.one(&["versions", "loads", "profile"]))
        }
        _ => {
            shows_all = false;
            dice.one(&["/api/log?who=kim", "/admin/log", "/api/datasets", "/api/health"]).to_owned()
        }
    };
    Call {
        who,
        method,
        address,
        body,
        from,
        shows_all,
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
    let response = town.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let before = if looked_at && status == 200 {
        Some(newest(town, call.from).await)
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

async fn newest(town: &Town, from: IpAddr) -> bool {
    let filter = Filter {
        limit: 4 * u64::try_from(AT_ONCE).unwrap(),
        ..Filter::default()
    };
    let (entries, _) = town.records.log().page(&filter).await.unwrap();
    let from = from.to_string();
    entries.iter().any(|logged| {
        logged.entry.act == Act::Read && logged.entry.from.as_deref() == Some(from.as_str())
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
            let is_asked = named.contains(touched.dataset.as_str());
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
    if seen.lots {
        assert!(!reads_of("lots").is_empty(), "{call:?} is missing");
    }
    if !seen.residents.is_empty() {
        let reads = reads_of("residents");
        assert!(!reads.is_empty(), "{call:?} is missing");
        let is_wide =
            |logged: &&&&Logged| matches!(logged.entry.about, Some(About::All | About::More));
        let named: BTreeSet<&String> = reads.iter().flat_map(|read| &read.entry.subjects).collect();
        if !reads.iter().any(|read| is_wide(&read)) {
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
        200 => assert!(!was_denied, "{call:?}: {entries:?}"),
        400 | 404 => {}
        other => panic!("{call:?} was answered with {other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_missing_in_the_log_and_none_is_invented() {
    let calls = CALLS * number("MADANG_FAULTS", FAULTS);
    let seed = number("MADANG_SEED", 20_261_126);
    println!("seed {seed}, {calls} calls");
    let town = town().await;
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
    let all = (chrono::DateTime::UNIX_EPOCH, town.records.clock().now() + TimeDelta::days(1));
    let keep: fn(&mut Vec<Logged>, &Logged) = |to, logged| to.push(logged.clone());
    let (log, _) = town.records.log().each(all, Vec::new(), keep).await.unwrap();
    let mut by_address: BTreeMap<String, Vec<&Logged>> = BTreeMap::new();
    for logged in &log {
        let from = logged.entry.from.clone();
        // Profiles and the like are made by nobody's call; here nothing makes them.
        let from = from.unwrap_or_else(|| panic!("nobody's entry: {logged:?}"));
        by_address.entry(from).or_default().push(logged);
    }
    let door = town.records.log();
    let pseudonyms: Vec<String> = (0..RESIDENTS)
        .map(|at| door.pseudonym("phone", &phone(at)).unwrap())
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
    assert!(given > calls / 4 && refused > calls / 20, "the calls are mixed");
    assert_eq!(door.verify().await.unwrap(), None);
}
