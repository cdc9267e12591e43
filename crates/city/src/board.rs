//! `boards/<id>.toml`: an arrangement of measures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::city::City;
use crate::id::{BoardId, DatasetId, MeasureId};
use crate::map::areas_of;
use crate::measure::Measure;

/// A page of measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Board {
    /// Id; the same as the file's name without `.toml`.
    pub id: BoardId,
    /// Korean title.
    pub title: String,
    /// English title.
    #[serde(default)]
    pub title_en: Option<String>,
    /// What the board is for, in Korean.
    pub description: String,
    /// The same in English.
    #[serde(default)]
    pub description_en: Option<String>,
    /// What is shown, in order.
    pub panels: Vec<Panel>,
    /// What a visitor may narrow it by: dimensions of its measures. The choice lives in the address.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Whether other sites may show what the public sees of it in a frame.
    #[serde(default)]
    pub embed: bool,
    /// When a figure is told to a department.
    #[serde(default)]
    pub alerts: Vec<Alert>,
}

/// One panel of a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Panel {
    /// The measure shown; for a map of places, the dataset instead.
    #[serde(default)]
    pub measure: Option<MeasureId>,
    /// The dataset whose places a `map` shows.
    #[serde(default)]
    pub dataset: Option<DatasetId>,
    /// How it is shown; what fits the measure best when absent.
    #[serde(default)]
    pub view: Option<View>,
    /// Dimension it is broken down by, or `time`: the measure's first when absent.
    #[serde(default)]
    pub by: Option<String>,
    /// The second dimension of `stacked` and `heat`, or `time`.
    #[serde(default)]
    pub across: Option<String>,
    /// Whether the parts begin with the worst, by the measure's direction; with the greatest when absent.
    #[serde(default)]
    pub worst_first: bool,
    /// Headline in Korean in place of the measure's title.
    #[serde(default)]
    pub title: Option<String>,
    /// Headline in English.
    #[serde(default)]
    pub title_en: Option<String>,
}

/// How a panel shows its measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// One number.
    Number,
    /// One number over its history.
    Trend,
    /// Bars, one a value of the dimension.
    Bar,
    /// Bars made of the parts of a second dimension: of what adds up only.
    Stacked,
    /// A line over time.
    Line,
    /// How values are spread: how many parts of `by`, or rows where it is absent, lie between which values.
    Distribution,
    /// Two dimensions as a table, darker where the measure is greater.
    Heat,
    /// A small line over time for each value of the dimension, all on one scale.
    Multiples,
    /// The history on its way to the target, with the pace that is needed.
    Trajectory,
    /// Places of a dataset on the map: points, lines or areas.
    Map,
    /// Places of a dataset counted in squares of one size.
    Grid,
    /// Areas of the city, darker where the measure is greater. The dimension's values name the areas: its column
    /// `refers-to` a dataset with shapes, or holds names of the areas of the city's `[map]`.
    Areas,
    /// A table by the dimension.
    Table,
}

/// The measure's time axis in `by` and `across`.
pub const TIME: &str = "time";

impl View {
    /// Every view.
    pub const ALL: [Self; 13] = [
        Self::Number,
        Self::Trend,
        Self::Bar,
        Self::Stacked,
        Self::Line,
        Self::Distribution,
        Self::Heat,
        Self::Multiples,
        Self::Trajectory,
        Self::Map,
        Self::Grid,
        Self::Areas,
        Self::Table,
    ];

    /// Its word in manifests and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Trend => "trend",
            Self::Bar => "bar",
            Self::Stacked => "stacked",
            Self::Line => "line",
            Self::Distribution => "distribution",
            Self::Heat => "heat",
            Self::Multiples => "multiples",
            Self::Trajectory => "trajectory",
            Self::Map => "map",
            Self::Grid => "grid",
            Self::Areas => "areas",
            Self::Table => "table",
        }
    }

    /// The view of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.word() == word)
    }

    /// Whether it shows a dataset's places and no measure.
    pub fn is_of_places(self) -> bool {
        matches!(self, Self::Map | Self::Grid)
    }
}

impl Panel {
    /// How it is shown: as it says, or what fits its measure best.
    pub fn view(&self, city: &City) -> View {
        if let Some(view) = self.view {
            return view;
        }
        let measure = self.measure.as_ref().and_then(|id| city.measures.get(id));
        measure.map_or(View::Map, |measure| {
            fitting(
                measure,
                self.by.as_deref(),
                self.across.as_deref(),
                &|name| names_areas(city, measure, name),
            )
        })
    }
}

/// By what a view breaks a measure down: dimensions, or [`TIME`]. What a panel does not say follows from the measure.
pub fn axes<'m>(
    measure: &'m Measure,
    view: View,
    by: Option<&'m str>,
    across: Option<&'m str>,
) -> (Option<&'m str>, Option<&'m str>) {
    let dimensions = || measure.dimensions.iter().map(String::as_str);
    let time = measure.time.as_ref().map(|_| TIME);
    let first = by.or_else(|| dimensions().next());
    let other = |than: Option<&str>| dimensions().find(|name| Some(*name) != than);
    match view {
        View::Stacked => {
            let by = by.or(time).or(first);
            (by, across.or_else(|| other(by)))
        }
        View::Heat => (first, across.or_else(|| other(first)).or(time)),
        View::Multiples => (first, time),
        View::Distribution if by.is_none() && measure.column().is_some() => (None, None),
        View::Trend | View::Line | View::Trajectory => (time, None),
        _ => (first, None),
    }
}

/// Whether the values of a dimension are declared to name areas with shapes: its column `refers-to` them, or is called like
/// the areas of the city's map, or like the column of their names.
pub fn names_areas(city: &City, measure: &Measure, dimension: &str) -> bool {
    let dataset = city.datasets.get(&measure.dataset);
    let Some(column) = dataset.and_then(|dataset| dataset.column(dimension)) else {
        return false;
    };
    let find = |id: &str| city.datasets.get(id);
    if areas_of(column, None, find).is_some() {
        return true;
    }
    let map = city.manifest.map.as_ref();
    let is_called = map.is_some_and(|map| {
        let areas = map.areas.as_ref().map(DatasetId::as_str);
        areas == Some(dimension) || map.area_name.as_deref() == Some(dimension)
    });
    is_called && areas_of(column, map, find).is_some()
}

/// What fits a measure best, broken down like that. `names_areas` says whether a dimension can be drawn on a map.
pub fn fitting(
    measure: &Measure,
    by: Option<&str>,
    across: Option<&str>,
    names_areas: &dyn Fn(&str) -> bool,
) -> View {
    match (by, across) {
        (_, Some(_)) => View::Heat,
        (Some(TIME), None) => View::Line,
        (Some(by), None) if names_areas(by) => View::Areas,
        (Some(_), None) => View::Bar,
        (None, None) => {
            let due = measure.target.as_ref().and_then(|own| own.by.as_ref());
            match (&measure.time, measure.dimensions.first()) {
                (Some(_), _) if due.is_some() => View::Trajectory,
                (Some(_), _) => View::Trend,
                (None, Some(first)) if names_areas(first) => View::Areas,
                (None, Some(_)) => View::Bar,
                (None, None) => View::Number,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(more: &str) -> Measure {
        let text = format!(
            "id = \"m\"\ntitle = \"면수\"\nquestion = \"?\"\ndataset = \"d\"\ncompute = {{ kind = \"count\" }}\nunit = \"면\"\n{more}\n"
        );
        let read = crate::read::measure_text(std::path::Path::new("m.toml"), &text);
        read.0.unwrap()
    }

    #[test]
    fn a_view_has_one_word() {
        for view in View::ALL {
            assert_eq!(View::of_word(view.word()), Some(view));
            let told = serde_json::to_value(view).unwrap();
            assert_eq!(told, view.word());
        }
        assert_eq!(View::of_word("pie"), None);
    }

    #[test]
    fn what_a_panel_does_not_say_follows_from_the_measure() {
        let two = measure(
            "dimensions = [\"dong\", \"kind\"]\ntime = { column = \"day\", step = \"day\" }",
        );
        assert_eq!(axes(&two, View::Bar, None, None), (Some("dong"), None));
        assert_eq!(
            axes(&two, View::Stacked, None, None),
            (Some(TIME), Some("dong"))
        );
        assert_eq!(
            axes(&two, View::Heat, None, None),
            (Some("dong"), Some("kind"))
        );
        assert_eq!(
            axes(&two, View::Heat, Some("kind"), None),
            (Some("kind"), Some("dong"))
        );
        assert_eq!(
            axes(&two, View::Multiples, Some("kind"), None),
            (Some("kind"), Some(TIME))
        );
        let one = measure("dimensions = [\"dong\"]");
        assert_eq!(axes(&one, View::Stacked, None, None), (Some("dong"), None));
    }

    #[test]
    fn what_fits_a_measure_follows_from_what_it_has() {
        let is_area = |name: &str| name == "dong";
        let fits = |more: &str, by, across| fitting(&measure(more), by, across, &is_area);
        let time = "time = { column = \"day\", step = \"day\" }\n";
        let due = format!("{time}target = {{ value = 1.0, unit = \"면\", by = \"2026-12-31\" }}\n");
        assert_eq!(fits("", None, None), View::Number);
        assert_eq!(fits(time, None, None), View::Trend);
        assert_eq!(fits(&due, None, None), View::Trajectory);
        assert_eq!(fits("dimensions = [\"dong\"]", None, None), View::Areas);
        assert_eq!(fits("dimensions = [\"kind\"]", None, None), View::Bar);
        assert_eq!(fits(time, Some("kind"), None), View::Bar);
        assert_eq!(fits(time, Some("dong"), None), View::Areas);
        assert_eq!(fits(time, Some(TIME), None), View::Line);
        assert_eq!(fits(time, Some("kind"), Some(TIME)), View::Heat);
    }
}
