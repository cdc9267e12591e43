//! Writes a city of one large file: `cargo run --example bench_files -- ROWS OUT`.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let rows = words.next().ok_or("usage: bench_files ROWS OUT")?.parse()?;
    let out = PathBuf::from(words.next().ok_or("usage: bench_files ROWS OUT")?);
    demo::bench::write(rows, &out)?;
    Ok(())
}
