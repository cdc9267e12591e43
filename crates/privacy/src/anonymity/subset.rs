//! Which rows of a file are those of another.

use std::path::Path;

use ahash::RandomState;
use city::Fault;
use csv::ByteRecord;
use hashbrown::HashMap;

use super::input::{broken, open};
use super::trouble::Trouble;

/// For each row of a file, whether it is one of the subset's: each row of the subset takes the first equal one that is not
/// taken yet.
///
/// # Errors
/// A file cannot be read, the heads differ, or a row of the subset is not in the file.
pub fn members(file: &Path, subset: &Path, delimiter: u8) -> Result<Vec<bool>, Trouble> {
    let (mut reader, names) = open(subset, delimiter)?;
    let (mut all, own) = open(file, delimiter)?;
    if names != own {
        return Err(Trouble::fault(
            Fault::at(
                subset,
                "the columns differ from those of the file it is a subset of",
            )
            .line(1)
            .expected(own.join(", "))
            .remedy("give both files the same columns in the same order"),
        ));
    }
    let mut wanted: HashMap<Vec<u8>, Vec<u64>, RandomState> =
        HashMap::with_hasher(RandomState::with_seeds(1, 2, 3, 4));
    let mut record = ByteRecord::new();
    let mut key = Vec::new();
    while reader
        .read_byte_record(&mut record)
        .map_err(|error| broken(subset, &error))?
    {
        fill(&mut key, &record);
        let line = record.position().map_or(0, csv::Position::line);
        match wanted.get_mut(&key) {
            Some(lines) => lines.push(line),
            None => {
                wanted.insert(key.clone(), vec![line]);
            }
        }
    }
    let mut members = Vec::new();
    while all
        .read_byte_record(&mut record)
        .map_err(|error| broken(file, &error))?
    {
        fill(&mut key, &record);
        let is_in = wanted
            .get_mut(&key)
            .is_some_and(|lines| lines.pop().is_some());
        members.push(is_in);
    }
    let left = wanted.values().flatten().min();
    if let Some(&line) = left {
        return Err(Trouble::fault(
            Fault::at(subset, format!("the row is not in {}", file.display()))
                .line(line)
                .expected("each row of the subset once in the file")
                .remedy("take the subset's rows out of the file unchanged"),
        ));
    }
    if members.iter().any(|&is_in| is_in) {
        Ok(members)
    } else {
        Err(Trouble::fault(
            Fault::at(subset, "the subset has no rows").remedy("give the rows that are released"),
        ))
    }
}

/// Cells with their lengths, so that no two rows look alike.
fn fill(key: &mut Vec<u8>, record: &ByteRecord) {
    key.clear();
    for cell in record {
        key.extend_from_slice(&(cell.len() as u64).to_le_bytes());
        key.extend_from_slice(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_the_subset_takes_one_row_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (file, part) = (
            folder.path().join("all.csv"),
            folder.path().join("part.csv"),
        );
        std::fs::write(&file, "a;b\n1;2\n1;2\n3;4\n1;2\n").unwrap();
        std::fs::write(&part, "a;b\n1;2\n1;2\n").unwrap();
        assert_eq!(
            members(&file, &part, b';').unwrap(),
            [true, true, false, false]
        );
        std::fs::write(&part, "a;b\n1;2\n12;\n").unwrap();
        let told = members(&file, &part, b';').unwrap_err().to_string();
        assert!(told.contains("part.csv:3: the row is not in"), "{told}");
        std::fs::write(&part, "a;b\n").unwrap();
        assert!(members(&file, &part, b';').is_err());
        std::fs::write(&part, "a;c\n1;2\n").unwrap();
        assert!(members(&file, &part, b';').is_err());
    }
}
