//! A request as who sent it sees it: by its link alone.

use axum::extract::Path;
use axum::response::Response;
use records::RequestState;
use records::tokens::Token;

use super::RequestPage;
use super::one::state_badge;
use crate::frame::{Crumb, Section};
use crate::parts::{Fact, Link};
use crate::show;
use crate::site::{Page, PageError, Visit};

/// `GET /releases/requests/{word}`.
pub async fn request(Path(word): Path<String>, visit: Visit) -> Response {
    visit.show(fill(&visit, &word).await)
}

async fn fill(visit: &Visit, word: &str) -> Result<Page<RequestPage>, PageError> {
    let releases = visit.state().records.releases();
    let missing = || {
        let way = Link::new(visit.t("releases.title"), "/releases");
        PageError::Missing(visit.t("releases.no_request"), vec![way])
    };
    let request = releases.presented(&Token::presented(word)).await?;
    let request = request.ok_or_else(missing)?;
    let plan = visit.city().releases.get(request.release.as_str());
    let plan = plan.ok_or_else(missing)?;
    let state = request.state(visit.now());
    let key = match &state {
        RequestState::Open => "releases.is_open",
        RequestState::Granted { .. } => "releases.is_granted",
        RequestState::Over => "releases.is_over",
        RequestState::Declined => "releases.is_declined",
    };
    let mut facts = vec![
        Fact::new(visit.t("releases.asked_at"), show::moment(request.at)),
        Fact::new(visit.t("releases.name"), request.name.clone()),
        Fact::new(visit.t("releases.said_for"), request.purpose.clone()),
    ];
    if let RequestState::Granted { until, sha256 } = &state {
        facts.push(Fact::new(visit.t("releases.until"), show::moment(*until)));
        facts.push(Fact::new(visit.t("releases.sha256"), sha256.clone()));
    }
    let decided = request
        .events
        .iter()
        .rfind(|event| event.what != "delivered");
    if let Some(decided) = decided {
        facts.push(Fact::new(visit.t("releases.because"), decided.why.clone()));
    }
    let title = plan.title(visit.lang).to_owned();
    let path = format!("/releases/{}", plan.id);
    let is_granted = matches!(state, RequestState::Granted { .. });
    let view = RequestPage {
        release: Link::new(title.clone(), path.clone()),
        badge: state_badge(visit, &state),
        sentence: visit.t(key),
        facts,
        file: is_granted.then(|| format!("/releases/requests/{word}/file")),
    };
    Ok(Page {
        title: visit.t("releases.request"),
        section: Section::Datasets,
        crumbs: vec![
            Crumb::to(visit.t("releases.title"), "/releases"),
            Crumb::to(title, path),
            Crumb::here(visit.t("releases.request")),
        ],
        data_url: None,
        view,
    })
}
