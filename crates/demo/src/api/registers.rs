//! Registers that other bodies keep: each is as of the first day of its quarter.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use serde_json::Value;

use super::{Server, Soiled};
use crate::Plan;
use crate::fields::{Shape, Simple, described};
use crate::forms::{csv_text, feature, parted, xml_document};
use crate::world::World;

/// A register that another body keeps.
pub(super) struct Register {
    pub(super) soiled: Soiled,
    pub(super) title: &'static str,
    /// Names of the columns.
    pub(super) heads: Vec<&'static str>,
    /// The day it is of.
    pub(super) day: NaiveDate,
    pub(super) content: Content,
}

/// How it is offered.
pub(super) enum Content {
    /// A file behind an address of its own.
    File(Offered),
    /// A resource of a CKAN site.
    Resource(Offered),
    /// The version that another Madang has in force: its lines.
    Version(Offered),
    /// A collection of an OGC API Features.
    Collection(Vec<Feature>),
    /// A type of a Web Feature Service.
    Type(&'static str, Vec<Feature>),
}

/// A file.
pub(super) struct Offered {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// A point with what is said of it.
pub(super) struct Feature {
    /// In longitude and latitude.
    pub(super) degrees: Value,
    /// In the central belt (EPSG:5186).
    pub(super) metres: Value,
}

impl Register {
    /// All of a plan.
    pub(super) fn all(plan: &Plan, world: &World) -> Vec<Self> {
        described()
            .filter_map(|simple| Self::new(simple, plan, world))
            .collect()
    }

    fn new(simple: &'static Simple, plan: &Plan, world: &World) -> Option<Self> {
        let day = Simple::quarter(plan.today);
        let name = simple.file.replace("{}", &day.format("%Y%m%d").to_string());
        let heads: Vec<&'static str> = simple.heads.split(',').collect();
        let rows = || simple.rows_of(world, plan.seed, day);
        // Line 1 of a text is its heads; records of a document are counted from 1.
        let in_file = |file: &str, first: u64| {
            let place = |at| (file.to_owned(), at + first);
            Soiled::new(simple.id, simple.plants, rows(), place)
        };
        let in_pages = |page| Soiled::in_pages(simple.id, simple.plants, rows(), page);
        let (soiled, content) = match simple.shape {
            Shape::Web { address } => {
                let soiled = in_file(address, 1);
                let bytes = xml_document(&heads, &soiled.rows).into_bytes();
                (soiled, Content::File(Offered { name, bytes }))
            }
            Shape::Ckan(charset) => {
                let soiled = in_file(&format!("{}/{name}", simple.id), 2);
                let bytes = csv_text(charset, &heads, &soiled.rows);
                (soiled, Content::Resource(Offered { name, bytes }))
            }
            Shape::Madang => {
                let soiled = in_file(&name, 1);
                let lines = soiled.rows.iter().map(|cells| texts(&heads, cells));
                let bytes = lines.collect::<String>().into_bytes();
                (soiled, Content::Version(Offered { name, bytes }))
            }
            Shape::Collection { page } => {
                let soiled = in_pages(page);
                let features = features(&heads, simple.id, &soiled, world);
                (soiled, Content::Collection(features))
            }
            Shape::FeatureType { name, page } => {
                let soiled = in_pages(page);
                let features = features(&heads, simple.id, &soiled, world);
                (soiled, Content::Type(name, features))
            }
            _ => return None,
        };
        Some(Self {
            soiled,
            title: simple.title,
            heads,
            day,
            content,
        })
    }
}

/// A row of texts as a line: what is empty is no value.
fn texts(heads: &[&str], cells: &[String]) -> String {
    let members = heads.iter().zip(cells).map(|(head, cell)| {
        let value = (!cell.is_empty()).then(|| cell.clone());
        ((*head).to_owned(), value.map_or(Value::Null, Value::String))
    });
    format!("{}\n", Value::Object(members.collect()))
}

/// The rows as points: their last two cells are longitude and latitude.
fn features(heads: &[&str], stem: &str, soiled: &Soiled, world: &World) -> Vec<Feature> {
    let facts = heads.len().saturating_sub(2);
    let heads: Vec<String> = heads
        .iter()
        .take(facts)
        .map(|it| (*it).to_owned())
        .collect();
    let of_row = |(at, cells): (usize, &Vec<String>)| {
        let id = format!("{stem}.{}", at + 1);
        let (facts, point) = parted(&heads, cells);
        let metres = match point.as_slice() {
            [x, y] => {
                let (x, y) = world.belt((*x, *y));
                vec![thousandths(x), thousandths(y)]
            }
            _ => Vec::new(),
        };
        Feature {
            metres: feature(Some(&id), facts.clone(), &metres),
            degrees: feature(Some(&id), facts, &point),
        }
    };
    soiled.rows.iter().enumerate().map(of_row).collect()
}

/// As services write metres.
fn thousandths(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1000.0
}

/// A file behind an address.
pub(super) async fn file(State(server): State<Server>, Path(name): Path<String>) -> Response {
    let today = server.today();
    let found = today.registers.iter().find_map(|it| match &it.content {
        Content::File(file) if file.name == name => Some(file.bytes.clone()),
        _ => None,
    });
    let kind = [(header::CONTENT_TYPE, "application/xml; charset=utf-8")];
    match found {
        Some(bytes) => (kind, bytes).into_response(),
        None => (StatusCode::NOT_FOUND, "no such file").into_response(),
    }
}
