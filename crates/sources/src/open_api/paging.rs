//! How pages are asked for: page numbers from 0 or 1, or first and last rows in the address.

use std::collections::BTreeMap;

use city::Fault;
use city::dataset::{OpenApiSource, Paging};
use url::Url;

use crate::address::{fill, missing, parse};
use crate::secrets::{Secrets, in_address, plain_key};

/// Where in the rows a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Pages of this size before this one.
    page: u64,
    /// Rows of a page.
    pub(super) rows: u64,
}

impl Cursor {
    pub(super) fn first(source: &OpenApiSource) -> Self {
        Self {
            page: 0,
            rows: u64::from(source.page_rows).max(1),
        }
    }

    pub(super) fn next(self) -> Self {
        Self {
            page: self.page.saturating_add(1),
            ..self
        }
    }

    /// Rows before this page.
    pub(super) fn before(self) -> u64 {
        self.page.saturating_mul(self.rows)
    }

    /// The page that begins at the same row and is smaller by the least step that keeps all pages whole.
    pub(super) fn smaller(self, least: Option<u32>) -> Option<Self> {
        let parts = (2..=self.rows).find(|parts| self.rows.is_multiple_of(*parts))?;
        let rows = self.rows / parts;
        (rows >= u64::from(least?).max(1)).then(|| Self {
            page: self.page.saturating_mul(parts),
            rows,
        })
    }

    /// What a person calls it.
    pub(super) fn name(self) -> String {
        format!("page {}", self.page.saturating_add(1))
    }
}

/// Makes the address of each page.
#[derive(Debug)]
pub(super) struct Addresses {
    /// The manifest's address with everything filled in but the paging.
    filled: String,
    /// Parameters of every page, as they are meant.
    parameters: Vec<(String, String)>,
    first_page: u64,
    page_parameter: Option<String>,
    rows_parameter: Option<String>,
    /// What is shown in its place.
    template: String,
}

impl Addresses {
    pub(super) fn new(
        source: &OpenApiSource,
        values: &BTreeMap<String, String>,
    ) -> Result<(Self, Secrets), Fault> {
        let key = key(source, values)?;
        let mut encoded = values.clone();
        let mut plain = values.clone();
        let own = source.key.as_deref().unwrap_or("key");
        if let Some(key) = &key {
            for name in ["key", own] {
                encoded.insert(name.to_owned(), in_address(key));
                plain.insert(name.to_owned(), key.clone());
            }
        }
        let has = |names: [&str; 2]| names.iter().any(|name| source.url.contains(name));
        let address = with_range(source);
        let mut parameters = Vec::new();
        for (name, value) in &source.parameters {
            parameters.push((name.clone(), fill(value, &plain)?));
        }
        let is_key_in_address = has(["{key}", &format!("{{{own}}}")]);
        if let Some(key) = key.as_ref().filter(|_| !is_key_in_address) {
            parameters.push((source.key_parameter().to_owned(), key.clone()));
        }
        let filled = fill(&address, &encoded).map_err(|mut fault| {
            fault.place.file = source.url.clone().into();
            fault
        })?;
        let templates: Vec<&str> = std::iter::once(source.url.as_str())
            .chain(source.parameters.values().map(String::as_str))
            .collect();
        let given = source.key.as_ref().and_then(|name| values.get(name));
        let secrets = Secrets::new(given.map(String::as_str), values, &templates);
        let named = |name: Option<&str>| name.map(str::to_owned);
        let this = Self {
            filled,
            parameters,
            first_page: u64::from(source.first_page),
            page_parameter: named(source.page_parameter()).filter(|_| !has(["{page}", "{start}"])),
            rows_parameter: named(source.rows_parameter()).filter(|_| !has(["{rows}", "{end}"])),
            template: source.url.clone(),
        };
        Ok((this, secrets))
    }

    /// The address of a page.
    pub(super) fn of(&self, cursor: Cursor) -> Result<Url, Fault> {
        let page = self.first_page.saturating_add(cursor.page);
        let values = [
            ("{page}", page),
            ("{rows}", cursor.rows),
            ("{start}", cursor.before().saturating_add(1)),
            ("{end}", cursor.next().before()),
        ];
        let address = values
            .iter()
            .fold(self.filled.clone(), |address, (name, value)| {
                address.replace(name, &value.to_string())
            });
        let mut url = parse(&self.template, &address)?;
        let paging = [
            (&self.page_parameter, page),
            (&self.rows_parameter, cursor.rows),
        ];
        let paging: Vec<(String, String)> = paging
            .into_iter()
            .filter_map(|(name, value)| Some((name.clone()?, value.to_string())))
            .collect();
        // An empty list would leave a `?` behind an address that has no query.
        if !(paging.is_empty() && self.parameters.is_empty()) {
            url.query_pairs_mut()
                .extend_pairs(paging.iter().chain(&self.parameters));
        }
        Ok(url)
    }
}

/// The service key as it was meant.
fn key(source: &OpenApiSource, values: &BTreeMap<String, String>) -> Result<Option<String>, Fault> {
    let Some(name) = &source.key else {
        return Ok(None);
    };
    match values.get(name).map(|key| plain_key(key)) {
        Some(key) if !key.is_empty() => Ok(Some(key)),
        _ => Err(missing(&source.url, name)),
    }
}

/// The address with a place for its rows.
fn with_range(source: &OpenApiSource) -> String {
    if source.paging != Paging::Range || source.url.contains("{start}") {
        return source.url.clone();
    }
    let (path, query) = match source.url.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (source.url.as_str(), String::new()),
    };
    format!("{}/{{start}}/{{end}}/{query}", path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn address(source: serde_json::Value, turns: usize) -> String {
        let source: OpenApiSource = serde_json::from_value(source).unwrap();
        let values = BTreeMap::from([
            ("host".to_owned(), "http://a.kr".to_owned()),
            ("mine".to_owned(), "a%2Bb/c==".to_owned()),
        ]);
        let (addresses, _) = Addresses::new(&source, &values).unwrap();
        let cursor = (0..turns).fold(Cursor::first(&source), |cursor, _| cursor.next());
        addresses.of(cursor).unwrap().to_string()
    }

    #[test]
    fn each_way_of_paging_asks_as_its_servers_understand() {
        for (source, first, third) in [
            (
                json!({"url": "{host}/x", "key": "mine", "page-rows": 10, "parameters": {"_type": "json"}}),
                "http://a.kr/x?pageNo=1&numOfRows=10&_type=json&serviceKey=a%2Bb%2Fc%3D%3D",
                "http://a.kr/x?pageNo=3&numOfRows=10&_type=json&serviceKey=a%2Bb%2Fc%3D%3D",
            ),
            (
                json!({"url": "{host}/x?a=1", "first-page": 0, "page-rows": 10, "page-parameter": "p"}),
                "http://a.kr/x?a=1&p=0&numOfRows=10",
                "http://a.kr/x?a=1&p=2&numOfRows=10",
            ),
            (
                json!({"url": "{host}/x", "paging": "per-page", "page-rows": 10}),
                "http://a.kr/x?page=1&perPage=10",
                "http://a.kr/x?page=3&perPage=10",
            ),
            (
                json!({"url": "{host}/Svc", "paging": "index", "key": "mine", "page-rows": 10, "parameters": {"Type": "json"}}),
                "http://a.kr/Svc?pIndex=1&pSize=10&Type=json&KEY=a%2Bb%2Fc%3D%3D",
                "http://a.kr/Svc?pIndex=3&pSize=10&Type=json&KEY=a%2Bb%2Fc%3D%3D",
            ),
            (
                json!({"url": "{host}/{key}/json/Svc", "paging": "range", "key": "mine", "page-rows": 10}),
                "http://a.kr/a%2Bb%2Fc%3D%3D/json/Svc/1/10/",
                "http://a.kr/a%2Bb%2Fc%3D%3D/json/Svc/21/30/",
            ),
            (
                json!({"url": "{host}/{mine}/json/Svc/{start}/{end}/2026", "paging": "range", "key": "mine", "page-rows": 10}),
                "http://a.kr/a%2Bb%2Fc%3D%3D/json/Svc/1/10/2026",
                "http://a.kr/a%2Bb%2Fc%3D%3D/json/Svc/21/30/2026",
            ),
            (
                json!({"url": "{host}/x", "paging": "none"}),
                "http://a.kr/x",
                "http://a.kr/x",
            ),
        ] {
            assert_eq!(address(source.clone(), 0), first);
            assert_eq!(address(source, 2), third);
        }
    }

    #[test]
    fn smaller_pages_begin_at_the_same_row_down_to_what_is_allowed() {
        let cursor = Cursor {
            page: 3,
            rows: 1000,
        };
        assert_eq!(cursor.smaller(None), None);
        assert_eq!(
            cursor.smaller(Some(500)),
            Some(Cursor { page: 6, rows: 500 })
        );
        assert_eq!(cursor.smaller(Some(501)), None);
        let one = Cursor { page: 7, rows: 1 };
        assert_eq!(one.smaller(Some(1)), None);
    }

    proptest! {
        /// However pages grow smaller, no row is left out and none is asked for twice.
        #[test]
        fn smaller_pages_keep_the_place(page in 0_u64..1000, rows in 1_u64..5000) {
            let mut cursor = Cursor { page, rows };
            let before = cursor.before();
            while let Some(smaller) = cursor.smaller(Some(1)) {
                prop_assert!(smaller.rows < cursor.rows);
                prop_assert_eq!(smaller.before(), before);
                cursor = smaller;
            }
            prop_assert_eq!(cursor.rows, 1);
        }
    }
}
