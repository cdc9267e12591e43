//! The history of a measure's manifest: who changed what, and each version's text.

use std::path::Path as FilePath;

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use city::Measure;
use interop::drafts::may;
use interop::drafts::save::{KIND, Line, changes, note};
use interop::question::pairs;
use records::ManifestVersion;
use serde::Serialize;

use super::{Sample, problem_of};
use crate::charts::measure_title;
use crate::frame::{Crumb, Section};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Versions told on one page; all of them are kept.
const MOST: u32 = 100;
/// Lines of a change told on the page; the version's text has all.
const LINES: usize = 400;
/// Lines that did not change, told around those that did.
const AROUND: usize = 2;

/// The history of a measure.
#[derive(Clone, Debug, Serialize)]
pub struct VersionsPage {
    /// Its title.
    pub title: String,
    /// How many versions there are, and how many are told.
    pub sentence: String,
    /// That its file was taken away, where it was.
    pub removed: Option<String>,
    /// The measure, where it is in force.
    pub back: Option<String>,
    /// Where it is changed.
    pub edit: Option<String>,
    /// The version whose text is told.
    pub text: Option<Text>,
    /// Versions, the newest first.
    pub versions: Vec<Version>,
}

/// A version's text.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// Which.
    pub title: String,
    /// It.
    pub body: String,
}

/// A version.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// Where its text is.
    pub path: Option<String>,
    /// What changed: `+`, `-` or a space, and the line.
    pub lines: Vec<(&'static str, String)>,
    /// Whether there are more.
    pub is_cut: bool,
}

impl Sample for VersionsPage {
    fn samples() -> Vec<Self> {
        vec![Self {
            title: "‘주차면’의 바뀐 기록".to_owned(),
            sentence: "판이 2개 있습니다.".to_owned(),
            removed: None,
            back: Some("/measures/spaces".to_owned()),
            edit: Some("/measures/spaces/edit".to_owned()),
            text: Some(Text {
                title: "2026-11-26 09:00의 내용".to_owned(),
                body: "id = \"spaces\"\n".to_owned(),
            }),
            versions: vec![Version {
                id: 2,
                at: "2026-11-26 09:00".to_owned(),
                who: "kim".to_owned(),
                path: Some("/measures/spaces/history?version=2".to_owned()),
                lines: vec![
                    ("-", "unit = \"면\"".to_owned()),
                    ("+", "unit = \"대\"".to_owned()),
                ],
                is_cut: true,
            }],
        }]
    }
}

/// `GET /measures/{id}/history?version=`.
pub async fn page(Path(id): Path<String>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let made = fill(&visit, &id, query.as_deref().unwrap_or_default()).await;
    visit.show(made)
}

async fn fill(visit: &Visit, id: &str, query: &str) -> Result<Page<VersionsPage>, PageError> {
    let city = visit.city();
    let manifests = visit.state().records.manifests();
    let in_force = city.measures.values().find(|own| own.id.as_str() == id);
    let measure = match in_force {
        Some(measure) => Some(measure.clone()),
        None => last(&manifests.of((KIND, id), MOST + 1).await?),
    };
    let measure = measure.ok_or_else(|| {
        let why = visit.say("problem.no_measure", &[("id", id.to_owned())]);
        PageError::Missing(why, Vec::new())
    })?;
    let dataset = city.datasets.get(&measure.dataset);
    if !dataset.is_some_and(|dataset| may(visit.caller(), dataset)) {
        return Err(PageError::Refused(visit.t("draft.refused")));
    }
    if in_force.is_some() {
        note(visit.state(), id).await.map_err(problem_of)?;
    }
    let all = manifests.of((KIND, id), MOST + 1).await?;
    let count = manifests.count((KIND, id)).await?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let chosen = pairs(query).into_iter().find(|(name, _)| name == "version");
    let chosen = chosen.and_then(|(_, version)| version.parse::<i64>().ok());
    let text = all
        .iter()
        .find(|own| Some(own.id) == chosen)
        .and_then(|own| {
            Some(Text {
                title: visit.say("versions.text_of", &[("at", show::moment(own.at))]),
                body: own.body.clone()?,
            })
        });
    let versions = all.iter().enumerate().take(most);
    let versions = versions.map(|(at, own)| version(visit, id, own, all.get(at + 1)));
    let title = visit.say(
        "versions.title",
        &[("title", measure_title(visit, &measure))],
    );
    let told = [
        ("count", show::count_of(count)),
        ("shown", show::count_of(count.min(u64::from(MOST)))),
    ];
    Ok(Page {
        title: title.clone(),
        section: Section::Boards,
        crumbs: vec![
            Crumb::to(visit.t("frame.boards"), "/boards"),
            match in_force {
                Some(_) => Crumb::to(measure_title(visit, &measure), format!("/measures/{id}")),
                None => Crumb::here(measure_title(visit, &measure)),
            },
            Crumb::here(visit.t("draft.history")),
        ],
        data_url: None,
        view: VersionsPage {
            title,
            sentence: visit.say("versions.sentence", &told),
            removed: in_force.is_none().then(|| visit.t("versions.removed")),
            back: in_force.map(|_| format!("/measures/{id}")),
            edit: in_force.map(|_| format!("/measures/{id}/edit")),
            text,
            versions: versions.collect(),
        },
    })
}

/// A measure whose file was taken away, as the newest version that has a text says it.
fn last(versions: &[ManifestVersion]) -> Option<Measure> {
    let text = versions.iter().find_map(|own| own.body.as_deref())?;
    city::read::measure_text(FilePath::new("measures"), text).0
}

fn version(
    visit: &Visit,
    id: &str,
    own: &ManifestVersion,
    before: Option<&ManifestVersion>,
) -> Version {
    let who = match (&own.who, before) {
        (Some(who), _) => who.clone(),
        (None, Some(_)) => visit.t("versions.outside"),
        (None, None) => visit.t("versions.found"),
    };
    let mut lines = near(&changes(before, own));
    let is_cut = lines.len() > LINES;
    lines.truncate(LINES);
    let number = own.id.to_string();
    Version {
        id: own.id,
        at: show::moment(own.at),
        who,
        path: own
            .body
            .as_ref()
            .map(|_| address(&format!("/measures/{id}/history"), &[("version", &number)])),
        lines,
        is_cut,
    }
}

/// Lines that changed, with those around them.
fn near(all: &[Line]) -> Vec<(&'static str, String)> {
    let is_near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        let around = all.get(from..(at + AROUND + 1).min(all.len()));
        around.is_some_and(|around| around.iter().any(|line| !matches!(line, Line::Same(_))))
    };
    all.iter()
        .enumerate()
        .filter(|(at, _)| is_near(*at))
        .map(|(_, line)| match line {
            Line::Same(text) => (" ", text.clone()),
            Line::Gone(text) => ("-", text.clone()),
            Line::New(text) => ("+", text.clone()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_change_is_told_only_around_what_did() {
        let same = |at: usize| Line::Same(at.to_string());
        let mut all: Vec<Line> = (0..9).map(same).collect();
        all.push(Line::New("new".to_owned()));
        let told = near(&all);
        assert_eq!(told.len(), 3);
        assert_eq!(told.last(), Some(&("+", "new".to_owned())));
        assert!(near(&[same(1)]).is_empty());
    }
}
