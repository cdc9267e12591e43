//! The site: its addresses, who visits, and what surrounds each answer.

use std::sync::Arc;

use access::{AskError, Purpose, Reader};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRef, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use city::{City, Duty, Lang};
use interop::freshness::Clocks;
use interop::packed::{Packed, Seal, takes_gzip};
use interop::sign_in::Browser;
use interop::{AppState, Caller};

use tower_http::compression::CompressionLayer;

use crate::assets::{self, Head};
use crate::frame::{
    Crumb, Frame, PreviewBanner, PurposeBar, PurposeChoice, Section, city_name, other_language,
    split_language,
};
use crate::pages;
use crate::pages::dataset::StandingShelf;
use crate::pages::problem::{Kind, Problem};
use crate::parts::Link;
use crate::show;
use crate::template::{self, TemplateError, Templates, View};

/// What every page needs.
#[derive(Clone)]
pub struct Site {
    state: AppState,
    templates: Templates,
    head: Arc<Head>,
    standing: Arc<StandingShelf>,
    packed: Arc<Packed>,
}

impl FromRef<Site> for AppState {
    fn from_ref(site: &Site) -> Self {
        site.state.clone()
    }
}

/// All pages, in Korean at `/…` and in English at `/en/…`, with the files they need.
///
/// # Errors
/// When a template cannot be read; a test keeps this from happening.
pub fn router(state: AppState) -> Result<Router, TemplateError> {
    let site = Site {
        state,
        templates: Templates::new()?,
        head: Arc::new(assets::head()),
        standing: Arc::default(),
        packed: Arc::default(),
    };
    let pages = pages::router();
    let all = Router::new()
        // Fetched once and kept: worth more effort than a page, which the server compresses while a person waits.
        .route(
            "/assets/{*path}",
            get(assets::serve).layer(CompressionLayer::new()),
        )
        .nest("/en", pages.clone())
        .merge(pages)
        .fallback(pages::problem::missing)
        .with_state(site);
    Ok(all)
}

/// A request for a page: who asks, in which language, for what.
pub struct Visit {
    site: Site,
    /// Language of the answer.
    pub lang: Lang,
    /// The address without its language, with its query.
    pub address: String,
    /// The browser that sends it.
    pub browser: Browser,
    caller: Caller,
    takes_gzip: bool,
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, site)
            .await
            .map_err(IntoResponse::into_response)?;
        let asked = uri.path_and_query().map_or("/", |asked| asked.as_str());
        let (lang, address) = split_language(asked);
        let address = address.to_owned();
        let caller = Caller::from_request_parts(parts, &site.state).await;
        let caller = caller.map_err(|problem| {
            if problem.is_preview() {
                // A form's answer is a page.
                Redirect::to(&template::address(lang, "/admin/see-as")).into_response()
            } else {
                problem.into_response()
            }
        })?;
        Ok(Self {
            site: site.clone(),
            lang,
            address,
            browser: Browser::of(&site.state, parts),
            caller,
            takes_gzip: takes_gzip(&parts.headers),
        })
    }
}

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum PageError {
    /// The door says so.
    Ask(AskError),
    /// It is for those whose role has this duty.
    Duty(Duty),
    /// It is for whoever is signed in.
    SignIn,
    /// It is not for them; why, in words.
    Refused(String),
    /// There is no such thing; where else to go.
    Missing(String, Vec<Link>),
    /// It cannot be logged, so nothing is shown; the detail is for the log.
    NotLogged(String),
    /// The machine is at fault; the detail is for the log.
    Broken(String),
}

impl From<AskError> for PageError {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

impl From<records::RecordsError> for PageError {
    fn from(error: records::RecordsError) -> Self {
        if error.is_unwritable() {
            return Self::Ask(AskError::Log(error));
        }
        Self::Broken(error.to_string())
    }
}

impl From<TemplateError> for PageError {
    fn from(error: TemplateError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// A page and what surrounds it.
pub struct Page<V> {
    /// Its title.
    pub title: String,
    /// The entry of the navigation it belongs to.
    pub section: Section,
    /// The way from the home page.
    pub crumbs: Vec<Crumb>,
    /// The same data for programs.
    pub data_url: Option<String>,
    /// What it shows.
    pub view: V,
}

impl Visit {
    /// The city.
    pub fn city(&self) -> &City {
        &self.site.state.city
    }

    /// Takes the measures as they are now: a visit that lasts would go on with those it began with.
    pub fn renew(&mut self) {
        self.site = self.site.clone();
    }

    /// What the server works with.
    pub fn state(&self) -> &AppState {
        &self.site.state
    }

    /// The moment now, by the records' clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.site.state.records.clock().now()
    }

    /// The clocks of all datasets.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn clocks(&self) -> Result<Clocks, PageError> {
        Ok(Clocks::read(&self.site.state.records).await?)
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Refuses whoever does not have a duty.
    ///
    /// # Errors
    /// When they do not.
    pub fn require(&self, duty: Duty) -> Result<(), PageError> {
        if self.caller.may(duty) {
            Ok(())
        } else {
            Err(PageError::Duty(duty))
        }
    }

    /// People, policies or measures that lie on the disk and cannot be put in force, for those who can mend them.
    fn alarm(&self) -> Option<String> {
        if !self.caller.may(Duty::Administer) {
            return None;
        }
        let renewal = &self.site.state.renewal;
        let told = [
            ("frame.alarm", renewal.faults()),
            ("frame.alarm_measures", renewal.faults_of_measures()),
        ];
        let said = told.iter().filter_map(|(key, faults)| {
            let first = faults.first()?;
            let count = show::count_of(u64::try_from(faults.len()).unwrap_or_default());
            Some(self.say(key, &[("fault", first.to_string()), ("count", count)]))
        });
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Whether staff visit.
    pub fn is_operator(&self) -> bool {
        self.caller.is_operator()
    }

    /// Whether the city is reached by an encrypted way.
    pub fn is_https(&self) -> bool {
        self.site.state.web.is_https()
    }

    /// The only way to data.
    pub fn reader(&self) -> Reader {
        self.caller
            .reader(&self.site.state, Purpose::new(&self.t("sign_in.purpose")))
    }

    /// A text of the interface.
    pub fn t(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// A text of the interface with its values.
    pub fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.site
            .templates
            .speaker(self.lang)
            .texts
            .say(key, values)
    }

    /// A title in the page's language.
    pub fn title(&self, ko: &str, en: Option<&str>) -> String {
        pages::title(self.lang, ko, en)
    }

    /// The templates.
    pub fn templates(&self) -> &Templates {
        &self.site.templates
    }

    /// Parts of datasets' pages that were made before.
    pub(crate) fn standing(&self) -> &StandingShelf {
        &self.site.standing
    }

    /// What surrounds a page.
    pub fn frame<V>(&self, page: &Page<V>) -> Frame {
        Frame {
            lang: self.lang,
            city: city_name(self.city(), self.lang),
            title: page.title.clone(),
            other: other_language(self.lang, &self.address),
            section: page.section,
            crumbs: page.crumbs.clone(),
            operator: self.caller.operator().map(str::to_owned),
            preview: self.preview(),
            purposes: self.purposes(),
            person: self.caller.name().map(str::to_owned),
            administers: self.caller.may(Duty::Administer),
            audits: self.caller.may(Duty::Audit),
            alarm: self.alarm(),
            data_url: page.data_url.clone(),
            head: (*self.site.head).clone(),
        }
    }

    /// What the visitor may say they read for.
    fn purposes(&self) -> Option<PurposeBar> {
        if self.caller.session().is_none() || self.caller.preview().is_some() {
            return None;
        }
        let people = self.site.state.door.people();
        let chosen = self.caller.purpose();
        let choice = |own: &city::people::DeclaredPurpose| PurposeChoice {
            id: own.id.to_string(),
            title: self.title(&own.title, own.title_en.as_deref()),
            chosen: chosen == Some(own.id.as_str()),
        };
        let all: Vec<PurposeChoice> = people.purposes.iter().map(choice).collect();
        let titled = all.iter().find(|own| own.chosen);
        let titled = titled.map(|own| own.title.clone());
        (!all.is_empty()).then(|| PurposeBar {
            chosen: titled,
            back: template::address(self.lang, &self.address),
            all,
        })
    }

    /// Whose eyes the visitor looks through, when they are not their own.
    fn preview(&self) -> Option<PreviewBanner> {
        let preview = self.caller.preview()?;
        let people = self.site.state.door.people();
        let role = pages::access::role_title(self, &people, &preview.eyes.role);
        let department = preview.eyes.department.as_deref().map(|id| {
            let all = &self.city().manifest.departments;
            let own = all.iter().find(|department| department.id.as_str() == id);
            let title = own.map_or_else(
                || id.to_owned(),
                |own| self.title(&own.title, Some(&own.title_en)),
            );
            self.say("see_as.department", &[("department", title)])
        });
        let purpose = preview.purpose.as_deref().map(|id| {
            let own = people
                .purposes
                .iter()
                .find(|purpose| purpose.id.as_str() == id);
            let title = own.map_or_else(
                || id.to_owned(),
                |own| self.title(&own.title, own.title_en.as_deref()),
            );
            self.say("see_as.purpose", &[("purpose", title)])
        });
        let drafts = preview.eyes.drafts.then(|| self.t("see_as.drafts"));
        Some(PreviewBanner {
            sentence: self.say("see_as.banner", &[("role", role)]),
            facts: [department, purpose, drafts]
                .into_iter()
                .flatten()
                .collect(),
        })
    }

    /// Answers with the page, or with the page of what went wrong.
    pub fn show<V: View>(&self, made: Result<Page<V>, PageError>) -> Response {
        match made
            .and_then(|page| Ok(self.site.templates.render(&self.frame(&page), &page.view)?))
        {
            // What staff see must not stay in a shared cache.
            Ok(html) => ([(header::CACHE_CONTROL, "private, no-cache")], html).into_response(),
            Err(error) => self.refuse(error),
        }
    }

    /// Answers with a page whose view is the same for many, under its seal: what was packed for one is given to all whose
    /// page is the same to the last letter.
    pub fn show_again<V: View>(&self, made: Result<(Page<V>, Seal), PageError>) -> Response {
        let (page, seal) = match made {
            Ok(made) if self.takes_gzip => made,
            made => return self.show(made.map(|(page, _)| page)),
        };
        let frame = self.frame(&page);
        let packed = self.packed(&frame, &page, seal);
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_ENCODING, "gzip"),
            (header::VARY, "accept-encoding"),
            // What staff see must not stay in a shared cache.
            (header::CACHE_CONTROL, "private, no-cache"),
        ];
        match packed {
            Ok(packed) => (headers, packed).into_response(),
            Err(error) => self.refuse(error),
        }
    }

    fn packed<V: View>(
        &self,
        frame: &Frame,
        page: &Page<V>,
        seal: Seal,
    ) -> Result<Bytes, PageError> {
        let broken = |error: std::io::Error| PageError::Broken(error.to_string());
        let around = serde_json::to_vec(frame).map_err(|error| broken(error.into()))?;
        let seal = Seal::of([V::TEMPLATE.as_bytes(), seal.bytes(), &around]);
        if let Some(packed) = self.site.packed.get(&seal) {
            return Ok(packed);
        }
        let html = self.site.templates.render(frame, &page.view)?;
        self.site
            .packed
            .keep(seal, html.0.as_bytes())
            .map_err(broken)
    }

    fn refuse(&self, error: PageError) -> Response {
        let (status, view) = self.problem(error);
        let page = Page {
            title: self.t(view.kind.title()),
            section: Section::None,
            crumbs: Vec::new(),
            data_url: None,
            view,
        };
        let mut answer = match self.site.templates.render(&self.frame(&page), &page.view) {
            Ok(html) => html.into_response(),
            Err(error) => {
                tracing::error!(%error, "the page of a problem cannot be made");
                page.view.detail.into_response()
            }
        };
        *answer.status_mut() = status;
        answer
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    fn problem(&self, error: PageError) -> (StatusCode, Problem) {
        let home = || Link::new(self.t("catalogue.show_all"), "/datasets");
        let sign_in = |address: String| Link::new(self.t("frame.sign_in"), address);
        match error {
            PageError::Missing(detail, mut ways) => {
                ways.push(home());
                told(StatusCode::NOT_FOUND, Kind::Missing, detail, ways)
            }
            PageError::SignIn => {
                let next: String = url_encoded(&self.address);
                let ways = vec![sign_in(format!("/sign-in?next={next}")), home()];
                let detail = self.t("problem.sign_in_first");
                told(StatusCode::UNAUTHORIZED, Kind::Refused, detail, ways)
            }
            PageError::Refused(detail) => {
                told(StatusCode::FORBIDDEN, Kind::Refused, detail, vec![home()])
            }
            PageError::Duty(duty) => {
                let duty = self.t(&format!("duty.{}", duty.word()));
                let detail = self.say("problem.no_duty", &[("duty", duty)]);
                let ways = vec![sign_in("/sign-in".to_owned()), home()];
                told(StatusCode::FORBIDDEN, Kind::Refused, detail, ways)
            }
            PageError::Ask(AskError::Denied(denied)) => {
                // What the release gate closed is closed for everybody who reads this: it says why.
                let why = denied.why(self.lang).filter(|_| denied.is_closed());
                let detail = why.map_or_else(|| self.t("problem.not_allowed"), str::to_owned);
                let ways = vec![sign_in("/sign-in".to_owned()), home()];
                told(StatusCode::FORBIDDEN, Kind::Refused, detail, ways)
            }
            PageError::Ask(AskError::UnknownDataset { name, nearest }) => {
                let mut ways = self.nearest(&nearest);
                ways.push(home());
                let detail = self.say("problem.no_dataset", &[("id", name)]);
                told(StatusCode::NOT_FOUND, Kind::Missing, detail, ways)
            }
            PageError::Ask(error) if !error.is_broken() => {
                let (status, kind) = if error.is_missing() {
                    (StatusCode::NOT_FOUND, Kind::Missing)
                } else {
                    (StatusCode::BAD_REQUEST, Kind::Question)
                };
                let detail = [Some(error.what(self.lang)), error.remedy(self.lang)];
                let detail = detail.into_iter().flatten().collect::<Vec<_>>().join(" ");
                told(status, kind, detail, vec![home()])
            }
            PageError::Ask(error @ AskError::Log(_)) => self.not_logged(&error),
            PageError::NotLogged(detail) => self.not_logged(&detail),
            PageError::Ask(error) => self.broken(&error.to_string()),
            PageError::Broken(detail) => self.broken(&detail),
        }
    }

    /// Ways to datasets that may have been meant.
    fn nearest(&self, ids: &[String]) -> Vec<Link> {
        let way = |id: &String| {
            let dataset = self.city().datasets.get(id.as_str())?;
            let title = self.title(&dataset.title, dataset.title_en.as_deref());
            Some(Link::new(
                self.say("problem.nearest", &[("title", title)]),
                format!("/datasets/{id}"),
            ))
        };
        ids.iter().filter_map(way).collect()
    }

    /// The read could not be logged: whoever asks is told that nothing was handed out, and why.
    fn not_logged(&self, error: &dyn std::fmt::Display) -> (StatusCode, Problem) {
        let (_, problem) = self.broken(&error.to_string());
        let detail = self.t("problem.not_logged");
        (
            StatusCode::SERVICE_UNAVAILABLE,
            Problem { detail, ..problem },
        )
    }

    /// The machine is at fault: the detail goes to the log under a number that the person can quote.
    fn broken(&self, detail: &str) -> (StatusCode, Problem) {
        let now = self.now();
        let number = format!(
            "{}-{:03}",
            now.format("%Y%m%d-%H%M%S"),
            now.timestamp_subsec_millis()
        );
        tracing::error!(
            number,
            detail,
            address = self.address.split('?').next().unwrap_or_default(),
            "a page cannot be shown"
        );
        let ways = vec![Link::new(self.t("problem.retry"), self.address.clone())];
        let problem = Problem {
            kind: Kind::Broken,
            detail: String::new(),
            ways,
            number: Some(number),
        };
        (StatusCode::INTERNAL_SERVER_ERROR, problem)
    }
}

/// A part of an address as it stands in another's query.
fn url_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// A problem whose number nobody needs.
fn told(status: StatusCode, kind: Kind, detail: String, ways: Vec<Link>) -> (StatusCode, Problem) {
    let problem = Problem {
        kind,
        detail,
        ways,
        number: None,
    };
    (status, problem)
}
