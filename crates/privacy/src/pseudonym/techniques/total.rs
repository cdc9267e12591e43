//! 총계처리: a figure of many values takes the place of each.

use city::recipe::{Statistic, Total};

use super::super::decimal::{Decimal, divided, power};
use super::super::failed::Unfit;
use super::{Columns, Misfit, Whole};

/// Replaces values by a figure of them.
pub(super) struct Totals<'t>(pub(super) &'t Total);

impl Columns for Totals<'_> {
    fn replace(&mut self, column: &mut Whole<'_>) -> Result<(), Vec<Misfit>> {
        for group in column.groups(self.0.by.as_deref()) {
            let numbers = numbers(column, &group)?;
            let figure = figure(self.0.of, &numbers, self.0.digits).to_string();
            for at in group {
                column.set(at, figure.clone());
            }
        }
        Ok(())
    }
}

/// The numbers at these places; all that are none, with their places.
pub(super) fn numbers(column: &Whole<'_>, places: &[usize]) -> Result<Vec<Decimal>, Vec<Misfit>> {
    let mut misfits = Vec::new();
    let mut numbers = Vec::with_capacity(places.len());
    for at in places {
        match Decimal::parse(column.values.get(*at).map_or("", String::as_str)) {
            Ok(number) => numbers.push(number),
            Err(unfit) => misfits.push((Some(*at), unfit)),
        }
    }
    if misfits.is_empty() {
        Ok(numbers)
    } else {
        Err(misfits)
    }
}

/// The sum in units of the finest digit among the numbers, and that digit.
pub(super) fn sum(numbers: &[Decimal]) -> (i128, u32) {
    let digits = numbers
        .iter()
        .map(|number| number.digits())
        .max()
        .unwrap_or_default();
    let add = |sum: i128, number: &Decimal| sum.saturating_add(number.units_at(digits));
    (numbers.iter().fold(0, add), digits)
}

/// The mean with so many digits, halves away from zero.
pub(super) fn mean(numbers: &[Decimal], digits: u32) -> Decimal {
    let (sum, finest) = sum(numbers);
    let count = i128::try_from(numbers.len()).unwrap_or(i128::MAX);
    scaled(sum, finest, count, digits)
}

/// `units / 10^finest / count` with so many digits.
fn scaled(units: i128, finest: u32, count: i128, digits: u32) -> Decimal {
    let above = units.saturating_mul(power(digits));
    let below = count.saturating_mul(power(finest));
    Decimal::new(divided(above, below), digits)
}

fn figure(of: Statistic, numbers: &[Decimal], digits: u32) -> Decimal {
    let mut sorted: Vec<Decimal> = numbers.to_vec();
    match of {
        Statistic::Sum => {
            let (sum, finest) = sum(numbers);
            scaled(sum, finest, 1, digits)
        }
        Statistic::Mean => mean(numbers, digits),
        Statistic::Median => {
            sorted.sort_unstable();
            let middle = sorted.len() / 2;
            let from = if sorted.len().is_multiple_of(2) {
                middle.saturating_sub(1)
            } else {
                middle
            };
            mean(sorted.get(from..=middle).unwrap_or_default(), digits)
        }
        Statistic::Least => alone(numbers.iter().min(), digits),
        Statistic::Greatest => alone(numbers.iter().max(), digits),
    }
}

fn alone(number: Option<&Decimal>, digits: u32) -> Decimal {
    mean(number.map(std::slice::from_ref).unwrap_or_default(), digits)
}

/// What is said when a group has too few rows.
pub(super) fn too_small(size: u32) -> Unfit {
    Unfit::new(
        "a group has fewer rows than one may have",
        format!("{size} rows or more in each group"),
    )
    .remedy("take a smaller `size`, a coarser `by`, or none")
}

#[cfg(test)]
mod tests {
    use super::super::testing::column;
    use super::*;

    fn total(of: Statistic, by: Option<&str>, digits: u32) -> Vec<String> {
        let rule = Total {
            of,
            by: by.map(str::to_owned),
            digits,
        };
        let values = ["1", "2.5", "", "10", "4"];
        let others: &[(&str, &[&str])] = &[("dong", &["가", "가", "가", "나", "나"])];
        column(&mut Totals(&rule), &values, others).unwrap().0
    }

    #[test]
    fn a_figure_takes_the_place_of_every_value_and_no_gap_is_filled() {
        assert_eq!(
            total(Statistic::Sum, None, 1),
            ["17.5", "17.5", "", "17.5", "17.5"]
        );
        assert_eq!(
            total(Statistic::Mean, Some("dong"), 2),
            ["1.75", "1.75", "", "7.00", "7.00"]
        );
        assert_eq!(total(Statistic::Median, None, 0), ["3", "3", "", "3", "3"]);
        assert_eq!(
            total(Statistic::Least, Some("dong"), 0),
            ["1", "1", "", "4", "4"]
        );
        assert_eq!(
            total(Statistic::Greatest, None, 0),
            ["10", "10", "", "10", "10"]
        );
    }
}
