//! Writes a city of one large file: `cargo run --example bench_files -- complaints|living ROWS OUT`.

use std::path::PathBuf;

use demo::bench::{Kind, write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const USAGE: &str = "usage: bench_files complaints|living ROWS OUT";
    let mut words = std::env::args().skip(1);
    let kind = words.next().ok_or(USAGE)?;
    let kind = Kind::read(&kind).ok_or(USAGE)?;
    let rows = words.next().ok_or(USAGE)?.parse()?;
    let out = PathBuf::from(words.next().ok_or(USAGE)?);
    write(kind, rows, &out)?;
    Ok(())
}
