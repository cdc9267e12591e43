//! What the answers of a fetch add up to.

use std::collections::{HashMap, HashSet};

use city::Fault;

use super::ask::Service;
use super::page::Page;
use super::{FetchError, Fetched};
use crate::Progress;

/// More pages than any dataset has: a service that never ends is stopped.
const PAGES_MAX: usize = 100_000;
/// Ids remembered.
const IDS_MAX: usize = 5_000_000;

/// The pages so far.
pub(super) struct Pages<'p> {
    service: &'p Service<'p>,
    files: Vec<Fetched>,
    pub(super) features: u64,
    /// Features in all, as the service last said.
    pub(super) announced: Option<u64>,
    seen: HashMap<[u8; 32], usize>,
    ids: HashSet<u64>,
}

impl<'p> Pages<'p> {
    pub(super) fn new(service: &'p Service<'p>) -> Self {
        Self {
            service,
            files: Vec::new(),
            features: 0,
            announced: None,
            seen: HashMap::new(),
            ids: HashSet::new(),
        }
    }

    /// What a person calls the page that comes next.
    pub(super) fn name(&self) -> String {
        format!("page {}", self.files.len() + 1)
    }

    /// Whether a page like this has come.
    pub(super) fn has(&self, page: &Page) -> bool {
        self.seen.contains_key(&page.hash)
    }

    /// Takes a page in; whether it had features.
    pub(super) async fn add(&mut self, page: Page, calls: u64) -> Result<bool, FetchError> {
        self.announced = page.matched.or(self.announced);
        if page.features == 0 {
            return Ok(false);
        }
        let number = self.files.len() + 1;
        if number > PAGES_MAX {
            return Err(self
                .fault(format!("there is no end after {PAGES_MAX} pages"))
                .remedy(format!(
                    "ask for more features a page: `{}`; the last version stays",
                    self.service.manner.rows_key
                ))
                .into());
        }
        if let Some(before) = self.seen.insert(page.hash, number) {
            let what = format!("the service gives the same features as for page {before}");
            let fault = self.fault(what).part(self.name());
            return Err(fault
                .remedy(format!(
                    "it does not turn its pages: ask for all at once with a greater `{}`; the last version stays",
                    self.service.manner.rows_key
                ))
                .into());
        }
        let is_again = page.ids.into_iter().any(|id| {
            let is_known = self.ids.contains(&id);
            is_known || (self.ids.len() < IDS_MAX && !self.ids.insert(id))
        });
        if is_again {
            return Err(self.overlapping().part(self.name()).into());
        }
        let name = format!("page-{number:05}");
        let path = self.service.context.staging.join(&name);
        tokio::fs::write(&path, page.text).await?;
        self.files.push(Fetched {
            name: format!("{}/{name}", self.service.context.dataset),
            path,
        });
        self.features += page.features;
        (self.service.context.progress)(Progress::Page {
            page: number as u64,
            pages: self.announced.map(|all| {
                let left = all.saturating_sub(self.features);
                number as u64 + left.div_ceil(page.features.max(1))
            }),
            calls,
            limit: self.service.manner.daily_quota,
        });
        Ok(true)
    }

    /// Whether all that was announced has come.
    pub(super) fn is_whole(&self) -> Option<bool> {
        self.announced.map(|all| self.features >= all)
    }

    /// All files, when they are as many features as were announced.
    pub(super) fn whole(self) -> Result<Vec<Fetched>, FetchError> {
        match self.announced {
            Some(all) if all > self.features => Err(self
                .fault(format!(
                    "the service announced {all} features and gave {}",
                    self.features
                ))
                .remedy(
                    "load again later; when it stays so, ask the provider; the last version stays",
                )
                .into()),
            Some(all) if all < self.features => Err(self.overlapping().into()),
            _ if self.features == 0 => Err(self
                .fault("the service has no features now".to_owned())
                .remedy("check the parameters; the last version stays")
                .into()),
            _ => Ok(self.files),
        }
    }

    fn overlapping(&self) -> Fault {
        self.fault("the same feature came twice: the pages overlap".to_owned())
            .remedy("its features are not in a fixed order, or change meanwhile: name a column to sort by (of a WFS parameters = { sortBy = \"...\" }); load again later; the last version stays")
    }

    fn fault(&self, what: String) -> Fault {
        Fault::at(self.service.manner.url, what)
    }
}
