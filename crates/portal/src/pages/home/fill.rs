//! The home page from data.

use access::Reader;
use axum::response::Response;
use city::city::Field;

use super::{FieldCard, Home, Teaser};
use crate::facts::{Dimension, Freshness, Known, dimensions};
use crate::frame::Section;
use crate::pages::board::figures;
use crate::parts::{FigureView, Link};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Figures of the first board shown here.
const TEASERS: usize = 4;
/// Words under the search box.
const WORDS: usize = 5;

/// `GET /`.
pub async fn page(visit: Visit) -> Response {
    visit.show(fill(&visit).await)
}

async fn fill(visit: &Visit) -> Result<Page<Home>, PageError> {
    let reader = visit.reader();
    let datasets: Vec<_> = reader.datasets().cloned().collect();
    let clocks = visit.clocks().await?;
    let known = datasets
        .iter()
        .map(|dataset| Known::read(&reader, &clocks, dataset))
        .collect::<Result<Vec<_>, _>>()?;
    let manifest = &visit.city().manifest;
    let jobs = visit.state().records.jobs().list(None, 100).await?;
    let running = jobs.iter().filter(|job| !job.state.is_final()).count();
    let rows: u64 = known.iter().map(Known::rows).sum();
    let glance = vec![
        counted(
            visit,
            "home.datasets",
            known.len(),
            "home.unit_datasets",
            Some("/datasets"),
        ),
        FigureView {
            unit: visit.t("home.unit_rows"),
            ..big(visit, "home.rows", rows)
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
            .map(|field| field_card(visit, field, &known))
            .collect(),
        freshness: freshness(visit, &known),
        quality: quality(visit, &known),
        board: teaser(visit, &reader).await?,
        words: words(visit, &known),
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

fn field_card(visit: &Visit, field: &Field, known: &[Known<'_>]) -> FieldCard {
    let own: Vec<String> = known
        .iter()
        .filter(|known| known.dataset.field == field.id)
        .map(|known| visit.title(&known.dataset.title, known.dataset.title_en.as_deref()))
        .collect();
    FieldCard {
        path: format!("/fields/{}", field.id),
        title: visit.title(&field.title, Some(&field.title_en)),
        count: i64::try_from(own.len()).unwrap_or(i64::MAX),
        examples: own.iter().take(3).cloned().collect::<Vec<_>>().join(", "),
    }
}

fn freshness(visit: &Visit, known: &[Known<'_>]) -> Vec<FigureView> {
    let states = [
        (Freshness::Fresh, "home.fresh"),
        (Freshness::Stale, "home.stale"),
        (Freshness::None, "home.not_loaded"),
    ];
    let figure = |(state, key): (Freshness, &str)| {
        let count = known
            .iter()
            .filter(|known| known.freshness() == state)
            .count();
        counted(visit, key, count, "home.unit_datasets", None)
    };
    states.into_iter().map(figure).collect()
}

/// Errors and values looked at, summed over the versions in force.
fn quality(visit: &Visit, known: &[Known<'_>]) -> Vec<FigureView> {
    let mut sums: Vec<Dimension> = Vec::new();
    for dimension in known
        .iter()
        .filter_map(|known| known.version.as_ref())
        .flat_map(dimensions)
    {
        match sums.iter_mut().find(|sum| sum.name == dimension.name) {
            Some(sum) => {
                sum.errors += dimension.errors;
                sum.diagnosed += dimension.diagnosed;
            }
            None => sums.push(dimension),
        }
    }
    let figure = |sum: &Dimension| {
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
    sums.iter().filter_map(figure).collect()
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
fn words(visit: &Visit, known: &[Known<'_>]) -> Vec<Link> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in known.iter().flat_map(|known| &known.dataset.keywords) {
        match counts.iter_mut().find(|(known, _)| known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
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
