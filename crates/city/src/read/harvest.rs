//! What a manifest says of a dataset in another body's catalogue must make sense before anybody is called.

use super::Text;
use super::meaning::word;
use crate::dataset::{CkanSource, Dataset, FormatKind, LoadMode, MadangSource};
use crate::fault::Fault;

/// Parts of addresses behind which a catalogue's own pages begin.
const PAGES: [&str; 3] = ["/dataset/", "/datasets/", "/api/"];

pub(super) fn ckan(source: &CkanSource, text: &Text<'_>, faults: &mut Vec<Fault>) {
    address(&source.url, text, faults);
    named(&source.dataset, text, faults);
    if source.resource.as_deref().is_some_and(str::is_empty) {
        let fault = text.fault_at(&["source", "resource"], "no resource is named");
        faults.push(fault.expected("an id, or a glob over names; or leave it out"));
    }
    for (at, host) in source.hosts.iter().enumerate() {
        if host.is_empty() || host.contains(['/', ':', ' ', '*']) {
            let at = at.to_string();
            let fault = text.fault_at(&["source", "hosts", &at], format!("`{host}` is no host"));
            faults.push(fault.expected("a host's name alone, like `files.example.kr`"));
        }
    }
}

pub(super) fn madang(
    source: &MadangSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    address(&source.url, text, faults);
    named(&source.dataset, text, faults);
    let kind = dataset.format.kind;
    let is_lossless = matches!(
        kind,
        FormatKind::Parquet | FormatKind::Ndjson | FormatKind::Geojson
    );
    if !is_lossless && text.says(&["format", "kind"], &word(&kind)) {
        let what = format!(
            "another Madang gives no values back from `{}` as they are",
            word(&kind)
        );
        faults.push(
            text.fault_at(&["format", "kind"], what)
                .expected("parquet, or geojson where rows have shapes"),
        );
    }
    if dataset.load.mode != LoadMode::Snapshot && text.has(&["load", "mode"]) {
        faults.push(
            text.fault_at(
                &["load", "mode"],
                "another Madang gives whole versions: a load that only adds keeps what is gone there",
            )
            .expected("snapshot"),
        );
    }
}

/// The site alone: what stands behind it is Madang's to ask.
fn address(url: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let path = ["source", "url"];
    let Some((scheme, rest)) = url.split_once("://") else {
        if !url.starts_with('{') {
            let fault = text.fault_at(&path, format!("`{url}` is no address"));
            faults.push(fault.expected("http:// or https:// and a host"));
        }
        return;
    };
    if !matches!(scheme, "http" | "https") {
        let what = format!("addresses of kind `{scheme}` are not fetched");
        faults.push(text.fault_at(&path, what).expected("http or https"));
    }
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('@') {
        faults.push(
            text.fault_at(&path, "the address holds a password").remedy(
                "put a token into the configuration, and its name here: token = \"my_token\"",
            ),
        );
    }
    if rest.contains(['?', '#']) || PAGES.iter().any(|page| rest.contains(page)) {
        faults.push(
            text.fault_at(&path, "the address leads into the site, not to it")
                .expected("the address of the site alone; the dataset's name goes into `dataset`"),
        );
    }
}

fn named(dataset: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if dataset.trim().is_empty() || dataset.contains(['/', '?', '#']) {
        let what = format!("`{dataset}` is no dataset's name");
        faults.push(
            text.fault_at(&["source", "dataset"], what)
                .expected("its name or id, as it stands last in the address of its page"),
        );
    }
}
