//! A dataset's profile from what was made.

use std::sync::Arc;
use std::time::Duration;

use access::Profiled;
use axum::extract::Path;
use axum::response::Response;
use city::Dataset;
use city::profile::{Example, Finding, Profile, Weight};
use interop::api::profile::title;

use super::columns::views;
use super::{FindingView, ProfilePage};
use crate::facts::field_title;
use crate::frame::{Crumb, Section};
use crate::parts::{Badge, Link, Tone};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// How long a page waits for a profile that is being made: most are there sooner.
const PATIENCE: Duration = Duration::from_millis(1500);

/// `GET /datasets/{id}/profile`.
pub async fn page(Path(id): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &id).await)
}

async fn fill(visit: &Visit, id: &str) -> Result<Page<ProfilePage>, PageError> {
    let reader = visit.reader();
    let dataset = Arc::clone(reader.asked(id)?);
    let known = reader.profile(id, PATIENCE).await?;
    let own = visit.title(&dataset.title, dataset.title_en.as_deref());
    let named = [("title", own.clone())];
    let profile = known.profile.as_deref();
    let view = ProfilePage {
        title: visit.say("profile.title", &named),
        sentence: sentence(visit, &known),
        notes: notes(visit, &known),
        is_made: profile.is_some(),
        findings: profile.map_or_else(Vec::new, |profile| {
            let findings = profile.findings.iter();
            findings
                .map(|finding| finding_view(visit, &dataset, finding))
                .collect()
        }),
        columns: profile.map_or_else(Vec::new, |profile| views(visit, &dataset, profile)),
        back: Link::new(visit.say("profile.back", &named), format!("/datasets/{id}")),
    };
    let crumbs = vec![
        Crumb::to(visit.t("frame.datasets"), "/datasets"),
        Crumb::to(
            field_title(visit, &dataset),
            format!("/fields/{}", dataset.field),
        ),
        Crumb::to(own, format!("/datasets/{id}")),
        Crumb::here(visit.t("profile.crumb")),
    ];
    Ok(Page {
        title: view.title.clone(),
        section: Section::Datasets,
        crumbs,
        data_url: Some(format!("/api/datasets/{id}/profile")),
        view,
    })
}

fn number(count: usize) -> String {
    show::count_of(u64::try_from(count).unwrap_or_default())
}

fn sentence(visit: &Visit, known: &Profiled) -> String {
    let Some(profile) = &known.profile else {
        return visit.t("profile.being_made");
    };
    let values = [
        ("version", profile.version.to_string()),
        ("rows", show::count_of(profile.rows)),
        ("count", number(profile.findings.len())),
    ];
    let key = if profile.findings.is_empty() {
        "profile.sentence_clean"
    } else {
        "profile.sentence"
    };
    visit.say(key, &values)
}

fn notes(visit: &Visit, known: &Profiled) -> Vec<String> {
    let newer = (known.profile.is_some() && !known.is_current()).then(|| {
        let version = [("version", known.version.to_string())];
        visit.say("profile.newer", &version)
    });
    let of_sample = |profile: &Arc<Profile>| {
        let rows = profile.sample?;
        Some(visit.say("profile.sample", &[("rows", show::count_of(rows))]))
    };
    let sample = known.profile.as_ref().and_then(of_sample);
    newer.into_iter().chain(sample).collect()
}

fn finding_view(visit: &Visit, dataset: &Dataset, finding: &Finding) -> FindingView {
    let badge = match finding.what.weight() {
        Weight::Doubt => Badge::new(visit.t("profile.doubt"), Tone::Warning),
        Weight::Note => Badge::new(visit.t("profile.note"), Tone::Plain),
    };
    FindingView {
        badge,
        sentence: finding.sentence(visit.lang, &|name| title(dataset, name, visit.lang)),
        examples: finding
            .examples
            .iter()
            .map(|one| example(visit, one))
            .collect(),
        share: visit.say(
            "profile.of",
            &[
                ("count", show::count_of(finding.count)),
                ("of", show::count_of(finding.of)),
            ],
        ),
    }
}

/// `033-250-3114 · parking.csv 102행, 126행`
fn example(visit: &Visit, example: &Example) -> String {
    let said = example
        .values
        .iter()
        .map(|value| value.trim())
        .collect::<Vec<_>>()
        .join(" / ");
    let rows: Vec<String> = example
        .rows
        .iter()
        .map(|own| visit.say("profile.row", &[("row", own.row.to_string())]))
        .collect();
    let file = example.rows.first().map(|own| own.file.clone());
    let place = file.map(|file| format!("{file} {}", rows.join(", ")));
    [Some(said).filter(|said| !said.is_empty()), place]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}
