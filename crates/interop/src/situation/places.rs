//! The city's addresses and the places it names, as this reader may see them.

use std::sync::Arc;

use access::{AskError, At, Reader, Rows};
use city::City;
use city::situation::{Addresses, Places};
use situation::address::{Gazetteer, Index, Record};

use super::cells::{Columns, Part};
use super::here::seen;
use super::kept::Kept;

/// The addresses and the places; nothing where the city declares neither, or the reader may see none of them.
///
/// # Errors
/// When something that may be seen cannot be read.
pub async fn gazetteer(
    city: &City,
    kept: &Kept,
    reader: &Reader,
) -> Result<Option<Gazetteer>, AskError> {
    let own = &city.situation;
    let mut parts = Vec::new();
    // Who says a name that is both means the place: an address has it from the building.
    let places = own.places.iter().filter_map(|own| of_places(own, reader));
    let places: Vec<Wanted> = places.collect();
    if !places.is_empty() {
        parts.push(index("places", &places, city, kept, reader).await?);
    }
    if let Some(own) = &own.addresses
        && let Some(wanted) = of_addresses(own, reader)
    {
        parts.push(index("addresses", &[wanted], city, kept, reader).await?);
    }
    Ok((!parts.is_empty()).then(|| Gazetteer::new(parts)))
}

/// Rows that become records.
struct Wanted {
    columns: Columns,
    question: Rows,
    /// Whether they are places by name.
    named: bool,
}

impl Wanted {
    /// Nothing where the reader may not see their columns or places, or they were never loaded.
    fn of(columns: Columns, reader: &Reader, named: bool) -> Option<Self> {
        let mut question = columns.question(At::Latest);
        let version = reader.version(question.dataset.as_str(), &At::Latest);
        question.at = At::Version(version.ok()?.number);
        let dataset = reader.dataset(question.dataset.as_str()).ok()?;
        let sees = |name: &String| dataset.column(name).is_some();
        let places = ["longitude", "latitude"];
        let mut others = question
            .columns
            .iter()
            .filter(|name| !places.contains(&name.as_str()));
        let has_place = reader.shows_place(question.dataset.as_str());
        (has_place && others.all(sees)).then_some(Self {
            columns,
            question,
            named,
        })
    }

    fn record(&self, part: &Part, row: usize) -> Option<Record> {
        let text = |name| part.text(name, row).filter(|text| !text.trim().is_empty());
        let at = [
            part.number("longitude", row)?,
            part.number("latitude", row)?,
        ];
        let record = Record {
            name: text("name"),
            dataset: self.named.then(|| self.question.dataset.to_string()),
            road: text("road"),
            lot: text("lot"),
            building: text("building"),
            dong: text("dong"),
            at,
        };
        let is_one = if self.named {
            record.name.is_some()
        } else {
            record.road.is_some()
        };
        is_one.then_some(record)
    }
}

fn of_addresses(own: &Addresses, reader: &Reader) -> Option<Wanted> {
    let columns = Columns::of(&own.dataset)
        .must("road", &own.road)
        .may(reader, "lot", own.lot.as_ref())
        .may(reader, "building", own.building.as_ref())
        .may(reader, "dong", own.dong.as_ref())
        .place(reader);
    Wanted::of(columns, reader, false)
}

fn of_places(own: &Places, reader: &Reader) -> Option<Wanted> {
    let columns = Columns::of(&own.dataset)
        .must("name", &own.name)
        .may(reader, "road", own.road.as_ref())
        .may(reader, "dong", own.dong.as_ref())
        .place(reader);
    Wanted::of(columns, reader, true)
}

/// One index of all of them, kept while their versions and the reader's sight stay the same.
async fn index(
    kind: &str,
    wanted: &[Wanted],
    city: &City,
    kept: &Kept,
    reader: &Reader,
) -> Result<Arc<Index>, AskError> {
    let make = async {
        let mut records = Vec::new();
        for own in wanted {
            let Some(cells) = seen(own.columns.ask(reader, &own.question).await)? else {
                continue;
            };
            for part in cells.parts() {
                records.extend((0..part.rows).filter_map(|row| own.record(&part, row)));
            }
        }
        let title = city.manifest.name.clone();
        let made = tokio::task::spawn_blocking(move || Index::of_city(records, &title)).await;
        made.map_err(|error| AskError::Run(Some(error.to_string())))
    };
    let may_keep = |own: &Wanted| reader.may_keep(own.question.dataset.as_str());
    if !wanted.iter().all(may_keep) {
        return Ok(Arc::new(make.await?));
    }
    let questions: Vec<Rows> = wanted.iter().map(|own| own.question.clone()).collect();
    let versions = questions.iter().map(|own| match &own.at {
        At::Version(number) => format!("{} {number}", own.dataset),
        _ => own.dataset.to_string(),
    });
    let versions: Vec<String> = versions.collect();
    let key = format!("{kind} {} {}", versions.join(" "), reader.policy().name());
    let (index, was_there) = kept.get(key, make).await?;
    if was_there {
        let rows = u64::try_from(index.len()).unwrap_or_default();
        reader.again_all(&questions, rows).await?;
    }
    Ok(index)
}
