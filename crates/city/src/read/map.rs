//! The map of `city.toml`, and areas of boards, beside the datasets.

use std::collections::BTreeMap;

use super::Text;
use super::folder::Read;
use super::links::{Known, column, dataset};
use crate::board::{Board, View};
use crate::city::CityManifest;
use crate::dataset::Dataset;
use crate::fault::Fault;
use crate::map::{CityMap, areas_of, shape_of};
use crate::measure::Measure;

/// Datasets of the map exist, have shapes, and the columns that name them; a map from outside has an address.
pub(super) fn ground(
    manifest: &Read<CityManifest>,
    datasets: &Known<'_, Dataset>,
    faults: &mut Vec<Fault>,
) {
    let Some(map) = &manifest.value.map else {
        return;
    };
    let text = Text::new(&manifest.file, &manifest.text);
    for (role, id, name) in map.grounds() {
        let path = ["map", role.word()];
        let Some(of) = dataset(id, datasets, &text, &path, faults) else {
            continue;
        };
        if shape_of(of).is_none() {
            let what = format!("`{}` has no column of type `geometry`", of.id);
            faults.push(text.fault_at(&path, what));
        }
        if let Some(name) = name {
            let key = format!("{}-name", role.word().trim_end_matches('s'));
            column(of, name, &text, &["map", &key], faults);
        }
    }
    names_have_datasets(map, &text, faults);
    if let Some(base) = map.base.as_ref().filter(|base| base.origin().is_none()) {
        let what = format!(
            "`{}` is no address of tiles; write it like `https://map.example.go.kr/{{z}}/{{x}}/{{y}}.png`",
            base.url
        );
        faults.push(text.fault_at(&["map", "base", "url"], what));
    }
    if let Some(base) = &map.base
        && base.attribution.trim().is_empty()
    {
        let what = "whose map it is must be said: `attribution` is empty";
        faults.push(text.fault_at(&["map", "base", "attribution"], what));
    }
}

fn names_have_datasets(map: &CityMap, text: &Text<'_>, faults: &mut Vec<Fault>) {
    for (key, name, of, id) in [
        ("area-name", &map.area_name, "areas", &map.areas),
        ("road-name", &map.road_name, "roads", &map.roads),
    ] {
        if name.is_some() && id.is_none() {
            let what = format!("`{key}` names a column of `{of}`, which is missing");
            faults.push(text.fault_at(&["map", key], what));
        }
    }
}

/// Panels of boards that show areas have some: the dimension's values name areas that have shapes.
pub(super) fn panels(
    boards: &[Read<Board>],
    map: Option<&CityMap>,
    (measures, datasets): (&Known<'_, Measure>, &Known<'_, Dataset>),
    faults: &mut Vec<Fault>,
) {
    let sound: BTreeMap<&str, &Dataset> = datasets
        .iter()
        .filter_map(|(id, dataset)| Some((id.as_str(), (*dataset)?)))
        .collect();
    for read in boards {
        let text = Text::new(&read.file, &read.text);
        let panels = read.value.panels.iter().enumerate();
        for (at, panel) in panels.filter(|(_, panel)| panel.view == Some(View::Areas)) {
            let at = at.to_string();
            let known = panel.measure.as_ref().map(|id| measures.get(id.as_str()));
            // What is not there, or has faults of its own, is told elsewhere.
            let measure = match known {
                Some(Some(Some(measure))) => measure,
                Some(_) => continue,
                None => {
                    let what = "a panel of areas shows a `measure`";
                    faults.push(text.fault_at(&["panels", &at], what));
                    continue;
                }
            };
            let Some(of) = sound.get(measure.dataset.as_str()) else {
                continue;
            };
            let by = panel.by.as_ref().or(measure.dimensions.first());
            let column = by.and_then(|by| of.column(by));
            let areas =
                column.and_then(|column| areas_of(column, map, |id| sound.get(id).copied()));
            if areas.is_none() {
                let by = by.map_or("", String::as_str);
                let what = format!(
                    "the values of `{by}` name no areas: let the column refer-to a dataset with a `geometry` column, or give `[map]` in city.toml `areas` and `area-name`"
                );
                faults.push(text.fault_at(&["panels", &at, "view"], what));
            }
        }
    }
}
