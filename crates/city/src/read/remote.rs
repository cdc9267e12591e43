//! What a manifest says of storages, servers of files and services of features must make sense before anybody is called.

use std::collections::BTreeMap;

use super::meaning::{known_crs, word};
use super::{Text, api};
use crate::dataset::{Dataset, FormatKind, OgcFeaturesSource, S3Source, SftpSource, WfsSource};
use crate::fault::Fault;

/// Letters of a SHA-256 in base 64 without its padding.
const FINGERPRINT_LETTERS: usize = 43;
/// What a request to a Web Feature Service says by itself.
const OF_WFS: &[&str] = &[
    "service",
    "version",
    "request",
    "typename",
    "typenames",
    "count",
    "maxfeatures",
    "startindex",
    "srsname",
    "resulttype",
];

pub(super) fn s3(source: &S3Source, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if (source.bucket.is_empty() || source.bucket.contains(['/', ':']))
        && text.has(&["source", "bucket"])
    {
        faults.push(
            text.fault_at(&["source", "bucket"], "this is no name of a bucket")
                .expected("the bucket alone; the folder belongs to `path`"),
        );
    }
    below(&source.path, text, faults);
    if source.path.starts_with('/') {
        faults.push(
            text.fault_at(&["source", "path"], "names in a bucket begin with no `/`")
                .remedy("leave it out"),
        );
    }
    names(
        &[
            ("access-key", source.access_key.as_deref()),
            ("secret-key", source.secret_key.as_deref()),
        ],
        text,
        faults,
    );
    for (there, missing) in [("access-key", "secret-key"), ("secret-key", "access-key")] {
        if text.has(&["source", there]) && !text.has(&["source", missing]) {
            faults.push(
                text.fault_at(
                    &["source", there],
                    format!("`{there}` without `{missing}` signs nothing"),
                )
                .expected("both, or neither for a bucket that anybody may read"),
            );
        }
    }
    if let Some(endpoint) = &source.endpoint
        && !(endpoint.starts_with("https://")
            || endpoint.starts_with("http://")
            || endpoint.starts_with('{'))
    {
        faults.push(
            text.fault_at(&["source", "endpoint"], "this is no address")
                .expected("https://host, or a configuration value: {name}"),
        );
    }
    if !source.path_style && source.endpoint.is_none() && text.has(&["source", "path-style"]) {
        faults.push(
            text.fault_at(
                &["source", "path-style"],
                "without an `endpoint` there is no choice of it",
            )
            .remedy("leave it out"),
        );
    }
}

/// A configuration value alone: `{name}`.
fn is_value(text: &str) -> bool {
    let name = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    name.is_some_and(|name| !name.is_empty() && !name.contains(['{', '}']))
}

pub(super) fn sftp(source: &SftpSource, text: &Text<'_>, faults: &mut Vec<Fault>) {
    below(&source.path, text, faults);
    if !is_fingerprint(&source.host_key)
        && !is_value(&source.host_key)
        && text.has(&["source", "host-key"])
    {
        faults.push(
            text.fault_at(&["source", "host-key"], "this is no fingerprint of a key")
                .expected("SHA256: and 43 letters")
                .remedy("ask whoever runs the server for what `ssh-keygen -lf` says of its key"),
        );
    }
    names(
        &[
            ("password", source.password.as_deref()),
            ("private-key", source.private_key.as_deref()),
        ],
        text,
        faults,
    );
    if !text.has(&["source", "password"]) && !text.has(&["source", "private-key"]) {
        faults.push(
            text.fault_at(&["source"], "nothing says how to log in")
                .expected("`password` or `private-key`, the name of a configuration value"),
        );
    }
    if source.port == 0 && text.has(&["source", "port"]) {
        faults.push(
            text.fault_at(&["source", "port"], "there is no port 0")
                .expected("1 to 65535"),
        );
    }
}

pub(super) fn wfs(source: &WfsSource, dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    geojson(dataset, text, faults);
    if let Some(srs) = &source.srs {
        known_crs(srs, &["source", "srs"], text, faults);
    }
    no_rows("page-rows", source.page_rows, text, faults);
    own_words(OF_WFS, &source.parameters, text, faults);
    api::keys(
        (&source.url, &source.parameters, source.key.as_deref()),
        text,
        faults,
    );
    key_name(source.key.as_deref(), text, faults);
}

pub(super) fn ogc(
    source: &OgcFeaturesSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    geojson(dataset, text, faults);
    if source.collection.contains(['/', '?']) && text.has(&["source", "collection"]) {
        faults.push(
            text.fault_at(&["source", "collection"], "this is no id of a collection")
                .expected("the part of the address behind `/collections/`"),
        );
    }
    no_rows("limit", source.limit, text, faults);
    own_words(
        &["limit", "offset", "crs"],
        &source.parameters,
        text,
        faults,
    );
    api::keys(
        (&source.url, &source.parameters, source.key.as_deref()),
        text,
        faults,
    );
    key_name(source.key.as_deref(), text, faults);
}

/// Features come as GeoJSON, or are made GeoJSON: nothing else can be read of them.
fn geojson(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let kind = dataset.format.kind;
    if kind != FormatKind::Geojson && text.says(&["format", "kind"], &word(&kind)) {
        faults.push(
            text.fault_at(
                &["format", "kind"],
                format!("features do not come as `{}`", word(&kind)),
            )
            .expected("geojson"),
        );
    }
    // It would count above what the answer says, and bend every place.
    if dataset
        .place
        .as_ref()
        .is_some_and(|place| place.crs.is_some() && place.x.is_none())
        && text.has(&["place", "crs"])
    {
        faults.push(
            text.fault_at(
                &["place", "crs"],
                "features say their coordinate system themselves",
            )
            .remedy("leave it out"),
        );
    }
}

fn no_rows(key: &str, rows: u32, text: &Text<'_>, faults: &mut Vec<Fault>) {
    if rows == 0 && text.has(&["source", key]) {
        faults.push(
            text.fault_at(&["source", key], "a page of no rows has no end")
                .expected("1 or more"),
        );
    }
}

/// Parameters that every request says by itself would be said twice.
fn own_words(
    own: &[&str],
    parameters: &BTreeMap<String, String>,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    for name in parameters.keys() {
        if own.contains(&name.to_lowercase().as_str()) {
            faults.push(
                text.fault_at(
                    &["source", "parameters", name],
                    format!("`{name}` is said by every request by itself"),
                )
                .remedy("leave it out; other keys of the source say it"),
            );
        }
    }
}

fn key_name(key: Option<&str>, text: &Text<'_>, faults: &mut Vec<Fault>) {
    names(&[("key", key)], text, faults);
    if !text.has(&["source", "key"]) && text.has(&["source", "key-parameter"]) {
        faults.push(
            text.fault_at(
                &["source", "key-parameter"],
                "a key's parameter without a key",
            )
            .expected("`key`, the name of a configuration value"),
        );
    }
}

/// What should be a name of a configuration value and can be none is most likely the secret itself: it is not shown.
pub(super) fn names(keys: &[(&str, Option<&str>)], text: &Text<'_>, faults: &mut Vec<Fault>) {
    let is_name = |name: &str| {
        name.starts_with(|sign: char| sign.is_ascii_lowercase())
            && name
                .chars()
                .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
    };
    for (key, name) in keys {
        if name.is_some_and(|name| !is_name(name)) && text.has(&["source", key]) {
            faults.push(
                text.fault_at(
                    &["source", key],
                    format!("`{key}` is no name of a configuration value"),
                )
                .expected("lower-case letters, digits and `_`")
                .remedy("put the secret into the configuration, and its name here"),
            );
        }
    }
}

fn below(path: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let is_wrong = path.is_empty() || path.split('/').any(|part| part == "..");
    if is_wrong && text.has(&["source", "path"]) {
        faults.push(
            text.fault_at(&["source", "path"], "the path leads nowhere, or upwards")
                .expected("a pattern of names without `..`, like folder/*.csv"),
        );
    }
}

fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix("SHA256:").is_some_and(|hash| {
        let hash = hash.trim_end_matches('=');
        hash.len() == FINGERPRINT_LETTERS
            && hash
                .chars()
                .all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '/'))
    })
}
