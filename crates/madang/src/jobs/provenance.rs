//! What the catalogue that a delivery came from says of it, and what that asks of whoever releases the dataset.

use city::Dataset;
use lake::Record;

/// What a person should know who releases it: a licence that is stricter than the dataset's own, and where the
/// catalogue and what came do not agree.
pub(crate) fn warnings(dataset: &Dataset, record: &Record) -> Vec<String> {
    let Some(said) = &record.provenance else {
        return Vec::new();
    };
    let stricter = said.stricter_than(dataset.licence).map(|_| {
        format!(
            "the source gives it under `{}`, which asks more than the licence of the manifest: change `licence`, or ask the source",
            said.licence.as_deref().unwrap_or_default()
        )
    });
    stricter.into_iter().chain(said.remarks.clone()).collect()
}
