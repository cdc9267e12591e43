//! An OGC API Features: each page names the next.

use std::collections::HashSet;

use city::Fault;
use city::dataset::OgcFeaturesSource;
use serde_json::Value;
use url::Url;

use super::ask::{Manner, Refused, Service};
use super::page::{self, Expected, Page};
use super::pages::Pages;
use super::system::Named;
use super::{FetchContext, FetchError, Fetched, hidden};

pub(in super::super) async fn fetch(
    source: &OgcFeaturesSource,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let manner = Manner {
        url: &source.url,
        parameters: &source.parameters,
        key: source.key.as_deref(),
        key_parameter: &source.key_parameter,
        daily_quota: source.daily_quota,
        retries: source.retries,
        timeout_s: source.timeout_s,
        accept: "application/geo+json, application/json;q=0.9",
        rows_key: "limit",
    };
    let service = Service::new(manner, context)?;
    let api = Api {
        source,
        service: &service,
    };
    api.pages()
        .await
        .map_err(|error| hidden(&service.secrets, error))
}

struct Api<'a> {
    source: &'a OgcFeaturesSource,
    service: &'a Service<'a>,
}

impl Api<'_> {
    async fn pages(&self) -> Result<Vec<Fetched>, FetchError> {
        let mut pages = Pages::new(self.service);
        let mut asked = HashSet::new();
        let mut url = self.first()?;
        loop {
            if !asked.insert(page::number_of(url.as_str())) {
                return Err(self.circle().part(pages.name()).into());
            }
            let (page, calls) = self.page(&url, &pages.name()).await?;
            let next = page.next.clone();
            if !pages.add(page, calls).await? {
                break;
            }
            let Some(next) = next else { break };
            url = self
                .follow(&url, &next)
                .map_err(|fault| fault.part(pages.name()))?;
        }
        pages.whole()
    }

    async fn page(&self, url: &Url, name: &str) -> Result<(Page, u64), FetchError> {
        let answer = match self.service.get(url, name).await {
            Ok(answer) => answer,
            Err(refused) => {
                let near = match &refused {
                    Refused::Said(..) => self.near().await,
                    Refused::Failed(_) => None,
                };
                return Err(match (FetchError::from(refused), near) {
                    (FetchError::Input(faults), Some(near)) => {
                        let told = faults.into_iter().map(|fault| {
                            fault.expected(format!("something like `{near}`, which is there"))
                        });
                        FetchError::Input(told.collect())
                    }
                    (error, _) => error,
                });
            }
        };
        if let Some(crs) = answer.headers.get("content-crs") {
            let crs = String::from_utf8_lossy(crs.as_bytes()).into_owned();
            if Named::read(&crs) != Named::Crs84 {
                return Err(self.other_system(&crs).part(name).into());
            }
        }
        let (bytes, calls) = (answer.bytes, answer.calls);
        if bytes.trim_ascii_start().starts_with(b"<") {
            return Err(self.no_json().part(name).into());
        }
        let place = self.source.url.clone();
        let read = tokio::task::spawn_blocking(move || {
            page::read(
                &bytes,
                Expected {
                    place: &place,
                    asked: None,
                },
            )
        });
        let page = read.await.map_err(std::io::Error::other)?;
        Ok((page.map_err(|fault| fault.part(name))?, calls))
    }

    /// An address below the landing page.
    fn below(&self, parts: &[&str]) -> Result<Url, Fault> {
        let mut url = self.service.address.clone();
        url.path_segments_mut()
            .map_err(|()| Fault::at(&self.source.url, "this is no address of a landing page"))?
            .pop_if_empty()
            .extend(parts);
        Ok(url)
    }

    fn first(&self) -> Result<Url, Fault> {
        let mut url = self.below(&["collections", &self.source.collection, "items"])?;
        url.query_pairs_mut()
            .append_pair("limit", &self.source.limit.to_string())
            .extend_pairs(&self.service.parameters);
        Ok(url)
    }

    /// The next page's address. It is never on another server: behind a proxy services name themselves as they
    /// are known inside, and a key must not go elsewhere.
    fn follow(&self, here: &Url, next: &str) -> Result<Url, Fault> {
        let next = here.join(next).map_err(|error| {
            Fault::at(
                &self.source.url,
                format!("the next page has no address: {error}"),
            )
            .remedy("tell the provider; the last version stays")
        })?;
        let mut url = self.first()?;
        if next.origin() == url.origin() {
            url.set_path(next.path());
        } else if !next
            .path()
            .ends_with(&format!("/{}/items", last_but_one(url.path())))
        {
            let host = next.host_str().unwrap_or_default().to_owned();
            let what = format!("the next page is on another server: `{host}`");
            return Err(Fault::at(&self.source.url, what).remedy(
                "tell the provider that its links lead elsewhere; the last version stays",
            ));
        }
        url.set_query(next.query());
        // A key is not always handed on.
        if let Some((name, value)) = self.service.key()
            && !next.query_pairs().any(|(own, _)| own == name.as_str())
        {
            url.query_pairs_mut().append_pair(name, value);
        }
        Ok(url)
    }

    /// The collection that was most likely meant, when there is none of the id that was said.
    async fn near(&self) -> Option<String> {
        let mut url = self.below(&["collections"]).ok()?;
        if let Some((name, value)) = self.service.key() {
            url.query_pairs_mut().append_pair(name, value);
        }
        let answer = self.service.get(&url, "collections").await.ok()?;
        let list: Value = serde_json::from_slice(&answer.bytes).ok()?;
        let ids: Vec<&str> = list["collections"]
            .as_array()?
            .iter()
            .filter_map(|collection| collection["id"].as_str())
            .collect();
        if ids.contains(&self.source.collection.as_str()) {
            return None;
        }
        city::nearest::nearest(&self.source.collection, ids).map(str::to_owned)
    }

    fn circle(&self) -> Fault {
        Fault::at(&self.source.url, "the pages lead in a circle")
            .remedy("tell the provider; the last version stays")
    }

    fn other_system(&self, crs: &str) -> Fault {
        let shown: String = crs.chars().take(80).collect();
        Fault::at(
            &self.source.url,
            format!("the features come in the coordinate system {shown}"),
        )
        .expected("longitude and latitude (CRS84), which the standard gives when nothing is asked")
        .remedy("tell the provider; the last version stays")
    }

    fn no_json(&self) -> Fault {
        Fault::at(&self.source.url, "the service does not give GeoJSON").remedy(
            "check that `url` is the landing page; where the service wants it said, say it: parameters = { f = \"json\" }; the last version stays",
        )
    }
}

/// The part of a path before its last.
fn last_but_one(path: &str) -> &str {
    path.rsplit('/').nth(1).unwrap_or_default()
}
