//! Invented permits, judged and asked for by place: prints one JSON object.
//!
//! `bench_works PERMITS`: as many permits on a grid of streets, over three years; the same every time.

#![expect(
    clippy::print_stdout,
    reason = "what it measured goes to the caller as JSON"
)]

use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};
use geo_types::{Geometry, LineString, Rect, coord};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use situation::plane::Territory;
use situation::works::{Draft, Index, JoinRule, Road, Rule, conflicts, joinable, protected, sound};

type Fault = Box<dyn std::error::Error>;

/// Streets in each direction, and metres from one to the next.
const STREETS: u32 = 120;
const APART: f64 = 150.0;

fn main() -> Result<(), Fault> {
    let permits = std::env::args().nth(1).ok_or("bench_works PERMITS")?;
    let permits: usize = permits.replace('_', "").parse()?;
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).ok_or("no such day")?;
    let mut dice = ChaCha8Rng::seed_from_u64(2026);
    let roads: Vec<Road> = (0..STREETS * 2)
        .map(|at| road(at, first, &mut dice))
        .collect();
    let drafts: Vec<Draft> = (0..permits).map(|at| draft(at, first, &mut dice)).collect();
    let far = f64::from(STREETS) * APART;
    let (low, high) = (coord! { x: -100.0, y: -100.0 }, coord! { x: far, y: far });
    let territory = Territory::new(Rect::new(low, high), Vec::new());
    let started = Instant::now();
    let (permits, troubles) = sound(drafts, &territory);
    let sound_s = started.elapsed().as_secs_f64();
    let found = conflicts(&permits, 10.0);
    let conflicts_s = started.elapsed().as_secs_f64() - sound_s;
    let rules = [rule("차도", 3, first), rule("보도", 2, first)];
    let (early, unjudged) = protected(&permits, &roads, &rules);
    let near = JoinRule {
        days: 30,
        metres: 100.0,
    };
    let together = joinable(&permits, &roads, near, first);
    let index = Index::new(permits.iter().map(|permit| &permit.shape));
    let all_s = started.elapsed().as_secs_f64();
    let mut asked = Vec::new();
    let mut seen = 0;
    for _ in 0..1000 {
        let at = coord! { x: dice.random_range(0.0..far), y: dice.random_range(0.0..far) };
        let started = Instant::now();
        seen += index
            .near(at, 300.0, |at| permits.get(at).map(|own| &own.shape))
            .len();
        asked.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    asked.sort_by(f64::total_cmp);
    println!(
        "{}",
        json!({
            "permits": permits.len(), "troubles": troubles.len(), "conflicts": found.rows.len(), "more": found.more,
            "protected": early.len(), "unjudged": unjudged.len(), "joinable": together.len(), "near": seen,
            "sound_s": sound_s, "conflicts_s": conflicts_s, "all_s": all_s,
            "near_p99_ms": asked.get(asked.len() * 99 / 100),
        })
    );
    Ok(())
}

/// The line of a street, with a corner every block.
fn street(at: u32, from: f64, to: f64) -> Geometry<f64> {
    let (is_east, across) = (at.is_multiple_of(2), f64::from(at / 2) * APART);
    let point = |along: f64| {
        if is_east {
            (along, across)
        } else {
            (across, along)
        }
    };
    let middle = f64::midpoint(from, to);
    Geometry::LineString(LineString::from(vec![
        point(from),
        point(middle),
        point(to),
    ]))
}

fn road(at: u32, first: NaiveDate, dice: &mut ChaCha8Rng) -> Road {
    Road {
        name: format!("R{at:03}"),
        surface: Some(
            if at.is_multiple_of(5) {
                "보도"
            } else {
                "차도"
            }
            .to_owned(),
        ),
        paved: Some(first - TimeDelta::days(dice.random_range(0..2500))),
        line: Some(street(at, 0.0, f64::from(STREETS) * APART)),
    }
}

fn draft(number: usize, first: NaiveDate, dice: &mut ChaCha8Rng) -> Draft {
    let at = dice.random_range(0..STREETS * 2);
    let from = dice.random_range(0.0..f64::from(STREETS) * APART - 200.0);
    let starts = first + TimeDelta::days(dice.random_range(0..1095));
    Draft {
        number: format!("P{number:06}"),
        road: Some(format!("R{at:03}")),
        shape: Some(street(at, from, from + dice.random_range(5.0..150.0))),
        starts: Some(starts),
        ends: Some(starts + TimeDelta::days(dice.random_range(1..30))),
        emergency: dice.random_range(0..16) == 0,
        ..Draft::default()
    }
}

fn rule(surface: &str, years: u32, from: NaiveDate) -> Rule {
    Rule {
        surface: surface.to_owned(),
        years,
        from,
        until: None,
        spares_emergency: true,
    }
}
