//! How many megabytes of text the detector reads in a second, by what the text is like.
//!
//! `cargo run --release -p privacy --example detect_speed`

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::Instant;

use privacy::detect::column::{Place, Scan};
use privacy::detect::{Day, Detector, Header, guard};

/// Makes the cell of a row.
type Make = fn(u32) -> String;

const ROWS: u32 = 200_000;

fn main() {
    let clock = Instant::now();
    let kinds: [(&str, Make); 6] = [
        ("telephones of offices", |row| {
            format!("0{}-{}-{:04}", 31 + row % 3, 200 + row % 700, row % 10_000)
        }),
        ("addresses of facilities", |row| {
            format!(
                "경기도 수원시 팔달구 행궁로{}번길 {}",
                row % 40 + 1,
                row % 90 + 1
            )
        }),
        ("names of facilities", |row| {
            format!("한빛 {}동 공영주차장", row % 90)
        }),
        ("free text without identifiers", |row| {
            format!(
                "{}월 {}일 접수된 보도블록 파손 민원을 현장에서 확인하고 담당 부서에 알렸으며 처리 기한은 7일입니다.",
                row % 12 + 1,
                row % 28 + 1
            )
        }),
        ("free text with identifiers", |row| {
            format!(
                "신청인 연락처는 010-{:04}-{:04}이고 전자우편은 user{row}@example.com, 접수번호 1AA-2511-{:07}입니다.",
                row % 10_000,
                row * 7 % 10_000,
                row
            )
        }),
        ("codes of ten digits", |row| format!("41{row:08}")),
    ];
    let today = Day {
        year: 2026,
        month: 11,
        day: 26,
    };
    println!(
        "{:<32}{:>12}{:>12}{:>14}",
        "text", "detect MB/s", "guard MB/s", "guard ns/cell"
    );
    for (name, make) in kinds {
        let cells: Vec<String> = (0..ROWS).map(make).collect();
        let bytes: usize = cells.iter().map(String::len).sum();
        let begun = busy(clock);
        let mut detector = Detector::new(today);
        let found: usize = cells
            .iter()
            .map(|cell| detector.find(cell, Header::default()).len())
            .sum();
        let detect = busy(clock) - begun;
        let begun = busy(clock);
        let mut detector = Detector::of_numbers(today);
        let mut scan = Scan::default();
        let place = || Place {
            file: "a.csv".into(),
            row: 1,
        };
        for cell in &cells {
            guard::see(&mut scan, &mut detector, cell, &place);
        }
        let stops = guard::stops(&scan).len();
        let guarded = busy(clock) - begun;
        let rate = |seconds: f64| as_f64(bytes) / 1e6 / seconds;
        println!(
            "{name:<32}{:>12.0}{:>12.0}{:>14.0}   ({found} found, {stops} stops)",
            rate(detect),
            rate(guarded),
            guarded * 1e9 / f64::from(ROWS)
        );
    }
}

/// Seconds this thread was at work, where the system tells them (others may be at work as well); seconds passed otherwise.
fn busy(clock: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| clock.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred million at most")]
fn as_f64(number: usize) -> f64 {
    number as f64
}
