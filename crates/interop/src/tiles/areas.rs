//! Areas as a picture: what a choropleth is drawn of where no script runs.

use access::{AskError, Reader, Rows};
use arrow::array::RecordBatch;
use city::City;
use city::map::{AreasOf, shape_of};
use futures::StreamExt as _;
use tiles::Frame;

use crate::downloads::{bytes_of, json_value};

/// A picture of more areas shows nothing any more.
const AREAS: u64 = 1_000;
/// Width of a picture in its own units.
const WIDTH: f64 = 640.0;

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The value a measure's parts have for it.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Its path, for `d`; filled by the rule `evenodd`.
    pub path: String,
    /// Where its name stands.
    pub middle: (f64, f64),
}

/// Areas within the city's bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Width in its own units.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// The areas.
    pub areas: Vec<Area>,
    /// Areas without a shape that can be drawn: broken, absent, or far too small.
    pub not_drawn: usize,
    /// Whether there are more areas than a picture shows.
    pub is_cut: bool,
}

/// The city's areas, to draw something upon; none where it declares none, or they cannot be had.
pub async fn ground(reader: &Reader, city: &City) -> Vec<Area> {
    let map = city.manifest.map.as_ref();
    let found = map.and_then(|map| {
        let dataset = city.datasets.get(map.areas.as_ref()?)?;
        let name = dataset.column(map.area_name.as_deref()?)?;
        Some(AreasOf {
            dataset,
            key: name,
            name,
            shape: shape_of(dataset)?,
        })
    });
    let Some(of) = found else {
        return Vec::new();
    };
    // What stands upon it stands without it too.
    match picture(reader, &of, city.manifest.bounds).await {
        Ok(Some(picture)) => picture.areas,
        _ => Vec::new(),
    }
}

/// The areas as this reader sees them; nothing where the bounds hold no area.
///
/// # Errors
/// When the areas may not be seen, or cannot be read.
pub async fn picture(
    reader: &Reader,
    areas: &AreasOf<'_>,
    bounds: [f64; 4],
) -> Result<Option<Picture>, AskError> {
    let Some(frame) = Frame::new(bounds, WIDTH) else {
        return Ok(None);
    };
    let mut columns = vec![areas.key.name.clone()];
    for name in [&areas.name.name, &areas.shape.name] {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    let question = Rows {
        dataset: areas.dataset.id.clone(),
        columns,
        limit: Some(AREAS + 1),
        ..Rows::default()
    };
    let mut answer = reader.rows(&question).await?;
    let named = |name: &str| answer.schema.index_of(name).ok();
    let places = named(&areas.key.name)
        .zip(named(&areas.name.name))
        .zip(named(&areas.shape.name));
    let Some(((key, name), shape)) = places else {
        return Ok(None);
    };
    let mut picture = Picture {
        width: frame.width,
        height: frame.height,
        ..Picture::default()
    };
    let most = usize::try_from(AREAS).unwrap_or(usize::MAX);
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            if picture.areas.len() + picture.not_drawn >= most {
                picture.is_cut = true;
                return Ok(Some(picture));
            }
            let of = batch.columns().get(shape);
            let bytes = of.and_then(|array| bytes_of(array, row));
            let drawn = bytes.and_then(|bytes| Some((frame.path(bytes)?, frame.middle(bytes)?)));
            let Some((path, middle)) = drawn else {
                picture.not_drawn += 1;
                continue;
            };
            picture.areas.push(Area {
                key: text(&batch, key, row),
                name: text(&batch, name, row),
                path,
                middle,
            });
        }
    }
    Ok(Some(picture))
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> String {
    let value = batch.columns().get(column);
    match value.map(|array| json_value(array, row)) {
        Some(serde_json::Value::String(text)) => text,
        Some(serde_json::Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}
