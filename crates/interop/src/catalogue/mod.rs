//! The list of open data as the national portal keeps it (목록개방현황): written from what is true, and checked where
//! it was published.
//!
//! | module | holds |
//! | --- | --- |
//! | [`field`] | the fields of the list, in the portal's order and spelling |
//! | [`row`] | what the list says of each open dataset |
//! | [`mod@write`] | the list as a file |
//! | [`read`] | a published list, line by line |
//! | [`check`] | what a published list says that is not so |

pub mod check;
pub mod field;
mod lines;
pub mod read;
pub mod row;
mod truth;
mod words;
pub mod write;

pub use check::{Checker, Contradiction};
pub use field::Field;
pub use read::{Entries, Entry};
pub use row::{Form, Row, rows};
pub use words::day;
pub use write::{Encoding, csv};

use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::downloads::{OUTSIDE_CP949, is_cp949};
use crate::problem::Problem;
use crate::question::pairs;
use crate::state::AppState;

/// `GET /catalogue.csv?encoding=`: the list of what is open, the same for whoever asks.
///
/// # Errors
/// When the encoding is not known, or the lake cannot be read.
pub(crate) async fn serve(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let pairs = pairs(query.as_deref().unwrap_or_default());
    if let Some((other, _)) = pairs.iter().find(|(name, _)| name != "encoding") {
        return Err(Problem::question(format!(
            "no parameter is called {other}; there is encoding"
        )));
    }
    let is_cp949 = is_cp949(&pairs)?;
    let (encoding, kind) = if is_cp949 {
        (Encoding::Cp949, "text/csv; charset=euc-kr")
    } else {
        (Encoding::Utf8, "text/csv; charset=utf-8")
    };
    let rows = rows(&state.door)?;
    let today = day(state.records.clock().now()).format("%Y%m%d");
    let mut response = csv(&rows, encoding).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, kind);
    set(header::CACHE_CONTROL, "private, no-cache");
    set(
        header::CONTENT_DISPOSITION,
        // 목록개방현황, as RFC 5987 writes it.
        &format!(
            "attachment; filename=\"catalogue_{today}.csv\"; filename*=UTF-8''%EB%AA%A9%EB%A1%9D%EA%B0%9C%EB%B0%A9%ED%98%84%ED%99%A9_{today}.csv"
        ),
    );
    set(
        HeaderName::from_static("x-madang-rows"),
        &rows.len().to_string(),
    );
    if is_cp949 {
        set(
            HeaderName::from_static("x-madang-outside-cp949"),
            OUTSIDE_CP949,
        );
    }
    Ok(response)
}
