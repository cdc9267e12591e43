//! `source = { kind = "open-api", ... }`: how an Open API is asked.
//!
//! Only what must be known before the first answer is declared. What comes back (which envelope, which
//! codes, where the rows are) is told apart by looking.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::default_timeout_s;

/// An Open API, page by page, in one of the manners Korean bodies have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OpenApiSource {
    /// Address without the paging and key parameters. `{name}` is replaced by the configuration value
    /// `sources.name`; `{key}` by the service key, where the key belongs into the address itself.
    pub url: String,
    /// How pages are asked for.
    #[serde(default)]
    pub paging: Paging,
    /// Name of the configuration value that holds the service key (never the key itself), in its
    /// encoded or decoded form.
    #[serde(default)]
    pub key: Option<String>,
    /// Name of the key's parameter; what `paging` usually has when absent. Not sent when the address says `{key}`.
    #[serde(default)]
    pub key_parameter: Option<String>,
    /// Further parameters.
    #[serde(default)]
    pub parameters: std::collections::BTreeMap<String, String>,
    /// Name of the page number's parameter; what `paging` usually has when absent. Not sent when the address
    /// says `{page}` or `{start}` itself.
    #[serde(default)]
    pub page_parameter: Option<String>,
    /// Name of the parameter for rows a page; what `paging` usually has when absent. Not sent when the
    /// address says `{rows}` or `{end}` itself.
    #[serde(default)]
    pub rows_parameter: Option<String>,
    /// Rows asked for at a time.
    #[serde(default = "default_page_rows")]
    pub page_rows: u32,
    /// When the server fails at pages of that size, pages grow smaller, down to so many rows; absent: they do not.
    #[serde(default)]
    pub page_rows_min: Option<u32>,
    /// Number of the first page: 1, or 0 for servers that count from 0.
    #[serde(default = "default_first_page")]
    pub first_page: u32,
    /// Requests allowed in a calendar day.
    #[serde(default)]
    pub daily_quota: Option<u32>,
    /// Times a request is tried again after a fault that may pass.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Gives up after so many seconds without an answer.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
}

impl OpenApiSource {
    /// Name of the key's parameter.
    pub fn key_parameter(&self) -> &str {
        self.key_parameter
            .as_deref()
            .unwrap_or_else(|| self.paging.names().key)
    }

    /// Name of the page number's parameter; none where pages are not asked for by a parameter.
    pub fn page_parameter(&self) -> Option<&str> {
        self.page_parameter.as_deref().or(self.paging.names().page)
    }

    /// Name of the parameter for rows a page; none where pages are not asked for by a parameter.
    pub fn rows_parameter(&self) -> Option<&str> {
        self.rows_parameter.as_deref().or(self.paging.names().rows)
    }
}

/// How pages are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// `pageNo` and `numOfRows`, the key in `serviceKey`: the national portal's gateway and most others.
    #[default]
    PageNo,
    /// `page` and `perPage`, the key in `serviceKey`: the national portal's files as an API (odcloud).
    PerPage,
    /// `pIndex` and `pSize`, the key in `KEY`: provinces' portals.
    Index,
    /// The first and the last row in the address, `.../{start}/{end}/`; put at its end where it does not say them.
    Range,
    /// One request gives all rows.
    None,
}

/// Names of parameters.
struct Names {
    key: &'static str,
    page: Option<&'static str>,
    rows: Option<&'static str>,
}

impl Paging {
    fn names(self) -> Names {
        let (key, page, rows) = match self {
            Self::PageNo => ("serviceKey", Some("pageNo"), Some("numOfRows")),
            Self::PerPage => ("serviceKey", Some("page"), Some("perPage")),
            Self::Index => ("KEY", Some("pIndex"), Some("pSize")),
            Self::Range => ("KEY", None, None),
            Self::None => ("serviceKey", None, None),
        };
        Names { key, page, rows }
    }

    /// Whether pages are asked for by parameters.
    pub fn has_parameters(self) -> bool {
        self.names().page.is_some()
    }
}

fn default_page_rows() -> u32 {
    1000
}
fn default_first_page() -> u32 {
    1
}
fn default_retries() -> u32 {
    4
}
