//! The rows a figure is made of, through the reader: those of its numerator, where something divides it.

use access::{Answer, AskError, At, Question, Reader};
use arrow::datatypes::DataType;
use city::Measure;
use city::compute::quoted;

use crate::answer::whole;
use crate::ask::Asking;
use crate::asked::{Asked, pins};
use crate::query::Side;

/// A page of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The column they are sorted by, and whether the greatest comes first.
    pub sort: Option<(String, bool)>,
    /// Rows to pass over.
    pub offset: u64,
    /// Most rows.
    pub limit: u64,
}

/// The rows of a figure.
pub enum Listed {
    /// So few that the measure does not tell them.
    Hidden,
    /// How many they are, and a page of them where there is one.
    Of {
        /// How many rows the figure counts.
        total: u64,
        /// A page of them.
        page: Option<Box<Answer>>,
        /// How many stand before that page.
        offset: u64,
    },
}

/// The very rows that the figure of a measure counts, a page of them, as this reader sees them.
///
/// # Errors
/// When they may not be seen or are not loaded, the measure is not broken down by what is asked for, there is no column to
/// sort by, or the machine fails.
pub async fn rows(
    reader: &Reader,
    measure: &Measure,
    asked: &Asked,
    page: &Page,
) -> Result<Listed, AskError> {
    let measures = asked.measures(reader);
    let pins = pins(reader, measure, measures, asked)?;
    let settled = Asking::new(reader, measure, measures, asked, &pins)
        .settled()
        .await?;
    let asking = Asking::new(reader, measure, measures, &settled, &pins);
    let side = asking.top().await?;
    let (counted, _) = asking.ask(side.counted()).await?;
    let total = counted.iter().find_map(|batch| whole(batch, 0, 0));
    let total = total.unwrap_or_default();
    if measure
        .least_rows
        .is_some_and(|least| total > 0 && total < u64::from(least))
    {
        return Ok(Listed::Hidden);
    }
    let Some(last) = total.checked_sub(1) else {
        return Ok(Listed::Of {
            total,
            page: None,
            offset: 0,
        });
    };
    // A page behind the last is the last.
    let limit = page.limit.max(1);
    let offset = page.offset.min(last / limit * limit);
    let table = match &measure.query {
        Some(_) => "asked".to_owned(),
        None => quoted(measure.dataset.as_str()),
    };
    let ask = |sql: String| {
        let question = Question {
            sql,
            at: At::Latest,
        };
        reader.ask_pinned(question, &pins)
    };
    let listed = side.listed(&table);
    let order = match &measure.query {
        // Its columns are the question's own: an answer of no row tells them.
        Some(_) => places(&ask(format!("{listed} limit 0")).await?),
        None => order(reader, measure, page.sort.as_ref())?,
    };
    let rows = ask(format!("{listed}{order} limit {limit} offset {offset}")).await?;
    Ok(Listed::Of {
        total,
        page: Some(Box::new(rows)),
        offset,
    })
}

impl Side<'_> {
    /// One number: how many rows there are.
    fn counted(&self) -> String {
        let (rows, condition) = (self.rows(&[]), self.condition(None));
        format!("select count(*) as counted from {rows}{condition}")
    }

    /// The rows themselves, with no column of what only labels them.
    fn listed(&self, table: &str) -> String {
        let (rows, condition) = (self.rows(&[]), self.condition(None));
        format!("select {table}.* from {rows}{condition}")
    }
}

/// The order of rows: every column that can be ordered, so that pages do not overlap.
fn order(
    reader: &Reader,
    measure: &Measure,
    sort: Option<&(String, bool)>,
) -> Result<String, AskError> {
    let dataset = reader.dataset(measure.dataset.as_str())?;
    let plain = dataset
        .columns
        .iter()
        .filter(|column| column.column_type != city::ColumnType::Geometry);
    let names: Vec<&str> = plain.map(|column| column.name.as_str()).collect();
    let mut keys = Vec::new();
    if let Some((name, is_descending)) = sort {
        if !names.contains(&name.as_str()) {
            return Err(AskError::UnknownColumn {
                name: name.clone(),
                nearest: Vec::new(),
            });
        }
        let way = if *is_descending { " desc" } else { "" };
        keys.push(format!("{}{way} nulls last", of(measure, name)));
    }
    keys.extend(names.iter().map(|name| of(measure, name)));
    Ok(by(&keys))
}

/// The order of an answer's rows, by the places of its columns.
fn places(answer: &Answer) -> String {
    let fields = answer.schema.fields().iter().zip(1..);
    let plain = fields.filter(|(field, _)| {
        // A shape has no order.
        !matches!(field.data_type(), DataType::Binary | DataType::BinaryView)
    });
    let keys: Vec<String> = plain.map(|(_, place)| place.to_string()).collect();
    by(&keys)
}

fn by(keys: &[String]) -> String {
    if keys.is_empty() {
        String::new()
    } else {
        format!(" order by {}", keys.join(", "))
    }
}

fn of(measure: &Measure, column: &str) -> String {
    format!("{}.{}", quoted(measure.dataset.as_str()), quoted(column))
}
