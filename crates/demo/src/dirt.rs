//! Faults and where they were planted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A fault that was planted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlantedFault {
    /// The dataset.
    pub dataset: String,
    /// The file, relative to the inbox; for an Open API the page.
    pub file: String,
    /// Line of a text, row of a sheet, ordinal of a record.
    pub row: u64,
    /// The column it was planted in, by physical name; none where the whole row is wrong.
    pub column: Option<String>,
    /// The check that must find it.
    pub check: String,
}

/// Everything planted, and the rows written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planted {
    /// The faults.
    pub faults: Vec<PlantedFault>,
    /// Rows by dataset, as the platform counts them.
    pub rows: BTreeMap<String, u64>,
}

/// One kind of fault of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plant {
    /// Column by physical name.
    pub column: Option<&'static str>,
    /// Its place among the cells.
    pub at: usize,
    /// The check that must find it.
    pub check: &'static str,
    /// What is done.
    pub make: Make,
}

/// What is done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    /// The cell says this.
    Value(&'static str),
    /// The cell says what the row before says.
    Previous,
    /// The cell and this other change places.
    Swap(usize),
    /// The row has a cell too few: the rest is shifted.
    Short,
    /// The row has a cell too many.
    Long,
    /// The cell holds bytes that are no text.
    BadBytes,
    /// The cell holds a NUL byte.
    Nul,
}

/// A fault in one cell.
pub const fn cell(
    column: &'static str,
    at: usize,
    check: &'static str,
    value: &'static str,
) -> Plant {
    Plant {
        column: Some(column),
        at,
        check,
        make: Make::Value(value),
    }
}

/// A key that stands twice.
pub const fn twice(column: &'static str, at: usize) -> Plant {
    Plant {
        column: Some(column),
        at,
        check: "unique",
        make: Make::Previous,
    }
}

/// Two cells swapped.
pub const fn swapped(at: usize, with: usize, check: &'static str) -> Plant {
    Plant {
        column: None,
        at,
        check,
        make: Make::Swap(with),
    }
}

/// A row that is no row.
pub const fn broken(make: Make, check: &'static str) -> Plant {
    Plant {
        column: None,
        at: 1,
        check,
        make,
    }
}

/// Plants faults at regular distances, each kind in turn.
pub struct Dirt {
    plants: &'static [Plant],
    every: u64,
    seen: u64,
    next: usize,
    is_put_off: bool,
    previous: Vec<String>,
}

impl Dirt {
    /// A fault stands in each so manyth row.
    fn every(plants: &[Plant], rows: u64) -> u64 {
        let kinds = u64::try_from(plants.len()).unwrap_or_default().max(1);
        (rows / (kinds + 1)).clamp(11, 331)
    }

    /// The first row from `number` (from 0, around the end) that is left as it is: others may name it.
    pub fn sound(plants: &[Plant], rows: u64, number: u64) -> u64 {
        let at = number % rows.max(1);
        if plants.is_empty() || !(at + 1).is_multiple_of(Self::every(plants, rows)) {
            at
        } else {
            (at + 1) % rows.max(1)
        }
    }

    /// Faults for about `rows` rows.
    pub fn new(plants: &'static [Plant], rows: u64) -> Self {
        Self {
            plants,
            every: Self::every(plants, rows),
            seen: 0,
            next: 0,
            is_put_off: false,
            previous: Vec::new(),
        }
    }

    /// Changes a row when its turn has come; tells what was done.
    pub fn apply(&mut self, cells: &mut Vec<String>) -> Option<Plant> {
        self.seen += 1;
        let before = std::mem::replace(&mut self.previous, cells.clone());
        let is_due = self.seen.is_multiple_of(self.every) || self.is_put_off;
        if self.plants.is_empty() || !is_due {
            return None;
        }
        let plant = *self.plants.get(self.next % self.plants.len())?;
        // Two empty cells that change places are no fault: the next row's turn.
        self.is_put_off =
            matches!(plant.make, Make::Swap(with) if cells.get(plant.at) == cells.get(with));
        if self.is_put_off {
            return None;
        }
        self.next += 1;
        match plant.make {
            Make::Value(value) => value.clone_into(cells.get_mut(plant.at)?),
            Make::Previous => cells.get_mut(plant.at)?.clone_from(before.get(plant.at)?),
            Make::Swap(with) => cells.swap(plant.at, with),
            Make::Short => {
                cells.remove(plant.at);
            }
            Make::Long => cells.insert(plant.at, "밀림".to_owned()),
            Make::BadBytes => cells.get_mut(plant.at)?.push('\u{fffd}'),
            Make::Nul => cells.get_mut(plant.at)?.push('\0'),
        }
        // What follows must not repeat a row that is not there.
        self.previous.clone_from(cells);
        if plant.check == "unique" {
            self.previous = before;
        }
        Some(plant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(rows: &[[&str; 2]]) -> Vec<usize> {
        let mut dirt = Dirt::new(SWAPPED, 30);
        let cells = |row: &[&str; 2]| row.map(str::to_owned).to_vec();
        let mut at = (0..)
            .zip(rows)
            .filter(|(_, row)| dirt.apply(&mut cells(row)).is_some());
        at.by_ref().map(|(at, _)| at).collect()
    }

    const SWAPPED: &[Plant] = &[swapped(0, 1, "inside")];

    #[test]
    fn cells_that_are_the_same_are_not_swapped() {
        let mut rows = [["127.0", "37.3"]; 40];
        rows[14] = ["", ""];
        assert_eq!(planted(&rows), [15, 29]);
    }

    #[test]
    fn others_name_rows_that_are_as_they_should_be() {
        let plants = SWAPPED;
        let mut dirt = Dirt::new(plants, 60);
        for number in 0..60 {
            let mut cells = vec!["1".to_owned(), "2".to_owned()];
            let is_planted = dirt.apply(&mut cells).is_some();
            assert_eq!(Dirt::sound(plants, 60, number) != number, is_planted);
        }
    }
}
