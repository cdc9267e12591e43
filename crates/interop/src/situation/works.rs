//! Street works as this reader may see them.

use std::collections::HashMap;
use std::sync::Arc;

use access::{AskError, At, Reader, Rows};
use chrono::NaiveDate;
use city::situation::{Permits, Protection, day};
use city::{City, DatasetId};
use geo_types::{Geometry, Point};
use situation::plane::{Plane, Territory};
use situation::works::{
    self, Conflict, Draft, Found, Index, JoinRule, Joinable, Permit, Protected, Road, Rule,
    Trouble, Unjudged,
};

use super::cells::{Cells, Columns, Part, ROWS_MAX};
use super::kept::Kept;

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
    /// Closures of the day it was judged for.
    pub fn closures_now(&self) -> impl Iterator<Item = &Closure> {
        let is_now = |own: &&Closure| own.starts <= self.today && self.today <= own.ends;
        self.closures.iter().filter(is_now)
    }

    /// Permits whose works are under way on that day.
    pub fn permits_now(&self) -> impl Iterator<Item = &Permit> {
        let is_now = |own: &&Permit| own.starts <= self.today && self.today <= own.ends;
        self.permits.iter().filter(is_now)
    }
}

/// A closed road.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// In words.
    pub title: String,
    /// The road.
    pub road: Option<String>,
    /// First day.
    pub starts: NaiveDate,
    /// Last day.
    pub ends: NaiveDate,
    /// Where, in metres.
    pub shape: Geometry<f64>,
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
        let columns = Columns::of(&own.dataset)
            .must("title", &own.title)
            .must("starts", &own.starts)
            .must("ends", &own.ends)
            .may(reader, "road", own.road.as_ref())
            .may(reader, "shape", own.shape.as_ref())
            .place(reader);
        let columns = match &own.only {
            // Who does not see this column cannot be told what is closed.
            Some(only) => {
                let dataset = reader.dataset(own.dataset.as_str()).ok()?;
                dataset.column(&only.column)?;
                columns.must("only", &only.column)
            }
            None => columns,
        };
        Wanted::new(reader, columns).ok()
    });
    let areas = area_columns(city, reader).and_then(|own| Wanted::new(reader, own).ok());
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
        .place(reader)
}

/// The city's areas, by which a place is known to lie in it.
fn area_columns(city: &City, reader: &Reader) -> Option<Columns> {
    let id = city.manifest.map.as_ref()?.areas.as_ref()?;
    let dataset = reader.dataset(id.as_str()).ok()?;
    let shape = dataset
        .columns
        .iter()
        .find(|column| column.column_type == city::ColumnType::Geometry)?;
    Some(Columns::of(id).must("shape", &shape.name))
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
            Some(own) => shapes(&own.ask(self.reader).await?, &plane),
            None => Vec::new(),
        };
        let roads = match self.roads {
            Some(own) => roads(&own.ask(self.reader).await?, &plane),
            None => Vec::new(),
        };
        let closures = match self.closures {
            Some(own) => {
                let only = declared.closures.as_ref().and_then(|own| own.only.as_ref());
                let only = only.map(|flag| flag.is.as_str());
                closures(&own.ask(self.reader).await?, &plane, only)
            }
            None => Vec::new(),
        };
        let cells = self.permits.ask(self.reader).await?;
        let has_closures = self.closures.is_some();
        let wanted = [Some(self.permits), self.roads, self.closures, self.areas];
        let versions = wanted.into_iter().flatten().map(Wanted::version).collect();
        let emergency = declared.permits.emergency.as_ref();
        let emergency = emergency.map(|flag| flag.is.clone());
        let more = cells.rows() >= ROWS_MAX;
        let dataset = declared.permits.dataset.clone();
        let (rules, buffer) = (declared.protection.clone(), declared.buffer);
        let near = JoinRule {
            days: declared.join.days,
            metres: declared.join.metres,
        };
        let today = self.today;
        // Judging takes a while for many permits: nobody else's page waits for it.
        let judge = move || {
            let drafts = drafts(&cells, &plane, &roads, emergency.as_deref());
            let territory = territory.with_areas(areas);
            let (permits, troubles) = works::sound(drafts, &territory);
            let (protected, unjudged) = works::protected(&permits, &roads, &in_force(&rules));
            Works {
                dataset,
                versions,
                conflicts: works::conflicts(&permits, buffer),
                joinable: works::joinable(&permits, &roads, near, today),
                index: Index::new(permits.iter().map(|permit| &permit.shape)),
                plane,
                permits,
                troubles,
                more,
                roads,
                rules,
                buffer,
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

fn drafts(cells: &Cells, plane: &Plane, roads: &[Road], emergency: Option<&str>) -> Vec<Draft> {
    let lines = roads
        .iter()
        .filter_map(|road| Some((road.name.as_str(), road.line.as_ref()?)));
    let lines: HashMap<&str, &Geometry<f64>> = lines.collect();
    // A place with a length is a stretch of its road.
    let stretched = |part: &Part, row: usize| {
        let shape = shape_of(part, row, plane)?;
        let Geometry::Point(at) = &shape else {
            return Some(shape);
        };
        let road = part.text("road", row);
        let line = road.and_then(|road| lines.get(road.as_str()).copied());
        let cut = line.zip(part.number("length", row));
        let cut = cut.and_then(|(line, metres)| works::around(line, at.0, metres));
        Some(cut.unwrap_or(shape))
    };
    let mut drafts = Vec::new();
    for part in cells.parts() {
        drafts.extend((0..part.rows).map(|row| Draft {
            number: part.text("number", row).unwrap_or_default(),
            road: part.text("road", row),
            surface: part.text("surface", row),
            shape: stretched(&part, row),
            starts: part.day("starts", row),
            ends: part.day("ends", row),
            emergency: emergency.is_some() && part.text("emergency", row).as_deref() == emergency,
            said: works::permit::Said {
                depth: part.number("depth", row),
                contractor: part.text("contractor", row),
                utility: part.text("utility", row),
                status: part.text("status", row),
            },
        }));
    }
    drafts
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

fn closures(cells: &Cells, plane: &Plane, only: Option<&str>) -> Vec<Closure> {
    let mut closures = Vec::new();
    for part in cells.parts() {
        closures.extend((0..part.rows).filter_map(|row| {
            let is_closed = only.is_none() || part.text("only", row).as_deref() == only;
            is_closed.then_some(())?;
            Some(Closure {
                title: part.text("title", row)?,
                road: part.text("road", row),
                starts: part.day("starts", row)?,
                ends: part.day("ends", row)?,
                shape: shape_of(&part, row, plane)?,
            })
        }));
    }
    closures
}

/// Areas in metres; one that is no area any more in the plane tells nothing.
fn shapes(cells: &Cells, plane: &Plane) -> Vec<Geometry<f64>> {
    let mut shapes = Vec::new();
    for part in cells.parts() {
        let stored = (0..part.rows).filter_map(|row| part.bytes("shape", row));
        shapes.extend(stored.filter_map(|bytes| plane.stored(bytes)));
    }
    shapes
}
