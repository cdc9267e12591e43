//! Delimiter-separated rows: the columns asked for, as codes over their different values.
//!
//! A missing value is read the strict way: an empty cell is a value of its own, equal to other empty cells only. Nothing
//! is trimmed, guessed or dropped.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use ahash::RandomState;
use city::Fault;
use csv::{ByteRecord, Reader, ReaderBuilder};
use hashbrown::HashMap;

use super::trouble::Trouble;

/// Bytes read at a time.
const BLOCK: usize = 1 << 18;

/// Columns of a file.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The file.
    pub file: PathBuf,
    /// Names of all its columns, in order.
    pub names: Vec<String>,
    /// The columns asked for, in the order asked.
    pub columns: Vec<Column>,
    /// How many rows.
    pub count: usize,
}

/// One column: each cell is the place of its value among the different values.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Different values, in order of their first appearance.
    pub values: Vec<String>,
    /// The row, from 0, where each value first appears.
    pub first: Vec<u32>,
    /// One a row.
    pub codes: Vec<u32>,
}

/// Opens a file and reads its head.
pub(super) fn open(
    path: &Path,
    delimiter: u8,
) -> Result<(Reader<BufReader<File>>, Vec<String>), Trouble> {
    let file = File::open(path).map_err(|error| Trouble::io(path, &error))?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .buffer_capacity(BLOCK)
        .from_reader(BufReader::with_capacity(BLOCK, file));
    let head = reader
        .byte_headers()
        .map_err(|error| broken(path, &error))?
        .clone();
    let mut names = Vec::with_capacity(head.len());
    for name in &head {
        let name = text(path, name, 1)?;
        names.push(name.trim_start_matches('\u{feff}').to_owned());
    }
    Ok((reader, names))
}

/// Reads columns of a file. Every row must have as many cells as the head.
///
/// # Errors
/// The file cannot be read, is no UTF-8, has rows of another length, or lacks a column.
pub fn read(path: &Path, delimiter: u8, wanted: &[&str]) -> Result<Rows, Trouble> {
    let (mut reader, names) = open(path, delimiter)?;
    let places = places(path, &names, wanted)?;
    let mut coders: Vec<Coder> = wanted.iter().map(|name| Coder::new(name)).collect();
    let mut record = ByteRecord::new();
    let mut count: u32 = 0;
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| broken(path, &error))?
    {
        for (coder, &place) in coders.iter_mut().zip(&places) {
            let cell = record.get(place).unwrap_or_default();
            if !coder.take(cell) {
                let line = record.position().map_or(0, csv::Position::line);
                coder.learn(text(path, cell, line)?, count);
            }
        }
        count = count.checked_add(1).ok_or_else(|| {
            Trouble::fault(
                Fault::at(path, "more than 4,294,967,295 rows")
                    .remedy("cut the file into parts that are released apart"),
            )
        })?;
    }
    Ok(Rows {
        file: path.to_owned(),
        names,
        columns: coders.into_iter().map(|coder| coder.column).collect(),
        count: count as usize,
    })
}

/// Where the wanted columns are.
pub(super) fn places(
    path: &Path,
    names: &[String],
    wanted: &[&str],
) -> Result<Vec<usize>, Trouble> {
    let mut faults = Vec::new();
    let mut places = Vec::with_capacity(wanted.len());
    for (at, name) in wanted.iter().enumerate() {
        if wanted.iter().take(at).any(|other| other == name) {
            let what = format!("column `{name}` is asked for twice");
            faults.push(Fault::at(path, what).remedy("name it once"));
            continue;
        }
        let mut found = names.iter().enumerate().filter(|(_, own)| own == name);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => places.push(place),
            (Some(_), Some((second, _))) => faults.push(
                Fault::at(path, format!("two columns are called `{name}`"))
                    .line(1)
                    .column(second as u64 + 1)
                    .remedy("give each column a name of its own"),
            ),
            (None, _) => faults.push(
                Fault::at(path, format!("there is no column `{name}`"))
                    .line(1)
                    .expected(format!("one of {}", names.join(", ")))
                    .remedy("check the name and the delimiter (--delimiter)"),
            ),
        }
    }
    if faults.is_empty() {
        Ok(places)
    } else {
        Err(Trouble::Input(faults))
    }
}

/// Gives values their codes.
struct Coder {
    column: Column,
    known: HashMap<Box<[u8]>, u32, RandomState>,
}

impl Coder {
    fn new(name: &str) -> Self {
        Self {
            column: Column {
                name: name.to_owned(),
                ..Column::default()
            },
            // Fixed: the codes must not depend on chance, and no attacker gains by a slow table here.
            known: HashMap::with_hasher(RandomState::with_seeds(1, 2, 3, 4)),
        }
    }

    /// Takes a known cell; `false` when its value is new.
    fn take(&mut self, cell: &[u8]) -> bool {
        match self.known.get(cell) {
            Some(&code) => {
                self.column.codes.push(code);
                true
            }
            None => false,
        }
    }

    /// Takes a cell with a new value.
    fn learn(&mut self, value: String, row: u32) {
        // No more values than rows, which are counted in 32 bits.
        let code = u32::try_from(self.column.values.len()).unwrap_or(u32::MAX);
        self.known.insert(value.as_bytes().into(), code);
        self.column.values.push(value);
        self.column.first.push(row);
        self.column.codes.push(code);
    }
}

/// A cell's text.
pub(super) fn text(path: &Path, bytes: &[u8], line: u64) -> Result<String, Trouble> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Trouble::fault(
            Fault::at(path, "a cell is not UTF-8")
                .line(line)
                .remedy("write the file as UTF-8 first (`madang load` reads CP949)"),
        )),
    }
}

/// What the CSV reader stumbled over, as a fault.
pub(super) fn broken(path: &Path, error: &csv::Error) -> Trouble {
    match error.kind() {
        csv::ErrorKind::Io(error) => Trouble::io(path, error),
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            Trouble::fault(
                Fault::at(path, format!("the row has {len} cells"))
                    .line(line)
                    .expected(format!("{expected_len}, as in the first line"))
                    .remedy("check quotes and the delimiter (--delimiter)"),
            )
        }
        _ => Trouble::fault(Fault::at(path, error.to_string()).remedy("correct the file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn an_empty_cell_is_a_value_of_its_own() {
        let file = file("\u{feff}구;나이\n가;\n나;12\n가;12\n".as_bytes());
        let rows = read(file.path(), b';', &["나이", "구"]).unwrap();
        assert_eq!(rows.names, ["구", "나이"]);
        assert_eq!(rows.columns[0].values, ["", "12"]);
        assert_eq!(rows.columns[0].codes, [0, 1, 1]);
        assert_eq!(rows.columns[1].codes, [0, 1, 0]);
    }

    #[test]
    fn a_short_row_a_foreign_encoding_and_a_missing_column_are_told_with_their_place() {
        let told = |text: &[u8], wanted: &[&str]| {
            let file = file(text);
            let error = read(file.path(), b',', wanted).unwrap_err().to_string();
            let name = file.path().display().to_string();
            error.replace(&name, "F")
        };
        assert!(told(b"a,b\n1,2\n3\n", &["a"]).starts_with("F:3: the row has 1 cells; expected 2"));
        assert!(told(b"a,b\n\xb0\xa1,2\n", &["a"]).starts_with("F:2: a cell is not UTF-8"));
        assert!(told(b"a,b\n1,2\n", &["c"]).starts_with("F:1: there is no column `c`"));
        assert!(told(b"a,a\n1,2\n", &["a"]).starts_with("F:1:2: two columns are called `a`"));
    }
}
