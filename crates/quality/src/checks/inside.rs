use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::error::ArrowError;
use city::check::Area as Declared;
use city::{Dataset, Reason, Why};

use super::{RowCheck, Tell, array};
use crate::judge::Area;

/// Korea's box: west, south, east, north.
const KOREA: [f64; 4] = [124.0, 33.0, 132.0, 39.0];

/// The place lies inside an area. An absent place passes.
///
/// **Why**: swapped or wrong coordinates put a toilet into the sea.
/// **Manifest**: `checks = [{ inside = "city" }]`
pub(super) struct Inside {
    x: String,
    y: String,
    area: &'static str,
    bounds: [f64; 4],
}

impl Inside {
    pub(super) fn new(dataset: &Dataset, area: Declared, city: Area) -> Self {
        // The computed columns, or those declared as longitude and latitude.
        let own = |name: &str, declared: Option<&String>| match declared {
            Some(declared)
                if dataset.column("longitude").is_some()
                    || dataset.column("latitude").is_some() =>
            {
                declared.clone()
            }
            _ => name.to_owned(),
        };
        let place = dataset.place.as_ref();
        let (area, bounds) = match area {
            Declared::City => ("city", city.0),
            Declared::Korea => ("korea", KOREA),
        };
        Self {
            x: own("longitude", place.and_then(|place| place.x.as_ref())),
            y: own("latitude", place.and_then(|place| place.y.as_ref())),
            area,
            bounds,
        }
    }

    fn contains(&self, x: f64, y: f64) -> bool {
        let [west, south, east, north] = self.bounds;
        x >= west && x <= east && y >= south && y <= north
    }
}

impl RowCheck for Inside {
    fn name(&self) -> &'static str {
        "inside"
    }

    fn column(&self) -> Option<&str> {
        None
    }

    fn judge(&self, rows: &RecordBatch, tell: &mut Tell<'_>) -> Result<u64, ArrowError> {
        let (xs, ys) = (
            cast(array(rows, &self.x)?, &DataType::Float64)?,
            cast(array(rows, &self.y)?, &DataType::Float64)?,
        );
        let (xs, ys) = (
            xs.as_primitive::<Float64Type>(),
            ys.as_primitive::<Float64Type>(),
        );
        let mut diagnosed = 0;
        for row in 0..xs.len() {
            if xs.is_null(row) || ys.is_null(row) {
                continue;
            }
            diagnosed += 1;
            let (x, y) = (xs.value(row), ys.value(row));
            if !self.contains(x, y) {
                let why = Why::Inside {
                    area: self.area.to_owned(),
                    swapped: self.contains(y, x),
                };
                tell(
                    row,
                    Reason {
                        column: None,
                        value: None,
                        why,
                    },
                );
            }
        }
        Ok(diagnosed)
    }
}
