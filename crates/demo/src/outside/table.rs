//! A department's own table, as it is on a day: rows that came, rows that changed, rows that are gone.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, TimeDelta};

use super::mariadb::quoted;
use crate::Plan;
use crate::dirt::{Dirt, Plant, PlantedFault};
use crate::fields::Simple;
use crate::world::World;

/// Rows that a day can have, for their numbers.
const DAY_ROWS: i64 = 1000;
/// One of so many rows is called off the day after.
const CALLED_OFF_EVERY: usize = 9;
/// What its last cell says then.
const CALLED_OFF: &str = "취소";
/// Rows that a statement has.
const STATEMENT_ROWS: usize = 500;

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The table's own number of it.
    pub(super) serial: i64,
    /// When it was last changed: no two rows at once.
    pub(super) changed_at: NaiveDateTime,
    pub(super) cells: Vec<String>,
    plant: Option<Plant>,
}

/// The rows on the plan's day, in the order they were last changed.
pub(super) fn rows(simple: &'static Simple, plan: &Plan, world: &World) -> Vec<Row> {
    let days = simple.days(plan.today).into_iter();
    let mut all: Vec<Row> = days
        .flat_map(|day| rows_of_day(simple, day, plan, world))
        .collect();
    all.sort_by_key(|row| row.changed_at);
    all
}

/// What came on a day: from nine in the morning on, a row a minute. Some of it was called off at six in the evening of the
/// day after.
fn rows_of_day(
    simple: &'static Simple,
    day: NaiveDate,
    plan: &Plan,
    world: &World,
) -> impl Iterator<Item = Row> {
    let mut dirt = Dirt::new(simple.plants, simple.rows);
    let morning = day.and_hms_opt(9, 0, 0).unwrap_or_default();
    let evening = morning + TimeDelta::hours(33);
    let is_called_off = evening.date() < plan.today;
    let rows = simple.rows_of(world, plan.seed, day).into_iter();
    rows.zip(0_i64..)
        .enumerate()
        .map(move |(at, (mut cells, number))| {
            let plant = dirt.apply(&mut cells);
            let mut row = Row {
                serial: i64::from(day.num_days_from_ce()) * DAY_ROWS + number,
                changed_at: morning + TimeDelta::minutes(number),
                cells,
                plant,
            };
            let is_due = at % CALLED_OFF_EVERY == 4 && is_called_off && row.plant.is_none();
            if let Some(state) = row.cells.last_mut().filter(|_| is_due)
                && state != CALLED_OFF
            {
                CALLED_OFF.clone_into(state);
                row.changed_at = evening + TimeDelta::seconds(number);
            }
            row
        })
}

/// What was planted, as a load of the whole table finds it: its lines are the rows in the order of their change behind a
/// line of heads.
pub(super) fn faults(dataset: &str, file: &str, rows: &[Row]) -> Vec<PlantedFault> {
    let planted = (2_u64..).zip(rows).filter_map(|(line, row)| {
        let plant = row.plant?;
        Some(PlantedFault {
            dataset: dataset.to_owned(),
            file: file.to_owned(),
            row: line,
            column: plant.column.map(str::to_owned),
            check: plant.check.to_owned(),
        })
    });
    planted.collect()
}

/// How a server writes things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Mariadb,
}

impl Dialect {
    fn name(self, name: &str) -> String {
        match self {
            Self::Postgres => format!("\"{name}\""),
            Self::Mariadb => format!("`{name}`"),
        }
    }

    /// No text is no value.
    fn value(self, text: &str) -> String {
        match self {
            _ if text.is_empty() => "NULL".to_owned(),
            Self::Postgres => format!("'{}'", text.replace('\'', "''")),
            Self::Mariadb => quoted(text),
        }
    }

    /// The statement that makes the table. All its columns are texts: the department takes what people type.
    pub(super) fn create(self, table: &str, heads: &str) -> String {
        let columns: String = heads
            .split(',')
            .map(|head| format!(", {} text", self.name(head)))
            .collect();
        let moment = match self {
            Self::Postgres => "timestamp",
            Self::Mariadb => "datetime(6)",
        };
        format!(
            "CREATE TABLE {table} (serial bigint PRIMARY KEY, changed_at {moment} NOT NULL{columns});\n"
        )
    }

    /// The statements that make the table say these rows, in one transaction: new ones come, changed ones change, others
    /// go, and those that are the same are not touched.
    pub(super) fn bring(self, table: &str, heads: &str, rows: &[Row]) -> String {
        let columns: Vec<String> = ["serial", "changed_at"]
            .into_iter()
            .chain(heads.split(','))
            .map(|name| self.name(name))
            .collect();
        let list = columns.join(", ");
        let (begin, copy) = match self {
            Self::Postgres => ("BEGIN", format!("(LIKE {table}) ON COMMIT DROP")),
            Self::Mariadb => ("START TRANSACTION", format!("LIKE {table}")),
        };
        let mut sql = format!("{begin};\nCREATE TEMPORARY TABLE brought {copy};\n");
        for some in rows.chunks(STATEMENT_ROWS) {
            let some: Vec<String> = some.iter().map(|row| self.row(row)).collect();
            sql.push_str(&format!(
                "INSERT INTO brought ({list}) VALUES\n{};\n",
                some.join(",\n")
            ));
        }
        sql + &format!(
            "DELETE FROM {table} WHERE (serial, changed_at) NOT IN (SELECT serial, changed_at FROM brought);\nINSERT INTO {table} ({list}) SELECT {list} FROM brought WHERE serial NOT IN (SELECT serial FROM {table});\nCOMMIT;\n"
        )
    }

    fn row(self, row: &Row) -> String {
        let cells: String = row
            .cells
            .iter()
            .map(|cell| format!(", {}", self.value(cell)))
            .collect();
        format!(
            "({}, '{}'{cells})",
            row.serial,
            row.changed_at.format("%Y-%m-%d %H:%M:%S")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::fields::described;

    fn table(dataset: &str, today: NaiveDate) -> Vec<Row> {
        let plan = Plan {
            seed: 3,
            scale: 1,
            today,
            minute: 0,
        };
        let simple = described().find(|it| it.id == dataset).unwrap();
        rows(simple, &plan, &World::new(plan.seed))
    }

    #[test]
    fn a_day_brings_new_rows_changed_rows_and_takes_old_ones() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let [before, after] =
            [today, today.succ_opt().unwrap()].map(|day| table("sports_bookings", day));
        let by_serial = |rows: &[Row]| -> BTreeMap<i64, Row> {
            let each = rows.iter().map(|row| (row.serial, row.clone()));
            each.collect()
        };
        let (before, after) = (by_serial(&before), by_serial(&after));
        let new = after.keys().filter(|it| !before.contains_key(it)).count();
        let gone = before.keys().filter(|it| !after.contains_key(it)).count();
        assert_eq!((new, gone), (70, 70));
        let newest = before.values().map(|row| row.changed_at).max().unwrap();
        let changed: Vec<&Row> = after
            .values()
            .filter(|row| before.get(&row.serial).is_some_and(|old| old != *row))
            .collect();
        assert!(changed.len() > 2, "{}", changed.len());
        assert!(changed.iter().all(|row| {
            row.changed_at > newest
                && row.cells.last().unwrap() == CALLED_OFF
                && row.plant.is_none()
        }));
    }

    #[test]
    fn no_two_rows_changed_at_once_and_none_after_yesterday() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        for dataset in ["sports_bookings", "enrolments"] {
            let rows = table(dataset, today);
            let moments: BTreeSet<NaiveDateTime> = rows.iter().map(|row| row.changed_at).collect();
            assert_eq!(moments.len(), rows.len());
            assert!(rows.iter().all(|row| row.changed_at.date() < today));
        }
    }

    #[test]
    fn what_is_planted_in_a_table_can_stand_in_one() {
        use crate::dirt::Make;
        for dataset in ["sports_bookings", "enrolments"] {
            let simple = described().find(|it| it.id == dataset).unwrap();
            let can = simple
                .plants
                .iter()
                .all(|plant| !matches!(plant.make, Make::Short | Make::Long | Make::BadBytes));
            assert!(can, "{dataset}");
        }
    }
}
