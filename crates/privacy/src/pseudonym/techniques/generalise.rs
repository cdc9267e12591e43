//! 일반화: a value's parent in a hierarchy, for all values or only for rare ones.

use std::collections::HashMap;

use city::recipe::Generalise;

use super::super::failed::Unfit;
use super::{Cells, Columns, Misfit, Whole};

/// A hierarchy as its values see it: the steps up from each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    steps: HashMap<String, Vec<String>>,
    height: usize,
}

impl Ladder {
    /// From lines: the value first, then its parents; all of one length.
    pub fn new(lines: impl IntoIterator<Item = Vec<String>>) -> Self {
        let mut ladder = Self::default();
        for line in lines {
            let mut cells = line.into_iter();
            if let Some(value) = cells.next() {
                let parents: Vec<String> = cells.collect();
                ladder.height = ladder.height.max(parents.len());
                ladder.steps.insert(value, parents);
            }
        }
        ladder
    }

    /// Steps that lead up.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The value so many steps up; 0 is the value itself.
    fn up(&self, value: &str, level: usize) -> Option<&str> {
        let (own, parents) = self.steps.get_key_value(value)?;
        match level.checked_sub(1) {
            None => Some(own),
            Some(at) => parents.get(at).map(String::as_str),
        }
    }
}

impl From<&crate::anonymity::hierarchy::Hierarchy> for Ladder {
    fn from(tree: &crate::anonymity::hierarchy::Hierarchy) -> Self {
        let leaves = u32::try_from(tree.leaves()).unwrap_or(u32::MAX);
        Self::new((0..leaves).map(|leaf| {
            (0..tree.levels())
                .map(|level| tree.value(level, leaf).to_owned())
                .collect()
        }))
    }
}

fn unknown() -> Unfit {
    Unfit::new(
        "the hierarchy has no such value",
        "a value that stands first in one of its lines",
    )
    .remedy("add a line for it to the hierarchy")
}

/// 일반화.
pub(super) struct Steps<'t> {
    ladder: &'t Ladder,
    level: usize,
}

impl<'t> Steps<'t> {
    pub(super) fn new(ladder: &'t Ladder, rule: &Generalise) -> Result<Self, Unfit> {
        let level = usize::try_from(rule.level).unwrap_or(usize::MAX);
        if level > ladder.height() {
            let what = format!("`{}` does not lead so far up", rule.hierarchy);
            return Err(Unfit::new(what, format!("1 to {}", ladder.height())));
        }
        Ok(Self { ladder, level })
    }
}

impl Cells for Steps<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let up = self.ladder.up(value.trim(), self.level);
        up.map(str::to_owned).ok_or_else(unknown)
    }
}

/// 로컬 일반화: rare values go up until they are shared by enough rows, or there is no further up.
pub(super) struct Local<'t> {
    pub(super) ladder: &'t Ladder,
    pub(super) fewer_than: u32,
}

impl Columns for Local<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        let mut levels: HashMap<String, usize> = HashMap::new();
        let mut misfits = Vec::new();
        for (at, value) in column.values.iter().enumerate() {
            if !value.is_empty() && !levels.contains_key(value.trim()) {
                if self.ladder.up(value.trim(), 0).is_none() {
                    misfits.push((Some(at), unknown()));
                }
                levels.insert(value.trim().to_owned(), 0);
            }
        }
        if !misfits.is_empty() {
            return Err(misfits);
        }
        let mut rows: HashMap<String, u32> = HashMap::new();
        for value in column.values.iter().filter(|value| !value.is_empty()) {
            let count = rows.entry(value.trim().to_owned()).or_default();
            *count = count.saturating_add(1);
        }
        while self.raise(&mut levels, &rows) {}
        let ladder = self.ladder;
        for value in column.values.iter_mut().filter(|value| !value.is_empty()) {
            let level = levels.get(value.trim()).copied().unwrap_or_default();
            if let Some(up) = ladder.up(value.trim(), level) {
                *value = up.to_owned();
            }
        }
        Ok(())
    }
}

impl Local<'_> {
    /// One step up for all that are shared by too few rows; whether there were any.
    fn raise(&self, levels: &mut HashMap<String, usize>, rows: &HashMap<String, u32>) -> bool {
        let mut shares: HashMap<&str, u32> = HashMap::new();
        for (value, level) in levels.iter().map(|(value, level)| (value.as_str(), *level)) {
            if let Some(up) = self.ladder.up(value, level) {
                let count = shares.entry(up).or_default();
                *count = count.saturating_add(rows.get(value).copied().unwrap_or_default());
            }
        }
        let is_rare = |value: &str, level: usize| {
            let up = self.ladder.up(value, level).unwrap_or_default();
            shares.get(up).is_some_and(|count| *count < self.fewer_than)
        };
        let rare: Vec<String> = levels
            .iter()
            .filter(|(value, level)| {
                is_rare(value, **level) && self.ladder.up(value, **level + 1).is_some()
            })
            .map(|(value, _)| value.clone())
            .collect();
        for value in &rare {
            if let Some(level) = levels.get_mut(value) {
                *level += 1;
            }
        }
        !rare.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::column;
    use super::*;

    fn ladder() -> Ladder {
        let lines = [
            "가온동;가구;시",
            "누리동;가구;시",
            "다온동;나구;시",
            "라온동;나구;시",
        ];
        Ladder::new(lines.map(|line| line.split(';').map(str::to_owned).collect()))
    }

    #[test]
    fn a_value_gives_way_to_its_parent() {
        let ladder = ladder();
        let rule = |level| Generalise {
            hierarchy: "dong.csv".into(),
            level,
        };
        let mut steps = Steps::new(&ladder, &rule(1)).unwrap();
        assert_eq!(steps.replace("가온동").unwrap(), "가구");
        assert!(steps.replace("마온동").is_err());
        assert!(Steps::new(&ladder, &rule(3)).is_err());
    }

    #[test]
    fn only_rare_values_go_up_and_no_further_than_they_must() {
        let ladder = ladder();
        let mut local = Local {
            ladder: &ladder,
            fewer_than: 2,
        };
        let values = ["가온동", "가온동", "누리동", "다온동", "라온동", ""];
        let (found, _) = column(&mut local, &values, &[]).unwrap();
        // 누리동 alone is rare as 가구 too, for 가온동 stays what it is.
        assert_eq!(found, ["가온동", "가온동", "시", "나구", "나구", ""]);
    }
}
