//! A receipt from what was kept.

use access::{AskError, Reader};
use axum::extract::Path;
use axum::response::Response;
use city::Measure;
use interop::api::receipts::{Found, Looked, look};
use measure::{Asked, Outcome, explain};

use super::{Qr, ReceiptPage, print};
use crate::charts::{Named, figure_view, measure_title, with_unit};
use crate::frame::{Crumb, Section};
use crate::pages::board::{Panel, of_shown, of_version};
use crate::pages::{measure::versions, problem_of};
use crate::parts::Fact;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /receipts/{id}`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    let reader = visit.reader();
    match Box::pin(look(visit.state(), &reader, &id))
        .await
        .map_err(|problem| problem_of(problem.told_in(visit.lang)))
    {
        Ok(Looked::Measure(found)) => visit.show(fill(&visit, &reader, &found).await),
        Ok(Looked::Print(found)) => visit.show(print::fill(&visit, &reader, &found).await),
        Err(error) => visit.show::<ReceiptPage>(Err(error)),
    }
}

/// What a view showed, drawn again; nothing where it showed one number, or is not shown to this reader.
pub(super) async fn panel(
    visit: &Visit,
    reader: &Reader,
    found: &Found,
) -> Result<Option<Panel>, PageError> {
    let kept = &found.kept;
    let (Some(shows), Some(shown)) = (&kept.shows, found.again.shown.clone()) else {
        return Ok(None);
    };
    let measure = &kept.measure;
    let named = Named {
        measure,
        headline: measure_title(visit, measure),
    };
    match of_shown(visit, reader, named, shows.view, shown).await {
        Ok(drawn) => Ok(drawn.map(|(panel, _)| of_version(visit, panel, measure, &kept.versions))),
        // The figures are the same; only the areas they would be drawn upon cannot be had.
        Err(AskError::Denied(_) | AskError::NotLoaded(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn fill(
    visit: &Visit,
    reader: &Reader,
    found: &Found,
) -> Result<Page<ReceiptPage>, PageError> {
    let id = found.id.as_str();
    let measure = &found.kept.measure;
    let receipt = &found.again.receipt;
    let title = visit.say("receipt.title", &[("title", measure_title(visit, measure))]);
    let is_shown = found.is_shown();
    let asked = Asked {
        period: found.kept.narrowed.period,
        equals: found.kept.narrowed.equals.clone(),
        ..Asked::default()
    };
    let sentence = explain(reader, measure, &asked, &receipt.figure, visit.lang);
    let api = format!("/api/receipts/{id}");
    let home = visit.city().manifest.address.as_deref();
    let view = ReceiptPage {
        title: title.clone(),
        outcome: outcome(visit, measure, &found.again.outcome),
        warns: !matches!(found.again.outcome, Outcome::Same),
        figure: figure_view(visit, reader, measure, &receipt.figure),
        panel: panel(visit, reader, found).await?,
        sentence: is_shown.then_some(sentence),
        facts: facts(visit, id, found, is_shown),
        versions: is_shown.then(|| versions(visit, receipt)),
        sql: is_shown.then(|| match &found.kept.denominator_query {
            Some(below) => format!("{}\n\n{below}", found.kept.query),
            None => found.kept.query.clone(),
        }),
        manifest: is_shown.then(|| serde_json::to_string_pretty(measure).unwrap_or_default()),
        qr: home.and_then(|home| Qr::of(&address(home, id))),
        api: api.clone(),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.boards"), "/boards"),
        Crumb::to(
            measure_title(visit, measure),
            format!("/measures/{}", measure.id),
        ),
        Crumb::here(title.clone()),
    ];
    Ok(Page {
        title,
        section: Section::Boards,
        crumbs,
        data_url: Some(api),
        view,
    })
}

pub(super) fn address(home: &str, id: &str) -> String {
    format!("{}/receipts/{id}", home.trim_end_matches('/'))
}

pub(super) fn outcome(visit: &Visit, measure: &Measure, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Same => visit.t("receipt.same"),
        Outcome::Differs { was: None } => visit.t("receipt.differs_shown"),
        Outcome::Differs { was: Some(was) } => {
            let was = with_unit(visit, measure, *was);
            visit.say("receipt.differs", &[("was", was)])
        }
        Outcome::OtherSight => visit.t("receipt.other_sight"),
        Outcome::NotShown => visit.t("receipt.not_shown"),
        Outcome::Gone { dataset } => {
            let title = visit.city().datasets.get(dataset).map_or_else(
                || dataset.to_string(),
                |own| visit.title(&own.title, own.title_en.as_deref()),
            );
            visit.say("receipt.gone", &[("dataset", title)])
        }
    }
}

fn facts(visit: &Visit, id: &str, found: &Found, is_shown: bool) -> Vec<Fact> {
    let measure = &found.kept.measure;
    let mut facts = vec![
        Fact::new(visit.t("receipt.made"), show::moment(found.made_at)),
        Fact::new(visit.t("receipt.measure"), measure_title(visit, measure))
            .leading_to(format!("/measures/{}", measure.id)),
    ];
    let narrowed = &found.kept.narrowed;
    let equals = narrowed.equals.iter().map(|(dimension, value)| {
        let title = explain::dimension_title(visit.city(), measure, dimension, visit.lang);
        format!("{title} {value}")
    });
    let all: Vec<String> = equals
        .chain(narrowed.period.map(|period| period.to_string()))
        .collect();
    if is_shown && !all.is_empty() {
        facts.push(Fact::new(visit.t("receipt.narrowed"), all.join(", ")));
    }
    let home = visit.city().manifest.address.as_deref().unwrap_or_default();
    facts.push(Fact::new(visit.t("receipt.address"), address(home, id)));
    facts
}
