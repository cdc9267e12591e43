//! `[map]` of `city.toml`: what every map is drawn upon. The city's own datasets, so that it works on a closed network.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::dataset::{Column, ColumnType, Dataset};
use crate::id::DatasetId;

/// What every map is drawn upon.
///
/// ```toml
/// [map]
/// areas = "dong"
/// area-name = "name"
/// roads = "roads"
/// road-name = "name"
/// water = "rivers"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CityMap {
    /// Areas (dong); a dataset with a `geometry` column.
    pub areas: Option<DatasetId>,
    /// Column of `areas` that names an area.
    pub area_name: Option<String>,
    /// Parks and woods; a dataset with a `geometry` column.
    pub green: Option<DatasetId>,
    /// Rivers and lakes; a dataset with a `geometry` column.
    pub water: Option<DatasetId>,
    /// Buildings; a dataset with a `geometry` column.
    pub buildings: Option<DatasetId>,
    /// Roads; a dataset with a `geometry` column.
    pub roads: Option<DatasetId>,
    /// Column of `roads` that names a road.
    pub road_name: Option<String>,
    /// A map from outside below all of it. Browsers then ask its server for pictures: it learns which part of the map
    /// somebody looks at.
    pub base: Option<OutsideMap>,
}

/// A map from outside: pictures of tiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutsideMap {
    /// Address of its tiles: `https://map.example.go.kr/{z}/{x}/{y}.png`.
    pub url: String,
    /// Whose map it is, as its terms ask for; shown on each map.
    pub attribution: String,
}

/// What a dataset is on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapRole {
    /// Areas.
    Areas,
    /// Parks and woods.
    Green,
    /// Rivers and lakes.
    Water,
    /// Buildings.
    Buildings,
    /// Roads.
    Roads,
}

impl MapRole {
    /// The word in `city.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Areas => "areas",
            Self::Green => "green",
            Self::Water => "water",
            Self::Buildings => "buildings",
            Self::Roads => "roads",
        }
    }
}

impl CityMap {
    /// The datasets it names, in the order they are drawn, each with the column that names its places.
    pub fn grounds(&self) -> impl Iterator<Item = (MapRole, &DatasetId, Option<&str>)> {
        let all = [
            (MapRole::Areas, &self.areas, self.area_name.as_deref()),
            (MapRole::Green, &self.green, None),
            (MapRole::Water, &self.water, None),
            (MapRole::Buildings, &self.buildings, None),
            (MapRole::Roads, &self.roads, self.road_name.as_deref()),
        ];
        let named = all.into_iter();
        named.filter_map(|(role, id, name)| Some((role, id.as_ref()?, name)))
    }
}

impl OutsideMap {
    /// The server it comes from, as browsers name it: `https://map.example.go.kr`; nothing where the address is none.
    pub fn origin(&self) -> Option<String> {
        let (scheme, rest) = self.url.split_once("://")?;
        let host = rest.split('/').next()?;
        let is_host = !host.is_empty()
            && host
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':'));
        let has_all = ["{z}", "{x}", "{y}"].iter().all(|part| rest.contains(part));
        (matches!(scheme, "http" | "https") && is_host && has_all)
            .then(|| format!("{scheme}://{host}"))
    }
}

/// The areas that the values of a dimension name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreasOf<'d> {
    /// The dataset with their shapes.
    pub dataset: &'d Dataset,
    /// Its column that the values are found in.
    pub key: &'d Column,
    /// Its column that names an area for people.
    pub name: &'d Column,
    /// Its column of shapes.
    pub shape: &'d Column,
}

/// The areas a column's values name: those of the dataset it `refers-to`, where that has shapes, or else the areas of
/// the city's map by their name. Nothing where there are none.
pub fn areas_of<'d>(
    column: &Column,
    map: Option<&CityMap>,
    find: impl Fn(&str) -> Option<&'d Dataset>,
) -> Option<AreasOf<'d>> {
    let area_name = |dataset: &'d Dataset| {
        let map = map.filter(|map| map.areas.as_ref() == Some(&dataset.id))?;
        dataset.column(map.area_name.as_deref()?)
    };
    let referred = column.checks.iter().find_map(|check| match check {
        Check::RefersTo(target) => Some(target),
        _ => None,
    });
    let by_reference = referred.and_then(|target| {
        let dataset = find(target.dataset.as_str())?;
        let key = dataset.column(&target.column)?;
        Some(AreasOf {
            dataset,
            key,
            name: area_name(dataset).unwrap_or(key),
            shape: shape_of(dataset)?,
        })
    });
    by_reference.or_else(|| {
        let dataset = find(map?.areas.as_ref()?.as_str())?;
        let name = area_name(dataset)?;
        Some(AreasOf {
            dataset,
            key: name,
            name,
            shape: shape_of(dataset)?,
        })
    })
}

/// The column of shapes, if a dataset has one.
pub fn shape_of(dataset: &Dataset) -> Option<&Column> {
    let mut columns = dataset.columns.iter();
    columns.find(|column| column.column_type == ColumnType::Geometry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outside_map_has_a_server_and_three_numbers() {
        let origin = |url: &str| {
            let map = OutsideMap {
                url: url.to_owned(),
                attribution: String::new(),
            };
            map.origin()
        };
        let whole = "https://map.example.go.kr:8443/a/{z}/{x}/{y}.png?key=1";
        assert_eq!(
            origin(whole).as_deref(),
            Some("https://map.example.go.kr:8443")
        );
        for wrong in [
            "map.example/{z}/{x}/{y}.png",
            "ftp://map.example/{z}/{x}/{y}.png",
            "https:///{z}/{x}/{y}.png",
            "https://map.example/{z}/{x}.png",
            "https://map.example;script-src */{z}/{x}/{y}.png",
            "https://{z}/{x}/{y}.png",
        ] {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
    }
}
