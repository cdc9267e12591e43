//! Writes what benchmarks read: one large file, a table that grows by key, a city of very many datasets.

use std::path::Path;
use std::str::FromStr;

use demo::bench::keyed::Delivery;
use demo::bench::{Kind, catalogue, keyed, living, write};

type Fault = Box<dyn std::error::Error>;

const USAGE: &str = "usage: bench_files complaints|living ROWS OUT
     | keyed-city CITY | keyed-part FIRST ROWS FILE | keyed-newest|keyed-anywhere HELD ROWS TURN FILE
     | living-city CITY | living-part FIRST ROWS FILE
     | catalogue DATASETS CITY | catalogue-again DATASETS TURN CITY";

/// The word at a place, read.
fn word<T: FromStr>(words: &[&str], at: usize) -> Result<T, Fault> {
    let word = words.get(at).ok_or(USAGE)?;
    word.parse().map_err(|_fault| USAGE.into())
}

#[expect(clippy::print_stdout, reason = "what was made goes to the caller")]
fn main() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (out, words) = words.split_last().ok_or(USAGE)?;
    let out = Path::new(out);
    let kind = *words.first().ok_or(USAGE)?;
    match kind {
        "keyed-city" => keyed::city(out)?,
        "keyed-part" => keyed::part(word(words, 1)?, word(words, 2)?, out)?,
        "living-city" => {
            for (measure, by) in living::city(out)? {
                println!("{measure} {by}");
            }
        }
        "living-part" => living::part(word(words, 1)?, word(words, 2)?, out)?,
        "keyed-newest" | "keyed-anywhere" => {
            let delivery = if kind == "keyed-newest" {
                Delivery::Newest
            } else {
                Delivery::Anywhere
            };
            let (held, rows, turn) = (word(words, 1)?, word(words, 2)?, word(words, 3)?);
            keyed::delivery(delivery, held, rows, turn, out)?;
        }
        "catalogue" => catalogue::write(word(words, 1)?, out)?,
        "catalogue-again" => {
            for id in catalogue::again(word(words, 1)?, word(words, 2)?, out)? {
                println!("{id}");
            }
        }
        kind => write(Kind::read(kind).ok_or(USAGE)?, word(words, 1)?, out)?,
    }
    Ok(())
}
