//! A board on a wall, drawn anew as data arrive, and in a frame of another site.

use std::convert::Infallible;
use std::time::Duration;

use access::{Person, Reader};
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use city::calendar::{korean_day, korean_time};
use city::{Board, BoardId};
use futures::stream;
use interop::api::receipts::short;
use interop::board::Around;
use records::Job;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;

use super::fill::{declared, drawn, standing};
use super::narrow::Narrow;
use super::print::printed;
use super::sheet::sheet;
use super::{BoardPage, Sample};
use crate::frame::{Section, city_name};
use crate::site::{Page, PageError, Visit};
use crate::template::address as address_of;

/// A board is drawn anew at most so often.
const BREATH: Duration = Duration::from_secs(1);
/// After so long it is drawn anew though nothing was loaded: ages pass.
const QUIET: Duration = Duration::from_mins(5);

/// A board that fills a screen nobody sits at.
#[derive(Clone, Debug, Serialize)]
pub struct BoardWall {
    /// The board.
    pub board: BoardPage,
    /// When it was drawn.
    pub moment: String,
    /// Where its changes come from.
    pub events: String,
    /// The board as a page.
    pub back: String,
}

/// A board in a frame of another site: what the public sees.
#[derive(Clone, Debug, Serialize)]
pub struct BoardEmbed {
    /// The board.
    pub board: BoardPage,
    /// When it was drawn.
    pub moment: String,
    /// The board as a page.
    pub back: String,
}

impl Sample for BoardWall {
    fn samples() -> Vec<Self> {
        let boards = BoardPage::samples().into_iter();
        boards
            .map(|board| Self {
                board,
                moment: "2026-11-26 09:00".to_owned(),
                events: "/boards/today/events".to_owned(),
                back: "/boards/today".to_owned(),
            })
            .collect()
    }
}

impl Sample for BoardEmbed {
    fn samples() -> Vec<Self> {
        let boards = BoardPage::samples().into_iter();
        boards
            .map(|board| Self {
                board,
                moment: "2026-11-26 09:00".to_owned(),
                back: "/boards/today".to_owned(),
            })
            .collect()
    }
}

fn moment(visit: &Visit) -> String {
    korean_time(visit.now())
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// `GET /boards/{id}/wall`.
pub async fn wall(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let made = async {
        let board = declared(&visit, &id)?;
        let narrow = Narrow::read(&visit, board, query.as_deref().unwrap_or_default())?;
        let once = drawn(&visit, visit.reader(), board, &narrow).await?;
        let board = once.page.clone();
        Ok(Page {
            title: board.title.clone(),
            section: Section::Boards,
            crumbs: Vec::new(),
            data_url: None,
            view: BoardWall {
                board,
                moment: moment(&visit),
                events: narrow.way("/events"),
                back: narrow.way(""),
            },
        })
    };
    let made = made.await;
    visit.show(made)
}

/// `GET /boards/{id}/embed`: what the public sees of a board that says so, for a frame of another site.
pub async fn embed(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let made = async {
        let board = declared(&visit, &id)?;
        if !board.embed {
            return Err(PageError::Missing(visit.t("board.no_embed"), Vec::new()));
        }
        let narrow = Narrow::read(&visit, board, query.as_deref().unwrap_or_default())?;
        // Never what the visitor may see besides: a frame is another site's page.
        let from = visit.caller().person().from().map(str::to_owned);
        let person = Person::Public { from };
        let purpose = access::Purpose::new(&visit.t("board.embed_purpose"));
        let reader = visit.state().door.reader(person, purpose);
        let once = drawn(&visit, reader, board, &narrow).await?;
        let board = once.page.clone();
        Ok(Page {
            title: board.title.clone(),
            section: Section::Boards,
            crumbs: Vec::new(),
            data_url: None,
            view: BoardEmbed {
                board,
                moment: moment(&visit),
                back: narrow.way(""),
            },
        })
    };
    let made = made.await;
    let is_made = made.is_ok();
    let mut answer = visit.show(made);
    if is_made {
        // Any site may show it; all the rest of the policy stays.
        let policy = interop::headers::Policy::of(&visit.city().manifest).framed();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        );
    }
    answer
}

/// `GET /boards/{id}/paper.pdf`: the board on one A4 page.
pub async fn paper(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    match set(&visit, &id, query.as_deref().unwrap_or_default()).await {
        Ok((bytes, receipt)) => {
            let name = format!("inline; filename=\"{id}.pdf\"");
            let kind = (header::CONTENT_TYPE, "application/pdf".to_owned());
            let headers = [
                kind,
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "private, no-cache".to_owned()),
            ];
            let mut answer = (headers, bytes).into_response();
            // For programs: what the paper was made of. An id is of hexadecimal digits.
            let link = receipt.map(|id| format!("</receipts/{id}>; rel=\"describedby\""));
            let link = link.and_then(|link| HeaderValue::from_str(&link).ok());
            if let Some(link) = link {
                answer.headers_mut().insert(header::LINK, link);
            }
            answer
        }
        Err(error) => visit.show::<BoardPage>(Err(error)),
    }
}

async fn set(visit: &Visit, id: &str, query: &str) -> Result<(Vec<u8>, Option<String>), PageError> {
    let declared = declared(visit, id)?;
    let narrow = Narrow::read(visit, declared, query)?;
    let board = printed(visit, declared, &narrow).await?;
    let home = visit.city().manifest.address.as_deref();
    let home = home.unwrap_or_default().trim_end_matches('/');
    let at = |path: &str| format!("{home}{}", address_of(visit.lang, path));
    let around = Around {
        city: city_name(visit.city(), visit.lang),
        moment: moment(visit),
        day: korean_day(visit.now()),
        address: (!home.is_empty()).then(|| at(&narrow.way(""))),
        // Where no address of the city is declared, a path is still one to be typed behind it.
        receipt: board
            .receipt
            .as_deref()
            .map(|id| at(&format!("/receipts/{}", short(id)))),
        is_whole: !home.is_empty(),
        map: visit.t("board.paper_map"),
        more: visit.t("board.paper_more"),
        receipts: visit.say("board.paper_receipts", &[("address", at("/receipts/"))]),
        mark: visit.t("board.paper_receipt"),
    };
    let (plain, title, receipt) = (sheet(&board), board.title, board.receipt);
    let setting = tokio::task::spawn_blocking(move || interop::board::pdf(&plain, &title, &around));
    let set = setting
        .await
        .map_err(|error| PageError::Broken(error.to_string()))?;
    let bytes = set.map_err(|error| PageError::Broken(error.to_string()))?;
    Ok((bytes, receipt))
}

/// What a wall keeps between two drawings.
struct Watching {
    visit: Visit,
    id: BoardId,
    narrow: Narrow,
    changes: tokio::sync::broadcast::Receiver<Job>,
    drawn_of: Option<String>,
}

/// `GET /boards/{id}/events`: the board drawn anew when something it shows was loaded.
pub async fn events(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let query = query.unwrap_or_default();
    let narrow = match declared(&visit, &id).and_then(|board| Narrow::read(&visit, board, &query)) {
        Ok(narrow) => narrow,
        Err(error) => return visit.show::<BoardWall>(Err(error)),
    };
    let changes = visit.state().records.jobs().subscribe();
    let watching = Watching {
        visit,
        id: BoardId::new(id),
        narrow,
        changes,
        drawn_of: None,
    };
    let drawn = stream::unfold(watching, |mut watching| async move {
        loop {
            let change = tokio::time::timeout(QUIET, watching.changes.recv()).await;
            let is_quiet = match change {
                Ok(Err(RecvError::Closed)) => return None,
                // One that lagged missed some; the next drawing shows how things stand anyway.
                Ok(Ok(_) | Err(RecvError::Lagged(_))) => {
                    tokio::time::sleep(BREATH).await;
                    watching.changes = watching.changes.resubscribe();
                    false
                }
                Err(_quiet) => true,
            };
            watching.visit.renew();
            let (visit, reader) = (&watching.visit, watching.visit.reader());
            let Ok(board) = declared(visit, &watching.id) else {
                return None;
            };
            let stand = standing(visit, &reader, board);
            if !is_quiet && watching.drawn_of.as_ref() == Some(&stand) {
                continue;
            }
            let event = draw(visit, reader, board, &watching.narrow).await;
            watching.drawn_of = Some(stand);
            return Some((Ok::<Event, Infallible>(event), watching));
        }
    });
    Sse::new(drawn)
        .keep_alive(KeepAlive::default())
        .into_response()
}

async fn draw(visit: &Visit, reader: Reader, board: &Board, narrow: &Narrow) -> Event {
    let made = drawn(visit, reader, board, narrow).await;
    match made {
        Ok(once) => {
            let html = once.page.body.as_deref().unwrap_or_default();
            Event::default().event("board").id(moment(visit)).data(html)
        }
        Err(error) => {
            tracing::warn!(?error, "a board cannot be drawn");
            Event::default().comment("later")
        }
    }
}
