//! One folder a page: `mod.rs` (its view and samples), `page.html` (its template), and beside them
//! what fills the view from data. `pages!` ties name, view and template together; a test renders
//! every sample in both languages, so that no template can fail while a person waits.

pub mod about;
pub mod access;
pub mod account;
pub mod alerts;
pub mod board;
pub mod boards;
pub mod catalogue;
pub mod changes;
pub mod compare;
pub mod corrections;
pub mod dataset;
pub mod draft;
pub mod evidence;
pub mod explanations;
pub mod field;
pub mod gallery;
pub mod home;
pub mod invitation;
pub mod jobs;
pub mod keys;
pub mod lineage;
pub mod log;
pub mod log_entry;
pub mod log_review;
pub mod log_reviews;
pub mod log_subject;
pub mod measure;
pub mod overdue;
pub mod people;
pub mod problem;
pub mod profile;
pub mod project_token;
pub mod projects;
pub mod promises;
pub mod quality;
pub mod quarantine;
pub mod receipt;
pub mod releases;
pub mod report;
pub mod row;
pub mod sign_in;
pub mod situation;
pub mod tasks;
pub mod versions;

use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};
use city::Lang;
use interop::Problem;
use serde::Serialize;

use crate::frame::Frame;
use crate::site::{PageError, Site};
use crate::template::{Speaker, TemplateError, View};

/// A page with data to try it on.
pub trait Sample: Sized {
    /// The states the page can be in, each as one view.
    fn samples() -> Vec<Self>;
}

/// One page, with its type forgotten.
struct Registered {
    name: &'static str,
    samples: fn() -> usize,
    render: fn(&Speaker, &Frame, usize) -> Rendered,
}

/// A sample's page, where there is such a sample.
type Rendered = Option<Result<Html<String>, TemplateError>>;

fn render_sample<V: View + Sample + Serialize>(
    speaker: &Speaker,
    frame: &Frame,
    at: usize,
) -> Rendered {
    V::samples()
        .get(at)
        .map(|view| speaker.render(V::TEMPLATE, frame, view))
}

macro_rules! pages {
    ($($name:ident($view:path) $file:literal),+ $(,)?) => {
        /// Every template by name.
        pub const TEMPLATES: &[(&str, &str)] = &[
            ("page.html", include_str!("../layout/page.html")),
            ("bare.html", include_str!("../layout/bare.html")),
            ("head.html", include_str!("../layout/head.html")),
            ("parts.html", include_str!("../layout/parts.html")),
            ("jobs_table.html", include_str!("jobs/table.html")),
            ("board_body.html", include_str!("board/body.html")),
            ("board_panel.html", include_str!("board/panel.html")),
            ("contacts.html", include_str!("situation/contacts.html")),
            ("situation_wall_parts.html", include_str!("situation/wall_parts.html")),
            ("standing.html", include_str!("dataset/standing.html")),
            $((stringify!($name), include_str!($file)),)+
        ];
        const REGISTERED: &[Registered] = &[
            $(Registered { name: stringify!($name), samples: || <$view>::samples().len(), render: render_sample::<$view> },)+
        ];
        $(impl View for $view {
            const TEMPLATE: &'static str = stringify!($name);
        })+
    };
}

pages! {
    home(home::Home) "home/page.html",
    catalogue(catalogue::Catalogue) "catalogue/page.html",
    dataset(dataset::DatasetPage) "dataset/page.html",
    quarantine(quarantine::Quarantine) "quarantine/page.html",
    row(row::RowPage) "row/page.html",
    corrections(corrections::Corrections) "corrections/page.html",
    tasks(tasks::Tasks) "tasks/page.html",
    report(report::ReportPage) "report/page.html",
    reports(report::ReportsPage) "report/list.html",
    compare(compare::Compare) "compare/page.html",
    jobs(jobs::Jobs) "jobs/page.html",
    boards(boards::Boards) "boards/page.html",
    board(board::BoardPage) "board/page.html",
    board_wall(board::BoardWall) "board/wall.html",
    board_embed(board::BoardEmbed) "board/embed.html",
    alerts(alerts::Alerts) "alerts/page.html",
    measure(measure::MeasurePage) "measure/page.html",
    measure_draft(draft::DraftPage) "draft/page.html",
    measure_versions(versions::VersionsPage) "versions/page.html",
    receipt(receipt::ReceiptPage) "receipt/page.html",
    print(receipt::PrintPage) "receipt/print.html",
    field(field::FieldPage) "field/page.html",
    lineage(lineage::LineagePage) "lineage/page.html",
    changes(changes::Changes) "changes/page.html",
    overdue(overdue::Overdue) "overdue/page.html",
    profile(profile::ProfilePage) "profile/page.html",
    quality(quality::QualityPage) "quality/page.html",
    evidence(evidence::Evidence) "evidence/page.html",
    log(log::LogPage) "log/page.html",
    log_entry(log_entry::LogEntry) "log_entry/page.html",
    log_subject(log_subject::LogSubject) "log_subject/page.html",
    log_reviews(log_reviews::LogReviews) "log_reviews/page.html",
    log_review(log_review::LogReview) "log_review/page.html",
    explanations(explanations::Explanations) "explanations/page.html",
    releases(releases::Releases) "releases/list.html",
    release(releases::ReleasePage) "releases/page.html",
    release_request(releases::RequestPage) "releases/request.html",
    projects(projects::Projects) "projects/list.html",
    project(projects::ProjectPage) "projects/page.html",
    project_token(project_token::ProjectToken) "project_token/page.html",
    promises(promises::Promises) "promises/list.html",
    promise(promises::PromisePage) "promises/page.html",
    situation(situation::Overview) "situation/overview.html",
    situation_works(situation::WorksPage) "situation/works.html",
    situation_here(situation::HerePage) "situation/here.html",
    situation_traffic(situation::TrafficPage) "situation/traffic.html",
    situation_wall(situation::SituationWall) "situation/wall.html",
    sign_in(sign_in::SignIn) "sign_in/page.html",
    access(access::Access) "access/page.html",
    see_as_refused(access::SeeAsRefused) "access/refused.html",
    account(account::AccountPage) "account/page.html",
    invitation(invitation::Invitation) "invitation/page.html",
    people(people::PeoplePage) "people/page.html",
    person(people::PersonPage) "people/person.html",
    keys(keys::KeysPage) "keys/page.html",
    about(about::About) "about/page.html",
    problem(problem::Problem) "problem/page.html",
    gallery(gallery::Gallery) "gallery/page.html",
}

/// The pages' addresses, without a language.
pub(crate) fn router() -> Router<Site> {
    Router::new()
        .route("/", get(home::page))
        .route("/datasets", get(catalogue::page))
        .route("/datasets/{id}", get(dataset::page))
        .route("/datasets/{id}/quarantine", get(quarantine::page))
        .route(
            "/datasets/{id}/quarantine/row",
            get(row::page).post(row::keep),
        )
        .route("/datasets/{id}/corrections", get(corrections::page))
        .route(
            "/datasets/{id}/corrections/{correction}",
            post(corrections::withdraw),
        )
        .route(
            "/datasets/{id}/report",
            get(report::page).post(report::keep),
        )
        .route("/datasets/{id}/reports", get(report::list))
        .route(
            "/datasets/{id}/reports/{report}",
            get(row::reported).post(row::keep_reported),
        )
        .route("/tasks", get(tasks::page))
        .route("/datasets/{id}/compare", get(compare::page))
        .route("/datasets/{id}/profile", get(profile::page))
        .route("/quality", get(quality::page))
        .route("/datasets/{id}/lineage", get(lineage::page))
        .route("/fields/{id}", get(field::page))
        .route("/jobs", get(jobs::page))
        .route("/jobs/events", get(jobs::events))
        .route("/changes", get(changes::page))
        .route("/overdue", get(overdue::page))
        .route("/boards", get(boards::page))
        .route("/boards/{id}", get(board::page))
        .route("/boards/{id}/wall", get(board::wall))
        .route("/boards/{id}/paper.pdf", get(board::paper))
        .route("/boards/{id}/events", get(board::events))
        .route("/boards/{id}/embed", get(board::embed))
        .route("/alerts", get(alerts::page).post(alerts::take))
        .route("/situation", get(situation::overview))
        .route("/situation/works", get(situation::works))
        .route("/situation/here", get(situation::here))
        .route("/situation/traffic", get(situation::traffic))
        .route("/situation/wall", get(situation::wall))
        .route("/situation/events", get(situation::events))
        .route("/measures/new", get(draft::new).post(draft::save_new))
        .route("/measures/{id}", get(measure::page))
        .route("/measures/{id}/edit", get(draft::edit).post(draft::save))
        .route("/measures/{id}/history", get(versions::page))
        .route("/receipts/{id}", get(receipt::page))
        .route("/evidence", get(evidence::page))
        .route("/releases", get(releases::page))
        .route("/releases/{id}", get(releases::release).post(releases::ask))
        .route("/releases/{id}/make", post(releases::make))
        .route("/releases/{id}/requests/{request}", post(releases::decide))
        .route("/releases/requests/{word}", get(releases::request))
        .route("/projects", get(projects::page))
        .route("/projects/{id}", get(projects::project).post(projects::act))
        .route(
            "/projects/{id}/token",
            get(project_token::page).post(project_token::ask),
        )
        .route("/projects/{id}/{step}", get(projects::step))
        .route("/promises", get(promises::page))
        .route(
            "/promises/{id}",
            get(promises::promise).post(promises::enter),
        )
        .route("/departments/{id}/promises", get(promises::of_department))
        .route("/about", get(about::page))
        .route("/-/parts", get(gallery::page))
        .route("/-/parts/{page}/{sample}", get(gallery::sample))
        .merge(of_people())
}

/// Pages of people who sign in, and of those who look after them.
fn of_people() -> Router<Site> {
    Router::new()
        .route("/admin/log", get(log::page))
        .route("/admin/log/verify", post(log::verify))
        .route(
            "/admin/log/subject",
            get(log_subject::page).post(log_subject::ask),
        )
        .route("/admin/log/reviews", get(log_reviews::page))
        .route(
            "/admin/log/reviews/{id}",
            get(log_review::page).post(log_review::keep),
        )
        .route("/admin/log/{seq}", get(log_entry::page))
        .route(
            "/explanations",
            get(explanations::page).post(explanations::keep),
        )
        .route("/sign-in", get(sign_in::page).post(sign_in::enter))
        .route(
            "/invitation/{link}",
            get(invitation::page).post(invitation::accept),
        )
        .route("/account", get(account::page))
        .route("/account/password", post(account::password))
        .route("/account/sessions", post(account::sessions))
        .route(interop::purpose::CHOOSE, post(account::purpose))
        .route("/admin/people", get(people::list))
        .route(
            "/admin/people/{name}",
            get(people::person).post(people::act),
        )
        .route("/admin/keys", get(keys::page).post(keys::act))
        .route("/admin/access", get(access::page))
        .route("/admin/see-as", get(access::refused).post(access::begin))
        .route("/admin/see-as/leave", post(access::leave))
}

/// A refusal for programs as a page tells it.
pub(crate) fn problem_of(problem: Problem) -> PageError {
    match problem.status {
        403 => ::access::AskError::from(::access::Denied {
            policy: "duty".to_owned(),
            reason: None,
            dataset: None,
            what: problem.detail,
        })
        .into(),
        503 if problem.kind == "not-logged" => PageError::NotLogged(problem.detail),
        404 => PageError::Missing(problem.detail_ko.unwrap_or(problem.detail), Vec::new()),
        _ => PageError::Broken(problem.detail),
    }
}

/// The pages by name, with the number of samples each has.
pub fn sampled() -> Vec<(&'static str, usize)> {
    REGISTERED
        .iter()
        .map(|page| (page.name, (page.samples)()))
        .collect()
}

/// One sample of a page, or nothing when there is no such page or sample.
pub fn sample(speaker: &Speaker, frame: &Frame, name: &str, at: usize) -> Rendered {
    REGISTERED
        .iter()
        .find(|page| page.name == name)
        .and_then(|page| (page.render)(speaker, frame, at))
}

/// The title of a thing in a language: the English one where there is one, else the Korean one.
pub fn title(lang: Lang, ko: &str, en: Option<&str>) -> String {
    match (lang, en) {
        (Lang::En, Some(en)) => en.to_owned(),
        _ => ko.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Head;
    use crate::frame::{Crumb, PurposeBar, PurposeChoice, Section};
    use crate::template::Templates;

    fn frame(lang: Lang) -> Frame {
        Frame {
            lang,
            city: "시험시".to_owned(),
            title: "제목 <&>".to_owned(),
            other: "/en".to_owned(),
            section: Section::Datasets,
            crumbs: vec![Crumb::to("교통", "/fields/traffic"), Crumb::here("주차장")],
            operator: None,
            preview: None,
            purposes: Some(PurposeBar {
                all: vec![PurposeChoice {
                    id: "complaint".to_owned(),
                    title: "민원 처리".to_owned(),
                    chosen: true,
                }],
                chosen: Some("민원 처리".to_owned()),
                back: "/datasets".to_owned(),
            }),
            person: None,
            administers: false,
            audits: false,
            alarm: None,
            data_url: Some("/api/x".to_owned()),
            head: Head::default(),
        }
    }

    #[test]
    fn every_sample_of_every_page_renders_in_both_languages() {
        let templates = Templates::new().unwrap();
        for lang in [Lang::Ko, Lang::En] {
            for page in REGISTERED {
                let mut at = 0;
                while let Some(html) = (page.render)(templates.speaker(lang), &frame(lang), at) {
                    let html = html
                        .unwrap_or_else(|cause| panic!("{} {at} {lang:?}: {cause}", page.name))
                        .0;
                    assert!(
                        html.contains("제목 &lt;&amp;&gt;"),
                        "{}: the title is escaped",
                        page.name
                    );
                    assert_eq!(html.matches("<h1").count(), 1, "{} {at}: one h1", page.name);
                    assert_eq!(
                        html.matches("<main").count(),
                        1,
                        "{} {at}: one main",
                        page.name
                    );
                    assert!(
                        !html.contains(" style="),
                        "{} {at}: no inline style",
                        page.name
                    );
                    ids_are_unique(page.name, &html);
                    at += 1;
                }
                assert!(at > 0, "{} has no sample", page.name);
            }
        }
    }

    fn ids_are_unique(page: &str, html: &str) {
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(all, ids.len(), "{page}: an id stands twice");
    }
}
