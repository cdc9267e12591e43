//! Cells copied down, and numbers that a spreadsheet counted up.

use arrow::array::{Array as _, AsArray};
use arrow::datatypes::Int64Type;
use city::ColumnType;
use city::profile::{Example, Finding, What};

use super::roles::Role;
use super::table::{EXAMPLES, Table};
use super::tally::Tally;

/// A shorter run is a chance.
const LONG: usize = 8;
/// How likely a run may be by chance among all rows.
const CHANCE: f64 = 1e-6;
/// Values that are the same as the one before, as a share of all: above it the table is sorted by this column.
const SORTED: f64 = 0.3;
/// Rows of a run that counts up.
const COUNTED: usize = 8;
/// A column in which more rows count up is meant to.
const MEANT: f64 = 0.3;

/// What was copied down or counted up in a column.
pub(super) fn find(table: &Table<'_>, tally: &Tally, all: &[Tally]) -> Vec<Finding> {
    let mut found = Vec::new();
    let is_part_of_key = table.dataset.load.key.contains(&tally.column.name);
    if matches!(
        tally.column.column_type,
        ColumnType::Boolean | ColumnType::Geometry | ColumnType::Year
    ) || is_part_of_key
        || tally.distinct().count < 10
    {
        return found;
    }
    found.extend(copied(table, tally, all));
    found.extend(counted(table, tally));
    found
}

/// A run of rows: the first, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    from: usize,
    rows: usize,
}

/// Runs of neighbours for which `same` holds; a row that has no value ends a run.
fn runs(
    table: &Table<'_>,
    has: &dyn Fn(usize) -> bool,
    same: &dyn Fn(usize, usize) -> bool,
) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_open = false;
    for row in 0..table.rows() {
        if !has(row) {
            is_open = false;
            continue;
        }
        match runs.last_mut() {
            Some(run) if is_open && table.follows(row) && same(row - 1, row) => run.rows += 1,
            _ => runs.push(Run { from: row, rows: 1 }),
        }
        is_open = true;
    }
    runs
}

fn copied(table: &Table<'_>, tally: &Tally, all: &[Tally]) -> Option<Finding> {
    let keys = keys(table, tally)?;
    let zero = Some(0.0_f64.to_bits()).filter(|_| table.texts(tally.name()).is_none());
    let key = |row: usize| keys.get(row).copied().flatten();
    let runs = runs(table, &|row| key(row).is_some(), &|a, b| key(a) == key(b));
    let values: usize = runs.iter().map(|run| run.rows).sum();
    let is_zero = |run: &Run| zero.is_some() && key(run.from) == zero;
    let longest = runs
        .iter()
        .filter(|run| run.rows >= LONG && !is_zero(run))
        .max_by_key(|run| run.rows)?;
    // How often neighbours are the same elsewhere, and how often this value stands elsewhere.
    let own = |run: &Run| key(run.from) == key(longest.from);
    let elsewhere = values - longest.rows;
    let repeated = elsewhere.saturating_sub(runs.len() - 1);
    let its_own: usize = runs
        .iter()
        .filter(|run| own(run) && run.from != longest.from)
        .map(|run| run.rows)
        .sum();
    if elsewhere < 20 {
        return None;
    }
    let (again, often) = (share(repeated, elsewhere), share(its_own, elsewhere));
    let is_chance = |rows: usize| {
        let likely = again.max(often).max(0.02);
        #[expect(clippy::cast_precision_loss, reason = "a number of rows in memory")]
        let chance = likely.powf(rows as f64 - 1.0) * values as f64;
        chance > CHANCE
    };
    if again > SORTED || is_chance(longest.rows) {
        return None;
    }
    let long: Vec<Run> = runs
        .iter()
        .copied()
        .filter(|run| run.rows >= LONG && !is_zero(run) && !is_chance(run.rows))
        .filter(|run| !is_explained(table, tally, all, *run))
        .collect();
    let longest = long.iter().max_by_key(|run| run.rows)?;
    Some(finding(
        table,
        tally,
        What::CopiedDown {
            longest: count(longest.rows),
        },
        &long,
        values,
    ))
}

/// Whether another column says the same in all rows of a run although it mostly does not: the rows belong together.
fn is_explained(table: &Table<'_>, tally: &Tally, all: &[Tally], run: Run) -> bool {
    let others = all
        .iter()
        .filter(|other| other.name() != tally.name() && other.distinct().count >= 10);
    others.filter_map(|other| keys(table, other)).any(|keys| {
        match keys.get(run.from..run.from + run.rows) {
            Some([first, rest @ ..]) => first.is_some() && rest.iter().all(|key| key == first),
            _ => false,
        }
    })
}

/// A number for each value, the same for the same value.
fn keys(table: &Table<'_>, tally: &Tally) -> Option<Vec<Option<u64>>> {
    if let Some(texts) = table.texts(tally.name()) {
        let state = ahash::RandomState::with_seeds(9, 10, 11, 12);
        let hashes = texts
            .iter()
            .map(|text| text.map(|text| state.hash_one(text)));
        return Some(hashes.collect());
    }
    let numbers = table.numbers(tally.name())?;
    Some(
        numbers
            .into_iter()
            .map(|number| number.map(f64::to_bits))
            .collect(),
    )
}

/// A value in the parts that count: what stands before the last number, the number, what stands behind it.
fn parts(text: &str) -> Option<(&str, u64, &str)> {
    let end = text.rfind(|letter: char| letter.is_ascii_digit())? + 1;
    let (head, tail) = text.split_at_checked(end)?;
    let digits = head.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, number) = head.split_at_checked(head.len() - digits)?;
    Some((before, number.parse().ok()?, tail))
}

fn counted(table: &Table<'_>, tally: &Tally) -> Option<Finding> {
    let is_text = matches!(tally.role, Role::Phone | Role::Address);
    let is_number = tally.column.column_type == ColumnType::Integer && tally.role == Role::Other;
    let found = if is_text {
        let texts = table.texts(tally.name())?;
        let part = |row: usize| Table::text(texts, row).and_then(parts);
        runs(
            table,
            &|row| part(row).is_some(),
            &|a, b| match (part(a), part(b)) {
                (Some((before, number, tail)), Some((own, next, end))) => {
                    before == own && tail == end && number + 1 == next
                }
                _ => false,
            },
        )
    } else if is_number && tally.distinct().count > 50 {
        let numbers = table.array(tally.name())?.as_primitive_opt::<Int64Type>()?;
        let at =
            |row: usize| (row < numbers.len() && numbers.is_valid(row)).then(|| numbers.value(row));
        runs(table, &|row| at(row).is_some(), &|a, b| {
            at(a).and_then(|value| value.checked_add(1)) == at(b)
        })
    } else {
        return None;
    };
    let values: usize = found.iter().map(|run| run.rows).sum();
    let long: Vec<Run> = found
        .iter()
        .copied()
        .filter(|run| run.rows >= COUNTED)
        .collect();
    let longest = long.iter().map(|run| run.rows).max()?;
    let all: usize = found
        .iter()
        .filter(|run| run.rows > 2)
        .map(|run| run.rows)
        .sum();
    let is_meant = share(all, values) > MEANT && tally.role != Role::Phone;
    (!is_meant).then(|| {
        let what = What::CountingUp {
            longest: count(longest),
        };
        finding(table, tally, what, &long, values)
    })
}

fn finding(table: &Table<'_>, tally: &Tally, what: What, runs: &[Run], of: usize) -> Finding {
    let name = tally.name();
    let mut longest: Vec<&Run> = runs.iter().collect();
    longest.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.from.cmp(&b.from)));
    let is_counted = matches!(what, What::CountingUp { .. });
    let example = |run: &&Run| -> Example {
        let ends = [run.from, run.from + run.rows - 1];
        let mut example = table.pair(name, &ends);
        if !is_counted {
            example.values.truncate(1);
        }
        example
    };
    Finding {
        what,
        columns: vec![name.to_owned()],
        count: count(runs.iter().map(|run| run.rows).sum()),
        of: count(of),
        examples: longest.iter().take(EXAMPLES).map(example).collect(),
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "counts as a share")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_of_a_text_is_what_counts() {
        assert_eq!(parts("033-250-1234"), Some(("033-250-", 1234, "")));
        assert_eq!(parts("가온동 12-3번지"), Some(("가온동 12-", 3, "번지")));
        assert_eq!(parts("가온동"), None);
        assert_eq!(parts(&"9".repeat(40)), None);
    }
}
