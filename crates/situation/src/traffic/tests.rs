//! Speeds are shown as what they are; the fastest way is the fastest.

use chrono::{Datelike, NaiveDateTime, TimeDelta};
use geo_types::{Coord, Geometry, LineString, coord};
use proptest::prelude::*;

use super::*;
use crate::air::DoubtKind;

const STALE: TimeDelta = TimeDelta::minutes(30);

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn now() -> NaiveDateTime {
    at("2026-11-26T18:00:00")
}

/// Readings every five minutes, the newest `ago` minutes before now.
fn readings(ago: i64, speeds: &[f64]) -> Vec<Reading> {
    let count = i64::try_from(speeds.len()).unwrap();
    let numbered = (1_i64..).zip(speeds);
    numbered
        .map(|(number, speed)| Reading {
            at: now() - TimeDelta::minutes(ago + (count - number) * 5),
            speed: *speed,
        })
        .collect()
}

fn seen(readings: &[Reading]) -> Present {
    present(readings, now(), Some(now()), STALE)
}

#[test]
fn the_newest_speed_is_known_while_it_is_young() {
    let young = seen(&readings(5, &[30.0, 31.0, 29.0]));
    assert_eq!((young.state, young.age_minutes), (State::Known, Some(5)));
    assert_eq!(young.speed(), Some(29.0));
    let edge = seen(&readings(30, &[30.0, 31.0]));
    assert_eq!(edge.state, State::Known);
    let old = seen(&readings(31, &[30.0, 31.0]));
    assert_eq!((old.state, old.speed()), (State::Stale, None));
    assert!(matches!(old.doubts[..], [DoubtKind::Stopped { .. }]));
    assert_eq!(seen(&[]), Present::silent());
}

#[test]
fn a_sensor_that_repeats_jumps_or_is_ahead_is_not_believed_and_shown() {
    let stuck = seen(&readings(0, &[50.0; 37]));
    assert_eq!(stuck.state, State::Doubted);
    let held = DoubtKind::Stuck {
        value: 50.0,
        hours: 3,
    };
    assert_eq!(stuck.doubts, [held]);
    assert_eq!(seen(&readings(0, &[50.0; 36])).state, State::Known);

    let mut speeds = vec![40.0, 42.0, 41.0, 43.0, 40.0, 42.0, 41.0, 43.0];
    speeds.extend_from_within(..);
    speeds.push(140.0);
    let jumped = seen(&readings(0, &speeds));
    assert_eq!(jumped.state, State::Doubted);
    assert!(matches!(jumped.doubts[..], [DoubtKind::Jump { .. }]));

    let ahead = seen(&readings(-25, &[40.0, 42.0]));
    assert_eq!(ahead.doubts, [DoubtKind::Ahead { minutes: 25 }]);
    assert_eq!((ahead.state, ahead.speed()), (State::Doubted, None));
    assert_eq!(ahead.last.map(|own| own.speed), Some(42.0));
}

#[test]
fn what_is_usual_is_of_the_same_kind_of_day() {
    let works = |day: chrono::NaiveDate| day.weekday().number_from_monday() < 6;
    let like = |text: &str| like_days(text.parse().unwrap(), 1, works);
    let days: Vec<u32> = like("2026-11-26").iter().map(Datelike::day).collect();
    assert_eq!(days, [25, 24, 23, 20, 19]);
    let days: Vec<u32> = like("2026-11-29").iter().map(Datelike::day).collect();
    assert_eq!(days, [28, 22], "Saturdays and Sundays");
}

#[test]
fn sentences_say_the_time_against_the_usual_and_what_is_not_known() {
    let route = |seconds: f64| Route {
        seconds,
        metres: 5_240.0,
        links: Vec::new(),
        roads: vec!["누리대로".to_owned(), "중앙대로".to_owned()],
        unknown_links: 2,
        unknown_metres: 640.0,
    };
    let found = Travel {
        now: Some(route(720.0)),
        usual: Some(route(540.0)),
        from_road: Some(120.0),
        to_road: Some(4.0),
    };
    let said = spoken(&found, "시청", "역", city::Lang::Ko).join(" ");
    assert_eq!(
        said,
        "시청에서 역까지 지금 12분쯤 걸립니다. 평소 이 시간에는 9분쯤 걸리므로 3분 더 걸립니다. 가는 길은 5.2km이고, 지나는 도로는 누리대로, 중앙대로입니다. 이 가운데 2구간 640m는 지금 속도를 알 수 없어 평소 속도로 셈했습니다. 출발지에서 도로까지 120m의 거리는 셈에 넣지 않았습니다."
    );
    let alike = Travel {
        usual: Some(route(700.0)),
        ..found.clone()
    };
    let said = spoken(&alike, "시청", "역", city::Lang::Ko);
    assert_eq!(said[1], "이 시간의 평소(12분쯤)와 비슷합니다.");
    let unknown = Travel { now: None, ..found };
    for lang in [city::Lang::Ko, city::Lang::En] {
        let said = spoken(&unknown, "A", "B", lang);
        assert_eq!(said.len(), 1, "{said:?}");
    }
}

fn node(number: usize) -> String {
    format!("{:010}", 4_890_000_000_u64 + number as u64)
}

fn draft(number: usize, ends: (usize, usize), line: &[(f64, f64)]) -> Draft {
    let line = LineString::from(line.to_vec());
    let length = line
        .lines()
        .map(|own| own.delta())
        .map(|way| way.x.hypot(way.y));
    Draft {
        id: format!("{:010}", 4_891_000_000_u64 + number as u64),
        from: Some(node(ends.0)),
        to: Some(node(ends.1)),
        length: Some(length.sum()),
        shape: Some(Geometry::LineString(line)),
        road: Some(format!("길{number}")),
        lanes: Some(2.0),
        limit: Some(50.0),
        class: None,
    }
}

fn xy(x: f64, y: f64) -> Coord<f64> {
    coord! { x: x, y: y }
}

#[test]
fn links_that_cannot_be_used_are_told_of() {
    use LinkTroubleKind::{NoId, NoLength, NoLine, NoWay, Twice};
    let line = [(0.0, 0.0), (100.0, 0.0)];
    let sound = draft(0, (0, 1), &line);
    let bad = |number: usize, change: &dyn Fn(&mut Draft)| {
        let mut draft = draft(number, (0, 1), &line);
        change(&mut draft);
        draft
    };
    let network = Network::new(vec![
        sound.clone(),
        sound.clone(),
        bad(1, &|own| own.length = Some(0.0)),
        bad(2, &|own| own.length = None),
        bad(3, &|own| own.shape = None),
        bad(4, &|own| own.to = own.from.clone()),
        bad(5, &|own| own.to = Some("12".to_owned())),
    ]);
    assert_eq!(network.links.len(), 1);
    let troubles: Vec<LinkTroubleKind> = network.troubles.iter().map(|own| own.trouble).collect();
    assert_eq!(troubles, [Twice, NoLength, NoLength, NoLine, NoWay, NoId]);
    assert_eq!(network.at(&sound.id), Some(0));
    assert_eq!(network.at("4899999999"), None);
}

#[test]
fn the_first_band_that_fits_a_link_counts() {
    let network = Network::new(vec![draft(0, (0, 1), &[(0.0, 0.0), (9.0, 0.0)])]);
    let band = |limit_from, slow, jammed| Band {
        class: None,
        limit_from,
        slow,
        jammed,
    };
    let bands = [band(Some(80.0), 60.0, 40.0), band(None, 25.0, 15.0)];
    let of = |speed: f64| level(&network.links[0], speed, &bands);
    assert_eq!(of(14.9), Some(Level::Jammed));
    assert_eq!(of(15.0), Some(Level::Slow));
    assert_eq!(of(25.0), Some(Level::Free));
    assert_eq!(level(&network.links[0], 9.0, &bands[..1]), None);
}

/// A square of 1,000 m with a way around that is twice as long: 0 → 1 → 2, and 0 → 3 → 2 on the other side.
fn square() -> Network {
    Network::new(vec![
        draft(0, (0, 1), &[(0.0, 0.0), (1000.0, 0.0)]),
        draft(1, (1, 2), &[(1000.0, 0.0), (1000.0, 1000.0)]),
        draft(2, (0, 3), &[(0.0, 0.0), (0.0, 1000.0)]),
        draft(3, (3, 2), &[(0.0, 1000.0), (1000.0, 1000.0)]),
    ])
}

fn speeds(now: [Option<f64>; 4], usual: [Option<f64>; 4]) -> Vec<Speeds> {
    let both = now.into_iter().zip(usual);
    both.map(|(now, usual)| Speeds { now, usual }).collect()
}

#[test]
fn a_jam_is_driven_around_and_the_usual_way_is_compared() {
    let network = square();
    let all = speeds(
        [Some(3.6), Some(36.0), Some(36.0), Some(36.0)],
        [Some(72.0), Some(72.0), Some(36.0), Some(36.0)],
    );
    let found = travel(&network, &all, xy(0.0, -20.0), xy(1010.0, 1000.0));
    let (now, usual) = (found.now.unwrap(), found.usual.unwrap());
    assert!((now.seconds - 200.0).abs() < 1e-6, "{now:?}");
    assert_eq!(now.roads, ["길2", "길3"]);
    assert!((usual.seconds - 100.0).abs() < 1e-6, "{usual:?}");
    assert_eq!(usual.roads, ["길0", "길1"]);
    assert_eq!((found.from_road, found.to_road), (Some(20.0), Some(10.0)));
    assert_eq!(now.unknown_links, 0);
}

#[test]
fn unknown_links_are_counted_at_their_usual_and_never_at_their_limit() {
    let network = square();
    let usual = [Some(36.0), Some(36.0), None, None];
    let found = travel(
        &network,
        &speeds([Some(36.0), None, None, None], usual),
        xy(500.0, 0.0),
        xy(1000.0, 500.0),
    );
    let now = found.now.unwrap();
    assert!((now.seconds - 100.0).abs() < 1e-6, "{now:?}");
    assert_eq!(now.unknown_links, 1);
    assert!((now.unknown_metres - 500.0).abs() < 1e-6, "{now:?}");
    let nothing = travel(&network, &[], xy(500.0, 0.0), xy(1000.0, 500.0));
    assert_eq!((nothing.now, nothing.usual), (None, None));
    assert_eq!(nothing.from_road, None);
}

#[test]
fn a_place_ahead_on_the_same_link_is_on_the_way_and_one_behind_is_not() {
    let network = square();
    let all = speeds([Some(36.0); 4], [Some(36.0); 4]);
    let ahead = travel(&network, &all, xy(200.0, 1.0), xy(700.0, 1.0));
    assert!((ahead.now.unwrap().metres - 500.0).abs() < 1e-6);
    let behind = travel(&network, &all, xy(700.0, 1.0), xy(200.0, 1.0));
    assert_eq!(behind.now, None, "all links lead away");
    let nowhere = travel(&network, &all, xy(9e6, 0.0), xy(200.0, 1.0));
    assert_eq!((nowhere.now, nowhere.from_road), (None, None));
}

#[test]
fn the_same_place_is_no_way_and_an_unknown_one_is_said() {
    let network = square();
    let all = speeds([Some(36.0); 4], [Some(36.0); 4]);
    let same = travel(&network, &all, xy(200.0, 1.0), xy(200.0, 1.0));
    let said = spoken(&same, "가", "나", city::Lang::Ko).join(" ");
    assert!(said.contains("같은 곳") && !said.contains("분쯤"), "{said}");
    let said = spoken(&same, "A", "B", city::Lang::En).join(" ");
    assert!(said.contains("the same place"), "{said}");
    assert_eq!(
        unknown_ends([false, false], city::Lang::Ko),
        Vec::<String>::new()
    );
    let said = unknown_ends([false, true], city::Lang::Ko);
    assert!(
        said.len() == 1 && said[0].starts_with("도착지를 찾지 못했습니다."),
        "{said:?}"
    );
}

/// Seconds between two nodes by looking at every link again and again.
fn slowly(links: &[(usize, usize, f64)], nodes: usize, from: usize) -> Vec<f64> {
    let mut seconds = vec![f64::INFINITY; nodes];
    seconds[from] = 0.0;
    for _ in 0..nodes {
        for (a, b, cost) in links {
            seconds[*b] = seconds[*b].min(seconds[*a] + cost);
        }
    }
    seconds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The search against looking at every link; a way's parts add up to it.
    #[test]
    fn the_fastest_way_is_as_fast_as_the_slow_search_says(
        ends in prop::collection::vec((0_usize..8, 0_usize..8, 5_u32..90), 1..40),
    ) {
        let spot = |node: usize| {
            let number = u32::try_from(node).unwrap();
            (f64::from(number % 3) * 1000.0, f64::from(number / 3) * 1000.0)
        };
        let kept: Vec<(usize, usize, u32)> = ends.into_iter().filter(|(a, b, _)| a != b).collect();
        let drafts: Vec<Draft> = kept.iter().enumerate().map(|(at, (a, b, _))| draft(at, (*a, *b), &[spot(*a), spot(*b)])).collect();
        let network = Network::new(drafts);
        let all: Vec<Speeds> = kept.iter().map(|own| Speeds { now: Some(f64::from(own.2)), usual: None }).collect();
        let costs: Vec<(usize, usize, f64)> = network.links.iter().zip(&kept).map(|(link, own)| {
            (own.0, own.1, link.length * 3.6 / f64::from(own.2))
        }).collect();
        let Some(first) = kept.first() else { return Ok(()) };
        let (a, b) = (spot(first.0), spot(first.1));
        // Both ends stand on the first link: the way is never slower than that link alone.
        let found = travel(&network, &all, xy(a.0, a.1), xy(b.0, b.1));
        let now = found.now.unwrap();
        let direct = slowly(&costs, 8, first.0)[first.1];
        prop_assert!(now.seconds <= direct + 1e-6, "{now:?} {direct}");
        let by_parts: f64 = now.links.iter().filter_map(|id| network.at(id)).map(|at| costs[at].2).sum();
        prop_assert!(now.seconds <= by_parts + 1e-6, "{now:?} {by_parts}");
        prop_assert!(now.metres.is_finite() && !now.links.is_empty());
    }
}
