//! The catalogue from data: searched, filtered, counted.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::{AskError, Reader};
use axum::extract::Query;
use axum::response::Response;
use city::{Dataset, DatasetId};

use super::{Catalogue, Choice, Filter};
use crate::facts::{Known, department_title, field_title, word};
use crate::frame::{Crumb, Section};
use crate::pages::title;
use crate::parts::{Link, Pager};
use crate::query::address;
use crate::show;
use crate::site::{Page, PageError, Visit};

/// Datasets on a page.
const PAGE: usize = 20;
/// The filters, in the order they are shown.
const FILTERS: [&str; 5] = ["field", "department", "format", "cadence", "release"];

/// `GET /datasets`.
pub async fn page(visit: Visit, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    visit.show(fill(&visit, &asked).await)
}

/// A dataset with its value of each filter.
struct Listed {
    dataset: Arc<Dataset>,
    values: [String; FILTERS.len()],
}

/// All datasets a person sees, by title.
struct List {
    all: Vec<Listed>,
    places: HashMap<DatasetId, usize>,
}

impl List {
    /// Sorted once for all who read the same language, not once a page.
    async fn of(visit: &Visit) -> Result<Arc<Self>, PageError> {
        let (lang, of) = (visit.lang, String::new());
        let make = move |reader: &Reader| {
            let mut all: Vec<Listed> = reader.datasets().map(Listed::of).collect();
            all.sort_by_cached_key(|listed| {
                let dataset = &listed.dataset;
                title(lang, &dataset.title, dataset.title_en.as_deref())
            });
            let places = all.iter().enumerate();
            let places = places.map(|(at, listed)| (listed.dataset.id.clone(), at));
            Ok::<_, AskError>(Self {
                places: places.collect(),
                all,
            })
        };
        let overviews = &visit.state().overviews;
        let key = format!("catalogue {lang:?}");
        Ok(overviews.get(visit.reader(), &key, of, make).await?)
    }
}

impl Listed {
    fn of(dataset: &Arc<Dataset>) -> Self {
        Self {
            values: std::array::from_fn(|at| value_of(dataset, at)),
            dataset: Arc::clone(dataset),
        }
    }

    fn value(&self, filter: usize) -> &str {
        self.values.get(filter).map_or("", String::as_str)
    }
}

/// What is asked for: the words and one value a filter.
struct Asked<'a> {
    query: &'a str,
    values: [&'a str; FILTERS.len()],
}

impl<'a> Asked<'a> {
    fn new(asked: &'a BTreeMap<String, String>) -> Self {
        let value = |name: &str| asked.get(name).map_or("", |value| value.trim());
        Self {
            query: value("q"),
            values: FILTERS.map(value),
        }
    }

    /// The address of the same with one parameter changed.
    fn with(&self, name: &str, value: &str) -> String {
        let of = |own: &str, present| if own == name { value } else { present };
        let mut parameters = vec![("q", of("q", self.query))];
        parameters.extend(
            FILTERS
                .iter()
                .zip(self.values)
                .map(|(own, present)| (*own, of(own, present))),
        );
        parameters.push(("page", of("page", "")));
        address("/datasets", &parameters)
    }

    /// Whether a dataset meets every filter but one.
    fn allows(&self, listed: &Listed, but: Option<usize>) -> bool {
        (0..FILTERS.len()).all(|at| {
            Some(at) == but
                || self
                    .values
                    .get(at)
                    .is_none_or(|value| value.is_empty() || listed.value(at) == *value)
        })
    }
}

/// A dataset's value of a filter.
fn value_of(dataset: &Dataset, filter: usize) -> String {
    match filter {
        0 => dataset.field.to_string(),
        1 => dataset.department.to_string(),
        2 => word(&dataset.format.kind),
        3 => word(&dataset.cadence),
        _ => word(&dataset.release),
    }
}

/// How a filter's value is called.
fn title_of(visit: &Visit, dataset: &Dataset, filter: usize) -> String {
    match filter {
        0 => field_title(visit, dataset),
        1 => department_title(visit, dataset),
        2 => word(&dataset.format.kind).to_uppercase(),
        3 => visit.t(&format!("cadence.{}", word(&dataset.cadence))),
        _ => visit.t(&format!("release.{}", word(&dataset.release))),
    }
}

async fn fill(
    visit: &Visit,
    asked: &BTreeMap<String, String>,
) -> Result<Page<Catalogue>, PageError> {
    let reader = visit.reader();
    let clocks = visit.clocks().await?;
    let page_asked: usize = asked
        .get("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let asked = Asked::new(asked);
    let list = List::of(visit).await?;
    let searched = searched(visit, &list, asked.query);
    let found: Vec<&Listed> = searched
        .iter()
        .copied()
        .filter(|listed| asked.allows(listed, None))
        .collect();
    let last_page = found.len().div_ceil(PAGE).max(1);
    let page = page_asked.clamp(1, last_page);
    let first = (page - 1) * PAGE;
    let shown = found.iter().skip(first).take(PAGE);
    let results = shown
        .map(|listed| Ok(Known::read(&reader, &clocks, &listed.dataset)?.card(visit)))
        .collect::<Result<Vec<_>, PageError>>()?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let active = active(visit, &asked, &list.all);
    let view = Catalogue {
        query: asked.query.to_owned(),
        filters: filters(visit, &asked, &searched),
        nearest: if found.is_empty() {
            active.clone()
        } else {
            Vec::new()
        },
        active,
        total: count(found.len()),
        first: if found.is_empty() {
            0
        } else {
            count(first + 1)
        },
        last: count((first + PAGE).min(found.len())),
        results,
        pager: Pager::new(page as u64, last_page as u64, |number| {
            asked.with("page", &number.to_string())
        }),
    };
    let data_url = Some(address("/api/datasets", &[("q", asked.query)]));
    Ok(Page {
        title: visit.t("catalogue.title"),
        section: Section::Datasets,
        crumbs: vec![Crumb::here(visit.t("catalogue.title"))],
        data_url,
        view,
    })
}

/// What this person may see and the words find, best first; without words by title.
fn searched<'l>(visit: &Visit, list: &'l List, query: &str) -> Vec<&'l Listed> {
    if query.is_empty() {
        return list.all.iter().collect();
    }
    let hits = visit.state().search.find(query);
    hits.iter()
        .filter_map(|(id, _)| list.all.get(*list.places.get(id)?))
        .collect()
}

/// Each filter's choices with how many datasets each would leave.
fn filters(visit: &Visit, asked: &Asked<'_>, searched: &[&Listed]) -> Vec<Filter> {
    let filter = |(at, name): (usize, &&str)| {
        let mut counts: HashMap<&str, (i64, &Dataset)> = HashMap::new();
        for listed in searched
            .iter()
            .filter(|listed| asked.allows(listed, Some(at)))
        {
            let (count, _) = counts
                .entry(listed.value(at))
                .or_insert((0, &listed.dataset));
            *count += 1;
        }
        let choice = |(value, (count, dataset)): (&str, (i64, &Dataset))| Choice {
            title: title_of(visit, dataset, at),
            value: value.to_owned(),
            count,
            selected: asked.values.get(at).is_some_and(|asked| *asked == value),
        };
        let mut choices: Vec<Choice> = counts.into_iter().map(choice).collect();
        choices.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.title.cmp(&b.title)));
        Filter {
            name: (*name).to_owned(),
            label: label(visit, at),
            choices,
        }
    };
    FILTERS.iter().enumerate().map(filter).collect()
}

fn label(visit: &Visit, filter: usize) -> String {
    visit.t(match filter {
        0 => "catalogue.field",
        1 => "catalogue.department",
        2 => "catalogue.format",
        3 => "catalogue.cadence",
        _ => "catalogue.release",
    })
}

/// The conditions in force; each link leads to the list without it.
fn active(visit: &Visit, asked: &Asked<'_>, all: &[Listed]) -> Vec<Link> {
    let mut links = Vec::new();
    if !asked.query.is_empty() {
        links.push(Link::new(
            visit.say("catalogue.query", &[("query", asked.query.to_owned())]),
            asked.with("q", ""),
        ));
    }
    for (at, (name, value)) in FILTERS
        .iter()
        .zip(asked.values)
        .enumerate()
        .filter(|(_, (_, value))| !value.is_empty())
    {
        let title = all
            .iter()
            .find(|listed| listed.value(at) == value)
            .map_or_else(
                || value.to_owned(),
                |listed| title_of(visit, &listed.dataset, at),
            );
        let text = visit.say(
            "catalogue.condition",
            &[("label", label(visit, at)), ("value", title)],
        );
        links.push(Link::new(text, asked.with(name, "")));
    }
    links
}

/// Cards of datasets with how many rows they hold in all.
pub(crate) fn rows_of(known: &[Known<'_>]) -> String {
    show::count_of(known.iter().map(Known::rows).sum())
}
