//! Where the city is, as this reader may see it: the same as street works are judged by.

use std::sync::Arc;

use access::{AskError, At, Reader};
use city::City;
use geo_types::Geometry;
use situation::plane::{Plane, Territory};

use super::cells::{Cells, Columns};
use super::here::seen;
use super::kept::Kept;

/// The city's areas, by which a place is known to lie in it.
pub(super) fn columns(city: &City, reader: &Reader) -> Option<Columns> {
    let id = city.manifest.map.as_ref()?.areas.as_ref()?;
    let dataset = reader.dataset(id.as_str()).ok()?;
    let shape = dataset
        .columns
        .iter()
        .find(|column| column.column_type == city::ColumnType::Geometry)?;
    Some(Columns::of(id).must("shape", &shape.name))
}

/// Areas in metres; one that is no area any more in the plane tells nothing.
pub(super) fn shapes(cells: &Cells, plane: &Plane) -> Vec<Geometry<f64>> {
    let mut shapes = Vec::new();
    for part in cells.parts() {
        let stored = (0..part.rows).filter_map(|row| part.bytes("shape", row));
        shapes.extend(stored.filter_map(|bytes| plane.stored(bytes)));
    }
    shapes
}

/// The city's territory: by its areas where this reader sees them, else by its bounds. Nothing where the bounds are
/// nowhere in the plane.
///
/// # Errors
/// When areas that may be seen cannot be read.
pub(super) async fn territory(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    plane: &Plane,
) -> Result<Option<Territory>, AskError> {
    let Some(bounds) = Territory::within(plane, city.manifest.bounds) else {
        return Ok(None);
    };
    let Some(columns) = columns(city, reader) else {
        return Ok(Some(bounds));
    };
    let areas = seen(areas(kept, reader, plane, &columns).await)?;
    let areas = areas.map_or_else(Vec::new, |own| own.to_vec());
    Ok(Some(bounds.with_areas(areas)))
}

async fn areas(
    kept: &Kept,
    reader: &Reader,
    plane: &Plane,
    columns: &Columns,
) -> Result<Arc<Vec<Geometry<f64>>>, AskError> {
    let mut question = columns.question(At::Latest);
    let version = reader.version(question.dataset.as_str(), &At::Latest)?;
    question.at = At::Version(version.number);
    let make = async {
        let cells = columns.ask(reader, &question).await?;
        Ok(shapes(&cells, plane))
    };
    if !reader.may_keep(question.dataset.as_str()) {
        return Ok(Arc::new(make.await?));
    }
    let (id, sight) = (&question.dataset, reader.policy().name());
    let key = format!("areas {id} {} {sight}", version.number);
    let (areas, was_there) = kept.get(key, make).await?;
    if was_there {
        let rows = u64::try_from(areas.len()).unwrap_or_default();
        reader.again(&question, rows).await?;
    }
    Ok(areas)
}
