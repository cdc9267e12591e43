//! How long the index of many points takes, and its tiles: the pure part of `cargo xtask bench tiles`.
#![expect(
    clippy::print_stdout,
    reason = "the figures are what this program is for"
)]

use std::time::Instant;

use tiles::world::Spot;
use tiles::{Builder, Fact, MAX_ZOOM, TileAt, Where};

/// Points a town, spread the same every time.
fn place(at: u32) -> (f64, f64) {
    let mixed = |salt: u32| {
        let mut mixed = (at ^ salt).wrapping_mul(0x9E37_79B9);
        mixed ^= mixed >> 15;
        f64::from(mixed.wrapping_mul(0x85EB_CA6B) >> 16) / 65_536.0
    };
    let town = |salt: u32| f64::from((at % 60).wrapping_mul(0x9E37_79B9 ^ salt) >> 16) / 65_536.0;
    let way = |salt: u32| town(salt) * 0.2 + mixed(salt) * mixed(salt + 7) * 0.06;
    (126.95 + way(1), 37.2 + way(2))
}

fn main() {
    let rows: u32 = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(1_000_000);
    let begun = Instant::now();
    let mut builder = Builder::new(vec![
        "number".to_owned(),
        "kind".to_owned(),
        "height".to_owned(),
    ]);
    for at in 0..rows {
        let (x, y) = place(at);
        let kind = format!("나무 {}", at % 40);
        let facts = [
            Fact::Whole(at.into()),
            Fact::Text(&kind),
            Fact::Number(f64::from(at % 300) / 10.0),
        ];
        builder.add(Where::At(x, y), facts);
    }
    let read = begun.elapsed().as_secs_f64();
    let index = builder.build();
    println!(
        "{rows} points: read in {read:.2} s, built after {:.2} s, {} MiB",
        begun.elapsed().as_secs_f64(),
        index.bytes() >> 20
    );
    let (mut all, mut largest) = (Vec::new(), 0);
    for zoom in 0..=MAX_ZOOM {
        let mut own = Vec::new();
        for at in 0..200 {
            let (x, y) = place(at * 4999);
            let Some(tile) = Spot::of(x, y).and_then(|spot| TileAt::around(zoom, spot)) else {
                continue;
            };
            let begun = Instant::now();
            largest = largest.max(index.tile(tile).bytes.len());
            own.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        own.sort_by(f64::total_cmp);
        println!(
            "zoom {zoom}: median {:.2} ms, most {:.2} ms",
            own[own.len() / 2],
            own[own.len() - 1]
        );
        all.extend(own);
    }
    all.sort_by(f64::total_cmp);
    println!(
        "p99 {:.2} ms, largest {largest} bytes",
        all[all.len() * 99 / 100]
    );
}
