//! The addresses of the evidence, for staff.

use std::sync::Arc;

use access::Purpose;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use city::calendar::korean_day;

use super::{EvidenceError, Pack, Scope, evidence, pdf, xlsx};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::question::pairs;
use crate::state::AppState;

impl From<EvidenceError> for Problem {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Scope(error) => Self::not_found(error.to_string()),
            EvidenceError::Ask(error) => error.into(),
            other => Self::broken(&other),
        }
    }
}

/// How a pack becomes a file.
type Make = fn(&Pack) -> Result<Vec<u8>, EvidenceError>;

/// `GET /api/evidence/{year}?department=`.
///
/// # Errors
/// When anybody else asks, or there is no such year or department.
pub(crate) async fn as_json(
    State(state): State<AppState>,
    caller: Caller,
    Path(year): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    Ok(Json(&*counted(&state, &caller, &year, &query).await?).into_response())
}

/// `GET /evidence/{year}.{xlsx|pdf}?department=`.
///
/// # Errors
/// When anybody else asks, or there is no such year, department or kind of file.
pub(crate) async fn file(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    // Before anything is said of what there is.
    caller
        .reader(&state, Purpose::new("evidence"))
        .staff_only("evidence")?;
    let (year, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let (kind, make): (_, Make) = match ending {
        "xlsx" => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            |pack| Ok(xlsx(pack)?),
        ),
        "pdf" => ("application/pdf", |pack| Ok(pdf(pack)?)),
        _ => {
            return Err(Problem::not_found(format!(
                "there is no evidence called {name}; there are YEAR.xlsx and YEAR.pdf"
            )));
        }
    };
    let pack = counted(&state, &caller, year, &query.unwrap_or_default()).await?;
    let disposition = disposition(&pack, ending);
    let making = tokio::task::spawn_blocking(move || make(&pack));
    let bytes = making.await.map_err(EvidenceError::from)??;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

async fn counted(
    state: &AppState,
    caller: &Caller,
    year: &str,
    query: &str,
) -> Result<Arc<Pack>, Problem> {
    let reader = caller.reader(state, Purpose::new("evidence"));
    reader.staff_only("evidence")?;
    let pairs = pairs(query);
    if let Some((other, _)) = pairs.iter().find(|(name, _)| name != "department") {
        return Err(Problem::question(format!(
            "no parameter is called {other}; there is department"
        )));
    }
    let department = pairs.first().map(|(_, value)| value.as_str());
    let today = korean_day(state.records.clock().now());
    let scope = Scope::read(&state.city, year, department, today).map_err(EvidenceError::from)?;
    Ok(evidence(&state.city, reader, &state.records, &state.overviews, scope).await?)
}

/// The file's name in Korean (RFC 5987), with a plain one for old programs.
fn disposition(pack: &Pack, ending: &str) -> String {
    let whom = pack.department.as_ref();
    let plain = whom.map_or_else(|| "city".to_owned(), |own| own.id.clone());
    let korean = format!("{}년 품질관리 증빙 {}.{ending}", pack.year, pdf::whom(pack));
    let encoded: String = korean
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!(
        "attachment; filename=\"evidence_{}_{plain}.{ending}\"; filename*=UTF-8''{encoded}",
        pack.year
    )
}
