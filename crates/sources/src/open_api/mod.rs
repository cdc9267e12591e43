//! A paged Open API: each page is kept as it came, all of them or none.
//!
//! | module | job |
//! | --- | --- |
//! | `paging` | the address of each page |
//! | `ask` | one page: asked for, tried again, judged |
//! | `tally` | what the pages add up to |

mod ask;
mod paging;
mod tally;

use city::Fault;
use city::dataset::{Format, OpenApiSource, Paging};

use super::patience::Failed;
use super::{FetchContext, FetchError, Fetched, Progress};
use ask::{Api, Page};
use paging::Cursor;
use tally::Tally;

/// More pages than any dataset has: an API that never ends is stopped.
const PAGES_MAX: usize = 100_000;

pub(super) async fn fetch(
    source: &OpenApiSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let api = Api::new(source, format, context)?;
    let hidden = |error| match error {
        FetchError::Input(faults) => {
            let told = faults.into_iter().map(|fault| api.secrets.hide_in(fault));
            FetchError::Input(told.collect())
        }
        FetchError::Machine(error) => FetchError::Machine(error),
    };
    pages(&api, source, format, context).await.map_err(hidden)
}

async fn pages(
    api: &Api<'_>,
    source: &OpenApiSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Vec<Fetched>, FetchError> {
    let mut fetched: Vec<Fetched> = Vec::new();
    let mut tally = Tally::default();
    let mut cursor = Cursor::first(source);
    loop {
        let page = match api.page(cursor).await {
            Ok(page) => page,
            Err(failed) => {
                cursor = smaller(source, context, &tally, cursor, failed)?;
                continue;
            }
        };
        // A page behind the end may say that there are none at all: it does not unsay what was announced.
        let total = page.envelope.total;
        if page.envelope.is_empty {
            tally.announced = tally.announced.or(total);
            break;
        }
        tally.announced = total.or(tally.announced);
        if fetched.len() >= PAGES_MAX {
            return Err(Fault::at(
                &source.url,
                format!("there is no end after {PAGES_MAX} pages"),
            )
            .remedy("ask for more rows a page: `page-rows`; the last version stays")
            .into());
        }
        let calls = page.calls;
        let (file, content) = keep(context, format, fetched.len() + 1, page).await?;
        let rows = content.rows;
        if rows == 0 {
            break;
        }
        tally.add(source, cursor, content)?;
        fetched.push(file);
        (context.progress)(Progress::Page {
            page: fetched.len() as u64,
            pages: pages_in_all(&tally, fetched.len(), cursor),
            calls,
            limit: source.daily_quota,
        });
        let is_last = tally
            .announced
            .map_or(rows < cursor.rows, |total| tally.rows >= total);
        if is_last || source.paging == Paging::None {
            break;
        }
        cursor = cursor.next();
    }
    tally.whole(source, context.columns)?;
    Ok(fetched)
}

/// The same place in smaller pages, where the manifest allows it and it can help.
fn smaller(
    source: &OpenApiSource,
    context: &FetchContext<'_>,
    tally: &Tally,
    cursor: Cursor,
    failed: Failed,
) -> Result<Cursor, FetchError> {
    let (Failed::ForSize(fault) | Failed::TooMany(fault)) = &failed else {
        return Err(failed.into());
    };
    // Where pages were not as large as asked for, the same row does not begin a smaller one.
    let smaller = cursor
        .smaller(source.page_rows_min)
        .filter(|_| tally.rows == cursor.before() && source.paging != Paging::None);
    let Some(smaller) = smaller else {
        return Err(failed.into());
    };
    (context.progress)(Progress::Again {
        seconds: 0,
        why: format!("{}; asking for {} rows at a time", fault.what, smaller.rows),
    });
    Ok(smaller)
}

/// Puts a page on disk as it came, and reads it as a load will.
async fn keep(
    context: &FetchContext<'_>,
    format: &Format,
    number: usize,
    page: Page,
) -> Result<(Fetched, tally::Content), FetchError> {
    let name = format!("{}/page-{number:05}", context.dataset);
    let path = context.staging.join(format!("page-{number:05}"));
    tokio::fs::write(&path, &page.bytes).await?;
    drop(page.bytes);
    let file = Fetched {
        name: name.clone(),
        path: path.clone(),
    };
    let format = Format {
        rows: page.envelope.rows,
        ..format.clone()
    };
    let read = tokio::task::spawn_blocking(move || tally::content(&name, path, &format));
    let content = read.await.map_err(std::io::Error::other)??;
    Ok((file, content))
}

fn pages_in_all(tally: &Tally, so_far: usize, cursor: Cursor) -> Option<u64> {
    let left = tally.announced?.saturating_sub(tally.rows);
    Some(so_far as u64 + left.div_ceil(cursor.rows))
}

#[cfg(test)]
mod tests;
