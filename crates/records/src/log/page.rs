//! Pages of the log, for whoever reviews it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite};

use super::chain::Sealed;
use super::{Act, Decision, Entry};
use crate::clock::stamp;
use crate::store::{RecordsError, Store};

/// Which entries; the parts that are set must all hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose.
    pub who: Option<String>,
    /// Of which act.
    pub act: Option<Act>,
    /// With which outcome.
    pub decision: Option<Decision>,
    /// Touching this dataset.
    pub dataset: Option<city::DatasetId>,
    /// At or after.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Entries to pass over.
    pub offset: u64,
    /// Most entries; 0 means 100.
    pub limit: u64,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub entry: Entry,
    /// Its hash.
    pub hash: String,
}

pub(super) async fn page(
    store: &Store,
    filter: &Filter,
) -> Result<(Vec<Logged>, u64), RecordsError> {
    let mut count = select("SELECT count(*) FROM access_log", filter)?;
    let total: i64 = count.build_query_scalar().fetch_one(&store.readers).await?;
    let mut rows = select("SELECT sealed, hash FROM access_log", filter)?;
    let limit = if filter.limit == 0 { 100 } else { filter.limit };
    rows.push(" ORDER BY seq DESC LIMIT ")
        .push_bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .push(" OFFSET ")
        .push_bind(i64::try_from(filter.offset).unwrap_or(i64::MAX));
    let rows: Vec<(String, String)> = rows.build_query_as().fetch_all(&store.readers).await?;
    let logged = rows
        .into_iter()
        .map(|(sealed, hash)| logged(&sealed, hash))
        .collect::<Result<_, _>>()?;
    Ok((logged, u64::try_from(total).unwrap_or_default()))
}

fn logged(sealed: &str, hash: String) -> Result<Logged, RecordsError> {
    let Sealed { seq, at, entry } = serde_json::from_str(sealed).map_err(|error| {
        RecordsError::Form(format!(
            "an entry of the access log at character {}",
            error.column()
        ))
    })?;
    Ok(Logged {
        seq,
        at,
        entry,
        hash,
    })
}

fn select(start: &'static str, filter: &Filter) -> Result<QueryBuilder<Sqlite>, RecordsError> {
    let mut query = QueryBuilder::new(start);
    query.push(" WHERE 1 = 1");
    if let Some(who) = &filter.who {
        query.push(" AND who = ").push_bind(who.clone());
    }
    if let Some(act) = filter.act {
        query.push(" AND act = ").push_bind(word(&act)?);
    }
    if let Some(decision) = filter.decision {
        query.push(" AND decision = ").push_bind(word(&decision)?);
    }
    if let Some(dataset) = &filter.dataset {
        query
            .push(" AND EXISTS (SELECT 1 FROM json_each(sealed, '$.entry.touched') AS t WHERE json_extract(t.value, '$.dataset') = ")
            .push_bind(dataset.as_str().to_owned())
            .push(")");
    }
    if let Some(since) = filter.since {
        query.push(" AND at >= ").push_bind(stamp(since));
    }
    if let Some(until) = filter.until {
        query.push(" AND at < ").push_bind(stamp(until));
    }
    Ok(query)
}

/// The word a plain enum is stored as.
fn word(value: &impl Serialize) -> Result<String, RecordsError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(RecordsError::Form("a filter of the access log".to_owned())),
    }
}
