//! Maps of places over the city's own ground.

use access::{At, Reader, Record, Rows};
use city::{Dataset, DatasetId};
use interop::tiles::MANY_PLACES;
use serde::Serialize;

use crate::parts::MapView;
use crate::query::address;
use crate::show;
use crate::site::Visit;

/// A dataset a map is drawn upon, as the map's script reads it.
#[derive(Debug, Serialize)]
struct Ground {
    role: city::MapRole,
    url: String,
    /// Whether the address describes tiles, or is all of it as GeoJSON.
    tiles: bool,
    name: Option<String>,
}

/// The map of a dataset's places; nothing when it has none or they may not be seen.
pub(crate) fn map(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    version: &Record,
    table: &str,
) -> Option<MapView> {
    let has_place = dataset.place.is_some() || city::map::shape_of(dataset).is_some();
    if !has_place || !reader.shows_place(dataset.id.as_str()) {
        return None;
    }
    let manifest = &visit.city().manifest;
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let is_large = version.rows > MANY_PLACES;
    let at = version.number.to_string();
    let places = address(
        &format!("/api/datasets/{}/places", dataset.id),
        &[("version", &at)],
    );
    let tiles = address(&format!("/tiles/{}.json", dataset.id), &[("at", &at)]);
    let note = if is_large {
        "dataset.map_large"
    } else {
        "dataset.map_note"
    };
    let outside = manifest.map.as_ref().and_then(|map| map.base.as_ref());
    Some(MapView {
        places: (!is_large).then_some(places),
        tiles: is_large.then_some(tiles),
        ground: ground(visit, reader, Some(&dataset.id)),
        outside: outside.and_then(|base| serde_json::to_string(base).ok()),
        bounds: manifest.bounds.map(|bound| bound.to_string()).join(","),
        label: visit.say("dataset.map_label", &[("title", title)]),
        note: visit.say(note, &[("rows", show::count_of(version.rows))]),
        table: table.to_owned(),
        lines: None,
        as_of: None,
        pick: None,
    })
}

/// A map of the city without places of its own; `table` says where the same is told in words.
pub(crate) fn of_city(
    visit: &Visit,
    reader: &Reader,
    label: String,
    note: String,
    table: &str,
) -> MapView {
    let manifest = &visit.city().manifest;
    let outside = manifest.map.as_ref().and_then(|map| map.base.as_ref());
    MapView {
        places: None,
        tiles: None,
        ground: ground(visit, reader, None),
        outside: outside.and_then(|base| serde_json::to_string(base).ok()),
        bounds: manifest.bounds.map(|bound| bound.to_string()).join(","),
        label,
        note,
        table: table.to_owned(),
        lines: None,
        as_of: None,
        pick: None,
    }
}

/// The same map with the places of these rows only.
pub(crate) fn narrowed(visit: &Visit, map: MapView, rows: &Rows, count: u64) -> MapView {
    let version = match rows.at {
        At::Version(number) => number.to_string(),
        _ => "latest".to_owned(),
    };
    let filters: Vec<String> = rows.filters.iter().map(access::Filter::write).collect();
    let mut parameters = vec![("version", version.as_str())];
    parameters.extend(filters.iter().map(|filter| ("filter", filter.as_str())));
    let path = format!("/api/datasets/{}/places", rows.dataset);
    MapView {
        places: Some(address(&path, &parameters)),
        tiles: None,
        note: visit.say("dataset.map_note", &[("rows", show::count_of(count))]),
        ..map
    }
}

/// What a map is drawn upon: what is there and this person's to see; and a map is not drawn over itself.
fn ground(visit: &Visit, reader: &Reader, own: Option<&DatasetId>) -> String {
    let map = visit.city().manifest.map.as_ref();
    let named = map.into_iter().flat_map(city::CityMap::grounds);
    let drawn: Vec<Ground> = named
        .filter(|(_, id, _)| Some(*id) != own && reader.shows_place(id.as_str()))
        .filter_map(|(role, id, name)| {
            let dataset = reader.dataset(id.as_str()).ok()?;
            let version = reader.version(id.as_str(), &At::Latest).ok()?;
            let tiles = version.rows > MANY_PLACES;
            let column = name.and_then(|name| dataset.column(name));
            Some(Ground {
                role,
                url: if tiles {
                    format!("/tiles/{id}.json")
                } else {
                    format!("/datasets/{id}.geojson")
                },
                tiles,
                // Tiles call what they say by its title, a file by its column.
                name: column.map(|column| {
                    let name = if tiles { &column.title } else { &column.name };
                    name.clone()
                }),
            })
        })
        .collect();
    serde_json::to_string(&drawn).unwrap_or_else(|_| "[]".to_owned())
}
