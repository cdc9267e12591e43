//! How staff sign in.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;

use super::SignIn;
use crate::frame::{Crumb, Section};
use crate::site::{Page, Visit};

/// `GET /sign-in`.
pub async fn page(visit: Visit, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let view = SignIn {
        signed_in: visit.is_operator(),
        refused: asked.contains_key("refused"),
    };
    let title = visit.t("sign_in.title");
    visit.show(Ok(Page {
        title: title.clone(),
        section: Section::None,
        crumbs: vec![Crumb::here(title)],
        data_url: None,
        view,
    }))
}
