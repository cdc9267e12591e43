//! What a dataset's page says of a newer delivery that waits for a person.

use access::{AskError, Outcome, Reader, Record};
use city::{Dataset, Difference};

use super::HeldView;
use crate::facts::column_title;
use crate::show;
use crate::site::Visit;

/// Nothing when the newest load does not wait.
pub(super) fn held(
    visit: &Visit,
    reader: &Reader,
    dataset: &Dataset,
    newest: Option<&Record>,
) -> Result<Option<HeldView>, AskError> {
    let Some(newest) = newest.filter(|load| load.outcome == Outcome::Held) else {
        return Ok(None);
    };
    let sentence = |key: &str| {
        let when = show::moment(newest.committed_at);
        visit.say(key, &[("when", when)])
    };
    if !visit.is_operator() {
        return Ok(Some(HeldView {
            sentence: sentence("dataset.held_everybody"),
            differences: Vec::new(),
            address: None,
            decided: None,
        }));
    }
    let id = dataset.id.as_str();
    let decision = reader
        .held(id)?
        .iter()
        .find(|held| held.record.load_id == newest.load_id)
        .and_then(|held| held.decision.clone());
    let differences = newest.differences.iter().filter_map(|difference| {
        let difference: Difference = serde_json::from_value(difference.clone()).ok()?;
        Some(difference.sentence(visit.lang, &|name| column_title(visit, dataset, name)))
    });
    let decided = decision.map(|decision| {
        let key = if decision.accepted {
            "dataset.held_accepted"
        } else {
            "dataset.held_rejected"
        };
        let values = [
            ("who", decision.who),
            ("when", show::moment(decision.at)),
            ("why", decision.why),
        ];
        visit.say(key, &values)
    });
    Ok(Some(HeldView {
        sentence: sentence("dataset.held_staff"),
        differences: differences.collect(),
        address: decided
            .is_none()
            .then(|| format!("/api/datasets/{id}/held/{}", newest.load_id)),
        decided,
    }))
}
