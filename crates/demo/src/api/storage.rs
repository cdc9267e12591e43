//! A storage (`/storage`) that speaks as much S3 as reading needs, and lets in who signs.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};

use super::signature::{self, Keys, hex};
use super::{Server, Soiled};
use crate::Plan;
use crate::fields::{Shape, Simple, described};
use crate::forms::{Charset, csv_text, escaped};
use crate::world::World;

/// The name of the key that may read.
pub(super) const ACCESS: &str = "HANBITDEMO";
/// What is signed with.
pub(super) const SECRET: &str = "hanbit/demo+secret";
const REGION: &str = "kr-standard";
/// Names a listing gives at a time, as storages do.
const PAGE: usize = 1000;

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/storage/{bucket}", get(listing))
        .route("/storage/{bucket}/", get(listing))
        .route("/storage/{bucket}/{*name}", get(file))
}

/// A dataset whose files lie in a bucket.
pub(super) struct Stored {
    pub(super) soiled: Soiled,
    bucket: &'static str,
    files: Vec<File>,
}

struct File {
    name: String,
    day: NaiveDate,
    bytes: Vec<u8>,
}

impl Stored {
    /// All of a plan.
    pub(super) fn all(plan: &Plan, world: &World) -> Vec<Self> {
        let in_buckets = described().filter_map(|simple| match simple.shape {
            Shape::Bucket { name, charset } => Some((simple, name, charset)),
            _ => None,
        });
        in_buckets
            .map(|(simple, bucket, charset)| Self::new(simple, bucket, charset, plan, world))
            .collect()
    }

    fn new(
        simple: &'static Simple,
        bucket: &'static str,
        charset: Charset,
        plan: &Plan,
        world: &World,
    ) -> Self {
        let heads: Vec<&str> = simple.heads.split(',').collect();
        let mut soiled = Soiled {
            dataset: simple.id,
            rows: Vec::new(),
            faults: Vec::new(),
        };
        let mut files = Vec::new();
        for day in simple.days(plan.today) {
            let name = simple.file_of(day);
            let rows = simple.rows_of(world, plan.seed, day);
            // Line 1 is the heads.
            let shown = format!("s3://{bucket}/{name}");
            let of_day = Soiled::new(simple.id, simple.plants, rows, |at| (shown.clone(), at + 2));
            files.push(File {
                name,
                day,
                bytes: csv_text(charset, &heads, &of_day.rows),
            });
            soiled.rows.extend(of_day.rows);
            soiled.faults.extend(of_day.faults);
        }
        Self {
            soiled,
            bucket,
            files,
        }
    }
}

fn in_bucket<'s>(stored: &'s [Stored], bucket: &str) -> Option<Vec<&'s File>> {
    let of_bucket: Vec<&Stored> = stored.iter().filter(|it| it.bucket == bucket).collect();
    let mut files: Vec<&File> = of_bucket.iter().flat_map(|it| &it.files).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    (!of_bucket.is_empty()).then_some(files)
}

/// Lets in who signs.
fn guard(request: &Parts) -> Result<(), Box<Response>> {
    let keys = Keys {
        access: ACCESS,
        secret: SECRET,
        region: REGION,
    };
    signature::check(request, keys).map_err(|code| Box::new(refusal(StatusCode::FORBIDDEN, code)))
}

async fn listing(
    State(server): State<Server>,
    Path(bucket): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
    request: Request,
) -> Response {
    if let Err(refused) = guard(&request.into_parts().0) {
        return *refused;
    }
    let today = server.today();
    let Some(files) = in_bucket(&today.stored, &bucket) else {
        return refusal(StatusCode::NOT_FOUND, "NoSuchBucket");
    };
    let word = |name: &str| asked.get(name).map_or("", String::as_str);
    let (prefix, after) = (word("prefix"), word("continuation-token"));
    let mut names = files
        .into_iter()
        .filter(|file| file.name.starts_with(prefix) && file.name.as_str() > after);
    let page: Vec<&File> = names.by_ref().take(PAGE).collect();
    let more = match (names.next(), page.last()) {
        (Some(_), Some(last)) => format!(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>{}</NextContinuationToken>",
            escaped(&last.name)
        ),
        _ => "<IsTruncated>false</IsTruncated>".to_owned(),
    };
    let contents = page.iter().map(|file| {
        format!(
            "<Contents><Key>{}</Key><LastModified>{}T09:00:00.000Z</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size></Contents>",
            escaped(&file.name),
            file.day,
            mark(&file.bytes),
            file.bytes.len()
        )
    });
    xml(
        StatusCode::OK,
        &format!(
            "<ListBucketResult><Name>{}</Name>{more}{}</ListBucketResult>",
            escaped(&bucket),
            contents.collect::<String>()
        ),
    )
}

async fn file(
    State(server): State<Server>,
    Path((bucket, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (request, _) = request.into_parts();
    if let Err(refused) = guard(&request) {
        return *refused;
    }
    let today = server.today();
    let Some(files) = in_bucket(&today.stored, &bucket) else {
        return refusal(StatusCode::NOT_FOUND, "NoSuchBucket");
    };
    match files.into_iter().find(|file| file.name == name) {
        Some(file) => given(file, &request.headers),
        None => refusal(StatusCode::NOT_FOUND, "NoSuchKey"),
    }
}

/// A file from the byte that is asked for, of the state that is asked for.
fn given(file: &File, asked: &HeaderMap) -> Response {
    let word = |name: header::HeaderName| asked.get(name).and_then(|it| it.to_str().ok());
    let mark = format!("\"{}\"", mark(&file.bytes));
    if word(header::IF_MATCH).is_some_and(|wanted| wanted != mark) {
        return refusal(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
    }
    let changed = file.day.format("%a, %d %b %Y 09:00:00 GMT").to_string();
    let about = [(header::ETAG, mark), (header::LAST_MODIFIED, changed)];
    let from: usize = word(header::RANGE)
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .unwrap_or_default();
    match file.bytes.get(from..) {
        Some(bytes) if from > 0 => {
            let all = file.bytes.len();
            let range = format!("bytes {from}-{}/{all}", all.saturating_sub(1));
            let range = [(header::CONTENT_RANGE, range)];
            (StatusCode::PARTIAL_CONTENT, about, range, bytes.to_vec()).into_response()
        }
        Some(bytes) => (about, bytes.to_vec()).into_response(),
        None => refusal(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange"),
    }
}

fn refusal(status: StatusCode, code: &str) -> Response {
    let words = format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>");
    xml(status, &words)
}

fn xml(status: StatusCode, text: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/xml")];
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{text}");
    (status, kind, text).into_response()
}

/// Tells states of a file apart.
fn mark(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)).chars().take(16).collect()
}
