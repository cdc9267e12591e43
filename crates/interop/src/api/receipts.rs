//! Receipts that last: of one figure, of what a view showed, and of a board that was printed.

use access::{At, Filter, Person, Purpose, Reader, Rows};
use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use city::{DatasetId, Measure};
use measure::{Asked, Kept, Outcome, Print, Printed, Receipt, Shows};
use records::FigureReceipt;
use serde_json::{Value, json};

use super::measures::PURPOSE;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Signs of an address as it is printed: its beginning, long enough to mean one receipt.
const SHORT: usize = 16;
/// Signs of a whole address.
const WHOLE: usize = 64;

/// The beginning of an address, for paper. [`look`] takes it for the whole.
pub fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

/// Keeps a receipt and gives its id; nothing where there is no value. What anybody narrows as they like is kept only
/// for those who work for the city: an address on the network must not fill the store.
///
/// # Errors
/// When the store fails.
pub async fn keep(
    state: &AppState,
    reader: &Reader,
    receipt: &Receipt,
) -> Result<Option<String>, Problem> {
    let is_public = matches!(reader.person(), Person::Public { .. });
    let is_narrowed = receipt.narrowed != measure::asked::Narrowed::default();
    if is_public && is_narrowed {
        return Ok(None);
    }
    let Some(kept) = Kept::of(reader, receipt) else {
        return Ok(None);
    };
    let body = kept.body().map_err(|error| Problem::broken(&error))?;
    let value = Kept::value(receipt, None);
    Ok(Some(store(state, &body, value.as_deref()).await?))
}

/// Keeps the receipt of what a view shows, or of one number where `shows` is nothing, and gives its id; nothing where
/// there is no value. Whoever calls this answers for it that not everything anybody writes into an address is kept.
///
/// # Errors
/// When the figure cannot be made, or the store fails.
pub async fn keep_shown(
    state: &AppState,
    reader: &Reader,
    measure: &Measure,
    shows: Option<Shows>,
    asked: &Asked,
) -> Result<Option<String>, Problem> {
    let now = state.records.clock().now();
    let receipt = measure::receipt(reader, measure, asked, now).await?;
    let Some(shows) = shows else {
        let Some(kept) = Kept::of(reader, &receipt) else {
            return Ok(None);
        };
        let body = kept.body().map_err(|error| Problem::broken(&error))?;
        let value = Kept::value(&receipt, None);
        return Ok(Some(store(state, &body, value.as_deref()).await?));
    };
    let Some(shown) = measure::shown(reader, measure, shows.axes(), asked, now).await? else {
        return Ok(None);
    };
    let versions = measure::newest(reader, measure, asked)?;
    let Some(kept) = Kept::showing(reader, &receipt, (shows, &shown), asked, versions) else {
        return Ok(None);
    };
    let body = kept.body().map_err(|error| Problem::broken(&error))?;
    let value = Kept::value(&receipt, Some(&shown));
    Ok(Some(store(state, &body, value.as_deref()).await?))
}

/// Keeps what a board showed when it was printed, and gives its id.
///
/// # Errors
/// When the store fails.
pub async fn keep_print(state: &AppState, print: &Print) -> Result<String, Problem> {
    let body = serde_json::to_string(print).map_err(|error| Problem::broken(&error))?;
    store(state, &body, None).await
}

async fn store(state: &AppState, body: &str, value: Option<&str>) -> Result<String, Problem> {
    let id = Kept::id(body);
    let now = state.records.clock().now();
    state.records.figures().keep(&id, body, value, now).await?;
    Ok(id)
}

/// A receipt that was kept, asked again.
#[derive(Clone, Debug)]
pub enum Looked {
    /// Of a measure.
    Measure(Box<Found>),
    /// Of a board that was printed.
    Print(FoundPrint),
}

/// A receipt of a measure that was kept, asked again.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id, whole.
    pub id: String,
    /// What was kept.
    pub kept: Kept,
    /// When.
    pub made_at: DateTime<Utc>,
    /// The figure of the same versions now.
    pub again: measure::Reproduced,
}

/// A printed board, its figures asked again.
#[derive(Clone, Debug)]
pub struct FoundPrint {
    /// Its id, whole.
    pub id: String,
    /// What was kept.
    pub print: Print,
    /// When.
    pub made_at: DateTime<Utc>,
    /// Its panels in their order.
    pub panels: Vec<FoundPanel>,
}

/// A panel of a printed board, asked again.
#[derive(Clone, Debug)]
pub enum FoundPanel {
    /// Of a measure.
    Measure(Box<Found>),
    /// Of places.
    Places {
        /// The dataset.
        dataset: DatasetId,
        /// Its version.
        version: i64,
        /// What narrowed them.
        filters: Vec<Filter>,
        /// How many there were.
        was: u64,
        /// How many of the same version there are for whoever asks now; nothing where that is not told.
        now: Option<u64>,
    },
}

impl Found {
    /// Whether this reader is given what was kept: not where the figure itself is kept from them.
    pub fn is_shown(&self) -> bool {
        !matches!(self.again.outcome, Outcome::NotShown)
    }

    /// What is told of it.
    fn told(&self) -> Value {
        let id = &self.id;
        if self.is_shown() {
            json!({"id": id, "made_at": self.made_at, "kept": self.kept, "again": self.again})
        } else {
            // What narrowed it could tell of what may not be read.
            let figure = &self.again.receipt.figure;
            json!({"id": id, "made_at": self.made_at, "measure": self.kept.measure.id, "again": {"figure": figure, "outcome": "not-shown"}})
        }
    }
}

impl FoundPrint {
    /// Whether this reader is given any of it: else what narrowed it is not told either.
    pub fn is_shown(&self) -> bool {
        self.panels.iter().any(|panel| match panel {
            FoundPanel::Measure(found) => found.is_shown(),
            FoundPanel::Places { now, .. } => now.is_some(),
        })
    }

    fn told(&self) -> Value {
        let panels = self.panels.iter().map(|panel| match panel {
            FoundPanel::Measure(found) => found.told(),
            FoundPanel::Places {
                dataset,
                version,
                filters,
                was,
                now,
            } => {
                let filters: Vec<String> = filters.iter().map(Filter::write).collect();
                match now {
                    Some(now) => json!({"dataset": dataset, "version": version, "filters": filters, "was": was, "now": now}),
                    None => json!({"outcome": "not-shown"}),
                }
            }
        });
        let narrowed = self.is_shown().then_some(&self.print.narrowed);
        json!({"id": self.id, "made_at": self.made_at, "board": self.print.board, "narrowed": narrowed, "panels": panels.collect::<Vec<_>>()})
    }
}

/// The receipt of an id, or of the beginning of one, reproduced for whoever asks.
///
/// # Errors
/// When there is none, or the machine fails.
pub async fn look(state: &AppState, reader: &Reader, id: &str) -> Result<Looked, Problem> {
    let kept = kept(state, id).await?;
    let value: Value = serde_json::from_str(&kept.body).map_err(|error| Problem::broken(&error))?;
    if value.get("board").is_none() {
        return Ok(Looked::Measure(Box::new(
            Box::pin(reproduced(state, reader, kept)).await?,
        )));
    }
    let print: Print = serde_json::from_value(value).map_err(|error| Problem::broken(&error))?;
    let mut panels = Vec::new();
    for panel in &print.panels {
        panels.push(Box::pin(panel_of(state, reader, panel)).await?);
    }
    Ok(Looked::Print(FoundPrint {
        id: kept.id,
        print,
        made_at: kept.made_at,
        panels,
    }))
}

async fn kept(state: &AppState, id: &str) -> Result<FigureReceipt, Problem> {
    let missing = || {
        Problem::not_found(format!("no receipt has the address '{id}'")).in_korean(format!(
            "주소가 ‘{id}’인 영수증이 없습니다. 주소를 다시 확인해 주십시오."
        ))
    };
    let is_hex = |id: &str| {
        id.bytes()
            .all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !(SHORT..=WHOLE).contains(&id.len()) || !is_hex(id) {
        return Err(missing());
    }
    let found = state.records.figures().begins(id).await?;
    let found = found.ok_or_else(missing)?;
    // What was changed under its hash is no receipt.
    if Kept::id(&found.body) != found.id {
        return Err(missing());
    }
    Ok(found)
}

async fn reproduced(
    state: &AppState,
    reader: &Reader,
    found: FigureReceipt,
) -> Result<Found, Problem> {
    let kept: Kept = serde_json::from_str(&found.body).map_err(|error| Problem::broken(&error))?;
    let now = state.records.clock().now();
    let again = Box::pin(kept.again(reader, found.value.as_deref(), now)).await?;
    Ok(Found {
        id: found.id,
        kept,
        made_at: found.made_at,
        again,
    })
}

async fn panel_of(
    state: &AppState,
    reader: &Reader,
    panel: &Printed,
) -> Result<FoundPanel, Problem> {
    Ok(match panel {
        Printed::Measure { receipt } => {
            let kept = kept(state, receipt).await?;
            FoundPanel::Measure(Box::new(Box::pin(reproduced(state, reader, kept)).await?))
        }
        Printed::Places {
            dataset,
            version,
            filters,
            count,
        } => {
            let filters: Vec<Filter> = filters.iter().filter_map(|own| Filter::read(own)).collect();
            let rows = Rows {
                dataset: dataset.clone(),
                at: At::Version(*version),
                filters: filters.clone(),
                ..Rows::default()
            };
            let now = match reader.count(&rows).await {
                Ok(count) if reader.shows_place(dataset.as_str()) => Some(count),
                // Not for whoever asks now, or not kept any more: it is not told.
                _ => None,
            };
            FoundPanel::Places {
                dataset: dataset.clone(),
                version: *version,
                filters,
                was: *count,
                now,
            }
        }
    })
}

/// `GET /api/receipts/{id}`.
///
/// # Errors
/// When there is no such receipt, or the machine fails.
pub async fn receipt(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new(PURPOSE));
    Ok(Json(match Box::pin(look(&state, &reader, &id)).await? {
        Looked::Measure(found) => found.told(),
        Looked::Print(found) => found.told(),
    }))
}
