//! The road network as links, how fast it is on them, and what is in the way.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Desk, metres, stamp};
use crate::DemoError;
use crate::cells;
use crate::dirt::{Plant, cell, swapped};
use crate::forms::{Charset, Shapes};
use crate::network::{Event, class_of, events, links, speeds};
use crate::works::{closed_at, closures};

/// Days of speeds of the past, by the hour.
const DAYS: i64 = 13;
/// Days of what was in the way.
const EVENT_DAYS: i64 = 7;

const LINK_FAULTS: &[Plant] = &[cell("lanes", 5, "type", "왕복")];
const SPEED_FAULTS: &[Plant] = &[
    cell("speed", 2, "range", "310"),
    cell("speed", 2, "type", "통신장애"),
    cell("measured_at", 1, "no-such-moment", "202602301000"),
];
const EVENT_FAULTS: &[Plant] = &[
    cell("kind", 1, "in", "미상"),
    swapped(6, 7, "inside"),
    cell("starts_at", 4, "no-such-moment", "2026-02-30 10:00"),
];

pub(crate) fn road_links(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let file = "교통정책과/표준노드링크.zip";
    let heads = [
        "LINK_ID",
        "F_NODE",
        "T_NODE",
        "ROAD_NAME",
        "ROAD_RANK",
        "LANES",
        "MAX_SPD",
        "LENGTH",
    ];
    let (world, all) = (desk.world, links(desk.world));
    let form = Shapes::new(&desk.path(file), "MOCT_LINK", &heads, false);
    let mut table = desk.table("road_links", file, form, LINK_FAULTS, all.len() as u64);
    for (at, link) in all.iter().enumerate() {
        let road = &world.roads[link.road];
        let (lanes, limit, class) = class_of(road.kind);
        let line = link.line.map(|point| {
            let (x, y) = world.belt(point);
            format!("{x:.3} {y:.3}")
        });
        // A slip of the survey: a link that is as long as nothing.
        let metres = if at == 200 { 0.0 } else { link.metres };
        table.row(cells![
            link.id,
            link.nodes[0],
            link.nodes[1],
            road.name,
            class,
            lanes,
            limit,
            format!("{metres:.1}"),
            line.join(";")
        ])?;
    }
    table.finish()
}

const SPEED_HEADS: &str = "링크ID,수집시각,속도";

fn rows_at(desk: &Desk<'_>, moments: impl Iterator<Item = NaiveDateTime>) -> Vec<Vec<String>> {
    let links = links(desk.world);
    let rows = moments.flat_map(|moment| speeds(desk.world, &links, moment));
    rows.map(|(link, at, speed)| cells![link, at.format("%Y%m%d%H%M"), format!("{speed:.1}")])
        .collect()
}

fn write_speeds(
    desk: &mut Desk<'_>,
    name: &str,
    plants: &'static [Plant],
    rows: Vec<Vec<String>>,
) -> Result<(), DemoError> {
    let file = format!("교통정책과/소통정보_{name}.csv");
    let count = rows.len() as u64;
    let mut table = desk.csv(
        "link_speeds",
        &file,
        Charset::Utf8,
        SPEED_HEADS,
        plants,
        count,
    )?;
    for row in rows {
        table.row(row)?;
    }
    table.finish()
}

fn speeds_of(desk: &mut Desk<'_>, day: NaiveDate) -> Result<(), DemoError> {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    let rows = rows_at(desk, (0..24).map(|hour| midnight + TimeDelta::hours(hour)));
    write_speeds(desk, &stamp(day), SPEED_FAULTS, rows)
}

/// Speeds of the past, a file a day.
pub(crate) fn link_speeds(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let today = desk.plan.today;
    for back in (1..=DAYS).rev() {
        speeds_of(desk, today - TimeDelta::days(back))?;
    }
    Ok(())
}

/// Speeds of the day before.
pub(crate) fn link_speeds_of_day(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let yesterday = desk.plan.today - TimeDelta::days(1);
    speeds_of(desk, yesterday)
}

/// Speeds of one moment.
pub(crate) fn link_speeds_at(desk: &mut Desk<'_>, moment: NaiveDateTime) -> Result<(), DemoError> {
    let name = moment.format("%Y%m%d_%H%M").to_string();
    let rows = rows_at(desk, std::iter::once(moment));
    write_speeds(desk, &name, &[], rows)
}

const EVENT_HEADS: &str = "관리번호,구분,내용,도로명,시작일시,종료예정일시,X좌표,Y좌표";

fn write_events(desk: &mut Desk<'_>, name: &str, all: &[Event]) -> Result<(), DemoError> {
    let file = format!("도로과/도로통제_{name}.csv");
    let world = desk.world;
    let mut table = desk.csv(
        "road_events",
        &file,
        Charset::Cp949,
        EVENT_HEADS,
        EVENT_FAULTS,
        all.len() as u64,
    )?;
    for event in all {
        let (x, y) = world.belt(event.at);
        table.row(cells![
            event.number,
            event.kind,
            event.title,
            world.roads[event.road].name,
            event.starts.format("%Y-%m-%d %H:%M"),
            event.ends.format("%Y-%m-%d %H:%M"),
            metres(x),
            metres(y)
        ])?;
    }
    table.finish()
}

/// What is in the way from a day on: what happens on it, and works that begin on it.
fn events_of(desk: &mut Desk<'_>, day: NaiveDate) -> Result<(), DemoError> {
    let mut all = events(desk.world, day);
    all.extend(closures(desk.world, day, day));
    write_events(desk, &stamp(day), &all)
}

/// What was in the way on the last days, and lanes that have been closed for works for longer.
pub(crate) fn road_events(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let today = desk.plan.today;
    for back in (0..EVENT_DAYS).rev() {
        events_of(desk, today - TimeDelta::days(back))?;
    }
    let first = today - TimeDelta::days(EVENT_DAYS - 1);
    let midnight = today.and_time(chrono::NaiveTime::MIN);
    let closed = closed_at(desk.world, midnight, first);
    write_events(desk, &format!("{}_공사", stamp(today)), &closed)
}

/// What comes to be in the way on a day.
pub(crate) fn road_events_of_day(desk: &mut Desk<'_>) -> Result<(), DemoError> {
    let today = desk.plan.today;
    events_of(desk, today)
}
