//! What a manifest says of an Open API must make sense before anybody is called.

use std::collections::BTreeMap;

use super::Text;
use super::meaning::word;
use crate::dataset::{Dataset, FormatKind, OpenApiSource, Paging};
use crate::fault::Fault;

/// Parameters that hold a key wherever they are known.
const KEY_PARAMETERS: &[&str] = &["servicekey", "authkey", "apikey", "key", "crtfckey"];

pub(super) fn source(
    source: &OpenApiSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    format(dataset, text, faults);
    page_rows(source, text, faults);
    parameters(source, text, faults);
    keys(
        (&source.url, &source.parameters, source.key.as_deref()),
        text,
        faults,
    );
}

fn format(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let kind = dataset.format.kind;
    if !matches!(kind, FormatKind::Json | FormatKind::Xml)
        && text.says(&["format", "kind"], &word(&kind))
    {
        faults.push(
            text.fault_at(
                &["format", "kind"],
                format!("an Open API does not answer `{}`", word(&kind)),
            )
            .expected("json or xml")
            .remedy("a file behind an address is a source of kind `http`"),
        );
    }
}

fn page_rows(source: &OpenApiSource, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if source.page_rows == 0 && text.has(&["source", "page-rows"]) {
        faults.push(
            text.fault_at(&["source", "page-rows"], "a page of no rows has no end")
                .expected("1 or more"),
        );
    }
    if let Some(least) = source.page_rows_min
        && (least == 0 || least > source.page_rows)
        && text.has(&["source", "page-rows-min"])
    {
        faults.push(
            text.fault_at(
                &["source", "page-rows-min"],
                "the smallest page is no page, or larger than `page-rows`",
            )
            .expected("1 to `page-rows`"),
        );
    }
}

/// Options that the paging does not use would be silently ignored: they are faults.
fn parameters(source: &OpenApiSource, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if source.paging.has_parameters() {
        return;
    }
    let paging = word(&source.paging);
    let mut unused = vec!["page-parameter", "rows-parameter", "first-page"];
    if source.paging == Paging::None {
        unused.extend(["page-rows", "page-rows-min"]);
    }
    for key in unused {
        if text.has(&["source", key]) {
            faults.push(
                text.fault_at(
                    &["source", key],
                    format!("the paging `{paging}` has no `{key}`"),
                )
                .remedy("leave it out"),
            );
        }
    }
}

/// A manifest is read by many, and kept for ever: a key must not stand in it.
pub(super) fn keys(
    (url, parameters, key): (&str, &BTreeMap<String, String>, Option<&str>),
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    const REMEDY: &str = "put it into the configuration, and its name here: key = \"my_key\"";
    let is_key = |name: &str| {
        let name = name.to_lowercase().replace(['-', '_'], "");
        KEY_PARAMETERS.contains(&name.as_str())
    };
    for (name, value) in parameters {
        if is_key(name) && !value.contains('{') {
            faults.push(
                text.fault_at(
                    &["source", "parameters", name],
                    format!("the parameter `{name}` holds a key"),
                )
                .remedy(REMEDY),
            );
        }
    }
    let query = url.split_once('?').map_or("", |(_, query)| query);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if is_key(name) && !value.contains('{') {
            faults.push(
                text.fault_at(&["source", "url"], "the address holds a key")
                    .remedy(REMEDY),
            );
        }
    }
    if url.contains("{key}") && key.is_none() && !text.has(&["source", "key"]) {
        faults.push(
            text.fault_at(
                &["source", "url"],
                "the address has a place for a key, and no key is named",
            )
            .expected("`key`, the name of a configuration value"),
        );
    }
}
