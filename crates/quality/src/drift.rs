//! Whether a delivery looks like the one before it: what differs more than its manifest allows waits for a person.
//!
//! A department that changes a code list, a national service that renames a key or loses half its rows, an export cut
//! off in the middle: each row of such a file may be sound. Only next to the delivery before does it look wrong.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::{max, min};
use arrow::datatypes::Float64Type;
use city::dataset::{Drift, LoadMode};
use city::{ColumnType, Dataset, Difference, PrivacyClass};

use crate::report::Report;

/// Codes named in a difference.
const NAMED: usize = 10;
/// A column of more different codes is no code list.
const CODES_MAX: usize = 10_000;
/// Kilometres of a degree of latitude, and of longitude at the equator.
const KM_OF_DEGREE: f64 = 111.32;

/// What is compared of a delivery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Rows accepted.
    pub rows: u64,
    /// Share of empty cells by column.
    pub nulls: BTreeMap<String, f64>,
    /// Codes by column, of columns of type `code` that say nothing about a person.
    pub codes: BTreeMap<String, BTreeSet<String>>,
    /// The box around all places: west, south, east, north.
    pub extent: Option<[f64; 4]>,
    /// Columns of the source that the manifest does not use.
    pub extra: BTreeSet<String>,
}

impl Summary {
    /// A delivery of which nothing but the report is known yet.
    pub fn of(report: &Report, accepted: u64, extra: impl IntoIterator<Item = String>) -> Self {
        let share = |nulls: u64, rows: u64| {
            #[expect(clippy::cast_precision_loss, reason = "counts as shares")]
            (rows > 0).then(|| nulls as f64 / rows as f64)
        };
        Self {
            rows: accepted,
            nulls: report
                .columns
                .iter()
                .filter_map(|column| Some((column.name.clone(), share(column.nulls, column.rows)?)))
                .collect(),
            extra: extra.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The columns [`Self::see`] looks at.
    pub fn columns(dataset: &Dataset) -> Vec<String> {
        let Some(drift) = &dataset.load.drift else {
            return Vec::new();
        };
        let mut names = Vec::new();
        if drift.codes.is_some() {
            names.extend(codes_of(dataset).map(str::to_owned));
        }
        if drift.extent_km.is_some() {
            names.extend(["longitude", "latitude"].map(str::to_owned));
        }
        names
    }

    /// Looks at accepted rows for their codes and places.
    pub fn see(&mut self, dataset: &Dataset, rows: &RecordBatch) {
        let Some(drift) = &dataset.load.drift else {
            return;
        };
        if drift.codes.is_some() {
            for name in codes_of(dataset) {
                let known = self.codes.entry(name.to_owned()).or_default();
                let texts = rows
                    .column_by_name(name)
                    .and_then(|array| array.as_string_opt::<i32>());
                let mut last = None;
                for text in texts.into_iter().flatten().flatten() {
                    if last != Some(text) && known.len() <= CODES_MAX && !known.contains(text) {
                        known.insert(text.to_owned());
                    }
                    last = Some(text);
                }
            }
        }
        if drift.extent_km.is_some() {
            self.widen(rows);
        }
    }

    fn widen(&mut self, rows: &RecordBatch) {
        let bounds = |name: &str| {
            let array = rows
                .column_by_name(name)?
                .as_primitive_opt::<Float64Type>()?;
            Some((min(array)?, max(array)?))
        };
        let (Some((west, east)), Some((south, north))) = (bounds("longitude"), bounds("latitude"))
        else {
            return;
        };
        let [w, s, e, n] = self.extent.unwrap_or([west, south, east, north]);
        self.extent = Some([w.min(west), s.min(south), e.max(east), n.max(north)]);
    }
}

fn codes_of(dataset: &Dataset) -> impl Iterator<Item = &str> {
    dataset
        .columns
        .iter()
        .filter(|column| {
            column.column_type == ColumnType::Code && column.privacy == PrivacyClass::None
        })
        .map(|column| column.name.as_str())
}

/// What differs more than `limits` allow. `keys`: of the keys before, those still there, and all.
pub fn differences(
    limits: &Drift,
    mode: LoadMode,
    (before, now): (&Summary, &Summary),
    keys: Option<(u64, u64)>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    found.extend(limits.rows.and_then(|limit| rows(before, now, limit)));
    if let Some(limit) = limits.nulls {
        found.extend(nulls(before, now, limit));
    }
    if let Some(limit) = limits.codes {
        found.extend(codes(before, now, limit, mode));
    }
    found.extend(
        limits
            .extent_km
            .and_then(|limit| extent(before, now, limit, mode)),
    );
    if let (Some(limit), Some((kept, before))) = (limits.keys, keys)
        && before > 0
        && share(kept, before) < limit
    {
        found.push(Difference::Keys {
            kept,
            before,
            limit,
        });
    }
    if !limits.columns {
        let named = |from: &Summary, other: &Summary| -> Vec<String> {
            from.extra.difference(&other.extra).cloned().collect()
        };
        let (new, gone) = (named(now, before), named(before, now));
        if !(new.is_empty() && gone.is_empty()) {
            found.push(Difference::Columns { new, gone });
        }
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "counts as shares")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

fn rows(before: &Summary, now: &Summary, limit: f64) -> Option<Difference> {
    let changed = share(before.rows.abs_diff(now.rows), before.rows);
    (before.rows > 0 && changed > limit).then_some(Difference::Rows {
        before: before.rows,
        now: now.rows,
        limit,
    })
}

fn nulls(before: &Summary, now: &Summary, limit: f64) -> Vec<Difference> {
    let both = now
        .nulls
        .iter()
        .filter_map(|(column, now)| Some((column, *before.nulls.get(column)?, *now)));
    both.filter(|(_, before, now)| (now - before).abs() > limit)
        .map(|(column, before, now)| Difference::Nulls {
            column: column.clone(),
            before,
            now,
            limit,
        })
        .collect()
}

/// Codes that are no more count where the table becomes what arrived; what is only added need not have them all.
fn codes(before: &Summary, now: &Summary, limit: f64, mode: LoadMode) -> Vec<Difference> {
    let mut found = Vec::new();
    for (column, now) in &now.codes {
        let Some(before) = before.codes.get(column) else {
            continue;
        };
        // No code list at all: there is nothing to compare.
        if before.is_empty() || before.len() > CODES_MAX || now.len() > CODES_MAX {
            continue;
        }
        let new: Vec<&String> = now.difference(before).collect();
        let gone: Vec<&String> = if mode == LoadMode::Snapshot {
            before.difference(now).collect()
        } else {
            Vec::new()
        };
        let changed = u64::try_from(new.len() + gone.len()).unwrap_or(u64::MAX);
        let all = u64::try_from(before.union(now).count()).unwrap_or(u64::MAX);
        let share = share(changed, all);
        if share > limit {
            let named = |codes: Vec<&String>| codes.into_iter().take(NAMED).cloned().collect();
            found.push(Difference::Codes {
                column: column.clone(),
                new: named(new),
                gone: named(gone),
                share,
                limit,
            });
        }
    }
    found
}

/// What is only added may lie anywhere within the box before.
fn extent(before: &Summary, now: &Summary, limit: f64, mode: LoadMode) -> Option<Difference> {
    let ([w, s, e, n], [west, south, east, north]) = (before.extent?, now.extent?);
    let across = KM_OF_DEGREE * f64::midpoint(s, n).to_radians().cos();
    let moved = [
        (w - west) * across,
        (s - south) * KM_OF_DEGREE,
        (east - e) * across,
        (north - n) * KM_OF_DEGREE,
    ];
    let far = |km: f64| {
        if mode == LoadMode::Snapshot {
            km.abs()
        } else {
            km
        }
    };
    let km = moved.map(far).into_iter().fold(0.0, f64::max);
    (km > limit).then_some(Difference::Extent { km, limit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use city::Lang;
    use proptest::prelude::*;

    fn of_codes(codes: &[&str]) -> Summary {
        Summary {
            rows: 10,
            codes: [(
                "kind".to_owned(),
                codes.iter().map(|code| (*code).to_owned()).collect(),
            )]
            .into(),
            ..Summary::default()
        }
    }

    fn told(
        limits: &Drift,
        before: &Summary,
        now: &Summary,
        keys: Option<(u64, u64)>,
    ) -> Vec<String> {
        differences(limits, LoadMode::Snapshot, (before, now), keys)
            .iter()
            .map(|difference| difference.sentence(Lang::En, &|name| name.to_owned()))
            .collect()
    }

    #[test]
    fn half_the_rows_are_a_difference_and_few_are_not() {
        let limits = Drift {
            rows: Some(0.3),
            columns: true,
            ..Drift::default()
        };
        let of = |rows| Summary {
            rows,
            ..Summary::default()
        };
        assert_eq!(told(&limits, &of(100), &of(75), None), Vec::<String>::new());
        assert_eq!(
            told(&limits, &of(100), &of(50), None),
            ["The rows changed from 100 to 50; a change of 30.0 % is allowed."]
        );
        // Nothing before: nothing to compare with.
        assert_eq!(told(&limits, &of(0), &of(50), None), Vec::<String>::new());
    }

    #[test]
    fn codes_that_come_and_go_are_named() {
        let limits = Drift {
            codes: Some(0.2),
            columns: true,
            ..Drift::default()
        };
        let (before, now) = (of_codes(&["01", "02", "03"]), of_codes(&["01", "02", "A3"]));
        assert_eq!(
            told(&limits, &before, &now, None),
            ["50.0 % of the codes of 'kind' changed; 20.0 % is allowed. New: A3. Gone: 03."]
        );
        // What is only added need not have them all.
        let less = differences(
            &limits,
            LoadMode::Append,
            (&before, &of_codes(&["01"])),
            None,
        );
        assert_eq!(less, []);
    }

    #[test]
    fn places_keys_nulls_and_columns_are_compared() {
        let limits = Drift {
            nulls: Some(0.1),
            extent_km: Some(2.0),
            keys: Some(0.9),
            columns: false,
            ..Drift::default()
        };
        let delivery = |null: f64, north: f64, extra: &str| Summary {
            rows: 1,
            nulls: [("phone".to_owned(), null)].into(),
            extent: Some([127.0, 37.0, 127.1, north]),
            extra: [extra.to_owned()].into(),
            ..Summary::default()
        };
        assert_eq!(
            told(
                &limits,
                &delivery(0.0, 37.1, "비고"),
                &delivery(0.5, 37.2, "메모"),
                Some((80, 100))
            ),
            [
                "The empty cells of 'phone' changed from 0.0 % to 50.0 %; a change of 10.0 points is allowed.",
                "An edge of the area of all places moved 11.1 km; 2 km is allowed.",
                "Of 100 keys only 80 are still there; 90.0 % must be.",
                "The source's columns changed. New: 메모. Gone: 비고.",
            ]
        );
    }

    proptest! {
        #[test]
        fn a_delivery_never_differs_from_itself(rows in 0_u64..1000, null in 0.0_f64..1.0, codes in proptest::collection::btree_set("[0-9]{2}", 0..9)) {
            let limits = Drift { rows: Some(0.0), nulls: Some(0.0), codes: Some(0.0), extent_km: Some(0.0), keys: Some(1.0), columns: false };
            let delivery = Summary {
                rows,
                nulls: [("a".to_owned(), null)].into(),
                codes: [("b".to_owned(), codes)].into(),
                extent: Some([126.0, 36.0, 127.0, 37.0]),
                extra: ["c".to_owned()].into(),
            };
            prop_assert_eq!(differences(&limits, LoadMode::Snapshot, (&delivery, &delivery), Some((rows, rows))), []);
        }
    }
}
