//! Another Madang: the version it has in force, whole, with what it says of it.

use city::dataset::{Cadence, Format, FormatKind, Licence, MadangSource, Spellings};
use city::nearest::nearest;
use city::provenance::{Catalogue, Provenance};
use city::{Column, ColumnType, Fault, PrivacyClass};
use ingest::Input;
use serde_json::Value;

use super::check::Seal;
use super::web::{Access, Answer, Web};
use super::{Offer, Part, Site, said};
use crate::patience::{Failed, bad_status};
use crate::{Delivered, FetchContext, FetchError, Fetched};

/// Rows held at a time while they are counted.
const BLOCK_ROWS: usize = 8192;

/// Fetches the version in force of a dataset: that one, even when a newer comes meanwhile.
pub(crate) async fn fetch(
    source: &MadangSource,
    format: &Format,
    context: &FetchContext<'_>,
) -> Result<Delivered, FetchError> {
    let web = Web::new(access(source), context)?;
    let about = describe(&web, &source.dataset).await?;
    let provenance = described(&web, &about);
    let Some(number) = provenance.version else {
        return Err(Fault::at(
            web.shown(),
            format!("`{}` is not loaded there yet", source.dataset),
        )
        .remedy("load again later; the last version stays")
        .into());
    };
    let mark = format!("{}@{number}", source.dataset);
    let provenance = Some(Box::new(provenance));
    if context.after == Some(mark.as_str()) {
        return Ok(Delivered {
            mark: Some(mark),
            provenance,
            ..Delivered::default()
        });
    }
    let rows = about
        .get("version")
        .and_then(|version| said::count(version, "rows"));
    let file = format!("{}.{}", source.dataset, ending(format.kind));
    let path = context.staging.join("version");
    let mut url = web
        .at(&["datasets", &file])
        .ok_or_else(|| Fault::at(web.shown(), "nothing can stand behind this address"))?;
    url.query_pairs_mut().append_pair("at", &number.to_string());
    let got = web.download(&url, &file, &path, &Seal::default()).await?;
    let wrong = |what: String| {
        Fault::at(web.shown(), what)
            .part(file.clone())
            .remedy("load again; when it stays so, tell whoever runs it; the last version stays")
    };
    match got.number::<i64>("x-madang-version") {
        Some(came) if came != number => {
            return Err(wrong(format!("it described version {number} and gave {came}")).into());
        }
        None => return Err(wrong("the answer is no Madang's".to_owned()).into()),
        Some(_) => {}
    }
    let input = Input {
        name: file.clone(),
        path: path.clone(),
    };
    let format = format.clone();
    let count = tokio::task::spawn_blocking(move || count(&input, &format))
        .await
        .map_err(std::io::Error::other)??;
    if let Some(rows) = rows.filter(|rows| *rows != count) {
        return Err(wrong(format!(
            "version {number} has {rows} rows, and {count} came"
        ))
        .into());
    }
    Ok(Delivered {
        files: vec![Fetched { name: file, path }],
        mark: Some(mark),
        provenance,
        ..Delivered::default()
    })
}

fn access(source: &MadangSource) -> Access<'_> {
    Access {
        url: &source.url,
        token: source.token.as_deref(),
        is_bearer: true,
        hosts: &[],
        retries: source.retries,
        timeout_s: source.timeout_s,
    }
}

fn ending(kind: FormatKind) -> &'static str {
    match kind {
        FormatKind::Ndjson => "ndjson",
        FormatKind::Geojson => "geojson",
        _ => "parquet",
    }
}

/// Rows of a file, read as a load will read them.
fn count(input: &Input, format: &Format) -> Result<u64, FetchError> {
    let mut rows = ingest::formats::open(input, format).map_err(FetchError::Input)?;
    let mut count = 0;
    while let Some(block) = rows.next(BLOCK_ROWS).map_err(FetchError::Input)? {
        count += block.len() as u64;
    }
    Ok(count)
}

/// A dataset's description. One that is not there is told with the nearest that is.
async fn describe(web: &Web<'_>, dataset: &str) -> Result<Value, FetchError> {
    let gone = || {
        FetchError::from(Fault::at(
            web.shown(),
            "nothing can stand behind this address",
        ))
    };
    let url = web.at(&["api", "datasets", dataset]).ok_or_else(gone)?;
    let found = web
        .ask(&url, None, |answer| {
            if answer.status.as_u16() == 404 && is_problem(&answer.bytes) {
                return Ok(None);
            }
            judge(web.shown(), &answer).map(Some)
        })
        .await?;
    if let Some(found) = found {
        return Ok(found);
    }
    let all = catalogue(web).await?;
    let ids: Vec<String> = said::list(&all, "datasets")
        .filter_map(|dataset| said::line(dataset, "id"))
        .collect();
    let fault = Fault::at(
        web.shown(),
        format!("there is no dataset `{dataset}` there for us"),
    );
    Err(match nearest(dataset, ids.iter().map(String::as_str)) {
        Some(near) => fault.remedy(format!("did you mean `{near}`? the last version stays")),
        None => fault.remedy("check `dataset`; where it is not open, a key is needed: token = \"my_key\"; the last version stays"),
    }
    .into())
}

async fn catalogue(web: &Web<'_>) -> Result<Value, FetchError> {
    let gone = || {
        FetchError::from(Fault::at(
            web.shown(),
            "nothing can stand behind this address",
        ))
    };
    let url = web.at(&["api", "datasets"]).ok_or_else(gone)?;
    web.ask(&url, None, |answer| judge(web.shown(), &answer))
        .await
}

fn is_problem(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|problem| problem.get("status").is_some())
}

fn judge(site: &str, answer: &Answer) -> Result<Value, Failed> {
    let value = serde_json::from_slice::<Value>(&answer.bytes).ok();
    if answer.status.is_success() {
        return value.filter(Value::is_object).ok_or_else(|| {
            Failed::ForNow(
                Fault::at(site, "the answer is no Madang's")
                    .remedy("open the address in a browser: a proxy, a notice, or another program; the last version stays"),
            )
        });
    }
    let detail = value.and_then(|problem| {
        said::line(&problem, "detail").or_else(|| said::line(&problem, "title"))
    });
    match detail {
        Some(detail) if matches!(answer.status.as_u16(), 401 | 403) => Err(Failed::ForGood(
            Fault::at(
                site,
                format!("it does not give this to us: {}", said::message(&detail)),
            )
            .remedy("check the key that `token` names; the last version stays")
            .into(),
        )),
        _ => Err(bad_status(site, answer.status)),
    }
}

/// What it says of a dataset.
fn described(web: &Web<'_>, about: &Value) -> Provenance {
    let id = said::line(about, "id").unwrap_or_default();
    let version = about.get("version").filter(|version| version.is_object());
    let licence = said::line(about, "licence");
    let word = |key: &str| about.get(key).cloned().unwrap_or_default();
    let publisher = said::line(about, "publisher").or_else(|| said::line(about, "department"));
    Provenance {
        kind: Catalogue::Madang,
        catalogue: web.shown().to_owned(),
        page: web.page(&["datasets", &id]),
        dataset: id,
        title: said::line(about, "title"),
        description: said::text(about, "description"),
        publisher,
        licence_means: serde_json::from_value::<Licence>(word("licence")).ok(),
        licence,
        modified: version.and_then(|version| said::line(version, "committed_at")),
        cadence: serde_json::from_value::<Cadence>(word("cadence")).ok(),
        keywords: said::list(about, "keywords")
            .filter_map(|word| word.as_str().map(said::message))
            .collect(),
        version: version.and_then(|version| version.get("number")?.as_i64()),
        score: version.and_then(score),
        ..Provenance::default()
    }
}

fn score(version: &Value) -> Option<f64> {
    let score = version.get("score")?;
    score
        .as_f64()
        .or_else(|| score.get("total").and_then(Value::as_f64))
}

/// Its datasets.
pub(super) async fn list(
    site: &Site,
    context: &FetchContext<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Offer>, FetchError> {
    let web = Web::new(site.access(true), context)?;
    let all = catalogue(&web).await?;
    let ids: Vec<String> = said::list(&all, "datasets")
        .filter_map(|dataset| said::line(dataset, "id"))
        .collect();
    let mut offers = Vec::with_capacity(ids.len());
    for id in &ids {
        offers.push(offer(&web, &describe(&web, id).await?));
        progress(offers.len(), ids.len());
    }
    Ok(offers)
}

/// One of its datasets.
pub(super) async fn one(
    site: &Site,
    dataset: &str,
    context: &FetchContext<'_>,
) -> Result<Offer, FetchError> {
    let web = Web::new(site.access(true), context)?;
    Ok(offer(&web, &describe(&web, dataset).await?))
}

fn offer(web: &Web<'_>, about: &Value) -> Offer {
    let columns = columns(about);
    let has_shapes = columns
        .iter()
        .any(|column| column.column_type == ColumnType::Geometry);
    let kind = if has_shapes {
        FormatKind::Geojson
    } else {
        FormatKind::Parquet
    };
    let key = said::list(about, "key")
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    Offer {
        department: said::line(about, "department"),
        provenance: described(web, about),
        parts: vec![Part {
            id: said::line(about, "id").unwrap_or_default(),
            name: said::line(about, "id").unwrap_or_default(),
            format: None,
            kind: Some(kind),
            host: None,
        }],
        columns,
        key,
    }
}

/// Its columns as it declares them. What it no longer needs to know of them (how the source spelt a value) is not said.
fn columns(about: &Value) -> Vec<Column> {
    said::list(about, "columns")
        .filter_map(|column| {
            let word = |key: &str| column.get(key).cloned().unwrap_or_default();
            let name = said::line(column, "name")?;
            let privacy = serde_json::from_value::<PrivacyClass>(word("privacy")).ok()?;
            let column_type = serde_json::from_value::<ColumnType>(word("type")).ok()?;
            Some(Column {
                // A shape is no member of a feature.
                source: Some(name.clone()).filter(|_| column_type != ColumnType::Geometry),
                name,
                title: said::line(column, "title")?,
                title_en: said::line(column, "title_en"),
                description: said::text(column, "description"),
                unit: said::line(column, "unit"),
                unit_en: said::line(column, "unit_en"),
                column_type,
                release: privacy == PrivacyClass::None,
                privacy,
                scale: word("scale")
                    .as_u64()
                    .and_then(|scale| u8::try_from(scale).ok()),
                null_tokens: Vec::new(),
                spellings: (column_type == ColumnType::Boolean).then(|| Spellings {
                    yes: vec!["true".to_owned(), "TRUE".to_owned()],
                    no: vec!["false".to_owned(), "FALSE".to_owned()],
                }),
                // A month comes as its first day.
                forms: (column_type == ColumnType::Month)
                    .then(|| "%Y-%m-%d".to_owned())
                    .into_iter()
                    .collect(),
                korean_units: false,
                accepts: None,
                checks: Vec::new(),
            })
        })
        .collect()
}
