//! A measure's manifest → SQL: the one place where it is written, and where values are put into it.
//!
//! Names and expressions are those of the manifest, which were checked when the folder was read. What a visitor sends
//! are values of dimensions and days: they stand in it as literals, their quotation marks doubled.

use std::collections::BTreeSet;

use city::breakdown::declared_key;
use city::compute::quoted;
use city::measure::{Compute, Denominator, Step};
use city::{City, ColumnType, Dataset, Measure, Period};

/// Rows, what is computed of them, and by what they may be divided up: of a measure, or of what divides it.
pub(crate) struct Side<'m> {
    city: &'m City,
    /// The measure whose breakdowns are meant.
    measure: &'m Measure,
    /// The dataset; nothing where a question takes its place.
    dataset: Option<&'m Dataset>,
    from: String,
    value: String,
    /// The column whose empty cells are counted.
    column: Option<String>,
    conditions: Vec<String>,
    joins: BTreeSet<String>,
    /// The date or moment that orders it.
    time: Option<String>,
}

/// A dimension of one side.
pub(crate) struct Dimension {
    /// What labels a row, as SQL.
    label: String,
    join: Option<String>,
    /// Labels in their order, where they have one.
    pub(crate) order: Vec<String>,
    /// Whether labels are moments, oldest first.
    pub(crate) is_time: bool,
}

impl<'m> Side<'m> {
    /// What a measure computes.
    pub(crate) fn of(city: &'m City, measure: &'m Measure) -> Self {
        let own = city.datasets.get(&measure.dataset);
        let dataset = own.filter(|_| measure.query.is_none());
        let mut conditions: Vec<String> = measure.filter.iter().cloned().collect();
        let mut value = measure.aggregate();
        if let Some(Compute::Share { sum, part }) = &measure.compute {
            conditions.push(part.clone());
            if sum.is_some() {
                // No row meets the condition: that part is nothing, and not unknown.
                value = format!("case when count(*) = 0 then 0 else {value} end");
            }
        }
        Self {
            city,
            measure,
            dataset,
            from: match &measure.query {
                Some(query) => format!("({}) as asked", query.sql.trim().trim_end_matches(';')),
                None => quoted(measure.dataset.as_str()),
            },
            value,
            column: measure
                .compute
                .as_ref()
                .and_then(|compute| compute.column())
                .map(str::to_owned),
            conditions,
            joins: BTreeSet::new(),
            time: measure
                .time
                .as_ref()
                .map(|axis| moment(dataset, &axis.column)),
        }
    }

    /// The whole of which a share is a part.
    pub(crate) fn whole_of(city: &'m City, measure: &'m Measure) -> Self {
        Self {
            value: measure.aggregate(),
            conditions: measure.filter.iter().cloned().collect(),
            ..Self::of(city, measure)
        }
    }

    /// What divides a measure, of a dataset.
    pub(crate) fn below(
        city: &'m City,
        measure: &'m Measure,
        below: &'m Denominator,
    ) -> Option<Self> {
        let id = below.dataset.as_ref()?;
        let dataset = city.datasets.get(id);
        // Of the same dataset the same days are meant.
        let time = measure.time.as_ref().filter(|_| *id == measure.dataset);
        Some(Self {
            city,
            measure,
            dataset,
            from: quoted(id.as_str()),
            value: below.aggregate(),
            column: below.sum.clone(),
            conditions: below.filter.iter().cloned().collect(),
            joins: BTreeSet::new(),
            time: time.map(|axis| moment(dataset, &axis.column)),
        })
    }

    /// A dimension of this side, if it has it.
    pub(crate) fn dimension(&self, name: &str) -> Option<Dimension> {
        let Some(breakdown) = self.measure.breakdowns.get(name) else {
            let has = self.dataset.is_none_or(|own| own.column(name).is_some());
            return has.then(|| Dimension {
                label: format!("cast({} as varchar)", quoted(name)),
                join: None,
                order: Vec::new(),
                is_time: false,
            });
        };
        let column = breakdown.column.as_str();
        if self.dataset.is_some_and(|own| own.column(column).is_none()) {
            return None;
        }
        if let Some(step) = breakdown.step {
            let moment = moment(self.dataset, column);
            let word = step.word();
            let length = match step {
                Step::Year => 4,
                Step::Month => 7,
                Step::Day => 10,
                Step::Hour => 13,
            };
            return Some(Dimension {
                label: format!(
                    "substr(cast(date_trunc('{word}', {moment}) as varchar), 1, {length})"
                ),
                join: None,
                order: Vec::new(),
                is_time: true,
            });
        }
        if !breakdown.bands.is_empty() {
            let kind = self.dataset.and_then(|own| own.column(column));
            let is_whole = kind.is_none_or(|own| {
                matches!(own.column_type, ColumnType::Integer | ColumnType::Year)
            });
            let (label, order) = banded(&quoted(column), &breakdown.bands, is_whole);
            return Some(Dimension {
                label,
                join: None,
                order,
                is_time: false,
            });
        }
        let other = self.city.datasets.get(breakdown.from.as_ref()?)?;
        let label = breakdown.label.as_deref()?;
        let key = match (&breakdown.key, self.dataset) {
            (Some(key), _) => key.as_str(),
            (None, Some(own)) => declared_key(own, column, other)?,
            (None, None) => return None,
        };
        let at = self.measure.breakdowns.keys().position(|own| own == name)?;
        Some(joined(at, column, other, key, label))
    }

    /// Only the rows where a dimension has a value; false where this side has no such dimension.
    pub(crate) fn narrow(&mut self, name: &str, value: &str) -> bool {
        let Some(dimension) = self.dimension(name) else {
            return false;
        };
        self.conditions
            .push(format!("{} = {}", dimension.label, literal(value)));
        self.joins.extend(dimension.join);
        true
    }

    /// Only the rows of a period; false where this side has no time.
    pub(crate) fn within(&mut self, period: Period) -> bool {
        let Some(time) = &self.time else {
            return false;
        };
        let mut condition = format!("{time} >= date '{}'", period.from);
        if let Some(end) = period.end() {
            condition.push_str(&format!(" and {time} < date '{end}'"));
        }
        self.conditions.push(condition);
        true
    }

    /// One row: the value, the rows it was computed from, and those of them that have nothing to compute with.
    pub(crate) fn figure(&self) -> String {
        let missing = self.column.as_ref().map_or_else(String::new, |column| {
            format!(", count(*) - count({}) as missing", quoted(column))
        });
        format!(
            "select cast({} as double) as value, count(*) as counted{missing} from {}{}",
            self.value,
            self.rows(&[]),
            self.condition(None)
        )
    }

    /// The value by a dimension: greatest first.
    pub(crate) fn parts(&self, dimension: &Dimension) -> String {
        format!(
            "select {} as label, cast({} as double) as value, count(*) as counted from {}{} group by 1 order by 2 desc nulls last, 1",
            dimension.label,
            self.value,
            self.rows(&dimension.join.as_deref().into_iter().collect::<Vec<_>>()),
            self.condition(None)
        )
    }

    /// The value by step of its time, oldest first; nothing where it has none.
    pub(crate) fn history(&self, step: Step) -> Option<String> {
        let time = self.time.as_ref()?;
        Some(format!(
            "select cast(date_trunc('{}', {time}) as varchar) as label, cast({} as double) as value, count(*) as counted from {}{} group by 1 order by 1",
            step.word(),
            self.value,
            self.rows(&[]),
            self.condition(Some(format!("{time} is not null")))
        ))
    }

    /// The newest day of its time before a day.
    pub(crate) fn newest(&self) -> Option<String> {
        let time = self.time.as_ref()?;
        Some(format!(
            "select cast(max({time}) as varchar) as label, cast(1 as double) as value, count(*) as counted from {}{}",
            self.rows(&[]),
            self.condition(None)
        ))
    }

    /// The time axis as a dimension, in its steps.
    pub(crate) fn time(&self, step: Step) -> Option<Dimension> {
        let time = self.time.as_ref()?;
        Some(Dimension {
            label: format!("cast(date_trunc('{}', {time}) as varchar)", step.word()),
            join: None,
            order: Vec::new(),
            is_time: true,
        })
    }

    /// Only rows that have a moment.
    pub(crate) fn timed(&mut self) {
        if let Some(time) = &self.time {
            self.conditions.push(format!("{time} is not null"));
        }
    }

    /// The value by two dimensions, label by label.
    pub(crate) fn cells(&self, one: &Dimension, other: &Dimension) -> String {
        let joins: Vec<&str> = [one, other]
            .into_iter()
            .filter_map(|own| own.join.as_deref())
            .collect();
        format!(
            "select {} as label, {} as across, cast({} as double) as value, count(*) as counted from {}{} group by 1, 2 order by 1, 2",
            one.label,
            other.label,
            self.value,
            self.rows(&joins),
            self.condition(None)
        )
    }

    /// One row: the least value of a column, how many rows have one, and the greatest.
    pub(crate) fn bounds(&self, column: &str) -> String {
        let column = quoted(column);
        format!(
            "select cast(min({column}) as double) as value, count({column}) as counted, cast(max({column}) as double) as greatest, count(*) - count({column}) as missing from {}{}",
            self.rows(&[]),
            self.condition(None)
        )
    }

    /// How many rows have a value in each of `count` steps of a width.
    pub(crate) fn spread(&self, column: &str, from: f64, width: f64, count: usize) -> String {
        let column = quoted(column);
        let last = count.saturating_sub(1);
        format!(
            "select cast(least(greatest(cast(floor((cast({column} as double) - {from:?}) / {width:?}) as bigint), 0), {last}) as varchar) as label, cast(count(*) as double) as value, count(*) as counted from {}{} group by 1 order by 1",
            self.rows(&[]),
            self.condition(Some(format!("{column} is not null")))
        )
    }

    fn rows(&self, joins: &[&str]) -> String {
        let mut text = self.from.clone();
        let more = joins
            .iter()
            .copied()
            .filter(|join| !self.joins.contains(*join));
        for join in self.joins.iter().map(String::as_str).chain(more) {
            text.push(' ');
            text.push_str(join);
        }
        text
    }

    fn condition(&self, more: Option<String>) -> String {
        let all: Vec<String> = self.conditions.iter().cloned().chain(more).collect();
        match all.as_slice() {
            [] => String::new(),
            [one] => format!(" where {one}"),
            several => format!(" where ({})", several.join(") and (")),
        }
    }
}

/// A text as SQL has it.
fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A column as a date or moment: a year is its first day.
fn moment(dataset: Option<&Dataset>, column: &str) -> String {
    let kind = dataset.and_then(|own| own.column(column));
    if kind.is_some_and(|own| own.column_type == ColumnType::Year) {
        format!("make_date(cast({} as int), 1, 1)", quoted(column))
    } else {
        quoted(column)
    }
}

/// Bands of a number as labels: `0–14`, `65+`; of a measured one `0–<15`.
fn banded(column: &str, bands: &[i64], is_whole: bool) -> (String, Vec<String>) {
    let mut sql = format!("case when {column} is null then null");
    let mut order = Vec::new();
    if let Some(first) = bands.first() {
        let label = format!("<{first}");
        sql.push_str(&format!(" when {column} < {first} then '{label}'"));
        order.push(label);
    }
    for (at, begin) in bands.iter().enumerate() {
        let label = match bands.get(at + 1) {
            Some(next) if is_whole && *next == begin + 1 => begin.to_string(),
            Some(next) if is_whole => format!("{begin}–{}", next - 1),
            Some(next) => format!("{begin}–<{next}"),
            None => format!("{begin}+"),
        };
        match bands.get(at + 1) {
            Some(next) => sql.push_str(&format!(" when {column} < {next} then '{label}'")),
            None => sql.push_str(&format!(" else '{label}'")),
        }
        order.push(label);
    }
    sql.push_str(" end");
    (sql, order)
}

/// A label behind a key. A key with several labels has none: rows would be counted twice.
fn joined(at: usize, column: &str, other: &Dataset, key: &str, label: &str) -> Dimension {
    let (own_key, own_label) = (format!("__key{at}"), format!("__label{at}"));
    let (label, key) = (quoted(label), quoted(key));
    Dimension {
        join: Some(format!(
            "left join (select cast({key} as varchar) as {own_key}, case when count(distinct {label}) = 1 then min(cast({label} as varchar)) end as {own_label} from {} group by 1) as __names{at} on cast({} as varchar) = {own_key}",
            quoted(other.id.as_str()),
            quoted(column)
        )),
        label: own_label,
        order: Vec::new(),
        is_time: false,
    }
}
