//! 삭제: a column, a part of each value, rows or cells that stand out.

use city::recipe::{Outstanding, Part};

use super::super::decimal::Decimal;
use super::super::failed::Unfit;
use super::{Cells, Columns, Misfit, Whole};

/// 유지: nothing goes.
pub(super) struct Nothing;

impl Cells for Nothing {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        Ok(value.to_owned())
    }
}

/// 항목 삭제: everything goes; the column itself is left out by whoever writes.
pub(super) struct All;

impl Cells for All {
    fn replace(&mut self, _: &str) -> Result<String, Unfit> {
        Ok(String::new())
    }
}

/// 부분 삭제: characters at either end go.
pub(super) struct Parts<'t>(pub(super) &'t Part);

impl Cells for Parts<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let count = value.chars().count();
        let wide = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let behind = count.saturating_sub(wide(self.0.last));
        let kept = value.chars().take(behind).skip(wide(self.0.first));
        Ok(kept.collect())
    }
}

/// Whether a value stands out by itself. A value that is no number stands out of no bounds.
fn stands_out(rule: &Outstanding, value: &str) -> Result<bool, Unfit> {
    if value.is_empty() {
        return Ok(false);
    }
    if rule.values.iter().any(|one| one == value) {
        return Ok(true);
    }
    if rule.above.is_none() && rule.below.is_none() {
        return Ok(false);
    }
    let number = Decimal::parse(value)?;
    let beyond = |bound: Option<f64>| bound.map(Decimal::of).transpose();
    let (above, below) = (beyond(rule.above)?, beyond(rule.below)?);
    Ok(above.is_some_and(|bound| number > bound) || below.is_some_and(|bound| number < bound))
}

/// 행 항목 삭제: rows that stand out go.
pub(super) struct Rows<'t>(pub(super) &'t Outstanding);

impl Columns for Rows<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        for at in outstanding(self.0, column)? {
            if let Some(place) = column.going.get_mut(at) {
                *place = true;
            }
        }
        Ok(())
    }
}

/// 로컬 삭제: cells that stand out become empty.
pub(super) struct Local<'t>(pub(super) &'t Outstanding);

impl Columns for Local<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        for at in outstanding(self.0, column)? {
            column.set(at, String::new());
        }
        Ok(())
    }
}

impl Cells for Local<'_> {
    fn replace(&mut self, value: &str) -> Result<String, Unfit> {
        let goes = stands_out(self.0, value)?;
        Ok(if goes {
            String::new()
        } else {
            value.to_owned()
        })
    }
}

fn outstanding(rule: &Outstanding, column: &Whole<'_>) -> Result<Vec<usize>, Vec<Misfit>> {
    let shares = column.shares();
    let mut misfits = Vec::new();
    let mut found = Vec::new();
    for (at, value) in column.values.iter().enumerate() {
        let is_rare = rule.fewer_than.is_some_and(|least| {
            shares
                .get(value.as_str())
                .is_some_and(|count| *count < least)
        });
        match stands_out(rule, value) {
            Ok(stands) if stands || is_rare => found.push(at),
            Ok(_) => (),
            Err(unfit) => misfits.push((Some(at), unfit)),
        }
    }
    if misfits.is_empty() {
        Ok(found)
    } else {
        Err(misfits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::column;
    use super::*;

    #[test]
    fn parts_are_counted_in_characters() {
        let mut part = Parts(&Part { first: 0, last: 2 });
        assert_eq!(part.replace("가온동 12-3").unwrap(), "가온동 12");
        assert_eq!(part.replace("가").unwrap(), "");
        let mut part = Parts(&Part { first: 3, last: 0 });
        assert_eq!(part.replace("가온동 12-3").unwrap(), " 12-3");
    }

    #[test]
    fn rare_values_and_values_beyond_a_bound_stand_out() {
        let rule = Outstanding {
            fewer_than: Some(2),
            above: Some(100.0),
            ..Outstanding::default()
        };
        let values = ["7", "7", "8", "", "101", "101"];
        let (kept, going) = column(&mut Rows(&rule), &values, &[]).unwrap();
        assert_eq!(kept, values);
        assert_eq!(going, [false, false, true, false, true, true]);
        let (kept, going) = column(&mut Local(&rule), &values, &[]).unwrap();
        assert_eq!(kept, ["7", "7", "", "", "", ""]);
        assert!(!going.contains(&true));
    }

    #[test]
    fn a_value_that_is_no_number_is_told_with_its_place() {
        let rule = Outstanding {
            above: Some(100.0),
            ..Outstanding::default()
        };
        let misfits = column(&mut Rows(&rule), &["1", "많음"], &[]).unwrap_err();
        assert_eq!(misfits[0].0, Some(1));
        assert!(
            !misfits[0].1.what.contains("많음"),
            "a message holds no value"
        );
    }
}
