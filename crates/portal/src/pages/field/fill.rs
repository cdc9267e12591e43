//! A field from data.

use axum::extract::Path;
use axum::response::Response;
use interop::freshness::Clocks;

use super::FieldPage;
use crate::facts::Known;
use crate::frame::{Crumb, Section};
use crate::pages::catalogue::rows_of;
use crate::parts::Link;
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Datasets shown; the catalogue has all.
const SHOWN: usize = 24;

/// `GET /fields/{id}`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    let made = visit.clocks().await;
    visit.show(made.and_then(|clocks| fill(&visit, &clocks, &id)))
}

fn fill(visit: &Visit, clocks: &Clocks, id: &str) -> Result<Page<FieldPage>, PageError> {
    let city = visit.city();
    let field = city
        .manifest
        .fields
        .iter()
        .find(|field| field.id.as_str() == id);
    let field = field.ok_or_else(|| {
        PageError::Missing(
            visit.say("problem.no_field", &[("id", id.to_owned())]),
            Vec::new(),
        )
    })?;
    let reader = visit.reader();
    let own: Vec<_> = reader
        .datasets()
        .filter(|dataset| dataset.field == field.id)
        .cloned()
        .collect();
    let known = own
        .iter()
        .map(|dataset| Known::read(&reader, clocks, dataset))
        .collect::<Result<Vec<_>, _>>()?;
    let measures = city
        .measures
        .values()
        .filter(|measure| own.iter().any(|dataset| dataset.id == measure.dataset));
    let title = visit.title(&field.title, Some(&field.title_en));
    let count = u64::try_from(known.len()).unwrap_or_default();
    let view = FieldPage {
        title: title.clone(),
        sentence: visit.say(
            "field.sentence",
            &[("count", show::count_of(count)), ("rows", rows_of(&known))],
        ),
        datasets: known
            .iter()
            .take(SHOWN)
            .map(|known| known.card(visit))
            .collect(),
        all: (known.len() > SHOWN).then(|| {
            let count = [("count", show::count_of(count))];
            let path = address("/datasets", &[("field", id)]);
            Link::new(visit.say("field.all", &count), path)
        }),
        measures: measures
            .map(|measure| {
                Link::new(
                    visit.title(&measure.title, measure.title_en.as_deref()),
                    format!("/measures/{}", measure.id),
                )
            })
            .collect(),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.datasets"), "/datasets"),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title,
        section: Section::Datasets,
        crumbs,
        data_url: Some(address("/api/datasets", &[("field", id)])),
        view,
    })
}
