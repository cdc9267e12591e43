//! WFS and OGC API Features of another body: page by page, all of them or none.

use city::Fault;
use city::dataset::{OgcFeaturesSource, WfsSource};

use super::{FetchContext, FetchError, Fetched};

pub(super) async fn wfs(
    source: &WfsSource,
    _context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    Err(Fault::at(&source.url, "wip").into())
}

pub(super) async fn ogc(
    source: &OgcFeaturesSource,
    _context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    Err(Fault::at(&source.url, "wip").into())
}
