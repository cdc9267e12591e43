//! Every address for programs: one table, of which the router and the description are made.

use axum::routing::{MethodRouter, get, post};

use super::{
    changes, datasets, freshness, health, held, jobs, lineage, measures, openapi, profile, quality,
    repair, rows, sql,
};
use crate::state::AppState;
use crate::{audit, catalogue, evidence, sign_in};

/// An address.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path; what varies stands in brackets.
    pub address: &'static str,
    /// What it answers.
    pub what: &'static str,
    /// Parameters of its query string.
    pub parameters: &'static [&'static str],
    pub(super) handler: fn() -> MethodRouter<AppState>,
}

/// All of them.
pub const ROUTES: &[Route] = &[
    Route {
        method: "get",
        address: "/api/datasets",
        what: "The catalogue",
        parameters: &["q", "field", "department", "format", "cadence"],
        handler: || get(datasets::catalogue),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}",
        what: "A dataset: what it is, its columns, its version in force",
        parameters: &[],
        handler: || get(datasets::one),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/versions",
        what: "Its versions, newest first",
        parameters: &[],
        handler: || get(datasets::versions),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/loads",
        what: "Its loads, refused ones too, newest first",
        parameters: &[],
        handler: || get(datasets::loads),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/compare",
        what: "Rows added, removed and changed between two versions",
        parameters: &["from", "to"],
        handler: || get(datasets::compare),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/rows",
        what: "A page of rows",
        parameters: &[
            "filter", "sort", "columns", "at", "limit", "offset", "count",
        ],
        handler: || get(rows::page),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/profile",
        what: "What a version holds in figures, and what looks wrong in it",
        parameters: &[],
        handler: || get(profile::one),
    },
    Route {
        method: "get",
        address: "/api/quality",
        what: "Errors among diagnosed values by rule, dimension and month",
        parameters: &["by", "field", "department", "dataset"],
        handler: || get(quality::list),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/places",
        what: "Places for a map, as GeoJSON",
        parameters: &["filter", "version", "limit"],
        handler: || get(rows::places),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/lineage",
        what: "Where each column comes from, and what depends on it",
        parameters: &["version"],
        handler: || get(lineage::lineage),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/corrections",
        what: "What staff put right in its rows, and what came of it",
        parameters: &[],
        handler: || get(repair::corrections),
    },
    Route {
        method: "post",
        address: "/api/datasets/{id}/corrections",
        what: "Put a quarantined row right",
        parameters: &[],
        handler: || post(repair::correct),
    },
    Route {
        method: "post",
        address: "/api/datasets/{id}/corrections/{correction}/withdraw",
        what: "Take a correction back",
        parameters: &[],
        handler: || post(repair::withdraw),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/reports",
        what: "What citizens say is wrong in its rows",
        parameters: &[],
        handler: || get(repair::reports),
    },
    Route {
        method: "post",
        address: "/api/datasets/{id}/reports",
        what: "Say that a value is wrong",
        parameters: &[],
        handler: || post(repair::report),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/reports/{report}",
        what: "What became of a report",
        parameters: &[],
        handler: || get(repair::receipt),
    },
    Route {
        method: "get",
        address: "/api/measures",
        what: "The measures",
        parameters: &[],
        handler: || get(measures::all),
    },
    Route {
        method: "get",
        address: "/api/measures/{id}",
        what: "A figure with its receipt, history and parts",
        parameters: &[],
        handler: || get(measures::one),
    },
    Route {
        method: "get",
        address: "/api/jobs",
        what: "Loads under way and done",
        parameters: &[],
        handler: || get(jobs::list),
    },
    Route {
        method: "get",
        address: "/api/jobs/events",
        what: "Changes of jobs, as server-sent events",
        parameters: &[],
        handler: || get(jobs::events),
    },
    Route {
        method: "get",
        address: "/api/datasets/{id}/held",
        what: "Deliveries that differ from the one before and wait for a person",
        parameters: &[],
        handler: || get(held::list),
    },
    Route {
        method: "post",
        address: "/api/datasets/{id}/held/{load}",
        what: "Accepts or turns down a delivery that waits",
        parameters: &[],
        handler: || post(held::decide),
    },
    Route {
        method: "get",
        address: "/api/changes",
        what: "What edited manifests would make of the last deliveries: rows newly failing or passing",
        parameters: &[],
        handler: || get(changes::changes),
    },
    Route {
        method: "get",
        address: "/api/overdue",
        what: "Datasets that are late, never came or are due soon, by department",
        parameters: &["department"],
        handler: || get(freshness::overdue),
    },
    Route {
        method: "post",
        address: "/api/datasets/{id}/confirm",
        what: "A department's word that nothing has changed since the last delivery",
        parameters: &[],
        handler: || post(freshness::confirm),
    },
    Route {
        method: "post",
        address: "/api/query",
        what: "A query in SQL, for whoever runs the city",
        parameters: &[],
        handler: || post(sql::query),
    },
    Route {
        method: "get",
        address: "/api/health",
        what: "Whether the server answers",
        parameters: &[],
        handler: || get(health),
    },
    Route {
        method: "get",
        address: "/api/openapi.json",
        what: "This document",
        parameters: &[],
        handler: || get(openapi::document),
    },
    Route {
        method: "get",
        address: "/catalogue.csv",
        what: "The list of open data, in the fields of the national portal",
        parameters: &["encoding"],
        handler: || get(catalogue::serve),
    },
    Route {
        method: "get",
        address: "/api/evidence/{year}",
        what: "What the national evaluation asks for, as far as the records of the year say it; for staff",
        parameters: &["department"],
        handler: || get(evidence::as_json),
    },
    Route {
        method: "get",
        address: "/evidence/{file}",
        what: "The same as a workbook (YEAR.xlsx) or a paper (YEAR.pdf); for staff",
        parameters: &["department"],
        handler: || get(evidence::file),
    },
    Route {
        method: "get",
        address: "/api/log",
        what: "Entries of the access log, newest first; for officers",
        parameters: &audit::search::PARAMETERS,
        handler: || get(audit::serve::list),
    },
    Route {
        method: "get",
        address: "/api/log/{seq}",
        what: "An entry of the access log with the proof that it is in it; for officers",
        parameters: &[],
        handler: || get(audit::serve::one),
    },
    Route {
        method: "get",
        address: "/api/log/reviews",
        what: "Reviews of the access log: what stood out, what was said of it; for officers",
        parameters: &[],
        handler: || get(audit::serve::reviews),
    },
    Route {
        method: "post",
        address: "/api/log/subject",
        what: "Who read the data of one person; for officers",
        parameters: &[],
        handler: || post(audit::serve::who_read),
    },
    Route {
        method: "get",
        address: "/admin/log/files/{name}",
        what: "A review of the access log as a paper (review-N.pdf) or a table (review-N.csv); for officers",
        parameters: &[],
        handler: || get(audit::serve::review_file),
    },
    Route {
        method: "post",
        address: "/admin/log/files/subject.pdf",
        what: "Who read the data of one person, as a paper; for officers",
        parameters: &[],
        handler: || post(audit::serve::subject_paper),
    },
    Route {
        method: "post",
        address: "/admin/log/files/checkpoint",
        what: "Signs what the access log holds now, to be carried out; for officers",
        parameters: &[],
        handler: || post(audit::serve::checkpoint),
    },
    Route {
        method: "get",
        address: "/sign-in/{ticket}",
        what: "A ticket, good once, becomes a session in a cookie",
        parameters: &[],
        handler: || get(sign_in::sign_in),
    },
    Route {
        method: "post",
        address: "/sign-out",
        what: "Ends the session",
        parameters: &[],
        handler: || post(sign_in::sign_out),
    },
];
