//! Complaints: where more come in than usual, and those near a place.

use std::collections::BTreeMap;

use access::{AskError, At, Question, Reader};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use city::compute::quoted;
use city::situation::{Complaints, Residents};
use city::{City, DatasetId};
use geo_types::Coord;
use serde::Serialize;
use situation::plane::Plane;
use situation::surge::{Cell, Exposed, Rules, Surge, exposed, surges};

use super::cells::Cells;

/// Days back on which surges that are over are told of.
const EARLIER_DAYS: i64 = 14;
/// Days whose complaints are counted: four whole weeks.
pub const COUNTED_DAYS: usize = 28;
/// Nobody complains on a weekend, and on a holiday beside it: after more days without any, the feed may have stopped.
const STOPPED_DAYS: i64 = 3;
/// The newest complaints near a place that are listed.
const LISTED: u64 = 20;

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
    /// Counts of the newest [`COUNTED_DAYS`] by neighbourhood and topic, against the people who live there.
    pub counts: Vec<Exposed>,
    /// Of how many days they are.
    pub counted_days: usize,
    /// Names of neighbourhoods by code.
    pub dongs: BTreeMap<String, String>,
    /// Whether people are counted: without them neighbourhoods are compared as they are.
    pub knows_residents: bool,
    /// The newest complaint came in so long before that the feed may have stopped: what is told is not of now.
    pub has_stopped: bool,
    /// Complaints that say they were received more than a day from now: a clock is ahead. They are not counted.
    pub ahead: u64,
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
    now: NaiveDateTime,
) -> Result<Option<Surges>, AskError> {
    let Some(own) = &city.situation.complaints else {
        return Ok(None);
    };
    let rules = Rules::default();
    let past = rules.past_days + rules.window;
    let span = TimeDelta::days(i64::try_from(past).unwrap_or(0) + 7 + EARLIER_DAYS);
    let today = now.date();
    let sql = counts(own, today - span, now);
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
    let of_days = until.map_or_else(Vec::new, |until| series(&counts, until, past, |_| None));
    let surges = until.map_or_else(Vec::new, as_of);
    let earlier = until.map_or_else(Vec::new, |until| earlier(until, &surges, as_of));
    let stopped = TimeDelta::days(STOPPED_DAYS);
    Ok(Some(Surges {
        dataset: own.dataset.clone(),
        until,
        surges,
        earlier,
        counts: exposed(&of_days, &residents, COUNTED_DAYS),
        counted_days: COUNTED_DAYS,
        dongs,
        knows_residents: !residents.is_empty(),
        has_stopped: until.is_some_and(|until| today - until > stopped),
        ahead: count(reader, ahead(own, now, "")).await?,
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
/// What says it was received later than now has not been received.
fn counts(own: &Complaints, from: NaiveDate, now: NaiveDateTime) -> String {
    let [dong, topic, received] = [&own.dong, &own.topic, &own.received].map(|name| quoted(name));
    let name = own.dong_name.as_ref();
    let name = name.map_or_else(|| dong.clone(), |name| quoted(name));
    format!(
        "select cast({dong} as varchar) as dong, max(cast({name} as varchar)) as name, cast({topic} as varchar) as topic, cast({received} as date) as day, count(*) as number from {} where {received} >= cast('{from}' as timestamp) and {received} <= cast('{now}' as timestamp) group by 1, 3, 4",
        own.dataset
    )
}

/// How many say they were received more than a day from now.
fn ahead(own: &Complaints, now: NaiveDateTime, and: &str) -> String {
    let tomorrow = now + TimeDelta::days(1);
    format!(
        "select cast(count(*) as double) as number from {} where {} > cast('{tomorrow}' as timestamp){and}",
        own.dataset,
        quoted(&own.received)
    )
}

async fn count(reader: &Reader, sql: String) -> Result<u64, AskError> {
    let cells = ask(reader, sql, &["number"]).await?;
    let mut parts = cells.parts();
    let number = parts.find_map(|part| part.number("number", 0));
    Ok(u64::from(whole(number.unwrap_or_default())))
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

/// Complaints near a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// How many there are by topic, the most frequent first: all of them.
    pub topics: Vec<(String, u64)>,
    /// The newest.
    pub newest: Vec<Nearby>,
    /// How many say they were received more than a day from now; counted nowhere else.
    pub ahead: u64,
}

/// Complaints near a place from a day until now; nothing where the city declares none or their place may not be seen.
/// They are counted all; the newest are those of `like`, where that is one of their topics.
///
/// # Errors
/// When they may not be seen or cannot be read.
pub async fn near(
    city: &City,
    reader: &Reader,
    plane: &Plane,
    (at, metres): (Coord<f64>, f64),
    (since, now): (NaiveDate, NaiveDateTime),
    like: Option<&str>,
) -> Result<Option<Around>, AskError> {
    let Some(own) = &city.situation.complaints else {
        return Ok(None);
    };
    let dataset = reader.dataset(own.dataset.as_str())?;
    if dataset.place.is_none() || !reader.shows_place(own.dataset.as_str()) {
        return Ok(None);
    }
    let Some(circle) = Circle::around(plane, at) else {
        return Ok(Some(Around::default()));
    };
    let status = own.status.as_ref();
    let status = status.filter(|name| dataset.column(name).is_some());
    let within = circle.within(metres);
    let ahead = count(reader, ahead(own, now, &format!(" and {within}"))).await?;
    let [received, topic] = [&own.received, &own.topic].map(|name| quoted(name));
    let of = format!(
        "from {} where {within} and {topic} is not null and {received} >= cast('{since}' as timestamp) and {received} <= cast('{now}' as timestamp)",
        own.dataset
    );
    let sql = format!(
        "select cast({topic} as varchar) as topic, cast(count(*) as double) as number {of} group by 1 order by 2 desc, 1"
    );
    let cells = ask(reader, sql, &["topic", "number"]).await?;
    let mut around = Around {
        ahead,
        ..Around::default()
    };
    for part in cells.parts() {
        around.topics.extend((0..part.rows).filter_map(|row| {
            let number = whole(part.number("number", row)?);
            Some((part.text("topic", row)?, u64::from(number)))
        }));
    }
    let alike = match like {
        // What a visitor sends is put into a question only where it is a topic that was found.
        Some(like) if around.topics.iter().any(|(topic, _)| topic == like) => {
            format!(
                " and cast({topic} as varchar) = '{}'",
                like.replace('\'', "''")
            )
        }
        Some(like) if own.responsible.iter().any(|own| own.topic == like) => {
            return Ok(Some(around));
        }
        // None, or one that nobody knows.
        _ => String::new(),
    };
    let status = status.map_or_else(String::new, |name| {
        format!(", cast({} as varchar) as status", quoted(name))
    });
    let sql = format!(
        "select {received} as received, cast({topic} as varchar) as topic, {} as metres{status} {of}{alike} order by {received} desc limit {LISTED}",
        circle.metres()
    );
    let cells = ask(reader, sql, &["received", "topic", "metres", "status"]).await?;
    for part in cells.parts() {
        around.newest.extend((0..part.rows).filter_map(|row| {
            Some(Nearby {
                received: part.moment("received", row)?,
                topic: part.text("topic", row)?,
                status: part.text("status", row),
                metres: part.number("metres", row)?,
            })
        }));
    }
    Ok(Some(around))
}

/// A place and what a degree is in metres there: within a few kilometres the city's plane is as good as even, and the
/// database can count what lies in a circle. Only numbers of our own are written into the question.
struct Circle {
    longitude: f64,
    latitude: f64,
    /// Metres eastward a degree of longitude, and of latitude.
    east: [f64; 2],
    /// The same northward.
    north: [f64; 2],
}

/// How far from the place a degree is measured.
const NEARBY_DEGREES: f64 = 0.005;
/// How much wider than the circle its box is.
const WIDER: f64 = 1.1;

impl Circle {
    fn around(plane: &Plane, at: Coord<f64>) -> Option<Self> {
        let (longitude, latitude) = plane.degrees(at)?;
        let aside = plane.metres(longitude + NEARBY_DEGREES, latitude)? - at;
        let above = plane.metres(longitude, latitude + NEARBY_DEGREES)? - at;
        let degree = |metres: f64| metres / NEARBY_DEGREES;
        Some(Self {
            longitude,
            latitude,
            east: [degree(aside.x), degree(above.x)],
            north: [degree(aside.y), degree(above.y)],
        })
    }

    /// The distance of a row from the place, in the words of the database.
    fn metres(&self) -> String {
        let along = |[aside, above]: [f64; 2]| {
            format!(
                "({aside:.6} * (longitude - {:.9}) + {above:.6} * (latitude - {:.9}))",
                self.longitude, self.latitude
            )
        };
        let (east, north) = (along(self.east), along(self.north));
        format!("sqrt({east} * {east} + {north} * {north})")
    }

    /// The condition that a row lies in it: its box first, by which most rows are passed over unread.
    fn within(&self, metres: f64) -> String {
        // North of the plane is not quite that of the map: the box is a little wider.
        let wide = metres * WIDER / self.east[0];
        let high = metres * WIDER / self.north[1];
        format!(
            "longitude between {:.9} and {:.9} and latitude between {:.9} and {:.9} and {} <= {metres:.6}",
            self.longitude - wide,
            self.longitude + wide,
            self.latitude - high,
            self.latitude + high,
            self.metres()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_as_wide_as_in_the_plane() {
        let plane = Plane::new("EPSG:5186").unwrap();
        let at = plane.metres(127.05, 37.29).unwrap();
        let own = Circle::around(&plane, at).unwrap();
        for (x, y) in [(127.07, 37.29), (127.05, 37.307), (127.065, 37.279)] {
            let there = plane.metres(x, y).unwrap();
            let right = (there.x - at.x).hypot(there.y - at.y);
            let (dx, dy) = (x - own.longitude, y - own.latitude);
            let along = |[aside, above]: [f64; 2]| aside * dx + above * dy;
            let told = along(own.east).hypot(along(own.north));
            assert!((told - right).abs() < 1.0, "{told} {right}");
        }
    }
}
