//! Complaints: where more come in than usual, and those near a place.

use std::collections::BTreeMap;

use access::{AskError, At, Filter, Op, Question, Reader, Sort};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use city::situation::{Complaints, Residents};
use city::{City, DatasetId};
use geo_types::Coord;
use serde::Serialize;
use situation::plane::Plane;
use situation::surge::{Cell, Rules, Surge, surges};

use super::cells::{Cells, Columns};

/// Days back on which surges that are over are told of.
const EARLIER_DAYS: i64 = 14;
/// Most complaints near a place that are looked at.
const NEAR_MAX: u64 = 2_000;

/// Surges of the newest days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surges {
    /// The dataset.
    pub dataset: DatasetId,
    /// The newest day that has complaints.
    pub until: Option<NaiveDate>,
    /// What is more than usual.
    pub surges: Vec<Surge>,
    /// What was more than usual in the last two weeks and is not any more, the newest first.
    pub earlier: Vec<Earlier>,
    /// Names of neighbourhoods by code.
    pub dongs: BTreeMap<String, String>,
    /// Whether people are counted: without them neighbourhoods are compared as they are.
    pub knows_residents: bool,
}

/// A surge that is over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Earlier {
    /// The first day on which it was one.
    pub found: NaiveDate,
    /// The last.
    pub until: NaiveDate,
    /// As it was when it was least likely.
    #[serde(flatten)]
    pub surge: Surge,
}

/// Where more complaints come in than usual; nothing where the city declares none.
///
/// # Errors
/// When they may not be seen or cannot be read.
pub async fn found(
    city: &City,
    reader: &Reader,
    today: NaiveDate,
) -> Result<Option<Surges>, AskError> {
    let Some(own) = &city.situation.complaints else {
        return Ok(None);
    };
    let rules = Rules::default();
    let past = rules.past_days + rules.window;
    let span = TimeDelta::days(i64::try_from(past).unwrap_or(0) + 7 + EARLIER_DAYS);
    let sql = counts(own, today - span, today);
    let cells = ask(reader, sql, &["dong", "name", "topic", "day", "number"]).await?;
    let residents = match &own.residents {
        Some(own) => residents(own, reader).await.unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let (mut counts, mut dongs) = (BTreeMap::new(), BTreeMap::new());
    let mut until: Option<NaiveDate> = None;
    for part in cells.parts() {
        for row in 0..part.rows {
            let (Some(dong), Some(topic), Some(day)) = (
                part.text("dong", row),
                part.text("topic", row),
                part.day("day", row),
            ) else {
                continue;
            };
            if let Some(name) = part.text("name", row) {
                dongs.insert(dong.clone(), name);
            }
            until = until.max(Some(day));
            let count = part.number("number", row).unwrap_or_default();
            counts.insert((dong, topic, day), count);
        }
    }
    let as_of = |until: NaiveDate| {
        let series = series(&counts, until, past, |dong| residents.get(dong).copied());
        surges(&series, &rules)
    };
    let now = until.map_or_else(Vec::new, as_of);
    let earlier = until.map_or_else(Vec::new, |until| earlier(until, &now, as_of));
    Ok(Some(Surges {
        dataset: own.dataset.clone(),
        until,
        surges: now,
        earlier,
        dongs,
        knows_residents: !residents.is_empty(),
    }))
}

/// Surges of the days before that are none any more.
fn earlier(
    until: NaiveDate,
    now: &[Surge],
    as_of: impl Fn(NaiveDate) -> Vec<Surge>,
) -> Vec<Earlier> {
    let mut found: BTreeMap<(String, String), Earlier> = BTreeMap::new();
    for back in (1..=EARLIER_DAYS).rev() {
        let day = until - TimeDelta::days(back);
        for surge in as_of(day) {
            let key = (surge.dong.clone(), surge.topic.clone());
            let own = found.entry(key).or_insert_with(|| Earlier {
                found: day,
                until: day,
                surge: surge.clone(),
            });
            own.until = day;
            if surge.chance < own.surge.chance {
                own.surge = surge;
            }
        }
    }
    let is_over = |own: &Earlier| {
        let mut now = now.iter();
        !now.any(|it| it.dong == own.surge.dong && it.topic == own.surge.topic)
    };
    let mut over: Vec<Earlier> = found.into_values().filter(is_over).collect();
    over.sort_by_key(|own| std::cmp::Reverse(own.until));
    over
}

/// Names in the manifest were checked against the dataset's columns: nothing a visitor sends is in the question.
fn counts(own: &Complaints, from: NaiveDate, until: NaiveDate) -> String {
    let (dong, topic, received) = (&own.dong, &own.topic, &own.received);
    let name = own.dong_name.as_ref().unwrap_or(dong);
    format!(
        "select cast({dong} as varchar) as dong, max(cast({name} as varchar)) as name, cast({topic} as varchar) as topic, cast({received} as date) as day, count(*) as number from {} where {received} >= cast('{from}' as timestamp) and {received} < cast('{}' as timestamp) group by 1, 3, 4",
        own.dataset,
        until + TimeDelta::days(1)
    )
}

async fn residents(own: &Residents, reader: &Reader) -> Result<BTreeMap<String, f64>, AskError> {
    let (dong, people, dataset) = (&own.dong, &own.people, &own.dataset);
    let newest = own.time.as_ref().map_or_else(String::new, |time| {
        format!(" where {time} = (select max({time}) from {dataset})")
    });
    let sql = format!(
        "select cast({dong} as varchar) as dong, cast(sum({people}) as double) as number from {dataset}{newest} group by 1"
    );
    let cells = ask(reader, sql, &["dong", "number"]).await?;
    let mut all = BTreeMap::new();
    for part in cells.parts() {
        all.extend(
            (0..part.rows)
                .filter_map(|row| Some((part.text("dong", row)?, part.number("number", row)?))),
        );
    }
    Ok(all)
}

async fn ask(reader: &Reader, sql: String, names: &[&'static str]) -> Result<Cells, AskError> {
    let question = Question {
        sql,
        at: At::Latest,
    };
    Cells::of(reader.ask(question).await?, names).await
}

/// Each neighbourhood and topic day by day, with the days that have none.
fn series(
    counts: &BTreeMap<(String, String, NaiveDate), f64>,
    until: NaiveDate,
    days: usize,
    residents: impl Fn(&str) -> Option<f64>,
) -> Vec<Cell> {
    let mut cells: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
    for ((dong, topic, day), count) in counts {
        let own = cells.entry((dong, topic)).or_insert_with(|| vec![0; days]);
        // What came later is not known on the day it is looked from.
        let back = usize::try_from((until - *day).num_days()).ok();
        let at = back.and_then(|back| days.checked_sub(back + 1));
        if let Some(slot) = at.and_then(|at| own.get_mut(at)) {
            *slot = whole(*count);
        }
    }
    let cell = |((dong, topic), days): ((&str, &str), Vec<u32>)| Cell {
        residents: residents(dong),
        dong: dong.to_owned(),
        topic: topic.to_owned(),
        days,
    };
    cells.into_iter().map(cell).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of rows of a day"
)]
fn whole(count: f64) -> u32 {
    count.clamp(0.0, 1e9) as u32
}

/// A complaint near a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nearby {
    /// When it was received.
    pub received: NaiveDateTime,
    /// What it is about.
    pub topic: String,
    /// How far it is.
    pub status: Option<String>,
    /// How far away, in metres.
    pub metres: f64,
}

/// Complaints near a place since a day, the newest first; nothing where the city declares none or their place may not be
/// seen.
///
/// # Errors
/// When they may not be seen or cannot be read.
pub async fn near(
    city: &City,
    reader: &Reader,
    plane: &Plane,
    (at, metres): (Coord<f64>, f64),
    since: NaiveDate,
) -> Result<Option<Vec<Nearby>>, AskError> {
    let Some(own) = &city.situation.complaints else {
        return Ok(None);
    };
    let has_place = reader.dataset(own.dataset.as_str())?.place.is_some();
    if !has_place || !reader.shows_place(own.dataset.as_str()) {
        return Ok(None);
    }
    let columns = Columns::of(&own.dataset)
        .must("received", &own.received)
        .must("topic", &own.topic)
        .may(reader, "status", own.status.as_ref())
        .place(reader);
    let mut question = columns.question(At::Latest);
    let corners = [
        plane.degrees(
            at - Coord {
                x: metres,
                y: metres,
            },
        ),
        plane.degrees(
            at + Coord {
                x: metres,
                y: metres,
            },
        ),
    ];
    let [Some(low), Some(high)] = corners else {
        return Ok(Some(Vec::new()));
    };
    let filter = |column: &str, op, value: String| Filter {
        column: column.to_owned(),
        op,
        value,
    };
    question.filters = vec![
        filter("longitude", Op::Ge, low.0.to_string()),
        filter("longitude", Op::Le, high.0.to_string()),
        filter("latitude", Op::Ge, low.1.to_string()),
        filter("latitude", Op::Le, high.1.to_string()),
        filter(&own.received, Op::Ge, since.to_string()),
    ];
    question.sort = vec![Sort {
        column: own.received.clone(),
        descending: true,
    }];
    question.limit = Some(NEAR_MAX);
    let cells = columns.ask(reader, &question).await?;
    let mut found = Vec::new();
    for part in cells.parts() {
        found.extend((0..part.rows).filter_map(|row| {
            let own = plane.metres(
                part.number("longitude", row)?,
                part.number("latitude", row)?,
            )?;
            let apart = (own.x - at.x).hypot(own.y - at.y);
            (apart <= metres).then_some(Nearby {
                received: part.moment("received", row)?,
                topic: part.text("topic", row)?,
                status: part.text("status", row),
                metres: apart,
            })
        }));
    }
    Ok(Some(found))
}
