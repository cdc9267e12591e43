//! Loads from the records, and live.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use city::DatasetId;
use futures::Stream;
use futures::stream;
use records::{Job, State};
use tokio::sync::broadcast::error::RecvError;

use super::{Jobs, Live, Running};
use crate::facts::size;
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Cell, CellKind, Head, Table, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Loads shown.
const SHOWN: u32 = 50;
/// The page is drawn anew at most so often.
const BREATH: Duration = Duration::from_millis(500);
/// Without any change the page is drawn anew after so long.
const QUIET: Duration = Duration::from_secs(30);

/// `GET /jobs`.
pub async fn page(visit: Visit) -> Response {
    let made = async {
        let view = Jobs {
            live: live(&visit).await?,
            events: "/jobs/events".to_owned(),
        };
        let title = visit.t("jobs.title");
        Ok(Page {
            title: title.clone(),
            section: Section::Jobs,
            crumbs: vec![Crumb::here(title)],
            data_url: Some("/api/jobs".to_owned()),
            view,
        })
    };
    let made = made.await;
    visit.show(made)
}

/// `GET /jobs/events`: the changing part of the page, drawn anew at each change.
pub async fn events(visit: Visit) -> Response {
    let changes = visit.state().records.jobs().subscribe();
    let drawn = stream::unfold(
        (visit, changes, true),
        |(visit, mut changes, first)| async move {
            if !first {
                match tokio::time::timeout(QUIET, changes.recv()).await {
                    Ok(Err(RecvError::Closed)) => return None,
                    // One that lagged missed some; the next drawing shows how things stand anyway.
                    Ok(Ok(_) | Err(RecvError::Lagged(_))) => {
                        tokio::time::sleep(BREATH).await;
                        changes = changes.resubscribe();
                    }
                    Err(_quiet) => {}
                }
            }
            let event = draw(&visit).await;
            Some((event, (visit, changes, false)))
        },
    );
    sse(drawn)
}

fn sse(drawn: impl Stream<Item = Event> + Send + 'static) -> Response {
    use futures::StreamExt as _;
    Sse::new(drawn.map(Ok::<Event, Infallible>))
        .keep_alive(KeepAlive::default())
        .into_response()
}

async fn draw(visit: &Visit) -> Event {
    let drawn = async {
        let live = live(visit).await?;
        let page = Page {
            title: String::new(),
            section: Section::Jobs,
            crumbs: Vec::new(),
            data_url: None,
            view: &live,
        };
        let html = visit.templates().speaker(visit.lang).render(
            "jobs_table.html",
            &visit.frame(&page),
            &live,
        )?;
        Ok::<String, PageError>(html.0)
    };
    match drawn.await {
        Ok(html) => Event::default().event("jobs").data(html),
        Err(error) => {
            tracing::warn!(?error, "the list of jobs cannot be drawn");
            Event::default().comment("later")
        }
    }
}

async fn live(visit: &Visit) -> Result<Live, PageError> {
    let reader = visit.reader();
    let title = |id: &DatasetId| {
        reader
            .dataset(id.as_str())
            .ok()
            .map(|dataset| visit.title(&dataset.title, dataset.title_en.as_deref()))
    };
    // A job on a dataset this person may not see is not shown to them.
    let jobs = visit.state().records.jobs().list(None, SHOWN * 4).await?;
    let known: Vec<(Job, String)> = jobs
        .into_iter()
        .filter_map(|job| {
            Some((title(job.dataset.as_ref()?)?, job)).map(|(title, job)| (job, title))
        })
        .take(SHOWN as usize)
        .collect();
    let running: Vec<Running> = known
        .iter()
        .filter(|(job, _)| !job.state.is_final())
        .map(|(job, title)| under_way(visit, job, title))
        .collect();
    let summary = match running.len() {
        0 => visit.t("jobs.idle"),
        count => visit.say(
            "jobs.busy",
            &[(
                "count",
                show::count_of(u64::try_from(count).unwrap_or_default()),
            )],
        ),
    };
    let rows: Vec<Vec<Cell>> = known
        .iter()
        .filter(|(job, _)| job.state.is_final())
        .map(|(job, title)| done(visit, job, title))
        .collect();
    let count = show::count_of(u64::try_from(rows.len()).unwrap_or_default());
    let recent = Table {
        caption: visit.say("jobs.caption", &[("count", count)]),
        heads: ["jobs.dataset", "jobs.state", "jobs.when", "jobs.message"]
            .map(|key| Head::text(visit.t(key)))
            .into(),
        rows,
        plain: true,
    };
    Ok(Live {
        summary,
        running,
        recent,
    })
}

fn path(job: &Job) -> String {
    job.dataset.as_ref().map_or_else(
        || "/jobs".to_owned(),
        |dataset| format!("/datasets/{dataset}"),
    )
}

fn under_way(visit: &Visit, job: &Job, title: &str) -> Running {
    let progress = job.progress;
    let bytes = progress
        .bytes_total
        .filter(|all| *all > 0)
        .map(|all| (progress.bytes_done.min(all), all));
    let percent = bytes.map(|(done, all)| show::percent(done, all));
    let text = match bytes {
        Some((done, all)) => visit.say(
            "jobs.progress_of",
            &[("whole", size(all)), ("part", size(done))],
        ),
        None => visit.say(
            "jobs.progress",
            &[("rows", show::count_of(progress.rows_done))],
        ),
    };
    Running {
        title: title.to_owned(),
        path: path(job),
        badge: Badge::new(visit.t("jobs.running"), Tone::Plain),
        progress: text,
        percent: percent.map(|text| text.trim_end_matches('%').to_owned()),
    }
}

fn done(visit: &Visit, job: &Job, title: &str) -> Vec<Cell> {
    let state = visit.t(if job.state == State::Done {
        "jobs.done"
    } else {
        "jobs.failed"
    });
    let message = match (job.state, job.progress.rows_done) {
        (State::Done, 0) => visit.t("jobs.unchanged"),
        (State::Done, rows) => visit.say("jobs.read", &[("rows", show::count_of(rows))]),
        // Why a load failed can quote what it read.
        _ if visit.is_operator() => job.message.clone(),
        _ => String::new(),
    };
    vec![
        Cell::text(title).leading_to(path(job)),
        Cell::text(state),
        Cell::of(
            CellKind::Moment,
            show::moment(job.started_at.unwrap_or(job.queued_at)),
        ),
        Cell::text(message),
    ]
}
