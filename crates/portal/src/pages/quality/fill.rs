//! Quality of the city from the reports of its loads.

use axum::extract::Query;
use axum::response::Response;
use interop::quality::{By, Quality, Rate, Scope, kept, known};
use serde::Deserialize;

use super::tables::{dimensions, groups, rules, trend};
use super::{QualityPage, Way};
use crate::frame::{Crumb, Section};
use crate::parts::{FigureView, Link};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// What is asked for; what is not understood is passed over.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    by: String,
    field: String,
    department: String,
    dataset: String,
}

/// `GET /quality?by=field|department|dataset&field=&department=&dataset=`.
pub async fn page(visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit.show(fill(&visit, &asked).await)
}

async fn fill(visit: &Visit, asked: &Asked) -> Result<Page<QualityPage>, PageError> {
    let reader = visit.reader();
    let named = [
        (By::Field, &asked.field),
        (By::Department, &asked.department),
        (By::Dataset, &asked.dataset),
    ];
    for (by, name) in named {
        if !name.is_empty() && !known(&reader, by).contains(name) {
            let ways = vec![Link::new(visit.t("quality.all"), "/quality")];
            let missing = visit.say("quality.missing", &[("id", name.clone())]);
            return Err(PageError::Missing(missing, ways));
        }
    }
    let is_whole = named.iter().all(|(_, name)| name.is_empty());
    let by = match asked.by.as_str() {
        "department" => By::Department,
        "dataset" => By::Dataset,
        "field" => By::Field,
        // A part is shown by its datasets.
        _ if is_whole => By::Field,
        _ => By::Dataset,
    };
    let some = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
    let scope = Scope {
        field: some(&asked.field),
        department: some(&asked.department),
        dataset: some(&asked.dataset),
    };
    let counted = kept(visit.state(), reader, by, scope, visit.now()).await?;
    let active = active(visit, asked);
    let title = visit.t("quality.title");
    let view = QualityPage {
        title: match &active {
            Some(active) => visit.say("quality.title_of", &[("title", active.title.clone())]),
            None => title.clone(),
        },
        sentence: sentence(visit, counted.whole.rate),
        figures: figures(visit, &counted),
        trend: trend(visit, &counted.whole),
        dimensions: dimensions(visit, &counted.whole),
        ways: ways(visit, asked, by),
        groups: groups(visit, &counted),
        rules: rules(visit, &counted),
        active,
    };
    let mut crumbs = vec![Crumb::here(title.clone())];
    if let Some(active) = &view.active {
        crumbs = vec![
            Crumb::to(title, "/quality"),
            Crumb::here(active.title.clone()),
        ];
    }
    Ok(Page {
        title: view.title.clone(),
        section: Section::None,
        crumbs,
        data_url: Some(at("/api/quality", asked, word(by))),
        view,
    })
}

/// The word of an address.
pub(super) fn word(by: By) -> &'static str {
    match by {
        By::Field => "field",
        By::Department => "department",
        By::Dataset => "dataset",
    }
}

fn at(path: &str, asked: &Asked, by: &str) -> String {
    let parameters = [
        ("by", by),
        ("field", asked.field.as_str()),
        ("department", asked.department.as_str()),
        ("dataset", asked.dataset.as_str()),
    ];
    address(path, &parameters)
}

fn active(visit: &Visit, asked: &Asked) -> Option<Link> {
    let city = visit.city();
    let dataset = city.datasets.get(asked.dataset.as_str());
    let dataset = dataset.map(|own| visit.title(&own.title, own.title_en.as_deref()));
    let mut fields = city.manifest.fields.iter();
    let field = fields.find(|field| field.id.as_str() == asked.field);
    let field = field.map(|own| visit.title(&own.title, Some(&own.title_en)));
    let mut departments = city.manifest.departments.iter();
    let department = departments.find(|own| own.id.as_str() == asked.department);
    let department = department.map(|own| visit.title(&own.title, Some(&own.title_en)));
    let titles: Vec<String> = [field, department, dataset].into_iter().flatten().collect();
    (!titles.is_empty()).then(|| Link::new(titles.join(", "), "/quality"))
}

fn ways(visit: &Visit, asked: &Asked, by: By) -> Vec<Way> {
    // One dataset has no parts.
    if !asked.dataset.is_empty() {
        return Vec::new();
    }
    [By::Field, By::Department, By::Dataset]
        .into_iter()
        .map(|way| Way {
            title: visit.t(&format!("quality.by_{}", word(way))),
            path: at("/quality", asked, word(way)),
            current: way == by,
        })
        .collect()
}

fn sentence(visit: &Visit, rate: Rate) -> String {
    if rate.diagnosed == 0 {
        return visit.t("quality.nothing");
    }
    visit.say(
        "quality.sentence",
        &[
            ("diagnosed", show::count_of(rate.diagnosed)),
            ("errors", show::count_of(rate.errors)),
            ("rate", percent(rate)),
        ],
    )
}

/// An error rate as people read it: a small one is not shown as none.
pub(super) fn percent(rate: Rate) -> String {
    match rate.share() {
        None => "–".to_owned(),
        Some(0.0) => "0%".to_owned(),
        Some(share) if share < 0.000_05 => "< 0.01%".to_owned(),
        Some(share) => format!("{:.2}%", share * 100.0),
    }
}

fn figures(visit: &Visit, counted: &Quality) -> Vec<FigureView> {
    let rate = counted.whole.rate;
    let label = |key: &str| FigureView {
        label: visit.t(key),
        ..FigureView::default()
    };
    let share = rate.share();
    let error_rate = FigureView {
        value: share.map(|_| percent(rate)),
        exact: share.map_or_else(String::new, |share| share.to_string()),
        nothing: share.is_none().then(|| visit.t("figure.none_yet")),
        ..label("quality.rate")
    };
    let count = |key: &str, number: u64, unit: &str| FigureView {
        value: Some(show::count_of(number)),
        exact: number.to_string(),
        unit: visit.t(unit),
        ..label(key)
    };
    let never = u64::try_from(counted.whole.never_loaded).unwrap_or_default();
    let all = u64::try_from(counted.whole.datasets).unwrap_or_default();
    vec![
        error_rate,
        count("quality.errors", rate.errors, "quality.unit"),
        count("quality.diagnosed", rate.diagnosed, "quality.unit"),
        FigureView {
            note: (never > 0)
                .then(|| visit.say("quality.never_loaded", &[("count", show::count_of(never))])),
            ..count("home.datasets", all, "home.unit_datasets")
        },
    ]
}
