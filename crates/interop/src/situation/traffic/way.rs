//! How long it takes between two places that somebody says.

use access::{AskError, Reader};
use chrono::NaiveDateTime;
use city::{City, Lang};
use serde_json::{Value, json};
use situation::traffic::{Travel, spoken, travel, unknown_ends};

use super::super::here::{Place, place};
use super::super::kept::Kept;
use super::{Traffic, traffic};

/// The way between two places.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// The first place; nothing where nobody knows it.
    pub from: Option<Place>,
    /// The second.
    pub to: Option<Place>,
    /// How long it takes; nothing where a place is not known.
    pub travel: Option<Travel>,
    /// The moment.
    pub now: NaiveDateTime,
}

/// How long it takes at a moment of the city's clock; nothing where the city declares no traffic.
///
/// # Errors
/// When something that is needed may not be seen or cannot be read.
pub async fn way(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    (from, to): (&str, &str),
    now: NaiveDateTime,
) -> Result<Option<Way>, AskError> {
    let Some(found) = traffic(city, kept, reader, now).await? else {
        return Ok(None);
    };
    way_in(city, kept, reader, (from, to), found)
        .await
        .map(|(way, _)| Some(way))
}

/// The same over traffic that was asked for already, which is given back.
///
/// # Errors
/// When addresses that may be seen cannot be read.
pub async fn way_in(
    city: &City,
    kept: &Kept,
    reader: &Reader,
    (from, to): (&str, &str),
    found: Traffic,
) -> Result<(Way, Traffic), AskError> {
    let from = place(city, kept, reader, from).await?;
    let to = place(city, kept, reader, to).await?;
    let mut way = Way {
        from,
        to,
        travel: None,
        now: found.now,
    };
    let at = |place: &Option<Place>| {
        let [x, y] = place.as_ref()?.at;
        found.roads.plane.metres(x, y)
    };
    let Some((from, to)) = at(&way.from).zip(at(&way.to)) else {
        return Ok((way, found));
    };
    // A search over a large network takes a while: nobody else's page waits for it.
    let search = move || {
        let travel = travel(&found.roads.network, &found.speeds(), from, to);
        (travel, found)
    };
    let searched = tokio::task::spawn_blocking(search).await;
    let (travel, found) = searched.map_err(|error| AskError::Run(Some(error.to_string())))?;
    way.travel = Some(travel);
    Ok((way, found))
}

impl Way {
    /// The answer in sentences; where a place is not known, they say which.
    pub fn said(&self, lang: Lang) -> Vec<String> {
        let names = self.from.as_ref().zip(self.to.as_ref());
        let Some(((from, to), travel)) = names.zip(self.travel.as_ref()) else {
            return unknown_ends([self.from.is_none(), self.to.is_none()], lang);
        };
        spoken(travel, &from.name, &to.name, lang)
    }

    /// The same as JSON.
    pub fn json(&self, lang: Lang) -> Value {
        json!({
            "as_of": self.now, "from": self.from, "to": self.to, "travel": self.travel, "spoken": self.said(lang),
        })
    }
}
