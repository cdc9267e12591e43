//! The home page from data.

use std::collections::HashMap;
use std::sync::Arc;

use access::Reader;
use axum::response::Response;
use city::Dataset;
use city::city::Field;
use interop::glance::{Glance, Sum, glance};

use super::{FieldCard, Home, Teaser};
use crate::facts::Dimension;
use crate::frame::Section;
use crate::pages::board::figures;
use crate::parts::{FigureView, Link};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Figures of the first board shown here.
const TEASERS: usize = 4;
/// Datasets named with a field.
const EXAMPLES: usize = 3;
/// Words under the search box.
const WORDS: usize = 5;

/// `GET /`.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<Home>, PageError> {
    let reader = visit.reader();
    let datasets: Vec<Arc<Dataset>> = reader.datasets().cloned().collect();
    let sums = glance(visit.state(), visit.reader()).await?;
    let manifest = &visit.city().manifest;
    let jobs = visit.state().records.jobs().list(None, 100).await?;
    let running = jobs.iter().filter(|job| !job.state.is_final()).count();
    let glance = vec![
        counted(
            visit,
            "home.datasets",
            sums.datasets,
            "home.unit_datasets",
            Some("/datasets"),
        ),
        FigureView {
            unit: visit.t("home.unit_rows"),
            ..big(visit, "home.rows", sums.rows)
        },
        counted(
            visit,
            "home.jobs_running",
            running,
            "home.unit_jobs",
            Some("/jobs"),
        ),
    ];
    let view = Home {
        description: manifest
            .description
            .as_deref()
            .map(|ko| visit.title(ko, manifest.description_en.as_deref())),
        glance,
        fields: manifest
            .fields
            .iter()
            .map(|field| field_card(visit, field, &datasets))
            .collect(),
        freshness: freshness(visit, &sums),
        quality: quality(visit, &sums),
        board: teaser(visit, &reader).await?,
        words: words(visit, &datasets),
    };
    let title = visit.say(
        "home.title",
        &[("city", crate::frame::city_name(visit.city(), visit.lang))],
    );
    Ok(Page {
        title,
        section: Section::Home,
        crumbs: Vec::new(),
        data_url: Some("/api/datasets".to_owned()),
        view,
    })
}

fn big(visit: &Visit, key: &str, value: u64) -> FigureView {
    #[expect(clippy::cast_precision_loss, reason = "a headline has few digits")]
    let headline = measure::format::headline(value as f64, 0, visit.lang);
    FigureView {
        label: visit.t(key),
        value: Some(headline),
        exact: value.to_string(),
        ..FigureView::default()
    }
}

fn counted(visit: &Visit, key: &str, count: usize, unit: &str, path: Option<&str>) -> FigureView {
    let count = u64::try_from(count).unwrap_or_default();
    FigureView {
        unit: visit.t(unit),
        path: path.map(str::to_owned),
        ..big(visit, key, count)
    }
}

fn field_card(visit: &Visit, field: &Field, datasets: &[Arc<Dataset>]) -> FieldCard {
    let own = datasets.iter().filter(|dataset| dataset.field == field.id);
    let examples: Vec<String> = own
        .clone()
        .take(EXAMPLES)
        .map(|dataset| visit.title(&dataset.title, dataset.title_en.as_deref()))
        .collect();
    FieldCard {
        path: format!("/fields/{}", field.id),
        title: visit.title(&field.title, Some(&field.title_en)),
        count: i64::try_from(own.count()).unwrap_or(i64::MAX),
        examples: examples.join(", "),
    }
}

fn freshness(visit: &Visit, sums: &Glance) -> Vec<FigureView> {
    let states = [
        (sums.fresh, "home.fresh"),
        (sums.late, "home.stale"),
        (sums.never, "home.not_loaded"),
    ];
    let figure =
        |(count, key): (usize, &str)| counted(visit, key, count, "home.unit_datasets", None);
    states.into_iter().map(figure).collect()
}

/// Errors and values looked at, summed over the versions in force.
fn quality(visit: &Visit, sums: &Glance) -> Vec<FigureView> {
    let figure = |sum: &Sum| {
        let sum = Dimension {
            name: sum.name.clone(),
            errors: sum.errors,
            diagnosed: sum.diagnosed,
        };
        let note = [
            ("diagnosed", show::count_of(sum.diagnosed)),
            ("errors", show::count_of(sum.errors)),
        ];
        Some(FigureView {
            label: visit.t(&format!("dimension.{}", sum.name)),
            value: Some(sum.percent()?),
            exact: sum.score().to_string(),
            note: Some(visit.say("home.quality_note", &note)),
            ..FigureView::default()
        })
    };
    sums.dimensions.iter().filter_map(figure).collect()
}

async fn teaser(visit: &Visit, reader: &Reader) -> Result<Option<Teaser>, PageError> {
    let Some(board) = visit.city().boards.values().next() else {
        return Ok(None);
    };
    let link = Link::new(
        visit.title(&board.title, board.title_en.as_deref()),
        format!("/boards/{}", board.id),
    );
    let figures = figures(visit, reader, board, TEASERS).await?;
    Ok((!figures.is_empty()).then_some(Teaser { link, figures }))
}

/// The words that most datasets name.
fn words(visit: &Visit, datasets: &[Arc<Dataset>]) -> Vec<Link> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in datasets.iter().flat_map(|dataset| &dataset.keywords) {
        *counts.entry(word).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let link = |(word, _): (&str, usize)| {
        Link::new(word, crate::query::address("/datasets", &[("q", word)]))
    };
    if visit.lang == city::Lang::En {
        // Keywords are Korean: English readers would not know what they find.
        return Vec::new();
    }
    counts.into_iter().take(WORDS).map(link).collect()
}
