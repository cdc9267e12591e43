//! What a version holds in figures, and what looks wrong in it.

use std::sync::Arc;
use std::time::Duration;

use access::Purpose;
use axum::Json;
use axum::extract::{Path, State};
use city::profile::{Finding, Profile};
use city::{Dataset, Lang};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// How long an answer waits for a profile that is being made.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /api/datasets/{id}/profile`. `state` is `ready`, or `being-made` with the profile of an earlier version where
/// there is one.
///
/// # Errors
/// When there is no such dataset for the caller, or it was never loaded.
pub async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let reader = caller.reader(&state, Purpose::new("profile"));
    let known = reader.profile(&id, PATIENCE).await?;
    let dataset = Arc::clone(reader.asked(&id)?);
    let is_current = known.is_current();
    Ok(Json(json!({
        "dataset": id,
        "version": known.version,
        "state": if is_current { "ready" } else { "being-made" },
        "profile": known.profile.map(|profile| document(&dataset, &profile)),
    })))
}

/// A profile with its findings in words.
pub fn document(dataset: &Dataset, profile: &Profile) -> Value {
    let mut document = json!(profile);
    let findings: Vec<Value> = profile
        .findings
        .iter()
        .map(|finding| worded(dataset, finding))
        .collect();
    if let Some(object) = document.as_object_mut() {
        object.insert("findings".to_owned(), json!(findings));
    }
    document
}

fn worded(dataset: &Dataset, finding: &Finding) -> Value {
    let mut value = json!(finding);
    if let Some(object) = value.as_object_mut() {
        object.insert("weight".to_owned(), json!(finding.what.weight()));
        object.insert("share".to_owned(), json!(finding.share()));
        for (key, lang) in [("sentence_ko", Lang::Ko), ("sentence_en", Lang::En)] {
            let sentence = finding.sentence(lang, &|name| title(dataset, name, lang));
            object.insert(key.to_owned(), json!(sentence));
        }
    }
    value
}

/// What a column is called, those of a place too.
pub fn title(dataset: &Dataset, name: &str, lang: Lang) -> String {
    if let Some(column) = dataset.column(name) {
        return match (lang, &column.title_en) {
            (Lang::En, Some(title)) => title.clone(),
            _ => column.title.clone(),
        };
    }
    match (name, lang) {
        ("longitude", Lang::Ko) => "경도",
        ("latitude", Lang::Ko) => "위도",
        ("longitude", Lang::En) => "Longitude",
        ("latitude", Lang::En) => "Latitude",
        (other, _) => other,
    }
    .to_owned()
}
