//! The rows of traffic: links, speeds, what is usual, incidents.

use std::collections::HashMap;
use std::sync::Arc;

use access::{AskError, At, Filter, Op, Question, Reader};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use city::City;
use city::situation::{Traffic, TrafficIncidents, TrafficLinks, TrafficSpeeds};
use geo_types::Geometry;
use situation::plane::Plane;
use situation::traffic::usual::LEAST;
use situation::traffic::{Draft, Network, Reading, like_days};

use super::super::cells::{Cells, Columns, Part, ROWS_MAX};
use super::super::here::seen;
use super::super::kept::Kept;
use super::super::works::shape_of;

/// Readings of so many hours are looked at: a sensor that repeats one value needs three.
const HOURS: i64 = 4;

/// The road network with the way between degrees and metres.
#[derive(Debug)]
pub struct Roads {
    /// The network.
    pub network: Network,
    /// Degrees and metres.
    pub plane: Plane,
}

/// What is in the way of traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// In words.
    pub title: String,
    /// Its kind.
    pub kind: Option<String>,
    /// The road.
    pub road: Option<String>,
    /// Since when.
    pub starts: NaiveDateTime,
    /// Until when.
    pub ends: Option<NaiveDateTime>,
    /// Where, in metres.
    pub shape: Option<Geometry<f64>>,
}

/// The newest readings of all links.
#[derive(Debug, Default)]
pub(super) struct Recent {
    pub(super) rows: Vec<(String, Reading)>,
    /// There are more than are looked at.
    pub(super) more: bool,
}

/// The network; nothing where the city has no plane.
pub(super) async fn roads(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    own: &TrafficLinks,
) -> Result<Option<Arc<Roads>>, AskError> {
    let Some(plane) = Plane::new(&city.manifest.crs) else {
        return Ok(None);
    };
    let columns = Columns::of(&own.dataset)
        .must("link", &own.link)
        .must("from", &own.from)
        .must("to", &own.to)
        .must("length", &own.length)
        .must("shape", &own.shape)
        .may(reader, "road", own.road.as_ref())
        .may(reader, "lanes", own.lanes.as_ref())
        .may(reader, "limit", own.limit.as_ref())
        .may(reader, "class", own.class.as_ref());
    let mut question = columns.question(At::Latest);
    let version = reader.version(own.dataset.as_str(), &At::Latest)?;
    question.at = At::Version(version.number);
    let make = async {
        let cells = columns.ask(reader, &question).await?;
        let made = tokio::task::spawn_blocking(move || {
            let network = Network::new(drafts(&cells, &plane));
            Roads { network, plane }
        });
        let made = made.await;
        made.map_err(|error| AskError::Run(Some(error.to_string())))
    };
    if !reader.may_keep(own.dataset.as_str()) {
        return Ok(Some(Arc::new(make.await?)));
    }
    let (sight, number) = (reader.policy().name(), version.number);
    let key = format!("links {} {number} {sight}", own.dataset);
    let (roads, was_there) = kept.get(key, make).await?;
    if was_there {
        let rows = u64::try_from(roads.network.links.len()).unwrap_or_default();
        reader.again(&question, rows).await?;
    }
    Ok(Some(roads))
}

fn drafts(cells: &Cells, plane: &Plane) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for part in cells.parts() {
        drafts.extend((0..part.rows).map(|row| Draft {
            id: part.text("link", row).unwrap_or_default(),
            from: part.text("from", row),
            to: part.text("to", row),
            length: part.number("length", row),
            shape: part.bytes("shape", row).and_then(|own| plane.stored(own)),
            road: part.text("road", row),
            lanes: part.number("lanes", row),
            limit: part.number("limit", row),
            class: part.text("class", row),
        }));
    }
    drafts
}

/// A reading; a speed that is not above 0 says that nothing was measured.
fn reading(part: &Part, row: usize) -> Option<(String, Reading)> {
    let speed = part.number("speed", row).filter(|own| *own > 0.0)?;
    let at = part.moment("at", row)?;
    Some((part.text("link", row)?, Reading { at, speed }))
}

fn readings(cells: &Cells) -> Vec<(String, Reading)> {
    let mut rows = Vec::new();
    for part in cells.parts() {
        rows.extend((0..part.rows).filter_map(|row| reading(&part, row)));
    }
    rows
}

/// The last reading of each link since a moment. Names in the manifest were checked against the dataset's columns:
/// nothing a visitor sends is in the question.
pub(super) async fn last(
    reader: &Reader,
    own: &TrafficSpeeds,
    since: NaiveDateTime,
) -> Result<Vec<(String, Reading)>, AskError> {
    let (link, at, speed) = (&own.link, &own.measured, &own.speed);
    let sql = format!(
        "select cast({link} as varchar) as link, max({at}) as at, cast(first_value({speed} order by {at} desc) as double) as speed from {} where {speed} > 0 and {at} >= cast('{since}' as timestamp) group by 1",
        own.dataset
    );
    let question = Question {
        sql,
        at: At::Latest,
    };
    let cells = Cells::of(reader.ask(question).await?, &["link", "at", "speed"]).await?;
    Ok(readings(&cells))
}

/// The readings of the hours before the newest.
pub(super) async fn recent(
    reader: &Reader,
    own: &TrafficSpeeds,
    newest: NaiveDateTime,
) -> Result<Recent, AskError> {
    let columns = Columns::of(&own.dataset)
        .must("link", &own.link)
        .must("at", &own.measured)
        .must("speed", &own.speed);
    let mut question = columns.question(At::Latest);
    let since = newest - TimeDelta::hours(HOURS);
    question.filters = vec![Filter {
        column: own.measured.clone(),
        op: Op::Ge,
        value: since.format("%Y-%m-%d %H:%M:%S").to_string(),
    }];
    let cells = columns.ask(reader, &question).await?;
    Ok(Recent {
        rows: readings(&cells),
        more: cells.rows() >= ROWS_MAX,
    })
}

/// The usual speed of each link on such a day at such an hour: the median of the weeks that count.
pub(super) async fn usual(
    city: &City,
    reader: &Reader,
    declared: &Traffic,
    now: NaiveDateTime,
) -> Result<HashMap<String, f64>, AskError> {
    let works = |day: NaiveDate| city.calendar.is_working_day(day);
    let days: Vec<String> = like_days(now.date(), declared.weeks, works)
        .iter()
        .map(|day| format!("date '{day}'"))
        .collect();
    if days.is_empty() {
        return Ok(HashMap::new());
    }
    let own = &declared.speeds;
    let (link, at, speed) = (&own.link, &own.measured, &own.speed);
    let sql = format!(
        "select cast({link} as varchar) as link, percentile_cont(0.5) within group (order by cast({speed} as double)) as usual, cast(count(distinct cast({at} as date)) as double) as days from {} where {speed} > 0 and extract(hour from {at}) = {} and cast({at} as date) in ({}) group by 1",
        own.dataset,
        now.hour(),
        days.join(", ")
    );
    let question = Question {
        sql,
        at: At::Latest,
    };
    let cells = Cells::of(reader.ask(question).await?, &["link", "usual", "days"]).await?;
    let mut usual = HashMap::new();
    for part in cells.parts() {
        usual.extend((0..part.rows).filter_map(|row| {
            let days = part.number("days", row)?;
            let speed = part.number("usual", row).filter(|_| days >= LEAST)?;
            Some((part.text("link", row)?, speed))
        }));
    }
    Ok(usual)
}

/// What is in the way at a moment, the newest first; nothing where it may not be seen or was never loaded.
pub(super) async fn incidents(
    reader: &Reader,
    own: &TrafficIncidents,
    roads: &Roads,
    now: NaiveDateTime,
) -> Result<Option<Vec<Incident>>, AskError> {
    let columns = Columns::of(&own.dataset)
        .must("title", &own.title)
        .must("starts", &own.starts)
        .may(reader, "ends", own.ends.as_ref())
        .may(reader, "kind", own.kind.as_ref())
        .may(reader, "road", own.road.as_ref())
        .may(reader, "shape", own.shape.as_ref())
        .place(reader);
    let Some(cells) = seen(columns.ask(reader, &columns.question(At::Latest)).await)? else {
        return Ok(None);
    };
    let dataset = reader.dataset(own.dataset.as_str())?;
    let ends = own.ends.as_ref().and_then(|name| dataset.column(name));
    // A last day counts as a whole.
    let is_day = ends.is_some_and(|own| own.column_type != city::ColumnType::Datetime);
    let mut found = Vec::new();
    for part in cells.parts() {
        found.extend((0..part.rows).filter_map(|row| {
            let ends = part.moment("ends", row);
            let ends = ends.map(|at| if is_day { at + TimeDelta::days(1) } else { at });
            let starts = part.moment("starts", row)?;
            let is_now = starts <= now && ends.is_none_or(|ends| now < ends);
            is_now.then_some(Incident {
                title: part.text("title", row)?,
                kind: part.text("kind", row),
                road: part.text("road", row),
                starts,
                ends,
                shape: shape_of(&part, row, &roads.plane),
            })
        }));
    }
    found.sort_by_key(|own| std::cmp::Reverse(own.starts));
    Ok(Some(found))
}
