//! What went wrong, for programs: RFC 9457.

use access::AskError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use city::Lang;
use serde::Serialize;

/// Media type of a problem.
const KIND: &str = "application/problem+json";
/// The kind of a problem of a preview.
const PREVIEW: &str = "preview";
/// A refusal of the server itself is no longer.
const DETAIL_BYTES: usize = 1 << 14;

/// `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Kind of problem: `not-found`, `forbidden`, `question`, ...
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What is wrong here.
    pub detail: String,
    /// The same in Korean.
    pub detail_ko: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Problem {
    fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            detail_ko: None,
            remedy: None,
        }
    }

    /// The question cannot be understood.
    pub fn question(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "question",
            "The question cannot be understood",
            detail,
        )
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is no such thing",
            detail,
        )
    }

    /// A policy does not allow it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "A policy does not allow it",
            detail,
        )
    }

    /// The same, said in Korean too.
    #[must_use]
    pub fn in_korean(self, detail: impl Into<String>) -> Self {
        Self {
            detail_ko: Some(detail.into()),
            ..self
        }
    }

    /// The same, said in one language: in Korean where it is known how.
    #[must_use]
    pub fn told_in(self, lang: Lang) -> Self {
        let detail = match (lang, &self.detail_ko) {
            (Lang::Ko, Some(korean)) => korean.clone(),
            _ => self.detail,
        };
        Self {
            detail,
            detail_ko: None,
            ..self
        }
    }

    /// Somebody looks through other eyes, and changes nothing meanwhile.
    pub fn preview() -> Self {
        let detail = "nothing can be changed during a preview; end it first";
        Self::new(
            StatusCode::FORBIDDEN,
            PREVIEW,
            "Nothing can be changed during a preview",
            detail,
        )
        .in_korean("미리 보는 동안에는 바꿀 수 없습니다. 미리 보기를 끝낸 뒤 다시 해 주십시오.")
    }

    /// Whether it is one of a preview.
    pub fn is_preview(&self) -> bool {
        self.kind == PREVIEW
    }

    /// The same was asked too often.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            "Too many requests",
            detail,
        )
    }

    /// A page of another site sent it.
    pub fn cross_site() -> Self {
        let problem = Self::new(
            StatusCode::FORBIDDEN,
            "cross-site",
            "A page of another site sent this",
            "what changes something is taken from this city's own pages only",
        );
        Self {
            detail_ko: Some("다른 누리집에서 보낸 요청이라 처리하지 않았습니다.".to_owned()),
            remedy: Some(
                "a program sends its key (Authorization: Bearer …), or says with Origin where it stands"
                    .to_owned(),
            ),
            ..problem
        }
    }

    /// A key that is not known or has run out.
    pub fn unknown_key() -> Self {
        let problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "unknown-key",
            "The key is not known",
            "the key is not known, or has run out",
        );
        Self {
            remedy: Some(
                "leave the Authorization header out to read what is open, or ask for a new key"
                    .to_owned(),
            ),
            ..problem
        }
    }

    /// The access log takes no entry, so nothing is handed out; why exactly goes to the server's own log.
    fn not_logged(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a read was refused: it cannot be logged");
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-logged",
            "The access log cannot be written",
            "the access log cannot be written, so nothing was handed out",
        );
        Self {
            detail_ko: Some("접속기록을 남길 수 없어 자료를 내보내지 않았습니다.".to_owned()),
            remedy: Some(
                "whoever runs the server makes room on its disk; then ask again".to_owned(),
            ),
            ..problem
        }
    }

    /// The machine is at fault; what exactly goes to the log.
    pub fn broken(detail: &dyn std::fmt::Display) -> Self {
        tracing::error!(%detail, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "broken",
            "The server is at fault",
            "something went wrong on the server; the data is as it was",
        )
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        if let AskError::Log(cause) = &error {
            return Self::not_logged(cause);
        }
        if error.is_broken() {
            return Self::broken(&error);
        }
        let detail = error.to_string();
        let base = match &error {
            AskError::Denied(_) => Self::forbidden(detail),
            error if error.is_missing() => Self::not_found(detail),
            _ => Self::question(detail),
        };
        Self {
            detail_ko: Some(error.what(Lang::Ko)),
            remedy: error.remedy(Lang::En),
            ..base
        }
    }
}

impl From<records::RecordsError> for Problem {
    fn from(error: records::RecordsError) -> Self {
        if error.is_unwritable() {
            return Self::not_logged(&error);
        }
        Self::broken(&error)
    }
}

/// Puts the refusals of the server itself (a method an address does not have, a body that is no JSON) into the
/// same words; for `axum::middleware::map_response`.
pub(crate) async fn worded(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !status.is_client_error() || kind.is_some_and(|kind| kind == KIND) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, DETAIL_BYTES).await;
    let detail = text
        .ok()
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .filter(|text| !text.is_empty());
    let (kind, title) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("method", "The address does not take this method"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "The question is too large"),
        StatusCode::NOT_FOUND => ("not-found", "There is no such thing"),
        _ => ("question", "The question cannot be understood"),
    };
    let detail = detail.unwrap_or_else(|| title.to_lowercase());
    let mut response = Problem::new(status, kind, title, detail).into_response();
    // Which methods there are.
    if let Some(allow) = parts.headers.get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    response
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let text = serde_json::to_string(&self).unwrap_or_default();
        let kind = HeaderValue::from_static(KIND);
        let mut response = (status, [(header::CONTENT_TYPE, kind)], text).into_response();
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use records::RecordsError;
    use records::log::LogError;

    use super::*;

    #[test]
    fn what_cannot_be_written_down_is_told_apart_from_a_broken_server() {
        let full = LogError::Full {
            folder: "access-log".to_owned(),
            why: "no space".to_owned(),
        };
        let problem = Problem::from(RecordsError::Log(full));
        assert_eq!((problem.status, problem.kind), (503, "not-logged"));
        assert_eq!(Problem::from(RecordsError::Shut).status, 500);
    }
}
