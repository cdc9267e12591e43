//! `source = { kind = "postgres" | "mariadb", ... }`: what a manifest says of a table elsewhere must make sense
//! before anybody is called.

use super::Text;
use super::meaning::word;
use crate::dataset::{Dataset, Format, FormatKind, LoadMode, Overlap, Repair, TableSource, Tls};
use crate::fault::Fault;

/// The schemes a kind's address may have.
const POSTGRES: &[&str] = &["postgres", "postgresql"];
const MARIADB: &[&str] = &["mariadb", "mysql"];

pub(super) fn postgres(
    source: &TableSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    of_kind("postgres", POSTGRES, source, dataset, text, faults);
}

pub(super) fn mariadb(
    source: &TableSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    of_kind("mariadb", MARIADB, source, dataset, text, faults);
}

fn of_kind(
    kind: &str,
    schemes: &[&str],
    source: &TableSource,
    dataset: &Dataset,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    address(kind, schemes, source, text, faults);
    what(source, text, faults);
    increments(source, dataset, text, faults);
    format(&dataset.format, text, faults);
}

/// A manifest is read by many, and kept for ever: a password must not stand in it.
fn address(
    kind: &str,
    schemes: &[&str],
    source: &TableSource,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let like = format!("like {kind}://host:port/database");
    let path = ["source", "url"];
    if !text.has(&path) {
        return;
    }
    let rest = match source.url.split_once("://") {
        Some((scheme, rest)) if schemes.contains(&scheme) => rest,
        // The whole address may be a configuration value.
        _ if source.url.starts_with('{') => source.url.as_str(),
        _ => {
            let what = format!("this is no address of a database of kind `{kind}`");
            faults.push(text.fault_at(&path, what).expected(like));
            return;
        }
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('@') {
        let fault = text.fault_at(&path, "the address holds a user or a password");
        faults.push(fault.remedy(
            "put them into the configuration, and their names here: user = \"my_user\", password = \"my_password\"",
        ));
    }
    if rest.contains(['?', '#']) {
        let fault = text.fault_at(&path, "the address holds options");
        faults.push(
            fault
                .expected(like)
                .remedy("say `tls`, `timeout-s` and the rest as keys of their own"),
        );
    }
    if source.ca.is_some() && source.tls != Tls::VerifyFull && text.has(&["source", "ca"]) {
        let what = format!("`tls = \"{}\"` checks no certificate", word(&source.tls));
        let fault = text.fault_at(&["source", "ca"], what);
        faults.push(fault.remedy("leave `ca` out, or say tls = \"verify-full\""));
    }
}

fn what(source: &TableSource, text: &Text<'_>, faults: &mut Vec<Fault>) {
    match (&source.table, &source.sql) {
        (Some(_), Some(_)) if text.has(&["source", "sql"]) => {
            let fault = text.fault_at(&["source", "sql"], "there are both a `table` and `sql`");
            faults.push(fault.remedy("leave one of them out"));
        }
        (None, None) if !text.has(&["source", "table"]) && !text.has(&["source", "sql"]) => {
            let fault = text.fault_at(&["source"], "it is not said what is read");
            faults.push(fault.expected("`table`, or `sql` with one SELECT"));
        }
        (Some(table), None) if table.split('.').any(|part| part.trim().is_empty()) => {
            let fault = text.fault_at(&["source", "table"], "this is no table's name");
            faults.push(fault.expected("`schema.table` or `table`"));
        }
        (None, Some(sql)) => {
            let first = sql.split_whitespace().next().unwrap_or_default();
            if !["select", "with"].contains(&first.to_lowercase().as_str()) {
                let fault = text.fault_at(&["source", "sql"], "this is no question");
                faults.push(fault.expected("one SELECT"));
            }
        }
        _ => {}
    }
}

/// What is read of the table at each load, and what that needs of the load's mode.
fn increments(source: &TableSource, dataset: &Dataset, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let mode = dataset.load.mode;
    let said = word(&mode);
    if source.watermark.is_some() && mode == LoadMode::Snapshot {
        let what = "a `watermark` gives only what is new, and a snapshot becomes what arrived";
        let fault = text.fault_at(&["source", "watermark"], what);
        faults.push(fault.remedy(
            "say load = { mode = \"upsert\", key = [\"...\"] } or { mode = \"append\" }, or leave it out",
        ));
    }
    if let Some(overlap) = &source.overlap {
        if Overlap::read(overlap).is_none() && text.has(&["source", "overlap"]) {
            let what = format!("`{overlap}` is neither a time nor a number");
            let fault = text.fault_at(&["source", "overlap"], what);
            faults.push(fault.expected("like 90s, 15m, 1h, 2d or 1000"));
        }
        if source.watermark.is_none() && !text.has(&["source", "watermark"]) {
            let what = "there is no `watermark` to overlap";
            faults.push(
                text.fault_at(&["source", "overlap"], what)
                    .remedy("leave it out"),
            );
        }
    }
    if source.deletions && mode != LoadMode::Upsert {
        let why = match mode {
            LoadMode::Snapshot => "a snapshot holds just what the source holds",
            _ => "an append keeps every row",
        };
        let what = format!("the mode `{said}` looks for no deletions: {why}");
        let fault = text.fault_at(&["source", "deletions"], what);
        faults.push(
            fault.remedy("leave it out, or say load = { mode = \"upsert\", key = [\"...\"] }"),
        );
    }
    if source.deletions && dataset.long.is_some() {
        let what = "a table that is turned long has other keys than its source";
        faults.push(
            text.fault_at(&["source", "deletions"], what)
                .remedy("leave it out"),
        );
    }
}

/// Rows of a table come in one form: an option of files would be silently ignored.
fn format(format: &Format, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let kind = word(&format.kind);
    if format.kind != FormatKind::Csv && text.says(&["format", "kind"], &kind) {
        let what = format!("rows of a table do not come as `{kind}`");
        let fault = text.fault_at(&["format", "kind"], what);
        faults.push(
            fault
                .expected("csv")
                .remedy("say format = { kind = \"csv\" } and no more"),
        );
        return;
    }
    let Format {
        kind: _,
        encoding,
        delimiter,
        skip_rows,
        header_rows,
        footer_rows,
        sheet: _,
        table: _,
        rows: _,
        inner,
        skip_rows_starting,
        notes_starting,
        fill_down,
        repair,
    } = format;
    let repair: &[Repair] = repair;
    for (key, is_said) in [
        ("encoding", encoding.is_some()),
        ("delimiter", delimiter.is_some()),
        ("skip-rows", *skip_rows != 0),
        ("header-rows", *header_rows != 1),
        ("footer-rows", *footer_rows != 0),
        ("inner", inner.is_some()),
        ("skip-rows-starting", !skip_rows_starting.is_empty()),
        ("notes-starting", !notes_starting.is_empty()),
        ("fill-down", !fill_down.is_empty()),
        ("repair", !repair.is_empty()),
    ] {
        if is_said && text.has(&["format", key]) {
            let what = format!("a table of a database has no `{key}`");
            faults.push(text.fault_at(&["format", key], what).remedy("leave it out"));
        }
    }
}
