//! All boards and measures.

use axum::response::Response;

use super::{Boards, Card};
use crate::frame::{Crumb, Section};
use crate::parts::Link;
use crate::site::{Page, Visit};

/// `GET /boards`.
pub async fn page(visit: Visit) -> Response {
    let city = visit.city();
    let boards = city.boards.values().map(|board| Card {
        link: Link::new(
            visit.title(&board.title, board.title_en.as_deref()),
            format!("/boards/{}", board.id),
        ),
        description: visit.title(&board.description, board.description_en.as_deref()),
    });
    let measures = city.measures.values().map(|measure| Card {
        link: Link::new(
            visit.title(&measure.title, measure.title_en.as_deref()),
            format!("/measures/{}", measure.id),
        ),
        description: visit.title(&measure.question, measure.question_en.as_deref()),
    });
    let declares = &city.situation;
    let situation = [declares.works.is_some(), declares.air.is_some()];
    let situation = situation.contains(&true).then(|| Card {
        link: Link::new(visit.t("situation.title"), "/situation"),
        description: visit.t("situation.lead"),
    });
    let view = Boards {
        boards: situation.into_iter().chain(boards).collect(),
        draft: interop::drafts::may_some(visit.caller(), city.datasets.values())
            .then(|| "/measures/new".to_owned()),
        measures: measures.collect(),
    };
    let title = visit.t("boards.title");
    let page = Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view,
    };
    visit.show(Ok(page))
}
