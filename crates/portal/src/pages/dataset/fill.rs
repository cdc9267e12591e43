//! A dataset's page from data.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{AskError, Reader, Record};
use axum::extract::{Path, Query, RawQuery, Request};
use axum::response::Response;
use city::Dataset;

use super::held::held;
use super::measured::OfMeasure;
use super::rows::{Asked, preview};
use super::standing::standing;
use super::{ConfirmView, DatasetPage};
use crate::facts::{Known, department_title, dimensions, field_title, word};
use crate::frame::{Crumb, Section};
use crate::maps::map;
use crate::parts::FigureView;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /datasets/{id}`; with an ending (`.csv`, `.xlsx`, ...) the file.
pub async fn page(
    Path(id): Path<String>,
    visit: Visit,
    Query(asked): Query<BTreeMap<String, String>>,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Response {
    if let Some((dataset, ending)) = interop::downloads::split(&id) {
        return interop::downloads::serve(
            visit.state(),
            visit.caller(),
            dataset,
            ending,
            raw.as_deref().unwrap_or_default(),
            request.headers(),
        )
        .await;
    }
    let asked = Asked::new(&asked);
    visit.show(fill(&visit, &id, asked, raw.as_deref().unwrap_or_default()).await)
}

async fn fill(
    visit: &Visit,
    id: &str,
    asked: Asked<'_>,
    query: &str,
) -> Result<Page<DatasetPage>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    if let Err(AskError::Denied(denied)) = reader.version(id, &access::At::Latest)
        && denied.is_closed()
    {
        return Err(AskError::from(denied).into());
    }
    let of = OfMeasure::read(visit, id, query)?;
    let asked = &asked.of_measure(of.as_ref());
    let known = Known::read(&reader, &visit.clocks().await?, &dataset)?;
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let all_versions = reader.versions(id)?;
    let all_loads = reader.loads(id)?;
    let version = known.version.as_deref();
    let standing = standing(
        visit,
        &reader,
        &dataset,
        (known.version.as_ref(), &all_versions, &all_loads),
    )?;
    let view = DatasetPage {
        id: id.to_owned(),
        title: title.clone(),
        badges: known.badges(visit),
        sentence: sentence(visit, &known),
        description: visit.title(&dataset.description, dataset.description_en.as_deref()),
        figures: figures(visit, &known, &all_versions),
        map: version.and_then(|version| map(visit, &reader, &dataset, version, "#rows")),
        preview: preview(visit, &reader, &dataset, version, asked).await?,
        changed: changed(visit, &reader, &dataset)?,
        confirm: confirm(visit, &known),
        held: held(
            visit,
            &reader,
            &dataset,
            all_loads.first().map(|load| &**load),
        )?,
        standing: None,
        standing_html: Some(standing.to_string()),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.datasets"), "/datasets"),
        Crumb::to(
            field_title(visit, &dataset),
            format!("/fields/{}", dataset.field),
        ),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title,
        section: Section::Datasets,
        crumbs,
        data_url: Some(format!("/api/datasets/{id}")),
        view,
    })
}

/// Where staff see what the edited manifest would do.
fn changed(visit: &Visit, reader: &Reader, dataset: &Dataset) -> Result<Option<String>, PageError> {
    let waits = visit.is_operator() && reader.has_changed(&dataset.id)?;
    Ok(waits.then(|| format!("/changes#change-{}", dataset.id)))
}

/// Staff's word that nothing changed, where a day is due at all.
fn confirm(visit: &Visit, known: &Known<'_>) -> Option<ConfirmView> {
    if !visit.is_operator() {
        return None;
    }
    let confirmed = known.clock.confirmed.as_ref().map(|word| {
        let values = [("when", show::moment(word.at)), ("who", word.who.clone())];
        visit.say("overdue.confirmed", &values)
    });
    Some(ConfirmView {
        due: known.due(visit)?,
        confirmed,
        address: format!("/api/datasets/{}/confirm", known.dataset.id),
    })
}

fn sentence(visit: &Visit, known: &Known<'_>) -> String {
    let department = department_title(visit, known.dataset);
    let cadence = visit.t(&format!("cadence.{}", word(&known.dataset.cadence)));
    match &known.version {
        Some(version) => visit.say(
            "dataset.sentence",
            &[
                ("department", department),
                ("cadence", cadence),
                ("rows", show::count_of(version.rows)),
            ],
        ),
        None => visit.say(
            "dataset.sentence_none",
            &[("department", department), ("cadence", cadence)],
        ),
    }
}

fn figures(visit: &Visit, known: &Known<'_>, versions: &[Arc<Record>]) -> Vec<FigureView> {
    let label = |key: &str| FigureView {
        label: visit.t(key),
        ..FigureView::default()
    };
    let Some(version) = &known.version else {
        return vec![FigureView {
            nothing: Some(visit.t("figure.none_yet")),
            note: Some(visit.t("dataset.rows_none_next")),
            ..label("dataset.rows_label")
        }];
    };
    let rows = FigureView {
        value: Some(show::count_of(version.rows)),
        exact: version.rows.to_string(),
        unit: visit.t("home.unit_rows"),
        note: versions
            .get(1)
            .map(|before| growth(visit, before.rows, version.rows)),
        ..label("dataset.rows_label")
    };
    let dimensions = dimensions(version);
    let worst = dimensions
        .iter()
        .filter(|dimension| dimension.diagnosed > 0)
        .min_by(|a, b| a.score().total_cmp(&b.score()));
    let quality = worst.and_then(|worst| {
        let note = if worst.errors == 0 {
            visit.t("dataset.quality_all_good")
        } else {
            visit.say(
                "dataset.quality_note",
                &[("dimension", visit.t(&format!("dimension.{}", worst.name)))],
            )
        };
        Some(FigureView {
            value: Some(worst.percent()?),
            exact: worst.score().to_string(),
            note: Some(note),
            ..label("dataset.quality_label")
        })
    });
    let quarantined = FigureView {
        value: Some(show::count_of(version.quarantined)),
        exact: version.quarantined.to_string(),
        unit: visit.t("home.unit_rows"),
        note: Some(visit.say(
            "dataset.of_read",
            &[
                ("read", show::count_of(version.read)),
                ("share", show::percent(version.quarantined, version.read)),
            ],
        )),
        ..label("dataset.quarantined_label")
    };
    let age = FigureView {
        value: Some(version.number.to_string()),
        exact: version.number.to_string(),
        unit: visit.t("dataset.version_unit"),
        as_of: Some(show::age(version.committed_at, visit.now(), visit.lang)),
        note: known.due(visit),
        ..label("dataset.age_label")
    };
    [Some(rows), quality, Some(quarantined), Some(age)]
        .into_iter()
        .flatten()
        .collect()
}

fn growth(visit: &Visit, before: u64, now: u64) -> String {
    let key = match now.cmp(&before) {
        std::cmp::Ordering::Greater => "dataset.more_rows",
        std::cmp::Ordering::Less => "dataset.fewer_rows",
        std::cmp::Ordering::Equal => return visit.t("dataset.same_rows"),
    };
    visit.say(key, &[("count", show::count_of(now.abs_diff(before)))])
}
