//! Invented permits, random ones, and the truth of a folder of test data where there is one.

use std::path::PathBuf;

use chrono::{NaiveDate, TimeDelta};
use geo_types::{Geometry, LineString, MultiLineString, Polygon, Rect, coord, polygon};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::plane::Territory;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn line(points: &[(f64, f64)]) -> Geometry<f64> {
    Geometry::LineString(LineString::from(points.to_vec()))
}

fn draft(number: &str, shape: Geometry<f64>, starts: &str, ends: &str) -> Draft {
    Draft {
        number: number.to_owned(),
        road: Some("R1".to_owned()),
        surface: None,
        shape: Some(shape),
        starts: Some(day(starts)),
        ends: Some(day(ends)),
        ..Draft::default()
    }
}

fn city() -> Territory {
    let (low, high) = (coord! { x: -1e4, y: -1e4 }, coord! { x: 1e4, y: 1e4 });
    Territory::new(Rect::new(low, high), Vec::new())
}

fn permits(drafts: Vec<Draft>) -> Vec<Permit> {
    let (permits, troubles) = sound(drafts, &city());
    assert_eq!(troubles, []);
    permits
}

#[test]
fn ten_metres_are_in_the_way_and_a_hand_more_is_not() {
    let permits = permits(vec![
        draft(
            "a",
            line(&[(0.0, 0.0), (100.0, 0.0)]),
            "2026-03-01",
            "2026-03-10",
        ),
        draft(
            "b",
            line(&[(50.0, 10.0), (50.0, 60.0)]),
            "2026-03-10",
            "2026-03-20",
        ),
        draft(
            "c",
            line(&[(0.0, -10.1), (100.0, -10.1)]),
            "2026-03-01",
            "2026-03-10",
        ),
        draft(
            "d",
            line(&[(0.0, 0.0), (100.0, 0.0)]),
            "2026-03-11",
            "2026-03-12",
        ),
    ]);
    let found = conflicts(&permits, 10.0);
    let pairs: Vec<(usize, usize)> = found
        .rows
        .iter()
        .map(|own| (own.first, own.second))
        .collect();
    // The last day of one and the first of the other are one day: both dig.
    assert_eq!(pairs, [(0, 1), (1, 3)]);
    assert_eq!(found.rows.first().map(|own| own.metres), Some(10.0));
    assert_eq!(
        (found.rows[0].from, found.rows[0].to),
        (day("2026-03-10"), day("2026-03-10"))
    );
}

#[test]
fn an_area_is_in_the_way_of_what_lies_inside_it() {
    let area =
        polygon![(x: 0.0, y: 0.0), (x: 100.0, y: 0.0), (x: 100.0, y: 100.0), (x: 0.0, y: 100.0)];
    let permits = permits(vec![
        draft("a", Geometry::Polygon(area), "2026-03-01", "2026-03-10"),
        draft(
            "b",
            line(&[(40.0, 50.0), (60.0, 50.0)]),
            "2026-03-01",
            "2026-03-10",
        ),
    ]);
    let found = conflicts(&permits, 0.0);
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.rows.first().map(|own| own.metres), Some(0.0));
}

#[test]
fn what_cannot_be_judged_is_named_and_never_crashes() {
    let bow: Polygon<f64> =
        polygon![(x: 0.0, y: 0.0), (x: 10.0, y: 10.0), (x: 10.0, y: 0.0), (x: 0.0, y: 10.0)];
    let thin: Polygon<f64> = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0)];
    let way = || line(&[(0.0, 0.0), (5.0, 0.0)]);
    let ok = ("2026-01-01", "2026-01-02");
    let mut no_place = draft("no place", way(), ok.0, ok.1);
    no_place.shape = None;
    let mut no_end = draft("no end", way(), ok.0, ok.1);
    no_end.ends = None;
    let (permits, troubles) = sound(
        vec![
            draft("bow", Geometry::Polygon(bow), ok.0, ok.1),
            draft("thin", Geometry::Polygon(thin), ok.0, ok.1),
            draft("nan", line(&[(0.0, f64::NAN), (1.0, 1.0)]), ok.0, ok.1),
            draft("dot", line(&[(0.0, 0.0)]), ok.0, ok.1),
            draft("far", line(&[(5e5, 0.0), (5e5, 9.0)]), ok.0, ok.1),
            draft("backwards", way(), "2026-02-02", "2026-02-01"),
            draft("empty", line(&[]), ok.0, ok.1),
            no_place,
            no_end,
            draft("sound", way(), ok.0, ok.1),
        ],
        &city(),
    );
    let told: Vec<(&str, TroubleKind)> = troubles
        .iter()
        .map(|trouble| (trouble.number.as_str(), trouble.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("bow", TroubleKind::NoShape),
            ("thin", TroubleKind::NoShape),
            ("nan", TroubleKind::NoShape),
            ("dot", TroubleKind::NoShape),
            ("far", TroubleKind::Elsewhere),
            ("backwards", TroubleKind::EndsBeforeStart),
            ("empty", TroubleKind::NoPlace),
            ("no place", TroubleKind::NoPlace),
            ("no end", TroubleKind::NoPeriod),
        ]
    );
    assert_eq!(permits.len(), 1);
    let fault = troubles[0].fault("excavation").to_string();
    assert!(
        fault.starts_with("excavation[bow]: ") && fault.contains("crosses itself"),
        "{fault}"
    );
}

#[test]
fn a_city_is_its_areas_and_not_only_their_box() {
    let area = polygon![(x: 0.0, y: 0.0), (x: 100.0, y: 0.0), (x: 0.0, y: 100.0)];
    let (low, high) = (coord! { x: 0.0, y: 0.0 }, coord! { x: 100.0, y: 100.0 });
    let city = Territory::new(Rect::new(low, high), vec![Geometry::Polygon(area)]);
    let other = draft(
        "a",
        line(&[(90.0, 90.0), (95.0, 95.0)]),
        "2026-01-01",
        "2026-01-02",
    );
    let (_, troubles) = sound(vec![other], &city);
    assert_eq!(troubles[0].kind, TroubleKind::Elsewhere);
}

fn rule(surface: &str, years: u32, from: &str, until: Option<&str>) -> Rule {
    Rule {
        surface: surface.to_owned(),
        years,
        from: day(from),
        until: until.map(day),
        spares_emergency: true,
    }
}

fn road(paved: Option<&str>) -> Road {
    Road {
        name: "R1".to_owned(),
        surface: Some("차도".to_owned()),
        paved: paved.map(day),
        line: Some(line(&[(0.0, 0.0), (1000.0, 0.0)])),
    }
}

#[test]
fn the_day_protection_ends_is_free() {
    let rules = [rule("차도", 3, "2000-01-01", None)];
    let way = || line(&[(0.0, 0.0), (5.0, 0.0)]);
    let judge = |starts: &str, emergency: bool, paved: Option<&str>| {
        let mut own = draft("a", way(), starts, "2030-01-01");
        own.emergency = emergency;
        let (found, unjudged) = protected(&permits(vec![own]), &[road(paved)], &rules);
        (found.len(), unjudged.first().map(|own| own.lacks))
    };
    let paved = Some("2024-02-29");
    assert_eq!(judge("2027-02-27", false, paved), (1, None));
    assert_eq!(judge("2027-02-28", false, paved), (0, None));
    assert_eq!(
        judge("2025-01-01", true, paved),
        (0, None),
        "what may not wait"
    );
    assert_eq!(
        judge("2024-02-28", false, paved),
        (0, None),
        "before the resurfacing"
    );
    assert_eq!(judge("2025-01-01", false, None), (0, Some(Lacks::Paved)));
    let (found, unjudged) = protected(
        &permits(vec![draft("a", way(), "2025-01-01", "2025-01-02")]),
        &[],
        &rules,
    );
    assert_eq!((found.len(), unjudged[0].lacks), (0, Lacks::Road));
}

#[test]
fn a_rule_judges_the_works_of_its_own_time() {
    let rules = [
        rule("차도", 2, "2000-01-01", Some("2025-12-31")),
        rule("차도", 3, "2026-01-01", None),
    ];
    let way = || line(&[(0.0, 0.0), (5.0, 0.0)]);
    let starts = ["2025-12-31", "2026-01-01"];
    let all = starts.map(|starts| draft(starts, way(), starts, "2030-01-01"));
    let (found, unjudged) = protected(&permits(all.into()), &[road(Some("2023-06-01"))], &rules);
    assert_eq!(unjudged, []);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].permit, found[0].rule), (1, 1));
    assert_eq!(found[0].free_from, day("2026-06-01"));
}

#[test]
fn joining_saves_days_and_asphalt() {
    let permits = permits(vec![
        draft(
            "water",
            line(&[(0.0, 1.0), (100.0, 1.0)]),
            "2026-05-01",
            "2026-05-10",
        ),
        draft(
            "gas",
            line(&[(60.0, 2.0), (160.0, 2.0)]),
            "2026-05-20",
            "2026-05-24",
        ),
        draft(
            "late",
            line(&[(60.0, 2.0), (160.0, 2.0)]),
            "2026-09-01",
            "2026-09-02",
        ),
        draft(
            "far",
            line(&[(700.0, 0.0), (800.0, 0.0)]),
            "2026-05-01",
            "2026-05-10",
        ),
        draft(
            "begun",
            line(&[(0.0, 1.0), (100.0, 1.0)]),
            "2026-04-01",
            "2026-05-10",
        ),
    ]);
    let near = JoinRule {
        days: 30,
        metres: 50.0,
    };
    let found = joinable(&permits, &[road(None)], near, day("2026-04-15"));
    assert_eq!(found.len(), 1);
    let own = &found[0];
    assert_eq!(own.permits, [0, 1]);
    assert_eq!(
        (own.days_apart, own.days_together, own.days_saved()),
        (15, 10, 5)
    );
    assert_eq!(own.resurfaced_apart, Some(200.0));
    assert_eq!(own.resurfaced_together, Some(160.0));
    assert_eq!(own.metres_saved(), Some(40.0));
}

/// The same road in two rows: the west resurfaced lately, the east long ago.
fn halves() -> Vec<Road> {
    let half = |paved: &str, from: f64, to: f64| Road {
        line: Some(line(&[(from, 0.0), (to, 0.0)])),
        ..road(Some(paved))
    };
    vec![
        half("2026-06-01", 0.0, 500.0),
        half("2010-06-01", 500.0, 1000.0),
    ]
}

#[test]
fn of_a_road_in_several_rows_the_ones_that_are_dug_decide() {
    let rules = [rule("차도", 3, "2000-01-01", None)];
    let way = |from: f64, to: f64| line(&[(from, 2.0), (to, 2.0)]);
    let all = [
        ("west", way(10.0, 20.0)),
        ("east", way(900.0, 910.0)),
        ("both", way(480.0, 520.0)),
        ("up to the seam", way(500.0, 520.0)),
        ("a place", Geometry::Point((30.0, 1.0).into())),
    ];
    let all = all.map(|(number, shape)| draft(number, shape, "2026-12-01", "2026-12-10"));
    let permits = permits(all.into());
    let mut roads = halves();
    for _ in 0..2 {
        let (found, unjudged) = protected(&permits, &roads, &rules);
        let numbers: Vec<&str> = found
            .iter()
            .map(|own| permits[own.permit].number.as_str())
            .collect();
        assert_eq!(
            (numbers, unjudged),
            (vec!["west", "both", "a place"], vec![])
        );
        roads.reverse();
    }
}

#[test]
fn rows_without_lines_decide_only_where_they_agree() {
    let rules = [rule("차도", 3, "2000-01-01", None)];
    let own = draft(
        "a",
        line(&[(0.0, 0.0), (9.0, 0.0)]),
        "2026-12-01",
        "2026-12-10",
    );
    let permits = permits(vec![own]);
    let mut roads = halves();
    roads[1].line = None;
    let (found, unjudged) = protected(&permits, &roads, &rules);
    assert_eq!((found.len(), unjudged[0].lacks), (0, Lacks::Stretch));
    roads[1].paved = roads[0].paved;
    assert_eq!(protected(&permits, &roads, &rules).0.len(), 1);
}

#[test]
fn a_permit_that_names_its_surface_is_judged_by_the_row_of_that_surface() {
    let rules = [
        rule("차도", 3, "2000-01-01", None),
        rule("보도", 2, "2000-01-01", None),
    ];
    let mut own = draft(
        "a",
        line(&[(0.0, 0.0), (9.0, 0.0)]),
        "2026-12-01",
        "2026-12-10",
    );
    own.surface = Some("보도".to_owned());
    let footway = Road {
        surface: Some("보도".to_owned()),
        line: Some(line(&[(0.0, 8.0), (1000.0, 8.0)])),
        ..road(Some("2010-01-01"))
    };
    let roads = [road(Some("2026-06-01")), footway];
    let (found, unjudged) = protected(&permits(vec![own]), &roads, &rules);
    assert_eq!((found, unjudged), (vec![], vec![]));
}

#[test]
fn what_lies_between_two_parts_of_works_is_not_dug() {
    let parts = MultiLineString::new(vec![
        LineString::from(vec![(600.0, 0.0), (620.0, 0.0)]),
        LineString::from(vec![(900.0, 0.0), (920.0, 0.0)]),
    ]);
    let permits = permits(vec![
        draft(
            "parts",
            Geometry::MultiLineString(parts),
            "2026-12-01",
            "2026-12-10",
        ),
        draft(
            "end",
            line(&[(910.0, 5.0), (915.0, 5.0)]),
            "2026-12-01",
            "2026-12-10",
        ),
        draft(
            "between",
            line(&[(750.0, 5.0), (760.0, 5.0)]),
            "2026-12-01",
            "2026-12-10",
        ),
    ]);
    let near = JoinRule {
        days: 30,
        metres: 150.0,
    };
    for roads in [vec![road(None)], halves()] {
        let found = joinable(&permits, &roads, near, day("2026-11-27"));
        let sums = |own: &Joinable| (own.resurfaced_apart, own.resurfaced_together);
        let rounded = |own: Option<f64>| own.map(f64::round);
        let told = found.first().map(sums);
        let told = told.map(|(apart, together)| (rounded(apart), rounded(together)));
        assert_eq!(told, Some((Some(55.0), Some(50.0))));
    }
}

#[test]
fn a_row_that_stands_twice_is_told_and_stretches_of_one_permit_are_not_in_its_way() {
    let row = |from: f64| {
        let way = line(&[(from, 0.0), (from + 5.0, 0.0)]);
        draft("a", way, "2026-01-01", "2026-01-02")
    };
    let (permits, troubles) = sound(vec![row(0.0), row(0.0), row(6.0)], &city());
    let kinds: Vec<TroubleKind> = troubles.iter().map(|own| own.kind).collect();
    assert_eq!((permits.len(), kinds), (2, vec![TroubleKind::Twice]));
    assert_eq!(conflicts(&permits, 10.0).rows, []);
    let near = JoinRule {
        days: 30,
        metres: 50.0,
    };
    assert_eq!(
        joinable(&permits, &[road(None)], near, day("2025-12-01")),
        []
    );
}

#[test]
fn a_place_with_a_length_is_cut_from_the_row_it_lies_on() {
    let roads = halves();
    let cut = |x: f64| Ways::new(&roads).around("R1", coord! { x: x, y: 3.0 }, 20.0);
    let bounds = |x: f64| crate::shape::bounds(&cut(x).unwrap()).unwrap();
    let ends = |x: f64| (bounds(x).min().x, bounds(x).max().x);
    assert_eq!(ends(100.0), (90.0, 110.0));
    assert_eq!(ends(800.0), (790.0, 810.0));
    assert_eq!(ends(495.0), (485.0, 505.0));
}

#[test]
fn one_place_a_million_times_ends_at_a_limit() {
    let one = |number: usize| {
        let way = line(&[(0.0, 0.0), (5.0, 0.0)]);
        draft(&number.to_string(), way, "2026-01-01", "2026-01-02")
    };
    let found = conflicts(&permits((0..1000).map(one).collect()), 10.0);
    assert!(found.more);
    assert_eq!(found.rows.len(), conflict::CONFLICTS_MAX);
}

#[test]
fn the_nearest_works_come_first() {
    let shapes = [
        line(&[(0.0, 30.0), (10.0, 30.0)]),
        line(&[(0.0, 5.0), (10.0, 5.0)]),
        line(&[(0.0, 500.0), (10.0, 500.0)]),
    ];
    let index = Index::new(shapes.iter());
    let near = index.near(coord! { x: 5.0, y: 0.0 }, 100.0, |at| shapes.get(at));
    assert_eq!(near, [(1, 5.0), (0, 30.0)]);
}

prop_compose! {
    fn any_permit()(x in 0.0..300.0_f64, y in 0.0..300.0_f64, dx in -60.0..60.0_f64, dy in -60.0..60.0_f64, is_area: bool, start in 0..60_i64, days in 0..20_i64) -> Draft {
        let shape = if is_area {
            let corners = polygon![(x: x, y: y), (x: x + 20.0, y: y), (x: x + 20.0, y: y + 9.0), (x: x, y: y + 9.0)];
            Geometry::Polygon(corners)
        } else {
            line(&[(x, y), (x + dx + 0.5, y + dy), (x + dx * 2.0 + 1.0, y)])
        };
        let starts = day("2026-01-01") + TimeDelta::days(start);
        Draft { shape: Some(shape), starts: Some(starts), ends: Some(starts + TimeDelta::days(days)), ..Draft::default() }
    }
}

proptest! {
    /// The index finds what comparing everybody with everybody finds: all of it, nothing more.
    #[test]
    fn the_index_misses_no_pair(drafts in proptest::collection::vec(any_permit(), 0..40), buffer in 0.0..30.0_f64) {
        let permits = permits(drafts);
        let mut right = Vec::new();
        for (first, one) in permits.iter().enumerate() {
            for (second, other) in permits.iter().enumerate().skip(first + 1) {
                let same_day = one.starts <= other.ends && other.starts <= one.ends;
                if same_day && crate::shape::distance(&one.shape, &other.shape).unwrap() <= buffer {
                    right.push((first, second));
                }
            }
        }
        let found = conflicts(&permits, buffer);
        let pairs: Vec<(usize, usize)> = found.rows.iter().map(|own| (own.first, own.second)).collect();
        prop_assert_eq!(pairs, right);
    }

    #[test]
    fn what_intervals_cover_is_no_more_than_their_sum(parts in proptest::collection::vec((0.0..100.0_f64, 0.0..50.0_f64), 0..12)) {
        let parts: Vec<(f64, f64)> = parts.into_iter().map(|(from, length)| (from, from + length)).collect();
        let covered = join::union(&parts);
        let sum: f64 = parts.iter().map(|(from, to)| to - from).sum();
        let longest = parts.iter().map(|(from, to)| to - from).fold(0.0, f64::max);
        prop_assert!(covered <= sum + 1e-9 && covered >= longest - 1e-9);
    }
}

/// A folder of test data, where its place is told.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("MADANG_TEST_DATA").map(PathBuf::from)?;
    folder
        .join("excavation-conflict")
        .is_dir()
        .then_some(folder)
}

fn points(value: &Value) -> Geometry<f64> {
    let points = value.as_array().unwrap().iter();
    let point = |at: &Value| (at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
    line(&points.map(point).collect::<Vec<_>>())
}

/// All of the truth, nothing more.
#[test]
fn the_truth_of_a_made_city_is_found() {
    let Some(folder) = shared() else { return };
    for name in ["small", "large"] {
        let read = |file: String| -> Value {
            let text = std::fs::read_to_string(folder.join("excavation-conflict").join(file));
            serde_json::from_str(&text.unwrap()).unwrap()
        };
        let (made, truth) = (
            read(format!("{name}.json")),
            read(format!("{name}-truth.json")),
        );
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let roads: Vec<Road> = made["roads"]
            .as_array()
            .unwrap()
            .iter()
            .map(|road| Road {
                name: text(&road["id"]),
                surface: Some(text(&road["surface"])),
                paved: Some(day(road["paved"].as_str().unwrap())),
                line: Some(points(&road["geom"])),
            })
            .collect();
        let drafts = made["permits"].as_array().unwrap().iter().map(|own| Draft {
            road: Some(text(&own["road"])),
            surface: Some(text(&own["surface"])),
            emergency: own["emergency"].as_bool().unwrap(),
            ..draft(
                own["id"].as_str().unwrap(),
                points(&own["geom"]),
                own["start"].as_str().unwrap(),
                own["end"].as_str().unwrap(),
            )
        });
        let (low, high) = (coord! { x: 9e5, y: 1.5e6 }, coord! { x: 1.1e6, y: 2.1e6 });
        let (permits, troubles) = sound(
            drafts.collect(),
            &Territory::new(Rect::new(low, high), Vec::new()),
        );
        assert_eq!(troubles, []);
        let number = |at: usize| Value::from(permits[at].number.clone());
        let mut pairs: Vec<Value> = conflicts(&permits, 10.0)
            .rows
            .iter()
            .map(|own| Value::from(vec![number(own.first), number(own.second)]))
            .collect();
        pairs.sort_by_key(Value::to_string);
        assert_eq!(Value::from(pairs), truth["conflict_pairs"], "{name}");
        let rules = [
            rule("carriageway", 3, "2000-01-01", None),
            rule("footway", 2, "2000-01-01", None),
        ];
        let (found, unjudged) = protected(&permits, &roads, &rules);
        assert_eq!(unjudged, []);
        let found: Vec<Value> = found.iter().map(|own| number(own.permit)).collect();
        assert_eq!(Value::from(found), truth["no_dig_violations"], "{name}");
    }
}
