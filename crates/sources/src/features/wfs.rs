//! A Web Feature Service: pages are asked for by the number of features before them.

use city::Fault;
use city::dataset::{WfsSource, WfsVersion};
use url::Url;

use super::ask::{Answer, Manner, Refused, Service};
use super::page::{self, Expected, Page};
use super::pages::Pages;
use super::said::Said;
use super::{FetchContext, FetchError, Fetched, hidden};
use crate::Progress;

/// Names in which services take the wanted format.
const FORMAT: [&str; 2] = ["outputFormat", "output"];

/// How features come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As GeoJSON, which is asked for.
    Json,
    /// As the service likes, which is GML.
    Any,
}

pub(in super::super) async fn fetch(
    source: &WfsSource,
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
        accept: "application/json, application/geo+json, */*;q=0.5",
        rows_key: "page-rows",
    };
    let service = Service::new(manner, context)?;
    let wfs = Wfs {
        source,
        service: &service,
    };
    wfs.pages()
        .await
        .map_err(|error| hidden(&service.secrets, error))
}

struct Wfs<'w> {
    source: &'w WfsSource,
    service: &'w Service<'w>,
}

impl Wfs<'_> {
    async fn pages(&self) -> Result<Vec<Fetched>, FetchError> {
        let mut pages = Pages::new(self.service);
        let mut form = Form::Json;
        let rows = u64::from(self.source.page_rows).max(1);
        // A page that is not full is the last, or as much as the service gives at a time: where it does not say
        // how many there are, only the page behind it tells.
        let mut is_last_likely = false;
        loop {
            let before = pages.features;
            let Some((page, calls)) = self.page(before, form, &pages.name()).await? else {
                form = Form::Any;
                continue;
            };
            if is_last_likely && pages.has(&page) {
                break;
            }
            let came = page.features;
            if !pages.add(page, calls).await? {
                break;
            }
            if pages.announced.is_none() && before == 0 {
                pages.announced = self.count().await;
            }
            if pages.is_whole().unwrap_or_default() {
                break;
            }
            is_last_likely = pages.announced.is_none() && came < rows;
        }
        pages.whole()
    }

    /// One page; nothing when the service refused the form it was asked for.
    async fn page(
        &self,
        before: u64,
        form: Form,
        name: &str,
    ) -> Result<Option<(Page, u64)>, FetchError> {
        let url = self.address(Some(before), form);
        let answer = match self.service.get(&url, name).await {
            Ok(answer) => answer,
            Err(Refused::Said(said, _))
                if form == Form::Json && said.is_of(&FORMAT) && !self.service.says(&FORMAT) =>
            {
                (self.service.context.progress)(Progress::Again {
                    seconds: 0,
                    why: "the service does not give GeoJSON: asking for GML".to_owned(),
                });
                return Ok(None);
            }
            Err(Refused::Said(said, failed)) => {
                let near = self.near(&said).await;
                return Err(failed.map(|fault| with_near(fault, near.as_deref())).into());
            }
            Err(refused) => return Err(refused.into()),
        };
        let Answer { bytes, calls, .. } = answer;
        let place = self.source.url.clone();
        let asked = self.source.srs.as_deref().and_then(city::crs::code);
        let read = tokio::task::spawn_blocking(move || {
            let expected = Expected {
                place: &place,
                asked,
            };
            if !is_xml(&bytes) {
                return page::read(&bytes, expected);
            }
            match std::str::from_utf8(&bytes) {
                Ok(text) if is_collection(text) => page::read_gml(text, expected),
                _ => Err(no_features(&place)),
            }
        });
        let page = read.await.map_err(std::io::Error::other)?;
        Ok(Some((page.map_err(|fault| fault.part(name))?, calls)))
    }

    /// The address of the features behind so many; of their number where no place is given.
    fn address(&self, before: Option<u64>, form: Form) -> Url {
        let is_new = self.source.version == WfsVersion::V2;
        let mut url = self.service.address.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("service", "WFS")
                .append_pair("version", self.source.version.word())
                .append_pair("request", "GetFeature")
                .append_pair(
                    if is_new { "typeNames" } else { "typeName" },
                    &self.source.type_name,
                );
            match before {
                None => {
                    query.append_pair("resultType", "hits");
                }
                Some(before) => {
                    query
                        .append_pair(
                            if is_new { "count" } else { "maxFeatures" },
                            &self.source.page_rows.to_string(),
                        )
                        .append_pair("startIndex", &before.to_string());
                    if form == Form::Json && !self.service.says(&FORMAT) {
                        query.append_pair("outputFormat", "application/json");
                    }
                    if let Some(srs) = &self.source.srs {
                        query.append_pair("srsName", srs);
                    }
                }
            }
            let own = self.service.parameters.iter().filter(|(name, _)| {
                before.is_some()
                    || !FORMAT
                        .iter()
                        .any(|format| name.eq_ignore_ascii_case(format))
            });
            query.extend_pairs(own);
        }
        url
    }

    /// How many features there are, where the service tells it at all.
    async fn count(&self) -> Option<u64> {
        let url = self.address(None, Form::Json);
        let answer = self.service.get(&url, "count").await.ok()?;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let head: String = text.chars().take(4000).collect();
        [
            "numberMatched=",
            "numberOfFeatures=",
            "\"numberMatched\":",
            "\"totalFeatures\":",
        ]
        .iter()
        .find_map(|name| {
            let (_, behind) = head.split_once(name)?;
            let digits: String = behind
                .trim_start_matches(['"', '\'', ' '])
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse().ok()
        })
    }

    /// The type that was most likely meant, when the service does not know the one that was said.
    async fn near(&self, said: &Said) -> Option<String> {
        if !said.is_of(&["typeName", "typeNames"]) && !said.text.contains(&self.source.type_name) {
            return None;
        }
        let mut url = self.service.address.clone();
        url.query_pairs_mut()
            .append_pair("service", "WFS")
            .append_pair("version", self.source.version.word())
            .append_pair("request", "GetCapabilities");
        url.query_pairs_mut()
            .extend_pairs(self.service.key().map(|(name, value)| (name, value)));
        let answer = self.service.get(&url, "capabilities").await.ok()?;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let names: Vec<&str> = text
            .split("FeatureType>")
            .filter_map(|part| {
                let (_, behind) = part.split_once("Name>")?;
                Some(behind.split_once('<')?.0.trim())
            })
            .collect();
        city::nearest::nearest(&self.source.type_name, names).map(str::to_owned)
    }
}

/// What came is neither of the forms that features come in.
fn no_features(place: &str) -> Fault {
    Fault::at(place, "the answer is neither GeoJSON nor GML").remedy(
        "open the address in a browser; see which `outputFormat` the capabilities offer and say it: parameters = { outputFormat = \"...\" }; the last version stays",
    )
}

fn is_collection(text: &str) -> bool {
    let head: String = text.chars().take(2000).collect();
    head.contains("FeatureCollection")
}

fn is_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

fn with_near(fault: Fault, near: Option<&str>) -> Fault {
    match near {
        Some(near) => fault.expected(format!("something like `{near}`, which is there")),
        None => fault,
    }
}
