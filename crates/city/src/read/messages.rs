//! What a manifest says of an MQTT broker must make sense before anybody listens.

use super::meaning::word;
use super::{Text, remote};
use crate::dataset::{Dataset, FormatKind, LoadMode, MqttSource};
use crate::fault::Fault;

/// Brokers need not take more.
const CLIENT_ID_MAX: usize = 64;

pub(super) fn source(
    source: &MqttSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    kept(dataset, text, faults);
    address(&source.url, text, faults);
    if let Some(why) = no_filter(&source.topic)
        && text.has(&["source", "topic"])
    {
        faults.push(
            text.fault_at(&["source", "topic"], why)
                .expected("levels between `/`, like hanbit/+/air/#"),
        );
    }
    login(source, text, faults);
    if let Some(id) = &source.client_id
        && (id.is_empty() || id.len() > CLIENT_ID_MAX || id.contains(char::is_whitespace))
        && text.has(&["source", "client-id"])
    {
        faults.push(
            text.fault_at(
                &["source", "client-id"],
                "no broker knows a listener by that name",
            )
            .expected(format!(
                "1 to {CLIENT_ID_MAX} letters, digits, `-` or `_` that no other listener has"
            )),
        );
    }
}

/// Messages are kept one a line, and each minute adds to those before.
fn kept(dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let kind = dataset.format.kind;
    if kind != FormatKind::Ndjson && text.says(&["format", "kind"], &word(&kind)) {
        faults.push(
            text.fault_at(
                &["format", "kind"],
                format!("messages are not kept as `{}`", word(&kind)),
            )
            .expected("ndjson: they are kept one a line"),
        );
    }
    if dataset.load.mode == LoadMode::Snapshot {
        let path: &[&str] = if text.has(&["load", "mode"]) {
            &["load", "mode"]
        } else if text.has(&["load"]) {
            &["load"]
        } else {
            &["source", "kind"]
        };
        faults.push(
            text.fault_at(path, "each minute of messages would replace those before")
                .expected("load.mode = \"append\", or \"upsert\" with a `key`"),
        );
    }
}

fn address(url: &str, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let path = &["source", "url"];
    if !text.has(path) {
        return;
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        if !url.starts_with('{') {
            faults.push(
                text.fault_at(path, "this is no address of a broker")
                    .expected("mqtt://host or mqtts://host"),
            );
        }
        return;
    };
    if !matches!(scheme, "mqtt" | "mqtts") {
        faults.push(
            text.fault_at(path, format!("a broker is not spoken to by `{scheme}`"))
                .expected("mqtt://host or mqtts://host"),
        );
    }
    if rest.contains('@') {
        faults.push(
            text.fault_at(path, "the address holds an account")
                .remedy("put name and password into the configuration, and their names here: user = \"my_user\", password = \"my_password\""),
        );
    }
}

/// Why no topic can match, if none can.
fn no_filter(topic: &str) -> Option<&'static str> {
    if topic.is_empty() || topic.contains('\0') {
        return Some("this is no topic");
    }
    let levels: Vec<&str> = topic.split('/').collect();
    let (last, before) = levels.split_last()?;
    if before.iter().any(|level| level.contains('#')) {
        return Some("`#` stands only at a topic's end");
    }
    let mixed = |level: &&str| level.contains(['#', '+']) && level.chars().count() > 1;
    (before.iter().any(mixed) || mixed(last)).then_some("`+` and `#` stand for a whole level")
}

fn login(source: &MqttSource, text: &Text<'_>, faults: &mut Vec<Fault>) {
    remote::names(
        &[
            ("user", source.user.as_deref()),
            ("password", source.password.as_deref()),
            ("ca", source.ca.as_deref()),
        ],
        text,
        faults,
    );
    if source.password.is_some() && source.user.is_none() && !text.has(&["source", "user"]) {
        faults.push(
            text.fault_at(&["source", "password"], "a password without a `user`")
                .expected("`user`, the name of a configuration value"),
        );
    }
    if source.ca.is_some() && source.url.starts_with("mqtt://") {
        faults.push(
            text.fault_at(&["source", "ca"], "an open line shows no certificate")
                .expected("an address that begins with mqtts://"),
        );
    }
}
