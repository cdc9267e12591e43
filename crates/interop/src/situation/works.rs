//! Street works as this reader may see them.

use std::sync::Arc;

use access::{AskError, At, Reader, Rows};
use chrono::{NaiveDate, NaiveDateTime};
use city::situation::{Permits, Protection, day};
use city::{City, DatasetId};
use geo_types::{Geometry, Point};
use situation::plane::{Plane, Territory};
use situation::works::{
    self, Conflict, Draft, Found, Index, JoinRule, Joinable, Permit, Protected, Road, Rule,
    Trouble, Unjudged, Ways,
};

use super::cells::{Cells, Columns, Part, ROWS_MAX};
use super::closures::{self, ByDay, Closure};
use super::kept::Kept;
use super::territory;

/// Street works, judged.
#[derive(Debug)]
pub struct Works {
    /// The dataset of permits.
    pub dataset: DatasetId,
    /// Datasets and versions it was judged from.
    pub versions: Vec<(DatasetId, i64)>,
    /// The way between degrees and metres.
    pub plane: Plane,
    /// Permits that can be judged.
    pub permits: Vec<Permit>,
    /// Permits that cannot.
    pub troubles: Vec<Trouble>,
    /// Permits that do not hold (any more), by what their row says: they are not judged.
    pub void: usize,
    /// Permits beyond the limit that were not looked at.
    pub more: bool,
    /// Roads.
    pub roads: Vec<Road>,
    /// The city's rules of protection.
    pub rules: Vec<Protection>,
    /// Works in each other's way.
    pub conflicts: Found<Conflict>,
    /// The distance that counts as near, in metres.
    pub buffer: f64,
    /// How near works are that could be one.
    pub join: JoinRule,
    /// Works on a protected road.
    pub protected: Vec<Protected>,
    /// Works of which that cannot be said.
    pub unjudged: Vec<Unjudged>,
    /// Works that could be one.
    pub joinable: Vec<Joinable>,
    /// Permits by place.
    pub index: Index,
    /// Closures.
    pub closures: Vec<Closure>,
    /// Whether the city declares closures, and they may be seen.
    pub has_closures: bool,
    /// The day it was judged for.
    pub today: NaiveDate,
}

impl Works {
    /// What is closed at a moment of the city's clock.
    pub fn closures_at(&self, now: NaiveDateTime) -> impl Iterator<Item = &Closure> {
        self.closures.iter().filter(move |own| own.is_at(now))
    }

    /// Permits whose works are under way on that day.
    pub fn permits_now(&self) -> impl Iterator<Item = &Permit> {
        let is_now = |own: &&Permit| own.starts <= self.today && self.today <= own.ends;
        self.permits.iter().filter(is_now)
    }
}

/// One dataset to be read.
struct Wanted {
    columns: Columns,
    question: Rows,
}

impl Wanted {
    fn new(reader: &Reader, columns: Columns) -> Result<Self, AskError> {
        let mut question = columns.question(At::Latest);
        let version = reader.version(question.dataset.as_str(), &At::Latest)?;
        question.at = At::Version(version.number);
        Ok(Self { columns, question })
    }

    async fn ask(&self, reader: &Reader) -> Result<Cells, AskError> {
        self.columns.ask(reader, &self.question).await
    }

    fn version(&self) -> (DatasetId, i64) {
        let number = match self.question.at {
            At::Version(number) => number,
            _ => 0,
        };
        (self.question.dataset.clone(), number)
    }
}

/// Street works, judged for a day; nothing where the city declares none.
///
/// # Errors
/// When the permits may not be seen or cannot be read.
pub async fn works(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    today: NaiveDate,
) -> Result<Option<Arc<Works>>, AskError> {
    let Some(declared) = &city.situation.works else {
        return Ok(None);
    };
    let permits = Wanted::new(reader, permit_columns(reader, &declared.permits))?;
    // Roads and closures that may not be seen or were never loaded leave the permits as they are.
    let roads = declared.roads.as_ref().and_then(|own| {
        let columns = Columns::of(&own.dataset)
            .must("name", &own.name)
            .may(reader, "shape", own.shape.as_ref())
            .may(reader, "surface", own.surface.as_ref())
            .may(reader, "paved", own.paved.as_ref());
        Wanted::new(reader, columns).ok()
    });
    let closures = declared.closures.as_ref().and_then(|own| {
        // Who does not see which rows are closures cannot be told what is closed.
        let columns = closures::columns(reader, own)?;
        Wanted::new(reader, columns).ok()
    });
    let areas = territory::columns(city, reader).and_then(|own| Wanted::new(reader, own).ok());
    let all = [
        Some(&permits),
        roads.as_ref(),
        closures.as_ref(),
        areas.as_ref(),
    ];
    let all: Vec<&Wanted> = all.into_iter().flatten().collect();
    let key = format!(
        "works {today} {} {:?}",
        reader.policy().name(),
        all.iter().map(|own| own.version()).collect::<Vec<_>>()
    );
    let gather = Gather {
        city,
        reader,
        permits: &permits,
        roads: roads.as_ref(),
        closures: closures.as_ref(),
        areas: areas.as_ref(),
        today,
    };
    if !all
        .iter()
        .all(|own| reader.may_keep(own.question.dataset.as_str()))
    {
        return Ok(Some(Arc::new(gather.judged().await?)));
    }
    let (works, was_there) = kept.get(key, gather.judged()).await?;
    if was_there {
        for own in all {
            let rows = u64::try_from(works.permits.len()).unwrap_or_default();
            reader.again(&own.question, rows).await?;
        }
    }
    Ok(Some(works))
}

fn permit_columns(reader: &Reader, own: &Permits) -> Columns {
    let emergency = own.emergency.as_ref().map(|flag| &flag.column);
    let void = own.void.as_ref().map(|flags| &flags.column);
    Columns::of(&own.dataset)
        .must("number", &own.number)
        .must("starts", &own.starts)
        .must("ends", &own.ends)
        .may(reader, "shape", own.shape.as_ref())
        .may(reader, "length", own.length.as_ref())
        .may(reader, "road", own.road.as_ref())
        .may(reader, "surface", own.surface.as_ref())
        .may(reader, "depth", own.depth.as_ref())
        .may(reader, "contractor", own.contractor.as_ref())
        .may(reader, "utility", own.utility.as_ref())
        .may(reader, "status", own.status.as_ref())
        .may(reader, "emergency", emergency)
        .may(reader, "void", void)
        .place(reader)
}

struct Gather<'g> {
    city: &'g City,
    reader: &'g Reader,
    permits: &'g Wanted,
    roads: Option<&'g Wanted>,
    closures: Option<&'g Wanted>,
    areas: Option<&'g Wanted>,
    today: NaiveDate,
}

impl Gather<'_> {
    async fn judged(self) -> Result<Works, AskError> {
        let broken = || AskError::Run(Some("the city's coordinate system is no plane".to_owned()));
        let manifest = &self.city.manifest;
        let plane = Plane::new(&manifest.crs).ok_or_else(broken)?;
        let territory = Territory::within(&plane, manifest.bounds).ok_or_else(broken)?;
        let declared = self.city.situation.works.as_ref().ok_or_else(broken)?;
        let areas = match self.areas {
            Some(own) => territory::shapes(&own.ask(self.reader).await?, &plane),
            None => Vec::new(),
        };
        let roads = match self.roads {
            Some(own) => roads(&own.ask(self.reader).await?, &plane),
            None => Vec::new(),
        };
        let closures = match self.closures {
            Some(own) => {
                let declared = declared.closures.as_ref();
                let only = declared.and_then(|own| own.only.as_ref());
                let only = only.map(|flag| flag.is.as_str());
                let by_day = declared.map(|own| ByDay::of(self.reader, own));
                let cells = own.ask(self.reader).await?;
                closures::closures(&cells, &plane, only, by_day.unwrap_or_default())
            }
            None => Vec::new(),
        };
        let cells = self.permits.ask(self.reader).await?;
        let has_closures = self.closures.is_some();
        let wanted = [Some(self.permits), self.roads, self.closures, self.areas];
        let versions = wanted.into_iter().flatten().map(Wanted::version).collect();
        let flags = Flags {
            emergency: declared
                .permits
                .emergency
                .as_ref()
                .map(|own| own.is.clone()),
            void: declared.permits.void.as_ref().map(|own| own.is.clone()),
        };
        let more = cells.rows() >= ROWS_MAX;
        let dataset = declared.permits.dataset.clone();
        let (rules, buffer) = (declared.protection.clone(), declared.buffer);
        let join = JoinRule {
            days: declared.join.days,
            metres: declared.join.metres,
        };
        let today = self.today;
        // Judging takes a while for many permits: nobody else's page waits for it.
        let judge = move || {
            let (drafts, void) = drafts(&cells, &plane, &roads, &flags);
            let territory = territory.with_areas(areas);
            let (permits, troubles) = works::sound(drafts, &territory);
            let (protected, unjudged) = works::protected(&permits, &roads, &in_force(&rules));
            Works {
                dataset,
                versions,
                conflicts: works::conflicts(&permits, buffer),
                joinable: works::joinable(&permits, &roads, join, today),
                index: Index::new(permits.iter().map(|permit| &permit.shape)),
                plane,
                permits,
                troubles,
                void,
                more,
                roads,
                rules,
                buffer,
                join,
                protected,
                unjudged,
                closures,
                has_closures,
                today,
            }
        };
        let judged = tokio::task::spawn_blocking(judge).await;
        judged.map_err(|error| AskError::Run(Some(error.to_string())))
    }
}

/// The rules, in the order they are declared: `madang check` has looked at their dates.
fn in_force(rules: &[Protection]) -> Vec<Rule> {
    rules
        .iter()
        .map(|rule| Rule {
            surface: rule.surface.clone(),
            years: rule.years,
            from: day(&rule.from).unwrap_or(NaiveDate::MAX),
            until: rule.until.as_deref().and_then(day),
            spares_emergency: rule.spares_emergency,
        })
        .collect()
}

/// Where a row is: by its shape, or by the dataset's place.
pub(super) fn shape_of(part: &Part, row: usize, plane: &Plane) -> Option<Geometry<f64>> {
    if let Some(bytes) = part.bytes("shape", row) {
        return plane.stored(bytes);
    }
    let at = plane.metres(
        part.number("longitude", row)?,
        part.number("latitude", row)?,
    )?;
    Some(Geometry::Point(Point::from(at)))
}

/// What the values of a permit's row say of it.
struct Flags {
    /// That it may not wait.
    emergency: Option<String>,
    /// That it does not hold.
    void: Option<Vec<String>>,
}

/// Permits as their rows say them, and how many do not hold.
fn drafts(cells: &Cells, plane: &Plane, roads: &[Road], flags: &Flags) -> (Vec<Draft>, usize) {
    let ways = Ways::new(roads);
    // A place with a length is a stretch of its road.
    let stretched = |part: &Part, row: usize| {
        let shape = shape_of(part, row, plane)?;
        let Geometry::Point(at) = &shape else {
            return Some(shape);
        };
        let cut = part.text("road", row).zip(part.number("length", row));
        let cut = cut.and_then(|(road, metres)| ways.around(&road, at.0, metres));
        Some(cut.unwrap_or(shape))
    };
    let is_void = |part: &Part, row: usize| {
        let values = flags.void.iter().flatten();
        let own = part.text("void", row);
        own.is_some_and(|own| values.into_iter().any(|value| *value == own))
    };
    let (mut drafts, mut void) = (Vec::new(), 0);
    for part in cells.parts() {
        let (out, rows): (Vec<usize>, Vec<usize>) =
            (0..part.rows).partition(|row| is_void(&part, *row));
        void += out.len();
        drafts.extend(rows.into_iter().map(|row| Draft {
            number: part.text("number", row).unwrap_or_default(),
            road: part.text("road", row),
            surface: part.text("surface", row),
            shape: stretched(&part, row),
            starts: part.day("starts", row),
            ends: part.day("ends", row),
            emergency: flags.emergency.is_some() && part.text("emergency", row) == flags.emergency,
            said: works::permit::Said {
                depth: part.number("depth", row),
                contractor: part.text("contractor", row),
                utility: part.text("utility", row),
                status: part.text("status", row),
            },
        }));
    }
    (drafts, void)
}

fn roads(cells: &Cells, plane: &Plane) -> Vec<Road> {
    let mut roads = Vec::new();
    for part in cells.parts() {
        roads.extend((0..part.rows).filter_map(|row| {
            Some(Road {
                name: part.text("name", row)?,
                surface: part.text("surface", row),
                paved: part.day("paved", row),
                line: part
                    .bytes("shape", row)
                    .and_then(|bytes| plane.stored(bytes)),
            })
        }));
    }
    roads
}
