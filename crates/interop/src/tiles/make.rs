//! A version's rows, as somebody sees them, become a map.

use access::{At, Looked, Reader, Rows};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use city::{ColumnType, Dataset, DatasetId};
use futures::StreamExt as _;
use serde_json::Value;
use tiles::{Builder, Fact, Index, Where};

use crate::downloads::{Geometry, json_value};
use crate::problem::Problem;

/// What is said of a place.
const FACTS: usize = 6;
/// Places with what is said of them take no more memory while they are read.
const BUILDER_BYTES: usize = 256 << 20;

/// All places of a version, as those see them who see the same.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) index: Index,
    /// What everybody who looks leaves in the log.
    pub(super) looked: Looked,
    /// Whether what is said of the places was left out, since there are so many.
    pub(super) lacks_facts: bool,
}

/// Reads all places of a version and builds their map.
pub(super) async fn map(reader: &Reader, id: &DatasetId, version: i64) -> Result<Map, Problem> {
    let dataset = reader.dataset(id)?;
    let question = question(dataset, version);
    let (mut answer, looked) = reader.rows_to_show(&question).await?;
    let names: Vec<String> = answer
        .schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let geometry = Geometry::find(dataset, &names)
        .ok_or_else(|| Problem::question(format!("dataset '{id}' has no places")))?;
    // What only says where a place is says nothing of it, unless the dataset declares it as a column of its own.
    let says =
        |at: usize, name: &str| !geometry.uses(at) || dataset.column(name).is_some_and(is_fact);
    let told: Vec<usize> = names
        .iter()
        .enumerate()
        .filter(|(at, name)| says(*at, name))
        .map(|(at, _)| at)
        .take(FACTS)
        .collect();
    let titles = told
        .iter()
        .filter_map(|at| answer.titles.get(*at))
        .map(|title| title.ko.clone());
    let mut adding = Adding {
        builder: Builder::new(titles.collect()),
        geometry,
        told,
    };
    let mut lacks_facts = false;
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        // Beside what waits for the network: a batch of shapes takes its time.
        let added = tokio::task::spawn_blocking(move || {
            adding.batch(&batch);
            adding
        });
        adding = added.await.map_err(|error| Problem::broken(&error))?;
        if adding.builder.bytes() > BUILDER_BYTES && !lacks_facts {
            adding.builder.forget_facts();
            adding.told = Vec::new();
            lacks_facts = true;
        }
        if adding.builder.bytes() > BUILDER_BYTES {
            return Err(too_many(id));
        }
    }
    let builder = adding.builder;
    let index = tokio::task::spawn_blocking(move || builder.build());
    let index = index.await.map_err(|error| Problem::broken(&error))?;
    let rows = index.tally().rows;
    Ok(Map {
        index,
        looked: looked.of_rows(rows),
        lacks_facts,
    })
}

fn too_many(id: &DatasetId) -> Problem {
    let problem = Problem::question(format!(
        "dataset '{id}' has more places than a map can hold"
    ));
    Problem {
        remedy: Some("ask for a part of them with /api/datasets/{id}/places?filter=".to_owned()),
        ..problem
    }
    .in_korean("지도에 담기에는 위치가 너무 많습니다. 조건을 정해 일부만 보아 주십시오.")
}

fn is_fact(column: &city::Column) -> bool {
    column.column_type != ColumnType::Geometry
}

/// The columns a map is made of: what is said, and where it is.
fn question(dataset: &Dataset, version: i64) -> Rows {
    let facts = dataset.columns.iter().filter(|column| is_fact(column));
    let mut columns: Vec<String> = facts
        .take(FACTS)
        .map(|column| column.name.clone())
        .collect();
    let mut shapes = dataset.columns.iter().filter(|column| !is_fact(column));
    let places = shapes.next().map_or_else(
        || vec!["longitude".to_owned(), "latitude".to_owned()],
        |shape| vec![shape.name.clone()],
    );
    for name in places {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    Rows {
        dataset: dataset.id.clone(),
        at: At::Version(version),
        columns,
        ..Rows::default()
    }
}

/// Rows on their way into a map.
struct Adding {
    builder: Builder,
    geometry: Geometry,
    /// The columns that say something.
    told: Vec<usize>,
}

impl Adding {
    fn batch(&mut self, batch: &RecordBatch) {
        let columns = batch.columns();
        let told: Vec<&ArrayRef> = self.told.iter().filter_map(|at| columns.get(*at)).collect();
        for row in 0..batch.num_rows() {
            let values: Vec<Value> = told.iter().map(|array| json_value(array, row)).collect();
            let place = self.geometry.place(columns, row);
            self.builder.add(place, values.iter().map(fact));
        }
    }
}

impl Geometry {
    /// Whether a column says where a row is.
    fn uses(&self, at: usize) -> bool {
        match self {
            Self::Shape(shape) => *shape == at,
            Self::Point(x, y) => *x == at || *y == at,
        }
    }

    /// Where a row is.
    fn place<'b>(&self, columns: &'b [ArrayRef], row: usize) -> Where<'b> {
        let place = match self {
            Self::Shape(at) => columns
                .get(*at)
                .and_then(|array| crate::downloads::bytes_of(array, row))
                .map(Where::Shape),
            Self::Point(x, y) => {
                let number = |at: &usize| number(columns.get(*at)?, row);
                number(x).zip(number(y)).map(|(x, y)| Where::At(x, y))
            }
        };
        place.unwrap_or(Where::Unknown)
    }
}

fn number(array: &ArrayRef, row: usize) -> Option<f64> {
    let numbers = array.as_primitive_opt::<Float64Type>()?;
    numbers.is_valid(row).then(|| numbers.value(row))
}

/// A value as a tile says it.
fn fact(value: &Value) -> Fact<'_> {
    match value {
        Value::String(text) if text.is_empty() => Fact::Nothing,
        Value::String(text) => Fact::Text(text),
        Value::Bool(flag) => Fact::Flag(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Fact::Whole(whole),
            None => number.as_f64().map_or(Fact::Nothing, Fact::Number),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => Fact::Nothing,
    }
}
