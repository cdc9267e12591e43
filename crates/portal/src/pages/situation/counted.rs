//! Complaints by neighbourhood and topic, against the people who live there.

use std::collections::BTreeMap;

use interop::situation::complaints::Surges;
use serde::Serialize;
use situation::surge::Exposed;

use crate::marks::{Heat, HeatRow};
use crate::show;
use crate::site::Visit;

/// From how many times the city's rate on the next shade begins.
const SHADES: [f64; 4] = [0.75, 1.0, 1.25, 1.5];

/// A table of shades.
#[derive(Clone, Debug, Serialize)]
pub struct CountsView {
    /// What the figures are of, and what the shades say.
    pub how: String,
    /// The table.
    pub heat: Heat,
}

impl CountsView {
    /// One neighbourhood, for samples.
    pub(super) fn sample() -> Self {
        let cell = |shade: &str, text: &str| (shade.to_owned(), text.to_owned());
        Self {
            how: "주민 1만 명당 접수 건수입니다.".to_owned(),
            heat: Heat {
                corner: "행정동".to_owned(),
                heads: vec!["도로".to_owned(), "소음".to_owned()],
                rows: vec![HeatRow {
                    label: "누리동".to_owned(),
                    path: None,
                    cells: vec![cell("5", "12.0 (13)"), cell("unknown", "2")],
                }],
                caption: "2026-11-26까지 28일 동안 접수한 민원 15건".to_owned(),
            },
        }
    }
}

/// Each neighbourhood with each topic; nothing where nothing came in.
pub(super) fn view(visit: &Visit, found: &Surges) -> Option<CountsView> {
    let mut rows: BTreeMap<(&str, &str), BTreeMap<&str, &Exposed>> = BTreeMap::new();
    let mut topics: BTreeMap<&str, u32> = BTreeMap::new();
    for own in &found.counts {
        let name = found.dongs.get(&own.dong).unwrap_or(&own.dong);
        let row = rows.entry((name, &own.dong)).or_default();
        row.insert(&own.topic, own);
        *topics.entry(&own.topic).or_default() += own.count;
    }
    let until = found.until?.to_string();
    let mut topics: Vec<(&str, u32)> = topics.into_iter().collect();
    topics.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let values = [
        ("until", until),
        ("days", found.counted_days.to_string()),
        (
            "count",
            show::count_of(topics.iter().map(|(_, count)| u64::from(*count)).sum()),
        ),
    ];
    let how = if found.knows_residents {
        "situation.counts_how"
    } else {
        "situation.counts_how_alike"
    };
    let rows = rows.into_iter().map(|((name, _), row)| HeatRow {
        label: name.to_owned(),
        path: None,
        cells: topics
            .iter()
            .map(|(topic, _)| cell(visit, row.get(topic).copied()))
            .collect(),
    });
    Some(CountsView {
        how: visit.say(how, &values),
        heat: Heat {
            corner: visit.t("situation.dong"),
            heads: topics
                .iter()
                .map(|(topic, _)| (*topic).to_owned())
                .collect(),
            rows: rows.collect(),
            caption: visit.say("situation.counts_caption", &values),
        },
    })
}

/// Its shade, and the rate with the count it is of.
fn cell(visit: &Visit, own: Option<&Exposed>) -> (String, String) {
    let Some(own) = own else {
        return ("unknown".to_owned(), visit.t("situation.unknown"));
    };
    let count = show::count_of(u64::from(own.count));
    let shade = own.ratio.map_or_else(|| "unknown".to_owned(), shade);
    match own.rate_per_10k {
        Some(rate) => (shade, format!("{rate:.1} ({count})")),
        None => (shade, count),
    }
}

fn shade(ratio: f64) -> String {
    let step = SHADES.iter().filter(|from| ratio >= **from).count();
    (step + 1).to_string()
}

#[cfg(test)]
mod tests {
    use super::shade;

    #[test]
    fn what_is_as_in_the_whole_city_is_in_the_middle() {
        let shades = [0.0, 0.74, 0.75, 1.0, 1.24, 1.3, 9.0].map(shade);
        assert_eq!(shades, ["1", "1", "2", "3", "3", "4", "5"]);
    }
}
