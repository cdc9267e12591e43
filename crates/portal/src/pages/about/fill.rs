//! About this platform.

use axum::response::Response;

use super::About;
use crate::frame::{Crumb, Section, city_name};
use crate::parts::Fact;
use crate::site::{Page, Visit};

/// `GET /about`.
pub async fn page(visit: Visit) -> Response {
    let departments = visit.city().manifest.departments.iter();
    let departments = departments.filter_map(|department| {
        Some(Fact::new(
            visit.title(&department.title, Some(&department.title_en)),
            department.phone.clone()?,
        ))
    });
    let view = About {
        departments: departments.collect(),
    };
    let title = visit.say(
        "about.title",
        &[("city", city_name(visit.city(), visit.lang))],
    );
    visit.show(Ok(Page {
        title,
        section: Section::None,
        crumbs: vec![Crumb::here(visit.t("frame.about"))],
        data_url: None,
        view,
    }))
}
