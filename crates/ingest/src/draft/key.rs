//! Which columns together name a row.

use std::collections::HashSet;

use city::{Column, ColumnType};

use super::profile::Profile;
use super::{meaning, privacy};

/// Columns tried in pairs.
const COLUMNS_MAX: usize = 12;
/// Rows up to which pairs are tried.
const ROWS_MAX: usize = 400_000;

/// Fingerprints of the first columns of every row, as long as there are not too many rows.
pub(super) struct Marks {
    width: usize,
    marks: Option<Vec<u64>>,
    hasher: ahash::RandomState,
}

impl Marks {
    pub(super) fn new(columns: usize) -> Self {
        Self {
            width: columns.min(COLUMNS_MAX),
            marks: Some(Vec::new()),
            hasher: ahash::RandomState::with_seeds(5, 6, 7, 8),
        }
    }

    pub(super) fn add<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        let Some(marks) = &mut self.marks else { return };
        if marks.len() >= ROWS_MAX * self.width.max(1) {
            self.marks = None;
            return;
        }
        let hasher = &self.hasher;
        marks.extend(
            cells
                .take(self.width)
                .map(|cell| hasher.hash_one(crate::text::trim(cell))),
        );
    }

    /// Whether no two rows agree in all of `columns`.
    fn tells_apart(&self, columns: &[usize]) -> bool {
        let Some(marks) = &self.marks else {
            return false;
        };
        let mut seen = HashSet::with_capacity(marks.len() / self.width.max(1));
        marks.chunks_exact(self.width.max(1)).all(|row| {
            let parts: Vec<u64> = columns
                .iter()
                .filter_map(|at| row.get(*at).copied())
                .collect();
            parts.len() == columns.len() && seen.insert(self.hasher.hash_one(&parts))
        })
    }
}

/// The key to propose: one column, a pair, or everything but the value of a long table. Empty
/// where nothing names a row.
pub(super) fn find(
    profiles: &[Profile],
    columns: &[Column],
    marks: &Marks,
    long: bool,
    is_total: impl Fn(&str) -> bool,
) -> Vec<usize> {
    if long {
        // The value stands last; totals beside it do not name a row.
        let all: Vec<usize> = (0..columns.len().saturating_sub(1))
            .filter(|at| {
                profiles
                    .get(*at)
                    .is_some_and(|profile| !is_total(&profile.name))
            })
            .collect();
        return if marks.tells_apart(&all) {
            all
        } else {
            Vec::new()
        };
    }
    let may = |at: usize| {
        let both = profiles.get(at).zip(columns.get(at));
        both.is_some_and(|(profile, column)| may_name(profile, column))
    };
    let unique: Vec<usize> = (0..columns.len())
        .filter(|at| may(*at) && profiles.get(*at).is_some_and(Profile::is_unique))
        .collect();
    let named = |at: &&usize| {
        profiles
            .get(**at)
            .is_some_and(|profile| meaning::is_code(&profile.name))
    };
    let lasting = |at: &&usize| {
        profiles.get(**at).is_some_and(|profile| {
            !meaning::is_running(&profile.name) && !privacy::is_address(profile)
        }) && columns
            .get(**at)
            .is_some_and(|column| matches!(column.column_type, ColumnType::Code | ColumnType::Text))
    };
    if let Some(at) = unique
        .iter()
        .find(named)
        .or_else(|| unique.iter().find(lasting))
    {
        return vec![*at];
    }
    let candidates: Vec<usize> = (0..columns.len().min(COLUMNS_MAX))
        .filter(|at| {
            may(*at)
                && profiles
                    .get(*at)
                    .is_some_and(|profile| !meaning::is_running(&profile.name))
                && columns
                    .get(*at)
                    .is_some_and(|column| column.column_type != ColumnType::Integer)
        })
        .collect();
    for (rank, left) in candidates.iter().enumerate() {
        for right in candidates.iter().skip(rank + 1) {
            if marks.tells_apart(&[*left, *right]) {
                return vec![*left, *right];
            }
        }
    }
    unique.into_iter().take(1).collect()
}

/// Whether a column's values could name rows: all there, short, and no measured quantity.
fn may_name(profile: &Profile, column: &Column) -> bool {
    let missing = profile.empty > 0
        || column
            .null_tokens
            .iter()
            .any(|token| profile.count(token) > 0);
    let names = matches!(
        column.column_type,
        ColumnType::Text
            | ColumnType::Code
            | ColumnType::Integer
            | ColumnType::Date
            | ColumnType::Year
            | ColumnType::Month
    );
    !missing
        && names
        && !privacy::is_phone(profile)
        && column.unit.is_none()
        && profile.longest <= 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_tell_rows_apart() {
        let mut marks = Marks::new(3);
        for row in [["가", "1", "x"], ["가", "2", "x"], ["나", "1", "x"]] {
            marks.add(row.into_iter());
        }
        assert!(!marks.tells_apart(&[0]));
        assert!(marks.tells_apart(&[0, 1]));
        assert!(!marks.tells_apart(&[0, 2]));
    }
}
