//! What staff put right, from data.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Came, Record, Remedy, Standing};
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};

use super::{CorrectionView, Corrections};
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Link, Pager, Tone};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};
use crate::template;

/// Corrections on a page.
const PAGE: usize = 50;

/// `GET /datasets/{id}/corrections`, for staff.
pub async fn page(
    Path(id): Path<String>,
    visit: Visit,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    visit.show(fill(&visit, &id, &asked).await)
}

/// `POST /datasets/{id}/corrections/{correction}`: taken back.
pub async fn withdraw(
    Path((id, correction)): Path<(String, String)>,
    visit: Visit,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Response {
    let why = typed.get("why").map_or("", |why| why.trim());
    let why = if why.is_empty() {
        visit.t("corrections.no_reason")
    } else {
        why.to_owned()
    };
    match visit.reader().withdraw(&id, &correction, &why).await {
        Ok(_) => {
            let path = format!("/datasets/{id}/corrections");
            Redirect::to(&template::address(visit.lang, &path)).into_response()
        }
        Err(error) => visit.show::<Corrections>(Err(error.into())),
    }
}

async fn fill(
    visit: &Visit,
    id: &str,
    asked: &BTreeMap<String, String>,
) -> Result<Page<Corrections>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let title = visit.title(&dataset.title, dataset.title_en.as_deref());
    let all = reader.read_corrections(id).await?;
    let loads = reader.loads(id)?;
    let path = format!("/datasets/{id}/corrections");
    let last = all.len().div_ceil(PAGE).max(1);
    let page = asked.get("page").and_then(|page| page.parse().ok());
    let page: usize = page.unwrap_or(1).clamp(1, last);
    let shown = all.iter().rev().skip((page - 1) * PAGE).take(PAGE);
    let number = |number: usize| u64::try_from(number).unwrap_or_default();
    let view = Corrections {
        dataset: Link::new(title.clone(), format!("/datasets/{id}")),
        sentence: visit.say(
            "corrections.sentence",
            &[("count", show::count_of(number(all.len())))],
        ),
        corrections: shown.map(|one| view_of(visit, id, &loads, one)).collect(),
        pager: Pager::new(number(page), number(last), |page| {
            address(&path, &[("page", &page.to_string())])
        }),
    };
    Ok(Page {
        title: visit.say("corrections.title", &[("title", title.clone())]),
        section: Section::Datasets,
        crumbs: vec![
            Crumb::to(visit.t("frame.datasets"), "/datasets"),
            Crumb::to(title, format!("/datasets/{id}")),
            Crumb::here(visit.t("corrections.crumb")),
        ],
        data_url: Some(format!("/api/datasets/{id}/corrections")),
        view,
    })
}

fn view_of(visit: &Visit, id: &str, loads: &[Arc<Record>], standing: &Standing) -> CorrectionView {
    let correction = &standing.correction;
    let load = loads
        .iter()
        .find(|load| load.corrections.contains_key(&correction.id));
    let came = load.and_then(|load| load.corrections.get(&correction.id));
    let (word, tone) = match (&standing.withdrawn, came) {
        (Some(_), _) => ("withdrawn", Tone::Plain),
        (None, None) => ("waiting", Tone::Plain),
        (None, Some(Came::Applied)) => ("applied", Tone::Good),
        (None, Some(Came::Fixed)) => ("fixed", Tone::Good),
        (None, Some(Came::Changed)) => ("changed", Tone::Warning),
        (None, Some(Came::Superseded)) => ("superseded", Tone::Plain),
        (None, Some(Came::Absent)) => ("absent", Tone::Plain),
    };
    let state = match &standing.withdrawn {
        Some(withdrawal) => visit.say(
            "corrections.state_withdrawn",
            &[
                ("who", withdrawal.who.clone()),
                ("when", show::moment(withdrawal.at)),
                ("why", withdrawal.why.clone()),
            ],
        ),
        None => visit.t(&format!("corrections.state_{word}")),
    };
    let row = [
        ("file", correction.from.file.clone()),
        ("row", correction.from.row.to_string()),
    ];
    let made = [
        ("who", correction.who.clone()),
        ("when", show::moment(correction.at)),
        ("why", correction.why.clone()),
    ];
    let report = correction.report.as_ref().map(|report| {
        Link::new(
            visit.t("report.title_short"),
            format!("/datasets/{id}/reports/{report}"),
        )
    });
    CorrectionView {
        id: correction.id.clone(),
        heading: visit.say("corrections.row", &row),
        badge: Badge::new(visit.t(&format!("corrections.badge_{word}")), tone),
        state,
        changes: changes(visit, &correction.remedy),
        made: visit.say("corrections.made", &made),
        report,
        withdraw: standing
            .withdrawn
            .is_none()
            .then(|| format!("/datasets/{id}/corrections/{}", correction.id)),
    }
}

fn changes(visit: &Visit, remedy: &Remedy) -> Vec<String> {
    let shown = |cell: &str| {
        if cell.is_empty() {
            visit.t("corrections.empty")
        } else {
            cell.to_owned()
        }
    };
    match remedy {
        Remedy::LeaveOut => vec![visit.t("corrections.left_out")],
        Remedy::Change { cells } => cells
            .iter()
            .map(|cell| {
                let (was, becomes) = (shown(&cell.was), shown(&cell.becomes));
                format!("{}: {was} → {becomes}", cell.column)
            })
            .collect(),
        Remedy::Replace { cells } => cells
            .iter()
            .map(|(column, cell)| format!("{column}: {}", shown(cell)))
            .collect(),
    }
}
