//! A measure drafted, seen, and saved.

use access::AskError;
use axum::extract::{Form, Path, RawQuery};
use axum::response::{IntoResponse as _, Redirect, Response};
use city::Measure;
use city::board::{View, axes, fitting, names_areas};
use interop::drafts::form::{applied, id_of};
use interop::drafts::save::{Saved, file, judged, lying, mark, save as saving};
use interop::drafts::{may, may_some};
use interop::question::pairs;
use measure::{Asked, Shown};

use super::ask::{Asking, dataset as dataset_choice};
use super::{DraftPage, Group, Seen};
use crate::areas;
use crate::charts::{Named, bar_chart, figure_view, line_chart, measure_title};
use crate::frame::{Crumb, Section};
use crate::pages::problem_of;
use crate::parts::Link;
use crate::site::{Page, PageError, Visit};
use crate::template;
use crate::views;

type Pairs = Vec<(String, String)>;

/// What is drafted: under which id, from which text, with what said.
struct Draft {
    /// Nothing where it has none yet.
    id: Option<String>,
    is_new: bool,
    text: String,
    opened: String,
    said: Pairs,
}

/// `GET /measures/new`: choose a dataset, say what is computed, see it.
pub async fn new(RawQuery(query): RawQuery, visit: Visit) -> Response {
    let made = async {
        allowed(&visit, None)?;
        let draft = drafted(&visit, None, pairs(query.as_deref().unwrap_or_default()))?;
        Box::pin(fill(&visit, draft, None)).await
    };
    let made = made.await;
    visit.show(made)
}

/// `GET /measures/{id}/edit`: the same of a measure there is.
pub async fn edit(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let made = async {
        allowed(&visit, Some(declared(&visit, &id)?))?;
        let draft = drafted(
            &visit,
            Some(&id),
            pairs(query.as_deref().unwrap_or_default()),
        )?;
        Box::pin(fill(&visit, draft, None)).await
    };
    let made = made.await;
    visit.show(made)
}

/// `POST /measures/new`: a new measure is saved.
pub async fn save_new(visit: Visit, Form(typed): Form<Pairs>) -> Response {
    kept(visit, None, typed).await
}

/// `POST /measures/{id}/edit`: a measure is saved.
pub async fn save(Path(id): Path<String>, visit: Visit, Form(typed): Form<Pairs>) -> Response {
    kept(visit, Some(id), typed).await
}

/// Saves the text, changed by what the fields say where they were sent with it.
async fn kept(visit: Visit, own: Option<String>, typed: Pairs) -> Response {
    let made = async {
        let measure = own.as_deref().map(|id| declared(&visit, id)).transpose()?;
        allowed(&visit, measure)?;
        let opened = said(&typed, "opened").unwrap_or_default();
        let draft = Draft {
            opened: opened.clone(),
            ..drafted(&visit, own.as_deref(), typed)?
        };
        let text = draft.text.clone();
        // Without an id nothing can be written; what else is wrong is told with it.
        let Some(id) = draft.id.clone() else {
            return Box::pin(fill(&visit, draft, Some("draft.faults")))
                .await
                .map(Err);
        };
        let saved = saving(visit.state(), visit.caller(), (&id, &text), &opened).await;
        let notice = match saved.map_err(problem_of)? {
            Saved::Done => return Ok(Ok(format!("/measures/{id}"))),
            Saved::Faults(_) => "draft.faults".to_owned(),
            Saved::Changed => "draft.changed".to_owned(),
            Saved::Refused => "draft.refused".to_owned(),
            Saved::Unwritable(why) => visit.say("draft.unwritable", &[("why", why)]),
        };
        Box::pin(fill(&visit, draft, Some(&notice))).await.map(Err)
    };
    match made.await {
        Ok(Ok(address)) => Redirect::to(&template::address(visit.lang, &address)).into_response(),
        Ok(Err(page)) => visit.show(Ok(page)),
        Err(error) => visit.show::<DraftPage>(Err(error)),
    }
}

fn declared<'v>(visit: &'v Visit, id: &str) -> Result<&'v Measure, PageError> {
    let mut all = visit.city().measures.values();
    all.find(|own| own.id.as_str() == id).ok_or_else(|| {
        let why = visit.say("problem.no_measure", &[("id", id.to_owned())]);
        PageError::Missing(why, Vec::new())
    })
}

/// Whether a person may draft a measure, or a new one of some dataset.
fn allowed(visit: &Visit, measure: Option<&Measure>) -> Result<(), PageError> {
    let datasets = &visit.city().datasets;
    let is_allowed = match measure {
        Some(measure) => datasets
            .get(&measure.dataset)
            .is_some_and(|dataset| may(visit.caller(), dataset)),
        None => may_some(visit.caller(), datasets.values()),
    };
    if is_allowed {
        return Ok(());
    }
    Err(PageError::Refused(visit.t("draft.refused")))
}

fn said(pairs: &[(String, String)], name: &str) -> Option<String> {
    let found = pairs.iter().find(|(own, _)| own == name);
    found.map(|(_, value)| value.clone())
}

/// Whether fields were sent, and not the text alone.
fn has_fields(pairs: &[(String, String)]) -> bool {
    pairs
        .iter()
        .any(|(name, _)| name == "dataset" || name == "title")
}

/// The draft an address stands for: its text, or the file's, changed by what its fields say.
fn drafted(visit: &Visit, id: Option<&str>, said_all: Pairs) -> Result<Draft, PageError> {
    let folder = &visit.city().folder;
    let lies = match id {
        Some(id) => lying(folder, id).map_err(|error| PageError::Broken(error.to_string()))?,
        None => None,
    };
    let opened = said(&said_all, "opened").unwrap_or_else(|| mark(lies.as_deref()));
    // A browser sends the ends of lines as two letters.
    let base = said(&said_all, "text").map(|text| text.replace("\r\n", "\n"));
    let base = base.unwrap_or_else(|| lies.unwrap_or_default());
    // A text that is no TOML stays as it is: the judges tell where it breaks.
    let text = if has_fields(&said_all) {
        applied(&base, &said_all).unwrap_or(base)
    } else {
        base
    };
    Ok(Draft {
        id: id.map(str::to_owned).or_else(|| id_of(&text)),
        is_new: id.is_none(),
        text,
        opened,
        said: said_all,
    })
}

/// What is asked of a draft: the dataset first, and all the rest once it is chosen.
fn groups(visit: &Visit, draft: &Draft, read: Option<&Measure>, is_told: bool) -> Vec<Group> {
    let chosen = read.map(|measure| measure.dataset.to_string());
    let chosen = chosen.or_else(|| said(&draft.said, "dataset"));
    let dataset = chosen
        .as_deref()
        .and_then(|id| visit.city().datasets.get(id));
    let mut groups = vec![Group {
        title: visit.t("draft.what"),
        fields: vec![dataset_choice(visit, chosen.as_deref())],
    }];
    // Of a text that cannot be read, the fields would be empty and take its keys out.
    let is_asked = read.is_some() || draft.is_new && !is_told || has_fields(&draft.said);
    let dataset = dataset.filter(|dataset| is_asked && may(visit.caller(), dataset));
    if let Some(dataset) = dataset {
        let asking = Asking {
            visit,
            dataset,
            measure: read,
            is_new: draft.is_new,
            said: &draft.said,
        };
        groups.extend(asking.groups());
    }
    groups
}

async fn fill(
    visit: &Visit,
    draft: Draft,
    notice: Option<&str>,
) -> Result<Page<DraftPage>, PageError> {
    let name = draft.id.clone().unwrap_or_else(|| "new".to_owned());
    let (read, _) = city::read::measure_text(&file(&name), &draft.text);
    let groups = groups(visit, &draft, read.as_ref(), notice.is_some());
    // A form that was not filled yet has no faults.
    let is_begun = !draft.is_new
        || draft.id.is_some()
        || notice.is_some()
        || said(&draft.said, "title").is_some();
    let judged = if is_begun {
        judged(visit.state(), &name, &draft.text)
            .await
            .map_err(problem_of)?
    } else {
        interop::drafts::Judged::default()
    };
    let shown = match &judged.measure {
        Some(measure) => Some(Box::pin(seen(visit, measure, &draft.said)).await?),
        None => None,
    };
    let title = match (&judged.measure, draft.is_new) {
        (Some(measure), _) => visit.say("draft.of", &[("title", measure_title(visit, measure))]),
        (None, true) => visit.t("draft.new"),
        (None, false) => visit.say("draft.of", &[("title", name.clone())]),
    };
    let address = if draft.is_new {
        "/measures/new".to_owned()
    } else {
        format!("/measures/{name}/edit")
    };
    let notice = notice.map(|key| {
        if key.starts_with("draft.") {
            visit.t(key)
        } else {
            key.to_owned()
        }
    });
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![
            Crumb::to(visit.t("frame.boards"), "/boards"),
            Crumb::here(title.clone()),
        ],
        data_url: None,
        view: DraftPage {
            title,
            address,
            is_new: draft.is_new,
            history: (!draft.is_new).then(|| {
                Link::new(
                    visit.t("draft.history"),
                    format!("/measures/{name}/history"),
                )
            }),
            groups,
            text: is_begun.then_some(draft.text),
            opened: draft.opened,
            is_wrong: notice.is_some(),
            notice,
            faults: judged.faults.iter().map(ToString::to_string).collect(),
            shown,
        },
    })
}

/// What a drafted measure shows to whoever drafts it: asked through their own reader, nothing of it kept.
async fn seen(visit: &Visit, measure: &Measure, said_all: &Pairs) -> Result<Seen, PageError> {
    let reader = visit.reader();
    let asked = Asked::default();
    let figure = match measure::figure(&reader, measure, &asked, visit.now()).await {
        Ok(figure) => figure,
        Err(error) if !error.is_broken() => return Ok(unseen(visit, measure, &error)),
        Err(error) => return Err(error.into()),
    };
    let sentence = measure::explain(&reader, measure, &asked, &figure, visit.lang);
    let mut view = figure_view(visit, &reader, measure, &figure);
    view.path = None;
    let mut seen = Seen {
        figure: view,
        sentence,
        chart: None,
        areas: None,
        why: None,
    };
    match drawn(visit, &reader, measure, said_all).await {
        Ok(Drawn::Chart(chart)) => seen.chart = Some(*chart),
        Ok(Drawn::Areas(areas)) => seen.areas = Some(*areas),
        Ok(Drawn::Nothing) => {}
        Err(error) if !error.is_broken() => seen.why = Some(error.what(visit.lang)),
        Err(error) => return Err(error.into()),
    }
    Ok(seen)
}

fn unseen(visit: &Visit, measure: &Measure, error: &AskError) -> Seen {
    Seen {
        figure: crate::parts::FigureView {
            label: measure_title(visit, measure),
            nothing: Some(visit.t("figure.unknown")),
            ..crate::parts::FigureView::default()
        },
        sentence: error.what(visit.lang),
        chart: None,
        areas: None,
        why: None,
    }
}

enum Drawn {
    Chart(Box<crate::parts::Chart>),
    Areas(Box<areas::AreasView>),
    Nothing,
}

async fn drawn(
    visit: &Visit,
    reader: &access::Reader,
    measure: &Measure,
    said_all: &Pairs,
) -> Result<Drawn, AskError> {
    let by = said(said_all, "by").filter(|by| measure.dimensions.contains(by));
    let by = by.as_deref();
    let named = |name: &str| names_areas(visit.city(), measure, name);
    let view = said(said_all, "view").and_then(|word| View::of_word(&word));
    let view = view.unwrap_or_else(|| fitting(measure, by, None, &named));
    let named = Named {
        measure,
        headline: measure_title(visit, measure),
    };
    if view == View::Stacked && !measure.adds_up()
        || axes(measure, view, by, None).0.is_none() && view != View::Distribution
    {
        return Ok(Drawn::Nothing);
    }
    let (asked, now) = (Asked::default(), visit.now());
    let shown = measure::shown(reader, measure, (view, by, None), &asked, now).await?;
    let chart = match shown {
        Some(Shown::Parts { by, parts }) if view == View::Areas => {
            let drawn = areas::areas(visit, reader, named, &by, &parts).await?;
            return Ok(drawn.map_or(Drawn::Nothing, |mut drawn| {
                drawn.receipt = format!("/datasets/{}", measure.dataset);
                Drawn::Areas(Box::new(drawn))
            }));
        }
        Some(Shown::Parts { by, parts }) => bar_chart(visit, reader, named, &by, &parts),
        Some(Shown::History { series }) => line_chart(visit, reader, named, &series),
        Some(other) => views::chart(visit, reader, named, &other),
        None => None,
    };
    Ok(chart.map_or(Drawn::Nothing, |mut chart| {
        // There is no receipt of what is not in force.
        chart.receipt = None;
        Drawn::Chart(Box::new(chart))
    }))
}
