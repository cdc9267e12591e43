//! A page of a dataset's rows: filtered, sorted, counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Answer, AskError, At, Filter, Op, Reader, Record, Rows, Sort};
use city::{ColumnType, Dataset};

use super::measured::{OfMeasure, measured};
use super::{Choice, Preview};
use crate::facts::{cell, column_title, is_numeric};
use crate::parts::{Cell, Head, Link, Pager, Table};
use crate::query::address;
use crate::show;
use crate::site::{PageError, Visit};

/// Rows on a page.
pub(super) const PAGE: u64 = 20;
/// Pages that can be turned to: further rows are in the files.
pub(super) const LAST_PAGE: u64 = 5_000;
/// Ways to compare, by the form's word.
const WAYS: [(&str, Op); 5] = [
    ("contains", Op::Contains),
    ("equals", Op::Eq),
    ("at-least", Op::Ge),
    ("at-most", Op::Le),
    ("empty", Op::Empty),
];

/// What is asked of the rows.
pub(super) struct Asked<'a> {
    column: &'a str,
    way: &'a str,
    value: &'a str,
    sort: &'a str,
    pub(super) page: u64,
    of: Option<&'a OfMeasure<'a>>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(asked: &'a BTreeMap<String, String>) -> Self {
        let value = |name: &str| asked.get(name).map_or("", |value| value.trim());
        let page = value("page").parse().unwrap_or(1).max(1);
        Self {
            column: value("where"),
            way: value("is"),
            value: value("value"),
            sort: value("sort"),
            page,
            of: None,
        }
    }

    /// The rows of a figure, instead of those the form asks for.
    pub(super) fn of_measure(self, of: Option<&'a OfMeasure<'a>>) -> Self {
        Self { of, ..self }
    }

    /// The filter, if the form says one: a value, or a way that needs none.
    fn filter(&self) -> Option<Filter> {
        if self.of.is_some() {
            return None;
        }
        let (_, op) = WAYS.iter().find(|(way, _)| *way == self.way)?;
        let is_said = !self.column.is_empty() && (!self.value.is_empty() || *op == Op::Empty);
        is_said.then(|| Filter {
            column: self.column.to_owned(),
            op: *op,
            value: self.value.to_owned(),
        })
    }

    pub(super) fn sort(&self) -> Option<Sort> {
        let (column, descending) = self
            .sort
            .strip_prefix('-')
            .map_or((self.sort, false), |column| (column, true));
        (!column.is_empty()).then(|| Sort {
            column: column.to_owned(),
            descending,
        })
    }

    fn path(&self, id: &str, sort: &str, page: u64) -> String {
        let page = if page > 1 {
            page.to_string()
        } else {
            String::new()
        };
        let (column, way) = if self.filter().is_some() {
            (self.column, self.way)
        } else {
            ("", "")
        };
        let mut parameters = self.of.map_or_else(
            || vec![("where", column), ("is", way), ("value", self.value)],
            OfMeasure::parameters,
        );
        parameters.extend([("sort", sort), ("page", page.as_str())]);
        format!("{}#rows", address(&format!("/datasets/{id}"), &parameters))
    }
}

/// The rows this person may see, or why there are none.
pub(super) async fn preview(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    version: Option<&Record>,
    asked: &Asked<'_>,
) -> Result<Preview, PageError> {
    let mut preview = form(visit, dataset, asked);
    let Some(version) = version else {
        preview.why = Some(visit.t("dataset.no_downloads"));
        return Ok(preview);
    };
    let found = match asked.of {
        Some(of) => measured(visit, reader, dataset, (of, asked), &mut preview).await,
        None => rows(visit, reader, dataset, version, asked).await,
    };
    match found {
        Ok(Some((table, total))) => {
            let last = total.div_ceil(PAGE).min(LAST_PAGE);
            preview.pager = Pager::new(asked.page.min(last), last, |page| {
                asked.path(dataset.id.as_str(), asked.sort, page)
            });
            preview.table = Some(table);
        }
        Ok(None) if preview.why.is_some() => {}
        Ok(None) => {
            preview.why = Some(visit.t(if asked.filter().is_some() {
                "dataset.no_rows_match"
            } else {
                "dataset.no_rows"
            }));
        }
        // What was typed does not fit: the form says it, the page stays.
        Err(AskError::Value { column, expected }) => {
            let key = if expected.starts_with("a date") || expected.starts_with("a moment") {
                "dataset.fault_date"
            } else {
                "dataset.fault_number"
            };
            preview.fault =
                Some(visit.say(key, &[("column", column_title(visit, dataset, &column))]));
            preview.why = Some(visit.t("dataset.no_rows_match"));
        }
        Err(AskError::UnknownColumn { name, .. }) => {
            preview.fault = Some(visit.say("dataset.fault_column", &[("column", name)]));
            preview.why = Some(visit.t("dataset.no_rows_match"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(preview)
}

fn form(visit: &Visit, dataset: &Dataset, asked: &Asked<'_>) -> Preview {
    let column = |column: &city::Column| Choice {
        value: column.name.clone(),
        title: visit.title(&column.title, column.title_en.as_deref()),
        selected: column.name == asked.column,
    };
    let way = |(word, _): &(&str, Op)| Choice {
        value: (*word).to_owned(),
        title: visit.t(&format!("way.{word}")),
        selected: *word == asked.way,
    };
    let active = asked.filter().map(|filter| {
        let values = [
            ("column", column_title(visit, dataset, &filter.column)),
            ("way", visit.t(&format!("way.{}", asked.way))),
            ("value", filter.value),
        ];
        let text = visit.say("dataset.active", &values);
        Link::new(
            text.trim_end(),
            format!(
                "{}#rows",
                address(
                    &format!("/datasets/{}", dataset.id),
                    &[("sort", asked.sort)]
                )
            ),
        )
    });
    Preview {
        table: None,
        why: None,
        pager: None,
        columns: dataset
            .columns
            .iter()
            .filter(|column| column.column_type != ColumnType::Geometry)
            .map(column)
            .collect(),
        ways: WAYS.iter().map(way).collect(),
        value: asked.value.to_owned(),
        sort: asked.sort.to_owned(),
        active,
        fault: None,
        of: None,
    }
}

async fn rows(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    version: &Record,
    asked: &Asked<'_>,
) -> Result<Option<(Table, u64)>, AskError> {
    let mut question = Rows {
        dataset: dataset.id.clone(),
        at: At::Version(version.number),
        filters: asked.filter().into_iter().collect(),
        sort: asked.sort().into_iter().collect(),
        columns: Vec::new(),
        offset: (asked.page.min(LAST_PAGE) - 1) * PAGE,
        limit: Some(PAGE),
    };
    let (total, answer) = reader.rows_and_count(&question).await?;
    let answer = match answer {
        Some(answer) => answer,
        None if total == 0 => return Ok(None),
        // A page behind the last is the last.
        None => {
            question.offset = (total.div_ceil(PAGE) - 1) * PAGE;
            reader.rows(&question).await?
        }
    };
    let offset = question.offset;
    let mut shown = shown(visit, dataset, asked, answer).await?;
    shown.heads.push(Head::text(visit.t("report.column")));
    for (cells, place) in shown.rows.iter_mut().zip(0_u64..) {
        cells.push(report(visit, &question, place));
    }
    Ok(Some((
        captioned(visit, dataset, asked, shown, total, offset),
        total,
    )))
}

/// Rows as they are shown, without a caption.
pub(super) async fn shown(
    visit: &Visit,
    dataset: &Dataset,
    asked: &Asked<'_>,
    answer: Answer,
) -> Result<Table, AskError> {
    let schema = Arc::clone(&answer.schema);
    let kinds: Vec<Option<ColumnType>> = schema
        .fields()
        .iter()
        .map(|field| {
            dataset
                .column(field.name())
                .map(|column| column.column_type)
        })
        .collect();
    let heads = schema.fields().iter().zip(&kinds).map(|(field, kind)| {
        head(
            visit,
            dataset,
            asked,
            field.name(),
            is_numeric(field.data_type(), *kind),
        )
    });
    let heads: Vec<Head> = heads.collect();
    let mut rows = Vec::new();
    for batch in answer.collect().await? {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().zip(&kinds);
            let cells = cells.map(|(array, kind)| cell(visit, array.as_ref(), row, *kind));
            rows.push(cells.collect());
        }
    }
    Ok(Table {
        heads,
        rows,
        ..Table::default()
    })
}

pub(super) fn captioned(
    visit: &Visit,
    dataset: &Dataset,
    asked: &Asked<'_>,
    table: Table,
    total: u64,
    offset: u64,
) -> Table {
    let shown = u64::try_from(table.rows.len()).unwrap_or_default();
    Table {
        caption: caption(visit, dataset, asked, total, offset, shown),
        ..table
    }
}

/// Where somebody can say that a value of the row is wrong.
fn report(visit: &Visit, question: &Rows, place: u64) -> Cell {
    let row = Rows {
        offset: question.offset + place,
        ..question.clone()
    };
    let path = format!(
        "/datasets/{}/report?{}",
        question.dataset,
        interop::question::row_address(&row)
    );
    Cell::text(visit.t("report.link")).leading_to(path)
}

fn head(visit: &Visit, dataset: &Dataset, asked: &Asked<'_>, name: &str, numeric: bool) -> Head {
    let column = dataset.column(name);
    let unit = column
        .and_then(|column| column.unit_in(visit.lang))
        .map(|unit| format!(" ({unit})"))
        .unwrap_or_default();
    let is_shape = column.is_some_and(|column| column.column_type == ColumnType::Geometry);
    let sorted = match asked.sort.strip_prefix('-') {
        Some(sorted) if sorted == name => Some("descending"),
        None if asked.sort == name => Some("ascending"),
        _ => None,
    };
    let next = if sorted == Some("ascending") {
        format!("-{name}")
    } else {
        name.to_owned()
    };
    Head {
        title: format!("{}{unit}", column_title(visit, dataset, name)),
        numeric,
        sort: (!is_shape).then(|| asked.path(dataset.id.as_str(), &next, 1)),
        sorted,
    }
}

fn caption(
    visit: &Visit,
    dataset: &Dataset,
    asked: &Asked<'_>,
    total: u64,
    offset: u64,
    shown: u64,
) -> String {
    let caption = if shown == total {
        visit.say("dataset.caption_all", &[("total", show::count_of(total))])
    } else {
        let values = [
            ("total", show::count_of(total)),
            ("first", show::count_of(offset + 1)),
            ("last", show::count_of(offset + shown)),
        ];
        visit.say("dataset.caption", &values)
    };
    match asked.sort() {
        None => caption,
        Some(sort) => {
            let order = visit.t(if sort.descending {
                "dataset.descending"
            } else {
                "dataset.ascending"
            });
            visit.say(
                "dataset.caption_sorted",
                &[
                    ("caption", caption),
                    ("column", column_title(visit, dataset, &sort.column)),
                    ("order", order),
                ],
            )
        }
    }
}
