//! What keeps a browser from harm.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use city::CityManifest;

/// What a page may load and do, as the browser is told.
#[derive(Clone, Debug)]
pub struct Policy(HeaderValue);

impl Policy {
    /// Only our own files run, are shown, or are asked; the map draws in a worker made from a blob. A map from outside
    /// is shown where the city names one: its server, and no other.
    pub fn of(city: &CityManifest) -> Self {
        let outside = city.map.as_ref().and_then(|map| map.base.as_ref());
        let server = outside.and_then(city::OutsideMap::origin);
        let server = server.map_or_else(String::new, |server| format!(" {server}"));
        let text = format!(
            "default-src 'self'; img-src 'self' data: blob:{server}; style-src 'self'; script-src 'self'; worker-src 'self' blob:; connect-src 'self'{server}; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        let strict = HeaderValue::from_static("default-src 'self'");
        Self(HeaderValue::from_str(&text).unwrap_or(strict))
    }

    /// The same for a page that other sites may show in a frame.
    pub fn framed(&self) -> HeaderValue {
        let text = self.0.to_str().unwrap_or_default();
        let text = text.replace("frame-ancestors 'none'", "frame-ancestors *");
        HeaderValue::from_str(&text).unwrap_or_else(|_never| self.0.clone())
    }
}

/// Puts the headers on every answer; for `axum::middleware::from_fn_with_state`.
pub async fn guard(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(policy.0);
    let set: [(HeaderName, &'static str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(self)",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in set {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
