//! Wide tables → long ones.

use city::Fault;
use city::dataset::Long;
use regex::Regex;

use crate::formats::Row;

/// How the columns of a wide table become rows.
pub struct Melt {
    columns: Vec<String>,
    /// Source columns kept as they are.
    kept: Vec<usize>,
    /// Source columns that become rows, with what their names say.
    melted: Vec<(usize, Vec<String>)>,
}

impl Melt {
    /// Lays the declaration over the source's columns.
    ///
    /// # Errors
    /// When no column matches, or the pattern does not compile.
    pub fn new(long: &Long, names: &[String], file: &str) -> Result<Self, Vec<Fault>> {
        let pattern = Regex::new(&long.columns).map_err(|error| {
            vec![Fault::at(
                file,
                format!("`long.columns` does not compile: {error}"),
            )]
        })?;
        let groups: Vec<String> = pattern
            .capture_names()
            .flatten()
            .map(str::to_owned)
            .collect();
        let (mut kept, mut melted) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            match pattern.captures(name) {
                Some(found) => {
                    let parts = groups
                        .iter()
                        .map(|group| {
                            found
                                .name(group)
                                .map_or_else(String::new, |part| part.as_str().to_owned())
                        })
                        .collect();
                    melted.push((at, parts));
                }
                None => kept.push(at),
            }
        }
        if melted.is_empty() {
            let first = names
                .iter()
                .take(20)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            return Err(vec![
                Fault::at(file, "no column matches `long.columns`")
                    .expected(format!("a pattern for columns such as {first}")),
            ]);
        }
        let mut columns: Vec<String> = kept
            .iter()
            .filter_map(|at| names.get(*at).cloned())
            .collect();
        columns.extend(groups);
        columns.push(long.value.clone());
        Ok(Self {
            columns,
            kept,
            melted,
        })
    }

    /// Names of the long table's columns: those kept, the pattern's groups, the value.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows that `rows` become: one a melted column. Each keeps its source row's number.
    pub fn rows(&self, rows: &[Row]) -> Vec<Row> {
        let mut long = Vec::with_capacity(rows.len() * self.melted.len());
        for row in rows {
            let kept: Vec<Option<String>> = self
                .kept
                .iter()
                .map(|at| row.cells.get(*at).cloned().flatten())
                .collect();
            for (at, parts) in &self.melted {
                let mut cells = kept.clone();
                cells.extend(parts.iter().cloned().map(Some));
                cells.push(row.cells.get(*at).cloned().flatten());
                long.push(Row {
                    number: row.number,
                    cells,
                    geometry: row.geometry.clone(),
                    odd: None,
                });
            }
        }
        long
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_matching_column_becomes_a_row() {
        let long = Long {
            columns: "^(?<연도>[0-9]+)년_(?<성별>남|여)$".to_owned(),
            value: "인구".to_owned(),
        };
        let names: Vec<String> = ["동", "2024년_남", "2024년_여"]
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        let melt = Melt::new(&long, &names, "a.csv").unwrap();
        assert_eq!(melt.columns(), ["동", "연도", "성별", "인구"]);
        let row = Row {
            number: 2,
            cells: vec![Some("가온동".into()), Some("1".into()), Some("2".into())],
            geometry: None,
            odd: None,
        };
        let rows: Vec<String> = melt
            .rows(&[row])
            .iter()
            .map(|row| {
                row.cells
                    .iter()
                    .flatten()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        assert_eq!(rows, ["가온동 2024 남 1", "가온동 2024 여 2"]);
    }
}
