//! Other bodies' catalogues: what they offer, and a dataset of theirs with what they say of it.
//!
//! | module | job |
//! | --- | --- |
//! | `ckan` | a CKAN site |
//! | `madang` | another Madang |
//! | `resource` | which of a CKAN dataset's resources a load takes |
//! | `table` | a table of a CKAN site's own database |
//! | `check` | whether what came is what the catalogue says |
//! | `said` | what a stranger wrote, made fit to be shown |
//! | `web` | asked and downloaded from, without being led astray |

mod check;
mod ckan;
mod madang;
mod resource;
mod said;
mod table;
mod web;

use city::dataset::{CkanSource, FormatKind, MadangSource, Source};
use city::provenance::{Catalogue, Provenance};
use city::{Column, Fault};
use url::Url;

pub(crate) use ckan::fetch as fetch_ckan;
pub(crate) use madang::fetch as fetch_madang;

use crate::{FetchContext, FetchError};
use web::Access;

/// Times a question is asked again while somebody waits for a list.
const RETRIES: u32 = 2;
/// Times a load asks again, unless its manifest says otherwise.
const RETRIES_OF_LOADS: u32 = 4;
/// Patience between two bytes.
const TIMEOUT_S: u64 = 60;

/// A catalogue somebody wants to look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its address.
    pub url: String,
    /// Name of the configuration value that holds the token.
    pub token: Option<String>,
    /// What it is; found by looking when absent.
    pub kind: Option<Catalogue>,
    /// One dataset of it, where the address was that dataset's page.
    pub dataset: Option<String>,
    /// One resource of that dataset, where the address was its page.
    pub resource: Option<String>,
}

/// A dataset that a catalogue offers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// What the catalogue says of it.
    pub provenance: Provenance,
    /// Its files.
    pub parts: Vec<Part>,
    /// The department that owns it, by another Madang's id.
    pub department: Option<String>,
    /// Its columns, where the catalogue declares them; empty where the file must be looked at.
    pub columns: Vec<Column>,
    /// Columns that name a row, where the catalogue declares them.
    pub key: Vec<String>,
}

/// One file of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Id there.
    pub id: String,
    /// Name there.
    pub name: String,
    /// Format as the catalogue writes it.
    pub format: Option<String>,
    /// The kind of file, where it is one that Madang reads.
    pub kind: Option<FormatKind>,
    /// The host its link leads to.
    pub host: Option<String>,
}

impl Site {
    /// Reads the address of a catalogue, of a dataset's page in one (`.../dataset/NAME`, `.../datasets/ID`), or of a
    /// resource's page (`.../dataset/NAME/resource/ID`).
    pub fn read(address: &str) -> Self {
        let address = address.split(['?', '#']).next().unwrap_or_default();
        let mut site = Self {
            url: address.trim_end_matches('/').to_owned(),
            token: None,
            kind: None,
            dataset: None,
            resource: None,
        };
        let pages = [
            ("/dataset/", Catalogue::Ckan),
            ("/datasets/", Catalogue::Madang),
        ];
        for (page, kind) in pages {
            let Some((before, behind)) = address.split_once(page) else {
                continue;
            };
            let mut parts = behind.split('/').filter(|part| !part.is_empty());
            before.clone_into(&mut site.url);
            site.kind = Some(kind);
            site.dataset = parts.next().map(crate::secrets::plain_key);
            if parts.next() == Some("resource") {
                site.resource = parts.next().map(str::to_owned);
            }
        }
        site
    }

    fn access(&self, is_bearer: bool) -> Access<'_> {
        Access {
            url: &self.url,
            token: self.token.as_deref(),
            is_bearer,
            hosts: &[],
            retries: RETRIES,
            timeout_s: TIMEOUT_S,
        }
    }

    /// How a manifest says one file of an offer.
    pub fn source(&self, offer: &Offer, part: &Part) -> Source {
        let (url, token) = (self.url.clone(), self.token.clone());
        let dataset = offer.provenance.dataset.clone();
        if offer.provenance.kind == Catalogue::Madang {
            return Source::Madang(MadangSource {
                url,
                dataset,
                token,
                retries: RETRIES_OF_LOADS,
                timeout_s: TIMEOUT_S,
            });
        }
        let own = Url::parse(&self.url).ok();
        let own = own.as_ref().and_then(Url::host_str);
        let host = part.host.clone().filter(|host| Some(host.as_str()) != own);
        Source::Ckan(CkanSource {
            url,
            dataset,
            resource: Some(part.id.clone()),
            take: None,
            token,
            hosts: host.into_iter().collect(),
            retries: RETRIES_OF_LOADS,
            timeout_s: TIMEOUT_S,
        })
    }
}

/// What a catalogue offers: all its datasets in order of name, or the one that the site names. `progress` is told how
/// many of how many are known.
///
/// # Errors
/// When the site does not answer, is no catalogue, or has no such dataset.
pub async fn offers(
    site: &Site,
    context: &FetchContext<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Offer>, FetchError> {
    let kind = match site.kind {
        Some(kind) => kind,
        None => find_kind(site, context).await?,
    };
    match (kind, &site.dataset) {
        (Catalogue::Ckan, Some(dataset)) => Ok(vec![ckan::one(site, dataset, context).await?]),
        (Catalogue::Madang, Some(dataset)) => Ok(vec![madang::one(site, dataset, context).await?]),
        (Catalogue::Ckan, None) => ckan::list(site, context, progress).await,
        (Catalogue::Madang, None) => madang::list(site, context, progress).await,
    }
}

/// Asks as a Madang is asked, then as a CKAN site is.
async fn find_kind(site: &Site, context: &FetchContext<'_>) -> Result<Catalogue, FetchError> {
    let web = web::Web::new(site.access(true), context)?;
    if web.answers(&["api", "datasets"], None, "datasets").await? {
        return Ok(Catalogue::Madang);
    }
    let web = web::Web::new(site.access(false), context)?;
    if web
        .answers(
            &["api", "3", "action", "package_search"],
            Some("rows=0"),
            "success",
        )
        .await?
    {
        return Ok(Catalogue::Ckan);
    }
    Err(Fault::at(&site.url, "this is neither a CKAN site nor a Madang")
        .remedy("give the address of the site alone, the part before /dataset; a file behind an address is a source of kind `http`")
        .into())
}

#[cfg(test)]
mod tests;
