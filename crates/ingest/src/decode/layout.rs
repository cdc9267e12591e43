//! Which source column each declared column is read from.

use city::dataset::Source;
use city::nearest::nearest;
use city::{ColumnType, Dataset, Fault};

use crate::place::Converter;
use crate::types::{ColumnPlan, adds_place};

/// More columns than any sound table has.
pub(crate) const COLUMNS_MAX: usize = 4096;

/// A dataset's columns laid over a source's.
pub(super) struct Layout {
    /// One plan a declared column.
    pub(super) plans: Vec<ColumnPlan>,
    /// Positions of the place's x and y among the declared columns.
    pub(super) place: Option<(usize, usize)>,
    /// `longitude` and `latitude` are computed.
    pub(super) adds_place: bool,
    /// From the source's coordinates to WGS 84.
    pub(super) converter: Converter,
    /// The coordinate system's name.
    pub(super) crs: String,
    /// Source columns nothing is read from.
    pub(super) extra: Vec<String>,
}

impl Layout {
    /// Lays `dataset` over the source columns `names` of `file`; the names of shapes' own
    /// coordinate systems (`shape_crs`) count where the manifest says nothing.
    pub(super) fn new(
        dataset: &Dataset,
        city_crs: &str,
        file: &str,
        names: &[String],
        shape_crs: Option<&str>,
    ) -> Result<Self, Vec<Fault>> {
        if names.len() > COLUMNS_MAX {
            return Err(too_many_columns(file, names.len()));
        }
        let mut faults = Vec::new();
        let mut used = vec![false; names.len()];
        let mut plans = Vec::new();
        for column in &dataset.columns {
            if column.column_type == ColumnType::Geometry {
                plans.push(ColumnPlan::new(column, usize::MAX));
                continue;
            }
            match find(column.source_name(), names) {
                Some(at) => {
                    if let Some(mark) = used.get_mut(at) {
                        *mark = true;
                    }
                    plans.push(ColumnPlan::new(column, at));
                }
                // What no device said in a minute is unknown, not missing.
                None if matches!(dataset.source, Source::Mqtt(_)) => {
                    plans.push(ColumnPlan::new(column, usize::MAX));
                }
                None => faults.push(missing(file, column.source_name(), names)),
            }
        }
        let position = |name: &Option<String>| {
            name.as_ref().and_then(|name| {
                dataset
                    .columns
                    .iter()
                    .position(|column| &column.name == name)
            })
        };
        let place = dataset
            .place
            .as_ref()
            .and_then(|place| Some((position(&place.x)?, position(&place.y)?)));
        let declared = dataset
            .place
            .as_ref()
            .and_then(|place| place.crs.as_deref());
        let crs = declared.or(shape_crs).unwrap_or(city_crs).to_owned();
        let converter =
            Converter::new(&crs).map_err(|error| vec![Fault::at(file, error.to_string())]);
        if !faults.is_empty() {
            return Err(faults);
        }
        let extra = names
            .iter()
            .zip(&used)
            .filter(|(_, used)| !**used)
            .map(|(name, _)| name.clone())
            .collect();
        Ok(Self {
            plans,
            place,
            adds_place: adds_place(dataset),
            converter: converter?,
            crs,
            extra,
        })
    }
}

/// A header that is none, or of a table nobody can use as it is.
pub(crate) fn too_many_columns(file: &str, count: usize) -> Vec<Fault> {
    vec![
        Fault::at(file, format!("the header has {count} columns"))
            .expected(format!("at most {COLUMNS_MAX}"))
            .remedy("check the separator; declare a wide table `long`"),
    ]
}

/// Where a name stands; spaces and letter case do not tell names apart when nothing else fits.
fn find(name: &str, names: &[String]) -> Option<usize> {
    names.iter().position(|known| known == name).or_else(|| {
        let plain = |text: &str| {
            text.chars()
                .filter(|sign| !sign.is_whitespace())
                .flat_map(char::to_lowercase)
                .collect::<String>()
        };
        let wanted = plain(name);
        names.iter().position(|known| plain(known) == wanted)
    })
}

fn missing(file: &str, name: &str, names: &[String]) -> Fault {
    let shown = names
        .iter()
        .take(40)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let more = names.len().saturating_sub(40);
    let found = if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    };
    let fault = Fault::at(file, format!("the source has no column `{name}`"))
        .expected(format!("one of the columns found: {found}"));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => fault.remedy(format!("did you mean `{near}`? Correct `source` in the manifest, or ask for a corrected file")),
        None => fault.remedy("correct `source`, `skip-rows` or `header-rows` in the manifest, or ask for a corrected file"),
    }
}
