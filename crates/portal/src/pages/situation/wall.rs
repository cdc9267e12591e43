//! The situation on a wall: drawn anew as data arrive.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use city::calendar::korean_time;
use futures::stream;
use records::Job;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::overview::{Overview, view};
use super::traffic::{FlowView, flow, over};
use crate::frame::Section;
use crate::maps::of_city;
use crate::pages::Sample;
use crate::parts::MapView;
use crate::site::{Page, PageError, Visit};

/// It is drawn anew at most so often.
const BREATH: Duration = Duration::from_secs(1);
/// After so long it is drawn anew though nothing was loaded: ages pass.
const QUIET: Duration = Duration::from_mins(1);

/// The situation that fills a screen nobody sits at.
#[derive(Clone, Debug, Serialize)]
pub struct SituationWall {
    /// The parts, drawn.
    pub body: String,
    /// The moment it is of.
    pub moment: String,
}

/// The parts of a wall.
#[derive(Debug, Serialize)]
struct WallParts {
    /// The city with traffic and what is in its way, where the visitor may see it.
    map: Option<MapView>,
    /// Works, air and complaints.
    overview: Overview,
    /// Traffic, where the city declares it and the visitor may see it.
    flow: Option<FlowView>,
}

impl Sample for SituationWall {
    fn samples() -> Vec<Self> {
        vec![Self {
            body: "<section data-part=\"air\"><h2>공기</h2></section>".to_owned(),
            moment: "2026-11-26 09:00".to_owned(),
        }]
    }
}

fn moment(visit: &Visit) -> String {
    let now = korean_time(super::now(visit));
    now.format("%Y-%m-%d %H:%M").to_string()
}

/// The map of a wall: nobody sits there to pick a place.
fn map(visit: &Visit) -> MapView {
    let label = visit.t("traffic.map");
    MapView {
        as_of: Some(moment(visit)),
        ..over(of_city(visit, &visit.reader(), label, String::new(), ""))
    }
}

async fn body(visit: &Visit) -> Result<String, PageError> {
    let (overview, found) = view(visit).await?;
    let parts = WallParts {
        map: found.as_ref().map(|_| map(visit)),
        flow: found.map(|found| flow(visit, &found)),
        overview,
    };
    let speaker = visit.templates().speaker(visit.lang);
    Ok(speaker.part("situation_wall_parts.html", &parts)?)
}

/// `GET /situation/wall`.
pub async fn page(visit: Visit) -> Response {
    let made = async {
        Ok(Page {
            title: visit.t("situation.title"),
            section: Section::Boards,
            crumbs: Vec::new(),
            data_url: None,
            view: SituationWall {
                body: body(&visit).await?,
                moment: moment(&visit),
            },
        })
    };
    let made = made.await;
    visit.show(made)
}

/// `GET /situation/events`: the wall drawn anew when something was loaded.
pub async fn events(visit: Visit) -> Response {
    let changes = visit.state().records.jobs().subscribe();
    let drawn = stream::unfold((visit, changes), |(visit, mut changes)| async move {
        if !is_later(&mut changes).await {
            return None;
        }
        let event = match body(&visit).await {
            Ok(html) => Event::default()
                .event("board")
                .id(moment(&visit))
                .data(html),
            Err(error) => {
                tracing::warn!(?error, "the wall of the situation cannot be drawn");
                Event::default().comment("later")
            }
        };
        Some((Ok::<Event, Infallible>(event), (visit, changes)))
    });
    Sse::new(drawn)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Waits until something was loaded or ages have passed; nothing more comes when the server ends.
async fn is_later(changes: &mut Receiver<Job>) -> bool {
    match tokio::time::timeout(QUIET, changes.recv()).await {
        Ok(Err(RecvError::Closed)) => return false,
        // One that lagged missed some; the next drawing shows how things stand anyway.
        Ok(Ok(_) | Err(RecvError::Lagged(_))) => {
            tokio::time::sleep(BREATH).await;
            *changes = changes.resubscribe();
        }
        Err(_quiet) => {}
    }
    true
}
