//! A CKAN site: its datasets described, their resources fetched.

use std::path::Path;

use city::dataset::{Cadence, CkanSource, Format, Licence};
use city::provenance::{Catalogue, Provenance};
use city::{Fault, provenance};
use serde_json::Value;
use url::Url;

use super::resource::{Resource, choose};
use super::web::{Access, Answer, Web};
use super::{Offer, Part, Site, said, table};
use crate::patience::{Failed, bad_status};
use crate::{Delivered, FetchContext, FetchError, Fetched};

/// Datasets asked for at a time.
const PAGE: usize = 100;
/// Where sites write how often a dataset changes.
const CADENCE_KEYS: [&str; 6] = [
    "frequency",
    "accrual_periodicity",
    "accrualPeriodicity",
    "update_frequency",
    "업데이트 주기",
    "업데이트주기",
];

/// A site that speaks the action API.
pub(super) struct Ckan<'c> {
    pub(super) web: Web<'c>,
    pub(super) context: &'c FetchContext<'c>,
}

impl<'c> Ckan<'c> {
    pub(super) fn new(
        access: Access<'c>,
        context: &'c FetchContext<'c>,
    ) -> Result<Self, FetchError> {
        let web = Web::new(access, context)?;
        Ok(Self { web, context })
    }

    /// The result of an action that reads.
    pub(super) async fn get(
        &self,
        action: &str,
        words: &[(&str, &str)],
    ) -> Result<Value, FetchError> {
        let mut url = self.action(action)?;
        url.query_pairs_mut().extend_pairs(words);
        self.web
            .ask(&url, None, |answer| judge(self.web.shown(), answer))
            .await
    }

    /// The same, asked with words that do not fit into an address.
    pub(super) async fn post(&self, action: &str, words: &Value) -> Result<Value, FetchError> {
        let url = self.action(action)?;
        self.web
            .ask(&url, Some(words), |answer| judge(self.web.shown(), answer))
            .await
    }

    fn action(&self, action: &str) -> Result<Url, FetchError> {
        let url = self.web.at(&["api", "3", "action", action]);
        url.ok_or_else(|| {
            Fault::at(self.web.shown(), "nothing can stand behind this address").into()
        })
    }

    /// What the site says of a dataset.
    pub(super) fn described(&self, package: &Value) -> Provenance {
        let name = said::line(package, "name").unwrap_or_default();
        let licence =
            said::line(package, "license_title").or_else(|| said::line(package, "license_id"));
        let words = ["license_id", "license_title", "license_url"];
        let mut meant = words
            .iter()
            .filter_map(|key| Licence::meant(&said::line(package, key)?));
        let publisher = package
            .get("organization")
            .and_then(|body| said::line(body, "title").or_else(|| said::line(body, "name")));
        Provenance {
            kind: Catalogue::Ckan,
            catalogue: self.web.shown().to_owned(),
            page: self.web.page(&["dataset", &name]),
            dataset: name,
            title: said::line(package, "title"),
            description: said::text(package, "notes"),
            publisher: publisher.or_else(|| said::line(package, "author")),
            licence,
            licence_page: said::address(package, "license_url"),
            licence_means: meant.next(),
            modified: said::line(package, "metadata_modified"),
            cadence: cadence(package),
            keywords: said::list(package, "tags")
                .filter_map(|tag| {
                    said::line(tag, "display_name").or_else(|| said::line(tag, "name"))
                })
                .collect(),
            ..Provenance::default()
        }
    }
}

/// The cadence, where the site says it and it is one of ours.
fn cadence(package: &Value) -> Option<Cadence> {
    let own = CADENCE_KEYS
        .iter()
        .filter_map(|key| said::line(package, key));
    let extras = said::list(package, "extras")
        .filter(|extra| {
            said::line(extra, "key").is_some_and(|key| CADENCE_KEYS.contains(&key.as_str()))
        })
        .filter_map(|extra| said::line(extra, "value"));
    own.chain(extras).find_map(|word| Cadence::meant(&word))
}

/// What an answer means: the action's result, or what is wrong.
fn judge(site: &str, answer: Answer) -> Result<Value, Failed> {
    let Answer { status, bytes } = answer;
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Err(no_json(site, status, &bytes));
    };
    if value.get("success").and_then(Value::as_bool) == Some(true) && status.is_success() {
        let result = value.get_mut("result").map(Value::take);
        return result.ok_or_else(|| {
            Failed::ForGood(Fault::at(site, "the site's answer has no result").into())
        });
    }
    let Some(error) = value.get("error") else {
        if !status.is_success() {
            return Err(bad_status(site, status));
        }
        let fault = Fault::at(site, "the answer is no CKAN site's")
            .remedy("check the address: CKAN's is the one behind which /dataset begins");
        return Err(Failed::ForGood(fault.into()));
    };
    let kind = said::line(error, "__type").unwrap_or_default();
    let message = said::message(&messages(error));
    let code = status.as_u16();
    let fault = |what: String, remedy: &str| {
        Failed::ForGood(
            Fault::at(site, what)
                .remedy(format!("{remedy}; the last version stays"))
                .into(),
        )
    };
    Err(if kind == "Not Found Error" || code == 404 {
        fault(
            format!("the site has no such dataset: {message}"),
            "check `dataset`: its name or id, as it stands behind /dataset/ in its page's address",
        )
    } else if kind == "Authorization Error" || matches!(code, 401 | 403) {
        fault(
            format!("the site does not give this to anybody: {message}"),
            "ask it for an API token, put it into the configuration, and its name into the manifest: token = \"my_token\"",
        )
    } else if code == 429 || code >= 500 {
        return Err(bad_status(site, status));
    } else {
        fault(
            format!("the site answered with an error: {kind} {message}")
                .trim_end()
                .to_owned(),
            "check what the manifest asks for",
        )
    })
}

/// What an error says, without its type: `message`, or the words about each parameter.
fn messages(error: &Value) -> String {
    if let Some(message) = said::line(error, "message") {
        return message;
    }
    let Some(object) = error.as_object() else {
        return error.as_str().unwrap_or_default().to_owned();
    };
    let words = object
        .iter()
        .filter(|(key, _)| *key != "__type")
        .map(|(key, value)| {
            let said = match value {
                Value::Array(all) => all
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(", "),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            format!("{key}: {said}")
        });
    words.collect::<Vec<_>>().join("; ")
}

fn no_json(site: &str, status: reqwest::StatusCode, bytes: &[u8]) -> Failed {
    if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
        return bad_status(site, status);
    }
    let is_page = bytes.trim_ascii_start().first() == Some(&b'<');
    if status.is_success() && is_page {
        // A notice or a proxy answers in the site's place: that may pass.
        return Failed::ForNow(
            Fault::at(site, "the answer is a web page, not data").remedy(
                "open the address in a browser: a proxy, a notice, or no CKAN site; the last version stays",
            ),
        );
    }
    if status.is_success() {
        return Failed::ForNow(
            Fault::at(site, "the answer is not sound JSON")
                .remedy("load again later; the last version stays"),
        );
    }
    Failed::ForGood(
        Fault::at(site, format!("there is no CKAN site at this address: status {}", status.as_u16()))
            .remedy("check the address: CKAN's is the one behind which /dataset begins; the last version stays")
            .into(),
    )
}

fn access(source: &CkanSource) -> Access<'_> {
    Access {
        url: &source.url,
        token: source.token.as_deref(),
        is_bearer: false,
        hosts: &source.hosts,
        retries: source.retries,
        timeout_s: source.timeout_s,
    }
}

/// Fetches the resources of a dataset that the manifest means, with what the site says of them.
pub(crate) async fn fetch(
    source: &CkanSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Delivered, FetchError> {
    let ckan = Ckan::new(access(source), context)?;
    let package = ckan.get("package_show", &[("id", &source.dataset)]).await?;
    let all = said::list(&package, "resources")
        .filter_map(Resource::read)
        .collect();
    let chosen = choose(all, source, format)?;
    let mut provenance = ckan.described(&package);
    let mut files = Vec::new();
    for (at, resource) in chosen.iter().enumerate() {
        let path = context.staging.join(format!("resource-{:05}", at + 1));
        if resource.is_table {
            table::fetch(&ckan, resource, format, &path).await?;
        } else {
            let remark = download(&ckan, resource, &path).await?;
            provenance.remarks.extend(remark);
        }
        files.push(Fetched {
            name: format!("{}/{}", provenance.dataset, resource.file()),
            path,
        });
        provenance.resources.push(provenance::Resource {
            id: resource.id.clone(),
            name: Some(resource.name.clone()).filter(|name| !name.is_empty()),
            description: resource.description.clone(),
            format: resource.format.clone(),
            bytes: resource.size,
            hash: resource.hash.clone(),
            modified: resource.modified.clone(),
        });
    }
    Ok(Delivered {
        files,
        provenance: Some(Box::new(provenance)),
        ..Delivered::default()
    })
}

/// Downloads a resource's file; gives back where it is not what the site says, if that may be.
async fn download(
    ckan: &Ckan<'_>,
    resource: &Resource,
    path: &Path,
) -> Result<Option<String>, FetchError> {
    let shown = ckan.web.shown();
    if resource.url.is_empty() {
        return Err(Fault::at(shown, "the resource has no file and no link")
            .part(said::message(&resource.name))
            .remedy("tell the portal; the last version stays")
            .into());
    }
    let url = ckan.web.link(&resource.url)?;
    let seal = resource.seal();
    let name = said::message(&resource.name);
    let file = ckan.web.download(&url, &name, path, &seal).await?;
    Ok(seal
        .differs(&file.sum)
        .map(|what| format!("{name}: {what}")))
}

/// The site's datasets, page by page, each with its resources.
pub(super) async fn list(
    site: &Site,
    context: &FetchContext<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Offer>, FetchError> {
    let ckan = Ckan::new(site.access(false), context)?;
    let (rows, mut offers) = (PAGE.to_string(), Vec::<Offer>::new());
    loop {
        let start = offers.len().to_string();
        let words = [
            ("rows", rows.as_str()),
            ("start", &start),
            ("sort", "name asc"),
        ];
        let page = ckan.get("package_search", &words).await?;
        let all = said::count(&page, "count").unwrap_or_default();
        let all = usize::try_from(all).unwrap_or(usize::MAX);
        let before = offers.len();
        let results: Vec<&Value> = said::list(&page, "results").collect();
        let is_again = results
            .first()
            .and_then(|first| said::line(first, "name"))
            .is_some_and(|name| offers.iter().any(|offer| offer.provenance.dataset == name));
        if is_again {
            return Err(Fault::at(
                ckan.web.shown(),
                "the site gives the same page of its list again",
            )
            .remedy("it does not turn its pages: name the datasets one by one with `madang draft`")
            .into());
        }
        offers.extend(results.into_iter().map(|package| Offer {
            provenance: ckan.described(package),
            parts: parts(package),
            ..Offer::default()
        }));
        progress(offers.len(), all);
        if offers.len() == before || offers.len() >= all {
            return Ok(offers);
        }
    }
}

/// One dataset of a site.
pub(super) async fn one(
    site: &Site,
    dataset: &str,
    context: &FetchContext<'_>,
) -> Result<Offer, FetchError> {
    let ckan = Ckan::new(site.access(false), context)?;
    let package = ckan.get("package_show", &[("id", dataset)]).await?;
    Ok(Offer {
        provenance: ckan.described(&package),
        parts: parts(&package),
        ..Offer::default()
    })
}

fn parts(package: &Value) -> Vec<Part> {
    said::list(package, "resources")
        .filter_map(Resource::read)
        .map(|resource| Part {
            kind: if resource.is_table {
                Some(city::dataset::FormatKind::Csv)
            } else {
                resource.kind()
            },
            host: Url::parse(&resource.url)
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned)),
            name: resource.name,
            id: resource.id,
            format: resource.format,
        })
        .collect()
}
