//! A measure's manifest → SQL: the one place where it is written, and where values are put into it.
//!
//! Names and expressions are those of the manifest, which were checked when the folder was read. What a visitor sends
//! are values of dimensions and days: they stand in it as literals, their quotation marks doubled.

use std::collections::BTreeSet;

use city::breakdown::declared_key;
use city::compute::quoted;
use city::measure::{Compute, Denominator, Step};
use city::{City, ColumnType, Dataset, Measure, Period};

use crate::value::{counted_below, counted_of, value_below, value_of};

/// Rows, what is computed of them, and by what they may be divided up: of a measure, or of what divides it.
pub(crate) struct Side<'m> {
    city: &'m City,
    /// The measure whose breakdowns are meant.
    measure: &'m Measure,
    /// The dataset; nothing where a question takes its place.
    dataset: Option<&'m Dataset>,
    from: String,
    value: String,
    /// What is computed with, as SQL: rows where it is null are counted as missing.
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
    /// What rows are grouped by, as SQL: the label is worked out of it, once for each group and not for each row.
    group: String,
    /// Smaller groups that are told apart with less effort and add up to those above: the days of a month.
    smaller: Option<String>,
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
        let mut value = value_of(city, measure);
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
            column: counted_of(measure),
            conditions,
            joins: BTreeSet::new(),
            time: measure
                .time
                .as_ref()
                .map(|axis| moment(dataset, &axis.column)),
        }
    }

    /// All rows a measure could compute something of, whatever it takes of them.
    pub(crate) fn all_of(city: &'m City, measure: &'m Measure) -> Self {
        Self {
            value: "count(*)".to_owned(),
            column: None,
            conditions: Vec::new(),
            ..Self::of(city, measure)
        }
    }

    /// The rows of the dataset that names a dimension's values which have this one; nothing where none does.
    pub(crate) fn named(
        city: &'m City,
        measure: &'m Measure,
        dimension: &str,
        value: &str,
    ) -> Option<Self> {
        let breakdown = measure.breakdowns.get(dimension)?;
        let (other, label) = (breakdown.from.as_ref()?, breakdown.label.as_deref()?);
        Some(Self {
            dataset: city.datasets.get(other),
            from: quoted(other.as_str()),
            conditions: vec![format!(
                "cast({} as varchar) = {}",
                quoted(label),
                literal(value)
            )],
            time: None,
            ..Self::all_of(city, measure)
        })
    }

    /// The whole of which a share is a part.
    pub(crate) fn whole_of(city: &'m City, measure: &'m Measure) -> Self {
        Self {
            value: value_of(city, measure),
            conditions: measure
                .filter
                .iter()
                .cloned()
                // Of what it is not known whether it belongs to the part is in neither.
                .chain(measure.compute.iter().filter_map(|own| match own {
                    Compute::Share { part, .. } => Some(format!("({part}) is not null")),
                    _ => None,
                }))
                .collect(),
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
            value: value_below(measure, below),
            column: counted_below(measure, below),
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
                group: quoted(name),
                smaller: None,
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
            let length = match step {
                Step::Year => 4,
                Step::Month => 7,
                Step::Day => 10,
                Step::Hour => 13,
            };
            let time = self.stepped(column, step);
            return Some(Dimension {
                label: format!("substr({}, 1, {length})", time.label),
                ..time
            });
        }
        if !breakdown.bands.is_empty() {
            let kind = self.dataset.and_then(|own| own.column(column));
            let is_whole = kind.is_none_or(|own| {
                matches!(own.column_type, ColumnType::Integer | ColumnType::Year)
            });
            let (group, label, order) = banded(&quoted(column), &breakdown.bands, is_whole);
            return Some(Dimension {
                label,
                group,
                smaller: None,
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
            format!(", count(*) - count({column}) as missing")
        });
        format!(
            "select cast({} as double) as value, count(*) as counted{missing} from {}{}",
            self.value,
            self.rows(&[]),
            self.condition(None)
        )
    }

    /// One row: how many there are.
    pub(crate) fn number(&self) -> String {
        format!(
            "select count(*) as counted from {}{}",
            self.rows(&[]),
            self.condition(None)
        )
    }

    /// The value as it comes out of what is declared, to see what type it has.
    pub(crate) fn plain(&self) -> String {
        format!(
            "select {} as value from {}{}",
            self.value,
            self.rows(&[]),
            self.condition(None)
        )
    }

    /// The rows of which it is not known whether they belong to the part of a share; nothing where that cannot be.
    pub(crate) fn unknown_part(city: &'m City, measure: &'m Measure) -> Option<Self> {
        let Some(Compute::Share { part, .. }) = &measure.compute else {
            return None;
        };
        let dataset = city.datasets.get(&measure.dataset)?;
        let may_lack = |column: &city::Column| {
            !column.checks.contains(&city::Check::Required) && part.contains(&column.name)
        };
        let conditions = measure.filter.iter().cloned();
        (measure.query.is_none() && dataset.columns.iter().any(may_lack)).then(|| Self {
            value: "count(*)".to_owned(),
            column: None,
            conditions: conditions.chain([format!("({part}) is null")]).collect(),
            ..Self::of(city, measure)
        })
    }

    /// One row: whether the expression divides by zero, as 1; nothing where it divides by nothing.
    pub(crate) fn divides_by_zero(&self) -> Option<String> {
        let by = access::divided(self.measure.expression.as_ref()?).by;
        let any: Vec<String> = by.iter().map(|by| format!("({by}) = 0")).collect();
        (!any.is_empty()).then(|| {
            format!(
                "select cast(case when {} then 1 else 0 end as double) as value, count(*) as counted from {}{}",
                any.join(" or "),
                self.rows(&[]),
                self.condition(None)
            )
        })
    }

    /// The value by a dimension: greatest first.
    pub(crate) fn parts(&self, dimension: &Dimension) -> String {
        format!(
            "select {} as label, cast({} as double) as value, count(*) as counted from {}{} group by {} order by 2 desc nulls last, 1",
            dimension.label,
            self.value,
            self.rows(&dimension.join.as_deref().into_iter().collect::<Vec<_>>()),
            self.condition(None),
            dimension.group
        )
    }

    /// The value by smaller groups than a dimension's, labelled as those they add up to; nothing where there are none, or
    /// values do not add up.
    pub(crate) fn smaller_parts(&self, dimension: &Dimension) -> Option<String> {
        let adds_up = matches!(
            self.measure.compute,
            Some(Compute::Sum { .. } | Compute::Count { .. })
        );
        let group = dimension.smaller.clone().filter(|_| adds_up)?;
        let label = dimension.label.clone();
        Some(self.parts(&Dimension {
            label,
            group,
            smaller: None,
            join: None,
            order: Vec::new(),
            is_time: dimension.is_time,
        }))
    }

    /// The value by step of its time, oldest first; nothing where it has none.
    pub(crate) fn history(&self, step: Step) -> Option<String> {
        let (time, own) = (self.time.as_ref()?, self.time(step)?);
        Some(format!(
            "select {} as label, cast({} as double) as value, count(*) as counted from {}{} group by {} order by 1",
            own.label,
            self.value,
            self.rows(&[]),
            self.condition(Some(format!("{time} is not null"))),
            own.group
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

    /// The oldest and the newest day of its time, with a stroke between them.
    pub(crate) fn span(&self) -> Option<String> {
        let time = self.time.as_ref()?;
        Some(format!(
            "select cast(min({time}) as varchar) || '/' || cast(max({time}) as varchar) as label, cast(1 as double) as value, count(*) as counted from {}{}",
            self.rows(&[]),
            self.condition(None)
        ))
    }

    /// The time axis as a dimension, in its steps.
    pub(crate) fn time(&self, step: Step) -> Option<Dimension> {
        self.time.as_ref()?;
        Some(self.stepped(&self.measure.time.as_ref()?.column, step))
    }

    /// A date or moment in steps.
    fn stepped(&self, column: &str, step: Step) -> Dimension {
        let moment = moment(self.dataset, column);
        let kind = self.dataset.and_then(|own| own.column(column));
        let is_day = kind.is_some_and(|own| own.column_type == ColumnType::Date);
        let trunc = format!("date_trunc('{}', {moment})", step.word());
        Dimension {
            label: format!("cast({trunc} as varchar)"),
            smaller: match step {
                Step::Month | Step::Year if is_day => Some(moment.clone()),
                _ => None,
            },
            // A date is its own day.
            group: match step {
                Step::Day if is_day => moment,
                _ => trunc,
            },
            join: None,
            order: Vec::new(),
            is_time: true,
        }
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
            "select {} as label, {} as across, cast({} as double) as value, count(*) as counted from {}{} group by {}, {} order by 1, 2",
            one.label,
            other.label,
            self.value,
            self.rows(&joins),
            self.condition(None),
            one.group,
            other.group
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
        let step = format!(
            "least(greatest(cast(floor((cast({column} as double) - {from:?}) / {width:?}) as bigint), 0), {last})"
        );
        format!(
            "select cast({step} as varchar) as label, cast(count(*) as double) as value, count(*) as counted from {}{} group by {step} order by 1",
            self.rows(&[]),
            self.condition(Some(format!("{column} is not null")))
        )
    }

    pub(crate) fn rows(&self, joins: &[&str]) -> String {
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

    pub(crate) fn condition(&self, more: Option<String>) -> String {
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

/// Bands of a number: which a row lies in, its label, and all labels in their order: `0–14`, `65+`; of a measured one
/// `0–<15`.
fn banded(column: &str, bands: &[i64], is_whole: bool) -> (String, String, Vec<String>) {
    let mut group = format!("case when {column} is null then null");
    let mut order = Vec::new();
    if let Some(first) = bands.first() {
        group.push_str(&format!(" when {column} < {first} then 0"));
        order.push(format!("<{first}"));
    }
    for (at, begin) in bands.iter().enumerate() {
        let number = at + 1;
        match bands.get(number) {
            Some(next) => group.push_str(&format!(" when {column} < {next} then {number}")),
            None => group.push_str(&format!(" else {number}")),
        }
        order.push(match bands.get(number) {
            Some(next) if is_whole && *next == begin + 1 => begin.to_string(),
            Some(next) if is_whole => format!("{begin}–{}", next - 1),
            Some(next) => format!("{begin}–<{next}"),
            None => format!("{begin}+"),
        });
    }
    group.push_str(" end");
    let mut label = format!("case {group}");
    for (number, own) in order.iter().enumerate() {
        label.push_str(&format!(" when {number} then '{own}'"));
    }
    label.push_str(" end");
    (group, label, order)
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
        group: own_label.clone(),
        smaller: None,
        label: own_label,
        order: Vec::new(),
        is_time: false,
    }
}
