//! Rows of the door → a complete table of counts with its totals; small ones hidden, and others so that nobody can work
//! them out. The gate works it out all the same, by code of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use access::Rows;
use access::suppress::suppress;
use city::{Dataset, ReleasePlan};
use futures::StreamExt as _;
use privacy::gate::Promised;
use privacy::gate::suppression::{Counted, Grid, HIDDEN};

use super::write::{each, filters, promised};
use super::{Made, reader};
use crate::commands::privacy::pseudonymise::write::Sink;
use crate::exit::Failure;
use crate::platform::Platform;

/// The word for all groups.
const TOTAL: &str = "합계";
/// The word for rows that have no group.
const NONE: &str = "(값 없음)";
/// A table of more cells is no table that anybody reads, and memory stays bounded.
const CELLS_MAX: usize = 100_000;
/// How far the threshold is raised where hidden counts could still be worked out.
const RAISED_MAX: u64 = 64;

/// Counts and sums of a pair of groups.
#[derive(Clone, Debug, Default)]
struct Cell {
    count: u64,
    sums: Vec<f64>,
}

impl Cell {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sums.resize(self.sums.len().max(other.sums.len()), 0.0);
        for (sum, own) in self.sums.iter_mut().zip(&other.sums) {
            *sum += own;
        }
    }
}

/// All groups with what they count.
struct Table {
    /// Groups of the first column, and of the second, or one without a name.
    groups: [Vec<String>; 2],
    cells: BTreeMap<(usize, usize), Cell>,
    sums: usize,
}

/// Writes the table that a plan names.
pub(crate) async fn table(
    platform: &Platform,
    plan: &ReleasePlan,
    out: &Path,
) -> Result<Made, Failure> {
    let dataset = platform.dataset(&plan.dataset)?;
    let question = Rows {
        dataset: plan.dataset.clone(),
        filters: filters(plan)?,
        columns: plan.by.iter().chain(&plan.sums).cloned().collect(),
        ..Rows::default()
    };
    let mut answer = reader(platform, plan)?.rows(&question).await?;
    let versions = answer.versions.clone();
    let mut counting = Counting::new(plan);
    while let Some(batch) = answer.next().await {
        each(&batch?, &mut |row| counting.take(row))?;
    }
    let table = counting.done();
    let counted = Counted {
        by: plan.by.len(),
        sums: plan.sums.len(),
        threshold: plan.small_cells(&platform.city.manifest),
        total: TOTAL.to_owned(),
    };
    let lines = table.safe(&counted);
    let columns = columns(dataset, plan);
    let mut sink = Sink::create(out)?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    sink.row(&names)?;
    for line in &lines {
        sink.row(line)?;
    }
    Ok(Made {
        columns,
        rows: u64::try_from(lines.len()).unwrap_or_default(),
        sha256: sink.finish()?,
        versions,
        counted: Some(counted),
    })
}

fn columns(dataset: &Dataset, plan: &ReleasePlan) -> Vec<Promised> {
    let by = plan.by.iter().map(|name| promised(dataset, name));
    let count = Promised {
        name: "건수".to_owned(),
        others: vec!["count".to_owned()],
        accepted: Vec::new(),
        is_made: false,
    };
    let sums = plan.sums.iter().map(|name| {
        let own = promised(dataset, name);
        Promised {
            name: format!("{} 합계", own.name),
            ..own
        }
    });
    by.chain([count]).chain(sums).collect()
}

/// Rows on their way into a table.
struct Counting {
    by: usize,
    sums: usize,
    groups: [BTreeSet<String>; 2],
    cells: BTreeMap<(String, String), Cell>,
    id: String,
}

impl Counting {
    fn new(plan: &ReleasePlan) -> Self {
        Self {
            by: plan.by.len(),
            sums: plan.sums.len(),
            groups: [BTreeSet::new(), BTreeSet::new()],
            cells: BTreeMap::new(),
            id: plan.id.to_string(),
        }
    }

    fn take(&mut self, row: &[String]) -> Result<(), Failure> {
        let word = |at: usize| match row.get(at).map(String::as_str) {
            _ if at >= self.by => String::new(),
            None | Some("") => NONE.to_owned(),
            Some(word) => word.to_owned(),
        };
        let key = (word(0), word(1));
        if key.0 == TOTAL || key.1 == TOTAL {
            return Err(Failure::Input(format!(
                "release `{}`: a group is called `{TOTAL}`, which is the word for all of them; count by another column",
                self.id
            )));
        }
        let [first, second] = &mut self.groups;
        first.insert(key.0.clone());
        second.insert(key.1.clone());
        if first.len().saturating_mul(second.len()) > CELLS_MAX {
            return Err(Failure::Input(format!(
                "release `{}`: counted by these columns there are more than {CELLS_MAX} groups; count by columns that many rows share",
                self.id
            )));
        }
        let numbers = row.iter().skip(self.by).take(self.sums);
        let own = Cell {
            count: 1,
            sums: numbers.map(|text| text.parse().unwrap_or(0.0)).collect(),
        };
        self.cells.entry(key).or_default().add(&own);
        Ok(())
    }

    fn done(self) -> Table {
        let groups = self
            .groups
            .map(|groups| groups.into_iter().collect::<Vec<_>>());
        let [first, second] = &groups;
        let at =
            |groups: &[String], word: &String| groups.binary_search(word).unwrap_or(usize::MAX);
        let cells = self.cells.into_iter();
        Table {
            cells: cells
                .map(|((row, column), cell)| ((at(first, &row), at(second, &column)), cell))
                .collect(),
            sums: self.sums,
            groups,
        }
    }
}

impl Table {
    /// The lines of the file. Where counts that are hidden could still be worked out, more of them are.
    fn safe(&self, counted: &Counted) -> Vec<Vec<String>> {
        let most = counted.threshold.saturating_add(RAISED_MAX);
        for threshold in counted.threshold..most {
            let lines = self.lines(counted.by, threshold);
            let mut grid = Grid::new(counted);
            for line in &lines {
                grid.take(line);
            }
            if grid.check().holds {
                return lines;
            }
        }
        self.lines(counted.by, u64::MAX)
    }

    fn lines(&self, by: usize, threshold: u64) -> Vec<Vec<String>> {
        let [rows, columns] = &self.groups;
        let count =
            |row: usize, column: usize| self.cells.get(&(row, column)).map_or(0, |cell| cell.count);
        let counts: Vec<Vec<u64>> = (0..rows.len())
            .map(|row| {
                (0..columns.len())
                    .map(|column| count(row, column))
                    .collect()
            })
            .collect();
        let hidden = suppress(&counts, threshold);
        let mut lines = Vec::new();
        for row in 0..=rows.len() {
            // Of one column of groups a row's total is its only cell.
            let places = if by == 1 { 0..=0 } else { 0..=columns.len() };
            for column in places {
                let (is_all_rows, is_all) = (row == rows.len(), column == columns.len());
                let is_hidden = match (is_all_rows, is_all) {
                    (false, false) if by == 1 => {
                        hidden.cells.contains(&(row, column)) || hidden.rows.contains(&row)
                    }
                    (true, false) if by == 1 => hidden.columns.contains(&column) || hidden.total,
                    (false, false) => hidden.cells.contains(&(row, column)),
                    (false, true) => hidden.rows.contains(&row),
                    (true, false) => hidden.columns.contains(&column),
                    (true, true) => hidden.total,
                };
                let word = |groups: &[String], at: usize| {
                    groups.get(at).cloned().unwrap_or_else(|| TOTAL.to_owned())
                };
                let names = [word(rows, row), word(columns, column)];
                let mut line: Vec<String> = names.into_iter().take(by).collect();
                line.extend(self.numbers(row, column, is_hidden));
                lines.push(line);
            }
        }
        lines
    }

    /// Count and sums of a place, behind whose last group the totals are.
    fn numbers(&self, row: usize, column: usize, is_hidden: bool) -> Vec<String> {
        if is_hidden {
            return vec![HIDDEN.to_owned(); 1 + self.sums];
        }
        let [rows, columns] = &self.groups;
        let mut sum = Cell {
            count: 0,
            sums: vec![0.0; self.sums],
        };
        let takes = |own: usize, wanted: usize, last: usize| wanted == last || own == wanted;
        for ((own_row, own_column), cell) in &self.cells {
            if takes(*own_row, row, rows.len()) && takes(*own_column, column, columns.len()) {
                sum.add(cell);
            }
        }
        let sums = sum.sums.iter().map(|sum| number(*sum));
        [sum.count.to_string()].into_iter().chain(sums).collect()
    }
}

/// A sum without a tail of noughts.
fn number(sum: f64) -> String {
    let text = format!("{sum:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(by: &[&str], sums: &[&str]) -> ReleasePlan {
        serde_json::from_value(serde_json::json!({
            "id": "visits", "title": "방문", "purpose": "통계", "kind": "aggregated", "dataset": "visits",
            "by": by, "sums": sums, "threshold": 5,
        }))
        .unwrap()
    }

    fn counted(plan: &ReleasePlan) -> Counted {
        Counted {
            by: plan.by.len(),
            sums: plan.sums.len(),
            threshold: plan.threshold.unwrap_or_default(),
            total: TOTAL.to_owned(),
        }
    }

    fn lines(plan: &ReleasePlan, groups: &[(&[&str], u64)]) -> Vec<String> {
        let mut counting = Counting::new(plan);
        for (words, count) in groups {
            let mut row: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            row.resize(plan.by.len() + plan.sums.len(), "2".to_owned());
            (0..*count).for_each(|_| counting.take(&row).unwrap());
        }
        let lines = counting.done().safe(&counted(plan));
        lines.iter().map(|line| line.join(" ")).collect()
    }

    #[test]
    fn a_small_group_takes_another_with_it_and_totals_stay() {
        let plan = plan(&["dong"], &["people"]);
        let found = lines(
            &plan,
            &[(&["가온동"], 3), (&["누리동"], 7), (&["다온동"], 30)],
        );
        assert_eq!(
            found,
            ["가온동 * *", "누리동 * *", "다온동 30 60", "합계 40 80"]
        );
    }

    #[test]
    fn a_table_of_two_columns_is_complete_and_passes_the_gate() {
        let plan = plan(&["dong", "result"], &[]);
        let groups: &[(&[&str], u64)] = &[
            (&["가온동", "양호"], 1),
            (&["가온동", "관찰"], 1),
            (&["누리동", "양호"], 40),
            (&["누리동", "관찰"], 50),
            (&["다온동", "양호"], 30),
            (&["", "양호"], 9),
        ];
        let found = lines(&plan, groups);
        assert_eq!(found.len(), 5 * 3, "{found:?}");
        let mut grid = Grid::new(&counted(&plan));
        for line in &found {
            // No word of these has a space, but one.
            let line = line.replace("(값 없음)", "none");
            grid.take(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        }
        assert!(grid.check().holds, "{found:?}");
        assert!(
            found.iter().any(|line| line == "합계 합계 131"),
            "{found:?}"
        );
    }
}
