//! `/-/parts`: every part, and every sample of every page.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::Gallery;
use crate::frame::{Crumb, Section};
use crate::pages;
use crate::parts::Link;
use crate::site::{Page, PageError, Visit};

/// `GET /-/parts`.
pub async fn page(visit: Visit) -> Response {
    let links = pages::sampled().into_iter().flat_map(|(name, count)| {
        (0..count).map(move |at| {
            Link::new(
                format!("{name} {}", at + 1),
                format!("/-/parts/{name}/{at}"),
            )
        })
    });
    let view = Gallery::all(links.collect());
    let title = visit.t("gallery.title");
    visit.show(Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view,
    }))
}

/// `GET /-/parts/{page}/{sample}`.
pub async fn sample(Path((name, at)): Path<(String, usize)>, visit: Visit) -> Response {
    let surroundings = Page {
        title: format!("{name} {}", at + 1),
        section: Section::None,
        crumbs: vec![Crumb::to(visit.t("gallery.title"), "/-/parts")],
        data_url: None,
        view: (),
    };
    let drawn = pages::sample(
        visit.templates().speaker(visit.lang),
        &visit.frame(&surroundings),
        &name,
        at,
    );
    match drawn {
        Some(Ok(html)) => html.into_response(),
        Some(Err(error)) => visit.show::<Gallery>(Err(error.into())),
        None => visit.show::<Gallery>(Err(PageError::Missing(
            visit.say("problem.no_page", &[("path", format!("/-/parts/{name}"))]),
            Vec::new(),
        ))),
    }
}
