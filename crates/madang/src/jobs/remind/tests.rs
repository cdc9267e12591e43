//! Reminders through a real SMTP conversation with a server that listens on this machine.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use access::Door;
use chrono::{DateTime, TimeDelta, Utc};
use lake::Lake;
use records::{FixedClock, Records};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::cli::Shared;
use crate::config::{Config, Origin, Valued};
use crate::jobs::load::{Loaded, Loader};
use crate::jobs::progress::Bars;

/// A mail server that keeps what it was told.
#[derive(Clone, Default)]
struct Sink {
    /// Lines of the conversations, without those of letters.
    said: Arc<Mutex<Vec<String>>>,
    /// Letters as they came.
    letters: Arc<Mutex<Vec<String>>>,
    /// What it answers to the next letters; `250` when nothing is left.
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Sink {
    async fn open(answers: &[&'static str]) -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Self {
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            ..Self::default()
        };
        let listening = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = listening.clone();
                tokio::spawn(async move { sink.talk(stream).await });
            }
        });
        (sink, port)
    }

    /// One conversation. The server offers no STARTTLS.
    async fn talk(&self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            self.said.lock().unwrap().push(line.clone());
            let word = line.split(' ').next().unwrap_or_default().to_uppercase();
            let answer = match word.as_str() {
                "EHLO" => "250-sink\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 well",
            };
            write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .unwrap();
            if word == "DATA" {
                let mut letter = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                    letter.push('\n');
                }
                self.letters.lock().unwrap().push(letter);
                let answer = self.answers.lock().unwrap().pop_front();
                let answer = format!("{}\r\n", answer.unwrap_or("250 taken"));
                write.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

/// The value of a header, unfolded; encoded words as what they mean.
fn header(letter: &str, name: &str) -> String {
    let mut lines = letter.lines().skip_while(|line| {
        !line
            .to_lowercase()
            .starts_with(&format!("{}:", name.to_lowercase()))
    });
    let mut value = lines
        .next()
        .and_then(|line| line.split_once(':'))
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default();
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push_str(line);
    }
    let mut text = String::new();
    let mut was_encoded = false;
    for word in value.split_whitespace() {
        let encoded = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="));
        if !(text.is_empty() || was_encoded && encoded.is_some()) {
            text.push(' ');
        }
        match encoded {
            Some(word) => text.push_str(&base64(word)),
            None => text.push_str(word),
        }
        was_encoded = encoded.is_some();
    }
    text
}

fn base64(text: &str) -> String {
    let digit = |letter: u8| match letter {
        b'A'..=b'Z' => Some(u32::from(letter - b'A')),
        b'a'..=b'z' => Some(u32::from(letter - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(letter - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bits, mut have, mut bytes) = (0_u32, 0, Vec::new());
    for value in text.bytes().filter_map(digit) {
        bits = (bits << 6 | value) & 0xff_ffff;
        have += 6;
        if have >= 8 {
            have -= 8;
            bytes.push(u8::try_from(bits >> have & 0xff).unwrap());
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The parts of a letter, decoded: plain text, then HTML.
fn parts(letter: &str) -> Vec<String> {
    let boundary = header(letter, "Content-Type");
    let boundary = boundary.split("boundary=\"").nth(1).unwrap();
    let boundary = format!("--{}", boundary.split('"').next().unwrap());
    let parts = letter.split(&boundary).skip(1);
    parts
        .filter(|part| !part.starts_with("--"))
        .map(|part| {
            let part = part.trim_start_matches('\n');
            let (_, body) = part.split_once("\n\n").unwrap();
            match header(part, "Content-Transfer-Encoding").as_str() {
                "base64" => base64(body),
                "quoted-printable" => unquoted(body),
                _ => body.to_owned(),
            }
        })
        .collect()
}

fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.bytes());
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let pair = [rest.next().unwrap(), rest.next().unwrap()];
            let pair = std::str::from_utf8(&pair).unwrap();
            bytes.push(u8::from_str_radix(pair, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A city of two departments, whose datasets were delivered on the second of October 2026.
struct Town {
    _folder: tempfile::TempDir,
    platform: Platform,
    clock: Arc<FixedClock>,
}

pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn manifest(id: &str, title: &str, cadence: &str, department: &str) -> String {
    format!(
        r#"
id = "{id}"
title = "{title}"
description = "시험 자료입니다."
field = "traffic"
department = "{department}"
cadence = "{cadence}"
source = {{ kind = "file", path = "{id}.csv" }}
format = {{ kind = "csv" }}
[[columns]]
name = "name"
title = "이름"
type = "text"
privacy = "none"
"#
    )
}

const CITY: &str = r#"
name = "가람시"
name-en = "Garam-si"
code = "99000"
address = "https://data.garam.example"
bounds = [126.0, 36.0, 128.0, 38.0]
fields = [{ id = "traffic", title = "교통", title-en = "Traffic" }]
departments = [
  { id = "transport", title = "교통정책과", title-en = "Transport", mail = "transport@garam.example" },
  { id = "budget", title = "예산법무과", title-en = "Budget", mail = "budget@garam.example" },
  { id = "roads", title = "도로과", title-en = "Roads" },
]
"#;

const CALENDAR: &str = r#"
source = "시험"
from = "2026-01-01"
until = "2027-12-31"
holidays = [{ on = "2026-10-05", name = "대체공휴일" }, { on = "2026-10-09", name = "한글날" }]
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("city.toml", CITY);
    put("calendar.toml", CALENDAR);
    for (id, title, cadence, department) in [
        ("lots", "공영주차장", "monthly", "transport"),
        ("signs", "교통 표지", "monthly", "transport"),
        ("costs", "지출", "quarterly", "budget"),
        ("paving", "포장", "monthly", "roads"),
    ] {
        let text = manifest(id, title, cadence, department);
        put(&format!("datasets/traffic/{id}.toml"), &text);
        put(&format!("inbox/{id}.csv"), "이름\n가온\n누리\n");
    }
    folder
}

async fn town() -> Town {
    let folder = folder();
    let clock = Arc::new(FixedClock::new(moment("2026-10-02T10:00:00+09:00")));
    let platform = open(folder.path(), &clock).await;
    let shared = Shared {
        city: Some(folder.path().to_owned()),
        ..Shared::default()
    };
    let loader = Loader {
        platform: platform.clone(),
        config: Arc::new(Config::read(&shared, None).unwrap()),
        bars: Bars::default(),
    };
    for dataset in platform.city.datasets.values() {
        let loaded = loader.load(dataset).await.unwrap();
        assert!(matches!(loaded, Loaded::Version(_)));
    }
    Town {
        _folder: folder,
        platform,
        clock,
    }
}

pub(crate) async fn open(folder: &Path, clock: &Arc<FixedClock>) -> Platform {
    let city = crate::platform::read_city(folder).unwrap();
    let (city, data) = (Arc::new(city), folder.join(".madang"));
    let lake = Arc::new(Lake::open(&data).unwrap());
    let clock: Arc<dyn records::Clock> = Arc::clone(clock) as _;
    let records = Arc::new(
        Records::open(&data.join("records.db"), clock)
            .await
            .unwrap(),
    );
    let door = Door::new(Arc::clone(&city), Arc::clone(&lake), Arc::clone(&records)).unwrap();
    Platform {
        situation: Arc::default(),
        inbox: city.inbox(),
        city,
        lake,
        records,
        door: Arc::new(door),
        data,
    }
}

impl Town {
    fn at(&self, text: &str) {
        let now: DateTime<Utc> = records::Clock::now(&*self.clock);
        self.clock.advance(moment(text) - now);
    }

    /// What the job does each minute.
    async fn look(&self, post: &Post) {
        let now = self.platform.records.clock().now();
        if is_time(&self.platform, 9, now).await.unwrap() {
            write(&self.platform, Some(korean_day(now))).await.unwrap();
        }
        deliver(&self.platform, post).await.unwrap();
    }
}

fn post(port: u16, tls: mail::Tls) -> Post {
    fn said<T>(value: T) -> Valued<T> {
        Valued {
            value,
            origin: Origin::File,
        }
    }
    let mail = mail::Mail {
        host: said("127.0.0.1".to_owned()),
        port: said(port),
        tls: said(tls),
        ca: None,
        user: None,
        password: None,
        from: said("가람시 데이터 <data@garam.example>".to_owned()),
        hour: said(9),
    };
    Post::new(&mail).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_department_gets_one_letter_a_step_and_no_step_twice() {
    let town = town().await;
    let (sink, port) = Sink::open(&[]).await;
    let post = post(port, mail::Tls::None);
    // The third working day before the sixth of November, and ten to nine.
    town.at("2026-11-03T08:50:00+09:00");
    town.look(&post).await;
    assert_eq!(sink.letters().len(), 0, "not before nine");
    town.at("2026-11-03T09:00:00+09:00");
    town.look(&post).await;
    let letters = sink.letters();
    assert_eq!(
        letters.len(),
        1,
        "one letter for both; roads has no address"
    );
    let letter = &letters[0];
    assert_eq!(
        header(letter, "Subject"),
        "[가람시 데이터] 교통정책과: 곧 갱신할 데이터셋 2개"
    );
    assert!(letter.is_ascii(), "a mail server may take no other");
    assert_eq!(header(letter, "To"), "transport@garam.example");
    assert_eq!(
        header(letter, "From").replace('"', ""),
        "가람시 데이터 <data@garam.example>"
    );
    assert_eq!(header(letter, "Auto-Submitted"), "auto-generated");
    assert_eq!(header(letter, "Date"), "Tue, 03 Nov 2026 00:00:00 +0000");
    let parts = parts(letter);
    assert_eq!(parts.len(), 2);
    for part in &parts {
        assert!(
            part.contains("공영주차장") && part.contains("교통 표지"),
            "{part}"
        );
        assert!(part.contains("예정일 2026-11-06, 3근무일 남음"), "{part}");
        assert!(part.contains("https://data.garam.example/overdue?department=transport"));
    }
    // Every minute, and the days after.
    for day in ["03T09:01", "03T17:00", "04T09:00", "06T09:00", "08T09:00"] {
        town.at(&format!("2026-11-{day}:00+09:00"));
        town.look(&post).await;
    }
    assert_eq!(sink.letters().len(), 1);
    // Late since Monday; again after five working days.
    for (day, letters) in [("09", 2), ("10", 2), ("13", 2), ("16", 3), ("17", 3)] {
        town.at(&format!("2026-11-{day}T09:00:00+09:00"));
        town.look(&post).await;
        assert_eq!(sink.letters().len(), letters, "on the {day}th");
    }
    assert!(header(&sink.letters()[1], "Subject").ends_with("갱신이 늦은 데이터셋 2개"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_that_nothing_changed_is_not_reminded() {
    let town = town().await;
    let (sink, port) = Sink::open(&[]).await;
    town.at("2026-11-02T10:00:00+09:00");
    let reader = town.platform.reader(Some("kim"), None);
    reader.confirm("lots", "").await.unwrap();
    town.at("2026-11-09T09:00:00+09:00");
    town.look(&post(port, mail::Tls::None)).await;
    let letters = sink.letters();
    assert_eq!(letters.len(), 1);
    let text = &parts(&letters[0])[0];
    assert!(
        text.contains("교통 표지") && !text.contains("공영주차장"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_put_off_is_tried_again_as_the_same_letter() {
    let town = town().await;
    let (sink, port) = Sink::open(&["451 come back later"]).await;
    let post = post(port, mail::Tls::None);
    town.at("2026-11-09T09:00:00+09:00");
    town.look(&post).await;
    let mails = town.platform.records.mails();
    let mail = &mails.list(1).await.unwrap()[0];
    assert_eq!(mail.state, MailState::Queued);
    assert!(mail.error.as_deref().unwrap().contains("come back later"));
    town.look(&post).await;
    assert_eq!(sink.letters().len(), 1, "not at once");
    town.clock.advance(TimeDelta::minutes(2));
    town.look(&post).await;
    let letters = sink.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(
        header(&letters[0], "Message-ID"),
        header(&letters[1], "Message-ID")
    );
    assert_eq!(mails.list(1).await.unwrap()[0].state, MailState::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_nobody_has_is_given_up_and_shown() {
    let town = town().await;
    let (sink, port) = Sink::open(&["550 no such mailbox"]).await;
    let post = post(port, mail::Tls::None);
    town.at("2026-11-09T09:00:00+09:00");
    town.look(&post).await;
    town.clock.advance(TimeDelta::hours(5));
    town.look(&post).await;
    assert_eq!(sink.letters().len(), 1);
    let mail = &town.platform.records.mails().list(1).await.unwrap()[0];
    assert_eq!(mail.state, MailState::Failed);
    assert!(mail.error.as_deref().unwrap().contains("no such mailbox"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_the_clear_to_a_server_that_cannot_be_private() {
    let town = town().await;
    let (sink, port) = Sink::open(&[]).await;
    town.at("2026-11-09T09:00:00+09:00");
    town.look(&post(port, mail::Tls::Starttls)).await;
    assert_eq!(sink.letters().len(), 0);
    let said = sink.said.lock().unwrap().clone();
    assert!(
        said.iter()
            .all(|line| !line.starts_with("MAIL") && !line.starts_with("AUTH")),
        "{said:?}"
    );
    let mail = &town.platform.records.mails().list(1).await.unwrap()[0];
    assert_eq!((mail.state, mail.attempts), (MailState::Queued, 1));
    // Once the server is mended the letter goes out.
    town.clock.advance(TimeDelta::minutes(2));
    town.look(&post(port, mail::Tls::None)).await;
    assert_eq!(sink.letters().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_costs_nothing_but_time() {
    let town = town().await;
    let (_, port) = Sink::open(&[]).await;
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    town.at("2026-11-09T09:00:00+09:00");
    town.look(&post(gone, mail::Tls::None)).await;
    town.clock.advance(TimeDelta::minutes(2));
    town.look(&post(port, mail::Tls::None)).await;
    let mail = &town.platform.records.mails().list(1).await.unwrap()[0];
    assert_eq!((mail.state, mail.attempts), (MailState::Sent, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn holidays_and_weekends_are_left_alone() {
    let town = town().await;
    let is_time = |text: &'static str| is_time(&town.platform, 9, moment(text));
    for (text, expected) in [
        ("2026-10-05T10:00:00+09:00", false),
        ("2026-10-10T10:00:00+09:00", false),
        ("2026-10-06T08:59:00+09:00", false),
        ("2026-10-06T09:00:00+09:00", true),
        ("2026-10-06T23:59:00+09:00", true),
    ] {
        assert_eq!(is_time(text).await.unwrap(), expected, "{text}");
    }
}

#[test]
fn a_sender_that_is_no_address_and_a_certificate_that_is_none_are_told() {
    let said = |value: &str| Valued {
        value: value.to_owned(),
        origin: Origin::File,
    };
    let mut mail = mail::Mail {
        host: said("mail.example"),
        port: Valued {
            value: 587,
            origin: Origin::Default,
        },
        tls: Valued {
            value: mail::Tls::Starttls,
            origin: Origin::Default,
        },
        ca: Some(Valued {
            value: PathBuf::from("/nonexistent.pem"),
            origin: Origin::File,
        }),
        user: None,
        password: None,
        from: said("nobody"),
        hour: Valued {
            value: 9,
            origin: Origin::Default,
        },
    };
    let told = |mail: &mail::Mail| Post::new(mail).err().unwrap().message().to_owned();
    assert!(told(&mail).contains("`from`"), "{}", told(&mail));
    mail.from = said("data@garam.example");
    assert!(
        told(&mail).contains("/nonexistent.pem cannot be read"),
        "{}",
        told(&mail)
    );
}
