//! The city's addresses, as this reader may see them.

use std::sync::Arc;

use access::{AskError, At, Reader};
use city::City;
use situation::address::{Index, Record};

use super::cells::Columns;
use super::kept::Kept;

/// The index over the city's addresses; nothing where the city declares none.
///
/// # Errors
/// When they may not be seen or cannot be read.
pub async fn index(
    city: &City,
    kept: &Kept,
    reader: &Reader,
) -> Result<Option<Arc<Index>>, AskError> {
    let Some(own) = &city.situation.addresses else {
        return Ok(None);
    };
    let columns = Columns::of(&own.dataset)
        .must("road", &own.road)
        .may(reader, "lot", own.lot.as_ref())
        .may(reader, "building", own.building.as_ref())
        .may(reader, "dong", own.dong.as_ref())
        .place(reader);
    let mut question = columns.question(At::Latest);
    let version = reader.version(own.dataset.as_str(), &At::Latest)?;
    question.at = At::Version(version.number);
    let make = async {
        let cells = columns.ask(reader, &question).await?;
        let mut records = Vec::new();
        for part in cells.parts() {
            records.extend((0..part.rows).filter_map(|row| {
                Some(Record {
                    road: part.text("road", row)?,
                    lot: part.text("lot", row),
                    building: part.text("building", row).filter(|name| !name.is_empty()),
                    dong: part.text("dong", row),
                    at: [
                        part.number("longitude", row)?,
                        part.number("latitude", row)?,
                    ],
                })
            }));
        }
        let made = tokio::task::spawn_blocking(move || Index::new(records)).await;
        made.map_err(|error| AskError::Run(Some(error.to_string())))
    };
    if !reader.may_keep(own.dataset.as_str()) {
        return Ok(Some(Arc::new(make.await?)));
    }
    let key = format!(
        "addresses {} {} {}",
        own.dataset,
        version.number,
        reader.policy().name()
    );
    let (index, was_there) = kept.get(key, make).await?;
    if was_there {
        let rows = u64::try_from(index.len()).unwrap_or_default();
        reader.again(&question, rows).await?;
    }
    Ok(Some(index))
}
