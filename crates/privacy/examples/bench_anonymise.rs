//! Makes a table of invented people and its hierarchies, for the benchmark of anonymisation.
//!
//! `bench_anonymise make ROWS FOLDER` writes `people.csv` (nine columns, semicolons) and one hierarchy a column. The same
//! rows every time; fewer rows are the first of more.

use std::fs::File;
use std::io::{BufWriter, Error, ErrorKind, Result, Write as _};
use std::path::Path;

/// A column: its name, how many values, how uneven they are (0 evenly), and how many values come together at each level.
struct Column(&'static str, u32, u32, &'static [u32]);

/// As many levels as in the census that anonymisation is usually measured on: 12,960 generalisations.
const COLUMNS: [Column; 9] = [
    Column("sex", 2, 0, &[2]),
    Column("age", 90, 1, &[5, 10, 20, 90]),
    Column("origin", 5, 3, &[5]),
    Column("family", 7, 1, &[3, 7]),
    Column("school", 16, 1, &[3, 6, 16]),
    Column("country", 40, 4, &[8, 40]),
    Column("employer", 8, 2, &[3, 8]),
    Column("job", 14, 1, &[4, 14]),
    Column("income", 2, 1, &[2]),
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, rows, folder] = words.as_slice() else {
        return Err(usage());
    };
    let rows: u32 = rows.replace('_', "").parse().map_err(|_wrong| usage())?;
    if what != "make" {
        return Err(usage());
    }
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    for column in &COLUMNS {
        hierarchy(folder, column)?;
    }
    people(folder, rows)
}

fn usage() -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "usage: bench_anonymise make ROWS FOLDER",
    )
}

fn people(folder: &Path, rows: u32) -> Result<()> {
    let mut out = BufWriter::new(File::create(folder.join("people.csv"))?);
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.0).collect();
    writeln!(out, "{}", names.join(";"))?;
    let mut chance = 0x00c1_7125;
    for _ in 0..rows {
        for (at, column) in COLUMNS.iter().enumerate() {
            if at > 0 {
                out.write_all(b";")?;
            }
            write!(out, "{}{}", column.0, drawn(column, &mut chance))?;
        }
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// A value of a column: the product of some draws, so that few values are frequent and many rare.
fn drawn(column: &Column, chance: &mut u64) -> u64 {
    const ONE: u64 = 1 << 16;
    let mut share = next(chance) % ONE;
    for _ in 0..column.2 {
        share = share * (next(chance) % ONE) / ONE;
    }
    share * u64::from(column.1) / ONE
}

/// The next number of a fixed row of numbers that look like chance (`SplitMix64`).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn hierarchy(folder: &Path, column: &Column) -> Result<()> {
    let Column(name, values, _, steps) = column;
    let mut out = BufWriter::new(File::create(folder.join(format!("{name}.csv")))?);
    for value in 0..*values {
        write!(out, "{name}{value}")?;
        for &step in *steps {
            if step >= *values {
                write!(out, ";*")?;
            } else {
                let from = value / step * step;
                write!(out, ";{name}{from}-{}", from + step - 1)?;
            }
        }
        writeln!(out)?;
    }
    out.flush()
}
